//! Which objects a subject has used.
//!
//! Objects last used on the same active day are a *cohort*. What is forgotten is always a whole cohort, the one unused for
//! longest: which of a day's objects are remembered must not depend on their names. For the same reason objects are
//! remembered one by one and not in a Bloom filter, whose false hits are a matter of names: with as few of them it would
//! need as many bits, and could not forget by age.

use serde::{Deserialize, Serialize};

use crate::ObjectKind;

/// Most objects remembered of one kind.
const MOST_OF_KIND: usize = 128;
/// The same of business records: they are no news by themselves, and each group remembers its own.
const MOST_RECORDS: usize = 64;
/// The same of all kinds together. Beyond it the kind with the most gives its oldest cohort away, so that a flood of one kind
/// (records, web sites) takes the memory of that kind and lets the computers and shares be remembered.
const MOST: usize = 256;
/// Bytes of an object's print.
const PRINT: usize = 4;
/// Where business records stand among the kinds.
const RECORDS: u8 = u8::MAX;

/// The upper half of an object's hash. Among 128 of them a new object is mistaken for a known one once in 33 million times.
type Print = [u8; PRINT];

/// The objects a subject has used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// By kind.
    kinds: Vec<Kind>,
}

/// The objects of one kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Kind {
    kind: u8,
    /// How many are in each cohort, the one unused for longest first. None is empty.
    #[serde(with = "serde_bytes")]
    cohorts: Vec<u8>,
    /// Prints, cohort after cohort, in order within each.
    #[serde(with = "serde_bytes")]
    prints: Vec<u8>,
}

/// Room to work in, kept from one kind to the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    today: Vec<Print>,
    known: Vec<Print>,
}

/// The objects of one kind that a subject has used.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenKind<'a>(Option<&'a Kind>);

fn print(hash: u64) -> Print {
    let [a, b, c, d, ..] = hash.to_be_bytes();
    [a, b, c, d]
}

impl SeenKind<'_> {
    /// Those of `hashes` that are new to the subject.
    pub(crate) fn new_among(self, hashes: impl Iterator<Item = u64>) -> Vec<u64> {
        hashes
            .filter(|hash| !self.0.is_some_and(|kind| kind.has(print(*hash))))
            .collect()
    }
}

impl Kind {
    fn prints(&self) -> &[Print] {
        self.prints.as_chunks().0
    }

    fn has(&self, print: Print) -> bool {
        self.prints().contains(&print)
    }

    /// Remembers the objects of a day, which are in order and different.
    ///
    /// A day with more new ones than there is room for is remembered by what was known before: none of the new ones has a
    /// better claim than the others.
    fn remember(&mut self, today: &[Print], most: usize, known: &mut Vec<Print>) {
        known.clear();
        known.extend(today.iter().filter(|print| self.has(**print)));
        let used: &[Print] = if today.len() <= most { today } else { known };
        let (mut cohorts, mut prints) = (Vec::new(), Vec::new());
        let mut rest = self.prints();
        for count in &self.cohorts {
            let (cohort, others) = rest.split_at(usize::from(*count).min(rest.len()));
            rest = others;
            let before = prints.len();
            let unused = cohort.iter().filter(|print| used.binary_search(print).is_err());
            prints.extend(unused.flatten());
            let left = (prints.len() - before) / PRINT;
            if left > 0 {
                cohorts.push(left as u8);
            }
        }
        if !used.is_empty() {
            cohorts.push(used.len() as u8);
            prints.extend(used.iter().flatten());
        }
        (self.cohorts, self.prints) = (cohorts, prints);
        while self.prints().len() > most {
            self.forget();
        }
    }

    /// Forgets the cohort unused for longest.
    fn forget(&mut self) {
        if !self.cohorts.is_empty() {
            let count = usize::from(self.cohorts.remove(0));
            self.prints.drain(..(PRINT * count).min(self.prints.len()));
        }
    }
}

