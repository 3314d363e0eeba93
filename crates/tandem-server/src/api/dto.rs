//! What the API says: one struct per shape, described once for OpenAPI and for the console's types.

mod chains;
mod events;
mod hunt;
mod intake;
mod ledger;
mod names;
mod risk;
mod scheduled;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use chains::*;
pub use events::*;
pub use hunt::*;
pub use intake::*;
pub use ledger::*;
pub use names::*;
pub use risk::*;
pub use scheduled::*;

/// Who is signed in.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SessionView {
    /// Account name of the colleague signed in.
    pub user: String,
    /// Role, for example `it_analyst`.
    pub role: String,
    /// `it`, `corporate` or null.
    pub side: Option<String>,
    /// RFC 3339.
    pub expires: String,
    /// To be sent as `x-tandem-csrf` with every write.
    pub csrf: String,
    /// What the role may do.
    pub capabilities: Capabilities,
}

/// What a role may do; the console hides what is not allowed, the server refuses it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Capabilities {
    /// Look at subjects, alerts and their evidence.
    pub sees_subjects: bool,
    /// Search raw events.
    pub hunts: bool,
    /// See sources and rejected records.
    pub sees_sources: bool,
    /// Open cases.
    pub opens_cases: bool,
    /// See figures that name nobody.
    pub sees_reports: bool,
    /// Take a copy of them out of Tandem.
    pub exports_reports: bool,
    /// Read the ledger.
    pub sees_ledger: bool,
    /// Check that the ledger holds.
    pub verifies_ledger: bool,
    /// See findings about how colleagues used Tandem.
    pub sees_watch: bool,
    /// Manage the accounts of those who work with Tandem.
    pub manages_colleagues: bool,
    /// See the connectors and their dead letters.
    pub sees_connectors: bool,
    /// Test connectors and send dead letters again.
    pub manages_connectors: bool,
    /// Read the policies.
    pub sees_policies: bool,
    /// Answers disclosures and acts for a department.
    pub approves: bool,
    /// Try other settings on past queues, and propose them.
    pub tries_settings: bool,
    /// See proposals to change settings.
    pub sees_proposals: bool,
    /// See whom to offer help first.
    pub offers_support: bool,
    /// Is observed themselves and may see what is kept.
    pub has_own_data: bool,
}

/// Every error.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorBody {
    /// The error.
    pub error: ErrorView,
}

/// What went wrong and the way out.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ErrorView {
    /// Stable code in snake case.
    pub code: String,
    /// In plain words.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// A count on one day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DayCount {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// How many.
    pub count: u64,
}

/// The state of things at a glance.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Overview {
    /// Name of the organisation.
    pub company: String,
    /// Last day analysed.
    pub analysed_to: Option<String>,
    /// Subjects under observation.
    pub subjects: u64,
    /// Events stored.
    pub events: u64,
    /// Records waiting in the dead-letter store.
    pub rejects: u64,
    /// Sources seen.
    pub sources: u64,
    /// Alerts not closed.
    pub open_alerts: u64,
    /// Indicators by day, last 60 days of data.
    pub indicators_by_day: Vec<DayCount>,
    /// Alerts by day, last 60 days of data.
    pub alerts_by_day: Vec<DayCount>,
    /// Alerts a day per 1,000 subjects.
    pub budget_per_1000: f64,
    /// What to do next on an empty system.
    pub setup_hint: Option<String>,
}

/// An alert in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertSummary {
    /// Hexadecimal id.
    pub id: String,
    /// Pseudonym.
    pub subject: String,
    /// Day whose queue it entered.
    pub day: String,
    /// RFC 3339.
    pub raised: String,
    /// Why, in one line.
    pub title: String,
    /// What / compared to what / compared to whom.
    pub sentences: Vec<String>,
    /// Decibans.
    pub score: f64,
    /// `low`, `watch`, `review` or `act`.
    pub level: String,
    /// Likeliest threat.
    pub threat: Option<String>,
    /// 0 to 3.
    pub impact: u8,
    /// `daily` or `slow_burn`.
    pub queue: String,
    /// Place in that day's queue.
    pub rank: u32,
    /// `new`, `in_progress` or `closed`.
    pub status: String,
    /// What people concluded.
    pub verdict: Option<String>,
    /// Indicators it rests on.
    pub indicator_count: u64,
    /// Ledger groups among them.
    pub groups: Vec<String>,
}

