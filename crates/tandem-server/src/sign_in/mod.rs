//! Signing in: what the server keeps for it while it runs, and what every way of signing in ends with.
//!
//! The rules and the cryptography are in `tandem-sign-in`; here they meet the database, the ledger and the clock.

pub mod account;
pub mod oidc;
pub mod passkey;
pub mod password;
pub mod second;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tandem_domain::Timestamp;
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_sign_in::oidc::{FLOW_LIFE, OidcClient};
use tandem_sign_in::passkey::{CEREMONY_LIFE, LoginState, RelyingParty};
use tandem_sign_in::password::Hasher;
use tandem_sign_in::pending::{DEFAULT_CAPACITY, Pending};
use tandem_sign_in::session::{SessionRules, session_cookie};
use tandem_sign_in::throttle::device::{DEVICE_COOKIE, DEVICE_LIFE};
use tandem_sign_in::throttle::{ClientNetwork, DeviceId, KnownDevice, Limits, Throttle};
use tandem_sign_in::{Key, SecretText};
use tandem_store::{ColleagueRow, CredentialRow, SessionRow};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::asker;
use crate::config::Config;
use crate::http::error::ApiError;
use crate::ledger::About;
use crate::secret::{self, Secret};

/// Passwords hashed at the same time; each takes a core and 19 MiB.
const HASHED_AT_ONCE: usize = 2;
/// Longest account name that is looked up, bytes.
const LONGEST_ACCOUNT: usize = 128;

/// What signing in needs while the server runs. Begun ceremonies are lost at a restart: whoever was in the middle begins again.
pub struct SignIn {
    /// Signs CSRF tokens and device cookies, seals secrets of one-time codes.
    pub key: Key,
    /// When sessions end, and how old a proof may be.
    pub rules: SessionRules,
    hasher: Hasher,
    turns: Arc<Semaphore>,
    throttle: Mutex<Throttle>,
    codes: Mutex<Pending<second::Waiting>>,
    enrolments: Mutex<Pending<second::Enrolment>>,
    registrations: Mutex<Pending<passkey::Registering>>,
    logins: Mutex<Pending<LoginState>>,
    flows: Mutex<Pending<oidc::Begun>>,
    party: Result<RelyingParty, String>,
    provider: Option<OidcClient>,
}

/// Signing in cannot work as it is set.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The key file cannot be used.
    #[error("the key file `sign-in.key` in the data folder cannot be used")]
    Key(#[from] io::Error),
    /// The settings of the identity provider cannot work.
    #[error("the settings in `[oidc]` cannot be used")]
    Provider(#[from] tandem_sign_in::oidc::OidcError),
    /// Hashing cannot work.
    #[error("passwords cannot be hashed")]
    Hash(#[from] tandem_sign_in::password::HashError),
}

impl SignIn {
    /// What signing in needs, as the settings say. A missing key is made.
    ///
    /// # Errors
    /// [`SignInError`].
    pub fn open(config: &Config) -> Result<Self, SignInError> {
        let key = Secret::open(&config.data_dir.join("sign-in.key"))?;
        let origin = config.sign_in.origin.as_str();
        let party = if origin.is_empty() {
            Err(
                "passkeys are off: `sign_in.origin` does not say under which address people open Tandem"
                    .to_owned(),
            )
        } else {
            RelyingParty::at(origin, "Tandem").map_err(|error| error.to_string())
        };
        Ok(Self {
            key: Key::new(*key.key()),
            rules: SessionRules::default(),
            hasher: Hasher::owasp()?,
            turns: Arc::new(Semaphore::new(HASHED_AT_ONCE)),
            throttle: Mutex::new(Throttle::new(Limits::default())),
            codes: pending(second::LIFE),
            enrolments: pending(second::ENROLMENT_LIFE),
            registrations: pending(CEREMONY_LIFE),
            logins: pending(CEREMONY_LIFE),
            flows: pending(FLOW_LIFE),
            party,
            provider: config.oidc.clone().map(OidcClient::new).transpose()?,
        })
    }

    /// The site that passkeys are for, or why there is none.
    fn party(&self) -> Result<&RelyingParty, ApiError> {
        self.party.as_ref().map_err(|why| {
            ApiError::bad(
                "no_passkeys",
                why.clone(),
                "whoever runs Tandem sets `sign_in.origin` to its https address (or http://localhost with a port)",
            )
        })
    }
}

fn pending<T>(life: i64) -> Mutex<Pending<T>> {
    Mutex::new(Pending::new(DEFAULT_CAPACITY, life))
}

/// Nobody panics while holding one of these locks; if somebody did, what they hold is still whole.
fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Fresh random bytes, at most 32.
fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    for (to, from) in bytes.iter_mut().zip(secret::random()?) {
        *to = from;
    }
    Ok(bytes)
}

/// A credential's body out of the database.
fn body<T: DeserializeOwned>(row: &CredentialRow) -> Result<T, ApiError> {
    Ok(serde_json::from_str(&row.body)?)
}

fn json(body: &impl Serialize) -> Result<String, ApiError> {
    Ok(serde_json::to_string(body)?)
}

/// Where somebody who is not signed in comes from.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The client's network.
    pub network: ClientNetwork,
    /// The device cookie as it came.
    pub device: Option<SecretText>,
    /// Hash of the session that the browser has already, live or not.
    pub session: Option<String>,
}

