//! Recovery codes: ten, shown once, each usable once. Only hashes are stored.

use serde::{Deserialize, Serialize};

use crate::encoding::{base64url, sha256};
use crate::{SecretText, secret};

/// How many codes a set has.
pub const RECOVERY_CODES: usize = 10;
/// Letters of a code: Crockford's base 32, without I, L, O and U, so that a code can be read from paper.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// A code as the person sees it: four groups of four letters, 80 bits. Its entropy is that of a key, so a fast hash is enough.
pub type RecoveryCode = SecretText;

/// The hashes of the codes that are still good.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RecoverySet {
    hashes: Vec<String>,
}

impl RecoverySet {
    /// Makes ten codes of ten random bytes each. Show the codes once; store the set.
    pub fn new(random: &[[u8; 10]; RECOVERY_CODES]) -> (Self, Vec<RecoveryCode>) {
        let codes: Vec<SecretText> = random
            .iter()
            .map(|bytes| SecretText::new(written(*bytes)))
            .collect();
        let hashes = codes.iter().filter_map(|code| hash(code.expose())).collect();
        (Self { hashes }, codes)
    }

    /// Codes left.
    pub const fn left(&self) -> usize {
        self.hashes.len()
    }

    /// Uses up a code: the set without it, to be stored in its place, or `None` if the code is none of the set. Case, spaces
    /// and hyphens do not matter, and I, L and O are read as 1, 1 and 0.
    pub fn redeem(&self, typed: &str) -> Option<Self> {
        let hash = hash(typed)?;
        let hashes: Vec<String> = self
            .hashes
            .iter()
            .filter(|known| !secret::same(known, &hash))
            .cloned()
            .collect();
        (hashes.len() < self.hashes.len()).then_some(Self { hashes })
    }
}

fn written(bytes: [u8; 10]) -> String {
    let bits = bytes.iter().fold(0_u128, |n, b| (n << 8) | u128::from(*b));
    let mut text = String::with_capacity(19);
    for place in (0..16).rev() {
        let letter = ALPHABET.get(((bits >> (5 * place)) & 31) as usize).copied();
        text.push(char::from(letter.unwrap_or(b'0')));
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
    }
    text
}

fn hash(typed: &str) -> Option<String> {
    let mut letters = String::with_capacity(16);
    for typed in typed.chars().filter(|c| !c.is_whitespace() && *c != '-').take(17) {
        let letter = match typed.to_ascii_uppercase() {
            'I' | 'L' => '1',
            'O' => '0',
            other => other,
        };
        if !letter.is_ascii() || !ALPHABET.contains(&(letter as u8)) {
            return None;
        }
        letters.push(letter);
    }
    (letters.len() == 16).then(|| base64url(sha256(letters.as_bytes()).as_ref()))
}
