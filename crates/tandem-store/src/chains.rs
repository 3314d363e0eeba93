//! Sequences: what may be steps of them, and the chains that were found.

use tandem_domain::{Day, SubjectId};

use crate::commit::ActivityRow;
use crate::error::StoreError;
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, fetch};

const DOING: &str = "reading sequences";
/// Most chains read at once.
const MOST: usize = 1_000;

/// A chain as it stood at the end of a day on which it went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainRow {
    /// The same for the same chain on every day: made from subject, sequence and beginning.
    pub id: String,
    /// Whose.
    pub subject: SubjectId,
    /// Its steps, as JSON.
    pub body: String,
}

impl ChainRow {
    pub(crate) fn cells(self, day: Day) -> Vec<Cell> {
        vec![
            Cell::Text(self.id),
            Cell::Text(self.subject.0),
            Cell::Int(i64::from(day.0)),
            Cell::Text(self.body),
        ]
    }
}

impl Store {
    /// All parts of all accounts' marks on a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn marks_for_day(&self, day: Day) -> Result<Vec<ActivityRow>, StoreError> {
        let text = "SELECT account, body FROM marks WHERE day = $1 ORDER BY account, batch_id".to_owned();
        fetch(&self.pool, text, vec![Cell::Int(i64::from(day.0))], DOING)
            .await?
            .iter()
            .map(|r| {
                Ok(ActivityRow {
                    account: r.text(0)?,
                    day,
                    body: r.blob(1)?,
                })
            })
            .collect()
    }

    /// A subject's chains of the days `from` to `to`, latest day first, at most a thousand. A chain that went on on several days has a
    /// row of each.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chains_of(
        &self,
        subject: &SubjectId,
        from: Day,
        to: Day,
    ) -> Result<Vec<(Day, ChainRow)>, StoreError> {
        let mut filter = Where::default();
        filter.and("subject = ?", Cell::Text(subject.0.clone()));
        filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        filter.and("day <= ?", Cell::Int(i64::from(to.0)));
        let text = format!(
            "SELECT day, id, body FROM chains{} ORDER BY day DESC, id LIMIT {MOST}",
            filter.text()
        );
        fetch(&self.pool, text, filter.cells(), DOING)
            .await?
            .iter()
            .map(|r| {
                let row = ChainRow {
                    id: r.text(1)?,
                    subject: subject.clone(),
                    body: r.text(2)?,
                };
                Ok((Day(r.int(0)? as i32), row))
            })
            .collect()
    }
}
