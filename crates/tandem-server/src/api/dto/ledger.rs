//! The ledger as the API shows it.

use serde::Serialize;
use utoipa::ToSchema;

/// One look or act.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerRow {
    /// Its number.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Account of the colleague, or `system`.
    pub who: String,
    /// Role in which it was done.
    pub role: String,
    /// What was done, such as `subject.look`.
    pub act: String,
    /// Pseudonym of whom it concerned.
    pub subject: Option<String>,
    /// Case.
    pub case: Option<String>,
    /// What for.
    pub purpose: Option<String>,
    /// What exactly.
    pub object: Option<String>,
    /// The row's hash.
    pub hash: String,
}

/// Part of the ledger, newest row first.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerView {
    /// Rows there are in all.
    pub size: u64,
    /// The rows asked for.
    pub rows: Vec<LedgerRow>,
    /// Continue with `before` this number.
    pub next: Option<u64>,
    /// The last signed checkpoint as a note to keep.
    pub checkpoint: Option<String>,
    /// The key under which checkpoints are signed.
    pub public_key: String,
}

/// Whether the ledger holds.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LedgerCheck {
    /// True if every row and every checkpoint holds.
    pub holds: bool,
    /// In one plain sentence.
    pub sentence: String,
    /// Rows checked.
    pub rows: u64,
    /// Checkpoints checked.
    pub checkpoints: u64,
    /// The first row that does not hold.
    pub broken_row: Option<u64>,
}
