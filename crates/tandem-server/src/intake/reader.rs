//! From deliveries to events, on threads of their own: reading is work for a processor, not for those who wait on sockets.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tandem_domain::EventBatch;
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Format, Normaliser, Options, Reject, State, recognise};
use tandem_sources::{Delivery, Parcel, Place, Position};
use tandem_store::Checkpoint;
use tokio::sync::mpsc;

use super::stream_key;

/// Files whose reader's state is remembered by one thread; another one begins with what was kept.
const MOST_STREAMS: usize = 20_000;
/// States that are laid out for streams that nobody reads just now; beyond them a stream's format is told anew.
const MOST_STATES: usize = 100_000;
/// Bytes needed to tell a format for certain.
const HEAD: usize = 4_096;

/// A delivery that was read.
pub(super) struct Read {
    pub parcel: Parcel,
    pub pieces: Vec<Piece>,
    /// How far its stream was read, to be kept with it.
    pub checkpoint: Option<Checkpoint>,
    /// Key of a stream of which nothing is to be known any more.
    pub forgotten: Option<String>,
}

/// Part of a delivery's events.
pub(super) struct Piece {
    pub batch: EventBatch,
    pub rejects: Vec<Reject>,
    pub bytes: u64,
}

/// What is kept of a stream beside its place.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The source's own words.
    pub mark: String,
    /// The reader's state, for files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<State>,
}

/// States of readers that sources go on with, by key of the stream.
#[derive(Debug, Default)]
pub(super) struct States(Mutex<HashMap<String, State>>);

impl States {
    pub fn put(&self, key: String, state: State) {
        let mut states = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if states.len() < MOST_STATES {
            states.insert(key, state);
        }
    }

    fn take(&self, key: &str) -> Option<State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key)
    }
}

/// How deliveries are read.
#[derive(Debug, Clone)]
pub(super) struct Reading {
    pub mappings: Arc<Mappings>,
    pub time_zone: String,
    pub record_bytes: usize,
    pub states: Arc<States>,
}

/// A file while it is followed.
struct Stream {
    normaliser: Normaliser,
    /// What is no whole record yet.
    rest: Vec<u8>,
    /// Where that begins.
    at: u64,
    /// Of which start of its source.
    start: u64,
    /// When it was last used, counted in deliveries.
    used: u64,
}

/// Reads until nothing comes any more.
pub(super) fn work(reading: Reading, mut parcels: mpsc::Receiver<Parcel>, reads: &mpsc::Sender<Read>) {
    let mut reader = Reader {
        reading,
        streams: HashMap::new(),
        count: 0,
    };
    while let Some(parcel) = parcels.blocking_recv() {
        if reads.blocking_send(reader.read(parcel)).is_err() {
            return;
        }
    }
}

struct Reader {
    reading: Reading,
    streams: HashMap<String, Stream>,
    count: u64,
}

impl Reader {
    fn read(&mut self, mut parcel: Parcel) -> Read {
        self.count += 1;
        let start = parcel.start;
        let delivery = &mut parcel.delivery;
        let mut forgotten = None;
        let (mut pieces, checkpoint) = match delivery.place.clone() {
            Place::Passing => (self.whole(delivery), None),
            Place::Kept(position) => {
                let checkpoint = checkpoint(&delivery.source, &position, position.at, None, false);
                (self.whole(delivery), Some(checkpoint))
            }
            Place::File { position, end } => self.part(delivery, &position, end, start),
            Place::Forgotten(stream) => {
                let key = stream_key(&delivery.source, &stream);
                self.streams.remove(&key);
                self.reading.states.take(&key);
                forgotten = Some(key);
                (Vec::new(), None)
            }
        };
        if !delivery.refused.is_empty() {
            pieces.push(Piece {
                batch: EventBatch::new(&delivery.source),
                rejects: std::mem::take(&mut delivery.refused)
                    .into_iter()
                    .map(|refused| Reject {
                        offset: 0,
                        raw: refused.raw,
                        bytes: refused.bytes,
                        reason: refused.reason,
                        hint: refused.hint,
                        field: None,
                    })
                    .collect(),
                bytes: 0,
            });
        }
        Read {
            parcel,
            pieces,
            checkpoint,
            forgotten,
        }
    }

    fn normaliser(&self, delivery: &Delivery, state: Option<State>) -> Normaliser {
        let options = Options {
            source: delivery.source.to_string(),
            stream_id: delivery.identity,
            format: delivery.format,
            mapping: delivery.mapping.clone(),
            time_zone: delivery
                .time_zone
                .clone()
                .or_else(|| Some(self.reading.time_zone.clone())),
            year_hint: None,
            received: crate::pipeline::now(),
            max_record_bytes: self.reading.record_bytes,
        };
        Normaliser::resume(
            Arc::clone(&self.reading.mappings),
            options,
            state.unwrap_or_default(),
        )
    }

    /// Whole records.
    fn whole(&self, delivery: &mut Delivery) -> Vec<Piece> {
        let mut normaliser = self.normaliser(delivery, None);
        let body = std::mem::take(&mut delivery.body);
        let (pieces, used) = feed(&mut normaliser, &delivery.source, &body, 0, true);
        with_rest(
            pieces,
            delivery,
            body.get(used..).unwrap_or_default(),
            used as u64,
        )
    }

