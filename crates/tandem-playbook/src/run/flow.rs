//! Where the run goes next: entering steps, choosing branches, joining them, coming to an end.

use std::collections::BTreeMap;

use tandem_domain::Timestamp;

use super::command::Refused;
use super::fact::{Fact, Flight, Outcome, What};
use super::state::{RunState, StepState};
use crate::condition::{Condition, Datum};
use crate::model::Action;
use crate::plan::{Node, NodeKind, Plan};
use crate::text;

/// Most facts one command may lead to.
const MAX_FACTS: usize = 4_096;

/// What one command leads to, tried out on a copy of the state.
pub(super) struct Draft<'p> {
    pub(super) plan: &'p Plan,
    pub(super) state: RunState,
    pub(super) at: Timestamp,
    facts: Vec<Fact>,
}

/// What is still to be followed.
enum Go {
    Enter(usize),
    Evaluate(usize),
    Leave(usize),
}

/// A failed step stays where it is: no failure branch, and no exception branch for it.
pub(super) fn stays(plan: &Plan, node: &Node) -> bool {
    node.failure.is_none() && (plan.exception().is_none() || node.exceptional || node.step.must_happen())
}

/// A value of a run: what forms, inputs and actions gave, and the case's own.
pub(super) fn value(state: &RunState, name: &str) -> Option<Datum> {
    let own = match name {
        "case" => state.case.as_ref().map(|case| case.as_str().to_owned()),
        "subject" => state.subject.as_ref().map(|subject| subject.as_str().to_owned()),
        "date" => state.last.map(|at| at.day().to_string()),
        _ => return state.values.get(name).cloned(),
    };
    own.map(Datum::Text)
}

impl<'p> Draft<'p> {
    pub(super) const fn new(plan: &'p Plan, state: RunState, at: Timestamp) -> Self {
        Self {
            plan,
            state,
            at,
            facts: Vec::new(),
        }
    }

    pub(super) fn into_facts(self) -> Vec<Fact> {
        self.facts
    }

    pub(super) fn emit(&mut self, what: What) -> Result<(), Refused> {
        if self.facts.len() >= MAX_FACTS {
            return Err(Refused::Restless);
        }
        let fact = Fact {
            v: what.since(),
            at: self.at,
            what,
        };
        self.state.apply(&fact)?;
        self.facts.push(fact);
        Ok(())
    }

    /// The run goes on after a step that is over.
    pub(super) fn leave(&mut self, at: usize) -> Result<(), Refused> {
        self.follow(vec![Go::Leave(at)])
    }

    pub(super) fn enter(&mut self, at: usize) -> Result<(), Refused> {
        self.follow(vec![Go::Enter(at)])
    }

    /// The run goes on where a person decided.
    pub(super) fn chosen(
        &mut self,
        at: usize,
        branch: &str,
        who: Option<String>,
        reason: Option<String>,
    ) -> Result<(), Refused> {
        let next = self.choose(at, branch, who, reason)?;
        self.follow(vec![next])
    }

    /// A step failed: its failure branch, the exception branch, or it stays.
    pub(super) fn fail(
        &mut self,
        at: usize,
        who: Option<String>,
        reason: String,
        timed_out: bool,
    ) -> Result<(), Refused> {
        let Some(node) = self.plan.node(at) else {
            return Ok(());
        };
        let step = node.step.id.clone();
        self.emit(What::StepFailed {
            step: step.clone(),
            who,
            reason,
            timed_out,
        })?;
        if let Some(failure) = node.failure {
            return self.enter(failure);
        }
        match self.plan.exception() {
            Some(exception) if !stays(self.plan, node) => {
                self.emit(What::ExceptionEntered { step })?;
                self.enter(exception)
            }
            _ => Ok(()),
        }
    }

    fn follow(&mut self, mut open: Vec<Go>) -> Result<(), Refused> {
        while let Some(go) = open.pop() {
            match go {
                Go::Enter(at) => self.visit(at, &mut open)?,
                Go::Evaluate(at) => {
                    if let Some(next) = self.evaluate(at)? {
                        open.push(next);
                    }
                }
                Go::Leave(at) => {
                    if let Some(next) = self.depart(at)? {
                        open.push(next);
                    }
                }
            }
        }
        Ok(())
    }

