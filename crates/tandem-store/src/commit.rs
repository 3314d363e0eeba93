//! The commit of a batch: all or nothing, and harmless to repeat.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AnyConnection;
use tandem_domain::{Day, EventId, Timestamp};

use crate::catalog::{Checkpoint, SegmentRow, checkpoint_cells, segment_cells};
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, clean, insert_many};

/// A record for the dead-letter store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectRow {
    /// Source name.
    pub source: String,
    /// File or request.
    pub stream: String,
    /// Byte offset in the decompressed stream.
    pub offset: u64,
    /// Why it cannot be read.
    pub reason: String,
    /// What to do.
    pub hint: String,
    /// The field at fault.
    pub field: Option<String>,
    /// As received, possibly cut.
    pub raw: Vec<u8>,
    /// Its whole size, bytes.
    pub bytes: u64,
    /// When it came.
    pub received: Timestamp,
}

/// A rule's match on one event.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchRow {
    /// Rule id.
    pub rule: String,
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Timestamp,
    /// Canonical acting account; empty if unknown.
    pub account: String,
    /// What analysis needs of it, as JSON.
    pub body: String,
}

/// A mergeable part of one account's day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Canonical account.
    pub account: String,
    /// Local calendar day.
    pub day: Day,
    /// Encoded activity.
    pub body: Vec<u8>,
}

/// What one source brought for one day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SourceDay {
    /// Source name.
    pub source: String,
    /// Day of the events (of receipt for rejects).
    pub day: Day,
    /// Events.
    pub events: u64,
    /// Rejects.
    pub rejects: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Earliest event.
    pub first: Option<Timestamp>,
    /// Latest event.
    pub last: Option<Timestamp>,
}

/// Everything one commit publishes.
#[derive(Debug, Clone, Default)]
pub struct BatchCommit {
    /// The same for a repeated delivery of the same data.
    pub batch_id: String,
    /// Now.
    pub committed: Timestamp,
    /// Where reading goes on.
    pub streams: Vec<Checkpoint>,
    /// Streams that nobody goes on with, by key: how far they were read is forgotten, unless it is among `streams` too.
    pub forgotten: Vec<String>,
    /// New segments.
    pub segments: Vec<SegmentRow>,
    /// Dead letters.
    pub rejects: Vec<RejectRow>,
    /// Rule matches.
    pub matches: Vec<MatchRow>,
    /// Activity.
    pub activity: Vec<ActivityRow>,
    /// Mergeable parts of what may be steps of sequences.
    pub marks: Vec<ActivityRow>,
    /// Rates.
    pub source_days: Vec<SourceDay>,
    /// Records read.
    pub records: u64,
    /// Records already known.
    pub duplicates: u64,
    /// Deliveries in it that senders may repeat.
    pub deliveries: Vec<DeliveryRow>,
}

/// One delivery of a commit, remembered so that a repetition of it is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DeliveryRow {
    /// The same for a repeated delivery of the same records.
    pub id: String,
    /// Records it had.
    pub records: u64,
    /// Events it had.
    pub events: u64,
    /// Rejects it had.
    pub rejects: u64,
    /// Duplicates it had.
    pub duplicates: u64,
}

/// What came of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// Published.
    Now,
    /// The same batch had been published before; nothing changed.
    Before {
        /// Records it had.
        records: u64,
        /// Events it had.
        events: u64,
        /// Rejects it had.
        rejects: u64,
        /// Duplicates it had.
        duplicates: u64,
    },
}

const DOING: &str = "committing a batch";
/// Bytes of a rejected record that are kept, whatever the caller hands over.
const MAX_REJECT_BYTES: usize = 1 << 20;

impl Store {
    /// Publishes a batch in one transaction.
    ///
    /// # Errors
    /// When the database fails; then nothing of the batch is visible.
    pub async fn commit_batch(&self, batch: BatchCommit) -> Result<Committed, StoreError> {
        self.commit_replay(batch, &[]).await
    }

