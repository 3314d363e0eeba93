//! Messages that must go out: kept with what caused them, taken by one sender at a time, never forgotten.
//!
//! What may become of a message is its sender's knowledge. The store finds the rows that can be taken, shows each to a closure
//! inside one transaction, and writes what it gives back; nobody else can change a row meanwhile. Messages of one lane go out
//! in the order of their ids: a later one waits while an earlier one is waiting or being sent.

use sqlx::any::AnyRow;
use sqlx::{Any, AnyConnection, AssertSqlSafe, Transaction};
use tandem_domain::Timestamp;

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, bind, count, fetch};

const POSTING: &str = "putting a message into the outbox";
const SENDING: &str = "working through the outbox";
const READING: &str = "reading the outbox";

/// A message that must go out, or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// Order of writing, ascending; given by the store, whatever a new row says.
    pub id: i64,
    /// Which connector sends it.
    pub connector: String,
    /// Messages of one lane keep their order.
    pub lane: String,
    /// What makes it one message: unique with the connector.
    pub key: String,
    /// The key of the message it takes the place of.
    pub amends: Option<String>,
    /// `waiting`, `sending`, `sent` or `dead`.
    pub state: String,
    /// Not tried before.
    pub next_at: Timestamp,
    /// While it is being sent: until when nobody else takes it.
    pub lease_until: Option<Timestamp>,
    /// The far side's room that it went to or made.
    pub room: Option<String>,
    /// The far side's name of the message it became.
    pub message: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The whole message, as its sender understands it.
    pub body: String,
}

/// A message that can be taken, with what its sender must know of earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxCandidate {
    /// The message.
    pub row: OutboxRow,
    /// What was sent before in its lane and left something on the far side, oldest first.
    pub sent: Vec<OutboxRow>,
    /// The sent message whose place it takes.
    pub amended: Option<OutboxRow>,
}

/// How many messages of a connector are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxCount {
    /// The connector.
    pub connector: String,
    /// The state.
    pub state: String,
    /// How many.
    pub messages: u64,
}

const COLUMNS: &str =
    "id, connector, lane, key, amends, state, next_at, lease_until, room, message, created, body";

fn row(row: &AnyRow) -> Result<OutboxRow, StoreError> {
    Ok(OutboxRow {
        id: row.int(0)?,
        connector: row.text(1)?,
        lane: row.text(2)?,
        key: row.text(3)?,
        amends: row.maybe_text(4)?,
        state: row.text(5)?,
        next_at: Timestamp(row.int(6)?),
        lease_until: row.maybe_int(7)?.map(Timestamp),
        room: row.maybe_text(8)?,
        message: row.maybe_text(9)?,
        created: Timestamp(row.int(10)?),
        body: row.text(11)?,
    })
}

/// Puts a message in; false if its connector has one with this key already, which then stays as it is.
pub(crate) async fn post(tx: &mut AnyConnection, row: OutboxRow) -> Result<bool, StoreError> {
    let mut query = sqlx::query(
        "INSERT INTO outbox (connector, lane, key, amends, state, next_at, lease_until, room, message, created, body) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (connector, key) DO NOTHING",
    );
    for cell in [
        Cell::Text(row.connector),
        Cell::Text(row.lane),
        Cell::Text(row.key),
        Cell::MaybeText(row.amends),
        Cell::Text(row.state),
        Cell::Int(row.next_at.0),
        Cell::MaybeInt(row.lease_until.map(|at| at.0)),
        Cell::MaybeText(row.room),
        Cell::MaybeText(row.message),
        Cell::Int(row.created.0),
        Cell::Text(row.body),
    ] {
        query = bind(query, cell);
    }
    let done = query.execute(tx).await.doing(POSTING)?;
    Ok(done.rows_affected() == 1)
}

