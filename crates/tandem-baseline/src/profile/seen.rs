//! Which objects a subject has used: the latest of each kind one by one, older ones of all kinds in Bloom filters.
//!
//! Both are shared out between kinds, so that a flood of one kind (records, web sites) takes the memory of that kind and lets
//! the computers and shares be remembered.

use datasketches::bloom::{BloomFilter, BloomFilterBuilder};
use serde::{Deserialize, Serialize};

use crate::ObjectKind;

/// Most objects of one kind remembered one by one.
const MOST_OF_KIND: usize = 64;
/// The same of business records: they are no news by themselves, and each group remembers its own.
const MOST_RECORDS: usize = 32;
/// The same of all kinds together. Beyond it the kind with the most gives its oldest away.
const MOST: usize = 256;
/// Bytes of an object's print.
const PRINT: usize = 3;
/// Where business records stand among the kinds.
const RECORDS: u8 = u8::MAX;
/// Bits of a filter. Half full, where the next one begins, it has taken 51 objects.
const FILTER_BITS: u64 = 512;
/// Probes per object: of a filter half full, 0.8 % false hits.
const FILTER_HASHES: u16 = 7;
/// Share of bits set at which a filter is full.
const FILTER_FULL: f64 = 0.5;
const FILTER_SEED: u64 = 20_100_102;
/// Bytes before the bits in a filter's portable form: 24 that all filters of a size share, and 8 for how many bits are set, where
/// all ones stand for "count them".
const FILTER_HEAD: (usize, usize) = (24, 32);

/// The upper 24 bits of an object's hash. Among 64 of them a new object is mistaken for a known one once in 260,000 times.
type Print = [u8; PRINT];

/// The objects a subject has used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Kinds with how many of their objects are in `recent`, by kind.
    kinds: Vec<(u8, u8)>,
    /// Prints, kind after kind, of each the one unused for longest first.
    #[serde(with = "serde_bytes")]
    recent: Vec<u8>,
    /// The bits of the filter that takes what is no longer recent; empty while there is nothing.
    #[serde(with = "serde_bytes")]
    filling: Vec<u8>,
    /// Those of the full one before it.
    #[serde(with = "serde_bytes")]
    full: Vec<u8>,
}

/// Room to work in, kept from one kind to the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    today: Vec<Print>,
    prints: Vec<Print>,
}

/// The objects of one kind.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenKind<'a> {
    seen: &'a Seen,
    kind: u8,
}

fn print(hash: u64) -> Print {
    let [a, b, c, ..] = hash.to_be_bytes();
    [a, b, c]
}

/// What the filters know an object by.
fn item(kind: u8, print: Print) -> u32 {
    let [a, b, c] = print;
    u32::from_le_bytes([a, b, c, kind])
}

/// A filter with nothing in it.
fn fresh() -> Option<BloomFilter> {
    let builder = BloomFilterBuilder::with_size(FILTER_BITS, FILTER_HASHES);
    builder.seed(FILTER_SEED).build().ok()
}

/// The filter with these bits.
fn filter(bits: &[u8]) -> Option<BloomFilter> {
    if bits.is_empty() {
        return None;
    }
    let mut any = fresh()?;
    // The form of a filter without anything has no bits.
    any.insert(0_u32);
    let mut bytes = any.serialize();
    bytes.get_mut(FILTER_HEAD.0..FILTER_HEAD.1)?.fill(u8::MAX);
    let body = bytes.get_mut(FILTER_HEAD.1..)?;
    if body.len() != bits.len() {
        return None;
    }
    body.copy_from_slice(bits);
    BloomFilter::deserialize(&bytes).ok()
}

/// A filter's bits.
fn bits(filter: &BloomFilter) -> Vec<u8> {
    filter.serialize().split_off(FILTER_HEAD.1)
}

