//! One day's queue, and many days again with other settings: the same function computes both.
//!
//! What a day's queue rests on besides the indicators is small and is kept for each day ([`DayInput`]), so the last weeks can
//! be filled again under another model. What does not change with the model is taken as it was: what happened, what is slow
//! accumulation, how strange each day's behaviour was among all.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_domain::{Alert, Day, Indicator, IndicatorGroup, SubjectId};

use crate::impact::Impact;
use crate::model::Model;
use crate::queue::{Candidate, QueueConfig, QueueState, fill};
use crate::usual::Verdicts;
use crate::weigh::{Weighing, is_live};

/// What a day's queue knows of one subject beside their indicators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonDay {
    /// Who.
    pub subject: SubjectId,
    /// What the person could harm, decibans, 0 to 5.
    pub exposure: f64,
    /// Accumulated slow evidence, in multiples of what is usual for this subject.
    pub slow: f64,
    /// Place of the day's behaviour among all, 1 is strangest.
    pub behaviour_rank: u32,
}

/// What a day's queue rests on beside indicators, settings and the state left by the day before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayInput {
    /// The day.
    pub day: Day,
    /// Subjects under observation.
    pub population: usize,
    /// Everybody with technical evidence that is not forgotten.
    pub people: Vec<PersonDay>,
}

/// The settings of a queue.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tuning {
    /// How indicators are weighed.
    pub model: Model,
    /// How many alerts a day.
    pub queue: QueueConfig,
}

/// True for evidence that can open the gate.
pub fn is_technical(indicator: &Indicator) -> bool {
    matches!(indicator.group, IndicatorGroup::Behaviour | IndicatorGroup::Fact)
}

/// Fills one day's queue and lets the state learn from it.
///
/// `live` gives a subject's indicators; those that are forgotten or not yet known are left out here. `words` completes the
/// candidates whose gate is open with title and sentences.
pub fn fill_day<'a>(
    tuning: &Tuning,
    state: &mut QueueState,
    input: &DayInput,
    verdicts: &Verdicts,
    live: impl Fn(&SubjectId) -> &'a [Indicator],
    mut words: impl FnMut(&mut Candidate),
) -> Vec<Alert> {
    let day = input.day;
    let mut candidates = Vec::new();
    let mut behaviour = Vec::with_capacity(input.people.len());
    for person in &input.people {
        let known: Vec<&Indicator> = live(&person.subject)
            .iter()
            .filter(|i| is_live(&tuning.model, i, day))
            .collect();
        let weighing = Weighing::of(&tuning.model, known.iter().copied(), person.exposure, day.end());
        behaviour.push((&person.subject, weighing.after.get(IndicatorGroup::Behaviour)));
        if weighing.gate().open {
            let cleared = verdicts.cleared(&person.subject, day);
            let mut candidate = candidate(&tuning.model, &weighing, person, day, cleared);
            words(&mut candidate);
            candidates.push(candidate);
        }
    }
    let alerts = fill(&tuning.queue, state, day, input.population, candidates);
    for (subject, added) in behaviour {
        state.learn(subject, day, added);
    }
    alerts
}

fn candidate(
    model: &Model,
    weighing: &Weighing<'_>,
    person: &PersonDay,
    day: Day,
    cleared: u32,
) -> Candidate {
    let technical = || {
        weighing
            .usable
            .iter()
            .filter(|i| is_technical(i) && model.weight(i) > 0.0)
    };
    let kinds = |today: bool| -> BTreeSet<(&str, &str)> {
        technical()
            .filter(|i| (i.known.day() == day) == today)
            .map(|i| kind(i))
            .collect()
    };
    let (fresh, before) = (kinds(true), kinds(false));
    let score = weighing.score();
    Candidate {
        subject: person.subject.clone(),
        score,
        level: model.level(score),
        gate_open: true,
        fresh: !fresh.is_empty(),
        behaviour: weighing.after.get(IndicatorGroup::Behaviour),
        new_kind: fresh.difference(&before).next().is_some(),
        cleared,
        slow: person.slow,
        behaviour_rank: person.behaviour_rank,
        threat: crate::ledger::likeliest_threat(&weighing.groups),
        impact: Impact::of(model, &weighing.usable, weighing.exposure).level,
        title: String::new(),
        sentences: Vec::new(),
        indicators: Vec::new(),
    }
}

/// What kind of evidence it is: the detector, and of behaviour what led the day.
fn kind(indicator: &Indicator) -> (&str, &str) {
    let leading = match indicator.group {
        IndicatorGroup::Behaviour => indicator.title.as_str(),
        _ => "",
    };
    (&indicator.detector, leading)
}

/// Fills the queues of many days, oldest first, from the state left by the day before the first. `go_on` is asked before each
/// day; `None` if it said no.
pub fn replay(
    tuning: &Tuning,
    mut state: QueueState,
    days: &[DayInput],
    verdicts: &Verdicts,
    indicators: &BTreeMap<SubjectId, Vec<Indicator>>,
    mut go_on: impl FnMut() -> bool,
) -> Option<Vec<Alert>> {
    let of = |subject: &SubjectId| indicators.get(subject).map_or(&[][..], Vec::as_slice);
    let mut alerts = Vec::new();
    for input in days {
        if !go_on() {
            return None;
        }
        alerts.extend(fill_day(tuning, &mut state, input, verdicts, of, |_| {}));
    }
    Some(alerts)
}

/// What two queues of one day have in common and what not.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct DayDifference {
    /// The day.
    pub day: Day,
    /// In both.
    pub both: Vec<SubjectId>,
    /// In the changed queue only.
    pub entering: Vec<SubjectId>,
    /// In the unchanged queue only.
    pub leaving: Vec<SubjectId>,
}

/// Compares the queues of some days: one entry for each day with an alert in either.
pub fn compare(before: &[Alert], after: &[Alert]) -> Vec<DayDifference> {
    let by_day = |alerts: &[Alert]| {
        let mut days: BTreeMap<Day, BTreeSet<SubjectId>> = BTreeMap::new();
        for alert in alerts {
            days.entry(alert.day).or_default().insert(alert.subject.clone());
        }
        days
    };
    let (before, after) = (by_day(before), by_day(after));
    let days: BTreeSet<Day> = before.keys().chain(after.keys()).copied().collect();
    let none = BTreeSet::new();
    days.into_iter()
        .map(|day| {
            let (was, is) = (
                before.get(&day).unwrap_or(&none),
                after.get(&day).unwrap_or(&none),
            );
            DayDifference {
                day,
                both: was.intersection(is).cloned().collect(),
                entering: is.difference(was).cloned().collect(),
                leaving: was.difference(is).cloned().collect(),
            }
        })
        .collect()
}
