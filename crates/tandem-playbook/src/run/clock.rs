//! What timers and clocks ask for.

use tandem_domain::Timestamp;

use super::Run;
use super::command::Refused;
use super::fact::What;
use super::flow::Draft;
use super::state::{RunState, RunStatus, StepState, StepStatus};
use crate::model::{Function, Step};
use crate::plan::Plan;

/// What a clock asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When it is, or was, due.
    pub at: Timestamp,
    /// The step.
    pub step: String,
    /// What it asks for.
    pub kind: DueKind,
}

/// What is to happen when a clock runs out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueKind {
    /// A delay is over.
    Delay,
    /// Somebody must be told that a step is late.
    Escalation {
        /// Who.
        to: Function,
        /// How often it was escalated, this time included.
        level: u32,
    },
    /// A step has failed because nobody did it.
    Timeout,
}

/// Everything clocks will ask for, the earliest first.
fn all(plan: &Plan, state: &RunState) -> Vec<Due> {
    if state.status != RunStatus::Running {
        return Vec::new();
    }
    let mut found = Vec::new();
    for step in plan.steps() {
        if let Some(one) = state.steps.get(&step.id) {
            found.extend(of_step(step, one));
        }
    }
    found.sort_by_key(|due| due.at);
    found
}

fn of_step(step: &Step, state: &StepState) -> Vec<Due> {
    let due = |at, kind| Due {
        at,
        step: step.id.clone(),
        kind,
    };
    match state.status {
        StepStatus::Delayed => state
            .not_before
            .map(|at| due(at, DueKind::Delay))
            .into_iter()
            .collect(),
        status if is_ticking(status) || state.is_held() => {
            let late = state.due.zip(step.due).zip(escalation(step, state.escalated));
            let late = late.map(|((at, span), to)| {
                let level = state.escalated + 1;
                due(span.after(at, state.escalated), DueKind::Escalation { to, level })
            });
            let timeout = state.timeout.map(|at| due(at, DueKind::Timeout));
            late.into_iter().chain(timeout).collect()
        }
        _ => Vec::new(),
    }
}

/// Its clocks run: somebody or something has to do it.
const fn is_ticking(status: StepStatus) -> bool {
    matches!(
        status,
        StepStatus::Offered | StepStatus::Taken | StepStatus::Running | StepStatus::Refused
    )
}

/// Who is told next: the step's own list, or whoever answers for it.
fn escalation(step: &Step, level: u32) -> Option<Function> {
    if step.escalate.is_empty() {
        let accountable = step.raci.as_ref().map(|raci| raci.accountable);
        return accountable.filter(|_| level == 0);
    }
    step.escalate.get(level as usize).copied()
}

impl Run {
    /// What clocks ask for up to `now`, the earliest first. [`Command::Tick`](super::Command::Tick) does it.
    pub fn due(&self, now: Timestamp) -> Vec<Due> {
        let mut found = all(&self.plan, &self.state);
        found.retain(|due| due.at <= now);
        found
    }

    /// When a clock asks for something next; the caller need not look before.
    pub fn next_due(&self) -> Option<Timestamp> {
        all(&self.plan, &self.state).first().map(|due| due.at)
    }
}

impl Draft<'_> {
    /// Does what clocks ask for, one after the other, until nothing is due.
    pub(super) fn tick(&mut self) -> Result<(), Refused> {
        let mut any = false;
        while let Some(due) = all(self.plan, &self.state)
            .into_iter()
            .find(|due| due.at <= self.at)
        {
            any = true;
            let step = due.step;
            match due.kind {
                DueKind::Delay => {
                    self.emit(What::DelayOver { step: step.clone() })?;
                    if let Some((at, _)) = self.plan.find(&step) {
                        self.ready(at)?;
                    }
                }
                DueKind::Escalation { to, level } => self.emit(What::Escalated { step, to, level })?,
                DueKind::Timeout => {
                    if let Some((at, _)) = self.plan.find(&step) {
                        self.fail(at, None, "nobody did it in time".to_owned(), true)?;
                    }
                }
            }
        }
        if any { Ok(()) } else { Err(Refused::NothingDue) }
    }
}
