//! The appender: what must be known to write the next row, and nothing more.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use thiserror::Error;

use crate::Hash;
use crate::canonical::MAX_INTEGER;
use crate::checkpoint::Checkpoint;
use crate::entry::{Entry, EntryError};
use crate::fault::Break;
use crate::key::{KeyError, SigningKey, check_origin};
use crate::merkle::{Frontier, Node};
use crate::row::{Row, SealedRow};

/// Why no row or checkpoint could be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChainError {
    /// The entry is out of bounds.
    #[error("the entry is not taken")]
    Entry(#[from] EntryError),
    /// The key belongs to another installation.
    #[error("the key is that of `{key}`, the ledger that of `{ledger}`; sign with the ledger's own key")]
    Origin {
        /// The key's name.
        key: String,
        /// The ledger's.
        ledger: String,
    },
    /// The ledger is full.
    #[error("the ledger holds 2^53 - 1 rows and takes no more")]
    Full,
}

/// The ledger's state: size, last hash, edge of the tree. A few hundred bytes, whatever the size.
///
/// A database keeps it as one record, reads it for update, appends, and writes the row and the state in one transaction; so no
/// two rows get one number. It is also what an export that does not begin with row 0 states as its beginning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct Chain {
    head: Hash,
    newest: Timestamp,
    origin: String,
    tree: Frontier,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    head: Hash,
    newest: Timestamp,
    origin: String,
    tree: Frontier,
}

impl TryFrom<Stored> for Chain {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        check_origin(&stored.origin).map_err(|error| error.to_string())?;
        if stored.tree.size() == 0 && stored.head != Hash::genesis(&stored.origin) {
            return Err("a ledger without rows has the installation's own beginning as its head".to_owned());
        }
        if stored.tree.size() > MAX_INTEGER.unsigned_abs() {
            return Err("a ledger holds at most 2^53 - 1 rows".to_owned());
        }
        Ok(Self {
            head: stored.head,
            newest: stored.newest,
            origin: stored.origin,
            tree: stored.tree,
        })
    }
}

impl Chain {
    /// An empty ledger of an installation.
    pub fn new(origin: &str) -> Result<Self, KeyError> {
        check_origin(origin)?;
        Ok(Self {
            head: Hash::genesis(origin),
            newest: Timestamp::default(),
            origin: origin.to_owned(),
            tree: Frontier::default(),
        })
    }

    /// Puts the state together again from the rows, from row 0 on, checking each.
    pub fn rebuild<'a>(origin: &str, rows: impl IntoIterator<Item = &'a Row>) -> Result<Self, Break> {
        let mut chain = Self::new(origin)
            .map_err(|error| Break::unreadable(None, "a name of an installation", error.to_string()))?;
        for row in rows {
            chain.accept(row)?;
        }
        Ok(chain)
    }

    /// The installation's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many rows there are; the number of the next one.
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// The last row's hash.
    pub const fn head(&self) -> Hash {
        self.head
    }

    /// The latest time among the rows.
    pub const fn newest(&self) -> Timestamp {
        self.newest
    }

    /// The root over all rows.
    pub fn root(&self) -> Hash {
        self.tree.root()
    }

    /// Makes the next row.
    pub fn append(&mut self, entry: Entry) -> Result<Row, ChainError> {
        self.append_with(entry, |_| {})
    }

    /// Makes the next row and tells the nodes of the tree that became final with it, its own leaf first; see
    /// [`Frontier::push_with`].
    pub fn append_with(&mut self, entry: Entry, completed: impl FnMut(Node)) -> Result<Row, ChainError> {
        entry.check()?;
        if self.size() >= MAX_INTEGER.unsigned_abs() {
            return Err(ChainError::Full);
        }
        let mut row = Row {
            seq: self.size(),
            prev: self.head,
            hash: Hash::default(),
            entry,
        };
        // Both bounds were checked, so there are bytes.
        let bytes = row.canonical().ok_or(EntryError::DetailNumber)?;
        row.hash = Hash::link(row.prev, &bytes);
        self.take(&row, Hash::leaf(&bytes), completed);
        Ok(row)
    }

    /// Takes a row that was written before, if it fits. On an error the state is unchanged.
    pub fn accept(&mut self, row: &Row) -> Result<(), Break> {
        let due = self.size();
        let bytes = row.canonical();
        let own = bytes.as_deref().map(|bytes| Hash::link(row.prev, bytes));
        let fits = own == Some(row.hash);
        // A wrong number on a row that continues the chain is an edited number; otherwise it is another row.
        if !fits && (row.seq == due || row.prev == self.head) {
            return Err(Break::edited(due, own, row.hash));
        }
        self.in_turn(row.seq)?;
        if row.prev != self.head {
            return Err(Break::chain(due, self.head, row.prev));
        }
        let leaf = bytes.as_deref().map(Hash::leaf).unwrap_or_default();
        self.take(row, leaf, |_| {});
        Ok(())
    }

    /// Takes a row of which only the hashes are left. Whether they are the right ones shows at the next row and at the next
    /// checkpoint.
    pub fn accept_sealed(&mut self, row: &SealedRow) -> Result<(), Break> {
        self.in_turn(row.seq)?;
        self.head = row.hash;
        self.tree.push(row.leaf);
        Ok(())
    }

    /// Signs the present state. A clock that went backwards does not make it older than the newest row.
    pub fn checkpoint(&self, at: Timestamp, key: &SigningKey) -> Result<Checkpoint, ChainError> {
        let name = key.verifying_key().name();
        if name != self.origin {
            return Err(ChainError::Origin {
                key: name.to_owned(),
                ledger: self.origin.clone(),
            });
        }
        Ok(Checkpoint::sign(
            key,
            self.size(),
            self.root(),
            at.max(self.newest),
        ))
    }

    fn in_turn(&self, seq: u64) -> Result<(), Break> {
        let due = self.size();
        match seq.cmp(&due) {
            std::cmp::Ordering::Greater => Err(Break::deleted(due, seq)),
            std::cmp::Ordering::Less => Err(Break::repeated(seq, due)),
            std::cmp::Ordering::Equal => Ok(()),
        }
    }

    fn take(&mut self, row: &Row, leaf: Hash, completed: impl FnMut(Node)) {
        self.head = row.hash;
        self.newest = self.newest.max(row.entry.at);
        self.tree.push_with(leaf, completed);
    }
}

#[cfg(test)]
mod tests;
