//! Sources beside real senders.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod forward;
mod forward_desk;
mod forward_elastic;
mod forward_otlp;
mod settings;
