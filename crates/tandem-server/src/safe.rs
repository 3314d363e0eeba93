//! Where the vault lies and how it is opened: for one use at a time and never longer, so that the server and a command beside
//! it do not lock each other out.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tandem_vault::{KeyId, KeySource, MasterKey, Order, Vault, VaultError, Witness};
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

/// A key that was changed.
#[derive(Debug, serde::Serialize)]
pub struct Rotated {
    /// Id of the former key.
    #[serde(serialize_with = "text")]
    pub from: KeyId,
    /// Id of the new one.
    #[serde(serialize_with = "text")]
    pub to: KeyId,
    /// Where Tandem looks for the key, in words.
    pub source: String,
    /// Where the former key is kept; nothing if Tandem does not keep the key itself.
    pub former: Option<PathBuf>,
}

fn text<S: serde::Serializer>(id: &KeyId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
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
    /// seconds while another process has it. A rotation that was interrupted is finished.
    ///
    /// # Errors
    /// [`VaultError`].
    pub async fn open(&self) -> Result<Opened<'_>, VaultError> {
        self.open_with(None).await.map(|(opened, _)| opened)
    }

    /// Opens it; `other` is a file with a key that a rotation may have begun to lead to. Gives also the id of the key as it was
    /// found.
    async fn open_with(&self, other: Option<&Path>) -> Result<(Opened<'_>, KeyId), VaultError> {
        let turn = self.turn.lock().await;
        let provided = self.source().read_or_make(&self.path)?;
        if provided.made {
            tracing::warn!("{provided}");
        }
        let found = provided.key.id();
        let ours = provided.source == self.own();
        let mut keys = vec![provided.key];
        if ours && self.next().exists() {
            keys.push(KeySource::File(self.next()).read()?);
        }
        if let Some(path) = other {
            keys.push(KeySource::File(path.to_owned()).read()?);
        }
        let vault = self.held(&keys).await?;
        if ours && vault.key_id() != found {
            self.take_next(found)?;
        }
        Ok((Opened { vault, _turn: turn }, found))
    }

    /// Changes the master key: to a new one made here if the key is in the data folder's file, which then holds it; else to the one
    /// in the file `given`. `witness` writes the ledger's row first.
    ///
    /// # Errors
    /// [`VaultError`]: nothing changed, or the same call, or the next opening, finishes it.
    pub async fn rotate(
        &self,
        given: Option<&Path>,
        order: &Order,
        witness: &(impl Witness + Sync),
    ) -> Result<Rotated, VaultError> {
        let source = self.source();
        let next = match (source == self.own(), given) {
            (true, None) => None,
            (false, Some(path)) => Some(path),
            (true, Some(_)) => {
                return Err(VaultError::KeyForm {
                    from: "the call".to_owned(),
                    reason: "Tandem keeps the key in a file of its own and makes the new one itself, so none is given",
                });
            }
            (false, None) => {
                return Err(VaultError::KeyAbsent {
                    from: format!(
                        "the call: the key in use is in {source}, so the new one must be given in a file"
                    ),
                    source: None,
                });
            }
        };
        let (opened, found) = self.open_with(next).await?;
        let from = opened.vault.key_id();
        let done = |from, to, former| Rotated {
            from,
            to,
            source: source.to_string(),
            former,
        };
        if next.is_some() && from != found {
            // The opening finished what an earlier call began.
            return Ok(done(found, from, None));
        }
        let new = match next {
            Some(path) => KeySource::File(path.to_owned()).read()?,
            None => {
                let path = self.next();
                // Left by a rotation that never began: an opening finishes one that did.
                if path.exists() {
                    std::fs::remove_file(&path).map_err(|source| moving(&path, source))?;
                }
                KeySource::make(&path)?.key
            }
        };
        let to = new.id();
        opened.vault.rotate(new, order, witness).await?;
        let former = match next {
            Some(_) => None,
            None => Some(self.take_next(from)?),
        };
        Ok(done(from, to, former))
    }

    /// The file in the data folder in which Tandem keeps the key itself.
    fn own(&self) -> KeySource {
        KeySource::File(self.key.clone())
    }

    /// Where the key is looked for.
    fn source(&self) -> KeySource {
        KeySource::find(&self.key, |name| std::env::var_os(name))
    }

    /// The key that a rotation leads to, as long as it lasts.
    fn next(&self) -> PathBuf {
        self.key.with_extension("key.next")
    }

    /// Puts the new key in the place of the former, which is kept beside it under its id. At every moment one of them is there.
    fn take_next(&self, former: KeyId) -> Result<PathBuf, VaultError> {
        let kept = self.key.with_extension(format!("key.{former}"));
        match std::fs::hard_link(&self.key, &kept) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(moving(&kept, error)),
            _ => {}
        }
        std::fs::rename(self.next(), &self.key).map_err(|source| moving(&self.key, source))?;
        Ok(kept)
    }

    async fn held(&self, keys: &[MasterKey]) -> Result<Vault, VaultError> {
        let mut tries = 0;
        loop {
            match Vault::open_or_create(&self.path, keys) {
                Err(VaultError::InUse { .. }) if tries < TRIES => {
                    tries += 1;
                    tokio::time::sleep(PAUSE).await;
                }
                opened => return opened,
            }
        }
    }
}

fn moving(path: &Path, source: std::io::Error) -> VaultError {
    VaultError::File {
        doing: "putting the vault's new key into place",
        path: path.to_owned(),
        source,
    }
}
