//! What if the settings had been others: the last weeks' queues filled again, beside what was.
//!
//! Nothing is changed by it, and nothing is learnt about anybody beyond pseudonyms that the queue could show. A change that is
//! worth having is kept as a proposal, which somebody of the other department answers.

mod knobs;
mod proposals;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use tandem_domain::{Alert, Day, Indicator, SubjectId};
use tandem_policy::{Action, DataClass};
use tandem_score::{
    DayDifference, DayInput, QueueState, Tuning, Verdicts, compare, explain, is_live, replay,
};
use tandem_store::AlertFilter;
use tokio::sync::Semaphore;

pub use self::view::*;

use crate::api::views;
use crate::app::App;
use crate::asker::Asker;
use crate::http::error::ApiError;
use crate::pipeline::analyse::State;
use crate::pipeline::{compose, queue_days};
use crate::service::ServiceError;

/// Most days filled again.
const MOST_DAYS: u32 = 90;
/// Most alerts of one answer that are in one queue only.
const SHOWN: usize = 200;
/// Most alerts of the kept queue that are compared.
const KEPT: usize = 100_000;
/// Longest time one answer may take.
const LONGEST: Duration = Duration::from_secs(60);
/// One at a time: each reads all evidence of a year.
static SEAT: Semaphore = Semaphore::const_new(1);

/// Everything a replay needs, read once.
struct Past {
    days: Vec<DayInput>,
    state: QueueState,
    exact_start: bool,
    verdicts: Verdicts,
    indicators: BTreeMap<SubjectId, Vec<Indicator>>,
    kept: Vec<Alert>,
}

/// Both queues and how they differ.
struct Compared {
    before: Vec<Alert>,
    after: Vec<Alert>,
    differences: Vec<DayDifference>,
    past: Past,
}

impl App {
    fn tuning(&self) -> Tuning {
        Tuning {
            model: self.config.model.clone(),
            queue: self.config.queue,
        }
    }

    /// Refuses who may not look through the queue or read how it comes about.
    fn may_try(&self, asker: &Asker) -> Result<(), ApiError> {
        asker.may(self, Action::Look, DataClass::Queue, &asker.context())?;
        asker.may(self, Action::Look, DataClass::Rules, &asker.context())
    }

    /// The settings that can be tried.
    ///
    /// # Errors
    /// Forbidden, or the database fails.
    pub async fn what_if_knobs(&self, asker: &Asker) -> Result<KnobList, ApiError> {
        self.may_try(asker)?;
        let to = self.store.analysed_to().await?;
        let days = match to {
            Some(to) => self
                .store
                .queue_days(to.plus(1 - MOST_DAYS as i32), to)
                .await?
                .len(),
            None => 0,
        };
        Ok(KnobList {
            knobs: knobs::knobs(&self.tuning())?,
            days: u32::try_from(days).unwrap_or(MOST_DAYS),
            to: to.map(|day| day.to_string()),
        })
    }

    /// What would have been in the queue with some settings changed, beside what was.
    ///
    /// # Errors
    /// Forbidden, settings that break a law, nothing analysed yet, too much at once, or the database fails.
    pub async fn what_if(&self, asker: &Asker, asked: &WhatIfAsked) -> Result<WhatIfView, ApiError> {
        self.may_try(asker)?;
        let (changed, changes) = knobs::apply(&self.tuning(), &asked.changes)?;
        let object = format!("{} settings", changes.len());
        let entry = asker.entry("what_if.run", None, Some(&object))?;
        self.store.add_to_ledger(vec![entry]).await?;
        let days = asked.days.unwrap_or(MOST_DAYS).clamp(1, MOST_DAYS);
        self.filled_again(changed, changes, days).await
    }

