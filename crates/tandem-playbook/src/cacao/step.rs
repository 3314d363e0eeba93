//! Workflow steps (CACAO 2.0, section 4).

use serde_json::Value;

use super::Json;
use super::parts::{Command, ExternalReference, Variable};
use super::shape::{Dictionary, Shape, object, required};
use crate::fault::{Fault, Path};

/// A step of a workflow: what all steps have (section 4.1), and what its type adds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Step {
    /// Properties that every step may have.
    pub common: Common,
    /// What its type adds.
    pub kind: StepKind,
    /// Properties the specification does not name here, kept as they came.
    pub extra: Json,
}

object! {
    /// Properties that every step may have (section 4.1). `extra` is unused here: the step holds it.
    #[derive(Debug)]
    Common {
        must {}
        may {
            /// Name to show.
            name: String = "name",
            /// What it does.
            description: String = "description",
            /// References.
            external_references: Vec<ExternalReference> = "external_references",
            /// Milliseconds to wait before it starts.
            delay: u64 = "delay",
            /// Milliseconds after which it has failed.
            timeout: u64 = "timeout",
            /// Variables of the step.
            step_variables: Dictionary<Variable> = "step_variables",
            /// STIX identity of who owns it.
            owner: String = "owner",
            /// Next step, whatever came of it.
            on_completion: String = "on_completion",
            /// Next step on success.
            on_success: String = "on_success",
            /// Next step on failure.
            on_failure: String = "on_failure",
            /// Extensions in use, by the identifier of their definition.
            step_extensions: Json = "step_extensions",
        }
    }
}

/// What the type of a step adds.
#[derive(Debug, Clone, PartialEq)]
pub enum StepKind {
    /// Where the workflow begins (section 4.3).
    Start,
    /// Where a workflow or a branch ends (section 4.4).
    End,
    /// Commands, carried out by an agent on targets (section 4.5).
    Action(Action),
    /// Another playbook (section 4.6).
    PlaybookAction(PlaybookAction),
    /// Branches that run at the same time (section 4.7).
    Parallel(Parallel),
    /// A choice between two branches (section 4.8).
    If(IfCondition),
    /// A branch that is repeated (section 4.9).
    While(WhileCondition),
    /// A choice between many branches (section 4.10).
    Switch(SwitchCondition),
    /// A type that version 2.0 does not know.
    Other(String),
}

impl Default for StepKind {
    fn default() -> Self {
        Self::Other(String::new())
    }
}

impl StepKind {
    /// The `type` property.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::End => "end",
            Self::Action(_) => "action",
            Self::PlaybookAction(_) => "playbook-action",
            Self::Parallel(_) => "parallel",
            Self::If(_) => "if-condition",
            Self::While(_) => "while-condition",
            Self::Switch(_) => "switch-condition",
            Self::Other(kind) => kind,
        }
    }
}

object! {
    /// An action step's own properties.
    #[derive(Debug)]
    Action {
        must {
            /// The commands, carried out in order.
            commands: Vec<Command> = "commands",
            /// Identifier of the agent that carries them out.
            agent: String = "agent",
        }
        may {
            /// Identifiers of the targets.
            targets: Vec<String> = "targets",
            /// Names of variables the agent or a target uses.
            in_args: Vec<String> = "in_args",
            /// Names of variables that come back.
            out_args: Vec<String> = "out_args",
        }
    }
}

object! {
    /// A playbook-action step's own properties.
    #[derive(Debug)]
    PlaybookAction {
        must {
            /// Identifier of the playbook to run.
            playbook_id: String = "playbook_id",
        }
        may {
            /// `modified` of the version meant; the latest if absent.
            playbook_version: String = "playbook_version",
            /// Names of variables handed over.
            in_args: Vec<String> = "in_args",
            /// Names of variables that come back.
            out_args: Vec<String> = "out_args",
        }
    }
}

object! {
    /// A parallel step's own properties.
    #[derive(Debug)]
    Parallel {
        must {
            /// First steps of the branches, at least two.
            next_steps: Vec<String> = "next_steps",
        }
        may {}
    }
}

object! {
    /// An if-condition step's own properties.
    #[derive(Debug)]
    IfCondition {
        must {
            /// Expression of the STIX patterning grammar.
            condition: String = "condition",
            /// First step of the branch taken if it is true.
            on_true: String = "on_true",
        }
        may {
            /// First step of the branch taken otherwise.
            on_false: String = "on_false",
        }
    }
}

