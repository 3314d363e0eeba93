//! Facts about people as of a date: who exists, which accounts they use, where they work, what happened to them.
//!
//! Every record carries the day on which it became known, and a [`View`] of a day is made only of records known by then. That
//! is what keeps a replay honest: a resignation handed in on Friday cannot explain Monday's behaviour.
//!
//! The way in: [`recognise_people`] tells the format of a file, [`parse`] turns its bytes into [`Record`]s and rejects, a
//! [`Directory`] holds all records, and a [`Cursor`] walks its days forward.
//!
//! This crate is pure: no I/O, no clock, no randomness.

mod account;
mod directory;
mod facts;
mod parse;
mod pseudonym;
mod record;

pub use account::{AccountClass, Home, account_class, canonical_account};
pub use directory::{Change, ChangeKind, Cursor, Directory, PeerLevel, Peers, Person, Resolved, View};
pub use facts::{FactIndicator, fact_indicators};
pub use parse::{Parsed, PeopleFormat, PeopleReject, parse, recognise_people};
pub use pseudonym::{Pseudonyms, pseudonym};
pub use record::{FactKind, FactRecord, Origin, PersonKind, PersonRecord, Record, Snapshot};
