//! Routes of disclosures.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use tandem_vault::Revealed;

use super::cases::inside;
use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::disclosures::{AnswerDisclosure, AskDisclosure, DisclosureList, DisclosureView};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// Asks for a disclosure of who a subject of the case is.
///
/// # Errors
/// As [`App::ask_disclosure`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/disclosures", tag = "disclosures", params(("id" = String, Path,)), request_body = AskDisclosure, responses((status = 200, body = DisclosureView), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn ask(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<AskDisclosure>,
) -> Answer<DisclosureView> {
    let asker = inside(signed, &id)?;
    Ok(Json(app.ask_disclosure(&asker, &asked).await?))
}

/// The disclosures that concern the asker.
///
/// # Errors
/// As [`App::disclosures`].
#[utoipa::path(get, path = "/api/v1/disclosures", tag = "disclosures", responses((status = 200, body = DisclosureList), (status = 401, body = ErrorBody)))]
pub async fn list(State(app): Shared, signed: Signed) -> Answer<DisclosureList> {
    Ok(Json(app.disclosures(&signed).await?))
}

/// Answers a request for a disclosure.
///
/// # Errors
/// As [`App::answer_disclosure`].
#[utoipa::path(post, path = "/api/v1/disclosures/{id}/answer", tag = "disclosures", params(("id" = String, Path,)), request_body = AnswerDisclosure, responses((status = 200, body = DisclosureView), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn answer(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(answer): Json<AnswerDisclosure>,
) -> Answer<DisclosureView> {
    Ok(Json(app.answer_disclosure(&signed, &id, &answer).await?))
}

/// Ends a disclosure before its time.
///
/// # Errors
/// As [`App::end_disclosure`].
#[utoipa::path(post, path = "/api/v1/disclosures/{id}/end", tag = "disclosures", params(("id" = String, Path,)), responses((status = 200, body = DisclosureView), (status = 403, body = ErrorBody)))]
pub async fn end(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<DisclosureView> {
    Ok(Json(app.end_disclosure(&signed, &id).await?))
}

/// Who the subject is. A POST, because each look is an act: it is written into the ledger before anything is shown.
///
/// # Errors
/// As [`App::identity`].
#[utoipa::path(post, path = "/api/v1/disclosures/{id}/identity", tag = "disclosures", params(("id" = String, Path,)), responses((status = 200, body = serde_json::Value), (status = 403, body = ErrorBody)))]
pub async fn identity(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<Revealed> {
    Ok(Json(app.identity(&signed, &id).await?))
}
