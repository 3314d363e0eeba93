//! When to try again, and when to stop.

use std::time::Duration;

use tandem_domain::Timestamp;

use super::item::{Cause, OutboxItem, Settled};
use crate::far::Receipt;
use crate::job::Job;
use crate::net::{After, SendError};

/// Numbers of the back-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Upper bound of the first wait.
    pub base: Duration,
    /// Upper bound of every wait.
    pub cap: Duration,
    /// Attempts before an item is dead.
    pub attempts: u32,
    /// Age at which an item is dead, however few attempts it had (a far side may ask for pauses for ever).
    pub age: Duration,
    /// Longest pause that a far side is granted.
    pub pause: Duration,
    /// Attempts before an action is dead: people wait for it, and must know that it was not done.
    pub act_attempts: u32,
    /// Age at which an action is dead: hours after it was decided it may no longer be what is wanted.
    pub act_age: Duration,
}

impl Default for Policy {
    /// From 2 seconds to 30 minutes, 250 attempts (about two and a half days on average: a weekend's outage loses nothing),
    /// 3 days, pauses to 6 hours; for actions 12 attempts and an hour.
    fn default() -> Self {
        Self {
            base: Duration::from_secs(2),
            cap: Duration::from_secs(30 * 60),
            attempts: 250,
            age: Duration::from_secs(3 * 24 * 3600),
            pause: Duration::from_secs(6 * 3600),
            act_attempts: 12,
            act_age: Duration::from_secs(3600),
        }
    }
}

impl Policy {
    /// The wait after the `attempt`th failure (from 1): a uniform draw up to `min(cap, base · 2^(attempt−1))`, "full jitter"
    /// (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). `jitter` is the draw, 0 to 1.
    pub fn wait(&self, attempt: u32, jitter: f64) -> Duration {
        let doubled = self
            .base
            .saturating_mul(1_u32.checked_shl(attempt.saturating_sub(1)).unwrap_or(u32::MAX));
        let share = if jitter.is_finite() {
            jitter.clamp(0.0, 1.0)
        } else {
            1.0
        };
        doubled.min(self.cap).mul_f64(share)
    }

    /// True if an item has used up its attempts before this one: every courier that claimed it vanished.
    pub fn exhausted(&self, item: &OutboxItem) -> bool {
        item.attempts >= self.bounds(item).0
    }

    /// Attempts and age at which an item is dead.
    fn bounds(&self, item: &OutboxItem) -> (u32, Duration) {
        match item.job {
            Job::Act { .. } => (self.attempts.min(self.act_attempts), self.age.min(self.act_age)),
            _ => (self.attempts, self.age),
        }
    }

    /// What becomes of an item after an attempt at `now`.
    pub fn settle(
        &self,
        item: &OutboxItem,
        outcome: Result<Receipt, SendError>,
        now: Timestamp,
        jitter: f64,
    ) -> Settled {
        let error = match outcome {
            Ok(receipt) => return Settled::Sent { at: now, receipt },
            Err(error) => error,
        };
        let said = error.to_string();
        let dead = |cause, error| Settled::Dead {
            at: now,
            cause,
            error,
        };
        let (after, doubt, counts) = match error {
            SendError::Gate(_) => return dead(Cause::Gate, said),
            SendError::Notice(_) => return dead(Cause::Notice, said),
            SendError::Refused { .. } => return dead(Cause::Refused, said),
            SendError::Limited { after, .. } => (after, false, false),
            SendError::Busy { after, .. } => (after, false, true),
            SendError::Doubtful { after, .. } => (after, true, true),
        };
        let attempts = item.attempts + u32::from(counts);
        let age = now.0.saturating_sub(item.tried_from.0);
        let (most, oldest) = self.bounds(item);
        if attempts >= most || age >= micros(oldest) {
            let error = format!("given up after {attempts} attempts: {said}");
            return dead(Cause::Exhausted, error);
        }
        Settled::Retry {
            next_at: self.next(attempts, after, now, jitter),
            attempts,
            doubt: doubt || item.doubt,
            error: said,
        }
    }

    /// The later of our own wait and the far side's, within bounds.
    fn next(&self, attempts: u32, after: Option<After>, now: Timestamp, jitter: f64) -> Timestamp {
        let own = now.plus_micros(micros(self.wait(attempts.max(1), jitter)));
        let latest = now.plus_micros(micros(self.pause));
        after.map_or(own, |after| after.due(now).min(latest).max(own))
    }
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
