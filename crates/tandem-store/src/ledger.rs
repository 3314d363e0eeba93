//! The ledger's rows. They are only ever added, each together with what it tells of, and the chain's state with them.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use tandem_domain::{CaseId, SubjectId, Timestamp};
use tandem_ledger::{Chain, ChainError, Checkpoint, Entry, Hash, Row};

use crate::error::{Doing, StoreError, from_json, to_json};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, count, fetch, insert_many};

const DOING: &str = "writing the ledger";
const READING: &str = "reading the ledger";

/// Which rows.
#[derive(Debug, Clone, Default)]
pub struct LedgerFilter {
    /// Concerning this subject.
    pub subject: Option<SubjectId>,
    /// By this colleague.
    pub who: Option<String>,
    /// Of this case.
    pub case: Option<CaseId>,
    /// Whose act begins like this.
    pub act: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before this number.
    pub before: Option<u64>,
    /// How many.
    pub limit: usize,
}

impl Store {
    /// Begins the ledger under the installation's name if there is none yet. What was noted of looks before there was a ledger
    /// becomes its first rows; `salt` draws the random bytes of each.
    ///
    /// # Errors
    /// When the name cannot be one, or the database fails.
    pub async fn begin_ledger(
        &self,
        origin: &str,
        mut salt: impl FnMut() -> tandem_ledger::Salt,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin(DOING).await?;
        if load(&mut tx, self.postgres).await?.is_some() {
            return Ok(());
        }
        let mut chain = Chain::new(origin)?;
        let looks = sqlx::query("SELECT at, who, role, subject, what FROM looks ORDER BY id")
            .fetch_all(&mut *tx)
            .await
            .doing(DOING)?;
        let mut rows = Vec::with_capacity(looks.len());
        for look in &looks {
            let mut entry = Entry::new(
                Timestamp(look.int(0)?),
                &look.text(1)?,
                &look.text(2)?,
                "subject.look",
                salt(),
            );
            entry.subject = Some(SubjectId(look.text(3)?));
            entry.object = Some(look.text(4)?).filter(|what| !what.is_empty());
            rows.push(chain.append(entry)?);
        }
        sqlx::query("INSERT INTO ledger_chain (id, body) VALUES (0, $1) ON CONFLICT (id) DO NOTHING")
            .bind(to_json("ledger's state", &chain)?)
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        write(&mut tx, &rows).await?;
        sqlx::query("DELETE FROM looks")
            .execute(&mut *tx)
            .await
            .doing(DOING)?;
        tx.commit().await.doing(DOING)
    }

    /// Adds rows.
    ///
    /// # Errors
    /// [`StoreError::Ledger`] when an entry is not taken, [`StoreError::NoLedger`] before [`Store::begin_ledger`], and when the
    /// database fails; nothing is added then.
    pub async fn add_to_ledger(&self, entries: Vec<Entry>) -> Result<Vec<Row>, StoreError> {
        let mut tx = self.begin(DOING).await?;
        let rows = append(&mut tx, self.postgres, entries).await?;
        tx.commit().await.doing(DOING)?;
        Ok(rows)
    }

    /// The chain's state.
    ///
    /// # Errors
    /// [`StoreError::NoLedger`] before [`Store::begin_ledger`], and when the database fails.
    pub async fn ledger_chain(&self) -> Result<Chain, StoreError> {
        let rows = fetch(
            &self.pool,
            "SELECT body FROM ledger_chain WHERE id = 0".to_owned(),
            Vec::new(),
            READING,
        )
        .await?;
        let row = rows.first().ok_or(StoreError::NoLedger)?;
        from_json("ledger's state", &row.text(0)?)
    }

