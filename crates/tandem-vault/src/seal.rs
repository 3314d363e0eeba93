//! Sealing: XChaCha20-Poly1305 with random nonces (192 bits, so that they never repeat), bound to what is sealed and where.

use chacha20poly1305::aead::AeadInOut;
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::key::{KEY_BYTES, KeyId};

/// Bytes of a nonce.
const NONCE: usize = 24;
/// Bytes that sealing adds: nonce and tag.
pub(crate) const OVERHEAD: usize = NONCE + 16;

/// A key for one version of one person's record.
pub(crate) type DataKey = Zeroizing<[u8; KEY_BYTES]>;

/// What is sealed. Each kind has its own word in the associated data, so that none can stand for another.
#[derive(Clone, Copy)]
pub(crate) enum What {
    /// The key of the account index, under a master key.
    Root(KeyId),
    /// A person's key, under a master key.
    Key(KeyId),
    /// A person's record, under that person's key.
    Record,
}

/// Where a sealed value belongs: another place does not open it.
#[derive(Clone, Copy)]
pub(crate) struct Bound<'a> {
    pub what: What,
    /// The vault's own random id.
    pub vault: &'a [u8; 16],
    /// Version of the person's record, from 1; 0 for the root.
    pub version: u64,
    /// Pseudonym; empty for the root.
    pub subject: &'a str,
}

impl Bound<'_> {
    /// The associated data. Every part but the last has a fixed length, so two places never give the same bytes.
    fn bytes(&self) -> Vec<u8> {
        let (word, key) = match self.what {
            What::Root(key) => (b"tandem-vault/1 root  ", key.0),
            What::Key(key) => (b"tandem-vault/1 key   ", key.0),
            What::Record => (b"tandem-vault/1 record", [0; 8]),
        };
        let version = self.version.to_le_bytes();
        [
            word.as_slice(),
            &key,
            self.vault,
            &version,
            self.subject.as_bytes(),
        ]
        .concat()
    }
}

/// Fills `bytes` from the operating system.
pub(crate) fn random(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(|_| VaultError::Randomness)
}

/// A new key.
pub(crate) fn new_key() -> Result<DataKey, VaultError> {
    let mut key = Zeroizing::new([0; KEY_BYTES]);
    random(key.as_mut_slice())?;
    Ok(key)
}

/// Nonce, sealed bytes and tag.
pub(crate) fn seal(key: &[u8; KEY_BYTES], bound: Bound<'_>, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE];
    random(&mut nonce)?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let mut sealed = Vec::with_capacity(OVERHEAD + plain.len());
    let mut body = Zeroizing::new(Vec::with_capacity(OVERHEAD + plain.len()));
    body.extend_from_slice(plain);
    cipher
        .encrypt_in_place(&XNonce::from(nonce), &bound.bytes(), &mut *body)
        .map_err(|_| VaultError::Seal("it is too long"))?;
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(&body);
    Ok(sealed)
}

/// What was sealed, or `None` if the key, the place or a byte is not the same.
pub(crate) fn unseal(key: &[u8; KEY_BYTES], bound: Bound<'_>, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, body) = sealed.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let mut plain = Zeroizing::new(body.to_vec());
    cipher
        .decrypt_in_place(&XNonce::from(*nonce), &bound.bytes(), &mut *plain)
        .ok()?;
    Some(plain)
}

/// A sealed key.
pub(crate) fn unseal_key(key: &[u8; KEY_BYTES], bound: Bound<'_>, sealed: &[u8]) -> Option<DataKey> {
    let plain = unseal(key, bound, sealed)?;
    let bytes = <[u8; KEY_BYTES]>::try_from(plain.as_slice()).ok()?;
    Some(Zeroizing::new(bytes))
}
