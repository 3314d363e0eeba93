//! Every route, each described for OpenAPI beside its handler.

use std::sync::Arc;
use std::time::Instant;

use axum::Json;
use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Path, Query, Request, State};
use axum::http::header;
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde::Deserialize;
use tandem_domain::{EventId, Purpose, SubjectId};
use tandem_policy::{Action, Context, DataClass};
use utoipa::{IntoParams, OpenApi};

use super::error::ApiError;
use super::metrics::RouteLabels;
use super::session::{self, Signed};
use super::{
    assets, cases, chat, colleagues, departures, disclosures, exports, forward, hunt, inbound, ledger, own,
    policies, push, reminders, reports, rooms, runs, sign_in, what_if, work,
};
use crate::api::dto::*;
use crate::app::App;
use crate::events::EventFilter;
use crate::service::{self, QueueAsked, RejectsAsked, ServiceError, SubjectsAsked};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// A moment.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct At {
    /// RFC 3339 or a day, which means its end.
    at: Option<String>,
}

/// A stretch of time.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct Stretch {
    /// RFC 3339 or a day, which means its start.
    from: Option<String>,
    /// RFC 3339 or a day, which means its end.
    to: Option<String>,
    /// How many.
    limit: Option<usize>,
}

/// Which events.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
struct EventsAsked {
    /// Acting account.
    account: Option<String>,
    /// Pseudonym.
    subject: Option<String>,
    /// OCSF class.
    class: Option<String>,
    /// Source name.
    source: Option<String>,
    /// Text in the record.
    text: Option<String>,
    /// RFC 3339 or a day.
    from: Option<String>,
    /// RFC 3339 or a day.
    to: Option<String>,
    /// How many, at most 1,000.
    limit: Option<usize>,
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Missing(what) => Self::not_found(what),
            ServiceError::Asked { what, hint } => Self::bad("bad_request", what, hint),
            ServiceError::Lake(error) => error.into(),
            ServiceError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

impl From<tandem_lake::LakeError> for ApiError {
    fn from(error: tandem_lake::LakeError) -> Self {
        use tandem_lake::LakeError as L;
        match &error {
            L::Sql { hint, .. } => {
                let hint = hint
                    .clone()
                    .unwrap_or_else(|| "see docs/lake.md for the columns of `events`".to_owned());
                Self::bad("query", error.to_string(), hint)
            }
            L::Refused { .. } | L::Timeout(_) | L::Memory { .. } | L::Query { .. } => Self::bad(
                "query",
                error.to_string(),
                "change the statement and run it again",
            ),
            _ => Self::internal(&error),
        }
    }
}

#[utoipa::path(get, path = "/api/v1/session", tag = "session", responses((status = 200, body = SessionView), (status = 401, body = ErrorBody)))]
async fn session_view(State(app): Shared, signed: Signed) -> Json<SessionView> {
    Json(signed.view(&app))
}

#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204), (status = 401, body = ErrorBody)))]
async fn sign_out(app: Shared, signed: Signed) -> Result<Response, ApiError> {
    session::sign_out(app, signed).await
}

#[utoipa::path(get, path = "/api/v1/overview", tag = "overview", responses((status = 200, body = Overview), (status = 401, body = ErrorBody)))]
async fn overview(State(app): Shared, signed: Signed) -> Answer<Overview> {
    // Figures that name nobody: whoever may see them for an audit may see them on the start page too.
    if !signed.can(&app, Action::Look, DataClass::Reports, &signed.context()) {
        signed.may(
            &app,
            Action::Look,
            DataClass::Reports,
            &Context::of(Purpose::Audit),
        )?;
    }
    Ok(Json(app.overview().await?))
}

#[utoipa::path(get, path = "/api/v1/queue", tag = "alerts", params(QueueAsked), responses((status = 200, body = QueueView), (status = 403, body = ErrorBody)))]
async fn queue(State(app): Shared, signed: Signed, Query(asked): Query<QueueAsked>) -> Answer<QueueView> {
    signed.may(&app, Action::Look, DataClass::Queue, &signed.context())?;
    let sight = signed.sight(&app, &signed.context());
    Ok(Json(app.queue(sight, &asked).await?))
}

#[utoipa::path(get, path = "/api/v1/alerts/{id}", tag = "alerts", params(("id" = String, Path,)), responses((status = 200, body = AlertDetail), (status = 404, body = ErrorBody)))]
async fn alert(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<AlertDetail> {
    let subject = app.alert_subject(&id).await?;
    let context = signed.permitted(&app, DataClass::Story, &subject).await?;
    let detail = app.alert_detail(signed.sight(&app, &context), &id).await?;
    signed.look(&app, &subject, &format!("alert {id}")).await?;
    Ok(Json(detail))
}

#[utoipa::path(post, path = "/api/v1/alerts/{id}/status", tag = "alerts", params(("id" = String, Path,)), request_body = StatusChange, responses((status = 200, body = AlertSummary), (status = 400, body = ErrorBody)))]
async fn alert_status(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Json(change): Json<StatusChange>,
) -> Answer<AlertSummary> {
    let subject = app.alert_subject(&id).await?;
    let context = signed.context().about(&subject);
    signed.may(&app, Action::Triage, DataClass::Queue, &context)?;
    Ok(Json(app.decide(&signed, &id, &change).await?))
}

#[utoipa::path(get, path = "/api/v1/subjects", tag = "subjects", params(SubjectsAsked), responses((status = 200, body = SubjectList), (status = 403, body = ErrorBody)))]
async fn subjects(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<SubjectsAsked>,
) -> Answer<SubjectList> {
    signed.may(&app, Action::Search, DataClass::Story, &signed.context())?;
    Ok(Json(app.subject_list(&asked).await?))
}

#[utoipa::path(get, path = "/api/v1/subjects/{id}", tag = "subjects", params(("id" = String, Path,), At), responses((status = 200, body = Story), (status = 404, body = ErrorBody)))]
async fn story(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Query(at): Query<At>,
) -> Answer<Story> {
    let subject = SubjectId(id);
    let context = signed.permitted(&app, DataClass::Story, &subject).await?;
    let sight = signed.sight(&app, &context);
    let story = app.story(sight, subject.as_str(), at.at.as_deref()).await?;
    signed.look(&app, &subject, "story").await?;
    Ok(Json(story))
}

#[utoipa::path(get, path = "/api/v1/subjects/{id}/timeline", tag = "subjects", params(("id" = String, Path,), Stretch), responses((status = 200, body = Timeline), (status = 404, body = ErrorBody)))]
async fn timeline(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Stretch>,
) -> Answer<Timeline> {
    let subject = SubjectId(id);
    let context = signed.permitted(&app, DataClass::Story, &subject).await?;
    let sight = signed.sight(&app, &context);
    let (from, to) = (asked.from.as_deref(), asked.to.as_deref());
    Ok(Json(app.timeline(sight, subject.as_str(), from, to).await?))
}

#[utoipa::path(get, path = "/api/v1/subjects/{id}/hours", tag = "subjects", params(("id" = String, Path,), Stretch), responses((status = 200, body = Hours), (status = 404, body = ErrorBody)))]
async fn hours(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Stretch>,
) -> Answer<Hours> {
    let subject = SubjectId(id);
    signed.permitted(&app, DataClass::Story, &subject).await?;
    Ok(Json(app.hours(subject.as_str(), asked.to.as_deref()).await?))
}

#[utoipa::path(get, path = "/api/v1/subjects/{id}/events", tag = "subjects", params(("id" = String, Path,), Stretch), responses((status = 200, body = EventList), (status = 404, body = ErrorBody)))]
async fn subject_events(
    State(app): Shared,
    signed: Signed,
    Path(id): Path<String>,
    Query(asked): Query<Stretch>,
) -> Answer<EventList> {
    let subject = SubjectId(id);
    signed
        .permitted(&app, DataClass::TechnicalEvidence, &subject)
        .await?;
    let asked = EventsAsked {
        subject: Some(subject.0.clone()),
        from: asked.from,
        to: asked.to,
        limit: asked.limit,
        ..EventsAsked::default()
    };
    let found = find(&app, asked).await?;
    signed.look(&app, &subject, "events").await?;
    Ok(found)
}

#[utoipa::path(get, path = "/api/v1/events", tag = "events", params(EventsAsked), responses((status = 200, body = EventList), (status = 403, body = ErrorBody)))]
async fn events(State(app): Shared, signed: Signed, Query(asked): Query<EventsAsked>) -> Answer<EventList> {
    signed
        .hunts(&app, asked.subject.as_deref(), "events.search")
        .await?;
    find(&app, asked).await
}

async fn find(app: &App, asked: EventsAsked) -> Answer<EventList> {
    let some = |text: Option<String>| text.map(|t| t.trim().to_owned()).filter(|t| !t.is_empty());
    let (from, to) = (
        service::instant(asked.from.as_deref(), true)?,
        service::instant(asked.to.as_deref(), false)?,
    );
    let mut accounts: Vec<String> = some(asked.account)
        .into_iter()
        .map(|a| a.to_lowercase())
        .collect();
    let typed = accounts.len();
    if let Some(subject) = some(asked.subject) {
        let row = app.subject_row(&subject).await?;
        let day = to.map_or(tandem_domain::Day(i32::MAX / 2), tandem_domain::Timestamp::day);
        accounts.extend(app.accounts(&row.subject, day).await?);
    }
    let filter = EventFilter {
        accounts,
        class: some(asked.class),
        source: some(asked.source),
        text: some(asked.text),
        ids: Vec::new(),
        from,
        to,
        limit: asked.limit.unwrap_or(100).clamp(1, 1_000),
    };
    let segments = app
        .segments(from.map(|t| t.day()), to.map(|t| t.day()))
        .await
        .map_err(ServiceError::from)?;
    let (events, truncated) = app.find_events(&filter, &segments).await?;
    Ok(Json(EventList {
        sql: filter.sql_as_shown(typed, &events),
        events,
        truncated,
    }))
}

#[utoipa::path(get, path = "/api/v1/events/{id}", tag = "events", params(("id" = String, Path,)), responses((status = 200, body = EventDetail), (status = 404, body = ErrorBody)))]
async fn event(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<EventDetail> {
    signed.hunts(&app, None, "event.look").await?;
    let id = EventId::parse(&id).ok_or_else(|| ApiError::not_found("event"))?;
    let segments = app.segments(None, None).await.map_err(ServiceError::from)?;
    let row = app
        .event_row(id, &segments)
        .await?
        .ok_or_else(|| ApiError::not_found("event"))?;
    let mut detail = app.shown_event(&signed, &row).await?;
    let matches = app.store.matches_of_event(id).await?;
    detail.matched_rules = matches.iter().map(|m| app.rule_ref(&m.rule)).collect();
    Ok(Json(detail))
}

#[utoipa::path(post, path = "/api/v1/query", tag = "events", request_body = QueryRequest, responses((status = 200, body = QueryAnswer), (status = 400, body = ErrorBody)))]
async fn query(State(app): Shared, signed: Signed, Json(asked): Json<QueryRequest>) -> Answer<QueryAnswer> {
    signed.hunts(&app, None, "events.query").await?;
    let segments = app.segments(None, None).await.map_err(ServiceError::from)?;
    let limits = app.query_limits(asked.limit.unwrap_or(1_000));
    let result = app.lake.query(&asked.sql, &segments, limits).await?;
    let columns = result
        .columns()
        .into_iter()
        .map(|c| ColumnView {
            name: c.name,
            kind: c.kind,
        })
        .collect();
    Ok(Json(QueryAnswer {
        columns,
        rows: result.to_json_rows()?,
        row_count: result.row_count() as u64,
        truncated: result.truncated(),
        elapsed_ms: result.elapsed().as_millis() as u64,
    }))
}

#[utoipa::path(get, path = "/api/v1/sources/live", tag = "sources", responses((status = 200, body = LiveSources), (status = 403, body = ErrorBody)))]
async fn live_sources(State(app): Shared, signed: Signed) -> Answer<LiveSources> {
    signed.may(
        &app,
        Action::Look,
        DataClass::SourcesAndRejects,
        &signed.context(),
    )?;
    Ok(Json(app.live_sources().await?))
}

#[utoipa::path(get, path = "/api/v1/sources", tag = "sources", responses((status = 200, body = SourceList), (status = 403, body = ErrorBody)))]
async fn sources(State(app): Shared, signed: Signed) -> Answer<SourceList> {
    signed.may(
        &app,
        Action::Look,
        DataClass::SourcesAndRejects,
        &signed.context(),
    )?;
    Ok(Json(app.source_list().await?))
}

#[utoipa::path(get, path = "/api/v1/rejects", tag = "sources", params(RejectsAsked), responses((status = 200, body = RejectList), (status = 403, body = ErrorBody)))]
async fn rejects(
    State(app): Shared,
    signed: Signed,
    Query(asked): Query<RejectsAsked>,
) -> Answer<RejectList> {
    signed.may(
        &app,
        Action::Look,
        DataClass::SourcesAndRejects,
        &signed.context(),
    )?;
    Ok(Json(app.reject_list(&asked).await?))
}

#[utoipa::path(get, path = "/api/v1/rejects/{id}", tag = "sources", params(("id" = i64, Path,)), responses((status = 200, body = RejectDetail), (status = 404, body = ErrorBody)))]
async fn reject(State(app): Shared, signed: Signed, Path(id): Path<i64>) -> Answer<RejectDetail> {
    signed.may(
        &app,
        Action::Look,
        DataClass::SourcesAndRejects,
        &signed.context(),
    )?;
    Ok(Json(app.reject(signed.sight(&app, &signed.context()), id).await?))
}

#[utoipa::path(post, path = "/api/v1/rejects/replay", tag = "sources", request_body = ReplayRequest, responses((status = 200, body = ReplayAnswer), (status = 400, body = ErrorBody)))]
async fn replay(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<ReplayRequest>,
) -> Answer<ReplayAnswer> {
    signed.may(
        &app,
        Action::Manage,
        DataClass::SourcesAndRejects,
        &signed.context(),
    )?;
    let answer = crate::pipeline::replay::replay(&app, asked.ids.unwrap_or_default(), asked.source)
        .await
        .map_err(ServiceError::from)?;
    Ok(Json(answer))
}

#[utoipa::path(get, path = "/api/v1/rules", tag = "rules", responses((status = 200, body = RuleList), (status = 401, body = ErrorBody)))]
async fn rules(State(app): Shared, signed: Signed) -> Answer<RuleList> {
    signed.may(&app, Action::Look, DataClass::Rules, &signed.context())?;
    Ok(Json(app.rule_list().await?))
}

#[utoipa::path(get, path = "/api/v1/rules/{id}", tag = "rules", params(("id" = String, Path,)), responses((status = 200, body = RuleDetail), (status = 404, body = ErrorBody)))]
async fn rule(State(app): Shared, signed: Signed, Path(id): Path<String>) -> Answer<RuleDetail> {
    signed.may(&app, Action::Look, DataClass::Rules, &signed.context())?;
    Ok(Json(app.rule(&id).await?))
}

async fn healthz() -> &'static str {
    "ok\n"
}

async fn readyz(State(app): Shared) -> Result<&'static str, ApiError> {
    app.store.ping().await?;
    Ok("ready\n")
}

async fn metrics(State(app): Shared) -> Result<Response, ApiError> {
    let text = app.metrics.text().map_err(|e| ApiError::internal(&e))?;
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

async fn openapi() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], describe())
}

