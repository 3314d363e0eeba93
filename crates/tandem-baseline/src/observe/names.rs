//! One spelling for hosts, sites, addresses and programs, and what counts as inside.

use std::borrow::Cow;
use std::net::IpAddr;

use super::HomeContext;

/// Lower case without copying what already is.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// A computer's short name: the part before the first dot, unless it is an address.
pub(super) fn host(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_start_matches('\\');
    if text.parse::<IpAddr>().is_ok() {
        return lower(text);
    }
    lower(text.split('.').next().unwrap_or(text))
}

/// The registered part of a host name: its last two labels, or three where the second-last is short as in `co.uk`. That is
/// a rule of thumb; the public suffix list would be the exact answer, but a wrong cut only makes two sites one.
pub(super) fn site(text: &str) -> Cow<'_, str> {
    let text = text.trim().trim_end_matches('.');
    let bare = text.rsplit_once(':').map_or(text, |(host, port)| {
        if port.bytes().all(|b| b.is_ascii_digit()) {
            host
        } else {
            text
        }
    });
    if bare.parse::<IpAddr>().is_ok() {
        return lower(bare);
    }
    let mut dots = bare.rmatch_indices('.').map(|(at, _)| at);
    let (last, second, third) = (dots.next(), dots.next(), dots.next());
    let from = match (last, second, third) {
        (Some(last), Some(second), third) if bare.len() - last <= 3 && last - second <= 4 => {
            third.map(|at| at + 1)
        }
        (Some(_), Some(second), _) => Some(second + 1),
        _ => None,
    };
    lower(from.and_then(|at| bare.get(at..)).unwrap_or(bare))
}

/// The file name of a path with either kind of slash.
pub(super) fn program(path: &str) -> Cow<'_, str> {
    lower(path.rsplit(['\\', '/']).next().unwrap_or(path))
}

/// The share of a UNC path: `\\server\share`.
pub(super) fn unc_share(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("\\\\")?;
    let server = rest.find('\\')?;
    let after = rest.get(server + 1..)?;
    let share = after.find('\\').unwrap_or(after.len());
    (share > 0).then(|| path.get(..2 + server + 1 + share)).flatten()
}

/// The addresses in a list joined with `;` or `,`, without display names.
pub(super) fn addresses(list: &str) -> impl Iterator<Item = &str> {
    list.split([';', ',']).filter_map(|part| {
        let part = part.trim();
        let inner = part
            .rsplit_once('<')
            .map_or(part, |(_, rest)| rest.trim_end_matches('>').trim());
        inner.contains('@').then_some(inner)
    })
}

/// True for an address in one of the company's mail domains or their subdomains.
pub(super) fn is_home_address(address: &str, home: &HomeContext) -> bool {
    let domain = address.rsplit_once('@').map_or("", |(_, domain)| domain);
    home.mail_domains.iter().any(|own| is_within(domain, own))
}

/// True for names without a dot, private addresses, and the company's own hosts and domains.
pub(super) fn is_internal(host: &str, home: &HomeContext) -> bool {
    if let Ok(address) = host.parse::<IpAddr>() {
        return match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || v6.is_unicast_link_local(),
        };
    }
    !host.contains('.')
        || home
            .internal_hosts
            .iter()
            .chain(&home.mail_domains)
            .any(|own| is_within(host, own))
}

/// True if `name` is `domain` or ends in `.domain`.
fn is_within(name: &str, domain: &str) -> bool {
    if name.eq_ignore_ascii_case(domain) {
        return true;
    }
    let Some(start) = name
        .len()
        .checked_sub(domain.len())
        .filter(|_| !domain.is_empty())
    else {
        return false;
    };
    name.get(start..)
        .is_some_and(|end| end.eq_ignore_ascii_case(domain))
        && name.get(..start).is_some_and(|front| front.ends_with('.'))
}

/// True if the label has one of the company's words for confidential.
pub(super) fn is_confidential(label: &str, home: &HomeContext) -> bool {
    let label = lower(label);
    let negated = label.starts_with("non") || label.starts_with("not ");
    !negated
        && home
            .confidential_words
            .iter()
            .any(|word| label.contains(word.as_str()))
}
