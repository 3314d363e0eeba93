//! A search as it runs: day by day, the newest first, at most two days ahead of who reads.

use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tandem_domain::Day;
use tandem_lake::Segment;

use super::sql::{as_text, of_accounts};
use super::{Enricher, Hunt, hex};
use crate::api::dto::{EventDetail, EventSummary, HuntEvent, HuntLine};
use crate::events::{Found, detail, quoted, rows, summary_columns};
use crate::http::error::ApiError;

/// Days that are read at the same time.
const AHEAD: usize = 2;
/// Events of one line.
const OF_A_LINE: usize = 200;
/// Hours of a day.
const HOURS: usize = 24;
/// Microseconds of an hour.
const MICROS_AN_HOUR: i64 = 3_600_000_000;

/// One event that was found; whole, if the search reads them so.
pub(super) struct Hit {
    pub(super) event: HuntEvent,
    pub(super) whole: Option<EventDetail>,
}

/// What one day holds.
struct DayFound {
    day: Day,
    hours: Vec<u64>,
    hits: Vec<Hit>,
}

/// A search as it runs.
pub(super) struct Running {
    hunt: Arc<Hunt>,
    days: BoxStream<'static, Result<DayFound, ApiError>>,
    /// Events that may still be shown; days that begin to be read ask for no more.
    room: Arc<AtomicUsize>,
    started: Instant,
    of: usize,
    done: usize,
    pub(super) total: u64,
    pub(super) shown: u64,
    hasher: Sha256,
    /// Accounts that shown events have.
    seen: Vec<String>,
}

impl Running {
    pub(super) async fn start(hunt: Hunt) -> Result<Self, ApiError> {
        let enricher = Enricher::new(&hunt.app, &hunt.asker, hunt.last_day()).await?;
        let room = Arc::new(AtomicUsize::new(hunt.limit));
        let days = hunt.days.clone();
        let hunt = Arc::new(hunt);
        let shared = (Arc::clone(&hunt), Arc::new(enricher), Arc::clone(&room));
        let of = days.len();
        let days = stream::iter(days)
            .map(move |(day, segments)| {
                let (hunt, enricher, room) = shared.clone();
                async move {
                    hunt.day(&enricher, (day, segments), room.load(Ordering::Relaxed))
                        .await
                }
            })
            .buffered(AHEAD)
            .boxed();
        Ok(Self {
            hunt,
            days,
            room,
            started: Instant::now(),
            of,
            done: 0,
            total: 0,
            shown: 0,
            hasher: Sha256::new(),
            seen: Vec::new(),
        })
    }

    /// The next day, with no more events than may still be shown.
    async fn next(&mut self) -> Option<Result<DayFound, ApiError>> {
        let mut found = match self.days.next().await? {
            Ok(found) => found,
            Err(error) => return Some(Err(error)),
        };
        self.done += 1;
        self.total += found.hours.iter().sum::<u64>();
        found.hits.truncate(self.room.load(Ordering::Relaxed));
        self.room.fetch_sub(found.hits.len(), Ordering::Relaxed);
        self.shown += found.hits.len() as u64;
        for hit in &found.hits {
            let event = &hit.event.summary;
            self.hasher.update(event.id.as_bytes());
            self.hasher.update(b"\n");
            self.see(event);
        }
        Some(Ok(found))
    }

    fn see(&mut self, event: &EventSummary) {
        if let (Some(account), Some(_)) = (&event.account, &self.hunt.subject)
            && !self.seen.contains(account)
        {
            self.seen.push(account.clone());
        }
    }

    /// Every event that is shown, once all days are read.
    pub(super) async fn collect(&mut self) -> Result<Vec<Hit>, ApiError> {
        let mut all = Vec::new();
        while let Some(found) = self.next().await {
            all.extend(found?.hits);
        }
        Ok(all)
    }

