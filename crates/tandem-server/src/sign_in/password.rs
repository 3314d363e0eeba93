//! Signing in by password, and setting one.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_sign_in::password::{Checked, Context, Factors, HashError, Password, StoredHash};
use tandem_sign_in::throttle::{Admitted, Attempt, DeviceId, KnownDevice};
use tandem_store::{ColleagueRow, CredentialRow};
use utoipa::ToSchema;

use super::{
    Beginning, Cookies, LONGEST_ACCOUNT, SignIn, Visitor, Way, body, held, json, random, wait, wrong,
};
use crate::app::App;
use crate::http::error::ApiError;

/// Kind of the credential; an account has one at most.
pub(super) const PASSWORD: &str = "password";

/// A password as it is stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordBody {
    hash: StoredHash,
    /// Seconds since 1970 when it was set: device cookies of before are strangers.
    pub(super) epoch: u32,
    /// Long enough to be the only factor.
    pub(super) alone: bool,
}

/// Account and password.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordSignIn {
    /// Account name.
    pub account: String,
    /// Password as typed.
    pub password: String,
}

impl std::fmt::Debug for PasswordSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordSignIn(…)")
    }
}

/// What comes after the password.
pub enum Next {
    /// Nothing: signed in.
    Done(Cookies),
    /// A one-time code or a recovery code, for this ceremony.
    Code(String),
}

/// An attempt that was let through to the check.
pub(super) struct Let {
    pub(super) admitted: Admitted,
    pub(super) device: Option<DeviceId>,
}

impl SignIn {
    /// Asks the brakes for leave to check one password or code.
    pub(super) fn admit(
        &self,
        visitor: &Visitor,
        (account, epoch): (&str, u32),
        now: Timestamp,
    ) -> Result<Let, ApiError> {
        let known = KnownDevice { account, epoch };
        let device = visitor
            .device
            .as_ref()
            .and_then(|cookie| known.read(&self.key, cookie.expose(), now));
        let attempt = Attempt {
            account,
            network: visitor.network,
            device,
        };
        let admitted = held(&self.throttle).admit(&attempt, now).map_err(wait)?;
        Ok(Let { admitted, device })
    }

    /// Takes back what was counted against somebody who turned out to be right.
    pub(super) fn succeeded(&self, admitted: impl IntoIterator<Item = Admitted>) {
        let mut throttle = held(&self.throttle);
        for one in admitted {
            throttle.succeeded(one);
        }
    }

    /// Runs work of a hasher on a thread for such things, few at once.
    async fn hashing<T: Send + 'static>(
        &self,
        work: impl FnOnce(tandem_sign_in::password::Hasher) -> Result<T, HashError> + Send + 'static,
    ) -> Result<Result<T, HashError>, ApiError> {
        // The semaphore is never closed; without a turn the work would still be right, only not bounded.
        let turn = self.turns.clone().acquire_owned().await.ok();
        let hasher = self.hasher.clone();
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(hasher)
        });
        done.await.map_err(|e| ApiError::internal(&e))
    }

    async fn hash(&self, password: Password) -> Result<StoredHash, ApiError> {
        let salt = random()?;
        let hashed = self.hashing(move |hasher| hasher.hash(&password, &salt)).await?;
        hashed.map_err(|e| ApiError::internal(&e))
    }
}

impl App {
    /// The account's password, as it is stored.
    pub(super) async fn password_of(
        &self,
        account: &str,
    ) -> Result<Option<(CredentialRow, PasswordBody)>, ApiError> {
        let rows = self.store.credentials(account).await?;
        let Some(row) = rows.into_iter().find(|row| row.kind == PASSWORD) else {
            return Ok(None);
        };
        let body = body(&row)?;
        Ok(Some((row, body)))
    }

    /// Signs in by password. An unknown account costs what a known one costs.
    ///
    /// # Errors
    /// The one answer to all that is wrong; too many failures; of the store.
    pub async fn sign_in_by_password(
        &self,
        visitor: &Visitor,
        asked: &PasswordSignIn,
    ) -> Result<Next, ApiError> {
        let now = crate::pipeline::now();
        let account = asked.account.trim();
        let Ok(password) = Password::new(&asked.password) else {
            return Err(wrong());
        };
        if account.len() > LONGEST_ACCOUNT {
            return Err(wrong());
        }
        let known = self.able(account).await?;
        let stored = self.password_of(account).await?;
        let epoch = stored.as_ref().map_or(0, |(_, body)| body.epoch);
        let allowed = self.sign_in.admit(visitor, (account, epoch), now)?;
        let usable = stored.filter(|_| known.is_some());
        let hash = usable.as_ref().map(|(_, body)| body.hash.clone());
        let checked = self
            .sign_in
            .hashing({
                let password = password.clone();
                move |hasher| hasher.verify(&password, hash.as_ref())
            })
            .await?;
        let (Some(colleague), Some((row, body)), Ok(Checked::Right { rehash })) = (&known, usable, &checked)
        else {
            if let Err(error) = &checked {
                tracing::error!(%error, "a password could not be checked");
            }
            self.refused(known.as_ref(), "password").await?;
            return Err(wrong());
        };
        let after = if *rehash {
            let stronger = PasswordBody {
                hash: self.sign_in.hash(password).await?,
                ..body
            };
            json(&stronger)?
        } else {
            row.body.clone()
        };
        self.store.use_credential(&row, &after, now).await?;
        if self.has_codes(account).await? {
            return Ok(Next::Code(self.wait_for_code(account, allowed, now)?));
        }
        self.sign_in.succeeded([allowed.admitted]);
        let cookies = self
            .begin_session(&Beginning {
                colleague,
                way: Way::Password,
                proved: true,
                before: visitor.session.as_deref(),
                device: allowed.device,
            })
            .await?;
        Ok(Next::Done(cookies))
    }

    /// Sets the password of a colleague. Older device cookies are strangers from then on.
    ///
    /// # Errors
    /// A weak password, with what to do about it; of the store.
    pub(super) async fn set_password(&self, colleague: &ColleagueRow, typed: &str) -> Result<(), ApiError> {
        let refuse = |why: String| ApiError::bad("weak_password", why, "choose another one");
        let password = Password::new(typed).map_err(|error| refuse(error.to_string()))?;
        let account = colleague.account.as_str();
        let words = [account, self.config.home.company.as_str()];
        let domains = self.config.home.mail_domains.iter().map(String::as_str);
        let context = Context::new(words.into_iter().chain(domains));
        let alone = password.judge(Factors::PasswordAlone, &context).is_ok();
        // With one-time codes a shorter one is enough.
        let factors = if self.has_codes(account).await? {
            Factors::WithSecond
        } else {
            Factors::PasswordAlone
        };
        password
            .judge(factors, &context)
            .map_err(|weakness| refuse(weakness.to_string()))?;
        let now = crate::pipeline::now();
        let before = self.password_of(account).await?;
        let latest = before.as_ref().map_or(0, |(_, body)| body.epoch);
        let seconds = u32::try_from(now.0 / MICROS_PER_SECOND).unwrap_or(u32::MAX);
        let new = PasswordBody {
            hash: self.sign_in.hash(password).await?,
            epoch: seconds.max(latest.saturating_add(1)),
            alone,
        };
        self.replace(account, PASSWORD, &json(&new)?).await?;
        self.note(colleague, "credential.add", PASSWORD).await
    }
}
