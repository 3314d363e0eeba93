//! `cargo xtask bench NAME`: builds the optimised benchmark program and runs it; `docs/benchmarks.md` says what each measures.

use crate::sh::{self, Outcome, cargo, root, target_dir};

/// Runs one benchmark; the program prints a table and writes `target/bench/NAME.json`.
pub fn run(args: &[String]) -> Outcome {
    let Some(name) = args.first().filter(|name| !name.starts_with('-')) else {
        return Err("which one?\n  \
             cargo xtask bench pipeline\n  \
             cargo xtask bench behaviour [--data DIR]\n  \
             cargo xtask bench rules [--data DIR] [--generated EVENTS]\n  \
             cargo xtask bench live [--rate N] [--seconds N] [--way WAY] [--kills N]\n  \
             cargo xtask bench live --overload [--seconds N] [--sustainable RATE]\n  \
             cargo xtask bench scenarios\n\
             docs/benchmarks.md says what each measures"
            .into());
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
