//! Which business records each group has worked on lately: the case load of a circle of people.
//!
//! There are too many records to count uses of each, so a group keeps two lists of them: one being filled day by day and the
//! full one before it. A record that nobody has touched for a whole filling is forgotten. Records are kept one by one and not
//! in a Bloom filter: its false hits make new business look like others' work, and others' work like the own, and which ones
//! is a matter of names. For the same reason a list is closed at the end of a day and never amid the records of one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::heap;

/// Records of everybody's list when it is full, and what a last day adds to them.
const MOST_OF_ALL: usize = 1 << 16;
/// The same of one group's.
const MOST_OF_GROUP: usize = 1 << 12;

/// Half of a record's hash. Among 65,536 records one in 65,536 new ones is mistaken for a known one.
type Print = u32;

/// The records of one group. None is in both lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct CaseLoad {
    /// Of the day that is being learned, in any order. Empty between days.
    #[serde(skip)]
    today: Vec<Print>,
    /// In order.
    filling: Vec<Print>,
    /// In order.
    full: Vec<Print>,
}

/// Records by group; everybody is the empty name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Records {
    groups: BTreeMap<String, CaseLoad>,
}

const fn print(record: u64) -> Print {
    (record >> 32) as Print
}

impl CaseLoad {
    fn has(&self, record: Print) -> bool {
        [&self.filling, &self.full]
            .iter()
            .any(|list| list.binary_search(&record).is_ok())
    }

    /// Ends the day.
    fn end(&mut self, most: usize) {
        if self.today.is_empty() {
            return;
        }
        let mut today = std::mem::take(&mut self.today);
        today.sort_unstable();
        today.dedup();
        self.full.retain(|record| today.binary_search(record).is_err());
        self.filling.retain(|record| today.binary_search(record).is_err());
        self.filling.append(&mut today);
        // Two runs in order: the stable sort merges them.
        self.filling.sort();
        if self.filling.len() >= most {
            self.full = std::mem::take(&mut self.filling);
        }
        self.filling.shrink_to_fit();
        self.full.shrink_to_fit();
    }
}

impl Records {
    /// Whether somebody of the group worked on the record lately, as far as whole days are known.
    pub(crate) fn has(&self, group: &str, record: u64) -> bool {
        let found = self.groups.get(group);
        found.is_some_and(|load| load.has(print(record)))
    }

    /// Somebody of the group worked on these records today.
    pub(crate) fn add(&mut self, group: &str, records: impl ExactSizeIterator<Item = u64>) {
        if records.len() == 0 {
            return;
        }
        let load = match self.groups.get_mut(group) {
            Some(load) => load,
            None => self.groups.entry(group.to_owned()).or_default(),
        };
        load.today.extend(records.map(print));
    }

    /// Ends the day: what was added is known from now on.
    pub(crate) fn end_day(&mut self) {
        for (group, load) in &mut self.groups {
            load.end(if group.is_empty() {
                MOST_OF_ALL
            } else {
                MOST_OF_GROUP
            });
        }
    }

    /// Forgets the groups of which `keeps` says no.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.groups.retain(|name, _| keeps(name));
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let of = |(name, load): (&String, &CaseLoad)| {
            let lists = [&load.today, &load.filling, &load.full];
            heap::place::<String, CaseLoad>()
                + heap::block(name.capacity())
                + lists
                    .map(|list| heap::list::<Print>(list.capacity()))
                    .iter()
                    .sum::<usize>()
        };
        self.groups.iter().map(of).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::object_hash;

    fn record(n: u32) -> u64 {
        object_hash(1, &n.to_string())
    }

    fn day(records: &mut Records, group: &str, numbers: std::ops::Range<u32>) {
        let hashes: Vec<u64> = numbers.map(record).collect();
        records.add(group, hashes.into_iter());
        records.end_day();
    }

    fn known(records: &Records, numbers: std::ops::Range<u32>) -> usize {
        numbers.filter(|n| records.has("sales", record(*n))).count()
    }

    #[test]
    fn a_group_knows_its_own_records_and_no_other() {
        let mut records = Records::default();
        day(&mut records, "sales", 0..4_000);
        assert_eq!(known(&records, 0..4_000), 4_000);
        assert_eq!(known(&records, 10_000..20_000), 0);
        assert!(!records.has("law", record(1)));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_days_are_forgotten() {
        let mut records = Records::default();
        for first in (0..200_000).step_by(100) {
            day(&mut records, "sales", first..first + 100);
            // One of them stays in work.
            day(&mut records, "sales", 7..8);
        }
        let most = 2 * heap::list::<Print>(MOST_OF_GROUP + 101);
        assert!(records.bytes() <= most + 512, "{}", records.bytes());
        assert_eq!(known(&records, 195_900..200_000), 4_100, "a filling at least");
        assert_eq!(known(&records, 0..190_000), 1, "the one in work");
    }

    #[test]
    fn a_day_is_known_as_a_whole_however_much_was_done() {
        let mut records = Records::default();
        day(&mut records, "sales", 0..10_000);
        assert_eq!(known(&records, 0..10_000), 10_000);
        day(&mut records, "sales", 5_000..15_000);
        assert_eq!(known(&records, 0..5_000), 0);
        assert_eq!(known(&records, 5_000..15_000), 10_000);
    }
}
