//! Values whose text must not reach a log.

use std::fmt;

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::hmac;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::encoding::{base64url, from_base64url};

/// A text that is masked in `Debug`, has no `Display`, compares in constant time and is wiped when dropped.
///
/// Serialising writes the text: serialise it only into the state database.
#[derive(Clone, Zeroize, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Takes a text.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl PartialEq for SecretText {
    fn eq(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl Eq for SecretText {}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretText(…)")
    }
}

/// Compares without telling by its duration where two texts differ; only their lengths may show.
pub fn same(one: &str, other: &str) -> bool {
    constant_time_eq::constant_time_eq(one.as_bytes(), other.as_bytes())
}

/// A 256-bit key of the installation. What it signs is bound to a purpose, so that a value made for one thing never passes
/// for another.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Key([u8; 32]);

impl Key {
    /// Takes the key's bytes.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// HMAC-SHA-256 (RFC 2104) over the purpose and the parts, each with its length in front, as 43 characters of base64url.
    pub(crate) fn sign(&self, purpose: &str, parts: &[&[u8]]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut context = hmac::Context::with_key(&key);
        for part in std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        base64url(context.sign().as_ref())
    }

    /// A key for sealing, of its own for each purpose. AES-256-GCM takes every 32 bytes as a key.
    fn sealer(&self, purpose: &str) -> Option<LessSafeKey> {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let mut context = hmac::Context::with_key(&key);
        context.update(b"tandem seal 1\0");
        context.update(purpose.as_bytes());
        let unbound = UnboundKey::new(&AES_256_GCM, context.sign().as_ref()).ok()?;
        Some(LessSafeKey::new(unbound))
    }

    /// Seals a secret (AES-256-GCM, NIST SP 800-38D) for a place outside, such as the state database. `purpose` names what it
    /// is and whose; only the same purpose opens it. `nonce` is fresh random: never the same twice.
    ///
    /// # Errors
    /// [`SealError`] for a secret of many gigabytes.
    pub fn seal(
        &self,
        purpose: &str,
        secret: &SecretText,
        nonce: [u8; NONCE_LEN],
    ) -> Result<String, SealError> {
        let sealer = self.sealer(purpose).ok_or(SealError)?;
        let mut text = secret.expose().as_bytes().to_vec();
        sealer
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut text)
            .map_err(|_| SealError)?;
        Ok(base64url(&[&nonce[..], &text].concat()))
    }

    /// Opens what [`Self::seal`] sealed.
    ///
    /// # Errors
    /// [`SealError`] if it was sealed with another key, for another purpose, or was changed.
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<SecretText, SealError> {
        let mut bytes = from_base64url(sealed).ok_or(SealError)?;
        let (nonce, text) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or(SealError)?;
        let sealer = self.sealer(purpose).ok_or(SealError)?;
        let plain = sealer
            .open_in_place(Nonce::assume_unique_for_key(*nonce), Aad::empty(), text)
            .map_err(|_| SealError)?;
        let secret = String::from_utf8(plain.to_vec()).map_err(|_| SealError)?;
        bytes.zeroize();
        Ok(SecretText::new(secret))
    }
}

/// A sealed secret does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a sealed secret cannot be opened: it was changed, or sealed with another key; restore `sign-in.key`"
)]
pub struct SealError;

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_masked_and_compares_by_its_text() {
        let secret = SecretText::new("opensesame".into());
        assert_eq!(format!("{secret:?}"), "SecretText(…)");
        assert_eq!(secret, SecretText::new("opensesame".into()));
        assert_ne!(secret, SecretText::new("opensesamE".into()));
        assert_eq!(format!("{:?}", Key::new([7; 32])), "Key(…)");
    }

    #[test]
    fn a_sealed_secret_opens_with_its_key_and_purpose_only() {
        let key = Key::new([7; 32]);
        let secret = SecretText::new("JBSWY3DPEHPK3PXP".into());
        let sealed = key.seal("totp of ines", &secret, [1; 12]).unwrap();
        assert!(!sealed.contains("JBSW"));
        assert_eq!(key.open("totp of ines", &sealed), Ok(secret));
        assert_eq!(key.open("totp of anna", &sealed), Err(SealError));
        assert_eq!(Key::new([8; 32]).open("totp of ines", &sealed), Err(SealError));
        let mut changed = sealed.into_bytes();
        changed[20] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert_eq!(key.open("totp of ines", &changed), Err(SealError));
        assert_eq!(key.open("totp of ines", "AAAA"), Err(SealError));
    }

    #[test]
    fn a_signature_depends_on_key_purpose_and_where_parts_end() {
        let key = Key::new([7; 32]);
        let one = key.sign("csrf", &[b"ab", b"c"]);
        assert_eq!(one.len(), 43);
        assert_eq!(one, key.sign("csrf", &[b"ab", b"c"]));
        assert_ne!(one, key.sign("csrf", &[b"a", b"bc"]));
        assert_ne!(one, key.sign("device", &[b"ab", b"c"]));
        assert_ne!(one, Key::new([8; 32]).sign("csrf", &[b"ab", b"c"]));
    }
}
