//! Reading the partitions that one broker leads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use xxhash_rust::xxh3::xxh3_128;

use super::messages::{self, Bounds, EARLIEST, FETCH, Fetched, LATEST, LIST_OFFSETS, Wanted, code};
use super::records::{Found, cut};
use super::wire::{PATIENCE, Unanswered, Way, Wire};
use crate::delivery::{Delivery, NotTaken, Place, Position};
use crate::flight::Flight;
use crate::payload;
use crate::run::{Context, SourceError};

/// How long a broker waits for something to come.
const WAIT: Duration = Duration::from_millis(500);
/// Most bytes of one answer, and of one partition in it, unless a single batch is larger.
const ANSWER: i32 = 4 << 20;
const PARTITION: i32 = 1 << 20;
/// The most that a partition may be asked for when not even one batch is whole.
const MOST_PARTITION: i32 = 64 << 20;
/// How long a partition rests that alone cannot be read.
const REST: Duration = Duration::from_secs(30);
/// Bytes after which a delivery is handed on.
const FULL: usize = 512 << 10;

/// A partition.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) topic: Arc<str>,
    pub(super) index: i32,
    /// The offset that is read next; `None` until the broker was asked where to begin.
    pub(super) next: Option<i64>,
    /// [`EARLIEST`] or [`LATEST`], for a partition of which nothing was read yet.
    pub(super) begin: i64,
    bytes: i32,
    /// It could not be read, and is tried again then.
    rests: Option<Instant>,
}

impl Part {
    pub(super) fn new(topic: &str, index: i32, next: Option<i64>, begin: i64) -> Self {
        Self {
            topic: topic.into(),
            index,
            next,
            begin,
            bytes: PARTITION,
            rests: None,
        }
    }

    /// The name of its stream.
    pub(super) fn stream(topic: &str, index: i32) -> String {
        format!("{topic}/{index}")
    }

    fn named(&self) -> String {
        Self::stream(&self.topic, self.index)
    }

    fn rests(&self) -> bool {
        self.rests.is_some_and(|until| Instant::now() < until)
    }
}

/// What waits at the brokers, partition by partition.
#[derive(Debug, Default)]
pub(super) struct Behind {
    records: Mutex<BTreeMap<(Arc<str>, i32), u64>>,
}

impl Behind {
    /// Notes a partition's, and gives the sum of all.
    fn note(&self, part: &Part, records: u64) -> u64 {
        let mut all = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((Arc::clone(&part.topic), part.index), records);
        all.values().sum()
    }
}

/// Why reading from a broker ended.
#[derive(Debug)]
pub(super) enum Why {
    /// It was told to.
    Turn,
    /// Something that may be otherwise when the cluster is looked at anew.
    Broken(String),
    /// Something that a person must change, or the inlet's end.
    Over(SourceError),
}

impl From<NotTaken> for Why {
    fn from(source: NotTaken) -> Self {
        Self::Over(source.into())
    }
}

/// What all brokers' readers share.
pub(super) struct Shared<'a> {
    pub(super) context: &'a Context,
    pub(super) way: &'a Way,
    pub(super) flight: &'a Flight<()>,
    pub(super) behind: Behind,
    /// Answers that may be under way at the same time.
    pub(super) answers: Semaphore,
}

/// What came of reading from a broker.
pub(super) struct Served {
    pub(super) parts: Vec<Part>,
    pub(super) why: Why,
    /// At least one fetch was answered.
    pub(super) answered: bool,
}

/// Reads partitions from their leader until told to stop or until something breaks.
pub(super) async fn serve(
    shared: &Shared<'_>,
    address: &str,
    parts: Vec<Part>,
    turn: &CancellationToken,
) -> Served {
    let mut served = Served {
        parts,
        why: Why::Turn,
        answered: false,
    };
    let connected = tokio::select! {
        biased;
        () = turn.cancelled() => return served,
        connected = Wire::connect(address, shared.way) => connected,
    };
    let mut wire = match connected {
        Ok(wire) => wire,
        Err(e) => {
            served.why = why(address, e);
            return served;
        }
    };
    shared.context.health.opened();
    let mut reader = Reader {
        shared,
        address,
        wire: &mut wire,
        turn,
    };
    served.why = loop {
        match reader.round(&mut served.parts).await {
            Ok(()) => served.answered = true,
            Err(why) => break why,
        }
        // Another one first the next time: a broker fills its answer from the front.
        if served.parts.len() > 1 {
            served.parts.rotate_left(1);
        }
    };
    shared.context.health.closed();
    served
}

