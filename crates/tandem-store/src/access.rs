//! Tokens and sessions. Only hashes are stored.

use sqlx::any::AnyRow;
use tandem_domain::Timestamp;

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, fetch};

const DOING: &str = "checking who is asking";
const SESSION: &str =
    "SELECT hash, account, role, created, last_seen, expires, revoked, proved, way FROM sessions";

fn session(row: &AnyRow) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        hash: row.text(0)?,
        user: row.text(1)?,
        role: row.text(2)?,
        created: Timestamp(row.int(3)?),
        last_seen: Timestamp(row.int(4)?),
        expires: Timestamp(row.int(5)?),
        revoked: row.int(6)? != 0,
        proved: Timestamp(row.int(7)?),
        way: row.text(8)?,
    })
}

/// A session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// Hash of the token in the cookie.
    pub hash: String,
    /// Colleague.
    pub user: String,
    /// Role.
    pub role: String,
    /// When it began.
    pub created: Timestamp,
    /// Last request.
    pub last_seen: Timestamp,
    /// When it ends in any case.
    pub expires: Timestamp,
    /// Ended early.
    pub revoked: bool,
    /// When its owner last proved who they are; 0 for never.
    pub proved: Timestamp,
    /// How it began: `link`, `password`, `code`, `recovery`, `passkey` or `provider`.
    pub way: String,
}

/// What a one-time link was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignInTaken {
    /// Colleague.
    pub user: String,
    /// Role.
    pub role: String,
}

/// A token of the push endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    /// What it is for.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
}

impl Store {
    /// Adds a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_session(&self, session: &SessionRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO sessions (hash, account, role, created, last_seen, expires, revoked, proved, way) VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8)")
            .bind(&session.hash)
            .bind(&session.user)
            .bind(&session.role)
            .bind(session.created.0)
            .bind(session.last_seen.0)
            .bind(session.expires.0)
            .bind(session.proved.0)
            .bind(&session.way)
            .execute(&self.pool)
            .await
            .doing(DOING)
            .map(drop)
    }

    /// The session with that token hash.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session(&self, hash: &str) -> Result<Option<SessionRow>, StoreError> {
        let text = format!("{SESSION} WHERE hash = $1");
        let rows = fetch(&self.pool, text, vec![Cell::Text(hash.to_owned())], DOING).await?;
        rows.first().map(session).transpose()
    }

    /// The sessions of an account that have not ended at `now`, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn sessions_of(&self, account: &str, now: Timestamp) -> Result<Vec<SessionRow>, StoreError> {
        let text = format!(
            "{SESSION} WHERE account = $1 AND revoked = 0 AND expires > $2 ORDER BY created DESC, hash"
        );
        let cells = vec![Cell::Text(account.to_owned()), Cell::Int(now.0)];
        let rows = fetch(&self.pool, text, cells, DOING).await?;
        rows.iter().map(session).collect()
    }

    /// Ends all sessions of an account but one; gives back how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_other_sessions(&self, account: &str, kept: &str) -> Result<u64, StoreError> {
        let done =
            sqlx::query("UPDATE sessions SET revoked = 1 WHERE account = $1 AND hash <> $2 AND revoked = 0")
                .bind(account)
                .bind(kept)
                .execute(&self.pool)
                .await
                .doing(DOING)?;
        Ok(done.rows_affected())
    }

    /// Notes a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn touch_session(&self, hash: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET last_seen = $1 WHERE hash = $2")
            .bind(now.0)
            .bind(hash)
            .execute(&self.pool)
            .await
            .doing(DOING)
            .map(drop)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_session(&self, hash: &str) -> Result<(), StoreError> {
        sqlx::query("UPDATE sessions SET revoked = 1 WHERE hash = $1")
            .bind(hash)
            .execute(&self.pool)
            .await
            .doing(DOING)
            .map(drop)
    }

    /// Adds a one-time sign-in token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_sign_in_token(
        &self,
        hash: &str,
        user: &str,
        role: &str,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO sign_in_tokens (hash, account, role, expires, used) VALUES ($1, $2, $3, $4, 0)",
        )
        .bind(hash)
        .bind(user)
        .bind(role)
        .bind(expires.0)
        .execute(&self.pool)
        .await
        .doing(DOING)
        .map(drop)
    }

    /// Takes a one-time token: the first caller gets it, everybody after gets nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_sign_in_token(
        &self,
        hash: &str,
        now: Timestamp,
    ) -> Result<Option<SignInTaken>, StoreError> {
        let row = sqlx::query("UPDATE sign_in_tokens SET used = 1 WHERE hash = $1 AND used = 0 AND expires > $2 RETURNING account, role")
            .bind(hash)
            .bind(now.0)
            .fetch_optional(&self.pool)
            .await
            .doing(DOING)?;
        row.map(|r| {
            Ok(SignInTaken {
                user: r.text(0)?,
                role: r.text(1)?,
            })
        })
        .transpose()
    }

    /// Adds a token for the push endpoint.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_ingest_token(&self, hash: &str, name: &str, now: Timestamp) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO ingest_tokens (hash, name, created, revoked) VALUES ($1, $2, $3, 0)")
            .bind(hash)
            .bind(name)
            .bind(now.0)
            .execute(&self.pool)
            .await
            .doing(DOING)
            .map(drop)
    }

    /// The push token with that hash, unless revoked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ingest_token(&self, hash: &str) -> Result<Option<TokenRow>, StoreError> {
        let row = sqlx::query("SELECT name, created FROM ingest_tokens WHERE hash = $1 AND revoked = 0")
            .bind(hash)
            .fetch_optional(&self.pool)
            .await
            .doing(DOING)?;
        row.map(|r| {
            Ok(TokenRow {
                name: r.text(0)?,
                created: Timestamp(r.int(1)?),
            })
        })
        .transpose()
    }

    /// Revokes a push token; true if it was valid until now.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_ingest_token(&self, hash: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("UPDATE ingest_tokens SET revoked = 1 WHERE hash = $1 AND revoked = 0")
            .bind(hash)
            .execute(&self.pool)
            .await
            .doing(DOING)?;
        Ok(done.rows_affected() == 1)
    }

    /// Forgets sessions and sign-in tokens that expired before `before`; gives back how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_expired(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut gone = 0;
        for statement in [
            "DELETE FROM sessions WHERE expires < $1",
            "DELETE FROM sign_in_tokens WHERE expires < $1",
            "DELETE FROM ceremonies WHERE expires < $1",
        ] {
            let done = sqlx::query(statement)
                .bind(before.0)
                .execute(&self.pool)
                .await
                .doing("forgetting expired sessions")?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }
}
