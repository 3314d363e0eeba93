//! Small settings, source rates, and the record of looks.

use tandem_domain::{Day, Timestamp};

use crate::commit::SourceDay;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, clean, count, fetch};

const DOING: &str = "reading settings";

/// Somebody looked at a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookRow {
    /// When.
    pub at: Timestamp,
    /// Colleague.
    pub who: String,
    /// Their role.
    pub role: String,
    /// Pseudonym.
    pub subject: String,
    /// What was looked at.
    pub what: String,
}

impl Store {
    /// A setting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(&self.pool)
            .await
            .doing(DOING)?;
        row.map(|r| r.text(0)).transpose()
    }

    /// Changes a setting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_setting(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            .bind(name)
            .bind(value)
            .execute(&self.pool)
            .await
            .doing("changing a setting")
            .map(drop)
    }

    /// Rates of every source on days from `from` on, with when each last brought something.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn source_days(&self, from: Option<Day>) -> Result<Vec<(SourceDay, Timestamp)>, StoreError> {
        let mut filter = Where::default();
        if let Some(from) = from {
            filter.and("day >= ?", Cell::Int(i64::from(from.0)));
        }
        let text = format!(
            "SELECT source, day, events, rejects, bytes, first_time, last_time, received FROM source_days{} ORDER BY source, day",
            filter.text()
        );
        fetch(&self.pool, text, filter.cells(), DOING)
            .await?
            .iter()
            .map(|r| {
                let day = SourceDay {
                    source: r.text(0)?,
                    day: Day(r.int(1)? as i32),
                    events: r.int(2)?.unsigned_abs(),
                    rejects: r.int(3)?.unsigned_abs(),
                    bytes: r.int(4)?.unsigned_abs(),
                    first: r.maybe_int(5)?.map(Timestamp),
                    last: r.maybe_int(6)?.map(Timestamp),
                };
                Ok((day, Timestamp(r.int(7)?)))
            })
            .collect()
    }

    /// How many events a source has brought of a day.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn events_of(&self, source: &str, day: Day) -> Result<u64, StoreError> {
        let row = sqlx::query("SELECT events FROM source_days WHERE source = $1 AND day = $2")
            .bind(clean(source))
            .bind(i64::from(day.0))
            .fetch_optional(&self.pool)
            .await
            .doing(DOING)?;
        row.map_or(Ok(0), |row| Ok(row.int(0)?.unsigned_abs()))
    }

    /// Records a look at a subject.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_look(&self, look: &LookRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO looks (at, who, role, subject, what) VALUES ($1, $2, $3, $4, $5)")
            .bind(look.at.0)
            .bind(clean(&look.who))
            .bind(clean(&look.role))
            .bind(clean(&look.subject))
            .bind(clean(&look.what))
            .execute(&self.pool)
            .await
            .doing("recording a look")
            .map(drop)
    }

    /// The looks at a subject, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn looks_at(&self, subject: &str, limit: usize) -> Result<Vec<LookRow>, StoreError> {
        let text =
            "SELECT at, who, role, subject, what FROM looks WHERE subject = $1 ORDER BY id DESC LIMIT $2"
                .to_owned();
        fetch(
            &self.pool,
            text,
            vec![Cell::Text(subject.to_owned()), count(limit)],
            DOING,
        )
        .await?
        .iter()
        .map(|r| {
            Ok(LookRow {
                at: Timestamp(r.int(0)?),
                who: r.text(1)?,
                role: r.text(2)?,
                subject: r.text(3)?,
                what: r.text(4)?,
            })
        })
        .collect()
    }
}
