//! One sign-in through the provider, from the question to the answer.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use url::Url;

use super::discovery::Metadata;
use super::{OidcError, OidcSettings};
use crate::encoding::{base64url, sha256};
use crate::{SecretText, secret};

/// How long a person may take at the provider, microseconds.
pub const FLOW_LIFE: i64 = 600 * MICROS_PER_SECOND;
/// Longest code, state or error that is looked at, bytes.
const LONGEST: usize = 4_096;

/// What is asked of the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Asking {
    /// Who is there? A session at the provider is enough.
    SignIn,
    /// Is it still the same person? The provider asks them again, and answers for this `sub` only.
    StepUp {
        /// The [`super::Verified::sub`] of who is signed in.
        sub: String,
    },
}

/// What the server keeps while the browser is at the provider. Masked in `Debug` where it is secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcFlow {
    state: SecretText,
    nonce: SecretText,
    verifier: SecretText,
    asking: Asking,
    began: Timestamp,
}

/// What the browser brings back in the query.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Callback {
    /// The code.
    #[serde(default)]
    pub code: Option<SecretText>,
    /// The state.
    #[serde(default)]
    pub state: Option<SecretText>,
    /// The issuer (RFC 9207).
    #[serde(default)]
    pub iss: Option<String>,
    /// Why there is no code.
    #[serde(default)]
    pub error: Option<String>,
}

impl OidcFlow {
    pub(super) fn new(asking: Asking, random: &[u8; 96], now: Timestamp) -> Self {
        let (state, rest) = random.split_at(32);
        let (nonce, verifier) = rest.split_at(32);
        let text = |bytes: &[u8]| SecretText::new(base64url(bytes));
        Self {
            state: text(state),
            nonce: text(nonce),
            verifier: text(verifier),
            asking,
            began: now,
        }
    }

    pub(super) fn nonce(&self) -> &str {
        self.nonce.expose()
    }

    pub(super) fn verifier(&self) -> &str {
        self.verifier.expose()
    }

    pub(super) const fn began(&self) -> Timestamp {
        self.began
    }

    pub(super) const fn asks_again(&self) -> bool {
        matches!(self.asking, Asking::StepUp { .. })
    }

    /// What was asked.
    pub const fn asking(&self) -> &Asking {
        &self.asking
    }

    /// The address that the browser is sent to.
    pub(super) fn address(&self, metadata: &Metadata, settings: &OidcSettings) -> Url {
        let mut url = metadata.authorization.clone();
        let mut scope = "openid".to_owned();
        for more in settings.scopes.iter().filter(|scope| *scope != "openid") {
            scope.push(' ');
            scope.push_str(more);
        }
        let challenge = base64url(sha256(self.verifier().as_bytes()).as_ref());
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &settings.client_id)
            .append_pair("redirect_uri", &settings.redirect_uri)
            .append_pair("scope", &scope)
            .append_pair("state", self.state.expose())
            .append_pair("nonce", self.nonce())
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if self.asks_again() {
            url.query_pairs_mut()
                .append_pair("prompt", "login")
                .append_pair("max_age", "0");
        }
        url
    }

    /// The code, if the answer belongs to this flow.
    pub(super) fn code<'a>(
        &self,
        callback: &'a Callback,
        (metadata, issuer): (&Metadata, &str),
        now: Timestamp,
    ) -> Result<&'a str, OidcError> {
        let given = callback
            .state
            .as_ref()
            .map(SecretText::expose)
            .unwrap_or_default();
        if given.len() > LONGEST || !secret::same(given, self.state.expose()) {
            return Err(OidcError::State);
        }
        let age = now.0.saturating_sub(self.began.0);
        if !(0..FLOW_LIFE).contains(&age) {
            return Err(OidcError::Expired);
        }
        match &callback.iss {
            Some(iss) if iss == issuer => {}
            None if !metadata.answers_name_issuer => {}
            _ => return Err(OidcError::Issuer),
        }
        if let Some(error) = &callback.error {
            return Err(OidcError::Refused(word(error)));
        }
        let code = callback.code.as_ref().map(SecretText::expose).unwrap_or_default();
        if code.is_empty() || code.len() > LONGEST {
            return Err(OidcError::Refused("it sent no code".into()));
        }
        Ok(code)
    }
}

/// An error code as a provider writes it (RFC 6749 section 4.1.2.1), harmless in a log and on a page.
pub(super) fn word(error: &str) -> String {
    error
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(64)
        .collect()
}
