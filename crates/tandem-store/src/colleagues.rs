//! The people who work with Tandem, and how they prove who they are. Secrets arrive here hashed or sealed.

use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use tandem_domain::{Department, Role, SubjectId, Timestamp};

use crate::error::{Doing, StoreError};
use crate::open::Store;
use crate::sql::{Cell, Columns, clean, fetch};

const READING: &str = "reading who works with Tandem";
const CHANGING: &str = "changing who works with Tandem";

/// Somebody who may sign in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColleagueRow {
    /// Account name.
    pub account: String,
    /// Role.
    pub role: Role,
    /// Department; an approver has one beside the role.
    pub department: Option<Department>,
    /// Their own pseudonym, so that nobody works on a case about themselves.
    pub subject: Option<SubjectId>,
    /// May not sign in any more.
    pub disabled: bool,
    /// When the account was made.
    pub created: Timestamp,
    /// Further settings as JSON: chat accounts, mail address, functions in the RACI matrix, absences.
    pub body: String,
}

/// One proof of who somebody is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialRow {
    /// Its id.
    pub id: String,
    /// Whose.
    pub account: String,
    /// `password`, `totp`, `recovery`, `passkey` or `provider`.
    pub kind: String,
    /// When it was made.
    pub created: Timestamp,
    /// When it was used last.
    pub last_used: Option<Timestamp>,
    /// Hash, sealed secret or public key as JSON.
    pub body: String,
}

const COLLEAGUE: &str = "SELECT account, role, department, subject, disabled, created, body FROM colleagues";
const CREDENTIAL: &str = "SELECT id, account, kind, created, last_used, body FROM credentials";

/// A colleague whose role this program does not know may do nothing: the row is left out.
fn colleague(row: &AnyRow) -> Result<Option<ColleagueRow>, StoreError> {
    let Some(role) = Role::parse(&row.text(1)?) else {
        return Ok(None);
    };
    Ok(Some(ColleagueRow {
        account: row.text(0)?,
        role,
        department: row.maybe_text(2)?.as_deref().and_then(Department::parse),
        subject: row.maybe_text(3)?.map(SubjectId),
        disabled: row.int(4)? != 0,
        created: Timestamp(row.int(5)?),
        body: row.text(6)?,
    }))
}

fn credential(row: &AnyRow) -> Result<CredentialRow, StoreError> {
    Ok(CredentialRow {
        id: row.text(0)?,
        account: row.text(1)?,
        kind: row.text(2)?,
        created: Timestamp(row.int(3)?),
        last_used: row.maybe_int(4)?.map(Timestamp),
        body: row.text(5)?,
    })
}

