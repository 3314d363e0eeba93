//! Small settings and source rates.

use sqlx::AnyConnection;
use tandem_domain::{Day, Timestamp};

use crate::commit::SourceDay;
use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, Where, clean, fetch};

const DOING: &str = "reading settings";

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
        let mut connection = self.pool.acquire().await.doing("changing a setting")?;
        put_setting(&mut connection, name, value).await
    }

    /// The settings whose names begin so, by the rest of their names. `%` and `_` in the beginning stand for anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settings_under(&self, beginning: &str) -> Result<Vec<(String, String)>, StoreError> {
        let text = "SELECT name, value FROM settings WHERE name LIKE $1 ORDER BY name".to_owned();
        let cells = vec![Cell::Text(format!("{beginning}%"))];
        let mut found = Vec::new();
        for row in &fetch(&self.pool, text, cells, DOING).await? {
            let name = row.text(0)?;
            if let Some(rest) = name.strip_prefix(beginning) {
                found.push((rest.to_owned(), row.text(1)?));
            }
        }
        Ok(found)
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
}

/// Changes a setting as part of something larger.
pub(crate) async fn put_setting(
    connection: &mut AnyConnection,
    name: &str,
    value: &str,
) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
        .bind(name)
        .bind(clean(value))
        .execute(connection)
        .await
        .doing("changing a setting")
        .map(drop)
}