    /// As [`Self::commit_batch`], and marks the rejects from which the batch was read as replayed in the same transaction: none
    /// is marked whose event is not stored, and none whose event is stored stays open.
    ///
    /// # Errors
    /// When the database fails; then nothing of the batch is visible.
    pub async fn commit_replay(&self, batch: BatchCommit, replayed: &[i64]) -> Result<Committed, StoreError> {
        let mut tx = self.begin(DOING).await?;
        let events: u64 = batch.source_days.iter().map(|d| d.events).sum();
        // Of two who deliver the same batch at once, the second waits here and then finds the row.
        let whole = DeliveryRow {
            id: batch.batch_id.clone(),
            records: batch.records,
            events,
            rejects: batch.rejects.len() as u64,
            duplicates: batch.duplicates,
        };
        if !claim_delivery(&mut tx, &whole, batch.committed).await?
            && let Some(before) = known(&mut tx, &batch.batch_id).await?
        {
            return Ok(before);
        }
        for delivery in &batch.deliveries {
            let fresh = claim_delivery(&mut tx, delivery, batch.committed).await?;
            if !fresh {
                // Another process took the same delivery meanwhile: nothing of this batch may count twice.
                return Err(StoreError::Conflict {
                    kind: "delivery",
                    id: delivery.id.clone(),
                });
            }
        }
        let dirty = batch
            .activity
            .iter()
            .chain(&batch.marks)
            .map(|a| a.day)
            .chain(batch.matches.iter().map(|m| m.time.day()))
            .min();
        if let Some(day) = dirty {
            mark_dirty(&mut tx, day).await?;
        }
        write_rows(&mut tx, batch).await?;
        for id in replayed {
            sqlx::query("UPDATE rejects SET status = 'replayed' WHERE id = $1")
                .bind(*id)
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        }
        tx.commit().await.doing(DOING)?;
        Ok(Committed::Now)
    }

    /// What a batch brought, if it was published.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn batch(&self, batch_id: &str) -> Result<Option<Committed>, StoreError> {
        let mut connection = self.pool.acquire().await.doing(DOING)?;
        known(&mut connection, batch_id).await
    }
}

/// Remembers a delivery; false if it is remembered already.
async fn claim_delivery(
    connection: &mut AnyConnection,
    delivery: &DeliveryRow,
    committed: Timestamp,
) -> Result<bool, StoreError> {
    let claimed = sqlx::query("INSERT INTO batches (batch_id, committed, records, events, rejects, duplicates) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (batch_id) DO NOTHING")
        .bind(clean(&delivery.id))
        .bind(committed.0)
        .bind(delivery.records as i64)
        .bind(delivery.events as i64)
        .bind(delivery.rejects as i64)
        .bind(delivery.duplicates as i64)
        .execute(connection)
        .await
        .doing(DOING)?;
    Ok(claimed.rows_affected() > 0)
}

async fn known(connection: &mut AnyConnection, batch_id: &str) -> Result<Option<Committed>, StoreError> {
    let row = sqlx::query("SELECT records, events, rejects, duplicates FROM batches WHERE batch_id = $1")
        .bind(clean(batch_id))
        .fetch_optional(&mut *connection)
        .await
        .doing(DOING)?;
    let Some(row) = row else { return Ok(None) };
    let count = |at| row.int(at).map(i64::unsigned_abs);
    Ok(Some(Committed::Before {
        records: count(0)?,
        events: count(1)?,
        rejects: count(2)?,
        duplicates: count(3)?,
    }))
}

/// Remembers the earliest day whose data changed. One statement, so that of two writers neither overwrites the other.
pub(crate) async fn mark_dirty(connection: &mut AnyConnection, day: Day) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO settings (name, value) VALUES ('dirty_from', $1) ON CONFLICT (name) DO UPDATE SET \
         value = CASE WHEN CAST(settings.value AS BIGINT) <= CAST(excluded.value AS BIGINT) \
         THEN settings.value ELSE excluded.value END",
    )
    .bind(day.0.to_string())
    .execute(connection)
    .await
    .doing(DOING)
    .map(drop)
}

/// Begins adding days of accounts.
pub(crate) const INSERT_ACTIVITY: &str = "INSERT INTO activity (account, day, batch_id, body)";
/// The same of marks.
pub(crate) const INSERT_MARKS: &str = "INSERT INTO marks (account, day, batch_id, body)";

/// Days of accounts as these two add them.
pub(crate) fn account_day_cells(rows: Vec<ActivityRow>, batch: &str) -> Vec<Vec<Cell>> {
    let cells = rows.into_iter().map(|row| {
        vec![
            Cell::Text(row.account),
            Cell::Int(i64::from(row.day.0)),
            Cell::Text(batch.to_owned()),
            Cell::Blob(row.body),
        ]
    });
    cells.collect()
}

