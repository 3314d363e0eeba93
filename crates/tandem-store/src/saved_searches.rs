//! Searches that colleagues keep for themselves, or share with colleagues of the same role.

use sqlx::any::AnyRow;
use tandem_domain::{Role, Timestamp};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, clean, fetch};

const READING: &str = "reading saved searches";
const CHANGING: &str = "changing a saved search";
const COLUMNS: &str = "id, owner, role, name, shared, created, changed, rule, body";

/// A search that somebody keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearchRow {
    /// Its id.
    pub id: String,
    /// Account of the colleague who keeps it.
    pub owner: String,
    /// Their role when they kept it.
    pub role: Role,
    /// What it is called.
    pub name: String,
    /// Colleagues of the same role see it.
    pub shared: bool,
    /// When it was kept first.
    pub created: Timestamp,
    /// When it was changed last.
    pub changed: Timestamp,
    /// Id of the rule that was made of it.
    pub rule: Option<String>,
    /// Question, range, note and what the rule was made with, JSON.
    pub body: String,
}

/// A search whose role this program does not know is nobody's: the row is left out.
fn saved(row: &AnyRow) -> Result<Option<SavedSearchRow>, StoreError> {
    let Some(role) = Role::parse(&row.text(2)?) else {
        return Ok(None);
    };
    Ok(Some(SavedSearchRow {
        id: row.text(0)?,
        owner: row.text(1)?,
        role,
        name: row.text(3)?,
        shared: row.int(4)? != 0,
        created: Timestamp(row.int(5)?),
        changed: Timestamp(row.int(6)?),
        rule: row.maybe_text(7)?,
        body: row.text(8)?,
    }))
}

impl Store {
    /// Keeps a search, or changes the one with that id; its owner, their role and the date of creation stay.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_saved_search(&self, row: &SavedSearchRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO saved_searches (id, owner, role, name, shared, created, changed, rule, body) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
                     ON CONFLICT (id) DO UPDATE SET name = excluded.name, shared = excluded.shared, changed = excluded.changed, rule = excluded.rule, body = excluded.body")
            .bind(&row.id)
            .bind(clean(&row.owner))
            .bind(row.role.as_str())
            .bind(clean(&row.name))
            .bind(i64::from(row.shared))
            .bind(row.created.0)
            .bind(row.changed.0)
            .bind(row.rule.clone())
            .bind(clean(&row.body))
            .execute(&self.pool)
            .await
            .doing(CHANGING)
            .map(drop)
    }

    /// One saved search.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saved_search(&self, id: &str) -> Result<Option<SavedSearchRow>, StoreError> {
        let text = format!("SELECT {COLUMNS} FROM saved_searches WHERE id = $1");
        let rows = fetch(&self.pool, text, vec![Cell::Text(id.to_owned())], READING).await?;
        Ok(rows.first().map(saved).transpose()?.flatten())
    }

    /// The searches of a colleague, and those that colleagues of the same role share, by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn saved_searches(&self, owner: &str, role: Role) -> Result<Vec<SavedSearchRow>, StoreError> {
        let text = format!(
            "SELECT {COLUMNS} FROM saved_searches WHERE owner = $1 OR (role = $2 AND shared = 1) ORDER BY name, id"
        );
        let cells = vec![Cell::Text(owner.to_owned()), Cell::Text(role.as_str().to_owned())];
        let rows = fetch(&self.pool, text, cells, READING).await?;
        rows.iter().filter_map(|row| saved(row).transpose()).collect()
    }

    /// Forgets a saved search of a colleague; true if it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_saved_search(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM saved_searches WHERE id = $1 AND owner = $2")
            .bind(id)
            .bind(owner)
            .execute(&self.pool)
            .await
            .doing(CHANGING)?;
        Ok(done.rows_affected() == 1)
    }
}