fn why(address: &str, error: Unanswered) -> Why {
    match error {
        Unanswered::SignIn(_) | Unanswered::Version(_) => Why::Over(SourceError::Far {
            what: format!("broker {address}: {error}"),
        }),
        other => Why::Broken(format!("broker {address}: {other}")),
    }
}

struct Reader<'a> {
    shared: &'a Shared<'a>,
    address: &'a str,
    wire: &'a mut Wire,
    turn: &'a CancellationToken,
}

impl Reader<'_> {
    /// One fetch, and what comes of it.
    async fn round(&mut self, parts: &mut [Part]) -> Result<(), Why> {
        for part in parts.iter_mut().filter(|part| part.next.is_none()) {
            self.begin(part).await?;
        }
        let wanted: Vec<Wanted<'_>> = parts
            .iter()
            .filter(|part| !part.rests())
            .map(|part| Wanted {
                topic: &part.topic,
                index: part.index,
                offset: part.next.unwrap_or_default(),
                bytes: part.bytes,
            })
            .collect();
        if wanted.is_empty() {
            tokio::select! {
                () = self.turn.cancelled() => return Err(Why::Turn),
                () = sleep(WAIT) => return Ok(()),
            }
        }
        let version = self.wire.version(FETCH).map_err(|e| why(self.address, e))?;
        let bounds = Bounds {
            wait_ms: WAIT.as_millis() as i32,
            bytes: ANSWER,
        };
        let question = messages::ask_fetch(version, bounds, &wanted);
        let answer = tokio::select! {
            biased;
            () = self.turn.cancelled() => return Err(Why::Turn),
            answer = async {
                let _one = self.shared.answers.acquire().await;
                self.wire.ask(FETCH, &question, WAIT + PATIENCE).await
            } => answer.map_err(|e| why(self.address, e))?,
        };
        let garbled = |e| why(self.address, Unanswered::Garbled(e));
        let mut body = answer.body().map_err(garbled)?;
        for fetched in messages::fetch(answer.version, &mut body).map_err(garbled)? {
            let part = parts
                .iter_mut()
                .find(|part| part.index == fetched.index && *part.topic == *fetched.topic);
            if let Some(part) = part {
                self.take(part, &fetched).await?;
            }
        }
        Ok(())
    }

    async fn take(&mut self, part: &mut Part, fetched: &Fetched<'_>) -> Result<(), Why> {
        match fetched.error {
            code::NONE => self.hand_on(part, fetched).await,
            code::OFFSET_OUT_OF_RANGE => self.find_again(part).await,
            code::TOPIC_AUTHORIZATION_FAILED
            | code::GROUP_OR_CLUSTER_REFUSED
            | code::UNSUPPORTED_COMPRESSION_TYPE => Err(Why::Over(SourceError::Far {
                what: format!(
                    "{} cannot be read: {}",
                    part.named(),
                    messages::words(fetched.error)
                ),
            })),
            code if messages::is_of_leaders(code) => Err(Why::Broken(format!(
                "{}: {}",
                part.named(),
                messages::words(code)
            ))),
            error => {
                let what = format!(
                    "{}: {}; it is tried again in half a minute",
                    part.named(),
                    messages::words(error)
                );
                self.rest(part, what);
                Ok(())
            }
        }
    }

    /// Leaves a partition alone for a while, so that the others go on.
    fn rest(&self, part: &mut Part, what: String) {
        part.rests = Some(Instant::now() + REST);
        self.shared.context.health.trouble(what);
    }

    async fn hand_on(&self, part: &mut Part, fetched: &Fetched<'_>) -> Result<(), Why> {
        let from = part.next.unwrap_or_default();
        let stream = part.named();
        let mut parcel = Parcels::new(self.shared.context, &stream, from);
        let cut = cut(fetched.records, from, &fetched.aborted, |found| parcel.add(found));
        if cut.short {
            if part.bytes >= MOST_PARTITION {
                let what = format!(
                    "{stream}: the batch at offset {from} is larger than {} MiB",
                    MOST_PARTITION >> 20
                );
                self.rest(part, what);
                return Ok(());
            }
            part.bytes = part.bytes.saturating_mul(2);
            return Ok(());
        }
        part.bytes = PARTITION;
        for delivery in parcel.finish(cut.next) {
            let learn = self.shared.context.inlet.send_and_learn(delivery).await?;
            self.shared.flight.add(Some(learn), ()).await?;
        }
        part.next = Some(cut.next);
        let left = u64::try_from(fetched.high_watermark.saturating_sub(cut.next)).unwrap_or_default();
        self.shared
            .context
            .health
            .behind(self.shared.behind.note(part, left));
        Ok(())
    }

    /// Asks where a partition begins of which nothing was read yet.
    async fn begin(&mut self, part: &mut Part) -> Result<(), Why> {
        let offset = self.offset(part, part.begin).await?;
        part.next = Some(offset);
        if part.begin == LATEST {
            // Without a record there is no position, and the next start would skip what came meanwhile.
            let stream = part.named();
            let mut delivery = self.shared.context.delivery(stream.as_str());
            delivery.identity = xxh3_128(stream.as_bytes());
            delivery.place = place(&stream, offset);
            let learn = self.shared.context.inlet.send_and_learn(delivery).await?;
            self.shared.flight.add(Some(learn), ()).await?;
        }
        Ok(())
    }

    /// Goes on where there is something, and says what is gone.
    async fn find_again(&mut self, part: &mut Part) -> Result<(), Why> {
        let next = part.next.unwrap_or_default();
        let earliest = self.offset(part, EARLIEST).await?;
        let latest = self.offset(part, LATEST).await?;
        let what = if next < earliest {
            format!(
                "{} records of {} were removed before they were read, offsets {next} to {}; keep records longer at the broker",
                earliest - next,
                part.named(),
                earliest - 1
            )
        } else if next > latest {
            format!(
                "{} ends at offset {latest}, before the {next} that was read: it was made anew or has lost its end; it is read from offset {earliest} on",
                part.named()
            )
        } else {
            let what = format!("{}: offset {next} is refused and in range", part.named());
            self.rest(part, what);
            return Ok(());
        };
        self.shared.context.health.trouble(what);
        part.next = Some(earliest);
        Ok(())
    }

    async fn offset(&mut self, part: &Part, when: i64) -> Result<i64, Why> {
        let of_wire = |e| why(self.address, e);
        let version = self.wire.version(LIST_OFFSETS).map_err(of_wire)?;
        let question = messages::ask_offset(version, &part.topic, part.index, when);
        let answer = tokio::select! {
            biased;
            () = self.turn.cancelled() => return Err(Why::Turn),
            answer = self.wire.ask(LIST_OFFSETS, &question, PATIENCE) => answer.map_err(of_wire)?,
        };
        let garbled = |e| why(self.address, Unanswered::Garbled(e));
        let mut body = answer.body().map_err(garbled)?;
        match messages::offset(answer.version, &mut body).map_err(garbled)? {
            (code::NONE, offset) => Ok(offset),
            (error, _) => Err(Why::Broken(format!(
                "{}: {}",
                part.named(),
                messages::words(error)
            ))),
        }
    }
}

