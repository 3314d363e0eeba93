//! Events and indicators in plain words.

mod event;
mod names;

pub use event::{EventWords, object, what};
pub use names::Names;

#[cfg(test)]
mod tests;