impl Seen {
    /// Objects of a kind, if any were used before.
    pub(crate) fn of(&self, kind: ObjectKind) -> Option<SeenKind<'_>> {
        self.kind(kind.index() as u8).map(|kind| SeenKind(Some(kind)))
    }

    /// Business records worked on.
    pub(crate) fn records(&self) -> SeenKind<'_> {
        SeenKind(self.kind(RECORDS))
    }

    fn kind(&self, kind: u8) -> Option<&Kind> {
        let at = self.kinds.binary_search_by_key(&kind, |known| known.kind).ok()?;
        self.kinds.get(at)
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
        let Scratch { today, known } = scratch;
        today.clear();
        today.extend(hashes.map(print));
        today.sort_unstable();
        today.dedup();
        let at = self.kinds.partition_point(|known| known.kind < kind);
        if self.kinds.get(at).is_none_or(|known| known.kind != kind) {
            let empty = Kind {
                kind,
                ..Kind::default()
            };
            self.kinds.insert(at, empty);
        }
        if let Some(kind) = self.kinds.get_mut(at) {
            kind.remember(today, most, known);
        }
        while self.len() > MOST {
            // Of kinds with as many the last one.
            match self.kinds.iter_mut().max_by_key(|kind| kind.prints.len()) {
                Some(largest) => largest.forget(),
                None => break,
            }
        }
    }

    /// Objects remembered.
    fn len(&self) -> usize {
        self.kinds.iter().map(|kind| kind.prints().len()).sum()
    }

    /// Packed bytes.
    pub(super) fn bytes(&self) -> usize {
        super::packed_size(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    fn remember(seen: &mut Seen, kind: ObjectKind, hashes: impl Iterator<Item = u64>) {
        seen.remember(kind, hashes, &mut Scratch::default());
    }

    #[test]
    fn the_latest_are_known_and_whole_days_are_forgotten() {
        let mut seen = Seen::default();
        for day in 0..60 {
            remember(&mut seen, ObjectKind::Domain, hashes("d", 5 * day..5 * day + 5));
        }
        // 25 whole days are 125 of at most 128.
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", 175..300)), 0);
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", 0..175)), 175);
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("other", 0..5_000)), 5_000);
        assert_eq!(new(&seen, ObjectKind::Host, hashes("d", 236..300)), 64, "another kind");
    }

    #[test]
    fn what_is_used_again_is_young_again() {
        let mut seen = Seen::default();
        remember(&mut seen, ObjectKind::Host, hashes("own", 0..1));
        for day in 0..400 {
            remember(&mut seen, ObjectKind::Host, hashes("h", day..day + 1));
            if day % 50 == 0 {
                remember(&mut seen, ObjectKind::Host, hashes("own", 0..1));
            }
        }
        assert_eq!(new(&seen, ObjectKind::Host, hashes("own", 0..1)), 0);
    }

    #[test]
    fn a_day_with_more_than_there_is_room_for_is_remembered_by_what_was_known() {
        let mut seen = Seen::default();
        remember(&mut seen, ObjectKind::Domain, hashes("d", 0..10));
        remember(&mut seen, ObjectKind::Domain, hashes("e", 0..100));
        remember(&mut seen, ObjectKind::Domain, hashes("d", 0..1_000));
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", 0..10)), 0);
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", 10..1_000)), 990);
        remember(&mut seen, ObjectKind::Domain, hashes("f", 0..100));
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", 0..10)), 0, "it is young");
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("e", 0..100)), 100);
    }

    #[test]
    fn memory_is_bounded_and_a_flood_of_one_kind_leaves_the_others() {
        let mut seen = Seen::default();
        remember(&mut seen, ObjectKind::Host, hashes("h", 0..10));
        for day in 0..200 {
            for kind in ObjectKind::ALL.iter().filter(|kind| **kind != ObjectKind::Host) {
                let day = 100 * day..100 * day + 12;
                remember(&mut seen, *kind, hashes(kind.as_str(), day));
            }
            let records = hashes("r", 256 * day..256 * day + 256);
            seen.remember_records(records, &mut Scratch::default());
        }
        assert!(seen.len() <= MOST && seen.len() > MOST / 2, "{}", seen.len());
        assert!(seen.bytes() < PRINT * MOST + 200, "{}", seen.bytes());
        assert_eq!(new(&seen, ObjectKind::Host, hashes("h", 0..10)), 0);
    }

    proptest! {
        #[test]
        fn other_names_change_no_answer(
            days in prop::collection::vec((0..3_usize, 0..200_u32, 0..180_u32), 1..60),
        ) {
            let kinds = [ObjectKind::Host, ObjectKind::Domain, ObjectKind::Share];
            let mut seen = [Seen::default(), Seen::default()];
            for (kind, first, count) in days {
                let kind = *kinds.get(kind).unwrap();
                let mut answers = Vec::new();
                for (seen, name) in seen.iter_mut().zip(["a", "b"]) {
                    let objects = || (first..first + count).map(|n| object_hash(7, &format!("{name}{n}")));
                    let known: Vec<bool> = objects()
                        .map(|hash| new(seen, kind, std::iter::once(hash)) == 0)
                        .collect();
                    remember(seen, kind, objects());
                    answers.push(known);
                }
                prop_assert_eq!(answers.first(), answers.last());
            }
        }
    }
}