object! {
    /// A while-condition step's own properties.
    #[derive(Debug)]
    WhileCondition {
        must {
            /// Expression of the STIX patterning grammar.
            condition: String = "condition",
            /// First step of the branch repeated while it is true.
            on_true: String = "on_true",
        }
        may {}
    }
}

object! {
    /// A switch-condition step's own properties.
    #[derive(Debug)]
    SwitchCondition {
        must {
            /// The variable looked at.
            switch: String = "switch",
            /// First step of a branch by value; `default` stands for any other.
            cases: Dictionary<String> = "cases",
        }
        may {}
    }
}

impl Shape for Step {
    const WHAT: &'static str = "an object";

    fn read(value: Value, path: &Path, faults: &mut Vec<Fault>) -> Result<Self, Value> {
        let Value::Object(mut map) = value else {
            return Err(value);
        };
        let kind: String = required(&mut map, "type", path, faults);
        let mut common = take(map, path, faults, |common: &mut Common| &mut common.extra);
        let map = &mut common.1;
        let kind = match kind.as_str() {
            "start" => StepKind::Start,
            "end" => StepKind::End,
            "action" => StepKind::Action(own(map, path, faults, |own| &mut own.extra)),
            "playbook-action" => StepKind::PlaybookAction(own(map, path, faults, |own| &mut own.extra)),
            "parallel" => StepKind::Parallel(own(map, path, faults, |own| &mut own.extra)),
            "if-condition" => StepKind::If(own(map, path, faults, |own| &mut own.extra)),
            "while-condition" => StepKind::While(own(map, path, faults, |own| &mut own.extra)),
            "switch-condition" => StepKind::Switch(own(map, path, faults, |own| &mut own.extra)),
            _ => StepKind::Other(kind),
        };
        Ok(Self {
            kind,
            common: common.0,
            extra: common.1,
        })
    }

    fn write(&self) -> Value {
        let mut map = Json::new();
        map.insert("type".to_owned(), Value::String(self.kind.as_str().to_owned()));
        let own = match &self.kind {
            StepKind::Start | StepKind::End | StepKind::Other(_) => Value::Null,
            StepKind::Action(own) => own.write(),
            StepKind::PlaybookAction(own) => own.write(),
            StepKind::Parallel(own) => own.write(),
            StepKind::If(own) => own.write(),
            StepKind::While(own) => own.write(),
            StepKind::Switch(own) => own.write(),
        };
        for part in [self.common.write(), own] {
            if let Value::Object(part) = part {
                map.extend(part);
            }
        }
        map.extend(self.extra.clone());
        Value::Object(map)
    }
}

/// Reads the properties of one group out of an object and gives back what is left.
fn take<T: Shape + Default>(
    map: Json,
    path: &Path,
    faults: &mut Vec<Fault>,
    extra: fn(&mut T) -> &mut Json,
) -> (T, Json) {
    let mut part = T::read(Value::Object(map), path, faults).unwrap_or_default();
    let rest = std::mem::take(extra(&mut part));
    (part, rest)
}

fn own<T: Shape + Default>(
    map: &mut Json,
    path: &Path,
    faults: &mut Vec<Fault>,
    extra: fn(&mut T) -> &mut Json,
) -> T {
    let (part, rest) = take(std::mem::take(map), path, faults, extra);
    *map = rest;
    part
}

/// What a step may lead to, with the name of the property that says so.
pub fn successors(step: &Step) -> Vec<(String, &str)> {
    let common = &step.common;
    let mut out: Vec<(String, &str)> = [
        ("on_completion", &common.on_completion),
        ("on_success", &common.on_success),
        ("on_failure", &common.on_failure),
    ]
    .into_iter()
    .filter_map(|(name, id)| Some((name.to_owned(), id.as_deref()?)))
    .collect();
    match &step.kind {
        StepKind::Parallel(own) => {
            let next = own.next_steps.iter().enumerate();
            out.extend(next.map(|(at, id)| (format!("next_steps[{at}]"), id.as_str())));
        }
        StepKind::If(own) => {
            out.push(("on_true".to_owned(), &own.on_true));
            out.extend(own.on_false.iter().map(|id| ("on_false".to_owned(), id.as_str())));
        }
        StepKind::While(own) => out.push(("on_true".to_owned(), &own.on_true)),
        StepKind::Switch(own) => {
            let cases = own.cases.iter();
            out.extend(cases.map(|(case, id)| (format!("cases.{case}"), id.as_str())));
        }
        _ => {}
    }
    out
}