/// How a session begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// By a one-time link.
    Link,
    /// By a password alone.
    Password,
    /// By a password and a one-time code.
    Code,
    /// By a password and a recovery code.
    Recovery,
    /// By a passkey.
    Passkey,
    /// By the company's identity provider.
    Provider,
}

impl Way {
    /// The stored and shown name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Password => "password",
            Self::Code => "code",
            Self::Recovery => "recovery",
            Self::Passkey => "passkey",
            Self::Provider => "provider",
        }
    }
}

/// A session that is about to begin.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// Whose.
    pub colleague: &'a ColleagueRow,
    /// How.
    pub way: Way,
    /// Its owner proved just now who they are. Not so where the identity provider only knew them still.
    pub proved: bool,
    /// Hash of the session it takes the place of.
    pub before: Option<&'a str>,
    /// The device, if it is known already.
    pub device: Option<DeviceId>,
}

/// `Set-Cookie` headers of a session that has begun: the session, then the device. Masked in `Debug`.
#[derive(Clone)]
pub struct Cookies(pub [String; 2]);

impl std::fmt::Debug for Cookies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cookies(…)")
    }
}

/// The one answer to everything that is wrong with an account, a password or a code, so that nobody learns which.
fn wrong() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "wrong",
        "account, password or code is wrong",
        "check them and try again; somebody who administers Tandem can let you in with a one-time link",
    )
}

/// Too many failures; says how long to wait.
fn wait(wait: tandem_sign_in::throttle::Wait) -> ApiError {
    ApiError::new(
        StatusCode::TOO_MANY_REQUESTS,
        "wait",
        wait.to_string(),
        "wait, or sign in with a passkey or on a device you used before",
    )
    .retry_after(wait.seconds)
}

impl App {
    /// A colleague who may sign in: known, not disabled, with a role that can be held.
    async fn able(&self, account: &str) -> Result<Option<ColleagueRow>, ApiError> {
        let row = self.store.colleague(account).await?;
        Ok(row.filter(|row| !row.disabled && asker::colleague(row).is_some()))
    }

    /// Begins a session, records it, and ends the one before it.
    ///
    /// # Errors
    /// Of the store, the ledger or for want of randomness.
    pub async fn begin_session(&self, asked: &Beginning<'_>) -> Result<Cookies, ApiError> {
        let now = crate::pipeline::now();
        let Beginning { colleague, way, .. } = asked;
        let (account, role) = (colleague.account.as_str(), colleague.role.as_str());
        let (token, hash) = secret::new_token()?;
        let life = self.sign_in.rules.absolute;
        self.store
            .add_session(&SessionRow {
                hash,
                user: account.to_owned(),
                role: role.to_owned(),
                created: now,
                last_seen: now,
                expires: now.plus_micros(life),
                revoked: false,
                proved: if asked.proved { now } else { Timestamp(0) },
                way: way.as_str().to_owned(),
            })
            .await?;
        // The cookie goes out only if this can be recorded.
        self.note(colleague, "session.begin", way.as_str()).await?;
        if let Some(before) = asked.before {
            self.store.revoke_session(before).await?;
        }
        let session = session_cookie(&token, life / MICROS_PER_SECOND).map_err(|e| ApiError::internal(&e))?;
        Ok(Cookies([session, self.device_cookie(asked, now).await?]))
    }

    /// The cookie by which the browser is known again.
    async fn device_cookie(&self, asked: &Beginning<'_>, now: Timestamp) -> Result<String, ApiError> {
        let account = asked.colleague.account.as_str();
        let password = self.password_of(account).await?;
        let known = KnownDevice {
            account,
            epoch: password.map_or(0, |(_, body)| body.epoch),
        };
        let device = asked.device.map_or_else(|| random().map(DeviceId), Ok)?;
        let value = known.write(&self.sign_in.key, device, now);
        Ok(format!(
            "{DEVICE_COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={}",
            DEVICE_LIFE / MICROS_PER_SECOND
        ))
    }

    /// Records an act of a colleague on their own way in.
    async fn note(&self, colleague: &ColleagueRow, act: &str, object: &str) -> Result<(), ApiError> {
        let about = About {
            object: Some(object),
            ..About::default()
        };
        self.record(&colleague.account, colleague.role.as_str(), act, &about)
            .await?;
        Ok(())
    }

    /// Records a refused sign-in. One for an account that nobody has is recorded too, without the name (people type passwords
    /// into the wrong field): so a known account answers no slower than an unknown one.
    async fn refused(&self, colleague: Option<&ColleagueRow>, object: &str) -> Result<(), ApiError> {
        if let Some(colleague) = colleague {
            return self.note(colleague, "session.refused", object).await;
        }
        let about = About {
            object: Some("an account that nobody has"),
            ..About::default()
        };
        self.record("system", "system", "session.refused", &about).await?;
        Ok(())
    }
}
