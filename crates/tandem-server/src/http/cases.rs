//! Routes of casework.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tandem_domain::CaseId;
use utoipa::IntoParams;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::asker::Asker;
use crate::cases::{CaseList, CaseView, OpenCase, Upload};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// Which cases.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct CasesAsked {
    /// `open`, `investigating`, `contained`, `decided` or `closed`.
    status: Option<String>,
    /// Text in number, title or kind.
    text: Option<String>,
}

/// What comes with an upload.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct UploadAsked {
    /// File name.
    name: String,
    /// Where it comes from, in one line.
    source: String,
}

/// Why a copy leaves Tandem.
#[derive(Debug, Clone, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportCase {
    /// What the export is for.
    reason: String,
}

/// The asker, for the case of the address.
pub(super) fn inside(signed: Signed, id: &str) -> Result<Asker, ApiError> {
    let id = CaseId::parse(id).ok_or_else(|| ApiError::not_found("case"))?;
    Ok(signed.asker.for_case(id))
}

/// The cases that the asker may see.
///
/// # Errors
/// As [`App::cases`].
#[utoipa::path(get, path = "/api/v1/cases", tag = "cases", params(CasesAsked), responses((status = 200, body = CaseList), (status = 403, body = ErrorBody)))]
pub async fn cases(State(app): Shared, signed: Signed, Query(asked): Query<CasesAsked>) -> Answer<CaseList> {
    Ok(Json(
        app.cases(&signed, asked.status.as_deref(), asked.text.as_deref())
            .await?,
    ))
}

/// Opens a case.
///
/// # Errors
/// As [`App::open_case`].
#[utoipa::path(post, path = "/api/v1/cases", tag = "cases", request_body = OpenCase, responses((status = 200, body = CaseView), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn open_case(State(app): Shared, signed: Signed, Json(asked): Json<OpenCase>) -> Answer<CaseView> {
    Ok(Json(app.open_case(&signed, &asked).await?))
}

/// A case whole. The look is in the ledger before the answer goes out.
///
/// # Errors
/// As [`App::case_to_look_at`], or the look cannot be recorded.
#[utoipa::path(get, path = "/api/v1/cases/{id}", tag = "cases", params(("id" = String, Path,)), responses((status = 200, body = CaseView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn case(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<CaseView> {
    let asker = inside(signed, &id)?;
    let known = app.case_to_look_at(&asker).await?;
    let view = app.case_view(&asker, &known).await?;
    if !known.case.may_see(asker.account()) {
        // The outline shows no subject.
        let entry = asker.entry("case.outline", None, Some(known.case.id.as_str()))?;
        app.store.add_to_ledger(vec![entry]).await?;
        return Ok(Json(view));
    }
    for subject in &known.case.subjects {
        asker.look(&app, subject, "case").await?;
    }
    Ok(Json(view))
}

/// Does something in a case. The body is one command of casework, such as
/// `{"note": {"write": {"visibility": "both", "text": "…"}}}`; `docs/casework.md` lists them.
///
/// # Errors
/// As [`App::change_case`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/commands", tag = "cases", params(("id" = String, Path,)), request_body = serde_json::Value, responses((status = 200, body = CaseView), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn command(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(body): Json<serde_json::Value>,
) -> Answer<CaseView> {
    let asker = inside(signed, &id)?;
    let command = serde_json::from_value(body).map_err(|error| {
        ApiError::bad(
            "command",
            format!("this is no command: {error}"),
            "docs/casework.md lists the commands and their fields",
        )
    })?;
    Ok(Json(app.change_case(&asker, command).await?))
}

/// Takes an item of evidence in; the body is its bytes.
///
/// # Errors
/// As [`App::add_evidence`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/evidence", tag = "cases", params(("id" = String, Path,), UploadAsked), request_body(content = String, content_type = "application/octet-stream"), responses((status = 200, body = CaseView), (status = 403, body = ErrorBody), (status = 413, body = ErrorBody)))]
pub async fn add_evidence(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<UploadAsked>,
    headers: axum::http::HeaderMap,
    bytes: Bytes,
) -> Answer<CaseView> {
    let asker = inside(signed, &id)?;
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let upload = Upload {
        name: asked.name,
        media_type: media_type.unwrap_or("application/octet-stream").to_owned(),
        source: asked.source,
        bytes: bytes.to_vec(),
    };
    Ok(Json(app.add_evidence(&asker, upload).await?))
}

/// An item of evidence; the look becomes a link of its chain of custody.
///
/// # Errors
/// As [`App::show_evidence`].
#[utoipa::path(get, path = "/api/v1/cases/{id}/evidence/{item}", tag = "cases", params(("id" = String, Path,), ("item" = String, Path,)), responses((status = 200, content_type = "application/octet-stream", body = String), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn evidence(
    State(app): Shared,
    signed: Signed,
    Path((id, item)): Path<(String, String)>,
) -> Result<Response, ApiError> {
    let asker = inside(signed, &id)?;
    let shown = app.show_evidence(&asker, &item).await?;
    let how = if shown.inline { "inline" } else { "attachment" };
    // The name was made harmless: no quote, no line end, no path.
    let headers = [
        (header::CONTENT_TYPE, shown.media_type),
        (
            header::CONTENT_DISPOSITION,
            format!("{how}; filename=\"{}\"", ascii(&shown.name)),
        ),
    ];
    Ok((headers, shown.bytes).into_response())
}

/// The whole case as a sealed ZIP.
///
/// # Errors
/// As [`App::export_case`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/export", tag = "cases", params(("id" = String, Path,)), request_body = ExportCase, responses((status = 200, content_type = "application/zip", body = String), (status = 403, body = ErrorBody)))]
pub async fn export(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<ExportCase>,
) -> Result<Response, ApiError> {
    let asker = inside(signed, &id)?;
    let bytes = app.export_case(&asker, &asked.reason).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/zip".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{id}.zip\""),
        ),
    ];
    Ok((headers, bytes).into_response())
}

/// A file name as a header can carry it.
fn ascii(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    name.chars().map(|c| if plain(c) { c } else { '_' }).collect()
}
