//! Which events the lake has already: a bounded memory of ids, by source and day, that drops duplicates as they come.
//!
//! What is dropped here is counted once everywhere: in the lake, in the days of accounts, in matches and rates. So a day
//! that was read before this process or stage came is looked up in the lake first. What slips through (a day too large to
//! look up, or one whose ids were forgotten for lack of room) is removed from the lake when a day's segments are merged.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use tandem_domain::{Day, EventBatch, EventId};

/// Ids kept from one commit to the next, at 16 bytes each and up to as much again for the tables.
const MOST: usize = 1 << 18;
/// Largest day of a source that is looked up in the lake.
pub const MOST_LOOKED_UP: u64 = (MOST / 4) as u64;

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

type Ids = HashSet<EventId, BuildHasherDefault<Already>>;

/// One day of one source.
#[derive(Debug, Default)]
struct KnownDay {
    young: Ids,
    /// Those from before the last time room was made.
    old: Ids,
    /// Events that the store has of it, as far as known here; none when ids were forgotten.
    stored: Option<u64>,
    /// When it was last compared with the store.
    checked: u64,
    /// Between which commits it was last used.
    used: u64,
}

/// A bounded memory of event ids.
#[derive(Debug)]
pub struct Known {
    sources: HashMap<String, BTreeMap<Day, KnownDay>>,
    round: u64,
    commits: u64,
    most: usize,
}

impl Default for Known {
    fn default() -> Self {
        Self::of_at_most(MOST)
    }
}

impl Known {
    /// A memory that keeps `most` ids from one commit to the next.
    pub fn of_at_most(most: usize) -> Self {
        Self {
            sources: HashMap::new(),
            round: 1,
            commits: 0,
            most,
        }
    }

    /// From now on each day is compared with the store once more: another process may have added to it.
    pub fn again(&mut self) {
        self.round += 1;
    }

    /// The days of a batch that were not yet compared with the store in this round.
    pub fn unchecked(&self, batch: &EventBatch) -> Vec<Day> {
        let days = self.sources.get(batch.source());
        let mut found: Vec<Day> = Vec::new();
        let mut last = None;
        for event in batch.iter() {
            let day = event.head().time.day();
            if last == Some(day) {
                continue;
            }
            last = Some(day);
            let checked = days
                .and_then(|days| days.get(&day))
                .is_some_and(|known| known.checked == self.round);
            if !checked && !found.contains(&day) {
                found.push(day);
            }
        }
        found
    }

    /// True if all `stored` events of the day are known here; the day then counts as compared.
    pub fn agrees(&mut self, source: &str, day: Day, stored: u64) -> bool {
        let round = self.round;
        let known = self
            .sources
            .get_mut(source)
            .and_then(|days| days.get_mut(&day))
            .filter(|known| known.stored == Some(stored));
        if let Some(known) = known {
            known.checked = round;
            return true;
        }
        false
    }

    /// Takes over which ids the lake has of a day.
    pub fn learn(&mut self, source: &str, day: Day, stored: u64, ids: impl IntoIterator<Item = EventId>) {
        let (round, commits) = (self.round, self.commits);
        let days = match self.sources.get_mut(source) {
            Some(days) => days,
            None => self.sources.entry(source.to_owned()).or_default(),
        };
        let known = days.entry(day).or_default();
        known.young.extend(ids);
        known.stored = Some(stored);
        (known.checked, known.used) = (round, commits);
    }

    /// Drops the events of a batch that are known, remembers the others; gives how many were dropped.
    pub fn sift(&mut self, batch: &mut EventBatch) -> u64 {
        let before = batch.len();
        let commits = self.commits;
        let days = match self.sources.get_mut(batch.source()) {
            Some(days) => days,
            None => self.sources.entry(batch.source().to_owned()).or_default(),
        };
        batch.retain(|head| {
            let known = days.entry(head.time.day()).or_default();
            known.used = commits;
            !known.old.contains(&head.id) && known.young.insert(head.id)
        });
        (before - batch.len()) as u64
    }