    /// SHA-256 over the ids of the events shown so far, each with a line end.
    pub(super) fn hash(&self) -> String {
        let digest: [u8; 32] = self.hasher.clone().finalize().into();
        hex(&digest)
    }

    /// The search it is.
    pub(super) fn hunt(&self) -> &Hunt {
        &self.hunt
    }

    fn plan(&self) -> HuntLine {
        let hidden = self.hunt.subject.as_ref().map(|subject| {
            // Whatever else belongs to a person may be their name, as in a mail address.
            let plain: String = subject
                .as_str()
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '-')
                .collect();
            format!("account in (/* the accounts of {plain} */ '')")
        });
        HuntLine::Plan {
            days: self.of,
            sql: self.hunt.sql(hidden.as_deref()),
            hash_of: "the ids of the shown events in order, each with a line end".into(),
            notes: self.hunt.notes(),
        }
    }

    fn end(&self) -> HuntLine {
        let seen = self.hunt.subject.as_ref().map(|_| of_accounts(&self.seen));
        HuntLine::End {
            hits: self.total,
            shown: self.shown,
            truncated: self.total > self.shown,
            elapsed_ms: self.started.elapsed().as_millis() as u64,
            result_hash: self.hash(),
            sql: self.hunt.sql(seen.as_deref()),
        }
    }

    /// The lines of a day.
    fn lines(&self, found: DayFound) -> Vec<HuntLine> {
        let mut lines = vec![HuntLine::Day {
            day: found.day.to_string(),
            hits: found.hours.iter().sum(),
            hours: found.hours,
        }];
        let mut events = found.hits.into_iter().map(|hit| hit.event).peekable();
        while events.peek().is_some() {
            let piece = events.by_ref().take(OF_A_LINE).collect();
            lines.push(HuntLine::Events { events: piece });
        }
        lines.push(HuntLine::Progress {
            done: self.done,
            of: self.of,
        });
        lines
    }
}

/// What is to be said next.
enum Turn {
    Plan,
    Days,
    Over,
}

struct Telling {
    running: Running,
    turn: Turn,
    ready: VecDeque<HuntLine>,
}

impl Telling {
    async fn line(&mut self) -> Option<HuntLine> {
        loop {
            if let Some(line) = self.ready.pop_front() {
                return Some(line);
            }
            match self.turn {
                Turn::Plan => {
                    self.turn = Turn::Days;
                    return Some(self.running.plan());
                }
                Turn::Days => match self.running.next().await {
                    Some(Ok(found)) => self.ready.extend(self.running.lines(found)),
                    Some(Err(error)) => {
                        self.turn = Turn::Over;
                        return Some(HuntLine::Error { error: error.view() });
                    }
                    None => {
                        self.turn = Turn::Over;
                        return Some(self.running.end());
                    }
                },
                Turn::Over => return None,
            }
        }
    }
}

/// The lines of a search as they become known.
async fn lines(hunt: Hunt) -> Result<impl Stream<Item = HuntLine> + Send + 'static, ApiError> {
    let telling = Telling {
        running: Running::start(hunt).await?,
        turn: Turn::Plan,
        ready: VecDeque::new(),
    };
    Ok(stream::unfold(telling, |mut telling| async move {
        let line = telling.line().await?;
        Some((line, telling))
    }))
}

/// A search as it becomes known, a JSON object a line. Who stops reading stops the search.
///
/// # Errors
/// When a store fails before the first line.
pub(crate) async fn stream(
    hunt: Hunt,
) -> Result<impl Stream<Item = Result<Vec<u8>, Infallible>> + Send + 'static, ApiError> {
    Ok(lines(hunt).await?.map(|line| {
        // Names are text, so a line can always be written.
        let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
        bytes.push(b'\n');
        Ok(bytes)
    }))
}

impl Hunt {
    /// The SQL that says it, with `accounts` in the place of a subject's.
    fn sql(&self, accounts: Option<&str>) -> String {
        format!(
            "select {} from events{} order by time desc limit {}",
            self.columns(),
            self.scope.whole(accounts),
            self.limit
        )
    }

