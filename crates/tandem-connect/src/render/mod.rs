//! A notice in the words of each far side. Pure: the same notice gives the same bytes.
//!
//! Every renderer puts the most important sentences first and leaves out whole sentences when room runs out, never half of
//! one; what was left out is said, and the link leads to the rest.

pub mod mail;
pub mod matrix;
pub mod mattermost;
pub mod slack;
pub mod teams;

/// What stands on the button that leads back.
pub(crate) const OPEN: &str = "Open in Tandem";

#[cfg(test)]
mod tests;
