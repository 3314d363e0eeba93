//! Argon2id (RFC 9106) in PHC strings.

use std::fmt;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};

use super::Password;

/// Memory, KiB: the first of OWASP's equivalent settings (Password Storage Cheat Sheet).
const MEMORY: u32 = 19_456;
/// Passes over the memory.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// No stored hash may ask for more memory than this, KiB (1 GiB): the string comes from the database.
const MAX_MEMORY: u32 = 1_048_576;
/// No stored hash may ask for more passes than this.
const MAX_PASSES: u32 = 64;
/// Salt of the work that is done for unknown accounts. It protects nothing.
const DUMMY_SALT: [u8; 16] = *b"no such account.";

/// A password's hash as a PHC string: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. Masked in `Debug`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StoredHash(String);

impl StoredHash {
    /// Takes a string out of the database.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The string for the database.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for StoredHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StoredHash(…)")
    }
}

/// Outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// The password is right.
    Right {
        /// The stored hash was made with weaker settings than today's: hash the password again and store that.
        rehash: bool,
    },
    /// Wrong password, or no such account: nobody can tell which, nor measure it.
    Wrong,
}

/// What can go wrong with hashing itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HashError {
    /// The settings are weaker than OWASP's, or not possible.
    #[error(
        "argon2id with m={memory} KiB, t={passes}, p={lanes} is not accepted: at least m={MEMORY}, t={PASSES}, p={LANES}, at most m={MAX_MEMORY}, t={MAX_PASSES}"
    )]
    Settings {
        /// KiB.
        memory: u32,
        /// Passes.
        passes: u32,
        /// Lanes.
        lanes: u32,
    },
    /// The stored string is damaged, of another algorithm, or asks for too much.
    #[error("the stored password hash cannot be used: {0}; set a new password for the account")]
    Stored(String),
    /// Argon2 failed, for want of memory.
    #[error("hashing a password failed: {0}")]
    Failed(String),
}

/// Makes and checks hashes with one setting.
///
/// Each call takes tens of milliseconds of one core and `memory` KiB: keep it off the asynchronous runtime.
#[derive(Debug, Clone)]
pub struct Hasher {
    params: Params,
}

impl Hasher {
    /// Argon2id with m = 19,456 KiB, t = 2, p = 1 (OWASP).
    ///
    /// # Errors
    /// Never with these settings; the type of the general maker.
    pub fn owasp() -> Result<Self, HashError> {
        Self::new(MEMORY, PASSES, LANES)
    }

    /// Argon2id with other settings, none of them below OWASP's.
    ///
    /// # Errors
    /// [`HashError::Settings`].
    pub fn new(memory: u32, passes: u32, lanes: u32) -> Result<Self, HashError> {
        let refused = HashError::Settings {
            memory,
            passes,
            lanes,
        };
        if !(MEMORY..=MAX_MEMORY).contains(&memory)
            || !(PASSES..=MAX_PASSES).contains(&passes)
            || !(LANES..=64).contains(&lanes)
        {
            return Err(refused);
        }
        let params = Params::new(memory, passes, lanes, None).map_err(|_| refused)?;
        Ok(Self { params })
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    /// Hashes a password under 16 fresh random bytes.
    ///
    /// # Errors
    /// [`HashError::Failed`] without memory.
    pub fn hash(&self, password: &Password, salt: &[u8; 16]) -> Result<StoredHash, HashError> {
        self.argon2()
            .hash_password_with_salt(password.text().as_bytes(), salt)
            .map(|hash| StoredHash(hash.to_string()))
            .map_err(|e| HashError::Failed(e.to_string()))
    }

    /// Checks a password. Without a stored hash (no such account, or one without a password) the same work is done, so that
    /// the answer takes as long.
    ///
    /// # Errors
    /// [`HashError::Stored`] for a string that cannot be used; also then the work is done first.
    pub fn verify(&self, password: &Password, stored: Option<&StoredHash>) -> Result<Checked, HashError> {
        let Some(stored) = stored else {
            self.hash(password, &DUMMY_SALT)?;
            return Ok(Checked::Wrong);
        };
        match usable(stored) {
            Ok((hash, params)) => {
                let bytes = password.text().as_bytes();
                let right = PasswordVerifier::verify_password(&self.argon2(), bytes, &hash).is_ok();
                Ok(if right {
                    let rehash = self.stronger_than(&params);
                    Checked::Right { rehash }
                } else {
                    Checked::Wrong
                })
            }
            Err(error) => {
                self.hash(password, &DUMMY_SALT)?;
                Err(error)
            }
        }
    }

    fn stronger_than(&self, stored: &Params) -> bool {
        stored.m_cost() < self.params.m_cost()
            || stored.t_cost() < self.params.t_cost()
            || stored.p_cost() != self.params.p_cost()
    }
}

fn usable(stored: &StoredHash) -> Result<(PasswordHash, Params), HashError> {
    let refuse = |why: &str| HashError::Stored(why.to_owned());
    let hash = PasswordHash::new(stored.as_str()).map_err(|_| refuse("it is not a PHC string"))?;
    if hash.algorithm != Algorithm::Argon2id.ident() || hash.hash.is_none() {
        return Err(refuse("it is not of argon2id"));
    }
    let params = Params::try_from(&hash).map_err(|_| refuse("its settings cannot be read"))?;
    if params.m_cost() > MAX_MEMORY || params.t_cost() > MAX_PASSES {
        return Err(refuse("it asks for too much memory or too many passes"));
    }
    Ok((hash, params))
}
