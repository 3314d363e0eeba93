//! Signing in through the company's identity provider.
//!
//! An account is known by the provider's issuer and `sub`. The first time, a person gets an account of their name; if somebody
//! has one of that name already, its owner signs in another way first and goes to the provider from there, which joins the two.

use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_sign_in::oidc::{Asking, Callback, FLOW_LIFE, OidcClient, OidcError, OidcFlow, Verified};
use tandem_sign_in::session::flow_cookie;
use tandem_store::{ColleagueRow, CredentialRow};

use super::{Beginning, Cookies, Way, body, held, json};
use crate::app::App;
use crate::asker;
use crate::http::error::ApiError;
use crate::secret;

/// Kind of the credential.
pub(super) const PROVIDER: &str = "provider";

/// A browser that is at the provider.
pub(super) struct Begun {
    flow: OidcFlow,
    /// Who was signed in when it went there. The browser does not send the session's cookie along when it comes back.
    signed: Option<SignedThen>,
}

/// Somebody who is signed in and goes to the provider.
#[derive(Debug, Clone)]
pub struct SignedThen {
    /// Account.
    pub account: String,
    /// Hash of the session.
    pub session: String,
    /// When its owner last proved who they are.
    pub proved: Timestamp,
}

/// A person at the provider, as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderBody {
    pub(super) issuer: String,
    pub(super) sub: String,
}

/// Where the browser goes, and the cookie that binds the answer to it.
pub struct Departure {
    /// Address at the provider.
    pub address: String,
    /// `Set-Cookie`.
    pub cookie: String,
}

fn refused(message: impl Into<String>, hint: &str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, "provider", message, hint)
}

fn failed(error: &OidcError) -> ApiError {
    tracing::warn!(%error, "a sign-in through the identity provider failed");
    let hint = match error {
        OidcError::NoRole { .. } => "ask whoever runs the identity provider to add you to a mapped group",
        OidcError::Provider { .. } | OidcError::Description(_) => {
            "try again in a moment, or sign in another way; the server's log names the cause"
        }
        _ => "begin again",
    };
    refused(error.to_string(), hint)
}

fn stored_id(issuer: &str, sub: &str) -> String {
    format!("{PROVIDER}-{}", secret::token_hash(&format!("{issuer}\0{sub}")))
}

impl App {
    fn provider(&self) -> Result<&OidcClient, ApiError> {
        self.sign_in.provider.as_ref().ok_or_else(|| {
            ApiError::bad(
                "no_provider",
                "there is no identity provider in the settings",
                "sign in another way; whoever runs Tandem can set `[oidc]`",
            )
        })
    }

    /// True if people can sign in through an identity provider.
    pub fn has_provider(&self) -> bool {
        self.sign_in.provider.is_some()
    }

    /// Sends a browser to the provider. Who is signed in already is asked there again, which is a fresh proof, or joins their
    /// account with the provider's.
    ///
    /// # Errors
    /// No provider; it cannot be reached; of the store.
    pub async fn begin_provider(&self, signed: Option<SignedThen>) -> Result<Departure, ApiError> {
        let client = self.provider()?;
        let now = crate::pipeline::now();
        let known = match &signed {
            Some(signed) => self.store.credentials(&signed.account).await?,
            None => Vec::new(),
        };
        let known = known.iter().find(|row| row.kind == PROVIDER);
        let asking = match known.map(body::<ProviderBody>).transpose()? {
            Some(stored) => Asking::StepUp { sub: stored.sub },
            None => Asking::SignIn,
        };
        let mut bytes = [0; 96];
        for part in bytes.chunks_exact_mut(32) {
            part.copy_from_slice(&secret::random()?);
        }
        let (address, flow) = client
            .begin(asking, &bytes, now)
            .await
            .map_err(|error| failed(&error))?;
        let (handle, _) = secret::new_token()?;
        held(&self.sign_in.flows).put(&handle, Begun { flow, signed }, now);
        let cookie =
            flow_cookie(&handle, FLOW_LIFE / MICROS_PER_SECOND).map_err(|e| ApiError::internal(&e))?;
        Ok(Departure {
            address: address.into(),
            cookie,
        })
    }

