//! The index of names is made here, so that names do not leave the vault for it.

use redb::ReadableTable;
use tandem_domain::SubjectId;

use super::Vault;
use crate::engine::{KEYS, RECORDS};
use crate::error::Doing;
use crate::names::Builder;
use crate::{NameIndex, VaultError};

impl Vault {
    /// The names, accounts, mail addresses, telephone numbers and person keys of everybody held now, to be found in text. Make
    /// it again after people were put in or erased. Damaged records are counted ([`NameIndex::unreadable`]); [`Vault::verify`] names them.
    ///
    /// # Errors
    /// When the file cannot be read, or there are more names than an index may hold.
    pub fn name_index(&self) -> Result<NameIndex, VaultError> {
        const DOING: &str = "collecting names";
        let path = &self.place.path;
        let inner = self.read();
        let tx = inner.begin_read(&self.place)?;
        let keys = tx.open_table(KEYS).doing(DOING, path)?;
        let records = tx.open_table(RECORDS).doing(DOING, path)?;
        let mut builder = Builder::default();
        for row in keys.iter().doing(DOING, path)? {
            let (subject, key) = row.doing(DOING, path)?;
            let record = records.get(subject.value()).doing(DOING, path)?;
            let (Ok(name), Some(record)) = (std::str::from_utf8(subject.value()), record) else {
                builder.add_unreadable();
                continue;
            };
            match inner.unseal(name, key.value(), record.value()) {
                Ok((_, identity)) => builder.add(&SubjectId(name.to_owned()), &identity)?,
                Err(VaultError::DamagedRecord { .. }) => builder.add_unreadable(),
                Err(other) => return Err(other),
            }
        }
        Ok(builder.finish())
    }
}
