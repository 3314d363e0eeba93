//! The real binary, a simulated company, a real browser.

use std::fs;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::sh::{Outcome, Step, command, root, target_dir};
use crate::{console, demo, setup};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs the browser tests; every line of their output goes to `line`.
pub fn run(line: impl FnMut(&str)) -> Outcome {
    let binary = target_dir().join("debug/tandem");
    let dir = target_dir().join("e2e");
    let binary_stamp = fs::metadata(&binary)
        .and_then(|m| m.modified())
        .map(|t| format!("{t:?}"))
        .unwrap_or_default();
    // A new binary may store other things: start over.
    let known = fs::read_to_string(dir.join("binary")).unwrap_or_default();
    if known != binary_stamp {
        let _ = fs::remove_dir_all(&dir);
    }
    demo::prepare(
        &binary,
        &dir,
        &["--people", "100", "--days", "90", "--seed", "11"],
    )?;
    fs::write(dir.join("binary"), binary_stamp)
        .map_err(|e| format!("cannot write into {}: {e}", dir.display()))?;

    let ready = dir.join("ready.json");
    let _ = fs::remove_file(&ready);
    let mut serve = command(&binary.display().to_string());
    serve
        .arg("--config")
        .arg(dir.join("tandem.toml"))
        .args(["serve", "--listen", "127.0.0.1:0", "--ready-file"])
        .arg(&ready);
    let log = fs::File::create(dir.join("server.log"))
        .map_err(|e| format!("cannot write the server's log: {e}"))?;
    let child = serve
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .map_err(|e| format!("cannot start the server: {e}"))?;
    let mut server = Server(child);
    let started = Instant::now();
    while !ready.exists() {
        if started.elapsed() > Duration::from_mins(1)
            || server.0.try_wait().is_ok_and(|status| status.is_some())
        {
            let log = fs::read_to_string(dir.join("server.log")).unwrap_or_default();
            return Err(format!("the server did not come up:\n{log}"));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let ready = fs::read_to_string(&ready).map_err(|e| format!("cannot read the server's address: {e}"))?;
    let _step = Step::new("end-to-end tests in the browser");
    let mut tests = console::npm(&["run", "--silent", "e2e"]);
    tests
        .env("TANDEM_E2E", ready)
        .env("TANDEM_E2E_CHROMIUM", setup::chromium().unwrap_or_default());
    tests.env("TANDEM_E2E_SHOTS", root().join("target/e2e/shots"));
    crate::sh::each_line(&mut tests, line)
}
