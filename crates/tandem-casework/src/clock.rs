//! Clocks: how long it took to look, to share, to contain, to decide, to close, against targets by severity.
//!
//! | clock | runs from | to | pauses |
//! | --- | --- | --- | --- |
//! | triage | the alert is raised | somebody first looks | never |
//! | share | the case is opened (an alert: somebody first looks) | somebody of the other department joins (is asked) | never |
//! | contain | the case is opened | harm is stated to be stopped, or the case is closed | never: harm does not wait |
//! | decide | the case is opened | its end is decided, or it is closed | while paused, and while it was closed |
//! | close | the case is opened | it is closed | while paused, and while it was closed |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{AlertId, CaseId, Timestamp};

use crate::case::Case;
use crate::case::life::Pause;
use crate::ids::{DutyId, ProposalId, TaskId};
use crate::raci::Fault;
use crate::raci::line_of;
use crate::span::Span;
use crate::triage::Triage;
use crate::words::{DutyState, Severity, words};

/// Largest file of targets, bytes.
const MAX_BYTES: usize = 1 << 16;
/// The version of the file format.
const VERSION: u32 = 1;

words! {
    /// What a clock measures.
    Clock {
        /// Until somebody looks.
        Triage => "triage",
        /// Until the other department knows.
        Share => "share",
        /// Until harm is stopped.
        Contain => "contain",
        /// Until the end is decided.
        Decide => "decide",
        /// Until the end.
        Close => "close",
    }
}

/// How long things may take, by clock and severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClockTargets {
    targets: BTreeMap<Clock, BTreeMap<Severity, Span>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTargets {
    clocks: u32,
    targets: BTreeMap<Clock, BTreeMap<Severity, Span>>,
}

impl ClockTargets {
    /// Reads and checks a file of targets.
    ///
    /// # Errors
    /// Every fault with its line: what cannot be read, a clock or severity left out, a graver severity with more time.
    pub fn load(file: &str, text: &str) -> Result<Self, Vec<Fault>> {
        if text.len() > MAX_BYTES {
            return Err(vec![Fault::new(
                file,
                1,
                format!("longer than {MAX_BYTES} bytes"),
            )]);
        }
        let raw: RawTargets = serde_norway::from_str(text).map_err(|e| vec![Fault::yaml(file, &e)])?;
        let mut faults = Vec::new();
        if raw.clocks != VERSION {
            let what = format!(
                "version {} is not known; this program reads {VERSION}",
                raw.clocks
            );
            faults.push(Fault::new(file, line_of(text, &["clocks"]), what));
        }
        for clock in Clock::ALL {
            let line = line_of(text, &["targets", clock.as_str()]);
            let spans = raw.targets.get(clock);
            let mut before: Option<Span> = None;
            for severity in Severity::ALL {
                let span = spans.and_then(|s| s.get(severity)).copied();
                let what = match (span, before) {
                    (None, _) => format!(
                        "`{}` has no target for `{}`; add it",
                        clock.as_str(),
                        severity.as_str()
                    ),
                    (Some(span), Some(before)) if span > before => format!(
                        "`{}` gives `{}` more time than what is less grave; give it as much or less",
                        clock.as_str(),
                        severity.as_str()
                    ),
                    _ => String::new(),
                };
                if !what.is_empty() {
                    faults.push(Fault::new(file, line, what));
                }
                before = span.or(before);
            }
        }
        if faults.is_empty() {
            Ok(Self { targets: raw.targets })
        } else {
            Err(faults)
        }
    }

    /// How long that may take. A checked file has a target for everything; none is zero.
    pub fn target(&self, clock: Clock, severity: Severity) -> Span {
        let spans = self.targets.get(&clock);
        spans.and_then(|s| s.get(&severity)).copied().unwrap_or_default()
    }
}

/// What a clock shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// Which clock.
    pub clock: Clock,
    /// When it began.
    pub started: Timestamp,
    /// When it stopped; `None` while it runs.
    pub stopped: Option<Timestamp>,
    /// Microseconds counted, pauses left out.
    pub elapsed: i64,
    /// How long it may take.
    pub target: Span,
    /// It stands still now.
    pub paused: bool,
    /// It took, or takes, longer.
    pub overdue: bool,
}

impl Reading {
    fn read(
        clock: Clock,
        (started, stopped): (Timestamp, Option<Timestamp>),
        pauses: &[Pause],
        target: Span,
        now: Timestamp,
    ) -> Self {
        let end = stopped.unwrap_or(now);
        let elapsed = Span::between(started, end).0 - paused(pauses, started, end);
        Self {
            clock,
            started,
            stopped,
            elapsed,
            target,
            paused: stopped.is_none() && pauses.iter().any(|p| p.until.is_none()),
            overdue: elapsed > target.0,
        }
    }

    /// When it will be, or was, overdue, if it does not stand still again.
    pub fn due(&self, now: Timestamp) -> Timestamp {
        let left = self.target.0.saturating_sub(self.elapsed);
        self.stopped.unwrap_or(now).plus_micros(left)
    }
}

/// Microseconds of the pauses between two instants. Pauses never overlap: a case is paused or closed once at a time.
fn paused(pauses: &[Pause], from: Timestamp, until: Timestamp) -> i64 {
    pauses
        .iter()
        .map(|p| Span::between(p.from.max(from), p.until.unwrap_or(until).min(until)).0)
        .sum()
}

