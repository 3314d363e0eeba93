//! The second step after a password: one-time codes and recovery codes, and enrolling them.

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_sign_in::SecretText;
use tandem_sign_in::throttle::{Admitted, DeviceId};
use tandem_sign_in::totp::{RECOVERY_CODES, RecoverySet, Step, TotpSecret};
use tandem_store::{ColleagueRow, CredentialRow};
use utoipa::ToSchema;

use super::password::Let;
use super::{Beginning, Cookies, Visitor, Way, body, held, json, random, wrong};
use crate::app::App;
use crate::http::error::ApiError;
use crate::secret;

/// Kind of the credential of an authenticator app; an account has one at most.
pub(super) const TOTP: &str = "totp";
/// Kind of the credential of recovery codes; an account has one set at most.
pub(super) const RECOVERY: &str = "recovery";
/// How long a code may take after the password, microseconds.
pub(super) const LIFE: i64 = 5 * 60 * MICROS_PER_SECOND;
/// How long somebody may take to set up the app, microseconds.
pub(super) const ENROLMENT_LIFE: i64 = 15 * 60 * MICROS_PER_SECOND;
/// Wrong codes after one password; then it is typed again.
const TRIES: u8 = 5;

/// Somebody whose password was right. What the brakes counted is taken back only when the code is right too: a known password
/// is no way to guess codes unbraked.
pub(super) struct Waiting {
    account: String,
    admitted: Vec<Admitted>,
    device: Option<DeviceId>,
    began: Timestamp,
    tries: u8,
}

/// An authenticator app that is about to be enrolled.
pub(super) struct Enrolment {
    account: String,
    secret: TotpSecret,
}

/// An authenticator app as it is stored.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TotpBody {
    /// Sealed with the installation's key.
    secret: String,
    /// The step accepted last.
    step: Step,
}

/// The second step.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeSignIn {
    /// As the first step gave it.
    pub ceremony: String,
    /// Six digits of the authenticator app, or a recovery code.
    pub code: String,
}

impl std::fmt::Debug for CodeSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CodeSignIn(…)")
    }
}

/// What an authenticator app needs.
#[derive(Clone, Serialize, ToSchema)]
pub struct EnrolmentView {
    /// To be given back with the first code.
    pub ceremony: String,
    /// A QR code as an SVG element.
    pub svg: String,
    /// The secret in base 32, for typing.
    pub secret: String,
}

/// Recovery codes, shown this once.
#[derive(Clone, Serialize, ToSchema)]
pub struct RecoveryView {
    /// The codes; each works once.
    pub codes: Vec<String>,
}

fn purpose(account: &str) -> String {
    format!("one-time codes of {account}")
}

fn code_refused() -> ApiError {
    ApiError::bad(
        "code",
        "the code is not right",
        "type the six digits that the app shows now; if they are, compare the clock of the phone",
    )
}

impl App {
    /// The account needs a code after the password.
    pub(super) async fn has_codes(&self, account: &str) -> Result<bool, ApiError> {
        let rows = self.store.credentials(account).await?;
        Ok(rows.iter().any(|row| row.kind == TOTP))
    }

    /// Keeps somebody whose password was right until the code comes.
    pub(super) fn wait_for_code(
        &self,
        account: &str,
        allowed: Let,
        now: Timestamp,
    ) -> Result<String, ApiError> {
        let (ceremony, _) = secret::new_token()?;
        let waiting = Waiting {
            account: account.to_owned(),
            admitted: vec![allowed.admitted],
            device: allowed.device,
            began: now,
            tries: 0,
        };
        held(&self.sign_in.codes).put(&ceremony, waiting, now);
        Ok(ceremony)
    }

    /// Signs in by the code that follows a password.
    ///
    /// # Errors
    /// The one answer to all that is wrong; too many failures; of the store.
    pub async fn sign_in_by_code(&self, visitor: &Visitor, asked: &CodeSignIn) -> Result<Cookies, ApiError> {
        let now = crate::pipeline::now();
        let taken = held(&self.sign_in.codes).take(&asked.ceremony, now);
        let Some(mut waiting) = taken.filter(|waiting| now.0 - waiting.began.0 < LIFE) else {
            return Err(wrong());
        };
        let Some(colleague) = self.able(&waiting.account).await? else {
            return Err(wrong());
        };
        let password = self.password_of(&waiting.account).await?;
        let epoch = password.map_or(0, |(_, body)| body.epoch);
        let back = |waiting| held(&self.sign_in.codes).put(&asked.ceremony, waiting, now);
        match self.sign_in.admit(visitor, (&waiting.account, epoch), now) {
            Ok(allowed) => waiting.admitted.push(allowed.admitted),
            Err(refused) => {
                back(waiting);
                return Err(refused);
            }
        }
        let Some(way) = self.redeem(&waiting.account, &asked.code, now).await? else {
            self.refused(Some(&colleague), "code").await?;
            waiting.tries += 1;
            if waiting.tries < TRIES {
                back(waiting);
            }
            return Err(wrong());
        };
        self.sign_in.succeeded(waiting.admitted);
        self.begin_session(&Beginning {
            colleague: &colleague,
            way,
            proved: true,
            before: visitor.session.as_deref(),
            device: waiting.device,
        })
        .await
    }