    /// The store has so many events more of these days. Makes room.
    pub fn committed<'a>(&mut self, days: impl IntoIterator<Item = (&'a str, Day, u64)>) {
        for (source, day, events) in days {
            if let Some(stored) = self
                .sources
                .get_mut(source)
                .and_then(|days| days.get_mut(&day))
                .and_then(|known| known.stored.as_mut())
            {
                *stored += events;
            }
        }
        self.make_room();
        self.commits += 1;
    }

    fn make_room(&mut self) {
        let mut held = self.len();
        let mut idle: Vec<(u64, usize, &mut KnownDay)> = self
            .sources
            .values_mut()
            .flat_map(BTreeMap::values_mut)
            .map(|known| (known.used, known.young.len() + known.old.len(), known))
            .filter(|(_, ids, _)| *ids > 0)
            .collect();
        idle.sort_unstable_by_key(|(used, ids, _)| (*used, *ids));
        for (used, ids, known) in idle {
            if held <= self.most {
                return;
            }
            known.stored = None;
            if used < self.commits {
                (known.young, known.old) = (Ids::default(), Ids::default());
                held -= ids;
            } else {
                // In use: its younger ids stay.
                held -= known.old.len();
                known.old = std::mem::take(&mut known.young);
            }
        }
    }

    /// How many ids are held.
    fn len(&self) -> usize {
        self.sources
            .values()
            .flat_map(BTreeMap::values)
            .map(|known| known.young.len() + known.old.len())
            .sum()
    }
}

#[cfg(test)]
mod tests {
    use tandem_domain::Timestamp;
    use tandem_domain::event::EventHead;

    use super::*;

    fn batch(events: impl IntoIterator<Item = (i64, u128)>) -> EventBatch {
        let mut batch = EventBatch::new("shop");
        for (day, id) in events {
            let head = EventHead {
                id: EventId(id),
                time: Timestamp(day * 86_400_000_000 + 5),
                ..EventHead::default()
            };
            batch.start().unwrap().finish(head);
        }
        batch
    }

    #[test]
    fn what_was_read_is_known_and_what_the_store_has_is_asked_for_once() {
        let mut known = Known::default();
        let mut first = batch([(1, 1), (2, 2), (1, 1), (1, 3)]);
        assert_eq!(known.unchecked(&first), [Day(1), Day(2)]);
        assert!(!known.agrees("shop", Day(1), 4));
        known.learn("shop", Day(1), 4, [EventId(3)]);
        known.learn("shop", Day(2), 0, []);
        assert_eq!(known.unchecked(&first), []);
        assert_eq!(known.sift(&mut first), 2, "one repeated, one stored before");
        known.committed([("shop", Day(1), 1), ("shop", Day(2), 1)]);
        known.again();
        assert_eq!(known.unchecked(&first), [Day(1), Day(2)]);
        assert!(known.agrees("shop", Day(1), 5), "nobody else added anything");
        assert!(!known.agrees("shop", Day(2), 7), "somebody else did");
        assert_eq!(known.unchecked(&first), [Day(2)]);
    }

    #[test]
    fn memory_stays_bounded_and_what_was_forgotten_is_looked_up_again() {
        let mut known = Known::of_at_most(100);
        for n in 0..50_i64 {
            let ids = (0..40_u128).map(|id| (n, n as u128 * 1_000 + id));
            known.learn("shop", Day(n as i32), 0, []);
            assert_eq!(known.sift(&mut batch(ids.clone())), 0);
            known.committed([("shop", Day(n as i32), 40)]);
            assert!(known.len() <= 100, "{}", known.len());
            assert_eq!(known.sift(&mut batch(ids)), 40);
        }
        known.again();
        assert!(known.agrees("shop", Day(49), 40));
        assert!(!known.agrees("shop", Day(0), 40));
    }

    #[test]
    fn a_day_larger_than_the_memory_keeps_its_youngest_ids() {
        let mut known = Known::of_at_most(100);
        for n in 0..50_u128 {
            let ids = move || (0..80_u128).map(move |id| (1, n * 1_000 + id));
            assert_eq!(known.sift(&mut batch(ids())), 0);
            known.committed([("shop", Day(1), 80)]);
            assert!(known.len() <= 200, "{}", known.len());
            assert_eq!(known.sift(&mut batch(ids())), 80);
        }
    }
}
