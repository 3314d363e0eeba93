//! What can go wrong, and why the vault stays shut. No message ever holds a name, an account or a byte of a key.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use tandem_domain::{CaseId, SubjectId, Timestamp};

use crate::{Field, KeyId};

/// The vault cannot or will not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// There is no vault.
    #[error("there is no vault at `{}`; check the data folder, or restore the file from its backup", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// Others than the owner may read the file.
    #[error("`{}` may be read by others than its owner (mode {mode:04o}); run `chmod 600` on it, and rotate the vault's key if somebody else could have read it", path.display())]
    Permissions {
        /// The vault or the key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// There is no key where it should be.
    #[error("the vault's key cannot be read from {from}; put it back from its safe place")]
    KeyAbsent {
        /// Where it was looked for.
        from: String,
        /// Why it cannot be read, if the system says.
        source: Option<io::Error>,
    },
    /// What was read is no key.
    #[error(
        "{from} holds no key of the vault: {reason}; give 32 bytes, raw, as 64 hexadecimal digits or as base64"
    )]
    KeyForm {
        /// Where it was read.
        from: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The key is not this vault's.
    #[error("no given key opens the vault `{}`: it needs key {needed}, given was {given}; a restored vault needs the key of its time", path.display())]
    WrongKey {
        /// The vault.
        path: PathBuf,
        /// Ids of the keys it is sealed under.
        needed: String,
        /// Ids of the keys given.
        given: String,
    },
    /// A rotation was interrupted, and one of its two keys is not given.
    #[error("the key of the vault `{}` was being rotated and is so in part; give both keys, {former} and {new}, to finish", path.display())]
    RotationUnfinished {
        /// The vault.
        path: PathBuf,
        /// The former key.
        former: KeyId,
        /// The new key.
        new: KeyId,
    },
    /// The file was written by a newer Tandem.
    #[error("the vault `{}` has format {found}, this program knows {known}; start a newer one", path.display())]
    Newer {
        /// The vault.
        path: PathBuf,
        /// Format found.
        found: u8,
        /// Format known.
        known: u8,
    },
    /// The file as a whole is not what was written.
    #[error("the vault `{}` is damaged: {what}; restore it from its backup, then import people files again", path.display())]
    Damaged {
        /// The vault.
        path: PathBuf,
        /// What is wrong with it.
        what: &'static str,
        /// What the engine says, if it was the engine that noticed.
        source: Option<Box<redb::Error>>,
    },
    /// One record is not what was written.
    #[error(
        "the record of {subject} is damaged: {what}; import the people file that names this person again, or restore the vault"
    )]
    DamagedRecord {
        /// Whose.
        subject: SubjectId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Another process has the vault open.
    #[error("the vault `{}` is open in another process; stop that one first", path.display())]
    InUse {
        /// The vault.
        path: PathBuf,
    },
    /// The file system refused.
    #[error("{doing} failed at `{}`; look at the space and the permissions of that folder", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// To which file.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// The engine of the file refused.
    #[error("{doing} failed in the vault `{}`; nothing of it was kept", path.display())]
    Engine {
        /// What was being done.
        doing: &'static str,
        /// The vault.
        path: PathBuf,
        /// Why it failed.
        source: Box<redb::Error>,
    },
    /// The operating system has no random bytes.
    #[error("the operating system gives no random bytes, without which nothing can be sealed")]
    Randomness,
    /// Sealing failed.
    #[error("a record could not be sealed: {0}")]
    Seal(&'static str),
    /// The text is no pseudonym. It is not repeated here, for it could be a name.
    #[error("that is no pseudonym: give 1 to 64 letters, digits and dashes such as S-7K3M2Q9D")]
    SubjectForm,
    /// An identity is larger than the vault takes.
    #[error("the identity of {subject} is refused: {what}; correct the people file")]
    IdentityForm {
        /// Whose.
        subject: SubjectId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The vault does not know the pseudonym.
    #[error("the vault holds no record of {subject}; import the people file that names this person")]
    NoSuchSubject {
        /// Who.
        subject: SubjectId,
    },
    /// The record was destroyed.
    #[error("the record of {subject} was erased on {}; it cannot be brought back", on.day())]
    Erased {
        /// Whose.
        subject: SubjectId,
        /// When.
        on: Timestamp,
    },
    /// The warrant belongs to another case.
    #[error(
        "disclosure {warrant} was given for case {given} and opens nothing in {asked}; request one for this case"
    )]
    OtherCase {
        /// The disclosure's id.
        warrant: String,
        /// Its case.
        given: CaseId,
        /// The case asked in.
        asked: CaseId,
    },
    /// The warrant is about somebody else.
    #[error("disclosure {warrant} is not about {asked}; request one for this subject")]
    OtherSubject {
        /// The disclosure's id.
        warrant: String,
        /// The subject asked for.
        asked: SubjectId,
    },
    /// The warrant is over.
    #[error("disclosure {warrant} ended at {at}; request a new one if it is still needed")]
    Expired {
        /// The disclosure's id.
        warrant: String,
        /// When it ended.
        at: Timestamp,
    },
    /// Nothing was asked for.
    #[error("disclosure {warrant}: no field was asked for; name at least one")]
    NoField {
        /// The disclosure's id.
        warrant: String,
    },
    /// The warrant does not cover the field.
    #[error("disclosure {warrant} does not cover the field {field}: {reason}; request one that does")]
    NotCovered {
        /// The disclosure's id.
        warrant: String,
        /// The field.
        field: Field,
        /// Why not, in the policy's words.
        reason: String,
    },
    /// The approvals are not those of two departments by two people.
    #[error(
        "disclosure {warrant} opens nothing: {reason}; it needs one approver of each department, neither of them the requester"
    )]
    Approvals {
        /// The disclosure's id.
        warrant: String,
        /// What is wrong with them.
        reason: &'static str,
    },
    /// The ledger entry could not be written, so nothing was done.
    #[error(
        "{doing} was not done, because its ledger entry could not be written; mend the ledger and try again"
    )]
    Witness {
        /// What was not done.
        doing: &'static str,
        /// Why the entry could not be written.
        source: Box<dyn Error + Send + Sync>,
    },
    /// More names than an index may hold.
    #[error(
        "the vault holds more names than an index of {limit} entries can; text cannot be checked, so none may leave"
    )]
    TooManyNames {
        /// The bound.
        limit: usize,
    },
}

