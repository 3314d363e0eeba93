//! The web console's own steps.

use std::process::Command;

use crate::sh::{Outcome, Step, command, quiet, root};
use crate::stamp;

const SOURCES: [&str; 7] = [
    "console/public",
    "console/src",
    "console/index.html",
    "console/package.json",
    "console/package-lock.json",
    "console/vite.config.ts",
    "console/tsconfig.json",
];

/// True if this tree has a console to build.
pub fn exists() -> bool {
    root().join("console/package.json").exists()
}

/// npm in the console's folder.
pub fn npm(args: &[&str]) -> Command {
    let mut npm = command("npm");
    npm.current_dir(root().join("console")).args(args);
    npm
}

/// Installs the console's packages if the lock file changed.
pub fn install() -> Outcome {
    let value = stamp::of(&["console/package-lock.json"]);
    if stamp::is("npm-ci", &value) && root().join("console/node_modules").exists() {
        return Ok(());
    }
    let _step = Step::new("installing the console's packages (npm ci)");
    quiet(&mut npm(&["ci", "--no-audit", "--no-fund"]))?;
    stamp::set("npm-ci", &value)
}

/// Builds the console if its sources changed.
pub fn build() -> Outcome {
    let value = stamp::of(&SOURCES);
    if stamp::is("console", &value) && root().join("console/dist/index.html").exists() {
        return Ok(());
    }
    install()?;
    let _step = Step::new("building the console");
    quiet(&mut npm(&["run", "build"]))?;
    stamp::set("console", &value)
}