impl SeenKind<'_> {
    /// Those of `hashes` that are new to the subject.
    pub(crate) fn new_among(self, hashes: impl Iterator<Item = u64>) -> Vec<u64> {
        let recent = self.seen.recent_of(self.kind);
        let known = |hash: &u64| recent.as_chunks::<PRINT>().0.contains(&print(*hash));
        let mut new: Vec<u64> = hashes.filter(|hash| !known(hash)).collect();
        if !new.is_empty() {
            for filter in [&self.seen.filling, &self.seen.full]
                .into_iter()
                .filter_map(|f| filter(f))
            {
                new.retain(|hash| !filter.contains(&item(self.kind, print(*hash))));
            }
        }
        new
    }
}

impl Seen {
    /// Objects of a kind, if any were used before.
    pub(crate) fn of(&self, kind: ObjectKind) -> Option<SeenKind<'_>> {
        let kind = kind.index() as u8;
        let known = self
            .kinds
            .binary_search_by_key(&kind, |(known, _)| *known)
            .is_ok();
        known.then_some(SeenKind { seen: self, kind })
    }

    /// Business records worked on.
    pub(crate) fn records(&self) -> SeenKind<'_> {
        SeenKind {
            seen: self,
            kind: RECORDS,
        }
    }

    /// Remembers a day's objects of a kind.
    pub(crate) fn remember(
        &mut self,
        kind: ObjectKind,
        hashes: impl Iterator<Item = u64>,
        scratch: &mut Scratch,
    ) {
        self.remember_as(kind.index() as u8, MOST_OF_KIND, hashes, scratch);
    }

    /// Remembers a day's business records.
    pub(crate) fn remember_records(
        &mut self,
        hashes: impl ExactSizeIterator<Item = u64>,
        scratch: &mut Scratch,
    ) {
        if hashes.len() > 0 {
            self.remember_as(RECORDS, MOST_RECORDS, hashes, scratch);
        }
    }

    fn remember_as(
        &mut self,
        kind: u8,
        most: usize,
        hashes: impl Iterator<Item = u64>,
        scratch: &mut Scratch,
    ) {
        let Scratch { today, prints } = scratch;
        today.clear();
        today.extend(hashes.map(print));
        today.sort_unstable();
        today.dedup();
        prints.clear();
        let (at, start) = self.place(kind);
        let before = self.recent_of(kind);
        let end = start + before.len();
        let before = before.as_chunks::<PRINT>().0.iter();
        prints.extend(before.filter(|print| today.binary_search(print).is_err()));
        prints.append(today);
        let over = prints.drain(..prints.len().saturating_sub(most));
        let mut over: Vec<u32> = over.map(|print| item(kind, print)).collect();
        if let Some((_, count)) = self.kinds.get_mut(at) {
            *count = prints.len() as u8;
        }
        let prints = prints.as_flattened().iter().copied();
        self.recent.splice(start..end, prints);
        self.share_out(&mut over);
        self.grow_old(&over);
    }

    /// Packed bytes of what is recent, and of what is older.
    pub(super) fn bytes(&self) -> (usize, usize) {
        let bytes = |list: &[u8]| super::packed_size(&serde_bytes::Bytes::new(list));
        let recent = super::packed_size(&self.kinds) + bytes(&self.recent);
        (recent, bytes(&self.filling) + bytes(&self.full))
    }

    /// Position of a kind in `kinds`, made if absent, and where its prints begin.
    fn place(&mut self, kind: u8) -> (usize, usize) {
        let at = self.kinds.partition_point(|(known, _)| *known < kind);
        if self.kinds.get(at).is_none_or(|(known, _)| *known != kind) {
            self.kinds.insert(at, (kind, 0));
        }
        let before: usize = self
            .kinds
            .iter()
            .take(at)
            .map(|(_, count)| usize::from(*count))
            .sum();
        (at, PRINT * before)
    }

    /// The prints of a kind.
    fn recent_of(&self, kind: u8) -> &[u8] {
        let mut start = 0;
        for (known, count) in &self.kinds {
            let bytes = PRINT * usize::from(*count);
            if *known == kind {
                return self.recent.get(start..start + bytes).unwrap_or_default();
            }
            start += bytes;
        }
        &[]
    }

    /// While there are too many, the kind with the most gives its oldest to those that are `over`.
    fn share_out(&mut self, over: &mut Vec<u32>) {
        while self.recent.len() > PRINT * MOST {
            let Some(most) = self.kinds.iter().copied().max_by_key(|(_, count)| *count) else {
                return;
            };
            let (at, start) = self.place(most.0);
            let oldest: Vec<u8> = self.recent.drain(start..start + PRINT).collect();
            if let Some((_, count)) = self.kinds.get_mut(at) {
                *count -= 1;
            }
            if let [a, b, c] = oldest[..] {
                over.push(item(most.0, [a, b, c]));
            }
        }
    }

    /// Objects that are no longer recent go to the filter; a full one makes way for a new one, and what was in the one before it is
    /// forgotten.
    fn grow_old(&mut self, items: &[u32]) {
        if items.is_empty() {
            return;
        }
        let Some(mut filling) = filter(&self.filling).or_else(fresh) else {
            return;
        };
        for item in items {
            if filling.load_factor() >= FILTER_FULL
                && let Some(next) = fresh()
            {
                self.full = bits(&filling);
                filling = next;
            }
            filling.insert(*item);
        }
        self.filling = bits(&filling);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::object_hash;

    fn hashes(kind: &str, numbers: std::ops::Range<u32>) -> impl ExactSizeIterator<Item = u64> {
        let hashes: Vec<u64> = numbers.map(|n| object_hash(1, &format!("{kind}{n}"))).collect();
        hashes.into_iter()
    }

    fn new(seen: &Seen, kind: ObjectKind, hashes: impl Iterator<Item = u64>) -> usize {
        let hashes: Vec<u64> = hashes.collect();
        match seen.of(kind) {
            Some(of) => of.new_among(hashes.into_iter()).len(),
            None => hashes.len(),
        }
    }

    #[test]
    fn the_latest_are_known_exactly_and_older_ones_mostly() {
        let mut seen = Seen::default();
        for day in 0..60 {
            seen.remember(
                ObjectKind::Domain,
                hashes("d", 5 * day..5 * day + 5),
                &mut Scratch::default(),
            );
        }
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", 236..300)), 0);
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("d", 190..236)),
            0,
            "in a filter"
        );
        let wrong = 5_000 - new(&seen, ObjectKind::Domain, hashes("other", 0..5_000));
        assert!(wrong < 150, "{wrong} of 5,000 are mistaken for known ones");
        assert_eq!(
            new(&seen, ObjectKind::Host, hashes("d", 236..300)),
            64,
            "another kind"
        );
    }

    #[test]
    fn what_is_used_again_is_young_again() {
        let mut seen = Seen::default();
        seen.remember(ObjectKind::Host, hashes("own", 0..1), &mut Scratch::default());
        for day in 0..400 {
            seen.remember(
                ObjectKind::Host,
                hashes("h", day..day + 1),
                &mut Scratch::default(),
            );
            if day % 50 == 0 {
                seen.remember(ObjectKind::Host, hashes("own", 0..1), &mut Scratch::default());
            }
        }
        let own = hashes("own", 0..1).next().map(print).unwrap();
        assert!(
            seen.recent_of(ObjectKind::Host as u8)
                .as_chunks()
                .0
                .contains(&own)
        );
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_one_kind_leaves_the_others() {
        let mut seen = Seen::default();
        seen.remember(ObjectKind::Host, hashes("h", 0..10), &mut Scratch::default());
        for day in 0..200 {
            for kind in ObjectKind::ALL.iter().filter(|kind| **kind != ObjectKind::Host) {
                seen.remember(
                    *kind,
                    hashes(kind.as_str(), 100 * day..100 * day + 100),
                    &mut Scratch::default(),
                );
            }
            seen.remember_records(hashes("r", 256 * day..256 * day + 256), &mut Scratch::default());
        }
        assert_eq!(seen.recent.len(), PRINT * MOST);
        let filters = [seen.filling.len(), seen.full.len()];
        assert!(filters.iter().all(|bytes| *bytes <= 64), "{filters:?}");
        assert_eq!(new(&seen, ObjectKind::Host, hashes("h", 0..10)), 0);
        let counts: Vec<u8> = seen.kinds.iter().map(|(_, count)| *count).collect();
        assert!(counts.iter().all(|count| (10..=25).contains(count)), "{counts:?}");
    }
}
