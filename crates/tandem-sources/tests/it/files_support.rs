//! A source that can be read again: it runs, its positions are kept, and the next run goes on from them.

use std::collections::BTreeMap;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tandem_sources::{Context, Delivery, From, Health, Parcel, Place, Position, SourceError, Taken, inlet};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{PATIENCE, context};

/// A writer that is ended when it is dropped.
pub struct Writer(Child);

impl Writer {
    /// Starts it; what it says goes nowhere.
    pub fn start(command: &mut Command) -> Self {
        let quiet = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(quiet.spawn().unwrap())
    }

    /// True once it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A running source, and what came of it.
pub struct Running {
    pub task: JoinHandle<Result<(), SourceError>>,
    pub stop: CancellationToken,
    pub parcels: mpsc::Receiver<Parcel>,
    pub health: Arc<Health>,
    /// How far each stream is durable.
    pub positions: BTreeMap<String, Position>,
    pub deliveries: Vec<Delivery>,
    /// Bytes of each file's last record that is not whole yet.
    unfinished: BTreeMap<String, usize>,
}

impl Running {
    /// Starts a source with room for `room` bytes of deliveries and records of at most `record_bytes`.
    pub fn start(
        from: From,
        positions: &BTreeMap<String, Position>,
        room: usize,
        record_bytes: usize,
    ) -> Self {
        let (inlet, parcels) = inlet(room);
        let context = Context {
            positions: positions.values().cloned().collect(),
            record_bytes,
            ..context(from, inlet)
        };
        Self {
            stop: context.stop.clone(),
            health: Arc::clone(&context.health),
            task: tokio::spawn(tandem_sources::run(context)),
            parcels,
            positions: positions.clone(),
            deliveries: Vec::new(),
            unfinished: BTreeMap::new(),
        }
    }

    fn keep(&mut self, parcel: Parcel) {
        let delivery = parcel.delivery.clone();
        let position = match &delivery.place {
            Place::Passing => None,
            Place::Kept(position) => Some(position.clone()),
            Place::Forgotten(stream) => {
                self.positions.remove(stream);
                None
            }
            Place::File { position, end } => {
                // A position stands where the first record begins that is not whole yet.
                let rest = self.unfinished.entry(position.stream.clone()).or_default();
                *rest = match delivery.body.iter().rposition(|byte| *byte == b'\n') {
                    _ if *end => 0,
                    Some(at) => delivery.body.len() - at - 1,
                    None => *rest + delivery.body.len(),
                };
                Some(Position {
                    at: position.at + delivery.body.len() as u64 - *rest as u64,
                    ..position.clone()
                })
            }
        };
        if let Some(position) = position {
            assert!(position.mark.len() <= 64 << 10);
            self.positions.insert(position.stream.clone(), position);
        }
        self.deliveries.push(delivery);
        parcel.answer(Taken::default());
    }

    /// Takes deliveries as durable until `enough` says so.
    pub async fn until(&mut self, mut enough: impl FnMut(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !enough(self) {
            match tokio::time::timeout_at(deadline, self.parcels.recv()).await {
                Ok(Some(parcel)) => self.keep(parcel),
                Ok(None) => panic!("the source has ended: {:?}", self.health.read()),
                Err(_) => panic!("not enough came in time: {:?}", self.health.read()),
            }
        }
    }

    /// Takes deliveries as durable for so long.
    pub async fn during(&mut self, time: Duration) {
        let deadline = tokio::time::Instant::now() + time;
        while let Ok(Some(parcel)) = tokio::time::timeout_at(deadline, self.parcels.recv()).await {
            self.keep(parcel);
        }
    }

    /// Stops the source in good order and takes what it still hands on.
    pub async fn finish(mut self) -> Finished {
        self.stop.cancel();
        while let Some(parcel) = tokio::time::timeout(PATIENCE, self.parcels.recv()).await.unwrap() {
            self.keep(parcel);
        }
        let ended = tokio::time::timeout(PATIENCE, &mut self.task).await;
        Finished {
            ended: ended.unwrap().unwrap(),
            positions: self.positions,
            deliveries: self.deliveries,
        }
    }
}

/// What came of a source that has ended.
pub struct Finished {
    pub ended: Result<(), SourceError>,
    pub positions: BTreeMap<String, Position>,
    pub deliveries: Vec<Delivery>,
}

/// Lines of all deliveries; pieces of files are joined, and what another run read again counts once.
pub fn lines(deliveries: &[Delivery]) -> Vec<String> {
    let mut streams: BTreeMap<&str, (u64, Vec<u8>)> = BTreeMap::new();
    let mut found = Vec::new();
    for delivery in deliveries {
        let (stream, at, end) = match &delivery.place {
            Place::Passing | Place::Forgotten(_) => ("", None, true),
            Place::Kept(position) => (position.stream.as_str(), None, true),
            Place::File { position, end } => (position.stream.as_str(), Some(position.at), *end),
        };
        let (begins, open) = streams
            .entry(stream)
            .or_insert((at.unwrap_or_default(), Vec::new()));
        if let Some(at) = at {
            open.truncate(at.saturating_sub(*begins) as usize);
        }
        open.extend_from_slice(&delivery.body);
        let whole = if end {
            open.len()
        } else {
            open.iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1)
        };
        let text: Vec<u8> = open.drain(..whole).collect();
        *begins += whole as u64;
        found.extend(String::from_utf8(text).unwrap().lines().map(str::to_owned));
    }
    found
}
