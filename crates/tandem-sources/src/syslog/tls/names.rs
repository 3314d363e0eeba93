//! Which certificates may send: by fingerprint or by a name in them (RFC 5425, section 5).

use std::net::IpAddr;

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// Bytes of a SHA-256 fingerprint.
const FINGERPRINT: usize = 32;
/// Longest name, bytes (RFC 1035, section 2.3.4).
const LONGEST: usize = 253;

/// One entry of `allowed_names`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Allowed {
    /// SHA-256 of the whole certificate.
    Fingerprint([u8; FINGERPRINT]),
    /// An address among the certificate's alternative names.
    Address(IpAddr),
    /// A name in the certificate, small letters.
    Name(String),
    /// What stands behind the first label of a name in it, with the dot, small letters.
    Below(String),
}

impl Allowed {
    /// Reads an entry.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let lower = text.trim().to_ascii_lowercase();
        if let Some(digits) = lower
            .strip_prefix("sha256:")
            .or_else(|| lower.strip_prefix("sha-256:"))
        {
            return fingerprint(digits).map(Self::Fingerprint).ok_or_else(|| {
                format!("`{text}` is no fingerprint; it needs 64 hexadecimal digits, with colons between them or not")
            });
        }
        if let Ok(address) = lower.parse() {
            return Ok(Self::Address(address));
        }
        if let Some(rest) = lower.strip_prefix('*') {
            return if rest.starts_with('.') && is_name(rest) {
                Ok(Self::Below(rest.to_owned()))
            } else {
                Err(format!(
                    "`{text}` is no pattern; a star stands for the first label only: *.branch.example.org"
                ))
            };
        }
        if !is_name(&lower) {
            return Err(format!(
                "`{text}` is no name in a certificate; use a name, an address, or sha256: and a fingerprint"
            ));
        }
        Ok(Self::Name(lower))
    }
}

fn is_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= LONGEST
        && !name.contains(['*', ',', ';', '\n'])
        && !name.contains(char::is_control)
}

fn fingerprint(text: &str) -> Option<[u8; FINGERPRINT]> {
    let digits: Vec<u8> = text.bytes().filter(|byte| *byte != b':').collect();
    let mut found = [0; FINGERPRINT];
    if digits.len() != 2 * FINGERPRINT {
        return None;
    }
    for (byte, pair) in found.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(value).ok()?;
        }
    }
    Some(found)
}

/// Checks a certificate, which an accepted authority signed, against what is allowed.
///
/// # Errors
/// What the certificate has instead, for the list.
pub(super) fn check(allowed: &[Allowed], der: &[u8]) -> Result<(), String> {
    let print = ring::digest::digest(&ring::digest::SHA256, der);
    let (names, addresses) = names(der);
    let fits = allowed.iter().any(|allowed| match allowed {
        Allowed::Fingerprint(wanted) => wanted.as_slice() == print.as_ref(),
        Allowed::Address(wanted) => addresses.contains(wanted),
        Allowed::Name(wanted) => names.contains(wanted),
        Allowed::Below(wanted) => names
            .iter()
            .any(|name| name.find('.').and_then(|dot| name.get(dot..)) == Some(wanted.as_str())),
    });
    if fits {
        return Ok(());
    }
    let mut shown: Vec<String> = names;
    shown.extend(addresses.iter().map(ToString::to_string));
    let print: String = print.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    Err(format!(
        "its certificate is not among `allowed_names`: it is for {} and has the fingerprint sha256:{print}",
        if shown.is_empty() {
            "no name".to_owned()
        } else {
            shown.join(", ")
        },
    ))
}

/// Names and addresses of a certificate: its alternative names, and the common name, which older ones have alone.
fn names(der: &[u8]) -> (Vec<String>, Vec<IpAddr>) {
    let (mut names, mut addresses) = (Vec::new(), Vec::new());
    let Ok((_, certificate)) = X509Certificate::from_der(der) else {
        return (names, addresses);
    };
    for common in certificate.subject().iter_common_name() {
        names.extend(common.as_str().ok().map(str::to_ascii_lowercase));
    }
    if let Ok(Some(alternative)) = certificate.subject_alternative_name() {
        for name in &alternative.value.general_names {
            match name {
                GeneralName::DNSName(name) => names.push(name.to_ascii_lowercase()),
                GeneralName::IPAddress(bytes) => addresses.extend(address(bytes)),
                _ => {}
            }
        }
    }
    names.sort();
    names.dedup();
    (names, addresses)
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes)
        .map(IpAddr::from)
        .or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from))
        .ok()
}
