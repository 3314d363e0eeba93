//! Patterns over many matches.

mod definition;

pub(crate) use definition::{Bounds, Correlation, Kind, Test};
