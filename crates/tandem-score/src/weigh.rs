//! What each piece of evidence adds at a moment: faded, once per detector and day, damped for repetition, then capped.

use std::collections::BTreeMap;

use tandem_domain::{Day, Indicator, IndicatorGroup, Stage, Timestamp};

use crate::ledger::Gate;
use crate::model::{
    ALERT_GATE, BEHAVIOUR_DAY_CAP, EMPLOYMENT_FADE_DAYS, EXPOSURE_CAP, FORGOTTEN, HUMAN_CAP, Model, PRIOR,
    REPEAT_EXPONENT, STAGE_BONUS, STAGE_WINDOW_DAYS,
};
use crate::stage::sequence_bonus;

/// An indicator and what it adds.
pub(crate) struct Weighed<'a> {
    pub(crate) indicator: &'a Indicator,
    /// Faded and damped for repetition, before caps and mitigation; positive for mitigation too.
    pub(crate) amount: f64,
}

/// Everything known about one subject at one moment, weighed.
pub(crate) struct Weighing<'a> {
    model: &'a Model,
    /// What had happened, was known and still holds, in a fixed order.
    pub(crate) usable: Vec<&'a Indicator>,
    pub(crate) groups: BTreeMap<IndicatorGroup, Vec<Weighed<'a>>>,
    /// What the person could harm, decibans, within its cap.
    pub(crate) exposure: f64,
    /// What mitigation leaves of the evidence it offsets, 0 to 1.
    pub(crate) rho: f64,
    /// What ordered stages add before mitigation, decibans.
    pub(crate) sequence: f64,
    /// The stages of that order.
    pub(crate) path: Vec<(Stage, Timestamp)>,
    /// What each group adds after mitigation and caps.
    pub(crate) after: Applied,
}

impl<'a> Weighing<'a> {
    /// Weighs the indicators of one subject as known at `at`.
    pub(crate) fn of(
        model: &'a Model,
        indicators: impl IntoIterator<Item = &'a Indicator>,
        exposure: f64,
        at: Timestamp,
    ) -> Self {
        let usable = usable(indicators, at);
        let groups: BTreeMap<IndicatorGroup, Vec<Weighed<'a>>> = IndicatorGroup::ALL
            .iter()
            .map(|group| (*group, weigh(model, &usable, *group, at)))
            .collect();
        let counting: Vec<&Indicator> = usable.iter().copied().filter(|i| model.weight(i) > 0.0).collect();
        let (sequence, path) = sequence_bonus(&counting, at);
        let mut weighing = Self {
            model,
            usable,
            groups,
            exposure: exposure.clamp(0.0, EXPOSURE_CAP),
            rho: 1.0,
            sequence,
            path,
            after: Applied(BTreeMap::new()),
        };
        let offsettable: f64 = IndicatorGroup::ALL
            .iter()
            .filter(|g| model.of(**g).offset_by_mitigation)
            .map(|g| weighing.raw(*g))
            .sum();
        let mitigation = weighing
            .raw(IndicatorGroup::Mitigation)
            .min(model.groups.mitigation.cap);
        if offsettable > 0.0 {
            weighing.rho = (1.0 - mitigation / offsettable).max(0.0);
        }
        weighing.after = weighing.applied(weighing.rho);
        weighing
    }

    /// A group's sum of faded weights.
    pub(crate) fn raw(&self, group: IndicatorGroup) -> f64 {
        self.groups
            .get(&group)
            .map_or(0.0, |list| list.iter().map(|w| w.amount).sum::<f64>())
    }

    /// What each group adds if mitigation leaves `rho` of what it offsets.
    pub(crate) fn applied(&self, rho: f64) -> Applied {
        Applied::of(self, rho)
    }

    pub(crate) fn score(&self) -> f64 {
        PRIOR + self.exposure + self.after.total() + self.rho * self.sequence
    }

    pub(crate) fn gate(&self) -> Gate {
        let technical = self.after.get(IndicatorGroup::Behaviour) + self.after.get(IndicatorGroup::Fact);
        Gate {
            technical,
            needed: ALERT_GATE,
            open: technical >= ALERT_GATE,
        }
    }
}

/// True if what is left of an indicator on `day` is worth keeping: more than [`FORGOTTEN`] of its own weight or of what it adds
/// to the order of stages, or a state that has not ended. Leaving out the others moves a score by less than is shown.
pub fn is_live(model: &Model, indicator: &Indicator, day: Day) -> bool {
    let (at, weight) = (day.end(), model.weight(indicator));
    if weight <= 0.0 || indicator.until.is_some_and(|until| until < day.start()) {
        return false;
    }
    let state_holds = indicator.until.is_some_and(|until| until >= at);
    let in_order =
        indicator.stage.is_some() && at.days_since(indicator.time) <= f64::from(stage_memory_days());
    state_holds || in_order || weight * fade(model, indicator, at) > FORGOTTEN
}

