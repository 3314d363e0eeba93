//! What a day's analysis says besides indicators: the channels behind unusual days, and counts for calibration.

use sqlx::AnyConnection;
use tandem_domain::{Day, SubjectId};

use crate::analysis::DayResult;
use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, count, fetch, insert_many};

const DOING: &str = "reading departures";
const READING: &str = "reading how often p-values were small";
const SAVING: &str = "saving a day's departures";

/// A subject's unusual day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepartureRow {
    /// Who.
    pub subject: SubjectId,
    /// When.
    pub day: Day,
    /// The channels, JSON.
    pub body: String,
}

impl Store {
    /// A subject's unusual days from `from` to `to`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn departures_of(
        &self,
        subject: &SubjectId,
        from: Day,
        to: Day,
        limit: usize,
    ) -> Result<Vec<DepartureRow>, StoreError> {
        let mut filter = Where::default();
        filter.and("subject = ?", Cell::Text(subject.0.clone()));
        self.departures(filter, from, to, limit).await
    }

    /// Everybody's unusual days from `from` to `to`, the newest first, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn departures_between(
        &self,
        from: Day,
        to: Day,
        limit: usize,
    ) -> Result<Vec<DepartureRow>, StoreError> {
        self.departures(Where::default(), from, to, limit).await
    }

    async fn departures(
        &self,
        mut filter: Where,
        from: Day,
        to: Day,
        limit: usize,
    ) -> Result<Vec<DepartureRow>, StoreError> {
        filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        let limit = filter.value(count(limit));
        let text = format!(
            "SELECT subject, day, body FROM departures{} ORDER BY day DESC, subject LIMIT {limit}",
            filter.text()
        );
        fetch(&self.pool, text, filter.cells(), DOING)
            .await?
            .iter()
            .map(|row| {
                Ok(DepartureRow {
                    subject: SubjectId(row.text(0)?),
                    day: Day(row.int(1)? as i32),
                    body: row.text(2)?,
                })
            })
            .collect()
    }

    /// How often p-values were small on each day from `from` to `to` that has counts, JSON, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn tallies(&self, from: Day, to: Day) -> Result<Vec<(Day, String)>, StoreError> {
        let mut filter = Where::default();
        filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        let text = format!("SELECT day, body FROM tallies{} ORDER BY day", filter.text());
        fetch(&self.pool, text, filter.cells(), READING)
            .await?
            .iter()
            .map(|row| Ok((Day(row.int(0)? as i32), row.text(1)?)))
            .collect()
    }
}

/// Saves a day's departures and counts within its transaction, which has forgotten earlier ones.
pub(crate) async fn save(connection: &mut AnyConnection, result: &mut DayResult) -> Result<(), StoreError> {
    let day = result.day;
    let departures = std::mem::take(&mut result.departures);
    let rows = departures
        .into_iter()
        .map(|row| {
            vec![
                Cell::Text(row.subject.0),
                Cell::Int(i64::from(row.day.0)),
                Cell::Text(row.body),
            ]
        })
        .collect();
    insert_many(
        connection,
        "INSERT INTO departures (subject, day, body)",
        "",
        rows,
        SAVING,
    )
    .await?;
    let Some(tally) = result.tally.take() else {
        return Ok(());
    };
    let row = vec![vec![Cell::Int(i64::from(day.0)), Cell::Text(tally)]];
    insert_many(connection, "INSERT INTO tallies (day, body)", "", row, SAVING).await
}
