//! What is usual for a colleague and for their peers, learnt from the days before.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

use super::day::WatchDay;

/// Jeffreys' prior for a rate or a share adds half an event: what never happened yet may still happen.
const HALF: f64 = 0.5;

/// A daily count over past days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Sum of the daily counts.
    pub sum: u64,
    /// Sum of their squares.
    pub squares: u64,
}

impl Counts {
    fn add(&mut self, count: u64) {
        self.sum = self.sum.saturating_add(count);
        self.squares = self.squares.saturating_add(count.saturating_mul(count));
    }

    fn merge(&mut self, other: Self) {
        self.sum = self.sum.saturating_add(other.sum);
        self.squares = self.squares.saturating_add(other.squares);
    }

    /// The mean per day; half an event is added.
    pub fn mean(self, days: u64) -> f64 {
        (self.sum as f64 + HALF) / days.max(1) as f64
    }

    /// The chance of `count` or more on a further day like the `days` past ones, or `None` without a past.
    ///
    /// A count whose rate varies from day to day is negative binomial (a Poisson count with gamma-distributed rate, Gelman et
    /// al., *Bayesian Data Analysis*, 3rd ed., section 2.6). Its mean is that of the past days; its variance is theirs, but not
    /// less than a Poisson count's, and a `days`-th more because the mean itself is uncertain by that. With mean m and variance v
    /// the shape is r = m²/(v − m), and P(X ≥ x) = I(1 − m/v; x, r), the regularised incomplete beta function.
    pub fn chance(self, count: u64, days: u64) -> Option<f64> {
        if days == 0 {
            return None;
        }
        if count == 0 {
            return Some(1.0);
        }
        let (sum, n) = (self.sum as f64, days as f64);
        let mean = self.mean(days);
        let scatter = if days > 1 {
            (self.squares as f64 - sum * sum / n) / (n - 1.0)
        } else {
            0.0
        };
        let variance = scatter.max(mean) * (1.0 + 1.0 / n);
        let shape = mean * mean / (variance - mean);
        checked_beta_reg(count as f64, shape, 1.0 - mean / variance).ok()
    }
}

/// A colleague's past days. Mergeable and a few bytes, so that it can be kept rather than made anew from the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    /// Days on which they did anything.
    pub days: u64,
    /// Exports on a day.
    pub exports: Counts,
    /// Days on which they looked at a subject at night.
    pub nights: u64,
    /// Distinct subjects on a day without a case.
    pub subjects: Counts,
}

impl Habits {
    /// Both together.
    pub fn merge(&mut self, other: &Self) {
        self.days = self.days.saturating_add(other.days);
        self.nights = self.nights.saturating_add(other.nights);
        self.exports.merge(other.exports);
        self.subjects.merge(other.subjects);
    }

    /// How likely a day of theirs has a look at night: nights among days, with the peers' share (or even odds without peers)
    /// counted as one more day.
    pub fn night_share(&self, peers: &Self) -> f64 {
        let usual = if peers.days == 0 {
            HALF
        } else {
            (peers.nights as f64 + HALF) / (peers.days as f64 + 1.0)
        };
        (self.nights as f64 + usual) / (self.days as f64 + 1.0)
    }
}

/// The habits of all colleagues, by account name.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Past(pub BTreeMap<String, Habits>);

impl Past {
    /// Takes a day in, after it was judged; each day once.
    pub fn learn(&mut self, day: &WatchDay) {
        for (who, acts) in &day.by_who {
            let habits = self.0.entry(who.clone()).or_default();
            habits.days += 1;
            habits.nights += u64::from(!acts.night.rows.is_empty());
            habits.subjects.add(acts.without_case.subjects.len() as u64);
            habits.exports.add(acts.exports.rows.len() as u64);
        }
    }
}
