//! Looking into the ledger, and checking it.

use tandem_domain::{CaseId, SubjectId};
use tandem_ledger::Row;
use tandem_store::LedgerFilter;

use super::{ServiceError, instant};
use crate::api::dto::{LedgerCheck, LedgerRow, LedgerView};
use crate::app::App;
use crate::ledger::LedgerError;

/// Most rows of one answer.
const ROWS: usize = 500;

/// Which rows are asked for.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct LedgerAsked {
    /// Concerning this pseudonym.
    pub subject: Option<String>,
    /// By this account.
    pub who: Option<String>,
    /// Of this case.
    pub case: Option<String>,
    /// Whose act begins like this, such as `disclosure.`.
    pub act: Option<String>,
    /// RFC 3339 or a day, which means its start.
    pub from: Option<String>,
    /// Only rows before this number.
    pub before: Option<u64>,
    /// How many, at most 500.
    pub limit: Option<usize>,
}

fn row(row: &Row) -> LedgerRow {
    let entry = &row.entry;
    LedgerRow {
        seq: row.seq,
        at: entry.at.to_string(),
        who: entry.who.clone(),
        role: entry.role.clone(),
        act: entry.act.clone(),
        subject: entry.subject.as_ref().map(ToString::to_string),
        case: entry.case.as_ref().map(ToString::to_string),
        purpose: entry.purpose.map(|p| p.as_str().into()),
        object: entry.object.clone(),
        hash: row.hash.to_string(),
    }
}

impl App {
    /// Part of the ledger.
    ///
    /// # Errors
    /// When the question makes no sense or the database fails.
    pub async fn ledger_view(&self, asked: &LedgerAsked) -> Result<LedgerView, ServiceError> {
        let some = |text: &Option<String>| text.clone().filter(|t| !t.is_empty());
        let limit = asked.limit.unwrap_or(100).clamp(1, ROWS);
        let filter = LedgerFilter {
            subject: some(&asked.subject).map(SubjectId),
            who: some(&asked.who),
            case: some(&asked.case).map(CaseId),
            act: some(&asked.act),
            from: instant(asked.from.as_deref(), true)?,
            before: asked.before,
            limit: limit + 1,
        };
        let mut rows = self.store.ledger(&filter).await?;
        let more = rows.len() > limit;
        rows.truncate(limit);
        Ok(LedgerView {
            size: self.store.ledger_chain().await?.size(),
            next: rows.last().map(|row| row.seq).filter(|_| more),
            rows: rows.iter().map(row).collect(),
            checkpoint: self.store.checkpoints().await?.last().map(|c| c.note()),
            public_key: self.signer.public(),
        })
    }

    /// Whether the ledger holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn ledger_check(&self) -> Result<LedgerCheck, LedgerError> {
        let size = self.store.ledger_chain().await?.size();
        Ok(match self.check_ledger().await? {
            Ok(report) => LedgerCheck {
                holds: true,
                sentence: format!(
                    "all {} rows follow from one another, and {} signed checkpoints fit them",
                    report.rows, report.checkpoints
                ),
                rows: report.rows,
                checkpoints: report.checkpoints,
                broken_row: None,
            },
            Err(broken) => LedgerCheck {
                holds: false,
                sentence: broken.sentence,
                rows: size,
                checkpoints: self.store.checkpoints().await?.len() as u64,
                broken_row: broken.seq,
            },
        })
    }
}