/// Changes a message, found by its key, that is in the state `was`. False if it is in another.
pub(crate) async fn shift(tx: &mut AnyConnection, was: &str, row: OutboxRow) -> Result<bool, StoreError> {
    let mut query = sqlx::query(
        "UPDATE outbox SET state = $1, next_at = $2, lease_until = NULL, room = $3, message = $4, body = $5 \
         WHERE connector = $6 AND key = $7 AND state = $8",
    );
    for cell in [
        Cell::Text(row.state),
        Cell::Int(row.next_at.0),
        Cell::MaybeText(row.room),
        Cell::MaybeText(row.message),
        Cell::Text(row.body),
        Cell::Text(row.connector),
        Cell::Text(row.key),
        Cell::Text(was.to_owned()),
    ] {
        query = bind(query, cell);
    }
    let done = query.execute(tx).await.doing(POSTING)?;
    Ok(done.rows_affected() == 1)
}

/// Runs a statement in a transaction and gives its rows.
async fn rows(tx: &mut AnyConnection, text: String, cells: Vec<Cell>) -> Result<Vec<OutboxRow>, StoreError> {
    let mut query = sqlx::query(AssertSqlSafe(text));
    for cell in cells {
        query = bind(query, cell);
    }
    let found = query.fetch_all(tx).await.doing(SENDING)?;
    found.iter().map(row).collect()
}

/// Writes what can change of a message.
async fn write(tx: &mut AnyConnection, row: OutboxRow) -> Result<(), StoreError> {
    let mut query = sqlx::query(
        "UPDATE outbox SET state = $1, next_at = $2, lease_until = $3, room = $4, message = $5, body = $6 WHERE id = $7",
    );
    for cell in [
        Cell::Text(row.state),
        Cell::Int(row.next_at.0),
        Cell::MaybeInt(row.lease_until.map(|at| at.0)),
        Cell::MaybeText(row.room),
        Cell::MaybeText(row.message),
        Cell::Text(row.body),
        Cell::Int(row.id),
    ] {
        query = bind(query, cell);
    }
    query.execute(tx).await.doing(SENDING).map(drop)
}

impl Store {
    /// A transaction in which nobody else changes the outbox. On PostgreSQL it waits for those who are putting messages in, so
    /// that ids become visible in their order.
    async fn alone(&self) -> Result<Transaction<'static, Any>, StoreError> {
        let mut tx = self.begin(SENDING).await?;
        if self.postgres {
            sqlx::query("LOCK TABLE outbox IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut *tx)
                .await
                .doing(SENDING)?;
        }
        Ok(tx)
    }

