//! Who is asking: one-time links make sessions, sessions make roles.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use tandem_domain::{CaseId, Purpose, Role, Timestamp};
use tandem_policy::{Action, Context, DataClass};
use tandem_store::{ColleagueRow, SessionRow};

use super::error::ApiError;
use crate::api::dto::{Capabilities, SessionView};
use crate::app::App;
use crate::asker::{Asker, colleague, usual_purpose};
use crate::secret;

/// Name of the session cookie.
const COOKIE: &str = "tandem_session";
/// Name of the header that every write must carry.
const CSRF_HEADER: &str = "x-tandem-csrf";
/// A session ends after this long in any case, microseconds.
const ABSOLUTE: i64 = 12 * 3_600 * 1_000_000;
/// A session ends after this long without a request, microseconds.
const IDLE: i64 = 3_600 * 1_000_000;
/// A sign-in link works for this long, microseconds.
pub const LINK_LIFE: i64 = 24 * 3_600 * 1_000_000;

/// Name of the header that says what a request is for; see [`Purpose`].
const PURPOSE_HEADER: &str = "x-tandem-purpose";
/// Name of the header that says which case a request is for.
const CASE_HEADER: &str = "x-tandem-case";

/// A colleague who is signed in. As an argument of a handler it refuses everybody else, and writes without the token that a
/// foreign page cannot know.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Who asks, and what for.
    pub asker: Asker,
    /// When the session ends.
    pub expires: Timestamp,
    token_hash: String,
}

impl std::ops::Deref for Signed {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.asker
    }
}

impl Signed {
    fn csrf(&self, app: &App) -> String {
        app.secret.sign("csrf", &self.token_hash)
    }

    /// As the console sees it.
    pub fn view(&self, app: &App) -> SessionView {
        SessionView {
            user: self.account().to_owned(),
            role: self.role().as_str().into(),
            side: self.colleague.department().map(|d| d.as_str().into()),
            expires: self.expires.to_string(),
            csrf: self.csrf(app),
            capabilities: capabilities(app, &self.asker),
        }
    }
}

/// What the console offers: what the policies allow for the usual purpose of the role.
fn capabilities(app: &App, asker: &Asker) -> Capabilities {
    let can = |action, data| {
        let usual = Context::of(usual_purpose(asker.role()));
        asker.can(app, action, data, &usual)
    };
    Capabilities {
        sees_subjects: can(Action::Look, DataClass::Queue),
        hunts: can(Action::Search, DataClass::TechnicalEvidence),
        sees_sources: can(Action::Look, DataClass::SourcesAndRejects),
        opens_cases: can(Action::OpenCase, DataClass::Case),
        sees_reports: can(Action::Look, DataClass::Reports)
            || asker.can(
                app,
                Action::Look,
                DataClass::Reports,
                &Context::of(Purpose::Audit),
            ),
        sees_ledger: can(Action::Look, DataClass::Ledger),
        verifies_ledger: can(Action::Verify, DataClass::Ledger),
        manages_colleagues: can(Action::Manage, DataClass::Colleagues),
        approves: asker.role() == Role::Approver,
        has_own_data: asker.colleague.own_subject().is_some(),
    }
}

/// What the request says it is for; without a word, what the role works for usually.
fn purpose(headers: &HeaderMap, role: Role) -> Result<(Purpose, Option<CaseId>), ApiError> {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let case = match text(CASE_HEADER) {
        None => None,
        Some(text) => Some(CaseId::parse(text).ok_or_else(|| {
            ApiError::bad(
                "case",
                format!("{CASE_HEADER} is no case number"),
                "write it as C-2026-0001",
            )
        })?),
    };
    let purpose = match text(PURPOSE_HEADER) {
        Some(text) => Purpose::parse(text).ok_or_else(|| {
            let known: Vec<_> = Purpose::ALL.iter().map(|p| p.as_str()).collect();
            ApiError::bad(
                "purpose",
                format!("{PURPOSE_HEADER} names no purpose"),
                format!("use one of {}", known.join(", ")),
            )
        })?,
        None if case.is_some() && matches!(role, Role::ItAnalyst | Role::CorporateInvestigator) => {
            Purpose::Investigation
        }
        None => usual_purpose(role),
    };
    Ok((purpose, case))
}

