//! Opening and upgrading.

use std::path::Path;
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Row};

use crate::error::{Doing, StoreError};
use crate::migrations::{MIGRATIONS, statements};

/// The state database. Cloning is cheap and gives another handle on the same pool.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) pool: AnyPool,
    pub(crate) postgres: bool,
}

impl Store {
    /// Opens `sqlite:PATH` (the file and its folder are made if missing) or `postgres://…`, and brings the schema up to date.
    ///
    /// # Errors
    /// [`StoreError`] when the address is unknown, the database cannot be reached, or a newer program wrote it.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        sqlx::any::install_default_drivers();
        let postgres = url.starts_with("postgres://") || url.starts_with("postgresql://");
        let address = if postgres {
            url.to_owned()
        } else {
            sqlite_address(url)?
        };
        let options =
            AnyConnectOptions::from_str(&address).map_err(|_| StoreError::Address(redacted(url)))?;
        let connections = if postgres { 8 } else { 4 };
        let pool = AnyPoolOptions::new()
            .max_connections(connections)
            .after_connect(move |connection, _| Box::pin(async move { prepare(connection, postgres).await }))
            .connect_with(options)
            .await
            .doing("connecting")?;
        let store = Self { pool, postgres };
        store.migrate().await?;
        Ok(store)
    }

    /// True if the database answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1")
            .execute(&self.pool)
            .await
            .doing("answering a ping")
            .map(drop)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await.doing("upgrading")?;
        sqlx::query("CREATE TABLE IF NOT EXISTS tandem_schema (version BIGINT NOT NULL)")
            .execute(&mut *tx)
            .await
            .doing("upgrading")?;
        if self.postgres {
            // Two programs that start at once must not both upgrade.
            sqlx::query("LOCK TABLE tandem_schema IN EXCLUSIVE MODE")
                .execute(&mut *tx)
                .await
                .doing("upgrading")?;
        }
        let row = sqlx::query("SELECT COALESCE(MAX(version), 0) FROM tandem_schema")
            .fetch_one(&mut *tx)
            .await
            .doing("upgrading")?;
        let found: i64 = row.try_get(0).doing("upgrading")?;
        let known = MIGRATIONS.len() as i64;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        for (index, text) in MIGRATIONS.iter().enumerate().skip(found as usize) {
            for statement in statements(text, self.postgres) {
                sqlx::query(AssertSqlSafe(statement))
                    .execute(&mut *tx)
                    .await
                    .doing("upgrading")?;
            }
            sqlx::query("INSERT INTO tandem_schema (version) VALUES ($1)")
                .bind(index as i64 + 1)
                .execute(&mut *tx)
                .await
                .doing("upgrading")?;
        }
        tx.commit().await.doing("upgrading")
    }
}

/// A commit must survive a kill and a power cut: full synchronisation; readers must not wait for the writer: write-ahead log.
async fn prepare(connection: &mut AnyConnection, postgres: bool) -> Result<(), sqlx::Error> {
    let statements: &[&'static str] = if postgres {
        &["SET application_name = 'tandem'"]
    } else {
        &[
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA busy_timeout = 30000",
            "PRAGMA temp_store = MEMORY",
        ]
    };
    for statement in statements {
        sqlx::query(*statement).execute(&mut *connection).await?;
    }
    Ok(())
}

fn sqlite_address(url: &str) -> Result<String, StoreError> {
    let path = url
        .strip_prefix("sqlite:")
        .ok_or_else(|| StoreError::Address(redacted(url)))?;
    let path = path.strip_prefix("//").unwrap_or(path);
    if let Some(dir) = Path::new(path).parent().filter(|dir| !dir.as_os_str().is_empty()) {
        std::fs::create_dir_all(dir).map_err(|e| StoreError::Database {
            doing: "making its folder",
            source: e.into(),
        })?;
    }
    Ok(format!("sqlite://{path}?mode=rwc"))
}

/// The address without what could be a password.
fn redacted(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => url.to_owned(),
    }
}
