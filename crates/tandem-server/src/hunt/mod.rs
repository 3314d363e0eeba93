//! Hunting: searching raw events with a question, day by day, and what comes of it: statistics, files, evidence, rules.
//!
//! A question is read by `tandem-detect`, said in SQL by `sql.rs`, and asked of each day's segments by itself, the newest day first, so
//! that events show while older days are still read. Every search is allowed by the policies and in the ledger before it begins.

mod assets;
mod enrich;
mod export;
mod fields;
mod geo;
mod keep;
mod rounds;
mod rule;
mod saved;
mod schedule;
mod search;
mod settings;
mod sql;
mod threats;
mod watched;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use axum::http::StatusCode;
use sha2::{Digest as _, Sha256};
use tandem_detect::hunt::{Field, Piece, Query, parse, pieces};
use tandem_domain::{Day, SubjectId};
use tandem_lake::Segment;
use tandem_people::canonical_account;
use tandem_policy::{Action, DataClass};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(crate) use assets::KnownAssets;
pub(crate) use enrich::Enricher;
pub use export::{Format, HuntFile};
pub(crate) use search::stream;
pub use settings::{EnrichmentSettings, ListKind, ThreatListSettings};
pub use threats::add_placeholders;

use crate::api::dto::HuntAsked;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::service::{self, ServiceError};
use sql::Scope;

/// Searches that run at the same time.
const AT_ONCE: usize = 4;
/// Most events that one search shows.
const MOST_SHOWN: usize = 10_000;
/// Events that a search shows if nobody says how many.
const SHOWN: usize = 500;
/// Most further fields of one search.
const MOST_FIELDS: usize = 20;
/// After this many seconds another try makes sense when too many search.
const BUSY_SECONDS: u64 = 5;

/// Lets so many search at the same time.
#[derive(Debug, Clone)]
pub struct Seats(Arc<Semaphore>);

impl Default for Seats {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Seats {
    fn take(&self) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(&self.0).try_acquire_owned().map_err(|_| {
            ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                format!("{AT_ONCE} searches run already"),
                "wait until one of them has ended, or stop your own",
            )
            .retry_after(BUSY_SECONDS)
        })
    }
}

/// A search that was allowed and recorded: what is looked through, for whom.
pub(crate) struct Hunt {
    app: Arc<App>,
    asker: Asker,
    scope: Scope,
    /// Days with data and their segments, the newest first.
    days: Vec<(Day, Vec<Segment>)>,
    limit: usize,
    fields: Vec<(String, Field)>,
    /// Whom it is about.
    subject: Option<SubjectId>,
    /// Events are read whole.
    whole: bool,
    _seat: OwnedSemaphorePermit,
}

/// Refuses who may not search raw events: those of a subject, or all of them, also about `named` ones.
pub(crate) async fn may_search(
    app: &App,
    asker: &Asker,
    subject: Option<&SubjectId>,
    named: &[SubjectId],
) -> Result<(), ApiError> {
    let mut context = app.situation(asker, subject).await?;
    for about in subject.into_iter().chain(named) {
        context = context.about(about);
    }
    asker.may(app, Action::Search, DataClass::TechnicalEvidence, &context)
}

/// Reads a question; blank is none.
pub(crate) fn question(text: Option<&str>) -> Result<Option<Query>, ApiError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else {
        return Ok(None);
    };
    match parse(text) {
        Ok(query) => Ok(Some(query)),
        Err(fault) => Err(ApiError::bad("question", fault.to_string(), fault.hint)),
    }
}

/// The fields of some names.
fn named(names: &[String]) -> Result<Vec<(String, Field)>, ApiError> {
    if names.len() > MOST_FIELDS {
        return Err(ApiError::bad(
            "fields",
            format!("{} fields are more than {MOST_FIELDS}", names.len()),
            "name fewer",
        ));
    }
    let of = |name: &String| match Field::of(name.trim()) {
        Ok(field) if name.len() <= 200 => Ok((name.trim().to_owned(), field)),
        Ok(_) => Err(ApiError::bad(
            "fields",
            "a name of a field is too long",
            "200 bytes at most",
        )),
        Err((what, hint)) => Err(ApiError::bad("fields", what, hint)),
    };
    names.iter().map(of).collect()
}

