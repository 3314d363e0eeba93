//! One's own account: what proves who one is, and where one is signed in.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_store::{ColleagueRow, CredentialRow, SessionRow};
use utoipa::ToSchema;

use super::body;
use super::oidc::{PROVIDER, ProviderBody};
use super::passkey::{NewPasskey, PASSKEY, PasskeyOptions, live};
use super::password::PASSWORD;
use super::second::{CodeSignIn, EnrolmentView, RECOVERY, RecoveryView, TOTP, left};
use crate::app::App;
use crate::http::error::ApiError;

/// The ways in that this installation offers.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInWays {
    /// Name of the organisation.
    pub company: String,
    /// By account and password.
    pub password: bool,
    /// By passkey.
    pub passkey: bool,
    /// Why there are no passkeys.
    pub passkey_off: Option<String>,
    /// By the company's identity provider, at `/sign-in/oidc`.
    pub provider: bool,
}

/// A new password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// As typed.
    pub password: String,
}

impl std::fmt::Debug for NewPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewPassword(…)")
    }
}

/// One proof of who somebody is.
#[derive(Debug, Serialize, ToSchema)]
pub struct CredentialView {
    /// Id, to remove it by.
    pub id: String,
    /// `password`, `totp`, `recovery`, `passkey` or `provider`.
    pub kind: String,
    /// What its owner calls it, or whose it is.
    pub name: String,
    /// When it was made, RFC 3339.
    pub created: String,
    /// When it was used last, RFC 3339.
    pub last_used: Option<String>,
    /// Recovery codes that are left.
    pub left: Option<u32>,
}

/// One place where somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionItem {
    /// Id, to end it by.
    pub id: String,
    /// `link`, `password`, `code`, `recovery`, `passkey` or `provider`.
    pub way: String,
    /// When it began, RFC 3339.
    pub began: String,
    /// Its last request, to the minute, RFC 3339.
    pub last_seen: String,
    /// This one.
    pub current: bool,
}

/// One's own account.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountView {
    /// Account name.
    pub account: String,
    /// Role.
    pub role: String,
    /// `it`, `corporate` or null.
    pub department: Option<String>,
    /// Until when credentials can be changed without a new proof, RFC 3339; null if a new one is needed now.
    pub fresh_until: Option<String>,
    /// What proves who one is.
    pub credentials: Vec<CredentialView>,
    /// Where one is signed in.
    pub sessions: Vec<SessionItem>,
    /// The ways in that this installation offers.
    pub ways: SignInWays,
}

/// Somebody who is signed in, asking about themselves.
#[derive(Debug, Clone, Copy)]
pub struct Own<'a> {
    /// Account.
    pub account: &'a str,
    /// Hash of the session.
    pub session: &'a str,
    /// When its owner last proved who they are.
    pub proved: Timestamp,
}

/// A session's id is the beginning of its hash: enough to tell it from others, of no use to anybody else.
fn session_id(hash: &str) -> String {
    hash.chars().take(16).collect()
}

fn credential_view(row: &CredentialRow) -> Option<CredentialView> {
    let name = match row.kind.as_str() {
        PASSKEY => live(row)?.name,
        PROVIDER => body::<ProviderBody>(row).ok()?.issuer,
        PASSWORD => "Password".to_owned(),
        TOTP => "Authenticator app".to_owned(),
        RECOVERY => "Recovery codes".to_owned(),
        _ => return None,
    };
    let left = (row.kind == RECOVERY).then(|| left(row)).flatten();
    Some(CredentialView {
        id: row.id.clone(),
        kind: row.kind.clone(),
        name,
        created: row.created.to_string(),
        last_used: row.last_used.map(|at| at.to_string()),
        left: left.and_then(|n| u32::try_from(n).ok()),
    })
}

impl App {
    /// The ways in that this installation offers.
    pub fn ways(&self) -> SignInWays {
        SignInWays {
            company: self.config.home.company.clone(),
            password: true,
            passkey: self.sign_in.party.is_ok(),
            passkey_off: self.sign_in.party.as_ref().err().cloned(),
            provider: self.has_provider(),
        }
    }

    /// Refuses a change of credentials without a fresh proof.
    ///
    /// # Errors
    /// Forbidden, with what to do.
    pub fn fresh(&self, proved: Timestamp) -> Result<(), ApiError> {
        let now = crate::pipeline::now();
        self.sign_in.rules.need_fresh(proved, now).map_err(|needed| {
            ApiError::new(
                StatusCode::FORBIDDEN,
                "prove_again",
                needed.to_string(),
                "sign in again; who has nothing but one-time links opens a new one",
            )
        })
    }

    /// The account itself, for a change that needs a fresh proof.
    async fn changing(&self, own: Own<'_>) -> Result<ColleagueRow, ApiError> {
        self.fresh(own.proved)?;
        self.able(own.account).await?.ok_or_else(ApiError::unauthorised)
    }

    /// One's own account.
    ///
    /// # Errors
    /// Of the store.
    pub async fn account(&self, own: Own<'_>) -> Result<AccountView, ApiError> {
        let now = crate::pipeline::now();
        let colleague = self.able(own.account).await?.ok_or_else(ApiError::unauthorised)?;
        let rules = self.sign_in.rules;
        let idle = |session: &SessionRow| now.0 - session.last_seen.0 > rules.idle;
        let sessions = self.store.sessions_of(own.account, now).await?;
        let fresh = rules.is_fresh(own.proved, now);
        Ok(AccountView {
            account: colleague.account,
            role: colleague.role.as_str().to_owned(),
            department: colleague
                .role
                .department()
                .or(colleague.department)
                .map(|d| d.as_str().to_owned()),
            fresh_until: fresh.then(|| own.proved.plus_micros(rules.fresh).to_string()),
            credentials: self
                .store
                .credentials(own.account)
                .await?
                .iter()
                .filter_map(credential_view)
                .collect(),
            sessions: sessions
                .iter()
                .filter(|session| !idle(session))
                .map(|session| SessionItem {
                    id: session_id(&session.hash),
                    way: session.way.clone(),
                    began: session.created.to_string(),
                    last_seen: session.last_seen.to_string(),
                    current: session.hash == own.session,
                })
                .collect(),
            ways: self.ways(),
        })
    }

