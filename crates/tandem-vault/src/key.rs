//! The master key, under which the keys of the people's records are sealed.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{VaultError, seal};

/// Bytes of a key (XChaCha20-Poly1305).
pub(crate) const KEY_BYTES: usize = 32;

/// The id of a master key: 64 bits of a hash made for that purpose alone. It tells keys apart and says nothing about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(crate) [u8; 8]);

impl fmt::Display for KeyId {
    /// Sixteen hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The master key. It is wiped from memory when dropped, there is no `Display`, and `Debug` shows its id only.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; KEY_BYTES]);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKey({}, …)", self.id())
    }
}

impl MasterKey {
    /// A new key from the operating system's randomness.
    ///
    /// # Errors
    /// When it has none.
    pub fn generate() -> Result<Self, VaultError> {
        let mut bytes = [0; KEY_BYTES];
        seal::random(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// A key of exactly these bytes.
    pub const fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        Self(bytes)
    }

    /// Reads 32 raw bytes, 64 hexadecimal digits or base64 (either alphabet). `from` says where they were read, for messages.
    ///
    /// # Errors
    /// When it is none of these, or 32 equal bytes, which nobody has drawn at random.
    pub fn read(given: &[u8], from: &str) -> Result<Self, VaultError> {
        let form = |reason| VaultError::KeyForm {
            from: from.to_owned(),
            reason,
        };
        let key = match <[u8; KEY_BYTES]>::try_from(given) {
            Ok(raw) => Self(raw),
            Err(_) => {
                Self::decode(given.trim_ascii()).ok_or_else(|| form("it has another length or form"))?
            }
        };
        let first = key.0.first().copied();
        if key.0.iter().all(|byte| Some(*byte) == first) {
            return Err(form("all its bytes are the same"));
        }
        Ok(key)
    }

    fn decode(text: &[u8]) -> Option<Self> {
        let bytes = if text.len() == 2 * KEY_BYTES {
            let nibble = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
            text.chunks_exact(2)
                .map(|pair| match pair {
                    [high, low] => Some((nibble(high)? << 4) | nibble(low)?),
                    _ => None,
                })
                .collect::<Option<Vec<u8>>>()?
        } else {
            let unpadded: Vec<u8> = text.iter().copied().filter(|byte| *byte != b'=').collect();
            let unpadded = Zeroizing::new(unpadded);
            URL_SAFE_NO_PAD
                .decode(unpadded.as_slice())
                .or_else(|_| STANDARD.decode(text))
                .or_else(|_| base64::engine::general_purpose::STANDARD_NO_PAD.decode(unpadded.as_slice()))
                .ok()?
        };
        let bytes = Zeroizing::new(bytes);
        <[u8; KEY_BYTES]>::try_from(bytes.as_slice()).ok().map(Self)
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        let hash = Zeroizing::new(blake3::derive_key("tandem-vault 2026-11 master key id", &self.0));
        let mut id = [0; 8];
        id.iter_mut().zip(hash.iter()).for_each(|(to, from)| *to = *from);
        KeyId(id)
    }

    pub(crate) const fn bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }

    /// The key as a key file holds it: 64 hexadecimal digits and a line end.
    pub(crate) fn file_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(2 * KEY_BYTES + 1));
        for byte in self.0 {
            for nibble in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
            }
        }
        text.push('\n');
        text
    }
}
