//! How followed files are set.

use std::time::Duration;

use glob::Pattern;
use serde::{Deserialize, Serialize};

use crate::settings::Start;

/// Files that are followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesSettings {
    /// The files: absolute paths, folders (the files in them) or patterns with `*`, `?`, `[…]` and `**`.
    pub paths: Vec<String>,
    /// Files among them that are left out: patterns of whole paths, or of names when they hold no `/`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Where reading begins.
    #[serde(default)]
    pub start: Start,
    /// Milliseconds between two looks for growth and for new files.
    #[serde(default = "half_a_second")]
    pub every_ms: u64,
    /// Milliseconds that a file which was rotated away or deleted must have been quiet before it counts as read to its end.
    #[serde(default = "a_minute")]
    pub linger_ms: u64,
    /// Minutes without growth after which a last line without an end counts as whole; 0 for never.
    #[serde(default = "an_hour")]
    pub idle_minutes: u64,
    /// Most files held open at a time; the others are opened when they grow.
    #[serde(default = "some_hundred")]
    pub open_files: usize,
    /// Days after which a file that is gone and read to its end is forgotten; one that comes back later is read anew. 0 for
    /// never.
    #[serde(default = "a_month")]
    pub forget_after_days: u64,
}

const fn half_a_second() -> u64 {
    500
}

const fn a_minute() -> u64 {
    60_000
}

const fn an_hour() -> u64 {
    60
}

const fn some_hundred() -> usize {
    512
}

const fn a_month() -> u64 {
    30
}

impl FilesSettings {
    /// These paths, everything else as it is by default.
    pub fn new(paths: Vec<String>) -> Self {
        Self {
            paths,
            exclude: Vec::new(),
            start: Start::default(),
            every_ms: half_a_second(),
            linger_ms: a_minute(),
            idle_minutes: an_hour(),
            open_files: some_hundred(),
            forget_after_days: a_month(),
        }
    }

    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        if self.paths.is_empty() {
            return Err(
                "`paths` names no file; name at least one, for example \"/var/log/app/*.log\"".into(),
            );
        }
        if let Some(path) = self.paths.iter().find(|path| !path.starts_with('/')) {
            return Err(format!("`{path}` is no absolute path; begin it with /"));
        }
        for pattern in self.paths.iter().chain(&self.exclude) {
            Pattern::new(pattern).map_err(|error| format!("`{pattern}` is no pattern: {error}"))?;
        }
        if !(20..=600_000).contains(&self.every_ms) {
            return Err("`every_ms` must lie between 20 and 600000".into());
        }
        if self.linger_ms > 86_400_000 {
            return Err("`linger_ms` must be at most a day, 86400000".into());
        }
        if !(8..=65_536).contains(&self.open_files) {
            return Err("`open_files` must lie between 8 and 65536".into());
        }
        if self.forget_after_days > 3_650 {
            return Err("`forget_after_days` must be at most ten years, 3650; 0 is for never".into());
        }
        Ok(())
    }

    /// Between two looks.
    pub(super) const fn every(&self) -> Duration {
        Duration::from_millis(self.every_ms)
    }

    /// How long a file must be quiet before it is let go.
    pub(super) const fn linger(&self) -> Duration {
        Duration::from_millis(self.linger_ms)
    }

    /// After how many seconds a file that is gone is forgotten.
    pub(super) fn forget_after(&self) -> Option<i64> {
        (self.forget_after_days > 0).then(|| self.forget_after_days.min(3_650) as i64 * 86_400)
    }

    /// After how long a last line counts as whole.
    pub(super) fn idle(&self) -> Option<Duration> {
        (self.idle_minutes > 0).then(|| Duration::from_secs(self.idle_minutes.saturating_mul(60)))
    }
}
