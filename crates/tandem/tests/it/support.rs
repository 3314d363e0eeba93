//! A folder with settings, and the real binary.

use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;

pub struct Place {
    pub dir: tempfile::TempDir,
}

impl Place {
    pub fn new(commit_events: usize) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let settings = format!(
            "data_dir = \"{}\"\n[home]\nmail_domains = [\"home.example\"]\nnt_domains = [\"HOME\"]\n[lake]\ncommit_events = {commit_events}\n",
            dir.path().join("data").display()
        );
        std::fs::write(dir.path().join("tandem.toml"), settings).unwrap();
        Self { dir }
    }

    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tandem"));
        command
            .arg("--config")
            .arg(self.dir.path().join("tandem.toml"))
            .args(args)
            .current_dir(self.dir.path());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        assert!(
            output.status.success(),
            "{args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        output
    }

    pub fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        serde_json::from_slice(&self.run(&args).stdout).unwrap()
    }

    pub fn count(&self, sql: &str) -> i64 {
        self.json(&["query", sql])["n"].as_i64().unwrap()
    }
}

/// One line of an application's audit, readable by the generic mapping.
pub fn line(n: usize) -> String {
    format!(
        "{{\"timestamp\":\"2026-05-{:02}T{:02}:{:02}:{:02}Z\",\"user\":\"user{}\",\"action\":\"file_read\",\"path\":\"/share/f{n}\"}}\n",
        1 + n / 86_400 % 28,
        n / 3_600 % 24,
        n / 60 % 60,
        n % 60,
        n % 7
    )
}
