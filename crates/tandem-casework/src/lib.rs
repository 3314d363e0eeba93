//! Casework: how two departments work on one matter, as state machines. Command in, facts out.
//!
//! Three streams of facts: an alert's [`triage`], a [`case`], a member of staff's [`contest`]. State is the fold of the facts;
//! a command is decided on the state and gives new facts or a typed [`Refused`] that says why and what would make it possible.
//! The caller stores the facts, and gives time, random ids and the [`Roster`] of who is who. Content files say who is
//! responsible for what ([`RaciBook`]) and how long things may take ([`ClockTargets`]).
//!
//! What always holds, and is held by property tests:
//! - each phase has exactly one accountable duty, after every command;
//! - a case closed as anything but benign was decided by both departments, or by whoever is accountable where they disagreed;
//! - nobody who is involved holds a membership, a duty, a task or an open vote;
//! - the stored facts give the same state again; a refused command changes nothing; time never runs backwards in a stream;
//! - what is for counsel is read by counsel and its author only.
//!
//! This crate is pure: it does no I/O, reads no clock and draws no random numbers.

pub mod case;
pub mod clock;
pub mod contest;
pub mod exception;
pub mod ids;
mod name;
pub mod raci;
pub mod record;
mod refused;
pub mod report;
pub mod roster;
mod span;
pub mod text;
pub mod timeline;
pub mod triage;
pub mod tuning;
pub mod verdicts;
pub mod words;

pub use case::{Case, CaseFact, Command, Context, Fact, apply, decide, open};
pub use clock::{ClockTargets, Reading, overdue};
pub use name::{FileName, MediaType};
pub use raci::{Fault, Matrix, RaciBook};
pub use record::{Broken, FactVersion, Recorded, SYSTEM};
pub use refused::Refused;
pub use roster::{Absence, Colleague, Roster, RosterFault};
pub use span::Span;
pub use timeline::{Item, Outside, timeline};
