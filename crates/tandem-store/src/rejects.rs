//! The dead-letter store.

use tandem_domain::Timestamp;

use crate::commit::{RejectRow, reject_cells};
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, count, fetch, insert_many};

const DOING: &str = "reading rejected records";

/// Which rejects.
#[derive(Debug, Clone, Default)]
pub struct RejectFilter {
    /// Of this source.
    pub source: Option<String>,
    /// `open` or `replayed`.
    pub status: Option<String>,
    /// These ids.
    pub ids: Vec<i64>,
    /// How many.
    pub limit: usize,
    /// After how many.
    pub offset: usize,
}

/// A stored reject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReject {
    /// Its id.
    pub id: i64,
    /// What was stored.
    pub row: RejectRow,
    /// `open` or `replayed`.
    pub status: String,
}

impl RejectFilter {
    fn condition(&self) -> Where {
        let mut filter = Where::default();
        if let Some(source) = &self.source {
            filter.and("source = ?", Cell::Text(source.clone()));
        }
        if let Some(status) = &self.status {
            filter.and("status = ?", Cell::Text(status.clone()));
        }
        if !self.ids.is_empty() {
            let ids: Vec<String> = self.ids.iter().map(i64::to_string).collect();
            filter.and_plain(&format!("id IN ({})", ids.join(", ")));
        }
        filter
    }
}

impl Store {
    /// Rejects that match, newest first, with their bytes.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rejects(&self, filter: &RejectFilter) -> Result<Vec<StoredReject>, StoreError> {
        let mut condition = filter.condition();
        let limit = condition.value(count(filter.limit));
        let offset = condition.value(count(filter.offset));
        let text = format!(
            "SELECT id, source, stream, position, reason, hint, field, raw, bytes, received, status FROM rejects{} ORDER BY id DESC LIMIT {limit} OFFSET {offset}",
            condition.text()
        );
        fetch(&self.pool, text, condition.cells(), DOING)
            .await?
            .iter()
            .map(|r| {
                let row = RejectRow {
                    source: r.text(1)?,
                    stream: r.text(2)?,
                    offset: r.int(3)?.unsigned_abs(),
                    reason: r.text(4)?,
                    hint: r.text(5)?,
                    field: r.maybe_text(6)?,
                    raw: r.blob(7)?,
                    bytes: r.int(8)?.unsigned_abs(),
                    received: Timestamp(r.int(9)?),
                };
                Ok(StoredReject {
                    id: r.int(0)?,
                    row,
                    status: r.text(10)?,
                })
            })
            .collect()
    }

    /// How many rejects match; limit and offset do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_rejects(&self, filter: &RejectFilter) -> Result<u64, StoreError> {
        let condition = filter.condition();
        let text = format!("SELECT COUNT(*) FROM rejects{}", condition.text());
        let rows = fetch(&self.pool, text, condition.cells(), DOING).await?;
        rows.first().map_or(Ok(0), |r| r.int(0).map(i64::unsigned_abs))
    }

    /// Puts rejects into the dead-letter store outside a batch (people files).
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_rejects(&self, rows: Vec<RejectRow>) -> Result<(), StoreError> {
        const KEEPING: &str = "keeping rejected records";
        let mut tx = self.begin(KEEPING).await?;
        let rows = rows.into_iter().map(reject_cells).collect();
        insert_many(
            &mut tx,
            "INSERT INTO rejects (source, stream, position, reason, hint, field, raw, bytes, received, status)",
            "",
            rows,
            KEEPING,
        )
        .await?;
        tx.commit().await.doing(KEEPING)
    }

    /// Marks a reject as replayed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_replayed(&self, id: i64) -> Result<(), StoreError> {
        sqlx::query("UPDATE rejects SET status = 'replayed' WHERE id = $1")
            .bind(id)
            .execute(&self.pool)
            .await
            .doing(DOING)
            .map(drop)
    }

    /// Removes rejects received before `before`; gives back how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_rejects(&self, before: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM rejects WHERE received < $1")
            .bind(before.0)
            .execute(&self.pool)
            .await
            .doing("forgetting rejects")?;
        Ok(done.rows_affected())
    }
}
