//! Elasticsearch, as far as forwarders speak with it.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{Path, Query, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get, post};
use axum::{Json, Router};
use serde::Deserialize;
use tandem_sources::forward::Unreadable;
use tandem_sources::forward::credentials::Speaks;
use tandem_sources::forward::elastic::{self, About, Filter};
use tokio::sync::OwnedSemaphorePermit;

use super::{BadBody, Door, Late, RETRY_AFTER, Who, hand_on, text, unpack, work};
use crate::app::App;

type Shared = State<Arc<App>>;

/// Media type of Elasticsearch 8 and later, with the version that the client speaks.
const VENDOR: &str = "application/vnd.elasticsearch+json";

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct BulkAsked {
    filter_path: Option<String>,
}

/// A refusal in Elasticsearch's shape.
struct No(u16, &'static str, String);

impl IntoResponse for No {
    fn into_response(self) -> Response {
        let Self(status, kind, reason) = self;
        let mut response = json(status, elastic::failure(status, kind, &reason));
        let headers = response.headers_mut();
        if status == 401 {
            let ways =
                HeaderValue::from_static("Basic realm=\"security\", charset=\"UTF-8\", ApiKey, Bearer");
            headers.insert(header::WWW_AUTHENTICATE, ways);
        }
        if matches!(status, 429 | 503) {
            headers.insert(header::RETRY_AFTER, RETRY_AFTER.into());
        }
        response
    }
}

/// Everything, at the root of wherever it is mounted.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(cluster))
        .route("/_bulk", post(bulk).put(bulk))
        .route("/{index}/_bulk", post(bulk_into).put(bulk_into))
        .route("/{index}/_doc", post(document))
        .route("/{index}/_doc/{id}", post(document_as).put(document_as))
        .route("/{index}/_create/{id}", post(document_as).put(document_as))
        .route("/_license", get(licence))
        .route("/_xpack", get(xpack))
        .route("/_cluster/health", get(health))
        .route("/_cat/health", get(health_line))
        .route("/_index_template/{name}", set_up(About::IndexTemplate))
        .route("/_component_template/{name}", set_up(About::ComponentTemplate))
        .route("/_template/{name}", set_up(About::Template))
        .route("/_ilm/policy/{name}", set_up(About::Lifecycle))
        .route("/_data_stream/{name}", set_up(About::DataStream))
        .route("/_ingest/pipeline/{name}", set_up(About::Pipeline))
        .route("/_alias/{name}", set_up(About::Index))
        .route("/{index}", set_up(About::Index))
        .fallback(unknown)
        .layer(middleware::from_fn(product))
}

/// The root of a prefix with a slash at its end, which clients ask for too.
pub(super) fn prefixed_root(path: &str) -> Router<Arc<App>> {
    Router::new()
        .route(path, get(cluster))
        .layer(middleware::from_fn(product))
}

fn json(status: u16, body: String) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Says which product it is, and answers in the media type that was asked for: clients refuse to talk otherwise.
async fn product(request: Request, next: Next) -> Response {
    let wanted = text(request.headers(), header::ACCEPT.as_str())
        .and_then(|accept| accept.split(',').find(|kind| kind.trim().starts_with(VENDOR)))
        .and_then(|kind| HeaderValue::from_str(kind.trim()).ok());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert("x-elastic-product", HeaderValue::from_static("Elasticsearch"));
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if let Some(wanted) = wanted.filter(|_| is_json) {
        headers.insert(header::CONTENT_TYPE, wanted);
    }
    response
}

/// Lets a request in.
async fn know(app: &App, parts: &Parts) -> Result<Who, No> {
    let who = Who::know(app, Speaks::Elastic, parts).await;
    who.map_err(|door| match door {
        Door::Missing => No(
            401,
            "security_exception",
            "missing authentication credentials; send a token as ApiKey, as Basic password or as Bearer"
                .into(),
        ),
        Door::Malformed | Door::Unknown => No(
            401,
            "security_exception",
            "unable to authenticate with the provided credentials".into(),
        ),
        Door::Failed => No(
            500,
            "exception",
            "the token could not be looked up; try again".into(),
        ),
    })
}

async fn cluster(State(app): Shared, parts: Parts) -> Result<Response, No> {
    know(&app, &parts).await?;
    Ok(Json(elastic::cluster()).into_response())
}

async fn licence(State(app): Shared, parts: Parts) -> Result<Response, No> {
    know(&app, &parts).await?;
    Ok(Json(elastic::licence()).into_response())
}

async fn xpack(State(app): Shared, parts: Parts) -> Result<Response, No> {
    know(&app, &parts).await?;
    Ok(Json(elastic::xpack()).into_response())
}

async fn health(State(app): Shared, parts: Parts) -> Result<Response, No> {
    know(&app, &parts).await?;
    Ok(Json(elastic::health()).into_response())
}

