//! Which objects a subject has used.
//!
//! Objects last used on the same active day are a *cohort*. What is forgotten is always a whole cohort, the one unused for
//! longest: which of a day's objects are remembered must not depend on their names. For the same reason objects are
//! remembered one by one, by half of their hash, and not in a Bloom filter: its false hits are a matter of names. With as few
//! false hits a filter would need as many bits, and it could not forget by age.

use serde::{Deserialize, Serialize};

use super::slot;
use crate::ObjectKind;

/// Most objects remembered of one kind.
const MOST_OF_KIND: usize = 80;
/// The same of business records: they are no news by themselves, and each group remembers its own.
const MOST_RECORDS: usize = 40;
/// The same of all kinds together. Beyond it the kind with the most gives its oldest cohort away, so that a flood of one kind
/// (records, web sites) takes the memory of that kind and lets the computers and shares be remembered; but no kind gives away
/// the only one it has while others have more.
const MOST: usize = 128;
/// Bytes of an object's print.
const PRINT: usize = 4;
/// Where business records stand among the kinds.
const RECORDS: u8 = u8::MAX;

/// The upper 31 bits of an object's hash, and a last bit that is set on the first of a cohort. Among 80 of them a new object is
/// mistaken for a known one once in 27 million times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Print(u32);

impl Print {
    /// The bit that begins a cohort.
    const FIRST: u32 = 1;

    const fn of(hash: u64) -> Self {
        Self((hash >> 32) as u32 & !Self::FIRST)
    }

    /// A print as stored: whether it begins a cohort, and without that.
    const fn stored(bytes: [u8; PRINT]) -> (bool, Self) {
        let print = u32::from_be_bytes(bytes);
        (print & Self::FIRST != 0, Self(print & !Self::FIRST))
    }

    const fn bytes(self, first: bool) -> [u8; PRINT] {
        (self.0 | if first { Self::FIRST } else { 0 }).to_be_bytes()
    }
}

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
    /// Prints as stored, cohort after cohort, the one unused for longest first; in order within each.
    #[serde(with = "serde_bytes")]
    prints: Vec<u8>,
}

/// Room to work in, kept from one kind to the next.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// The day's objects with how often each was used.
    today: Vec<(Print, u32)>,
    /// Those of them to be remembered.
    used: Vec<Print>,
    /// How often each new one was used.
    counts: Vec<u32>,
}

/// The objects of one kind that a subject has used; none before the first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SeenKind<'a>(Option<&'a Kind>);

impl SeenKind<'_> {
    /// Those of `hashes` that are new to the subject.
    pub(crate) fn new_among(self, hashes: impl Iterator<Item = u64>) -> Vec<u64> {
        hashes
            .filter(|hash| !self.0.is_some_and(|kind| kind.has(Print::of(*hash))))
            .collect()
    }
}

impl Kind {
    /// Prints with whether they begin a cohort.
    fn prints(&self) -> impl Iterator<Item = (bool, Print)> {
        let (prints, _) = self.prints.as_chunks();
        prints.iter().map(|bytes| Print::stored(*bytes))
    }

    fn len(&self) -> usize {
        self.prints.len() / PRINT
    }

    fn has(&self, print: Print) -> bool {
        self.prints().any(|(_, known)| known == print)
    }

    /// Which objects of a day are to be remembered, in order: all that are known, and those new ones for which there is room.
    ///
    /// New ones get the room that is left or half of all room, and never that of known ones used today: a day of very many must
    /// not make all earlier days forgotten. Where there are more, those used most often are taken, and of those used equally
    /// often all or none: the others have no better claim than each other.
    fn choose(&self, most: usize, scratch: &mut Scratch) {
        let Scratch { today, used, counts } = scratch;
        counts.clear();
        counts.extend(
            today
                .iter()
                .filter(|(print, _)| !self.has(*print))
                .map(|(_, count)| *count),
        );
        counts.sort_unstable_by(|a, b| b.cmp(a));
        let known = today.len() - counts.len();
        let left = most.saturating_sub(self.len());
        let room = left.max(most / 2).min(most.saturating_sub(known));
        // The first that has no room.
        let too_few = counts.get(room).copied();
        used.clear();
        let chosen = today
            .iter()
            .filter(|(print, count)| too_few.is_none_or(|few| *count > few) || self.has(*print));
        used.extend(chosen.map(|(print, _)| *print));
    }

