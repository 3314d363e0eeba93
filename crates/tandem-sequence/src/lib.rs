//! Sequences: acts that mean little one by one and much in order, such as collect, rename, copy out, delete.
//!
//! A [`Sequence`] is data (`content/sequences/*.yml`): ordered steps, each with alternatives over the normalised event, joined by
//! an object or by the subject, within a time. The way of the data: [`Sequences::mark`] says in the stream which steps an event
//! may be; these [`Marked`] add up to one [`DayMarks`] per account and day, in any order and bounded; [`Sequencer::run_day`] walks
//! the days in order and finds [`Chain`]s; [`tell`] puts a chain into plain sentences.
//!
//! What always holds, and is held by tests:
//! - a chain's steps are in order of time and within the sequence's time;
//! - what is kept is bounded whatever the input;
//! - a state that was kept and restored between two days goes on with the same chains;
//! - one subject's chains depend on that subject's acts only, and on no act that is no step;
//! - the order in which the marks of a day come makes no difference;
//! - employment facts alone make no sequence.
//!
//! This crate is pure: no I/O, no clock, no randomness.

mod book;
mod builtin;
mod cases;
mod engine;
mod key;
mod marks;
mod model;
mod pattern;
mod seen;
mod told;

pub use book::Sequences;
pub use cases::{CaseFault, Cases};
pub use engine::{AccountDay, Chain, DayOutcome, FactStep, Found, Reached, Sequencer, SequencerState};
pub use marks::{DayMarks, MarksError, Occurrence};
pub use model::{
    Alternative, EmploymentFact, Key, Level, Mass, OtherThan, Route, Sequence, SequenceError, Step, Whose,
};
pub use seen::Marked;
pub use told::{ChainStory, StepStory, explanation, tell};
