//! Files that are followed.

use serde::{Deserialize, Serialize};

use crate::run::{Context, SourceError};

/// How it is set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FilesSettings {}

impl FilesSettings {
    /// Checks what is set, without touching what it names.
    ///
    /// # Errors
    /// What is wrong and what to do.
    pub fn check(&self) -> Result<(), String> {
        Ok(())
    }
}

/// Runs the source.
///
/// # Errors
/// When it cannot go on by itself.
pub async fn run(context: Context, _settings: &FilesSettings) -> Result<(), SourceError> {
    context.stop.cancelled().await;
    Ok(())
}