async fn unknown() -> ApiError {
    ApiError::not_found("address; GET /api/openapi.json lists them all")
}

/// Everything the API offers.
#[derive(OpenApi)]
#[openapi(
    info(title = "Tandem", description = "Insider risk, seen together."),
    paths(
        session_view,
        sign_out,
        overview,
        queue,
        alert,
        alert_status,
        subjects,
        story,
        timeline,
        hours,
        subject_events,
        events,
        event,
        query,
        sources,
        live_sources,
        rejects,
        reject,
        replay,
        rules,
        rule,
        cases::cases,
        cases::open_case,
        cases::case,
        cases::command,
        cases::add_evidence,
        cases::evidence,
        cases::export,
        disclosures::ask,
        disclosures::list,
        disclosures::answer,
        disclosures::end,
        disclosures::identity,
        colleagues::list,
        colleagues::change,
        colleagues::link,
        own::own,
        own::contest,
        own::contests,
        own::command,
        inbound::inbound_alerts,
        push::push
    ),
    components(schemas(ErrorBody))
)]
struct Description;

/// The API's description as pretty JSON.
pub fn describe() -> String {
    let whole = Description::openapi()
        .merge_from(sign_in::Description::openapi())
        .merge_from(runs::Description::openapi())
        .merge_from(work::Description::openapi())
        .merge_from(ledger::Description::openapi())
        .merge_from(reports::Description::openapi())
        .merge_from(chat::Description::openapi())
        .merge_from(rooms::Description::openapi())
        .merge_from(policies::Description::openapi())
        .merge_from(exports::Description::openapi())
        .merge_from(hunt::Description::openapi())
        .merge_from(departures::Description::openapi())
        .merge_from(reminders::Description::openapi())
        .merge_from(what_if::Description::openapi());
    let mut text = whole.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// Everything that is served.
pub fn router(app: Arc<App>) -> Router {
    let api = Router::new()
        .route("/session", get(session_view).delete(sign_out))
        .route("/overview", get(overview))
        .route("/queue", get(queue))
        .route("/alerts/{id}", get(alert))
        .route("/alerts/{id}/status", post(alert_status))
        .route("/subjects", get(subjects))
        .route("/subjects/{id}", get(story))
        .route("/subjects/{id}/timeline", get(timeline))
        .route("/subjects/{id}/hours", get(hours))
        .route("/subjects/{id}/events", get(subject_events))
        .route("/events", get(events))
        .route("/events/{id}", get(event))
        .route("/query", post(query))
        .route("/sources", get(sources))
        .route("/sources/live", get(live_sources))
        .route("/rejects", get(rejects))
        .route("/rejects/replay", post(replay))
        .route("/rejects/{id}", get(reject))
        .route("/cases", get(cases::cases).post(cases::open_case))
        .route("/cases/{id}", get(cases::case))
        .route("/cases/{id}/commands", post(cases::command))
        .route(
            "/cases/{id}/evidence",
            post(cases::add_evidence).layer(DefaultBodyLimit::max(crate::cases::ITEM)),
        )
        .route("/cases/{id}/evidence/{item}", get(cases::evidence))
        .route("/cases/{id}/export", post(cases::export))
        .route("/cases/{id}/disclosures", post(disclosures::ask))
        .route("/disclosures", get(disclosures::list))
        .route("/disclosures/{id}/answer", post(disclosures::answer))
        .route("/disclosures/{id}/end", post(disclosures::end))
        .route("/disclosures/{id}/identity", post(disclosures::identity))
        .merge(colleagues::routes())
        .merge(own::routes())
        .merge(runs::routes())
        .merge(work::routes())
        .route("/inbound/{source}", post(inbound::inbound_alerts))
        .merge(ledger::routes())
        .merge(reports::routes())
        .merge(chat::routes())
        .merge(rooms::routes())
        .merge(policies::routes())
        .merge(exports::routes())
        .merge(hunt::routes())
        .merge(departures::routes())
        .merge(reminders::routes())
        .merge(what_if::routes())
        .route("/rules", get(rules))
        .route("/rules/{id}", get(rule))
        .route("/ingest/{source}", post(push::push))
        .merge(sign_in::operations())
        .fallback(unknown)
        .layer(middleware::from_fn(super::error::worded));
    Router::new()
        .nest("/api/v1", api)
        .merge(forward::routes())
        .route("/api/openapi.json", get(openapi))
        .route("/sign-in", get(session::sign_in))
        .merge(sign_in::pages())
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .fallback(assets::serve)
        .layer(middleware::from_fn_with_state(Arc::clone(&app), measure))
        .layer(middleware::from_fn(assets::secure))
        .with_state(app)
}

/// Counts answers and logs them without their paths, which may hold pseudonyms.
async fn measure(State(app): Shared, request: Request, next: Next) -> Response {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "console".to_owned(), |p| p.as_str().to_owned());
    let started = Instant::now();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    tracing::debug!(
        route,
        status,
        ms = started.elapsed().as_millis() as u64,
        "answered"
    );
    app.metrics
        .requests
        .get_or_create(&RouteLabels { route, status })
        .inc();
    response
}
