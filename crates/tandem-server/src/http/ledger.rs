//! Routes of the ledger, and of findings about how colleagues used Tandem.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use tandem_policy::{Action, DataClass};
use utoipa::OpenApi;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::{ErrorBody, LedgerCheck, LedgerView};
use crate::app::App;
use crate::service::LedgerAsked;
use crate::watch::{AnswerFinding, WatchFindingView, WatchView};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(rows, check, export, watch, answer_finding))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/ledger", get(rows))
        .route("/ledger/check", get(check))
        .route("/ledger/export", get(export))
        .route("/ledger/watch", get(watch))
        .route("/ledger/watch/{id}/answer", post(answer_finding))
}

/// Part of the ledger.
///
/// # Errors
/// Forbidden, or as [`App::ledger_view`].
#[utoipa::path(get, path = "/api/v1/ledger", tag = "ledger", params(LedgerAsked), responses((status = 200, body = LedgerView), (status = 403, body = ErrorBody)))]
pub async fn rows(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<LedgerAsked>,
) -> Answer<LedgerView> {
    signed.may(&app, Action::Look, DataClass::Ledger, &signed.context())?;
    Ok(Json(app.ledger_view(&asked).await?))
}

/// Whether the ledger holds.
///
/// # Errors
/// Forbidden, or as [`App::ledger_check`].
#[utoipa::path(get, path = "/api/v1/ledger/check", tag = "ledger", responses((status = 200, body = LedgerCheck), (status = 403, body = ErrorBody)))]
pub async fn check(State(app): Shared, signed: Signed) -> Answer<LedgerCheck> {
    signed.may(&app, Action::Verify, DataClass::Ledger, &signed.context())?;
    Ok(Json(app.ledger_check().await?))
}

/// The whole ledger as a file that `tandem ledger verify` checks.
///
/// # Errors
/// Forbidden, or as [`App::export_ledger`].
#[utoipa::path(get, path = "/api/v1/ledger/export", tag = "ledger", responses((status = 200, content_type = "application/x-ndjson", body = String), (status = 403, body = ErrorBody)))]
pub async fn export(State(app): Shared, signed: Signed) -> Result<Response, ApiError> {
    signed.may(&app, Action::Export, DataClass::Ledger, &signed.context())?;
    let entry = signed.entry("export.make", None, Some("ledger"))?;
    app.store.add_to_ledger(vec![entry]).await?;
    let file = tempfile::tempfile_in(&app.config.data_dir)?;
    let out = app.export_ledger(std::io::BufWriter::new(file)).await?;
    let mut file = out.into_inner().map_err(std::io::Error::from)?;
    std::io::Seek::rewind(&mut file)?;
    let stream = tokio_util::io::ReaderStream::new(tokio::fs::File::from_std(file));
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"ledger.ndjson\"",
        ),
    ];
    Ok((headers, axum::body::Body::from_stream(stream)).into_response())
}

/// Findings about how colleagues used Tandem, for the auditor; those about an auditor for the works council. Nobody finds one
/// about themselves, or about who leads them, is led by them or shares their team. The look is a row of the ledger.
///
/// # Errors
/// As [`App::watch`].
#[utoipa::path(get, path = "/api/v1/ledger/watch", tag = "ledger", responses((status = 200, body = WatchView), (status = 403, body = ErrorBody)))]
pub async fn watch(State(app): Shared, signed: Signed) -> Answer<WatchView> {
    Ok(Json(app.watch(&signed).await?))
}

/// Says what came of looking into a finding; the ledger signs it.
///
/// # Errors
/// As [`App::answer_finding`].
#[utoipa::path(post, path = "/api/v1/ledger/watch/{id}/answer", tag = "ledger", params(("id" = String, Path,)), request_body = AnswerFinding, responses((status = 200, body = WatchFindingView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn answer_finding(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<AnswerFinding>,
) -> Answer<WatchFindingView> {
    Ok(Json(app.answer_finding(&signed, &id, &asked).await?))
}
