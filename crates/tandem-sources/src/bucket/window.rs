//! Which objects were read.
//!
//! Per stem ([`super::keys`]) two things are kept. The **floor** is a key: what is not behind it counts as read. It follows
//! two days behind the newest date that was read, so that objects that come late are found for so long. Of the objects
//! behind the floor the **hashes** of key and tag are kept, 1,024 in a row and 64 rows a stem; a row is the mark of one
//! position, so that an object is noted in the transaction that keeps its records. When the 65th row begins, the oldest is
//! given up and the floor rises over its keys, whatever their dates: 65,536 objects a stem within two days is the bound.
//! Keys without a date share one stem; their floor rises only in that way.

use std::collections::{BTreeMap, HashSet, VecDeque};

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;
use jiff::{Span, civil::Date};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::keys::{self, Dated, Shape};
use crate::delivery::Position;

/// Objects in a row.
const ROW: usize = 1_024;
/// Rows of a stem.
const ROWS: u64 = 64;
/// Days that an object may come late.
const LATE_DAYS: i64 = 2;
/// Most stems of a bucket.
pub(super) const STEMS: usize = 5_000;

/// A row as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    /// Its number, counted from 0 over the stem's life.
    row: u64,
    /// The stem's floor when it was written last.
    floor: String,
    /// The newest date that was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    day: Option<Date>,
    /// The last key of the row.
    top: String,
    /// Hashes, eight bytes each.
    seen: String,
}

/// Hashes of a row and its last key.
#[derive(Debug, Clone, Default)]
struct Hashes {
    row: u64,
    top: String,
    seen: Vec<u64>,
}

/// What is known of a stem.
#[derive(Debug, Clone, Default)]
struct Stem {
    floor: String,
    day: Option<Date>,
    /// The oldest first; the last is the one that is written.
    rows: VecDeque<Hashes>,
    seen: HashSet<u64>,
}

/// What is to be done with a listed object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was read.
    Known,
    /// It was read, and so was everything of its stem up to this key.
    KnownTo(String),
    /// It was not read.
    New,
}

/// What is known of a bucket.
#[derive(Debug, Clone, Default)]
pub(super) struct Window {
    bucket: String,
    stems: BTreeMap<String, Stem>,
}

fn hash(key: &str, tag: &str) -> u64 {
    xxh3_64(format!("{key}\n{tag}").as_bytes())
}

/// The stem's name, and the date if there is one.
fn stem_of(key: &str) -> (&str, Option<Dated<'_>>) {
    match keys::dated(key) {
        Some(dated) => (dated.stem, Some(dated)),
        None => ("", None),
    }
}

/// Dated and undated stems of the same text are different ones.
fn name(stem: &str, shape: Option<Shape>) -> String {
    match shape {
        Some(shape) => format!("{shape:?}:{stem}"),
        None => "-".to_owned(),
    }
}

impl Window {
    /// What durable positions say of a bucket.
    pub(super) fn load(bucket: &str, positions: &[Position]) -> Self {
        let mut window = Self {
            bucket: bucket.to_owned(),
            stems: BTreeMap::new(),
        };
        let mut rows: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
        for position in positions {
            let named = position
                .stream
                .strip_prefix(bucket)
                .and_then(|rest| rest.strip_prefix("|window|"))
                .and_then(|rest| rest.rsplit_once('#'));
            if let Some((stem, _)) = named
                && let Ok(row) = serde_json::from_str::<Row>(&position.mark)
            {
                rows.entry(stem).or_default().push(row);
            }
        }
        for (stem, mut rows) in rows {
            rows.sort_by_key(|row| row.row);
            let newest = rows.last().map_or(0, |row| row.row);
            let mut loaded = Stem::default();
            for row in rows {
                loaded.floor = loaded.floor.max(row.floor);
                loaded.day = loaded.day.max(row.day);
                if row.row + ROWS <= newest {
                    continue;
                }
                let bytes = BASE64_STANDARD_NO_PAD.decode(&row.seen).unwrap_or_default();
                let (hashes, _) = bytes.as_chunks::<8>();
                let seen: Vec<u64> = hashes
                    .iter()
                    .map(|hash| u64::from_be_bytes(*hash))
                    .take(ROW)
                    .collect();
                loaded.seen.extend(&seen);
                loaded.rows.push_back(Hashes {
                    row: row.row,
                    top: row.top,
                    seen,
                });
            }
            window.stems.insert(stem.to_owned(), loaded);
        }
        window
    }

    /// Judges a listed object.
    pub(super) fn judge(&self, key: &str, tag: &str) -> Verdict {
        let (stem, dated) = stem_of(key);
        let Some(known) = self.stems.get(&name(stem, dated.map(|dated| dated.shape))) else {
            return Verdict::New;
        };
        if key <= known.floor.as_str() {
            return match dated {
                Some(_) => Verdict::KnownTo(known.floor.clone()),
                // Other stems may lie between keys without a date.
                None => Verdict::Known,
            };
        }
        if known.seen.contains(&hash(key, tag)) {
            Verdict::Known
        } else {
            Verdict::New
        }
    }

    /// Stems that are known.
    pub(super) fn stems(&self) -> usize {
        self.stems.len()
    }

    /// Notes that an object is read with the delivery that carries the position which this gives.
    pub(super) fn note(&mut self, key: &str, tag: &str) -> Position {
        let (stem, dated) = stem_of(key);
        let name = name(stem, dated.map(|dated| dated.shape));
        let known = self.stems.entry(name.clone()).or_default();
        if known.rows.back().is_none_or(|row| row.seen.len() >= ROW) {
            let row = known.rows.back().map_or(0, |row| row.row + 1);
            known.rows.push_back(Hashes {
                row,
                ..Hashes::default()
            });
        }
        if known.rows.len() as u64 > ROWS
            && let Some(given_up) = known.rows.pop_front()
        {
            for hash in &given_up.seen {
                known.seen.remove(hash);
            }
            known.floor = std::mem::take(&mut known.floor).max(given_up.top);
        }
        if let Some(dated) = dated
            && known.day.is_none_or(|day| day < dated.day)
        {
            known.day = Some(dated.day);
            if let Ok(day) = dated.day.checked_sub(Span::new().days(LATE_DAYS)) {
                let floor = keys::before(stem, dated.shape, day);
                known.floor = std::mem::take(&mut known.floor).max(floor);
            }
        }
        let hash = hash(key, tag);
        known.seen.insert(hash);
        let mut kept = Row {
            row: 0,
            floor: known.floor.clone(),
            day: known.day,
            top: String::new(),
            seen: String::new(),
        };
        let mut count = 0;
        if let Some(open) = known.rows.back_mut() {
            open.seen.push(hash);
            if open.top.as_str() < key {
                open.top = key.to_owned();
            }
            kept.row = open.row;
            kept.top = open.top.clone();
            let bytes: Vec<u8> = open.seen.iter().flat_map(|hash| hash.to_be_bytes()).collect();
            kept.seen = BASE64_STANDARD_NO_PAD.encode(bytes);
            count = open.row * ROW as u64 + open.seen.len() as u64;
        }
        Position {
            stream: format!("{}|window|{name}#{}", self.bucket, kept.row % ROWS),
            at: count,
            // Plain fields always have a JSON form.
            mark: serde_json::to_string(&kept).unwrap_or_default(),
        }
    }

    /// The stream of an object's pieces, when it comes in several.
    pub(super) fn object(&self, key: &str, tag: &str) -> String {
        format!("{}|object|{key}@{tag}", self.bucket)
    }
}

#[cfg(test)]
mod tests;
