//! The index is made: which terms an identity gives, and which are worth looking for.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, Hasher, RandomState};

use tandem_domain::SubjectId;

use super::words::{Words, is_unspaced};
use super::{NOBODY, NameIndex, SHARED, Slot, TERM, extend};
use crate::{Identity, VaultError};

/// Most entries: terms and their beginnings.
const ENTRIES: usize = 24_000_000;
/// A term has at least this many letters and digits.
const SHORTEST: usize = 4;
/// A single word of letters only has at least this many: `rita` and `ops` are found everywhere.
const SHORTEST_WORD: usize = 6;
/// A term of digits only has at least this many: `2024` and `8080` are found everywhere.
const SHORTEST_NUMBER: usize = 5;
/// Letters that a sign of an unspaced script counts for.
const SIGN: usize = 3;
/// Words before a name that are no part of it, folded.
const TITLES: [&str; 16] = [
    "dr", "prof", "mr", "mrs", "ms", "miss", "mx", "herr", "frau", "hr", "fr", "dipl", "ing", "sir", "mag",
    "phd",
];

/// Takes identities one after the other and keeps hashes only.
#[derive(Default)]
pub(crate) struct Builder {
    hashing: RandomState,
    slots: HashMap<u64, Slot>,
    shared: HashMap<u64, Vec<u32>>,
    subjects: Vec<Box<str>>,
    pseudonyms: HashSet<u64>,
    openers: HashSet<Box<str>>,
    left_out: u64,
    unreadable: u64,
}

impl Builder {
    /// Counts somebody whose record is damaged.
    pub fn add_unreadable(&mut self) {
        self.unreadable += 1;
    }

    /// Takes in one person.
    pub fn add(&mut self, subject: &SubjectId, identity: &Identity) -> Result<(), VaultError> {
        let owner = self.subjects.len() as u32;
        self.subjects.push(subject.as_str().into());
        self.close(subject);
        for term in terms(identity) {
            if worth(&term) {
                self.insert(&term, owner);
            } else {
                self.left_out += 1;
            }
        }
        if self.slots.len() > ENTRIES {
            return Err(VaultError::TooManyNames { limit: ENTRIES });
        }
        Ok(())
    }

    pub fn finish(mut self) -> NameIndex {
        self.slots.shrink_to_fit();
        NameIndex {
            hashing: self.hashing,
            slots: self.slots,
            shared: self.shared,
            subjects: self.subjects,
            pseudonyms: self.pseudonyms,
            openers: self.openers,
            left_out: self.left_out,
            unreadable: self.unreadable,
        }
    }

    fn close(&mut self, subject: &SubjectId) {
        let words = Words::of(subject.as_str(), false);
        let mut hasher = self.hashing.build_hasher();
        (0..words.len()).for_each(|index| extend(&mut hasher, words.folded(index)));
        self.pseudonyms.insert(hasher.finish());
        if words.len() > 0 && !self.openers.contains(words.folded(0)) {
            self.openers.insert(words.folded(0).into());
        }
    }

    fn insert(&mut self, term: &[String], owner: u32) {
        let mut hasher = self.hashing.build_hasher();
        for (index, word) in term.iter().enumerate() {
            extend(&mut hasher, word);
            let hash = hasher.finish();
            let slot = self.slots.entry(hash).or_insert(Slot {
                owner: NOBODY,
                longer: false,
            });
            if index + 1 < term.len() {
                slot.longer = true;
            } else if slot.owner == NOBODY {
                slot.owner = owner;
            } else if slot.owner != owner {
                let owners = self.shared.entry(hash).or_default();
                if slot.owner != SHARED {
                    owners.push(slot.owner);
                    slot.owner = SHARED;
                }
                if owners.last() != Some(&owner) {
                    owners.push(owner);
                }
            }
        }
    }
}

