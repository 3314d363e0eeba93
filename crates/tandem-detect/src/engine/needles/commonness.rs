//! Which bytes of a literal tell it best from others.

use rustc_hash::FxHashMap;

use super::grams::STRIDE;

/// How common blocks of two and of four bytes are among literals: what many rules look for is what events are full of.
#[derive(Default)]
pub(super) struct Commonness {
    fours: FxHashMap<[u8; 4], u32>,
    twos: FxHashMap<[u8; 2], u32>,
}

impl Commonness {
    /// Among these literals.
    pub(super) fn of<'a>(literals: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut all = Self::default();
        for literal in literals {
            for four in literal.array_windows() {
                *all.fours.entry(*four).or_default() += 1;
            }
            for two in literal.array_windows() {
                *all.twos.entry(*two).or_default() += 1;
            }
        }
        all
    }

    /// Where in a literal the grams of `gram` bytes begin of which the commonest is rarest; `None` if it is too short for all of
    /// them.
    pub(super) fn rarest(&self, literal: &[u8], gram: usize) -> Option<usize> {
        let stands = literal.windows(gram).map(|gram| self.common(gram));
        let stands: Vec<_> = stands.collect();
        let worst = stands.windows(STRIDE).map(|some| some.iter().max());
        let best = worst.enumerate().min_by(|left, right| left.1.cmp(&right.1));
        best.map(|(at, _)| at)
    }

    /// How common a gram is: its rarest four bytes, and all its pairs.
    fn common(&self, gram: &[u8]) -> (u32, u32) {
        let fours = gram
            .array_windows()
            .filter_map(|four| self.fours.get(four).copied());
        let twos = gram.array_windows().filter_map(|two| self.twos.get(two).copied());
        (fours.min().unwrap_or_default(), twos.fold(0, u32::saturating_add))
    }
}