/// How many alerts a day brought.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueueDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Alerts raised.
    pub alerts: u64,
    /// Of them not closed.
    pub open: u64,
}

/// The queue.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct QueueView {
    /// The day asked for.
    pub day: Option<String>,
    /// Days with alerts, oldest first.
    pub days: Vec<QueueDay>,
    /// The alerts, riskiest first within a day.
    pub alerts: Vec<AlertSummary>,
    /// Alerts a day that the budget allows for this population.
    pub budget: f64,
}

/// A subject in short.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct SubjectCard {
    /// Pseudonym.
    pub id: String,
    /// `employee`, `contractor`, `partner`, `service_account` or `unknown`.
    pub kind: String,
    /// Role as known.
    pub role: String,
    /// Department as known.
    pub department: String,
    /// Site as known.
    pub site: String,
    /// Days since joining, if known.
    pub tenure_days: Option<i32>,
    /// People in the peer group.
    pub peers: u32,
    /// Band.
    pub level: String,
    /// Decibans.
    pub score: f64,
    /// 0 to 3.
    pub impact: u8,
    /// In a new role for less than ten active days.
    pub settling_in: bool,
    /// On leave.
    pub absent: bool,
    /// Last day, if known.
    pub leaving_on: Option<String>,
}

/// A subject in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubjectRow {
    /// The card.
    #[serde(flatten)]
    pub card: SubjectCard,
    /// Scores of the last 30 days of data.
    pub spark: Vec<f64>,
    /// Alerts not closed.
    pub open_alerts: u64,
}

/// Subjects.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SubjectList {
    /// How many match.
    pub total: u64,
    /// One page.
    pub subjects: Vec<SubjectRow>,
}

/// One event in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EventSummary {
    /// Hexadecimal id.
    pub id: String,
    /// RFC 3339.
    pub time: String,
    /// Source name.
    pub source: String,
    /// OCSF class.
    pub class: String,
    /// OCSF activity id.
    pub activity: u8,
    /// Acting account.
    pub account: Option<String>,
    /// Where.
    pub device: Option<String>,
    /// One plain sentence.
    pub what: String,
    /// What was acted upon.
    pub object: Option<String>,
}

/// An indicator with its evidence.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct IndicatorView {
    /// Hexadecimal id.
    pub id: String,
    /// When it happened.
    pub time: String,
    /// When it became known.
    pub known: String,
    /// Ledger group.
    pub group: String,
    /// `technical` or `human`.
    pub side: String,
    /// What made it.
    pub detector: String,
    /// Title.
    pub title: String,
    /// Plain sentences.
    pub explanation: String,
    /// Decibans when it happened.
    pub weight: f64,
    /// Days until half is left.
    pub half_life_days: Option<f64>,
    /// Last instant a state holds.
    pub until: Option<String>,
    /// Threats it points to.
    pub threats: Vec<String>,
    /// Motive it points to.
    pub motive: Option<String>,
    /// Stage.
    pub stage: Option<String>,
    /// What was acted upon.
    pub object: Option<String>,
    /// Technique ids.
    pub techniques: Vec<String>,
    /// Events it stands for.
    pub event_count: u64,
    /// Up to 20 of them.
    pub events: Vec<EventSummary>,
    /// 0 to 3.
    pub impact: u8,
    /// True if the text is withheld from this role.
    pub redacted: bool,
}

/// Where the bands begin, decibans.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct BandsView {
    /// Watch.
    pub watch: f64,
    /// Review.
    pub review: f64,
    /// Act.
    pub act: f64,
}

/// Whether technical evidence suffices for an alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GateView {
    /// Decibans there are.
    pub technical: f64,
    /// Decibans needed.
    pub needed: f64,
    /// True if an alert may be raised.
    pub open: bool,
}

/// One group's total.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct GroupView {
    /// Ledger group.
    pub group: String,
    /// Before caps and mitigation.
    pub raw: f64,
    /// What is added.
    pub applied: f64,
    /// Most it may add.
    pub cap: f64,
}

/// One row of a waterfall; all contributions add up to the score.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RowView {
    /// The indicator, if the row is one.
    pub indicator: Option<String>,
    /// `prior`, `exposure`, `indicator`, `cap` or `sequence`.
    pub kind: String,
    /// Plain words.
    pub title: String,
    /// Decibans when it happened.
    pub weight_then: f64,
    /// Days since.
    pub age_days: Option<f64>,
    /// Decibans now.
    pub contribution: f64,
}

