//! The real binary and a simulated company: with a real homeserver and a real browser, and under a fuzzer.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::sh::{Outcome, Step, command, each_line, quiet, root, target_dir};
use crate::{console, demo, peers, setup};

/// Seconds that the fuzzer has for all accounts together; looking at the API's description comes on top.
const FUZZING: u32 = 40;

/// A process that ends with the step that needs it.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The binary, and the folder of a company that it has read.
fn company() -> Outcome<(PathBuf, PathBuf)> {
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
    write(&dir.join("binary"), &binary_stamp)?;
    Ok((binary, dir))
}

fn write(path: &Path, text: &str) -> Outcome {
    fs::write(path, text).map_err(|e| format!("cannot write {}: {e}", path.display()))
}

fn read(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).map_err(|e| format!("cannot read {}: {e}", path.display()))
}

/// Makes a folder anew.
fn fresh(dir: &Path) -> Outcome {
    let _ = fs::remove_dir_all(dir);
    fs::create_dir_all(dir).map_err(|e| format!("cannot make {}: {e}", dir.display()))
}

/// Starts a program that writes `ready` once it is; gives what it wrote. Its words go to `log`.
fn start(
    program: &Path,
    args: &[&str],
    ready: &Path,
    log: &Path,
    patience: Duration,
) -> Outcome<(Server, String)> {
    let _ = fs::remove_file(ready);
    let words = fs::File::create(log).map_err(|e| format!("cannot write {}: {e}", log.display()))?;
    let child = command(&program.display().to_string())
        .args(args)
        .stdout(Stdio::null())
        .stderr(words)
        .spawn()
        .map_err(|e| format!("cannot start {}: {e}", program.display()))?;
    let mut server = Server(child);
    let started = Instant::now();
    while !ready.exists() {
        if started.elapsed() > patience || server.0.try_wait().is_ok_and(|status| status.is_some()) {
            let log = fs::read_to_string(log).unwrap_or_default();
            return Err(format!("{} did not come up:\n{log}", program.display()));
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok((server, read(ready)?))
}

/// Serves what the settings name, with its log and address in `dir`.
fn serve(binary: &Path, settings: &Path, dir: &Path) -> Outcome<(Server, String)> {
    let ready = dir.join("ready.json");
    let (settings, file) = (settings.display().to_string(), ready.display().to_string());
    let args: [&str; 7] = [
        "--config",
        &settings,
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--ready-file",
        &file,
    ];
    start(
        binary,
        &args,
        &ready,
        &dir.join("server.log"),
        Duration::from_mins(1),
    )
}

/// A Matrix homeserver in a new folder; gives also what the tests need of it, and the connector for Tandem's settings.
fn homeserver(dir: &Path) -> Outcome<(Server, String, String)> {
    let python = peers::synapse()?;
    let _step = Step::new("starting a homeserver");
    fresh(dir)?;
    let ready = dir.join("ready.json");
    let script = root().join("console/e2e/homeserver.py").display().to_string();
    let (folder, file) = (dir.display().to_string(), ready.display().to_string());
    let (server, said) = start(
        &python,
        &[&script, &folder, &file],
        &ready,
        &dir.join("synapse.log"),
        Duration::from_mins(3),
    )?;
    Ok((server, said, read(&dir.join("connector.toml"))?))
}

/// A system that carries out actions, which the tests themselves start: what they need for it, and the connector for Tandem's
/// settings.
fn far_side(dir: &Path) -> Outcome<(String, String)> {
    let key = "whsec_dGhlIGtleSBvZiB0aGUgZW5kLXRvLWVuZCB0ZXN0cyE=";
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|free| free.local_addr())
        .map_err(|e| format!("no free port on 127.0.0.1: {e}"))?
        .port();
    let secret = dir.join("far-side.key");
    write(&secret, key)?;
    let connector = format!(
        "\n[[connectors]]\nname = \"lake\"\nkind = \"action\"\nserver = \"http://127.0.0.1:{port}/\"\n\
         secret_file = {secret:?}\nactions = [{{ name = \"freeze_evidence\" }}]\n"
    );
    Ok((format!("{{\"port\": {port}, \"key\": \"{key}\"}}"), connector))
}

/// Runs the browser tests; every line of their output goes to `line`.
pub fn run(line: impl FnMut(&str)) -> Outcome {
    let (binary, dir) = company()?;
    let (_rooms, rooms, connector) = homeserver(&dir.join("rooms"))?;
    let (far_side, acting) = far_side(&dir)?;
    let settings = dir.join("tandem-with-rooms.toml");
    write(
        &settings,
        &(read(&dir.join("tandem.toml"))? + &connector + &acting),
    )?;
    let (_server, ready) = serve(&binary, &settings, &dir)?;
    let _step = Step::new("end-to-end tests in the browser");
    let mut tests = console::npm(&["run", "--silent", "e2e"]);
    // Debug's quotes and escapes are JSON's for paths.
    let tandem = format!("[{binary:?}, \"--config\", {settings:?}]");
    tests
        .env("TANDEM_E2E", ready)
        .env("TANDEM_E2E_CHAT", rooms)
        .env("TANDEM_E2E_FAR_SIDE", far_side)
        .env("TANDEM_E2E_COMMAND", tandem)
        .env("TANDEM_E2E_CHROMIUM", setup::chromium().unwrap_or_default());
    each_line(&mut tests, line)
}

/// Fuzzes the API over a copy of the company's data; every line of the fuzzer's output goes to `line`.
pub fn fuzz(line: impl FnMut(&str)) -> Outcome {
    let python = peers::schemathesis()?;
    let (binary, company) = company()?;
    let dir = target_dir().join("fuzz");
    fresh(&dir)?;
    quiet(command("cp").arg("-r").arg(company.join("data")).arg(&dir))?;
    let settings = dir.join("tandem.toml");
    let home = read(&company.join("company/tandem.toml"))?;
    let data = dir.join("data");
    write(&settings, &format!("data_dir = \"{}\"\n{home}", data.display()))?;
    let token = quiet(
        command(&binary.display().to_string())
            .arg("--config")
            .arg(&settings)
            .args(["ingest-token", "fuzz"]),
    )?;
    let (_server, _) = serve(&binary, &settings, &dir)?;
    let _step = Step::new("fuzzing the API");
    let mut tests = command(&python.display().to_string());
    tests
        .arg("xtask/fuzz/fuzz.py")
        .arg(dir.join("ready.json"))
        .args([token.trim(), &FUZZING.to_string()]);
    each_line(&mut tests, line)
}
