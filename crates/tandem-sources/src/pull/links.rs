//! Addresses: those of the settings, and those that a service hands out.

use std::net::IpAddr;

use url::{Host, Url};

use super::api::{Answer, Fault};

/// Reads the address of a service: `https`, or `http` to this machine.
///
/// # Errors
/// What is wrong and what to do.
pub(super) fn base(text: &str) -> Result<Url, String> {
    let url = Url::parse(text.trim())
        .ok()
        .filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| format!("`{text}` is no address; write it like https://api.example"))?;
    if !url.username().is_empty() || url.password().is_some() || url.query().is_some() {
        return Err(
            "an address carries no credentials and no query; put secrets where secrets go".to_owned(),
        );
    }
    if url.scheme() == "http" && !is_here(&url) {
        return Err(format!(
            "`{text}` is not https; plain http goes to this machine only"
        ));
    }
    Ok(url)
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => IpAddr::V4(ip).is_loopback(),
        Some(Host::Ipv6(ip)) => IpAddr::V6(ip).is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// An address below a base: path segments, each escaped, and query parameters.
pub(super) fn below(base: &Url, path: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
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

/// A link that the service handed out, if it leads to the service itself: requests carry a token.
pub(super) fn own(base: &Url, link: &str) -> Option<Url> {
    // Microsoft's documentation shows the header with an escaped `&`.
    let url = Url::parse(&link.replace("&amp;", "&")).ok()?;
    (url.origin() == base.origin() && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The address of the next page: the link if there is one, else what `first` makes.
pub(super) fn page(base: &Url, link: Option<&str>, first: impl FnOnce() -> Url) -> Result<Url, Fault> {
    match link {
        None => Ok(first()),
        Some(link) => own(base, link)
            .ok_or_else(|| Fault::Link("its link to the next page leads to another host".to_owned())),
    }
}

/// The `next` of `Link` headers (RFC 8288).
pub(super) fn next(answer: &Answer) -> Option<String> {
    answer
        .headers
        .get_all("link")
        .iter()
        .filter_map(|value| value.to_str().ok())
        // An address holds no angle brackets, but may hold commas.
        .flat_map(|value| value.split('<').skip(1))
        .find_map(|part| {
            let (target, params) = part.split_once('>')?;
            let is_next = params.split([';', ',']).any(|param| {
                param.trim().split_once('=').is_some_and(|(name, value)| {
                    name.trim().eq_ignore_ascii_case("rel")
                        && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
                })
            });
            is_next.then(|| target.trim().to_owned())
        })
}
