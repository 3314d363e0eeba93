//! The stage filter: on which part of the way somebody most likely was, day by day. For the story, never for the number.
//!
//! A forward filter over six states. Each day the probabilities move by [`MOVES`] (strongly diagonal: people do not change
//! from day to day) and are multiplied by how likely each state makes what was seen that day: [`SEEN`] holds likelihood ratios
//! against the usual state, taken to the power of the indicator's weight over 8 decibans (between ½ and 2), each kind once a
//! day. A day on which nothing was seen speaks for the usual state. It looks forward only: what a day says rests on that day
//! and those before. At most [`LONGEST`] days are walked, 36 multiplications each.

use std::collections::BTreeMap;

use serde::Serialize;
use tandem_domain::{Day, Indicator, IndicatorGroup, Stage, Timestamp};

use crate::weigh::usable;

/// Days looked back at most.
pub const LONGEST: i32 = 400;
/// Usual days that go before the first thing known.
const LEAD: i32 = 7;
/// The weight at which a likelihood ratio counts as it stands, decibans.
const FULL_WEIGHT: f64 = 8.0;
/// A departure from usual behaviour this heavy is a strange day, decibans.
const STRANGE: f64 = 8.0;
/// A state is called clear from this probability on.
pub const CLEAR: f64 = 0.5;

/// A part of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Work as always.
    Baseline,
    /// Something weighs on the person.
    Stress,
    /// Looking around: new rights, new places.
    Exploration,
    /// Gathering, staging, getting ready.
    Preparation,
    /// The act.
    Infringement,
    /// Covering up.
    Concealment,
}

impl Phase {
    /// In order.
    pub const ALL: [Self; 6] = [
        Self::Baseline,
        Self::Stress,
        Self::Exploration,
        Self::Preparation,
        Self::Infringement,
        Self::Concealment,
    ];

    /// Its transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Stress => "stress",
            Self::Exploration => "exploration",
            Self::Preparation => "preparation",
            Self::Infringement => "infringement",
            Self::Concealment => "concealment",
        }
    }
}

/// Probabilities of moving from one state (row) to another (column) from one day to the next.
const MOVES: [[f64; 6]; 6] = [
    [0.985, 0.006, 0.005, 0.002, 0.0015, 0.0005],
    [0.020, 0.950, 0.015, 0.008, 0.0050, 0.0020],
    [0.020, 0.005, 0.940, 0.025, 0.0070, 0.0030],
    [0.015, 0.003, 0.012, 0.930, 0.0350, 0.0050],
    [0.020, 0.003, 0.007, 0.030, 0.9100, 0.0300],
    [0.025, 0.003, 0.007, 0.015, 0.0400, 0.9100],
];

/// What can be seen on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Seen {
    Quiet,
    Human,
    Odd,
    Strange,
    Means,
    Gathering,
    Act,
    Hiding,
    Explained,
}

impl Seen {
    /// How many times likelier each state makes it than the usual one does.
    const fn ratios(self) -> [f64; 6] {
        match self {
            Self::Quiet => [1.0, 0.97, 0.85, 0.75, 0.6, 0.6],
            Self::Human => [1.0, 12.0, 3.0, 3.0, 2.0, 2.0],
            Self::Odd => [1.0, 2.0, 4.0, 4.0, 4.0, 3.0],
            Self::Strange => [1.0, 2.0, 6.0, 8.0, 8.0, 5.0],
            Self::Means => [1.0, 1.5, 20.0, 8.0, 5.0, 4.0],
            Self::Gathering => [1.0, 1.5, 8.0, 40.0, 12.0, 6.0],
            Self::Act => [1.0, 1.5, 3.0, 6.0, 80.0, 15.0],
            Self::Hiding => [1.0, 1.0, 3.0, 5.0, 8.0, 100.0],
            Self::Explained => [1.0, 0.6, 0.5, 0.3, 0.2, 0.2],
        }
    }

