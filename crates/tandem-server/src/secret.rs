//! The installation's secret: a key file that only its owner may read.

use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Key of pseudonyms, and the source of tokens. Its text never reaches a log: there is no `Display`, and `Debug` is masked.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// Reads the key file, making it with mode 0600 if there is none.
    ///
    /// # Errors
    /// When the file cannot be read or made, or does not hold 32 bytes.
    pub fn open(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => {
                let key = bytes.try_into().map_err(|_| {
                    io::Error::new(
                        io::ErrorKind::InvalidData,
                        format!("{} does not hold 32 bytes; restore it from a backup, for new pseudonyms would not match the old", path.display()),
                    )
                })?;
                Ok(Self(key))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Self::make(path),
            Err(error) => Err(error),
        }
    }

    fn make(path: &Path) -> io::Result<Self> {
        let key = random()?;
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        file.write_all(&key)?;
        file.sync_all()?;
        Ok(Self(key))
    }

    /// The key's bytes, for the pseudonym function.
    pub const fn key(&self) -> &[u8; 32] {
        &self.0
    }

    /// A value that only the holder of the key can make, for example a form's token bound to a session.
    pub fn sign(&self, purpose: &str, text: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher
            .update(purpose.as_bytes())
            .update(&[0])
            .update(text.as_bytes());
        hasher.finalize().to_hex().to_string()
    }
}

/// 32 bytes from the operating system.
///
/// # Errors
/// When it has none.
pub fn random() -> io::Result<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// A new token of 256 bits as text, and the hash under which it is stored.
///
/// # Errors
/// When the operating system has no randomness.
pub fn new_token() -> io::Result<(String, String)> {
    let token: String = random()?.iter().map(|byte| format!("{byte:02x}")).collect();
    let hash = token_hash(&token);
    Ok((token, hash))
}

/// The hash under which a token is stored.
pub fn token_hash(token: &str) -> String {
    blake3::hash(token.as_bytes()).to_hex().to_string()
}
