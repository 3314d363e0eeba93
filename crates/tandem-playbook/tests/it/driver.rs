//! Drives a run like a team that does its work, and checks what must always hold of its facts.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::{CaseId, Department, SubjectId, Timestamp};
use tandem_playbook::{
    Answers, Command, Condition, Datum, Fact, Field, FieldKind, Kind, Outcome, Plan, Refused, Run, RunStatus,
    Step, StepStatus, What,
};

pub const BEGIN: Timestamp = Timestamp::from_seconds(1_770_000_000);

/// Gives the next choice among `0..n`; what it counts is whether all were tried.
pub type Choose<'c> = dyn FnMut(&str, usize) -> usize + 'c;

pub struct Driver {
    pub run: Run,
    pub facts: Vec<Fact>,
    pub now: Timestamp,
}

impl Driver {
    pub fn new(plan: &Plan) -> Self {
        Self {
            run: Run::new(plan.clone()),
            facts: Vec::new(),
            now: BEGIN,
        }
    }

    /// A run that has begun, with all inputs given.
    pub fn begun(plan: &Plan) -> Self {
        Self::begun_with(plan, &mut |_, _| 0)
    }

    /// A run that has begun, with all inputs chosen.
    pub fn begun_with(plan: &Plan, choose: &mut Choose<'_>) -> Self {
        let mut driver = Self::new(plan);
        let inputs = answers(&plan.playbook().inputs, &deciding(plan), choose);
        driver.must(start(inputs));
        driver
    }

    pub fn send(&mut self, command: Command) -> Result<(), Refused> {
        let facts = self.run.decide(command, self.now)?;
        for fact in facts {
            self.run.apply(&fact).unwrap();
            self.facts.push(fact);
        }
        Ok(())
    }

    pub fn must(&mut self, command: Command) {
        let shown = format!("{command:?}");
        if let Err(refused) = self.send(command) {
            panic!("{shown}: {refused}\n{:?}", self.run.active());
        }
    }

    pub fn status(&self, step: &str) -> StepStatus {
        self.run.state().status_of(step)
    }

    pub fn is_over(&self) -> bool {
        self.run.state().status == RunStatus::Over
    }

    /// The open idempotency key of a step's action.
    pub fn key(&self, step: &str) -> String {
        let action = self
            .run
            .state()
            .steps
            .get(step)
            .and_then(|state| state.action.as_ref());
        action.map(|asked| asked.key.clone()).unwrap_or_default()
    }

    pub fn approve(&mut self, step: &str) {
        for (who, department) in [("ana", Department::It), ("ben", Department::Corporate)] {
            self.must(Command::Approve {
                step: step.to_owned(),
                who: who.to_owned(),
                department,
                reason: "proportionate".to_owned(),
            });
        }
    }

    /// Does the next thing there is to do; false if there is none.
    pub fn advance(&mut self, choose: &mut Choose<'_>) -> bool {
        let plan = self.run.plan().clone();
        let deciding = deciding(&plan);
        let Some((step, status)) = self
            .run
            .active()
            .first()
            .map(|(step, state)| ((*step).clone(), state.status))
        else {
            return false;
        };
        let id = step.id.clone();
        match (status, step.kind().unwrap()) {
            (StepStatus::Delayed, _) => {
                self.now = self.run.state().steps.get(&id).unwrap().not_before.unwrap();
                self.must(Command::Tick {});
            }
            (StepStatus::Offered, Kind::Manual(_)) => self.duty(&step, &deciding, choose),
            (StepStatus::Offered, Kind::Automatic(action)) => {
                if action.dry_run {
                    self.dry_run(&id, true);
                }
                if step.touches_person {
                    self.approve(&id);
                }
                self.must(Command::RequestAction {
                    step: id,
                    who: "ina".to_owned(),
                });
            }
            (StepStatus::Running, Kind::Playbook(_)) => {
                let outputs = answers(&step.outputs, &deciding, choose);
                self.must(Command::ReportPlaybook {
                    key: self.key(&id),
                    step: id,
                    ok: true,
                    text: String::new(),
                    outputs,
                });
            }
            (StepStatus::Running, _) => self.report(&step, &deciding, choose),
            (StepStatus::Asking, _) => {
                let branches = branches(&plan, &id);
                let at = choose(&id, branches.len());
                self.must(Command::Decide {
                    step: id,
                    branch: branches[at].clone(),
                    who: "ana".to_owned(),
                    reason: "nobody could say".to_owned(),
                });
            }
            (StepStatus::Failed, _) if self.run.state().steps[&id].is_held() => self.must(Command::Fail {
                step: id,
                who: "ana".to_owned(),
                reason: "the connector cannot".to_owned(),
            }),
            (StepStatus::Failed | StepStatus::Refused, _) => self.must(Command::Retry {
                step: id,
                who: "ana".to_owned(),
                reason: "once more".to_owned(),
            }),
            other => panic!("{id}: {other:?}"),
        }
        true
    }

