//! SHA-256 values and the three ways this crate makes them.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};

/// Prefix of a leaf's hash (RFC 9162 section 2.1.1).
const LEAF: [u8; 1] = [0];
/// Prefix of an inner node's hash (RFC 9162 section 2.1.1): a node can never be passed off as a leaf.
const NODE: [u8; 1] = [1];
/// What the first row's `prev` is made from, so that rows of one installation do not fit into another's ledger.
const GENESIS: &str = "tandem-ledger/1\n";

/// A SHA-256 value, written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Reads 64 lower-case hexadecimal digits; upper-case ones are refused, so that a value has one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// The leaf of a row's canonical bytes: SHA-256(0x00 ‖ bytes).
    pub fn leaf(bytes: &[u8]) -> Self {
        Self::of(&[&LEAF, bytes])
    }

    /// The node above two others: SHA-256(0x01 ‖ left ‖ right).
    pub fn node(left: Self, right: Self) -> Self {
        Self::of(&[&NODE, &left.0, &right.0])
    }

    /// The chain's next value: SHA-256(previous ‖ bytes).
    pub fn link(previous: Self, bytes: &[u8]) -> Self {
        Self::of(&[&previous.0, bytes])
    }

    /// What the first row of an installation's ledger continues: SHA-256("tandem-ledger/1\n" ‖ origin).
    pub fn genesis(origin: &str) -> Self {
        Self::of(&[GENESIS.as_bytes(), origin.as_bytes()])
    }

    /// The root of a tree without leaves: SHA-256 of nothing (RFC 9162 section 2.1.1).
    pub fn empty() -> Self {
        Self::of(&[])
    }

    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| de::Error::custom("expected 64 lower-case hexadecimal digits"))
    }
}
