//! The one loop that asks: pages, pauses, back-off, and handing on.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::try_join_all;

use super::api::{Answer, Api, Fault, Item, Request, Ways};
use super::cursor::{Ahead, Cursor};
use super::http::{Http, NoAnswer};
use super::out::Out;
use super::seen::{IN_MARK, Seen};
use super::{pace, words};
use crate::delivery::{NotTaken, Refused};
use crate::health::now;
use crate::run::{Context, SourceError};

/// Troubles in a row after which a stream counts as failing.
const FAILING: u32 = 6;
/// Tries for a blob that comes whole but cannot be read.
const TRIES: u32 = 3;
/// Least wait after a «no».
const AFTER_NO: Duration = Duration::from_secs(30);

/// What the streams of a source share.
pub(super) struct Shared<'a> {
    context: &'a Context,
    api: Box<dyn Api>,
    http: Http,
    since: Duration,
    first_wait: Duration,
    streams: Vec<String>,
    behind: Vec<AtomicU64>,
    failing: Vec<AtomicBool>,
}

/// Why a round ended early.
enum Halt {
    /// Trouble that passes or is waited for.
    Fault(Fault),
    /// The source cannot go on.
    Source(SourceError),
    /// Tandem stops.
    Stop,
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<NotTaken> for Halt {
    fn from(error: NotTaken) -> Self {
        Self::Source(error.into())
    }
}

impl<'a> Shared<'a> {
    /// A source about to run.
    pub fn new(
        context: &'a Context,
        api: Box<dyn Api>,
        http: Http,
        since: Duration,
        first_wait: Duration,
    ) -> Self {
        let streams = api.streams();
        let count = streams.len();
        Self {
            context,
            api,
            http,
            since,
            first_wait,
            streams,
            behind: (0..count).map(|_| AtomicU64::new(0)).collect(),
            failing: (0..count).map(|_| AtomicBool::new(false)).collect(),
        }
    }

    /// Reads all streams until it is stopped.
    ///
    /// # Errors
    /// [`SourceError`] when no stream can go on, or what was handed on was not taken.
    pub async fn run(&self) -> Result<(), SourceError> {
        let streams = self.streams.iter().enumerate();
        try_join_all(streams.map(|(index, name)| Stream::new(self, index, name).run())).await?;
        Ok(())
    }
}

/// One stream.
struct Stream<'a> {
    shared: &'a Shared<'a>,
    index: usize,
    name: &'a str,
    ways: Ways,
    cursor: Cursor,
    out: Out<'a>,
    started: bool,
    /// It was read before.
    begun: bool,
    troubles: u32,
    pauses: u32,
    /// Links that led nowhere since a window was read to its end; each begins it again with pages that are good.
    circles: u32,
    broken: (u64, u32),
    overflow_told: bool,
}

impl<'a> Stream<'a> {
    fn new(shared: &'a Shared<'a>, index: usize, name: &'a str) -> Self {
        let context = shared.context;
        let since = i64::try_from(shared.since.as_micros()).unwrap_or(i64::MAX);
        let begin = || Cursor::new(now().plus_micros(-since));
        let cursor = context.position(name).map_or_else(begin, |position| {
            Cursor::read(position).unwrap_or_else(|| {
                context.health.trouble(format!(
                    "{name}: where reading goes on cannot be read; it begins again {} days back, and events that are known are dropped",
                    shared.since.as_secs() / 86_400
                ));
                begin()
            })
        });
        Self {
            shared,
            index,
            name,
            ways: shared.api.ways(),
            cursor,
            out: Out::new(context, name, &format!("{} {name}", shared.api.name())),
            started: false,
            begun: context.position(name).is_some(),
            troubles: 0,
            pauses: 0,
            circles: 0,
            broken: (0, 0),
            overflow_told: false,
        }
    }

    async fn run(mut self) -> Result<(), SourceError> {
        while !self.shared.context.stop.is_cancelled() {
            let wait = match self.round().await {
                Ok(wait) => {
                    self.well();
                    wait
                }
                Err(Halt::Fault(fault)) => {
                    // What came before the trouble is handed on all the same.
                    self.out.flush(&self.cursor).await?;
                    self.trouble(&fault)?
                }
                Err(Halt::Source(error)) => return Err(error),
                Err(Halt::Stop) => break,
            };
            if self.rest(wait).await.is_err() {
                break;
            }
        }
        self.out.flush(&self.cursor).await?;
        self.out.settle().await?;
        Ok(())
    }

