//! The responsibility matrix (RACI): per incident kind and phase, which function is responsible, accountable, consulted or
//! informed.

mod load;

use std::collections::BTreeMap;

use serde::Serialize;
use tandem_domain::Department;

pub use load::Fault;
pub(crate) use load::line_of;

use crate::span::Span;
use crate::words::{CaseKind, Function, Letter, Phase};

/// Phases in which both departments must be responsible, accountable or consulted: one alone would judge, act or learn
/// without the other.
pub const JOINT_PHASES: [Phase; 3] = [Phase::Analyse, Phase::Contain, Phase::Learn];

/// One phase of a matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// How long after the phase begins its duties are due.
    pub within: Span,
    /// The letter of each function that has one; exactly one is accountable.
    pub letters: BTreeMap<Function, Letter>,
}

impl Row {
    /// The functions with that letter.
    pub fn with(&self, letter: Letter) -> impl Iterator<Item = Function> + '_ {
        self.letters
            .iter()
            .filter(move |(_, l)| **l == letter)
            .map(|(f, _)| *f)
    }

    /// True if somebody of the department does, answers for or is asked about the work.
    pub fn involves(&self, department: Department) -> bool {
        self.letters
            .iter()
            .any(|(f, l)| *l != Letter::Informed && f.department() == Some(department))
    }
}

/// A whole matrix: a row for every phase.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// Where it comes from: `default` or the kind's name.
    pub name: String,
    /// A title for people.
    pub title: String,
    /// Each phase's row.
    pub rows: BTreeMap<Phase, Row>,
}

/// The matrices of all kinds: a default, and overrides by kind in which a phase named replaces the default's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RaciBook {
    default: Matrix,
    kinds: BTreeMap<CaseKind, Matrix>,
}

impl RaciBook {
    /// Reads and checks the files, each a pair of name and text.
    ///
    /// # Errors
    /// Every fault with its file and line: what cannot be read, a phase missing from the default, a phase without exactly one
    /// accountable or without a responsible function, a function with two letters, a department left out of a joint phase.
    pub fn load(files: &[(&str, &str)]) -> Result<Self, Vec<Fault>> {
        load::book(files)
    }

    /// The matrix for a kind.
    pub fn matrix(&self, kind: CaseKind) -> &Matrix {
        self.kinds.get(&kind).unwrap_or(&self.default)
    }
}
