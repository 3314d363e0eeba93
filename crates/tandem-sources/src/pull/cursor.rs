//! Where reading goes on: a stretch of time, a page in it, and the ids that were handed on.

use std::collections::HashSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;
use xxhash_rust::xxh3::xxh3_64;

use super::api::{Fault, LONGEST_LINK, Ways};
use super::seen::Seen;
use crate::delivery::Position;

/// Microseconds of a second.
const SECOND: i64 = 1_000_000;
/// Pages of one window; more are taken for a circle.
const PAGES: usize = 50_000;

/// How a cursor stands in a position's mark.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    from: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    part: Option<(u64, u64)>,
    seen: String,
}

/// Where a stream is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cursor {
    /// Begin of the window, whole seconds.
    pub from: Timestamp,
    /// End of the window that is being read.
    pub to: Option<Timestamp>,
    /// Everything before was read.
    pub done: Timestamp,
    /// Token or link of the page to ask for; the window's first one without.
    pub next: Option<String>,
    /// How many records of which blob were handed on, if not all.
    pub part: Option<(u64, u64)>,
    /// What was handed on.
    pub seen: Seen,
    /// Links of this window that were followed.
    pub links: HashSet<u64>,
}

/// What lies ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ahead {
    /// A page can be asked for; so many seconds of records are no longer to be had.
    Page {
        /// Seconds between what was read last and what the service still has.
        lost: u64,
    },
    /// Nothing yet; look again in so long.
    Nothing(Duration),
}

/// Microseconds, saturating.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// Down to the whole second.
const fn whole(at: Timestamp) -> Timestamp {
    Timestamp(at.0.div_euclid(SECOND) * SECOND)
}

impl Cursor {
    /// Where a stream that was never read begins.
    pub fn new(from: Timestamp) -> Self {
        let from = whole(from);
        Self {
            from,
            to: None,
            done: from,
            next: None,
            part: None,
            seen: Seen::default(),
            links: HashSet::new(),
        }
    }

    /// Out of a position, or `None` if its mark is none of this kind.
    pub fn read(position: &Position) -> Option<Self> {
        let mark: Mark = serde_json::from_str(&position.mark).ok()?;
        Some(Self {
            to: mark.to,
            next: mark.next,
            part: mark.part,
            seen: Seen::read(&mark.seen)?,
            done: Timestamp(i64::try_from(position.at).ok()?),
            ..Self::new(mark.from)
        })
    }

    /// As a position.
    pub fn write(&self, stream: &str) -> Position {
        let mark = Mark {
            from: self.from,
            to: self.to,
            next: self.next.clone(),
            part: self.part,
            seen: self.seen.write(),
        };
        Position {
            stream: stream.to_owned(),
            at: u64::try_from(self.done.0).unwrap_or(0),
            mark: serde_json::to_string(&mark).unwrap_or_default(),
        }
    }

    /// Opens the next window, unless one is open or it is not yet time.
    pub fn open(&mut self, ways: &Ways, now: Timestamp) -> Ahead {
        let mut lost = 0;
        if self.next.is_none() {
            // A minute of leave, so that the border has not moved on when the request arrives.
            let oldest = whole(now.plus_micros(60 * SECOND - micros(ways.reach)));
            if self.from < oldest {
                lost = u64::try_from((oldest.0 - self.done.0) / SECOND).unwrap_or(0);
                self.from = oldest;
                self.done = self.done.max(oldest);
                if self.to.is_some_and(|to| to <= oldest) {
                    self.to = None;
                }
            }
        }
        let Some(window) = ways.window else {
            return Ahead::Page { lost };
        };
        if self.to.is_none() {
            let to = whole(now.min(self.from.plus_micros(micros(window))));
            if to <= self.done {
                return Ahead::Nothing(ways.every);
            }
            self.to = Some(to);
            self.links.clear();
        }
        Ahead::Page { lost }
    }

    /// Turns to the next page; the window is done if there is none. Returns how long to wait before it.
    ///
    /// # Errors
    /// [`Fault::Link`] when the pages lead in circles; then the window begins again.
    pub fn turn(
        &mut self,
        next: Option<String>,
        fresh: bool,
        ways: &Ways,
        now: Timestamp,
    ) -> Result<Duration, Fault> {
        self.part = None;
        self.seen.turn();
        if let Some(link) = next {
            if link.len() > LONGEST_LINK {
                return Err(self.again(format!("the link to the next page has {} bytes", link.len())));
            }
            if ways.window.is_none() {
                // Followed for ever: there is always a next page, so an old or an empty one means that nothing waits.
                let wait = if fresh { ways.pace } else { ways.every };
                self.next = Some(link);
                return Ok(wait);
            }
            if self.links.len() >= PAGES || !self.links.insert(xxh3_64(link.as_bytes())) {
                return Err(self.again("its pages lead in circles".to_owned()));
            }
            self.next = Some(link);
            return Ok(ways.pace);
        }
        self.next = None;
        if let Some(to) = self.to.take() {
            self.done = self.done.max(to);
            self.from = self.from.max(whole(to.plus_micros(-micros(ways.overlap))));
            self.seen.forget(self.from);
        }
        self.links.clear();
        let caught_up = now.0 - self.done.0 < micros(ways.every).max(SECOND);
        Ok(if caught_up || ways.window.is_none() {
            ways.every
        } else {
            ways.pace
        })
    }

    /// A record happened at that time; only what is followed for ever learns from it how far it is.
    pub fn reached(&mut self, at: Timestamp, ways: &Ways) {
        if ways.window.is_none() && at > self.done {
            self.done = whole(at);
            let from = whole(at.plus_micros(-micros(ways.overlap)));
            if from > self.from {
                self.from = from;
            }
        }
    }

    /// Forgets ids that are not asked for any more, where no window's end does so.
    pub fn tidy(&mut self, ways: &Ways) {
        if ways.window.is_none() && self.seen.overflows() {
            self.seen.forget(self.from);
        }
    }

    /// Begins the window again from its first page; what was handed on is known by its ids.
    pub fn again(&mut self, why: String) -> Fault {
        self.next = None;
        self.links.clear();
        Fault::Link(why)
    }
}
