//! How a value ranks among the population's values of the last days: conformal p-values (Vovk, Gammerman and Shafer 2005,
//! *Algorithmic Learning in a Random World*).
//!
//! Values are kept as counts in narrow bins. Counts add up exactly in any order, so the rank does not depend on the order or
//! the partition in which people are scored. A tie counts half (mid-rank) instead of being broken at random, so that the same
//! data always gives the same rank.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::heap;

/// Bins per unit.
const BINS_PER_UNIT: f64 = 128.0;
/// Most bins: values up to 40.
const MOST_BINS: usize = 40 * 128;

/// Counts of one statistic on one day: bin and count, by bin; the rest of the day's people had a value in bin 0.
type Sparse = Vec<(u16, u32)>;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct WindowDay {
    people: u32,
    statistics: Vec<(u8, Sparse)>,
}

/// The last days' values of many statistics.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Window {
    days: VecDeque<WindowDay>,
}

/// Ranks against the window as it stood when made.
#[derive(Debug)]
pub(crate) struct Ranks {
    people: f64,
    /// Per statistic: people in each bin or a higher one.
    at_least: Vec<Vec<f64>>,
}

/// The values of a day not yet in the window: for each statistic, counts by bin.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    people: u32,
    statistics: Vec<Vec<u32>>,
}

fn bin(value: f64) -> usize {
    ((value * BINS_PER_UNIT) as usize).min(MOST_BINS - 1)
}

impl Window {
    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let of = |day: &WindowDay| {
            let bins = day.statistics.iter();
            let bins = bins.map(|(_, sparse)| heap::list::<(u16, u32)>(sparse.capacity()));
            heap::list::<(u8, Sparse)>(day.statistics.capacity()) + bins.sum::<usize>()
        };
        heap::list::<WindowDay>(self.days.capacity()) + self.days.iter().map(of).sum::<usize>()
    }

    /// Person-days held.
    pub(crate) fn people(&self) -> u64 {
        self.days.iter().map(|day| u64::from(day.people)).sum()
    }

    /// Adds a day and forgets the one before the last `keep`.
    pub(crate) fn push(&mut self, tally: &Tally, keep: usize) {
        let statistics = tally
            .statistics
            .iter()
            .enumerate()
            .filter_map(|(statistic, bins)| {
                let counts = bins.iter().enumerate().skip(1).filter(|(_, count)| **count > 0);
                let sparse: Sparse = counts.map(|(bin, count)| (bin as u16, *count)).collect();
                (!sparse.is_empty()).then_some((statistic as u8, sparse))
            });
        self.days.push_back(WindowDay {
            people: tally.people,
            statistics: statistics.collect(),
        });
        while self.days.len() > keep {
            self.days.pop_front();
        }
    }

    /// Prepares ranking in `statistics` statistics.
    pub(crate) fn ranks(&self, statistics: usize) -> Ranks {
        let mut bins = vec![Vec::<u32>::new(); statistics];
        for day in &self.days {
            for (statistic, sparse) in &day.statistics {
                let Some(own) = bins.get_mut(usize::from(*statistic)) else {
                    continue;
                };
                for (bin, count) in sparse {
                    let bin = usize::from(*bin);
                    if own.len() <= bin {
                        own.resize(bin + 1, 0);
                    }
                    own[bin] += count;
                }
            }
        }
        let at_least = bins.into_iter().map(|bins| {
            let mut sum = 0.0;
            let mut at_least: Vec<f64> = bins
                .iter()
                .rev()
                .map(|count| {
                    sum += f64::from(*count);
                    sum
                })
                .collect();
            at_least.reverse();
            at_least
        });
        Ranks {
            people: self.people() as f64,
            at_least: at_least.collect(),
        }
    }
}

impl Ranks {
    /// The conformal p-value of `value`: share of the window's people and the person itself with a higher value, ties half.
    pub(crate) fn p(&self, statistic: usize, value: f64) -> f64 {
        let at_least = |bin: usize| match self.at_least.get(statistic).and_then(|bins| bins.get(bin)) {
            _ if bin == 0 => self.people,
            Some(count) => *count,
            None => 0.0,
        };
        let bin = bin(value);
        let above = at_least(bin + 1);
        let equal = at_least(bin) - above;
        (above + 0.5 * (equal + 1.0)) / (self.people + 1.0)
    }

    /// People in the window with a value above 0.
    pub(crate) fn above_zero(&self, statistic: usize) -> f64 {
        self.at_least
            .get(statistic)
            .and_then(|bins| bins.get(1))
            .copied()
            .unwrap_or(0.0)
    }

    /// Person-days in the window.
    pub(crate) fn people(&self) -> f64 {
        self.people
    }
}

impl Tally {
    /// Counts one more person; values are added with [`Self::add`].
    pub(crate) fn person(&mut self) {
        self.people += 1;
    }

    /// Counts a person's value of a statistic.
    pub(crate) fn add(&mut self, statistic: usize, value: f64) {
        let bin = bin(value);
        if bin == 0 {
            return;
        }
        if self.statistics.len() <= statistic {
            self.statistics.resize(statistic + 1, Vec::new());
        }
        let bins = &mut self.statistics[statistic];
        if bins.len() <= bin {
            bins.resize(bin + 1, 0);
        }
        bins[bin] += 1;
    }
}