impl Store {
    /// Adds a colleague or changes one; the date of creation stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_colleague(&self, row: &ColleagueRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO colleagues (account, role, department, subject, disabled, created, body) VALUES ($1, $2, $3, $4, $5, $6, $7) \
                     ON CONFLICT (account) DO UPDATE SET role = excluded.role, department = excluded.department, subject = excluded.subject, disabled = excluded.disabled, body = excluded.body")
            .bind(clean(&row.account))
            .bind(row.role.as_str())
            .bind(row.department.map(Department::as_str))
            .bind(row.subject.as_ref().map(|s| s.0.clone()))
            .bind(i64::from(row.disabled))
            .bind(row.created.0)
            .bind(clean(&row.body))
            .execute(&self.pool)
            .await
            .doing(CHANGING)
            .map(drop)
    }

    /// One colleague.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn colleague(&self, account: &str) -> Result<Option<ColleagueRow>, StoreError> {
        let text = format!("{COLLEAGUE} WHERE account = $1");
        let rows = fetch(&self.pool, text, vec![Cell::Text(account.to_owned())], READING).await?;
        Ok(rows.first().map(colleague).transpose()?.flatten())
    }

    /// Every colleague by account name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn colleagues(&self) -> Result<Vec<ColleagueRow>, StoreError> {
        let rows = fetch(
            &self.pool,
            format!("{COLLEAGUE} ORDER BY account"),
            Vec::new(),
            READING,
        )
        .await?;
        rows.iter().filter_map(|row| colleague(row).transpose()).collect()
    }

    /// Ends all sessions of an account.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_sessions_of(&self, account: &str) -> Result<u64, StoreError> {
        let done = sqlx::query("UPDATE sessions SET revoked = 1 WHERE account = $1 AND revoked = 0")
            .bind(account)
            .execute(&self.pool)
            .await
            .doing(CHANGING)?;
        Ok(done.rows_affected())
    }

    /// Adds a credential or replaces the one with that id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_credential(&self, row: &CredentialRow) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO credentials (id, account, kind, created, last_used, body) VALUES ($1, $2, $3, $4, $5, $6) \
                     ON CONFLICT (id) DO UPDATE SET created = excluded.created, last_used = excluded.last_used, body = excluded.body")
            .bind(&row.id)
            .bind(clean(&row.account))
            .bind(&row.kind)
            .bind(row.created.0)
            .bind(row.last_used.map(|at| at.0))
            .bind(&row.body)
            .execute(&self.pool)
            .await
            .doing(CHANGING)
            .map(drop)
    }

    /// Adds a credential; false, and nothing is changed, if its id is taken.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn add_credential(&self, row: &CredentialRow) -> Result<bool, StoreError> {
        let done = sqlx::query("INSERT INTO credentials (id, account, kind, created, last_used, body) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING")
            .bind(&row.id)
            .bind(clean(&row.account))
            .bind(&row.kind)
            .bind(row.created.0)
            .bind(row.last_used.map(|at| at.0))
            .bind(&row.body)
            .execute(&self.pool)
            .await
            .doing(CHANGING)?;
        Ok(done.rows_affected() == 1)
    }

    /// Puts a new body in the place of one that is still as it was read. False if somebody was faster: what can be used once
    /// is then used.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn use_credential(
        &self,
        before: &CredentialRow,
        body: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done =
            sqlx::query("UPDATE credentials SET body = $1, last_used = $2 WHERE id = $3 AND body = $4")
                .bind(body)
                .bind(now.0)
                .bind(&before.id)
                .bind(&before.body)
                .execute(&self.pool)
                .await
                .doing(CHANGING)?;
        Ok(done.rows_affected() == 1)
    }

    /// The credentials of an account, oldest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credentials(&self, account: &str) -> Result<Vec<CredentialRow>, StoreError> {
        let text = format!("{CREDENTIAL} WHERE account = $1 ORDER BY created, id");
        let rows = fetch(&self.pool, text, vec![Cell::Text(account.to_owned())], READING).await?;
        rows.iter().map(credential).collect()
    }

    /// The credential with that id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn credential(&self, id: &str) -> Result<Option<CredentialRow>, StoreError> {
        let rows = fetch(
            &self.pool,
            format!("{CREDENTIAL} WHERE id = $1"),
            vec![Cell::Text(id.to_owned())],
            READING,
        )
        .await?;
        rows.first().map(credential).transpose()
    }

    /// Takes a credential away; true if it was there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn remove_credential(&self, account: &str, id: &str) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM credentials WHERE account = $1 AND id = $2")
            .bind(account)
            .bind(id)
            .execute(&self.pool)
            .await
            .doing(CHANGING)?;
        Ok(done.rows_affected() == 1)
    }

    /// Keeps the server's half of a ceremony (a passkey, a sign-in elsewhere) until it is taken or expires.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_ceremony(&self, id: &str, expires: Timestamp, body: &str) -> Result<(), StoreError> {
        sqlx::query("INSERT INTO ceremonies (id, expires, body) VALUES ($1, $2, $3)")
            .bind(id)
            .bind(expires.0)
            .bind(body)
            .execute(&self.pool)
            .await
            .doing(CHANGING)
            .map(drop)
    }

    /// Takes a ceremony: the first caller gets it, everybody after gets nothing.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take_ceremony(&self, id: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let row = sqlx::query("DELETE FROM ceremonies WHERE id = $1 RETURNING body, expires")
            .bind(id)
            .fetch_optional(&self.pool)
            .await
            .doing(CHANGING)?;
        let Some(row) = row else { return Ok(None) };
        let body = row.text(0)?;
        Ok((row.int(1)? > now.0).then_some(body))
    }

    /// True if that mark was taken and is still remembered.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_marked(&self, id: &str) -> Result<bool, StoreError> {
        let text = "SELECT id FROM ceremonies WHERE id = $1".to_owned();
        let rows = fetch(&self.pool, text, vec![Cell::Text(id.to_owned())], READING).await?;
        Ok(!rows.is_empty())
    }
}

/// Takes a mark as part of something larger; it stands beside the ceremonies, which are taken once too.
pub(crate) async fn mark(tx: &mut AnyConnection, id: &str, until: Timestamp) -> Result<(), StoreError> {
    let done = sqlx::query(
        "INSERT INTO ceremonies (id, expires, body) VALUES ($1, $2, '') ON CONFLICT (id) DO NOTHING",
    )
    .bind(id.to_owned())
    .bind(until.0)
    .execute(tx)
    .await
    .doing(CHANGING)?;
    if done.rows_affected() == 1 {
        return Ok(());
    }
    Err(StoreError::Conflict {
        kind: "request",
        id: id.to_owned(),
    })
}
