//! `cargo xtask bench NAME`: builds the optimised benchmark program and runs it.

use crate::sh::{self, Outcome, cargo, root, target_dir};

/// Runs one benchmark; the program prints a table and writes `target/bench/NAME.json`.
pub fn run(args: &[String]) -> Outcome {
    let Some(name) = args.first().filter(|name| !name.starts_with('-')) else {
        return Err(
            "which one? `cargo xtask bench pipeline`, `cargo xtask bench behaviour [--data DIR]`, `cargo xtask bench rules`, `cargo xtask bench live` or `cargo xtask bench scenarios`".into(),
        );
    };
    run_built(name, args.get(1..).unwrap_or_default())
}

fn run_built(name: &str, rest: &[String]) -> Outcome {
    crate::setup::ensure(&[crate::setup::Need::Cc])?;
    let mut build = cargo();
    build.args([
        "build",
        "--locked",
        "--profile",
        "demo",
        "--package",
        "tandem-bench",
    ]);
    if name == "behaviour" {
        // It goes past the lake and the server, which take most of the time to build.
        build.args(["--no-default-features", "--features", "jemalloc"]);
    }
    if name == "live" {
        // What is put under load is the program itself.
        build.args(["--package", "tandem"]);
    }
    sh::run(&mut build)?;
    let program = target_dir().join("demo/tandem-bench");
    let mut command = crate::sh::command(&program.display().to_string());
    command.arg(name).args(rest).env("TANDEM_ROOT", root());
    sh::run(&mut command)
}
