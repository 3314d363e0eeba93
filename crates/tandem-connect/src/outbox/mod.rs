//! The outbox: nothing lost, nothing sent twice where the far side can tell.
//!
//! An item is written in the same transaction as what it tells of ([`OutboxStore`] is the database's). A courier claims due
//! items under a lease, sends them and writes down what became of them. If the process dies in between, the lease runs out,
//! another claim marks the item as doubtful, and the far side's own means decide whether it is there already (see
//! [`crate::far`]). Items of one lane go in order: a later one waits until the earlier is sent or dead.

mod courier;
mod item;
mod policy;
mod store;

pub use courier::{Connector, Courier, Round};
pub use item::{Cause, Lease, OutboxItem, Settled, State, WrongState};
pub use policy::Policy;
pub use store::{Claim, OutboxStore};

#[cfg(test)]
mod tests;
