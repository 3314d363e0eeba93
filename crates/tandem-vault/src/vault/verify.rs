//! Looking whether everything can still be read.

use redb::{ReadableTable, ReadableTableMetadata};
use tandem_domain::SubjectId;

use super::Vault;
use crate::VaultError;
use crate::engine::{HANDLES, KEYS, RECORDS};
use crate::error::Doing;

/// Damages that are named; further ones are counted only.
const NAMED: usize = 1_000;

/// A record that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damage {
    /// Whose.
    pub subject: SubjectId,
    /// What is wrong, without a name.
    pub what: String,
}

/// What a look at every record found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Records looked at.
    pub records: u64,
    /// Records that cannot be read.
    pub damaged: u64,
    /// The first of them, at most 1,000.
    pub named: Vec<Damage>,
    /// Entries of the account index that no record accounts for, and accounts that are missing in it.
    pub index_faults: u64,
}

impl Report {
    /// True if nothing is wrong.
    pub const fn is_sound(&self) -> bool {
        self.damaged == 0 && self.index_faults == 0
    }

    fn damage(&mut self, subject: &[u8], what: String) {
        self.damaged += 1;
        if self.named.len() < NAMED {
            let subject = SubjectId(String::from_utf8_lossy(subject).into_owned());
            self.named.push(Damage { subject, what });
        }
    }
}

impl Vault {
    /// Checks every page of the file, opens every record, and compares the account index with the records. It names damaged
    /// records by pseudonym. Nothing else gets at the vault meanwhile.
    ///
    /// # Errors
    /// When the file as a whole is damaged or cannot be read.
    pub fn verify(&self) -> Result<Report, VaultError> {
        const DOING: &str = "checking the vault";
        let path = &self.place.path;
        let mut inner = self.write();
        if !inner.db.check_integrity().doing(DOING, path)? {
            return Err(VaultError::damaged(path, "its pages had to be repaired just now"));
        }
        let tx = inner.begin_read(&self.place)?;
        let keys = tx.open_table(KEYS).doing(DOING, path)?;
        let records = tx.open_table(RECORDS).doing(DOING, path)?;
        let handles = tx.open_multimap_table(HANDLES).doing(DOING, path)?;
        let mut report = Report::default();
        let mut expected = 0;
        for row in keys.iter().doing(DOING, path)? {
            let (subject, key) = row.doing(DOING, path)?;
            report.records += 1;
            let Ok(name) = std::str::from_utf8(subject.value()) else {
                report.damage(subject.value(), "its pseudonym is none".to_owned());
                continue;
            };
            let record = records.get(subject.value()).doing(DOING, path)?;
            let sealed = record.as_ref().map_or(&[][..], |record| record.value());
            match inner.unseal(name, key.value(), sealed) {
                Ok((_, identity)) => {
                    let mut own: Vec<_> = identity.handles().map(|account| inner.handle(account)).collect();
                    own.sort();
                    own.dedup();
                    for handle in own {
                        expected += 1;
                        let mut subjects = handles.get(handle.0.as_slice()).doing(DOING, path)?;
                        let found = subjects.any(|one| one.is_ok_and(|one| one.value() == subject.value()));
                        report.index_faults += u64::from(!found);
                    }
                }
                Err(VaultError::DamagedRecord { what, .. }) => {
                    report.damage(subject.value(), what.to_owned());
                }
                Err(other) => return Err(other),
            }
        }
        let orphans = records.len().doing(DOING, path)?.saturating_sub(report.records);
        report.damaged += orphans;
        if report.damaged == 0 {
            let stored = handles.len().doing(DOING, path)?;
            let missing = report.index_faults;
            report.index_faults += stored.saturating_sub(expected - missing);
        }
        Ok(report)
    }
}
