//! The rules of the house, held as a check: layers, purity, sizes, forgotten tests.

use std::fs;
use std::path::{Path, PathBuf};

use crate::sh::{Outcome, root};

/// Layer of each crate; a crate may name only crates of its own layer or one below.
const LAYERS: &[(&str, u8)] = &[
    ("tandem-domain", 0),
    ("tandem-normalise", 0),
    ("tandem-detect", 0),
    ("tandem-baseline", 0),
    ("tandem-score", 0),
    ("tandem-people", 0),
    ("tandem-ledger", 0),
    ("tandem-policy", 0),
    ("tandem-casework", 0),
    ("tandem-playbook", 0),
    ("tandem-sequence", 0),
    ("tandem-lake", 1),
    ("tandem-store", 1),
    ("tandem-collect", 1),
    ("tandem-console-assets", 1),
    ("tandem-sim", 1),
    ("tandem-vault", 1),
    ("tandem-connect", 1),
    ("tandem-sign-in", 1),
    ("tandem-sources", 1),
    ("tandem-server", 2),
    ("tandem", 3),
    ("tandem-bench", 3),
    ("xtask", 9),
];

/// What a pure crate must not do: read files, open sockets, look at the clock, draw random numbers, wait.
const IMPURE: [&str; 9] = [
    "std::fs",
    "std::net::Tcp",
    "std::process",
    "SystemTime::now",
    "Instant::now",
    "Timestamp::now",
    "thread_rng",
    "rand::rng()",
    "tokio::",
];

/// Heavy dependencies and the one crate that may name them.
const HOMES: &[(&str, &str)] = &[
    ("datafusion", "tandem-lake"),
    ("sqlx", "tandem-store"),
    ("evtx", "tandem-normalise"),
    ("cedar-policy", "tandem-policy"),
    ("redb", "tandem-vault"),
];

/// Longest Rust file, lines.
const RUST_LINES: usize = 600;
/// Longest console file, lines.
const CONSOLE_LINES: usize = 300;

/// Checks the whole tree and names every breach.
pub fn run() -> Outcome {
    let mut breaches = Vec::new();
    let root = root();
    for manifest in crates(&root) {
        layers(&manifest, &mut breaches);
    }
    for file in files(&root.join("crates"), &["rs"]) {
        rust_file(&root, &file, &mut breaches);
    }
    for file in files(&root.join("console/src"), &["ts", "tsx"]) {
        console_file(&root, &file, &mut breaches);
    }
    forgotten_tests(&root, &mut breaches);
    if breaches.is_empty() {
        Ok(())
    } else {
        Err(format!(
            "{} breaches\n  {}",
            breaches.len(),
            breaches.join("\n  ")
        ))
    }
}

fn crates(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root.join("crates")).into_iter().flatten().flatten();
    let mut found: Vec<_> = entries
        .map(|e| e.path().join("Cargo.toml"))
        .filter(|p| p.exists())
        .collect();
    found.sort();
    found
}

fn layer(name: &str) -> Option<u8> {
    LAYERS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, layer)| *layer)
}

fn layers(manifest: &Path, breaches: &mut Vec<String>) {
    let text = fs::read_to_string(manifest).unwrap_or_default();
    let name = manifest
        .parent()
        .and_then(Path::file_name)
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    let Some(own) = layer(&name) else {
        breaches.push(format!("{name}: not in the table of layers (xtask/src/tidy.rs)"));
        return;
    };
    if !text.contains("[lints]") {
        breaches.push(format!("{name}: does not take the workspace's lints"));
    }
    for dependency in dependencies(&text) {
        if let Some(theirs) = layer(&dependency).filter(|theirs| *theirs > own) {
            breaches.push(format!(
                "{name} (layer {own}) depends upwards on {dependency} (layer {theirs})"
            ));
        }
        for (heavy, home) in HOMES {
            if dependency == *heavy && name != *home {
                breaches.push(format!("{name} names {heavy}; only {home} may"));
            }
        }
    }
}

/// Names in `[dependencies]`; development dependencies may point anywhere.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
        } else if inside && let Some((name, _)) = line.split_once('=') {
            found.push(name.trim().split('.').next().unwrap_or_default().to_owned());
        }
    }
    found
}

fn rust_file(root: &Path, file: &Path, breaches: &mut Vec<String>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let shown = file.strip_prefix(root).unwrap_or(file).display().to_string();
    let lines = text.lines().count();
    if lines > RUST_LINES {
        breaches.push(format!("{shown}: {lines} lines, at most {RUST_LINES}"));
    }
    let pure = LAYERS
        .iter()
        .any(|(name, layer)| *layer == 0 && shown.starts_with(&format!("crates/{name}/src/")));
    if !pure || shown.ends_with("tests.rs") || shown.contains("/tests/") {
        return;
    }
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    for (number, line) in code
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
    {
        if let Some(word) = IMPURE.iter().find(|word| line.contains(**word)) {
            breaches.push(format!("{shown}:{}: `{word}` in a pure crate", number + 1));
        }
    }
}

fn console_file(root: &Path, file: &Path, breaches: &mut Vec<String>) {
    let text = fs::read_to_string(file).unwrap_or_default();
    let shown = file.strip_prefix(root).unwrap_or(file).display().to_string();
    let lines = text.lines().count();
    if lines > CONSOLE_LINES && !shown.ends_with("schema.d.ts") {
        breaches.push(format!("{shown}: {lines} lines, at most {CONSOLE_LINES}"));
    }
}

/// A module in `tests/it/` that `main.rs` does not name never runs.
fn forgotten_tests(root: &Path, breaches: &mut Vec<String>) {
    for manifest in crates(root) {
        let folder = manifest.with_file_name("tests").join("it");
        let main = fs::read_to_string(folder.join("main.rs")).unwrap_or_default();
        for file in files(&folder, &["rs"]) {
            let Some(stem) = file.file_stem().map(|s| s.to_string_lossy().into_owned()) else {
                continue;
            };
            let top = file.parent() == Some(folder.as_path());
            if top && stem != "main" && !main.contains(&format!("mod {stem};")) {
                breaches.push(format!(
                    "{}: not named in main.rs, so it never runs",
                    file.display()
                ));
            }
        }
    }
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files(&path, endings));
        } else if path
            .extension()
            .is_some_and(|e| endings.iter().any(|ending| e.to_string_lossy() == *ending))
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        run().unwrap();
    }

    #[test]
    fn only_real_dependencies_count() {
        let manifest = "[dependencies]\ntandem-domain = { workspace = true }\nserde.workspace = true\n[dev-dependencies]\ntandem-sim = \"1\"\n";
        assert_eq!(dependencies(manifest), ["tandem-domain", "serde"]);
    }

    #[test]
    fn an_upward_dependency_is_a_breach() {
        let dir = std::env::temp_dir().join("tandem-tidy/tandem-domain");
        fs::create_dir_all(&dir).unwrap();
        let manifest = dir.join("Cargo.toml");
        fs::write(
            &manifest,
            "[dependencies]\ntandem-lake = \"1\"\ndatafusion = \"1\"\n[lints]\n",
        )
        .unwrap();
        let mut breaches = Vec::new();
        layers(&manifest, &mut breaches);
        assert_eq!(breaches.len(), 2, "{breaches:?}");
    }
}
