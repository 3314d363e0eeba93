//! Playbooks: what both departments do, step by step, and the state machine of doing it.
//!
//! - [`Playbook`] is the model; [`Playbook::from_yaml`] and [`Playbook::to_yaml`] its friendly form.
//! - [`cacao`] is CACAO Security Playbooks 2.0 (OASIS) as JSON, read and written without loss; [`Playbook::to_cacao`] and
//!   [`Playbook::from_cacao`] lead there and back. What CACAO has no word for travels in one extension.
//! - [`Plan`] is a playbook made ready to run, [`Run`] one run of it: commands in, facts out.
//! - [`graph()`] is what a page draws.
//!
//! This crate is pure: it does no I/O, reads no clock and draws no random numbers.

mod builtin;
pub mod cacao;
mod check;
mod condition;
mod convert;
mod fault;
mod graph;
mod house;
mod model;
mod plan;
mod run;
mod text;
mod words;
mod yaml;

pub use builtin::{builtin, builtin_files};
pub use condition::{Comparison, Condition, ConditionError, Datum, Expr, MAX_CONDITION};
pub use convert::{EXTENSION, Imported};
pub use fault::{Fault, Path, Place, PlaybookError, Severity};
pub use graph::{Edge, EdgeKind, Graph, GraphNode, NodeKind, graph};
pub use house::house_rules;
pub use model::{
    Action, AnswerError, Answers, Block, Channel, Checkpoint, Field, FieldKind, Function, Kind, LawfulBasis,
    Owner, Phase, Playbook, PrivacyClass, RESERVED, Raci, Span, SpanError, Stamp, StampError, Step, Talk,
    Template, Undo, check_answers,
};
pub use plan::{Plan, PlanError};
pub use run::{
    Approval, Asked, Command, Due, DueKind, FACT_VERSION, Fact, FactError, Flight, Outcome, Refused, Run,
    RunState, RunStatus, StepState, StepStatus, What,
};
pub use text::placeholders;

/// A name in conditions and placeholders: a lower-case letter, then lower-case letters, digits and `_`, at most 64.
pub(crate) fn is_name(name: &str) -> bool {
    name.len() <= 64
        && name.bytes().next().is_some_and(|b| b.is_ascii_lowercase())
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// For leaving out of the file what is not so.
pub(crate) const fn is_false(truth: &bool) -> bool {
    !*truth
}
