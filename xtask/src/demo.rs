//! `cargo xtask demo`: from a fresh clone to a running Tandem with a simulated company.

use std::fs;
use std::path::PathBuf;

use crate::setup::{Need, ensure};
use crate::sh::{self, Outcome, Step, cargo, command, root, target_dir};
use crate::{console, flag, option, stamp};

/// Sets up, builds, simulates, ingests, serves.
pub fn run(args: &[String]) -> Outcome {
    ensure(&[Need::Cc])?;
    if console::exists() {
        ensure(&[Need::Node])?;
        console::build()?;
    }
    let binary = build()?;
    let dir = root().join("var/demo");
    if flag(args, "--fresh") && dir.exists() {
        fs::remove_dir_all(&dir).map_err(|e| format!("cannot remove {}: {e}", dir.display()))?;
    }
    let mut company = vec!["--people", option(args, "--people").unwrap_or("300")];
    company.extend(["--days", option(args, "--days").unwrap_or("120")]);
    company.extend(["--seed", option(args, "--seed").unwrap_or("7")]);
    prepare(&binary, &dir, &company)?;
    let port = option(args, "--port").unwrap_or("7878");
    let mut serve = command(&binary.display().to_string());
    serve.args([
        "--config",
        "var/demo/tandem.toml",
        "serve",
        "--next-free-port",
        "--sign-in-links",
    ]);
    serve.args(["--listen", &format!("127.0.0.1:{port}")]);
    sh::run(&mut serve)
}

fn build() -> Outcome<PathBuf> {
    let binary = target_dir().join("demo/tandem");
    let value = stamp::of(&["crates", "content", "console/dist", "Cargo.toml", "Cargo.lock"])
        + &stamp::of(&["console/src"]);
    if stamp::is("demo-binary", &value) && binary.exists() {
        return Ok(binary);
    }
    let _step = Step::new("building the binary (the first time takes some minutes)");
    sh::run(cargo().args(["build", "--locked", "--profile", "demo", "--package", "tandem"]))?;
    stamp::set("demo-binary", &value)?;
    Ok(binary)
}

/// Makes the company and runs the pipeline over it, unless that is done already.
pub fn prepare(binary: &std::path::Path, dir: &std::path::Path, company: &[&str]) -> Outcome {
    let done = dir.join("ready");
    let wanted = company.join(" ");
    if fs::read_to_string(&done).is_ok_and(|known| known == wanted) {
        return Ok(());
    }
    if dir.exists() {
        fs::remove_dir_all(dir).map_err(|e| format!("cannot remove {}: {e}", dir.display()))?;
    }
    fs::create_dir_all(dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))?;
    let tandem = || command(&binary.display().to_string());
    {
        let _step = Step::new("simulating a company and its logs");
        sh::run(
            tandem()
                .arg("simulate")
                .args(company)
                .arg("--out")
                .arg(dir.join("company")),
        )?;
    }
    let settings = dir.join("tandem.toml");
    let home = fs::read_to_string(dir.join("company/tandem.toml"))
        .map_err(|e| format!("the simulation left no settings: {e}"))?;
    fs::write(
        &settings,
        format!("data_dir = \"{}\"\n{home}", dir.join("data").display()),
    )
    .map_err(|e| format!("cannot write {}: {e}", settings.display()))?;
    {
        let _step = Step::new("reading its logs and people facts, detecting, learning, scoring");
        sh::run(
            tandem()
                .arg("--config")
                .arg(&settings)
                .arg("ingest")
                .arg(dir.join("company/people"))
                .arg(dir.join("company/logs")),
        )?;
    }
    fs::write(&done, wanted).map_err(|e| format!("cannot write {}: {e}", done.display()))
}
