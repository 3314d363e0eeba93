//! Joint risk: indicators of both sides become one explained number per subject, and the numbers fill a bounded queue.
//!
//! The model is an *evidence ledger* in decibans (ten times the base-10 logarithm of the odds, Good 1950): evidence adds up,
//! fades with its group's half-life, and is capped per group. The formula stands in [`ledger`], the weights in [`model`], the
//! ordered stages in [`stage`], and the daily budget in [`queue`]. Beside the number stand what it does not say: the harm that
//! would be done ([`impact`]), why it may have happened ([`mod@motive`]), and on which part of the way somebody most likely is
//! ([`phase`]). [`replay`] fills past queues again under other settings.
//!
//! What always holds, and is held by property tests:
//! - human-side facts alone never open an alert (the gate needs technical evidence);
//! - more evidence never lowers a score, more mitigation never raises one;
//! - time alone never raises a score, whatever the settings allow;
//! - an explanation's rows add up to the score;
//! - the score at a past moment uses only what was known at that moment;
//! - the same settings fill the same queue again.

pub mod impact;
pub mod ledger;
pub mod model;
pub mod motive;
pub mod phase;
pub mod queue;
pub mod replay;
pub mod stage;
pub mod usual;
mod weigh;

pub use impact::Impact;
pub use ledger::{Explanation, Gate, GroupTotal, Row, RowKind, ThreatShare, explain, score};
pub use model::{Bands, Model, PRIOR, behaviour_weight, fact_weight};
pub use motive::{Cause, MotiveView, motive};
pub use phase::{Phase, PhaseDay, PhaseSpan, phases, spans};
pub use queue::{Candidate, PastAlert, QueueConfig, QueueState, fill};
pub use replay::{DayDifference, DayInput, PersonDay, Tuning, compare, fill_day, is_technical, replay};
pub use usual::Verdicts;
pub use weigh::{is_live, memory_days};
