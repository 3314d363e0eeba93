//! The tamper-evident record of every look at a subject and every act.
//!
//! Each [`Entry`] becomes a [`Row`] of a hash chain and a leaf of a Merkle tree (RFC 9162 section 2.1). [`Checkpoint`]s sign the
//! tree's size and root in the signed-note format of C2SP, so that whoever holds the public key can tell a rewritten past.
//! An [`export`](mod@export) is a text file that an outsider checks in one pass; what does not hold is named as a [`Break`] with the first
//! row it concerns. The rules of [`watch`] read the same rows and tell the auditor about colleagues who look where they should not.
//!
//! ```text
//! row bytes  = RFC 8785 JSON of the entry with `seq` and `prev`, without `hash`
//! hash(0).prev = SHA-256("tandem-ledger/1\n" ‖ origin)
//! hash(i)    = SHA-256(hash(i-1) ‖ row bytes)                 the chain: names the row
//! leaf(i)    = SHA-256(0x00 ‖ row bytes)                      the tree: short proofs, signed roots
//! node(l, r) = SHA-256(0x01 ‖ l ‖ r)
//! ```
//!
//! What the chain and the tree promise together: an edited, deleted, added or moved row is found and named as long as its hashes
//! were not recomputed too; if somebody recomputed all hashes after it, the next signed checkpoint does not fit and the rows
//! between the last fitting checkpoint and that one are named. Rows after the last checkpoint are only as safe as the database,
//! and somebody who holds the signing key can sign another past; both are why an auditor keeps checkpoints of their own
//! ([`Trust::held`]).
//!
//! This crate is pure: it does no I/O of its own (a reader and a writer are parameters), reads no clock and draws no random
//! numbers.

mod canonical;
mod chain;
mod checkpoint;
mod entry;
pub mod export;
mod fault;
mod hash;
mod key;
pub mod merkle;
mod proof;
mod row;
pub mod watch;

pub use chain::{Chain, ChainError};
pub use checkpoint::{Checkpoint, NoteError};
pub use entry::{Entry, EntryError, MAX_ID, Salt};
pub use export::{Report, Trust, verify};
pub use fault::{Break, BreakKind};
pub use hash::Hash;
pub use key::{KeyError, KeyId, KeyRing, Signature, SigningKey, TrustedKey, VerifyingKey, check_origin};
pub use proof::{Older, RowProof};
pub use row::{Row, SealedRow};
