//! Where a clue is found among a subject's indicators.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::{Indicator, IndicatorGroup, Stage, Threat};

use super::clues::{About, LEAVING, REFUSALS, TAUGHT};
use crate::model::STAGE_WINDOW_DAYS;
use crate::replay::is_technical;
use crate::stage::sequence_bonus;

/// Days after a refusal in which another way counts as going round it.
const ROUND_DAYS: f64 = 14.0;
/// Days for which a training is remembered.
const TAUGHT_DAYS: f64 = 180.0;
/// Days on which the same rule must have been broken to count as again and again.
const AGAIN_DAYS: usize = 3;
/// Stages in order that can hardly be chance.
const IN_ORDER: usize = 3;

/// The indicators a clue is found in; `usable` is sorted by time.
pub(super) fn of<'a>(about: &About, usable: &[&'a Indicator]) -> Vec<&'a Indicator> {
    let only = |keep: &dyn Fn(&Indicator) -> bool| -> Vec<&'a Indicator> {
        usable.iter().copied().filter(|i| keep(i)).collect()
    };
    match about {
        About::Detectors(names) => only(&|i| names.contains(&i.detector.as_str())),
        About::Stage(stage) => only(&|i| counts(i) && i.stage == Some(*stage)),
        About::Leading(words) => {
            only(&|i| i.group == IndicatorGroup::Behaviour && i.weight > 0.0 && i.title.contains(words))
        }
        About::Says(motive) => only(&|i| i.weight > 0.0 && i.motive == Some(*motive)),
        About::Threat(threat) => only(&|i| counts(i) && i.threats == [*threat]),
        About::Group(group) => only(&|i| i.group == *group && i.weight > 0.0),
        About::StagesInOrder => in_order(usable),
        About::TakingWhileLeaving => only(&|i| taking(i) && after(usable, LEAVING, i, 365.0)),
        About::RoundARefusal => only(&|i| {
            let act = counts(i) && i.stage.is_some() && !REFUSALS.contains(&i.detector.as_str());
            act && after(usable, REFUSALS, i, ROUND_DAYS)
        }),
        About::InTheOpen => only(&|i| act(i) && in_the_open(usable, i)),
        About::AgainAndAgain => again(usable),
        About::AfterTraining => only(&|i| act(i) && after(usable, TAUGHT, i, TAUGHT_DAYS)),
    }
}

fn counts(indicator: &Indicator) -> bool {
    is_technical(indicator) && indicator.weight > 0.0
}

fn act(indicator: &Indicator) -> bool {
    counts(indicator) && indicator.stage == Some(Stage::Infringement)
}

fn taking(indicator: &Indicator) -> bool {
    let gathers = matches!(indicator.stage, Some(Stage::Preparation | Stage::Infringement));
    let leaks = indicator.threats.is_empty() || indicator.threats.contains(&Threat::Leakage);
    counts(indicator) && gathers && leaks
}

/// True if one of the detectors told of something at most `days` before the indicator.
fn after(usable: &[&Indicator], detectors: &[&str], indicator: &Indicator, days: f64) -> bool {
    usable.iter().any(|earlier| {
        detectors.contains(&earlier.detector.as_str())
            && earlier.time < indicator.time
            && indicator.time.days_since(earlier.time) <= days
    })
}

fn in_the_open(usable: &[&Indicator], indicator: &Indicator) -> bool {
    !usable.iter().any(|other| {
        let hides = matches!(other.stage, Some(Stage::Preparation | Stage::AntiForensics));
        counts(other) && hides && other.time.days_since(indicator.time).abs() <= STAGE_WINDOW_DAYS
    })
}

fn in_order<'a>(usable: &[&'a Indicator]) -> Vec<&'a Indicator> {
    let technical: Vec<&Indicator> = usable.iter().copied().filter(|i| counts(i)).collect();
    let Some(last) = technical.last() else {
        return Vec::new();
    };
    let (_, path) = sequence_bonus(&technical, last.time);
    if path.len() < IN_ORDER {
        return Vec::new();
    }
    let ends = path.last().copied();
    usable
        .iter()
        .copied()
        .filter(|i| counts(i) && i.stage.map(|stage| (stage, i.time)) == ends)
        .take(1)
        .collect()
}

fn again<'a>(usable: &[&'a Indicator]) -> Vec<&'a Indicator> {
    let mut days: BTreeMap<&str, BTreeSet<i32>> = BTreeMap::new();
    let open = |i: &&&'a Indicator| act(i) && in_the_open(usable, i);
    for indicator in usable.iter().filter(open) {
        let known = days.entry(indicator.detector.as_str()).or_default();
        known.insert(indicator.time.day().0);
    }
    usable
        .iter()
        .filter(open)
        .copied()
        .filter(|i| {
            days.get(i.detector.as_str())
                .is_some_and(|d| d.len() >= AGAIN_DAYS)
        })
        .collect()
}
