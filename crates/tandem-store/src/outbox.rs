//! Messages that must go out: kept with what caused them, taken by one sender at a time, never forgotten.
//!
//! A sender takes due messages with a lease; if it dies, the lease ends and another one takes them. Messages of one thread go
//! out in the order they were made: a later one waits while an earlier one has neither gone out nor been buried.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use tandem_domain::Timestamp;

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, count, fetch, insert_many};

const POSTING: &str = "putting a message into the outbox";
const SENDING: &str = "working through the outbox";

/// A message to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Its id, under which the far side recognises a repetition.
    pub id: String,
    /// Which connector sends it.
    pub connector: String,
    /// Messages of one thread keep their order.
    pub thread: String,
    /// When it was made.
    pub created: Timestamp,
    /// What is sent, as the connector understands it.
    pub body: String,
}

/// Where a message stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxState {
    /// The message.
    pub row: OutboxRow,
    /// `waiting`, `sending`, `sent` or `dead`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Not tried again before.
    pub next_at: Timestamp,
    /// What was wrong last, or what the far side called it.
    pub note: String,
}

/// How sending ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboxEnd {
    /// The far side has it, under this name.
    Sent(String),
    /// Try again then; why.
    Later(Timestamp, String),
    /// Given up; why.
    Dead(String),
}

const COLUMNS: &str = "id, connector, thread, state, next_at, attempts, created, body, note";

fn state(row: &AnyRow) -> Result<OutboxState, StoreError> {
    Ok(OutboxState {
        row: OutboxRow {
            id: row.text(0)?,
            connector: row.text(1)?,
            thread: row.text(2)?,
            created: Timestamp(row.int(6)?),
            body: row.text(7)?,
        },
        state: row.text(3)?,
        next_at: Timestamp(row.int(4)?),
        attempts: u32::try_from(row.int(5)?).unwrap_or(u32::MAX),
        note: row.text(8)?,
    })
}

/// Puts a message in; one with the same id is there already and stays as it is.
pub(crate) async fn post(tx: &mut AnyConnection, row: OutboxRow) -> Result<(), StoreError> {
    let created = row.created.0;
    let cells = vec![
        Cell::Text(row.id),
        Cell::Text(row.connector),
        Cell::Text(row.thread),
        Cell::Text("waiting".to_owned()),
        Cell::Int(created),
        Cell::Int(0),
        Cell::Int(0),
        Cell::Int(created),
        Cell::Text(row.body),
        Cell::Text(String::new()),
    ];
    insert_many(
        tx,
        "INSERT INTO outbox (id, connector, thread, state, next_at, leased_until, attempts, created, body, note)",
        "ON CONFLICT (id) DO NOTHING",
        vec![cells],
        POSTING,
    )
    .await
}

impl Store {
    /// Takes up to `most` due messages until `until`; nobody else gets them before. Of each thread only the oldest.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_outbox(
        &self,
        now: Timestamp,
        until: Timestamp,
        most: usize,
    ) -> Result<Vec<OutboxState>, StoreError> {
        let mut tx = self.begin(SENDING).await?;
        if self.postgres {
            sqlx::query("LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut *tx)
                .await
                .doing(SENDING)?;
        }
        let rows = sqlx::query(
            "SELECT o.id FROM outbox o WHERE ((o.state = 'waiting' AND o.next_at <= $1) OR (o.state = 'sending' AND o.leased_until <= $1)) \
             AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.connector = o.connector AND e.thread = o.thread AND e.state IN ('waiting', 'sending') AND (e.created < o.created OR (e.created = o.created AND e.id < o.id))) \
             ORDER BY o.created, o.id LIMIT $2",
        )
        .bind(now.0)
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_all(&mut *tx)
        .await
        .doing(SENDING)?;
        let mut taken = Vec::with_capacity(rows.len());
        for row in rows {
            let text = sqlx::AssertSqlSafe(format!(
                "UPDATE outbox SET state = 'sending', leased_until = $1, attempts = attempts + 1 WHERE id = $2 RETURNING {COLUMNS}"
            ));
            let row = sqlx::query(text)
                .bind(until.0)
                .bind(row.text(0)?)
                .fetch_one(&mut *tx)
                .await
                .doing(SENDING)?;
            taken.push(state(&row)?);
        }
        tx.commit().await.doing(SENDING)?;
        Ok(taken)
    }

    /// Notes how sending ended. A message whose lease was lost to somebody who finished it stays finished.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn end_outbox(&self, id: &str, end: &OutboxEnd) -> Result<(), StoreError> {
        let (state, next, note) = match end {
            OutboxEnd::Sent(name) => ("sent", None, name),
            OutboxEnd::Later(at, why) => ("waiting", Some(at.0), why),
            OutboxEnd::Dead(why) => ("dead", None, why),
        };
        sqlx::query("UPDATE outbox SET state = $1, next_at = COALESCE($2, next_at), note = $3 WHERE id = $4 AND state = 'sending'")
            .bind(state)
            .bind(next)
            .bind(crate::sql::clean(note))
            .bind(id)
            .execute(&self.pool)
            .await
            .doing(SENDING)
            .map(drop)
    }

    /// Messages in a state, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox(&self, asked: Option<&str>, limit: usize) -> Result<Vec<OutboxState>, StoreError> {
        let mut condition = Where::default();
        if let Some(state) = asked {
            condition.and("state = ?", Cell::Text(state.to_owned()));
        }
        let limit = condition.value(count(limit));
        let text = format!(
            "SELECT {COLUMNS} FROM outbox{} ORDER BY created DESC, id LIMIT {limit}",
            condition.text()
        );
        fetch(&self.pool, text, condition.cells(), SENDING)
            .await?
            .iter()
            .map(state)
            .collect()
    }

    /// Tries dead messages again: those named, or all. Gives back how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revive_outbox(&self, ids: &[String], now: Timestamp) -> Result<u64, StoreError> {
        let mut condition = Where::default();
        let at = condition.value(Cell::Int(now.0));
        if !ids.is_empty() {
            let places: Vec<String> = ids
                .iter()
                .map(|id| condition.value(Cell::Text(id.clone())))
                .collect();
            condition.and_plain(&format!("id IN ({})", places.join(", ")));
        }
        condition.and_plain("state = 'dead'");
        let text = format!(
            "UPDATE outbox SET state = 'waiting', attempts = 0, next_at = {at}{} RETURNING id",
            condition.text()
        );
        let rows = fetch(&self.pool, text, condition.cells(), SENDING).await?;
        Ok(rows.len() as u64)
    }
}
