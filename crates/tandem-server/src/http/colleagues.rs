//! Routes of colleagues.

use std::sync::Arc;

use axum::Json;
use axum::Router;
use axum::extract::{Path, State};
use axum::routing::{get, post, put};

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::colleagues::{ChangeColleague, ColleagueList, ColleagueView, LinkView};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// Where they are.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/colleagues", get(list))
        .route("/colleagues/{account}", put(change))
        .route("/colleagues/{account}/link", post(link))
}

/// Who works with Tandem. Whoever does not manage colleagues sees account, role, department and whether they are away.
///
/// # Errors
/// As [`App::colleague_list`].
#[utoipa::path(get, path = "/api/v1/colleagues", tag = "colleagues", responses((status = 200, body = ColleagueList), (status = 403, body = ErrorBody)))]
pub async fn list(State(app): Shared, signed: Signed) -> Answer<ColleagueList> {
    Ok(Json(app.colleague_list(&signed).await?))
}

/// Changes a colleague, or adds one. Nobody changes their own account.
///
/// # Errors
/// As [`App::change_colleague`].
#[utoipa::path(put, path = "/api/v1/colleagues/{account}", tag = "colleagues", params(("account" = String, Path,)), request_body = ChangeColleague, responses((status = 200, body = ColleagueView), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn change(
    State(app): Shared,
    signed: Signed,
    Path(account): Path<String>,
    Json(asked): Json<ChangeColleague>,
) -> Answer<ColleagueView> {
    Ok(Json(app.change_colleague(&signed, &account, &asked).await?))
}

/// Makes a one-time sign-in link for a colleague. It is shown once; the ledger says who made one for whom.
///
/// # Errors
/// As [`App::colleague_link`].
#[utoipa::path(post, path = "/api/v1/colleagues/{account}/link", tag = "colleagues", params(("account" = String, Path,)), responses((status = 200, body = LinkView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub async fn link(State(app): Shared, signed: Signed, Path(account): Path<String>) -> Answer<LinkView> {
    Ok(Json(app.colleague_link(&signed, &account).await?))
}
