//! Tokens as forwarders send them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

/// Longest header that is looked at, bytes.
const LONGEST: usize = 4_096;

/// Who speaks, which decides how a token may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaks {
    /// Splunk's HTTP Event Collector: `Splunk TOKEN`, or Basic with the token as password.
    Splunk,
    /// Elasticsearch: `ApiKey`, Basic with the token as password, `Bearer`.
    Elastic,
    /// OTLP: `Bearer`, or Basic with the token as password.
    Otlp,
}

/// What an `authorization` header holds. `Debug` shows no token.
#[derive(Clone, PartialEq, Eq)]
pub enum Credentials {
    /// There is none.
    Missing,
    /// It is not of a form that the protocol knows.
    Malformed,
    /// A token.
    Token(Zeroizing<String>),
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "Missing",
            Self::Malformed => "Malformed",
            Self::Token(_) => "Token(…)",
        })
    }
}

impl Credentials {
    /// Reads an `authorization` header (RFC 9110 section 11.6.2; Basic is RFC 7617).
    pub fn read(speaks: Speaks, header: Option<&str>) -> Self {
        let Some(header) = header.map(str::trim).filter(|header| !header.is_empty()) else {
            return Self::Missing;
        };
        if header.len() > LONGEST {
            return Self::Malformed;
        }
        let Some((scheme, value)) = header.split_once(' ') else {
            return Self::Malformed;
        };
        let value = value.trim();
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        let token = match speaks {
            _ if is("basic") => behind_colon(value),
            Speaks::Splunk if is("splunk") => Some(Zeroizing::new(value.to_owned())),
            Speaks::Elastic | Speaks::Otlp if is("bearer") => Some(Zeroizing::new(value.to_owned())),
            // Elastic's keys are base64 of `id:key`; some forwarders pass on whatever they were given.
            Speaks::Elastic if is("apikey") => {
                behind_colon(value).or_else(|| Some(Zeroizing::new(value.to_owned())))
            }
            _ => None,
        };
        token
            .filter(|token| !token.is_empty())
            .map_or(Self::Malformed, Self::Token)
    }
}

/// What stands behind the colon of a text in base64.
fn behind_colon(value: &str) -> Option<Zeroizing<String>> {
    let bytes = Zeroizing::new(STANDARD.decode(value).ok()?);
    let text = std::str::from_utf8(&bytes).ok()?;
    let (_, secret) = text.split_once(':')?;
    Some(Zeroizing::new(secret.to_owned()))
}
