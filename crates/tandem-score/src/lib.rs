//! Joint risk: indicators of both sides become one explained number per subject, and the numbers fill a bounded queue.
//!
//! The model is an *evidence ledger* in decibans (ten times the base-10 logarithm of the odds, Good 1950): evidence adds up,
//! fades with its group's half-life, and is capped per group. The formula stands in [`ledger`], the weights in [`model`], the
//! ordered stages in [`stage`], and the daily budget in [`queue`].
//!
//! What always holds, and is held by property tests:
//! - human-side facts alone never open an alert (the gate needs technical evidence);
//! - more evidence never lowers a score, more mitigation never raises one;
//! - time alone never raises a score;
//! - an explanation's rows add up to the score;
//! - the score at a past moment uses only what was known at that moment.

pub mod ledger;
pub mod model;
pub mod queue;
pub mod stage;

pub use ledger::{Explanation, Gate, GroupTotal, Row, RowKind, ThreatShare, explain, score};
pub use model::{Bands, Model, PRIOR, behaviour_weight, fact_weight};
pub use queue::{Candidate, PastAlert, QueueConfig, QueueState, fill};
