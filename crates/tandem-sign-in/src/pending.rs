//! Ceremonies that have begun: each may be finished once, and only for a while.

use std::num::NonZeroUsize;

use lru::LruCache;
use tandem_domain::Timestamp;

use crate::encoding::sha256;

/// How many begun ceremonies are kept by default; the longest unfinished one gives way to a new one.
pub const DEFAULT_CAPACITY: NonZeroUsize = match NonZeroUsize::new(10_000) {
    Some(n) => n,
    None => NonZeroUsize::MIN,
};

/// State of begun ceremonies in memory, bounded. Lost at a restart: whoever was in the middle begins again.
///
/// Several servers behind one address keep the state in the database instead; the same rules hold there: delete the row in the
/// statement that reads it, and look at when it began.
#[derive(Debug)]
pub struct Pending<T> {
    states: LruCache<[u8; 32], (Timestamp, T)>,
    life: i64,
}

impl<T> Pending<T> {
    /// Keeps at most `capacity` states, each for `life` microseconds.
    pub fn new(capacity: NonZeroUsize, life: i64) -> Self {
        Self {
            states: LruCache::new(capacity),
            life,
        }
    }

    /// Keeps a state under a handle: 128 random bits or more, which only the browser that began knows. Only its hash is kept.
    pub fn put(&mut self, handle: &str, state: T, now: Timestamp) {
        self.states.put(key(handle), (now, state));
    }

    /// Takes a state out: the second to ask gets nothing, nor does whoever comes too late.
    pub fn take(&mut self, handle: &str, now: Timestamp) -> Option<T> {
        let (began, state) = self.states.pop(&key(handle))?;
        let age = now.0.saturating_sub(began.0);
        (0..self.life).contains(&age).then_some(state)
    }

    /// How many are kept.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// Nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.states.is_empty()
    }
}

fn key(handle: &str) -> [u8; 32] {
    let mut key = [0; 32];
    key.copy_from_slice(sha256(handle.as_bytes()).as_ref());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ceremony_is_finished_once_in_time_and_never_grows_the_table() {
        let mut pending = Pending::new(NonZeroUsize::new(2).unwrap(), 100);
        let at = Timestamp;
        pending.put("a", 1, at(0));
        assert_eq!(pending.take("b", at(1)), None);
        assert_eq!(pending.take("a", at(99)), Some(1));
        assert_eq!(pending.take("a", at(99)), None);
        pending.put("late", 2, at(0));
        assert_eq!(pending.take("late", at(100)), None);
        pending.put("clock went back", 2, at(50));
        assert_eq!(pending.take("clock went back", at(49)), None);
        for name in ["x", "y", "z"] {
            pending.put(name, 3, at(0));
        }
        assert_eq!(pending.len(), 2);
        assert_eq!(pending.take("x", at(1)), None);
        assert!(!pending.is_empty());
    }
}
