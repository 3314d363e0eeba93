//! What existing forwarders send over HTTP and gRPC: Splunk's HTTP Event Collector, Elasticsearch's `_bulk`, OTLP logs.
//!
//! Everything here is a pure function: a body and its [`Sender`] go in, [`Delivery`](crate::Delivery)s and what to answer
//! come out. Whoever serves the routes checks the token, hands the deliveries on and answers once they are durable.
//!
//! # What of a body is the record
//! A forwarder wraps what it read. The wrapping is taken off so that the record's own format and mapping apply:
//! - A text (HEC `event`, `message` of a `_bulk` document that holds nothing but a forwarder's own fields, an OTLP body
//!   beside `log.file.*`) in a known format **is** the record: a syslog line, an auditd line, CEF, event XML.
//! - A text that is a JSON object, and an object, is the record as it is; the wrapping's `time`, `host`, `source` and
//!   `sourcetype` (or their ECS names) are added where the object has none.
//! - A text that no format claims becomes an object of the wrapping's fields and `message`, unless it begins with a time of
//!   its own. A record that has no time at all gets the time at which it came, as Splunk and Elasticsearch do.
//!
//! # Which source the events have
//! HEC: `sourcetype`, else `index`, else the token's name. Elasticsearch: `data_stream.dataset`, else `event.dataset`, else
//! the index without date, version and data stream decoration. OTLP: `service.name`, else the token's name. The name is
//! brought to letters, digits, `.`, `_` and `-`, at most 64.
//!
//! # Once
//! The same body of the same token to the same address is taken once, so a retry after a lost answer stores nothing twice.

pub mod credentials;
pub mod elastic;
mod gather;
pub mod hec;
mod line;
pub mod name;
mod object;
pub mod otlp;

use tandem_domain::Timestamp;
use xxhash_rust::xxh3::Xxh3;

/// Records taken of one body at most; senders that are told so send smaller ones.
pub const MOST_RECORDS: usize = 200_000;
/// Sources told apart in one body at most; what follows gets the token's name.
pub const MOST_SOURCES: usize = 64;
/// Deepest nesting of an envelope.
pub const DEEPEST: usize = 64;

/// Who sent a body, and where to.
#[derive(Debug, Clone, Copy)]
pub struct Sender<'s> {
    /// Name of the token.
    pub token: &'s str,
    /// Hash under which the token is stored; the token itself is not needed.
    pub hash: &'s str,
    /// The peer's address, for dead letters and messages.
    pub peer: &'s str,
    /// Path and query asked for.
    pub path: &'s str,
    /// What the sender says is the same for a retry, instead of the body.
    pub key: Option<&'s str>,
    /// When it came.
    pub received: Timestamp,
}

impl Sender<'_> {
    /// The same for the same body, or key, of the same token at the same address.
    pub fn identity(&self, channel: &str, body: &[u8]) -> u128 {
        let mut hasher = Xxh3::new();
        for part in [self.hash, self.path, channel] {
            hasher.update(part.as_bytes());
            hasher.update(&[0]);
        }
        hasher.update(self.key.map_or(body, str::as_bytes));
        hasher.digest128()
    }
}

/// A body of which nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// More than can be worked on at once.
    #[error(
        "there are more than {MOST_RECORDS} records, or their parts are too many, in one body; send smaller batches"
    )]
    TooMany,
    /// There is nothing in it.
    #[error("the body is empty")]
    Empty,
    /// It is not what the address takes.
    #[error("the body cannot be read: {0}")]
    Malformed(String),
}
