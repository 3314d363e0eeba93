//! Who is asking: one-time links make sessions, sessions make roles.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use tandem_domain::{Role, Timestamp};
use tandem_store::SessionRow;

use super::error::ApiError;
use crate::api::dto::SessionView;
use crate::api::views;
use crate::app::App;
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

/// A colleague who is signed in. As an argument of a handler it refuses everybody else, and writes without the token that a
/// foreign page cannot know.
#[derive(Debug, Clone)]
pub struct Signed {
    /// Account name.
    pub user: String,
    /// Role.
    pub role: Role,
    /// When the session ends.
    pub expires: Timestamp,
    token_hash: String,
}

impl Signed {
    /// Refuses roles that may not look at subjects.
    ///
    /// # Errors
    /// Forbidden.
    pub fn sees_subjects(&self) -> Result<(), ApiError> {
        self.may(self.role.sees_subjects(), "look at subjects")
    }

    /// Refuses roles that may not search raw events.
    ///
    /// # Errors
    /// Forbidden.
    pub fn hunts(&self) -> Result<(), ApiError> {
        self.may(self.role.hunts(), "search raw events")
    }

    /// Refuses roles that may not see sources.
    ///
    /// # Errors
    /// Forbidden.
    pub fn sees_sources(&self) -> Result<(), ApiError> {
        self.may(self.role.sees_sources(), "see sources and rejected records")
    }

    fn may(&self, allowed: bool, what: &str) -> Result<(), ApiError> {
        if allowed {
            Ok(())
        } else {
            Err(ApiError::forbidden(self.role.as_str(), what))
        }
    }

    fn csrf(&self, app: &App) -> String {
        app.secret.sign("csrf", &self.token_hash)
    }

    /// As the console sees it.
    pub fn view(&self, app: &App) -> SessionView {
        SessionView {
            user: self.user.clone(),
            role: self.role.as_str().into(),
            side: views::side(self.role).map(Into::into),
            expires: self.expires.to_string(),
            csrf: self.csrf(app),
            capabilities: views::capabilities(self.role),
        }
    }
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
        let role = Role::parse(&row.role)
            .filter(|_| !stale)
            .ok_or_else(ApiError::unauthorised)?;
        // Once a minute is enough to notice idleness, and keeps reads from becoming writes.
        if now.0 - row.last_seen.0 > 60_000_000 {
            app.store.touch_session(&hash, now).await?;
        }
        let signed = Self {
            user: row.user,
            role,
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
    /// Makes a one-time sign-in token for a role.
    ///
    /// # Errors
    /// Of the store or the operating system's randomness.
    pub async fn sign_in_token(&self, role: Role, user: &str) -> Result<String, ApiError> {
        let (token, hash) = secret::new_token()?;
        let expires = crate::pipeline::now().plus_micros(LINK_LIFE);
        self.store
            .add_sign_in_token(&hash, user, role.as_str(), expires)
            .await?;
        Ok(token)
    }
}

impl Signed {
    /// Records that this colleague looked at a subject.
    ///
    /// # Errors
    /// When it cannot be recorded; then nothing is shown either.
    pub async fn look(&self, app: &App, subject: &str, what: &str) -> Result<(), ApiError> {
        let look = tandem_store::LookRow {
            at: crate::pipeline::now(),
            who: self.user.clone(),
            role: self.role.as_str().to_owned(),
            subject: subject.to_owned(),
            what: what.to_owned(),
        };
        Ok(app.store.add_look(&look).await?)
    }
}
