//! Routes of playbooks and their runs.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use tandem_policy::{Action, DataClass};
use utoipa::OpenApi;

use super::cases::inside;
use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::runs::{PlaybookList, PlaybookView, RunList, RunView, StartRun};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(playbooks, playbook, cacao, runs, start, run, command))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/cases/{id}/runs", get(runs).post(start))
        .route("/runs/{id}", get(run))
        .route("/runs/{id}/commands", post(command))
        .route("/playbooks", get(playbooks))
        .route("/playbooks/{id}", get(playbook))
        .route("/playbooks/{id}/cacao", get(cacao))
}

/// Playbooks hold no data about anybody; who works on cases or looks after rules reads them.
fn reads(app: &App, signed: &Signed) -> Result<(), ApiError> {
    signed.may(app, Action::Look, DataClass::Rules, &signed.context())
}

/// The playbooks.
///
/// # Errors
/// Forbidden.
#[utoipa::path(get, path = "/api/v1/playbooks", tag = "playbooks", responses((status = 200, body = PlaybookList), (status = 403, body = ErrorBody)))]
pub async fn playbooks(State(app): Shared, signed: Signed) -> Answer<PlaybookList> {
    reads(&app, &signed)?;
    Ok(Json(app.playbooks()))
}

/// A playbook with its graph.
///
/// # Errors
/// Forbidden or missing.
#[utoipa::path(get, path = "/api/v1/playbooks/{id}", tag = "playbooks", params(("id" = String, Path,)), responses((status = 200, body = PlaybookView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn playbook(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<PlaybookView> {
    reads(&app, &signed)?;
    Ok(Json(app.playbook(&id)?))
}

/// A playbook as CACAO Security Playbooks 2.0.
///
/// # Errors
/// Forbidden or missing.
#[utoipa::path(get, path = "/api/v1/playbooks/{id}/cacao", tag = "playbooks", params(("id" = String, Path,)), responses((status = 200, body = serde_json::Value), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn cacao(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<serde_json::Value> {
    reads(&app, &signed)?;
    Ok(Json(app.cacao(&id)?))
}

/// The runs of a case.
///
/// # Errors
/// As [`App::runs`].
#[utoipa::path(get, path = "/api/v1/cases/{id}/runs", tag = "playbooks", params(("id" = String, Path,)), responses((status = 200, body = RunList), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn runs(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<RunList> {
    let asker = inside(signed, &id)?;
    Ok(Json(app.runs(&asker).await?))
}

/// Begins a run of a playbook in a case.
///
/// # Errors
/// As [`App::start_run`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/runs", tag = "playbooks", params(("id" = String, Path,)), request_body = StartRun, responses((status = 200, body = RunView), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn start(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<StartRun>,
) -> Answer<RunView> {
    let asker = inside(signed, &id)?;
    Ok(Json(app.start_run(&asker, asked).await?))
}

/// A run whole.
///
/// # Errors
/// As [`App::run`].
#[utoipa::path(get, path = "/api/v1/runs/{id}", tag = "playbooks", params(("id" = String, Path,)), responses((status = 200, body = RunView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn run(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<RunView> {
    Ok(Json(app.run(&signed, &id).await?))
}

/// Does something in a run. The body is one command, such as `{"command": "take", "step": "ask_manager"}`;
/// `docs/playbooks.md` lists them.
///
/// # Errors
/// As [`App::change_run`].
#[utoipa::path(post, path = "/api/v1/runs/{id}/commands", tag = "playbooks", params(("id" = String, Path,)), request_body = serde_json::Value, responses((status = 200, body = RunView), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn command(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(body): Json<serde_json::Value>,
) -> Answer<RunView> {
    Ok(Json(app.change_run(&signed, &id, body).await?))
}
