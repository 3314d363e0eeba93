//! The relying party: which site passkeys are for.

use url::{Host, Url};

use super::PasskeyError;
use crate::encoding::sha256;

/// An origin that pages of Tandem have, such as `https://tandem.example`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin. Only https, and http on `localhost` (WebAuthn takes no bare IP address as relying party).
    ///
    /// # Errors
    /// [`PasskeyError::Settings`].
    pub fn parse(text: &str) -> Result<Self, PasskeyError> {
        let refuse = || {
            PasskeyError::Settings(format!(
                "{text} is not an https origin with a host name (or http://localhost)"
            ))
        };
        let url = Url::parse(text).map_err(|_| refuse())?;
        let Some(Host::Domain(host)) = url.host() else {
            return Err(refuse());
        };
        let local = host == "localhost" || host.ends_with(".localhost");
        let secure = url.scheme() == "https" || (url.scheme() == "http" && local);
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty();
        if secure && bare {
            Ok(Self(url.origin().ascii_serialization()))
        } else {
            Err(refuse())
        }
    }

    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    fn host(&self) -> Option<String> {
        Url::parse(&self.0).ok()?.host_str().map(str::to_owned)
    }
}

/// Tandem as the other side of WebAuthn.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) origins: Vec<Origin>,
}

impl RelyingParty {
    /// `id` is the domain that passkeys are bound to for ever; `name` is shown by authenticators; `origins` are the addresses
    /// under which people open Tandem.
    ///
    /// # Errors
    /// [`PasskeyError::Settings`] without an origin, or if an origin's host is neither the id nor below it (WebAuthn section
    /// 5.1.3 step 8).
    pub fn new(id: &str, name: &str, origins: Vec<Origin>) -> Result<Self, PasskeyError> {
        if id.is_empty() || origins.is_empty() {
            return Err(PasskeyError::Settings("a domain and an origin are needed".into()));
        }
        let below = format!(".{id}");
        for origin in &origins {
            if !origin
                .host()
                .is_some_and(|host| host == id || host.ends_with(&below))
            {
                let text = format!("{} is not below {id}", origin.as_str());
                return Err(PasskeyError::Settings(text));
            }
        }
        Ok(Self {
            id: id.to_owned(),
            name: name.to_owned(),
            origins,
        })
    }

    /// The relying party of the one address under which people open Tandem; passkeys are bound to its whole host.
    ///
    /// # Errors
    /// [`PasskeyError::Settings`] for an address that WebAuthn does not take, such as one with an IP address.
    pub fn at(origin: &str, name: &str) -> Result<Self, PasskeyError> {
        let origin = Origin::parse(origin)?;
        let host = origin.host().unwrap_or_default();
        Self::new(&host, name, vec![origin])
    }

    /// The hash that authenticators sign.
    pub(super) fn is_hash(&self, hash: &[u8]) -> bool {
        sha256(self.id.as_bytes()).as_ref() == hash
    }

    /// Exact comparison: no wildcards, no port left out.
    pub(super) fn has_origin(&self, origin: &str) -> bool {
        self.origins.iter().any(|known| known.as_str() == origin)
    }
}
