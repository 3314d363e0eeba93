//! Many literals looked for in one value, in time that hardly depends on how many there are.
//!
//! A literal that must end the value is found by the value's last bytes in a hash table. For one that may stand anywhere, four
//! of its bytes that are rare among all literals (its *gram*) stand for it: a walk over the value asks a table of bits, small
//! enough for the processor's nearest cache, whether the four bytes at hand are anybody's gram, and only then compares. An
//! automaton over thousands of literals needs no comparing, but each of its steps waits for memory that no near cache holds.
//! (The idea is the fingerprint of Wu and Manber 1994, 'A fast algorithm for multi-pattern searching', with the block chosen
//! for each literal instead of its beginning.)

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::witness::Place;

/// Bytes of a gram, and of one for literals that are shorter.
const GRAM: usize = 4;
const SHORT: usize = 2;
/// Grams looked at together: those that begin in the first half of eight bytes.
const ABREAST: usize = 4;
/// Bytes at a value's end by which literals are found.
const TAIL: usize = 8;
/// Bits of the table for each gram: one place in 32 of a value is compared for nothing, if grams were spread evenly.
const BITS_PER_GRAM: usize = 32;
/// Fewest and most bits of the table, as powers of two: from a cache line to a quarter of a near cache of 32 KiB.
const TABLE: std::ops::RangeInclusive<u32> = 9..=16;

/// Literals, each with where it must stand and whose witness it is.
pub(super) type Literals = BTreeMap<Box<str>, Vec<(Place, Box<[u32]>)>>;

/// Literals and whose witnesses they are.
#[derive(Default)]
pub(super) struct Needles {
    needles: Vec<Needle>,
    /// By length (at most [`TAIL`]) less one: literals that end the value, by their last bytes.
    ends: [Tails; TAIL],
    grams: Grams<GRAM>,
    short: Grams<SHORT>,
    /// Literals of one byte that may stand elsewhere than at the end.
    single: Vec<u32>,
}

/// Literals by their last bytes.
type Tails = FxHashMap<u64, Vec<u32>>;

struct Needle {
    literal: Box<[u8]>,
    place: Place,
    rules: Box<[u32]>,
}

/// Literals by a gram.
#[derive(Default)]
struct Grams<const N: usize> {
    /// Whether a gram with this hash stands for a literal.
    bits: Box<[u64]>,
    /// The part of a hash that is a bit's number.
    mask: u32,
    /// Whose gram it is, and where in the literal it stands.
    whose: FxHashMap<u32, Vec<(u32, u32)>>,
}

impl Needles {
    /// Arranges literals, each with where it must stand and whose witness it is. None of them is empty.
    pub(super) fn new(literals: Literals) -> Self {
        let commonness = Commonness::of(literals.keys().map(|text| text.as_bytes()));
        let mut all = Self::default();
        let (mut long, mut short) = (Vec::new(), Vec::new());
        for (text, places) in literals {
            for (place, rules) in places {
                let at = all.needles.len() as u32;
                let literal: Box<[u8]> = text.as_bytes().into();
                if place == Place::End {
                    let length = literal.len().min(TAIL);
                    if let Some(tails) = all.ends.get_mut(length.saturating_sub(1)) {
                        tails.entry(tail(&literal)).or_default().push(at);
                    }
                } else if let Some(offset) = commonness.rarest_gram(&literal) {
                    long.push((at, offset));
                } else if let Some(offset) = commonness.rarest_pair(&literal) {
                    short.push((at, offset));
                } else {
                    all.single.push(at);
                }
                all.needles.push(Needle {
                    literal,
                    place,
                    rules,
                });
            }
        }
        all.grams = Grams::new(&all.needles, &long);
        all.short = Grams::new(&all.needles, &short);
        all
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.needles.len()
    }

    /// Calls `name` with the rules of every literal that stands in `text` where it must; perhaps several times.
    pub(super) fn look(&self, text: &str, name: &mut impl FnMut(&[u32])) {
        let text = text.as_bytes();
        let end = tail(text);
        for (less, tails) in self.ends.iter().enumerate() {
            if tails.is_empty() || text.len() <= less {
                continue;
            }
            let last = end & u64::MAX >> (u8::BITS as usize * (TAIL - 1 - less));
            for at in tails.get(&last).into_iter().flatten() {
                if let Some(needle) = self.needles.get(*at as usize)
                    && text.ends_with(&needle.literal)
                {
                    name(&needle.rules);
                }
            }
        }
        for at in &self.single {
            if let Some(needle) = self.needles.get(*at as usize)
                && needle.stands_in(text)
            {
                name(&needle.rules);
            }
        }
        let mut compare = |at: u32, offset: u32, stand: usize| {
            let Some(needle) = self.needles.get(at as usize) else {
                return;
            };
            let Some(from) = stand.checked_sub(offset as usize) else {
                return;
            };
            let rest = text.get(from..).unwrap_or_default();
            if rest.starts_with(&needle.literal) && (needle.place != Place::Start || from == 0) {
                name(&needle.rules);
            }
        };
        self.grams.look(text, &mut compare);
        self.short.look(text, &mut compare);
    }
}

impl Needle {
    /// True if a literal of one byte that does not have to end the value stands in it.
    fn stands_in(&self, text: &[u8]) -> bool {
        match (self.place, self.literal.first()) {
            (Place::Start, first) => text.first() == first,
            (_, Some(byte)) => memchr::memchr(*byte, text).is_some(),
            (_, None) => true,
        }
    }
}

