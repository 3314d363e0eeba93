//! The daily queue: a bounded number of alerts per 1,000 subjects, each subject at most once per cool-down.
//!
//! Who is often in it and was found harmless each time is held against their own usual ([`crate::usual`]): that changes the
//! order in which places are given, never the score, the level, or whether somebody may enter.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{Alert, AlertId, AlertStatus, Day, IndicatorId, SubjectId, Threat};
use xxhash_rust::xxh3::xxh3_128;

use crate::usual::Usual;

/// How many alerts, and how often.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QueueConfig {
    /// Alerts per day and 1,000 subjects. Fractions are carried over to the next day.
    pub per_1000: f64,
    /// Share of the budget kept for slow accumulation, 0 to 1.
    pub slow_burn_share: f64,
    /// Days a subject stays out of the queue after an alert, unless the score rises by `escalate_by`.
    pub cool_down_days: i32,
    /// A rise above the last alert's score that ends the cool-down early, decibans.
    pub escalate_by: f64,
    /// The level below which nothing enters the daily queue.
    pub at_least: RiskLevel,
    /// Days for which somebody who found no place on a busy day waits for one.
    pub wait_days: i32,
}

impl Default for QueueConfig {
    fn default() -> Self {
        Self {
            per_1000: 8.0,
            slow_burn_share: 0.2,
            cool_down_days: 14,
            escalate_by: 6.0,
            at_least: RiskLevel::Watch,
            wait_days: 7,
        }
    }
}

/// What the queue remembers of a subject's last alert.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct PastAlert {
    /// Its day.
    pub day: Day,
    /// Its score, decibans.
    pub score: f64,
}

/// What the queue carries from one day to the next.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct QueueState {
    /// Budget of the daily queue carried over, alerts.
    pub carried: f64,
    /// Budget of the slow-burn queue carried over, alerts.
    pub carried_slow: f64,
    /// Last alert by subject; entries older than the cool-down are dropped.
    pub last: BTreeMap<SubjectId, PastAlert>,
    /// Who had reason to enter and found no place, and the day of the reason.
    pub waiting: BTreeMap<SubjectId, Day>,
    /// What level of behaviour evidence is usual for whom.
    pub usual: BTreeMap<SubjectId, Usual>,
}

/// A subject who could enter today's queue.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// Who.
    pub subject: SubjectId,
    /// Score at the end of the day, decibans.
    pub score: f64,
    /// Its band.
    pub level: RiskLevel,
    /// Technical evidence suffices.
    pub gate_open: bool,
    /// Technical evidence of this day exists.
    pub fresh: bool,
    /// What behaviour adds to the score today, decibans.
    pub behaviour: f64,
    /// Evidence of today is of a kind that this subject had none of before.
    pub new_kind: bool,
    /// Alerts about the subject that people lately found harmless; 0 if they confirmed one.
    pub cleared: u32,
    /// Accumulated slow evidence, in multiples of what is usual for this subject.
    pub slow: f64,
    /// Breaks ties: smaller is stranger (rank of the day's behaviour).
    pub behaviour_rank: u32,
    /// Likeliest threat.
    pub threat: Option<Threat>,
    /// Impact of the objects touched, 0 to 3.
    pub impact: u8,
    /// One line.
    pub title: String,
    /// Plain sentences.
    pub sentences: Vec<String>,
    /// What it rests on, heaviest first.
    pub indicators: Vec<IndicatorId>,
}

/// Slow evidence must be this many times what is usual for the subject to enter the slow-burn queue (the accumulation's
/// standard deviations above its own mean; a one-sided normal tail of 1 in 740).
pub const SLOW_BURN_THRESHOLD: f64 = 3.0;

/// Fills one day's queue from its candidates.
///
/// `population` is the number of subjects under observation. A pooled day (Monday after a weekend) simply brings the carried
/// budget with it. The result is in queue order.
pub fn fill(
    config: &QueueConfig,
    state: &mut QueueState,
    day: Day,
    population: usize,
    candidates: Vec<Candidate>,
) -> Vec<Alert> {
    let cool_down = config.cool_down_days;
    state.last.retain(|_, past| day.0 - past.day.0 < cool_down);
    state
        .waiting
        .retain(|_, since| day.0 - since.0 <= config.wait_days);
    let budget = config.per_1000 * population as f64 / 1_000.0;
    // Unused budget is carried for at most one more day: an alert that was not needed is not owed.
    let ceiling = (2.0 * budget).max(1.0);
    let slow_burn = state.carried_slow + budget * config.slow_burn_share;
    state.carried_slow = slow_burn.min((ceiling * config.slow_burn_share).max(1.0));
    // What slow accumulation has no use for serves the daily queue.
    let unused = slow_burn - state.carried_slow;
    state.carried = (state.carried + budget * (1.0 - config.slow_burn_share) + unused).min(ceiling);

    let mut open: Vec<_> = candidates
        .into_iter()
        .filter(|c| c.gate_open && may_enter(config, state, c))
        .map(|c| state.against_own_usual(c))
        .collect();
    open.sort_by(|(a, held_a), (b, held_b)| {
        (b.score - held_b)
            .total_cmp(&(a.score - held_a))
            .then(a.behaviour_rank.cmp(&b.behaviour_rank))
            .then_with(|| a.subject.cmp(&b.subject))
    });
    let (daily, rest): (Vec<_>, Vec<_>) = open
        .into_iter()
        .map(|(candidate, _)| candidate)
        .partition(|c| (c.fresh && c.level >= config.at_least) || state.waiting.contains_key(&c.subject));

    let mut alerts = Vec::new();
    let mut left_over = Vec::new();
    for candidate in daily {
        if state.carried >= 1.0 {
            state.carried -= 1.0;
            alerts.push(raise(state, day, "daily", alerts.len(), candidate));
        } else {
            // A busy day must not hide anybody: the place is only owed later.
            if candidate.fresh {
                state.waiting.insert(candidate.subject.clone(), day);
            }
            left_over.push(candidate);
        }
    }
    let mut slow: Vec<_> = rest
        .into_iter()
        .chain(left_over)
        .filter(|c| c.slow >= SLOW_BURN_THRESHOLD)
        .collect();
    slow.sort_by(|a, b| b.slow.total_cmp(&a.slow).then_with(|| a.subject.cmp(&b.subject)));
    for candidate in slow {
        if state.carried_slow >= 1.0 {
            state.carried_slow -= 1.0;
            alerts.push(raise(state, day, "slow_burn", alerts.len(), candidate));
        }
    }
    alerts
}

fn may_enter(config: &QueueConfig, state: &QueueState, candidate: &Candidate) -> bool {
    state
        .last
        .get(&candidate.subject)
        .is_none_or(|past| candidate.score >= past.score + config.escalate_by)
}

fn raise(state: &mut QueueState, day: Day, queue: &str, before: usize, candidate: Candidate) -> Alert {
    state.waiting.remove(&candidate.subject);
    state.last.insert(
        candidate.subject.clone(),
        PastAlert {
            day,
            score: candidate.score,
        },
    );
    let id = xxh3_128(format!("{}|{}", candidate.subject, day.0).as_bytes());
    Alert {
        id: AlertId(id),
        subject: candidate.subject,
        day,
        raised: day.end(),
        title: candidate.title,
        sentences: candidate.sentences,
        score: candidate.score,
        level: candidate.level,
        threat: candidate.threat,
        impact: candidate.impact,
        queue: queue.to_owned(),
        rank: before as u32 + 1,
        indicators: candidate.indicators,
        status: AlertStatus::New,
        verdict: None,
    }
}
