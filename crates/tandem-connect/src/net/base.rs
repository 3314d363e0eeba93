//! Addresses of far sides.

use std::fmt;

use url::{Host, Url};

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BaseError {
    /// It cannot be read as an address.
    #[error("connector: the address cannot be read; write it like https://chat.example")]
    Unreadable,
    /// It would go over the network in the clear.
    #[error("connector: the address is not https; plain http goes to this machine only")]
    NotSecure,
    /// It carries a user name or a password.
    #[error("connector: the address carries credentials; put them into the settings for secrets")]
    Credentials,
}

/// An address to send to: `https`, or `http` to this machine. Its path and query may be the secret itself (a webhook's
/// address), so `Debug` shows no more than the host.
#[derive(Clone, PartialEq, Eq)]
pub struct Base(Url);

impl Base {
    /// Reads an address.
    ///
    /// # Errors
    /// [`BaseError`] says what is wrong, without repeating the address.
    pub fn parse(text: &str) -> Result<Self, BaseError> {
        let mut url = Url::parse(text.trim()).map_err(|_| BaseError::Unreadable)?;
        if !url.has_host() {
            return Err(BaseError::Unreadable);
        }
        match url.scheme() {
            "https" | "wss" => {}
            "http" | "ws" if is_loopback(&url) => {}
            _ => return Err(BaseError::NotSecure),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BaseError::Credentials);
        }
        url.set_fragment(None);
        Ok(Self(url))
    }

    /// The host, for messages.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The whole address, secrets included.
    pub(crate) fn expose(&self) -> &str {
        self.0.as_str()
    }

    /// The address with further path segments and query parameters, each escaped, so that no id can climb out of its place.
    pub(crate) fn join(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        if !path.is_empty()
            && let Ok(mut segments) = url.path_segments_mut()
        {
            segments.pop_if_empty();
            for segment in path {
                // A dot segment would be resolved away; nobody's id is one.
                segments.push(if matches!(*segment, "." | "..") {
                    "_"
                } else {
                    segment
                });
            }
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Base({}://{}/…)", self.0.scheme(), self.host())
    }
}

/// True if the address leads to this machine by its very spelling: a loopback address or `localhost`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_leads_to_this_machine_only() {
        assert_eq!(Base::parse("http://10.0.0.7/x"), Err(BaseError::NotSecure));
        assert_eq!(
            Base::parse("http://localhost.example/"),
            Err(BaseError::NotSecure)
        );
        assert_eq!(Base::parse("file:///etc/passwd"), Err(BaseError::Unreadable));
        assert_eq!(
            Base::parse("https://u:p@chat.example"),
            Err(BaseError::Credentials)
        );
        assert!(Base::parse("http://127.0.0.1:8065").is_ok());
        assert!(Base::parse("https://chat.example/api").is_ok());
    }

    #[test]
    fn an_id_cannot_climb_out_of_its_place() {
        let base = Base::parse("https://chat.example/api/").unwrap();
        let url = base.join(&["rooms", "../../admin?x#y", ".."], &[("q", "a&b")]);
        assert_eq!(
            url.as_str(),
            "https://chat.example/api/rooms/..%2F..%2Fadmin%3Fx%23y/_?q=a%26b"
        );
    }

    #[test]
    fn a_webhook_s_secret_is_not_shown() {
        let base = Base::parse("https://hook.example/workflows/abc?sig=topsecret").unwrap();
        assert_eq!(format!("{base:?}"), "Base(https://hook.example/…)");
    }
}
