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
    npm_ci("console", "npm-ci", "installing the console's packages (npm ci)")
}

/// Installs what a folder's lock file names, if that changed since the stamp `name` was set.
pub fn npm_ci(folder: &str, name: &str, step: &str) -> Outcome {
    let value = stamp::of(&[&format!("{folder}/package-lock.json")]);
    let place = root().join(folder);
    if stamp::is(name, &value) && place.join("node_modules").exists() {
        return Ok(());
    }
    let _step = Step::new(step);
    let mut npm = command("npm");
    quiet(npm.current_dir(place).args(["ci", "--no-audit", "--no-fund"]))?;
    stamp::set(name, &value)
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
