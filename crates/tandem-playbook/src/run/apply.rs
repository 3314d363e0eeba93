//! Facts change the state, and nothing else does.

use super::fact::{FACT_VERSION, Fact, Outcome, What};
use super::state::{Approval, Asked, RunState, RunStatus, StepState, StepStatus};

/// Why a fact does not belong to a run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactError {
    /// It was written by newer code.
    #[error("fact of version {0}; this program reads up to version {FACT_VERSION}: use a newer one")]
    Version(u16),
    /// It is about a step that has had no turn.
    #[error("fact about the step `{0}`, which has had no turn; facts are missing or in the wrong order")]
    Step(String),
    /// The run began already, or has not begun.
    #[error("facts are missing, doubled or of another run")]
    Order,
    /// It is of another playbook, or another version of it.
    #[error("the facts are of playbook `{0}` version {1}")]
    Playbook(String, u32),
}

impl RunState {
    pub(super) fn apply(&mut self, fact: &Fact) -> Result<(), FactError> {
        if fact.v == 0 || fact.v > FACT_VERSION {
            return Err(FactError::Version(fact.v));
        }
        let begins = matches!(fact.what, What::RunStarted { .. });
        if begins != (self.status == RunStatus::New) {
            return Err(FactError::Order);
        }
        match &fact.what {
            What::RunStarted { .. }
            | What::RunFinished { .. }
            | What::RunAborted { .. }
            | What::ExceptionEntered { .. } => {
                self.whole(&fact.what);
            }
            What::StepOffered { .. }
            | What::BranchChosen { .. }
            | What::DecisionNeeded { .. }
            | What::ParallelOpened { .. }
            | What::EndReached { .. } => self.enter(fact),
            _ => self.progress(fact)?,
        }
        self.last = Some(fact.at);
        self.facts += 1;
        Ok(())
    }

    fn whole(&mut self, what: &What) {
        match what {
            What::RunStarted {
                run,
                case,
                subject,
                inputs,
                who,
                ..
            } => {
                self.status = RunStatus::Running;
                self.run.clone_from(run);
                self.case = Some(case.clone());
                self.subject.clone_from(subject);
                self.started_by.clone_from(who);
                self.values.clone_from(inputs);
            }
            What::RunFinished { outcome } => self.over(*outcome),
            What::RunAborted { .. } => self.over(Outcome::Aborted),
            _ => {
                self.exceptional = true;
                self.drop_open();
            }
        }
    }

    fn over(&mut self, outcome: Outcome) {
        self.status = RunStatus::Over;
        self.outcome = Some(outcome);
        self.drop_open();
    }

    fn drop_open(&mut self) {
        for state in self.steps.values_mut().filter(|state| state.status.is_active()) {
            state.status = StepStatus::Dropped;
        }
    }

    /// Facts that may be the first about a step.
    fn enter(&mut self, fact: &Fact) {
        let (step, status) = match &fact.what {
            What::StepOffered { step, .. } => (step, StepStatus::Offered),
            What::BranchChosen { step, .. } | What::ParallelOpened { step, .. } => (step, StepStatus::Open),
            What::DecisionNeeded { step } => (step, StepStatus::Asking),
            What::EndReached { step } => (step, StepStatus::Done),
            _ => return,
        };
        let old = self.steps.get(step);
        let visit = old.map_or(0, |state| state.visit);
        let loops = match old {
            // A loop that is under way, or about to be, keeps its count.
            Some(state) if matches!(state.status, StepStatus::Open | StepStatus::Asking) => state.loops,
            _ => 0,
        };
        let fresh = old.is_none_or(|state| !matches!(state.status, StepStatus::Open | StepStatus::Asking));
        let mut state = StepState::offered(fact.at, visit + u32::from(fresh), 1);
        state.status = status;
        state.loops = loops;
        match &fact.what {
            What::StepOffered {
                visit,
                attempt,
                not_before,
                due,
                timeout,
                ..
            } => {
                (state.visit, state.attempt) = (*visit, *attempt);
                (state.not_before, state.due, state.timeout) = (*not_before, *due, *timeout);
                if not_before.is_some() {
                    state.status = StepStatus::Delayed;
                }
            }
            What::BranchChosen { branch, reason, .. } => {
                state.loops += u32::from(branch == "true");
                state.reason.clone_from(reason);
            }
            _ => {}
        }
        self.steps.insert(step.clone(), state);
    }

