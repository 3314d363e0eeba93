//! RELP, rsyslog's reliable protocol: each message is answered once it is durable, and the sender keeps it until then.
//!
//! The sender opens a session with what it can do, hands over numbered messages, several before the first is answered (its
//! window), and closes it. Answers go out in the order of the messages. A session that breaks is opened anew by the
//! sender, which hands over again whatever was not answered: nothing is lost, and what was kept but not yet answered comes
//! twice. Written out here because the crate called `relp` is something else (a solver for linear programs).

mod answers;
mod frame;

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::batch::Batch;
use super::clocks::Clocks;
use super::listen::Shared;
use super::peer::Peer;
use super::session::{Ended, READ};
use crate::delivery::NotTaken;
use answers::{Answers, Lost};
use frame::{Command, Reader, What};

/// How long a message waits for others. Short: a sender whose window is used up waits for the answer.
const GATHER: Duration = Duration::from_millis(10);
/// How long the sender may take to read its answers.
const WRITE: Duration = Duration::from_secs(60);
/// How long answers are still waited for when the session ends from this side.
const FAREWELL: Duration = Duration::from_secs(30);
/// Answer to a command that is done.
const DONE: &[u8] = b"200 OK";
/// Answer to `open`: what is offered.
const OFFERS: &[u8] = b"200 OK\nrelp_version=0\nrelp_software=tandem\ncommands=syslog";
/// Says that this side ends the session.
const SERVER_CLOSE: &[u8] = b"0 serverclose 0\n";

/// Receives until the sender ends the session, does not keep to the protocol, is silent for too long, or the source is
/// stopped.
pub(super) async fn session<S>(shared: &Shared, stream: S, peer: Peer) -> Result<Ended, NotTaken>
where
    S: AsyncRead + AsyncWrite + Unpin + Send,
{
    let mut session = Session {
        shared,
        stream,
        peer,
        reader: Reader::new(shared.context.record_bytes),
        batch: Batch::default(),
        answers: Answers::default(),
        unsent: Vec::new(),
        received: 0,
        open: false,
        clocks: Clocks::new(GATHER, shared.idle()),
    };
    let mut buffer = vec![0; READ];
    let how = session.run(&mut buffer).await?;
    session.leave(&how).await?;
    Ok(match how {
        How::Closed | How::Stopped => Ok(()),
        How::Gone(None) => Ok(()),
        How::Gone(Some(error)) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(()),
        How::Gone(Some(error)) => Err(format!("the connection broke: {error}")),
        How::Wrong(why) => Err(why),
    })
}

/// Why the session ends.
enum How {
    /// The sender closed it.
    Closed,
    /// The sender is gone, or its connection is.
    Gone(Option<std::io::Error>),
    /// It cannot go on, for this reason.
    Wrong(String),
    /// Tandem stops.
    Stopped,
}

impl From<Lost> for How {
    fn from(_: Lost) -> Self {
        Self::Wrong("its records could not be stored; it will send them again".into())
    }
}

/// What happened next.
enum Next {
    Read(std::io::Result<usize>),
    Answered(Result<(), Lost>),
    Due,
    Stop,
}

