//! How the journal is set.

use serde::{Deserialize, Serialize};

use crate::settings::Start;

/// Names and numbers of priorities, as `journalctl --priority` takes them (RFC 5424 severities).
const PRIORITIES: [&str; 16] = [
    "emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "0", "1", "2", "3", "4", "5", "6",
    "7",
];

/// The systemd journal: this machine's, a folder's, or that of single files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JournalSettings {
    /// A folder of journals instead of this machine's, for example what `systemd-journal-remote` receives. Absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// One journal file (or a pattern) instead. Absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Only records of these units; all without it.
    #[serde(default)]
    pub units: Vec<String>,
    /// Only records at least this urgent: `emerg` to `debug`, or 0 to 7; all without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// Where reading begins the first time.
    #[serde(default)]
    pub start: Start,
    /// Milliseconds between two readings of a `file`; this machine's journal and a folder are followed as they grow.
    #[serde(default = "a_second")]
    pub every_ms: u64,
    /// The program that reads journals.
    #[serde(default = "journalctl")]
    pub program: String,
}

const fn a_second() -> u64 {
    1_000
}

fn journalctl() -> String {
    "journalctl".to_owned()
}

impl Default for JournalSettings {
    fn default() -> Self {
        Self {
            directory: None,
            file: None,
            units: Vec::new(),
            priority: None,
            start: Start::default(),
            every_ms: a_second(),
            program: journalctl(),
        }
    }
}

impl JournalSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        if self.directory.is_some() && self.file.is_some() {
            return Err("`directory` and `file` exclude each other; name one".into());
        }
        if let Some(path) = [&self.directory, &self.file]
            .into_iter()
            .flatten()
            .find(|path| !path.starts_with('/'))
        {
            return Err(format!("`{path}` is no absolute path; begin it with /"));
        }
        if let Some(priority) = &self.priority
            && !PRIORITIES.contains(&priority.as_str())
        {
            return Err(format!(
                "`{priority}` is no priority; use emerg, alert, crit, err, warning, notice, info or debug"
            ));
        }
        if self.units.iter().any(|unit| unit.trim().is_empty()) {
            return Err("a unit without a name is in `units`; leave it out".into());
        }
        if self.program.is_empty() {
            return Err("`program` is empty; leave it out for journalctl".into());
        }
        if !(100..=600_000).contains(&self.every_ms) {
            return Err("`every_ms` must lie between 100 and 600000".into());
        }
        Ok(())
    }

    /// Name of the stream within the source.
    pub(super) fn stream(&self) -> String {
        match (&self.directory, &self.file) {
            (Some(path), _) => format!("folder:{path}"),
            (_, Some(path)) => format!("file:{path}"),
            _ => "machine".to_owned(),
        }
    }

    /// True if the program goes on by itself as the journal grows. It cannot watch single files.
    pub(super) const fn follows(&self) -> bool {
        self.file.is_none()
    }

    /// What the program is called with.
    fn arguments(&self) -> Vec<String> {
        let mut arguments: Vec<String> = ["--output=json", "--all", "--no-pager", "--quiet"]
            .map(str::to_owned)
            .to_vec();
        arguments.extend(self.directory.iter().map(|path| format!("--directory={path}")));
        arguments.extend(self.file.iter().map(|path| format!("--file={path}")));
        arguments.extend(self.units.iter().map(|unit| format!("--unit={unit}")));
        arguments.extend(self.priority.iter().map(|least| format!("--priority={least}")));
        arguments
    }

    /// What it is called with to read on behind a cursor.
    pub(super) fn read_on(&self, cursor: &str) -> Vec<String> {
        let mut arguments = self.arguments();
        if self.follows() {
            // Following alone means the newest boot only: what came before a restart of the machine would be passed over.
            arguments.extend(["--follow", "--no-tail", "--merge"].map(str::to_owned));
        }
        if !cursor.is_empty() {
            arguments.push(format!("--after-cursor={cursor}"));
        }
        arguments
    }

    /// What it is called with to give the last record.
    pub(super) fn last(&self) -> Vec<String> {
        let mut arguments = self.arguments();
        arguments.extend(["--lines=1", "--merge"].map(str::to_owned));
        arguments
    }
}
