//! What each rule cost and found.

use super::Engine;
use crate::rule::RuleIdx;

/// A monotonic clock, nanoseconds from any beginning. This crate has none of its own: whoever runs it lends one.
pub type Clock = fn() -> u64;

/// Of so many evaluations of a rule one is timed, the first among them: reading a clock costs about as much as evaluating a rule.
const TIMED: u64 = 1_024;

/// What one rule cost and found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RuleWork {
    /// Evaluations: events in which the prefilter found something the rule needs.
    pub evaluations: u64,
    /// Events that it matched.
    pub matches: u64,
    /// Time spent on evaluations, nanoseconds, estimated from a sample; 0 without a clock. What several rules share is counted for
    /// the one that came first.
    pub nanos: u64,
}

impl RuleWork {
    /// Adds what the same rule did elsewhere.
    pub const fn add(&mut self, other: Self) {
        self.evaluations = self.evaluations.saturating_add(other.evaluations);
        self.matches = self.matches.saturating_add(other.matches);
        self.nanos = self.nanos.saturating_add(other.nanos);
    }
}

/// Counters of one rule.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    evaluations: u64,
    pub(super) matches: u64,
    timed: u64,
    nanos: u64,
}

/// A timing under way.
pub(super) struct Timing {
    clock: Clock,
    begun: u64,
}

impl Tally {
    /// Counts an evaluation that begins, and times it if it is its turn.
    pub(super) fn begin(&mut self, clock: Option<Clock>) -> Option<Timing> {
        let turn = self.evaluations.is_multiple_of(TIMED);
        self.evaluations += 1;
        let clock = clock.filter(|_| turn)?;
        Some(Timing {
            clock,
            begun: clock(),
        })
    }

    /// Takes in how the evaluation ended.
    pub(super) fn end(&mut self, timing: Option<Timing>, matched: bool) {
        if let Some(Timing { clock, begun }) = timing {
            self.timed += 1;
            self.nanos = self.nanos.saturating_add(clock().saturating_sub(begun));
        }
        self.matches += u64::from(matched);
    }

    fn work(self) -> RuleWork {
        let (nanos, all) = (u128::from(self.nanos), u128::from(self.evaluations));
        let estimate = nanos * all / u128::from(self.timed.max(1));
        RuleWork {
            evaluations: self.evaluations,
            matches: self.matches,
            nanos: u64::try_from(estimate).unwrap_or(u64::MAX),
        }
    }
}

impl Engine {
    /// What each rule that was evaluated at all cost and found so far, in the order of the rules. Correlations are not among them:
    /// they look at matches, not at events.
    pub fn statistics(&self) -> Vec<(RuleIdx, RuleWork)> {
        let counted = self.tallies.iter().enumerate();
        counted
            .filter(|(_, tally)| tally.evaluations > 0)
            .map(|(at, tally)| (RuleIdx(at as u32), tally.work()))
            .collect()
    }

    /// As [`Self::statistics`], and begins to count anew.
    pub fn take_statistics(&mut self) -> Vec<(RuleIdx, RuleWork)> {
        let taken = self.statistics();
        self.tallies.fill(Tally::default());
        taken
    }
}

#[cfg(test)]
mod tests;
