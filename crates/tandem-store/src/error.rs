//! What can go wrong.

/// The state database cannot do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is no address of a database that is supported.
    #[error("`{0}` is no database address; give sqlite:PATH or postgres://USER@HOST/NAME")]
    Address(String),
    /// The database refused or cannot be reached.
    #[error("the state database failed while {doing}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Why it failed.
        source: sqlx::Error,
    },
    /// The database was written by a newer Tandem.
    #[error("the state database has version {found}, this program knows {known}; start a newer one")]
    Newer {
        /// Version found.
        found: i64,
        /// Version known.
        known: i64,
    },
    /// A stored value cannot be read.
    #[error("a stored {what} cannot be read")]
    Stored {
        /// Which kind of value.
        what: &'static str,
        /// Why.
        source: serde_json::Error,
    },
    /// Somebody else changed it since it was decided.
    #[error("{kind} {id} changed meanwhile; look at it again and decide anew")]
    Conflict {
        /// Which kind of work.
        kind: &'static str,
        /// Its id.
        id: String,
    },
    /// The ledger does not take an entry, or its chain cannot go on.
    #[error("the ledger cannot be continued")]
    Ledger(#[from] tandem_ledger::ChainError),
    /// The installation's name is none.
    #[error("the ledger cannot begin")]
    Origin(#[from] tandem_ledger::KeyError),
    /// The ledger was not begun.
    #[error("the ledger has not been begun; start the server once, or run `tandem ledger begin`")]
    NoLedger,
}

/// Names what was being done when the database failed.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError>;
}

impl<T> Doing<T> for Result<T, sqlx::Error> {
    fn doing(self, doing: &'static str) -> Result<T, StoreError> {
        self.map_err(|source| StoreError::Database { doing, source })
    }
}

/// Reads a stored JSON text.
pub(crate) fn from_json<T: serde::de::DeserializeOwned>(
    what: &'static str,
    text: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|source| StoreError::Stored { what, source })
}

/// Writes a value as JSON text.
pub(crate) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Stored { what, source })
}
