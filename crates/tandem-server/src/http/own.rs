//! Routes of what people know about themselves, and of what they contest.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post};

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::own::{AskContest, ContestList, ContestView, OwnView};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// Where they are.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/own", get(own))
        .route("/own/contests", post(contest))
        .route("/contests", get(contests))
        .route("/contests/{id}/commands", post(command))
}

/// What Tandem knows about the one who asks: what is collected, why, for how long, and how often it was looked at.
///
/// # Errors
/// As [`App::own`].
#[utoipa::path(get, path = "/api/v1/own", tag = "own", responses((status = 200, body = OwnView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn own(State(app): Shared, signed: Signed) -> Answer<OwnView> {
    Ok(Json(app.own(&signed).await?))
}

/// Corrects a fact about oneself, or contests an indicator; the answer is owed within a month.
///
/// # Errors
/// As [`App::contest`].
#[utoipa::path(post, path = "/api/v1/own/contests", tag = "own", request_body = AskContest, responses((status = 200, body = ContestView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn contest(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<AskContest>,
) -> Answer<ContestView> {
    Ok(Json(app.contest(&signed, &asked).await?))
}

/// Corrections and contests, for those who answer them.
///
/// # Errors
/// As [`App::contests`].
#[utoipa::path(get, path = "/api/v1/contests", tag = "own", responses((status = 200, body = ContestList), (status = 403, body = ErrorBody)))]
pub async fn contests(State(app): Shared, signed: Signed) -> Answer<ContestList> {
    Ok(Json(app.contests(&signed).await?))
}

/// Takes a contest in hand, extends its time or answers it. The body is `"acknowledge"`, `{"extend": {"reason": "…"}}` or
/// `{"answer": {"answer": "upheld", "reason": "…"}}`.
///
/// # Errors
/// As [`App::answer_contest`].
#[utoipa::path(post, path = "/api/v1/contests/{id}/commands", tag = "own", params(("id" = String, Path,)), request_body = serde_json::Value, responses((status = 200, body = ContestView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn command(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(body): Json<serde_json::Value>,
) -> Answer<ContestView> {
    let command = serde_json::from_value(body).map_err(|error| {
        ApiError::bad(
            "command",
            format!("this is no command: {error}"),
            "docs/casework.md says what can be done with a contest",
        )
    })?;
    Ok(Json(app.answer_contest(&signed, &id, command).await?))
}
