//! Requests of chats: what people say and press in Slack, Teams and Mattermost. Each is believed by what the far side proves,
//! never by a session.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use serde_json::Value;
use tandem_connect::inbound::MAX_BODY;
use tandem_connect::inbound::slack::{self, SIGNATURE, TIMESTAMP};
use utoipa::OpenApi;

use super::error::ApiError;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::chat::{Connected, unreadable};

type Shared = State<Arc<App>>;
type Answered = Result<Response, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(
    slack_events,
    slack_interactions,
    slack_commands,
    teams,
    mattermost_clicks,
    mattermost_commands,
    mattermost_posts
))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/inbound/slack/{name}/events", post(slack_events))
        .route("/inbound/slack/{name}/interactions", post(slack_interactions))
        .route("/inbound/slack/{name}/commands", post(slack_commands))
        .route("/inbound/teams/{name}", post(teams))
        .route("/inbound/mattermost/{name}/clicks", post(mattermost_clicks))
        .route("/inbound/mattermost/{name}/commands", post(mattermost_commands))
        .route("/inbound/mattermost/{name}/posts", post(mattermost_posts))
        .layer(DefaultBodyLimit::max(MAX_BODY))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    let value = headers.get(name).and_then(|value| value.to_str().ok());
    value.unwrap_or_default()
}

/// A body, or none at all: some far sides show an empty object as a message.
fn body(answer: Value) -> Response {
    match answer {
        Value::Null => StatusCode::OK.into_response(),
        answer => Json(answer).into_response(),
    }
}

fn signed<'a>(app: &'a App, name: &str, headers: &HeaderMap, body: &[u8]) -> Result<&'a Connected, ApiError> {
    app.slack_request(name, (text(headers, TIMESTAMP), text(headers, SIGNATURE)), body)
}

/// Takes an event of Slack in (Events API): words in a case's room or thread become a note of whoever linked the account.
///
/// # Errors
/// The request is not signed with the app's secret, too old or was taken before; or something of ours fails.
#[utoipa::path(post, path = "/api/v1/inbound/slack/{name}/events", tag = "chat", params(("name" = String, Path, description = "connector")), request_body = serde_json::Value, responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn slack_events(
    State(app): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answered {
    let one = signed(&app, &name, &headers, &bytes)?;
    let event = slack::event(&bytes).map_err(|error| unreadable(&error))?;
    Ok(match app.slack_event(one, event).await? {
        // The address is tried: the same words are to come back as plain text.
        Some(words) => ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words).into_response(),
        None => StatusCode::OK.into_response(),
    })
}

/// Takes a click or a filled form of Slack in (interactivity).
///
/// # Errors
/// As [`slack_events`].
#[utoipa::path(post, path = "/api/v1/inbound/slack/{name}/interactions", tag = "chat", params(("name" = String, Path, description = "connector")), request_body(content = String, content_type = "application/x-www-form-urlencoded"), responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn slack_interactions(
    State(app): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answered {
    let one = signed(&app, &name, &headers, &bytes)?;
    let pressed = slack::interaction(&bytes, crate::pipeline::now()).map_err(|error| unreadable(&error))?;
    Ok(body(app.slack_pressed(one, pressed).await?))
}

/// Does what `/tandem …` says in Slack; only whoever typed it reads the answer.
///
/// # Errors
/// As [`slack_events`].
#[utoipa::path(post, path = "/api/v1/inbound/slack/{name}/commands", tag = "chat", params(("name" = String, Path, description = "connector")), request_body(content = String, content_type = "application/x-www-form-urlencoded"), responses((status = 200, body = serde_json::Value), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn slack_commands(
    State(app): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answered {
    let one = signed(&app, &name, &headers, &bytes)?;
    let slash = slack::slash(&bytes, crate::pipeline::now()).map_err(|error| unreadable(&error))?;
    Ok(body(app.slack_command(one, slash).await?))
}

/// Takes an activity of Microsoft Teams in (Bot Framework).
///
/// # Errors
/// The token is not the Bot Connector's for this bot and this activity, or something of ours fails.
#[utoipa::path(post, path = "/api/v1/inbound/teams/{name}", tag = "chat", params(("name" = String, Path, description = "connector")), request_body = serde_json::Value, responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn teams(
    State(app): Shared,
    Path(name): Path<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Answered {
    let authorization = text(&headers, header::AUTHORIZATION.as_str());
    Ok(body(app.teams_activity(&name, authorization, &bytes).await?))
}

/// Takes a click in Mattermost in; only whoever clicked reads the answer.
///
/// # Errors
/// The button is none of Tandem's, the click was taken before, or something of ours fails.
#[utoipa::path(post, path = "/api/v1/inbound/mattermost/{name}/clicks", tag = "chat", params(("name" = String, Path, description = "connector")), request_body = serde_json::Value, responses((status = 200, body = serde_json::Value), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn mattermost_clicks(State(app): Shared, Path(name): Path<String>, bytes: Bytes) -> Answered {
    Ok(body(app.mattermost_click(&name, &bytes).await?))
}

/// Does what `/tandem …` says in Mattermost; only whoever typed it reads the answer.
///
/// # Errors
/// The token is not the command's, it was taken before, or something of ours fails.
#[utoipa::path(post, path = "/api/v1/inbound/mattermost/{name}/commands", tag = "chat", params(("name" = String, Path, description = "connector")), request_body(content = String, content_type = "application/x-www-form-urlencoded"), responses((status = 200, body = serde_json::Value), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn mattermost_commands(State(app): Shared, Path(name): Path<String>, bytes: Bytes) -> Answered {
    Ok(body(app.mattermost_command(&name, &bytes).await?))
}

/// Takes in what an outgoing webhook of Mattermost tells of.
///
/// # Errors
/// The token is not the webhook's, the post is not as told, or something of ours fails.
#[utoipa::path(post, path = "/api/v1/inbound/mattermost/{name}/posts", tag = "chat", params(("name" = String, Path, description = "connector")), request_body = serde_json::Value, responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub async fn mattermost_posts(
    State(app): Shared,
    Path(name): Path<String>,
    bytes: Bytes,
) -> Result<StatusCode, ApiError> {
    app.mattermost_post(&name, &bytes).await?;
    Ok(StatusCode::OK)
}
