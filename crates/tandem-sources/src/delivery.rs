//! What a source hands on, and the bounded way it takes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tandem_normalise::Format;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

/// Bytes that one permit of the inlet's room stands for.
const UNIT: usize = 1 << 10;
/// What a delivery takes at least, so that many small ones are bounded too, bytes.
const LEAST: usize = 1 << 10;
/// Deliveries waiting at most, whatever their size.
const WAITING: usize = 4_096;

/// How far a stream was read. It is kept in the transaction that keeps the records, so that reading goes on exactly behind
/// what is durable.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Position {
    /// The stream within its source: a file's identity, a partition, a bucket's prefix. Unique within the source.
    pub stream: String,
    /// How far: bytes, a sequence number or an offset, as the stream counts.
    pub at: u64,
    /// Whatever else the source needs to go on: a cursor, a path. At most 64 KiB.
    pub mark: String,
}

/// Where the records of a delivery come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Nothing can be read again: the sender keeps nothing, or keeps it until it is answered.
    Passing,
    /// Whole records of a stream that can be read again. The position is where reading goes on **behind** them.
    Kept(Position),
    /// A piece of a file, cut anywhere. The position's `at` is the offset of the body's first byte; what of the end is not
    /// a whole record yet is kept and joined with the next piece of the same stream. `end` says that nothing follows.
    File {
        /// Where the piece begins.
        position: Position,
        /// Nothing follows: what is left is a record, whole or not.
        end: bool,
    },
    /// Of nothing: the stream of that name is over, and its source forgets it. Its position is dropped in the commit that takes
    /// the delivery, which has no records.
    Forgotten(String),
}

/// Something that a source could not even cut into records. It goes to the dead-letter store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// As received, at most 64 KiB.
    pub raw: Vec<u8>,
    /// Its whole size, bytes.
    pub bytes: u64,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
}

impl Refused {
    /// Bytes of a refused record that are kept.
    pub const KEPT: usize = 64 << 10;

    /// Something refused, of which at most [`Self::KEPT`] bytes are kept.
    pub fn new(raw: &[u8], reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            raw: raw.get(..Self::KEPT).unwrap_or(raw).to_vec(),
            bytes: raw.len() as u64,
            reason: reason.into(),
            hint: hint.into(),
        }
    }
}

/// Records on their way to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Name of the source that the events get.
    pub source: Arc<str>,
    /// Who or what sent them, for dead letters and messages: a peer's address, a file, a topic.
    pub from: Arc<str>,
    /// Records as the format has them; line formats end each with a newline.
    pub body: Vec<u8>,
    /// What could not be cut into records.
    pub refused: Vec<Refused>,
    /// The format, or `None` to recognise it.
    pub format: Option<Format>,
    /// The mapping, or `None` to find the one that fits.
    pub mapping: Option<String>,
    /// Zone of times without one (IANA name), or `None` for the home's.
    pub time_zone: Option<String>,
    /// Part of the ids of records without an own one, together with their place in the body: different for different
    /// deliveries, and the same for the same records sent again.
    pub identity: u128,
    /// Where they come from.
    pub place: Place,
    /// The same for a repeated delivery of the same records, which is then taken once; `None` if senders never repeat.
    pub once: Option<String>,
}

impl Delivery {
    /// A delivery of one source with nothing in it.
    pub fn new(source: &Arc<str>, from: impl Into<Arc<str>>) -> Self {
        Self {
            source: Arc::clone(source),
            from: from.into(),
            body: Vec::new(),
            refused: Vec::new(),
            format: None,
            mapping: None,
            time_zone: None,
            identity: 0,
            place: Place::Passing,
            once: None,
        }
    }

    /// What it takes of the inlet's room, bytes.
    fn size(&self) -> usize {
        let refused: usize = self.refused.iter().map(|refused| refused.raw.len()).sum();
        (self.body.len() + refused).max(LEAST)
    }
}

/// What became of a delivery, once it is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Taken {
    /// Records in it.
    pub records: u64,
    /// Events stored.
    pub events: u64,
    /// Records in the dead-letter store.
    pub rejects: u64,
    /// Records that were known.
    pub duplicates: u64,
    /// It had been taken before; the numbers are those of the first time.
    pub repeated: bool,
}

/// A delivery was not taken; nothing of it is stored, and whoever sent it should send it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Tandem is stopping.
    #[error("Tandem is stopping; send it again when it is back")]
    Stopping,
    /// It could not be stored.
    #[error("the records could not be stored; send them again later")]
    Failed,
}

