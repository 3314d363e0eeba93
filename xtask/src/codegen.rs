//! The API's description and the console's types are made from the code, committed, and compared in tests.

use std::fs;
use std::path::Path;

use crate::sh::{Outcome, command, quiet, root};
use crate::{built, console};

const OPENAPI: &str = "api/openapi.json";
const TYPES: &str = "console/src/api/schema.d.ts";

/// `cargo xtask codegen [--check]`.
pub fn run(args: &[String]) -> Outcome {
    check_or_write(
        crate::flag(args, "--check"),
        console::exists() && !crate::flag(args, "--skip-console"),
    )
}

/// Writes both files, or with `check` fails if they would change.
pub fn check_or_write(check: bool, types_too: bool) -> Outcome {
    let program = built::program()?;
    let described = quiet(command(&program.display().to_string()).arg("openapi"))?;
    settle(check, Path::new(OPENAPI), &described)?;
    if !types_too {
        return Ok(());
    }
    console::install()?;
    let types = quiet(&mut console::npm(&[
        "exec",
        "--",
        "openapi-typescript",
        "../api/openapi.json",
    ]))?;
    settle(check, Path::new(TYPES), &types)
}

fn settle(check: bool, path: &Path, wanted: &str) -> Outcome {
    let full = root().join(path);
    let known = fs::read_to_string(&full).unwrap_or_default();
    if known == wanted {
        return Ok(());
    }
    if check {
        return Err(format!(
            "{} is not what the code says; run `cargo xtask codegen` and commit",
            path.display()
        ));
    }
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    }
    fs::write(&full, wanted).map_err(|e| format!("cannot write {}: {e}", full.display()))
}
