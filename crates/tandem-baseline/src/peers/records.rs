//! Which business records each group has worked on lately: the case load of a circle of people.
//!
//! There are too many records to count uses of each, so a group keeps Bloom filters (Bloom 1970, CACM 13(7)): one being filled
//! and full ones before it, each twice as large as the one before up to a limit, because most groups are small. A record that
//! nobody has touched for two fillings of the largest is forgotten.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::heap;

/// Bits of everybody's first and largest filters: of the latter some 52,000 records a filling.
const EVERYBODY_BITS: (usize, usize) = (1 << 18, 1 << 19);
/// Bits of one group's first and largest: some 1,600 and 6,500 records a filling.
const GROUP_BITS: (usize, usize) = (1 << 14, 1 << 16);
/// Probes per record, 16 bits of the hash each, spread by a second 16 (Kirsch and Mitzenmacher 2006: two hashes suffice). A
/// filter is full when half of its bits are set, and then one record in 128 is mistaken for one of its own.
const PROBES: u64 = 7;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Filter {
    filling: Vec<u64>,
    /// The oldest first, together no larger than the largest.
    full: Vec<Vec<u64>>,
    /// Bits set in the one being filled.
    set: u32,
}

/// Records by group; everybody is the empty name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Records {
    groups: BTreeMap<String, Filter>,
}

impl Filter {
    fn places(record: u64, bits: usize) -> impl Iterator<Item = (usize, u64)> {
        let (first, step) = (record, (record >> 32) | 1);
        (0..PROBES).map(move |probe| {
            let bit = first.wrapping_add(probe.wrapping_mul(step)) as usize & (bits - 1);
            (bit / 64, 1 << (bit % 64))
        })
    }

    fn knows(words: &[u64], record: u64) -> bool {
        !words.is_empty()
            && Self::places(record, words.len() * 64)
                .all(|(word, bit)| words.get(word).is_some_and(|found| found & bit != 0))
    }

    fn has(&self, record: u64) -> bool {
        let all = std::iter::once(&self.filling).chain(&self.full);
        all.into_iter().any(|filter| Self::knows(filter, record))
    }

    fn add(&mut self, record: u64, (first, most): (usize, usize)) {
        if self.filling.is_empty() {
            let next = 2 * 64 * self.full.last().map_or(0, Vec::len);
            self.filling = vec![0; next.clamp(first, most) / 64];
        }
        let bits = 64 * self.filling.len();
        for (word, bit) in Self::places(record, bits) {
            if let Some(found) = self.filling.get_mut(word) {
                self.set += u32::from(*found & bit == 0);
                *found |= bit;
            }
        }
        if self.set as usize > bits / 2 {
            self.full.push(std::mem::take(&mut self.filling));
            self.set = 0;
            while self.full.iter().map(Vec::len).sum::<usize>() * 64 > most {
                self.full.remove(0);
            }
            self.full.shrink_to_fit();
        }
    }
}

impl Records {
    /// Whether somebody of the group worked on the record lately; of some 1 in 128 that nobody did, this is said wrongly for each
    /// filter that is full.
    pub(crate) fn has(&self, group: &str, record: u64) -> bool {
        self.groups.get(group).is_some_and(|filter| filter.has(record))
    }

    /// Somebody of the group worked on these records.
    pub(crate) fn add(&mut self, group: &str, records: impl ExactSizeIterator<Item = u64>) {
        if records.len() == 0 {
            return;
        }
        let bits = if group.is_empty() {
            EVERYBODY_BITS
        } else {
            GROUP_BITS
        };
        let filter = match self.groups.get_mut(group) {
            Some(filter) => filter,
            None => self.groups.entry(group.to_owned()).or_default(),
        };
        records.for_each(|record| filter.add(record, bits));
    }

    /// Forgets the groups of which `keeps` says no.
    pub(crate) fn retain(&mut self, keeps: impl Fn(&str) -> bool) {
        self.groups.retain(|name, _| keeps(name));
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        let of = |(name, filter): (&String, &Filter)| {
            let full = filter.full.iter().map(|full| heap::list::<u64>(full.capacity()));
            heap::place::<String, Filter>()
                + heap::block(name.capacity())
                + heap::list::<u64>(filter.filling.capacity())
                + heap::list::<Vec<u64>>(filter.full.capacity())
                + full.sum::<usize>()
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

    #[test]
    fn a_group_knows_its_own_records_and_hardly_any_other() {
        let mut records = Records::default();
        records.add("sales", (0..4_000).map(record).collect::<Vec<_>>().into_iter());
        assert!((0..4_000).all(|n| records.has("sales", record(n))));
        let wrong = (10_000..20_000)
            .filter(|n| records.has("sales", record(*n)))
            .count();
        assert!(wrong < 400, "{wrong} of 10,000");
        assert!(!records.has("law", record(1)));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_are_forgotten() {
        let mut records = Records::default();
        for n in 0..200_000 {
            records.add("sales", std::iter::once(record(n)));
        }
        assert!(records.bytes() <= 2 * GROUP_BITS.1 / 8 + 256, "{}", records.bytes());
        assert!(records.has("sales", record(199_999)));
        let old = (0..10_000).filter(|n| records.has("sales", record(*n))).count();
        assert!(old < 2_000, "{old} of 10,000");
    }
}
