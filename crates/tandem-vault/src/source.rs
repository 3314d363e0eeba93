//! Where the master key comes from: a file, an environment variable, or a credential that systemd hands over.

use std::ffi::OsString;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::error::DoingFile;
use crate::{MasterKey, VaultError, place};

/// The environment variable that may hold the key.
pub const ENVIRONMENT: &str = "TANDEM_VAULT_KEY";
/// Name of the systemd credential that may hold the key (`LoadCredentialEncrypted=tandem-vault-key`, systemd.exec(5)).
pub const CREDENTIAL: &str = "tandem-vault-key";
/// Largest key file, bytes.
const LARGEST: u64 = 4096;

/// Where the master key is.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySource {
    /// A file that only its owner may read.
    File(PathBuf),
    /// A file in systemd's folder of credentials. Its group bits are an access list's mask, so only others are looked at.
    Credential(PathBuf),
    /// The value of an environment variable, as it was found.
    Environment(Zeroizing<Vec<u8>>),
}

impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeySource({self})")
    }
}

impl fmt::Display for KeySource {
    /// Where, never what.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "the file `{}`", path.display()),
            Self::Credential(path) => write!(f, "the systemd credential `{}`", path.display()),
            Self::Environment(_) => write!(f, "the environment variable {ENVIRONMENT}"),
        }
    }
}

/// A key, and where it came from.
#[derive(Debug)]
pub struct Provided {
    /// The key.
    pub key: MasterKey,
    /// Where it is.
    pub source: KeySource,
    /// True if it was made just now.
    pub made: bool,
}

impl fmt::Display for Provided {
    /// What an operator should read at the start.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.key.id();
        if self.made {
            write!(
                f,
                "a new key of the vault ({id}) was made in {}: copy it to a safe place apart from the vault's backups; without it \
                 no pseudonym can be turned back",
                self.source
            )
        } else {
            write!(f, "the vault's key ({id}) comes from {}", self.source)
        }
    }
}

impl KeySource {
    /// Finds the key: the environment variable, else the systemd credential, else `file`. `variable` gives the value of an
    /// environment variable (`|name| std::env::var_os(name)`).
    pub fn find(file: &Path, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        if let Some(value) = variable(ENVIRONMENT).filter(|value| !value.is_empty()) {
            return Self::Environment(Zeroizing::new(value.into_encoded_bytes()));
        }
        let credential = variable("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(CREDENTIAL));
        match credential.filter(|path| path.exists()) {
            Some(path) => Self::Credential(path),
            None => Self::File(file.to_owned()),
        }
    }

    /// Reads the key.
    ///
    /// # Errors
    /// When it is not there, may be read by others, or is no key.
    pub fn read(&self) -> Result<MasterKey, VaultError> {
        let given = match self {
            Self::File(path) => self.content(path, 0o077)?,
            Self::Credential(path) => self.content(path, 0o007)?,
            Self::Environment(value) => value.clone(),
        };
        MasterKey::read(&given, &self.to_string())
    }

    /// Reads the key; makes one with mode 0600 if it is to be in a file, is not there, and `vault` does not exist either. A
    /// vault whose key is lost gets no new one: it would not open with it.
    ///
    /// # Errors
    /// As [`KeySource::read`], or when the file cannot be made.
    pub fn read_or_make(self, vault: &Path) -> Result<Provided, VaultError> {
        let (key, made) = match (&self, self.read()) {
            (_, Ok(key)) => (key, false),
            (
                Self::File(path),
                Err(VaultError::KeyAbsent {
                    source: Some(error), ..
                }),
            ) if error.kind() == io::ErrorKind::NotFound && !vault.exists() => {
                let key = MasterKey::generate()?;
                write_key(path, &key)?;
                (key, true)
            }
            (_, Err(error)) => return Err(error),
        };
        Ok(Provided {
            key,
            source: self,
            made,
        })
    }

    /// Makes a new key in a file that must not exist yet, for example for a rotation.
    ///
    /// # Errors
    /// When the file exists or cannot be made.
    pub fn make(path: &Path) -> Result<Provided, VaultError> {
        let key = MasterKey::generate()?;
        write_key(path, &key)?;
        Ok(Provided {
            key,
            source: Self::File(path.to_owned()),
            made: true,
        })
    }

    fn content(&self, path: &Path, forbidden: u32) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let absent = |source| VaultError::KeyAbsent {
            from: self.to_string(),
            source: Some(source),
        };
        let file = File::open(path).map_err(absent)?;
        let mode = file.metadata().map_err(absent)?.mode();
        if mode & forbidden != 0 {
            return Err(VaultError::Permissions {
                path: path.to_owned(),
                mode: mode & 0o7777,
            });
        }
        // Room from the start, so that the key is not left behind in a buffer that was grown.
        let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST as usize + 64));
        file.take(LARGEST).read_to_end(&mut bytes).map_err(absent)?;
        Ok(bytes)
    }
}

fn write_key(path: &Path, key: &MasterKey) -> Result<(), VaultError> {
    const DOING: &str = "writing the vault's key";
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .doing_file(DOING, path)?;
    file.write_all(key.file_text().as_bytes())
        .and_then(|()| file.sync_all())
        .doing_file(DOING, path)?;
    place::sync_folder(path)
}
