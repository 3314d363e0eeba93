//! What events are shown with beside their own: files that the settings name.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tandem_domain::Day;

/// Names that placeholders of rules have already.
const TAKEN: [&str; 3] = ["leavers", "contractors", "home_domains"];

/// Files that events are looked up in. They are read again when they change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EnrichmentSettings {
    /// A table of machines and other assets (CSV): `name,criticality,owner,addresses`.
    pub assets: Option<PathBuf>,
    /// A database of countries or cities by address (MaxMind's format, `.mmdb`).
    pub geoip: Option<PathBuf>,
    /// Values that are worth a look wherever they turn up.
    pub threat_lists: Vec<ThreatListSettings>,
}

/// One list of values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThreatListSettings {
    /// Its name, also that of the placeholder `%name%` in rules: small letters, digits, `_`.
    pub name: String,
    /// The file: one value a line.
    pub file: PathBuf,
    /// What its values are.
    pub kind: ListKind,
    /// Last day on which it counts, `YYYY-MM-DD`.
    #[serde(default)]
    pub expires: Option<String>,
}

/// What the values of a list are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Addresses, or networks such as `203.0.113.0/24`.
    Ip,
    /// Names of hosts and their domains: everything below counts too.
    Domain,
    /// Hashes of files.
    Hash,
    /// Whole web addresses.
    Url,
    /// Accounts, as logs write them.
    Account,
}

impl ListKind {
    /// Its name in settings and API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::Domain => "domain",
            Self::Hash => "hash",
            Self::Url => "url",
            Self::Account => "account",
        }
    }
}

impl ThreatListSettings {
    /// The last day on which it counts, if it ends.
    pub fn last_day(&self) -> Option<Day> {
        self.expires.as_deref().and_then(Day::parse)
    }
}

impl EnrichmentSettings {
    /// A setting that makes no sense: key, value, and what is wrong. `lists` are the names of the settings' other lists.
    pub fn fault<'a>(
        &self,
        lists: impl Iterator<Item = &'a str>,
    ) -> Option<(&'static str, String, &'static str)> {
        let mut known: Vec<&str> = TAKEN.into_iter().chain(lists).collect();
        for list in &self.threat_lists {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if list.name.is_empty() || list.name.len() > 64 || !list.name.chars().all(plain) {
                return Some((
                    "enrichment.threat_lists.name",
                    list.name.clone(),
                    "give small letters, digits and `_`, at most 64",
                ));
            }
            if known.contains(&list.name.as_str()) {
                return Some((
                    "enrichment.threat_lists.name",
                    list.name.clone(),
                    "another list has that name; take another one",
                ));
            }
            known.push(&list.name);
            if let Some(expires) = &list.expires
                && list.last_day().is_none()
            {
                return Some((
                    "enrichment.threat_lists.expires",
                    expires.clone(),
                    "give the last day on which it counts as YYYY-MM-DD",
                ));
            }
        }
        None
    }
}
