//! The vault's master key: changing it.

use std::path::Path;

use tandem_vault::{Order, VaultError};

use super::warrant::Scribe;
use crate::app::App;
use crate::safe::Rotated;

impl App {
    /// Changes the vault's master key to the one in the file `given`, or to a new one if Tandem keeps the key itself. For
    /// whoever runs the machine; the row is in the ledger first.
    ///
    /// # Errors
    /// [`VaultError`]: nothing changed, or the same call, or the next opening of the vault, finishes it.
    pub async fn rotate_vault_key(&self, given: Option<&Path>) -> Result<Rotated, VaultError> {
        let scribe = Scribe::system(&self.store, None);
        let order = Order {
            by: "system".to_owned(),
            at: crate::pipeline::now(),
        };
        self.safe.rotate(given, &order, &scribe).await
    }
}
