//! Evidence: taking it in, showing it safely, and the sealed export of a whole case.

use std::io::{Cursor, Write as _};

use serde_json::json;
use sha2::{Digest as _, Sha256};
use tandem_casework::MediaType;
use tandem_casework::case::evidence::{CustodyAct, EvidenceCommand, EvidenceItem};
use tandem_casework::ids::{Digest, EvidenceId};
use tandem_casework::text::{Reason, Title};
use tandem_ledger::RowProof;
use tandem_ledger::merkle::{FromLeaves, prove_inclusion};
use tandem_policy::{Action, DataClass};
use tandem_store::{Content, LedgerFilter, Step};
use zip::write::SimpleFileOptions;

use super::{Known, refused, work};
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::ServiceError;

/// Largest item, bytes.
pub const ITEM: usize = 25 << 20;
/// Largest export, bytes of all items together.
const EXPORT: u64 = 1 << 30;
/// Kinds of files that a browser may show by itself: they run nothing.
const SHOWN: [&str; 5] = [
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/plain",
    "application/json",
];

/// What comes with an upload.
#[derive(Debug, Clone)]
pub struct Upload {
    /// File name as delivered.
    pub name: String,
    /// What kind of file it is said to be.
    pub media_type: String,
    /// Where it comes from.
    pub source: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// An item to be shown or saved.
#[derive(Debug)]
pub struct Shown {
    /// Its harmless name.
    pub name: String,
    /// The type to send it as; anything that could run is sent as bytes to save.
    pub media_type: String,
    /// True if the browser may show it.
    pub inline: bool,
    /// The bytes.
    pub bytes: Vec<u8>,
}

fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

fn item<'a>(known: &'a Known, id: &str) -> Result<&'a EvidenceItem, ApiError> {
    let id = EvidenceId::parse(id).ok_or(ServiceError::Missing("evidence"))?;
    let item = known.case.evidence.get(&id);
    Ok(item.ok_or(ServiceError::Missing("evidence"))?)
}

impl App {
    /// Takes an item of evidence into a case.
    ///
    /// # Errors
    /// Forbidden, refused, too large, or the store fails.
    pub async fn add_evidence(&self, asker: &Asker, upload: Upload) -> Result<super::CaseView, ApiError> {
        let known = self
            .permitted_case(asker, Action::Contribute, DataClass::CaseEvidence)
            .await?;
        if upload.bytes.is_empty() || upload.bytes.len() > ITEM {
            return Err(ApiError::bad(
                "size",
                format!(
                    "the file has {} bytes; an item has 1 to {ITEM}",
                    upload.bytes.len()
                ),
                "split it, or pack it first",
            ));
        }
        let media_type = MediaType::parse(&upload.media_type)
            .or_else(|| MediaType::parse("application/octet-stream"))
            .ok_or(ServiceError::Missing("media type"))?;
        let source = Title::new(&upload.source).map_err(|error| {
            ApiError::bad(
                "source",
                format!("source: {error}"),
                "say in one line where it comes from",
            )
        })?;
        let command = EvidenceCommand::Add {
            name: upload.name,
            media_type,
            size: upload.bytes.len() as u64,
            sha256: digest(&upload.bytes),
            source,
        };
        let roster = self.roster().await?;
        let given = self.given(asker, &roster)?;
        let id = EvidenceId(given.id).to_string();
        let added = work::decide(&known.case, command.into(), &given).map_err(refused)?;
        let step = Step {
            contents: vec![Content {
                id,
                case: known.case.id.clone(),
                body: upload.bytes,
            }],
            ..Step::default()
        };
        self.add(asker, known, added, "case.evidence", step).await
    }

    /// Shows an item; the look becomes a link of its chain of custody.
    ///
    /// # Errors
    /// Forbidden, missing, changed since it was taken in, or the store fails.
    pub async fn show_evidence(&self, asker: &Asker, id: &str) -> Result<Shown, ApiError> {
        let known = self
            .permitted_case(asker, Action::Look, DataClass::CaseEvidence)
            .await?;
        let found = item(&known, id)?.clone();
        let bytes = self.content_of(&known, &found).await?;
        self.custody(asker, known, &found, &bytes, (CustodyAct::Viewed, None))
            .await?;
        let media_type = found.media_type.as_str().to_owned();
        let inline = SHOWN.contains(&media_type.as_str());
        Ok(Shown {
            name: found.name.as_str().to_owned(),
            media_type: if inline {
                media_type
            } else {
                "application/octet-stream".to_owned()
            },
            inline,
            bytes,
        })
    }

    async fn content_of(&self, known: &Known, item: &EvidenceItem) -> Result<Vec<u8>, ApiError> {
        let bytes = self.store.content(&known.case.id, &item.id.to_string()).await?;
        Ok(bytes.ok_or(ServiceError::Missing("evidence"))?)
    }

