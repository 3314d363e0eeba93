//! Hunting as the API shows it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ErrorView, EventSummary, ScheduleView, SearchLanguage};

/// What is searched for. All left out means everything that is kept.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HuntAsked {
    /// The question; `docs/hunting.md` describes the language.
    pub query: Option<String>,
    /// RFC 3339 or a day, which means its start.
    pub from: Option<String>,
    /// RFC 3339 or a day, which means its end.
    pub to: Option<String>,
    /// Pseudonym of whom it is about.
    pub subject: Option<String>,
    /// How many events are shown, at most 10,000; 500 if left out.
    pub limit: Option<usize>,
    /// Further fields to show with each event: columns, or a source's own; at most 20.
    pub fields: Option<Vec<String>>,
}

/// What fields are to be counted over what a search finds.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct HuntFieldsAsked {
    /// As in a search.
    pub query: Option<String>,
    /// As in a search.
    pub from: Option<String>,
    /// As in a search.
    pub to: Option<String>,
    /// As in a search.
    pub subject: Option<String>,
    /// Of no effect: everything found is counted.
    pub limit: Option<usize>,
    /// Of no effect.
    pub fields: Option<Vec<String>>,
    /// Which fields, at most 20; the usual ones if left out.
    pub names: Option<Vec<String>>,
}

/// A search that is kept in a case.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeepHunt {
    /// As in a search.
    pub query: Option<String>,
    /// As in a search.
    pub from: Option<String>,
    /// As in a search.
    pub to: Option<String>,
    /// As in a search; a subject of the case.
    pub subject: Option<String>,
    /// How many events are kept, at most 10,000; 500 if left out.
    pub limit: Option<usize>,
    /// Of no effect: events are kept whole.
    pub fields: Option<Vec<String>>,
    /// Why it is kept.
    pub why: String,
}

/// One line of a search's answer; each is a JSON object on a line of its own.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum HuntLine {
    /// What will be looked through; comes first.
    Plan {
        /// Days with data.
        days: usize,
        /// The SQL that says the same. Accounts of a subject stand in it only once events have shown them; see `end`.
        sql: String,
        /// What the result's hash is made of.
        hash_of: String,
        /// What a reader should know about the question.
        notes: Vec<String>,
    },
    /// What one day holds, the newest first. Days without data are left out.
    Day {
        /// UTC.
        day: String,
        /// Events that match, shown or not.
        hits: u64,
        /// The same by hour (UTC), 24 of them.
        hours: Vec<u64>,
    },
    /// Events, the newest first.
    Events {
        /// Some of them.
        events: Vec<HuntEvent>,
    },
    /// How far it is.
    Progress {
        /// Days looked through.
        done: usize,
        /// Of how many.
        of: usize,
    },
    /// What it came to; comes last.
    End {
        /// Events that match.
        hits: u64,
        /// Events shown.
        shown: u64,
        /// There are more than were shown.
        truncated: bool,
        /// Milliseconds.
        elapsed_ms: u64,
        /// SHA-256 over the ids of the shown events in order, each with a line end, hexadecimal.
        result_hash: String,
        /// The SQL that says the same.
        sql: String,
    },
    /// It broke off; comes last.
    Error {
        /// Why.
        error: ErrorView,
    },
}

/// One event that was found.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HuntEvent {
    /// In short.
    #[serde(flatten)]
    pub summary: EventSummary,
    /// What lists know about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enrichment: Option<Enrichment>,
    /// The further fields that were asked for, as far as it has them.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

/// What lists know about an event.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Enrichment {
    /// Pseudonym of who acted, for who may see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The most critical asset that it speaks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetView>,
    /// Where its address is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geo: Option<GeoView>,
    /// Threat lists that a value of it is on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub threats: Vec<ThreatHit>,
}

/// A machine or another asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetView {
    /// Its name.
    pub name: String,
    /// `low`, `medium`, `high` or `crown_jewel`.
    pub criticality: String,
    /// Who is responsible for it.
    pub owner: Option<String>,
}

/// Where an address is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GeoView {
    /// The address.
    pub ip: String,
    /// The country's English name, or its code.
    pub country: String,
    /// The city's English name.
    pub city: Option<String>,
}

/// A value on a threat list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThreatHit {
    /// The list's name.
    pub list: String,
    /// The event's value.
    pub value: String,
    /// What the list says about it.
    pub note: Option<String>,
    /// Last day on which it counts.
    pub until: Option<String>,
}

