//! From events to days of activity and marks of accounts, in the one way in which both come about: on the way in, and again when
//! some of a day's events are taken back.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use tandem_baseline::{DayActivity, HomeContext, observe};
use tandem_domain::{Attr, Day, EventBatch, EventRef, Timestamp};
use tandem_people::{Home, canonical_account};
use tandem_sequence::{DayMarks, Marked, Sequences};
use tandem_store::{ActivityRow, StoreError};

use super::IngestError;
use super::clock::LocalClock;
use crate::app::App;

/// Parts of days by account.
type ByAccount<T> = HashMap<String, BTreeMap<Day, T>>;

/// Adds up what accounts did, by local calendar day, and which acts may be steps of sequences, by day.
pub struct Observer {
    home: Home,
    context: HomeContext,
    clock: LocalClock,
    sequences: Arc<Sequences>,
    activity: ByAccount<DayActivity>,
    marks: ByAccount<DayMarks>,
    /// Days of accounts that wait.
    pub account_days: usize,
    /// Marks that wait.
    pub marked: usize,
}

impl Observer {
    /// Nothing seen yet. Time zones come with [`Self::learn`].
    pub fn new(app: &App) -> Self {
        Self {
            home: app.home(),
            context: HomeContext {
                mail_domains: app.config.home.mail_domains.clone(),
                ..HomeContext::default()
            },
            clock: LocalClock::new(&app.config.home.time_zone),
            sequences: Arc::clone(&app.sequences().book),
            activity: HashMap::new(),
            marks: HashMap::new(),
            account_days: 0,
            marked: 0,
        }
    }

    /// Takes over the time zones that people facts name, however late, and the sequences as they are now.
    ///
    /// # Errors
    /// When people facts cannot be read.
    pub async fn learn(&mut self, app: &App) -> Result<(), StoreError> {
        self.sequences = Arc::clone(&app.sequences().book);
        self.clock.learn(&app.directory().await?.as_of(Day(i32::MAX / 2)));
        Ok(())
    }

    /// How accounts are spelled.
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// Adds events.
    pub fn observe(&mut self, batch: &EventBatch) {
        for event in batch.iter() {
            let at_work = at_work(&event, &self.home);
            let clock = &self.clock;
            let local = |time: Timestamp| clock.local(&at_work, time);
            let seen = observe(&event, &self.context, local);
            let (home, marks, marked) = (&self.home, &mut self.marks, &mut self.marked);
            self.sequences.mark(&event, seen.as_ref(), local, &mut |found| {
                *marked += usize::from(note(marks, home, found));
            });
            let Some(seen) = seen else { continue };
            // Some events name their account elsewhere than as the actor.
            let Some(account) = canonical_account(seen.account, &self.home) else {
                continue;
            };
            let days = match self.activity.get_mut(account.as_ref()) {
                Some(days) => days,
                None => self.activity.entry(account.into_owned()).or_default(),
            };
            let day = days.entry(seen.day).or_insert_with(|| {
                self.account_days += 1;
                DayActivity::default()
            });
            day.add(&seen.observation);
        }
    }

    /// The account whose activity an event is part of, if any.
    pub fn whose(&self, event: &EventRef<'_>) -> Option<String> {
        let at_work = at_work(event, &self.home);
        let local = |time: Timestamp| self.clock.local(&at_work, time);
        let seen = observe(event, &self.context, local)?;
        canonical_account(seen.account, &self.home).map(Cow::into_owned)
    }

    /// Accounts and days with activity so far.
    pub fn active(&self) -> impl Iterator<Item = (&str, Day)> {
        keys(&self.activity)
    }

    /// Accounts and days with marks so far.
    pub fn marked_days(&self) -> impl Iterator<Item = (&str, Day)> {
        keys(&self.marks)
    }

    /// Keeps only the days of activity and the days of marks that are asked for.
    pub fn retain(&mut self, activity: impl Fn(&str, Day) -> bool, marks: impl Fn(&str, Day) -> bool) {
        retain(&mut self.activity, activity);
        retain(&mut self.marks, marks);
    }

    /// What was added up, as it is stored: activity and marks, by day and account.
    ///
    /// # Errors
    /// Only if memory runs out.
    pub fn take(&mut self) -> Result<(Vec<ActivityRow>, Vec<ActivityRow>), IngestError> {
        (self.account_days, self.marked) = (0, 0);
        let activity = rows(std::mem::take(&mut self.activity), |done| {
            done.encode()
                .map_err(|e| IngestError::Asked(format!("activity cannot be kept: {e}")))
        })?;
        let marks = rows(std::mem::take(&mut self.marks), |done| {
            done.encode()
                .map_err(|e| IngestError::Asked(format!("steps of sequences cannot be kept: {e}")))
        })?;
        Ok((activity, marks))
    }
}

/// Whose clock tells when an event was: the acting account's.
fn at_work<'e>(event: &EventRef<'e>, home: &Home) -> Cow<'e, str> {
    let raw = event.attr(Attr::ActorUser).unwrap_or_default();
    canonical_account(raw, home).unwrap_or_default()
}

fn keys<T>(parts: &ByAccount<T>) -> impl Iterator<Item = (&str, Day)> {
    parts
        .iter()
        .flat_map(|(account, days)| days.keys().map(move |day| (account.as_str(), *day)))
}

fn retain<T>(parts: &mut ByAccount<T>, keeps: impl Fn(&str, Day) -> bool) {
    parts.retain(|account, days| {
        days.retain(|day, _| keeps(account, *day));
        !days.is_empty()
    });
}

fn rows<T>(
    parts: ByAccount<T>,
    encode: impl Fn(&T) -> Result<Vec<u8>, IngestError>,
) -> Result<Vec<ActivityRow>, IngestError> {
    let mut rows = Vec::new();
    for (account, days) in parts {
        for (day, done) in days {
            rows.push(ActivityRow {
                account: account.clone(),
                day,
                body: encode(&done)?,
            });
        }
    }
    rows.sort_by(|a, b| (a.day, &a.account).cmp(&(b.day, &b.account)));
    Ok(rows)
}

/// Notes what may be a step of a sequence, under the account's one spelling and the day of the event; true if it took room.
fn note(marks: &mut ByAccount<DayMarks>, home: &Home, found: Marked<'_>) -> bool {
    let Some(account) = canonical_account(found.account, home) else {
        return false;
    };
    let days = match marks.get_mut(account.as_ref()) {
        Some(days) => days,
        None => marks.entry(account.into_owned()).or_default(),
    };
    let day = days.entry(found.act.time.day()).or_default();
    day.add(found.step, found.object, found.act)
}
