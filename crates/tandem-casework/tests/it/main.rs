#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod clocks;
mod content;
mod contests;
mod decisions;
mod duties;
mod exceptions;
mod laws;
mod make;
mod meetings;
mod merging;
mod people;
mod records;
mod reports;
mod statistics;
mod story;
mod triage;
