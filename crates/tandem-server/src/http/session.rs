//! Who is asking: sessions make colleagues with roles; one-time links make sessions.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tandem_domain::{CaseId, Purpose, Role, Timestamp};
use tandem_policy::{Action, Context, DataClass};
use tandem_sign_in::session::{
    CSRF_HEADER, SESSION_COOKIE, SessionState, SessionTimes, clear_cookie, csrf_matches, csrf_token,
};
use tandem_store::ColleagueRow;

use super::error::ApiError;
use super::page;
use super::visitor::cookie;
use crate::api::dto::{Capabilities, SessionView};
use crate::app::App;
use crate::asker::{Asker, colleague, usual_purpose};
use crate::ledger::About;
use crate::secret;
use crate::sign_in::{Beginning, Cookies, Visitor, Way};

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
    /// When they last proved who they are.
    pub proved: Timestamp,
    token_hash: String,
}

impl std::ops::Deref for Signed {
    type Target = Asker;

    fn deref(&self) -> &Asker {
        &self.asker
    }
}

impl Signed {
    /// The hash under which the session is stored.
    pub fn session(&self) -> &str {
        &self.token_hash
    }

    /// As the console sees it.
    pub fn view(&self, app: &App) -> SessionView {
        SessionView {
            user: self.account().to_owned(),
            role: self.role().as_str().into(),
            side: self.colleague.department().map(|d| d.as_str().into()),
            expires: self.expires.to_string(),
            csrf: csrf_token(&app.sign_in.key, &self.token_hash).expose().to_owned(),
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
    // Whoever may for an audit, may without saying so.
    let reports = |action| {
        let audit = Context::of(Purpose::Audit);
        can(action, DataClass::Reports) || asker.can(app, action, DataClass::Reports, &audit)
    };
    Capabilities {
        sees_subjects: can(Action::Look, DataClass::Queue),
        hunts: can(Action::Search, DataClass::TechnicalEvidence),
        sees_sources: can(Action::Look, DataClass::SourcesAndRejects),
        opens_cases: can(Action::OpenCase, DataClass::Case),
        sees_reports: reports(Action::Look),
        exports_reports: reports(Action::Export),
        sees_ledger: can(Action::Look, DataClass::Ledger),
        verifies_ledger: can(Action::Verify, DataClass::Ledger),
        sees_watch: can(Action::Look, DataClass::WatchFindings),
        manages_colleagues: can(Action::Manage, DataClass::Colleagues),
        sees_connectors: can(Action::Look, DataClass::Connectors),
        manages_connectors: can(Action::Manage, DataClass::Connectors),
        sees_policies: can(Action::Look, DataClass::Policies),
        tries_settings: can(Action::Look, DataClass::Queue) && can(Action::Look, DataClass::Rules),
        sees_proposals: can(Action::Look, DataClass::Settings)
            || (can(Action::Look, DataClass::Queue) && can(Action::Look, DataClass::Rules)),
        offers_support: can(Action::Look, DataClass::Queue) && can(Action::Look, DataClass::HumanFacts),
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
        let token = cookie(&parts.headers, SESSION_COOKIE).ok_or_else(ApiError::unauthorised)?;
        let hash = secret::token_hash(token);
        let now = crate::pipeline::now();
        let row = app
            .store
            .session(&hash)
            .await?
            .ok_or_else(ApiError::unauthorised)?;
        let times = SessionTimes {
            began: row.created,
            last_seen: row.last_seen,
            proved: row.proved,
        };
        let live = matches!(app.sign_in.rules.state(times, now), SessionState::Live { .. });
        if row.revoked || now >= row.expires || !live {
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
            proved: row.proved,
            token_hash: hash,
        };
        let writes = !matches!(parts.method, Method::GET | Method::HEAD);
        let given = parts
            .headers
            .get(CSRF_HEADER)
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default();
        if writes && !csrf_matches(&app.sign_in.key, &signed.token_hash, given) {
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

impl OptionalFromRequestParts<Arc<App>> for Signed {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Option<Self>, Self::Rejection> {
        Ok(
            <Self as FromRequestParts<Arc<App>>>::from_request_parts(parts, app)
                .await
                .ok(),
        )
    }
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
    visitor: Visitor,
    Query(link): Query<LinkQuery>,
) -> Result<Response, ApiError> {
    let now = crate::pipeline::now();
    let taken = app
        .store
        .take_sign_in_token(&secret::token_hash(&link.token), now)
        .await?;
    let known = match taken {
        Some(taken) => app.store.colleague(&taken.user).await?,
        None => None,
    };
    let Some(known) = known.filter(|row| !row.disabled && colleague(row).is_some()) else {
        return Ok(page::not_signed_in(
            StatusCode::GONE,
            "This link no longer works",
            "A sign-in link works once and for a day.",
            "If you have a password or a passkey, use that. Otherwise ask for a new link; on the machine that runs Tandem, \
             `tandem sign-in-link it_analyst` makes one.",
        ));
    };
    let Cookies(cookies) = app
        .begin_session(&Beginning {
            colleague: &known,
            way: Way::Link,
            proved: true,
            before: visitor.session.as_deref(),
            device: None,
        })
        .await?;
    Ok(page::go_on(cookies))
}

/// `DELETE /api/v1/session`: signs out.
///
/// # Errors
/// Of the store.
pub async fn sign_out(State(app): State<Arc<App>>, signed: Signed) -> Result<Response, ApiError> {
    app.store.revoke_session(&signed.token_hash).await?;
    let role = signed.role().as_str();
    app.record(signed.account(), role, "session.end", &About::default())
        .await?;
    let cookie = clear_cookie(SESSION_COOKIE);
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
