//! Standard Webhooks 1.0 (standardwebhooks.com): how a webhook is signed and how a receiver checks it. Pure.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tandem_domain::Timestamp;
use zeroize::Zeroizing;

use crate::inbound::{Replays, VerifyError, fresh};
use crate::notice::Key;

/// Header with the message's id.
pub const ID: &str = "webhook-id";
/// Header with the time of the attempt, Unix seconds.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// Header with the signatures.
pub const SIGNATURE: &str = "webhook-signature";

/// Most signatures that are looked at; more than a few mean mischief.
const MAX_SIGNATURES: usize = 10;

/// A signing key of 24 to 64 bytes. `Debug` masks it.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// A signing key cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("webhook: the signing key must be 24 to 64 bytes in base 64, with or without whsec_ before it")]
pub struct KeyError;

impl SigningKey {
    /// Reads `whsec_…` in base 64.
    ///
    /// # Errors
    /// [`KeyError`] if it is no base 64 or not 24 to 64 bytes.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let digits = text.strip_prefix("whsec_").unwrap_or(text);
        let bytes = Zeroizing::new(STANDARD.decode(digits).map_err(|_| KeyError)?);
        (24..=64)
            .contains(&bytes.len())
            .then_some(Self(bytes))
            .ok_or(KeyError)
    }

    fn mac(&self, id: &str, seconds: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        for part in [id.as_bytes(), b".", seconds.as_bytes(), b".", body] {
            mac.update(part);
        }
        Some(mac)
    }
}

/// The signature header for one attempt: `v1,` and HMAC-SHA256 over `id.timestamp.body` in base 64.
pub fn sign(key: &SigningKey, id: &str, at: Timestamp, body: &[u8]) -> String {
    let tag = key
        .mac(id, &seconds(at), body)
        .map(|mac| STANDARD.encode(mac.finalize().into_bytes()));
    format!("v1,{}", tag.unwrap_or_default())
}

/// The id on the wire of what goes out under a key: the same in every attempt.
pub(crate) fn id_of(key: &Key) -> String {
    format!("msg_{}", key.uuid().simple())
}

/// The headers of an attempt that goes out.
#[derive(Debug)]
pub(crate) struct Stamp<'a> {
    id: &'a str,
    seconds: String,
    signature: String,
}

impl<'a> Stamp<'a> {
    /// Signs `body` for one attempt at `at`.
    pub(crate) fn new(key: &SigningKey, id: &'a str, at: Timestamp, body: &[u8]) -> Self {
        Self {
            id,
            seconds: seconds(at),
            signature: sign(key, id, at, body),
        }
    }

    /// Names and values.
    pub(crate) fn headers(&self) -> [(&'static str, &str); 3] {
        [
            (ID, self.id),
            (TIMESTAMP, &self.seconds),
            (SIGNATURE, &self.signature),
        ]
    }
}

fn seconds(at: Timestamp) -> String {
    at.0.div_euclid(1_000_000).to_string()
}

/// The headers of an attempt, as they came.
#[derive(Debug, Clone, Copy)]
pub struct Headers<'a> {
    /// `webhook-id`.
    pub id: &'a str,
    /// `webhook-timestamp`.
    pub timestamp: &'a str,
    /// `webhook-signature`: signatures separated by blanks.
    pub signature: &'a str,
}

/// Checks an attempt: recent, signed, and not seen before.
///
/// # Errors
/// [`VerifyError`] says what is wrong, never what would be right.
pub fn verify(
    key: &SigningKey,
    headers: Headers<'_>,
    body: &[u8],
    now: Timestamp,
    replays: &mut dyn Replays,
) -> Result<(), VerifyError> {
    fresh(headers.timestamp, now)?;
    if headers.id.is_empty() || headers.id.len() > 256 {
        return Err(VerifyError::Malformed("webhook-id"));
    }
    let right = headers
        .signature
        .split_ascii_whitespace()
        .take(MAX_SIGNATURES)
        .filter_map(|one| one.strip_prefix("v1,"))
        .filter_map(|digits| STANDARD.decode(digits).ok())
        .any(|tag| {
            key.mac(headers.id, headers.timestamp, body)
                .is_some_and(|mac| mac.verify_slice(&tag).is_ok())
        });
    if !right {
        return Err(VerifyError::Forged);
    }
    // By attempt, not by message: a receiver that failed half-way gets the next attempt, and keeps the ids it has done itself.
    let parts = [
        b"standard".as_slice(),
        headers.id.as_bytes(),
        headers.timestamp.as_bytes(),
    ];
    crate::inbound::once(replays, &parts, now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inbound::ReplayCache;

    const NOW: Timestamp = Timestamp::from_seconds(1_614_265_330);

    #[test]
    fn the_specification_s_own_example_holds() {
        // standardwebhooks.com, specification, "Signature scheme" (the same vector as in its libraries' tests).
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let body = br#"{"test": 2432232314}"#;
        let signature = sign(&key, "msg_p5jXN8AQM9LWM0D4loKWxJek", NOW, body);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let headers = Headers {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: "1614265330",
            signature: &format!("v1,AAAA {signature}"),
        };
        let mut seen = ReplayCache::new(10);
        verify(&key, headers, body, NOW, &mut seen).unwrap();
        assert_eq!(
            verify(&key, headers, body, NOW, &mut seen),
            Err(VerifyError::Replayed)
        );
        let mut seen = ReplayCache::new(10);
        assert_eq!(
            verify(&key, headers, b"{}", NOW, &mut seen),
            Err(VerifyError::Forged)
        );
        let late = NOW.plus_micros(301_000_000);
        assert!(matches!(
            verify(&key, headers, body, late, &mut seen),
            Err(VerifyError::Stale { .. })
        ));
    }

    #[test]
    fn a_weak_key_is_refused_and_never_shown() {
        assert!(SigningKey::parse("whsec_c2hvcnQ=").is_err());
        assert!(SigningKey::parse("not base 64!").is_err());
        let key = SigningKey::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(format!("{key:?}"), "SigningKey(…)");
    }
}
