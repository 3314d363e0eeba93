//! Routes of work over several cases: the board, finding, merging and splitting, approvals that wait.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::cases::inside;
use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::cases::{Board, CaseHits, CaseView, MergeCase, SplitCase};
use crate::runs::RunList;

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(board, find, merge, split, waiting))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/board", get(board))
        .route("/cases/search", get(find))
        .route("/cases/{id}/merge", post(merge))
        .route("/cases/{id}/split", post(split))
        .route("/runs", get(waiting))
}

/// What to look for.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FindAsked {
    /// Words that all stand in one place, 2 to 200 characters.
    text: String,
}

/// What waits for the asker over all cases: duties, tasks, meetings, votes, rulings; what is late where they lead; who mentioned them;
/// what they watch. It names no subject. Whoever works on no case gets an empty board.
///
/// # Errors
/// As [`App::board`].
#[utoipa::path(get, path = "/api/v1/board", tag = "cases", responses((status = 200, body = Board), (status = 401, body = ErrorBody)))]
pub async fn board(State(app): Shared, signed: Signed) -> Answer<Board> {
    Ok(Json(app.board(&signed).await?))
}

/// Finds text in the asker's cases: number, title, notes that the asker may read, tasks, meetings, names of evidence and assets.
///
/// # Errors
/// As [`App::find_in_cases`].
#[utoipa::path(get, path = "/api/v1/cases/search", tag = "cases", params(FindAsked), responses((status = 200, body = CaseHits), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn find(State(app): Shared, signed: Signed, Query(asked): Query<FindAsked>) -> Answer<CaseHits> {
    Ok(Json(app.find_in_cases(&signed, &asked.text).await?))
}

/// Merges a case into another, which is shown. Who leads both may.
///
/// # Errors
/// As [`App::merge_case`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/merge", tag = "cases", params(("id" = String, Path,)), request_body = MergeCase, responses((status = 200, body = CaseView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn merge(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<MergeCase>,
) -> Answer<CaseView> {
    let asker = inside(signed, &id)?;
    Ok(Json(app.merge_case(&asker, &asked).await?))
}

/// Splits subjects and alerts of a case off into a new case, which is shown. Who leads the case may.
///
/// # Errors
/// As [`App::split_case`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/split", tag = "cases", params(("id" = String, Path,)), request_body = SplitCase, responses((status = 200, body = CaseView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn split(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<SplitCase>,
) -> Answer<CaseView> {
    let asker = inside(signed, &id)?;
    Ok(Json(app.split_case(&asker, &asked).await?))
}

/// Runs of playbooks with a step that waits for the word of the asker's department.
///
/// # Errors
/// As [`App::runs_waiting`].
#[utoipa::path(get, path = "/api/v1/runs", tag = "playbooks", responses((status = 200, body = RunList), (status = 401, body = ErrorBody)))]
pub async fn waiting(State(app): Shared, signed: Signed) -> Answer<RunList> {
    Ok(Json(app.runs_waiting(&signed).await?))
}
