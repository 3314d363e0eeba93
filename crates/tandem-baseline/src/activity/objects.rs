//! Bounded sets of what a day touched, whose merge does not care about order and whose cut does not care about names.
//!
//! A day of too many is cut by *when* things were used, not by what they are called. Every use has a rank, its time of day
//! well mixed; a thing has the least rank of its uses; kept are the things with a rank below the `K + 1`-th smallest. Only where
//! the limit falls among things used at one moment do hashes of their names choose: a thousand files copied within a second of
//! a clock that knows no less must not be forgotten because no time tells them apart. Whatever is below the limit of a whole is
//! below the limit of every part, so parts may be added and merged in any order. This is a bottom-k sketch (Cohen and Kaplan 2007, *Summarizing data using bottom-k
//! sketches*) over times. Mixing spreads what is kept over the day: whoever does their usual work first hides nothing behind it.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Longest text kept of an object, bytes.
const TEXT_BYTES: usize = 80;
/// Seed that mixes times of the day.
const RANK_SEED: u64 = 0x71e5;

/// The 64-bit name of an object: equal texts of one kind have equal hashes. `seed` tells kinds apart.
pub fn object_hash(seed: u64, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), seed)
}

/// The rank of a use at `time`, in microseconds of the local day: the time, mixed. It knows no name.
pub(super) fn rank(time: u64) -> u32 {
    (xxh3_64_with_seed(&time.to_le_bytes(), RANK_SEED) >> 32) as u32
}

/// A thing's place in the order in which things are kept: its rank, then its hash.
type Place = (u32, u64);

/// The first place that does not fit among `most`, if there are more.
fn limit(places: impl Iterator<Item = Place>, most: usize) -> Option<Place> {
    let mut places: Vec<Place> = places.collect();
    (places.len() > most).then(|| *places.select_nth_unstable(most).1)
}

/// One object of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayObject {
    /// Its hash.
    pub hash: u64,
    /// How often it was used; 1 on a day of more objects than are kept, of which it is not known.
    pub count: u32,
    /// Its name as far as it may be shown ([`crate::Object::shown`]), cut to 80 bytes.
    pub text: String,
    /// The least rank of its uses.
    rank: u32,
}

impl DayObject {
    const fn place(&self) -> Place {
        (self.rank, self.hash)
    }
}

/// The objects of one kind on one day, at most `K` of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Objects<const K: usize> {
    /// By hash.
    kept: Vec<DayObject>,
    /// Places from here on are not kept.
    below: Option<Place>,
}

impl<const K: usize> Objects<K> {
    /// Adds `count` uses of an object, the least rank among them `rank`.
    pub(super) fn add(&mut self, hash: u64, text: &str, count: u32, rank: u32) {
        if self.below.is_some_and(|below| (rank, hash) >= below) {
            return;
        }
        let count = if self.overflowed() { 1 } else { count };
        match self.kept.binary_search_by_key(&hash, |object| object.hash) {
            Ok(at) => {
                let object = &mut self.kept[at];
                if self.below.is_none() {
                    object.count = object.count.saturating_add(count);
                }
                object.rank = object.rank.min(rank);
                // Two texts under one hash: keep the smaller, so that order does not matter.
                if cut(text) < object.text.as_str() {
                    cut(text).clone_into(&mut object.text);
                }
            }
            Err(at) => {
                let object = DayObject {
                    hash,
                    count,
                    text: cut(text).to_owned(),
                    rank,
                };
                self.kept.insert(at, object);
                if let Some(below) = limit(self.kept.iter().map(DayObject::place), K) {
                    self.keep_below(below);
                }
            }
        }
    }

    /// Forgets places from `below` on.
    pub(super) fn keep_below(&mut self, below: Place) {
        if self.below.is_some_and(|known| known <= below) {
            return;
        }
        self.below = Some(below);
        self.kept.retain(|object| object.place() < below);
        // What was used when it was not kept is not counted, and when that was depends on the order of arrival.
        self.kept.iter_mut().for_each(|object| object.count = 1);
    }

