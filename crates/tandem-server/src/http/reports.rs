//! Routes of reports: what verdicts teach, and how long things took.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use tandem_domain::Purpose;
use tandem_policy::{Action, Context, DataClass};
use utoipa::OpenApi;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::calibration::{CalibrationAsked, CalibrationView};
use crate::reports::{ClockReport, ClocksAsked, FeedbackView, RuleFeedback, csv};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(feedback, rule_feedback, clocks, clocks_csv, calibration))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/feedback", get(feedback))
        .route("/feedback/{id}", get(rule_feedback))
        .route("/reports/clocks", get(clocks))
        .route("/reports/clocks.csv", get(clocks_csv))
        .route("/calibration", get(calibration))
}

/// Refuses who may not see figures that name nobody. Whoever may see them for an audit may see them here too.
fn sees(app: &App, signed: &Signed, action: Action) -> Result<(), ApiError> {
    if signed.can(app, action, DataClass::Reports, &signed.context()) {
        return Ok(());
    }
    signed.may(app, action, DataClass::Reports, &Context::of(Purpose::Audit))
}

/// What people concluded, by rule and detector: counts, and the precision once ten verdicts are there.
///
/// # Errors
/// As [`App::feedback`].
#[utoipa::path(get, path = "/api/v1/feedback", tag = "reports", responses((status = 200, body = FeedbackView), (status = 403, body = ErrorBody)))]
pub async fn feedback(State(app): Shared, signed: Signed) -> Answer<FeedbackView> {
    Ok(Json(app.feedback(&signed).await?))
}

/// What people concluded about one rule, and proposals to tune it. They are for review; Tandem applies none.
///
/// # Errors
/// As [`App::rule_feedback`].
#[utoipa::path(get, path = "/api/v1/feedback/{id}", tag = "reports", params(("id" = String, Path,)), responses((status = 200, body = RuleFeedback), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn rule_feedback(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
) -> Answer<RuleFeedback> {
    Ok(Json(app.rule_feedback(&signed, &id).await?))
}

/// How long it took to look, share, contain, decide and close, by kind and department; never of fewer than five cases.
///
/// # Errors
/// Forbidden, or as [`App::clock_report`].
#[utoipa::path(get, path = "/api/v1/reports/clocks", tag = "reports", params(ClocksAsked), responses((status = 200, body = ClockReport), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn clocks(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<ClocksAsked>,
) -> Answer<ClockReport> {
    sees(&app, &signed, Action::Look)?;
    Ok(Json(app.clock_report(&asked).await?))
}

/// The same figures as comma-separated values.
///
/// # Errors
/// Forbidden, or as [`App::clock_report`].
#[utoipa::path(get, path = "/api/v1/reports/clocks.csv", tag = "reports", params(ClocksAsked), responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn clocks_csv(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<ClocksAsked>,
) -> Result<Response, ApiError> {
    sees(&app, &signed, Action::Export)?;
    let report = app.clock_report(&asked).await?;
    let entry = signed.entry("export.make", None, Some("reports/clocks"))?;
    app.store.add_to_ledger(vec![entry]).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"clocks.csv\""),
    ];
    Ok((headers, csv(&report)).into_response())
}

/// Whether p-values, alerts and detectors hold what they promise, and how evenly alerts fall on groups of at least ten people.
///
/// # Errors
/// Forbidden, or as [`App::calibration`].
#[utoipa::path(get, path = "/api/v1/calibration", tag = "reports", params(CalibrationAsked), responses((status = 200, body = CalibrationView), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub async fn calibration(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<CalibrationAsked>,
) -> Answer<CalibrationView> {
    sees(&app, &signed, Action::Look)?;
    Ok(Json(app.calibration(&signed, &asked).await?))
}
