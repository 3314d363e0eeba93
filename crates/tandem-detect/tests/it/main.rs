//! Integration tests: Sigma conformance, another engine as a witness, real rules and records where they are at hand, and the rules of `content/rules`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod conformance;
mod content;
mod hunt;
mod oracle;
mod sigmahq;
mod windows;
mod winlog;