/// A delivery under way. Its room is free again when it is dropped.
#[derive(Debug)]
pub struct Parcel {
    /// What is delivered.
    pub delivery: Delivery,
    /// Of which start of its source; see [`Inlet::started`].
    pub start: u64,
    answer: Option<oneshot::Sender<Taken>>,
    room: OwnedSemaphorePermit,
}

impl Parcel {
    /// True if somebody waits for the answer.
    pub const fn awaited(&self) -> bool {
        self.answer.is_some()
    }

    /// What it takes of the inlet's room, bytes.
    pub fn room(&self) -> u64 {
        (self.room.num_permits() * UNIT) as u64
    }

    /// Says that the delivery is durable. Dropping a parcel without it says that it is not.
    pub fn answer(mut self, taken: Taken) {
        if let Some(answer) = self.answer.take() {
            // Whoever waited may have gone; the records are kept all the same.
            let _ = answer.send(taken);
        }
    }
}

/// The bounded way of deliveries. Clones share the room.
#[derive(Debug, Clone)]
pub struct Inlet {
    parcels: mpsc::Sender<Parcel>,
    room: Arc<Semaphore>,
    units: usize,
    starts: Arc<AtomicU64>,
    start: u64,
}

/// An inlet with room for `bytes` of deliveries, and its other end.
pub fn inlet(bytes: usize) -> (Inlet, mpsc::Receiver<Parcel>) {
    let units = (bytes / UNIT).max(1);
    let (parcels, receiver) = mpsc::channel(WAITING);
    let inlet = Inlet {
        parcels,
        room: Arc::new(Semaphore::new(units)),
        units,
        starts: Arc::default(),
        start: 0,
    };
    (inlet, receiver)
}

impl Inlet {
    /// The same way for a source that starts: its parcels carry a number that no earlier start has. So what an earlier start
    /// of the source left on the way can be told from what this one delivers.
    pub fn started(&self) -> Self {
        Self {
            start: 1 + self.starts.fetch_add(1, Ordering::Relaxed),
            ..self.clone()
        }
    }

    /// The number that its parcels carry; 0 for what belongs to no start.
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// From now on nothing is taken any more; whoever waits for room is told so.
    pub fn close(&self) {
        self.room.close();
    }

    /// Bytes under way, and the room for them.
    pub fn load(&self) -> (u64, u64) {
        let free = self.room.available_permits().min(self.units);
        (((self.units - free) * UNIT) as u64, (self.units * UNIT) as u64)
    }

    /// Hands on a delivery; waits while there is no room.
    ///
    /// # Errors
    /// [`NotTaken::Stopping`] when nobody takes deliveries any more.
    pub async fn send(&self, delivery: Delivery) -> Result<(), NotTaken> {
        self.hand_on(delivery, None).await
    }

    /// Hands on a delivery and waits until it is durable.
    ///
    /// # Errors
    /// [`NotTaken`]; then nothing of it is stored.
    pub async fn send_and_wait(&self, delivery: Delivery) -> Result<Taken, NotTaken> {
        self.send_and_learn(delivery)
            .await?
            .await
            .map_err(|_| NotTaken::Failed)
    }

    /// Hands on a delivery; the receiver learns when it is durable, and is closed without a word when it could not be stored.
    ///
    /// # Errors
    /// [`NotTaken::Stopping`] when nobody takes deliveries any more.
    pub async fn send_and_learn(&self, delivery: Delivery) -> Result<oneshot::Receiver<Taken>, NotTaken> {
        let (answer, learn) = oneshot::channel();
        self.hand_on(delivery, Some(answer)).await?;
        Ok(learn)
    }

    async fn hand_on(
        &self,
        delivery: Delivery,
        answer: Option<oneshot::Sender<Taken>>,
    ) -> Result<(), NotTaken> {
        // A delivery larger than all the room takes all of it rather than waiting for ever.
        let units = delivery.size().div_ceil(UNIT).min(self.units);
        let room = Arc::clone(&self.room)
            .acquire_many_owned(u32::try_from(units).unwrap_or(u32::MAX))
            .await
            .map_err(|_| NotTaken::Stopping)?;
        let parcel = Parcel {
            delivery,
            start: self.start,
            answer,
            room,
        };
        self.parcels.send(parcel).await.map_err(|_| NotTaken::Stopping)
    }
}

#[cfg(test)]
mod tests;