    async fn ask(&self, request: &Request) -> Result<Answer, Halt> {
        let asked = tokio::select! {
            asked = self.shared.http.ask(request) => asked,
            () = self.shared.context.stop.cancelled() => return Err(Halt::Stop),
        };
        asked.map_err(|error| match error {
            NoAnswer::Fault(fault) => Halt::Fault(fault),
            NoAnswer::Stop(error) => Halt::Source(error),
        })
    }

    /// Waits, unless Tandem stops.
    async fn rest(&self, wait: Duration) -> Result<(), Halt> {
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = self.shared.context.stop.cancelled() => Err(Halt::Stop),
        }
    }

    /// One page. Returns how long to wait before the next.
    async fn round(&mut self) -> Result<Duration, Halt> {
        let api = &self.shared.api;
        if !self.started {
            if let Some(request) = api.first(self.name) {
                let answer = self.ask(&request).await?;
                if !api.ready(&answer)
                    && let Some(fault) = words::fault(&answer, false, now())
                {
                    return Err(fault.into());
                }
            }
            self.started = true;
        }
        match self.cursor.open(&self.ways, now()) {
            Ahead::Nothing(wait) => return Ok(wait),
            // The first run takes what there is.
            Ahead::Page { lost } if lost == 0 || !self.begun => {}
            Ahead::Page { lost } => self.shared.context.health.trouble(format!(
                "{}, {}: records of {lost} seconds are no longer to be had; they were not asked for in time",
                api.name(),
                self.name
            )),
        }
        self.begun = true;
        let request = api.page(self.name, &self.cursor)?;
        let answer = self.ask(&request).await?;
        if let Some(fault) = words::fault(&answer, self.cursor.next.is_some(), now()) {
            return Err(fault.into());
        }
        let page = api.read(self.name, &answer)?;
        let fresh = self.hand_on(page.items).await?;
        let wait = self.cursor.turn(page.next, fresh, &self.ways, now());
        self.cursor.tidy(&self.ways);
        self.out.flush(&self.cursor).await?;
        let spare = pace::spare(&answer.headers, now()).unwrap_or_default();
        Ok(wait?.max(spare))
    }

    /// Hands on what is new of a page; true if something was.
    async fn hand_on(&mut self, items: Vec<Item>) -> Result<bool, Halt> {
        let mut fresh = false;
        let mut blobs = items
            .iter()
            .filter(|item| matches!(item, Item::Blob { .. }))
            .count();
        let unknown = self.cursor.to.unwrap_or_else(now);
        for item in items {
            match item {
                Item::Record(record) => {
                    let at = record.at.unwrap_or(unknown);
                    if self.cursor.seen.note(Seen::hash(&record.id), at) {
                        fresh = true;
                        self.cursor.reached(at, &self.ways);
                        self.out.record(&record.json);
                    }
                }
                Item::Refused(refused) => {
                    let id = Seen::hash(&String::from_utf8_lossy(&refused.raw));
                    if self.cursor.seen.note(id, unknown) {
                        self.out.refuse(refused);
                    }
                }
                Item::Blob { id, at, link, entry } => {
                    self.behind(blobs);
                    blobs -= 1;
                    let id = Seen::hash(&id);
                    if !self.cursor.seen.knows(id) {
                        self.take_blob(id, &link, entry).await?;
                        self.cursor.seen.note(id, at.unwrap_or(unknown));
                        fresh = true;
                        self.rest(self.ways.pace).await?;
                    }
                    self.behind(blobs);
                }
            }
            if self.out.full() {
                self.out.flush(&self.cursor).await?;
            }
        }
        if self.cursor.seen.overflows() && !self.overflow_told && self.ways.window.is_some() {
            self.overflow_told = true;
            tracing::info!(
                source = %self.shared.context.name,
                stream = self.name,
                "more than {IN_MARK} records in one overlap; after a restart their repetitions are dropped by the ids of their events"
            );
        }
        Ok(fresh)
    }

    /// Fetches a blob and hands on its records. One that is gone or cannot be read is refused.
    async fn take_blob(&mut self, id: u64, link: &str, entry: Vec<u8>) -> Result<(), Halt> {
        let items = match self.fetch_blob(link).await {
            Ok(items) => items,
            Err(Halt::Fault(Fault::Gone(why))) => {
                self.out.refuse(Refused::new(
                    &entry,
                    format!("the content cannot be had any more: {why}"),
                    "it is gone at the service, which keeps content for 7 days; search the audit log there for its records",
                ));
                return Ok(());
            }
            Err(Halt::Fault(Fault::Broken { why, raw })) => {
                self.broken = (id, if self.broken.0 == id { self.broken.1 + 1 } else { 1 });
                if self.broken.1 < TRIES {
                    return Err(Fault::Again(why).into());
                }
                self.out.refuse(Refused::new(
                    &raw,
                    format!("the content came {TRIES} times and cannot be read: {why}"),
                    "search the audit log at the service for its records",
                ));
                return Ok(());
            }
            Err(other) => return Err(other),
        };
        let handed_on = match self.cursor.part {
            Some((blob, records)) if blob == id => records,
            _ => 0,
        };
        let count = items.len() as u64;
        for (number, item) in (1_u64..).zip(items) {
            if number <= handed_on {
                continue;
            }
            match item {
                Item::Record(record) => self.out.record(&record.json),
                Item::Refused(refused) => self.out.refuse(refused),
                Item::Blob { .. } => {}
            }
            if self.out.full() && number < count {
                self.cursor.part = Some((id, number));
                self.out.flush(&self.cursor).await?;
            }
        }
        self.cursor.part = None;
        Ok(())
    }

    async fn fetch_blob(&self, link: &str) -> Result<Vec<Item>, Halt> {
        let request = self.shared.api.blob(link)?;
        let answer = self.ask(&request).await?;
        if let Some(fault) = words::fault(&answer, false, now()) {
            return Err(fault.into());
        }
        Ok(self.shared.api.open(&answer)?)
    }

    /// Notes what waits at the far side: content that is listed but not fetched.
    fn behind(&self, blobs: usize) {
        let all = &self.shared.behind;
        if let Some(mine) = all.get(self.index) {
            mine.store(blobs as u64, Ordering::Relaxed);
        }
        let sum = all.iter().map(|one| one.load(Ordering::Relaxed)).sum();
        self.shared.context.health.behind(sum);
    }

    fn fails(&self, fails: bool) {
        if let Some(mine) = self.shared.failing.get(self.index) {
            mine.store(fails, Ordering::Relaxed);
        }
    }

    fn well(&mut self) {
        self.troubles = 0;
        self.pauses = 0;
        if self.cursor.next.is_none() || self.ways.window.is_none() {
            self.circles = 0;
        }
        self.fails(self.circles >= FAILING);
        self.shared.context.health.running();
    }

    /// Notes trouble. Returns how long to wait.
    ///
    /// # Errors
    /// [`SourceError::Far`] when every stream fails.
    fn trouble(&mut self, fault: &Fault) -> Result<Duration, SourceError> {
        let chance = rand::random();
        let hint = if matches!(fault, Fault::Gone(_)) {
            "; look at the settings and the rights of this source"
        } else {
            ""
        };
        let what = format!("{}, {}: {}{hint}", self.shared.api.name(), self.name, fault.why());
        tracing::debug!(source = %self.shared.context.name, "{what}");
        self.shared.context.health.trouble(what.clone());
        if let Fault::Pause { after, .. } = fault {
            self.pauses += 1;
            return Ok(after.map_or_else(
                || pace::back_off(self.shared.first_wait, self.pauses + 2, chance),
                |after| pace::with_leave(after, chance),
            ));
        }
        self.troubles += 1;
        let no = matches!(fault, Fault::Refused(_) | Fault::Gone(_));
        if no {
            // A subscription may have been stopped.
            self.started = false;
        }
        if let Fault::Link(why) = fault {
            let _ = self.cursor.again(why.clone());
            self.circles += 1;
        }
        let troubles = self.troubles.max(self.circles);
        let refused = matches!(fault, Fault::Token(_)) && self.troubles > 2;
        if no || refused || troubles >= FAILING {
            self.fails(true);
        }
        if self.shared.failing.iter().all(|one| one.load(Ordering::Relaxed)) {
            return Err(SourceError::Far { what });
        }
        let wait = pace::back_off(self.shared.first_wait, troubles, chance);
        Ok(match fault {
            // The token may just have run out: at once, with another one.
            Fault::Token(_) if self.troubles == 1 => Duration::ZERO,
            _ if no => wait.max(AFTER_NO),
            _ => wait,
        })
    }
}
