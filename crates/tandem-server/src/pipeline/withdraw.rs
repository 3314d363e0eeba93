//! Events that are taken back: an erasure that was asked for, something collected by mistake, something that may not be kept.
//!
//! They leave the lake, and their share leaves the days of accounts, marks and matches: a day of activity cannot be taken apart,
//! so it is added up anew from the events that are left. Everything from the first such day on is analysed again, as if they had
//! never come; what no longer stands is on the record with the reason. A day of which the lake has no events any more can only
//! be dropped whole, and a day of which no activity is kept any more stays in the baselines until it has faded.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use serde::Serialize;
use tandem_domain::{AlertId, Day, EventId, Indicator, IndicatorId};
use tandem_lake::{EventFilter, StoredEvent};
use tandem_people::canonical_account;
use tandem_store::{AlertFilter, AlertRow, HistoryRow, StoreError, Withdrawal, WithdrawnFinding};

use super::analyse::{AnalysisSummary, analyse};
use super::known::Known;
use super::observer::Observer;
use super::past::{Past, PastError, batches};
use super::pending::segment_row;
use crate::api::views::is_human;
use crate::app::App;
use crate::ledger::{About, entry};

/// Most events taken back at once.
const MOST: usize = 1_000_000;
/// How often it is begun anew when segments change meanwhile.
const TRIES: usize = 3;
/// More alerts than there are.
const ALL: usize = i32::MAX as usize;

/// Why events are taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// Somebody asked for the erasure of what is kept about them.
    ErasureRequest,
    /// They should not have been collected.
    Mistake,
    /// They may be kept no longer, or never.
    NotAllowed,
}

impl Reason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::ErasureRequest, Self::Mistake, Self::NotAllowed];

    /// The word that is stored and typed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ErasureRequest => "erasure-request",
            Self::Mistake => "mistake",
            Self::NotAllowed => "not-allowed",
        }
    }

    /// The reason of that word.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }

    /// In words, after "because".
    pub const fn words(self) -> &'static str {
        match self {
            Self::ErasureRequest => "their erasure was asked for",
            Self::Mistake => "they had been collected by mistake",
            Self::NotAllowed => "they may not be kept",
        }
    }
}

/// Which events. Everything that is set must hold; one of ids, accounts and source must be set.
#[derive(Debug, Clone, Default)]
pub struct Which {
    /// These ids.
    pub events: Vec<EventId>,
    /// Of these accounts, in any spelling.
    pub accounts: Vec<String>,
    /// Of this source.
    pub source: Option<String>,
    /// Not before this day (UTC).
    pub from: Option<Day>,
    /// Not after this day.
    pub until: Option<Day>,
}

/// What was taken back.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Withdrawn {
    /// The id under which it is on the record; none if nothing was found or it was a dry run.
    pub id: Option<String>,
    /// Events.
    pub events: u64,
    /// First day whose outcome changes, days since 1970.
    pub from: Option<Day>,
    /// Last one.
    pub until: Option<Day>,
    /// Days of accounts whose activity or marks were added up anew or dropped.
    pub account_days: u64,
    /// Findings that no longer stand.
    pub findings: u64,
    /// Of them alerts that people had worked on.
    pub worked_on: u64,
}

