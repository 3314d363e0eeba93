//! Deliveries of one sender.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tandem_normalise::Format;
use xxhash_rust::xxh3::xxh3_128;

use super::batch::Gathered;
use crate::delivery::Delivery;
use crate::run::Context;

/// Who sent, and how many deliveries were made of it.
#[derive(Debug)]
pub(super) struct Peer {
    from: Arc<str>,
    /// What is different for every sender, connection and start.
    key: Vec<u8>,
    count: u64,
}

impl Peer {
    /// Whoever is connected from an address. `since` is when, in nanoseconds.
    pub(super) fn connected(context: &Context, address: SocketAddr, since: i128) -> Self {
        Self::new(
            context,
            address.ip().to_canonical().to_string(),
            &address.to_string(),
            since,
        )
    }

    /// Whoever sends datagrams from an address, or several of them.
    pub(super) fn datagrams(context: &Context, address: Option<IpAddr>, since: i128) -> Self {
        let from = address.map_or_else(|| "several senders".to_owned(), |ip| ip.to_string());
        Self::new(context, from.clone(), &from, since)
    }

    fn new(context: &Context, from: String, unique: &str, since: i128) -> Self {
        let key = format!("{}\0{unique}\0{since}\0", context.name).into_bytes();
        Self {
            from: from.into(),
            key,
            count: 0,
        }
    }

    /// A delivery of what was gathered. Its identity comes from the source, the sender, the start and a counter, so that
    /// two equal lines are two events.
    pub(super) fn delivery(&mut self, context: &Context, gathered: Gathered) -> Delivery {
        let mut identity = self.key.clone();
        identity.extend_from_slice(&self.count.to_le_bytes());
        self.count += 1;
        let empty = context.delivery(Arc::clone(&self.from));
        Delivery {
            format: empty.format.or(Some(Format::Syslog)),
            body: gathered.body,
            refused: gathered.refused,
            identity: xxh3_128(&identity),
            ..empty
        }
    }
}

/// Nanoseconds since 1970, which tell two starts apart.
pub(super) fn nanoseconds() -> i128 {
    jiff::Timestamp::now().as_nanosecond()
}
