//! Identities come in.

use redb::ReadableTable;
use tandem_domain::SubjectId;

use super::{Inner, Vault, checked};
use crate::engine::{STALE, Tables};
use crate::error::Doing;
use crate::place::Place;
use crate::row::KeyRow;
use crate::seal::{self, What};
use crate::{Identity, VaultError};

/// People taken from the caller at once, so that a million need not lie in memory.
const CHUNK: usize = 10_000;
/// Refusals that are named; further ones are counted only.
const NAMED: usize = 100;

/// An identity that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Whose; empty if it was no pseudonym.
    pub subject: SubjectId,
    /// Why, without a name.
    pub why: String,
}

/// What became of identities that were put in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Put {
    /// People not known before.
    pub new: u64,
    /// People whose record changed.
    pub changed: u64,
    /// People whose record was the same.
    pub unchanged: u64,
    /// People whose record was erased; they are not taken again.
    pub erased: u64,
    /// Identities that were refused.
    pub refused: u64,
    /// The first refusals, at most 100.
    pub named: Vec<Refused>,
}

impl Vault {
    /// Stores who a subject is. The same identity again changes nothing; a changed one gets a new key.
    ///
    /// # Errors
    /// When the person was erased, the identity is refused, or the file cannot be written.
    pub fn put(&self, subject: SubjectId, identity: Identity) -> Result<(), VaultError> {
        let whose = subject.clone();
        let done = self.put_with(&mut std::iter::once((subject, identity)), true)?;
        if done.erased == 0 {
            return Ok(());
        }
        match self.holds(&whose)? {
            super::Held::Erased(on) => Err(VaultError::Erased { subject: whose, on }),
            _ => Ok(()),
        }
    }

    /// Stores many people in one transaction: all or, on an error, none. People who were erased and identities that are
    /// refused are counted and left out.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn put_many(
        &self,
        people: impl IntoIterator<Item = (SubjectId, Identity)>,
    ) -> Result<Put, VaultError> {
        self.put_with(&mut people.into_iter(), false)
    }

    fn put_with(
        &self,
        people: &mut dyn Iterator<Item = (SubjectId, Identity)>,
        strict: bool,
    ) -> Result<Put, VaultError> {
        const DOING: &str = "storing identities";
        let inner = self.read();
        let tx = inner.begin_write(&self.place)?;
        let mut done = Put::default();
        {
            let mut tables = Tables::open(&tx, &self.place)?;
            loop {
                let mut chunk: Vec<_> = people.take(CHUNK).collect();
                if chunk.is_empty() {
                    break;
                }
                // Neighbours in the file are written together; of two of one subject the later stays the later.
                chunk.sort_by(|one, other| one.0.cmp(&other.0));
                for (subject, identity) in chunk {
                    match inner.put_one(&mut tables, &self.place, &subject, identity, &mut done) {
                        Err(refusal) if refusal.is_refusal() && !strict => done.refuse(subject, &refusal),
                        other => other?,
                    }
                }
            }
            if done.changed > 0 {
                tables
                    .meta
                    .insert(STALE, [].as_slice())
                    .doing(DOING, &self.place.path)?;
            }
        }
        if done.new + done.changed == 0 {
            tx.abort().doing(DOING, &self.place.path)?;
        } else {
            tx.commit().doing(DOING, &self.place.path)?;
        }
        Ok(done)
    }
}

impl Put {
    fn refuse(&mut self, subject: SubjectId, why: &VaultError) {
        self.refused += 1;
        if self.named.len() < NAMED {
            let subject = match checked(&subject) {
                Ok(_) => subject,
                Err(_) => SubjectId(String::new()),
            };
            let why = why.to_string();
            self.named.push(Refused { subject, why });
        }
    }
}

impl Inner {
    fn put_one(
        &self,
        tables: &mut Tables<'_>,
        place: &Place,
        subject: &SubjectId,
        identity: Identity,
        done: &mut Put,
    ) -> Result<(), VaultError> {
        const DOING: &str = "storing an identity";
        let name = checked(subject)?;
        let identity = identity.tidied();
        if let Some(what) = identity.fault() {
            return Err(VaultError::IdentityForm {
                subject: subject.clone(),
                what,
            });
        }
        if tables
            .gone
            .get(name.as_bytes())
            .doing(DOING, &place.path)?
            .is_some()
        {
            done.erased += 1;
            return Ok(());
        }
        let former = self.former(tables, place, name)?;
        let version = match &former {
            Former::None => {
                done.new += 1;
                1
            }
            Former::Known(_, known) if *known == identity => {
                done.unchanged += 1;
                return Ok(());
            }
            Former::Known(version, _) | Former::Damaged(version) => {
                done.changed += 1;
                version.saturating_add(1)
            }
        };
        match former {
            Former::Known(_, known) => self.drop_handles(tables, place, name, Some(&known))?,
            Former::Damaged(_) => self.drop_handles(tables, place, name, None)?,
            Former::None => {}
        }
        self.write(tables, place, name, version, &identity)
    }

    /// What is kept of the subject so far. A damaged record gives way to the new one: that is how it is mended.
    fn former(&self, tables: &Tables<'_>, place: &Place, name: &str) -> Result<Former, VaultError> {
        const DOING: &str = "reading a record";
        let Some(key) = tables.keys.get(name.as_bytes()).doing(DOING, &place.path)? else {
            return Ok(Former::None);
        };
        let record = tables.records.get(name.as_bytes()).doing(DOING, &place.path)?;
        let sealed = record.as_ref().map_or(&[][..], |record| record.value());
        match self.unseal(name, key.value(), sealed) {
            Ok((version, identity)) => Ok(Former::Known(version, identity)),
            Err(_) => {
                let version = KeyRow::read(key.value()).map_or(0, |row| row.version);
                Ok(Former::Damaged(version))
            }
        }
    }

    fn write(
        &self,
        tables: &mut Tables<'_>,
        place: &Place,
        name: &str,
        version: u64,
        identity: &Identity,
    ) -> Result<(), VaultError> {
        const DOING: &str = "writing a record";
        let own = seal::new_key()?;
        let master = self.master.id();
        let bound = self.bound(What::Key(master), version, name);
        let sealed = seal::seal(self.master.bytes(), bound, own.as_slice())?;
        let key = KeyRow {
            key: master,
            version,
            sealed: &sealed,
        };
        let record = seal::seal(&own, self.bound(What::Record, version, name), &identity.bytes()?)?;
        let subject = name.as_bytes();
        tables
            .keys
            .insert(subject, key.bytes().as_slice())
            .doing(DOING, &place.path)?;
        tables
            .records
            .insert(subject, record.as_slice())
            .doing(DOING, &place.path)?;
        for account in identity.handles() {
            let handle = self.handle(account);
            tables
                .handles
                .insert(handle.0.as_slice(), subject)
                .doing(DOING, &place.path)?;
        }
        Ok(())
    }
}

enum Former {
    None,
    Known(u64, Identity),
    Damaged(u64),
}
