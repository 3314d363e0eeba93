//! How often a subject does something per active day.

use serde::{Deserialize, Serialize};

use super::small::Small;

/// Bins per unit of `ln(1 + count)`: every small count has its own, larger ones share it with those within a fifth.
const BINS: f64 = 5.0;
/// From this bin on (counts above 4) a count that is a fifth smaller was almost as much.
const WIDE: u8 = 9;
/// Days in a bin that are no longer kept.
const FORGOTTEN: f32 = 0.02;
/// Most days by bin of one subject; beyond it the fewest days are forgotten.
const MOST: usize = 160;
/// Most bins in doubt of one subject; beyond it nothing more is learned until some of them are no longer in doubt.
const MOST_DOUBTS: usize = 32;

/// Decayed counts of one channel.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Rate {
    pub(crate) channel: u8,
    /// Acts, with the own half-life.
    fast: Small,
    /// Squares of daily counts, with the own half-life.
    squares: Small,
    /// Acts, with the slow half-life.
    slow: Small,
}

/// Days of one channel whose counts fell into one bin, with the slow half-life.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bin {
    pub(super) channel: u8,
    pub(super) bin: u8,
    pub(super) days: Small,
}

/// A count beyond what was to be expected, which is not known yet: it waits, whatever comes meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Doubt {
    channel: u8,
    bin: u8,
    /// Days that had it so far.
    days: Small,
    /// Active days until they count.
    left: u8,
}

/// How many days had how high a count: a histogram per channel, all in one list by channel and bin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Histograms {
    #[serde(with = "super::packed::bins")]
    bins: Vec<Bin>,
    doubts: Vec<Doubt>,
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
        self.fast.scale(fast);
        self.squares.scale(fast);
        self.slow.scale(slow);
    }

    /// Adds a day's count.
    pub(crate) fn add(&mut self, count: f64, weight: f32) {
        let acts = weight * count as f32;
        self.fast.add(acts);
        self.squares.add(acts * count as f32);
        self.slow.add(acts);
    }

    /// Acts, with the own half-life.
    pub(crate) fn fast(&self) -> f64 {
        self.fast.get().into()
    }

    /// Acts, with the slow half-life.
    pub(crate) fn slow(&self) -> f64 {
        self.slow.get().into()
    }

    /// How much daily counts scatter beyond chance, relative to the square of the rate over `days` decayed days.
    pub(crate) fn scatter(&self, days: f64) -> f64 {
        let mean = self.fast() / days;
        ((f64::from(self.squares.get()) / days - mean) / (mean * mean) - 1.0).max(0.0)
    }

    /// True when nothing of it is left.
    pub(crate) fn is_forgotten(&self) -> bool {
        self.slow() < 1e-4 || self.fast() <= 0.0
    }
}

impl Histograms {
    /// Forgets.
    pub(crate) fn scale(&mut self, slow: f32) {
        for bin in &mut self.bins {
            bin.days.scale(slow);
        }
    }

    /// Adds a day's count of a channel.
    pub(crate) fn add(&mut self, channel: u8, count: f64, weight: f32) {
        self.insert(channel, bin(count), weight);
    }

    fn insert(&mut self, channel: u8, bin: u8, weight: f32) {
        match self
            .bins
            .binary_search_by_key(&(channel, bin), |b| (b.channel, b.bin))
        {
            Ok(at) => self.bins[at].days.add(weight),
            Err(at) => {
                let days = Small::new(weight);
                self.bins.insert(at, Bin { channel, bin, days });
            }
        }
    }

    /// Adds a day's count that nothing foretold: it counts in `wait` active days, with every other day like it until then.
    pub(crate) fn doubt(&mut self, channel: u8, count: f64, weight: f32, wait: u8) {
        let bin = bin(count);
        if let Some(doubt) = self
            .doubts
            .iter_mut()
            .find(|d| (d.channel, d.bin) == (channel, bin))
        {
            doubt.days.add(weight);
        } else if self.doubts.len() < MOST_DOUBTS {
            self.doubts.push(Doubt {
                channel,
                bin,
                days: Small::new(weight),
                left: wait,
            });
        }
    }

    /// True if as much of the channel, or more, is waiting already.
    pub(crate) fn awaits(&self, channel: u8, count: f64) -> bool {
        let bin = bin(count);
        self.doubts.iter().any(|d| d.channel == channel && d.bin >= bin)
    }

    /// One more active day: what has waited long enough counts.
    pub(crate) fn pass_day(&mut self) {
        let mut over = Vec::new();
        self.doubts.retain_mut(|doubt| {
            doubt.left = doubt.left.saturating_sub(1);
            if doubt.left == 0 {
                over.push(*doubt);
            }
            doubt.left > 0
        });
        for doubt in over {
            self.insert(doubt.channel, doubt.bin, doubt.days.get());
        }
    }

    /// Days, with the slow half-life, on which the count was about `count` or more.
    pub(crate) fn days_with(&self, channel: usize, count: f64) -> f64 {
        let bin = bin(count);
        let share = |other: u8| match other {
            other if other >= bin => 1.0,
            other if other + 1 == bin && bin >= WIDE => 0.5,
            _ => 0.0,
        };
        let first = self.bins.partition_point(|b| usize::from(b.channel) < channel);
        self.bins
            .iter()
            .skip(first)
            .take_while(|b| usize::from(b.channel) == channel)
            .map(|b| share(b.bin) * f64::from(b.days.get()))
            .sum()
    }

    /// Lets go of what is forgotten, and of the fewest days while there are too many.
    pub(crate) fn tidy(&mut self) {
        self.bins.retain(|bin| bin.days.get() > FORGOTTEN);
        if self.bins.len() > MOST {
            let mut days: Vec<f32> = self.bins.iter().map(|bin| bin.days.get()).collect();
            days.sort_unstable_by(f32::total_cmp);
            let least = days.get(self.bins.len() - MOST).copied().unwrap_or(0.0);
            self.bins.retain(|bin| bin.days.get() >= least);
            self.bins.truncate(MOST);
        }
    }
}
