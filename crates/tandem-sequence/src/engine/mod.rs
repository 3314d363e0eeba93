//! The automata: one day after the other, each subject for itself.

mod day;
mod state;
mod track;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tandem_domain::{Day, EventId, Timestamp};

pub use state::SequencerState;

use crate::book::Sequences;
use crate::marks::DayMarks;
use crate::model::EmploymentFact;

/// What one account did on a day that was logged, steps of sequences or not.
#[derive(Debug, Clone, Default)]
pub struct AccountDay {
    /// Whose account it is.
    pub subject: String,
    /// The canonical account.
    pub account: String,
    /// True if it acted; false if it was only acted upon, which wakes no dormant account.
    pub active: bool,
    /// Its marks of the day.
    pub marks: DayMarks,
}

/// An employment fact that became known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactStep {
    /// Whom it is about.
    pub subject: String,
    /// What.
    pub fact: EmploymentFact,
    /// When it was known and in force.
    pub time: Timestamp,
}

/// A step of a chain that was reached.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    /// Position of the step in its sequence.
    pub step: u8,
    /// When the first of its acts was, for a step that takes many and is the chain's first; else as `time`.
    pub since: Timestamp,
    /// When.
    pub time: Timestamp,
    /// The event's id; 0 for a fact.
    pub event: u128,
    /// Further events of a step that takes many, at most four.
    pub others: Vec<u128>,
    /// The object as the source wrote it; empty if none.
    pub object: String,
    /// Objects, or things by the source's own count, that the step took.
    pub count: u64,
    pub(crate) account: u64,
    pub(crate) device: u32,
    pub(crate) class: u16,
}

impl Reached {
    /// The event; nothing for a fact.
    pub fn id(&self) -> Option<EventId> {
        (self.event != 0).then_some(EventId(self.event))
    }
}

/// Steps of one sequence that one subject went, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The sequence's id.
    pub sequence: String,
    /// Who.
    pub subject: String,
    /// The steps.
    pub reached: Vec<Reached>,
    /// True if the last step is among them.
    pub complete: bool,
}

impl Chain {
    /// When it began.
    pub fn first(&self) -> Timestamp {
        self.reached.first().map_or(Timestamp(0), |reached| reached.since)
    }

    /// When its last step was reached.
    pub fn last(&self) -> Timestamp {
        self.reached.last().map_or(Timestamp(0), |reached| reached.time)
    }
}

/// A chain that counts as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The chain that went furthest that day.
    pub chain: Chain,
    /// Further chains of the same sequence and day, about other objects.
    pub more: u64,
}

/// What a day brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DayOutcome {
    /// Chains that became complete, or came far enough, that day; one of each sequence and subject.
    pub found: Vec<Found>,
    /// Chains of at least two steps that went on that day and are not evidence yet.
    pub open: Vec<Chain>,
}

/// Finds chains, day by day.
#[derive(Debug, Clone)]
pub struct Sequencer {
    book: Arc<Sequences>,
    state: SequencerState,
}

impl Sequencer {
    /// Nothing has happened yet.
    pub fn new(book: Arc<Sequences>) -> Self {
        Self::restore(book, SequencerState::default())
    }

    /// Goes on from a kept state. What was under way in a sequence that has changed since, or is gone, is forgotten.
    pub fn restore(book: Arc<Sequences>, mut state: SequencerState) -> Self {
        state.fit(&book);
        Self { book, state }
    }

    /// The sequences that are looked for.
    pub fn book(&self) -> &Arc<Sequences> {
        &self.book
    }

    /// What goes from day to day.
    pub fn state(&self) -> &SequencerState {
        &self.state
    }

    /// Takes one day. Days must come in order; those without any data may be left out. `accounts` are all that acted or
    /// were acted upon that day, in any order, one of a name.
    pub fn run_day(&mut self, day: Day, accounts: &[AccountDay], facts: &[FactStep]) -> DayOutcome {
        let mut subjects: BTreeMap<&str, day::SubjectDay<'_>> = BTreeMap::new();
        for account in accounts {
            let quiet = self.state.quiet_days(&account.account, day);
            let subject = subjects.entry(&account.subject).or_default();
            subject.add(&self.book, account, quiet);
        }
        for fact in facts {
            let subject = subjects.entry(&fact.subject).or_default();
            subject.add_fact(&self.book, fact);
        }
        for account in accounts.iter().filter(|account| account.active) {
            self.state.was_active(&account.account, day);
        }
        let mut outcome = DayOutcome::default();
        for (subject, acts) in subjects {
            for (id, acts) in acts.into_sorted() {
                let Some(sequence) = self.book.get(id) else {
                    continue;
                };
                let tracks = self.state.tracks(sequence, subject, day);
                day::run(sequence, subject, tracks, &acts, &mut outcome);
            }
        }
        self.state.close(&self.book, day);
        outcome
    }
}
