//! Routes of hunting.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use utoipa::{IntoParams, OpenApi};

use super::cases::inside;
use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::{
    EnrichmentLists, ErrorBody, HuntAsked, HuntFields, HuntFieldsAsked, HuntLine, KeepHunt, RuleAsked,
    RuleMade, SaveSearch, SavedSearchList, SavedSearchView, ScheduleAsked,
};
use crate::app::App;
use crate::cases::CaseView;
use crate::hunt::{Format, Hunt, stream};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// The hash over what a file holds.
const RESULT_HASH: &str = "x-tandem-result-hash";
/// Set where there is more than a file holds.
const TRUNCATED: &str = "x-tandem-truncated";

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(
    search,
    fields,
    export,
    saved,
    save,
    change,
    forget,
    make_rule,
    drop_rule,
    make_schedule,
    drop_schedule,
    keep,
    lists
))]
pub(super) struct Description;

/// In which form.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct FormatAsked {
    /// `ndjson` (each event whole) or `csv` (each event in short).
    format: String,
}

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/hunt/search", post(search))
        .route("/hunt/fields", post(fields))
        .route("/hunt/export", post(export))
        .route("/hunt/saved", get(saved).post(save))
        .route("/hunt/saved/{id}", put(change).delete(forget))
        .route("/hunt/saved/{id}/rule", post(make_rule).delete(drop_rule))
        .route(
            "/hunt/saved/{id}/schedule",
            put(make_schedule).delete(drop_schedule),
        )
        .route("/hunt/lists", get(lists))
        .route("/cases/{id}/hunts", post(keep))
}

/// Searches raw events with a question. The answer comes line by line, the newest day first; who stops reading stops the search. The
/// search is in the ledger before the first line.
///
/// # Errors
/// Forbidden, not understood, too many at once, or a store fails. What fails later is a line of its own.
#[utoipa::path(post, path = "/api/v1/hunt/search", tag = "hunt", request_body = HuntAsked, responses((status = 200, content_type = "application/x-ndjson", body = HuntLine), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn search(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<HuntAsked>,
) -> Result<Response, ApiError> {
    let hunt = Hunt::begin(&app, &signed, &asked, "hunt.search").await?;
    let lines = stream(hunt).await?;
    let headers = [
        ("content-type", "application/x-ndjson"),
        ("cache-control", "no-store"),
        // A proxy that collects the answer would take its point away.
        ("x-accel-buffering", "no"),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// Counts the values of fields over everything that a search finds.
///
/// # Errors
/// As [`App::hunt_fields`].
#[utoipa::path(post, path = "/api/v1/hunt/fields", tag = "hunt", request_body = HuntFieldsAsked, responses((status = 200, body = HuntFields), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn fields(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<HuntFieldsAsked>,
) -> Answer<HuntFields> {
    Ok(Json(app.hunt_fields(&signed, asked).await?))
}

/// What a search finds, as a file; for members of an open case.
///
/// # Errors
/// As [`App::export_hunt`].
#[utoipa::path(post, path = "/api/v1/hunt/export", tag = "hunt", params(FormatAsked), request_body = HuntAsked, responses((status = 200, content_type = "application/x-ndjson", body = String), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn export(
    State(app): Shared,
    signed: Signed,
    Query(form): Query<FormatAsked>,
    Json(asked): Json<HuntAsked>,
) -> Result<Response, ApiError> {
    let format = Format::of(&form.format)?;
    let file = app.export_hunt(&signed, &asked, format).await?;
    let start: String = file.result_hash.chars().take(8).collect();
    let headers = [
        ("content-type", format.media_type().to_owned()),
        (
            "content-disposition",
            format!("attachment; filename=\"hunt-{start}.{}\"", format.ending()),
        ),
        ("cache-control", "no-store".to_owned()),
        (RESULT_HASH, file.result_hash),
        (TRUNCATED, file.truncated.to_string()),
    ];
    Ok((headers, file.bytes).into_response())
}

