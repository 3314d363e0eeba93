//! The systemd journal.
//!
//! It is read by `journalctl`, the only reader that keeps up with its format; a cursor says where reading goes on.

mod batch;
mod settings;

use std::collections::VecDeque;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, sleep_until};
use xxhash_rust::xxh3::xxh3_128;

use crate::delivery::{NotTaken, Place, Position};
use crate::flight::Flight;
use crate::run::{Context, SourceError};
use crate::settings::Start;
use batch::{Batch, Records, cursor_of};

pub use settings::JournalSettings;
use tandem_normalise::Format;

/// How long a record waits for others at most.
const WAIT: Duration = Duration::from_millis(200);
/// Deliveries under way at most.
const UNDER_WAY: usize = 64;
/// What is kept of what the program complains about, bytes.
const COMPLAINT: usize = 2 << 10;

/// Runs the source.
///
/// # Errors
/// When the program cannot be started or ends, or deliveries are not taken.
pub async fn run(context: Context, settings: &JournalSettings) -> Result<(), SourceError> {
    let flight = Flight::new(UNDER_WAY, |()| std::future::ready(()));
    let read = Reading::new(context, settings, &flight).run().await;
    // Nothing of this run may become durable once the next one has asked how far it goes.
    let landed = flight.land().await;
    read?;
    landed?;
    Ok(())
}

/// How a run of the program came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum After {
    /// Everything that is there was read; look again later.
    Later,
    /// It is time to stop.
    Stop,
}

/// A run of the source.
struct Reading<'s> {
    context: Context,
    settings: &'s JournalSettings,
    position: Position,
    flight: &'s Flight<()>,
    batch: Batch,
}

impl<'s> Reading<'s> {
    fn new(context: Context, settings: &'s JournalSettings, flight: &'s Flight<()>) -> Self {
        let stream = settings.stream();
        let position = context.position(&stream).cloned().unwrap_or(Position {
            stream,
            ..Position::default()
        });
        Self {
            batch: Batch::new(context.record_bytes),
            context,
            settings,
            position,
            flight,
        }
    }

    /// Reads until it is time to stop.
    async fn run(mut self) -> Result<(), SourceError> {
        self.begin().await?;
        let wait = Duration::from_millis(self.settings.every_ms);
        loop {
            if self.read_on().await? == After::Stop {
                return Ok(());
            }
            tokio::select! {
                () = self.context.stop.cancelled() => return Ok(()),
                () = sleep(wait) => {}
            }
        }
    }

