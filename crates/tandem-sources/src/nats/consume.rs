//! Pulling, handing on, acknowledging.

use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::consumer::PullConsumer;
use async_nats::jetstream::message::Acker;
use async_nats::jetstream::{Message, consumer::pull::Batch};
use futures_util::StreamExt;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use xxhash_rust::xxh3::xxh3_128;

use super::NatsSettings;
use super::connect::{Far, far};
use super::track::Track;
use crate::delivery::{Delivery, Place, Position};
use crate::flight::Flight;
use crate::run::{Context, SourceError};
use crate::{payload, reach};

/// Deliveries under way at most.
const UNDER_WAY: usize = 8;
/// Bytes after which a delivery is handed on; a pull may bring as much again.
const FULL: usize = 256 << 10;
/// Messages of one pull.
const MESSAGES: usize = 2_000;
/// How long messages are gathered once there is one.
const GATHER: Duration = Duration::from_millis(200);
/// How long the server keeps the question for the next message.
const ASK: Duration = Duration::from_secs(5);
/// How much longer an answer may take.
const GRACE: Duration = Duration::from_secs(5);
/// How often the consumer is asked how it stands.
const LOOK: Duration = Duration::from_secs(10);
/// Pulls that may fail one after another before the connection is made anew.
const FAILURES: u32 = 8;

/// How a pull ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// The server has sent what there is, or what was asked for.
    Done,
    /// The next message is larger than what was asked for.
    TooLarge,
    /// Too much is not acknowledged yet.
    Busy,
    /// The consumer is gone.
    Gone,
    /// No answer, or one that says nothing.
    Lost(String),
}

pub(super) async fn run(context: &Context, settings: &NatsSettings, far: Far) -> Result<(), SourceError> {
    let Far {
        client,
        mut stream,
        consumer,
        identity,
        mut track,
        link,
    } = far;
    let flight = Flight::new(UNDER_WAY, {
        let health = std::sync::Arc::clone(&context.health);
        move |ackers: Vec<Acker>| {
            let health = std::sync::Arc::clone(&health);
            async move {
                for acker in ackers {
                    // What is not acknowledged comes again, is known, and is acknowledged then.
                    if let Err(e) = acker.ack().await {
                        health.trouble(format!("a message could not be acknowledged: {e}"));
                        return;
                    }
                }
            }
        }
    });
    let mut reader = Reader {
        context,
        settings,
        consumer,
        identity,
        flight: &flight,
        failures: 0,
    };
    let mut look = Instant::now();
    context.health.running();
    let outcome = loop {
        if context.stop.is_cancelled() || flight.has_failed() {
            break Ok(());
        }
        if look <= Instant::now() {
            reader.look(&mut track).await;
            look = Instant::now() + LOOK;
        }
        let (messages, end) = reader.gather().await;
        if messages
            .iter()
            .filter_map(|message| message.info().ok())
            .any(|info| track.surprises(info.consumer_sequence))
            && let Ok(info) = stream.info().await
        {
            let lost = track.ends_at(info.state.last_sequence);
            if lost > 0 {
                context.health.trouble(format!(
                    "the stream has lost its last {lost} messages at the server; it goes on behind them"
                ));
            }
        }
        if let Err(e) = reader.hand_on(messages, &mut track).await {
            break Err(e);
        }
        if let Err(e) = reader.after(end, client.connection_state()).await {
            break Err(e);
        }
    };
    drop(reader);
    // Nothing of this run may become durable once the next one has asked how far it goes.
    let landed = flight.land().await;
    let _ = timeout(GRACE, client.flush()).await;
    link.is(false);
    outcome?;
    landed?;
    Ok(())
}

struct Reader<'a> {
    context: &'a Context,
    settings: &'a NatsSettings,
    consumer: PullConsumer,
    identity: String,
    flight: &'a Flight<Vec<Acker>>,
    failures: u32,
}

