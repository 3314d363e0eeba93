//! OTLP logs over HTTP.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use tandem_sources::forward::Unreadable;
use tandem_sources::forward::credentials::Speaks;
use tandem_sources::forward::otlp::{self, Encoding};

use super::{BadBody, Door, Late, RETRY_AFTER, Who, hand_on, text, unpack, work};
use crate::app::App;

/// gRPC's codes (`google.rpc.Code`), which refusals carry over HTTP too.
const INVALID_ARGUMENT: i32 = 3;
const RESOURCE_EXHAUSTED: i32 = 8;
const INTERNAL: i32 = 13;
const UNAVAILABLE: i32 = 14;
const UNAUTHENTICATED: i32 = 16;

/// A refusal: HTTP status, code, and why.
struct No(StatusCode, i32, String);

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route("/v1/logs", post(logs))
}

async fn logs(State(app): State<Arc<App>>, request: Request) -> Response {
    let kind = text(request.headers(), header::CONTENT_TYPE.as_str()).unwrap_or_default();
    let Some(encoding) = Encoding::of(kind) else {
        let why = "send application/x-protobuf or application/json\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    };
    let kind = [(header::CONTENT_TYPE, encoding.content_type())];
    match take(&app, encoding, request).await {
        Ok(answer) => (kind, answer).into_response(),
        Err(No(status, code, why)) => {
            let mut response = (status, kind, otlp::refusal(encoding, code, &why)).into_response();
            let headers = response.headers_mut();
            if matches!(
                status,
                StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
            ) {
                headers.insert(header::RETRY_AFTER, RETRY_AFTER.into());
            }
            if status == StatusCode::UNAUTHORIZED {
                headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            response
        }
    }
}

async fn take(app: &App, encoding: Encoding, request: Request) -> Result<Vec<u8>, No> {
    let (parts, body) = request.into_parts();
    let who = Who::know(app, Speaks::Otlp, &parts)
        .await
        .map_err(|door| match door {
            Door::Failed => No(
                StatusCode::INTERNAL_SERVER_ERROR,
                INTERNAL,
                "the token could not be looked up".into(),
            ),
            _ => No(
                StatusCode::UNAUTHORIZED,
                UNAUTHENTICATED,
                "a valid bearer token is needed".into(),
            ),
        })?;
    let too_large = |why: String| No(StatusCode::PAYLOAD_TOO_LARGE, RESOURCE_EXHAUSTED, why);
    let bad = |why: String| No(StatusCode::BAD_REQUEST, INVALID_ARGUMENT, why);
    let (body, turn) = unpack(app, &app.forwarding.turns, &parts.headers, body)
        .await
        .map_err(|error| match error {
            BadBody::TooLarge => too_large("the body is too large; send smaller batches".into()),
            BadBody::Encoding => No(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                INVALID_ARGUMENT,
                "that content-encoding is not known; send it plain, gzip or zstd".into(),
            ),
            BadBody::Broken(why) => bad(format!("the body cannot be read: {why}")),
            BadBody::Late(why) => late(why),
        })?;
    let found = work(move || otlp::logs(&who.sender(), encoding, &body))
        .await
        .ok_or_else(|| {
            No(
                StatusCode::INTERNAL_SERVER_ERROR,
                INTERNAL,
                "the body could not be worked on".into(),
            )
        })?
        .map_err(|error| match error {
            Unreadable::TooMany => too_large(error.to_string()),
            error => bad(error.to_string()),
        })?;
    let taken = hand_on(app, found.deliveries, turn).await.map_err(late)?;
    Ok(otlp::answer(encoding, found.rejected, &taken))
}

fn late(late: Late) -> No {
    match late {
        Late::Full => No(
            StatusCode::TOO_MANY_REQUESTS,
            RESOURCE_EXHAUSTED,
            "there is no room now; send it again".into(),
        ),
        Late::NotTaken => No(
            StatusCode::SERVICE_UNAVAILABLE,
            UNAVAILABLE,
            "nothing is stored; send it again".into(),
        ),
    }
}
