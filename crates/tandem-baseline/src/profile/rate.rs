//! How often a subject does something per active day.

use serde::{Deserialize, Serialize};

/// Bins per unit of `ln(1 + count)`: every small count has its own, larger ones share it with those within a fifth.
const BINS: f64 = 5.0;
/// From this bin on (counts above 4) a count that is a fifth smaller was almost as much.
const WIDE: u8 = 9;
/// Days in a bin that are no longer kept.
const FORGOTTEN: f32 = 0.02;

/// Decayed counts of one channel.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Rate {
    pub(crate) channel: u8,
    /// Acts, with the own half-life.
    pub(crate) fast: f32,
    /// Squares of daily counts, with the own half-life.
    pub(crate) squares: f32,
    /// Acts, with the slow half-life.
    pub(crate) slow: f32,
    /// Days by bin of their count, with the slow half-life.
    bins: Vec<(u8, f32)>,
}

fn bin(count: f64) -> u8 {
    (count.ln_1p() * BINS).round().min(255.0) as u8
}

impl Rate {
    /// Nothing yet.
    pub(crate) fn new(channel: u8) -> Self {
        Self {
            channel,
            ..Self::default()
        }
    }

    /// Forgets.
    pub(crate) fn scale(&mut self, fast: f32, slow: f32) {
        self.fast *= fast;
        self.squares *= fast;
        self.slow *= slow;
        for (_, days) in &mut self.bins {
            *days *= slow;
        }
    }

    /// Adds a day's count.
    pub(crate) fn add(&mut self, count: f64, weight: f32) {
        let acts = weight * count as f32;
        self.fast += acts;
        self.squares += acts * count as f32;
        self.slow += acts;
        self.bins.retain(|(_, days)| *days > FORGOTTEN);
        let bin = bin(count);
        match self.bins.binary_search_by_key(&bin, |(bin, _)| *bin) {
            Ok(at) => self.bins[at].1 += weight,
            Err(at) => self.bins.insert(at, (bin, weight)),
        }
    }

    /// Days, with the slow half-life, on which the count was about `count` or more.
    pub(crate) fn days_with(&self, count: f64) -> f64 {
        let bin = bin(count);
        let share = |other: u8| match other {
            other if other >= bin => 1.0,
            other if other + 1 == bin && bin >= WIDE => 0.5,
            _ => 0.0,
        };
        self.bins
            .iter()
            .map(|(other, days)| share(*other) * f64::from(*days))
            .sum()
    }

    /// How much daily counts scatter beyond chance, relative to the square of the rate over `days` decayed days.
    pub(crate) fn scatter(&self, days: f64) -> f64 {
        let mean = f64::from(self.fast) / days;
        ((f64::from(self.squares) / days - mean) / (mean * mean) - 1.0).max(0.0)
    }

    /// True when nothing of it is left.
    pub(crate) fn is_forgotten(&self) -> bool {
        self.slow < 1e-4
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        size_of::<Self>() + self.bins.len() * size_of::<(u8, f32)>()
    }
}
