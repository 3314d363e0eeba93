//! How a source is: counted while it runs, read by whoever shows it.

use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tandem_domain::Timestamp;

/// What a source is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u8)]
pub enum Phase {
    /// Not yet listening or connected.
    #[default]
    Starting = 0,
    /// Listening, connected or looking.
    Running = 1,
    /// Failed; it is tried again.
    Failing = 2,
    /// Stopped with Tandem.
    Stopped = 3,
}

/// Counters of one source.
#[derive(Debug, Default)]
pub struct Health {
    phase: AtomicU8,
    bytes: AtomicU64,
    records: AtomicU64,
    refused: AtomicU64,
    connections: AtomicU64,
    open: AtomicU64,
    behind: AtomicU64,
    last: AtomicI64,
    trouble: Mutex<Option<(Timestamp, String)>>,
}

/// How a source is at a moment.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HealthNow {
    /// What it is doing.
    pub phase: Phase,
    /// Bytes received.
    pub bytes: u64,
    /// Records cut (or messages received), as far as the source cuts them itself.
    pub records: u64,
    /// What could not be cut into records.
    pub refused: u64,
    /// Connections since the start.
    pub connections: u64,
    /// Connections open.
    pub open: u64,
    /// What waits at the far side: bytes of files, messages of brokers, objects of buckets.
    pub behind: u64,
    /// When something came last.
    pub last: Option<Timestamp>,
    /// The last trouble, and when.
    pub trouble: Option<(Timestamp, String)>,
}

/// The clock of sources.
pub fn now() -> Timestamp {
    Timestamp(jiff::Timestamp::now().as_microsecond())
}

impl Health {
    /// Notes what came.
    pub fn received(&self, bytes: u64, records: u64) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.records.fetch_add(records, Ordering::Relaxed);
        self.last.store(now().0, Ordering::Relaxed);
    }

    /// Notes that so many pieces could not be cut into records.
    pub fn refused(&self, count: u64) {
        self.refused.fetch_add(count, Ordering::Relaxed);
    }

    /// Notes a new connection; it is open until [`Self::closed`].
    pub fn opened(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.open.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that a connection has ended.
    pub fn closed(&self) {
        let _ = self
            .open
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |open| open.checked_sub(1));
    }

    /// Notes what waits at the far side.
    pub fn behind(&self, count: u64) {
        self.behind.store(count, Ordering::Relaxed);
    }

    /// Notes that it listens, is connected or looks.
    pub fn running(&self) {
        self.phase.store(Phase::Running as u8, Ordering::Relaxed);
    }

    /// Notes that it has stopped.
    pub fn stopped(&self) {
        self.phase.store(Phase::Stopped as u8, Ordering::Relaxed);
    }

    /// Notes what went wrong without stopping the source: one peer's broken connection, say.
    pub fn trouble(&self, what: impl Into<String>) {
        let mut trouble = self.trouble.lock().unwrap_or_else(PoisonError::into_inner);
        *trouble = Some((now(), what.into()));
    }

    /// Notes what stopped it.
    pub fn failing(&self, what: impl Into<String>) {
        self.phase.store(Phase::Failing as u8, Ordering::Relaxed);
        self.trouble(what);
    }

    /// How it is.
    pub fn read(&self) -> HealthNow {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let last = self.last.load(Ordering::Relaxed);
        HealthNow {
            phase: match self.phase.load(Ordering::Relaxed) {
                1 => Phase::Running,
                2 => Phase::Failing,
                3 => Phase::Stopped,
                _ => Phase::Starting,
            },
            bytes: of(&self.bytes),
            records: of(&self.records),
            refused: of(&self.refused),
            connections: of(&self.connections),
            open: of(&self.open),
            behind: of(&self.behind),
            last: (last != 0).then_some(Timestamp(last)),
            trouble: self
                .trouble
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        }
    }
}
