//! One counter of failures, and the bucket that bounds all strangers together.

use tandem_domain::Timestamp;

use super::limits::{Curve, Limits};

/// Failures in a row and when the last attempt was.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Counter {
    failures: u32,
    last: Timestamp,
}

impl Counter {
    /// When the next attempt is admitted.
    pub(super) const fn free_at(self, curve: Curve, now: Timestamp) -> Timestamp {
        if self.forgotten(curve, now) {
            return now;
        }
        self.last.plus_micros(curve.wait(self.failures))
    }

    const fn forgotten(self, curve: Curve, now: Timestamp) -> bool {
        now.0.saturating_sub(self.last.0) >= curve.forget
    }

    pub(super) const fn count(&mut self, curve: Curve, now: Timestamp) {
        if self.forgotten(curve, now) {
            self.failures = 0;
        }
        self.failures = self.failures.saturating_add(1);
        self.last = now;
    }

    pub(super) const fn take_back(&mut self) {
        self.failures = self.failures.saturating_sub(1);
    }
}

/// A token bucket.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bucket {
    tokens: u32,
    /// Up to when tokens have been added; `None` before the first attempt.
    filled: Option<Timestamp>,
}

impl Bucket {
    pub(super) const fn full(burst: u32) -> Self {
        Self {
            tokens: burst,
            filled: None,
        }
    }

    fn fill(&mut self, limits: &Limits, now: Timestamp) {
        let every = limits.ceiling_every.max(1);
        let since = self.filled.unwrap_or(now);
        let gained = now.0.saturating_sub(since.0).max(0) / every;
        let tokens = i64::from(self.tokens).saturating_add(gained);
        if tokens >= i64::from(limits.ceiling_burst) {
            self.tokens = limits.ceiling_burst;
            self.filled = Some(now);
        } else {
            self.tokens = tokens as u32;
            self.filled = Some(since.plus_micros(gained.saturating_mul(every)));
        }
    }

    pub(super) fn free_at(&mut self, limits: &Limits, now: Timestamp) -> Timestamp {
        self.fill(limits, now);
        match self.filled {
            Some(filled) if self.tokens == 0 => filled.plus_micros(limits.ceiling_every.max(1)),
            _ => now,
        }
    }

    pub(super) fn take(&mut self, limits: &Limits, now: Timestamp) {
        self.fill(limits, now);
        self.tokens = self.tokens.saturating_sub(1);
    }

    pub(super) fn give_back(&mut self, limits: &Limits) {
        self.tokens = self.tokens.saturating_add(1).min(limits.ceiling_burst);
    }
}
