//! Parts of a benchmark in processes of their own, so that their memory is their own.

use std::ffi::OsStr;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Runs this program again with `args` and gives what it printed. `what` it does is said if it fails, with what it said.
pub fn run(what: &str, args: &[&OsStr]) -> Result<Vec<u8>> {
    let output = Command::new(std::env::current_exe()?).args(args).output();
    let output = output.with_context(|| format!("starting a process for {what}"))?;
    ensure!(
        output.status.success(),
        "{what} failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(output.stdout)
}
