//! Who may see or do what, for which purpose, and what needs both departments.
//!
//! Two halves. [`Policies`] answers single requests from Cedar policies that a site may edit, under invariants that it may
//! not. [`joint`] holds what needs one colleague of each department: it is the only maker of [`Disclosure`], [`ApprovedAct`]
//! and [`Approval`].
//!
//! This crate is pure: it does no I/O, reads no clock and draws no random numbers.

mod bounds;
mod cedar;
mod check;
mod colleague;
mod context;
mod decision;
mod fault;
mod hint;
mod invariant;
pub mod joint;
mod load;
mod matrix;
mod policies;
mod probe;
mod scope;
mod vocabulary;
mod words;

pub use colleague::{Colleague, ColleagueError};
pub use context::{Context, Note};
pub use decision::Decision;
pub use fault::{Fault, PolicyError};
pub use invariant::Invariant;
pub use joint::{
    Act, ActRequest, Approval, ApprovedAct, Disclosure, DisclosureRequest, Fields, Limits, Refused, Request,
    Terms,
};
pub use load::PolicyFile;
pub use matrix::{Grant, MatrixRow, NoteKind, Situation};
pub use policies::{Policies, PolicyLine};
pub use vocabulary::{Action, CaseState, DataClass, Field, Visibility, purpose_plain, role_plain};
