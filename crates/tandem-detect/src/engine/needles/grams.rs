//! Literals found by a few of their bytes.

use rustc_hash::FxHashMap;

/// Between the places of a value at which grams are looked for: each literal has as many grams, one after the other, so that
/// one of them stands at such a place wherever the literal stands.
pub(super) const STRIDE: usize = 2;
/// Places looked at together.
const ABREAST: usize = 4;
/// Bits of the table for each gram: one place in 32 of a value is compared for nothing, if grams were spread evenly.
const BITS_PER_GRAM: usize = 32;
/// Fewest and most words of the table: from a cache line to a quarter of a near cache of 32 KiB.
const WORDS: std::ops::RangeInclusive<usize> = 1 << 3..=1 << 10;

/// Bytes of which [`ABREAST`] grams of so many bytes are made.
pub(super) const fn span(gram: usize) -> usize {
    STRIDE * (ABREAST - 1) + gram
}

/// Literals of more than `N` bytes by their grams of `N` bytes, at most eight; `SPAN` is [`span`] of `N`.
#[derive(Default)]
pub(super) struct Grams<const N: usize, const SPAN: usize> {
    /// Whether a gram with this hash stands for a literal; nothing without literals.
    bits: Box<[u64]>,
    /// How many words that are, less one.
    mask: usize,
    /// Whose gram it is, and where in the literal it stands.
    whose: FxHashMap<u64, Vec<(u32, u32)>>,
}

impl<const N: usize, const SPAN: usize> Grams<N, SPAN> {
    /// `standing`: the numbers of literals, and where the first of their grams stands.
    pub(super) fn new<'l>(literal: impl Fn(u32) -> Option<&'l [u8]>, standing: &[(u32, usize)]) -> Self {
        let mut all = Self::default();
        for (at, offset) in standing {
            for stand in *offset..*offset + STRIDE {
                if let Some(gram) = literal(*at).and_then(|literal| gram::<N>(literal, stand)) {
                    let whose = all.whose.entry(gram).or_default();
                    whose.push((*at, stand as u32));
                }
            }
        }
        if all.whose.is_empty() {
            return all;
        }
        let words = (all.whose.len() * BITS_PER_GRAM / u64::BITS as usize).next_power_of_two();
        all.mask = words.clamp(*WORDS.start(), *WORDS.end()) - 1;
        let mut bits = vec![0; all.mask + 1];
        for gram in all.whose.keys() {
            let (word, bit) = all.place(*gram);
            if let Some(word) = bits.get_mut(word) {
                *word |= 1 << bit;
            }
        }
        all.bits = bits.into();
        all
    }

    /// Calls `each` with a literal, where in it its gram stands and where in `text`, for every gram at every second place of
    /// `text`.
    #[inline]
    pub(super) fn look(&self, text: &[u8], each: &mut impl FnMut(u32, u32, usize)) {
        if self.bits.is_empty() {
            return;
        }
        let mut find = |gram: u64, stand: usize| {
            if self.asks(gram) & 1 == 1 {
                for (at, offset) in self.whose.get(&gram).into_iter().flatten() {
                    each(*at, *offset, stand);
                }
            }
        };
        let mut from = 0;
        // Several at a time and hardly a branch: most places are nobody's gram.
        while let Some(span) = text.get(from..).and_then(|rest| rest.first_chunk::<SPAN>()) {
            let grams: [u64; ABREAST] =
                std::array::from_fn(|on| gram::<N>(span, on * STRIDE).unwrap_or_default());
            if grams.iter().fold(0, |any, gram| any | self.asks(*gram)) & 1 == 1 {
                for (on, gram) in grams.into_iter().enumerate() {
                    find(gram, from + on * STRIDE);
                }
            }
            from += ABREAST * STRIDE;
        }
        while let Some(gram) = gram::<N>(text, from) {
            find(gram, from);
            from += STRIDE;
        }
    }

    /// Whose lowest bit is set if the gram may stand for a literal.
    #[inline]
    fn asks(&self, gram: u64) -> u64 {
        let (word, bit) = self.place(gram);
        self.bits.get(word).copied().unwrap_or_default() >> bit
    }

    /// Of a gram's hash: its word in the table, and its bit there. Multiplicative hashing (Knuth, The Art of Computer
    /// Programming 3, section 6.4): the upper bits are the hash.
    #[inline]
    const fn place(&self, gram: u64) -> (usize, u32) {
        let hash = gram.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - u32::BITS);
        ((hash >> 16) as usize & self.mask, (hash >> 10) as u32 & 63)
    }
}

/// The `N` bytes of `text` at `stand` as a number.
#[inline]
fn gram<const N: usize>(text: &[u8], stand: usize) -> Option<u64> {
    let bytes = text.get(stand..)?.first_chunk::<N>()?;
    let add = |sum, byte: &u8| sum << 8 | u64::from(*byte);
    Some(bytes.iter().rev().fold(0, add))
}