    /// Uses up a one-time code or a recovery code; says which it was.
    async fn redeem(&self, account: &str, code: &str, now: Timestamp) -> Result<Option<Way>, ApiError> {
        for row in self.store.credentials(account).await? {
            let (way, after) = match row.kind.as_str() {
                TOTP => {
                    let mut stored: TotpBody = body(&row)?;
                    let secret = match self.sign_in.key.open(&purpose(account), &stored.secret) {
                        Ok(secret) => TotpSecret::from_stored(&secret).ok(),
                        Err(error) => {
                            // Recovery codes still work then.
                            tracing::error!(%error, "one-time codes cannot be checked");
                            None
                        }
                    };
                    let Some(step) = secret.and_then(|s| s.verify(code, now, Some(stored.step))) else {
                        continue;
                    };
                    stored.step = step;
                    (Way::Code, json(&stored)?)
                }
                RECOVERY => match body::<RecoverySet>(&row)?.redeem(code) {
                    Some(rest) => (Way::Recovery, json(&rest)?),
                    None => continue,
                },
                _ => continue,
            };
            // Somebody may have been faster with the same code: then it is used up.
            return Ok(self.store.use_credential(&row, &after, now).await?.then_some(way));
        }
        Ok(None)
    }

    /// Begins enrolling an authenticator app.
    ///
    /// # Errors
    /// For want of randomness, or an account name that no code can show.
    pub(super) fn begin_codes(&self, account: &str) -> Result<EnrolmentView, ApiError> {
        let secret = TotpSecret::new(random()?);
        let issuer = format!("Tandem {}", self.config.home.company);
        let svg = secret
            .qr_svg(&issuer, account)
            .map_err(|e| ApiError::internal(&e))?;
        let (ceremony, _) = secret::new_token()?;
        let view = EnrolmentView {
            ceremony: ceremony.clone(),
            svg: svg.expose().to_owned(),
            secret: secret.stored().expose().to_owned(),
        };
        let enrolment = Enrolment {
            account: account.to_owned(),
            secret,
        };
        held(&self.sign_in.enrolments).put(&ceremony, enrolment, crate::pipeline::now());
        Ok(view)
    }

    /// Enrols the app if it shows the right code; gives recovery codes for the day it is lost.
    ///
    /// # Errors
    /// A wrong code, an enrolment that is not under way; of the store.
    pub(super) async fn confirm_codes(
        &self,
        colleague: &ColleagueRow,
        asked: &CodeSignIn,
    ) -> Result<RecoveryView, ApiError> {
        let now = crate::pipeline::now();
        let account = colleague.account.as_str();
        let taken = held(&self.sign_in.enrolments).take(&asked.ceremony, now);
        let Some(enrolment) = taken.filter(|enrolment| enrolment.account == account) else {
            return Err(ApiError::bad("expired", "this enrolment is over", "begin again"));
        };
        let Some(step) = enrolment.secret.verify(&asked.code, now, None) else {
            held(&self.sign_in.enrolments).put(&asked.ceremony, enrolment, now);
            return Err(code_refused());
        };
        let sealed = self
            .sign_in
            .key
            .seal(&purpose(account), &enrolment.secret.stored(), random()?)
            .map_err(|e| ApiError::internal(&e))?;
        let stored = TotpBody { secret: sealed, step };
        self.replace(account, TOTP, &json(&stored)?).await?;
        self.note(colleague, "credential.add", TOTP).await?;
        self.new_recovery(colleague).await
    }

    /// Makes ten new recovery codes in the place of the old ones.
    ///
    /// # Errors
    /// Of the store, or for want of randomness.
    pub(super) async fn new_recovery(&self, colleague: &ColleagueRow) -> Result<RecoveryView, ApiError> {
        let mut bytes = [[0; 10]; RECOVERY_CODES];
        for one in &mut bytes {
            *one = random()?;
        }
        let (set, codes) = RecoverySet::new(&bytes);
        self.replace(&colleague.account, RECOVERY, &json(&set)?).await?;
        self.note(colleague, "credential.add", RECOVERY).await?;
        let codes = codes.iter().map(SecretText::expose).map(str::to_owned).collect();
        Ok(RecoveryView { codes })
    }

    /// Puts the one credential of a kind in the place of the one before.
    pub(super) async fn replace(&self, account: &str, kind: &str, body: &str) -> Result<(), ApiError> {
        self.store
            .put_credential(&CredentialRow {
                id: format!("{kind}-{}", secret::token_hash(account)),
                account: account.to_owned(),
                kind: kind.to_owned(),
                created: crate::pipeline::now(),
                last_used: None,
                body: body.to_owned(),
            })
            .await?;
        Ok(())
    }
}

/// Recovery codes that are left in a credential's row.
pub(super) fn left(row: &CredentialRow) -> Option<usize> {
    body::<RecoverySet>(row).ok().map(|set| set.left())
}
