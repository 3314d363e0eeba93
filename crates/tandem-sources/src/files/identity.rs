//! What tells one file from another, and the same bytes from others.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

use serde::{Deserialize, Serialize};
use tandem_collect::stream_id;
use xxhash_rust::xxh3::xxh3_64;

/// Bytes at a file's beginning that tell it.
pub(super) const HEAD: usize = 256;
/// Bytes before the place reached that must still be what they were.
pub(super) const TAIL: usize = 256;

/// A file of this machine for as long as it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct FileId {
    pub(super) device: u64,
    pub(super) inode: u64,
}

impl FileId {
    pub(super) fn of(meta: &Metadata) -> Self {
        Self {
            device: meta.dev(),
            inode: meta.ino(),
        }
    }
}

/// A file's beginning: its first line or its first 256 bytes, whichever is shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    /// Bytes it covers; none of them ends a line.
    length: u16,
    #[serde(with = "hex")]
    hash: u128,
}

impl Head {
    /// The head of a file that begins so, and whether it can still grow.
    pub(super) fn of(bytes: &[u8]) -> (Self, bool) {
        let bytes = bytes.get(..HEAD).unwrap_or(bytes);
        let line = bytes.iter().position(|byte| *byte == b'\n');
        let head = Self {
            length: line.unwrap_or(bytes.len()) as u16,
            hash: stream_id(bytes),
        };
        (head, line.is_none() && bytes.len() < HEAD)
    }

    /// True if a file that begins so has this head.
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        bytes
            .get(..usize::from(self.length))
            .is_some_and(|bytes| !bytes.contains(&b'\n') && stream_id(bytes) == self.hash)
    }

    pub(super) const fn length(&self) -> u64 {
        self.length as u64
    }

    pub(super) const fn hash(&self) -> u128 {
        self.hash
    }
}

/// The bytes right before the place reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Tail {
    length: u16,
    hash: u64,
}

impl Tail {
    /// Of everything read so far, or of as much as [`TAIL`] of it.
    pub(super) fn of(read: &[u8]) -> Self {
        let from = read.len().saturating_sub(TAIL);
        let bytes = read.get(from..).unwrap_or_default();
        Self {
            length: bytes.len() as u16,
            hash: xxh3_64(bytes),
        }
    }

    pub(super) const fn length(&self) -> usize {
        self.length as usize
    }

    /// True if these are the bytes.
    pub(super) fn fits(&self, bytes: &[u8]) -> bool {
        bytes.len() == self.length() && (bytes.is_empty() || xxh3_64(bytes) == self.hash)
    }
}

/// A running sum over all bytes of a stream (FNV-1a, 64 bits; Fowler, Noll and Vo 1991). Its state is one number, so that it
/// can be kept with a position and go on from there, which the faster hashes do not offer. It tells copies, not forgeries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Sum(u64);

impl Sum {
    pub(super) const START: Self = Self(0xcbf2_9ce4_8422_2325);

    #[must_use]
    pub(super) fn with(self, bytes: &[u8]) -> Self {
        Self(bytes.iter().fold(self.0, |sum, byte| {
            (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        }))
    }
}

/// 128 bits as hexadecimal text, since JSON readers lose digits of larger numbers.
mod hex {
    use serde::{Deserialize as _, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &u128, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&format!("{value:032x}"))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u128, D::Error> {
        let text = String::deserialize(from)?;
        u128::from_str_radix(&text, 16).map_err(serde::de::Error::custom)
    }
}
