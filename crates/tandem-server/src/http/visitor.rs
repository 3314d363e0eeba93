//! Who is not signed in yet: where they come from, and that the page that asks is Tandem's own.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, StatusCode, header};
use tandem_sign_in::SecretText;
use tandem_sign_in::session::{SESSION_COOKIE, read_cookie};
use tandem_sign_in::throttle::ClientNetwork;
use tandem_sign_in::throttle::device::DEVICE_COOKIE;

use super::error::ApiError;
use crate::app::App;
use crate::secret;
use crate::sign_in::Visitor;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// A cookie of a request.
pub(super) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let values = headers.get_all(header::COOKIE).iter();
    read_cookie(values.filter_map(|value| value.to_str().ok()), name)
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// The client's address: the connection's, or what the given number of proxies in front say about it. Each proxy adds the
/// address that it sees at the end, so what the client itself wrote stands further left and does not count.
fn address(parts: &Parts, proxies: u8) -> IpAddr {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |ConnectInfo(peer)| peer.ip());
    let Some(place) = usize::from(proxies).checked_sub(1) else {
        return peer;
    };
    let lines = parts.headers.get_all(FORWARDED_FOR).iter();
    let said: Vec<&str> = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    let said = said.iter().rev().nth(place);
    said.and_then(|text| text.trim().parse().ok()).unwrap_or(peer)
}

/// Before there is a session there is no token against foreign pages; the browser's own word about where a request comes from
/// takes its place (Fetch Metadata, W3C; the `Origin` header, RFC 6454).
fn is_foreign(headers: &HeaderMap, own: &str) -> bool {
    // Scripts cannot set this header; old browsers and plain http do not send it.
    match text(headers, FETCH_SITE) {
        Some("same-origin" | "none") => return false,
        Some(_) => return true,
        None => {}
    }
    let Some(origin) = text(headers, header::ORIGIN) else {
        // No browser: those send it with every write.
        return false;
    };
    let host = text(headers, header::HOST).unwrap_or_default();
    let same_host = origin
        .split_once("://")
        .is_some_and(|(_, authority)| !host.is_empty() && authority.eq_ignore_ascii_case(host));
    let configured = !own.is_empty() && origin.eq_ignore_ascii_case(own.trim_end_matches('/'));
    !(same_host || configured)
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let settings = &app.config.sign_in;
        let writes = !matches!(parts.method, Method::GET | Method::HEAD);
        if writes && is_foreign(&parts.headers, &settings.origin) {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "foreign_page",
                "this sign-in did not come from Tandem's own page",
                "open Tandem's address and sign in there; behind a proxy, set `sign_in.origin`",
            ));
        }
        let device = cookie(&parts.headers, DEVICE_COOKIE);
        Ok(Self {
            network: ClientNetwork::of(address(parts, settings.proxies)),
            device: device.map(|value| SecretText::new(value.to_owned())),
            session: cookie(&parts.headers, SESSION_COOKIE).map(secret::token_hash),
        })
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = Request::post("/api/v1/sign-in/password");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: SocketAddr = "192.0.2.1:4000".parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        parts
    }

    #[test]
    fn only_as_many_forwarded_addresses_count_as_there_are_proxies() {
        let forged = parts(&[("x-forwarded-for", "10.0.0.9, 198.51.100.7, 203.0.113.5")]);
        let at = |proxies| address(&forged, proxies).to_string();
        assert_eq!(at(0), "192.0.2.1");
        assert_eq!(at(1), "203.0.113.5");
        assert_eq!(at(2), "198.51.100.7");
        assert_eq!(at(9), "192.0.2.1", "fewer were passed than the settings say");
        let two = parts(&[
            ("x-forwarded-for", "10.0.0.9"),
            ("x-forwarded-for", "203.0.113.5"),
        ]);
        assert_eq!(address(&two, 1).to_string(), "203.0.113.5");
        assert_eq!(address(&parts(&[]), 1).to_string(), "192.0.2.1");
    }

    #[test]
    fn a_foreign_page_is_known_by_what_the_browser_says() {
        let own = "https://tandem.example";
        let foreign = |headers: &[(&str, &str)]| is_foreign(&parts(headers).headers, own);
        assert!(!foreign(&[]), "a program");
        assert!(!foreign(&[("sec-fetch-site", "same-origin"), ("origin", own)]));
        assert!(foreign(&[("sec-fetch-site", "cross-site")]));
        assert!(foreign(&[("sec-fetch-site", "same-site")]), "a neighbour");
        assert!(foreign(&[
            ("origin", "https://evil.example"),
            ("host", "tandem.example")
        ]));
        assert!(foreign(&[("origin", "null"), ("host", "tandem.example")]));
        assert!(!foreign(&[
            ("origin", "http://localhost:7878"),
            ("host", "localhost:7878")
        ]));
        assert!(
            !foreign(&[("origin", own), ("host", "127.0.0.1:7878")]),
            "behind a proxy"
        );
        assert!(foreign(&[
            ("origin", "https://tandem.example.evil.example"),
            ("host", "tandem.example")
        ]));
    }
}
