//! Domain values as the API shows them, by what somebody may see.
//!
//! Employment context, red flags and hotline reports reach technical roles only as "human-side context present": their
//! weight counts and is shown, their text is not (least knowledge; the reporter must not be guessed from it).

use tandem_domain::alert::RiskLevel;
use tandem_domain::{Alert, AlertStatus, Indicator, IndicatorGroup, Side, Verdict};
use tandem_score::{Explanation, RowKind};
use tandem_sequence::{ChainStory, StepStory};

use super::dto::{
    AlertSummary, BandsView, ChainStep, ChainView, EventSummary, ExplanationView, GateView, GroupView,
    IndicatorView, RowView, ThreatView,
};

/// What a withheld text is replaced by.
pub const WITHHELD: &str = "human-side context present";

/// What of an indicator somebody may see, as the policies say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sight {
    /// The text of human-side facts.
    pub human_facts: bool,
    /// Raw events.
    pub evidence: bool,
}

impl Sight {
    /// Everything: for whoever holds the machine, on the command line.
    pub const ALL: Self = Self {
        human_facts: true,
        evidence: true,
    };
}

/// True if the text of that group's indicators is withheld.
pub const fn withheld(sight: Sight, group: IndicatorGroup) -> bool {
    let sensitive = matches!(
        group,
        IndicatorGroup::Employment | IndicatorGroup::RedFlag | IndicatorGroup::Hotline
    );
    sensitive && !sight.human_facts
}

/// A level's transmitted name.
pub const fn level(level: RiskLevel) -> &'static str {
    match level {
        RiskLevel::Low => "low",
        RiskLevel::Watch => "watch",
        RiskLevel::Review => "review",
        RiskLevel::Act => "act",
    }
}

/// A status's transmitted name.
pub const fn status(status: AlertStatus) -> &'static str {
    match status {
        AlertStatus::New => "new",
        AlertStatus::InProgress => "in_progress",
        AlertStatus::Closed => "closed",
    }
}

/// The status of that name.
pub fn parse_status(text: &str) -> Option<AlertStatus> {
    [AlertStatus::New, AlertStatus::InProgress, AlertStatus::Closed]
        .into_iter()
        .find(|s| status(*s) == text)
}

/// A verdict's transmitted name.
pub const fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::TruePositive => "true_positive",
        Verdict::Benign => "benign",
        Verdict::FalsePositive => "false_positive",
        Verdict::InsufficientData => "insufficient_data",
    }
}

/// The verdict of that name.
pub fn parse_verdict(text: &str) -> Option<Verdict> {
    [
        Verdict::TruePositive,
        Verdict::Benign,
        Verdict::FalsePositive,
        Verdict::InsufficientData,
    ]
    .into_iter()
    .find(|v| verdict(*v) == text)
}

/// An alert in short. `groups` are the ledger groups of its indicators.
pub fn alert(sight: Sight, alert: &Alert, groups: &[IndicatorGroup]) -> AlertSummary {
    let mut sentences = alert.sentences.clone();
    if groups.iter().any(|g| withheld(sight, *g)) {
        sentences.push(WITHHELD.to_owned());
    }
    AlertSummary {
        id: alert.id.to_string(),
        subject: alert.subject.to_string(),
        day: alert.day.to_string(),
        raised: alert.raised.to_string(),
        title: alert.title.clone(),
        sentences,
        score: round(alert.score),
        level: level(alert.level).into(),
        threat: alert.threat.map(|t| t.as_str().into()),
        impact: alert.impact,
        queue: alert.queue.clone(),
        rank: alert.rank,
        status: status(alert.status).into(),
        verdict: alert.verdict.map(|v| verdict(v).into()),
        indicator_count: alert.indicators.len() as u64,
        groups: groups.iter().map(|g| g.as_str().into()).collect(),
    }
}

