//! What the intake has kept, for operators.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use tandem_domain::Timestamp;

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Figures {
    commits: AtomicU64,
    deliveries: AtomicU64,
    events: AtomicU64,
    lost: AtomicU64,
    last: AtomicI64,
}

/// The counters at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FiguresNow {
    /// Commits.
    pub commits: u64,
    /// Deliveries kept.
    pub deliveries: u64,
    /// Events kept.
    pub events: u64,
    /// Deliveries that could not be kept and that nobody can send again.
    pub lost: u64,
    /// When the last commit was.
    pub last: Option<Timestamp>,
}

impl Figures {
    /// Notes a commit.
    pub(super) fn committed(&self, deliveries: u64, events: u64, at: Timestamp) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.deliveries.fetch_add(deliveries, Ordering::Relaxed);
        self.events.fetch_add(events, Ordering::Relaxed);
        self.last.store(at.0, Ordering::Relaxed);
    }

    /// Notes deliveries that could not be kept and that nobody can send again.
    pub(super) fn lost(&self, deliveries: u64) {
        self.lost.fetch_add(deliveries, Ordering::Relaxed);
    }

    /// How they stand.
    pub fn read(&self) -> FiguresNow {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let last = self.last.load(Ordering::Relaxed);
        FiguresNow {
            commits: of(&self.commits),
            deliveries: of(&self.deliveries),
            events: of(&self.events),
            lost: of(&self.lost),
            last: (last != 0).then_some(Timestamp(last)),
        }
    }
}
