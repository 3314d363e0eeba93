//! Ids of records that were handed on, so that what is asked for again is not handed on again.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tandem_domain::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

/// Ids that are kept in memory.
const IN_MEMORY: usize = 1 << 18;
/// Ids that fit into a position's mark: 16 characters each, next to a link of 8 KiB within 64 KiB.
pub(super) const IN_MARK: usize = 3_000;
/// Bytes of one id in the mark: 8 of its hash, 4 of its time.
const ENTRY: usize = 12;
/// Microseconds of a second.
const SECOND: i64 = 1_000_000;

/// An id and when its record happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    /// Seconds since 1970.
    at: i64,
    /// Which page it stood on, counted since the start.
    page: u64,
}

/// Hashes of ids. Two ids of one overlap have the same 64 bits once in 10^11 overlaps of ten thousand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Seen {
    entries: HashMap<u64, Entry>,
    page: u64,
}

impl Seen {
    /// The hash of an id.
    pub fn hash(id: &str) -> u64 {
        xxh3_64(id.as_bytes())
    }

    /// True if the id was noted.
    pub fn knows(&self, id: u64) -> bool {
        self.entries.contains_key(&id)
    }

    /// Notes an id; false if it was known.
    pub fn note(&mut self, id: u64, at: Timestamp) -> bool {
        if self.entries.len() >= IN_MEMORY {
            self.thin();
        }
        let entry = Entry {
            at: at.0.div_euclid(SECOND),
            page: self.page,
        };
        match self.entries.entry(id) {
            std::collections::hash_map::Entry::Occupied(_) => false,
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(entry);
                true
            }
        }
    }

    /// Begins another page.
    pub fn turn(&mut self) {
        self.page += 1;
    }

    /// Forgets what happened before `from`, as that is not asked for any more.
    pub fn forget(&mut self, from: Timestamp) {
        let from = from.0.div_euclid(SECOND);
        self.entries.retain(|_, entry| entry.at >= from);
    }

    /// Forgets the older half.
    fn thin(&mut self) {
        let mut times: Vec<i64> = self.entries.values().map(|entry| entry.at).collect();
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        let median = *median;
        self.entries.retain(|_, entry| entry.at > median);
    }

    /// True if a mark cannot hold all of them.
    pub fn overflows(&self) -> bool {
        self.entries.len() > IN_MARK
    }

    /// As text for a mark: those of the page at hand first, as it may be handed on in pieces, then the newest.
    pub fn write(&self) -> String {
        let mut all: Vec<(bool, i64, u64)> = self
            .entries
            .iter()
            .map(|(id, entry)| (entry.page == self.page, entry.at, *id))
            .collect();
        all.sort_unstable_by(|a, b| b.cmp(a));
        all.truncate(IN_MARK);
        let mut bytes = Vec::with_capacity(all.len() * ENTRY);
        for (_, at, id) in all {
            bytes.extend_from_slice(&id.to_be_bytes());
            bytes.extend_from_slice(&u32::try_from(at.max(0)).unwrap_or(u32::MAX).to_be_bytes());
        }
        STANDARD_NO_PAD.encode(bytes)
    }

    /// Out of a mark; `None` if it is none.
    pub fn read(text: &str) -> Option<Self> {
        let bytes = STANDARD_NO_PAD.decode(text).ok()?;
        let (entries, rest) = bytes.as_chunks::<ENTRY>();
        if !rest.is_empty() {
            return None;
        }
        let mut seen = Self::default();
        for entry in entries {
            let (id, at) = entry.split_first_chunk::<8>()?;
            let at = u32::from_be_bytes(*at.first_chunk::<4>()?);
            seen.entries.insert(
                u64::from_be_bytes(*id),
                Entry {
                    at: i64::from(at),
                    page: 0,
                },
            );
        }
        seen.page = 1;
        Some(seen)
    }

    /// How many.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}
