//! The vault: the only place where a pseudonym becomes a person.
//!
//! Identities live in a file of their own, `identities.vault`, apart from the state database. Each version of each person's
//! record is sealed under a key of its own; those keys are sealed under the master key, which is never in that file. A name
//! leaves the vault only through [`Vault::open_for`]: for a [`Warrant`], in the case it was given for, and not before the
//! [`Witness`] has written the ledger entry. [`Vault::erase`] destroys a person's key and every stale copy in the file.
//!
//! Names in outgoing text give way through a [`NameIndex`], which is made from the vault and cannot be read back.
//!
//! All calls block on the file. `open_for`, `erase`, `readmit` and `rotate` are `async` only because the witness is.
//! What is in the file, keys, rotation, backup and the limits of erasure: `docs/vault.md`.

mod engine;
mod error;
mod identity;
mod key;
mod names;
mod place;
mod row;
mod seal;
mod source;
mod vault;
mod warrant;

pub use error::VaultError;
pub use identity::{Contact, Identity, Revealed};
pub use key::{KeyId, MasterKey};
pub use names::NameIndex;
pub use source::{CREDENTIAL, ENVIRONMENT, KeySource, Provided};
pub use vault::{Ask, Damage, Erasure, Erasures, Handle, Held, Order, Put, Refused, Report, Vault};
pub use warrant::{Act, Field, Ground, Opening, Warrant, Witness};