    /// Adds a link to an item's chain of custody, or the finding that the item changed.
    async fn custody(
        &self,
        asker: &Asker,
        known: Known,
        item: &EvidenceItem,
        bytes: &[u8],
        (act, note): (CustodyAct, Option<Reason>),
    ) -> Result<(), ApiError> {
        let sha256 = digest(bytes);
        let intact = sha256 == item.sha256;
        let found = Reason::new("its bytes are not what was taken in").ok();
        let command = EvidenceCommand::Handle {
            evidence: item.id,
            act: if intact { act } else { CustodyAct::Damaged },
            sha256,
            note: if intact { note } else { found },
        };
        let roster = self.roster().await?;
        let given = self.given(asker, &roster)?;
        let added = work::decide(&known.case, command.into(), &given).map_err(refused)?;
        self.add_unseen(asker, known, added, "case.evidence", Step::default())
            .await?;
        if intact {
            return Ok(());
        }
        Err(ApiError::new(
            axum::http::StatusCode::CONFLICT,
            "damaged",
            "this evidence is not what was taken in: its SHA-256 differs",
            "the finding is on the case's timeline; restore the item from a backup",
        ))
    }

    /// The whole case as a sealed ZIP: its facts, its evidence, a manifest with the hash of every file, and for each row of the
    /// ledger about it the proof that it is in the signed ledger.
    ///
    /// # Errors
    /// Forbidden, too large, or a store fails.
    pub async fn export_case(&self, asker: &Asker, reason: &str) -> Result<Vec<u8>, ApiError> {
        let known = self
            .permitted_case(asker, Action::Export, DataClass::CaseEvidence)
            .await?;
        asker.may(
            self,
            Action::Export,
            DataClass::Case,
            &self.case_context(asker, &known.case),
        )?;
        let reason = Reason::new(reason).map_err(|error| {
            ApiError::bad("reason", format!("reason: {error}"), "say what the export is for")
        })?;
        let size: u64 = known.case.evidence.values().map(|item| item.size).sum();
        if size > EXPORT {
            return Err(ApiError::bad(
                "size",
                "the case's evidence is larger than 1 GiB",
                "export the items one by one",
            ));
        }
        let mut files: Vec<(String, Vec<u8>)> = Vec::new();
        let view = self.case_view(asker, &known).await?;
        files.push(("case.json".to_owned(), serde_json::to_vec_pretty(&view)?));
        let items: Vec<EvidenceItem> = known.case.evidence.values().cloned().collect();
        let id = known.case.id.clone();
        for item in &items {
            let known = self.case(&id).await?;
            let bytes = self.content_of(&known, item).await?;
            self.custody(
                asker,
                known,
                item,
                &bytes,
                (CustodyAct::Exported, Some(reason.clone())),
            )
            .await?;
            files.push((format!("evidence/{}-{}", item.id, item.name.as_str()), bytes));
        }
        let entry = asker.entry("export.make", None, Some(id.as_str()))?;
        self.store.add_to_ledger(vec![entry]).await?;
        files.push((
            "ledger.json".to_owned(),
            serde_json::to_vec_pretty(&self.case_proofs(asker).await?)?,
        ));
        let listed: Vec<_> = files
            .iter()
            .map(|(name, bytes)| json!({ "file": name, "bytes": bytes.len(), "sha256": digest(bytes).to_string() }))
            .collect();
        let manifest = json!({
            "case": id, "made": crate::pipeline::now().to_string(), "by": asker.account(), "reason": reason.as_str(),
            "files": listed, "ledger_key": self.signer.public(),
        });
        files.insert(
            0,
            ("manifest.json".to_owned(), serde_json::to_vec_pretty(&manifest)?),
        );
        let signature = self.signer.seal(
            files
                .first()
                .map(|(_, bytes)| bytes.as_slice())
                .unwrap_or_default(),
        );
        files.insert(1, ("manifest.sig".to_owned(), signature.into_bytes()));
        zipped(files)
    }

    /// Each row of the ledger about the asker's case, with its proof under one signed checkpoint.
    async fn case_proofs(&self, asker: &Asker) -> Result<Vec<RowProof>, ApiError> {
        self.sign_ledger().await?;
        let checkpoints = self.store.checkpoints().await?;
        let Some(checkpoint) = checkpoints.last() else {
            return Ok(Vec::new());
        };
        let leaves = self.store.ledger_leaves(checkpoint.size).await?;
        let filter = LedgerFilter {
            case: asker.case.clone(),
            limit: usize::MAX,
            ..LedgerFilter::default()
        };
        let rows = self.store.ledger(&filter).await?;
        let mut proofs = Vec::new();
        for row in rows.into_iter().rev().filter(|row| row.seq < checkpoint.size) {
            let inclusion = prove_inclusion(&mut FromLeaves::slice(&leaves), row.seq, checkpoint.size)
                .map_err(|error| ApiError::internal(&error))?;
            proofs.push(RowProof {
                checkpoint: checkpoint.clone(),
                inclusion,
                row,
            });
        }
        Ok(proofs)
    }
}

fn zipped(files: Vec<(String, Vec<u8>)>) -> Result<Vec<u8>, ApiError> {
    let failed = |error: zip::result::ZipError| ApiError::internal(&error);
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name, SimpleFileOptions::default())
            .map_err(failed)?;
        zip.write_all(&bytes)?;
    }
    Ok(zip.finish().map_err(failed)?.into_inner())
}
