//! The crate on a real directory: eighteen monthly listings of a thousand people.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cert;
