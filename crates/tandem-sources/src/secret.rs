//! Secrets of sources: the settings name the file or the environment variable, never the secret.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::run::SourceError;

/// Longest secret, bytes.
const LONGEST: u64 = 64 << 10;

/// Where a secret is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", from = "Written")]
pub enum SecretPlace {
    /// In this file; white space at its end does not count.
    File(PathBuf),
    /// In this environment variable.
    Env(String),
}

/// What the settings say. Of all the forms of an enum this is the one whose error does not repeat what was written: somebody may
/// have put the secret itself there.
#[derive(Deserialize)]
#[serde(
    untagged,
    expecting = "give `{ file = \"PATH\" }` or `{ env = \"NAME\" }`, where the secret is, and never the secret itself"
)]
enum Written {
    File(InFile),
    Env(InEnv),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InFile {
    file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct InEnv {
    env: String,
}

impl From<Written> for SecretPlace {
    fn from(written: Written) -> Self {
        match written {
            Written::File(InFile { file }) => Self::File(file),
            Written::Env(InEnv { env }) => Self::Env(env),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<SecretPlace, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_secret_that_stands_in_the_settings_is_refused_and_not_repeated() {
        for wrong in [
            r#""ghp_secret""#,
            r#"{"ghp_secret": 1}"#,
            r#"{"file": "a", "ghp_secret": "b"}"#,
        ] {
            let error = read(wrong).unwrap_err();
            assert!(!error.contains("ghp_secret"), "{error}");
            assert!(error.contains("never the secret itself"), "{error}");
        }
    }

    #[test]
    fn a_place_is_read_as_it_is_written() {
        for place in [
            SecretPlace::File("/run/secret".into()),
            SecretPlace::Env("TOKEN".into()),
        ] {
            assert_eq!(read(&serde_json::to_string(&place).unwrap()), Ok(place));
        }
    }
}
