//! Shippers push events over HTTP.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};

use super::error::ApiError;
use super::forward::{BadBody, RETRY_AFTER, text, unpack};
use crate::api::dto::{ErrorBody, PushAnswer};
use crate::app::App;
use crate::pipeline::push::take;
use crate::secret;
use crate::service::ServiceError;

/// Takes a batch of records of any known format; answers once they are on disk. The same idempotency key, or without one the
/// same body, is taken once.
#[utoipa::path(post, path = "/api/v1/ingest/{source}", tag = "ingest",
    params(("source" = String, Path, description = "name of the source"), ("idempotency-key" = Option<String>, Header, description = "the same for a retry")),
    request_body(content = String, content_type = "application/x-ndjson"),
    responses((status = 200, body = PushAnswer), (status = 401, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub async fn push(
    State(app): State<Arc<App>>,
    Path(source): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PushAnswer>, ApiError> {
    let token = bearer(&headers).ok_or_else(no_token)?;
    app.store
        .ingest_token(&secret::token_hash(token))
        .await?
        .ok_or_else(no_token)?;
    if source.is_empty()
        || source.len() > 64
        || !source
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    {
        return Err(ApiError::bad(
            "source",
            "that is no name of a source",
            "use letters, digits, - _ . and at most 64 of them",
        ));
    }
    let (bytes, _turn) = unpack(&app, &app.forwarding.pushes, &headers, body)
        .await
        .map_err(|bad| bad_body(bad, app.config.limits.push_bytes))?;
    Ok(Json(
        take(&app, &source, text(&headers, "idempotency-key"), bytes)
            .await
            .map_err(ServiceError::from)?,
    ))
}

pub(super) fn no_token() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "token",
        "a valid bearer token is needed",
        "make one with `tandem ingest-token NAME` and send it as `authorization: bearer TOKEN`",
    )
}

/// The bearer token of a request.
pub(super) fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Says why a body is not taken.
fn bad_body(bad: BadBody, limit: u64) -> ApiError {
    match bad {
        BadBody::TooLarge => ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too_large",
            format!("the body is larger than {limit} bytes"),
            "send smaller batches",
        ),
        BadBody::Encoding => ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding",
            "that content-encoding is not known",
            "send it plain, gzip or zstd",
        ),
        BadBody::Broken(why) => ApiError::bad(
            "body",
            format!("the body cannot be read: {why}"),
            "check content-encoding and send it again",
        ),
        BadBody::Late(_) => ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "what came before is still being stored",
            "send it again later; nothing of it is stored",
        )
        .retry_after(RETRY_AFTER),
    }
}