    fn columns(&self) -> String {
        if self.whole {
            return "*".to_owned();
        }
        let mut columns = summary_columns();
        for (at, (_, field)) in self.fields.iter().enumerate() {
            columns.push_str(&format!(", {} as asked_{at}", as_text(field)));
        }
        columns
    }

    /// Counts a day's events by hour, and reads the newest of them, at most `room`.
    async fn day(
        &self,
        enricher: &Enricher,
        (day, segments): (Day, Vec<Segment>),
        room: usize,
    ) -> Result<DayFound, ApiError> {
        let (app, condition) = (&self.app, self.scope.on(day));
        let sql = format!(
            "select hour_of_week(time) % 24 as hour, count(*) as n from events where {condition} group by 1"
        );
        let limits = app.query_limits(HOURS);
        let mut hours = vec![0; HOURS];
        for row in rows(&app.lake.query(&sql, &segments, limits).await?)? {
            let hour = row.number("hour").and_then(|hour| usize::try_from(hour).ok());
            if let Some(cell) = hour.and_then(|hour| hours.get_mut(hour)) {
                *cell = row.number("n").unwrap_or_default().unsigned_abs();
            }
        }
        let all = usize::try_from(hours.iter().sum::<u64>()).unwrap_or(usize::MAX);
        let wanted = all.min(room);
        let mut hits = Vec::new();
        if wanted > 0 {
            let sql = format!(
                "select {} from events where {condition}{} order by time desc, event_id limit {wanted}",
                self.columns(),
                since(day, first_hour(&hours, wanted))
            );
            let limits = app.query_limits(wanted);
            let found = rows(&app.lake.query(&sql, &segments, limits).await?)?;
            let known = enricher.of(app, &found).await?;
            hits.extend(found.iter().zip(known).map(|(row, known)| self.hit(row, known)));
        }
        Ok(DayFound { day, hours, hits })
    }

    fn hit(&self, row: &Found, enrichment: Option<crate::api::dto::Enrichment>) -> Hit {
        let mut fields = BTreeMap::new();
        for (at, (name, _)) in self.fields.iter().enumerate() {
            if let Some(value) = row.text(&format!("asked_{at}")) {
                fields.insert(name.clone(), value.to_owned());
            }
        }
        let whole = self.whole.then(|| EventDetail {
            enrichment: enrichment.clone(),
            ..detail(row)
        });
        Hit {
            event: HuntEvent {
                summary: row.summary(),
                enrichment,
                fields,
            },
            whole,
        }
    }
}

/// The first hour of a day in which one of its newest `wanted` events can be.
fn first_hour(hours: &[u64], wanted: usize) -> usize {
    let mut newest = 0;
    for (hour, count) in hours.iter().enumerate().rev() {
        newest += count;
        if newest >= wanted as u64 {
            return hour;
        }
    }
    0
}

/// Leaves out what happened before an hour of a day: every column of a day's events is much to read for a few of them.
fn since(day: Day, hour: usize) -> String {
    if hour == 0 {
        return String::new();
    }
    let start = day.start().plus_micros(hour as i64 * MICROS_AN_HOUR);
    format!(" and time >= timestamp {}", quoted(&start.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_events_of_a_day_are_in_its_last_hours() {
        let mut hours = vec![0; HOURS];
        (hours[3], hours[8], hours[20]) = (5, 2, 4);
        for (wanted, first) in [(1, 20), (4, 20), (5, 8), (6, 8), (7, 3), (11, 3), (12, 0)] {
            assert_eq!(first_hour(&hours, wanted), first, "{wanted}");
        }
        let day = Day::parse("2026-05-04").unwrap();
        assert_eq!(since(day, 0), "");
        assert_eq!(since(day, 8), " and time >= timestamp '2026-05-04T08:00:00Z'");
    }
}