    /// Remembers the objects of a day, which are in order and different.
    fn remember(&mut self, most: usize, scratch: &mut Scratch) {
        self.choose(most, scratch);
        let used = &scratch.used;
        let mut prints = Vec::with_capacity(self.prints.len() + PRINT * used.len());
        // A cohort's first can be among those used today, and another one begins it then.
        let mut begins = false;
        for (first, print) in self.prints() {
            begins |= first;
            if used.binary_search(&print).is_err() {
                prints.extend(print.bytes(begins));
                begins = false;
            }
        }
        for (at, print) in used.iter().enumerate() {
            prints.extend(print.bytes(at == 0));
        }
        self.prints = prints;
        while self.len() > most {
            self.forget();
        }
    }

    /// True if something would be left without the cohort unused for longest.
    fn has_several(&self) -> bool {
        self.prints().skip(1).any(|(first, _)| first)
    }

    /// Forgets the cohort unused for longest.
    fn forget(&mut self) {
        let second = self.prints().skip(1).position(|(first, _)| first);
        match second {
            Some(at) => drop(self.prints.drain(..PRINT * (at + 1))),
            None => self.prints.clear(),
        }
    }
}

impl Seen {
    /// Objects of a kind.
    pub(crate) fn of(&self, kind: ObjectKind) -> SeenKind<'_> {
        self.kind(kind.index() as u8)
    }

    /// Business records worked on.
    pub(crate) fn records(&self) -> SeenKind<'_> {
        self.kind(RECORDS)
    }

    fn kind(&self, kind: u8) -> SeenKind<'_> {
        let at = self.kinds.binary_search_by_key(&kind, |known| known.kind);
        SeenKind(at.ok().and_then(|at| self.kinds.get(at)))
    }

    /// Remembers a day's objects of a kind, given with how often each was used.
    pub(crate) fn remember(
        &mut self,
        kind: ObjectKind,
        objects: impl Iterator<Item = (u64, u32)>,
        scratch: &mut Scratch,
    ) {
        self.remember_as(kind.index() as u8, MOST_OF_KIND, objects, scratch);
    }

    /// Remembers a day's business records.
    pub(crate) fn remember_records(
        &mut self,
        hashes: impl ExactSizeIterator<Item = u64>,
        scratch: &mut Scratch,
    ) {
        if hashes.len() > 0 {
            self.remember_as(RECORDS, MOST_RECORDS, hashes.map(|hash| (hash, 1)), scratch);
        }
    }

    fn remember_as(
        &mut self,
        kind: u8,
        most: usize,
        objects: impl Iterator<Item = (u64, u32)>,
        scratch: &mut Scratch,
    ) {
        let today = &mut scratch.today;
        today.clear();
        today.extend(objects.map(|(hash, count)| (Print::of(hash), count)));
        today.sort_unstable();
        today.dedup_by_key(|(print, _)| *print);
        let empty = |kind| Kind {
            kind,
            ..Kind::default()
        };
        slot(&mut self.kinds, kind, |known| known.kind, empty).remember(most, scratch);
        while self.len() > MOST {
            // Of kinds with as many the last one.
            let size = |kind: &&mut Kind| (kind.has_several(), kind.len());
            match self.kinds.iter_mut().max_by_key(size) {
                Some(largest) => largest.forget(),
                None => break,
            }
        }
    }

    /// Objects remembered.
    fn len(&self) -> usize {
        self.kinds.iter().map(Kind::len).sum()
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
        seen.of(kind).new_among(hashes).len()
    }

    fn remember(seen: &mut Seen, kind: ObjectKind, hashes: impl Iterator<Item = u64>) {
        seen.remember(kind, hashes.map(|hash| (hash, 1)), &mut Scratch::default());
    }

    #[test]
    fn the_latest_are_known_and_whole_days_are_forgotten() {
        let mut seen = Seen::default();
        for day in 0..60 {
            remember(&mut seen, ObjectKind::Domain, hashes("d", 7 * day..7 * day + 7));
        }
        let known = 420 - MOST_OF_KIND as u32 / 7 * 7;
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("d", known..420)), 0);
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("d", 0..known)),
            known as usize
        );
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("other", 0..5_000)), 5_000);
        assert_eq!(
            new(&seen, ObjectKind::Host, hashes("d", 413..420)),
            7,
            "another kind"
        );
    }

    #[test]
    fn what_is_used_again_is_young_again() {
        let mut seen = Seen::default();
        remember(&mut seen, ObjectKind::Host, hashes("own", 0..3));
        for day in 0..400 {
            remember(&mut seen, ObjectKind::Host, hashes("h", day..day + 1));
            if day % 20 == 0 {
                // Of the three each is the first one of its day in some order of names.
                let own = day / 20 % 3;
                remember(&mut seen, ObjectKind::Host, hashes("own", own..own + 1));
            }
        }
        assert_eq!(new(&seen, ObjectKind::Host, hashes("own", 0..3)), 0);
    }

    #[test]
    fn a_day_of_very_many_makes_no_earlier_day_forgotten() {
        let (most, half) = (MOST_OF_KIND as u32, MOST_OF_KIND as u32 / 2);
        let mut seen = Seen::default();
        remember(&mut seen, ObjectKind::Domain, hashes("first", 0..most + 1));
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("first", 0..most + 1)),
            most as usize + 1
        );
        remember(&mut seen, ObjectKind::Domain, hashes("d", 0..10));
        remember(&mut seen, ObjectKind::Domain, hashes("e", 0..most - 10));
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("e", 0..most - 10)),
            0,
            "there is room"
        );
        remember(&mut seen, ObjectKind::Domain, hashes("d", 0..11 + half));
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("d", 0..11 + half)),
            half as usize + 1
        );
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("e", 0..most - 10)), 0);
        remember(&mut seen, ObjectKind::Domain, hashes("f", 0..half));
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("f", 0..half)), 0);
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("d", 0..10)),
            0,
            "younger than the others"
        );
        let e = hashes("e", 0..most - 10);
        assert_eq!(new(&seen, ObjectKind::Domain, e), most as usize - 10);
    }

    #[test]
    fn of_too_many_new_ones_those_used_most_are_remembered_and_no_known_one_goes() {
        let (most, half) = (MOST_OF_KIND as u32, MOST_OF_KIND as u32 / 2);
        let mut seen = Seen::default();
        remember(&mut seen, ObjectKind::Domain, hashes("known", 0..most - 20));
        let known = hashes("known", 0..most - 20).map(|hash| (hash, 1));
        let often = hashes("often", 0..15).map(|hash| (hash, 3));
        let twice = hashes("twice", 0..6).map(|hash| (hash, 2));
        let once = hashes("once", 0..half).map(|hash| (hash, 1));
        let day = once.chain(twice).chain(often).chain(known);
        seen.remember(ObjectKind::Domain, day, &mut Scratch::default());
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("known", 0..most - 20)), 0);
        assert_eq!(new(&seen, ObjectKind::Domain, hashes("often", 0..15)), 0);
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("twice", 0..6)),
            6,
            "room for five"
        );
        assert_eq!(
            new(&seen, ObjectKind::Domain, hashes("once", 0..half)),
            half as usize
        );
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
            let records = hashes("r", 256 * day..256 * day + 20);
            seen.remember_records(records, &mut Scratch::default());
        }
        assert!(seen.len() <= MOST && seen.len() > MOST / 2, "{}", seen.len());
        assert!(seen.bytes() < PRINT * MOST + 64, "{}", seen.bytes());
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
                    let counted = objects().enumerate().map(|(at, hash)| (hash, at as u32 % 3));
                    seen.remember(kind, counted, &mut Scratch::default());
                    prop_assert!(seen.len() <= MOST);
                    answers.push((known, seen.len()));
                }
                prop_assert_eq!(answers.first(), answers.last());
            }
        }
    }
}
