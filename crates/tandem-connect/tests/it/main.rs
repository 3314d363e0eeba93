//! Tests over real HTTP, SMTP and WebSocket on this machine, against servers that check and answer as each interface does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    missing_docs
)]

mod action;
mod courier;
mod hook;
mod mail;
mod matrix;
mod mattermost;
mod memory;
mod net;
mod recorder;
mod schemas;
mod slack;
mod socket;
mod support;
mod synapse;
mod teams;