    /// Sets the password; ends all other sessions.
    ///
    /// # Errors
    /// No fresh proof; a weak password; of the store.
    pub async fn change_password(&self, own: Own<'_>, asked: &NewPassword) -> Result<(), ApiError> {
        let colleague = self.changing(own).await?;
        self.set_password(&colleague, &asked.password).await?;
        self.store.revoke_other_sessions(own.account, own.session).await?;
        Ok(())
    }

    /// Begins enrolling an authenticator app.
    ///
    /// # Errors
    /// No fresh proof; no password to go with it; of the store.
    pub async fn enrol_codes(&self, own: Own<'_>) -> Result<EnrolmentView, ApiError> {
        let colleague = self.changing(own).await?;
        self.need_password(own.account).await?;
        self.begin_codes(&colleague.account)
    }

    /// Enrols the authenticator app that shows the right code.
    ///
    /// # Errors
    /// No fresh proof; a wrong code; of the store.
    pub async fn finish_codes(&self, own: Own<'_>, asked: &CodeSignIn) -> Result<RecoveryView, ApiError> {
        let colleague = self.changing(own).await?;
        self.need_password(own.account).await?;
        self.confirm_codes(&colleague, asked).await
    }

    async fn need_password(&self, account: &str) -> Result<(), ApiError> {
        if self.password_of(account).await?.is_some() {
            return Ok(());
        }
        Err(ApiError::bad(
            "no_password",
            "one-time codes go with a password",
            "set a password first",
        ))
    }

    /// Makes new recovery codes.
    ///
    /// # Errors
    /// No fresh proof; no one-time codes to recover from; of the store.
    pub async fn renew_recovery(&self, own: Own<'_>) -> Result<RecoveryView, ApiError> {
        let colleague = self.changing(own).await?;
        if !self.has_codes(own.account).await? {
            return Err(ApiError::bad(
                "no_codes",
                "recovery codes stand in for one-time codes",
                "set up an authenticator app first",
            ));
        }
        self.new_recovery(&colleague).await
    }

    /// Begins registering a passkey.
    ///
    /// # Errors
    /// No fresh proof; passkeys are off; too many; of the store.
    pub async fn enrol_passkey(&self, own: Own<'_>) -> Result<PasskeyOptions, ApiError> {
        let colleague = self.changing(own).await?;
        self.begin_passkey(&colleague).await
    }

    /// Registers a passkey.
    ///
    /// # Errors
    /// No fresh proof; every way in which WebAuthn refuses; of the store.
    pub async fn add_passkey(&self, own: Own<'_>, asked: &NewPasskey) -> Result<(), ApiError> {
        let colleague = self.changing(own).await?;
        self.finish_passkey(&colleague, asked).await
    }

    /// Removes a credential. With the authenticator app go its recovery codes; with the password, both.
    ///
    /// # Errors
    /// No fresh proof; no such credential; a password too short to stand alone; of the store.
    pub async fn drop_credential(&self, own: Own<'_>, id: &str) -> Result<(), ApiError> {
        let colleague = self.changing(own).await?;
        let rows = self.store.credentials(own.account).await?;
        let row = rows
            .iter()
            .find(|row| row.id == id)
            .ok_or_else(|| ApiError::not_found("credential"))?;
        // The app before the password would leave a short password alone for a moment.
        let kinds: &[&str] = match row.kind.as_str() {
            PASSWORD => &[PASSWORD, TOTP, RECOVERY],
            TOTP => {
                self.stands_alone(own.account).await?;
                &[TOTP, RECOVERY]
            }
            _ => &[],
        };
        if row.kind == PASSKEY {
            self.revoke_passkey(&colleague, row).await?;
        } else {
            self.store.remove_credential(own.account, id).await?;
        }
        for kind in kinds {
            for row in rows.iter().filter(|row| row.kind == *kind) {
                self.store.remove_credential(own.account, &row.id).await?;
            }
        }
        self.note(&colleague, "credential.remove", &row.kind).await
    }

    /// Refuses to take the second factor from a password that is too short to be the only one.
    async fn stands_alone(&self, account: &str) -> Result<(), ApiError> {
        let password = self.password_of(account).await?;
        if password.is_none_or(|(_, body)| body.alone) {
            return Ok(());
        }
        Err(ApiError::bad(
            "weak_password",
            "the password is too short to be enough alone",
            "set one of 15 characters or more first",
        ))
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// No such session; of the store.
    pub async fn end_session(&self, own: Own<'_>, id: &str) -> Result<(), ApiError> {
        let now = crate::pipeline::now();
        let colleague = self.able(own.account).await?.ok_or_else(ApiError::unauthorised)?;
        let sessions = self.store.sessions_of(own.account, now).await?;
        let session = sessions
            .iter()
            .find(|session| session_id(&session.hash) == id)
            .ok_or_else(|| ApiError::not_found("session"))?;
        self.store.revoke_session(&session.hash).await?;
        self.note(&colleague, "session.end", &session.way).await
    }
}
