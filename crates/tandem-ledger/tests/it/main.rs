//! Tests of the ledger through its public face.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod export;
mod ledger;
mod proofs;
mod rewrite;
mod tamper;
