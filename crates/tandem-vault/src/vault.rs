//! The open vault.

mod accounts;
mod erase;
mod mask;
mod open_for;
mod put;
mod rotate;
mod verify;

use std::fmt;
use std::path::Path;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTableMetadata, WriteTransaction};
use tandem_domain::{SubjectId, Timestamp};

pub use accounts::Handle;
pub use erase::{Erasure, Erasures};
pub use open_for::Ask;
pub use put::{Put, Refused};
pub use rotate::Order;
pub use verify::{Damage, Report};

use crate::engine::{self, CURRENT, GONE, KEYS, META, RECORDS, ROOT, ROTATION, STALE, Tables, VAULT};
use crate::error::Doing;
use crate::key::KeyId;
use crate::place::Place;
use crate::row::KeyRow;
use crate::seal::{self, Bound, DataKey, What};
use crate::{Identity, MasterKey, VaultError};

/// Format of the file.
const FORMAT: u8 = 1;
/// Longest pseudonym, bytes.
const SUBJECT: usize = 64;

/// Whether the vault has somebody's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It has.
    Yes,
    /// It never had.
    No,
    /// It had, until then.
    Erased(Timestamp),
}

/// The open vault. It may be shared between threads; only one process can have it open.
///
/// All calls block on the file: a look for less than a millisecond, an erasure and [`Vault::scrub`] for as long as it takes
/// to write the whole file anew (figures in `docs/vault.md`).
pub struct Vault {
    place: Place,
    inner: RwLock<Inner>,
}

/// What is open: the file, and the keys of now.
struct Inner {
    db: Database,
    id: [u8; 16],
    master: MasterKey,
    /// Key of the account index. It stays the same when the master key changes.
    root: DataKey,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({}, …)", self.place.path.display())
    }
}

impl Vault {
    /// Opens a vault with its master key; with two keys, if a rotation was interrupted, which is then finished. Whatever an
    /// earlier erasure or rotation had not yet overwritten is overwritten now. Reads the whole file once.
    ///
    /// # Errors
    /// When it is not there, open elsewhere, readable by others, damaged, or sealed under another key.
    pub fn open(path: &Path, keys: &[MasterKey]) -> Result<Self, VaultError> {
        let place = Place::of(path);
        let db = engine::open(&place)?;
        place.clear()?;
        let (inner, rotating) = Inner::unlock(db, &place, keys)?;
        let vault = Self {
            place,
            inner: RwLock::new(inner),
        };
        if let Some(new) = rotating {
            vault.finish_rotation(new)?;
        }
        vault.scrub()?;
        Ok(vault)
    }

    /// Opens a vault, or makes an empty one if there is none. A new one is sealed under the first key.
    ///
    /// # Errors
    /// As [`Vault::open`], or when the file cannot be made.
    pub fn open_or_create(path: &Path, keys: &[MasterKey]) -> Result<Self, VaultError> {
        let place = Place::of(path);
        if !place.path.exists() {
            if place.former().exists() {
                return Err(VaultError::damaged(
                    &place.path,
                    "it is gone, but its former copy is still there",
                ));
            }
            Self::create(&place, keys)?;
        }
        Self::open(path, keys)
    }

    fn create(place: &Place, keys: &[MasterKey]) -> Result<(), VaultError> {
        const DOING: &str = "making the vault";
        let master = keys
            .first()
            .ok_or_else(|| wrong_key(place, String::new(), keys))?;
        let mut id = [0; 16];
        seal::random(&mut id)?;
        let root = seal::new_key()?;
        let sealed = seal::seal(master.bytes(), root_bound(master.id(), &id), root.as_slice())?;
        let db = engine::start_new(place)?;
        let tx = db.begin_write().doing(DOING, &place.path)?;
        let about = [[FORMAT].as_slice(), &id].concat();
        {
            let mut meta = Tables::open(&tx, place)?.meta;
            meta.insert(VAULT, about.as_slice()).doing(DOING, &place.path)?;
            meta.insert(CURRENT, master.id().0.as_slice())
                .doing(DOING, &place.path)?;
            meta.insert(root_name(master.id()).as_slice(), sealed.as_slice())
                .doing(DOING, &place.path)?;
        }
        tx.commit().doing(DOING, &place.path)?;
        drop(db);
        place.swap()?;
        place.settle()
    }