/// The last [`TAIL`] bytes as a number; zeros before a shorter text.
fn tail(text: &[u8]) -> u64 {
    text.last_chunk().map_or_else(
        || text.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
        |last| u64::from_be_bytes(*last),
    )
}

impl<const N: usize> Grams<N> {
    /// `standing`: literals and where their grams stand in them.
    fn new(needles: &[Needle], standing: &[(u32, usize)]) -> Self {
        if standing.is_empty() {
            return Self::default();
        }
        let mut whose: FxHashMap<u32, Vec<(u32, u32)>> = FxHashMap::default();
        for (at, offset) in standing {
            let literal = needles.get(*at as usize).map(|needle| &*needle.literal);
            let gram = literal.and_then(|literal| literal.get(*offset..)?.first_chunk::<N>());
            if let Some(gram) = gram {
                let gram = number(gram);
                whose.entry(gram).or_default().push((*at, *offset as u32));
            }
        }
        let bits = (whose.len() * BITS_PER_GRAM).next_power_of_two().ilog2();
        let bits = bits.clamp(*TABLE.start(), *TABLE.end());
        let mask = u32::MAX >> (u32::BITS - bits);
        let mut table = vec![0_u64; 1 << (bits - 6)].into_boxed_slice();
        for gram in whose.keys() {
            let bit = hash(*gram) & mask;
            if let Some(word) = table.get_mut((bit >> 6) as usize) {
                *word |= 1 << (bit & 63);
            }
        }
        Self {
            bits: table,
            mask,
            whose,
        }
    }

    /// Calls `each` with a literal, where in it its gram stands and where in `text`, for every gram in `text`.
    fn look(&self, text: &[u8], each: &mut impl FnMut(u32, u32, usize)) {
        if self.bits.is_empty() {
            return;
        }
        let mut find = |gram: u32, stand: usize| {
            if self.asks(gram) & 1 == 1 {
                for (at, offset) in self.whose.get(&gram).into_iter().flatten() {
                    each(*at, *offset, stand);
                }
            }
        };
        let mut from = 0;
        // Several at a time and hardly a branch: most stands are nobody's gram.
        while let Some(eight) = text.get(from..).and_then(|rest| rest.first_chunk()) {
            let eight = u64::from_le_bytes(*eight);
            let grams = std::array::from_fn::<u32, ABREAST, _>(|on| {
                (eight >> (u8::BITS as usize * on)) as u32 & Self::BITS_OF_GRAM
            });
            if grams.iter().fold(0, |any, gram| any | self.asks(*gram)) & 1 == 1 {
                for (on, gram) in grams.into_iter().enumerate() {
                    find(gram, from + on);
                }
            }
            from += ABREAST;
        }
        let rest = text.get(from..).unwrap_or_default();
        for (on, some) in rest.array_windows::<N>().enumerate() {
            find(number(some), from + on);
        }
    }

    const BITS_OF_GRAM: u32 = u32::MAX >> (u32::BITS as usize - u8::BITS as usize * N);

    /// Whose lowest bit is set if the gram may stand for a literal.
    fn asks(&self, gram: u32) -> u64 {
        let bit = hash(gram) & self.mask;
        let word = self.bits.get((bit >> 6) as usize).copied().unwrap_or_default();
        word >> (bit & 63)
    }
}

/// A gram as a number.
fn number<const N: usize>(gram: &[u8; N]) -> u32 {
    gram.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte))
}

/// Multiplicative hashing (Knuth, The Art of Computer Programming 3, section 6.4): the upper bits are the hash.
const fn hash(gram: u32) -> u32 {
    ((gram as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 40) as u32
}

/// How common grams and pairs of bytes are among literals: what many rules look for is what events are full of.
#[derive(Default)]
struct Commonness {
    grams: FxHashMap<[u8; GRAM], u32>,
    pairs: FxHashMap<[u8; SHORT], u32>,
}

impl Commonness {
    fn of<'a>(literals: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut all = Self::default();
        for literal in literals {
            for four in literal.array_windows::<GRAM>() {
                *all.grams.entry(*four).or_default() += 1;
            }
            for two in literal.array_windows::<SHORT>() {
                *all.pairs.entry(*two).or_default() += 1;
            }
        }
        all
    }

    /// Where the rarest gram of a literal stands; `None` if it is shorter than one.
    fn rarest_gram(&self, literal: &[u8]) -> Option<usize> {
        let commonness = |four: &[u8; GRAM]| {
            let pairs = four.array_windows().map(|two| self.pair(two));
            let grams = self.grams.get(four).copied().unwrap_or_default();
            (grams, pairs.fold(0, u32::saturating_add))
        };
        let stands = literal.array_windows().map(commonness).enumerate();
        stands.min_by_key(|(_, how)| *how).map(|(at, _)| at)
    }

    /// The same for pairs of bytes.
    fn rarest_pair(&self, literal: &[u8]) -> Option<usize> {
        let stands = literal.array_windows().map(|two| self.pair(two)).enumerate();
        stands.min_by_key(|(_, how)| *how).map(|(at, _)| at)
    }

    fn pair(&self, two: &[u8; SHORT]) -> u32 {
        self.pairs.get(two).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
