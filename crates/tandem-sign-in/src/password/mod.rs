//! Passwords: what is accepted, how it is stored, how it is checked.

mod hash;
mod rules;

#[cfg(test)]
mod tests;

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use hash::{Checked, HashError, Hasher, StoredHash};
pub use rules::{Context, Factors, Strength, Weakness, Why};

/// Longest password, Unicode code points after normalisation. NIST SP 800-63B-4 section 3.1.1.2 asks for at least 64.
pub const MAX_LENGTH: usize = 256;
/// Longest text that is looked at at all, bytes; a code point takes at most four, and normalising may shorten a text.
const MAX_BYTES: usize = 4_096;

/// A password as typed, in Unicode normalisation form C, so that the same keys on another machine give the same bytes
/// (NIST SP 800-63B-4 section 3.1.1.2). Masked in `Debug`, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// Takes what somebody typed. White space counts like any other character; nothing is cut off.
    ///
    /// # Errors
    /// [`TooLong`] beyond [`MAX_LENGTH`].
    pub fn new(typed: &str) -> Result<Self, TooLong> {
        if typed.len() > MAX_BYTES {
            return Err(TooLong);
        }
        let text: Zeroizing<String> = Zeroizing::new(typed.nfc().collect());
        if text.chars().count() > MAX_LENGTH {
            return Err(TooLong);
        }
        Ok(Self(text.as_str().to_owned()))
    }

    fn length(&self) -> usize {
        self.0.chars().count()
    }

    fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The password is longer than can be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the password is longer than {MAX_LENGTH} characters; use a shorter one, 15 characters or more are enough"
)]
pub struct TooLong;