    /// How many records it holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self) -> Result<u64, VaultError> {
        const DOING: &str = "counting records";
        let inner = self.read();
        let tx = inner.begin_read(&self.place)?;
        let keys = tx.open_table(KEYS).doing(DOING, &self.place.path)?;
        keys.len().doing(DOING, &self.place.path)
    }

    /// Whether it holds somebody's record. It says nothing about who that is.
    ///
    /// # Errors
    /// When the text is no pseudonym or the file cannot be read.
    pub fn holds(&self, subject: &SubjectId) -> Result<Held, VaultError> {
        self.held(&self.read(), subject)
    }

    fn held(&self, inner: &Inner, subject: &SubjectId) -> Result<Held, VaultError> {
        const DOING: &str = "looking for a record";
        let name = checked(subject)?.as_bytes();
        let tx = inner.begin_read(&self.place)?;
        let keys = tx.open_table(KEYS).doing(DOING, &self.place.path)?;
        if keys.get(name).doing(DOING, &self.place.path)?.is_some() {
            return Ok(Held::Yes);
        }
        let gone = tx.open_table(GONE).doing(DOING, &self.place.path)?;
        let on = gone.get(name).doing(DOING, &self.place.path)?;
        Ok(on.map_or(Held::No, |on| Held::Erased(Timestamp(on.value()))))
    }

    /// Id of the master key in use.
    pub fn key_id(&self) -> KeyId {
        self.read().master.id()
    }

    /// Writes the whole file anew if it may still hold pages of former records, and overwrites the former file. Erasures and
    /// rotations do it themselves; after changed records it is for nightly housekeeping. True if there was something to do.
    ///
    /// # Errors
    /// When there is no room for a second copy, or a file cannot be written. The vault is whole in any case, and the next
    /// opening tries again.
    pub fn scrub(&self) -> Result<bool, VaultError> {
        let mut inner = self.write();
        let stale = inner.meta(&self.place, STALE)?.is_some();
        if stale {
            let copy = engine::copy(&inner.db, &self.place)?;
            self.place.swap()?;
            // From here on the new file is the vault, whatever else fails. The former one is closed before it is overwritten, for
            // closing writes to it.
            drop(std::mem::replace(&mut inner.db, copy));
            self.place.settle()?;
        } else {
            // What a scrub that failed half-way could not overwrite.
            self.place.clear()?;
        }
        Ok(stale)
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// The record of somebody who is held; says why if not.
    fn identity(&self, inner: &Inner, subject: &SubjectId) -> Result<Identity, VaultError> {
        let tx = inner.begin_read(&self.place)?;
        let name = checked(subject)?;
        match inner.identity(&tx, &self.place, name)? {
            Some((_, identity)) => Ok(identity),
            None => Err(match self.held(inner, subject)? {
                Held::Erased(on) => VaultError::Erased {
                    subject: subject.clone(),
                    on,
                },
                _ => VaultError::NoSuchSubject {
                    subject: subject.clone(),
                },
            }),
        }
    }
}

impl Inner {
    /// Finds the key that opens the file. Gives back the key that an unfinished rotation leads to.
    fn unlock(
        db: Database,
        place: &Place,
        keys: &[MasterKey],
    ) -> Result<(Self, Option<MasterKey>), VaultError> {
        let about = meta(&db, place, VAULT)?.unwrap_or_default();
        let (&format, id) = about
            .split_first()
            .ok_or_else(|| VaultError::damaged(&place.path, "it does not say what it is"))?;
        if format > FORMAT {
            return Err(VaultError::Newer {
                path: place.path.clone(),
                found: format,
                known: FORMAT,
            });
        }
        let id = <[u8; 16]>::try_from(id)
            .map_err(|_| VaultError::damaged(&place.path, "its id has another length"))?;
        let current = key_id(&db, place, CURRENT)?
            .ok_or_else(|| VaultError::damaged(&place.path, "it does not say which key it needs"))?;
        let rotation = key_id(&db, place, ROTATION)?;
        let given = |id: KeyId| keys.iter().find(|key| key.id() == id).cloned();
        let master = match (given(current), rotation) {
            (Some(master), _) => master,
            (None, Some(new)) => return Err(unfinished(place, current, new)),
            (None, None) => return Err(wrong_key(place, current.to_string(), keys)),
        };
        let new = match rotation {
            Some(new) => Some(given(new).ok_or_else(|| unfinished(place, current, new))?),
            None => None,
        };
        let sealed = meta(&db, place, &root_name(current))?.unwrap_or_default();
        let root = seal::unseal_key(master.bytes(), root_bound(current, &id), &sealed)
            .ok_or_else(|| VaultError::damaged(&place.path, "its root does not open with its own key"))?;
        let inner = Self { db, id, master, root };
        Ok((inner, new))
    }