/// Days after which a stage reached adds nothing any more, neither by itself nor as the one before another.
fn stage_memory_days() -> i32 {
    let fades = STAGE_WINDOW_DAYS * (STAGE_BONUS / FORGOTTEN).log2();
    (fades + STAGE_WINDOW_DAYS).ceil() as i32
}

/// Days after which even the heaviest evidence of a group that fades is forgotten; `None` for states.
pub fn memory_days(model: &Model, group: IndicatorGroup) -> Option<i32> {
    let treated = model.of(group);
    let own = model.detectors.values().copied().fold(1.0, f64::max);
    let heaviest = model.levels.critical.max(BEHAVIOUR_DAY_CAP) * treated.factor.max(1.0) * own;
    let fades = |half_life: f64| (half_life * (heaviest / FORGOTTEN).log2()).ceil() as i32;
    treated
        .half_life_days
        .map(|half_life| fades(half_life).max(stage_memory_days()))
}

/// What had happened, was known and still holds at `at`, in a fixed order.
pub(crate) fn usable<'a>(
    indicators: impl IntoIterator<Item = &'a Indicator>,
    at: Timestamp,
) -> Vec<&'a Indicator> {
    let mut usable: Vec<_> = indicators
        .into_iter()
        .filter(|i| {
            i.time <= at && i.known <= at && i.until.is_none_or(|until| at <= until) && i.weight.is_finite()
        })
        .collect();
    // Of what happened at one instant the earlier stage goes first. Ids come from pseudonyms, which are drawn at random:
    // they may not decide how far somebody seems to have come.
    usable.sort_by(|a, b| {
        let when = (a.time, a.stage).cmp(&(b.time, b.stage));
        when.then_with(|| (&a.detector, a.id).cmp(&(&b.detector, b.id)))
    });
    usable.dedup_by_key(|i| i.id);
    usable
}

/// One group's indicators with what each adds now: faded, once per detector and day, damped for repetition.
fn weigh<'a>(
    model: &Model,
    usable: &[&'a Indicator],
    group: IndicatorGroup,
    at: Timestamp,
) -> Vec<Weighed<'a>> {
    let mut by_detector: BTreeMap<&str, BTreeMap<Day, Weighed<'a>>> = BTreeMap::new();
    for indicator in usable.iter().filter(|i| i.group == group) {
        let weighed = Weighed {
            indicator,
            amount: model.weight(indicator) * fade(model, indicator, at),
        };
        let days = by_detector.entry(indicator.detector.as_str()).or_default();
        let kept = days.entry(indicator.time.day());
        kept.and_modify(|k| {
            if weighed.amount > k.amount {
                *k = Weighed { ..weighed };
            }
        })
        .or_insert(weighed);
    }
    let mut all = Vec::new();
    for days in by_detector.into_values() {
        let mut list: Vec<_> = days.into_values().collect();
        list.sort_by(|a, b| {
            b.amount
                .total_cmp(&a.amount)
                .then_with(|| a.indicator.id.cmp(&b.indicator.id))
        });
        for (k, weighed) in list.iter_mut().enumerate() {
            weighed.amount /= ((k + 1) as f64).powf(REPEAT_EXPONENT);
        }
        all.extend(list);
    }
    all
}

/// What is left of an indicator's weight, 0 to 1.
fn fade(model: &Model, indicator: &Indicator, at: Timestamp) -> f64 {
    let by_age = model
        .of(indicator.group)
        .half_life_days
        .map_or(1.0, |h| 0.5_f64.powf(at.days_since(indicator.time).max(0.0) / h));
    let by_end = match (indicator.group, indicator.until) {
        (IndicatorGroup::Employment, Some(until)) => {
            (until.days_since(at) / EMPLOYMENT_FADE_DAYS).clamp(0.0, 1.0)
        }
        _ => 1.0,
    };
    by_age * by_end
}

/// What each group adds after caps.
pub(crate) struct Applied(BTreeMap<IndicatorGroup, f64>);

const HUMAN: [IndicatorGroup; 3] = [
    IndicatorGroup::Employment,
    IndicatorGroup::RedFlag,
    IndicatorGroup::Hotline,
];

impl Applied {
    fn of(weighing: &Weighing<'_>, rho: f64) -> Self {
        let mut applied = BTreeMap::new();
        for group in IndicatorGroup::ALL
            .iter()
            .filter(|g| **g != IndicatorGroup::Mitigation)
        {
            let model = weighing.model.of(*group);
            let factor = if model.offset_by_mitigation { rho } else { 1.0 };
            applied.insert(*group, (weighing.raw(*group) * factor).min(model.cap));
        }
        let human: f64 = HUMAN.iter().filter_map(|g| applied.get(g)).sum();
        if human > HUMAN_CAP {
            for group in HUMAN {
                applied.entry(group).and_modify(|v| *v *= HUMAN_CAP / human);
            }
        }
        Self(applied)
    }

    pub(crate) fn get(&self, group: IndicatorGroup) -> f64 {
        self.0.get(&group).copied().unwrap_or(0.0)
    }

    pub(crate) fn total(&self) -> f64 {
        self.0.values().sum()
    }
}
