//! What an administrator says about the provider.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::{GroupRule, OidcError};
use crate::SecretText;
use crate::keys::JoseAlgorithm;

/// Settings of one provider. Written out, they leave the secret out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcSettings {
    /// The issuer, exactly as the provider writes it.
    pub issuer: String,
    /// Tandem's name at the provider.
    pub client_id: String,
    /// Tandem's secret there; without one, PKCE alone protects the code.
    #[serde(default, skip_serializing)]
    pub client_secret: Option<SecretText>,
    /// Where the provider sends the browser back to.
    pub redirect_uri: String,
    /// Where the provider sends the browser after signing out there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_logout_redirect_uri: Option<String>,
    /// Scopes beside `openid`.
    #[serde(default = "scopes")]
    pub scopes: Vec<String>,
    /// Claim that holds the groups; dots lead into objects (`realm_access.roles`).
    #[serde(default = "groups_claim")]
    pub groups_claim: String,
    /// Claim that holds the account name.
    #[serde(default = "account_claim")]
    pub account_claim: String,
    /// Which group gives which role; the first that fits decides.
    pub rules: Vec<GroupRule>,
    /// Signature algorithms that are accepted.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<JoseAlgorithm>,
}

fn scopes() -> Vec<String> {
    ["profile", "email", "groups"].map(str::to_owned).to_vec()
}

fn groups_claim() -> String {
    "groups".to_owned()
}

fn account_claim() -> String {
    "preferred_username".to_owned()
}

fn algorithms() -> Vec<JoseAlgorithm> {
    JoseAlgorithm::ALL.to_vec()
}

impl OidcSettings {
    /// Checks the settings as a whole.
    ///
    /// # Errors
    /// [`OidcError::Settings`].
    pub fn check(&self) -> Result<(), OidcError> {
        let refuse = |why: String| Err(OidcError::Settings(why));
        secure(&self.issuer).map_err(OidcError::Settings)?;
        secure(&self.redirect_uri).map_err(OidcError::Settings)?;
        if let Some(uri) = &self.post_logout_redirect_uri {
            secure(uri).map_err(OidcError::Settings)?;
        }
        if self.client_id.is_empty() {
            return refuse("client_id is empty".into());
        }
        if self.algorithms.is_empty() || self.rules.is_empty() {
            return refuse("at least one algorithm and one group rule are needed".into());
        }
        if self
            .scopes
            .iter()
            .any(|scope| scope.is_empty() || scope.contains(char::is_whitespace))
        {
            return refuse("a scope is one word".into());
        }
        self.rules
            .iter()
            .try_for_each(|rule| rule.check().map_err(OidcError::Settings))
    }

    /// The issuer runs on this machine.
    pub(super) fn is_local(&self) -> bool {
        Url::parse(&self.issuer).is_ok_and(|url| is_loopback(&url))
    }
}

/// An address over https, or http to this very machine.
pub(super) fn secure(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|_| format!("{text} is not a URL"))?;
    if url.fragment().is_some() || !url.username().is_empty() || url.password().is_some() {
        return Err(format!("{text} has a fragment or a user name"));
    }
    if url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url)) {
        Ok(url)
    } else {
        Err(format!(
            "{text} is not https (plain http only to 127.0.0.1, [::1] and localhost)"
        ))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(v4)) => v4.is_loopback(),
        Some(Host::Ipv6(v6)) => v6.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}
