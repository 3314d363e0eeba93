//! Who is behind the pseudonyms, put into the vault.

use tandem_domain::SubjectId;
use tandem_people::Person;
use tandem_store::StoreError;
use tandem_vault::{Identity, VaultError};

use crate::app::App;

impl App {
    /// Puts everybody whom people facts know into the vault; gives back how many were new or changed.
    ///
    /// # Errors
    /// When a store or the vault fails.
    pub async fn fill_vault(&self) -> Result<u64, FillError> {
        let directory = self.directory().await?;
        let view = directory.as_of(crate::pipeline::now().day());
        let pseudonyms: std::collections::HashMap<String, SubjectId> =
            self.store.pseudonyms().await?.into_iter().collect();
        let people: Vec<_> = view
            .people()
            .iter()
            .filter_map(|person| Some((pseudonyms.get(person.key.as_ref())?.clone(), identity(person))))
            .collect();
        let opened = self.safe.open().await?;
        let done = opened.vault.put_many(people)?;
        let changed = done.new + done.changed;
        // A name that the gate does not know could leave.
        if changed > 0 && !self.chat.is_silent() {
            self.chat.gate().learn(opened.vault.name_index()?);
        }
        Ok(changed)
    }
}

/// The vault could not be filled.
#[derive(Debug, thiserror::Error)]
pub enum FillError {
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The vault failed.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

fn identity(person: &Person) -> Identity {
    let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().map(str::to_owned);
    let unit = text(&person.department);
    let position = match (text(&person.role), unit) {
        (Some(role), Some(unit)) => Some(format!("{role}, {unit}")),
        (role, unit) => role.or(unit),
    };
    Identity {
        person_key: person.key.to_string(),
        name: text(&person.display_name),
        mail: text(&person.email).into_iter().collect(),
        phone: None,
        accounts: person.accounts.iter().take(64).map(ToString::to_string).collect(),
        position,
        manager: text(&person.manager),
        site: text(&person.site),
    }
}
