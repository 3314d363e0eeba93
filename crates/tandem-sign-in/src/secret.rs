//! Values whose text must not reach a log.

use std::fmt;

use ring::hmac;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::encoding::base64url;

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
}

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
