//! Which events were seen lately: a bounded memory of ids that drops duplicates as they come.
//!
//! Two generations of ids; when the younger one is full it becomes the older one and the oldest ids are forgotten. What
//! slips through (a duplicate that comes later than a whole generation, or after a restart) is removed when the lake merges
//! a day's segments, exactly, by id.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use tandem_domain::EventId;

/// Ids per generation: 16 bytes each and as much again for the table.
const GENERATION: usize = 1 << 20;

/// An id is already a hash; hashing it again would only cost time.
#[derive(Debug, Default, Clone, Copy)]
struct Already(u64);

impl Hasher for Already {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }
    fn write_u128(&mut self, value: u128) {
        self.0 = value as u64 ^ (value >> 64) as u64;
    }
}

/// A bounded memory of event ids.
#[derive(Debug)]
pub struct Recent {
    young: HashSet<EventId, BuildHasherDefault<Already>>,
    old: HashSet<EventId, BuildHasherDefault<Already>>,
    generation: usize,
}

impl Default for Recent {
    fn default() -> Self {
        Self::with_generation(GENERATION)
    }
}

impl Recent {
    /// A memory of between one and two times `generation` ids.
    pub fn with_generation(generation: usize) -> Self {
        Self {
            young: HashSet::default(),
            old: HashSet::default(),
            generation: generation.max(1),
        }
    }

    /// Remembers an id; false if it was known.
    pub fn is_new(&mut self, id: EventId) -> bool {
        if self.old.contains(&id) || !self.young.insert(id) {
            return false;
        }
        if self.young.len() >= self.generation {
            std::mem::swap(&mut self.young, &mut self.old);
            self.young.clear();
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duplicate_within_a_generation_is_found_and_memory_stays_bounded() {
        let mut recent = Recent::with_generation(100);
        for id in 0..1_000_u128 {
            assert!(recent.is_new(EventId(id)));
            assert!(!recent.is_new(EventId(id)));
            assert!(id < 100 || !recent.is_new(EventId(id - 99)));
        }
        assert!(recent.young.len() + recent.old.len() <= 200);
    }
}
