//! One connection over TCP or TLS: reading, cutting, handing on.

use std::io::ErrorKind;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout};

use super::batch::Batch;
use super::clocks::{Clocks, Late};
use super::framing::Framer;
use super::listen::Shared;
use super::peer::Peer;
use crate::delivery::NotTaken;

/// Bytes read at once.
pub(super) const READ: usize = 64 << 10;
/// How long the first message of a batch waits for others.
const GATHER: Duration = Duration::from_millis(200);
/// How long nothing must come, when Tandem stops, for the sender to have nothing more on its way.
const QUIET: Duration = Duration::from_millis(100);
/// How long a sender is still listened to when Tandem stops.
const FAREWELL: Duration = Duration::from_secs(2);

/// How a connection ended: in good order, or why not.
pub(super) type Ended = Result<(), String>;

/// Receives until the sender ends it, it is silent for too long, or the source is stopped.
pub(super) async fn receive<S>(shared: &Shared, stream: S, peer: Peer) -> Result<Ended, NotTaken>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut session = Session {
        framer: Framer::new(shared.settings.framing, shared.context.record_bytes),
        shared,
        stream,
        peer,
        batch: Batch::default(),
        received: 0,
        clocks: Clocks::new(GATHER, shared.idle()),
    };
    let mut buffer = vec![0; READ];
    let how = session.run(&mut buffer).await?;
    let whole = matches!(how, How::Closed);
    let inside = session.framer.is_inside();
    session.framer.end(whole, &mut session.batch);
    session.flush().await?;
    Ok(match how {
        How::Closed | How::Stopped => Ok(()),
        // Many senders end TLS without saying so; only inside a message something is missing.
        How::Broken(error) if error.kind() == ErrorKind::UnexpectedEof && !inside => Ok(()),
        How::Broken(error) => Err(format!("the connection broke: {error}")),
        How::Late(late) => Err(late.why()),
    })
}

/// Why reading ended.
enum How {
    Closed,
    Broken(std::io::Error),
    Late(Late),
    Stopped,
}

/// What happened next.
enum Next {
    Read(std::io::Result<usize>),
    Due,
    Stop,
}

struct Session<'s, S> {
    shared: &'s Shared,
    stream: S,
    peer: Peer,
    framer: Framer,
    batch: Batch,
    /// Bytes read since the last delivery.
    received: u64,
    clocks: Clocks,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<'_, S> {
    async fn run(&mut self, buffer: &mut [u8]) -> Result<How, NotTaken> {
        loop {
            let due = self.clocks.due();
            let next = tokio::select! {
                biased;
                () = self.shared.context.stop.cancelled() => Next::Stop,
                read = self.stream.read(buffer) => Next::Read(read),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Next::Due,
            };
            let now = Instant::now();
            match next {
                Next::Read(Ok(0)) => return Ok(How::Closed),
                Next::Read(Ok(bytes)) => self.take(buffer.get(..bytes).unwrap_or_default()).await?,
                Next::Read(Err(error)) => return Ok(How::Broken(error)),
                Next::Stop => return self.farewell(buffer).await,
                Next::Due => {
                    if let Some(late) = self.clocks.late(now) {
                        return Ok(How::Late(late));
                    }
                }
            }
            if self.clocks.is_ripe(now) {
                self.flush().await?;
            }
        }
    }

    /// Cuts what was read; full batches leave at once.
    async fn take(&mut self, bytes: &[u8]) -> Result<(), NotTaken> {
        self.clocks.hear();
        self.received += bytes.len() as u64;
        let before = self.framer.begun();
        let mut rest = bytes;
        while !rest.is_empty() {
            let used = self.framer.push(rest, &mut self.batch);
            rest = rest.get(used..).unwrap_or_default();
            if self.batch.is_full() {
                self.flush().await?;
            }
        }
        let another = self.framer.begun() != before;
        self.clocks
            .cut(self.framer.is_inside(), another, !self.batch.is_empty());
        Ok(())
    }

    /// Hands on what is whole. While it waits for room nothing is read, so that the sender waits, too.
    async fn flush(&mut self) -> Result<(), NotTaken> {
        self.clocks.flush();
        let context = &self.shared.context;
        let gathered = self.batch.take();
        if self.received > 0 {
            context.health.received(self.received, gathered.records);
            self.received = 0;
        }
        if gathered.is_empty() {
            return Ok(());
        }
        context.health.refused(gathered.refused.len() as u64);
        let delivery = self.peer.delivery(context, gathered);
        context.inlet.send(delivery).await?;
        // Time spent waiting is not the sender's.
        self.clocks.rest();
        Ok(())
    }

    /// Tandem stops: the sender is told that nothing more will be taken, and what is on its way already is received.
    async fn farewell(&mut self, buffer: &mut [u8]) -> Result<How, NotTaken> {
        let until = Instant::now() + FAREWELL;
        if !matches!(timeout(QUIET, self.stream.shutdown()).await, Ok(Ok(()))) {
            return Ok(How::Stopped);
        }
        while Instant::now() < until {
            match timeout(QUIET, self.stream.read(buffer)).await {
                Ok(Ok(0)) => return Ok(How::Closed),
                Ok(Ok(bytes)) => self.take(buffer.get(..bytes).unwrap_or_default()).await?,
                Ok(Err(_)) | Err(_) => break,
            }
        }
        Ok(How::Stopped)
    }
}

#[cfg(test)]
mod tests;
