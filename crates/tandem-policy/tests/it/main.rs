//! What policies and joint decisions must hold.

#![allow(clippy::unwrap_used, clippy::panic)]

mod files;
mod invariants;
mod joint;
mod laws;
mod matrix;
mod people;
mod records;
mod sentences;
