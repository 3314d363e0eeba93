//! How long things took, for reports: by clock, kind and department, and never so few at once that a figure points at somebody.

use std::collections::BTreeMap;

use serde::Serialize;
use tandem_domain::{Department, Timestamp};

use crate::case::Case;
use crate::clock::{Clock, ClockTargets, Reading};

/// Fewest cases of a figure: with fewer, who knows one of them learns about the others, and about who worked on them.
pub const CASES_LEAST: usize = 5;

/// One clock of one case or alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timing {
    /// Which clock.
    pub clock: Clock,
    /// Kind of the case; of an alert what it may come to.
    pub kind: String,
    /// Department that opened the case or took the alert.
    pub side: Option<Department>,
    /// Microseconds counted, pauses left out.
    pub elapsed: i64,
    /// It runs on.
    pub running: bool,
    /// It took, or takes, longer than it may.
    pub late: bool,
}

impl Timing {
    /// What a clock's reading says for a report.
    pub fn of(reading: &Reading, kind: &str, side: Option<Department>) -> Self {
        Self {
            clock: reading.clock,
            kind: kind.to_owned(),
            side,
            elapsed: reading.elapsed,
            running: reading.stopped.is_none(),
            late: reading.overdue,
        }
    }

    /// The clocks of a case; none of one that goes on in another.
    pub fn of_case(case: &Case, targets: &ClockTargets, now: Timestamp) -> Vec<Self> {
        if case.merged_into.is_some() {
            return Vec::new();
        }
        let readings = case.clocks(targets, now);
        readings
            .iter()
            .map(|reading| Self::of(reading, case.kind.as_str(), case.marks.by))
            .collect()
    }
}

/// Which cases a figure is of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// All of them.
    All,
    /// Those of one kind that one department opened.
    Of {
        /// Kind.
        kind: String,
        /// Department; none for those who stand beside both.
        side: Option<Department>,
    },
    /// Those of groups that are too small to be shown by themselves, together.
    Rest,
}

/// The figures of one clock for one group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// Which clock.
    pub clock: Clock,
    /// Which cases.
    pub group: Group,
    /// How many.
    pub cases: u64,
    /// How many of them still run.
    pub running: u64,
    /// How many took, or take, longer than they may.
    pub late: u64,
    /// Half of those that are over took at most this long, microseconds.
    pub median: Option<i64>,
    /// Nine in ten of them did.
    pub ninetieth: Option<i64>,
}

/// The figures, and how many cases of a clock are in none because they are too few.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Figures {
    /// By clock; all of them first, then the groups by name, the rest last.
    pub figures: Vec<Figure>,
    /// Cases of clocks with fewer than [`CASES_LEAST`] in all.
    pub kept_back: BTreeMap<Clock, u64>,
}

/// The figures of some timings. Groups never overlap but for all of them together, and whoever takes the shown groups from the
/// whole is left with at least [`CASES_LEAST`] cases or none: if what is too small alone is too small together too, the smallest
/// group goes in with it (complementary suppression; Hundepool et al. 2012, *Statistical Disclosure Control*, section 4.2.2).
pub fn figures(timings: &[Timing]) -> Figures {
    let mut made = Figures::default();
    for clock in Clock::ALL {
        let of_clock: Vec<&Timing> = timings.iter().filter(|one| one.clock == *clock).collect();
        if of_clock.is_empty() {
            continue;
        }
        if of_clock.len() < CASES_LEAST {
            made.kept_back.insert(*clock, of_clock.len() as u64);
            continue;
        }
        made.figures.push(figure(*clock, Group::All, &of_clock));
        made.figures.extend(groups(*clock, &of_clock));
    }
    made
}

fn groups(clock: Clock, timings: &[&Timing]) -> Vec<Figure> {
    let mut by_group: BTreeMap<Group, Vec<&Timing>> = BTreeMap::new();
    for one in timings {
        let group = Group::Of {
            kind: one.kind.clone(),
            side: one.side,
        };
        by_group.entry(group).or_default().push(*one);
    }
    let (mut shown, small): (Vec<_>, Vec<_>) = by_group
        .into_iter()
        .partition(|(_, members)| members.len() >= CASES_LEAST);
    let mut rest: Vec<&Timing> = small.into_iter().flat_map(|(_, members)| members).collect();
    if !rest.is_empty() && rest.len() < CASES_LEAST {
        let smallest = (0..shown.len()).min_by_key(|at| shown.get(*at).map(|(_, members)| members.len()));
        if let Some(at) = smallest {
            rest.extend(shown.remove(at).1);
        }
    }
    let mut made: Vec<Figure> = shown
        .into_iter()
        .map(|(group, members)| figure(clock, group, &members))
        .collect();
    if rest.len() >= CASES_LEAST && !made.is_empty() {
        made.push(figure(clock, Group::Rest, &rest));
    }
    made
}

fn figure(clock: Clock, group: Group, timings: &[&Timing]) -> Figure {
    let mut over: Vec<i64> = timings
        .iter()
        .filter(|one| !one.running)
        .map(|one| one.elapsed)
        .collect();
    over.sort_unstable();
    let enough = over.len() >= CASES_LEAST;
    Figure {
        clock,
        group,
        cases: timings.len() as u64,
        running: (timings.len() - over.len()) as u64,
        late: timings.iter().filter(|one| one.late).count() as u64,
        median: enough.then(|| quantile(&over, 0.5)),
        ninetieth: enough.then(|| quantile(&over, 0.9)),
    }
}

/// A quantile of sorted values, interpolated between neighbours (Hyndman and Fan 1996, *The American Statistician* 50, definition
/// 7), so that it is no single case's time where it need not be. 0 of no values.
fn quantile(sorted: &[i64], share: f64) -> i64 {
    let Some(last) = sorted.len().checked_sub(1) else {
        return 0;
    };
    let place = last as f64 * share;
    let value = |at: f64| sorted.get(at as usize).copied().unwrap_or_default() as f64;
    let (below, above) = (value(place.floor()), value(place.ceil()));
    (below + (above - below) * place.fract()).round() as i64
}
