//! Asking scheduled queries: each at its time, about the days of which events came since it was asked before. What a row says becomes a
//! match of the query's rule, once however often it is answered.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tandem_detect::BaseMatch;
use tandem_domain::{Day, EventId, Timestamp};
use tandem_people::{Home, canonical_account};
use tandem_store::{MatchRow, ScheduledQueryRow, StoreError};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use xxhash_rust::xxh3::xxh3_128;

use super::saved::Body;
use super::schedule::{ACCOUNT, TIME, asked_of};
use crate::api::dto::{QueryRun, ScheduleAsked};
use crate::app::App;
use crate::background::words;
use crate::events::{Found, rows};
use crate::service::ServiceError;

/// Queries that are asked at the same time; people who hunt have seats of their own.
const AT_ONCE: usize = 2;
/// Longest time for all days of one query.
const LONGEST: Duration = Duration::from_secs(300);
/// Rows taken of one day.
const MOST_ROWS: usize = 1_000;
/// Days asked about at once, the newest first.
const MOST_DAYS: usize = 31;
/// A commit says when it began: what takes no longer than this is not missed. Microseconds.
const MARGIN: i64 = 10 * MICROS_A_MINUTE;
const MICROS_A_MINUTE: i64 = 60_000_000;
/// The column of an answer that says what was acted upon.
const OBJECT: &str = "object";
/// Longest object that is kept, characters.
const MOST_OBJECT: usize = 400;

impl App {
    /// Asks the queries whose time has come at `now`; gives back how many. One that fails, or takes long, keeps no other from being
    /// asked: what is wrong stands beside it.
    ///
    /// # Errors
    /// When the database fails. The others have been asked then.
    pub async fn ask_scheduled(self: &Arc<Self>, now: Timestamp) -> Result<u64, StoreError> {
        let seats = Arc::new(Semaphore::new(AT_ONCE));
        let mut tasks = JoinSet::new();
        for row in self.store.queries_due(now).await? {
            let (app, seats) = (Arc::clone(self), Arc::clone(&seats));
            tasks.spawn(async move {
                // Nobody closes it.
                let _seat = seats.acquire_owned().await.ok();
                app.ask_query(row, now).await
            });
        }
        let (mut asked, mut failed) = (0, None);
        while let Some(done) = tasks.join_next().await {
            match done {
                Ok(Ok(())) => asked += 1,
                Ok(Err(error)) => failed = Some(error),
                Err(error) => tracing::error!(%error, "a scheduled query broke off"),
            }
        }
        failed.map_or(Ok(asked), Err)
    }

    async fn ask_query(&self, row: ScheduledQueryRow, now: Timestamp) -> Result<(), StoreError> {
        let started = Instant::now();
        let mut run = QueryRun {
            at: now.to_string(),
            ..QueryRun::default()
        };
        let outcome = tokio::time::timeout(LONGEST, self.over_days(&row, &mut run)).await;
        run.error = match outcome {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(words(&error)),
            Err(_) => Some(format!(
                "it was stopped after {} s; narrow the statement",
                LONGEST.as_secs()
            )),
        };
        run.elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let mut since = now;
        if run.error.is_some() {
            since = row.since;
            let before = row
                .last
                .as_deref()
                .and_then(|last| serde_json::from_str(last).ok());
            let failing = before.and_then(|before: QueryRun| before.failing_since);
            run.failing_since = Some(failing.unwrap_or_else(|| now.to_string()));
            self.metrics.query_failures.inc();
            // Why may quote what is in events, and who runs the system reads the log.
            tracing::warn!(query = row.search, "a scheduled query failed");
        }
        let due = now.plus_micros(i64::from(row.every_minutes) * MICROS_A_MINUTE);
        let text = serde_json::to_string(&run).map_err(|source| StoreError::Stored {
            what: "run of a query",
            source,
        })?;
        // Somebody may have taken it away meanwhile.
        self.store
            .query_asked(&row.search, due, since, &text)
            .await
            .map(drop)
    }

