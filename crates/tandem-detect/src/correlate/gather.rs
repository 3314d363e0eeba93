//! What a correlation remembers of one group until it holds.

use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use tandem_domain::{EventId, Timestamp};

use super::definition::{Correlation, Kind, Test};
use super::{MAX_EVENTS, Signal};

/// Most matches remembered for one group where no threshold says how many are enough.
const MAX_MARKS: usize = 4_096;

/// One match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mark {
    pub(crate) time: Timestamp,
    pub(crate) event: EventId,
    /// For value types: the number, or the hash of the value.
    pub(crate) value: Measured,
}

/// What a value type measures of a match.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Measured {
    Nothing,
    Number(f64),
    Hash(u64),
}

/// The latest match of a rule, or of a sequence up to a rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Trail {
    /// The earliest match in it.
    pub(crate) start: Timestamp,
    pub(crate) end: Timestamp,
    pub(crate) events: Vec<EventId>,
}

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Gather {
    /// The latest matches (for different values: the latest of each).
    Marks(VecDeque<Mark>),
    /// By place in the list of rules.
    Trails(Vec<Option<Trail>>),
}

/// What holds: its earliest match, how many, and the events.
pub(crate) struct Held {
    pub(crate) first: Timestamp,
    pub(crate) count: u64,
    pub(crate) marks: Vec<Mark>,
    pub(crate) events: Vec<EventId>,
}

/// What a match adds to a correlation's value, or `None` if it lacks the value.
pub(crate) fn measure(correlation: &Correlation, position: usize, signal: &Signal<'_>) -> Option<Measured> {
    let fields = correlation.value_fields();
    match correlation.kind {
        Kind::EventCount | Kind::Temporal | Kind::TemporalOrdered => Some(Measured::Nothing),
        Kind::ValueCount => {
            let mut hasher = FxHasher::default();
            for field in fields {
                crate::text::fold::fold(signal.id(correlation.field(field, position))?).hash(&mut hasher);
            }
            Some(Measured::Hash(hasher.finish()))
        }
        Kind::ValueSum | Kind::ValueAvg | Kind::ValuePercentile(_) => {
            let field = correlation.field(fields.first()?, position);
            signal.numbers.get(field).map(|number| Measured::Number(*number))
        }
    }
}

/// The value of a correlation over its matches' values.
pub(crate) fn value(kind: Kind, values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    let sum: f64 = values.iter().sum();
    match kind {
        Kind::ValueSum => Some(sum),
        Kind::ValueAvg => Some(sum / values.len() as f64),
        Kind::ValuePercentile(percent) => {
            let mut sorted = values.to_vec();
            sorted.sort_by(f64::total_cmp);
            // Nearest rank: the smallest value that at least `percent` of the values do not exceed.
            let rank = (percent / 100.0 * sorted.len() as f64).ceil().max(1.0) as usize;
            sorted.get(rank - 1).copied()
        }
        _ => None,
    }
}

impl Gather {
    pub(crate) fn new(correlation: &Correlation) -> Self {
        match correlation.kind {
            Kind::Temporal | Kind::TemporalOrdered => Self::Trails(vec![None; correlation.members.len()]),
            _ => Self::Marks(VecDeque::new()),
        }
    }

    /// Adds a match; what holds if the correlation holds now.
    pub(crate) fn add(
        &mut self,
        correlation: &Correlation,
        positions: &[usize],
        signal: &Signal<'_>,
        measured: Measured,
    ) -> Option<Held> {
        let horizon = signal.time.plus_micros(-correlation.timespan);
        match self {
            Self::Marks(marks) => {
                let event = signal.events.last().copied().unwrap_or_default();
                remember(
                    marks,
                    Mark {
                        time: signal.time,
                        event,
                        value: measured,
                    },
                    correlation,
                );
                while marks.front().is_some_and(|mark| mark.time < horizon) {
                    marks.pop_front();
                }
                marks_hold(marks, correlation)
            }
            Self::Trails(trails) if correlation.kind == Kind::TemporalOrdered => {
                for position in positions {
                    extend_trail(trails, *position, signal, horizon);
                }
                let whole = trails
                    .last()
                    .cloned()
                    .flatten()
                    .filter(|trail| trail.end == signal.time)?;
                (whole.start >= horizon).then(|| Held::of([whole].iter(), correlation.members.len() as u64))
            }
            Self::Trails(trails) => {
                for position in positions {
                    if let Some(place) = trails.get_mut(*position) {
                        let events = signal.events.iter().copied().take(MAX_EVENTS).collect();
                        *place = Some(Trail {
                            start: signal.time,
                            end: signal.time,
                            events,
                        });
                    }
                }
                let alive =
                    |trail: &Option<Trail>| trail.as_ref().is_some_and(|trail| trail.start >= horizon);
                let truths: Vec<bool> = trails.iter().map(alive).collect();
                let count = truths.iter().filter(|truth| **truth).count();
                let holds = match &correlation.test {
                    Test::All => count == truths.len(),
                    Test::Bounds(bounds) => bounds.hold(count as f64),
                    Test::Expr(expr) => expr.holds(&mut |at| truths.get(at) == Some(&true)),
                };
                let living = trails.iter().flatten().filter(|trail| trail.start >= horizon);
                holds.then(|| Held::of(living, count as u64))
            }
        }
    }
}

