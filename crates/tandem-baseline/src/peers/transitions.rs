//! Which kinds of acts followed which among the people of a group.

use serde::{Deserialize, Serialize};

use crate::coarse::CoarseAction;
use crate::transitions::{Followers, TRANSITIONS, row};

/// Units per 1 in a day's whole-number sums.
const UNIT: f64 = 1024.0;

/// Decayed counts of transitions, by number; none before the first day that had any.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct GroupTransitions {
    counts: Vec<f32>,
}

/// One day's sums: whole numbers, so that order does not matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct TransitionsDay {
    sums: Vec<u64>,
}

impl TransitionsDay {
    /// Adds a person's counts, of a day too unusual to learn from in full with a `weight` below 1.
    pub(crate) fn add(&mut self, counts: &[(u8, u32)], weight: f64) {
        if counts.is_empty() {
            return;
        }
        self.sums.resize(TRANSITIONS, 0);
        for (number, count) in counts {
            if let Some(sum) = self.sums.get_mut(usize::from(*number)) {
                *sum += (weight * f64::from(*count) * UNIT).round() as u64;
            }
        }
    }
}

impl GroupTransitions {
    /// How often, fading, that transition occurred.
    pub(crate) fn count(&self, number: u8) -> f64 {
        self.counts
            .get(usize::from(number))
            .copied()
            .unwrap_or(0.0)
            .into()
    }

    /// Forgets by `decay` and adds a day.
    pub(crate) fn push(&mut self, day: &TransitionsDay, decay: f64) {
        for count in &mut self.counts {
            *count *= decay as f32;
        }
        if !day.sums.is_empty() {
            self.counts.resize(TRANSITIONS, 0.0);
        }
        for (count, sum) in self.counts.iter_mut().zip(&day.sums) {
            *count += (*sum as f64 / UNIT) as f32;
        }
    }

    /// Bytes held besides the struct itself.
    pub(crate) fn bytes(&self) -> usize {
        self.counts.len() * size_of::<f32>()
    }
}

impl Followers for GroupTransitions {
    fn after(&self, from: usize) -> [f64; CoarseAction::COUNT] {
        let mut followers = [0.0; CoarseAction::COUNT];
        if let Some(counts) = self.counts.get(row(from)) {
            for (follower, count) in followers.iter_mut().zip(counts) {
                *follower = f64::from(*count);
            }
        }
        followers
    }

    fn whatever(&self) -> [f64; CoarseAction::COUNT] {
        let mut all = [0.0; CoarseAction::COUNT];
        for counts in self.counts.chunks_exact(CoarseAction::COUNT) {
            for (sum, count) in all.iter_mut().zip(counts) {
                *sum += f64::from(*count);
            }
        }
        all
    }
}