impl Reader<'_> {
    /// Asks how the consumer stands.
    async fn look(&mut self, track: &mut Track) {
        match self.consumer.get_info().await {
            Ok(info) => {
                self.context.health.behind(info.num_pending);
                track.acknowledged(info.ack_floor.stream_sequence);
            }
            Err(e) => self
                .context
                .health
                .trouble(format!("the consumer does not say how it stands: {e}")),
        }
    }

    /// Waits for a message and gathers what comes soon after it.
    async fn gather(&self) -> (Vec<Message>, End) {
        let mut messages = Vec::new();
        let first = self.consumer.batch().max_messages(1).expires(ASK).messages();
        let end = tokio::select! {
            biased;
            () = self.context.stop.cancelled() => End::Done,
            end = receive(first, ASK + GRACE, &mut messages) => end,
        };
        if end != End::Done || messages.is_empty() {
            return (messages, end);
        }
        let until = Instant::now() + GATHER;
        loop {
            let before = messages.len();
            let more = self
                .consumer
                .fetch()
                .max_messages(MESSAGES)
                .max_bytes(2 * FULL)
                .messages();
            let end = receive(more, GRACE, &mut messages).await;
            let bytes: usize = messages.iter().map(|message| message.payload.len()).sum();
            if end != End::Done || bytes >= FULL || messages.len() >= MESSAGES {
                return (messages, end);
            }
            if Instant::now() >= until || self.context.stop.is_cancelled() {
                return (messages, end);
            }
            if messages.len() == before {
                sleep_until(until.min(Instant::now() + GATHER / 4)).await;
            }
        }
    }

    /// Hands on what is new, and acknowledges all of it once that is durable.
    async fn hand_on(&self, messages: Vec<Message>, track: &mut Track) -> Result<(), SourceError> {
        if messages.is_empty() {
            return Ok(());
        }
        let mut delivery = self.context.delivery(self.settings.stream.as_str());
        let mut ackers = Vec::with_capacity(messages.len());
        let (mut new, mut bytes, mut first) = (0, 0, None);
        for message in messages {
            let seen = match message.info() {
                Ok(info) => track
                    .see(info.stream_sequence, info.consumer_sequence, info.delivered > 1)
                    .then_some(info.stream_sequence),
                // Nothing that a consumer sent.
                Err(_) => continue,
            };
            let (message, acker) = message.split();
            ackers.push(acker);
            let Some(sequence) = seen else { continue };
            first.get_or_insert(sequence);
            new += 1;
            bytes += message.payload.len() as u64;
            if let Err(refused) =
                payload::append(&mut delivery.body, &message.payload, self.context.record_bytes)
            {
                delivery.refused.push(refused);
            }
        }
        self.context.health.received(bytes, new);
        self.context.health.refused(delivery.refused.len() as u64);
        let learn = match first {
            Some(first) => {
                delivery.identity =
                    xxh3_128(format!("{} {first} {}", self.identity, track.high()).as_bytes());
                delivery.place = Place::Kept(Position {
                    stream: self.identity.clone(),
                    at: track.high(),
                    mark: track.mark(),
                });
                Some(self.send(delivery).await?)
            }
            None => None,
        };
        self.flight.add(learn, ackers).await?;
        Ok(())
    }

    async fn send(
        &self,
        delivery: Delivery,
    ) -> Result<tokio::sync::oneshot::Receiver<crate::Taken>, SourceError> {
        Ok(self.context.inlet.send_and_learn(delivery).await?)
    }

    /// Decides how to go on after a pull.
    async fn after(&mut self, end: End, state: State) -> Result<(), SourceError> {
        match end {
            End::Done => self.failures = 0,
            End::TooLarge => {
                // The next question asks for one message whatever its size.
                self.failures = 0;
            }
            End::Busy => {
                self.failures = 0;
                self.rest(GATHER).await;
            }
            End::Gone => {
                return Err(far(format!(
                    "the consumer `{}` was removed; it is made again",
                    self.settings.durable(&self.context.name)
                )));
            }
            End::Lost(why) => {
                self.failures += 1;
                self.context.health.trouble(format!("NATS: {why}"));
                if self.failures >= FAILURES {
                    return Err(far(format!(
                        "the NATS server does not answer ({state}, {why}); the connection is made anew"
                    )));
                }
                self.rest(reach::pause(self.failures)).await;
            }
        }
        Ok(())
    }

    async fn rest(&self, pause: Duration) {
        tokio::select! {
            () = self.context.stop.cancelled() => {}
            () = sleep(pause) => {}
        }
    }
}

/// Takes what a pull brings, at the latest until `patience` runs out between two messages.
async fn receive<E: std::fmt::Display>(
    pull: impl Future<Output = Result<Batch, E>>,
    patience: Duration,
    into: &mut Vec<Message>,
) -> End {
    let mut batch = match timeout(GRACE, pull).await {
        Ok(Ok(batch)) => batch,
        Ok(Err(e)) => return End::Lost(e.to_string()),
        Err(_) => return End::Lost("the question could not be sent in time".into()),
    };
    loop {
        match timeout(patience, batch.next()).await {
            Ok(Some(Ok(message))) => into.push(message),
            Ok(Some(Err(e))) => return end_of(&e.to_string()),
            Ok(None) => return End::Done,
            Err(_) => return End::Lost("no answer in time".into()),
        }
    }
}

/// What a status of the server means (NATS, ADR-13 and ADR-37: 409 with a description, 503 without a responder).
fn end_of(status: &str) -> End {
    let text = status.to_ascii_lowercase();
    if text.contains("exceeds maxbytes") {
        End::TooLarge
    } else if text.contains("maxackpending") || text.contains("max ack pending") {
        End::Busy
    } else if text.contains("consumer deleted") {
        End::Gone
    } else {
        End::Lost(status.to_owned())
    }
}
