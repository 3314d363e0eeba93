//! What the outbox asks of a database.

use std::future::Future;

use tandem_domain::Timestamp;

use super::item::{Lease, OutboxItem, Settled};
use crate::far::Anchor;

/// An item that this courier may send until its lease ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    /// The item, as it is after the claim.
    pub item: OutboxItem,
    /// What earlier jobs of the lane left on the far side.
    pub anchor: Anchor,
    /// The lease.
    pub lease: Lease,
}

/// Where items are kept. Every method is one transaction.
///
/// The [`Anchor`] of a claim is [`Anchor::of`] the sent items of the same connector and lane.
pub trait OutboxStore: Send + Sync {
    /// What can go wrong.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Keeps a new item, in the transaction of the caller's own change wherever the store can; false if the connector has
    /// one with this key already.
    fn add(&self, item: OutboxItem) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// Claims up to `limit` items that are due at `now` ([`OutboxItem::is_due`], [`OutboxItem::claim`]), in the order of
    /// their ids, at most one a lane and connector: the first that [`OutboxItem::holds_up`] the others. No two couriers get
    /// the same item while a lease lasts.
    fn claim(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<Claim>, Self::Error>> + Send;

    /// Writes down what became of an attempt ([`OutboxItem::settle`]); false if the lease is no longer the item's.
    fn settle(
        &self,
        lease: Lease,
        settled: Settled,
    ) -> impl Future<Output = Result<bool, Self::Error>> + Send;

    /// The lane that something said in `room` belongs to: the lane that opened the room, or else the one with a sent item in
    /// it whose message is `thread`.
    fn lane(
        &self,
        connector: &str,
        room: &str,
        thread: Option<&str>,
    ) -> impl Future<Output = Result<Option<String>, Self::Error>> + Send;

    /// Dead items, the newest first.
    fn dead(&self, limit: u32) -> impl Future<Output = Result<Vec<OutboxItem>, Self::Error>> + Send;

    /// Sends a dead item again ([`OutboxItem::replay`]); false if there is no such dead item.
    fn replay(&self, id: i64, now: Timestamp) -> impl Future<Output = Result<bool, Self::Error>> + Send;
}
