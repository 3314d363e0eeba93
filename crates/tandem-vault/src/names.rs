//! Names in text: found without keeping a list of them, and replaced by pseudonyms.
//!
//! A term (a name, an account, a mail address, a person key) is a sequence of words, and only its keyed hash is kept. Text is
//! cut into words in the same way, so a match begins and ends at the border of a word, upper and lower case, accents and
//! separators do not matter (`Anna Meyer`, `MEYER, Anna`, `CORP\anna.meyer`, `anna_meyer`), and of several matches the longest
//! one from the left wins. The work is linear in the text. An Aho-Corasick automaton would find the same, but holds every name
//! readable in memory, needs several hundred bytes per name, and takes `é` written in two ways for two letters.

mod build;
mod words;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::ops::Range;

use tandem_domain::SubjectId;

pub(crate) use build::Builder;
use words::{Words, has_escapes};

/// Stands for a name of which the text must not say whose it is.
const NAME: &str = "(name)";
/// Stands for a text that is too long to be looked through.
const TOO_LONG: &str = "(text withheld: too long to be checked for names)";
/// Stands for a text that cannot be read in one way only.
const TWISTED: &str = "(text withheld: names in it cannot be told apart)";
/// Times that a text of two readings is looked through again.
const PASSES: usize = 8;
/// Longest text looked through, bytes.
const LONGEST: usize = 16 << 20;
/// Most people named by their pseudonym in one text: nobody learns who is who by pasting in the telephone list.
const NAMED: usize = 32;
/// Most words of a term.
const TERM: usize = 12;

/// Longer terms begin like this one, but it is none itself.
const NOBODY: u32 = u32::MAX;
/// A term of several people.
const SHARED: u32 = u32::MAX - 1;

/// What stands behind the hash of a sequence of words.
#[derive(Debug, Clone, Copy)]
struct Slot {
    owner: u32,
    longer: bool,
}

/// Knows every name in the vault and tells none: it holds hashes under a key of its own, about 350 bytes per person. Its
/// `Debug` shows counts.
pub struct NameIndex {
    hashing: RandomState,
    slots: HashMap<u64, Slot>,
    shared: HashMap<u64, Vec<u32>>,
    subjects: Vec<Box<str>>,
    /// Hashes of the pseudonyms themselves.
    pseudonyms: HashSet<u64>,
    /// First words of pseudonyms, lower case: usually `s` alone.
    openers: HashSet<Box<str>>,
    left_out: u64,
    unreadable: u64,
}

impl fmt::Debug for NameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NameIndex")
            .field("people", &self.subjects.len())
            .field("entries", &self.slots.len())
            .field("left_out", &self.left_out)
            .field("unreadable", &self.unreadable)
            .finish_non_exhaustive()
    }
}

/// A match: where, and the hash of its term.
struct Found {
    at: Range<usize>,
    term: u64,
    owner: u32,
}

