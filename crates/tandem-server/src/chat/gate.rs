//! The redaction gate: no text leaves that names somebody whom the vault knows.

use std::sync::{Arc, PoisonError, RwLock};

use tandem_connect::{Gate, GateBreach};
use tandem_vault::{NameIndex, VaultError};

use crate::app::App;

/// Knows every name in the vault. As long as it has not learnt them, nothing passes.
#[derive(Debug, Default)]
pub struct NameGate(RwLock<Option<Arc<NameIndex>>>);

impl NameGate {
    fn index(&self) -> Option<Arc<NameIndex>> {
        // Nobody panics while holding the lock; if somebody did, what was learnt is still whole.
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// True once it has learnt the names.
    pub fn knows(&self) -> bool {
        self.index().is_some()
    }

    /// Takes new names in the place of the old ones.
    pub fn learn(&self, names: NameIndex) {
        if names.unreadable() > 0 {
            tracing::warn!(
                people = names.unreadable(),
                "records in the vault are damaged; messages cannot be searched for their names"
            );
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(names));
    }
}

impl Gate for NameGate {
    fn check(&self, text: &str) -> Result<(), GateBreach> {
        let rule = match self.index() {
            None => "the names in the vault are not known yet",
            Some(names) if !names.is_clean(text) => "it names somebody from the directory",
            Some(_) => return Ok(()),
        };
        Err(GateBreach {
            rule: rule.to_owned(),
        })
    }

    fn redacted(&self, text: &str) -> String {
        match self.index() {
            None => "(words withheld: the names in the vault are not known yet)".to_owned(),
            Some(names) => names.redact(text).into_owned(),
        }
    }
}

impl App {
    /// Shows the gate the names that the vault holds now.
    ///
    /// # Errors
    /// When the vault cannot be opened or read.
    pub async fn learn_names(&self) -> Result<(), VaultError> {
        let opened = self.safe.open().await?;
        self.chat.gate.learn(opened.vault.name_index()?);
        Ok(())
    }
}
