//! Erasure by crypto-shredding: a person's key and record are destroyed, and with them every stale copy in the file.

use redb::ReadableTable;
use tandem_domain::{SubjectId, Timestamp};

use super::{Held, Order, Vault, checked};
use crate::engine::{STALE, Tables};
use crate::error::Doing;
use crate::{Act, Ground, VaultError, Witness};

/// Who ordered an erasure, when and why. That no legal hold stands against it is for the caller to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erasure {
    /// Who and when.
    pub order: Order,
    /// Why.
    pub ground: Ground,
}

/// What became of an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Erasures {
    /// Records destroyed now.
    pub erased: u64,
    /// Records destroyed earlier.
    pub already: u64,
    /// Subjects the vault never held.
    pub unknown: Vec<SubjectId>,
}

impl Vault {
    /// Destroys the records of subjects, for good: each one's ledger entry first, then key, record and index entries, and at
    /// the end the whole file is written anew and the former one overwritten. Give many at once rather than one by one.
    ///
    /// An erased person is not taken in again by the next import, until [`Vault::readmit`].
    ///
    /// # Errors
    /// When the witness fails or the file cannot be written. Those before that point are erased all the same; ask again for
    /// all of them.
    pub async fn erase(
        &self,
        subjects: &[SubjectId],
        erasure: &Erasure,
        witness: &(impl Witness + Sync),
    ) -> Result<Erasures, VaultError> {
        for subject in subjects {
            checked(subject)?;
        }
        let mut done = Erasures::default();
        let mut failure = None;
        for subject in subjects {
            match self.erase_one(subject, erasure, witness).await {
                Ok(Held::Yes) => done.erased += 1,
                Ok(Held::Erased(_)) => done.already += 1,
                Ok(Held::No) => done.unknown.push(subject.clone()),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        self.scrub()?;
        failure.map_or(Ok(done), Err)
    }

    async fn erase_one(
        &self,
        subject: &SubjectId,
        erasure: &Erasure,
        witness: &(impl Witness + Sync),
    ) -> Result<Held, VaultError> {
        let held = self.holds(subject)?;
        if held == Held::Yes {
            let act = Act::Erased {
                subject: subject.clone(),
                ground: erasure.ground,
                by: erasure.order.by.clone(),
                at: erasure.order.at,
            };
            witness.record(act).await.map_err(|error| VaultError::Witness {
                doing: "the erasure",
                source: Box::new(error),
            })?;
            self.remove(subject, erasure.order.at)?;
        }
        Ok(held)
    }

    pub(super) fn remove(&self, subject: &SubjectId, at: Timestamp) -> Result<(), VaultError> {
        const DOING: &str = "erasing a record";
        let name = checked(subject)?;
        let path = &self.place.path;
        let inner = self.read();
        let tx = inner.begin_write(&self.place)?;
        {
            let mut tables = Tables::open(&tx, &self.place)?;
            let identity = {
                let key = tables.keys.get(name.as_bytes()).doing(DOING, path)?;
                let record = tables.records.get(name.as_bytes()).doing(DOING, path)?;
                let key = key.as_ref().map_or(&[][..], |key| key.value());
                let record = record.as_ref().map_or(&[][..], |record| record.value());
                // A damaged record is erased like any other.
                inner.unseal(name, key, record).ok()
            };
            let known = identity.as_ref().map(|(_, identity)| identity);
            inner.drop_handles(&mut tables, &self.place, name, known)?;
            tables.keys.remove(name.as_bytes()).doing(DOING, path)?;
            tables.records.remove(name.as_bytes()).doing(DOING, path)?;
            tables.gone.insert(name.as_bytes(), at.0).doing(DOING, path)?;
            tables.meta.insert(STALE, [].as_slice()).doing(DOING, path)?;
        }
        tx.commit().doing(DOING, path)
    }

    /// Lets a person whose record was erased be kept again, for example because they were hired anew. Their old record does
    /// not come back. True if there was something to do.
    ///
    /// # Errors
    /// When the witness fails or the file cannot be written.
    pub async fn readmit(
        &self,
        subject: &SubjectId,
        order: &Order,
        witness: &(impl Witness + Sync),
    ) -> Result<bool, VaultError> {
        const DOING: &str = "readmitting a person";
        if !matches!(self.holds(subject)?, Held::Erased(_)) {
            return Ok(false);
        }
        let act = Act::Readmitted {
            subject: subject.clone(),
            by: order.by.clone(),
            at: order.at,
        };
        witness.record(act).await.map_err(|error| VaultError::Witness {
            doing: "the readmission",
            source: Box::new(error),
        })?;
        let inner = self.read();
        let tx = inner.begin_write(&self.place)?;
        Tables::open(&tx, &self.place)?
            .gone
            .remove(checked(subject)?.as_bytes())
            .doing(DOING, &self.place.path)?;
        tx.commit().doing(DOING, &self.place.path)?;
        Ok(true)
    }
}
