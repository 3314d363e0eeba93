//! Reaching the server, the stream and the consumer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_nats::jetstream;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::{RetentionPolicy, Stream};
use async_nats::{Client, ConnectOptions, Event};

use super::NatsSettings;
use super::track::{Standing, Track};
use crate::health::Health;
use crate::reach;
use crate::run::{Context, SourceError};

/// Longest wait for a connection or an answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Most messages that are sent and not acknowledged.
const MOST_UNACKNOWLEDGED: i64 = 32_768;

/// What is reached.
pub(super) struct Far {
    pub(super) client: Client,
    pub(super) stream: Stream,
    pub(super) consumer: PullConsumer,
    /// The stream's name and when it was made: a stream made anew counts from one again.
    pub(super) identity: String,
    pub(super) track: Track,
    pub(super) link: Arc<Link>,
}

/// The connection as it is counted.
#[derive(Debug)]
pub(super) struct Link {
    health: Arc<Health>,
    open: AtomicBool,
}

impl Link {
    /// Counts that it is open or not, each change once.
    pub(super) fn is(&self, open: bool) {
        if self.open.swap(open, Ordering::AcqRel) == open {
            return;
        }
        if open {
            self.health.opened();
        } else {
            self.health.closed();
        }
    }

    fn hear(&self, event: &Event) {
        match event {
            Event::Connected => self.is(true),
            Event::Disconnected => {
                self.is(false);
                self.health
                    .trouble("the connection to the NATS server broke; it is made again");
            }
            Event::ServerError(_) | Event::ClientError(_) | Event::SlowConsumer(_) => {
                self.health.trouble(format!("NATS: {event}"));
            }
            _ => {}
        }
    }
}

/// What went wrong, in words.
pub(super) fn far(what: impl Into<String>) -> SourceError {
    SourceError::Far { what: what.into() }
}

pub(super) async fn connect(context: &Context, settings: &NatsSettings) -> Result<Far, SourceError> {
    let link = Arc::new(Link {
        health: Arc::clone(&context.health),
        open: AtomicBool::new(false),
    });
    let client = client(context, settings, &link).await?;
    if settings.subjects.len() > 1 && !client.is_server_compatible(2, 10, 0) {
        return Err(far(format!(
            "the NATS server {} filters by one subject only; name one in `subjects`, or use a server from 2.10 on",
            client.server_info().version
        )));
    }
    let mut context_of = jetstream::new(client.clone());
    context_of.set_timeout(PATIENCE);
    let stream = context_of.get_stream(&settings.stream).await.map_err(|e| {
        far(format!(
            "the stream `{}` cannot be read: {e}; look whether it is there and whether the account may read it",
            settings.stream
        ))
    })?;
    let info = stream.cached_info();
    let identity = format!(
        "{}@{}",
        settings.stream,
        info.created.unix_timestamp_nanos() / 1_000
    );
    let (state, retention) = (info.state.clone(), info.config.retention);
    let kept = context
        .position(&identity)
        .map(|position| (position.at, position.mark.as_str()));

    let before = Track::new(kept, Standing::default());
    let start = match (kept, retention) {
        (Some(_), RetentionPolicy::Limits) if before.first_unknown() > 1 => DeliverPolicy::ByStartSequence {
            start_sequence: before.first_unknown(),
        },
        _ => DeliverPolicy::All,
    };
    let consumer = consumer(context, settings, &stream, start).await?;
    let info = consumer.cached_info();
    let mut track = Track::new(
        kept,
        Standing {
            sent: info.delivered.consumer_sequence,
            delivered: info.delivered.stream_sequence,
            floor: info.ack_floor.stream_sequence,
        },
    );
    note_losses(
        context,
        &mut track,
        state.first_sequence,
        state.last_sequence,
        kept.is_some(),
    );
    Ok(Far {
        client,
        stream,
        consumer,
        identity,
        track,
        link,
    })
}

