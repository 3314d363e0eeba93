//! The front door for everyday work; see `cargo xtask help`.
fn main() {}