fn place(stream: &str, at: i64) -> Place {
    Place::Kept(Position {
        stream: stream.to_owned(),
        at: at.unsigned_abs(),
        mark: String::new(),
    })
}

/// Deliveries of what a fetch brought.
struct Parcels<'a> {
    context: &'a Context,
    stream: &'a str,
    /// First offset of the open delivery, and the offset behind what it holds.
    first: i64,
    next: i64,
    open: Delivery,
    done: Vec<Delivery>,
    bytes: u64,
    records: u64,
}

impl<'a> Parcels<'a> {
    fn new(context: &'a Context, stream: &'a str, from: i64) -> Self {
        Self {
            context,
            stream,
            first: from,
            next: from,
            open: context.delivery(stream),
            done: Vec::new(),
            bytes: 0,
            records: 0,
        }
    }

    fn add(&mut self, found: Found<'_>) {
        let (refused, next) = match found {
            Found::Value(value, next) => {
                self.bytes += value.len() as u64;
                self.records += 1;
                let appended = payload::append(&mut self.open.body, value, self.context.record_bytes);
                (appended.err(), next)
            }
            Found::Refused(refused, next) => (Some(refused), next),
        };
        self.open.refused.extend(refused);
        self.next = next;
        if self.open.body.len() >= FULL || self.open.refused.len() >= 16 {
            self.close();
        }
    }

    fn close(&mut self) {
        let mut closed = std::mem::replace(&mut self.open, self.context.delivery(self.stream));
        if closed.body.is_empty() && closed.refused.is_empty() {
            return;
        }
        closed.identity = xxh3_128(format!("{} {} {}", self.stream, self.first, self.next).as_bytes());
        closed.place = place(self.stream, self.next);
        self.first = self.next;
        self.done.push(closed);
    }

    /// All of them; the last one's position is behind everything that was fetched.
    fn finish(mut self, next: i64) -> Vec<Delivery> {
        self.context.health.received(self.bytes, self.records);
        self.next = self.next.max(next);
        self.close();
        let refused: usize = self.done.iter().map(|delivery| delivery.refused.len()).sum();
        self.context.health.refused(refused as u64);
        self.done
    }
}