/// Says what the stream lost at either end since it was read last.
fn note_losses(context: &Context, track: &mut Track, first: u64, last: u64, known: bool) {
    let lost = track.ends_at(last);
    if lost > 0 {
        context.health.trouble(format!(
            "the stream ends {lost} messages before what was read of it; it goes on there"
        ));
    }
    let gone = first.saturating_sub(track.high().saturating_add(1));
    if known && gone > 0 {
        context.health.trouble(format!(
            "up to {gone} messages were removed from the stream before they were read; keep messages longer in its limits"
        ));
    }
}

async fn client(context: &Context, settings: &NatsSettings, link: &Arc<Link>) -> Result<Client, SourceError> {
    let heard = Arc::clone(link);
    let mut options = ConnectOptions::new()
        .name(format!("tandem {}", context.name))
        .connection_timeout(PATIENCE)
        .request_timeout(Some(PATIENCE))
        .ping_interval(Duration::from_secs(15))
        .tls_client_config(reach::tls(settings.tls_ca.as_deref())?)
        .event_callback(move |event| {
            heard.hear(&event);
            std::future::ready(())
        });
    if settings.tls_ca.is_some() {
        options = options.require_tls(true);
    }
    if let Some(place) = &settings.credentials {
        let secret = place.read()?;
        options = match &settings.user {
            Some(user) => options.user_and_password(user.clone(), secret.to_string()),
            None if secret.contains("BEGIN NATS USER JWT") => {
                options.credentials(&secret).map_err(|_| SourceError::Settings {
                    what:
                        "`credentials` begins like a NATS credentials file but cannot be read; make it anew"
                            .into(),
                })?
            }
            None => options.token(secret.to_string()),
        };
    }
    options.connect(&settings.servers).await.map_err(|e| {
        far(format!(
            "no NATS server of {} can be reached: {e}; look at the addresses, at TLS and at the credentials",
            settings.servers.join(", ")
        ))
    })
}

/// The consumer, made if it is not there.
async fn consumer(
    context: &Context,
    settings: &NatsSettings,
    stream: &Stream,
    start: DeliverPolicy,
) -> Result<PullConsumer, SourceError> {
    let durable = settings.durable(&context.name);
    let refused = |why: String| {
        far(format!(
            "the consumer `{durable}` of stream `{}` cannot be used: {why}",
            settings.stream
        ))
    };
    match stream.consumer_info(&durable).await {
        Ok(_) => {}
        Err(e) if e.kind() == ConsumerInfoErrorKind::NotFound => {
            let mut config = pull::Config {
                durable_name: Some(durable.clone()),
                description: Some("Tandem".into()),
                deliver_policy: start,
                ack_policy: AckPolicy::Explicit,
                ack_wait: Duration::from_secs(settings.ack_wait_seconds),
                max_ack_pending: MOST_UNACKNOWLEDGED,
                ..pull::Config::default()
            };
            match settings.subjects.as_slice() {
                [one] => config.filter_subject = one.clone(),
                all => config.filter_subjects = all.to_vec(),
            }
            stream
                .create_consumer(config)
                .await
                .map_err(|e| refused(format!("{e}; the account must be allowed to make consumers")))?;
        }
        Err(e) => return Err(refused(e.to_string())),
    }
    let consumer: PullConsumer = stream.get_consumer(&durable).await.map_err(|_| {
        refused("it is not a pull consumer; remove it, or name another in `durable`".to_owned())
    })?;
    let config = &consumer.cached_info().config;
    let mut filter = config.filter_subjects.clone();
    if !config.filter_subject.is_empty() {
        filter.push(config.filter_subject.clone());
    }
    if config.ack_policy != AckPolicy::Explicit || config.max_deliver > 0 || config.headers_only {
        return Err(refused(
            "it must acknowledge explicitly, deliver without limit and deliver whole messages; remove it, or name another in `durable`".into(),
        ));
    }
    filter.sort();
    let mut wanted = settings.subjects.clone();
    wanted.sort();
    if filter != wanted {
        return Err(refused(format!(
            "it reads {filter:?}, not {wanted:?}; remove it, or name another in `durable`"
        )));
    }
    Ok(consumer)
}
