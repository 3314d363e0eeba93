//! A bounded set of objects whose merge does not care about order: a bottom-k sketch (Cohen and Kaplan 2007, *Summarizing
//! data using bottom-k sketches*).
//!
//! Kept are the `K` objects with the smallest hashes. An object among the `K` smallest of a whole is among the `K` smallest of
//! every part that has it, so its count is exact however the parts were added or merged, and the `K`-th smallest hash tells how
//! many distinct objects there were.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Longest text kept of an object, bytes.
const TEXT_BYTES: usize = 80;

/// The 64-bit name of an object: equal texts of one kind have equal hashes. `seed` tells kinds apart.
pub fn object_hash(seed: u64, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), seed)
}

/// One object of a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayObject {
    /// Its hash.
    pub hash: u64,
    /// How often it was used.
    pub count: u32,
    /// Its name as far as it may be shown ([`crate::Object::shown`]), cut to 80 bytes.
    pub text: String,
}

/// The objects of one kind on one day, at most `K` of them by smallest hash.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Objects<const K: usize> {
    kept: Vec<DayObject>,
    overflowed: bool,
}

impl<const K: usize> Objects<K> {
    /// Adds `count` uses of an object.
    pub fn add(&mut self, hash: u64, text: &str, count: u32) {
        match self.kept.binary_search_by_key(&hash, |object| object.hash) {
            Ok(at) => {
                let object = &mut self.kept[at];
                object.count = object.count.saturating_add(count);
                // Two texts under one hash: keep the smaller, so that order does not matter.
                if cut(text) < object.text.as_str() {
                    cut(text).clone_into(&mut object.text);
                }
            }
            Err(at) if at < K => {
                if self.kept.len() == K {
                    self.kept.pop();
                    self.overflowed = true;
                }
                let object = DayObject {
                    hash,
                    count,
                    text: cut(text).to_owned(),
                };
                self.kept.insert(at, object);
            }
            Err(_) => self.overflowed = true,
        }
    }

    /// Adds all of another part.
    pub fn merge(&mut self, other: &Self) {
        for object in &other.kept {
            self.add(object.hash, &object.text, object.count);
        }
        self.overflowed |= other.overflowed;
    }

    /// The objects kept, by hash.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &DayObject> {
        self.kept.iter()
    }

    /// How many distinct objects there were: exact up to `K`, then estimated from the `K`-th smallest hash.
    pub fn distinct(&self) -> f64 {
        match self.kept.last() {
            Some(last) if self.overflowed && self.kept.len() == K => {
                let share = (last.hash as f64 + 1.0) / (u64::MAX as f64 + 1.0);
                (K as f64 - 1.0) / share
            }
            _ => self.kept.len() as f64,
        }
    }

    /// True if some objects could not be kept.
    pub fn overflowed(&self) -> bool {
        self.overflowed
    }
}

/// The number of distinct things, kept as the `K` smallest hashes alone.
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

    /// The hashes kept, smallest first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = u64> {
        self.kept.iter().copied()
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