/// The searches that the asker keeps, and those that colleagues of the same role share.
///
/// # Errors
/// As [`App::saved_searches`].
#[utoipa::path(get, path = "/api/v1/hunt/saved", tag = "hunt", responses((status = 200, body = SavedSearchList), (status = 403, body = ErrorBody)))]
pub async fn saved(State(app): Shared, signed: Signed) -> Answer<SavedSearchList> {
    Ok(Json(app.saved_searches(&signed).await?))
}

/// Keeps a search.
///
/// # Errors
/// As [`App::save_search`].
#[utoipa::path(post, path = "/api/v1/hunt/saved", tag = "hunt", request_body = SaveSearch, responses((status = 200, body = SavedSearchView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn save(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<SaveSearch>,
) -> Answer<SavedSearchView> {
    Ok(Json(app.save_search(&signed, &asked).await?))
}

/// Changes a search; its rule, or what it is asked for again and again, is written anew.
///
/// # Errors
/// As [`App::change_saved_search`].
#[utoipa::path(put, path = "/api/v1/hunt/saved/{id}", tag = "hunt", params(("id" = String, Path,)), request_body = SaveSearch, responses((status = 200, body = SavedSearchView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn change(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<SaveSearch>,
) -> Answer<SavedSearchView> {
    Ok(Json(app.change_saved_search(&signed, &id, &asked).await?))
}

/// Forgets a search, and its rule with it; it is asked no more.
///
/// # Errors
/// As [`App::forget_saved_search`].
#[utoipa::path(delete, path = "/api/v1/hunt/saved/{id}", tag = "hunt", params(("id" = String, Path,)), responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn forget(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.forget_saved_search(&signed, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a Sigma rule of a saved search; it is in use at once.
///
/// # Errors
/// As [`App::make_rule`].
#[utoipa::path(post, path = "/api/v1/hunt/saved/{id}/rule", tag = "hunt", params(("id" = String, Path,)), request_body = RuleAsked, responses((status = 200, body = RuleMade), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn make_rule(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<RuleAsked>,
) -> Answer<RuleMade> {
    Ok(Json(app.make_rule(&signed, &id, &asked).await?))
}

/// Takes the rule made of a saved search out of use; the search stays.
///
/// # Errors
/// As [`App::drop_rule`].
#[utoipa::path(delete, path = "/api/v1/hunt/saved/{id}/rule", tag = "hunt", params(("id" = String, Path,)), responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn drop_rule(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.drop_rule(&signed, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a saved search in SQL asked again and again, or changes how; what its rows say counts as a rule's matches do.
///
/// # Errors
/// As [`App::make_schedule`].
#[utoipa::path(put, path = "/api/v1/hunt/saved/{id}/schedule", tag = "hunt", params(("id" = String, Path,)), request_body = ScheduleAsked, responses((status = 200, body = SavedSearchView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub async fn make_schedule(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<ScheduleAsked>,
) -> Answer<SavedSearchView> {
    Ok(Json(app.make_schedule(&signed, &id, &asked).await?))
}

/// Has a saved search asked no more; the search stays, and so does what it found.
///
/// # Errors
/// As [`App::drop_schedule`].
#[utoipa::path(delete, path = "/api/v1/hunt/saved/{id}/schedule", tag = "hunt", params(("id" = String, Path,)), responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn drop_schedule(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    app.drop_schedule(&signed, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Runs a search for a case, and keeps what it finds there as evidence.
///
/// # Errors
/// As [`App::keep_hunt`].
#[utoipa::path(post, path = "/api/v1/cases/{id}/hunts", tag = "cases", params(("id" = String, Path,)), request_body = KeepHunt, responses((status = 200, body = CaseView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn keep(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(asked): Json<KeepHunt>,
) -> Answer<CaseView> {
    let asker = inside(signed, &id)?;
    Ok(Json(app.keep_hunt(&asker, asked).await?))
}

/// The lists that events are looked up in, and their state.
///
/// # Errors
/// As [`App::enrichment_lists`].
#[utoipa::path(get, path = "/api/v1/hunt/lists", tag = "hunt", responses((status = 200, body = EnrichmentLists), (status = 403, body = ErrorBody)))]
pub async fn lists(State(app): Shared, signed: Signed) -> Answer<EnrichmentLists> {
    Ok(Json(app.enrichment_lists(&signed).await?))
}
