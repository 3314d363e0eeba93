//! Routes of what-if, of proposals to change settings, and of the list of those whom to offer help first.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use utoipa::OpenApi;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::{ErrorBody, SupportList};
use crate::app::App;
use crate::what_if::{
    AnswerProposal, KnobList, ProposalList, ProposalView, ProposeSettings, WhatIfAsked, WhatIfView,
};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(knobs, what_if, proposals, propose, answer, support))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/what-if", get(knobs).post(what_if))
        .route("/what-if/proposals", get(proposals).post(propose))
        .route("/what-if/proposals/{id}/answer", post(answer))
        .route("/support", get(support))
}

/// The settings that can be tried, with their values.
///
/// # Errors
/// As [`App::what_if_knobs`].
#[utoipa::path(get, path = "/api/v1/what-if", tag = "what-if", responses((status = 200, body = KnobList), (status = 403, body = ErrorBody)))]
pub async fn knobs(State(app): Shared, signed: Signed) -> Answer<KnobList> {
    Ok(Json(app.what_if_knobs(&signed).await?))
}

/// What would have been in the queue with other settings, beside what was. It changes nothing.
///
/// # Errors
/// As [`App::what_if`].
#[utoipa::path(post, path = "/api/v1/what-if", tag = "what-if", request_body = WhatIfAsked, responses((status = 200, body = WhatIfView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn what_if(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<WhatIfAsked>,
) -> Answer<WhatIfView> {
    Ok(Json(app.what_if(&signed, &asked).await?))
}

/// Proposals to change settings, newest first. They name no subject.
///
/// # Errors
/// As [`App::proposals`].
#[utoipa::path(get, path = "/api/v1/what-if/proposals", tag = "what-if", responses((status = 200, body = ProposalList), (status = 403, body = ErrorBody)))]
pub async fn proposals(State(app): Shared, signed: Signed) -> Answer<ProposalList> {
    Ok(Json(app.proposals(&signed).await?))
}

/// Proposes other settings. Somebody of the other department answers.
///
/// # Errors
/// As [`App::propose_settings`].
#[utoipa::path(post, path = "/api/v1/what-if/proposals", tag = "what-if", request_body = ProposeSettings, responses((status = 200, body = ProposalView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub async fn propose(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<ProposeSettings>,
) -> Answer<ProposalView> {
    Ok(Json(app.propose_settings(&signed, &asked).await?))
}

/// Answers a proposal. An approved one shows the lines for the settings file; nothing changes by itself.
///
/// # Errors
/// As [`App::answer_proposal`].
#[utoipa::path(post, path = "/api/v1/what-if/proposals/{id}/answer", tag = "what-if", params(("id" = String, Path,)), request_body = AnswerProposal, responses((status = 200, body = ProposalView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn answer(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(given): Json<AnswerProposal>,
) -> Answer<ProposalView> {
    Ok(Json(app.answer_proposal(&signed, &id, &given).await?))
}

/// Whom to offer help first: a concern of the human side without technical evidence. Without numbers, and for who may see
/// human-side facts only.
///
/// # Errors
/// As [`App::support_list`].
#[utoipa::path(get, path = "/api/v1/support", tag = "subjects", responses((status = 200, body = SupportList), (status = 403, body = ErrorBody)))]
pub async fn support(State(app): Shared, signed: Signed) -> Answer<SupportList> {
    Ok(Json(app.support_list(&signed).await?))
}