    /// Takes the browser back from the provider.
    ///
    /// # Errors
    /// Everything that can be wrong with the answer; no role; an account name that is taken; of the store.
    pub async fn finish_provider(
        &self,
        handle: Option<&str>,
        callback: &Callback,
    ) -> Result<Cookies, ApiError> {
        let client = self.provider()?;
        let now = crate::pipeline::now();
        let begun = handle.and_then(|handle| held(&self.sign_in.flows).take(handle, now));
        let Some(Begun { flow, signed }) = begun else {
            return Err(refused(
                "this browser did not begin a sign-in, or it took longer than ten minutes",
                "begin again",
            ));
        };
        let proved = matches!(flow.asking(), Asking::StepUp { .. });
        let verified = client
            .finish(flow, callback, now)
            .await
            .map_err(|error| failed(&error))?;
        let colleague = self.colleague_of(&verified, signed.as_ref(), now).await?;
        self.begin_session(&Beginning {
            colleague: &colleague,
            way: Way::Provider,
            proved,
            before: signed.as_ref().map(|signed| signed.session.as_str()),
            device: None,
        })
        .await
    }

    /// The colleague whom the provider vouches for, with the role that its groups give now.
    async fn colleague_of(
        &self,
        verified: &Verified,
        signed: Option<&SignedThen>,
        now: Timestamp,
    ) -> Result<ColleagueRow, ApiError> {
        let id = stored_id(&verified.issuer, &verified.sub);
        let known = self.store.credential(&id).await?;
        let account = match (&known, signed) {
            (Some(row), Some(signed)) if row.account != signed.account => {
                return Err(refused(
                    "the identity provider's account belongs to another colleague",
                    "sign out first",
                ));
            }
            (Some(row), _) => row.account.clone(),
            // Joining accounts is a change of one's own credentials.
            (None, Some(signed)) => {
                self.fresh(signed.proved)?;
                signed.account.clone()
            }
            (None, None) => verified.account.clone(),
        };
        let existing = self.store.colleague(&account).await?;
        if known.is_none() && signed.is_none() && existing.is_some() {
            return Err(refused(
                format!("there is an account {account} here already"),
                "sign in to it another way, then join it with the identity provider on the account page",
            ));
        }
        if existing.as_ref().is_some_and(|row| row.disabled) {
            return Err(refused("the account is switched off", "ask an administrator"));
        }
        let row = self.with_role(account, existing, verified, now).await?;
        let body = json(&ProviderBody {
            issuer: verified.issuer.clone(),
            sub: verified.sub.clone(),
        })?;
        let created = known.as_ref().map_or(now, |known| known.created);
        self.store
            .put_credential(&CredentialRow {
                id,
                account: row.account.clone(),
                kind: PROVIDER.to_owned(),
                created,
                last_used: Some(now),
                body,
            })
            .await?;
        if known.is_none() {
            self.note(&row, "credential.add", PROVIDER).await?;
        }
        Ok(row)
    }

    /// The account with the role and department that the provider gives now; it is added or changed if need be.
    async fn with_role(
        &self,
        account: String,
        existing: Option<ColleagueRow>,
        verified: &Verified,
        now: Timestamp,
    ) -> Result<ColleagueRow, ApiError> {
        let as_said = |role, department| role == verified.role && department == verified.department;
        let act = match &existing {
            Some(row) if as_said(row.role, row.role.department().or(row.department)) => {
                return Ok(row.clone());
            }
            Some(_) => "colleague.change",
            None => "colleague.add",
        };
        let row = ColleagueRow {
            account,
            role: verified.role,
            department: verified.department,
            subject: existing.as_ref().and_then(|row| row.subject.clone()),
            disabled: false,
            created: existing.as_ref().map_or(now, |row| row.created),
            body: existing.map_or_else(|| "{}".to_owned(), |row| row.body),
        };
        if asker::colleague(&row).is_none() {
            return Err(refused(
                "the identity provider's account name or department cannot be used here",
                "names have no spaces and at most 128 characters; choose another `account_claim`",
            ));
        }
        self.store.put_colleague(&row).await?;
        let object = format!("{} by the identity provider", row.role.as_str());
        self.note(&row, act, &object).await?;
        Ok(row)
    }
}
