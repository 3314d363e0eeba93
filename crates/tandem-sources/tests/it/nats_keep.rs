//! A home that keeps what brokers and buckets deliver, and what it keeps when it is killed.

use std::collections::BTreeMap;
use std::sync::Arc;

use tandem_sources::{From, Parcel, Place, Position, Taken};
use tokio::time::timeout;

use super::support::{self, PATIENCE, Source, lines};

/// What is durable.
#[derive(Debug, Default)]
pub struct Keep {
    /// One position of each stream.
    pub positions: BTreeMap<String, Position>,
    /// Every record, in the order in which they were kept.
    pub records: Vec<String>,
    /// What was refused: reasons.
    pub refused: Vec<String>,
    /// What of a file's pieces is not a whole record yet. It is not durable.
    open: BTreeMap<String, Vec<u8>>,
}

impl Keep {
    /// Starts a source that goes on from what is durable. Whatever was not durable is gone.
    pub fn start(&mut self, from: From) -> Source {
        self.start_with_room(from, 64 << 20)
    }

    /// The same with so much room.
    pub fn start_with_room(&mut self, from: From, room: usize) -> Source {
        self.open.clear();
        let (inlet, parcels) = tandem_sources::inlet(room);
        let mut context = support::context(from, inlet);
        context.positions = self.positions.values().cloned().collect();
        let (stop, health) = (context.stop.clone(), Arc::clone(&context.health));
        let task = tokio::spawn(tandem_sources::run(context));
        Source {
            parcels,
            stop,
            health,
            task,
        }
    }

    /// Keeps a delivery and answers it.
    pub fn take(&mut self, parcel: Parcel) {
        let delivery = parcel.delivery.clone();
        self.refused
            .extend(delivery.refused.iter().map(|refused| refused.reason.clone()));
        let before = self.records.len();
        match delivery.place.clone() {
            Place::Passing => panic!("it can be read again: {delivery:?}"),
            Place::Forgotten(stream) => drop(self.positions.remove(&stream)),
            Place::Kept(position) => {
                assert!(
                    delivery.body.is_empty() || delivery.body.ends_with(b"\n"),
                    "whole records"
                );
                self.records.extend(lines(&delivery));
                self.positions.insert(position.stream.clone(), position);
            }
            Place::File { mut position, end } => {
                let open = self.open.entry(position.stream.clone()).or_default();
                let begins = position.at - open.len() as u64;
                open.extend(&delivery.body);
                let whole = match end {
                    true => open.len(),
                    false => open
                        .iter()
                        .rposition(|byte| *byte == b'\n')
                        .map_or(0, |at| at + 1),
                };
                let text: Vec<u8> = open.drain(..whole).collect();
                self.records
                    .extend(String::from_utf8_lossy(&text).lines().map(str::to_owned));
                position.at = begins + whole as u64;
                self.positions.insert(position.stream.clone(), position);
            }
        }
        let records = (self.records.len() - before) as u64;
        parcel.answer(Taken {
            records,
            events: records,
            ..Taken::default()
        });
    }

    /// Keeps the next delivery.
    pub async fn next(&mut self, source: &mut Source) {
        let parcel = timeout(PATIENCE, source.parcels.recv())
            .await
            .unwrap_or_else(|_| panic!("something is delivered: {:?}", source.health.read()))
            .unwrap_or_else(|| panic!("the source runs: {:?}", source.health.read()));
        self.take(parcel);
    }

    /// Keeps deliveries until so many records are kept in all.
    pub async fn until(&mut self, source: &mut Source, records: usize) {
        let taking = async {
            while self.records.len() < records {
                self.next(source).await;
            }
        };
        if timeout(PATIENCE, taking).await.is_err() {
            panic!(
                "{} of {records} records: {:?}",
                self.records.len(),
                source.health.read()
            );
        }
    }

    /// Ends a source in good order and keeps what it still delivers.
    pub async fn end(&mut self, mut source: Source) {
        source.stop.cancel();
        loop {
            tokio::select! {
                biased;
                Some(parcel) = source.parcels.recv() => self.take(parcel),
                ended = &mut source.task => {
                    ended.unwrap().unwrap();
                    return;
                }
                () = tokio::time::sleep(PATIENCE) => panic!("it stops"),
            }
        }
    }

    /// Every record once, sorted; panics if one was kept twice.
    pub fn once(&self) -> Vec<String> {
        let mut records = self.records.clone();
        records.sort();
        let all = records.len();
        records.dedup();
        assert_eq!(records.len(), all, "no record is kept twice");
        records
    }
}

/// `count` records that tell themselves apart.
pub fn numbered(from: usize, count: usize) -> Vec<String> {
    (from..from + count)
        .map(|n| format!(r#"{{"n":{n:07}}}"#))
        .collect()
}
