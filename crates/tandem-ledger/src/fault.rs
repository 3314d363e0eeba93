//! What does not hold, in words that somebody without the code can act on.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Hash;

/// In which way the record is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BreakKind {
    /// A row's bytes are not those that were hashed.
    Edited,
    /// Rows are missing, and later ones are there.
    Deleted,
    /// Rows or checkpoints stand in another order than they were written in.
    Reordered,
    /// A row number stands more than once: a row was copied or put in.
    Repeated,
    /// The end is missing.
    Truncated,
    /// Two rows each fit by themselves, but the later one was not written after the earlier.
    ChainBroken,
    /// A checkpoint's signature does not fit.
    BadSignature,
    /// A checkpoint is signed with a key that is not trusted, or not for that time.
    UntrustedKey,
    /// A checkpoint claims to be older than rows it covers.
    BackDated,
    /// All hashes fit each other but not what was signed: the past was rewritten.
    RootMismatch,
    /// A proof does not hold.
    WrongProof,
    /// A line is not what the format allows.
    Unreadable,
}

/// The first thing that does not hold, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Break {
    /// In which way.
    pub kind: BreakKind,
    /// The first row that is concerned; for [`BreakKind::RootMismatch`] the first that no fitting checkpoint covers.
    pub seq: Option<u64>,
    /// The line of the export, from 1.
    pub line: Option<u64>,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub found: String,
    /// What it means.
    pub sentence: String,
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(
            f,
            "{} (expected {}, found {})",
            self.sentence, self.expected, self.found
        )
    }
}

impl std::error::Error for Break {}

impl Break {
    pub(crate) fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    pub(crate) fn edited(seq: u64, expected: Option<Hash>, found: Hash) -> Self {
        Self {
            kind: BreakKind::Edited,
            seq: Some(seq),
            line: None,
            expected: expected.map_or_else(
                || "a row that can be hashed".to_owned(),
                |hash| format!("hash {hash}"),
            ),
            found: format!("hash {found}"),
            sentence: format!(
                "row {seq} does not say what it said when it was written: it was edited or put in its place"
            ),
        }
    }

    pub(crate) fn deleted(first: u64, next: u64) -> Self {
        let which = span(first, next.saturating_sub(1));
        Self {
            kind: BreakKind::Deleted,
            seq: Some(first),
            line: None,
            expected: format!("row {first}"),
            found: format!("row {next}"),
            sentence: format!("{which} missing: deleted, while later rows are there"),
        }
    }

    pub(crate) fn reordered(first: u64, next: u64) -> Self {
        Self {
            kind: BreakKind::Reordered,
            seq: Some(first),
            line: None,
            expected: format!("row {first}"),
            found: format!("row {next}"),
            sentence: format!("row {next} stands where row {first} belongs: rows were put in another order"),
        }
    }

    pub(crate) fn repeated(seq: u64, expected: u64) -> Self {
        Self {
            kind: BreakKind::Repeated,
            seq: Some(seq),
            line: None,
            expected: format!("row {expected}"),
            found: format!("row {seq}"),
            sentence: format!("a row with number {seq} came before: a row was copied or put in"),
        }
    }

    /// The row before `seq` is not the one it was written after.
    pub(crate) fn chain(seq: u64, expected: Hash, found: Hash) -> Self {
        let sentence = match seq.checked_sub(1) {
            Some(before) => format!(
                "row {before} is not the row that row {seq} was written after: row {before} was changed together with its hash"
            ),
            None => {
                "row 0 does not begin the ledger of this installation: it was replaced or belongs elsewhere"
                    .to_owned()
            }
        };
        Self {
            kind: BreakKind::ChainBroken,
            seq: Some(seq.saturating_sub(1)),
            line: None,
            expected: format!("previous hash {expected}"),
            found: format!("previous hash {found}"),
            sentence,
        }
    }

    pub(crate) fn truncated(size: u64, expected: String, sentence: String) -> Self {
        Self {
            kind: BreakKind::Truncated,
            seq: Some(size),
            line: None,
            expected,
            found: format!("{size} rows"),
            sentence,
        }
    }

    /// `covered`: rows up to the last checkpoint that fits.
    pub(crate) fn root(covered: u64, size: u64, expected: Hash, found: Hash) -> Self {
        let which = span(covered, size.saturating_sub(1));
        Self {
            kind: BreakKind::RootMismatch,
            seq: Some(covered),
            line: None,
            expected: format!("root {expected}"),
            found: format!("root {found}"),
            sentence: format!(
                "{which} not what the checkpoint over {size} rows was signed for: something in them was changed and the hashes after it made anew"
            ),
        }
    }

    pub(crate) fn unreadable(seq: Option<u64>, expected: &str, found: String) -> Self {
        Self {
            kind: BreakKind::Unreadable,
            seq,
            line: None,
            expected: expected.to_owned(),
            found,
            sentence: match seq {
                Some(seq) => format!("the line where row {seq} is due cannot be read"),
                None => "the line cannot be read".to_owned(),
            },
        }
    }
}

fn span(first: u64, last: u64) -> String {
    if first >= last {
        format!("row {first} is")
    } else {
        format!("rows {first} to {last} are")
    }
}
