//! Looking through the bucket, and reading what is new.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep_until};
use xxhash_rust::xxh3::xxh3_128;

use super::BucketSettings;
use super::body::{Body, Piece, get};
use super::store::{Begin, Failed, Listed, Page, Store};
use super::window::{STEMS, Verdict, Window};
use crate::delivery::{Delivery, Place, Position, Refused};
use crate::flight::Flight;
use crate::run::{Context, SourceError};

/// Deliveries under way at most.
const UNDER_WAY: usize = 16;
/// Objects up to this size, packed, are got whole, several at a time.
const SMALL: u64 = 1 << 20;
const AT_A_TIME: usize = 6;
/// What Windows event logs begin with.
const EVTX: &[u8] = b"ElfFile\0";

pub(super) async fn run(context: &Context, settings: &BucketSettings) -> Result<(), SourceError> {
    let mut looker = Looker {
        context,
        settings,
        store: Store::new(context, settings)?,
        window: Window::load(&settings.bucket, &context.positions),
        flight: Flight::new(UNDER_WAY, |()| std::future::ready(())),
    };
    let outcome = looker.looks().await;
    // Nothing of this run may become durable once the next one has asked how far it goes.
    let landed = looker.flight.land().await;
    match outcome {
        Ok(()) | Err(Ended::Stopping) => {}
        Err(Ended::Error(e)) => return Err(e),
    }
    landed?;
    Ok(())
}

/// Why looking ended.
enum Ended {
    Stopping,
    Error(SourceError),
}

impl<E: Into<SourceError>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// What came of an object.
enum Read {
    Whole,
    /// Not now; why.
    Left(String),
}

struct Looker<'a> {
    context: &'a Context,
    settings: &'a BucketSettings,
    store: Store,
    window: Window,
    flight: Flight<()>,
}

