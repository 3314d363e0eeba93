//! Shipped content, and what always holds of the automata.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod content;
mod laws;
mod logs;