    /// Rows that match, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger(&self, filter: &LedgerFilter) -> Result<Vec<Row>, StoreError> {
        let mut condition = Where::default();
        if let Some(subject) = &filter.subject {
            condition.and("subject = ?", Cell::Text(subject.0.clone()));
        }
        if let Some(who) = &filter.who {
            condition.and("who = ?", Cell::Text(who.clone()));
        }
        if let Some(case) = &filter.case {
            condition.and("case_id = ?", Cell::Text(case.0.clone()));
        }
        if let Some(act) = &filter.act {
            let pattern = format!("{}%", act.replace(['%', '\\'], ""));
            condition.and("act LIKE ?", Cell::Text(pattern));
        }
        if let Some(from) = filter.from {
            condition.and("at >= ?", Cell::Int(from.0));
        }
        if let Some(before) = filter.before {
            condition.and("seq < ?", Cell::Int(i64::try_from(before).unwrap_or(i64::MAX)));
        }
        let limit = condition.value(count(filter.limit));
        let text = format!(
            "SELECT body FROM ledger{} ORDER BY seq DESC LIMIT {limit}",
            condition.text()
        );
        rows(&fetch(&self.pool, text, condition.cells(), READING).await?)
    }

    /// Rows from number `from` on, oldest first, at most `limit`: for an export in pieces.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_from(&self, from: u64, limit: usize) -> Result<Vec<Row>, StoreError> {
        let text = "SELECT body FROM ledger WHERE seq >= $1 ORDER BY seq LIMIT $2".to_owned();
        let cells = vec![Cell::Int(i64::try_from(from).unwrap_or(i64::MAX)), count(limit)];
        rows(&fetch(&self.pool, text, cells, READING).await?)
    }

    /// The leaves of the first `size` rows, from which proofs are made.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ledger_leaves(&self, size: u64) -> Result<Vec<Hash>, StoreError> {
        let text = "SELECT leaf FROM ledger WHERE seq < $1 ORDER BY seq".to_owned();
        let cells = vec![Cell::Int(i64::try_from(size).unwrap_or(i64::MAX))];
        fetch(&self.pool, text, cells, READING)
            .await?
            .iter()
            .map(|row| from_json("ledger's leaf", &format!("\"{}\"", row.text(0)?)))
            .collect()
    }

    /// Keeps a signed checkpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO ledger_checkpoints (size, at, body) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING")
            .bind(i64::try_from(checkpoint.size).unwrap_or(i64::MAX))
            .bind(checkpoint.at.0)
            .bind(to_json("checkpoint", checkpoint)?)
            .execute(&self.pool)
            .await
            .doing(DOING)
            .map(drop)
    }

    /// Signed checkpoints, smallest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn checkpoints(&self) -> Result<Vec<Checkpoint>, StoreError> {
        let text = "SELECT body FROM ledger_checkpoints ORDER BY size".to_owned();
        fetch(&self.pool, text, Vec::new(), READING)
            .await?
            .iter()
            .map(|row| from_json("checkpoint", &row.text(0)?))
            .collect()
    }
}

fn rows(found: &[AnyRow]) -> Result<Vec<Row>, StoreError> {
    found
        .iter()
        .map(|row| from_json("row of the ledger", &row.text(0)?))
        .collect()
}

/// The chain's state, locked until the transaction ends.
async fn load(tx: &mut AnyConnection, postgres: bool) -> Result<Option<Chain>, StoreError> {
    // SQLite's writing transactions exclude one another anyway.
    let text = if postgres {
        "SELECT body FROM ledger_chain WHERE id = 0 FOR UPDATE"
    } else {
        "SELECT body FROM ledger_chain WHERE id = 0"
    };
    let row = sqlx::query(text).fetch_optional(&mut *tx).await.doing(DOING)?;
    row.map(|row| from_json("ledger's state", &row.text(0)?))
        .transpose()
}

/// Adds rows inside a transaction.
pub(crate) async fn append(
    tx: &mut AnyConnection,
    postgres: bool,
    entries: Vec<Entry>,
) -> Result<Vec<Row>, StoreError> {
    if entries.is_empty() {
        return Ok(Vec::new());
    }
    let mut chain = load(tx, postgres).await?.ok_or(StoreError::NoLedger)?;
    let rows = entries
        .into_iter()
        .map(|entry| chain.append(entry))
        .collect::<Result<Vec<_>, ChainError>>()?;
    sqlx::query("UPDATE ledger_chain SET body = $1 WHERE id = 0")
        .bind(to_json("ledger's state", &chain)?)
        .execute(&mut *tx)
        .await
        .doing(DOING)?;
    write(tx, &rows).await?;
    Ok(rows)
}

async fn write(tx: &mut AnyConnection, rows: &[Row]) -> Result<(), StoreError> {
    let cells = rows
        .iter()
        .map(|row| {
            Ok(vec![
                Cell::Int(i64::try_from(row.seq).unwrap_or(i64::MAX)),
                Cell::Int(row.entry.at.0),
                Cell::Text(row.entry.who.clone()),
                Cell::Text(row.entry.act.clone()),
                Cell::MaybeText(row.entry.subject.as_ref().map(|s| s.0.clone())),
                Cell::MaybeText(row.entry.case.as_ref().map(|c| c.0.clone())),
                Cell::Text(to_json("row of the ledger", row)?),
                Cell::Text(row.leaf().unwrap_or_default().to_string()),
            ])
        })
        .collect::<Result<_, StoreError>>()?;
    insert_many(
        tx,
        "INSERT INTO ledger (seq, at, who, act, subject, case_id, body, leaf)",
        "",
        cells,
        DOING,
    )
    .await
}
