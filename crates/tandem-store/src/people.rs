//! People facts as they were read; their meaning is made elsewhere, as of a date.

use tandem_domain::Day;

use crate::commit::mark_dirty;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, fetch, insert_many};

/// One fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleRow {
    /// Hash of its content: the same fact is kept once.
    pub mark: String,
    /// The day it became known.
    pub known_on: Day,
    /// The fact as JSON.
    pub body: String,
}

impl Store {
    /// Adds facts; those already known are left alone. Gives back how many were new, and marks the analysis from the
    /// earliest new one on as stale.
    ///
    /// # Errors
    /// When the database fails; then none was added.
    pub async fn add_people(&self, rows: Vec<PeopleRow>) -> Result<u64, StoreError> {
        const DOING: &str = "adding people facts";
        let mut tx = self.begin(DOING).await?;
        if self.postgres {
            // Two imports at once must not both take the same fact for new.
            sqlx::query("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE")
                .execute(&mut *tx)
                .await
                .doing(DOING)?;
        }
        let known: std::collections::HashSet<String> = {
            let found = sqlx::query("SELECT mark FROM people")
                .fetch_all(&mut *tx)
                .await
                .doing(DOING)?;
            found.iter().map(|r| r.text(0)).collect::<Result<_, _>>()?
        };
        let mut seen = known;
        let fresh: Vec<_> = rows.into_iter().filter(|r| seen.insert(r.mark.clone())).collect();
        let count = fresh.len() as u64;
        if let Some(day) = fresh.iter().map(|r| r.known_on).min() {
            mark_dirty(&mut tx, day).await?;
        }
        let cells = fresh
            .into_iter()
            .map(|r| {
                vec![
                    Cell::Text(r.mark),
                    Cell::Int(i64::from(r.known_on.0)),
                    Cell::Text(r.body),
                ]
            })
            .collect();
        insert_many(
            &mut tx,
            "INSERT INTO people (mark, known_on, body)",
            "",
            cells,
            DOING,
        )
        .await?;
        tx.commit().await.doing(DOING)?;
        Ok(count)
    }

    /// All facts, in the order they became known; those of one day in the order of arrival.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn people(&self) -> Result<Vec<PeopleRow>, StoreError> {
        let text = "SELECT mark, known_on, body FROM people ORDER BY known_on, seq".to_owned();
        fetch(&self.pool, text, Vec::new(), "reading people facts")
            .await?
            .iter()
            .map(|r| {
                Ok(PeopleRow {
                    mark: r.text(0)?,
                    known_on: Day(r.int(1)? as i32),
                    body: r.text(2)?,
                })
            })
            .collect()
    }
}
