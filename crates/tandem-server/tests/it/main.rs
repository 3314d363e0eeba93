//! The server with a real database, a real lake and its real routes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod analysis;
mod doors;
mod intake;
mod keeping;
mod office;
mod runs;
mod support;
mod together;
