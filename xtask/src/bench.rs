//! `cargo xtask bench NAME`: builds the optimised benchmark program and runs it; `docs/benchmarks.md` says what each measures.

use crate::sh::{self, Outcome, cargo, root, target_dir};

/// Runs one benchmark; the program prints a table and writes `target/bench/NAME.json`.
pub fn run(args: &[String]) -> Outcome {
    let Some(name) = args.first().filter(|name| !name.starts_with('-')) else {
        return Err("which one?\n  \
             cargo xtask bench pipeline\n  \
             cargo xtask bench behaviour [--data DIR]\n  \
             cargo xtask bench behaviour --subjects PEOPLE [--days DAYS]\n  \
             cargo xtask bench behaviour-peers\n  \
             cargo xtask bench rules [--data DIR] [--generated EVENTS]\n  \
             cargo xtask bench live [--rate N] [--seconds N] [--way WAY] [--kills N]\n  \
             cargo xtask bench live --overload [--seconds N] [--sustainable RATE]\n  \
             cargo xtask bench scenarios\n\
             docs/benchmarks.md says what each measures"
            .into());
    };
    let rest = args.get(1..).unwrap_or_default();
    if name == "behaviour-peers" {
        return behaviour_peers(rest);
    }
    run_built(name, rest)
}

/// Behaviour analytics beside detectors of other projects, on the same features and the same days of one set.
fn behaviour_peers(rest: &[String]) -> Outcome {
    crate::setup::ensure(&[crate::setup::Need::Python])?;
    let python = crate::peers::detectors()?;
    let folder = target_dir().join("bench");
    std::fs::create_dir_all(&folder).map_err(|e| format!("cannot make {}: {e}", folder.display()))?;
    let features = folder.join("behaviour-features.csv.gz");
    // What an earlier run left is not this one's.
    let _ = std::fs::remove_file(&features);
    let mut args = rest.to_vec();
    args.extend(["--export".to_owned(), features.display().to_string()]);
    run_built("behaviour", &args)?;
    if !features.is_file() {
        println!("skipped: there was no set with something to judge");
        return Ok(());
    }
    let _step = sh::Step::new("the same features and days through detectors of other projects");
    let mut command = crate::sh::command(&python.display().to_string());
    command
        .arg(root().join("crates/tandem-bench/peers/behaviour_peers.py"))
        .arg(&features)
        .arg("--figures")
        .arg(folder.join("behaviour.json"))
        .arg("--out")
        .arg(folder.join("behaviour-peers.json"));
    sh::run(&mut command)
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
    // These go past the lake and the server, which take most of the time to build.
    match name {
        "behaviour" => drop(build.args(["--no-default-features", "--features", "jemalloc"])),
        "rules" => drop(build.args(["--no-default-features", "--features", "jemalloc,oracle"])),
        _ => {}
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
