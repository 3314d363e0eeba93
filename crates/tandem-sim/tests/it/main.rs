//! The simulated company, as its readers find it on disk.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::string_slice)]

mod disk;
mod formats;
mod people;
mod plot;
mod support;