    fn of(indicator: &Indicator) -> Option<Self> {
        match indicator.group {
            IndicatorGroup::Mitigation => Some(Self::Explained),
            _ if indicator.weight <= 0.0 => None,
            IndicatorGroup::Employment | IndicatorGroup::RedFlag | IndicatorGroup::Hotline => {
                Some(Self::Human)
            }
            IndicatorGroup::Access => Some(Self::Means),
            IndicatorGroup::Behaviour | IndicatorGroup::Fact => Some(match indicator.stage {
                Some(Stage::Means) => Self::Means,
                Some(Stage::Preparation) => Self::Gathering,
                Some(Stage::Infringement) => Self::Act,
                Some(Stage::AntiForensics) => Self::Hiding,
                Some(Stage::Motive) => Self::Human,
                None if indicator.weight >= STRANGE => Self::Strange,
                None => Self::Odd,
            }),
        }
    }
}

/// One day of the way.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhaseDay {
    /// The day.
    pub day: Day,
    /// The likeliest state.
    pub phase: Phase,
    /// Probabilities of all states in the order of [`Phase::ALL`]; they add up to 1.
    pub probabilities: [f64; 6],
}

/// Days in a row with the same likeliest state.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PhaseSpan {
    /// First day.
    pub from: Day,
    /// Last day.
    pub to: Day,
    /// The likeliest state.
    pub phase: Phase,
    /// Its mean probability.
    pub probability: f64,
}

impl PhaseSpan {
    /// True if it can be said rather than guessed.
    pub fn is_clear(&self) -> bool {
        self.probability >= CLEAR
    }
}

/// The way of one subject up to `at`, from what was known then, day by day; empty if nothing is known.
///
/// What the reader may not see must be left out of `indicators` by the caller: a state would tell of it.
pub fn phases(indicators: &[Indicator], at: Timestamp) -> Vec<PhaseDay> {
    let mut seen: BTreeMap<Day, BTreeMap<Seen, f64>> = BTreeMap::new();
    for indicator in usable(indicators, at) {
        let Some(kind) = Seen::of(indicator) else { continue };
        let power = (indicator.weight.abs() / FULL_WEIGHT).clamp(0.5, 2.0);
        let kept = seen
            .entry(indicator.time.day())
            .or_default()
            .entry(kind)
            .or_insert(power);
        *kept = kept.max(power);
    }
    let last = at.day();
    let Some(first) = seen.keys().next().map(|d| d.plus(-LEAD)) else {
        return Vec::new();
    };
    let first = first.max(last.plus(1 - LONGEST));
    let mut state = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    let mut days = Vec::new();
    let quiet = BTreeMap::from([(Seen::Quiet, 1.0)]);
    for number in first.0..=last.0 {
        let day = Day(number);
        state = step(&state, seen.get(&day).unwrap_or(&quiet));
        days.push(PhaseDay {
            day,
            phase: likeliest(&state),
            probabilities: state,
        });
    }
    days
}

fn step(state: &[f64; 6], seen: &BTreeMap<Seen, f64>) -> [f64; 6] {
    let mut next = [0.0; 6];
    for (from, row) in state.iter().zip(&MOVES) {
        for (to, probability) in next.iter_mut().zip(row) {
            *to += from * probability;
        }
    }
    for (kind, power) in seen {
        for (value, ratio) in next.iter_mut().zip(kind.ratios()) {
            *value *= ratio.powf(*power);
        }
    }
    let sum: f64 = next.iter().sum();
    next.map(|value| value / sum)
}

fn likeliest(state: &[f64; 6]) -> Phase {
    let mut best = (Phase::Baseline, 0.0);
    for (phase, value) in Phase::ALL.iter().zip(state) {
        if *value > best.1 {
            best = (*phase, *value);
        }
    }
    best.0
}

/// Days in a row with the same likeliest state, oldest first.
pub fn spans(days: &[PhaseDay]) -> Vec<PhaseSpan> {
    let mut spans: Vec<(PhaseSpan, f64)> = Vec::new();
    for day in days {
        let place = Phase::ALL.iter().position(|p| *p == day.phase).unwrap_or(0);
        let probability = day.probabilities.get(place).copied().unwrap_or(0.0);
        match spans.last_mut().filter(|(span, _)| span.phase == day.phase) {
            Some((span, count)) => {
                span.probability = (span.probability * *count + probability) / (*count + 1.0);
                span.to = day.day;
                *count += 1.0;
            }
            None => spans.push((
                PhaseSpan {
                    from: day.day,
                    to: day.day,
                    phase: day.phase,
                    probability,
                },
                1.0,
            )),
        }
    }
    spans.into_iter().map(|(span, _)| span).collect()
}