    /// Adds all of another part.
    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(below) = other.below {
            self.keep_below(below);
        }
        for object in &other.kept {
            self.add(object.hash, &object.text, object.count, object.rank);
        }
    }

    /// The objects kept, by hash.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &DayObject> {
        self.kept.iter()
    }

    /// The hashes of the objects kept, each with a number that is larger the more the object was used. On a day of too many
    /// that is how small its rank is: the least of many ranks is smaller than that of few.
    pub(crate) fn weighed(&self) -> impl Iterator<Item = (u64, u32)> {
        let weight = |object: &DayObject| match self.below {
            Some(_) => u32::MAX - object.rank,
            None => object.count,
        };
        self.kept.iter().map(move |object| (object.hash, weight(object)))
    }

    /// How many distinct objects there were: exact up to `K`, and `K + 1` for more.
    pub fn distinct(&self) -> f64 {
        match self.below {
            Some(_) => K as f64 + 1.0,
            None => self.kept.len() as f64,
        }
    }

    /// True if some objects could not be kept.
    pub fn overflowed(&self) -> bool {
        self.below.is_some()
    }
}

/// Hashes of things touched on one day, at most `K` of them, kept as [`Objects`] are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Sample<const K: usize> {
    /// Hash and rank, by hash.
    kept: Vec<(u64, u32)>,
    below: Option<Place>,
}

impl<const K: usize> Sample<K> {
    /// Adds a use of a thing.
    pub(super) fn add(&mut self, hash: u64, rank: u32) {
        if self.below.is_some_and(|below| (rank, hash) >= below) {
            return;
        }
        match self.kept.binary_search_by_key(&hash, |(known, _)| *known) {
            Ok(at) => self.kept[at].1 = self.kept[at].1.min(rank),
            Err(at) => {
                self.kept.insert(at, (hash, rank));
                if let Some(below) = limit(self.kept.iter().map(|(hash, rank)| (*rank, *hash)), K) {
                    self.keep_below(below);
                }
            }
        }
    }

    /// Forgets places from `below` on.
    pub(super) fn keep_below(&mut self, below: Place) {
        self.below = Some(self.below.map_or(below, |known| known.min(below)));
        self.kept.retain(|(hash, rank)| (*rank, *hash) < below);
    }

    /// Adds all of another part.
    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(below) = other.below {
            self.keep_below(below);
        }
        for (hash, rank) in &other.kept {
            self.add(*hash, *rank);
        }
    }

    /// The hashes kept, smallest first.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = u64> {
        self.kept.iter().map(|(hash, _)| *hash)
    }
}

/// The number of distinct things, kept as the `K` smallest hashes alone. Beyond `K` it is an estimate that other names would
/// make another one, so no score may use it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Distinct<const K: usize> {
    kept: Vec<u64>,
    overflowed: bool,
}

impl<const K: usize> Distinct<K> {
    /// Adds one thing.
    pub fn add(&mut self, hash: u64) {
        match self.kept.binary_search(&hash) {
            Ok(_) => {}
            Err(at) if at < K => {
                if self.kept.len() == K {
                    self.kept.pop();
                    self.overflowed = true;
                }
                self.kept.insert(at, hash);
            }
            Err(_) => self.overflowed = true,
        }
    }

    /// Adds all of another part.
    pub fn merge(&mut self, other: &Self) {
        for hash in &other.kept {
            self.add(*hash);
        }
        self.overflowed |= other.overflowed;
    }

    /// How many there were: exact up to `K`, then estimated.
    pub fn count(&self) -> f64 {
        match self.kept.last() {
            Some(last) if self.overflowed && self.kept.len() == K => {
                (K as f64 - 1.0) / ((*last as f64 + 1.0) / (u64::MAX as f64 + 1.0))
            }
            _ => self.kept.len() as f64,
        }
    }
}

/// At most [`TEXT_BYTES`] bytes, cut at a character.
fn cut(text: &str) -> &str {
    let mut end = text.len().min(TEXT_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
