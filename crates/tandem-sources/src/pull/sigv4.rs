//! AWS Signature Version 4 (AWS, «Create a signed AWS API request») for requests without a query.
//!
//! The registry's signers come with a client runtime each (`aws-sigv4` with the Smithy runtime, `reqsign` with its own) or
//! sign URLs of object stores only (`rusty-s3`), while all that is needed are six HMACs, which ring has; AWS's published
//! vectors and botocore's signer check them.

use ring::{digest, hmac};
use tandem_domain::Timestamp;
use url::Url;

/// Who signs.
#[derive(Clone, Copy)]
pub(super) struct Keys<'a> {
    /// Access key id; no secret.
    pub id: &'a str,
    /// Secret access key.
    pub secret: &'a str,
    /// Session token of temporary keys.
    pub session: Option<&'a str>,
}

/// What is signed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Signed<'a> {
    /// `GET` or `POST`.
    pub method: &'a str,
    /// Where to; its path is taken as it is, its query must be empty.
    pub url: &'a Url,
    /// Headers besides `host` and those that signing adds.
    pub headers: &'a [(&'static str, String)],
    /// The body.
    pub body: &'a [u8],
    /// Region, such as `eu-central-1`.
    pub region: &'a str,
    /// Service, such as `cloudtrail`.
    pub service: &'a str,
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn mac(key: &[u8], text: &str) -> hmac::Tag {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes())
}

/// The headers that signing adds: `x-amz-date`, `x-amz-security-token` for temporary keys, and `authorization`.
pub(super) fn sign(what: Signed<'_>, keys: Keys<'_>, at: Timestamp) -> Vec<(&'static str, String)> {
    let time = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    let date = time.strftime("%Y%m%d").to_string();
    let moment = time.strftime("%Y%m%dT%H%M%SZ").to_string();
    let host = match (what.url.host_str().unwrap_or_default(), what.url.port()) {
        (host, Some(port)) => format!("{host}:{port}"),
        (host, None) => host.to_owned(),
    };
    let mut added = vec![("x-amz-date", moment.clone())];
    if let Some(session) = keys.session {
        added.push(("x-amz-security-token", session.to_owned()));
    }
    let mut headers: Vec<(String, String)> = what
        .headers
        .iter()
        .chain(&added)
        .map(|(name, value)| {
            let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
            (name.to_ascii_lowercase(), value)
        })
        .chain([("host".to_owned(), host)])
        .collect();
    headers.sort();
    let names = headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect::<Vec<_>>()
        .join(";");
    let lines: String = headers
        .iter()
        .map(|(name, value)| format!("{name}:{value}\n"))
        .collect();
    let hashed = hex(digest::digest(&digest::SHA256, what.body).as_ref());
    let canonical = format!(
        "{}\n{}\n\n{lines}\n{names}\n{hashed}",
        what.method,
        what.url.path()
    );
    let scope = format!("{date}/{}/{}/aws4_request", what.region, what.service);
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}",
        hex(digest::digest(&digest::SHA256, canonical.as_bytes()).as_ref())
    );
    let first = zeroize::Zeroizing::new(format!("AWS4{}", keys.secret));
    let key = [what.region, what.service, "aws4_request"]
        .iter()
        .fold(mac(first.as_bytes(), &date), |key, part| mac(key.as_ref(), part));
    let signature = hex(mac(key.as_ref(), &to_sign).as_ref());
    added.push((
        "authorization",
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
            keys.id
        ),
    ));
    added
}
