//! Which identity tokens are accepted (OpenID Connect Core section 3.1.3.7).

use ring::digest;
use serde_json::{Map, Value};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;

use super::error::TokenError;
use super::flow::OidcFlow;
use crate::encoding::base64url;
use crate::keys::JoseAlgorithm;
use crate::secret::same;

/// How far the two clocks may be apart, seconds.
pub(super) const SKEW: i64 = 60;
/// A token was issued at most this long ago, seconds: it was just asked for.
const FRESH: i64 = 600;

/// What a token must say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client: &'a str,
    pub(super) flow: &'a OidcFlow,
    pub(super) access_token: Option<&'a str>,
    pub(super) algorithm: JoseAlgorithm,
    pub(super) now: Timestamp,
}

impl Expected<'_> {
    /// Checks the claims of a token whose signature is right.
    pub(super) fn check(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        if text("iss") != Some(self.issuer) {
            return Err(TokenError::Issuer);
        }
        self.audience(claims)?;
        let now = self.now.0.div_euclid(MICROS_PER_SECOND);
        let expires = seconds(claims, "exp").ok_or(TokenError::Expired)?;
        if now >= expires.saturating_add(SKEW) {
            return Err(TokenError::Expired);
        }
        let issued = seconds(claims, "iat").ok_or(TokenError::IssuedAt)?;
        if !(now - FRESH - SKEW..=now + SKEW).contains(&issued) {
            return Err(TokenError::IssuedAt);
        }
        if seconds(claims, "nbf").is_some_and(|from| from > now + SKEW) {
            return Err(TokenError::IssuedAt);
        }
        if !text("nonce").is_some_and(|nonce| same(nonce, self.flow.nonce())) {
            return Err(TokenError::Nonce);
        }
        if text("sub").is_none_or(|sub| sub.is_empty() || sub.len() > 255) {
            return Err(TokenError::Malformed);
        }
        self.access_token(text("at_hash"))?;
        self.proved_again(claims)
    }

    /// For this client; if also for others, then issued to this one.
    fn audience(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        let (named, several) = match claims.get("aud") {
            Some(Value::String(one)) => (one == self.client, false),
            Some(Value::Array(many)) => {
                let named = many.iter().any(|aud| aud.as_str() == Some(self.client));
                (named, many.len() > 1)
            }
            _ => (false, false),
        };
        let party = claims.get("azp").map(|azp| azp.as_str() == Some(self.client));
        if named && party.unwrap_or(!several) {
            Ok(())
        } else {
            Err(TokenError::Audience)
        }
    }

    /// `at_hash` (section 3.1.3.6), where there is one: the left half of the access token's hash.
    fn access_token(&self, given: Option<&str>) -> Result<(), TokenError> {
        use JoseAlgorithm as A;
        let Some(given) = given else { return Ok(()) };
        let algorithm = match self.algorithm {
            A::RS256 | A::PS256 | A::ES256 => &digest::SHA256,
            A::RS384 | A::PS384 | A::ES384 => &digest::SHA384,
            A::RS512 | A::PS512 | A::EdDSA => &digest::SHA512,
        };
        let token = self.access_token.ok_or(TokenError::AccessToken)?;
        let hash = digest::digest(algorithm, token.as_bytes());
        let half = hash
            .as_ref()
            .get(..algorithm.output_len() / 2)
            .unwrap_or_default();
        if same(&base64url(half), given) {
            Ok(())
        } else {
            Err(TokenError::AccessToken)
        }
    }

    /// Where a fresh proof was asked for, the provider says when it was.
    fn proved_again(&self, claims: &Map<String, Value>) -> Result<(), TokenError> {
        if !self.flow.asks_again() {
            return Ok(());
        }
        let began = self.flow.began().0.div_euclid(MICROS_PER_SECOND);
        match seconds(claims, "auth_time") {
            Some(proved) if proved >= began - SKEW => Ok(()),
            _ => Err(TokenError::AuthTime),
        }
    }
}

/// A `NumericDate`; providers may write fractions.
fn seconds(claims: &Map<String, Value>, name: &str) -> Option<i64> {
    let value = claims.get(name)?;
    value
        .as_i64()
        .or_else(|| value.as_f64().filter(|f| f.is_finite()).map(|f| f as i64))
}