    pub fn dry_run(&mut self, step: &str, ok: bool) {
        self.must(Command::RequestDryRun {
            step: step.to_owned(),
            who: "ina".to_owned(),
        });
        let state = self.run.state().steps.get(step).unwrap();
        let key = state.dry_run.as_ref().unwrap().key.clone();
        self.must(Command::ReportDryRun {
            step: step.to_owned(),
            key,
            ok,
            text: "would change 3 groups".to_owned(),
        });
    }

    /// The step has a failure branch. The plan's step holds no blocks, so it is looked up in the playbook.
    fn may_fail(&self, step: &str) -> bool {
        let steps = self.run.plan().playbook().all_steps();
        steps
            .iter()
            .any(|known| known.id == step && !known.on_failure.is_empty())
    }

    fn duty(&mut self, step: &Step, deciding: &BTreeSet<String>, choose: &mut Choose<'_>) {
        let (id, who) = (step.id.clone(), "dee".to_owned());
        if self.may_fail(&id) && choose(&format!("{id} fails"), 2) == 1 {
            let reason = "nobody answered".to_owned();
            self.must(Command::Fail {
                step: id,
                who,
                reason,
            });
            return;
        }
        if step.touches_person {
            self.approve(&id);
        }
        self.must(Command::Take {
            step: id.clone(),
            who: who.clone(),
        });
        if !step.form.is_empty() {
            let answers = answers(&step.form, deciding, choose);
            self.must(Command::Answer {
                step: id.clone(),
                who: who.clone(),
                answers,
            });
        }
        self.must(Command::Done { step: id, who });
    }

    fn report(&mut self, step: &Step, deciding: &BTreeSet<String>, choose: &mut Choose<'_>) {
        let ok = !self.may_fail(&step.id) || choose(&format!("{} fails", step.id), 2) == 0;
        let outputs = if ok {
            answers(&step.outputs, deciding, choose)
        } else {
            Answers::new()
        };
        self.must(Command::ReportAction {
            key: self.key(&step.id),
            step: step.id.clone(),
            ok,
            text: "done".to_owned(),
            outputs,
        });
    }
}

pub fn start(inputs: Answers) -> Command {
    Command::Start {
        run: "R-1".to_owned(),
        case: CaseId::of(2026, 42),
        subject: Some(SubjectId("S-7K3M2Q9D".to_owned())),
        inputs,
        who: "ana".to_owned(),
    }
}

/// The branches of a step. The plan's step holds no blocks, so it is looked up in the playbook.
pub fn branches(plan: &Plan, step: &str) -> Vec<String> {
    let steps = plan.playbook().all_steps();
    let found = steps.into_iter().find(|known| known.id == step);
    match found.and_then(|step| step.kind()) {
        Some(Kind::Switch { cases, .. }) => cases.keys().cloned().collect(),
        _ => vec!["true".to_owned(), "false".to_owned()],
    }
}

/// The values on which the way through a playbook depends.
pub fn deciding(plan: &Plan) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for step in plan.steps() {
        for condition in [&step.condition, &step.repeat_while].into_iter().flatten() {
            if let Condition::Own(expr) = condition {
                names.extend(expr.names().into_iter().map(str::to_owned));
            }
        }
        names.extend(step.switch.clone());
    }
    names
}

/// Answers that fit: all that matter for the way are chosen, the others are always the same.
pub fn answers(fields: &[Field], deciding: &BTreeSet<String>, choose: &mut Choose<'_>) -> Answers {
    fields
        .iter()
        .map(|field| {
            let values = values(field);
            let at = if deciding.contains(&field.id) {
                choose(&field.id, values.len())
            } else {
                0
            };
            (field.id.clone(), values[at].clone())
        })
        .collect()
}

