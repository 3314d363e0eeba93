//! Many literals looked for in one value, in time that hardly depends on how many there are.
//!
//! A literal that must begin or end the value is found by the value's first or last bytes in a hash table. For one that may
//! stand anywhere, a few of its bytes that are rare among all literals (its *grams*) stand for it: a walk over the value asks a
//! table of bits, small enough for the processor's nearest cache, whether the bytes at hand are anybody's gram, and only then
//! compares. An automaton over thousands of literals needs no comparing, but each of its steps waits for memory that no near
//! cache holds. (The idea is the fingerprint of Wu and Manber 1994, 'A fast algorithm for multi-pattern searching', with the
//! block chosen for each literal instead of its beginning.)

mod commonness;
mod edges;
mod grams;

use std::collections::BTreeMap;

use commonness::Commonness;
use edges::Edges;
use grams::{Grams, span};
use memchr::memmem::Finder;

use super::witness::Place;

/// Bytes of a gram, of one for literals that are too short for it, and of one where all literals are long: fewer places of a
/// value have somebody's gram (one place in six of a text of hexadecimal digits, where 5,000 hashes are looked for by four).
const GRAM: usize = 4;
const SHORT: usize = 2;
const LONG: usize = 8;

/// Literals, each with where it must stand and whose witness it is.
pub(super) type Literals = BTreeMap<Box<str>, Vec<(Place, Box<[u32]>)>>;

/// Literals and whose witnesses they are.
#[derive(Default)]
pub(super) struct Needles {
    needles: Vec<Needle>,
    starts: Edges,
    ends: Edges,
    long: Grams<LONG, { span(LONG) }>,
    grams: Grams<GRAM, { span(GRAM) }>,
    short: Grams<SHORT, { span(SHORT) }>,
    /// Literals of one or two bytes that may stand anywhere: few.
    tiny: Vec<Tiny>,
    /// The same, one character that is not of ASCII: letters of other scripts that look alike.
    strange: Vec<Tiny>,
}

/// The number of a literal, and what finds it.
type Tiny = (u32, Finder<'static>);

struct Needle {
    literal: Box<[u8]>,
    rules: Box<[u32]>,
}

impl Needles {
    /// Arranges literals, each with where it must stand and whose witness it is. None of them is empty.
    pub(super) fn new(literals: Literals) -> Self {
        let commonness = Commonness::of(literals.keys().map(|text| text.as_bytes()));
        let mut all = Self::default();
        let mut inside = Vec::new();
        for (text, places) in literals {
            for (place, rules) in places {
                let at = all.needles.len() as u32;
                let literal: Box<[u8]> = text.as_bytes().into();
                match place {
                    Place::Start => all.starts.add(&literal, at, edges::first),
                    Place::End => all.ends.add(&literal, at, edges::last),
                    _ => inside.push(at),
                }
                all.needles.push(Needle { literal, rules });
            }
        }
        all.arrange(&commonness, &inside);
        all
    }

    /// Arranges the literals that may stand anywhere.
    fn arrange(&mut self, commonness: &Commonness, inside: &[u32]) {
        let needles = std::mem::take(&mut self.needles);
        let literal = |at: u32| needles.get(at as usize).map(|needle| &*needle.literal);
        let literals = || inside.iter().filter_map(|at| Some((*at, literal(*at)?)));
        let all_long = literals().all(|(_, literal)| literal.len() > LONG);
        let (mut long, mut grams, mut short) = (Vec::new(), Vec::new(), Vec::new());
        for (at, literal) in literals() {
            if all_long && let Some(offset) = commonness.rarest(literal, LONG) {
                long.push((at, offset));
            } else if let Some(offset) = commonness.rarest(literal, GRAM) {
                grams.push((at, offset));
            } else if let Some(offset) = commonness.rarest(literal, SHORT) {
                short.push((at, offset));
            } else {
                let some = if literal.is_ascii() {
                    &mut self.tiny
                } else {
                    &mut self.strange
                };
                some.push((at, Finder::new(literal).into_owned()));
            }
        }
        self.long = Grams::new(literal, &long);
        self.grams = Grams::new(literal, &grams);
        self.short = Grams::new(literal, &short);
        self.needles = needles;
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.needles.len()
    }

    /// The rules of a literal, none if it does not stand in the value.
    #[inline]
    fn rules_if(&self, at: u32, stands: impl FnOnce(&[u8]) -> bool) -> &[u32] {
        match self.needles.get(at as usize) {
            Some(needle) if stands(&needle.literal) => &needle.rules,
            _ => &[],
        }
    }

    /// Calls `name` with the rules of every literal that stands in `text` where it must; perhaps several times.
    pub(super) fn look(&self, text: &str, name: &mut impl FnMut(&[u32])) {
        let ascii = self.strange.is_empty() || text.is_ascii();
        let text = text.as_bytes();
        self.starts.look(edges::first(text), text.len(), |at| {
            name(self.rules_if(at, |literal| text.starts_with(literal)));
        });
        self.ends.look(edges::last(text), text.len(), |at| {
            name(self.rules_if(at, |literal| text.ends_with(literal)));
        });
        let strange = self.strange.iter().filter(|_| !ascii);
        for (at, finder) in self.tiny.iter().chain(strange) {
            name(self.rules_if(*at, |_| finder.find(text).is_some()));
        }
        let mut compare = |at: u32, offset: u32, stand: usize| {
            let from = stand.checked_sub(offset as usize);
            if let Some(rest) = from.and_then(|from| text.get(from..)) {
                name(self.rules_if(at, |literal| rest.starts_with(literal)));
            }
        };
        self.long.look(text, &mut compare);
        self.grams.look(text, &mut compare);
        self.short.look(text, &mut compare);
    }
}

#[cfg(test)]
mod tests;
