//! A run of a playbook: commands in, facts out. Time is a parameter, so a replay of the facts gives the same run.

mod apply;
mod clock;
mod command;
mod decide;
mod fact;
mod flow;
mod hand;
mod state;

use std::collections::BTreeMap;

use tandem_domain::Timestamp;

pub use apply::FactError;
pub use clock::{Due, DueKind};
pub use command::{Command, Refused};
pub use fact::{FACT_VERSION, Fact, Flight, Outcome, What};
pub use state::{Approval, Asked, RunState, RunStatus, StepState, StepStatus};

use crate::condition::Datum;
use crate::model::Step;
use crate::plan::Plan;

/// A run of a playbook.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    plan: Plan,
    state: RunState,
}

impl Run {
    /// A run that has not begun.
    pub fn new(plan: Plan) -> Self {
        Self {
            plan,
            state: RunState::default(),
        }
    }

    /// The run that these facts add up to.
    pub fn replay<'f>(plan: Plan, facts: impl IntoIterator<Item = &'f Fact>) -> Result<Self, FactError> {
        let mut run = Self::new(plan);
        for fact in facts {
            run.apply(fact)?;
        }
        Ok(run)
    }

    /// Its playbook.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Where it stands.
    pub const fn state(&self) -> &RunState {
        &self.state
    }

    /// Steps that wait for somebody or something, in the order of the playbook.
    pub fn active(&self) -> Vec<(&Step, &StepState)> {
        let waits = |status: StepStatus| {
            (status.is_active() && status != StepStatus::Open) || status == StepStatus::Failed
        };
        self.plan
            .steps()
            .filter_map(|step| Some((step, self.state.steps.get(&step.id)?)))
            .filter(|(step, state)| {
                waits(state.status) && (state.status != StepStatus::Failed || self.is_stuck(&step.id))
            })
            .collect()
    }

    /// A step that failed with no way around it: it must be tried again, left out if it may be, or the run stopped.
    pub fn is_stuck(&self, step: &str) -> bool {
        let found = self.plan.find(step);
        let held = self.state.steps.get(step).is_some_and(StepState::is_held);
        self.state.status != RunStatus::Over
            && self.state.status_of(step) == StepStatus::Failed
            && (held || found.is_some_and(|(_, node)| flow::stays(&self.plan, node)))
    }

    /// What a command leads to. Nothing changes before the facts are kept and [applied](Self::apply); `now` earlier than the last
    /// fact counts as that fact's time.
    pub fn decide(&self, command: Command, now: Timestamp) -> Result<Vec<Fact>, Refused> {
        let at = self.state.last.map_or(now, |last| last.max(now));
        let mut draft = flow::Draft::new(&self.plan, self.state.clone(), at);
        draft.decide(command)?;
        Ok(draft.into_facts())
    }

    /// Adds a fact.
    pub fn apply(&mut self, fact: &Fact) -> Result<(), FactError> {
        if let What::RunStarted {
            playbook, version, ..
        } = &fact.what
        {
            let own = self.plan.playbook();
            if *playbook != own.id || *version != own.version {
                return Err(FactError::Playbook(playbook.clone(), *version));
            }
        }
        if let Some(step) = fact.what.step().filter(|step| self.plan.find(step).is_none()) {
            return Err(FactError::Step(step.to_owned()));
        }
        self.state.apply(fact)
    }

    /// Title and text of a message with what is known put in; `more` gives values such as `contact` and `deadline`.
    /// What nobody has said yet stays visible as `{name}`. `None` if there is no such template.
    pub fn message(&self, template: &str, more: &BTreeMap<String, String>) -> Option<(String, String)> {
        let templates = &self.plan.playbook().templates;
        let template = templates.iter().find(|known| known.id == template)?;
        let value = |name: &str| {
            let given = more.get(name).map(|text| Datum::Text(text.clone()));
            given.or_else(|| flow::value(&self.state, name))
        };
        Some((
            crate::text::fill_known(&template.title, &value),
            crate::text::fill_known(&template.text, &value),
        ))
    }
}
