//! Fading counts by bin, of which most are nothing.

use serde::{Deserialize, Serialize};

use crate::heap;
use crate::profile::slot;

/// Counts below this are forgotten: after as many half-lives as make one of a million.
const FORGOTTEN: f32 = 1e-6;

/// Counts above 0 with their bins, by bin.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Bins {
    counts: Vec<(u16, f32)>,
}

impl Bins {
    /// Adds to a bin.
    pub(super) fn add(&mut self, bin: u16, count: u32) {
        let (_, sum) = slot(&mut self.counts, bin, |(known, _)| *known, |bin| (bin, 0.0));
        *sum += count as f32;
    }

    /// Fades.
    pub(super) fn scale(&mut self, by: f32) {
        for (_, count) in &mut self.counts {
            *count *= by;
        }
    }

    /// Forgets what has faded and gives unused room back.
    pub(super) fn tidy(&mut self) {
        self.counts.retain(|(_, count)| *count > FORGOTTEN);
        self.counts.shrink_to_fit();
    }

    /// Counts in the bins above `bin`, and in `bin`.
    pub(super) fn from(&self, bin: u16) -> (f64, f64) {
        let at = self.counts.partition_point(|(known, _)| *known < bin);
        let (mut above, mut equal) = (0.0, 0.0);
        for (known, count) in self.counts.iter().skip(at) {
            if *known == bin {
                equal = f64::from(*count);
            } else {
                above += f64::from(*count);
            }
        }
        (above, equal)
    }

    /// All counts.
    pub(super) fn sum(&self) -> f64 {
        self.counts.iter().map(|(_, count)| f64::from(*count)).sum()
    }

    /// Bins with their counts, the lowest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u16, f64)> {
        self.counts.iter().map(|(bin, count)| (*bin, f64::from(*count)))
    }

    /// Bytes of the list's block.
    pub(super) fn bytes(&self) -> usize {
        heap::list::<(u16, f32)>(self.counts.capacity())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_add_up_fade_and_are_forgotten() {
        let mut bins = Bins::default();
        for (bin, count) in [(7, 2), (3, 1), (7, 1), (9, 4)] {
            bins.add(bin, count);
        }
        assert_eq!(bins.from(7), (4.0, 3.0));
        assert_eq!(bins.from(4), (7.0, 0.0));
        assert_eq!(bins.sum(), 8.0);
        bins.scale(0.5);
        assert_eq!(bins.iter().collect::<Vec<_>>(), [(3, 0.5), (7, 1.5), (9, 2.0)]);
        bins.scale(1e-6);
        bins.tidy();
        assert_eq!(bins.iter().count(), 2);
    }
}
