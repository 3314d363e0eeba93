//! Commands: what is allowed when.

use tandem_domain::Department;

use super::command::{Command, Refused};
use super::fact::What;
use super::flow::{Draft, stays};
use super::state::{Asked, RunStatus, StepState, StepStatus};
use crate::model::{Action, Answers, check_answers, fitting};
use crate::plan::{Node, NodeKind};

/// Longest account name, characters.
const MAX_WHO: usize = 200;
/// Longest reason, characters.
const MAX_REASON: usize = 2_000;
/// Longest words of a connector that are kept, characters.
const MAX_WORDS: usize = 4_000;

use StepStatus as S;

impl Draft<'_> {
    pub(super) fn decide(&mut self, command: Command) -> Result<(), Refused> {
        self.may(&command)?;
        match command {
            Command::Start { .. } => self.start(command),
            Command::Tick {} => self.tick(),
            Command::Abort { who, reason } => {
                person(&who, Some(&reason))?;
                self.emit(What::RunAborted { who, reason })
            }
            Command::Take { step, who } => self.take(step, who),
            Command::Release { step, who } => {
                self.own(&step, &who)?;
                self.emit(What::StepReleased { step, who })
            }
            Command::Answer { step, who, answers } => self.answer(step, who, answers),
            Command::Done { step, who } => self.done(step, who),
            Command::Fail { step, who, reason } => self.give_up(step, who, reason),
            Command::Skip { step, who, reason } => self.skip(step, who, reason),
            Command::Retry { step, who, reason } => self.retry(step, who, reason),
            Command::Decide {
                step,
                branch,
                who,
                reason,
            } => self.settle(step, branch, who, reason),
            Command::Approve {
                step,
                who,
                department,
                reason,
            } => self.approve(step, who, department, reason),
            Command::Refuse {
                step,
                who,
                department,
                reason,
            } => self.refuse(step, who, department, reason),
            Command::RequestDryRun { step, who } => self.request_dry_run(step, who),
            Command::RequestAction { step, who } => self.request_action(step, who),
            Command::RequestUndo { step, who, reason } => self.request_undo(step, who, reason),
            Command::ReportDryRun { step, key, ok, text } => {
                self.waited_for(&step, &key, |state| state.dry_run.as_ref())?;
                let text = words(&text);
                self.emit(What::DryRunReported { step, key, ok, text })
            }
            Command::ReportUndo { step, key, ok, text } => {
                self.waited_for(&step, &key, |state| state.undo.as_ref())?;
                let text = words(&text);
                self.emit(What::UndoReported { step, key, ok, text })
            }
            Command::Stall {
                step,
                key,
                text,
                answered,
            } => self.stall(step, key, &text, answered),
            Command::ByHand { step, who, reason } => self.by_hand(step, who, reason),
            report => self.report(report),
        }
    }

    /// Whether the run as a whole is where the command makes sense.
    fn may(&self, command: &Command) -> Result<(), Refused> {
        let late = matches!(
            command,
            Command::ReportAction { .. }
                | Command::ReportPlaybook { .. }
                | Command::ReportDryRun { .. }
                | Command::RequestUndo { .. }
                | Command::ReportUndo { .. }
                | Command::ByHand { .. }
        );
        match (self.state.status, matches!(command, Command::Start { .. })) {
            (RunStatus::New, true) | (RunStatus::Running, false) => Ok(()),
            (RunStatus::New, false) => Err(Refused::NotBegun),
            (_, true) => Err(Refused::Begun),
            (RunStatus::Over, false) if late => Ok(()),
            (RunStatus::Over, false) => Err(Refused::Over),
        }
    }

    fn start(&mut self, command: Command) -> Result<(), Refused> {
        let Command::Start {
            run,
            case,
            subject,
            inputs,
            who,
        } = command
        else {
            return Err(Refused::NotBegun);
        };
        person(&who, None)?;
        length("run", &run, MAX_WHO)?;
        let playbook = self.plan.playbook();
        check_answers(&playbook.inputs, &inputs).map_err(|source| Refused::Answers {
            step: "start".to_owned(),
            source,
        })?;
        self.emit(What::RunStarted {
            run,
            playbook: playbook.id.clone(),
            version: playbook.version,
            case,
            subject,
            inputs,
            who,
        })?;
        self.enter(self.plan.head())
    }

    pub(super) fn find(&self, step: &str) -> Result<(usize, &Node, Option<&StepState>), Refused> {
        let none = || Refused::NoStep(step.chars().take(64).collect());
        let (at, node) = self.plan.find(step).ok_or_else(none)?;
        Ok((at, node, self.state.steps.get(step)))
    }

    /// The step, if it stands at one of these.
    fn at(
        &self,
        step: &str,
        wanted: &[StepStatus],
        help: &'static str,
    ) -> Result<(usize, &Node, &StepState), Refused> {
        let (at, node, state) = self.find(step)?;
        match state {
            Some(state) if wanted.contains(&state.status) => Ok((at, node, state)),
            _ => Err(Refused::State {
                step: step.to_owned(),
                status: self.state.status_of(step).as_str(),
                help,
            }),
        }
    }

    /// The same, or if a connector failed and a person says what next.
    fn at_or_held(
        &self,
        step: &str,
        wanted: &[StepStatus],
        help: &'static str,
    ) -> Result<(usize, &Node, &StepState), Refused> {
        match self.find(step)? {
            (at, node, Some(state)) if state.is_held() => Ok((at, node, state)),
            _ => self.at(step, wanted, help),
        }
    }

    /// The duty, if this person has taken it.
    fn own(&self, step: &str, who: &str) -> Result<(usize, &Node, &StepState), Refused> {
        person(who, None)?;
        let found = self.at(step, &[S::Taken], "take it first")?;
        if found.2.taken_by.as_deref() == Some(who) {
            Ok(found)
        } else {
            Err(Refused::NotYours(step.to_owned()))
        }
    }

    fn take(&mut self, step: String, who: String) -> Result<(), Refused> {
        person(&who, None)?;
        let (_, node, state) = self.at(&step, &[S::Offered], "only an offered step can be taken")?;
        manual(node)?;
        if node.step.touches_person && !state.is_approved() {
            return Err(Refused::NeedsApproval(step));
        }
        self.emit(What::StepTaken { step, who })
    }

    fn answer(&mut self, step: String, who: String, answers: Answers) -> Result<(), Refused> {
        let (_, node, _) = self.own(&step, &who)?;
        check_answers(&node.step.form, &answers).map_err(|source| Refused::Answers {
            step: step.clone(),
            source,
        })?;
        self.emit(What::FormAnswered { step, who, answers })
    }

    fn done(&mut self, step: String, who: String) -> Result<(), Refused> {
        let (at, node, state) = self.own(&step, &who)?;
        if node.step.touches_person && !state.is_approved() {
            return Err(Refused::NeedsApproval(step));
        }
        if !state.answered && node.step.form.iter().any(|field| !field.optional) {
            return Err(Refused::FormOpen(step));
        }
        self.emit(What::StepDone { step, who: Some(who) })?;
        self.leave(at)
    }

    fn give_up(&mut self, step: String, who: String, reason: String) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let open = [S::Offered, S::Taken, S::Running, S::Refused];
        let (at, _, state) = self.at_or_held(&step, &open, "only an open step can fail")?;
        if state.taken_by.as_ref().is_some_and(|other| *other != who) {
            return Err(Refused::NotYours(step));
        }
        self.fail(at, Some(who), reason, false)
    }

    fn skip(&mut self, step: String, who: String, reason: String) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let open = [S::Delayed, S::Offered, S::Taken, S::Failed, S::Refused];
        let help = "a step can be skipped before it runs, or after it failed";
        let (at, node, state) = self.at(&step, &open, help)?;
        if node.step.must_happen() {
            return Err(Refused::MustHappen(step));
        }
        if state.status == S::Failed && !state.held && !stays(self.plan, node) {
            return Err(gone_on(step));
        }
        self.emit(What::StepSkipped { step, who, reason })?;
        self.leave(at)
    }

    fn retry(&mut self, step: String, who: String, reason: String) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let help = "only what failed or was refused can be tried again";
        let (at, node, state) = self.at(&step, &[S::Failed, S::Refused], help)?;
        if state.status == S::Failed && !state.held && !stays(self.plan, node) {
            return Err(gone_on(step));
        }
        if state.held && state.action.as_ref().is_some_and(Asked::is_open) {
            return Err(Refused::State {
                step,
                status: "failed, and nobody knows whether it was done",
                help: "ask the connector once more, or do it by hand",
            });
        }
        // What a connector has not answered is asked again under the same key, so that it is not carried out twice.
        let open = state.action.as_ref().is_some_and(|asked| {
            let same = |action| {
                self.call(&step, action, "do")
                    .is_ok_and(|call| call.key == asked.key)
            };
            asked.is_open() && node.step.run.as_ref().is_none_or(same)
        });
        let (visit, attempt) = (state.visit, state.attempt + u32::from(!open));
        self.emit(What::StepRetried { step, who, reason })?;
        self.offer(at, visit, attempt)
    }

    fn settle(&mut self, step: String, branch: String, who: String, reason: String) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let help = "a person decides only where what is known does not say";
        let (at, node, _) = self.at(&step, &[S::Asking], help)?;
        let known: Vec<&str> = match &node.kind {
            NodeKind::Switch { cases, .. } => {
                let open = (!cases.contains_key("default")).then_some("otherwise");
                cases.keys().map(String::as_str).chain(open).collect()
            }
            _ => vec!["true", "false"],
        };
        if !known.contains(&branch.as_str()) {
            let known = known.join(", ");
            let branch = branch.chars().take(64).collect();
            return Err(Refused::NoBranch { step, branch, known });
        }
        self.chosen(at, &branch, Some(who), Some(reason))
    }

    fn approve(
        &mut self,
        step: String,
        who: String,
        department: Department,
        reason: String,
    ) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let (_, node, state) = self.at(&step, &[S::Offered], "only an offered step can be approved")?;
        if !node.step.touches_person {
            return Err(Refused::NoApproval(step));
        }
        let parameters = match &node.step.run {
            Some(action) => {
                self.rehearsed(&step, action, state)?;
                self.parameters(&step, action)?
            }
            None => Answers::new(),
        };
        let by = |wanted| {
            state
                .approvals
                .iter()
                .find(move |approval| approval.department == wanted)
        };
        if by(department).is_some_and(|approval| approval.parameters == parameters) {
            return Err(Refused::Approved { step, department });
        }
        if by(department.other()).is_some_and(|approval| approval.who == who) {
            return Err(Refused::SamePerson(step));
        }
        self.emit(What::ApprovalGiven {
            step,
            who,
            department,
            reason,
            parameters,
        })
    }

    fn refuse(
        &mut self,
        step: String,
        who: String,
        department: Department,
        reason: String,
    ) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let (_, node, _) = self.at(&step, &[S::Offered], "only an offered step can be refused")?;
        if !node.step.touches_person {
            return Err(Refused::NoApproval(step));
        }
        self.emit(What::ApprovalRefused {
            step,
            who,
            department,
            reason,
        })
    }

    fn request_dry_run(&mut self, step: String, who: String) -> Result<(), Refused> {
        person(&who, None)?;
        let (_, node, state) = self.at(&step, &[S::Offered], "only an offered action can be rehearsed")?;
        let action = automatic(node)?;
        if !action.dry_run {
            let wanted = "one with a dry run";
            return Err(Refused::Kind { step, wanted });
        }
        if state.dry_run.as_ref().is_some_and(Asked::is_open) {
            return Err(Refused::State {
                step,
                status: "being rehearsed",
                help: "wait for the answer",
            });
        }
        let mut call = self.call(&step, action, "dry")?;
        // Nothing is done, so each rehearsal is one of its own: what it says is true of now.
        call.key = self.key(&step, "dry", &format!("{}\0{}", self.state.facts, call.key));
        self.emit(What::DryRunRequested { step, who, call })
    }

    fn request_action(&mut self, step: String, who: String) -> Result<(), Refused> {
        person(&who, None)?;
        let help = "only an offered action can be carried out";
        let (_, node, state) = self.at_or_held(&step, &[S::Offered], help)?;
        let action = automatic(node)?;
        self.rehearsed(&step, action, state)?;
        let call = self.once_more(&step, self.call(&step, action, "do")?, state);
        if node.step.touches_person {
            if !state.is_approved() {
                return Err(Refused::NeedsApproval(step));
            }
            if state
                .approvals
                .iter()
                .any(|approval| approval.parameters != call.parameters)
            {
                return Err(Refused::Changed(step));
            }
        }
        let who = Some(who);
        self.emit(What::ActionRequested { step, who, call })
    }

    /// A dry run went well, with the values of now.
    fn rehearsed(&self, step: &str, action: &Action, state: &StepState) -> Result<(), Refused> {
        if !action.dry_run {
            return Ok(());
        }
        let parameters = self.parameters(step, action)?;
        let dry = state.dry_run.as_ref().filter(|dry| dry.succeeded());
        let same = dry
            .and_then(|dry| dry.call.as_ref())
            .is_some_and(|call| call.parameters == parameters);
        if same {
            Ok(())
        } else {
            Err(Refused::NeedsDryRun(step.to_owned()))
        }
    }

    fn request_undo(&mut self, step: String, who: String, reason: String) -> Result<(), Refused> {
        person(&who, Some(&reason))?;
        let (_, node, state) = self.find(&step)?;
        let refused = |status, help| Refused::State {
            step: step.clone(),
            status,
            help,
        };
        let done = state.filter(|state| match node.kind {
            NodeKind::Automatic => state.action.as_ref().is_some_and(Asked::succeeded),
            _ => state.status == S::Done,
        });
        let Some(state) = done else {
            let status = self.state.status_of(&step).as_str();
            return Err(refused(status, "only what is done can be taken back"));
        };
        match &state.undo {
            Some(undo) if undo.is_open() => return Err(refused("being taken back", "wait for the answer")),
            Some(undo) if undo.succeeded() => {
                return Err(refused("taken back", "there is nothing left to take back"));
            }
            _ => {}
        }
        let Some(undo) = &node.step.undo else {
            return Err(Refused::NoUndo(step));
        };
        let again = state.undo.as_ref().map_or("", |undo| undo.key.as_str());
        let call = match &undo.run {
            Some(action) => {
                let mut call = self.call(&step, action, "undo")?;
                // After an answer that it did not work, asking again is another attempt.
                call.key = self.key(&step, "undo", &format!("{again}\0{}", call.key));
                Some(call)
            }
            None => None,
        };
        let key = match &call {
            Some(call) => call.key.clone(),
            None => self.key(&step, "undo", again),
        };
        self.emit(What::UndoRequested {
            step,
            who,
            reason,
            key,
            call,
        })
    }

    pub(super) fn waited_for(
        &self,
        step: &str,
        key: &str,
        asked: fn(&StepState) -> Option<&Asked>,
    ) -> Result<(usize, &Node, StepStatus), Refused> {
        let (at, node, state) = self.find(step)?;
        match state {
            Some(state) if asked(state).is_some_and(|asked| asked.is_open() && asked.key == key) => {
                Ok((at, node, state.status))
            }
            _ => Err(Refused::UnknownKey(step.to_owned())),
        }
    }

    /// A connector or another playbook answered.
    fn report(&mut self, command: Command) -> Result<(), Refused> {
        let (is_playbook, (step, key, ok, text, outputs)) = match command {
            Command::ReportAction {
                step,
                key,
                ok,
                text,
                outputs,
            } => (false, (step, key, ok, text, outputs)),
            Command::ReportPlaybook {
                step,
                key,
                ok,
                text,
                outputs,
            } => (true, (step, key, ok, text, outputs)),
            _ => return Err(Refused::NotBegun),
        };
        let (at, node, status) = self.waited_for(&step, &key, |state| state.action.as_ref())?;
        if is_playbook != (node.kind == NodeKind::Playbook) {
            return Err(Refused::UnknownKey(step));
        }
        let outputs = fitting(&node.step.outputs, &outputs);
        let text = words(&text);
        let reason = if text.is_empty() {
            "it reported a failure".to_owned()
        } else {
            text.clone()
        };
        let name = step.clone();
        self.emit(if is_playbook {
            What::PlaybookReported {
                step,
                key,
                ok,
                text,
                outputs,
            }
        } else {
            What::ActionReported {
                step,
                key,
                ok,
                text,
                outputs,
            }
        })?;
        if status != S::Running {
            // The run went on without it; what came of it is kept, and can be taken back.
            return Ok(());
        }
        if !ok {
            return self.fail(at, None, reason, false);
        }
        self.emit(What::StepDone {
            step: name,
            who: None,
        })?;
        self.leave(at)
    }
}

fn gone_on(step: String) -> Refused {
    Refused::State {
        step,
        status: "failed",
        help: "the run has gone on without it",
    }
}

fn manual(node: &Node) -> Result<(), Refused> {
    match node.kind {
        NodeKind::Manual => Ok(()),
        _ => Err(Refused::Kind {
            step: node.step.id.clone(),
            wanted: "a duty of a person",
        }),
    }
}

pub(super) fn automatic(node: &Node) -> Result<&Action, Refused> {
    node.step.run.as_ref().ok_or_else(|| Refused::Kind {
        step: node.step.id.clone(),
        wanted: "an action of a connector",
    })
}

pub(super) fn person(who: &str, reason: Option<&str>) -> Result<(), Refused> {
    length("who", who, MAX_WHO)?;
    reason.map_or(Ok(()), |reason| length("reason", reason, MAX_REASON))
}

fn length(field: &'static str, text: &str, max: usize) -> Result<(), Refused> {
    let fits = !text.trim().is_empty() && text.chars().count() <= max;
    if fits {
        Ok(())
    } else {
        Err(Refused::Text { field, max })
    }
}

pub(super) fn words(text: &str) -> String {
    text.chars().take(MAX_WORDS).collect()
}
