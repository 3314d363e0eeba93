//! Decayed mean and covariance of the channels over person-days.
//!
//! Each day's sums are whole numbers (values in units of 1/1024), so they do not depend on the order or the partition in which
//! people are added: renaming people changes no bit of a score, and workers can add up their parts.

use serde::{Deserialize, Serialize};

use crate::heap;
use crate::stats::Symmetric;

/// Units per 1.
const UNIT: f64 = 1024.0;
/// A channel takes part when its variance is above this.
const LEAST_VARIANCE: f64 = 1e-5;

/// A value in units of 1/1024, as it enters sums.
pub(crate) fn quantise(value: f64) -> f64 {
    (value * UNIT).round() / UNIT
}

/// Decayed sums over person-days.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Moments {
    people: f64,
    /// Channels with any value so far, sorted; the other vectors follow its order.
    channels: Vec<u8>,
    sums: Vec<f64>,
    /// Lower triangle, row by row: row 0 has one cell, row 1 two, and so on.
    products: Vec<f64>,
}

/// One day's sums.
#[derive(Debug, Default)]
pub(crate) struct DaySums {
    people: i64,
    size: usize,
    sums: Vec<i64>,
    products: Vec<i64>,
}

impl DaySums {
    /// For channels 0 to `size` - 1.
    pub(crate) fn new(size: usize) -> Self {
        Self {
            people: 0,
            size,
            sums: vec![0; size],
            products: vec![0; size * size],
        }
    }

    /// Adds a person's values; channels not named are 0. `values` is sorted by channel.
    pub(crate) fn add(&mut self, values: &[(u8, f64)]) {
        self.people += 1;
        let unit = |value: f64| (value * UNIT).round() as i64;
        for (at, (channel, value)) in values.iter().enumerate() {
            let (row, value) = (usize::from(*channel), unit(*value));
            self.sums[row] += value;
            for (other, factor) in values.iter().take(at + 1) {
                self.products[row * self.size + usize::from(*other)] += value * unit(*factor);
            }
        }
    }
}

impl Moments {
    /// Forgets by `decay` and adds a day.
    pub(crate) fn push(&mut self, day: &DaySums, decay: f64) {
        self.make_room(day);
        self.people = self.people * decay + day.people as f64;
        let mut cell = 0;
        for (at, channel) in self.channels.iter().enumerate() {
            let row = usize::from(*channel);
            let sum = day.sums.get(row).copied().unwrap_or(0) as f64 / UNIT;
            self.sums[at] = self.sums[at] * decay + sum;
            for other in self.channels.iter().take(at + 1) {
                let product = day.products.get(row * day.size + usize::from(*other)).copied();
                let product = product.unwrap_or(0) as f64 / (UNIT * UNIT);
                self.products[cell] = self.products[cell] * decay + product;
                cell += 1;
            }
        }
    }

    /// Gives every channel that has a value today its place.
    fn make_room(&mut self, day: &DaySums) {
        let new: Vec<u8> = (0..day.size)
            .filter(|c| {
                day.products[c * day.size + c] != 0 && self.channels.binary_search(&(*c as u8)).is_err()
            })
            .map(|c| c as u8)
            .collect();
        if new.is_empty() {
            return;
        }
        let mut channels: Vec<u8> = self.channels.iter().chain(&new).copied().collect();
        channels.sort_unstable();
        let old = |channel: &u8| self.channels.binary_search(channel).ok();
        let sums = channels
            .iter()
            .map(|c| old(c).map_or(0.0, |at| self.sums[at]))
            .collect();
        let mut products = Vec::with_capacity(channels.len() * (channels.len() + 1) / 2);
        for (at, row) in channels.iter().enumerate() {
            for column in channels.iter().take(at + 1) {
                let cell = old(row).zip(old(column)).map(|(r, c)| r * (r + 1) / 2 + c);
                products.push(cell.map_or(0.0, |cell| self.products[cell]));
            }
        }
        (self.channels, self.sums, self.products) = (channels, sums, products);
    }

    /// Mean and variance of every channel that takes part.
    pub(crate) fn each(&self) -> impl Iterator<Item = (u8, f64, f64)> {
        self.channels.iter().enumerate().filter_map(|(at, channel)| {
            let (mean, variance) = self.at(at);
            (variance > LEAST_VARIANCE).then_some((*channel, mean, variance))
        })
    }

    /// Mean variance of the channels that take part.
    pub(crate) fn typical_variance(&self) -> f64 {
        let (sum, n) = self
            .each()
            .fold((0.0, 0.0), |(sum, n), (_, _, variance)| (sum + variance, n + 1.0));
        if n > 0.0 { sum / n } else { 0.0 }
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        heap::list::<f64>(self.sums.capacity())
            + heap::list::<f64>(self.products.capacity())
            + heap::block(self.channels.capacity())
    }

    fn at(&self, at: usize) -> (f64, f64) {
        if self.people <= 0.0 {
            return (0.0, 0.0);
        }
        let mean = self.sums[at] / self.people;
        let variance = self.products[at * (at + 1) / 2 + at] / self.people - mean * mean;
        (mean, variance.max(0.0))
    }

    /// What distances are measured with, or `None` before there is anything to measure.
    pub(crate) fn metric(&self, shrinkage: f64) -> Option<Metric> {
        let live: Vec<usize> = (0..self.channels.len())
            .filter(|at| self.at(*at).1 > LEAST_VARIANCE)
            .collect();
        if live.is_empty() {
            return None;
        }
        let mean: Vec<f64> = live.iter().map(|at| self.at(*at).0).collect();
        let typical = live.iter().map(|at| self.at(*at).1).sum::<f64>() / live.len() as f64;
        let covariance = |row: usize, column: usize| {
            let (r, c) = (live[row], live[column]);
            self.products[r * (r + 1) / 2 + c] / self.people - mean[row] * mean[column]
        };
        let shrunk = Symmetric::from_lower(live.len(), |row, column| {
            let own = (1.0 - shrinkage) * covariance(row, column);
            if row == column {
                own + shrinkage * typical
            } else {
                own
            }
        });
        let precision = shrunk.inverse()?;
        let channels = live.iter().map(|at| self.channels[*at]).collect();
        Some(Metric {
            channels,
            mean,
            precision,
            typical,
        })
    }
}

/// Mahalanobis distance from the population's mean (Mahalanobis 1936), with each channel's additive part.
#[derive(Debug)]
pub(crate) struct Metric {
    channels: Vec<u8>,
    mean: Vec<f64>,
    precision: Symmetric,
    typical: f64,
}

impl Metric {
    /// The channels that take part, sorted.
    pub(crate) fn channels(&self) -> &[u8] {
        &self.channels
    }

    /// The part of a value on a channel that does not take part, because nobody has shown it yet: as if it had the typical
    /// spread. What was never seen must not count for nothing.
    pub(crate) fn unseen(&self, value: f64) -> f64 {
        value * value / self.typical
    }

    /// The squared distance of `value(channel)` and, in order of [`Self::channels`], each channel's part of it.
    pub(crate) fn distance(&self, value: impl Fn(usize) -> f64) -> (f64, Vec<f64>) {
        let off: Vec<f64> = self
            .channels
            .iter()
            .zip(&self.mean)
            .map(|(channel, mean)| value(usize::from(*channel)) - mean)
            .collect();
        let part = |row: usize| {
            let dot: f64 = self.precision.row(row).iter().zip(&off).map(|(p, x)| p * x).sum();
            off[row] * dot
        };
        let parts: Vec<f64> = (0..off.len()).map(part).collect();
        (parts.iter().sum(), parts)
    }
}
