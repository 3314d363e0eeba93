//! Where existing forwarders send: Splunk's HTTP Event Collector, Elasticsearch's bulk API, OTLP logs.
//!
//! A success is answered only when the records are durable; while there is no room each protocol's own word for "later" is.
//! What a body means is decided in `tandem_sources::forward`.

mod elastic;
mod grpc;
mod hec;
mod otlp;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use tandem_collect::{Encoding, decode_body};
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_sources::forward::Sender;
use tandem_sources::forward::credentials::{Credentials, Speaks};
use tandem_sources::forward::hec::Channels;
use tandem_sources::{Delivery, Taken};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::bodies::{Bodies, NotWhole, PATIENCE, Whole};
use crate::app::App;
use crate::secret;

/// How long after a sender was sent away the collector calls itself unhealthy.
const UNHEALTHY: i64 = 10 * MICROS_PER_SECOND;
/// After how many seconds senders may try again.
pub(super) const RETRY_AFTER: u64 = 5;

/// Bodies that are worked on at once: what a body becomes meanwhile is several times as large.
const AT_ONCE: usize = 4;

/// What requests of forwarders share.
#[derive(Debug)]
pub struct Forwarding {
    /// Acknowledgement channels of the HTTP Event Collector.
    channels: Mutex<Channels>,
    /// When a sender was last sent away for want of room.
    full: AtomicI64,
    /// Room for bodies that are being received.
    bodies: Bodies,
    /// Who works on a body has one of these, until all that it became is handed on.
    turns: Arc<Semaphore>,
    /// The same for bodies that are stored by whoever receives them, which takes as long as a commit.
    pub(super) pushes: Arc<Semaphore>,
}

impl Default for Forwarding {
    fn default() -> Self {
        Self {
            channels: Mutex::default(),
            full: AtomicI64::default(),
            bodies: Bodies::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            pushes: Arc::new(Semaphore::new(AT_ONCE)),
        }
    }
}

impl Forwarding {
    /// Waits for one of the turns.
    async fn turn(&self, turns: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, Late> {
        match timeout(PATIENCE, Arc::clone(turns).acquire_owned()).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) => Err(Late::NotTaken),
            Err(_) => {
                self.sent_away();
                Err(Late::Full)
            }
        }
    }

    fn sent_away(&self) {
        self.full.store(crate::pipeline::now().0, Ordering::Relaxed);
    }

    fn channels<T>(&self, work: impl FnOnce(&mut Channels) -> T) -> T {
        work(&mut self.channels.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// True if a sender was sent away just now.
    fn is_full(&self) -> bool {
        let full = self.full.load(Ordering::Relaxed);
        full != 0 && crate::pipeline::now().0 - full < UNHEALTHY
    }
}

/// What forwarders reach beside the console: `/services/collector…`, `/v1/logs`, gRPC, and Elasticsearch below `/elastic`.
pub fn routes() -> Router<Arc<App>> {
    own()
        .nest("/elastic", elastic::routes())
        .merge(elastic::prefixed_root("/elastic/"))
}

/// What forwarders reach where there is no console, for a listener of their own: the same, and Elasticsearch at the root, so
/// that a forwarder that knows no paths changes an address only.
pub fn alone(app: Arc<App>) -> Router {
    own()
        .nest("/elastic", elastic::routes())
        .merge(elastic::prefixed_root("/elastic/"))
        .merge(elastic::routes())
        .with_state(app)
}

fn own() -> Router<Arc<App>> {
    hec::routes().merge(otlp::routes()).merge(grpc::routes())
}

/// Why a request is not let in.
enum Door {
    /// It has no token.
    Missing,
    /// Its `authorization` is of no known form.
    Malformed,
    /// There is no such token.
    Unknown,
    /// It could not be looked up.
    Failed,
}

/// Who sends, once the token is known.
#[derive(Clone)]
struct Who {
    token: String,
    hash: String,
    peer: String,
    path: String,
    key: Option<String>,
}

impl Who {
    /// Lets a request in.
    async fn know(app: &App, speaks: Speaks, parts: &Parts) -> Result<Self, Door> {
        let credentials = Credentials::read(speaks, text(&parts.headers, header::AUTHORIZATION.as_str()));
        let token = match &credentials {
            Credentials::Missing => return Err(Door::Missing),
            Credentials::Malformed => return Err(Door::Malformed),
            Credentials::Token(token) => token,
        };
        let hash = secret::token_hash(token);
        let row = app.store.ingest_token(&hash).await.map_err(|error| {
            tracing::error!(%error, "a token could not be looked up");
            Door::Failed
        })?;
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self {
            token: row.ok_or(Door::Unknown)?.name,
            hash,
            peer: peer.map_or_else(|| "local".to_owned(), |ConnectInfo(peer)| peer.ip().to_string()),
            path: parts
                .uri
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default(),
            key: text(&parts.headers, "idempotency-key").map(str::to_owned),
        })
    }

    fn sender(&self) -> Sender<'_> {
        Sender {
            token: &self.token,
            hash: &self.hash,
            peer: &self.peer,
            path: &self.path,
            key: self.key.as_deref(),
            received: crate::pipeline::now(),
        }
    }
}

