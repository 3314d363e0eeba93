//! Secrets of sources: the settings name the file or the environment variable, never the secret.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::run::SourceError;

/// Longest secret, bytes.
const LONGEST: u64 = 64 << 10;

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    /// In this file; white space at its end does not count.
    File(PathBuf),
    /// In this environment variable.
    Env(String),
}

impl SecretPlace {
    /// The secret.
    ///
    /// # Errors
    /// [`SourceError::Settings`] when it cannot be read or is empty; the text names the place only.
    pub fn read(&self) -> Result<Zeroizing<String>, SourceError> {
        let nothing = |place: String| SourceError::Settings {
            what: format!("there is no secret in {place}; put it there, readable by Tandem alone"),
        };
        let (place, text) = match self {
            Self::Env(name) => (
                format!("the environment variable {name}"),
                std::env::var(name).ok(),
            ),
            Self::File(path) => {
                let small = std::fs::metadata(path).is_ok_and(|meta| meta.len() <= LONGEST);
                let text = small.then(|| std::fs::read_to_string(path).ok()).flatten();
                (format!("the file {}", path.display()), text)
            }
        };
        let text = Zeroizing::new(text.unwrap_or_default());
        match text.trim_end() {
            "" => Err(nothing(place)),
            secret => Ok(Zeroizing::new(secret.to_owned())),
        }
    }
}
