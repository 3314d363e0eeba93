//! OTLP logs over gRPC, on the port of everything else: `opentelemetry.proto.collector.logs.v1.LogsService/Export`.
//!
//! gRPC's framing is tonic's; the message itself is read where its parts are counted first, so the codec hands bytes on.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::routing::post;
use bytes::{Buf, BufMut};
use tandem_sources::forward::Unreadable;
use tandem_sources::forward::credentials::Speaks;
use tandem_sources::forward::otlp::{self, Encoding};
use tonic::Status;
use tonic::codec::{Codec, CompressionEncoding, DecodeBuf, Decoder, EncodeBuf, Encoder};

use super::{BadBody, Door, Late, Who, Whole, hand_on, received, work};
use crate::app::App;

pub(super) fn routes() -> Router<Arc<App>> {
    Router::new().route(
        "/opentelemetry.proto.collector.logs.v1.LogsService/Export",
        post(export),
    )
}

/// Messages as bytes.
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = Vec<u8>;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<Vec<u8>>, Status> {
        let mut message = vec![0; buffer.remaining()];
        buffer.copy_to_slice(&mut message);
        Ok(Some(message))
    }
}

async fn export(State(app): State<Arc<App>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    // Before a byte of the body is read.
    let who = match Who::know(&app, Speaks::Otlp, &parts).await {
        Ok(who) => who,
        Err(door) => {
            let status = match door {
                Door::Failed => Status::unavailable("the token could not be looked up; try again"),
                _ => Status::unauthenticated("a valid bearer token is needed in `authorization`"),
            };
            return status.into_http::<axum::body::Body>();
        }
    };
    let Whole { bytes, room: _room } = match received(&app, body).await {
        Ok(whole) => whole,
        Err(bad) => return bad_body(bad).into_http::<axum::body::Body>(),
    };
    let limit = usize::try_from(app.config.limits.push_bytes).unwrap_or(usize::MAX);
    let mut grpc = tonic::server::Grpc::new(Plain)
        .accept_compressed(CompressionEncoding::Gzip)
        .max_decoding_message_size(limit);
    let service = tower::service_fn(move |message: tonic::Request<Vec<u8>>| {
        let (app, who) = (Arc::clone(&app), who.clone());
        async move {
            take(&app, who, message.into_inner())
                .await
                .map(tonic::Response::new)
        }
    });
    let request = Request::from_parts(parts, axum::body::Body::from(bytes));
    grpc.unary(service, request).await.map(axum::body::Body::new)
}

fn bad_body(bad: BadBody) -> Status {
    match bad {
        // As gRPC itself says it of a message that is too large.
        BadBody::TooLarge => Status::out_of_range("the message is too large; send smaller batches"),
        BadBody::Encoding => Status::unimplemented("send it plain or gzip"),
        BadBody::Broken(why) => Status::invalid_argument(format!("the message cannot be read: {why}")),
        BadBody::Late(why) => late(why),
    }
}

async fn take(app: &App, who: Who, message: Vec<u8>) -> Result<Vec<u8>, Status> {
    let turn = app.forwarding.turn(&app.forwarding.turns).await.map_err(late)?;
    let found = work(move || otlp::logs(&who.sender(), Encoding::Protobuf, &message))
        .await
        .ok_or_else(|| Status::internal("the message could not be worked on"))?
        .map_err(|error| match error {
            Unreadable::TooMany => Status::resource_exhausted(error.to_string()),
            error => Status::invalid_argument(error.to_string()),
        })?;
    let taken = hand_on(app, found.deliveries, turn).await.map_err(late)?;
    Ok(otlp::answer(Encoding::Protobuf, found.rejected, &taken))
}

/// The one status that exporters take for "later" (OTLP specification, "OTLP/gRPC throttling").
fn late(late: Late) -> Status {
    Status::unavailable(match late {
        Late::Full => "there is no room now; send it again",
        Late::NotTaken => "nothing is stored; send it again",
    })
}
