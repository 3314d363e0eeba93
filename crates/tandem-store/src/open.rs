//! Opening and upgrading.

use std::fs::OpenOptions;
use std::path::Path;
use std::str::FromStr;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{Any, AnyConnection, AnyPool, AssertSqlSafe, Row, Transaction};

use crate::error::{Doing, StoreError};
use crate::migrations::{MIGRATIONS, statements};

/// Connections kept open at most.
const CONNECTIONS: u32 = 8;

/// Keeps two programs from upgrading one PostgreSQL database at once.
const UPGRADE_LOCK: &str = "SELECT pg_advisory_xact_lock(7420817001)";

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
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
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

    /// A transaction that writes. SQLite must know that from the start: one that reads first and writes later fails if
    /// somebody else wrote in between, instead of waiting.
    pub(crate) async fn begin(&self, doing: &'static str) -> Result<Transaction<'static, Any>, StoreError> {
        let begin = if self.postgres { "BEGIN" } else { "BEGIN IMMEDIATE" };
        self.pool.begin_with(begin).await.doing(doing)
    }

    async fn migrate(&self) -> Result<(), StoreError> {
        let mut tx = self.begin("upgrading").await?;
        if self.postgres {
            sqlx::query(UPGRADE_LOCK)
                .execute(&mut *tx)
                .await
                .doing("upgrading")?;
        }
        sqlx::query("CREATE TABLE IF NOT EXISTS tandem_schema (version BIGINT NOT NULL)")
            .execute(&mut *tx)
            .await
            .doing("upgrading")?;
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
            "PRAGMA busy_timeout = 30000",
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA cache_size = -2048",
            "PRAGMA temp_store = MEMORY",
        ]
    };
    for statement in statements {
        sqlx::query(*statement).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Makes the file and its folder if they are missing, and gives the address under which the driver opens it. The file holds
/// who is behind a pseudonym, so only its owner may read it; SQLite gives its log files the same rights.
fn sqlite_address(url: &str) -> Result<String, StoreError> {
    let wrong = || StoreError::Address(redacted(url));
    let path = url.strip_prefix("sqlite:").ok_or_else(wrong)?;
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        return Err(wrong());
    }
    let failed = |e: std::io::Error| StoreError::Database {
        doing: "making its file",
        source: e.into(),
    };
    let path = Path::new(path);
    if let Some(dir) = path.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        std::fs::create_dir_all(dir).map_err(failed)?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(failed)?;
    let text = path.to_string_lossy();
    let escaped = text.replace('%', "%25").replace('?', "%3F").replace('#', "%23");
    Ok(format!("sqlite://{escaped}?mode=rw"))
}

/// The address without what could be a password.
fn redacted(url: &str) -> String {
    match url.rsplit_once('@') {
        Some((_, rest)) => format!("…@{rest}"),
        None => url.to_owned(),
    }
}