impl Case {
    /// What its clocks show: share, contain, decide, close.
    pub fn clocks(&self, targets: &ClockTargets, now: Timestamp) -> Vec<Reading> {
        let marks = &self.marks;
        let stops = [
            (Clock::Share, marks.shared.or(marks.closed), &[][..]),
            (Clock::Contain, marks.contained.or(marks.closed), &[][..]),
            (Clock::Decide, marks.decided.or(marks.closed), &marks.pauses[..]),
            (Clock::Close, marks.closed, &marks.pauses[..]),
        ];
        stops
            .into_iter()
            .map(|(clock, stopped, pauses)| {
                let target = targets.target(clock, self.severity);
                Reading::read(clock, (marks.opened, stopped), pauses, target, now)
            })
            .collect()
    }
}

impl Triage {
    /// What its clocks show: triage, and share from the first look on.
    pub fn clocks(&self, targets: &ClockTargets, severity: Severity, now: Timestamp) -> Vec<Reading> {
        let stopped = self.first_taken.or(self.ended());
        let target = targets.target(Clock::Triage, severity);
        let mut readings = vec![Reading::read(
            Clock::Triage,
            (self.alert.raised, stopped),
            &[],
            target,
            now,
        )];
        if let Some(taken) = self.first_taken {
            let target = targets.target(Clock::Share, severity);
            let stopped = self.first_shared.or(self.ended());
            readings.push(Reading::read(Clock::Share, (taken, stopped), &[], target, now));
        }
        readings
    }

    /// When it was closed or went into a case, which counts the rest.
    fn ended(&self) -> Option<Timestamp> {
        use crate::triage::TriageState::{Closed, InCase};
        matches!(self.state, Closed { .. } | InCase { .. }).then_some(self.last)
    }
}

/// Something that is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Late {
    /// A clock of the case.
    Clock(Clock),
    /// A duty.
    Duty(DutyId),
    /// A task.
    Task(TaskId),
    /// A disagreement that nobody can rule on.
    NobodyRules(ProposalId),
    /// A duty that nobody can be found for.
    NobodyHolds(DutyId),
}

/// One row of the list of what is late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Overdue {
    /// In which case.
    pub case: CaseId,
    /// What.
    pub what: Late,
    /// Since when.
    pub due: Timestamp,
    /// Whose turn it is, if it is somebody's.
    pub who: Option<String>,
}

/// An alert whose clock has run out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OverdueAlert {
    /// Which.
    pub alert: AlertId,
    /// Which clock.
    pub clock: Clock,
    /// Since when.
    pub due: Timestamp,
}

/// What is late in the cases at `now`, longest first. A clock that stands still, or has stopped, is not.
pub fn overdue<'a>(
    cases: impl IntoIterator<Item = &'a Case>,
    targets: &ClockTargets,
    now: Timestamp,
) -> Vec<Overdue> {
    let mut late = Vec::new();
    for case in cases.into_iter().filter(|c| c.merged_into.is_none()) {
        late_clocks(case, targets, now, &mut late);
        late_work(case, now, &mut late);
    }
    late.sort_by(|a, b| a.due.cmp(&b.due).then_with(|| a.case.cmp(&b.case)));
    late
}

/// The alerts that are late at `now`, each with the severity it is held to, longest first.
pub fn overdue_alerts<'a>(
    alerts: impl IntoIterator<Item = (&'a Triage, Severity)>,
    targets: &ClockTargets,
    now: Timestamp,
) -> Vec<OverdueAlert> {
    let mut late: Vec<OverdueAlert> = alerts
        .into_iter()
        .flat_map(|(triage, severity)| {
            let readings = triage.clocks(targets, severity, now);
            readings
                .into_iter()
                .filter(|r| r.overdue && r.stopped.is_none())
                .map(|r| OverdueAlert {
                    alert: triage.alert.id,
                    clock: r.clock,
                    due: r.due(now),
                })
        })
        .collect();
    late.sort_by_key(|row| (row.due, row.alert, row.clock));
    late
}

fn late_clocks(case: &Case, targets: &ClockTargets, now: Timestamp, late: &mut Vec<Overdue>) {
    let running = case.clocks(targets, now).into_iter();
    for reading in running.filter(|r| r.overdue && !r.paused && r.stopped.is_none()) {
        late.push(Overdue {
            case: case.id.clone(),
            what: Late::Clock(reading.clock),
            due: reading.due(now),
            who: case.accountable(case.phase).and_then(|d| d.holder.clone()),
        });
    }
}

fn late_work(case: &Case, now: Timestamp, late: &mut Vec<Overdue>) {
    let mut push = |what, due, who: Option<&String>| {
        late.push(Overdue {
            case: case.id.clone(),
            what,
            due,
            who: who.cloned(),
        });
    };
    for duty in case.duties.values().filter(|d| d.is_open()) {
        let Some(due) = duty.due else { continue };
        if duty.state == DutyState::Vacant {
            push(Late::NobodyHolds(duty.id), due, None);
        } else if due < now {
            push(Late::Duty(duty.id), due, duty.holder.as_ref());
        }
    }
    for task in case.tasks.values().filter(|t| !t.is_done()) {
        if let Some(due) = task.due.filter(|due| *due < now) {
            push(Late::Task(task.id), due, task.assignee.as_ref());
        }
    }
    let unruled = |p: &&crate::case::decision::Proposal| p.awaits_ruling() && p.decider.is_none();
    for proposal in case.proposals.values().filter(unruled) {
        push(Late::NobodyRules(proposal.id), proposal.at, None);
    }
}
