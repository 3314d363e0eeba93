//! The row that holds a person's sealed key.

use crate::key::{KEY_BYTES, KeyId};
use crate::seal::OVERHEAD;

/// Bytes of a sealed key.
const SEALED: usize = OVERHEAD + KEY_BYTES;

/// Which master key it is sealed under, which version of the record it opens, and the sealed key itself.
pub(crate) struct KeyRow<'a> {
    pub key: KeyId,
    pub version: u64,
    pub sealed: &'a [u8],
}

impl<'a> KeyRow<'a> {
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (key, rest) = bytes.split_first_chunk::<8>()?;
        let (version, sealed) = rest.split_first_chunk::<8>()?;
        (sealed.len() == SEALED).then_some(Self {
            key: KeyId(*key),
            version: u64::from_le_bytes(*version),
            sealed,
        })
    }

    pub fn bytes(&self) -> Vec<u8> {
        let version = self.version.to_le_bytes();
        [self.key.0.as_slice(), &version, self.sealed].concat()
    }
}
