//! Routes of the policies in force.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::routing::get;
use axum::{Json, Router};
use tandem_policy::{Action, DataClass};
use utoipa::OpenApi;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::policies::{MatrixAsked, MatrixView, PolicySetView};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(policies, matrix))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/policies", get(policies))
        .route("/policies/matrix", get(matrix))
}

/// The policies in force: their files, how each differs from the shipped one, and what holds whatever they say.
///
/// # Errors
/// Forbidden.
#[utoipa::path(get, path = "/api/v1/policies", tag = "policies", responses((status = 200, body = PolicySetView), (status = 403, body = ErrorBody)))]
pub async fn policies(State(app): Shared, signed: Signed) -> Answer<PolicySetView> {
    signed.may(&app, Action::Look, DataClass::Policies, &signed.context())?;
    let work = move || app.policy_set().clone();
    let set = tokio::task::spawn_blocking(work).await;
    Ok(Json(set.map_err(|error| ApiError::internal(&error))?))
}

/// Who may do what, for which purpose, in which situation, as the policies in force answer it. What no row says is denied.
///
/// # Errors
/// Forbidden, or a word that there is not.
#[utoipa::path(get, path = "/api/v1/policies/matrix", tag = "policies", params(MatrixAsked), responses((status = 200, body = MatrixView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn matrix(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<MatrixAsked>,
) -> Answer<MatrixView> {
    signed.may(&app, Action::Look, DataClass::Policies, &signed.context())?;
    let work = move || app.policy_matrix(&asked);
    let view = tokio::task::spawn_blocking(work).await;
    Ok(Json(view.map_err(|error| ApiError::internal(&error))??))
}