async fn health_line(State(app): Shared, parts: Parts) -> Result<Response, No> {
    know(&app, &parts).await?;
    let seconds = crate::pipeline::now().0 / tandem_domain::time::MICROS_PER_SECOND;
    Ok(format!("{seconds} 00:00:00 tandem green 1 1 1 1 0 0 0 0 - 100.0%\n").into_response())
}

/// Something that forwarders set up: it is there, and whatever they make of it is fine.
fn set_up(about: About) -> MethodRouter<Arc<App>> {
    let answer = move |State(app): Shared, Path(name): Path<String>, parts: Parts| async move {
        know(&app, &parts).await?;
        Ok::<_, No>(match parts.method {
            Method::GET | Method::HEAD => Json(about.answer(&name)).into_response(),
            _ => json(200, elastic::acknowledged()),
        })
    };
    get(answer).put(answer).post(answer).delete(answer)
}

async fn unknown(State(app): Shared, parts: Parts) -> Response {
    if let Err(no) = know(&app, &parts).await {
        return no.into_response();
    }
    let reason = "Tandem takes logs the way Elasticsearch does, and answers what forwarders ask; this it does not know";
    No(404, "resource_not_found_exception", reason.into()).into_response()
}

async fn bulk(State(app): Shared, Query(asked): Query<BulkAsked>, request: Request) -> Result<Response, No> {
    take(&app, None, &asked, request).await
}

async fn bulk_into(
    State(app): Shared,
    Path(index): Path<String>,
    Query(asked): Query<BulkAsked>,
    request: Request,
) -> Result<Response, No> {
    take(&app, Some(index), &asked, request).await
}

async fn document(State(app): Shared, Path(index): Path<String>, request: Request) -> Result<Response, No> {
    take_one(&app, index, None, request).await
}

async fn document_as(
    State(app): Shared,
    Path((index, id)): Path<(String, String)>,
    request: Request,
) -> Result<Response, No> {
    take_one(&app, index, Some(id), request).await
}

async fn take(app: &App, index: Option<String>, asked: &BulkAsked, request: Request) -> Result<Response, No> {
    let started = Instant::now();
    let (parts, body) = request.into_parts();
    let who = know(app, &parts).await?;
    let (body, turn) = unpacked(app, &parts, body).await?;
    let mut bulk = work(move || elastic::bulk(&who.sender(), index.as_deref(), &body))
        .await
        .ok_or_else(broken)?
        .map_err(unreadable)?;
    let deliveries = std::mem::take(&mut bulk.deliveries);
    hand_on(app, deliveries, turn).await.map_err(late)?;
    let took = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let filter = Filter::read(asked.filter_path.as_deref());
    Ok(json(200, bulk.answer(took, filter)))
}

async fn take_one(app: &App, index: String, id: Option<String>, request: Request) -> Result<Response, No> {
    let (parts, body) = request.into_parts();
    let who = know(app, &parts).await?;
    let (body, turn) = unpacked(app, &parts, body).await?;
    let mut bulk = work(move || elastic::document(&who.sender(), &index, id.as_deref(), &body))
        .await
        .ok_or_else(broken)?
        .map_err(unreadable)?;
    hand_on(app, std::mem::take(&mut bulk.deliveries), turn)
        .await
        .map_err(late)?;
    let (status, answer) = elastic::single(&bulk);
    Ok(json(status, answer))
}

async fn unpacked(app: &App, parts: &Parts, body: Body) -> Result<(Vec<u8>, OwnedSemaphorePermit), No> {
    unpack(app, &app.forwarding.turns, &parts.headers, body)
        .await
        .map_err(|bad| match bad {
            BadBody::TooLarge => No(
                413,
                "content_too_long_exception",
                "the body is too large; send smaller batches".into(),
            ),
            BadBody::Encoding => No(
                415,
                "media_type_header_exception",
                "that content-encoding is not known; send it plain, gzip or zstd".into(),
            ),
            BadBody::Broken(why) => No(400, "parse_exception", format!("the body cannot be read: {why}")),
            BadBody::Late(why) => late(why),
        })
}

fn broken() -> No {
    No(
        500,
        "exception",
        "the body could not be worked on; send it again".into(),
    )
}

fn unreadable(error: Unreadable) -> No {
    match error {
        Unreadable::Empty => No(400, "parse_exception", "request body is required".into()),
        Unreadable::TooMany => No(413, "content_too_long_exception", error.to_string()),
        Unreadable::Malformed(why) => No(400, "parse_exception", why),
    }
}

fn late(late: Late) -> No {
    match late {
        Late::Full => No(
            429,
            "es_rejected_execution_exception",
            "what came before is still being stored; send it again".into(),
        ),
        Late::NotTaken => No(
            503,
            "unavailable_shards_exception",
            "the documents are not stored; send them again".into(),
        ),
    }
}
