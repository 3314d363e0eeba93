//! Events and indicators in plain words.

mod event;

pub use event::{EventWords, object, what};

#[cfg(test)]
mod tests;
