//! Shapes of what comes in: sources, rejected records, rules, pushes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
