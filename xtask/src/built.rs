//! One build for everything that is checked: the compiler runs once over the workspace, with clippy's lints in it.
//!
//! `cargo clippy` would check every dependency a second time, and asking for one package alone would build many of them with
//! other features: on two cores each of that takes as long as all tests together.

use std::path::PathBuf;
use std::process::Command;

use crate::sh::{Outcome, cargo, quiet, run, target_dir};

/// What clippy's driver puts between arguments (as `cargo clippy` hands them over).
const BETWEEN: &str = "__CLIPPY_HACKERY__";

/// `cargo test` over the whole workspace, with clippy's compiler for its own crates; warnings are errors. Without the programs'
/// default features: these are an allocator whose building takes minutes and changes nothing that is tested.
pub fn linted() -> Outcome<Command> {
    let mut command = cargo();
    command
        .args(["test", "--locked", "--workspace", "--no-default-features"])
        .args(["--features", "tandem-bench/whole"])
        .env("RUSTC_WORKSPACE_WRAPPER", driver()?)
        .env("CLIPPY_ARGS", format!("-D{BETWEEN}warnings{BETWEEN}"));
    Ok(command)
}

/// The compiler that comes with clippy lies beside cargo.
fn driver() -> Outcome<PathBuf> {
    let beside = std::env::var_os("CARGO")
        .map(|cargo| PathBuf::from(cargo).with_file_name("clippy-driver"))
        .filter(|driver| driver.exists());
    beside.ok_or_else(|| "clippy is not installed; run `rustup component add clippy`".to_owned())
}

/// Builds libraries, programs, tests, benches and examples of the whole workspace.
pub fn everything() -> Outcome {
    run(&mut whole()?)
}

/// The program as it was built with the tests; builds what is not up to date.
pub fn program() -> Outcome<PathBuf> {
    quiet(&mut whole()?)?;
    Ok(target_dir().join("debug/tandem"))
}

fn whole() -> Outcome<Command> {
    let mut command = linted()?;
    command.args(["--quiet", "--all-targets", "--no-run"]);
    Ok(command)
}
