//! Shapes of what comes in: sources, rejected records, rules, pushes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::QueryAlarmView;
use crate::intake::AlarmKind;

/// A source's rate on one day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Events.
    pub events: u64,
    /// Rejects.
    pub rejects: u64,
}

/// A source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceView {
    /// Name.
    pub source: String,
    /// Mapping.
    pub mapping: Option<String>,
    /// Events stored.
    pub events: u64,
    /// Records rejected.
    pub rejects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Earliest event.
    pub first: Option<String>,
    /// Latest event.
    pub last: Option<String>,
    /// When the last record came.
    pub last_received: Option<String>,
    /// Last 60 days of data.
    pub by_day: Vec<SourceDay>,
}

/// Sources.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SourceList {
    /// By name.
    pub sources: Vec<SourceView>,
}

/// A live source as it is.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveSource {
    /// Name.
    pub name: String,
    /// Kind, as in the settings: `syslog`, `files`, `kafka` …
    pub kind: String,
    /// Where its records come from, as set.
    pub from: String,
    /// `starting`, `running`, `failing` or `stopped`.
    pub phase: String,
    /// Bytes received since the start.
    pub bytes: u64,
    /// Records received, as far as the source cuts them itself.
    pub records: u64,
    /// What could not be cut into records.
    pub refused: u64,
    /// Connections since the start.
    pub connections: u64,
    /// Connections open.
    pub open: u64,
    /// What waits at the far side: bytes of files, messages of brokers, objects of buckets.
    pub behind: u64,
    /// When something came last.
    pub last: Option<String>,
    /// The last trouble.
    pub trouble: Option<TroubleView>,
    /// Minutes that it may be silent; 0 for any.
    pub silent_after_minutes: u64,
    /// What is wrong, the most urgent first.
    pub alarms: Vec<AlarmView>,
}

/// What went wrong.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TroubleView {
    /// When.
    pub at: String,
    /// What.
    pub what: String,
}

/// What is wrong with a source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlarmView {
    /// What kind.
    pub kind: AlarmKind,
    /// Since when, as far as is known.
    pub since: Option<String>,
    /// What, why, and what to do.
    pub sentence: String,
}

/// What is under way from sources into the lake.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IntakeView {
    /// Bytes under way.
    pub waiting_bytes: u64,
    /// Room for them; senders wait when it is full.
    pub room_bytes: u64,
    /// Events kept since the start.
    pub committed: u64,
    /// Commits since the start.
    pub commits: u64,
    /// Deliveries that could not be kept and that nobody can send again.
    pub lost: u64,
    /// When the last commit was.
    pub last_commit: Option<String>,
}

/// Live sources.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LiveSources {
    /// As in the settings.
    pub sources: Vec<LiveSource>,
    /// What is under way.
    pub intake: IntakeView,
}

/// A record that could not be read.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RejectView {
    /// Id.
    pub id: i64,
    /// Source.
    pub source: String,
    /// File or stream.
    pub stream: String,
    /// Byte offset in the decompressed stream.
    pub offset: u64,
    /// Why.
    pub reason: String,
    /// What to do.
    pub hint: String,
    /// Size of the record, bytes.
    pub bytes: u64,
    /// RFC 3339.
    pub received: String,
    /// `open` or `replayed`.
    pub status: String,
}

/// Rejects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RejectList {
    /// How many match.
    pub total: u64,
    /// One page, newest first.
    pub rejects: Vec<RejectView>,
}

/// A reject, with its bytes for who may see them.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RejectDetail {
    /// In short.
    #[serde(flatten)]
    pub summary: RejectView,
    /// As text, if it is text.
    pub raw_text: Option<String>,
    /// As base64.
    pub raw_base64: String,
    /// Why the bytes are not shown, if they are not.
    pub withheld: Option<String>,
}

/// Which rejects to try again.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// These, or
    pub ids: Option<Vec<i64>>,
    /// all open ones of this source.
    pub source: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct ReplayAnswer {
    /// Tried.
    pub tried: u64,
    /// Became events.
    pub replayed: u64,
    /// Still cannot be read.
    pub still_rejected: u64,
}

/// A rule that could not be loaded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleErrorView {
    /// File.
    pub file: String,
    /// Line.
    pub line: Option<u64>,
    /// Why.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What a rule did since this process began.
#[derive(Debug, Clone, Copy, Default, Serialize, ToSchema)]
pub struct RuleWorkView {
    /// Evaluations: events in which the prefilter found something the rule needs. 0 for correlations, which look at matches.
    pub evaluations: u64,
    /// Events that it matched.
    pub matches: u64,
    /// Time that the evaluations took, microseconds, estimated from a sample.
    pub micros: u64,
}

/// A source whose events no rule can see but those for every event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnseenSourceView {
    /// Its name.
    pub source: String,
    /// `unknown_format`.
    pub alarm: String,
    /// When the first such event was taken in.
    pub first: String,
    /// When the latest was.
    pub last: String,
    /// How many there were.
    pub events: u64,
    /// What to do about it.
    pub hint: String,
}

/// A rule in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleView {
    /// Id.
    pub id: String,
    /// Title.
    pub title: String,
    /// Sigma level.
    pub level: String,
    /// Sigma status.
    pub status: String,
    /// Log source in words.
    pub logsource: String,
    /// Technique ids.
    pub techniques: Vec<String>,
    /// Threats.
    pub threats: Vec<String>,
    /// Stage.
    pub stage: Option<String>,
    /// Matches so far.
    pub matches: u64,
    /// What it did since this process began.
    pub work: RuleWorkView,
    /// File.
    pub file: String,
}

/// Rules.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleList {
    /// Rules loaded.
    pub loaded: u64,
    /// Rules that could not be.
    pub errors: Vec<RuleErrorView>,
    /// Sources whose events no rule can see.
    pub unseen: Vec<UnseenSourceView>,
    /// Scheduled queries that do not do what they should.
    pub queries: Vec<QueryAlarmView>,
    /// By title.
    pub rules: Vec<RuleView>,
}

/// A rule whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleDetail {
    /// In short.
    #[serde(flatten)]
    pub summary: RuleView,
    /// Description.
    pub description: String,
    /// Known false positives.
    pub falsepositives: Vec<String>,
    /// Source text.
    pub yaml: String,
}

/// What came of a push.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct PushAnswer {
    /// The batch; a retry has the same.
    pub batch: String,
    /// Records read.
    pub records: u64,
    /// Events stored.
    pub events: u64,
    /// Records rejected.
    pub rejects: u64,
    /// Records already known.
    pub duplicates: u64,
    /// Always true: answered only after it is on disk.
    pub durable: bool,
    /// True if this batch had been received before.
    pub repeated: bool,
}