fn values(field: &Field) -> Vec<Datum> {
    match field.kind {
        FieldKind::Text | FieldKind::LongText | FieldKind::Evidence => vec![Datum::Text("words".to_owned())],
        FieldKind::Bool => vec![Datum::Bool(true), Datum::Bool(false)],
        FieldKind::Number => vec![Datum::Number(field.min.unwrap_or(0).max(0))],
        FieldKind::Choice => field.options.iter().cloned().map(Datum::Text).collect(),
        FieldKind::Date => vec![Datum::Text("2026-03-31".to_owned())],
    }
}

/// What must hold of any sequence of facts that a run allowed.
pub fn check_laws(plan: &Plan, facts: &[Fact]) {
    let mut approvals: BTreeMap<&str, BTreeMap<Department, &str>> = BTreeMap::new();
    let mut performed: BTreeSet<&str> = BTreeSet::new();
    let mut unanswered: BTreeMap<&str, &str> = BTreeMap::new();
    let mut answered: BTreeSet<&str> = BTreeSet::new();
    let mut helped = false;
    let mut over = false;
    for fact in facts {
        let step = fact.what.step().and_then(|id| plan.step(id));
        let touches = step.is_some_and(|step| step.touches_person);
        let both = |id: &str| {
            let given = approvals.get(id).cloned().unwrap_or_default();
            let people: BTreeSet<&str> = given.values().copied().collect();
            given.len() == 2 && people.len() == 2
        };
        let late = matches!(
            fact.what,
            What::ActionReported { .. }
                | What::PlaybookReported { .. }
                | What::DryRunReported { .. }
                | What::UndoRequested { .. }
                | What::UndoReported { .. }
                | What::ByHand { .. }
        );
        assert!(!over || late, "after the end: {fact:?}");
        match &fact.what {
            What::StepOffered { step, .. } => {
                approvals.remove(step.as_str());
                performed.remove(step.as_str());
            }
            What::DryRunRequested { step, .. } | What::ApprovalRefused { step, .. } => {
                approvals.remove(step.as_str());
            }
            What::ApprovalGiven {
                step,
                who,
                department,
                ..
            } => {
                approvals.entry(step).or_default().insert(*department, who);
            }
            What::StepTaken { step, .. } => assert!(!touches || both(step), "taken without approval: {step}"),
            What::ActionRequested { step, call, .. } => {
                assert!(!touches || both(step), "acted without approval: {step}");
                assert!(
                    !answered.contains(call.key.as_str()),
                    "key used again: {}",
                    call.key
                );
                unanswered.insert(step, &call.key);
            }
            // A person does what the connector was asked to do: their answer comes in the place of the connector's.
            What::ByHand { key, .. } => {
                answered.remove(key.as_str());
            }
            What::ActionReported { step, key, ok, .. } => {
                assert!(answered.insert(key), "answered twice: {key}");
                if *ok {
                    performed.insert(step);
                }
            }
            What::StepDone { step: id, .. } => {
                assert!(!touches || both(id), "done without approval: {id}");
                performed.insert(id);
                let step = step.unwrap();
                assert!(!step.punitive || helped, "punished before help was offered: {id}");
                helped |= step.support;
            }
            What::StepSkipped { step: id, .. } => assert!(!step.unwrap().must_happen(), "skipped: {id}"),
            What::UndoRequested { step, .. } => {
                assert!(performed.contains(step.as_str()), "undone before done: {step}")
            }
            What::RunFinished { .. } | What::RunAborted { .. } => over = true,
            _ => {}
        }
    }
    let replayed = Run::replay(plan.clone(), facts).unwrap();
    let text = serde_json::to_string(facts).unwrap();
    let read: Vec<Fact> = serde_json::from_str(&text).unwrap();
    assert_eq!(read, facts);
    assert_eq!(Run::replay(plan.clone(), &read).unwrap(), replayed);
}

pub fn outcome(facts: &[Fact]) -> Option<Outcome> {
    facts.iter().rev().find_map(|fact| match &fact.what {
        What::RunFinished { outcome } => Some(*outcome),
        What::RunAborted { .. } => Some(Outcome::Aborted),
        _ => None,
    })
}