/// Events could not be taken back.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// Too wide a question.
    #[error("say which events: ids, accounts or a source; a time alone would take everybody's")]
    Everything,
    /// Too many at once.
    #[error("more than {MOST} events; take them back in several parts, by days")]
    TooMany,
    /// Others kept changing the lake.
    #[error("new data kept coming for these days; try again when it is quieter. Nothing was changed")]
    Busy,
    /// Events could not be read.
    #[error(transparent)]
    Past(#[from] PastError),
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The lake failed.
    #[error(transparent)]
    Lake(#[from] tandem_lake::LakeError),
    /// Days could not be added up.
    #[error(transparent)]
    Ingest(#[from] super::IngestError),
    /// A segment's description or the ledger's salt could not be made.
    #[error("what is left cannot be written down")]
    Written(#[from] std::io::Error),
    /// The events are gone, but the days are not analysed yet.
    #[error("the events were taken back, but their days could not be analysed anew; run `tandem analyse`")]
    Analyse(#[from] super::AnalyseError),
}

/// Takes events back, or with `dry_run` only says how many.
///
/// # Errors
/// When a store fails; then nothing has changed, unless the error says so.
pub async fn withdraw(
    app: &App,
    which: &Which,
    reason: Reason,
    who: (&str, &str),
    dry_run: bool,
) -> Result<Withdrawn, WithdrawError> {
    let Some(asked) = Asked::of(app, which) else {
        return Err(WithdrawError::Everything);
    };
    // An analysis under way goes on from what is taken back here, and nobody may merge or write meanwhile.
    let alone = (
        app.analyst.lock().await,
        app.merging.lock().await,
        app.writer.lock().await,
    );
    let mut tries = 0;
    let (done, before) = loop {
        let found = asked.find(app).await?;
        let Some(days) = asked.days(app, &found).await? else {
            return Ok(Withdrawn::default());
        };
        let mut done = Withdrawn {
            events: found.events.len() as u64,
            account_days: found.touched(),
            from: Some(days.0),
            until: Some(days.1),
            ..Withdrawn::default()
        };
        if dry_run {
            return Ok(done);
        }
        let before = Standing::from(app, days.0).await?;
        let id = format!("w{:x}", super::now().0);
        let row = asked.row(app, found, days, (&id, who.0, reason)).await?;
        let files = row.new_segments.len();
        let object = format!("{} events, {}", done.events, reason.as_str());
        let about = About {
            object: Some(&object),
            ..About::default()
        };
        let entry = entry(who.0, who.1, "events.withdraw", &about)?;
        if app.store.withdraw(row, entry).await? {
            done.id = Some(id);
            break (done, before);
        }
        tries += 1;
        // The new files are no part of the lake; housekeeping removes them.
        tracing::info!(files, "segments changed meanwhile, begun anew");
        if tries == TRIES {
            return Err(WithdrawError::Busy);
        }
    };
    let (analyst, merging, mut known) = alone;
    // What is known of these days is looked up again.
    *known = Known::default();
    drop((analyst, merging, known));
    analyse(app, None, &mut |_, _, _: &AnalysisSummary| {}).await?;
    note(app, done, before, reason, who.0).await
}

/// Compares what stood before with what stands now, and notes what is gone.
async fn note(
    app: &App,
    mut done: Withdrawn,
    before: Standing,
    reason: Reason,
    who: &str,
) -> Result<Withdrawn, WithdrawError> {
    let (Some(first), Some(id)) = (done.from, done.id.clone()) else {
        return Ok(done);
    };
    let after = Standing::from(app, first).await?;
    let findings = before.gone(&after);
    let worked_on: Vec<AlertId> = after.superseded.difference(&before.superseded).copied().collect();
    let history = HistoryRow {
        at: super::now(),
        who: who.to_owned(),
        action: "taken back".to_owned(),
        note: format!(
            "Events that it rested on were taken back, because {}. Without them it would not have been raised.",
            reason.words()
        ),
    };
    app.store
        .note_withdrawn(&id, &findings, &worked_on, &history)
        .await?;
    done.findings = findings.len() as u64;
    done.worked_on = worked_on.len() as u64;
    Ok(done)
}

/// Indicators and alerts of the days from one on.
struct Standing {
    indicators: BTreeMap<IndicatorId, Indicator>,
    alerts: BTreeMap<AlertId, AlertRow>,
    superseded: BTreeSet<AlertId>,
}

impl Standing {
    async fn from(app: &App, first: Day) -> Result<Self, StoreError> {
        let filter = AlertFilter {
            from: Some(first),
            limit: ALL,
            ..AlertFilter::default()
        };
        let indicators = app.store.indicators_between(first, Day(i32::MAX)).await?;
        let alerts = app.store.alerts(&filter).await?;
        Ok(Self {
            indicators: indicators
                .into_iter()
                .map(|indicator| (indicator.id, indicator))
                .collect(),
            alerts: alerts.into_iter().map(|row| (row.alert.id, row)).collect(),
            superseded: app.store.superseded_alerts(first).await?,
        })
    }

    fn gone(&self, after: &Self) -> Vec<WithdrawnFinding> {
        // What people know of somebody does not rest on events.
        let indicators = self
            .indicators
            .iter()
            .filter(|(id, indicator)| !after.indicators.contains_key(*id) && !is_human(indicator.group));
        let indicators = indicators.map(|(id, indicator)| WithdrawnFinding {
            kind: "indicator".to_owned(),
            id: id.to_string(),
            subject: indicator.subject.clone(),
            day: indicator.time.day(),
            title: indicator.title.clone(),
        });
        let alerts = self
            .alerts
            .iter()
            .filter(|(id, _)| !after.alerts.contains_key(*id));
        let alerts = alerts.map(|(id, row)| WithdrawnFinding {
            kind: "alert".to_owned(),
            id: id.to_string(),
            subject: row.alert.subject.clone(),
            day: row.alert.day,
            title: row.alert.title.clone(),
        });
        indicators.chain(alerts).collect()
    }
}

/// A question that is not about everybody.
struct Asked {
    events: HashSet<EventId>,
    accounts: BTreeSet<String>,
    source: Option<String>,
    from: Day,
    until: Day,
}

/// Events that were found, and whose days they are part of.
struct Found {
    events: Vec<(EventId, String, Day)>,
    active: BTreeSet<(String, Day)>,
    marked: BTreeSet<(String, Day)>,
}

impl Found {
    fn touched(&self) -> u64 {
        self.active.union(&self.marked).count() as u64
    }
}

impl Asked {
    fn of(app: &App, which: &Which) -> Option<Self> {
        let home = app.home();
        let spelled = which
            .accounts
            .iter()
            .filter_map(|raw| canonical_account(raw, &home));
        let asked = Self {
            events: which.events.iter().copied().collect(),
            accounts: spelled.map(std::borrow::Cow::into_owned).collect(),
            source: which.source.clone(),
            from: which.from.unwrap_or(Day(i32::MIN / 2)),
            until: which.until.unwrap_or(Day(i32::MAX / 2)),
        };
        let about_somebody = asked.accounts.len() == which.accounts.len();
        let narrow = !asked.events.is_empty() || !asked.accounts.is_empty() || asked.source.is_some();
        (narrow && about_somebody).then_some(asked)
    }

    /// Whole accounts: nothing else narrows the question.
    fn erases(&self) -> bool {
        !self.accounts.is_empty() && self.events.is_empty() && self.source.is_none()
    }

    async fn observer(app: &App) -> Result<Observer, WithdrawError> {
        let mut observer = Observer::new(app);
        observer.learn(app).await?;
        Ok(observer)
    }

    fn filter(&self) -> EventFilter {
        EventFilter {
            ids: self.events.iter().copied().collect(),
            source: self.source.clone(),
            ..EventFilter::default()
        }
    }

    /// The ids of those of some events that are meant.
    fn meant(&self, events: &[StoredEvent], observer: &Observer) -> HashSet<EventId> {
        if self.accounts.is_empty() {
            return events.iter().map(|event| event.id).collect();
        }
        let acted = events.iter().filter(|event| {
            let account = event.account.as_deref();
            account.is_some_and(|account| self.accounts.contains(account))
        });
        let mut meant: HashSet<EventId> = acted.map(|event| event.id).collect();
        // Some events name their account elsewhere than as the actor.
        for batch in batches(events) {
            for event in batch.iter() {
                if let Some(account) = observer.whose(&event)
                    && self.accounts.contains(&account)
                {
                    meant.insert(event.head().id);
                }
            }
        }
        meant
    }

    async fn find(&self, app: &App) -> Result<Found, WithdrawError> {
        let segments = app.segments(Some(self.from), Some(self.until)).await?;
        let days: BTreeSet<Day> = segments.iter().map(|segment| segment.day).collect();
        let mut observer = Self::observer(app).await?;
        let mut past = Past::new(app, self.filter());
        let mut events = Vec::new();
        for day in days {
            past.day(day).await?;
            while let Some(mut slice) = past.next().await? {
                let meant = self.meant(&slice, &observer);
                slice.retain(|event| meant.contains(&event.id));
                batches(&slice).iter().for_each(|batch| observer.observe(batch));
                events.extend(slice.into_iter().map(|event| (event.id, event.source, day)));
                if events.len() > MOST {
                    return Err(WithdrawError::TooMany);
                }
            }
        }
        let named = |(account, day): (&str, Day)| (account.to_owned(), day);
        Ok(Found {
            active: observer.active().map(named).collect(),
            marked: observer.marked_days().map(named).collect(),
            events,
        })
    }

    /// First and last day whose outcome changes.
    async fn days(&self, app: &App, found: &Found) -> Result<Option<(Day, Day)>, WithdrawError> {
        let accounts: Vec<String> = self.accounts.iter().cloned().collect();
        let erased = if self.erases() {
            app.store.account_span(&accounts, (self.from, self.until)).await?
        } else {
            None
        };
        let keys = found.active.iter().chain(&found.marked).map(|(_, day)| *day);
        let days = keys.chain(found.events.iter().map(|(_, _, day)| *day));
        let days = days.chain(erased.into_iter().flat_map(|(first, last)| [first, last]));
        let days: BTreeSet<Day> = days.collect();
        Ok(days.first().copied().zip(days.last().copied()))
    }

    /// Everything that changes: segments without the events, and the days that they were part of without them.
    async fn row(
        &self,
        app: &App,
        found: Found,
        days: (Day, Day),
        (id, who, reason): (&str, &str, Reason),
    ) -> Result<Withdrawal, WithdrawError> {
        let ids: HashSet<EventId> = found.events.iter().map(|(id, _, _)| *id).collect();
        // A local day reaches into the days before and after it as clocks count them elsewhere.
        let read_days = (days.0.plus(-1), days.1.plus(1));
        let segments = app.segments(Some(read_days.0), Some(read_days.1)).await?;
        let (mut old_segments, mut new_segments) = (Vec::new(), Vec::new());
        let touched: BTreeSet<Day> = found.events.iter().map(|(_, _, day)| *day).collect();
        for day in touched {
            let of_day: Vec<_> = segments.iter().filter(|s| s.day == day).cloned().collect();
            for rewritten in app.lake.without(&of_day, &ids).await? {
                old_segments.push(rewritten.old);
                for segment in &rewritten.new {
                    new_segments.push(segment_row(segment).map_err(std::io::Error::from)?);
                }
            }
        }
        let (activity, marks) = Self::added_up_anew(app, &found, &ids).await?;
        let erased = self.erases().then(|| self.accounts.iter().cloned().collect());
        Ok(Withdrawal {
            id: id.to_owned(),
            at: super::now(),
            who: who.to_owned(),
            reason: reason.as_str().to_owned(),
            events: found.events,
            old_segments,
            new_segments,
            active: found.active,
            activity,
            marked: found.marked,
            marks,
            erased: erased.unwrap_or_default(),
            erased_days: (self.from, self.until),
            days,
            read: segments.into_iter().map(|segment| segment.path).collect(),
            read_days,
        })
    }

    /// The days that the events were part of, from the events left.
    async fn added_up_anew(
        app: &App,
        found: &Found,
        gone: &HashSet<EventId>,
    ) -> Result<(Vec<tandem_store::ActivityRow>, Vec<tandem_store::ActivityRow>), WithdrawError> {
        let mut observer = Self::observer(app).await?;
        let mut past = Past::new(app, EventFilter::default());
        let around = |day: Day| [day.plus(-1), day, day.plus(1)];
        let keys = found.active.iter().chain(&found.marked);
        let days: BTreeSet<Day> = keys.flat_map(|(_, day)| around(*day)).collect();
        let mut seen: HashSet<EventId> = HashSet::new();
        for day in days {
            past.day(day).await?;
            seen.clear();
            while let Some(mut slice) = past.next().await? {
                // What is in the lake twice counts once.
                slice.retain(|event| !gone.contains(&event.id) && seen.insert(event.id));
                batches(&slice).iter().for_each(|batch| observer.observe(batch));
                let asked = |set: &BTreeSet<(String, Day)>, account: &str, day: Day| {
                    set.contains(&(account.to_owned(), day))
                };
                observer.retain(
                    |account, day| asked(&found.active, account, day),
                    |account, day| asked(&found.marked, account, day),
                );
            }
        }
        Ok(observer.take()?)
    }
}
