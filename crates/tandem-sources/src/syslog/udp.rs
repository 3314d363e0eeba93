//! Datagrams (RFC 5426): each holds one message.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use super::batch::{Batch, FULL};
use super::drops::Drops;
use super::peer::{Peer, nanoseconds};
use crate::delivery::{Delivery, NotTaken};
use crate::run::{Context, SourceError};

/// Bytes that the kernel is asked to hold while Tandem is busy; it gives at most `net.core.rmem_max`.
const KERNEL_BUFFER: usize = 16 << 20;
/// Longest datagram, bytes.
const DATAGRAM: usize = 64 << 10;
/// How long the first message of a batch waits for others.
const GATHER: Duration = Duration::from_millis(200);
/// Senders whose messages are delivered apart; those of more senders share a delivery.
const APART: usize = 32;
/// Deliveries that wait in memory while the inlet is full, each of about [`FULL`] bytes.
const WAITING: usize = 64;
/// Datagrams taken without looking for anything else.
const AT_ONCE: usize = 256;
/// Datagrams still taken when it stops: what the kernel holds.
const AT_THE_END: usize = 200_000;
/// How often the kernel is asked how many it dropped.
const LOOK: Duration = Duration::from_secs(10);

/// Receives until it is stopped.
pub(super) async fn run(context: &Context, on: SocketAddr) -> Result<(), SourceError> {
    let socket = open(on).map_err(|error| super::cannot_listen(on, "udp", error))?;
    context.health.running();
    // Handing on may have to wait; the kernel's buffer must be emptied meanwhile.
    let (hand, mut handed) = mpsc::channel::<Delivery>(WAITING);
    let hand_on = async {
        while let Some(delivery) = handed.recv().await {
            context.inlet.send(delivery).await?;
        }
        Ok::<(), SourceError>(())
    };
    tokio::try_join!(Receiver::new(context, socket, hand).run(), hand_on).map(|_| ())
}

fn open(on: SocketAddr) -> std::io::Result<UdpSocket> {
    let socket = std::net::UdpSocket::bind(on)?;
    // Less than asked for is no reason not to listen; what gets lost is counted.
    let _ = socket2::SockRef::from(&socket).set_recv_buffer_size(KERNEL_BUFFER);
    socket.set_nonblocking(true)?;
    UdpSocket::from_std(socket)
}

struct Receiver<'c> {
    context: &'c Context,
    socket: UdpSocket,
    hand: mpsc::Sender<Delivery>,
    buffer: Vec<u8>,
    batches: HashMap<Option<IpAddr>, Batch>,
    peers: HashMap<Option<IpAddr>, Peer>,
    size: usize,
    received: u64,
    flush_at: Option<Instant>,
    drops: Drops,
    started: i128,
}

impl<'c> Receiver<'c> {
    fn new(context: &'c Context, socket: UdpSocket, hand: mpsc::Sender<Delivery>) -> Self {
        Self {
            context,
            drops: Drops::of(&socket),
            socket,
            hand,
            buffer: vec![0; DATAGRAM],
            batches: HashMap::new(),
            peers: HashMap::new(),
            size: 0,
            received: 0,
            flush_at: None,
            started: nanoseconds(),
        }
    }

    async fn run(mut self) -> Result<(), SourceError> {
        let stop = self.context.stop.clone();
        let mut look = interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let flush_at = self.flush_at.unwrap_or_else(Instant::now);
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = sleep_until(flush_at), if self.flush_at.is_some() => self.flush().await?,
                _ = look.tick() => self.look().await,
                got = self.socket.recv_from(&mut self.buffer) => {
                    let (bytes, from) = got.map_err(failed)?;
                    self.take(bytes, from);
                    self.take_more(AT_ONCE);
                }
            }
            if self.size >= FULL {
                self.flush().await?;
            }
        }
        let mut left = AT_THE_END;
        while left > 0 && self.take_more(AT_ONCE) {
            left = left.saturating_sub(AT_ONCE);
            self.flush().await?;
        }
        self.flush().await?;
        self.look().await;
        Ok(())
    }

    /// Takes what the kernel has, at most `most` datagrams. True if there may be more.
    fn take_more(&mut self, most: usize) -> bool {
        for _ in 0..most {
            match self.socket.try_recv_from(&mut self.buffer) {
                Ok((bytes, from)) => self.take(bytes, from),
                Err(_) => return false,
            }
        }
        true
    }

    fn take(&mut self, bytes: usize, from: SocketAddr) {
        let message = self.buffer.get(..bytes).unwrap_or_default();
        let ip = Some(from.ip().to_canonical());
        let apart = self.batches.contains_key(&ip) || self.batches.len() < APART;
        let batch = self.batches.entry(ip.filter(|_| apart)).or_default();
        let before = batch.size();
        batch.message(message, self.context.record_bytes);
        self.size += batch.size() - before;
        self.received += bytes as u64;
        if self.flush_at.is_none() && !batch.is_empty() {
            self.flush_at = Some(Instant::now() + GATHER);
        }
    }

    /// Hands on what was gathered, each sender's messages apart.
    async fn flush(&mut self) -> Result<(), SourceError> {
        self.flush_at = None;
        self.size = 0;
        let mut records = 0;
        // Senders come and go; their counters need not be kept, as each start of one has a time of its own.
        if self.peers.len() > 4 * APART {
            self.peers.clear();
            self.started = nanoseconds();
        }
        for (ip, mut batch) in std::mem::take(&mut self.batches) {
            let gathered = batch.take();
            if gathered.is_empty() {
                continue;
            }
            records += gathered.records;
            self.context.health.refused(gathered.refused.len() as u64);
            let peer = self
                .peers
                .entry(ip)
                .or_insert_with(|| Peer::datagrams(self.context, ip, self.started));
            let delivery = peer.delivery(self.context, gathered);
            self.hand.send(delivery).await.map_err(|_| NotTaken::Stopping)?;
        }
        if self.received > 0 {
            self.context.health.received(self.received, records);
            self.received = 0;
        }
        Ok(())
    }

    /// Asks the kernel how many it dropped.
    async fn look(&mut self) {
        let more = self.drops.more().await;
        if more > 0 {
            self.context.health.trouble(format!(
                "the kernel dropped {more} datagrams because Tandem could not keep up ({} since it listens); use TCP or RELP, \
                 or raise net.core.rmem_max",
                self.drops.all()
            ));
        }
    }
}

fn failed(error: std::io::Error) -> SourceError {
    SourceError::Io {
        what: "cannot receive datagrams any more".into(),
        source: error,
    }
}