impl Hunt {
    /// Begins a search: understood, allowed, in the ledger as `act`, with a seat among those that run.
    ///
    /// # Errors
    /// Forbidden, not understood, too many at once, or a store fails.
    pub(crate) async fn begin(
        app: &Arc<App>,
        asker: &Asker,
        asked: &HuntAsked,
        act: &str,
    ) -> Result<Self, ApiError> {
        let subject = asked
            .subject
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty());
        let subject = subject.map(|text| SubjectId(text.to_owned()));
        // Who may not search learns nothing about questions or subjects.
        may_search(app, asker, subject.as_ref(), &[]).await?;
        let query = question(asked.query.as_deref())?;
        let fields = named(asked.fields.as_deref().unwrap_or_default())?;
        let (from, to) = (
            service::instant(asked.from.as_deref(), true)?,
            service::instant(asked.to.as_deref(), false)?,
        );
        if from.zip(to).is_some_and(|(from, to)| to < from) {
            return Err(
                ServiceError::asked("the range ends before it begins", "turn from and to round").into(),
            );
        }
        let last = to.map_or(Day(i32::MAX / 2), tandem_domain::Timestamp::day);
        let seat = app.hunting.take()?;
        let mut named = subjects_named(app, query.as_ref(), last).await?;
        named.retain(|other| Some(other) != subject.as_ref());
        may_search(app, asker, subject.as_ref(), &named).await?;
        named.extend(subject.clone());
        record(app, asker, act, &named, asked).await?;
        let accounts = match &subject {
            Some(subject) => {
                let row = app.subject_row(subject.as_str()).await?;
                Some(app.accounts(&row.subject, last).await?)
            }
            None => None,
        };
        let days = days(app, from.map(|at| at.day()), to.map(|at| at.day())).await?;
        Ok(Self {
            app: Arc::clone(app),
            asker: asker.clone(),
            scope: Scope {
                query,
                accounts,
                from,
                to,
            },
            days,
            limit: asked.limit.unwrap_or(SHOWN).clamp(1, MOST_SHOWN),
            fields,
            subject,
            whole: false,
            _seat: seat,
        })
    }

    /// What a reader should know about the question.
    fn notes(&self) -> Vec<String> {
        self.scope.query.as_ref().map(Query::notes).unwrap_or_default()
    }

    /// The last day that is looked at.
    fn last_day(&self) -> Day {
        let newest = self.days.first().map(|(day, _)| *day);
        newest.unwrap_or_else(|| crate::pipeline::now().day())
    }
}

/// Days with data and their segments, the newest first.
async fn days(app: &App, from: Option<Day>, to: Option<Day>) -> Result<Vec<(Day, Vec<Segment>)>, ApiError> {
    let mut days: BTreeMap<Day, Vec<Segment>> = BTreeMap::new();
    for segment in app.segments(from, to).await? {
        days.entry(segment.day).or_default().push(segment);
    }
    Ok(days.into_iter().rev().collect())
}

/// The subjects whose accounts a question asks for by name.
async fn subjects_named(app: &App, query: Option<&Query>, day: Day) -> Result<Vec<SubjectId>, ApiError> {
    let home = app.home();
    let written = query.map(Query::accounts).unwrap_or_default();
    let mut accounts = BTreeSet::new();
    for value in written {
        if let [Piece::Text(account)] = pieces(value).as_slice()
            && let Some(account) = canonical_account(account, &home)
        {
            accounts.insert(account.into_owned());
        }
    }
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let view = app.directory().await?.as_of(day);
    let people: Vec<String> = accounts
        .iter()
        .map(|account| view.resolve(account).key.to_string())
        .collect();
    let mut subjects: Vec<SubjectId> = app
        .store
        .pseudonyms_of(&people)
        .await?
        .into_iter()
        .map(|(_, subject)| subject)
        .collect();
    subjects.sort();
    subjects.dedup();
    Ok(subjects)
}

/// A row of the ledger for each subject that a search names, or one without. The question itself stands there as a mark only: it may
/// hold what the ledger must not.
async fn record(
    app: &App,
    asker: &Asker,
    act: &str,
    about: &[SubjectId],
    asked: &HuntAsked,
) -> Result<(), ApiError> {
    let object = format!("search {}", mark(asked));
    let known = about
        .iter()
        .filter(|subject| subject.as_str().len() <= tandem_ledger::MAX_ID);
    let mut entries = Vec::new();
    for subject in known {
        entries.push(asker.entry(act, Some(subject), Some(&object))?);
    }
    if entries.is_empty() {
        entries.push(asker.entry(act, None, Some(&object))?);
    }
    app.store.add_to_ledger(entries).await?;
    Ok(())
}

/// Twelve hexadecimal digits by which a question and its range are known again by whoever has them.
fn mark(asked: &HuntAsked) -> String {
    let mut hasher = Sha256::new();
    for part in [&asked.query, &asked.from, &asked.to, &asked.subject] {
        hasher.update(part.as_deref().unwrap_or_default().trim().as_bytes());
        hasher.update([0]);
    }
    let digest: [u8; 32] = hasher.finalize().into();
    hex(&digest).chars().take(12).collect()
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            // Writing to a string cannot fail.
            let _ = write!(out, "{byte:02x}");
            out
        })
}