/// An indicator with its evidence.
pub fn indicator(sight: Sight, indicator: &Indicator, events: Vec<EventSummary>) -> IndicatorView {
    let redacted = withheld(sight, indicator.group);
    let shown = |text: &str| {
        if redacted {
            WITHHELD.to_owned()
        } else {
            text.to_owned()
        }
    };
    IndicatorView {
        id: indicator.id.to_string(),
        time: indicator.time.to_string(),
        known: indicator.known.to_string(),
        group: indicator.group.as_str().into(),
        side: indicator.group.side().as_str().into(),
        detector: if redacted {
            "human".into()
        } else {
            indicator.detector.clone()
        },
        title: shown(&indicator.title),
        explanation: shown(&indicator.explanation),
        weight: round(indicator.weight),
        half_life_days: indicator.half_life_days,
        until: indicator.until.map(|t| t.to_string()),
        threats: indicator.threats.iter().map(|t| t.as_str().into()).collect(),
        motive: indicator.motive.filter(|_| !redacted).map(|m| m.as_str().into()),
        stage: indicator.stage.map(|s| s.as_str().into()),
        object: indicator.object.clone().filter(|_| !redacted),
        techniques: indicator.techniques.clone(),
        event_count: indicator.event_count,
        events,
        impact: indicator.impact,
        redacted,
    }
}

/// A chain of acts step by step. Who may not read human-side facts learns that there is such context, not which and not when.
pub fn chain(sight: Sight, story: &ChainStory) -> ChainView {
    let title = if sight.human_facts {
        &story.title
    } else {
        &story.shown_as
    };
    ChainView {
        sequence: story.sequence.clone(),
        title: title.clone(),
        complete: story.complete,
        evidence: story.evidence,
        key: story.key.clone(),
        steps: story.steps.iter().map(|step| chain_step(sight, step)).collect(),
    }
}

fn chain_step(sight: Sight, step: &StepStory) -> ChainStep {
    let reached = step.time.is_some();
    let hidden = step.human && !sight.human_facts;
    let words = |text: &str| {
        if hidden {
            WITHHELD.to_owned()
        } else {
            text.to_owned()
        }
    };
    let event = step.events.first().filter(|_| sight.evidence && !hidden);
    ChainStep {
        name: words(&step.name),
        stage: step.stage.as_str().into(),
        time: step.time.filter(|_| !hidden).map(|time| time.to_string()),
        object: step.object.clone().filter(|_| !hidden),
        event: event.map(ToString::to_string),
        count: step.count,
        sentence: if reached {
            words(&step.sentence)
        } else {
            String::new()
        },
        reached,
        optional: step.optional,
    }
}

/// A score and why.
pub fn explanation(sight: Sight, explanation: &Explanation) -> ExplanationView {
    ExplanationView {
        score: explanation.score,
        level: level(explanation.level).into(),
        prior: explanation.prior,
        sequence_bonus: explanation.sequence_bonus,
        bands: BandsView {
            watch: explanation.bands.watch,
            review: explanation.bands.review,
            act: explanation.bands.act,
        },
        alert_gate: GateView {
            technical: explanation.alert_gate.technical,
            needed: explanation.alert_gate.needed,
            open: explanation.alert_gate.open,
        },
        groups: explanation
            .groups
            .iter()
            .map(|g| GroupView {
                group: g.group.as_str().into(),
                raw: g.raw,
                applied: g.applied,
                cap: g.cap,
            })
            .collect(),
        rows: explanation.rows.iter().map(|row| self::row(sight, row)).collect(),
        threats: explanation
            .threats
            .iter()
            .map(|t| ThreatView {
                threat: t.threat.as_str().into(),
                share: t.share,
            })
            .collect(),
        would_lower: explanation.would_lower.clone(),
    }
}

fn row(sight: Sight, row: &tandem_score::Row) -> RowView {
    let hidden = row.kind == RowKind::Indicator && row.group.is_some_and(|g| withheld(sight, g));
    RowView {
        indicator: row.indicator.map(|id| id.to_string()),
        kind: match row.kind {
            RowKind::Prior => "prior",
            RowKind::Exposure => "exposure",
            RowKind::Indicator => "indicator",
            RowKind::Cap => "cap",
            RowKind::Sequence => "sequence",
        }
        .into(),
        title: if hidden {
            WITHHELD.into()
        } else {
            row.title.clone()
        },
        weight_then: row.weight_then,
        age_days: row.age_days,
        contribution: row.contribution,
    }
}

/// Two decimals: more would claim a precision that evidence does not have.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// The side of a group, for counting how well both sides contribute.
pub const fn is_human(group: IndicatorGroup) -> bool {
    matches!(group.side(), Side::Human)
}