    /// A piece of a file, joined with what the one before left.
    fn part(
        &mut self,
        delivery: &mut Delivery,
        position: &Position,
        end: bool,
        start: u64,
    ) -> (Vec<Piece>, Option<Checkpoint>) {
        let key = stream_key(&delivery.source, &position.stream);
        let mut stream = match self.streams.remove(&key) {
            // Another start of the source begins behind what is durable: what was read since then comes again.
            Some(stream) if stream.start == start && follows(&stream, position) => stream,
            _ => Stream {
                normaliser: {
                    let state = self.reading.states.take(&key).filter(|_| position.at > 0);
                    self.normaliser(delivery, state)
                },
                rest: Vec::new(),
                at: position.at,
                start,
                used: 0,
            },
        };
        stream.rest.extend_from_slice(&delivery.body);
        delivery.body = Vec::new();
        let (mut pieces, used) = if stream.hold(end) {
            (Vec::new(), 0)
        } else {
            feed(
                &mut stream.normaliser,
                &delivery.source,
                &stream.rest,
                stream.at,
                end,
            )
        };
        stream.rest.drain(..used);
        stream.at += used as u64;
        if end {
            let rest = std::mem::take(&mut stream.rest);
            pieces = with_rest(pieces, delivery, &rest, stream.at);
            stream.at += rest.len() as u64;
        }
        let state = Some(stream.normaliser.state().clone());
        let checkpoint = checkpoint(&delivery.source, position, stream.at, state, end);
        if end {
            // A late writer may go on all the same.
            self.reading.states.put(key, stream.normaliser.state().clone());
        } else {
            stream.used = self.count;
            self.streams.insert(key, stream);
            self.forget_some();
        }
        (pieces, Some(checkpoint))
    }

    /// Makes room: the half that was used longest ago goes. Their unfinished records come again from the source, which
    /// begins where the checkpoint says.
    fn forget_some(&mut self) {
        if self.streams.len() <= MOST_STREAMS {
            return;
        }
        let mut uses: Vec<u64> = self
            .streams
            .values()
            .filter(|stream| stream.rest.is_empty())
            .map(|stream| stream.used)
            .collect();
        uses.sort_unstable();
        let Some(&middle) = uses.get(uses.len() / 2) else {
            return;
        };
        let states = &self.reading.states;
        self.streams.retain(|key, stream| {
            // One with an unfinished record stays: the source goes on behind it.
            let stays = stream.used > middle || !stream.rest.is_empty();
            if !stays {
                states.put(key.clone(), stream.normaliser.state().clone());
            }
            stays
        });
    }
}

impl Stream {
    /// True while too little of a new file is there to tell its format. Nothing is lost by waiting: its position stays.
    fn hold(&mut self, end: bool) -> bool {
        if end || self.normaliser.format().is_some() || self.rest.len() >= HEAD {
            return false;
        }
        let lines = self.rest.iter().filter(|byte| **byte == b'\n').count();
        let last = self.rest.iter().rposition(|byte| *byte == b'\n').unwrap_or(0);
        match recognise(self.rest.get(..last).unwrap_or_default()) {
            Some(format) => self.normaliser.assume(format),
            None if lines > 1 => self.normaliser.assume(Format::Text),
            None => return true,
        }
        false
    }
}

/// True if a piece begins where the stream stands.
fn follows(stream: &Stream, position: &Position) -> bool {
    stream.at + stream.rest.len() as u64 == position.at
}

/// Reads what is there; gives the events and how many bytes were used.
fn feed(normaliser: &mut Normaliser, source: &str, bytes: &[u8], at: u64, end: bool) -> (Vec<Piece>, usize) {
    let mut pieces = Vec::new();
    let mut used = 0;
    while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
        let mut piece = Piece {
            batch: EventBatch::new(source),
            rejects: Vec::new(),
            bytes: 0,
        };
        let count = normaliser.feed(rest, at + used as u64, end, &mut piece.batch, &mut piece.rejects);
        if count == 0 {
            break;
        }
        piece.bytes = count as u64;
        used += count;
        pieces.push(piece);
    }
    (pieces, used)
}

/// The same, and a reject of what could not be read at the end.
fn with_rest(mut pieces: Vec<Piece>, delivery: &Delivery, rest: &[u8], at: u64) -> Vec<Piece> {
    if !rest.is_empty() {
        pieces.push(Piece {
            batch: EventBatch::new(&delivery.source),
            rejects: vec![Reject {
                offset: at,
                raw: rest.get(..tandem_sources::Refused::KEPT).unwrap_or(rest).to_vec(),
                bytes: rest.len() as u64,
                reason: "the end of what was sent could not be read".to_owned(),
                hint: "see whether the sender cuts records, and send the whole record again".to_owned(),
                field: None,
            }],
            bytes: rest.len() as u64,
        });
    }
    pieces
}

fn checkpoint(source: &str, position: &Position, at: u64, reader: Option<State>, done: bool) -> Checkpoint {
    let kept = Kept {
        mark: position.mark.clone(),
        reader,
    };
    Checkpoint {
        stream_key: stream_key(source, &position.stream),
        offset: at,
        // Two plain texts and a state that is read back the same way: writing them cannot fail.
        state_json: serde_json::to_string(&kept).unwrap_or_default(),
        done,
        ..Checkpoint::default()
    }
}

#[cfg(test)]
mod tests;