/// A threat's share.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ThreatView {
    /// The threat.
    pub threat: String,
    /// 0 to 1.
    pub share: f64,
}

/// A score and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ExplanationView {
    /// Decibans.
    pub score: f64,
    /// Band.
    pub level: String,
    /// Start value.
    pub prior: f64,
    /// What ordered stages add.
    pub sequence_bonus: f64,
    /// Where bands begin.
    pub bands: BandsView,
    /// Gate.
    pub alert_gate: GateView,
    /// Totals.
    pub groups: Vec<GroupView>,
    /// Rows.
    pub rows: Vec<RowView>,
    /// Shares.
    pub threats: Vec<ThreatView>,
    /// What would lower it.
    pub would_lower: Vec<String>,
}

/// A score on one day.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ScoreDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Decibans at the end of the day.
    pub score: f64,
    /// Band.
    pub level: String,
}

/// One act on an alert.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct HistoryEntry {
    /// RFC 3339.
    pub at: String,
    /// Colleague.
    pub who: String,
    /// What was done.
    pub action: String,
    /// Why.
    pub note: String,
}

/// An alert whole.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct AlertDetail {
    /// The alert.
    pub alert: AlertSummary,
    /// Who it is about.
    pub subject: SubjectCard,
    /// What it rests on.
    pub indicators: Vec<IndicatorView>,
    /// The score at the time it was raised.
    pub explanation: ExplanationView,
    /// How much harm would be done, as of then.
    pub impact: ImpactView,
    /// Why it may have happened, as of then.
    pub motive: MotiveView,
    /// Chains of acts that counted as evidence at that time.
    pub chains: Vec<ChainView>,
    /// What people did.
    pub history: Vec<HistoryEntry>,
}

/// A decision on an alert.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatusChange {
    /// `new`, `in_progress` or `closed`.
    pub status: String,
    /// Needed to close.
    pub verdict: Option<String>,
    /// Why; needed to close.
    #[serde(default)]
    pub note: String,
}

/// A subject's story at one moment.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Story {
    /// The card.
    pub subject: SubjectCard,
    /// RFC 3339.
    pub at: String,
    /// The score at that moment.
    pub explanation: ExplanationView,
    /// How much harm would be done.
    pub impact: ImpactView,
    /// Why it may have happened.
    pub motive: MotiveView,
    /// The way somebody most likely went.
    pub way: WayView,
    /// Daily scores up to that moment.
    pub history: Vec<ScoreDay>,
    /// Chains of acts: those that counted at that moment, then those that could still go on, each kind latest first.
    pub chains: Vec<ChainView>,
    /// What was known at that moment, newest first.
    pub indicators: Vec<IndicatorView>,
    /// Alerts up to that moment.
    pub alerts: Vec<AlertSummary>,
    /// Findings up to that moment that no longer stand, because events that they rested on were taken back; latest first.
    pub taken_back: Vec<TakenBack>,
}

/// A finding that no longer stands.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TakenBack {
    /// `indicator` or `alert`.
    pub kind: String,
    /// Its title.
    pub title: String,
    /// Of which day, `YYYY-MM-DD`.
    pub day: String,
    /// When it was taken back, RFC 3339.
    pub at: String,
    /// When and why, in a sentence.
    pub words: String,
}

/// Activity of one day by source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineDay {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Events by source.
    pub counts: BTreeMap<String, u64>,
}

/// A mark on the timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineMark {
    /// RFC 3339.
    pub time: String,
    /// `indicator`, `alert` or `people`; `taken_back` for a finding that no longer stands.
    pub kind: String,
    /// Title.
    pub title: String,
    /// The indicator.
    pub indicator: Option<String>,
}

/// What a subject did, by day and source.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Timeline {
    /// Source names.
    pub sources: Vec<String>,
    /// Days, oldest first.
    pub days: Vec<TimelineDay>,
    /// Marks, oldest first.
    pub marks: Vec<TimelineMark>,
}

/// Shares of activity by hour of the week, Monday 00h first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Hours {
    /// 168 shares of the own past.
    pub past: Vec<f64>,
    /// 168 shares of the last 14 days.
    pub recent: Vec<f64>,
    /// 168 shares of the peers; null with fewer than ten.
    pub peers: Option<Vec<f64>>,
    /// How many peers.
    pub peer_count: u32,
    /// Zone of the hours.
    pub time_zone: String,
}