impl FromRequestParts<Arc<App>> for Signed {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, ApiError> {
        let token = cookie(&parts.headers).ok_or_else(ApiError::unauthorised)?;
        let hash = secret::token_hash(token);
        let now = crate::pipeline::now();
        let row = app
            .store
            .session(&hash)
            .await?
            .ok_or_else(ApiError::unauthorised)?;
        let stale = row.revoked || now >= row.expires || now.0 - row.last_seen.0 > IDLE;
        if stale {
            return Err(ApiError::unauthorised());
        }
        // As the account is now, not as it was at sign-in: a role that was taken away is gone at once.
        let account = app.store.colleague(&row.user).await?;
        let colleague = account
            .filter(|account| !account.disabled)
            .as_ref()
            .and_then(colleague)
            .ok_or_else(ApiError::unauthorised)?;
        let (purpose, case) = purpose(&parts.headers, colleague.role())?;
        // Once a minute is enough to notice idleness, and keeps reads from becoming writes.
        if now.0 - row.last_seen.0 > 60_000_000 {
            app.store.touch_session(&hash, now).await?;
        }
        let signed = Self {
            asker: Asker {
                colleague,
                purpose,
                case,
            },
            expires: row.expires,
            token_hash: hash,
        };
        let writes = !matches!(parts.method, Method::GET | Method::HEAD);
        let given = parts
            .headers
            .get(CSRF_HEADER)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        if writes && !constant_time_eq::constant_time_eq(given.as_bytes(), signed.csrf(app).as_bytes()) {
            return Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "csrf",
                "this write did not come from the console",
                "reload the page and try again; scripts read the token from GET /api/v1/session",
            ));
        }
        Ok(signed)
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

/// The one-time link's token.
#[derive(Debug, Deserialize)]
pub struct LinkQuery {
    token: String,
}

/// `GET /sign-in?token=…`: takes the link, makes a session, goes to the console.
///
/// # Errors
/// Only of the store; a used, expired or unknown link gets a page that says what to do.
pub async fn sign_in(
    State(app): State<Arc<App>>,
    Query(link): Query<LinkQuery>,
) -> Result<Response, ApiError> {
    let now = crate::pipeline::now();
    let Some(taken) = app
        .store
        .take_sign_in_token(&secret::token_hash(&link.token), now)
        .await?
    else {
        return Ok((StatusCode::GONE, Html(USED)).into_response());
    };
    let (token, hash) = secret::new_token()?;
    let expires = now.plus_micros(ABSOLUTE);
    app.store
        .add_session(&SessionRow {
            hash,
            user: taken.user,
            role: taken.role,
            created: now,
            last_seen: now,
            expires,
            revoked: false,
        })
        .await?;
    let cookie = format!(
        "{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}",
        ABSOLUTE / 1_000_000
    );
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

const USED: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Tandem: sign in</title>\
<h1>This link no longer works</h1><p>A sign-in link works once and for a day. Make a new one on the machine that runs Tandem:</p>\
<pre>tandem sign-in-link it_analyst</pre></html>";

/// `DELETE /api/v1/session`: signs out.
///
/// # Errors
/// Of the store.
pub async fn sign_out(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, ApiError> {
    app.store.revoke_session(&signed.token_hash).await?;
    let cookie = format!("{COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, cookie)]).into_response())
}

impl App {
    /// Makes a one-time sign-in token for a colleague, who is added if the account is not known yet.
    ///
    /// # Errors
    /// When the account exists with another role or department, cannot be one, or the store fails.
    pub async fn sign_in_token(&self, wanted: &ColleagueRow) -> Result<String, ApiError> {
        let made = match self.store.colleague(&wanted.account).await? {
            Some(known) if (known.role, known.department) != (wanted.role, wanted.department) => {
                return Err(ApiError::bad(
                    "account",
                    format!("{} has the role {} already", known.account, known.role.as_str()),
                    "use another account name, or change the account's role first",
                ));
            }
            Some(known) => known,
            None => {
                if let Err(error) =
                    tandem_policy::Colleague::new(&wanted.account, wanted.role, wanted.department, None)
                {
                    return Err(ApiError::bad(
                        "account",
                        error.to_string(),
                        "approvers need a department, it or corporate",
                    ));
                }
                self.store.put_colleague(wanted).await?;
                wanted.clone()
            }
        };
        let (token, hash) = secret::new_token()?;
        let expires = crate::pipeline::now().plus_micros(LINK_LIFE);
        self.store
            .add_sign_in_token(&hash, &made.account, made.role.as_str(), expires)
            .await?;
        Ok(token)
    }
}
