//! Splunk's HTTP Event Collector.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, Request, State};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use tandem_sources::forward::credentials::Speaks;
use tandem_sources::forward::hec::{Answer, Code, Events, Given, events, is_channel, raw};
use tandem_sources::forward::{Sender, Unreadable};

use super::{BadBody, Door, RETRY_AFTER, Who, hand_on, text, unpack, work};
use crate::app::App;

type Shared = State<Arc<App>>;
type Read = fn(&Sender<'_>, &Given, &[u8]) -> Result<Events, Unreadable>;

pub(super) fn routes() -> Router<Arc<App>> {
    let mut router = Router::new()
        .route("/services/collector", post(take_events))
        .route("/services/collector/ack", post(acknowledgements))
        .route("/services/{*rest}", any(unknown));
    for version in ["", "/1.0"] {
        router = router
            .route(&format!("/services/collector/event{version}"), post(take_events))
            .route(&format!("/services/collector/raw{version}"), post(take_raw))
            .route(&format!("/services/collector/health{version}"), get(health));
    }
    router
}

fn said(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = [(header::CONTENT_TYPE, "application/json; charset=UTF-8")];
    let mut response = (status, kind, answer.body()).into_response();
    if answer.code == Code::Busy {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER.into());
    }
    response
}

async fn unknown() -> Response {
    said(Code::NotFound.into())
}

async fn health(State(app): Shared) -> Response {
    let well = app.intake.is_open() && !app.forwarding.is_full();
    said(Answer::from(if well { Code::Healthy } else { Code::Unhealthy }))
}

async fn take_events(State(app): Shared, Query(given): Query<Given>, request: Request) -> Response {
    said(
        take(&app, given, request, events)
            .await
            .unwrap_or_else(Answer::from),
    )
}

async fn take_raw(State(app): Shared, Query(given): Query<Given>, request: Request) -> Response {
    said(take(&app, given, request, raw).await.unwrap_or_else(Answer::from))
}

/// Answers which numbers of a channel are durable.
async fn acknowledgements(State(app): Shared, Query(mut given): Query<Given>, request: Request) -> Response {
    let answer = async {
        let (parts, body) = request.into_parts();
        let who = know(&app, &given, &parts).await?;
        channel(&mut given, &parts)?;
        let channel = given.channel.as_deref().ok_or(Code::ChannelMissing)?;
        let (body, _turn) = unpack(&app, &app.forwarding.turns, &parts.headers, body)
            .await
            .map_err(bad_body)?;
        app.forwarding
            .channels(|channels| channels.asked(&who.hash, channel, &body))
            .ok_or(Code::InvalidDataFormat)
    };
    match answer.await {
        Ok(acks) => ([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], acks).into_response(),
        Err(code) => said(code.into()),
    }
}

async fn take(app: &App, mut given: Given, request: Request, read: Read) -> Result<Answer, Code> {
    let (parts, body) = request.into_parts();
    let who = know(app, &given, &parts).await?;
    channel(&mut given, &parts)?;
    let (body, turn) = unpack(app, &app.forwarding.turns, &parts.headers, body)
        .await
        .map_err(bad_body)?;
    let (reader, asked) = (who.clone(), given.clone());
    let found = work(move || read(&reader.sender(), &asked, &body))
        .await
        .ok_or(Code::InternalError)?
        .map_err(|error| match error {
            Unreadable::Empty => Code::NoData,
            Unreadable::TooMany => Code::TooLarge,
            Unreadable::Malformed(_) => Code::InvalidDataFormat,
        })?;
    hand_on(app, found.deliveries, turn)
        .await
        .map_err(|_| Code::Busy)?;
    if let Some((code, event)) = found.wrong {
        return Ok(Answer {
            event: Some(event),
            ..code.into()
        });
    }
    let ack = given.channel.map(|channel| {
        app.forwarding
            .channels(|channels| channels.durable(&who.hash, &channel))
    });
    Ok(Answer {
        ack,
        ..Code::Success.into()
    })
}

async fn know(app: &App, given: &Given, parts: &Parts) -> Result<Who, Code> {
    let who = Who::know(app, Speaks::Splunk, parts).await;
    who.map_err(|door| match door {
        // Addresses end up in logs: a token has no place there.
        Door::Missing if given.token.is_some() => Code::QueryToken,
        Door::Missing => Code::TokenRequired,
        Door::Malformed => Code::InvalidAuthorization,
        Door::Unknown => Code::InvalidToken,
        Door::Failed => Code::InternalError,
    })
}

/// Puts the channel of the header where that of the address would be.
fn channel(given: &mut Given, parts: &Parts) -> Result<(), Code> {
    if let Some(channel) = text(&parts.headers, "x-splunk-request-channel") {
        given.channel = Some(channel.trim().to_owned());
    }
    match given.channel.as_deref() {
        Some(channel) if !is_channel(channel) => Err(Code::InvalidChannel),
        _ => Ok(()),
    }
}

fn bad_body(bad: BadBody) -> Code {
    match bad {
        BadBody::TooLarge => Code::TooLarge,
        BadBody::Encoding | BadBody::Broken(_) => Code::InvalidDataFormat,
        BadBody::Late(_) => Code::Busy,
    }
}