    fn visit(&mut self, at: usize, open: &mut Vec<Go>) -> Result<(), Refused> {
        let Some(node) = self.plan.node(at) else {
            return Ok(());
        };
        let step = node.step.id.clone();
        match &node.kind {
            NodeKind::Manual | NodeKind::Automatic | NodeKind::Playbook => {
                let visit = self.state.steps.get(&step).map_or(1, |old| old.visit + 1);
                self.offer(at, visit, 1)
            }
            NodeKind::If { .. } | NodeKind::Switch { .. } | NodeKind::While { .. } => {
                open.push(Go::Evaluate(at));
                Ok(())
            }
            NodeKind::Parallel(heads) => {
                open.extend(heads.iter().rev().map(|head| Go::Enter(*head)));
                let branches = heads.len() as u32;
                self.emit(What::ParallelOpened { step, branches })
            }
            NodeKind::End => {
                open.push(Go::Leave(at));
                self.emit(What::EndReached { step })
            }
        }
    }

    /// Gives a step its turn.
    pub(super) fn offer(&mut self, at: usize, visit: u32, attempt: u32) -> Result<(), Refused> {
        let Some(node) = self.plan.node(at) else {
            return Ok(());
        };
        let not_before = node.step.delay.map(|delay| delay.after(self.at, 1));
        let start = not_before.unwrap_or(self.at);
        self.emit(What::StepOffered {
            step: node.step.id.clone(),
            visit,
            attempt,
            not_before,
            due: node.step.due.map(|due| due.after(start, 1)),
            timeout: node.step.timeout.map(|timeout| timeout.after(start, 1)),
        })?;
        if not_before.is_none() {
            self.ready(at)
        } else {
            Ok(())
        }
    }

    /// What runs by itself as soon as a step's turn has come: actions that touch nobody, and other playbooks.
    pub(super) fn ready(&mut self, at: usize) -> Result<(), Refused> {
        let Some(node) = self.plan.node(at) else {
            return Ok(());
        };
        let step = &node.step;
        match (&node.kind, &step.run, &step.playbook) {
            (NodeKind::Automatic, Some(action), _) if !step.touches_person && !action.dry_run => {
                // Without a value it stays offered, until somebody gives the value or leaves it out.
                match self.call(&step.id, action, "do") {
                    Ok(call) => self.emit(What::ActionRequested {
                        step: step.id.clone(),
                        who: None,
                        call,
                    }),
                    Err(_) => Ok(()),
                }
            }
            (NodeKind::Playbook, _, Some(playbook)) => {
                let known = |name: &String| Some((name.clone(), self.state.values.get(name)?.clone()));
                let inputs = step.with.iter().filter_map(known).collect();
                self.emit(What::PlaybookRequested {
                    step: step.id.clone(),
                    key: self.key(&step.id, "playbook", ""),
                    playbook: playbook.clone(),
                    inputs,
                })
            }
            _ => Ok(()),
        }
    }

    /// The parameters of an action with their values, or the name that has none.
    pub(super) fn parameters(&self, step: &str, action: &Action) -> Result<BTreeMap<String, Datum>, Refused> {
        let fill = |parameter: &Datum| match parameter {
            Datum::Text(text) => text::fill(text, &|name| value(&self.state, name)),
            other => Ok(other.clone()),
        };
        action
            .parameters
            .iter()
            .map(|(name, parameter)| match fill(parameter) {
                Ok(value) => Ok((name.clone(), value)),
                Err(name) => Err(Refused::NoValue {
                    step: step.to_owned(),
                    name,
                }),
            })
            .collect()
    }

    pub(super) fn call(&self, step: &str, action: &Action, purpose: &str) -> Result<Flight, Refused> {
        let parameters = self.parameters(step, action)?;
        let what = format!("{}\0{}\0{parameters:?}", action.connector, action.operation);
        Ok(Flight {
            key: self.key(step, purpose, &what),
            connector: action.connector.clone(),
            operation: action.operation.clone(),
            parameters,
        })
    }

    /// An idempotency key: the same for the same thing asked of the same turn of a step, another one for anything else.
    pub(super) fn key(&self, step: &str, purpose: &str, what: &str) -> String {
        let (visit, attempt) = self
            .state
            .steps
            .get(step)
            .map_or((0, 0), |state| (state.visit, state.attempt));
        let hash = blake3::hash(what.as_bytes()).to_hex();
        let short: String = hash.chars().take(16).collect();
        format!("{}:{step}:{visit}.{attempt}:{purpose}:{short}", self.state.run)
    }