impl Looker<'_> {
    async fn looks(&mut self) -> Result<(), Ended> {
        loop {
            let next = Instant::now() + Duration::from_secs(self.settings.every_seconds);
            self.look().await?;
            self.context.health.running();
            tokio::select! {
                () = self.context.stop.cancelled() => return Ok(()),
                () = sleep_until(next) => {}
            }
        }
    }

    /// Looks through all keys, except those of a stem that are known by its floor.
    async fn look(&mut self) -> Result<(), Ended> {
        let mut begin = Begin::After(self.settings.start_after.clone().unwrap_or_default());
        loop {
            let page = match self.store.list(&begin).await {
                Ok(page) => page,
                Err(failed) => return Err(ended(failed)),
            };
            self.context.health.running();
            let token = page.token.clone();
            let (new, known_to) = self.sift(page);
            self.read_all(new).await?;
            begin = match (known_to, token) {
                (Some(key), _) => Begin::After(key),
                (None, Some(token)) => Begin::Token(token),
                (None, None) => return Ok(()),
            };
        }
    }

    /// The objects of a page that are new; and, where a stem's known part begins, the key up to which it goes.
    fn sift(&self, page: Page) -> (Vec<Listed>, Option<String>) {
        let mut new = Vec::new();
        for object in page.objects {
            // Folders are empty objects; nothing else empty is of interest either.
            if object.size == 0 {
                continue;
            }
            match self.window.judge(&object.key, &object.tag) {
                Verdict::Known => {}
                Verdict::KnownTo(key) => return (new, Some(key)),
                Verdict::New => new.push(object),
            }
        }
        (new, None)
    }

    async fn read_all(&mut self, objects: Vec<Listed>) -> Result<(), Ended> {
        let mut left = objects.len() as u64;
        let store = self.store.clone();
        let mut coming = stream::iter(objects)
            .map(|object| {
                let store = &store;
                async move {
                    let packed = match object.size {
                        0..=SMALL => Some(get(store, &object, SMALL).await),
                        _ => None,
                    };
                    (object, packed)
                }
            })
            .buffered(AT_A_TIME);
        loop {
            self.context.health.behind(left);
            let next = tokio::select! {
                biased;
                () = self.context.stop.cancelled() => return Err(Ended::Stopping),
                next = coming.next() => next,
            };
            let Some((object, packed)) = next else {
                return Ok(());
            };
            let from = self
                .context
                .position(&self.window.object(&object.key, &object.tag))
                .map_or(0, |position| position.at);
            let read = match packed {
                Some(Ok(packed)) => {
                    let body = Body::whole(packed, from);
                    self.read(&object, body, from).await?
                }
                Some(Err(Failed::Object(why))) => Read::Left(why),
                Some(Err(failed)) => return Err(ended(failed)),
                None => {
                    let body = Body::streamed(self.store.clone(), object.clone(), from);
                    self.read(&object, body, from).await?
                }
            };
            if let Read::Left(why) = read {
                self.context.health.trouble(why);
            }
            left -= 1;
        }
    }

    /// Reads one object. If one piece is all of it, it is noted as read in the same transaction; of a larger one the pieces
    /// are a stream of their own, whose position says how far it was read until the whole is noted.
    async fn read(&mut self, object: &Listed, mut body: Body, from: u64) -> Result<Read, Ended> {
        let stream = self.window.object(&object.key, &object.tag);
        let Some(first) = body.next().await else {
            return left(body.failure().await);
        };
        self.context.health.received(first.bytes.len() as u64, 0);
        if first.end && from == 0 {
            let mut delivery = self.delivery(object, &stream, first);
            // The last line ends too; Windows event logs have no lines.
            if !delivery.body.is_empty()
                && !delivery.body.ends_with(b"\n")
                && !delivery.body.starts_with(EVTX)
            {
                delivery.body.push(b'\n');
            }
            delivery.place = Place::Kept(self.noted(object)?);
            self.send(delivery).await?;
            return Ok(Read::Whole);
        }
        let mut piece = first;
        loop {
            let end = piece.end;
            // At the end of a piece that was read to its end before there may be nothing left.
            if !piece.bytes.is_empty() || piece.broken.is_some() || end {
                let position = Position {
                    stream: stream.clone(),
                    at: piece.offset,
                    mark: String::new(),
                };
                let mut delivery = self.delivery(object, &stream, piece);
                delivery.place = Place::File { position, end };
                self.send(delivery).await?;
            }
            if end {
                break;
            }
            let next = tokio::select! {
                biased;
                () = self.context.stop.cancelled() => return Err(Ended::Stopping),
                next = body.next() => next,
            };
            let Some(next) = next else {
                return left(body.failure().await);
            };
            self.context.health.received(next.bytes.len() as u64, 0);
            piece = next;
        }
        let mut delivery = self.context.delivery(object.key.as_str());
        delivery.identity = xxh3_128(stream.as_bytes());
        delivery.place = Place::Kept(self.noted(object)?);
        self.send(delivery).await?;
        Ok(Read::Whole)
    }

    /// A delivery of a piece, without its place.
    fn delivery(&self, object: &Listed, stream: &str, piece: Piece) -> Delivery {
        let mut delivery = self.context.delivery(object.key.as_str());
        delivery.identity = xxh3_128(format!("{stream} {}", piece.offset).as_bytes());
        delivery.body = piece.bytes;
        if let Some(why) = &piece.broken {
            self.context.health.refused(1);
            delivery.refused.push(Refused::new(
                object.key.as_bytes(),
                format!(
                    "the object `{}` cannot be read further than byte {}: {why}",
                    object.key, piece.offset
                ),
                "look at what wrote it; write it anew under the same key and it is read again",
            ));
        }
        delivery
    }

    /// The position with which the object counts as read.
    fn noted(&mut self, object: &Listed) -> Result<Position, Ended> {
        let position = self.window.note(&object.key, &object.tag);
        if self.window.stems() > STEMS {
            return Err(Ended::Error(SourceError::Far {
                what: format!(
                    "the keys have more than {STEMS} different beginnings before their dates; name a narrower `prefix`"
                ),
            }));
        }
        Ok(position)
    }

    async fn send(&self, delivery: Delivery) -> Result<(), Ended> {
        let learn = self.context.inlet.send_and_learn(delivery).await?;
        self.flight.add(Some(learn), ()).await?;
        Ok(())
    }
}

fn ended(failed: Failed) -> Ended {
    match failed {
        Failed::Stopping => Ended::Stopping,
        Failed::Object(what) | Failed::All(what) => Ended::Error(SourceError::Far { what }),
    }
}

fn left(failed: Failed) -> Result<Read, Ended> {
    match failed {
        Failed::Object(why) => Ok(Read::Left(why)),
        other => Err(ended(other)),
    }
}
