#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod laws;
mod motive;
mod phase;
mod queue;
mod replay;
mod worked_example;
