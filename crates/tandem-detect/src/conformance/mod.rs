//! What a Sigma engine is held to: batteries of cases with the answer that the specification gives, and SigmaHQ's regression
//! records with the rule that must match them. Tests and benchmarks say the same of the engine, as they judge by the same code.
//!
//! Only with the feature `conformance`; nothing that serves needs it.

mod battery;
mod records;
mod regression;

pub use battery::{
    CaseError, CorrelationCase, Expected, SingleCase, Tally, Timed, correlations, single_events,
};
pub use records::{logsource, push, write_fields};
pub use regression::{InfoError, Regression, Stated};

#[cfg(test)]
mod tests;
