//! A step of a playbook, as it stands in the file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::Purpose;

use super::form::Field;
use super::span::Span;
use super::words::{Checkpoint, Function, LawfulBasis, Owner, Phase, PrivacyClass, Raci};
use crate::cacao::Json;
use crate::condition::{Condition, Datum};
use crate::is_false;

/// A step. Exactly one of the keys `do`, `run`, `playbook`, `if`, `switch`, `while`, `parallel`, `end` says what kind it is;
/// [`Playbook::faults`](crate::Playbook::faults) checks that, [`Step::kind`] gives it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Name of the step within the playbook: lower-case letters, digits and `_`.
    pub id: String,
    /// What it is called on the page.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Why it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// Which department does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department: Option<Owner>,
    /// Phase of handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Who does, answers for, is asked about and is told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raci: Option<Raci>,
    /// It restricts, confronts, reveals or otherwise acts on a person: needs approval of both departments.
    #[serde(default, skip_serializing_if = "is_false")]
    pub touches_person: bool,
    /// It offers help.
    #[serde(default, skip_serializing_if = "is_false")]
    pub support: bool,
    /// It takes something from a person: a right, trust, money, work.
    #[serde(default, skip_serializing_if = "is_false")]
    pub punitive: bool,
    /// What must be looked at here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checkpoint: Vec<Checkpoint>,
    /// What data is used for here, if not what the playbook says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// On what legal ground, if not that of the playbook.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lawful_basis: Option<LawfulBasis>,
    /// Which data about people it shows, if not what the playbook says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<PrivacyClass>,
    /// What a person does: the duty's instructions.
    #[serde(rename = "do", default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// What a person reports back.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub form: Vec<Field>,
    /// What a connector does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Action>,
    /// Another playbook to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playbook: Option<String>,
    /// Values handed to that playbook, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub with: Vec<String>,
    /// What an action or another playbook returns.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<Field>,
    /// Condition of a choice between two branches.
    #[serde(rename = "if", default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// Steps if it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<Step>,
    /// Steps if it does not.
    #[serde(rename = "else", default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<Step>,
    /// The value that chooses a branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub switch: Option<String>,
    /// Steps by value; `default` stands for any other.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cases: BTreeMap<String, Vec<Step>>,
    /// Condition under which steps are repeated.
    #[serde(rename = "while", default, skip_serializing_if = "Option::is_none")]
    pub repeat_while: Option<Condition>,
    /// How often at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<u32>,
    /// The repeated steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub repeat: Vec<Step>,
    /// Branches that run at the same time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parallel: Vec<Vec<Step>>,
    /// The branch, or the whole run, ends here; says with what outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Evidence to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Messages to send, by the id of their template.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<String>,
    /// How to talk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub talk: Option<Talk>,
    /// How long to wait before it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Span>,
    /// When it should be done; after that it is escalated, not failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Span>,
    /// Who is told when the clock runs out, one after the other, each `due` later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<Function>,
    /// When it has failed if nobody did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<Span>,
    /// How to take it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// Why it cannot be taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub irreversible: Option<String>,
    /// Steps if it fails; the run then goes on after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_failure: Vec<Step>,
    /// Properties of the CACAO step it came from that have no word here, kept as they came.
    #[serde(default, skip_serializing_if = "Json::is_empty")]
    pub cacao: Json,
}

/// An operation of a connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// Id of the connector.
    pub connector: String,
    /// What it shall do.
    pub operation: String,
    /// With what; `{name}` inside a text stands for a value of the run.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Datum>,
    /// It must first say what it would do.
    #[serde(default, skip_serializing_if = "is_false")]
    pub dry_run: bool,
}

/// How to take a step back: by a connector, by hand, or both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Undo {
    /// What a person does.
    #[serde(rename = "do", default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    /// What a connector does; its `dry_run` has no meaning here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<Action>,
}

/// A role model of how to talk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Talk {
    /// What the conversation is for.
    pub aim: String,
    /// Example wordings.
    pub say: Vec<String>,
    /// What not to say or do.
    pub avoid: Vec<String>,
}

/// What kind of step it is, with what belongs to the kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind<'s> {
    /// A duty of a person.
    Manual(&'s str),
    /// An operation of a connector.
    Automatic(&'s Action),
    /// Another playbook.
    Playbook(&'s str),
    /// A choice between two branches.
    If {
        /// What decides.
        condition: &'s Condition,
        /// Steps if it holds.
        then: &'s [Step],
        /// Steps if not.
        otherwise: &'s [Step],
    },
    /// A choice by value.
    Switch {
        /// The value's name.
        on: &'s str,
        /// Steps by value.
        cases: &'s BTreeMap<String, Vec<Step>>,
    },
    /// Steps repeated under a condition.
    While {
        /// What decides.
        condition: &'s Condition,
        /// How often at most.
        max: u32,
        /// The steps.
        body: &'s [Step],
    },
    /// Branches at the same time.
    Parallel(&'s [Vec<Step>]),
    /// An end.
    End(&'s str),
}

impl Step {
    /// What kind of step it is; the first one in the order of the kinds if the file names more than one, `None` if it names none.
    pub fn kind(&self) -> Option<Kind<'_>> {
        if let Some(text) = &self.instructions {
            Some(Kind::Manual(text))
        } else if let Some(action) = &self.run {
            Some(Kind::Automatic(action))
        } else if let Some(id) = &self.playbook {
            Some(Kind::Playbook(id))
        } else if let Some(condition) = &self.condition {
            Some(Kind::If {
                condition,
                then: &self.then,
                otherwise: &self.otherwise,
            })
        } else if let Some(on) = &self.switch {
            Some(Kind::Switch {
                on,
                cases: &self.cases,
            })
        } else if let Some(condition) = &self.repeat_while {
            Some(Kind::While {
                condition,
                max: self.max.unwrap_or(super::DEFAULT_MAX),
                body: &self.repeat,
            })
        } else if !self.parallel.is_empty() {
            Some(Kind::Parallel(&self.parallel))
        } else {
            self.end.as_deref().map(Kind::End)
        }
    }

    /// The blocks of steps inside this one, with the way to each.
    pub fn blocks(&self) -> Vec<(Block<'_>, &[Step])> {
        let mut out: Vec<(Block<'_>, &[Step])> =
            vec![(Block::Then, &self.then), (Block::Else, &self.otherwise)];
        out.extend(
            self.cases
                .iter()
                .map(|(case, steps)| (Block::Case(case), steps.as_slice())),
        );
        out.push((Block::Repeat, &self.repeat));
        let branches = self.parallel.iter().enumerate();
        out.extend(branches.map(|(at, steps)| (Block::Branch(at), steps.as_slice())));
        out.push((Block::Failure, &self.on_failure));
        out.retain(|(_, steps)| !steps.is_empty());
        out
    }

    /// True for steps that somebody or something does, as opposed to those that only direct the flow.
    pub const fn is_work(&self) -> bool {
        self.instructions.is_some() || self.run.is_some() || self.playbook.is_some()
    }

    /// True if it must not be skipped: a checkpoint, or an offer of help.
    pub const fn must_happen(&self) -> bool {
        self.support || !self.checkpoint.is_empty()
    }
}

/// Which block of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Block<'s> {
    /// `then`
    Then,
    /// `else`
    Else,
    /// A case of a switch.
    Case(&'s str),
    /// `repeat`
    Repeat,
    /// A parallel branch, from 0.
    Branch(usize),
    /// `on_failure`
    Failure,
}
