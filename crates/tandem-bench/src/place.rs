//! Where the project, its data and its figures are.

use std::env;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// The project's folder: `TANDEM_ROOT`, or the nearest folder upwards with a `crates` folder, or the current one.
pub fn root() -> PathBuf {
    if let Some(root) = env::var_os("TANDEM_ROOT") {
        return PathBuf::from(root);
    }
    let here = env::current_dir().unwrap_or_default();
    let found = here
        .ancestors()
        .find(|folder| folder.join("crates").is_dir() && folder.join("Cargo.lock").is_file());
    found.map_or_else(|| here.clone(), PathBuf::from)
}

/// The folder with the data packs: what was asked for, else `TANDEM_DATA`, else `../shared/data` beside the project.
pub fn data(asked: Option<&PathBuf>) -> PathBuf {
    let named = asked
        .cloned()
        .or_else(|| env::var_os("TANDEM_DATA").map(PathBuf::from));
    named.unwrap_or_else(|| root().join("../shared/data"))
}

/// The folder of figures and of what programs keep between runs, made if missing.
pub fn figures_folder() -> Result<PathBuf> {
    let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let folder = target.join("bench");
    fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
    Ok(folder)
}

/// Writes the figures of a benchmark to `target/bench/NAME.json` and says where.
pub fn write_figures(name: &str, figures: &Map<String, Value>) -> Result<()> {
    let folder = figures_folder()?;
    let file = folder.join(format!("{name}.json"));
    let text = serde_json::to_string_pretty(figures)?;
    fs::write(&file, text + "\n").with_context(|| format!("writing {}", file.display()))?;
    eprintln!("figures: {}", file.display());
    Ok(())
}
