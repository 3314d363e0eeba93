//! Saved searches in SQL that are asked again and again, and what their rows bring.

use sqlx::any::AnyRow;
use tandem_domain::{Day, Timestamp};

use crate::commit::{MatchRow, mark_dirty, match_cells};
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, bind, clean, count, fetch};

const READING: &str = "reading scheduled queries";
const CHANGING: &str = "changing a scheduled query";
const ADDING: &str = "adding what a query found";
const COLUMNS: &str = "search, every_minutes, due, since, body, last_run";

/// A saved search that is asked again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduledQueryRow {
    /// Id of the saved search.
    pub search: String,
    /// How often it is asked, minutes.
    pub every_minutes: u32,
    /// When it is asked next.
    pub due: Timestamp,
    /// What was committed from then on has not been asked yet.
    pub since: Timestamp,
    /// What its rows become, JSON.
    pub body: String,
    /// What came of it last, JSON; nothing before it was asked.
    pub last: Option<String>,
}

fn scheduled(row: &AnyRow) -> Result<ScheduledQueryRow, StoreError> {
    Ok(ScheduledQueryRow {
        search: row.text(0)?,
        every_minutes: u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
        due: Timestamp(row.int(2)?),
        since: Timestamp(row.int(3)?),
        body: row.text(4)?,
        last: row.maybe_text(5)?,
    })
}

impl Store {
    /// Has a saved search asked, or changes how; what was asked already and what came of it stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_scheduled_query(&self, row: &ScheduledQueryRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO scheduled_queries (search, every_minutes, due, since, body, last_run) VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (search) DO UPDATE SET every_minutes = excluded.every_minutes, due = excluded.due, body = excluded.body")
            .bind(&row.search)
            .bind(i64::from(row.every_minutes))
            .bind(row.due.0)
            .bind(row.since.0)
            .bind(clean(&row.body))
            .bind(row.last.as_deref().map(clean))
            .execute(&self.pool)
            .await
            .doing(CHANGING)
            .map(drop)
    }

    /// How a saved search is asked, if it is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scheduled_query(&self, search: &str) -> Result<Option<ScheduledQueryRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM scheduled_queries WHERE search = $1");
        let rows = fetch(&self.pool, text, vec![Cell::Text(search.to_owned())], READING).await?;
        rows.first().map(scheduled).transpose()
    }

    /// Every search that is asked, by its id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn scheduled_queries(&self) -> Result<Vec<ScheduledQueryRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM scheduled_queries ORDER BY search");
        let rows = fetch(&self.pool, text, Vec::new(), READING).await?;
        rows.iter().map(scheduled).collect()
    }

    /// Those whose time has come at `now`, the longest waiting first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn queries_due(&self, now: Timestamp) -> Result<Vec<ScheduledQueryRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM scheduled_queries WHERE due <= $1 ORDER BY due, search");
        let rows = fetch(&self.pool, text, vec![Cell::Int(now.0)], READING).await?;
        rows.iter().map(scheduled).collect()
    }

    /// Keeps what came of a query: when it is due again, since when there is data to ask, and the last run. False if it is not asked any
    /// more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query_asked(
        &self,
        search: &str,
        due: Timestamp,
        since: Timestamp,
        last: &str,
    ) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE scheduled_queries SET due = $2, since = $3, last_run = $4 WHERE search = $1")
                .bind(search)
                .bind(due.0)
                .bind(since.0)
                .bind(clean(last))
                .execute(&self.pool)
                .await
                .doing(CHANGING)?;
        Ok(done.rows_affected() == 1)
    }

    /// Has a saved search asked no more; true if it was.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_scheduled_query(&self, search: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM scheduled_queries WHERE search = $1")
            .bind(search)
            .execute(&self.pool)
            .await
            .doing(CHANGING)?;
        Ok(done.rows_affected() == 1)
    }

    /// The days (UTC) of which events were committed since `since`, the newest first, at most `most`. A day of which only rejects came is
    /// among them if it has events.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn days_received(&self, since: Timestamp, most: usize) -> Result<Vec<Day>, StoreError> {
        let text = "SELECT DISTINCT day FROM source_days WHERE events > 0 AND received >= $1 ORDER BY day DESC LIMIT $2"
            .to_owned();
        let cells = vec![Cell::Int(since.0), count(most)];
        let rows = fetch(&self.pool, text, cells, READING).await?;
        rows.iter().map(|row| Ok(Day(row.int(0)? as i32))).collect()
    }

    /// Adds matches that were found after the events were committed; gives back how many are new. Only new ones make their days due
    /// for analysis.
    ///
    /// # Errors
    /// When the database fails; then none is added.
    pub async fn add_matches(&self, matches: Vec<MatchRow>) -> Result<u64, StoreError> {
        let mut tx = self.begin(ADDING).await?;
        let (mut new, mut first) = (0, None);
        for matched in matches {
            let day = matched.time.day();
            let mut query = sqlx::query(
                "INSERT INTO matches (rule, event_id, day, time, account, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (rule, event_id) DO NOTHING",
            );
            for cell in match_cells(matched) {
                query = bind(query, cell);
            }
            if query.execute(&mut *tx).await.doing(ADDING)?.rows_affected() > 0 {
                new += 1;
                first = Some(first.map_or(day, |first: Day| first.min(day)));
            }
        }
        if let Some(day) = first {
            mark_dirty(&mut tx, day).await?;
        }
        tx.commit().await.doing(ADDING)?;
        Ok(new)
    }
}