    fn evaluate(&mut self, at: usize) -> Result<Option<Go>, Refused> {
        let Some(node) = self.plan.node(at) else {
            return Ok(None);
        };
        let step = &node.step.id;
        let holds = |condition: &Condition| match condition {
            Condition::Own(expr) => expr.holds(&|name| value(&self.state, name)),
            Condition::Foreign(_) => None,
        };
        let word = |truth: bool| if truth { "true" } else { "false" }.to_owned();
        let branch = match &node.kind {
            NodeKind::If { condition, .. } => holds(condition).map(word),
            NodeKind::While { condition, max, .. } => {
                let loops = self.state.steps.get(step).filter(|state| is_under_way(state));
                if loops.is_some_and(|state| state.loops >= *max) {
                    self.emit(What::LoopExhausted { step: step.clone() })?;
                    return self.close(at).map(Some);
                }
                holds(condition).map(word)
            }
            NodeKind::Switch { on, cases } => value(&self.state, on).map(|value| {
                let value = value.to_string();
                match cases.contains_key(&value) {
                    true => value,
                    false if cases.contains_key("default") => "default".to_owned(),
                    false => "otherwise".to_owned(),
                }
            }),
            _ => return Ok(None),
        };
        match branch {
            Some(branch) => self.choose(at, &branch, None, None).map(Some),
            None => {
                self.emit(What::DecisionNeeded { step: step.clone() })?;
                Ok(None)
            }
        }
    }

    fn choose(
        &mut self,
        at: usize,
        branch: &str,
        who: Option<String>,
        reason: Option<String>,
    ) -> Result<Go, Refused> {
        let Some(node) = self.plan.node(at) else {
            return Err(Refused::Restless);
        };
        self.emit(What::BranchChosen {
            step: node.step.id.clone(),
            branch: branch.to_owned(),
            who,
            reason,
        })?;
        let head = match &node.kind {
            NodeKind::If { then, otherwise, .. } => {
                if branch == "true" {
                    Some(*then)
                } else {
                    *otherwise
                }
            }
            NodeKind::While { body, .. } => (branch == "true").then_some(*body),
            NodeKind::Switch { cases, .. } => cases.get(branch).copied(),
            _ => None,
        };
        match head {
            Some(head) => Ok(Go::Enter(head)),
            None => self.close(at),
        }
    }

    /// All branches of a step are over.
    fn close(&mut self, at: usize) -> Result<Go, Refused> {
        if let Some(node) = self.plan.node(at) {
            let step = node.step.id.clone();
            self.emit(What::BlockClosed { step })?;
        }
        Ok(Go::Leave(at))
    }

    fn depart(&mut self, at: usize) -> Result<Option<Go>, Refused> {
        let Some(node) = self.plan.node(at) else {
            return Ok(None);
        };
        if let Some(next) = node.next.filter(|_| node.kind != NodeKind::End) {
            return Ok(Some(Go::Enter(next)));
        }
        let Some((owner, branch)) = node.owner else {
            let failed = self.state.exceptional;
            let outcome = if failed {
                Outcome::Failed
            } else {
                Outcome::Completed
            };
            self.emit(What::RunFinished { outcome })?;
            return Ok(None);
        };
        let Some(above) = self.plan.node(owner) else {
            return Ok(None);
        };
        match &above.kind {
            NodeKind::While { .. } => Ok(Some(Go::Evaluate(owner))),
            NodeKind::Parallel(heads) => {
                let step = above.step.id.clone();
                self.emit(What::BranchJoined {
                    step: step.clone(),
                    branch,
                })?;
                let joined = self.state.steps.get(&step).map_or(0, |state| state.joined.len());
                if joined < heads.len() {
                    return Ok(None);
                }
                self.close(owner).map(Some)
            }
            _ => self.close(owner).map(Some),
        }
    }
}

/// The loop has begun and is not over: its count goes on.
fn is_under_way(state: &StepState) -> bool {
    use super::state::StepStatus;
    matches!(state.status, StepStatus::Open | StepStatus::Asking)
}
