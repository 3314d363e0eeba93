#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod change;
mod curiosity;
mod dice;
mod leaks;
mod learned;
mod merging;
mod order;
mod poison;
mod retract;
mod state;
mod tally;
