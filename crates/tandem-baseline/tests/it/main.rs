#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod change;
mod curiosity;
mod leaks;
mod merging;
mod poison;
mod state;
mod tally;