async fn write_rows(connection: &mut AnyConnection, batch: BatchCommit) -> Result<(), StoreError> {
    let segments = batch.segments.into_iter().map(segment_cells).collect();
    insert_many(
        connection,
        "INSERT INTO segments (path, day, min_time, max_time, rows, body)",
        "",
        segments,
        DOING,
    )
    .await?;
    // In order: writers that take rows in the same order cannot wait for each other for ever.
    let forgotten: BTreeSet<String> = batch.forgotten.into_iter().collect();
    for key in forgotten {
        sqlx::query("DELETE FROM checkpoints WHERE stream_key = $1")
            .bind(clean(&key))
            .execute(&mut *connection)
            .await
            .doing(DOING)?;
    }
    // One statement may name a row only once: of two checkpoints of a stream the later one counts.
    let streams: BTreeMap<String, Checkpoint> = batch
        .streams
        .into_iter()
        .map(|c| (c.stream_key.clone(), c))
        .collect();
    let streams = streams.into_values().map(checkpoint_cells).collect();
    insert_many(
        connection,
        "INSERT INTO checkpoints (stream_key, fingerprint, stamp, content_mark, position, state, done)",
        "ON CONFLICT (stream_key) DO UPDATE SET fingerprint = excluded.fingerprint, stamp = excluded.stamp, content_mark = excluded.content_mark, position = excluded.position, state = excluded.state, done = excluded.done",
        streams,
        DOING,
    )
    .await?;
    let rejects = batch.rejects.into_iter().map(reject_cells).collect();
    insert_many(
        connection,
        "INSERT INTO rejects (source, stream, position, reason, hint, field, raw, bytes, received, status)",
        "",
        rejects,
        DOING,
    )
    .await?;
    let matches = batch.matches.into_iter().map(match_cells).collect();
    insert_many(
        connection,
        "INSERT INTO matches (rule, event_id, day, time, account, body)",
        "ON CONFLICT (rule, event_id) DO NOTHING",
        matches,
        DOING,
    )
    .await?;
    for (insert, rows) in [(INSERT_ACTIVITY, batch.activity), (INSERT_MARKS, batch.marks)] {
        insert_many(
            connection,
            insert,
            "",
            account_day_cells(rows, &batch.batch_id),
            DOING,
        )
        .await?;
    }
    let committed = batch.committed;
    let days = summed(batch.source_days)
        .into_iter()
        .map(|d| source_day_cells(d, committed))
        .collect();
    insert_many(
        connection,
        "INSERT INTO source_days (source, day, events, rejects, bytes, first_time, last_time, received)",
        "ON CONFLICT (source, day) DO UPDATE SET events = source_days.events + excluded.events, rejects = source_days.rejects + excluded.rejects, bytes = source_days.bytes + excluded.bytes, \
         first_time = CASE WHEN source_days.first_time IS NULL OR excluded.first_time < source_days.first_time THEN excluded.first_time ELSE source_days.first_time END, \
         last_time = CASE WHEN source_days.last_time IS NULL OR excluded.last_time > source_days.last_time THEN excluded.last_time ELSE source_days.last_time END, \
         received = excluded.received",
        days,
        DOING,
    )
    .await
}

/// One row per source and day, in order: a statement may name a row only once, and writers that take rows in the same order
/// cannot wait for each other for ever.
fn summed(days: Vec<SourceDay>) -> Vec<SourceDay> {
    let mut sums: BTreeMap<(String, Day), SourceDay> = BTreeMap::new();
    for day in days {
        let sum = sums
            .entry((day.source.clone(), day.day))
            .or_insert_with(|| SourceDay {
                source: day.source.clone(),
                day: day.day,
                ..SourceDay::default()
            });
        sum.events += day.events;
        sum.rejects += day.rejects;
        sum.bytes += day.bytes;
        sum.first = [sum.first, day.first].into_iter().flatten().min();
        sum.last = sum.last.max(day.last);
    }
    sums.into_values().collect()
}

pub(crate) fn reject_cells(mut r: RejectRow) -> Vec<Cell> {
    r.raw.truncate(MAX_REJECT_BYTES);
    vec![
        Cell::Text(r.source),
        Cell::Text(r.stream),
        Cell::Int(r.offset as i64),
        Cell::Text(r.reason),
        Cell::Text(r.hint),
        Cell::MaybeText(r.field),
        Cell::Blob(r.raw),
        Cell::Int(r.bytes as i64),
        Cell::Int(r.received.0),
        Cell::Text("open".into()),
    ]
}

pub(crate) fn match_cells(m: MatchRow) -> Vec<Cell> {
    vec![
        Cell::Text(m.rule),
        Cell::Text(m.event.to_string()),
        Cell::Int(i64::from(m.time.day().0)),
        Cell::Int(m.time.0),
        Cell::Text(m.account),
        Cell::Text(m.body),
    ]
}

fn source_day_cells(d: SourceDay, committed: Timestamp) -> Vec<Cell> {
    vec![
        Cell::Text(d.source),
        Cell::Int(i64::from(d.day.0)),
        Cell::Int(d.events as i64),
        Cell::Int(d.rejects as i64),
        Cell::Int(d.bytes as i64),
        Cell::MaybeInt(d.first.map(|t| t.0)),
        Cell::MaybeInt(d.last.map(|t| t.0)),
        Cell::Int(committed.0),
    ]
}
