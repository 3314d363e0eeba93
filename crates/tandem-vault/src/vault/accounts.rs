//! Accounts lead to pseudonyms by a keyed hash: who has the file but not the key cannot try names.

use std::fmt;

use redb::ReadableMultimapTable;
use tandem_domain::SubjectId;

use super::{Inner, Vault};
use crate::engine::{HANDLES, Tables};
use crate::error::Doing;
use crate::place::Place;
use crate::{Identity, VaultError};

/// Most people looked up behind one account.
const SHARED: usize = 64;

/// The keyed hash of an account or mail address: 128 bits of keyed BLAKE3. Without the vault's key nobody can make one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(pub(super) [u8; 16]);

impl fmt::Display for Handle {
    /// 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Vault {
    /// The handle of an account or mail address, upper and lower case alike. Give accounts in their canonical form
    /// (`tandem_people::canonical_account`), as they were put in.
    pub fn handle(&self, account: &str) -> Handle {
        self.read().handle(account)
    }

    /// Pseudonyms of the people who use an account: none, one, or several if it is shared. No name is involved.
    ///
    /// # Errors
    /// When the file cannot be read, or the index names somebody whose record does not hold that account.
    pub fn subjects_of(&self, account: &str) -> Result<Vec<SubjectId>, VaultError> {
        const DOING: &str = "looking up an account";
        let inner = self.read();
        let handle = inner.handle(account);
        let tx = inner.begin_read(&self.place)?;
        let table = tx.open_multimap_table(HANDLES).doing(DOING, &self.place.path)?;
        let mut found = Vec::new();
        for subject in table
            .get(handle.0.as_slice())
            .doing(DOING, &self.place.path)?
            .take(SHARED)
        {
            let subject = subject.doing(DOING, &self.place.path)?;
            let name = String::from_utf8_lossy(subject.value()).into_owned();
            let identity = inner.identity(&tx, &self.place, &name)?;
            // The index is not sealed; the record is. Only what both say holds.
            if !identity.is_some_and(|(_, identity)| {
                identity.handles().any(|account| inner.handle(account) == handle)
            }) {
                return Err(VaultError::damaged(
                    &self.place.path,
                    "its index of accounts does not agree with its records",
                ));
            }
            found.push(SubjectId(name));
        }
        Ok(found)
    }
}

impl Inner {
    pub(super) fn handle(&self, account: &str) -> Handle {
        let folded = zeroize::Zeroizing::new(account.trim().to_lowercase());
        let hash = blake3::keyed_hash(&self.root, folded.as_bytes());
        let mut short = [0; 16];
        short
            .iter_mut()
            .zip(hash.as_bytes())
            .for_each(|(to, from)| *to = *from);
        Handle(short)
    }

    /// Takes a subject out of the index; without its record, by looking through the whole of it.
    pub(super) fn drop_handles(
        &self,
        tables: &mut Tables<'_>,
        place: &Place,
        subject: &str,
        known: Option<&Identity>,
    ) -> Result<(), VaultError> {
        const DOING: &str = "taking accounts out of the index";
        let own: Vec<Vec<u8>> = match known {
            Some(identity) => identity
                .handles()
                .map(|account| self.handle(account).0.to_vec())
                .collect(),
            None => {
                let mut own = Vec::new();
                for row in tables.handles.iter().doing(DOING, &place.path)? {
                    let (handle, subjects) = row.doing(DOING, &place.path)?;
                    for one in subjects {
                        if one.doing(DOING, &place.path)?.value() == subject.as_bytes() {
                            own.push(handle.value().to_vec());
                        }
                    }
                }
                own
            }
        };
        for handle in own {
            tables
                .handles
                .remove(handle.as_slice(), subject.as_bytes())
                .doing(DOING, &place.path)?;
        }
        Ok(())
    }
}
