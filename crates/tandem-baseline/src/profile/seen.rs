//! Which objects a subject has used: exact for the latest 64 of a kind, then a Bloom filter.

use datasketches::bloom::{BloomFilter, BloomFilterBuilder};
use serde::{Deserialize, Serialize};

/// Objects remembered exactly per kind.
const EXACT: usize = 64;
/// Bits of the filter that takes what falls out of the exact memory: about 1 % false hits at 800 objects.
const FILTER_BITS: u64 = 8_192;
/// Probes per object.
const FILTER_HASHES: u16 = 4;
/// At this share of set bits the filter is started anew, so that it forgets instead of knowing everything.
const FILTER_FULL: f64 = 0.5;
const FILTER_SEED: u64 = 20_100_102;

/// The objects of one kind a subject has used.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// Half of the hash and the active day of the last use, by the former. Half a hash mistakes one object in 60 million.
    exact: Vec<(u32, u16)>,
    /// The portable bytes of the filter; empty while the exact memory suffices.
    filter: Vec<u8>,
}

impl Seen {
    /// Those of `hashes` (sorted) that are new to the subject.
    pub(crate) fn new_among(&self, hashes: impl Iterator<Item = u64>) -> Vec<u64> {
        let filter = self.filter();
        hashes
            .filter(|hash| {
                let half = *hash as u32;
                !self.has_exact(half) && !filter.as_ref().is_some_and(|f| f.contains(&half))
            })
            .collect()
    }

    /// Remembers the objects of active day `day`.
    pub(crate) fn remember(&mut self, hashes: impl Iterator<Item = u64>, day: u32) {
        let day = u16::try_from(day).unwrap_or(u16::MAX);
        for hash in hashes {
            let hash = hash as u32;
            match self.exact.binary_search_by_key(&hash, |(known, _)| *known) {
                Ok(at) => self.exact[at].1 = day,
                Err(at) => self.exact.insert(at, (hash, day)),
            }
        }
        if self.exact.len() > EXACT {
            self.move_oldest_to_filter();
        }
        self.exact.shrink_to_fit();
    }

    /// Bytes held.
    pub(crate) fn bytes(&self) -> usize {
        self.exact.capacity() * size_of::<(u32, u16)>() + self.filter.capacity()
    }

    fn has_exact(&self, hash: u32) -> bool {
        self.exact
            .binary_search_by_key(&hash, |(known, _)| *known)
            .is_ok()
    }

    fn filter(&self) -> Option<BloomFilter> {
        if self.filter.is_empty() {
            None
        } else {
            BloomFilter::deserialize(&self.filter).ok()
        }
    }

    fn move_oldest_to_filter(&mut self) {
        let mut by_age: Vec<_> = self.exact.iter().map(|(hash, day)| (*day, *hash)).collect();
        by_age.sort_unstable();
        by_age.truncate(self.exact.len() - EXACT);
        self.exact
            .retain(|(hash, day)| by_age.binary_search(&(*day, *hash)).is_err());
        let fresh = || {
            BloomFilterBuilder::with_size(FILTER_BITS, FILTER_HASHES)
                .seed(FILTER_SEED)
                .build()
                .ok()
        };
        let kept = self.filter().filter(|filter| filter.load_factor() < FILTER_FULL);
        if let Some(mut filter) = kept.or_else(fresh) {
            for (_, hash) in by_age {
                filter.insert(hash);
            }
            self.filter = filter.serialize();
            self.filter.shrink_to_fit();
        }
    }
}