/// A header's text.
pub(super) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// Why a body cannot be used.
pub(super) enum BadBody {
    /// It is larger than is taken.
    TooLarge,
    /// It is packed in an unknown way.
    Encoding,
    /// It broke off, or cannot be unpacked.
    Broken(String),
    /// It cannot be worked on now.
    Late(Late),
}

/// A body as it was sent.
async fn received(app: &App, body: Body) -> Result<Whole, BadBody> {
    let most = usize::try_from(app.config.limits.push_bytes).unwrap_or(usize::MAX);
    app.forwarding
        .bodies
        .whole(body, most)
        .await
        .map_err(|error| match error {
            NotWhole::TooLarge => BadBody::TooLarge,
            NotWhole::Broken(why) => BadBody::Broken(why),
            NotWhole::Full => {
                app.forwarding.sent_away();
                BadBody::Late(Late::Full)
            }
        })
}

/// The body of a request, unpacked, and one of the `turns` to work on it.
pub(super) async fn unpack(
    app: &App,
    turns: &Arc<Semaphore>,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<u8>, OwnedSemaphorePermit), BadBody> {
    let limit = app.config.limits.push_bytes;
    let encoding = text(headers, header::CONTENT_ENCODING.as_str()).unwrap_or_default();
    let encoding = Encoding::from_header(encoding).ok_or(BadBody::Encoding)?;
    let whole = received(app, body).await?;
    let turn = app.forwarding.turn(turns).await.map_err(BadBody::Late)?;
    let unpacked = work(move || {
        let Whole { bytes, room: _room } = whole;
        decode_body(bytes, encoding, limit).map_err(|error| match error.kind() {
            std::io::ErrorKind::FileTooLarge => BadBody::TooLarge,
            _ => BadBody::Broken(error.to_string()),
        })
    });
    match unpacked.await {
        Some(unpacked) => Ok((unpacked?, turn)),
        None => Err(BadBody::Broken("it could not be worked on".into())),
    }
}

/// Works on a body where it holds up nobody else.
async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    tokio::task::spawn_blocking(work).await.ok()
}

/// Deliveries that are not, or not all, durable. The sender sends the body again; what is durable is then taken once.
pub(super) enum Late {
    /// There is no room.
    Full,
    /// They could not be stored, or Tandem is stopping.
    NotTaken,
}

/// Hands deliveries on, ends the turn, and waits until all are durable.
async fn hand_on(app: &App, deliveries: Vec<Delivery>, turn: OwnedSemaphorePermit) -> Result<Taken, Late> {
    let mut under_way = Vec::with_capacity(deliveries.len());
    let until = Instant::now() + PATIENCE;
    for delivery in deliveries {
        let Ok(sent) = timeout_at(until, app.intake.inlet.send_and_learn(delivery)).await else {
            app.forwarding.sent_away();
            return Err(Late::Full);
        };
        under_way.push(sent.map_err(|_| Late::NotTaken)?);
    }
    drop(turn);
    let mut all = Taken::default();
    for learn in under_way {
        let taken = learn.await.map_err(|_| Late::NotTaken)?;
        all.records += taken.records;
        all.events += taken.events;
        all.rejects += taken.rejects;
        all.duplicates += taken.duplicates;
        all.repeated |= taken.repeated;
    }
    Ok(all)
}
