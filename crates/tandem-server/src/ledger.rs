//! The ledger at work: entries with random salt, checkpoints signed with the installation's key, exports, and a check.

use std::io::{self, BufReader, BufWriter, Seek as _, Write};

use tandem_domain::{CaseId, Purpose, SubjectId};
use tandem_ledger::export::{ExportWriter, Header, Record};
use tandem_ledger::{
    Break, Checkpoint, Entry, KeyError, KeyRing, Report, Row, Salt, SigningKey, Trust, TrustedKey,
};
use tandem_store::StoreError;

use crate::app::App;
use crate::secret::{self, Secret};

/// Rows read at once for an export or a check.
const PIECE: usize = 2_000;

/// The ledger cannot be written, signed or read.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The state database failed or refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Key or origin are not usable.
    #[error("the ledger's key cannot be used; check `ledger.origin` in the settings and the key file")]
    Key(#[from] KeyError),
    /// The chain refused.
    #[error("the ledger cannot be signed")]
    Chain(#[from] tandem_ledger::ChainError),
    /// Randomness or the output failed.
    #[error("the ledger cannot be read or written out")]
    Io(#[from] io::Error),
}

/// The installation's part in the ledger: the key that signs checkpoints.
pub struct Signer(SigningKey);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// The signer of an installation of that name.
    ///
    /// # Errors
    /// When the name cannot stand in a signed note.
    pub fn new(origin: &str, secret: &Secret) -> Result<Self, KeyError> {
        SigningKey::new(origin, secret.key()).map(Self)
    }

    /// The public key as text, to hand out: whoever holds it can check every export.
    pub fn public(&self) -> String {
        self.0.verifying_key().to_string()
    }

    /// The signature of an exported manifest, in base 64.
    pub fn seal(&self, manifest: &[u8]) -> String {
        self.0.sign(&String::from_utf8_lossy(manifest)).to_string()
    }

    fn ring(&self) -> KeyRing {
        KeyRing(vec![TrustedKey::always(self.0.verifying_key().clone())])
    }
}

/// Sixteen random bytes for a row.
///
/// # Errors
/// When the operating system has no randomness.
pub fn salt() -> io::Result<Salt> {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, ..] = secret::random()?;
    Ok(Salt([a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p]))
}

/// What a look or an act is about.
#[derive(Debug, Clone, Default)]
pub struct About<'a> {
    /// Whom it concerns.
    pub subject: Option<&'a SubjectId>,
    /// The case.
    pub case: Option<&'a CaseId>,
    /// What for.
    pub purpose: Option<Purpose>,
    /// What exactly: an alert, an event, a document.
    pub object: Option<&'a str>,
}

/// An entry of the ledger, now.
///
/// # Errors
/// When the operating system has no randomness.
pub fn entry(who: &str, role: &str, act: &str, about: &About<'_>) -> io::Result<Entry> {
    let mut entry = Entry::new(crate::pipeline::now(), who, role, act, salt()?);
    entry.subject = about.subject.cloned();
    entry.case = about.case.cloned();
    entry.purpose = about.purpose;
    entry.object = about.object.map(bounded);
    Ok(entry)
}

/// An object as the ledger takes it: without control characters, of bounded length.
fn bounded(object: &str) -> String {
    let mut text: String = object.chars().filter(|c| !c.is_control()).take(120).collect();
    if text.is_empty() {
        text.push('-');
    }
    text
}

impl App {
    /// Begins the ledger if there is none yet.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub(crate) async fn begin_ledger(&self) -> Result<(), LedgerError> {
        // The rows that come of older looks get salts from one secret seed.
        let seed = secret::random()?;
        let mut drawn = 0_u64;
        let next = move || {
            drawn += 1;
            let hash = blake3::keyed_hash(&seed, &drawn.to_le_bytes());
            let mut salt = [0; 16];
            salt.iter_mut()
                .zip(hash.as_bytes())
                .for_each(|(to, from)| *to = *from);
            Salt(salt)
        };
        Ok(self.store.begin_ledger(&self.config.ledger.origin, next).await?)
    }

    /// Signs the present state if rows came since the last checkpoint.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn sign_ledger(&self) -> Result<Option<Checkpoint>, LedgerError> {
        let chain = self.store.ledger_chain().await?;
        let signed = self.store.checkpoints().await?.last().map_or(0, |last| last.size);
        if chain.size() <= signed {
            return Ok(None);
        }
        let checkpoint = chain.checkpoint(crate::pipeline::now(), &self.signer.0)?;
        self.store.add_checkpoint(&checkpoint).await?;
        Ok(Some(checkpoint))
    }

    /// Writes the whole ledger out, signed to its last row, in the form that `tandem ledger verify` checks.
    ///
    /// # Errors
    /// [`LedgerError`]; what was written then lacks its last line and does not pass for whole.
    pub async fn export_ledger<W: Write>(&self, out: W) -> Result<W, LedgerError> {
        self.sign_ledger().await?;
        let checkpoints = self.store.checkpoints().await?;
        // Rows written meanwhile belong to the next export.
        let size = checkpoints.last().map_or(0, |last| last.size);
        let mut checkpoints = checkpoints.into_iter().peekable();
        let header = Header::whole(&self.config.ledger.origin, self.signer.ring());
        let mut writer = ExportWriter::new(out, header)?;
        let mut next = 0;
        while next < size {
            let rows = self.store.ledger_from(next, PIECE).await?;
            let Some(last) = rows.last().map(|row| row.seq) else {
                break;
            };
            for row in rows.into_iter().take_while(|row| row.seq < size) {
                while let Some(due) = checkpoints.next_if(|c| c.size <= row.seq) {
                    writer.checkpoint(due)?;
                }
                writer.record(Record::Row(Box::new(row)))?;
            }
            next = last + 1;
        }
        for due in checkpoints {
            writer.checkpoint(due)?;
        }
        Ok(writer.finish()?)
    }

    /// Checks the whole ledger the way an outsider would: it is written out and read back by the code behind
    /// `tandem ledger verify`. The outer error says that it could not be read, the inner one what does not hold.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn check_ledger(&self) -> Result<Result<Report, Break>, LedgerError> {
        let file = tempfile::tempfile_in(&self.config.data_dir)?;
        let mut file = self
            .export_ledger(BufWriter::new(file))
            .await?
            .into_inner()
            .map_err(io::Error::from)?;
        let trust = Trust {
            keys: Some(self.signer.ring()),
            held: Vec::new(),
        };
        let check = move || {
            file.rewind()?;
            Ok::<_, io::Error>(tandem_ledger::verify(BufReader::new(file), &trust))
        };
        Ok(tokio::task::spawn_blocking(check)
            .await
            .map_err(io::Error::other)??)
    }

    /// Adds one row.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn record(
        &self,
        who: &str,
        role: &str,
        act: &str,
        about: &About<'_>,
    ) -> Result<Row, LedgerError> {
        let rows = self
            .store
            .add_to_ledger(vec![entry(who, role, act, about)?])
            .await?;
        rows.into_iter()
            .next()
            .ok_or(LedgerError::Store(StoreError::NoLedger))
    }
}
