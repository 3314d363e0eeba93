//! One-time codes from an authenticator app (RFC 6238: HMAC-SHA-1, 6 digits, steps of 30 seconds, which is what every app
//! can do), and recovery codes for the day the app is lost.

mod recovery;

#[cfg(test)]
mod tests;

use std::fmt;

use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use totp_rs::{Algorithm, Builder, Secret, Totp};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub use recovery::{RECOVERY_CODES, RecoveryCode, RecoverySet};

use crate::SecretText;

/// Steps before and after the present one that are accepted, for clocks that run apart (RFC 6238 section 5.2).
const SKEW: u16 = 1;
/// Longest account or issuer name in the code's label, characters.
const MAX_LABEL: usize = 64;

/// What can go wrong with one-time codes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TotpError {
    /// The stored secret is not base 32 of 20 bytes.
    #[error("the stored secret of the authenticator app is damaged; let the person enrol again")]
    Stored,
    /// The label cannot be written.
    #[error("an authenticator app cannot show the account name: {0}")]
    Label(String),
}

/// The secret that the app and Tandem share: 160 bits (RFC 4226 section 4 R6). Masked in `Debug`, wiped when dropped.
/// Serialising writes the bare secret: only into the state database.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret([u8; 20]);

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(…)")
    }
}

/// The number of a 30-second step since 1970. Store the last accepted one per account: no step is accepted twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Step(pub i64);

impl TotpSecret {
    /// Makes a secret of 20 random bytes.
    pub const fn new(bytes: [u8; 20]) -> Self {
        Self(bytes)
    }

    /// Reads what [`Self::stored`] wrote.
    ///
    /// # Errors
    /// [`TotpError::Stored`].
    pub fn from_stored(text: &SecretText) -> Result<Self, TotpError> {
        let secret = Secret::try_from_base32(text.expose()).map_err(|_| TotpError::Stored)?;
        let bytes = secret.as_bytes().try_into().map_err(|_| TotpError::Stored)?;
        Ok(Self(bytes))
    }

    /// Base 32 (RFC 4648), for the database and for people who type it into the app.
    pub fn stored(&self) -> SecretText {
        SecretText::new(Secret::from(self.0).to_base32())
    }

    fn totp(&self, issuer: &str, account: &str) -> Result<Totp, TotpError> {
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(SKEW)
            .with_step_duration(30)
            .with_secret(self.0)
            .with_account_name(label(account))
            .with_issuer(Some(label(issuer)))
            .build()
            .map_err(|e| TotpError::Label(e.to_string()))
    }

    /// The `otpauth://` address that apps read (Google Authenticator's Key URI format).
    ///
    /// # Errors
    /// [`TotpError::Label`] if nothing of the account's name can be shown.
    pub fn uri(&self, issuer: &str, account: &str) -> Result<SecretText, TotpError> {
        self.totp(issuer, account)?
            .to_url()
            .map(SecretText::new)
            .map_err(|e| TotpError::Label(e.to_string()))
    }

    /// The address as a QR code: an SVG element without script, style or link, so that a strict content-security policy lets
    /// it stand inside the page.
    ///
    /// # Errors
    /// [`TotpError::Label`] if the label is too long for a code.
    pub fn qr_svg(&self, issuer: &str, account: &str) -> Result<SecretText, TotpError> {
        let uri = self.uri(issuer, account)?;
        let code = QrCode::with_error_correction_level(uri.expose().as_bytes(), EcLevel::M)
            .map_err(|e| TotpError::Label(e.to_string()))?;
        let drawn = code
            .render::<svg::Color<'_>>()
            .min_dimensions(240, 240)
            .quiet_zone(true)
            .build();
        // The XML declaration has no place inside a page.
        let element = drawn
            .find("<svg")
            .and_then(|at| drawn.get(at..))
            .unwrap_or_default();
        Ok(SecretText::new(element.to_owned()))
    }

    /// Checks a code of now, of the step before or the one after. `last` is the step accepted last: it and all before it are
    /// used up (RFC 6238 section 5.2). `None` means refused; otherwise store the step, in a statement that fails if a later
    /// one was stored meanwhile.
    pub fn verify(&self, code: &str, now: Timestamp, last: Option<Step>) -> Option<Step> {
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).take(7).collect();
        if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let seconds = u64::try_from(now.0.div_euclid(MICROS_PER_SECOND)).ok()?;
        let totp = self.totp("Tandem", "check").ok()?;
        let step = Step(i64::try_from(totp.check(&digits, seconds)?).ok()?);
        last.is_none_or(|last| step > last).then_some(step)
    }
}

/// A name as a label may hold it: without colons and control characters, of bounded length.
fn label(text: &str) -> String {
    text.chars()
        .filter(|c| *c != ':' && !c.is_control())
        .take(MAX_LABEL)
        .collect()
}
