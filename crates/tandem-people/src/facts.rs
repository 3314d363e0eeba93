//! From facts about people to indicators.
//!
//! Weights are the expert starting values of the evidence ledger (no data exists to fit them): an employment fact is context
//! and weighs 2 to 4 decibans, a confirmed report 3 to 5, and an approval takes away up to 10. None of them can raise an alert
//! alone; that is the score's law, not this module's.

use std::ops::RangeInclusive;
use std::sync::Arc;

use tandem_domain::{Day, Indicator, IndicatorGroup, IndicatorId, Motive, Stage, SubjectId, Threat};

use crate::directory::View;
use crate::record::{FactKind, FactRecord};

/// An end of contract is context only in the weeks before it.
const CONTRACT_END_AHEAD_DAYS: i32 = 60;
/// How long a departure stays context after the last day of work, days.
const AFTER_LEAVING_DAYS: i32 = 30;
/// How long a disappointment stays context, days.
const AFTER_DISAPPOINTMENT_DAYS: i32 = 90;
/// Half-life of a confirmed red flag, days.
const RED_FLAG_HALF_LIFE: f64 = 45.0;
/// Half-life of a corroborated hotline report, days.
const HOTLINE_HALF_LIFE: f64 = 60.0;
/// Half-life of mitigation, days: that of the score's model, where no evidence may outlive what explains it.
const MITIGATION_HALF_LIFE: f64 = 60.0;

/// An indicator and whom it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct FactIndicator {
    /// The person's key.
    pub person: Arc<str>,
    /// The indicator, under the person's pseudonym.
    pub indicator: Indicator,
}

/// What a kind of fact weighs and how it is told.
struct Weighing {
    group: IndicatorGroup,
    detector: &'static str,
    title: &'static str,
    weight: f64,
    half_life_days: Option<f64>,
    threats: &'static [Threat],
    motive: Option<Motive>,
    stage: Option<Stage>,
}

/// The day on which a fact becomes an indicator: when it is both known and in force. `None` for facts that are context only.
pub(crate) fn due_day(fact: &FactRecord) -> Option<Day> {
    weighing(fact).map(|_| starts(fact).max(fact.known_on))
}

/// The indicators of all facts that become one on `days`, as known on the view's day, in a fixed order.
///
/// `subject` gives the pseudonym of a person's key. A fact about somebody whom no people file names goes to their key as
/// written in the fact.
pub fn fact_indicators(
    view: &View,
    days: RangeInclusive<Day>,
    mut subject: impl FnMut(&str) -> SubjectId,
) -> Vec<FactIndicator> {
    let mut found = Vec::new();
    if days.is_empty() {
        return found;
    }
    for fact in view.due(days) {
        let written = || Arc::from(fact.person.trim().to_lowercase());
        let person: Arc<str> = view
            .find(&fact.person)
            .map_or_else(written, |p| Arc::clone(&p.key));
        if let Some(indicator) = indicator(fact, subject(&person)) {
            found.push(FactIndicator { person, indicator });
        }
    }
    found
}

fn indicator(fact: &FactRecord, subject: SubjectId) -> Option<Indicator> {
    let weighing = weighing(fact)?;
    Some(Indicator {
        id: content_id(fact, &subject),
        subject,
        time: starts(fact).start(),
        known: fact.known_on.start(),
        group: weighing.group,
        detector: weighing.detector.to_owned(),
        title: weighing.title.to_owned(),
        explanation: explanation(fact, &weighing),
        weight: weighing.weight,
        half_life_days: weighing.half_life_days,
        until: holds_until(fact).map(Day::end),
        threats: weighing.threats.to_vec(),
        motive: weighing.motive,
        stage: weighing.stage,
        object: None,
        techniques: Vec::new(),
        events: Vec::new(),
        event_count: 0,
        impact: 0,
    })
}

/// First day on which the fact counts.
fn starts(fact: &FactRecord) -> Day {
    match (fact.fact, fact.until) {
        (FactKind::ContractEnd, Some(end)) => fact.starts().max(end.plus(-CONTRACT_END_AHEAD_DAYS)),
        _ => fact.starts(),
    }
}

/// Last day on which an employment fact counts. Reports and mitigation fade instead: if an approval stopped at a date, time
/// alone would raise the score.
fn holds_until(fact: &FactRecord) -> Option<Day> {
    match fact.fact {
        FactKind::NoticeGiven => fact.until.map(|last| last.plus(AFTER_LEAVING_DAYS)),
        FactKind::ContractEnd => Some(
            fact.until
                .unwrap_or_else(|| fact.starts())
                .plus(AFTER_LEAVING_DAYS),
        ),
        FactKind::TrainingOverdue => fact.until,
        FactKind::DeniedPromotion => Some(fact.starts().plus(AFTER_DISAPPOINTMENT_DAYS)),
        FactKind::PerformancePlan => Some(
            fact.until
                .unwrap_or_else(|| fact.starts())
                .plus(AFTER_DISAPPOINTMENT_DAYS),
        ),
        _ => None,
    }
}

