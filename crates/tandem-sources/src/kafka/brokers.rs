//! The cluster: who leads which partition, and a reader for each leader.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::Semaphore;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::KafkaSettings;
use super::messages::{self, EARLIEST, LATEST, METADATA, Metadata, code};
use super::read::{Behind, Part, Served, Shared, Why, serve};
use super::sasl::Account;
use super::wire::{PATIENCE, Unanswered, Way, Wire};
use crate::flight::Flight;
use crate::reach;
use crate::run::{Context, SourceError};
use crate::settings::Start;

/// Deliveries under way at most.
const UNDER_WAY: usize = 16;
/// Answers of brokers that are received at the same time, at most.
const ANSWERS: usize = 16;
/// How often new partitions and other leaders are looked for.
const LOOK: Duration = Duration::from_secs(30);
/// Turns without any answer after which the source is started anew.
const FAILURES: u32 = 6;
/// Most partitions of all topics.
const PARTITIONS: usize = 20_000;

type Parts = BTreeMap<(String, i32), Part>;
/// Leader of each partition that has one.
type Layout = BTreeMap<(String, i32), String>;

pub(super) async fn run(context: &Context, settings: &KafkaSettings) -> Result<(), SourceError> {
    let way = Way {
        tls: match settings.tls {
            true => Some(Arc::new(reach::tls(settings.tls_ca.as_deref())?)),
            false => None,
        },
        account: settings.sasl.as_ref().map(Account::read).transpose()?,
    };
    let flight = Flight::new(UNDER_WAY, |()| std::future::ready(()));
    let shared = Shared {
        context,
        way: &way,
        flight: &flight,
        behind: Behind::default(),
        answers: Semaphore::new(ANSWERS),
    };
    let mut cluster = Cluster {
        context,
        settings,
        way: &way,
        wire: None,
        parts: Parts::new(),
        planned: false,
    };
    let outcome = cluster.turns(&shared).await;
    drop(shared);
    // Nothing of this run may become durable once the next one has asked how far it goes.
    let landed = flight.land().await;
    outcome?;
    landed?;
    Ok(())
}

struct Cluster<'a> {
    context: &'a Context,
    settings: &'a KafkaSettings,
    way: &'a Way,
    /// The connection for questions about the cluster.
    wire: Option<Wire>,
    parts: Parts,
    /// There was a plan before: partitions that are new now were added since.
    planned: bool,
}