/// Statistics of fields.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HuntFields {
    /// Events that match.
    pub events: u64,
    /// One for each field, in the order asked.
    pub fields: Vec<FieldStatistics>,
}

/// How a field's values are spread.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FieldStatistics {
    /// Its name.
    pub name: String,
    /// Events that have it.
    pub present: u64,
    /// Different values.
    pub distinct: u64,
    /// The most frequent ones, at most ten.
    pub top: Vec<ValueCount>,
}

/// How often a value occurs.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ValueCount {
    /// The value.
    pub value: String,
    /// Events that have it.
    pub count: u64,
}

/// Searches that are kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SavedSearchList {
    /// Own ones and those that colleagues of the same role share, by name.
    pub saved: Vec<SavedSearchView>,
}

/// A search that is kept.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SavedSearchView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The question, or a statement of SQL.
    pub query: String,
    /// Which of the two.
    pub language: SearchLanguage,
    /// How many days it looks back.
    pub from_days: Option<u32>,
    /// What it is for.
    pub note: Option<String>,
    /// Account of who keeps it.
    pub owner: String,
    /// Colleagues of the same role see it.
    pub shared: bool,
    /// When it was kept first.
    pub created: String,
    /// Id of the rule made of it.
    pub rule: Option<String>,
    /// How it is asked again and again, if it is.
    pub schedule: Option<ScheduleView>,
}

/// A search to be kept, or how it is to be from now on.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveSearch {
    /// What it is called, at most 120 characters.
    pub name: String,
    /// The question, or a statement of SQL.
    pub query: String,
    /// Which of the two; the question's if left out. It does not change afterwards.
    #[serde(default)]
    pub language: Option<SearchLanguage>,
    /// How many days it looks back, 1 to 3,650; of no effect on SQL.
    #[serde(default)]
    pub from_days: Option<u32>,
    /// What it is for, at most 2,000 characters.
    #[serde(default)]
    pub note: Option<String>,
    /// Colleagues of the same role see it. Left out: as it was, at first not.
    #[serde(default)]
    pub shared: Option<bool>,
}

/// What a rule made of a search says about itself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleAsked {
    /// Its title, at most 120 characters.
    pub title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// `leakage`, `sabotage`, `fraud` or `misuse`.
    pub threat: String,
    /// `motive`, `means`, `preparation`, `infringement` or `anti_forensics`.
    pub stage: String,
    /// With a threshold: within how many minutes, 1 to 43,200; 60 if left out.
    #[serde(default)]
    pub window_minutes: Option<u32>,
    /// How many matches make a finding, 2 to 100,000; each one if left out.
    #[serde(default)]
    pub threshold: Option<u32>,
    /// With a threshold: fields whose values must be the same, at most 5; the acting account if left out.
    #[serde(default)]
    pub group_by: Option<Vec<String>>,
}

/// A rule that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleMade {
    /// Its text.
    pub yaml: String,
    /// Its file.
    pub path: String,
    /// In what the rule differs from the search.
    pub notes: Vec<String>,
}

/// Lists that events are looked up in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EnrichmentLists {
    /// Threat lists.
    pub lists: Vec<ThreatListView>,
    /// The table of assets; null if the settings name none.
    pub assets: Option<ListFileState>,
    /// The database of places; null if the settings name none.
    pub geoip: Option<ListFileState>,
}

/// Whether a list can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ListCondition {
    /// It is used.
    Loaded,
    /// Its last day is over.
    Expired,
    /// It cannot be read.
    Unreadable,
}

/// A threat list and its state.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ThreatListView {
    /// Its name, also that of the placeholder in rules.
    pub name: String,
    /// `ip`, `domain`, `hash`, `url` or `account`.
    pub kind: String,
    /// Values that count.
    pub entries: u64,
    /// Values that do not count any more.
    pub expired_entries: u64,
    /// Last day on which it counts.
    pub expires: Option<String>,
    /// Whether it can be used.
    pub state: ListCondition,
    /// What is wrong with it.
    pub problem: Option<String>,
}

/// The state of a file that the settings name.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ListFileState {
    /// Whether it can be used.
    pub state: ListCondition,
    /// How much it holds.
    pub entries: u64,
    /// The day it was made, if it says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub built: Option<String>,
    /// What is wrong with it.
    pub problem: Option<String>,
}

impl ListFileState {
    /// A file that cannot be used.
    pub fn unreadable(problem: &str) -> Self {
        Self {
            state: ListCondition::Unreadable,
            entries: 0,
            built: None,
            problem: Some(problem.to_owned()),
        }
    }
}
