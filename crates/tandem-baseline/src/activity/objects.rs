//! Bounded sets of what a day touched, whose merge does not care about order and whose cut does not care about names.
//!
//! A day of too many is cut by *when* things were used, not by what they are called. Every use has a rank, its time of day
//! well mixed; a thing has the least rank of its uses; kept are the things with a rank below the `K + 1`-th smallest. Only where
//! the limit falls among things used at one moment do hashes of their names choose: a thousand files copied within a second of
//! a clock that knows no less must not be forgotten because no time tells them apart. Whatever is below the limit of a whole is
//! below the limit of every part, so parts may be added and merged in any order. This is a bottom-k sketch (Cohen and Kaplan
//! 2007, *Summarizing data using bottom-k sketches*) over times. Mixing spreads what is kept over the day: whoever does their
//! usual work first hides nothing behind it.

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
pub type Place = (u32, u64);

/// What can be kept of a day.
pub trait Thing: Clone {
    /// Its place by its uses so far.
    fn place(&self) -> Place;
    /// It was used at this rank too.
    fn used_at(&mut self, rank: u32);
    /// Takes in what is known of the same thing besides its rank; `all` of its uses are counted.
    fn join(&mut self, other: &Self, all: bool);
    /// Not all of its uses are counted.
    fn uncount(&mut self) {}
}

/// Things of one day, at most `K` of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept<T, const K: usize> {
    /// By hash.
    kept: Vec<T>,
    /// Places from here on are not kept.
    below: Option<Place>,
}

impl<T, const K: usize> Default for Kept<T, K> {
    fn default() -> Self {
        Self {
            kept: Vec::new(),
            below: None,
        }
    }
}

impl<T: Thing, const K: usize> Kept<T, K> {
    /// Adds a use at a place: `join` takes it into the thing that is known, and is told whether all uses are counted; a new one
    /// is made.
    fn add_at(&mut self, place: Place, join: impl FnOnce(&mut T, bool), make: impl FnOnce() -> T) {
        if self.below.is_some_and(|below| place >= below) {
            return;
        }
        let (rank, hash) = place;
        let all = self.below.is_none();
        match self.kept.binary_search_by_key(&hash, |thing| thing.place().1) {
            Ok(at) => {
                let thing = &mut self.kept[at];
                thing.used_at(rank);
                join(thing, all);
            }
            Err(at) => {
                let mut thing = make();
                if !all {
                    thing.uncount();
                }
                self.kept.insert(at, thing);
                if self.kept.len() > K
                    && let Some(last) = self.kept.iter().map(Thing::place).max()
                {
                    self.keep_below(last);
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
        self.kept.retain(|thing| thing.place() < below);
        // What was used when it was not kept is not counted, and when that was depends on the order of arrival.
        self.kept.iter_mut().for_each(Thing::uncount);
    }

    /// Adds all of another part.
    pub(super) fn merge(&mut self, other: &Self) {
        if let Some(below) = other.below {
            self.keep_below(below);
        }
        for thing in &other.kept {
            self.add_at(
                thing.place(),
                |known, all| known.join(thing, all),
                || thing.clone(),
            );
        }
    }
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
    fn used(&mut self, text: &str, count: u32, all: bool) {
        if all {
            self.count = self.count.saturating_add(count);
        }
        // Two texts under one hash: keep the smaller, so that order does not matter.
        if text < self.text.as_str() {
            text.clone_into(&mut self.text);
        }
    }
}

impl Thing for DayObject {
    fn place(&self) -> Place {
        (self.rank, self.hash)
    }

    fn used_at(&mut self, rank: u32) {
        self.rank = self.rank.min(rank);
    }

    fn join(&mut self, other: &Self, all: bool) {
        self.used(&other.text, other.count, all);
    }

    fn uncount(&mut self) {
        self.count = 1;
    }
}

/// The objects of one kind on one day, at most `K` of them.
pub type Objects<const K: usize> = Kept<DayObject, K>;

impl<const K: usize> Objects<K> {
    /// Adds `count` uses of an object, the least rank among them `rank`.
    pub(super) fn add(&mut self, hash: u64, text: &str, count: u32, rank: u32) {
        let text = cut(text);
        let make = || DayObject {
            hash,
            count,
            text: text.to_owned(),
            rank,
        };
        self.add_at((rank, hash), |object, all| object.used(text, count, all), make);
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

/// A thing of which nothing but its hash is kept, and the least rank of its uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Touched {
    hash: u64,
    rank: u32,
}

impl Thing for Touched {
    fn place(&self) -> Place {
        (self.rank, self.hash)
    }

    fn used_at(&mut self, rank: u32) {
        self.rank = self.rank.min(rank);
    }

    fn join(&mut self, _: &Self, _: bool) {}
}

/// Hashes of things touched on one day, at most `K` of them.
pub(super) type Sample<const K: usize> = Kept<Touched, K>;

impl<const K: usize> Sample<K> {
    /// Adds a use of a thing.
    pub(super) fn add(&mut self, hash: u64, rank: u32) {
        self.add_at((rank, hash), |_, _| {}, || Touched { hash, rank });
    }

    /// The hashes kept, smallest first.
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = u64> {
        self.kept.iter().map(|thing| thing.hash)
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