impl Cluster<'_> {
    /// Turn after turn: looks who leads what, and reads until that changes or breaks.
    async fn turns(&mut self, shared: &Shared<'_>) -> Result<(), SourceError> {
        let mut failures = 0;
        while !self.context.stop.is_cancelled() {
            let planned = self.plan().await?;
            if self.context.stop.is_cancelled() {
                break;
            }
            let trouble = match planned {
                Ok(layout) if layout.is_empty() => {
                    Some("none of the topics has a partition to read yet".to_owned())
                }
                Ok(layout) => {
                    self.context.health.running();
                    let (answered, trouble) = self.turn(shared, layout).await?;
                    if answered {
                        failures = 0;
                    }
                    trouble
                }
                Err(trouble) => Some(trouble),
            };
            if let Some(trouble) = trouble {
                failures += 1;
                self.context.health.trouble(trouble.as_str());
                if failures >= FAILURES {
                    return Err(SourceError::Far { what: trouble });
                }
                tokio::select! {
                    () = self.context.stop.cancelled() => {}
                    () = sleep(reach::pause(failures)) => {}
                }
            }
        }
        Ok(())
    }

    /// Reads until something changes. Says whether any broker answered, and what broke.
    async fn turn(
        &mut self,
        shared: &Shared<'_>,
        layout: Layout,
    ) -> Result<(bool, Option<String>), SourceError> {
        let turn = self.context.stop.child_token();
        let mut leads: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
        for (key, leader) in &layout {
            if let Some(part) = self.parts.get(key) {
                leads.entry(leader.as_str()).or_default().push(part.clone());
            }
        }
        let mut readers: FuturesUnordered<_> = leads
            .into_iter()
            .map(|(address, parts)| serve(shared, address, parts, &turn))
            .collect();
        let (mut answered, mut broke, mut over) = (false, None, None);
        let mut read = Vec::new();
        {
            let watch = self.watch(&layout, &turn);
            tokio::pin!(watch);
            let mut watching = true;
            loop {
                let served: Served = tokio::select! {
                    () = &mut watch, if watching => {
                        watching = false;
                        continue;
                    }
                    served = readers.next() => match served {
                        Some(served) => served,
                        None => break,
                    },
                };
                // The others end too, and all is looked at anew.
                turn.cancel();
                answered |= served.answered;
                read.extend(served.parts);
                match served.why {
                    Why::Turn => {}
                    Why::Broken(what) => broke = Some(what),
                    Why::Over(error) => over = Some(error),
                }
            }
        }
        for part in read {
            self.parts.insert((part.topic.to_string(), part.index), part);
        }
        match over {
            Some(error) => Err(error),
            None => Ok((answered, broke)),
        }
    }

    /// Ends the turn when other partitions or leaders show.
    async fn watch(&mut self, layout: &Layout, turn: &CancellationToken) {
        loop {
            tokio::select! {
                () = turn.cancelled() => return,
                () = sleep(LOOK) => {}
            }
            let changed = tokio::select! {
                () = turn.cancelled() => return,
                metadata = self.metadata() => metadata.is_ok_and(|metadata| layout_of(&metadata) != *layout),
            };
            if changed {
                turn.cancel();
            }
        }
    }

    /// Looks who leads what, and takes up partitions that are new. The inner error may pass by itself.
    async fn plan(&mut self) -> Result<Result<Layout, String>, SourceError> {
        let metadata = tokio::select! {
            () = self.context.stop.cancelled() => return Ok(Ok(Layout::new())),
            metadata = self.metadata() => match metadata {
                Ok(metadata) => metadata,
                Err(Unreached::Passing(what)) => return Ok(Err(what)),
                Err(Unreached::Lasting(what)) => return Err(SourceError::Far { what }),
            },
        };
        for topic in &metadata.topics {
            match topic.error {
                code::NONE => {}
                code::TOPIC_AUTHORIZATION_FAILED => {
                    return Err(SourceError::Far {
                        what: format!("{}: {}", topic.name, messages::words(topic.error)),
                    });
                }
                code::UNKNOWN_TOPIC_OR_PARTITION => self.context.health.trouble(format!(
                    "the topic {} is not there; it is read when it is",
                    topic.name
                )),
                error => self
                    .context
                    .health
                    .trouble(format!("{}: {}", topic.name, messages::words(error))),
            }
        }
        let layout = layout_of(&metadata);
        if layout.len() > PARTITIONS {
            return Err(SourceError::Far {
                what: format!(
                    "the topics have more than {PARTITIONS} partitions; spread them over several sources"
                ),
            });
        }
        for (topic, index) in layout.keys() {
            if !self.parts.contains_key(&(topic.clone(), *index)) {
                let part = self.first_seen(topic, *index);
                self.parts.insert((topic.clone(), *index), part);
            }
        }
        self.planned |= !layout.is_empty();
        Ok(Ok(layout))
    }

    /// A partition that was not read in this run yet.
    fn first_seen(&self, topic: &str, index: i32) -> Part {
        let next = self
            .context
            .position(&Part::stream(topic, index))
            .and_then(|position| i64::try_from(position.at).ok());
        // "End" means the end when the topic was taken up: a partition that is added later holds nothing older.
        let known = self.planned
            || self.context.positions.iter().any(|position| {
                position
                    .stream
                    .rsplit_once('/')
                    .is_some_and(|(known, _)| known == topic)
            });
        let begin = match self.settings.start {
            Start::End if !known => LATEST,
            _ => EARLIEST,
        };
        Part::new(topic, index, next, begin)
    }

    /// What the cluster says of itself, from the first broker that answers.
    async fn metadata(&mut self) -> Result<Metadata, Unreached> {
        let question = messages::ask_metadata(&self.settings.topics);
        if let Some(mut wire) = self.wire.take()
            && let Ok(metadata) = ask(&mut wire, &question).await
        {
            self.wire = Some(wire);
            return Ok(metadata);
        }
        let mut said = Vec::new();
        for address in &self.settings.brokers {
            let error = match Wire::connect(address, self.way).await {
                Ok(mut wire) => match ask(&mut wire, &question).await {
                    Ok(metadata) => {
                        self.wire = Some(wire);
                        return Ok(metadata);
                    }
                    Err(e) => e,
                },
                Err(e) => e,
            };
            let what = format!("broker {address}: {error}");
            if matches!(error, Unanswered::SignIn(_) | Unanswered::Version(_)) {
                return Err(Unreached::Lasting(what));
            }
            said.push(what);
        }
        Err(Unreached::Passing(said.join("; ")))
    }
}

/// No broker answers.
enum Unreached {
    /// It may pass.
    Passing(String),
    /// Somebody must change something.
    Lasting(String),
}

async fn ask(wire: &mut Wire, question: &[u8]) -> Result<Metadata, Unanswered> {
    let answer = wire.ask(METADATA, question, PATIENCE).await?;
    Ok(messages::metadata(&mut answer.body()?)?)
}

fn layout_of(metadata: &Metadata) -> Layout {
    let addresses: BTreeMap<i32, &str> = metadata
        .brokers
        .iter()
        .map(|(node, address)| (*node, address.as_str()))
        .collect();
    metadata
        .topics
        .iter()
        .flat_map(|topic| {
            topic
                .partitions
                .iter()
                .map(move |(index, leader)| (topic, *index, *leader))
        })
        .filter_map(|(topic, index, leader)| {
            let address = addresses.get(&leader)?;
            Some(((topic.name.clone(), index), (*address).to_owned()))
        })
        .collect()
}