impl Held {
    fn of<'t>(trails: impl Iterator<Item = &'t Trail> + Clone, count: u64) -> Self {
        let mut events: Vec<EventId> = Vec::new();
        let mut sorted: Vec<&Trail> = trails.clone().collect();
        sorted.sort_by_key(|trail| trail.start);
        for event in sorted.iter().flat_map(|trail| &trail.events) {
            if events.len() < MAX_EVENTS && !events.contains(event) {
                events.push(*event);
            }
        }
        let first = trails.map(|trail| trail.start).min().unwrap_or_default();
        Self {
            first,
            count,
            marks: Vec::new(),
            events,
        }
    }
}

/// Lengthens the sequence up to `position` by a match. Of several beginnings the latest is kept: it stays within the time
/// span longest.
fn extend_trail(trails: &mut [Option<Trail>], position: usize, signal: &Signal<'_>, horizon: Timestamp) {
    let mut trail = match position.checked_sub(1) {
        None => Trail {
            start: signal.time,
            end: signal.time,
            events: Vec::new(),
        },
        Some(before) => match trails.get(before).cloned().flatten() {
            Some(trail) if trail.start >= horizon => trail,
            _ => return,
        },
    };
    trail.end = signal.time;
    trail.events.extend(signal.events);
    trail.events.truncate(MAX_EVENTS);
    if let Some(place) = trails.get_mut(position) {
        *place = Some(trail);
    }
}

/// Keeps a mark, and no more marks than can matter.
fn remember(marks: &mut VecDeque<Mark>, mark: Mark, correlation: &Correlation) {
    if matches!(mark.value, Measured::Hash(_))
        && let Some(at) = marks.iter().position(|known| known.value == mark.value)
    {
        marks.remove(at);
    }
    marks.push_back(mark);
    let counts = matches!(correlation.kind, Kind::EventCount | Kind::ValueCount);
    let enough = match &correlation.test {
        Test::Bounds(bounds) if counts => bounds.largest() as usize + 1,
        _ => MAX_MARKS,
    };
    if marks.len() <= enough {
        return;
    }
    let oldest = marks.pop_front();
    // A sum stays whole: what is dropped is added to its neighbour.
    if let (Kind::ValueSum, Some(Measured::Number(dropped)), Some(next)) =
        (correlation.kind, oldest.map(|mark| mark.value), marks.front_mut())
        && let Measured::Number(number) = &mut next.value
    {
        *number += dropped;
    }
}

fn marks_hold(marks: &VecDeque<Mark>, correlation: &Correlation) -> Option<Held> {
    let Test::Bounds(bounds) = &correlation.test else {
        return None;
    };
    let value = match correlation.kind {
        Kind::EventCount | Kind::ValueCount => Some(marks.len() as f64),
        kind => value(kind, &numbers(marks.iter())),
    };
    if !value.is_some_and(|value| bounds.hold(value)) {
        return None;
    }
    Some(Held {
        first: marks.front()?.time,
        count: marks.len() as u64,
        marks: marks.iter().cloned().collect(),
        events: marks.iter().map(|mark| mark.event).take(MAX_EVENTS).collect(),
    })
}

/// The numbers of marks.
pub(crate) fn numbers<'m>(marks: impl Iterator<Item = &'m Mark>) -> Vec<f64> {
    let number = |mark: &Mark| match mark.value {
        Measured::Number(number) => Some(number),
        Measured::Nothing | Measured::Hash(_) => None,
    };
    marks.filter_map(number).collect()
}
