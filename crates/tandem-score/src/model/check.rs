//! Which values a model may have.

use super::{Fading, Holding, Model};
use crate::queue::QueueConfig;

/// Longest half-life of mitigation, days; no other may be longer than mitigation's.
pub const LONGEST_HALF_LIFE: f64 = 365.0;
/// Largest cap of a group, decibans.
const LARGEST_CAP: f64 = 60.0;
/// Largest factor.
const LARGEST_FACTOR: f64 = 3.0;
/// Heaviest level, decibans.
const HEAVIEST: f64 = 40.0;
/// Most detectors with a factor of their own.
const DETECTORS: usize = 500;

/// What is wrong with a parameter: its key in the settings, its value, and what to do.
pub type Fault = (&'static str, String, &'static str);

const CAP: &str = "give decibans from 0 to 60";
const FACTOR: &str = "give a factor from 0 to 3; 1 leaves the weights as they are";
const HALF_LIFE: &str = "give days from 1 to mitigation's half-life: evidence that outlives its explanation would raise a score by time alone";

impl Model {
    /// The first value that is not usable: its key below `model`, the value, and why.
    pub fn fault(&self) -> Option<Fault> {
        let bands = self.bands;
        let numbers = [bands.watch, bands.review, bands.act];
        if !(numbers.iter().all(|n| n.is_finite()) && bands.watch < bands.review && bands.review < bands.act)
        {
            return Some((
                "model.bands",
                format!("{bands:?}"),
                "watch must be below review and review below act",
            ));
        }
        let levels = [
            0.0,
            self.levels.low,
            self.levels.medium,
            self.levels.high,
            self.levels.critical,
        ];
        let ascend = levels.windows(2).all(|pair| matches!(pair, [a, b] if a <= b));
        if !ascend || self.levels.critical > HEAVIEST {
            return Some((
                "model.levels",
                format!("{:?}", self.levels),
                "give decibans from 0 to 40, none below the level before it",
            ));
        }
        self.group_fault().or_else(|| self.detector_fault())
    }

    fn group_fault(&self) -> Option<Fault> {
        let groups = &self.groups;
        let own = groups.mitigation.half_life_days;
        if !(1.0..=LONGEST_HALF_LIFE).contains(&own) {
            return Some((
                "model.groups.mitigation.half_life_days",
                own.to_string(),
                "give days from 1 to 365",
            ));
        }
        let fading = [
            ("model.groups.behaviour", groups.behaviour),
            ("model.groups.fact", groups.fact),
            ("model.groups.red_flag", groups.red_flag),
            ("model.groups.hotline", groups.hotline),
            ("model.groups.mitigation", groups.mitigation),
        ];
        let holding = [
            ("model.groups.access", groups.access),
            ("model.groups.employment", groups.employment),
        ];
        fading
            .into_iter()
            .find_map(|(key, group)| fading_fault(key, group, own))
            .or_else(|| {
                holding
                    .into_iter()
                    .find_map(|(key, group)| holding_fault(key, group))
            })
    }

    fn detector_fault(&self) -> Option<Fault> {
        let key = "model.detectors";
        if self.detectors.len() > DETECTORS {
            return Some((
                key,
                format!("{} entries", self.detectors.len()),
                "give at most 500; use the levels or the groups for what concerns many",
            ));
        }
        let wrong = self.detectors.iter().find(|(name, factor)| {
            name.is_empty() || name.len() > 200 || !(0.0..=LARGEST_FACTOR).contains(*factor)
        });
        wrong.map(|(name, factor)| (key, format!("{name} = {factor}"), FACTOR))
    }
}

fn fading_fault(key: &'static str, group: Fading, longest: f64) -> Option<Fault> {
    let holding = Holding {
        cap: group.cap,
        factor: group.factor,
    };
    holding_fault(key, holding).or_else(|| {
        let fits = (1.0..=longest).contains(&group.half_life_days);
        (!fits).then(|| {
            (
                key,
                format!("half_life_days = {}", group.half_life_days),
                HALF_LIFE,
            )
        })
    })
}

fn holding_fault(key: &'static str, group: Holding) -> Option<Fault> {
    if !(0.0..=LARGEST_CAP).contains(&group.cap) {
        return Some((key, format!("cap = {}", group.cap), CAP));
    }
    let fits = (0.0..=LARGEST_FACTOR).contains(&group.factor);
    (!fits).then(|| (key, format!("factor = {}", group.factor), FACTOR))
}

impl QueueConfig {
    /// The first value that is not usable: its key, the value, and why.
    pub fn fault(&self) -> Option<Fault> {
        let outside = |key, value: String, why| Some((key, value, why));
        if !(0.0..=1_000.0).contains(&self.per_1000) {
            return outside(
                "queue.per_1000",
                self.per_1000.to_string(),
                "give alerts per day and 1,000 subjects, 0 to 1000",
            );
        }
        if !(0.0..=1.0).contains(&self.slow_burn_share) {
            return outside(
                "queue.slow_burn_share",
                self.slow_burn_share.to_string(),
                "give a share from 0 to 1",
            );
        }
        if !(0..=365).contains(&self.cool_down_days) {
            return outside(
                "queue.cool_down_days",
                self.cool_down_days.to_string(),
                "give days from 0 to 365",
            );
        }
        if !(0.0..=60.0).contains(&self.escalate_by) {
            return outside(
                "queue.escalate_by",
                self.escalate_by.to_string(),
                "give decibans from 0 to 60",
            );
        }
        if !(0..=60).contains(&self.wait_days) {
            return outside(
                "queue.wait_days",
                self.wait_days.to_string(),
                "give days from 0 to 60",
            );
        }
        None
    }
}