    fn begin_read(&self, place: &Place) -> Result<ReadTransaction, VaultError> {
        self.db.begin_read().doing("beginning to read", &place.path)
    }

    fn begin_write(&self, place: &Place) -> Result<WriteTransaction, VaultError> {
        self.db.begin_write().doing("beginning to write", &place.path)
    }

    fn meta(&self, place: &Place, name: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        meta(&self.db, place, name)
    }

    /// Version and identity; `None` if nothing is kept of the subject.
    fn identity(
        &self,
        tx: &ReadTransaction,
        place: &Place,
        subject: &str,
    ) -> Result<Option<(u64, Identity)>, VaultError> {
        const DOING: &str = "reading a record";
        let keys = tx.open_table(KEYS).doing(DOING, &place.path)?;
        let records = tx.open_table(RECORDS).doing(DOING, &place.path)?;
        let Some(key) = keys.get(subject.as_bytes()).doing(DOING, &place.path)? else {
            return Ok(None);
        };
        let record = records.get(subject.as_bytes()).doing(DOING, &place.path)?;
        let sealed = record.as_ref().map_or(&[][..], |record| record.value());
        self.unseal(subject, key.value(), sealed).map(Some)
    }

    /// Opens a sealed key and the record that it is for.
    fn unseal(&self, subject: &str, key: &[u8], record: &[u8]) -> Result<(u64, Identity), VaultError> {
        let damaged = |what| VaultError::DamagedRecord {
            subject: SubjectId(subject.to_owned()),
            what,
        };
        let row = KeyRow::read(key).ok_or_else(|| damaged("its key has another length"))?;
        if row.key != self.master.id() {
            return Err(damaged("its key is sealed under another master key"));
        }
        let own = seal::unseal_key(
            self.master.bytes(),
            self.bound(What::Key(self.master.id()), row.version, subject),
            row.sealed,
        )
        .ok_or_else(|| damaged("its key does not open"))?;
        let plain = seal::unseal(&own, self.bound(What::Record, row.version, subject), record)
            .ok_or_else(|| damaged("it does not open with its key"))?;
        let identity = Identity::read(&plain).ok_or_else(|| damaged("what is in it cannot be read"))?;
        Ok((row.version, identity))
    }

    const fn bound<'a>(&'a self, what: What, version: u64, subject: &'a str) -> Bound<'a> {
        Bound {
            what,
            vault: &self.id,
            version,
            subject,
        }
    }
}

/// The pseudonym as text, if it is one.
fn checked(subject: &SubjectId) -> Result<&str, VaultError> {
    let text = subject.as_str();
    let fits = (1..=SUBJECT).contains(&text.len());
    if fits && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        Ok(text)
    } else {
        Err(VaultError::SubjectForm)
    }
}

fn meta(db: &Database, place: &Place, name: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
    const DOING: &str = "reading what the vault says about itself";
    let tx = db.begin_read().doing(DOING, &place.path)?;
    let table = match tx.open_table(META) {
        Err(redb::TableError::TableDoesNotExist(_)) => {
            return Err(VaultError::damaged(&place.path, "it does not say what it is"));
        }
        table => table.doing(DOING, &place.path)?,
    };
    let found = table.get(name).doing(DOING, &place.path)?;
    Ok(found.map(|value| value.value().to_vec()))
}

fn key_id(db: &Database, place: &Place, name: &[u8]) -> Result<Option<KeyId>, VaultError> {
    let Some(bytes) = meta(db, place, name)? else {
        return Ok(None);
    };
    let id = <[u8; 8]>::try_from(bytes.as_slice())
        .map_err(|_| VaultError::damaged(&place.path, "the id of its key has another length"))?;
    Ok(Some(KeyId(id)))
}

fn root_name(key: KeyId) -> Vec<u8> {
    [ROOT, &key.0].concat()
}

const fn root_bound(key: KeyId, vault: &[u8; 16]) -> Bound<'_> {
    Bound {
        what: What::Root(key),
        vault,
        version: 0,
        subject: "",
    }
}

fn unfinished(place: &Place, former: KeyId, new: KeyId) -> VaultError {
    VaultError::RotationUnfinished {
        path: place.path.clone(),
        former,
        new,
    }
}

fn wrong_key(place: &Place, needed: String, keys: &[MasterKey]) -> VaultError {
    let given: Vec<_> = keys.iter().map(|key| key.id().to_string()).collect();
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    VaultError::WrongKey {
        path: place.path.clone(),
        needed: or_none(needed),
        given: or_none(given.join(", ")),
    }
}

#[cfg(test)]
mod tests;
