//! Reports as the API shows them.

use serde::Serialize;
use tandem_casework::report::{Figure, Group};
use tandem_casework::tuning::SAID_LEAST;
use tandem_casework::verdicts::DetectorRecord;
use utoipa::ToSchema;

use crate::api::dto::RuleRef;

/// A share and its interval.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
pub struct Precision {
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// The share itself.
    pub share: f64,
    /// Upper end.
    pub high: f64,
}

/// What people concluded about one rule or detector.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DetectorFeedback {
    /// Its name, as indicators carry it: `rule:` and the rule's id, `behaviour`, or the name of a human-side fact.
    pub detector: String,
    /// The rule, if it is one.
    pub rule: Option<RuleRef>,
    /// It was what it looked like.
    pub true_positive: u64,
    /// It happened and was allowed.
    pub benign: u64,
    /// It did not happen.
    pub false_positive: u64,
    /// It cannot be said; counts neither for nor against.
    pub insufficient_data: u64,
    /// Alerts about which something could be said.
    pub said: u64,
    /// Share of true positives among them with its score interval (Wilson 1927); nothing below `least`.
    pub precision: Option<Precision>,
}

/// What people concluded, by rule and detector.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct FeedbackView {
    /// Alerts that were concluded.
    pub concluded: u64,
    /// Fewest of which something could be said before a share is shown.
    pub least: u64,
    /// By name.
    pub detectors: Vec<DetectorFeedback>,
}

/// A proposal to tune a rule. People review it; Tandem applies none.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Proposal {
    /// `lower_level` or `except`.
    pub kind: String,
    /// What it would change, in one sentence.
    pub title: String,
    /// Why.
    pub reason: String,
    /// The change, as a unified diff of the rule's text.
    pub diff: String,
    /// The rule's text as it would be.
    pub proposed: String,
    /// The same exception as a Sigma filter of its own, for rules of others.
    pub filter: Option<String>,
    /// Functions that have to review it: both departments.
    pub reviewers: Vec<String>,
}

/// What people concluded about one rule, and what could be changed in it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RuleFeedback {
    /// The counts.
    pub feedback: DetectorFeedback,
    /// Proposals, the most careful first.
    pub proposals: Vec<Proposal>,
    /// Why there is none, if there is none.
    pub no_proposal: Option<String>,
}

/// Figures of one clock for one group of cases.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClockFigure {
    /// `triage`, `share`, `contain`, `decide` or `close`.
    pub clock: String,
    /// `all`, `group`, or `rest` for those of groups that are too small to be shown by themselves.
    pub of: String,
    /// Kind of the cases; of alerts the threat they point to.
    pub kind: Option<String>,
    /// Department that opened the case or took the alert.
    pub department: Option<String>,
    /// How many.
    pub cases: u64,
    /// How many of them still run.
    pub running: u64,
    /// How many took, or take, longer than the target of their severity.
    pub late: u64,
    /// Their share.
    pub late_share: f64,
    /// Median of those that are over, seconds; nothing if they are too few.
    pub median_seconds: Option<i64>,
    /// 90th percentile of them, seconds.
    pub ninetieth_seconds: Option<i64>,
}

/// Cases that are in no figure.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct KeptBack {
    /// Which clock.
    pub clock: String,
    /// How many.
    pub cases: u64,
}

/// How long things took.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ClockReport {
    /// Opened or raised from.
    pub from: String,
    /// Until.
    pub to: String,
    /// Fewest cases of a figure.
    pub least: u64,
    /// By clock; all of them first, then by kind and department, the rest last.
    pub figures: Vec<ClockFigure>,
    /// Clocks with fewer cases than that.
    pub kept_back: Vec<KeptBack>,
}

/// A record; its share only once enough was said.
pub(super) fn detector(record: &DetectorRecord, rule: Option<RuleRef>) -> DetectorFeedback {
    let said = record.said();
    let precision = record.precision.filter(|_| said >= SAID_LEAST);
    DetectorFeedback {
        detector: record.detector.clone(),
        rule,
        true_positive: record.true_positive,
        benign: record.benign,
        false_positive: record.false_positive,
        insufficient_data: record.insufficient_data,
        said,
        precision: precision.map(|p| Precision {
            low: p.low,
            share: p.share,
            high: p.high,
        }),
    }
}

/// A figure.
pub(super) fn figure(figure: &Figure) -> ClockFigure {
    let (of, kind, department) = match &figure.group {
        Group::All => ("all", None, None),
        Group::Of { kind, side } => ("group", Some(kind.clone()), side.map(|d| d.as_str().to_owned())),
        Group::Rest => ("rest", None, None),
    };
    let seconds = |micros: i64| micros / tandem_domain::time::MICROS_PER_SECOND;
    ClockFigure {
        clock: figure.clock.as_str().into(),
        of: of.into(),
        kind,
        department,
        cases: figure.cases,
        running: figure.running,
        late: figure.late,
        late_share: figure.late as f64 / figure.cases.max(1) as f64,
        median_seconds: figure.median.map(seconds),
        ninetieth_seconds: figure.ninetieth.map(seconds),
    }
}
