//! Scheduled queries as the API shows them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// In which language a search is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SearchLanguage {
    /// The language of the search line; a rule can be made of it.
    #[default]
    Fields,
    /// One statement of SQL; it can be asked again and again.
    Sql,
}

/// How a saved search in SQL is to be asked, and what its rows say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleAsked {
    /// How often, minutes: 5 to 1,440.
    pub every_minutes: u32,
    /// The title of what it finds, at most 120 characters.
    pub title: String,
    /// `informational`, `low`, `medium`, `high` or `critical`.
    pub level: String,
    /// `leakage`, `sabotage`, `fraud` or `misuse`.
    pub threat: String,
    /// `motive`, `means`, `preparation`, `infringement` or `anti_forensics`.
    pub stage: String,
    /// The column of the answer that says the account; `account` if left out.
    #[serde(default)]
    pub account: Option<String>,
    /// The column of the answer that says when it happened; `time` if left out.
    #[serde(default)]
    pub time: Option<String>,
}

/// A saved search in SQL as it is asked.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScheduleView {
    /// How often, minutes.
    pub every_minutes: u32,
    /// The title of what it finds.
    pub title: String,
    /// Sigma level.
    pub level: String,
    /// Threat.
    pub threat: String,
    /// Stage.
    pub stage: String,
    /// The column that says the account.
    pub account: String,
    /// The column that says when it happened.
    pub time: String,
    /// When it is asked next.
    pub due: String,
    /// What came of it last; null before it was asked.
    pub last: Option<QueryRun>,
}

/// What came of asking a query.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QueryRun {
    /// When it began.
    pub at: String,
    /// How long it took, milliseconds.
    pub elapsed_ms: u64,
    /// Days (UTC) it was asked about: those of which events came since it was asked before.
    pub days: u64,
    /// Rows it answered.
    pub rows: u64,
    /// Rows that were not known before.
    pub new: u64,
    /// Rows that name no account of a person: they count as matches, and are about nobody.
    pub without_account: u64,
    /// Rows without a time on the day that was asked about: they are left out.
    pub without_time: u64,
    /// There were more rows on a day than are taken.
    pub truncated: bool,
    /// Events came of more days than are asked about at once; the oldest of them were left out.
    pub days_left_out: bool,
    /// Why it failed; it is asked again at its next time, for the same days too.
    pub error: Option<String>,
    /// Since when it has been failing without a success.
    pub failing_since: Option<String>,
}

/// A scheduled query that does not do what it should.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueryAlarmView {
    /// Id of its rule.
    pub rule: String,
    /// Its title.
    pub title: String,
    /// `query_failing`, `query_truncated`, `query_without_time` or `query_days_left_out`.
    pub alarm: String,
    /// Since when.
    pub since: String,
    /// What is wrong and what can be done.
    pub sentence: String,
}
