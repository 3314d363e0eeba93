//! What a provider says about itself (OpenID Connect Discovery 1.0), and its keys (RFC 7517).

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::settings::secure;
use super::{OidcError, OidcSettings};
use crate::keys::{JoseAlgorithm, Jwk, PublicKey};

/// Most keys of a set that are looked at.
const MAX_KEYS: usize = 100;

/// The members that matter.
#[derive(Deserialize)]
struct Description {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// A description whose addresses are safe to use.
#[derive(Debug, Clone)]
pub(super) struct Metadata {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) keys: Url,
    pub(super) user_info: Option<Url>,
    pub(super) end_session: Option<Url>,
    /// Send the secret in the form, for the provider does not take it in a header.
    pub(super) secret_in_form: bool,
    /// Every answer carries the issuer (RFC 9207).
    pub(super) answers_name_issuer: bool,
}

impl Metadata {
    /// Reads and checks a description.
    pub(super) fn parse(json: &[u8], settings: &OidcSettings) -> Result<Self, OidcError> {
        let refuse = |why: String| OidcError::Description(why);
        let said: Description =
            serde_json::from_slice(json).map_err(|e| refuse(format!("it is not its JSON ({e})")))?;
        // Discovery section 4.3: exactly the configured one, or another provider could speak for it.
        if said.issuer != settings.issuer {
            return Err(refuse("it names another issuer than the settings".into()));
        }
        if said
            .code_challenge_methods_supported
            .is_some_and(|known| !known.iter().any(|m| m == "S256"))
        {
            return Err(refuse("it does not support PKCE with S256".into()));
        }
        let local = settings.is_local();
        let address = |text: &str| {
            let url = secure(text).map_err(refuse)?;
            if url.scheme() == "https" || local {
                Ok(url)
            } else {
                Err(refuse(format!("{text} is not https")))
            }
        };
        let maybe = |text: Option<String>| text.as_deref().map(address).transpose();
        let methods = said.token_endpoint_auth_methods_supported;
        Ok(Self {
            authorization: address(&said.authorization_endpoint)?,
            token: address(&said.token_endpoint)?,
            keys: address(&said.jwks_uri)?,
            user_info: maybe(said.userinfo_endpoint)?,
            end_session: maybe(said.end_session_endpoint)?,
            secret_in_form: methods.is_some_and(|m| !m.iter().any(|name| name == "client_secret_basic")),
            answers_name_issuer: said.authorization_response_iss_parameter_supported,
        })
    }
}

/// The provider's signing keys.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySet {
    keys: Vec<(Jwk, PublicKey)>,
}

impl KeySet {
    /// Reads a set; keys of unknown kinds are passed over (RFC 7517 section 5).
    pub(super) fn parse(json: &[u8]) -> Option<Self> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let set: Set = serde_json::from_slice(json).ok()?;
        let keys = set
            .keys
            .into_iter()
            .take(MAX_KEYS)
            .filter_map(|value| serde_json::from_value::<Jwk>(value).ok())
            .filter_map(|jwk| jwk.key().map(|key| (jwk, key)))
            .collect();
        Some(Self { keys })
    }

    /// The key for a token: by its name, or the only one that fits if the token names none.
    pub(super) fn find(&self, kid: Option<&str>, algorithm: JoseAlgorithm) -> Option<&PublicKey> {
        let mut fitting = self
            .keys
            .iter()
            .filter(|(jwk, key)| jwk.allows(algorithm) && algorithm.fits(key))
            .filter(|(jwk, _)| kid.is_none_or(|kid| jwk.kid.as_deref() == Some(kid)));
        let (_, key) = fitting.next()?;
        fitting.next().is_none().then_some(key)
    }
}
