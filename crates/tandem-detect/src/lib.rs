//! Sigma rules over event batches.
//!
//! [`RuleSet`] loads rules (Sigma specification 2.1: rules, correlations, filters) and says what it refused and why.
//! [`Engine`] matches [`EventBatch`](tandem_domain::EventBatch)es against all of them at once; [`why`] explains a match, and [`trace`] what
//! keeps a rule from matching. [`lint`] and [`RuleCases`] are for who writes rules.
//! [`hunt`] is the language people search with; what they search for can become a rule.
//! [`BaseMatch`] is what is kept of a match, and [`Correlator`] finds the patterns over many of them.
//!
//! The crate is pure: the same rules and the same events give the same matches, in the same order.

mod accounts;
mod base_match;
mod builtin;
mod cases;
mod condition;
#[cfg(feature = "conformance")]
pub mod conformance;
mod correlate;
mod engine;
mod explain;
mod field;
pub mod hunt;
mod insider;
mod item;
mod lint;
mod lists;
mod load;
mod pattern;
mod rule;
mod ruleset;
mod suppress;
mod text;
mod trace;
mod view;
mod why;

pub use accounts::names_account;
pub use base_match::BaseMatch;
pub use cases::{Act, CaseFault, RuleCases, Scenario};
pub use correlate::{CorrelationMatch, Correlator, CorrelatorState};
pub use engine::{Clock, Coverage, Engine, RuleWork};
pub use insider::Insider;
pub use lint::lint;
pub use lists::PEOPLE_LISTS;
pub use load::{Lists, RuleError};
pub use rule::{Level, Rule, RuleIdx, RuleStatus};
pub use ruleset::RuleSet;
pub use suppress::{Passing, Suppress, Suppressor};
pub use trace::{ItemTrace, SelectionTrace, Trace, trace};
pub use why::{Why, matches, why};
