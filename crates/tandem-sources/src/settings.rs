//! Sources as the settings name them.
//!
//! ```toml
//! [[sources]]
//! name = "firewalls"
//! silent_after_minutes = 120
//! [sources.from.syslog]
//! listen = "0.0.0.0:6514"
//! transport = "tls"
//! ```

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tandem_normalise::Format;

use crate::bucket::BucketSettings;
use crate::files::FilesSettings;
use crate::journal::JournalSettings;
use crate::kafka::KafkaSettings;
use crate::nats::NatsSettings;
use crate::pull::PullSettings;
use crate::syslog::SyslogSettings;

/// Longest name of a source, bytes.
pub const LONGEST_NAME: usize = 64;

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Its name: letters, digits, `-`, `_`, `.`; events carry it.
    pub name: String,
    /// Format of the records; recognised without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<Format>,
    /// Mapping of the records; the one that fits without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mapping: Option<String>,
    /// Zone of times without one (IANA name); the home's without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Minutes without a record after which the source counts as silent; 0 for never.
    #[serde(default = "two_hours")]
    pub silent_after_minutes: u64,
    /// Where its records come from.
    pub from: From,
}

/// Where reading begins of something of which nothing was read yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At its beginning: of a topic, at the oldest record that is kept.
    #[default]
    Beginning,
    /// At its end, if it is there when the source runs for the first time: of a file, at its last whole line; of a topic, behind the
    /// newest record. A file or a partition that appears later is read from its beginning.
    End,
}

const fn two_hours() -> u64 {
    120
}

/// Where a source's records come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// A syslog listener.
    Syslog(SyslogSettings),
    /// Files that are followed while they grow, rotate and are cut.
    Files(FilesSettings),
    /// The systemd journal.
    Journal(JournalSettings),
    /// A NATS JetStream stream.
    Nats(NatsSettings),
    /// A topic of a broker that speaks Kafka's protocol.
    Kafka(KafkaSettings),
    /// Objects of an S3-compatible bucket.
    Bucket(BucketSettings),
    /// A cloud service's audit API.
    Pull(Box<PullSettings>),
}

impl From {
    /// Its name in the settings.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Syslog(_) => "syslog",
            Self::Files(_) => "files",
            Self::Journal(_) => "journal",
            Self::Nats(_) => "nats",
            Self::Kafka(_) => "kafka",
            Self::Bucket(_) => "bucket",
            Self::Pull(_) => "pull",
        }
    }

    /// Where that is, in a line for people: what is set, without what only matters to the reader of it. No setting holds a
    /// secret.
    pub fn place(&self) -> String {
        let value = serde_json::to_value(self).unwrap_or_default();
        let inner = value.get(self.kind()).and_then(|inner| inner.as_object());
        let plain = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Array(list) => {
                let texts: Vec<&str> = list.iter().filter_map(|entry| entry.as_str()).collect();
                (!texts.is_empty()).then(|| texts.join(", "))
            }
            _ => None,
        };
        let parts: Vec<String> = inner
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some(format!("{key} {}", plain(value)?)))
            .collect();
        parts.join("; ")
    }

    fn check(&self) -> Result<(), String> {
        match self {
            Self::Syslog(settings) => settings.check(),
            Self::Files(settings) => settings.check(),
            Self::Journal(settings) => settings.check(),
            Self::Nats(settings) => settings.check(),
            Self::Kafka(settings) => settings.check(),
            Self::Bucket(settings) => settings.check(),
            Self::Pull(settings) => settings.check(),
        }
    }
}

/// Sources that cannot be used as they are set.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The name cannot be one.
    #[error("`{0}` is no name of a source; use letters, digits, - _ . and at most {LONGEST_NAME} of them")]
    Name(String),
    /// Two sources have the same name.
    #[error("two sources are called `{0}`; give each its own name")]
    Twice(String),
    /// The zone does not exist.
    #[error("source `{name}`: `{zone}` is no IANA time zone, for example Europe/Berlin")]
    Zone {
        /// The source.
        name: String,
        /// What was given.
        zone: String,
    },
    /// What it reads from makes no sense.
    #[error("source `{name}`: {why}")]
    Senseless {
        /// The source.
        name: String,
        /// What is wrong and what to do.
        why: String,
    },
}

/// True for what can be a source's name.
pub fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST_NAME
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
}

/// Checks all sources of the settings, without touching what they name.
///
/// # Errors
/// [`SettingsError`] names the source and what to change.
pub fn check(sources: &[SourceSettings]) -> Result<(), SettingsError> {
    let mut names = BTreeSet::new();
    for source in sources {
        let name = || source.name.clone();
        if !is_name(&source.name) {
            return Err(SettingsError::Name(name()));
        }
        if !names.insert(&source.name) {
            return Err(SettingsError::Twice(name()));
        }
        if let Some(zone) = &source.time_zone
            && jiff::tz::TimeZone::get(zone).is_err()
        {
            return Err(SettingsError::Zone {
                name: name(),
                zone: zone.clone(),
            });
        }
        source
            .from
            .check()
            .map_err(|why| SettingsError::Senseless { name: name(), why })?;
    }
    Ok(())
}
