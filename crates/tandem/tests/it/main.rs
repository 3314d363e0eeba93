#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

mod accounting;
mod kill;
mod rules;
mod sequences;
mod support;
mod vault;