impl VaultError {
    /// True if the vault works and says no: the warrant, the subject or the input is at fault, not the machine.
    pub const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::SubjectForm
                | Self::IdentityForm { .. }
                | Self::NoSuchSubject { .. }
                | Self::Erased { .. }
                | Self::OtherCase { .. }
                | Self::OtherSubject { .. }
                | Self::Expired { .. }
                | Self::NoField { .. }
                | Self::NotCovered { .. }
                | Self::Approvals { .. }
        )
    }

    pub(crate) fn damaged(path: &Path, what: &'static str) -> Self {
        Self::Damaged {
            path: path.to_owned(),
            what,
            source: None,
        }
    }

    pub(crate) fn engine(doing: &'static str, path: &Path, source: redb::Error) -> Self {
        let path = path.to_owned();
        match source {
            redb::Error::DatabaseAlreadyOpen | redb::Error::LockProtocolMismatch => Self::InUse { path },
            redb::Error::Corrupted(_) | redb::Error::UpgradeRequired(_) => Self::Damaged {
                path,
                what: "its pages do not agree with their checksums",
                source: Some(Box::new(source)),
            },
            redb::Error::Io(ref error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof
                ) =>
            {
                Self::Damaged {
                    path,
                    what: "it is cut short or no vault at all",
                    source: Some(Box::new(source)),
                }
            }
            source => Self::Engine {
                doing,
                path,
                source: Box::new(source),
            },
        }
    }
}

/// Names what was being done when the file's engine or the file system failed.
pub(crate) trait Doing<T> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, VaultError>;
}

impl<T, E: Into<redb::Error>> Doing<T> for Result<T, E> {
    fn doing(self, doing: &'static str, path: &Path) -> Result<T, VaultError> {
        self.map_err(|error| VaultError::engine(doing, path, error.into()))
    }
}

/// The same for the file system.
pub(crate) trait DoingFile<T> {
    fn doing_file(self, doing: &'static str, path: &Path) -> Result<T, VaultError>;
}

impl<T> DoingFile<T> for io::Result<T> {
    fn doing_file(self, doing: &'static str, path: &Path) -> Result<T, VaultError> {
        self.map_err(|source| VaultError::File {
            doing,
            path: path.to_owned(),
            source,
        })
    }
}
