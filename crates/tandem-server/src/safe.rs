//! Where the vault lies and how it is opened: for one use at a time and never longer, so that the server and a command beside
//! it do not lock each other out.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tandem_vault::{KeySource, Vault, VaultError};
use tokio::sync::{Mutex, MutexGuard};

/// How often opening is tried while another process has the vault open.
const TRIES: u32 = 50;
/// Between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// The vault, closed.
#[derive(Debug)]
pub struct Safe {
    path: PathBuf,
    key: PathBuf,
    turn: Mutex<()>,
}

/// The vault, open as long as this lives.
#[derive(Debug)]
pub struct Opened<'a> {
    /// The vault.
    pub vault: Vault,
    _turn: MutexGuard<'a, ()>,
}

impl Safe {
    /// The vault of a data folder. Nothing is touched yet.
    pub fn of(data_dir: &Path) -> Self {
        Self {
            path: data_dir.join("identities.vault"),
            key: data_dir.join("vault.key"),
            turn: Mutex::new(()),
        }
    }

    /// Opens it, with the key from the environment, a systemd credential or a file; a new vault gets a new key. Waits a few
    /// seconds while another process has it.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn open(&self) -> Result<Opened<'_>, VaultError> {
        let turn = self.turn.lock().await;
        let source = KeySource::find(&self.key, |name| std::env::var_os(name));
        let provided = source.read_or_make(&self.path)?;
        if provided.made {
            tracing::warn!("{provided}");
        }
        let mut tries = 0;
        loop {
            match Vault::open_or_create(&self.path, std::slice::from_ref(&provided.key)) {
                Err(VaultError::InUse { .. }) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error),
                Ok(vault) => return Ok(Opened { vault, _turn: turn }),
            }
        }
    }
}