fn weighing(fact: &FactRecord) -> Option<Weighing> {
    use IndicatorGroup as G;
    let (group, detector, title, weight) = match fact.fact {
        FactKind::NoticeGiven => (G::Employment, "hr:notice_given", "Notice given", 4.0),
        FactKind::ContractEnd => (G::Employment, "hr:contract_end", "Contract ends soon", 2.0),
        FactKind::DeniedPromotion => (G::Employment, "hr:denied_promotion", "Promotion denied", 3.0),
        FactKind::PerformancePlan => (G::Employment, "hr:performance_plan", "Performance plan", 3.0),
        FactKind::RedFlagConfirmed => (
            G::RedFlag,
            "report:red_flag",
            "Red flag, confirmed by a second person",
            3.0,
        ),
        FactKind::HotlineCorroborated => (
            G::Hotline,
            "report:hotline",
            "Hotline report, corroborated",
            hotline_weight(fact),
        ),
        FactKind::ApprovedHandover => (G::Mitigation, "mitigation:handover", "Approved hand-over", -10.0),
        FactKind::ApprovedProject => (G::Mitigation, "mitigation:project", "Approved project", -10.0),
        FactKind::Ticket => (
            G::Mitigation,
            "mitigation:ticket",
            "Ticket that explains it",
            -10.0,
        ),
        FactKind::Explanation => (
            G::Mitigation,
            "mitigation:explanation",
            "Explanation accepted",
            -6.0,
        ),
        FactKind::SupportGiven => (G::Mitigation, "mitigation:support", "Support given", -4.0),
        FactKind::Training => (G::Mitigation, "mitigation:training", "Training taken", -3.0),
        FactKind::Coaching => (
            G::Mitigation,
            "mitigation:coaching",
            "Coached after a mistake",
            -3.0,
        ),
        // It says nothing about risk and weighs nothing: it helps to tell not knowing better from intent.
        FactKind::TrainingOverdue => (
            G::Employment,
            "hr:training_overdue",
            "Training on the rules is overdue",
            0.0,
        ),
        FactKind::RoleChange | FactKind::Absence | FactKind::ExposureChange => return None,
    };
    let leaves = matches!(fact.fact, FactKind::NoticeGiven | FactKind::ContractEnd);
    let disappoints = matches!(fact.fact, FactKind::DeniedPromotion | FactKind::PerformancePlan);
    Some(Weighing {
        group,
        detector,
        title,
        weight,
        half_life_days: match group {
            G::RedFlag => Some(RED_FLAG_HALF_LIFE),
            G::Hotline => Some(HOTLINE_HALF_LIFE),
            G::Mitigation => Some(MITIGATION_HALF_LIFE),
            _ => None,
        },
        threats: if leaves { &[Threat::Leakage] } else { &[] },
        motive: disappoints.then_some(Motive::Grievance),
        stage: (group == G::Employment && weight > 0.0).then_some(Stage::Motive),
    })
}

/// 3, 4 or 5 decibans by the first word of the detail (`low`, `medium`, `high`); 4 if it says none of them.
fn hotline_weight(fact: &FactRecord) -> f64 {
    let detail = fact.detail.as_deref().unwrap_or_default().to_lowercase();
    match detail.split(|c: char| !c.is_alphabetic()).next() {
        Some("low") => 3.0,
        Some("high") => 5.0,
        _ => 4.0,
    }
}

/// Plain sentences without a name and without the free words of the fact, which may hold one.
fn explanation(fact: &FactRecord, weighing: &Weighing) -> String {
    let (from, known) = (fact.starts(), fact.known_on);
    let what = match (fact.fact, fact.until) {
        (FactKind::NoticeGiven, Some(last)) => {
            format!("Notice was given on {from}; the last working day is {last}.")
        }
        (FactKind::NoticeGiven, None) => format!("Notice was given on {from}."),
        (FactKind::ContractEnd, Some(last)) => format!("The contract ends on {last}."),
        (FactKind::ContractEnd, None) => format!("The contract ends on {from}."),
        (FactKind::DeniedPromotion, _) => format!("A promotion was denied on {from}."),
        (FactKind::PerformancePlan, Some(end)) => format!("A performance plan runs from {from} to {end}."),
        (FactKind::PerformancePlan, None) => format!("A performance plan runs since {from}."),
        (FactKind::RedFlagConfirmed, _) => format!("A concern of {from} was confirmed by a second person."),
        (FactKind::HotlineCorroborated, _) => format!("A report of {from} was looked into and corroborated."),
        (_, Some(end)) => format!("{} from {from} to {end}.", weighing.title),
        (_, None) => format!("{} on {from}.", weighing.title),
    };
    let late = if known > from {
        format!(" It became known on {known}.")
    } else {
        String::new()
    };
    // Reports never carry a number from which the reporter could be found.
    let numbered =
        weighing.group == IndicatorGroup::Employment || weighing.group == IndicatorGroup::Mitigation;
    let reference = fact
        .reference
        .as_deref()
        .filter(|_| numbered)
        .map(|r| format!(" Reference: {r}."))
        .unwrap_or_default();
    let alone = if weighing.weight > 0.0 {
        " It is context and never raises an alert alone."
    } else {
        ""
    };
    format!("{what}{late}{reference}{alone}")
}

/// The same fact makes the same id however often its file is read.
fn content_id(fact: &FactRecord, subject: &SubjectId) -> IndicatorId {
    let day = |d: Option<Day>| d.map_or_else(String::new, |d| d.to_string());
    let parts = [
        "people-fact",
        subject.as_str(),
        fact.fact.as_str(),
        &fact.known_on.to_string(),
        &day(fact.from),
        &day(fact.until),
        fact.reference.as_deref().unwrap_or_default(),
    ];
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut id = [0_u8; 16];
    hasher.finalize_xof().fill(&mut id);
    IndicatorId(u128::from_be_bytes(id))
}

#[cfg(test)]
mod tests;
