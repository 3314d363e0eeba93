//! Playbooks as a whole: what comes with Tandem, CACAO, runs, and what is refused.
#![allow(clippy::unwrap_used, clippy::panic)]

mod cacao;
mod cacao_import;
mod cacao_of_others;
mod clocks;
mod content;
mod driver;
mod hand;
mod laws;
mod malformed;
mod rules;
mod touching;
mod walks;