    /// Asks a query about each day of which events came, the newest first. What a day brought is kept before the next one is asked about.
    async fn over_days(&self, row: &ScheduledQueryRow, run: &mut QueryRun) -> Result<(), ServiceError> {
        let search = self.store.saved_search(&row.search).await?;
        let search = search.ok_or(ServiceError::Missing("saved search"))?;
        let (sql, asked) = (Body::of(&search)?.query, asked_of(row)?);
        let home = self.home();
        let since = row.since.plus_micros(-MARGIN);
        let mut days = self.store.days_received(since, MOST_DAYS + 1).await?;
        run.days_left_out = days.len() > MOST_DAYS;
        days.truncate(MOST_DAYS);
        for day in days {
            let segments = self.segments(Some(day), Some(day)).await?;
            if segments.is_empty() {
                continue;
            }
            let limits = self.query_limits(MOST_ROWS);
            let answer = self.lake.query(&sql, &segments, limits).await?;
            run.days += 1;
            run.truncated |= answer.truncated();
            let mut found = Vec::new();
            for row in rows(&answer)? {
                run.rows += 1;
                let Some(matched) = matched(&search.id, day, &row, &asked, &home) else {
                    run.without_time += 1;
                    continue;
                };
                run.without_account += u64::from(matched.account.is_empty());
                found.push(MatchRow {
                    body: serde_json::to_string(&matched)?,
                    rule: matched.rule,
                    event: matched.event,
                    time: matched.time,
                    account: matched.account,
                });
            }
            let new = self.store.add_matches(found).await?;
            run.new += new;
            self.metrics.matches.inc_by(new);
        }
        Ok(())
    }
}

/// What a row says, as a match of the query's rule; nothing if it has no time on the day that was asked about.
fn matched(rule: &str, day: Day, row: &Found, asked: &ScheduleAsked, home: &Home) -> Option<BaseMatch> {
    let time = row.text(asked.time.as_deref().unwrap_or(TIME))?;
    let time = Timestamp::parse_rfc3339(time)
        .or_else(|| Day::parse(time).map(Day::start))
        .filter(|time| time.day() == day)?;
    let account = row
        .text(asked.account.as_deref().unwrap_or(ACCOUNT))
        .and_then(|raw| canonical_account(raw, home))
        .map(Cow::into_owned)
        .unwrap_or_default();
    let object = row.text(OBJECT);
    let object: Option<String> = object.map(|text| text.chars().take(MOST_OBJECT).collect());
    let event = row.text("event_id").and_then(EventId::parse);
    Some(BaseMatch {
        event: event.unwrap_or_else(|| known_by(rule, day, &account, object.as_deref())),
        rule: rule.to_owned(),
        time,
        account,
        object,
        // The rule's title says it.
        sentence: String::new(),
        keys: Default::default(),
        ids: Default::default(),
        numbers: Default::default(),
    })
}

/// By what a row is known again that names no event: who, what was acted upon, and the day. Its time and its figures may be others when
/// the day has gone on.
fn known_by(rule: &str, day: Day, account: &str, object: Option<&str>) -> EventId {
    let text = format!("{rule}\n{}\n{account}\n{}", day.0, object.unwrap_or_default());
    EventId(xxh3_128(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_without_an_event_is_known_again_by_who_what_and_the_day() {
        let day = Day::parse("2026-05-04").unwrap();
        let known = known_by("r", day, "anna", Some("/a"));
        assert_eq!(known, known_by("r", day, "anna", Some("/a")));
        for other in [
            known_by("s", day, "anna", Some("/a")),
            known_by("r", day.plus(1), "anna", Some("/a")),
            known_by("r", day, "ben", Some("/a")),
            known_by("r", day, "anna", Some("/b")),
            known_by("r", day, "anna", None),
        ] {
            assert_ne!(known, other);
        }
    }
}