struct Session<'s, S> {
    shared: &'s Shared,
    stream: S,
    peer: Peer,
    reader: Reader,
    batch: Batch,
    answers: Answers,
    /// Messages of the batch that are not handed on yet.
    unsent: Vec<u32>,
    /// Bytes read since the last delivery.
    received: u64,
    /// The sender has opened the session.
    open: bool,
    clocks: Clocks,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send> Session<'_, S> {
    async fn run(&mut self, buffer: &mut [u8]) -> Result<How, NotTaken> {
        loop {
            let due = self.clocks.due();
            let has_room = self.answers.has_room();
            let next = tokio::select! {
                biased;
                () = self.shared.context.stop.cancelled() => Next::Stop,
                answered = self.answers.next(), if self.answers.awaits() => Next::Answered(answered),
                read = self.stream.read(buffer), if has_room => Next::Read(read),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => Next::Due,
            };
            let now = Instant::now();
            let ended = match next {
                Next::Read(Ok(0)) => Some(How::Gone(None)),
                Next::Read(Ok(bytes)) => self.take(buffer.get(..bytes).unwrap_or_default()).await?,
                Next::Read(Err(error)) => Some(How::Gone(Some(error))),
                Next::Answered(answered) => answered.err().map(How::from),
                Next::Stop => Some(How::Stopped),
                // While nothing is read for want of room, time is not the sender's.
                Next::Due if !has_room => {
                    self.clocks.rest();
                    None
                }
                Next::Due => self.clocks.late(now).map(|late| How::Wrong(late.why())),
            };
            if let Some(how) = ended {
                return Ok(how);
            }
            if has_room && self.clocks.is_ripe(now) {
                self.flush().await?;
            }
            if let Err(error) = self.write_ready().await {
                return Ok(How::Gone(Some(error)));
            }
        }
    }

    /// Cuts what was read and does what it says. Gives why the session ends, if it does.
    async fn take(&mut self, bytes: &[u8]) -> Result<Option<How>, NotTaken> {
        self.clocks.hear();
        self.received += bytes.len() as u64;
        let before = self.reader.begun();
        let mut rest = bytes;
        let mut heard = Vec::new();
        while !rest.is_empty() {
            let used = self.reader.push(rest, &mut self.batch, &mut heard);
            for command in heard.drain(..) {
                if let Some(how) = self.obey(command).await? {
                    return Ok(Some(how));
                }
            }
            match used {
                Ok(used) => rest = rest.get(used..).unwrap_or_default(),
                Err(broken) => return Ok(Some(How::Wrong(broken.to_string()))),
            }
            if self.batch.is_full() {
                self.flush().await?;
            }
        }
        let another = self.reader.begun() != before;
        self.clocks
            .cut(self.reader.is_inside(), another, !self.unsent.is_empty());
        Ok(None)
    }

    async fn obey(&mut self, command: Command) -> Result<Option<How>, NotTaken> {
        let Command { txnr, what } = command;
        match what {
            What::Syslog if self.open => {
                self.unsent.push(txnr);
                return Ok(None);
            }
            What::Syslog => {
                // Not opened, so not answered, so not kept.
                self.batch = Batch::default();
                return Ok(Some(How::Wrong("a RELP message came before `open`".into())));
            }
            _ => {}
        }
        // Answers keep the order of the commands.
        self.flush().await?;
        match what {
            What::Open(offers) if can_syslog(&offers) => {
                self.open = true;
                self.answers.ready(txnr, OFFERS);
            }
            What::Open(_) => {
                self.answers
                    .ready(txnr, b"500 the command syslog is needed and was not offered");
            }
            What::Close => {
                self.answers.ready(txnr, b"");
                return Ok(Some(How::Closed));
            }
            What::Syslog | What::Other => self.answers.ready(txnr, b"500 unknown command"),
        }
        Ok(None)
    }

    /// Hands on what is whole; it is answered once it is durable.
    async fn flush(&mut self) -> Result<(), NotTaken> {
        self.clocks.flush();
        let context = &self.shared.context;
        let gathered = self.batch.take();
        let messages = std::mem::take(&mut self.unsent);
        if self.received > 0 {
            context.health.received(self.received, gathered.records);
            self.received = 0;
        }
        if gathered.is_empty() {
            // Blank messages are nothing to keep, but their sender waits for an answer.
            for txnr in messages {
                self.answers.ready(txnr, DONE);
            }
            return Ok(());
        }
        context.health.refused(gathered.refused.len() as u64);
        let delivery = self.peer.delivery(context, gathered);
        let learn = context.inlet.send_and_learn(delivery).await?;
        self.answers.await_durable(messages, learn);
        self.clocks.rest();
        Ok(())
    }

    /// Writes the answers that are due.
    async fn write_ready(&mut self) -> std::io::Result<()> {
        let answers = self.answers.take_due();
        if answers.is_empty() {
            return Ok(());
        }
        let writing = async {
            self.stream.write_all(&answers).await?;
            self.stream.flush().await
        };
        timeout(WRITE, writing).await.map_err(|_| {
            std::io::Error::new(
                std::io::ErrorKind::TimedOut,
                "the sender does not read its answers",
            )
        })?
    }

    /// Ends the session: what was received is handed on, and answered as far as somebody listens.
    async fn leave(&mut self, how: &How) -> Result<(), NotTaken> {
        self.batch.forget();
        if self.answers.has_lost() {
            // It comes again, behind what was lost.
            self.batch = Batch::default();
            self.unsent.clear();
        }
        self.flush().await?;
        if matches!(how, How::Gone(_)) {
            return Ok(());
        }
        let until = Instant::now() + FAREWELL;
        loop {
            if self.write_ready().await.is_err() {
                return Ok(());
            }
            if !self.answers.awaits() {
                break;
            }
            match timeout_at(until, self.answers.next()).await {
                Ok(Ok(())) => {}
                // What is not answered comes again.
                Ok(Err(Lost)) | Err(_) => break,
            }
        }
        let closing = async {
            self.stream.write_all(SERVER_CLOSE).await?;
            self.stream.shutdown().await
        };
        // The sender may have gone already; then there is nobody to tell.
        let _ = timeout(Duration::from_secs(1), closing).await;
        Ok(())
    }
}

/// True if the sender offers to send syslog messages, or says nothing about commands.
fn can_syslog(offers: &[u8]) -> bool {
    let mut commands = offers
        .split(|byte| *byte == b'\n')
        .filter_map(|line| line.strip_prefix(b"commands="));
    commands.next().is_none_or(|commands| {
        commands
            .split(|byte| *byte == b',')
            .any(|command| command.trim_ascii() == b"syslog")
    })
}

#[cfg(test)]
mod tests;