    async fn filled_again(
        &self,
        changed: Tuning,
        changes: Vec<ChangedSetting>,
        days: u32,
    ) -> Result<WhatIfView, ApiError> {
        let busy = || {
            ApiError::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "somebody else is filling past queues again",
                "try again in a minute",
            )
        };
        let waited = tokio::time::timeout(LONGEST, SEAT.acquire()).await;
        let _seat = waited.map_err(|_| busy())?.map_err(|_| busy())?;
        let tuning = self.tuning();
        let past = self.past(&tuning, &changed, days).await?;
        let ends = Instant::now() + LONGEST;
        let (now, then) = (tuning.clone(), changed.clone());
        let work = move || compared(&now, &then, past, ends);
        let compared = tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| ApiError::internal(&error))?
            .ok_or_else(|| {
                ApiError::bad(
                    "days",
                    "filling so many days again takes too long",
                    "ask for fewer days",
                )
            })?;
        let to = compared
            .past
            .days
            .last()
            .map(|input| input.day)
            .unwrap_or_default();
        let first = to.plus(1 - days as i32);
        Ok(answer(&tuning, &changed, changes, (&compared, first)))
    }

    /// Reads the last days' inputs, the state they began with, and all evidence that counted.
    async fn past(&self, tuning: &Tuning, changed: &Tuning, days: u32) -> Result<Past, ApiError> {
        let nothing = || {
            ApiError::bad(
                "days",
                "no day has been analysed yet that could be filled again",
                "wait for the next analysis; days analysed by an earlier version are filled again after `tandem analyse --from DAY`",
            )
        };
        let to = self.store.analysed_to().await?.ok_or_else(nothing)?;
        let wanted = to.plus(1 - days as i32);
        let mut inputs = Vec::new();
        for (_, body) in self.store.queue_days(wanted, to).await? {
            inputs.extend(queue_days::unpack(&body).map_err(ServiceError::from)?);
        }
        let first = inputs
            .first()
            .map(|input: &DayInput| input.day)
            .ok_or_else(nothing)?;
        // Kept states are a week apart after a fortnight; what is between is filled again too, and not shown.
        let snapshot = self.store.snapshot_before(first).await?;
        let state = match &snapshot {
            Some(snapshot) => State::unpack(&snapshot.body).map_err(ServiceError::from)?,
            None => None,
        };
        let mut begin = first;
        let mut exact_start = snapshot.is_none();
        if let (Some(snapshot), Some(_)) = (&snapshot, &state) {
            let between = self
                .store
                .queue_days(snapshot.day.plus(1), first.plus(-1))
                .await?;
            let mut lead = Vec::new();
            for (_, body) in between {
                lead.extend(queue_days::unpack(&body).map_err(ServiceError::from)?);
            }
            exact_start = lead.first().map_or(first, |input: &DayInput| input.day) == snapshot.day.plus(1);
            lead.append(&mut inputs);
            inputs = lead;
            begin = inputs.first().map_or(first, |input| input.day);
        }
        let reach = queue_days::memory(&tuning.model).max(queue_days::memory(&changed.model));
        let mut indicators: BTreeMap<SubjectId, Vec<Indicator>> = BTreeMap::new();
        for indicator in self
            .store
            .indicators_counting(None, begin.plus(-reach), to)
            .await?
        {
            indicators
                .entry(indicator.subject.clone())
                .or_default()
                .push(indicator);
        }
        let filter = AlertFilter {
            from: Some(first),
            to: Some(to),
            limit: KEPT,
            ..AlertFilter::default()
        };
        let kept = self.store.alerts(&filter).await?;
        Ok(Past {
            days: inputs,
            state: state.map(|state| state.queue).unwrap_or_default(),
            exact_start,
            verdicts: queue_days::verdicts(&self.store).await?,
            indicators,
            kept: kept.into_iter().map(|row| row.alert).collect(),
        })
    }
}

fn compared(tuning: &Tuning, changed: &Tuning, past: Past, ends: Instant) -> Option<Compared> {
    let queue = |tuning: &Tuning| {
        let state = past.state.clone();
        let in_time = || Instant::now() < ends;
        replay(
            tuning,
            state,
            &past.days,
            &past.verdicts,
            &past.indicators,
            in_time,
        )
    };
    let before = queue(tuning)?;
    let after = if changed == tuning {
        before.clone()
    } else {
        queue(changed)?
    };
    let differences = compare(&before, &after);
    Some(Compared {
        before,
        after,
        differences,
        past,
    })
}