    /// Puts a message in by itself; false if its connector has one with this key already.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_outbox(&self, row: OutboxRow) -> Result<bool, StoreError> {
        let mut tx = self.begin(POSTING).await?;
        let added = post(&mut tx, row).await?;
        tx.commit().await.doing(POSTING)?;
        Ok(added)
    }

    /// Shows up to `most` messages that can be taken at `now` to `take`, oldest first and of each lane only the first, and
    /// writes what it gives back; `None` leaves a message as it is. All of it is one transaction, so what `take` decided on
    /// has not changed when it is written.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn claim_outbox(
        &self,
        now: Timestamp,
        most: usize,
        mut take: impl FnMut(&OutboxCandidate) -> Option<OutboxRow> + Send,
    ) -> Result<(), StoreError> {
        let mut tx = self.alone().await?;
        let due = rows(
            &mut tx,
            format!(
                "SELECT {COLUMNS} FROM outbox o WHERE ((o.state = 'waiting' AND o.next_at <= $1) \
                 OR (o.state = 'sending' AND (o.lease_until IS NULL OR o.lease_until <= $1))) \
                 AND NOT EXISTS (SELECT 1 FROM outbox e WHERE e.connector = o.connector AND e.lane = o.lane \
                 AND e.state IN ('waiting', 'sending') AND e.id < o.id) ORDER BY o.id LIMIT $2"
            ),
            vec![Cell::Int(now.0), count(most)],
        )
        .await?;
        for row in due {
            let candidate = candidate(&mut tx, row).await?;
            if let Some(taken) = take(&candidate) {
                let id = candidate.row.id;
                write(&mut tx, OutboxRow { id, ..taken }).await?;
            }
        }
        tx.commit().await.doing(SENDING)
    }

    /// Shows one message to `change` and writes what it gives back, in one transaction. False if there is no such message, or
    /// `change` left it as it is.
    ///
    /// # Errors
    /// When the database fails; nothing is written then.
    pub async fn change_outbox(
        &self,
        id: i64,
        change: impl FnOnce(&OutboxRow) -> Option<OutboxRow> + Send,
    ) -> Result<bool, StoreError> {
        let mut tx = self.alone().await?;
        let text = format!("SELECT {COLUMNS} FROM outbox WHERE id = $1");
        let found = rows(&mut tx, text, vec![Cell::Int(id)]).await?;
        let Some(changed) = found.first().and_then(change) else {
            return Ok(false);
        };
        write(&mut tx, OutboxRow { id, ..changed }).await?;
        tx.commit().await.doing(SENDING)?;
        Ok(true)
    }

    /// The message of a connector with that key.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_item(&self, connector: &str, key: &str) -> Result<Option<OutboxRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM outbox WHERE connector = $1 AND key = $2");
        let cells = vec![Cell::Text(connector.to_owned()), Cell::Text(key.to_owned())];
        let found = fetch(&self.pool, text, cells, READING).await?;
        found.first().map(row).transpose()
    }

    /// Messages in a state, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox(&self, state: Option<&str>, limit: usize) -> Result<Vec<OutboxRow>, StoreError> {
        let mut condition = Where::default();
        if let Some(state) = state {
            condition.and("state = ?", Cell::Text(state.to_owned()));
        }
        let limit = condition.value(count(limit));
        let text = format!(
            "SELECT {COLUMNS} FROM outbox{} ORDER BY id DESC LIMIT {limit}",
            condition.text()
        );
        fetch(&self.pool, text, condition.cells(), READING)
            .await?
            .iter()
            .map(row)
            .collect()
    }

    /// What a connector sent to a room: what became no message (rooms made, people let in), and the one that became `message`;
    /// oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_in_room(
        &self,
        connector: &str,
        room: &str,
        message: Option<&str>,
    ) -> Result<Vec<OutboxRow>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM outbox WHERE connector = $1 AND room = $2 AND state = 'sent' \
             AND (message IS NULL OR message = $3) ORDER BY id"
        );
        let cells = vec![
            Cell::Text(connector.to_owned()),
            Cell::Text(room.to_owned()),
            Cell::MaybeText(message.map(str::to_owned)),
        ];
        fetch(&self.pool, text, cells, READING)
            .await?
            .iter()
            .map(row)
            .collect()
    }

    /// How many messages each connector has in each state.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outbox_counts(&self) -> Result<Vec<OutboxCount>, StoreError> {
        let text = "SELECT connector, state, COUNT(*) FROM outbox GROUP BY connector, state ORDER BY connector, state";
        fetch(&self.pool, text.to_owned(), Vec::new(), READING)
            .await?
            .iter()
            .map(|row| {
                Ok(OutboxCount {
                    connector: row.text(0)?,
                    state: row.text(1)?,
                    messages: row.int(2)?.unsigned_abs(),
                })
            })
            .collect()
    }
}

/// What must be known beside a message that can be taken.
async fn candidate(tx: &mut AnyConnection, row: OutboxRow) -> Result<OutboxCandidate, StoreError> {
    let sent = rows(
        tx,
        format!(
            "SELECT {COLUMNS} FROM outbox WHERE connector = $1 AND lane = $2 AND state = 'sent' \
             AND (room IS NOT NULL OR message IS NOT NULL) ORDER BY id"
        ),
        vec![Cell::Text(row.connector.clone()), Cell::Text(row.lane.clone())],
    )
    .await?;
    let amended = match &row.amends {
        None => None,
        Some(key) => rows(
            tx,
            format!("SELECT {COLUMNS} FROM outbox WHERE connector = $1 AND key = $2 AND state = 'sent'"),
            vec![Cell::Text(row.connector.clone()), Cell::Text(key.clone())],
        )
        .await?
        .into_iter()
        .next(),
    };
    Ok(OutboxCandidate { row, sent, amended })
}
