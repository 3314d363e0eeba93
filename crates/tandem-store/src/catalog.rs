//! Which segments make up the lake, and how far every stream was read.

use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use tandem_domain::{Day, Timestamp};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, clean, fetch, insert_many};

/// A segment of the lake. `body` is the lake's own description of it, kept as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRow {
    /// Path in the lake.
    pub path: String,
    /// Its day.
    pub day: Day,
    /// Earliest event.
    pub min_time: Timestamp,
    /// Latest event.
    pub max_time: Timestamp,
    /// Events.
    pub rows: u64,
    /// The lake's description, JSON.
    pub body: String,
}

/// How far a stream was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checkpoint {
    /// The stream: absolute path, with `!member` for archives.
    pub stream_key: String,
    /// Identity of its beginning.
    pub fingerprint: String,
    /// Size and time of change as stored, to leave unchanged files alone.
    pub stamp: Option<String>,
    /// Identity of its whole content as stored, to notice copies.
    pub content_mark: Option<String>,
    /// Decompressed bytes read.
    pub offset: u64,
    /// The reader's own state, JSON.
    pub state_json: String,
    /// Read to the end.
    pub done: bool,
}

const DOING: &str = "reading the catalog";
const SWAPPING: &str = "replacing segments";

fn checkpoint_of(row: &AnyRow) -> Result<Checkpoint, StoreError> {
    Ok(Checkpoint {
        stream_key: row.text(0)?,
        fingerprint: row.text(1)?,
        stamp: row.maybe_text(2)?,
        content_mark: row.maybe_text(3)?,
        offset: row.int(4)?.unsigned_abs(),
        state_json: row.text(5)?,
        done: row.int(6)? != 0,
    })
}

pub(crate) fn segment_cells(s: SegmentRow) -> Vec<Cell> {
    vec![
        Cell::Text(s.path),
        Cell::Int(i64::from(s.day.0)),
        Cell::Int(s.min_time.0),
        Cell::Int(s.max_time.0),
        Cell::Int(s.rows as i64),
        Cell::Text(s.body),
    ]
}

pub(crate) fn checkpoint_cells(c: Checkpoint) -> Vec<Cell> {
    vec![
        Cell::Text(c.stream_key),
        Cell::Text(c.fingerprint),
        Cell::MaybeText(c.stamp),
        Cell::MaybeText(c.content_mark),
        Cell::Int(c.offset as i64),
        Cell::Text(c.state_json),
        Cell::Int(i64::from(c.done)),
    ]
}

impl Store {
    /// How far a stream was read.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoint(&self, stream_key: &str) -> Result<Option<Checkpoint>, StoreError> {
        let row = sqlx::query("SELECT stream_key, fingerprint, stamp, content_mark, position, state, done FROM checkpoints WHERE stream_key = $1")
            .bind(clean(stream_key))
            .fetch_optional(&self.pool)
            .await
            .doing(DOING)?;
        row.as_ref().map(checkpoint_of).transpose()
    }

    /// How far the streams were read whose key begins so, by key, at most `limit` of them; those read to the end come last.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoints_under(
        &self,
        beginning: &str,
        limit: usize,
    ) -> Result<Vec<Checkpoint>, StoreError> {
        let rows = fetch(
            &self.pool,
            "SELECT stream_key, fingerprint, stamp, content_mark, position, state, done FROM checkpoints \
             WHERE stream_key LIKE $1 ORDER BY done, stream_key LIMIT $2"
                .to_owned(),
            vec![Cell::Text(format!("{beginning}%")), Cell::Int(limit as i64)],
            DOING,
        )
        .await?;
        let mut found = rows.iter().map(checkpoint_of).collect::<Result<Vec<_>, _>>()?;
        // `_` in the beginning stands for anything in the statement, but not here.
        found.retain(|checkpoint| checkpoint.stream_key.starts_with(beginning));
        Ok(found)
    }

    /// Forgets which batches were committed before that; gives how many. A delivery repeated after it is told by the ids of
    /// its events only.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_batches(&self, before: Timestamp) -> Result<u64, StoreError> {
        let done = sqlx::query("DELETE FROM batches WHERE committed < $1")
            .bind(before.0)
            .execute(&self.pool)
            .await
            .doing(DOING)?;
        Ok(done.rows_affected())
    }

    /// A stream that was read whole and has this content, if there is one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn stream_with_content(&self, content_mark: &str) -> Result<Option<String>, StoreError> {
        let row =
            sqlx::query("SELECT stream_key FROM checkpoints WHERE content_mark = $1 AND done = 1 LIMIT 1")
                .bind(content_mark)
                .fetch_optional(&self.pool)
                .await
                .doing(DOING)?;
        row.map(|r| r.text(0)).transpose()
    }

    /// Live segments, by day and path; with bounds, only those of days from `from` to `to`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn segments(&self, from: Option<Day>, to: Option<Day>) -> Result<Vec<SegmentRow>, StoreError> {
        let mut filter = Where::default();
        if let Some(from) = from {
            filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        }
        if let Some(to) = to {
            filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        }
        let text = format!(
            "SELECT path, day, min_time, max_time, rows, body FROM segments{} ORDER BY day, path",
            filter.text()
        );
        fetch(&self.pool, text, filter.cells(), DOING)
            .await?
            .iter()
            .map(|row| {
                Ok(SegmentRow {
                    path: row.text(0)?,
                    day: Day(row.int(1)? as i32),
                    min_time: Timestamp(row.int(2)?),
                    max_time: Timestamp(row.int(3)?),
                    rows: row.int(4)?.unsigned_abs(),
                    body: row.text(5)?,
                })
            })
            .collect()
    }

    /// Replaces segments by others in one transaction. False, and nothing changed, if one of the old ones is no longer live.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn swap_segments(&self, old: &[String], new: Vec<SegmentRow>) -> Result<bool, StoreError> {
        let mut tx = self.begin(SWAPPING).await?;
        if !swap(&mut tx, old, new).await? {
            return Ok(false);
        }
        tx.commit().await.doing(SWAPPING)?;
        Ok(true)
    }

    /// How many events the live segments hold.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn event_count(&self) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT CAST(COALESCE(SUM(rows), 0) AS BIGINT) FROM segments")
            .fetch_one(&self.pool)
            .await
            .doing(DOING)?;
        Ok(row.int(0)?.unsigned_abs())
    }
}

/// Replaces segments by others inside a transaction. False if one of the old ones is no longer live: then the transaction must
/// not be committed.
pub(crate) async fn swap(
    tx: &mut AnyConnection,
    old: &[String],
    new: Vec<SegmentRow>,
) -> Result<bool, StoreError> {
    for path in old {
        let done = sqlx::query("DELETE FROM segments WHERE path = $1")
            .bind(path)
            .execute(&mut *tx)
            .await
            .doing(SWAPPING)?;
        if done.rows_affected() != 1 {
            return Ok(false);
        }
    }
    let rows = new.into_iter().map(segment_cells).collect();
    insert_many(
        tx,
        "INSERT INTO segments (path, day, min_time, max_time, rows, body)",
        "",
        rows,
        SWAPPING,
    )
    .await?;
    Ok(true)
}