    /// Remembers the last record if reading begins behind it.
    async fn begin(&mut self) -> Result<(), SourceError> {
        if self.settings.start != Start::End || !self.position.mark.is_empty() {
            return Ok(());
        }
        let mut child = self.start(&self.settings.last())?;
        let complaints = listen(child.stderr.take());
        let mut line = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let most = self.context.record_bytes.max(1 << 20) as u64;
            let mut stdout = BufReader::new(stdout.take(most));
            let read = stdout.read_until(b'\n', &mut line).await;
            read.map_err(|source| broken(self.settings, source))?;
        }
        let status = child
            .wait()
            .await
            .map_err(|source| broken(self.settings, source))?;
        if !status.success() {
            return Err(ended(self.settings, status, &told(complaints).await));
        }
        self.position.mark = cursor_of(&line);
        if !self.position.mark.is_empty() {
            self.hand_on(Records::default()).await?;
        }
        Ok(())
    }

    fn start(&self, arguments: &[String]) -> Result<Child, SourceError> {
        Command::new(&self.settings.program)
            .args(arguments)
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| SourceError::Io {
                what: format!(
                    "cannot start {}; install systemd's journalctl or set `program`",
                    self.settings.program
                ),
                source,
            })
    }

    /// Runs the program behind the last record, until it ends or it is time to stop.
    async fn read_on(&mut self) -> Result<After, SourceError> {
        let mut child = self.start(&self.settings.read_on(&self.position.mark))?;
        let complaints = listen(child.stderr.take());
        if let Some(stdout) = child.stdout.take() {
            // Not yet running: a program that cannot read the journal ends at once.
            let stopped = self.pump(stdout).await?;
            if stopped {
                let _ = child.start_kill();
                let _ = child.wait().await;
                return Ok(After::Stop);
            }
        }
        let status = child
            .wait()
            .await
            .map_err(|source| broken(self.settings, source))?;
        let told = told(complaints).await;
        if status.success() && !self.settings.follows() {
            self.context.health.running();
            return Ok(After::Later);
        }
        // A file that is not there yet is no journal yet.
        Err(ended(self.settings, status, &told))
    }

    /// Hands on what the program writes; true when it is time to stop.
    async fn pump(&mut self, stdout: ChildStdout) -> Result<bool, SourceError> {
        let mut reader = BufReader::with_capacity(64 << 10, stdout);
        let stop = self.context.stop.clone();
        let alive = sleep(WAIT);
        tokio::pin!(alive);
        let mut due: Option<Instant> = None;
        let mut fresh = true;
        loop {
            let deadline = due.unwrap_or_else(Instant::now);
            let full = self.batch.is_full();
            tokio::select! {
                () = stop.cancelled() => {
                    self.flush().await?;
                    return Ok(true);
                }
                () = sleep_until(deadline), if due.is_some() || full => {
                    due = None;
                    self.flush().await?;
                }
                () = &mut alive, if fresh => {
                    // It has not ended by itself: it follows.
                    fresh = false;
                    self.context.health.running();
                }
                read = reader.fill_buf(), if !full => {
                    let bytes = read.map_err(|source| broken(self.settings, source))?;
                    if bytes.is_empty() {
                        self.flush().await?;
                        return Ok(false);
                    }
                    let used = self.batch.add(bytes);
                    reader.consume(used);
                    if self.batch.is_full() {
                        due = None;
                        self.flush().await?;
                    } else if due.is_none() && !self.batch.is_empty() {
                        due = Some(Instant::now() + WAIT);
                    }
                }
            }
            if self.flight.has_failed() {
                return Err(NotTaken::Failed.into());
            }
        }
    }

    async fn flush(&mut self) -> Result<(), SourceError> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let records = self.batch.take();
        self.hand_on(records).await
    }

    async fn hand_on(&mut self, records: Records) -> Result<(), SourceError> {
        let (bytes, refused) = (records.body.len() as u64, records.refused.len() as u64);
        self.position.at += records.count + refused;
        if !records.cursor.is_empty() {
            self.position.mark = records.cursor;
        }
        let from = [&self.settings.directory, &self.settings.file]
            .into_iter()
            .flatten()
            .next();
        let from = from.map_or("journal", String::as_str);
        let mut delivery = self.context.delivery(from);
        delivery.format = delivery.format.or(Some(Format::Json));
        // The first record names its cursor, so no other delivery begins like it.
        let first = records.body.split(|byte| *byte == b'\n').next();
        delivery.identity = xxh3_128(first.unwrap_or_default());
        delivery.body = records.body;
        delivery.refused = records.refused;
        delivery.place = Place::Kept(self.position.clone());
        let learn = self.context.inlet.send_and_learn(delivery).await?;
        self.flight.add(Some(learn), ()).await?;
        if bytes > 0 {
            self.context.health.received(bytes, records.count);
        }
        self.context.health.refused(refused);
        Ok(())
    }
}

fn broken(settings: &JournalSettings, source: std::io::Error) -> SourceError {
    SourceError::Io {
        what: format!("cannot read what {} writes", settings.program),
        source,
    }
}

fn ended(settings: &JournalSettings, status: ExitStatus, told: &str) -> SourceError {
    let told = if told.is_empty() { "it said nothing" } else { told };
    SourceError::Far {
        what: format!(
            "{} ended ({status}): {told}; see that Tandem may read the journal (group systemd-journal) and that it is there",
            settings.program
        ),
    }
}

/// Keeps the end of what the program complains about.
fn listen(from: Option<impl AsyncRead + Unpin + Send + 'static>) -> JoinHandle<String> {
    tokio::spawn(async move {
        let mut kept: VecDeque<u8> = VecDeque::new();
        let Some(mut from) = from else {
            return String::new();
        };
        let mut buffer = [0; 512];
        while let Ok(read @ 1..) = from.read(&mut buffer).await {
            kept.extend(buffer.iter().take(read));
            let over = kept.len().saturating_sub(COMPLAINT);
            kept.drain(..over);
        }
        let kept: Vec<u8> = kept.into();
        String::from_utf8_lossy(&kept).trim().replace('\n', "; ")
    })
}

async fn told(complaints: JoinHandle<String>) -> String {
    complaints.await.unwrap_or_default()
}

#[cfg(test)]
mod tests;
