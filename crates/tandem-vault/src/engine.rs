//! The file's engine: tables, opening with every checksum looked at, and the copy that leaves no stale page behind.

use redb::backends::FileBackend;
use redb::{
    Builder, Database, MultimapTable, MultimapTableDefinition, ReadableDatabase, ReadableMultimapTable,
    ReadableTable, Table, TableDefinition, WriteTransaction,
};

use crate::VaultError;
use crate::error::Doing;
use crate::place::Place;

/// Bytes and bytes: keys and values are checked here, not by the engine.
pub(crate) type Bytes = &'static [u8];

/// What the file says about itself: format, id, current key, roots, an unfinished rotation, stale pages.
pub(crate) const META: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("meta");
/// Pseudonym → that person's sealed key.
pub(crate) const KEYS: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("keys");
/// Pseudonym → that person's sealed record.
pub(crate) const RECORDS: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("records");
/// Keyed hash of an account → pseudonyms.
pub(crate) const HANDLES: MultimapTableDefinition<'static, Bytes, Bytes> =
    MultimapTableDefinition::new("handles");
/// Pseudonym → when the record was destroyed, microseconds.
pub(crate) const GONE: TableDefinition<'static, Bytes, i64> = TableDefinition::new("gone");

/// In [`META`]: format (1 byte) and the vault's id (16 bytes).
pub(crate) const VAULT: &[u8] = b"vault";
/// In [`META`]: id of the master key in use.
pub(crate) const CURRENT: &[u8] = b"current";
/// In [`META`]: id of the master key that a rotation leads to, while it is unfinished.
pub(crate) const ROTATION: &[u8] = b"rotation";
/// In [`META`]: set while the file may hold pages of what is no longer valid.
pub(crate) const STALE: &[u8] = b"stale";
/// In [`META`]: prefix of the sealed root under a master key, followed by that key's id.
pub(crate) const ROOT: &[u8] = b"root/";

/// Memory for pages, bytes.
const CACHE: usize = 32 << 20;

fn builder() -> Builder {
    let mut builder = Builder::new();
    // A damaged page is then an error at the opening; without it the engine would trust the page.
    builder.set_cache_size(CACHE).set_check_integrity_on_open(true);
    builder
}

/// Opens the vault's file, which must be there.
pub(crate) fn open(place: &Place) -> Result<Database, VaultError> {
    if !place.path.exists() {
        return Err(VaultError::Missing {
            path: place.path.clone(),
        });
    }
    place.check_mode()?;
    let before = place.identity();
    let db = builder()
        .open(&place.path)
        .doing("opening the file", &place.path)?;
    if place.identity() != before {
        // Another process put a new copy in place just now; what is open here is the file it is about to overwrite.
        return Err(VaultError::InUse {
            path: place.path.clone(),
        });
    }
    Ok(db)
}

/// An empty database in the file of the new copy.
pub(crate) fn start_new(place: &Place) -> Result<Database, VaultError> {
    let file = place.start_new()?;
    let backend = FileBackend::new(file).doing("making the vault's file", &place.next())?;
    builder()
        .create_with_backend(backend)
        .doing("making the vault's file", &place.next())
}

/// The tables of a write transaction.
pub(crate) struct Tables<'tx> {
    pub meta: Table<'tx, Bytes, Bytes>,
    pub keys: Table<'tx, Bytes, Bytes>,
    pub records: Table<'tx, Bytes, Bytes>,
    pub handles: MultimapTable<'tx, Bytes, Bytes>,
    pub gone: Table<'tx, Bytes, i64>,
}

impl<'tx> Tables<'tx> {
    pub fn open(tx: &'tx WriteTransaction, place: &Place) -> Result<Self, VaultError> {
        let open = || -> Result<Self, redb::TableError> {
            Ok(Self {
                meta: tx.open_table(META)?,
                keys: tx.open_table(KEYS)?,
                records: tx.open_table(RECORDS)?,
                handles: tx.open_multimap_table(HANDLES)?,
                gone: tx.open_table(GONE)?,
            })
        };
        open().doing("opening the tables", &place.path)
    }
}

/// Copies everything that is valid into a new file: what was deleted or replaced stays behind.
pub(crate) fn copy(from: &Database, place: &Place) -> Result<Database, VaultError> {
    let to = start_new(place)?;
    let copy = || -> Result<(), redb::Error> {
        let read = from.begin_read()?;
        let tx = to.begin_write()?;
        for table in [META, KEYS, RECORDS] {
            let mut target = tx.open_table(table)?;
            for row in read.open_table(table)?.iter()? {
                let (key, value) = row?;
                if key.value() != STALE {
                    target.insert(key.value(), value.value())?;
                }
            }
        }
        {
            let mut target = tx.open_table(GONE)?;
            for row in read.open_table(GONE)?.iter()? {
                let (key, value) = row?;
                target.insert(key.value(), value.value())?;
            }
            let mut target = tx.open_multimap_table(HANDLES)?;
            for row in read.open_multimap_table(HANDLES)?.iter()? {
                let (key, values) = row?;
                for value in values {
                    target.insert(key.value(), value?.value())?;
                }
            }
        }
        tx.commit()?;
        Ok(())
    };
    copy().doing("copying the vault", &place.path)?;
    Ok(to)
}
