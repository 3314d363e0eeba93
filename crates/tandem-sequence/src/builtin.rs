//! The sequences that come with Tandem.

use crate::book::Sequences;

/// Path and text of every sequence under `content/sequences`.
static SEQUENCES: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/sequences.rs"));

impl Sequences {
    /// The sequences that come with Tandem. That every one of them loads is a test of this crate.
    pub fn builtin() -> Self {
        Self::load(SEQUENCES.iter().copied()).0
    }

    /// Path and text of the sequences that come with Tandem.
    pub const fn builtin_files() -> &'static [(&'static str, &'static str)] {
        SEQUENCES
    }
}
