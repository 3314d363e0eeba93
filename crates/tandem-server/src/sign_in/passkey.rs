//! Passkeys: registering one, and signing in with it.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tandem_sign_in::Bytes;
use tandem_sign_in::passkey::{
    AssertionResponse, Passkey, PasskeyError, RegistrationResponse, RegistrationState, Revoked,
};
use tandem_store::{ColleagueRow, CredentialRow};
use utoipa::ToSchema;

use super::{Beginning, Cookies, Visitor, Way, body, held, json, random};
use crate::app::App;
use crate::http::error::ApiError;
use crate::secret;

/// Kind of the credential.
pub(super) const PASSKEY: &str = "passkey";

/// A registration under way.
pub(super) struct Registering {
    account: String,
    state: RegistrationState,
}

/// A begun ceremony.
#[derive(Serialize, ToSchema)]
pub struct PasskeyOptions {
    /// To be given back with the browser's answer.
    pub ceremony: String,
    /// For `PublicKeyCredential.parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    pub options: Value,
}

/// The browser's answer to a registration.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// As it was given.
    pub ceremony: String,
    /// What its owner calls it.
    pub name: String,
    /// `credential.toJSON()`.
    #[schema(value_type = Object)]
    pub credential: RegistrationResponse,
}

/// The browser's answer at a sign-in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    /// As it was given.
    pub ceremony: String,
    /// `credential.toJSON()`.
    #[schema(value_type = Object)]
    pub credential: AssertionResponse,
}

/// The id under which a passkey is stored; the authenticator's own may be very long.
fn stored_id(id: &Bytes) -> Result<String, ApiError> {
    Ok(format!("{PASSKEY}-{}", secret::token_hash(&json(id)?)))
}

/// A refused registration.
fn not_added(error: &PasskeyError) -> ApiError {
    ApiError::bad("passkey", error.to_string(), "begin again, or use another device")
}

/// A refused sign-in. The texts name no account.
fn not_signed_in(error: &PasskeyError) -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "passkey",
        error.to_string(),
        "try again, or sign in another way",
    )
}

/// A passkey in a credential's row that is in use.
pub(super) fn live(row: &CredentialRow) -> Option<Passkey> {
    let passkey: Passkey = (row.kind == PASSKEY).then(|| body(row).ok()).flatten()?;
    passkey.revoked.is_none().then_some(passkey)
}

impl App {
    /// Begins registering a passkey for a colleague.
    ///
    /// # Errors
    /// Passkeys are off; too many of them; of the store.
    pub(super) async fn begin_passkey(&self, colleague: &ColleagueRow) -> Result<PasskeyOptions, ApiError> {
        let party = self.sign_in.party()?;
        let now = crate::pipeline::now();
        let account = colleague.account.as_str();
        let rows = self.store.credentials(account).await?;
        let existing: Vec<Passkey> = rows
            .iter()
            .filter(|row| row.kind == PASSKEY)
            .map(body)
            .collect::<Result<_, _>>()?;
        let handle = match existing.first() {
            Some(passkey) => passkey.handle.0.clone(),
            None => random::<32>()?.to_vec(),
        };
        let (options, state) = party
            .begin_registration((handle.as_slice(), account, account), &existing, random()?, now)
            .map_err(|error| not_added(&error))?;
        let (ceremony, _) = secret::new_token()?;
        let registering = Registering {
            account: account.to_owned(),
            state,
        };
        held(&self.sign_in.registrations).put(&ceremony, registering, now);
        Ok(PasskeyOptions {
            ceremony,
            options: serde_json::to_value(options)?,
        })
    }

