//! Routes of connectors and chat accounts.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use tandem_policy::{Action, DataClass};
use utoipa::OpenApi;

use super::error::ApiError;
use super::session::Signed;
use crate::api::dto::ErrorBody;
use crate::app::App;
use crate::chat::{ChatCode, ConnectorList, ConnectorTest, OutboxView, ReplayDead, Replayed};

type Shared = State<Arc<App>>;
type Answer<T> = Result<Json<T>, ApiError>;

/// What these operations look like.
#[derive(OpenApi)]
#[openapi(paths(chat_code, connectors, outbox, replay_dead, test_connector))]
pub(super) struct Description;

/// The routes below `/api/v1`.
pub(super) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/account/chat-code", post(chat_code))
        .route("/connectors", get(connectors))
        .route("/outbox", get(outbox))
        .route("/outbox/replay", post(replay_dead))
        .route("/connectors/{name}/test", post(test_connector))
}

/// A code that makes a chat account the asker's: whoever sends it there within ten minutes, once.
///
/// # Errors
/// As [`App::chat_code`].
#[utoipa::path(post, path = "/api/v1/account/chat-code", tag = "account", responses((status = 200, body = ChatCode), (status = 401, body = ErrorBody)))]
pub async fn chat_code(State(app): Shared, signed: Signed) -> Answer<ChatCode> {
    Ok(Json(app.chat_code(&signed).await?))
}

/// The connectors of the settings: what goes there, how many messages wait, arrived or were given up, when each last worked and
/// what went wrong last. No secret and no message is shown.
///
/// # Errors
/// Forbidden, or as [`App::connector_list`].
#[utoipa::path(get, path = "/api/v1/connectors", tag = "connectors", responses((status = 200, body = ConnectorList), (status = 403, body = ErrorBody)))]
pub async fn connectors(State(app): Shared, signed: Signed) -> Answer<ConnectorList> {
    signed.may(&app, Action::Look, DataClass::Connectors, &signed.context())?;
    Ok(Json(app.connector_list().await?))
}

/// What waits to be sent, what went, and dead letters with why they were given up. No message is shown.
///
/// # Errors
/// Forbidden, or as [`App::outbox_view`].
#[utoipa::path(get, path = "/api/v1/outbox", tag = "connectors", responses((status = 200, body = OutboxView), (status = 403, body = ErrorBody)))]
pub async fn outbox(State(app): Shared, signed: Signed) -> Answer<OutboxView> {
    signed.may(&app, Action::Look, DataClass::Connectors, &signed.context())?;
    Ok(Json(app.outbox_view().await?))
}

/// Sends dead letters again.
///
/// # Errors
/// Forbidden, or as [`App::replay_dead`].
#[utoipa::path(post, path = "/api/v1/outbox/replay", tag = "connectors", request_body = ReplayDead, responses((status = 200, body = Replayed), (status = 403, body = ErrorBody)))]
pub async fn replay_dead(
    State(app): Shared,
    signed: Signed,
    Json(asked): Json<ReplayDead>,
) -> Answer<Replayed> {
    signed.may(&app, Action::Manage, DataClass::Connectors, &signed.context())?;
    Ok(Json(app.replay_dead(&signed, &asked).await?))
}

/// Sends a test message over a connector and says what came back.
///
/// # Errors
/// Forbidden, or as [`App::test_connector`].
#[utoipa::path(post, path = "/api/v1/connectors/{name}/test", tag = "connectors", params(("name" = String, Path,)), responses((status = 200, body = ConnectorTest), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub async fn test_connector(
    State(app): Shared,
    signed: Signed,
    Path(name): Path<String>,
) -> Answer<ConnectorTest> {
    signed.may(&app, Action::Manage, DataClass::Connectors, &signed.context())?;
    Ok(Json(app.test_connector(&signed, &name).await?))
}