    /// Facts about a step that has had its turn.
    fn progress(&mut self, fact: &Fact) -> Result<(), FactError> {
        let name = fact.what.step().unwrap_or_default();
        let over = self.status == RunStatus::Over;
        let values = &mut self.values;
        let state = self
            .steps
            .get_mut(name)
            .ok_or_else(|| FactError::Step(name.to_owned()))?;
        // What comes in late is written down, but does not bring a dropped step back.
        let set = |state: &mut StepState, status| {
            if !over && state.status != StepStatus::Dropped {
                state.status = status;
            }
        };
        match &fact.what {
            What::DelayOver { .. } => {
                state.status = StepStatus::Offered;
                state.not_before = None;
            }
            What::StepTaken { who, .. } => {
                state.status = StepStatus::Taken;
                state.taken_by = Some(who.clone());
            }
            What::StepReleased { .. } => {
                state.status = StepStatus::Offered;
                state.taken_by = None;
            }
            What::FormAnswered { answers, .. } => {
                state.answered = true;
                values.extend(answers.clone());
            }
            What::StepDone { .. } | What::BlockClosed { .. } => set(state, StepStatus::Done),
            What::StepFailed { reason, .. } => {
                set(state, StepStatus::Failed);
                state.reason = Some(reason.clone());
                state.held = false;
            }
            What::StepSkipped { reason, .. } => {
                state.status = StepStatus::Skipped;
                state.reason = Some(reason.clone());
            }
            What::ApprovalGiven {
                who,
                department,
                reason,
                parameters,
                ..
            } => {
                state
                    .approvals
                    .retain(|approval| approval.department != *department);
                state.approvals.push(Approval {
                    who: who.clone(),
                    department: *department,
                    reason: reason.clone(),
                    at: fact.at,
                    parameters: parameters.clone(),
                });
            }
            What::ApprovalRefused { reason, .. } => {
                state.status = StepStatus::Refused;
                state.approvals.clear();
                state.reason = Some(reason.clone());
            }
            What::BranchJoined { branch, .. } => {
                state.joined.insert(*branch);
            }
            What::Escalated { level, .. } => state.escalated = *level,
            what => asked(state, what, values),
        }
        let runs = match &fact.what {
            What::ActionRequested { .. } | What::PlaybookRequested { .. } => true,
            What::ByHand { key, .. } => state.action.as_ref().is_some_and(|asked| asked.key == *key),
            What::ActionStalled { text, .. } => {
                set(state, StepStatus::Failed);
                state.held = true;
                state.reason = Some(text.clone());
                false
            }
            _ => false,
        };
        if runs {
            set(state, StepStatus::Running);
            state.held = false;
            state.reason = None;
        }
        Ok(())
    }
}

/// What was asked of connectors and other playbooks, and their answers.
fn asked(state: &mut StepState, what: &What, values: &mut crate::model::Answers) {
    let open = |key: &str, call: Option<&super::fact::Flight>| {
        Some(Asked {
            key: key.to_owned(),
            call: call.cloned(),
            answer: None,
            by_hand: false,
        })
    };
    match what {
        What::DryRunRequested { call, .. } => {
            state.dry_run = open(&call.key, Some(call));
            // What was agreed to may not be what is looked at now.
            state.approvals.clear();
        }
        What::ActionRequested { call, .. } => state.action = open(&call.key, Some(call)),
        What::PlaybookRequested { key, .. } => state.action = open(key, None),
        What::UndoRequested { key, call, .. } => state.undo = open(key, call.as_ref()),
        What::DryRunReported { ok, text, .. } => answer(&mut state.dry_run, *ok, text),
        What::UndoReported { ok, text, .. } => answer(&mut state.undo, *ok, text),
        What::ActionReported {
            ok, text, outputs, ..
        }
        | What::PlaybookReported {
            ok, text, outputs, ..
        } => {
            answer(&mut state.action, *ok, text);
            values.extend(outputs.clone());
        }
        What::ActionStalled {
            text, answered: true, ..
        } => answer(&mut state.action, false, text),
        What::ByHand { key, .. } => {
            let asked = [&mut state.undo, &mut state.action, &mut state.dry_run];
            for one in asked.into_iter().flatten().filter(|one| one.key == *key) {
                (one.by_hand, one.answer) = (true, None);
            }
        }
        _ => {}
    }
}

fn answer(asked: &mut Option<Asked>, ok: bool, text: &str) {
    if let Some(asked) = asked {
        asked.answer = Some((ok, text.to_owned()));
    }
}

impl What {
    /// The step a fact is about.
    pub fn step(&self) -> Option<&str> {
        match self {
            Self::RunStarted { .. } | Self::RunFinished { .. } | Self::RunAborted { .. } => None,
            Self::StepOffered { step, .. }
            | Self::DelayOver { step }
            | Self::StepTaken { step, .. }
            | Self::StepReleased { step, .. }
            | Self::FormAnswered { step, .. }
            | Self::StepDone { step, .. }
            | Self::StepFailed { step, .. }
            | Self::StepSkipped { step, .. }
            | Self::StepRetried { step, .. }
            | Self::ApprovalGiven { step, .. }
            | Self::ApprovalRefused { step, .. }
            | Self::DryRunRequested { step, .. }
            | Self::DryRunReported { step, .. }
            | Self::ActionRequested { step, .. }
            | Self::ActionReported { step, .. }
            | Self::ActionStalled { step, .. }
            | Self::ByHand { step, .. }
            | Self::UndoRequested { step, .. }
            | Self::UndoReported { step, .. }
            | Self::PlaybookRequested { step, .. }
            | Self::PlaybookReported { step, .. }
            | Self::DecisionNeeded { step }
            | Self::BranchChosen { step, .. }
            | Self::LoopExhausted { step }
            | Self::ParallelOpened { step, .. }
            | Self::BranchJoined { step, .. }
            | Self::BlockClosed { step }
            | Self::EndReached { step }
            | Self::Escalated { step, .. }
            | Self::ExceptionEntered { step } => Some(step),
        }
    }
}