    /// Finishes registering a passkey.
    ///
    /// # Errors
    /// Every way in which WebAuthn refuses; of the store.
    pub(super) async fn finish_passkey(
        &self,
        colleague: &ColleagueRow,
        asked: &NewPasskey,
    ) -> Result<(), ApiError> {
        let party = self.sign_in.party()?;
        let now = crate::pipeline::now();
        let taken = held(&self.sign_in.registrations).take(&asked.ceremony, now);
        let begun = taken
            .filter(|begun| begun.account == colleague.account)
            .ok_or_else(|| not_added(&PasskeyError::Expired))?;
        let passkey = party
            .finish_registration(begun.state, &asked.credential, &asked.name, now)
            .map_err(|error| not_added(&error))?;
        let added = self
            .store
            .add_credential(&CredentialRow {
                id: stored_id(&passkey.id)?,
                account: colleague.account.clone(),
                kind: PASSKEY.to_owned(),
                created: now,
                last_used: None,
                body: json(&passkey)?,
            })
            .await?;
        if !added {
            return Err(not_added(&PasskeyError::Malformed(
                "the credential is registered already",
            )));
        }
        self.note(colleague, "credential.add", PASSKEY).await
    }

    /// Begins a sign-in with a passkey. It names no account, so nobody learns which exist.
    ///
    /// # Errors
    /// Passkeys are off; no randomness.
    pub fn begin_passkey_sign_in(&self) -> Result<PasskeyOptions, ApiError> {
        let now = crate::pipeline::now();
        let (options, state) = self.sign_in.party()?.begin_sign_in(random()?, now);
        let (ceremony, _) = secret::new_token()?;
        held(&self.sign_in.logins).put(&ceremony, state, now);
        Ok(PasskeyOptions {
            ceremony,
            options: serde_json::to_value(options)?,
        })
    }

    /// Finishes a sign-in with a passkey.
    ///
    /// # Errors
    /// Every way in which WebAuthn refuses, a counter that went back among them; of the store.
    pub async fn sign_in_by_passkey(
        &self,
        visitor: &Visitor,
        asked: &PasskeySignIn,
    ) -> Result<Cookies, ApiError> {
        let party = self.sign_in.party()?;
        let now = crate::pipeline::now();
        let state = held(&self.sign_in.logins)
            .take(&asked.ceremony, now)
            .ok_or_else(|| not_signed_in(&PasskeyError::Expired))?;
        let row = self
            .store
            .credential(&stored_id(&asked.credential.raw_id)?)
            .await?;
        let passkey = row.as_ref().and_then(live);
        let colleague = match &row {
            Some(row) => self.able(&row.account).await?,
            None => None,
        };
        let unknown = || not_signed_in(&PasskeyError::Unknown);
        let asserted = match party.finish_login(state, &asked.credential, passkey.as_ref(), now) {
            Ok(asserted) => asserted,
            Err(error) => {
                if let Some(colleague) = &colleague {
                    let what = if matches!(error, PasskeyError::Counter { .. }) {
                        "passkey: the counter went back"
                    } else {
                        PASSKEY
                    };
                    self.refused(Some(colleague), what).await?;
                }
                return Err(not_signed_in(&error));
            }
        };
        let (Some(row), Some(passkey), Some(colleague)) = (row, passkey, colleague) else {
            return Err(unknown());
        };
        // Somebody may have been faster with the same counter.
        let used = json(&passkey.used(&asserted, now))?;
        if !self.store.use_credential(&row, &used, now).await? {
            return Err(unknown());
        }
        self.begin_session(&Beginning {
            colleague: &colleague,
            way: Way::Passkey,
            proved: true,
            before: visitor.session.as_deref(),
            device: None,
        })
        .await
    }

    /// Takes a passkey out of use; its id is never registered again.
    ///
    /// # Errors
    /// Of the store.
    pub(super) async fn revoke_passkey(
        &self,
        colleague: &ColleagueRow,
        row: &CredentialRow,
    ) -> Result<(), ApiError> {
        let now = crate::pipeline::now();
        let passkey: Passkey = body(row)?;
        let revoked = passkey.revoke(Revoked {
            at: now,
            who: colleague.account.clone(),
            why: "removed by its owner".to_owned(),
        });
        let last_used = row.last_used;
        self.store
            .put_credential(&CredentialRow {
                body: json(&revoked)?,
                last_used,
                ..row.clone()
            })
            .await?;
        Ok(())
    }
}
