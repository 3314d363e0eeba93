//! Signed tokens in compact form (RFC 7515 section 3.1).

use serde::Deserialize;
use serde_json::{Map, Value};

use super::discovery::KeySet;
use super::error::TokenError;
use crate::encoding::from_base64url;
use crate::keys::JoseAlgorithm;

/// Longest token, bytes; groups can make tokens long.
const MAX_TOKEN: usize = 128 * 1_024;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// A token whose signature is not yet checked; it gives nothing away but how to check it.
pub(super) struct Jws<'a> {
    /// Its algorithm, one of the allowed.
    pub(super) algorithm: JoseAlgorithm,
    /// Name of its key.
    pub(super) kid: Option<String>,
    signed: &'a str,
    payload: &'a str,
    signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Reads a token's header.
    pub(super) fn parse(token: &'a str, allowed: &[JoseAlgorithm]) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenError::Malformed)?;
        let bytes = from_base64url(header).ok_or(TokenError::Malformed)?;
        let header: Header = serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)?;
        let algorithm = JoseAlgorithm::parse(&header.alg)
            .filter(|algorithm| allowed.contains(algorithm))
            .ok_or(TokenError::Algorithm)?;
        // RFC 7515 section 4.1.11: what is critical and unknown makes the token invalid. None is known.
        if header.crit.is_some() {
            return Err(TokenError::Critical);
        }
        Ok(Self {
            algorithm,
            kid: header.kid,
            signed,
            payload,
            signature: from_base64url(signature).ok_or(TokenError::Malformed)?,
        })
    }

    /// A key of the set is the one that signed, as far as its name goes.
    pub(super) fn known_to(&self, keys: &KeySet) -> bool {
        keys.find(self.kid.as_deref(), self.algorithm).is_some()
    }

    /// The claims, if the signature is right.
    pub(super) fn claims(&self, keys: &KeySet) -> Result<Map<String, Value>, TokenError> {
        let key = keys
            .find(self.kid.as_deref(), self.algorithm)
            .ok_or(TokenError::UnknownKey)?;
        key.verify(self.algorithm.scheme(), self.signed.as_bytes(), &self.signature)
            .map_err(|_| TokenError::Signature)?;
        let bytes = from_base64url(self.payload).ok_or(TokenError::Malformed)?;
        serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed)
    }
}
