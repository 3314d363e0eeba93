//! Routes of a subject's departures from what is usual.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use tandem_domain::SubjectId;
use tandem_policy::DataClass;
use utoipa::{IntoParams, OpenApi};

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::departures::DeparturesView;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(departures))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/subjects/{id}/departures", get(departures))
}

/// A moment.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct DeparturesAsked {
    /// RFC 3339 or a day, which means its end; without it, the end of the last day analysed.
    at: Option<String>,
}

/// Where a subject's days departed from the own past and from the peers, each in three sentences with the picture behind them.
/// It is seen by whoever may see the subject's story, and the ledger says so.
///
/// # Errors
/// Forbidden, or as [`App::departures`].
#[utoipa::path(get, path = "/api/v1/subjects/{id}/departures", tag = "subjects", params(("id" = String, Path,), DeparturesAsked), responses((status = 200, body = DeparturesView), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn departures(
    State(app): State<Arc<App>>,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<DeparturesAsked>,
) -> Result<Json<DeparturesView>, ApiError> {
    let subject = SubjectId(id);
    signed.permitted(&app, DataClass::Story, &subject).await?;
    let found = app.departures(subject.as_str(), asked.at.as_deref()).await?;
    signed.look(&app, &subject, "departures").await?;
    Ok(Json(found))
}
