//! Keys that sign checkpoints, and which of them an outsider trusts.
//!
//! Ed25519 (RFC 8032) with the names, key ids and text form of C2SP signed-note, so that other tools for signed notes can check
//! a checkpoint too.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tandem_domain::Timestamp;
use thiserror::Error;

use crate::Hash;

/// Signed-note's number of the algorithm Ed25519.
const ED25519: u8 = 1;
/// Longest name of an installation, bytes.
const MAX_ORIGIN: usize = 128;

/// What is wrong with a key or a name.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// The name of the installation cannot stand in a signed note.
    #[error(
        "`{0}` cannot name an installation: 1 to {MAX_ORIGIN} bytes without spaces, `+` or control characters"
    )]
    Origin(String),
    /// The text is not a public key.
    #[error("not a public key of the form `name+0123abcd+base64`: {0}")]
    Text(&'static str),
}

/// Checks the name of an installation: what checkpoints call `origin` (C2SP tlog-checkpoint), such as `tandem.example.org/ledger`.
pub fn check_origin(name: &str) -> Result<(), KeyError> {
    let odd = |c: char| c.is_whitespace() || c.is_control() || c == '+';
    if name.is_empty() || name.len() > MAX_ORIGIN || name.chars().any(odd) {
        return Err(KeyError::Origin(name.chars().take(MAX_ORIGIN).collect()));
    }
    Ok(())
}

/// The first four bytes of SHA-256(name ‖ "\n" ‖ 0x01 ‖ public key), written as 8 hexadecimal digits (C2SP signed-note). It says
/// which key to try, not whom to trust.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl KeyId {
    /// Reads 8 lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 4];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        (!text.bytes().any(|byte| byte.is_ascii_uppercase())).then_some(Self(bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A signature's 64 bytes, written in base 64.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature(pub [u8; 64]);

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The secret key of an installation. Its bytes are wiped when it is dropped and are never shown.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    public: VerifyingKey,
}

impl SigningKey {
    /// The key of an installation from 32 secret random bytes.
    pub fn new(origin: &str, secret: &[u8; 32]) -> Result<Self, KeyError> {
        check_origin(origin)?;
        let key = ed25519_dalek::SigningKey::from_bytes(secret);
        let public = VerifyingKey::of(origin, key.verifying_key());
        Ok(Self { key, public })
    }

    /// The public half, to hand out.
    pub const fn verifying_key(&self) -> &VerifyingKey {
        &self.public
    }

    /// Signs the text of a note.
    pub fn sign(&self, text: &str) -> Signature {
        Signature(self.key.sign(text.as_bytes()).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("public", &self.public)
            .field("secret", &"***")
            .finish()
    }
}

/// A public key with the name it belongs to, written `name+key id+base64(0x01 ‖ key)` (C2SP signed-note).
#[derive(Clone, PartialEq, Eq)]
pub struct VerifyingKey {
    name: String,
    id: KeyId,
    key: ed25519_dalek::VerifyingKey,
}

impl VerifyingKey {
    fn of(name: &str, key: ed25519_dalek::VerifyingKey) -> Self {
        let hash = Hash::of(&[name.as_bytes(), b"\n", &[ED25519], key.as_bytes()]);
        let [a, b, c, d, ..] = hash.0;
        Self {
            name: name.to_owned(),
            id: KeyId([a, b, c, d]),
            key,
        }
    }

    /// Reads the text form; the key id must be that of the key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(id), Some(encoded)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(KeyError::Text("three parts with `+` between them are needed"));
        };
        check_origin(name)?;
        let bytes = STANDARD
            .decode(encoded)
            .map_err(|_| KeyError::Text("the last part is not base 64"))?;
        let Some((&ED25519, key)) = bytes.split_first() else {
            return Err(KeyError::Text("the key is not of the kind Ed25519"));
        };
        let key: [u8; 32] = key
            .try_into()
            .map_err(|_| KeyError::Text("the key does not have 32 bytes"))?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&key)
            .map_err(|_| KeyError::Text("the key is not a point of the curve"))?;
        if key.is_weak() {
            return Err(KeyError::Text(
                "the key is weak: it would take signatures of anybody",
            ));
        }
        let read = Self::of(name, key);
        if KeyId::parse(id) != Some(read.id) {
            return Err(KeyError::Text("the key id is not that of the key"));
        }
        Ok(read)
    }

    /// The installation's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key's id.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// True if the signature is the key's under this text. Signatures that another reader might judge differently (RFC 8032's
    /// cofactor, small-order points) do not hold.
    pub fn verifies(&self, text: &str, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.key.verify_strict(text.as_bytes(), &signature).is_ok()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes: Vec<u8> = std::iter::once(ED25519)
            .chain(self.key.as_bytes().iter().copied())
            .collect();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(bytes))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Serde by the text form.
macro_rules! as_text {
    ($name:ident, $read:expr) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                let read: fn(&str) -> Result<$name, String> = $read;
                read(&text).map_err(de::Error::custom)
            }
        }
    };
}

as_text!(KeyId, |text| KeyId::parse(text)
    .ok_or_else(|| "expected 8 lower-case hexadecimal digits".to_owned()));
as_text!(Signature, |text| {
    let bytes = STANDARD.decode(text).map_err(|error| error.to_string())?;
    let bytes: [u8; 64] = bytes
        .try_into()
        .map_err(|_| "a signature has 64 bytes".to_owned())?;
    Ok(Signature(bytes))
});
as_text!(VerifyingKey, |text| VerifyingKey::parse(text)
    .map_err(|error| error.to_string()));

/// A key and the time in which its signatures count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustedKey {
    /// First instant; from the beginning if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// The key.
    pub key: VerifyingKey,
    /// Last instant; without end if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl TrustedKey {
    /// A key without limit in time.
    pub const fn always(key: VerifyingKey) -> Self {
        Self {
            from: None,
            key,
            until: None,
        }
    }

    /// True if the key's signatures count at that instant.
    pub fn covers(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// The keys that count, old ones and the present one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyRing(pub Vec<TrustedKey>);

impl KeyRing {
    /// The keys with that name and id; more than one only if two happen to share an id.
    pub fn of<'a>(&'a self, name: &'a str, id: KeyId) -> impl Iterator<Item = &'a TrustedKey> {
        self.0
            .iter()
            .filter(move |trusted| trusted.key.id() == id && trusted.key.name() == name)
    }
}

#[cfg(test)]
mod tests;
