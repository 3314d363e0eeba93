//! Routes of findings for other systems.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use utoipa::OpenApi;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::exports::{ExportAsked, Exported};

type Shared = State<Arc<App>>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(alerts, indicators, cases))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/alerts/export", get(alerts))
        .route("/indicators/export", get(indicators))
        .route("/cases/export", get(cases))
}

fn file(exported: Exported) -> Response {
    let headers = [
        (header::CONTENT_TYPE, exported.media_type.to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", exported.name),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, exported.bytes).into_response()
}

/// Alerts for another system: by pseudonym, past the gate, with the same ids in every export. The ledger has each export.
///
/// # Errors
/// As [`App::export_alerts`].
#[utoipa::path(get, path = "/api/v1/alerts/export", tag = "exports", params(ExportAsked), responses((status = 200, body = String), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn alerts(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<ExportAsked>,
) -> Result<Response, ApiError> {
    Ok(file(app.export_alerts(&signed, &asked).await?))
}

/// The indicators that alerts rest on, for another system.
///
/// # Errors
/// As [`App::export_indicators`].
#[utoipa::path(get, path = "/api/v1/indicators/export", tag = "exports", params(ExportAsked), responses((status = 200, body = String), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn indicators(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<ExportAsked>,
) -> Result<Response, ApiError> {
    Ok(file(app.export_indicators(&signed, &asked).await?))
}

/// The asker's cases with their alerts, for another system. What people typed is not in it.
///
/// # Errors
/// As [`App::export_cases`].
#[utoipa::path(get, path = "/api/v1/cases/export", tag = "exports", params(ExportAsked), responses((status = 200, body = String), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn cases(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<ExportAsked>,
) -> Result<Response, ApiError> {
    Ok(file(app.export_cases(&signed, &asked).await?))
}
