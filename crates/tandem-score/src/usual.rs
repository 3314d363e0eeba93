//! Chronic normalisation: somebody whose behaviour always stands out, and of whom people found again and again that nothing
//! was wrong, is held against their own usual.
//!
//! It applies only after at least [`OFTEN`] alerts of the last [`LOOK_BACK_DAYS`] days were closed as benign or false and none
//! was confirmed; verdicts count from the moment they were given, so that a past day comes out as it did. What is held back is
//! the *decayed median* of what behaviour added to the score on the subject's past days, at most [`MOST_HELD`], and never more
//! than behaviour adds today: rule facts always count in full. The place in the order is then given by `score − held`, which
//! rises with every further decibel of today's evidence. A kind of evidence that the subject had none of before ends it for
//! that day. The median, not the mean, so that one burst makes nobody usual.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{Day, SubjectId, Timestamp, Verdict};

use crate::queue::{Candidate, QueueState};

/// Alerts found harmless from which on somebody counts as often here.
pub const OFTEN: u32 = 3;
/// How far back they are counted, days.
pub const LOOK_BACK_DAYS: i32 = 180;
/// Most that is held against somebody, decibans: one band.
pub const MOST_HELD: f64 = 10.0;
/// Half-life of the own past, days.
const HALF_LIFE: f64 = 60.0;
/// Quiet days that stand in at the start.
const PRIOR_DAYS: f32 = 30.0;
/// Steps of one deciban; what is more goes into the last.
const STEPS: usize = 32;
/// Behaviour that adds less than this begins no history, decibans.
const BEGINS: f64 = 0.5;

/// One subject's past days by what behaviour added to the score: decayed days at each deciban.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Usual {
    days: [f32; STEPS],
    last: Day,
}

impl Usual {
    fn starting(day: Day) -> Self {
        let mut days = [0.0; STEPS];
        if let Some(quiet) = days.first_mut() {
            *quiet = PRIOR_DAYS;
        }
        Self { days, last: day }
    }

    /// The decayed median, decibans.
    pub fn median(&self) -> f64 {
        let half = self.days.iter().sum::<f32>() / 2.0;
        let mut sum = 0.0;
        for (step, days) in self.days.iter().enumerate() {
            sum += days;
            if sum >= half {
                return step as f64;
            }
        }
        0.0
    }

    fn learn(&mut self, day: Day, behaviour: f64) {
        let gap = (day.0 - self.last.0).max(0);
        let daily = 0.5_f64.powf(1.0 / HALF_LIFE);
        let fade = daily.powi(gap);
        self.days.iter_mut().for_each(|d| *d *= fade as f32);
        // Days between that were not told of had no evidence: 1 + r + … of one quiet day each.
        let quiet = if gap > 1 {
            (daily - fade) / (1.0 - daily)
        } else {
            0.0
        };
        if let Some(first) = self.days.first_mut() {
            *first += quiet as f32;
        }
        let step = (behaviour.max(0.0) as usize).min(STEPS - 1);
        if let Some(days) = self.days.get_mut(step) {
            *days += 1.0;
        }
        self.last = day;
    }

    fn is_quiet(&self) -> bool {
        self.days.iter().skip(1).sum::<f32>() < 0.5
    }
}

impl QueueState {
    /// Takes in what behaviour added to a subject's score on a day, after that day's queue was filled.
    pub fn learn(&mut self, subject: &SubjectId, day: Day, behaviour: f64) {
        if let Some(usual) = self.usual.get_mut(subject) {
            usual.learn(day, behaviour);
            if usual.is_quiet() {
                self.usual.remove(subject);
            }
        } else if behaviour >= BEGINS {
            let mut usual = Usual::starting(day);
            usual.learn(day, behaviour);
            self.usual.insert(subject.clone(), usual);
        }
    }

    /// What is held against a candidate, decibans.
    pub fn held(&self, candidate: &Candidate) -> f64 {
        if candidate.cleared < OFTEN || candidate.new_kind {
            return 0.0;
        }
        let usual = self.usual.get(&candidate.subject).map_or(0.0, Usual::median);
        usual.min(MOST_HELD).min(candidate.behaviour.max(0.0))
    }

    /// A candidate with what is held against it, said in words.
    pub(crate) fn against_own_usual(&self, mut candidate: Candidate) -> (Candidate, f64) {
        let held = self.held(&candidate);
        if let Some(words) = self.words(&candidate, held) {
            candidate.sentences.push(words);
        }
        (candidate, held)
    }

    fn words(&self, candidate: &Candidate, held: f64) -> Option<String> {
        if candidate.cleared < OFTEN {
            return None;
        }
        let often = format!(
            "This person is often here: {} alerts of the last {LOOK_BACK_DAYS} days were looked into and found harmless.",
            candidate.cleared
        );
        if candidate.new_kind {
            return Some(format!(
                "{often} Today brings evidence of a kind that is new for them, so nothing is held against it."
            ));
        }
        (held > 0.0).then(|| {
            let above = candidate.behaviour - self.usual.get(&candidate.subject).map_or(0.0, Usual::median);
            let today = if above >= 0.5 {
                format!("Today is {above:.0} dB above their usual")
            } else {
                "Today is no more than their usual".to_owned()
            };
            format!(
                "{often} {today}; {held:.0} dB of it count less in the order of the queue, and nothing else changes."
            )
        })
    }
}

/// What people concluded about alerts, by subject: when, and what.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdicts(BTreeMap<SubjectId, Vec<(Day, Timestamp, Verdict)>>);

impl Verdicts {
    /// Adds what was concluded at `at` about an alert of `day`.
    pub fn add(&mut self, subject: SubjectId, day: Day, at: Timestamp, verdict: Verdict) {
        self.0.entry(subject).or_default().push((day, at, verdict));
    }

    /// Alerts about a subject that had been found harmless by the end of `day`; 0 if one had been confirmed.
    pub fn cleared(&self, subject: &SubjectId, day: Day) -> u32 {
        let known = self
            .0
            .get(subject)
            .into_iter()
            .flatten()
            .filter(|(of, at, _)| *at <= day.end() && *of < day && day.0 - of.0 <= LOOK_BACK_DAYS);
        let mut cleared = 0;
        for (_, _, verdict) in known {
            match verdict {
                Verdict::TruePositive => return 0,
                Verdict::Benign | Verdict::FalsePositive => cleared += 1,
                Verdict::InsufficientData => {}
            }
        }
        cleared
    }
}
