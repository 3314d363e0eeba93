//! Normalised events become observations, and those add up to days: the product's own road, with a clock beside it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::time::Instant;

use tandem_baseline::{DayActivity, HomeContext, Observed, observe};
use tandem_domain::{Day, EventBatch, EventRef, LocalTime, Timestamp};

use super::lens::Lens;

/// Activity per day and account or person, and what it cost.
#[derive(Debug, Default)]
pub struct Activity {
    /// Per day, per account or person.
    pub days: BTreeMap<Day, BTreeMap<String, DayActivity>>,
    /// Normalised events.
    pub events: u64,
    /// Seconds of one core from normalised events to days.
    pub busy: f64,
    /// Seconds in all, reading and normalising included.
    pub seconds: f64,
}

impl Activity {
    /// Everybody who ever did anything.
    pub fn people(&self) -> std::collections::BTreeSet<&str> {
        self.days
            .values()
            .flat_map(BTreeMap::keys)
            .map(String::as_str)
            .collect()
    }

    /// The first and the last day.
    pub fn span(&self) -> Option<(Day, Day)> {
        Some((*self.days.keys().next()?, *self.days.keys().next_back()?))
    }

    /// The same under other names.
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        let days = self.days.into_iter().map(|(day, people)| {
            let people = people
                .into_iter()
                .map(|(person, activity)| (name(&person), activity));
            (day, people.collect())
        });
        Self {
            days: days.collect(),
            ..self
        }
    }
}

/// Takes events and gathers activity.
#[derive(Debug)]
pub struct Gatherer {
    lens: Lens,
    home: HomeContext,
    started: Instant,
    activity: Activity,
}

impl Gatherer {
    /// Nothing yet.
    pub fn new(lens: Lens, home: HomeContext) -> Self {
        Self {
            lens,
            home,
            started: Instant::now(),
            activity: Activity::default(),
        }
    }

    /// Takes all events of a batch and leaves it empty. `local` gives the time at the account's place of work,
    /// `account` brings an account to one spelling, or leaves the event out.
    pub fn take(
        &mut self,
        batch: &mut EventBatch,
        local: impl Fn(&EventRef<'_>, Timestamp) -> LocalTime,
        account: impl for<'t> Fn(&'t str) -> Option<Cow<'t, str>>,
    ) {
        let clock = Stopwatch::start();
        for event in batch.iter() {
            let Some(seen) = observe(&event, &self.home, |time| local(&event, time)) else {
                continue;
            };
            let Some(name) = account(seen.account) else {
                continue;
            };
            let Observed { day, observation, .. } = seen;
            let (name, day, observation) = self.lens.look(name, day, observation);
            let accounts = self.activity.days.entry(day).or_default();
            if let Some(own) = accounts.get_mut(name.as_ref()) {
                own.add(&observation);
            } else {
                let mut own = DayActivity::default();
                own.add(&observation);
                accounts.insert(name.into_owned(), own);
            }
        }
        self.activity.events += batch.len() as u64;
        batch.clear();
        self.activity.busy += clock.seconds();
    }

    /// What was gathered.
    pub fn done(mut self) -> Activity {
        self.activity.seconds = self.started.elapsed().as_secs_f64();
        self.activity
    }
}

/// Time that this thread spent on a core, where the system tells it (Linux), else time that passed.
#[derive(Debug)]
pub struct Stopwatch {
    cpu: Option<f64>,
    wall: Instant,
}

impl Stopwatch {
    /// Starts.
    pub fn start() -> Self {
        Self {
            cpu: cpu_seconds(),
            wall: Instant::now(),
        }
    }

    /// Seconds since.
    pub fn seconds(&self) -> f64 {
        match (self.cpu, cpu_seconds()) {
            (Some(then), Some(now)) => now - then,
            _ => self.wall.elapsed().as_secs_f64(),
        }
    }
}

/// The first number of `schedstat` is nanoseconds on a core (Linux, Documentation/scheduler/sched-stats).
fn cpu_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split(' ').next()?.parse().ok()?;
    (nanoseconds > 0.0).then_some(nanoseconds / 1e9)
}
