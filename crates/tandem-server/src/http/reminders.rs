//! Routes of what reminds colleagues of their work.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::reminders::{CalendarAddress, RemindersView, SetDigest};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(reminders, digest, make_calendar, end_calendar, feed))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account/reminders", get(reminders))
        .route("/account/digest", put(digest))
        .route("/account/calendar", post(make_calendar).delete(end_calendar))
        .route("/calendar/{token}", get(feed))
}

/// How a calendar is wanted.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct FeedAsked {
    /// `events` (without it), or `todos` for programs that show to-dos.
    kind: Option<String>,
}

/// What reminds the asker: a calendar, a daily mail.
///
/// # Errors
/// As [`App::reminders`].
#[utoipa::path(get, path = "/api/v1/account/reminders", tag = "account", responses((status = 200, body = RemindersView), (status = 401, body = ErrorBody)))]
pub async fn reminders(State(app): Shared, signed: Signed) -> Answer<RemindersView> {
    Ok(Json(app.reminders(&signed).await?))
}

/// Sets when the asker's daily mail comes, or that none comes.
///
/// # Errors
/// As [`App::set_digest`].
#[utoipa::path(put, path = "/api/v1/account/digest", tag = "account", request_body = SetDigest, responses((status = 200, body = RemindersView), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn digest(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<SetDigest>,
) -> Answer<RemindersView> {
    Ok(Json(app.set_digest(&signed, &asked).await?))
}

/// Makes a new address for the asker's calendar. It is shown once; the one of before works no longer.
///
/// # Errors
/// As [`App::make_calendar`].
#[utoipa::path(post, path = "/api/v1/account/calendar", tag = "account", responses((status = 200, body = CalendarAddress), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn make_calendar(State(app): Shared, signed: Signed) -> Answer<CalendarAddress> {
    Ok(Json(app.make_calendar(&signed, signed.proved).await?))
}

/// Ends the asker's calendar.
///
/// # Errors
/// As [`App::end_calendar`].
#[utoipa::path(delete, path = "/api/v1/account/calendar", tag = "account", responses((status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn end_calendar(State(app): Shared, signed: Signed) -> Result<StatusCode, ApiError> {
    app.end_calendar(&signed).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A colleague's duties and tasks that are due, as iCalendar, for whoever knows the address: case numbers and times, no names.
///
/// # Errors
/// As [`App::calendar_feed`].
#[utoipa::path(get, path = "/api/v1/calendar/{token}", tag = "account", params(("token" = String, Path, description = "the address's token, with or without `.ics`"), FeedAsked), responses((status = 200, content_type = "text/calendar", body = String), (status = 401, body = ErrorBody)))]
pub async fn feed(
    State(app): Shared,
    Path(token): Path<String>,
    Query(asked): Query<FeedAsked>,
) -> Result<Response, ApiError> {
    let todos = match asked.kind.as_deref() {
        None | Some("events") => false,
        Some("todos") => true,
        Some(_) => {
            return Err(ApiError::bad(
                "kind",
                "that is no kind of calendar",
                "use events or todos",
            ));
        }
    };
    let text = app.calendar_feed(&token, todos).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "inline; filename=\"tandem.ics\""),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, text).into_response())
}
