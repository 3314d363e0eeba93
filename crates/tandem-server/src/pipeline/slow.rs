//! Slow burn: small departures that never stand out on a day but keep coming.
//!
//! Per subject, each active day's behaviour evidence (decibans) is normalised by the subject's own past (mean and spread with
//! half-life 60 active days, started at the population's) and summed with a half-life of 14 days. A sum of independent
//! standard values with weights w has spread √Σw², so sum / √Σw² is again in standard units; the queue asks for 3.

use serde::{Deserialize, Serialize};

/// Half-life of the own mean and spread, active days.
const OWN_HALF_LIFE: f64 = 60.0;
/// Half-life of the accumulation, calendar days.
const SUM_HALF_LIFE: f64 = 14.0;
/// Weight of the population's mean and spread at the start, days.
const PRIOR_DAYS: f64 = 10.0;
/// Mean daily evidence of somebody usual, decibans: 5 % of days exceed the p-value from which evidence counts, by little.
const PRIOR_MEAN: f64 = 0.15;
/// Variance of the same, decibans squared.
const PRIOR_VARIANCE: f64 = 1.5;
/// A single day counts at most this many standard units: a burst belongs in the daily queue.
const DAY_CAP: f64 = 3.0;

/// One subject's accumulation.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SlowBurn {
    weight: f64,
    mean: f64,
    variance: f64,
    sum: f64,
    sum_squares: f64,
    last_day: i32,
}

impl Default for SlowBurn {
    fn default() -> Self {
        Self {
            weight: PRIOR_DAYS,
            mean: PRIOR_MEAN,
            variance: PRIOR_VARIANCE,
            sum: 0.0,
            sum_squares: PRIOR_DAYS,
            last_day: i32::MIN,
        }
    }
}

impl SlowBurn {
    /// Adds an active day's evidence (decibans, 0 if none) and returns the accumulation in standard units.
    pub fn add(&mut self, day: i32, evidence: f64) -> f64 {
        let unit = ((evidence - self.mean) / self.variance.sqrt()).min(DAY_CAP);
        // The first day has nothing to fade.
        let gap = if self.last_day == i32::MIN {
            0
        } else {
            (day - self.last_day).max(0)
        };
        let fade = 0.5_f64.powf(f64::from(gap) / SUM_HALF_LIFE);
        self.sum = self.sum * fade + unit;
        self.sum_squares = self.sum_squares * fade * fade + 1.0;
        self.last_day = day;
        self.learn(evidence);
        self.level()
    }

    /// The accumulation as of the last active day, in standard units. Ten quiet days stand in at the start, when the spread
    /// of the sum is not yet what theory says; they fade like any others.
    pub fn level(&self) -> f64 {
        self.sum / self.sum_squares.sqrt()
    }

    fn learn(&mut self, evidence: f64) {
        let keep = 0.5_f64.powf(1.0 / OWN_HALF_LIFE);
        self.weight = self.weight * keep + 1.0;
        let step = 1.0 / self.weight;
        // As in the sum, so in the spread: a burst must not make the person seem restless for months.
        let delta = (evidence - self.mean).min(DAY_CAP * self.variance.sqrt());
        self.mean += step * delta;
        self.variance = ((1.0 - step) * (self.variance + step * delta * delta)).max(0.25);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_burst_does_not_smoulder_but_a_month_of_small_ones_does() {
        let mut burst = SlowBurn::default();
        let after_burst = burst.add(100, 21.0);
        assert!(after_burst < 3.0, "{after_burst}");

        let mut slow = SlowBurn::default();
        for day in 0..60 {
            slow.add(day, 0.0);
        }
        let levels: Vec<_> = (60..85)
            .map(|day| slow.add(day, if day % 7 < 5 { 3.0 } else { 0.0 }))
            .collect();
        assert!(levels.iter().any(|level| *level > 3.0), "{levels:?}");
    }

    #[test]
    fn somebody_who_is_always_a_little_odd_is_usual_for_themselves() {
        let mut odd = SlowBurn::default();
        let mut level = 0.0;
        for day in 0..300 {
            level = odd.add(day, if day % 3 == 0 { 4.0 } else { 0.0 });
        }
        assert!(level < 2.0, "{level}");
    }
}
