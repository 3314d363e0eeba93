//! Rotation: every person's key is sealed anew under another master key; no record is touched.

use std::ops::Bound::{Excluded, Unbounded};

use redb::ReadableTable;
use tandem_domain::Timestamp;

use super::{Inner, Vault, root_bound, root_name};
use crate::engine::{CURRENT, ROTATION, STALE, Tables};
use crate::error::Doing;
use crate::place::Place;
use crate::row::KeyRow;
use crate::seal::{self, What};
use crate::{Act, MasterKey, VaultError, Witness};

/// Keys sealed anew in one transaction.
const BATCH: usize = 20_000;

/// Who ordered something, and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// Account of the colleague.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Vault {
    /// Changes the master key. The ledger entry is written first. If the process dies on the way, the next opening needs
    /// both keys and finishes the work; afterwards only the new one opens the vault, and the old one should be destroyed.
    ///
    /// Nothing else gets at the vault meanwhile. Damaged keys are left as they are: [`Vault::verify`] names them.
    ///
    /// # Errors
    /// When it is the same key, the witness fails, or the file cannot be written.
    pub async fn rotate(
        &self,
        new: MasterKey,
        order: &Order,
        witness: &(impl Witness + Sync),
    ) -> Result<(), VaultError> {
        let (from, to) = (self.key_id(), new.id());
        if from == to {
            return Err(VaultError::KeyForm {
                from: "the rotation".to_owned(),
                reason: "it is the key in use",
            });
        }
        let act = Act::KeyRotated {
            from: from.to_string(),
            to: to.to_string(),
            by: order.by.clone(),
            at: order.at,
        };
        witness.record(act).await.map_err(|error| VaultError::Witness {
            doing: "the rotation of the key",
            source: Box::new(error),
        })?;
        self.rotate_in(new, BATCH, &mut |_| {})
    }

    pub(super) fn finish_rotation(&self, new: MasterKey) -> Result<(), VaultError> {
        self.rotate_in(new, BATCH, &mut |_| {})
    }

    /// `after` is told of each step that is durable.
    pub(super) fn rotate_in(
        &self,
        new: MasterKey,
        batch: usize,
        after: &mut dyn FnMut(&str),
    ) -> Result<(), VaultError> {
        {
            let mut inner = self.write();
            inner.announce(&self.place, &new)?;
            after("announced");
            let mut last = Vec::new();
            while let Some(next) = inner.reseal(&self.place, &new, &last, batch)? {
                last = next;
                after("batch");
            }
            inner.conclude(&self.place, new)?;
            after("concluded");
        }
        self.scrub()?;
        after("scrubbed");
        Ok(())
    }
}

impl Inner {
    /// From here on an opening needs both keys.
    fn announce(&self, place: &Place, new: &MasterKey) -> Result<(), VaultError> {
        const DOING: &str = "beginning to rotate the key";
        let id = new.id();
        let sealed = seal::seal(new.bytes(), root_bound(id, &self.id), self.root.as_slice())?;
        let tx = self.begin_write(place)?;
        {
            let mut meta = Tables::open(&tx, place)?.meta;
            meta.insert(root_name(id).as_slice(), sealed.as_slice())
                .doing(DOING, &place.path)?;
            meta.insert(ROTATION, id.0.as_slice()).doing(DOING, &place.path)?;
        }
        tx.commit().doing(DOING, &place.path)
    }

    /// Seals the next keys after `last` anew; gives back the last one looked at, `None` at the end.
    fn reseal(
        &self,
        place: &Place,
        new: &MasterKey,
        last: &[u8],
        batch: usize,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        const DOING: &str = "sealing keys anew";
        let tx = self.begin_write(place)?;
        let mut seen = None;
        {
            let mut keys = Tables::open(&tx, place)?.keys;
            let mut changed = Vec::new();
            let rows = keys
                .range::<&[u8]>((Excluded(last), Unbounded))
                .doing(DOING, &place.path)?;
            for row in rows.take(batch) {
                let (subject, key) = row.doing(DOING, &place.path)?;
                if let Some(resealed) = self.resealed(new, subject.value(), key.value())? {
                    changed.push((subject.value().to_vec(), resealed));
                }
                seen = Some(subject.value().to_vec());
            }
            for (subject, key) in changed {
                keys.insert(subject.as_slice(), key.as_slice())
                    .doing(DOING, &place.path)?;
            }
        }
        tx.commit().doing(DOING, &place.path)?;
        Ok(seen)
    }

    /// `None` for a key that is under the new master key already, or does not open.
    fn resealed(&self, new: &MasterKey, subject: &[u8], key: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        let (Ok(subject), Some(row)) = (std::str::from_utf8(subject), KeyRow::read(key)) else {
            return Ok(None);
        };
        if row.key != self.master.id() {
            return Ok(None);
        }
        let bound = self.bound(What::Key(self.master.id()), row.version, subject);
        let Some(own) = seal::unseal_key(self.master.bytes(), bound, row.sealed) else {
            return Ok(None);
        };
        let id = new.id();
        let bound = self.bound(What::Key(id), row.version, subject);
        let sealed = seal::seal(new.bytes(), bound, own.as_slice())?;
        let row = KeyRow {
            key: id,
            version: row.version,
            sealed: &sealed,
        };
        Ok(Some(row.bytes()))
    }

    /// From here on only the new key opens the vault.
    fn conclude(&mut self, place: &Place, new: MasterKey) -> Result<(), VaultError> {
        const DOING: &str = "finishing to rotate the key";
        let tx = self.begin_write(place)?;
        {
            let mut meta = Tables::open(&tx, place)?.meta;
            meta.insert(CURRENT, new.id().0.as_slice())
                .doing(DOING, &place.path)?;
            meta.remove(ROTATION).doing(DOING, &place.path)?;
            meta.remove(root_name(self.master.id()).as_slice())
                .doing(DOING, &place.path)?;
            meta.insert(STALE, [].as_slice()).doing(DOING, &place.path)?;
        }
        tx.commit().doing(DOING, &place.path)?;
        self.master = new;
        Ok(())
    }
}