/// The answer; days before `first` only led up to it.
fn answer(
    tuning: &Tuning,
    changed: &Tuning,
    changes: Vec<ChangedSetting>,
    (compared, first): (&Compared, Day),
) -> WhatIfView {
    let past = &compared.past;
    let shown: Vec<&DayInput> = past.days.iter().filter(|input| input.day >= first).collect();
    let by_day: BTreeMap<Day, &DayDifference> = compared.differences.iter().map(|d| (d.day, d)).collect();
    let count = |list: &[SubjectId]| u32::try_from(list.len()).unwrap_or(u32::MAX);
    let days: Vec<WhatIfDay> = shown
        .iter()
        .map(|input| {
            let (both, entering, leaving) = by_day.get(&input.day).map_or((0, 0, 0), |d| {
                (count(&d.both), count(&d.entering), count(&d.leaving))
            });
            WhatIfDay {
                day: input.day.to_string(),
                before: both + leaving,
                after: both + entering,
                both,
            }
        })
        .collect();
    let population = shown.last().map_or(0, |input| input.population) as f64 / 1_000.0;
    let (entering, more_in) = only(&compared.after, &compared.before, first, changed, past);
    let (leaving, more_out) = only(&compared.before, &compared.after, first, tuning, past);
    WhatIfView {
        from: shown.first().map(|i| i.day.to_string()).unwrap_or_default(),
        to: shown.last().map(|i| i.day.to_string()).unwrap_or_default(),
        changes,
        budget_before: tuning.queue.per_1000 * population,
        budget_after: changed.queue.per_1000 * population,
        alerts_before: days.iter().map(|d| d.before).sum(),
        alerts_after: days.iter().map(|d| d.after).sum(),
        both: days.iter().map(|d| d.both).sum(),
        days,
        entering,
        leaving,
        truncated: more_in || more_out,
        unlike_kept: unlike(&compared.before, &past.kept, first),
        exact_start: past.exact_start,
    }
}

/// How many alerts are in one of two queues only.
fn unlike(filled: &[Alert], kept: &[Alert], first: Day) -> u32 {
    let pairs = |alerts: &[Alert]| -> BTreeSet<(Day, SubjectId)> {
        alerts
            .iter()
            .filter(|a| a.day >= first)
            .map(|a| (a.day, a.subject.clone()))
            .collect()
    };
    let different = pairs(filled).symmetric_difference(&pairs(kept)).count();
    u32::try_from(different).unwrap_or(u32::MAX)
}

/// The alerts of one queue that the other has not on that day, latest first, and whether there are more than are shown.
fn only(of: &[Alert], other: &[Alert], first: Day, tuning: &Tuning, past: &Past) -> (Vec<WhatIfAlert>, bool) {
    let there: BTreeSet<(&SubjectId, Day)> = other.iter().map(|a| (&a.subject, a.day)).collect();
    let own: BTreeSet<(&SubjectId, Day)> = of.iter().map(|a| (&a.subject, a.day)).collect();
    let elsewhere: BTreeSet<&SubjectId> = other
        .iter()
        .filter(|a| a.day >= first && !own.contains(&(&a.subject, a.day)))
        .map(|a| &a.subject)
        .collect();
    let mut found: Vec<&Alert> = of
        .iter()
        .filter(|a| a.day >= first && !there.contains(&(&a.subject, a.day)))
        .collect();
    found.sort_by(|a, b| b.day.cmp(&a.day).then(a.rank.cmp(&b.rank)));
    let more = found.len() > SHOWN;
    let shown = found.into_iter().take(SHOWN).map(|alert| WhatIfAlert {
        subject: alert.subject.to_string(),
        day: alert.day.to_string(),
        score: (alert.score * 100.0).round() / 100.0,
        level: views::level(alert.level).into(),
        queue: alert.queue.clone(),
        title: title(alert, tuning, past),
        moved: elsewhere.contains(&alert.subject),
    });
    (shown.collect(), more)
}

/// Why somebody is in a queue, in one line.
fn title(alert: &Alert, tuning: &Tuning, past: &Past) -> String {
    let all = past.indicators.get(&alert.subject).map_or(&[][..], Vec::as_slice);
    let live: Vec<Indicator> = all
        .iter()
        .filter(|i| is_live(&tuning.model, i, alert.day))
        .cloned()
        .collect();
    let explanation = explain(&tuning.model, &live, 0.0, alert.day.end());
    compose::title_of(&explanation, &live, alert.day)
}