/// Everything an identity is called by, in folded words, each once.
fn terms(identity: &Identity) -> Vec<Vec<String>> {
    let mut terms = Vec::new();
    if let Some(name) = &identity.name {
        for spelling in spellings(name) {
            names(&spelling, &mut terms);
        }
    }
    for account in &identity.accounts {
        plain(account, &mut terms);
        let local = account
            .rsplit_once('\\')
            .map_or(account.as_str(), |(_, local)| local);
        let local = local.rsplit_once('@').map_or(local, |(local, _)| local);
        plain(local, &mut terms);
    }
    for mail in &identity.mail {
        plain(mail, &mut terms);
        let local = mail.rsplit_once('@').map_or(mail.as_str(), |(local, _)| local);
        // `info@` and `marketing@` are words.
        if !local.chars().all(char::is_alphabetic) {
            plain(local, &mut terms);
        }
    }
    for one in identity.phone.iter().chain([&identity.person_key]) {
        plain(one, &mut terms);
    }
    terms.retain(|term| (1..=TERM).contains(&term.len()));
    terms.sort();
    terms.dedup();
    terms
}

fn plain(text: &str, terms: &mut Vec<Vec<String>>) {
    for spelling in spellings(text) {
        terms.push(folded(&spelling));
    }
}

/// As written, and, if it has umlauts or å, also as they are written where they cannot be typed.
fn spellings(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization;
    let composed: String = text.nfc().collect();
    let mut spelt = String::with_capacity(composed.len());
    for c in composed.chars() {
        match c {
            'ä' | 'Ä' => spelt.push_str("ae"),
            'ö' | 'Ö' | 'ø' | 'Ø' => spelt.push_str("oe"),
            'ü' | 'Ü' => spelt.push_str("ue"),
            'å' | 'Å' => spelt.push_str("aa"),
            other => spelt.push(other),
        }
    }
    if spelt == composed {
        vec![composed]
    } else {
        vec![composed, spelt]
    }
}

fn folded(text: &str) -> Vec<String> {
    let words = Words::of(text, false);
    (0..words.len())
        .map(|index| words.folded(index).to_owned())
        .collect()
}

/// The ways in which a full name is written: in order, family name first, without titles or middle names, and as one word.
/// What is written without a space, such as `Meyer-Lund`, stays together.
fn names(name: &str, terms: &mut Vec<Vec<String>>) {
    terms.push(folded(name));
    let parts: Vec<Vec<String>> = name
        .split_whitespace()
        .map(folded)
        .filter(|part| !part.is_empty())
        .skip_while(|part| part.iter().all(|word| TITLES.contains(&word.as_str())))
        .collect();
    terms.push(parts.concat());
    let [first, middle @ .., last] = parts.as_slice() else {
        return;
    };
    let pair = [first.as_slice(), last].concat();
    let turned = [last.as_slice(), first].concat();
    if !name.chars().any(is_unspaced) {
        terms.push(vec![pair.concat()]);
        terms.push(vec![turned.concat()]);
    }
    terms.extend([pair, turned]);
    if !middle.is_empty() {
        let middle = middle.concat();
        terms.push([last.as_slice(), first, &middle].concat());
        terms.push([middle.as_slice(), last, first].concat());
    }
}

/// True if finding the term means finding the person, and not any word or number.
fn worth(term: &[String]) -> bool {
    let length: usize = term
        .iter()
        .flat_map(|word| word.chars())
        .map(|c| if is_unspaced(c) || is_jamo(c) { SIGN } else { 1 })
        .sum();
    let all = |of: fn(char) -> bool| term.iter().all(|word| word.chars().all(of));
    if all(char::is_numeric) {
        length >= SHORTEST_NUMBER
    } else if term.len() == 1 && all(char::is_alphabetic) {
        length >= SHORTEST_WORD
    } else {
        length >= SHORTEST
    }
}

/// Hangul taken apart by the folding.
fn is_jamo(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11ff}')
}
