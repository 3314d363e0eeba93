//! Bodies of senders on their way in: all of them together have so much room, each has so much time.
//!
//! A limit for each body alone bounds nothing: it is multiplied by however many connections there are.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

/// Room for all bodies that are being received, bytes.
const ROOM: usize = 128 << 20;
/// Bytes that one permit stands for.
const UNIT: usize = 1 << 10;
/// How long a sender waits for room, whatever for, before it is told to come again.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);
/// How long a body may take to come: 64 MiB over 2 Mbit/s.
const TIME: Duration = Duration::from_secs(300);

/// The room.
#[derive(Debug, Clone)]
pub(crate) struct Bodies {
    room: Arc<Semaphore>,
    units: usize,
}

/// A body that has come. Its room is free again when it is dropped.
#[derive(Debug)]
pub(crate) struct Whole {
    /// As sent.
    pub bytes: Vec<u8>,
    /// Its room.
    pub room: Option<OwnedSemaphorePermit>,
}

/// Why a body is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotWhole {
    /// It is larger than is taken.
    TooLarge,
    /// There is no room for it now.
    Full,
    /// It did not come in time, or broke off.
    Broken(String),
}

impl Default for Bodies {
    fn default() -> Self {
        Self::with(ROOM)
    }
}

impl Bodies {
    fn with(bytes: usize) -> Self {
        let units = bytes.div_ceil(UNIT).max(1);
        Self {
            room: Arc::new(Semaphore::new(units)),
            units,
        }
    }

    /// Receives a body of at most `most` bytes. Where it says its length beforehand, it is not read before there is room for all
    /// of it.
    ///
    /// # Errors
    /// [`NotWhole`]; then nothing of it is kept.
    pub async fn whole(&self, body: Body, most: usize) -> Result<Whole, NotWhole> {
        let said = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
        if said > most {
            return Err(NotWhole::TooLarge);
        }
        let mut held = None;
        self.hold(&mut held, said).await?;
        let mut bytes = Vec::with_capacity(said);
        let until = Instant::now() + TIME;
        let mut frames = body.into_data_stream();
        loop {
            let frame = timeout_at(until, frames.next())
                .await
                .map_err(|_| NotWhole::Broken(format!("it did not come within {} s", TIME.as_secs())))?;
            let Some(frame) = frame else { break };
            let frame = frame.map_err(|error| NotWhole::Broken(error.to_string()))?;
            let length = bytes.len() + frame.len();
            if length > most {
                return Err(NotWhole::TooLarge);
            }
            self.hold(&mut held, length).await?;
            bytes.extend_from_slice(&frame);
        }
        Ok(Whole { bytes, room: held })
    }

    /// Holds room for so many bytes. A body that is larger than all the room takes all of it rather than waiting for ever.
    async fn hold(&self, held: &mut Option<OwnedSemaphorePermit>, bytes: usize) -> Result<(), NotWhole> {
        let has = held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let more = bytes.div_ceil(UNIT).min(self.units).saturating_sub(has);
        if more == 0 {
            return Ok(());
        }
        let room = Arc::clone(&self.room);
        let wanted = room.acquire_many_owned(u32::try_from(more).unwrap_or(u32::MAX));
        let got = timeout(PATIENCE, wanted)
            .await
            .map_err(|_| NotWhole::Full)?
            .map_err(|_| NotWhole::Full)?;
        match held {
            Some(held) => held.merge(got),
            None => *held = Some(got),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures_util::stream;

    use super::*;

    /// A body that does not say its length.
    fn pieces(pieces: &[&'static [u8]]) -> Body {
        let pieces: Vec<std::io::Result<&'static [u8]>> = pieces.iter().map(|piece| Ok(*piece)).collect();
        Body::from_stream(stream::iter(pieces))
    }

    #[tokio::test]
    async fn a_body_comes_whole_and_gives_its_room_back() {
        let bodies = Bodies::with(4 << 10);
        let whole = bodies
            .whole(pieces(&[&[b'a'; 1_500], &[b'b'; 1_500]]), 3_000)
            .await
            .unwrap();
        assert_eq!((whole.bytes.len(), whole.bytes[2_999]), (3_000, b'b'));
        assert_eq!(bodies.room.available_permits(), 1);
        drop(whole);
        assert_eq!(bodies.room.available_permits(), 4);
    }

    #[tokio::test]
    async fn what_is_too_large_is_refused_whether_it_says_so_or_not() {
        let bodies = Bodies::default();
        let said = bodies.whole(Body::from(vec![0; 11]), 10).await;
        assert_eq!(said.unwrap_err(), NotWhole::TooLarge);
        let unsaid = bodies.whole(pieces(&[&[0; 6], &[0; 5]]), 10).await;
        assert_eq!(unsaid.unwrap_err(), NotWhole::TooLarge);
        assert_eq!(bodies.room.available_permits(), bodies.units);
    }

    #[tokio::test(start_paused = true)]
    async fn without_room_a_sender_waits_and_is_then_sent_away() {
        let bodies = Bodies::with(4 << 10);
        let first = bodies.whole(Body::from(vec![0; 3 << 10]), 4 << 10).await.unwrap();
        let second = bodies.whole(Body::from(vec![0; 2 << 10]), 4 << 10).await;
        assert_eq!(second.unwrap_err(), NotWhole::Full);
        let (third, ()) = tokio::join!(bodies.whole(Body::from(vec![0; 2 << 10]), 4 << 10), async {
            tokio::time::sleep(PATIENCE / 2).await;
            drop(first);
        });
        assert_eq!(third.unwrap().bytes.len(), 2 << 10);
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_stops_coming_or_breaks_off_is_told() {
        let bodies = Bodies::default();
        let stuck = Body::from_stream(stream::pending::<std::io::Result<&'static [u8]>>());
        let NotWhole::Broken(why) = bodies.whole(stuck, 10).await.unwrap_err() else {
            panic!("it cannot be anything else");
        };
        assert!(why.contains("300 s"), "{why}");
        let cut = Body::from_stream(stream::iter([
            Ok(&b"half"[..]),
            Err(std::io::Error::other("connection reset")),
        ]));
        assert!(matches!(bodies.whole(cut, 10).await, Err(NotWhole::Broken(_))));
        assert_eq!(bodies.room.available_permits(), bodies.units);
    }
}