impl NameIndex {
    /// `text` with every known name replaced by the person's pseudonym, or by `(name)` if several people share it.
    ///
    /// For text that Tandem composed itself. Who may see the answer to a text of their own choice would learn the pseudonym of
    /// anybody whose name they know: for what people write (notes, chat, search, mail) use [`NameIndex::redact`]. As a second
    /// line, at most 32 people per text are named; a text of more than 16 MiB is withheld as a whole. Give it texts, not JSON with
    /// `\u` escapes: letters that are not there are not found.
    pub fn mask<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut named = BTreeSet::new();
        self.replace(text, |found| {
            let subject = self.subjects.get(found.owner as usize)?;
            if named.len() >= NAMED && !named.contains(&found.owner) {
                return None;
            }
            named.insert(found.owner);
            Some(subject.as_ref())
        })
    }

    /// `text` with every known name replaced by `(name)`, which does not tell whose it is. For text that people wrote.
    pub fn redact<'t>(&self, text: &'t str) -> Cow<'t, str> {
        self.replace(text, |_| None)
    }

    /// Pseudonyms of everybody who is named in the text, each once, in order. For deciding whether a text may leave; not for
    /// showing, see [`NameIndex::mask`]. Of a text of more than 16 MiB only the beginning is looked through.
    pub fn finds(&self, text: &str) -> Vec<SubjectId> {
        let mut owners = BTreeSet::new();
        let start = text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default();
        for found in self.matches(start) {
            match found.owner {
                SHARED => owners.extend(self.shared.get(&found.term).into_iter().flatten().copied()),
                owner => owners.extend([owner]),
            }
        }
        let subject = |owner: &u32| self.subjects.get(*owner as usize);
        let mut found: Vec<_> = owners
            .iter()
            .filter_map(subject)
            .map(|text| SubjectId(text.to_string()))
            .collect();
        found.sort();
        found
    }

    /// True if the text is short enough to be looked through and nobody known is named in it: it may leave as it is.
    pub fn is_clean(&self, text: &str) -> bool {
        text.len() <= LONGEST && self.matches(text).is_empty()
    }

    /// People it knows.
    pub fn people(&self) -> usize {
        self.subjects.len()
    }

    /// Names that are not looked for, because they are too short or plain words (accounts such as `ops` or `rita`): they would
    /// be found everywhere.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// People whose record is damaged, so that their names are not known here: text that may name them leaves unmasked. Look at
    /// it before text leaves, and mend the vault.
    pub const fn unreadable(&self) -> u64 {
        self.unreadable
    }

    fn replace<'t, 's>(
        &'s self,
        text: &'t str,
        mut by: impl FnMut(&Found) -> Option<&'s str>,
    ) -> Cow<'t, str> {
        if text.len() > LONGEST {
            return Cow::Borrowed(TOO_LONG);
        }
        let Some(mut masked) = self.replace_once(text, &mut by) else {
            return Cow::Borrowed(text);
        };
        if !has_escapes(text) {
            return Cow::Owned(masked);
        }
        // Two readings may overlap, and what one of them leaves may be a shorter name.
        for _ in 0..PASSES {
            match self.replace_once(&masked, &mut by) {
                Some(again) => masked = again,
                None => return Cow::Owned(masked),
            }
        }
        Cow::Borrowed(TWISTED)
    }

    fn replace_once<'s>(
        &'s self,
        text: &str,
        by: &mut impl FnMut(&Found) -> Option<&'s str>,
    ) -> Option<String> {
        let found = self.matches(text);
        let mut masked = String::with_capacity(if found.is_empty() { 0 } else { text.len() });
        let mut done = 0;
        for one in found.iter() {
            if one.at.start >= done {
                masked.push_str(text.get(done..one.at.start).unwrap_or_default());
                masked.push_str(by(one).unwrap_or(NAME));
                done = one.at.end;
            }
        }
        masked.push_str(text.get(done..).unwrap_or_default());
        (!found.is_empty()).then_some(masked)
    }

    /// Matches from left to right, of those that begin together the longest first.
    fn matches(&self, text: &str) -> Vec<Found> {
        let mut found = self.matches_in(&Words::of(text, false), text);
        if has_escapes(text) {
            // `\n` is a line end to some and the start of `CORP\nina` to others: both readings count.
            found.extend(self.matches_in(&Words::of(text, true), text));
            found.sort_by_key(|one| (one.at.start, std::cmp::Reverse(one.at.end)));
        }
        found
    }

    fn matches_in(&self, words: &Words, text: &str) -> Vec<Found> {
        let closed = self.closed(words, text);
        let mut found = Vec::new();
        let mut first = 0;
        while first < words.len() {
            match self.longest(words, first, &closed) {
                Some((last, term, owner)) => {
                    let at = words.start(first)..words.end(last);
                    found.push(Found { at, term, owner });
                    first = last + 1;
                }
                None => first += 1,
            }
        }
        found
    }

    /// The longest term that begins at a word: its last word, hash and owner.
    fn longest(&self, words: &Words, first: usize, closed: &HashSet<usize>) -> Option<(usize, u64, u32)> {
        let mut hasher = self.hashing.build_hasher();
        let mut best = None;
        for index in first..words.len().min(first + TERM) {
            if closed.contains(&index) {
                break;
            }
            extend(&mut hasher, words.folded(index));
            let term = hasher.finish();
            let Some(slot) = self.slots.get(&term) else {
                break;
            };
            if slot.owner != NOBODY {
                best = Some((index, term, slot.owner));
            }
            if !slot.longer {
                break;
            }
        }
        best
    }

    /// Words that belong to a pseudonym of this vault or to `(name)`: what was put in for a name is never part of another one.
    fn closed(&self, words: &Words, text: &str) -> HashSet<usize> {
        let mut closed = HashSet::new();
        for first in 0..words.len() {
            if words.folded(first) == "name" {
                let around = words.start(first).saturating_sub(1)..words.end(first).saturating_add(1);
                if text.get(around) == Some(NAME) {
                    closed.insert(first);
                }
            }
            if !self.openers.contains(words.folded(first)) {
                continue;
            }
            let mut hasher = self.hashing.build_hasher();
            let mut last = None;
            for index in first..words.len().min(first + TERM) {
                extend(&mut hasher, words.folded(index));
                if self.pseudonyms.contains(&hasher.finish()) {
                    last = Some(index);
                }
            }
            closed.extend(last.map(|last| first..=last).into_iter().flatten());
        }
        closed
    }
}

/// Takes one more word into the hash of a sequence.
fn extend(hasher: &mut impl Hasher, word: &str) {
    hasher.write(word.as_bytes());
    hasher.write_u8(0xff);
}

#[cfg(test)]
mod tests;
