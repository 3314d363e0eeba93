//! The vault from outside: what it gives out, what it refuses, what is left in the file.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod damage;
mod erase;
mod gate;
mod keys;
mod put;
mod rotate;
mod secrecy;
mod support;
mod tamper;
