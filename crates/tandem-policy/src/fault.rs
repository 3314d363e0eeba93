//! What is wrong with a set of policies: file, line, column, why, and what to do.

use std::fmt;

use miette::Diagnostic;
use thiserror::Error;

use crate::Invariant;

/// Most faults reported at once.
const FAULTS_MAX: usize = 50;

/// One fault in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// File name as given.
    pub file: String,
    /// Line, from 1; 0 if the whole file is meant.
    pub line: usize,
    /// Column, from 1 in characters; 0 if the whole line is meant.
    pub column: usize,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
    /// The invariant that the set would break, if that is what is wrong.
    pub invariant: Option<Invariant>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}; {}",
            self.file, self.line, self.column, self.why, self.remedy
        )
    }
}

/// A set of policies that is refused, with every fault found (at most 50).
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("policies refused: {}", listed(.faults))]
pub struct PolicyError {
    /// In the order found.
    pub faults: Vec<Fault>,
}

fn listed(faults: &[Fault]) -> String {
    let lines: Vec<String> = faults.iter().map(ToString::to_string).collect();
    lines.join("\n  ")
}

/// Collects faults while a set is read.
#[derive(Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    pub fn push(&mut self, fault: Fault) {
        if self.0.len() < FAULTS_MAX && !self.0.contains(&fault) {
            self.0.push(fault);
        }
    }

    /// A fault of our own at a byte offset of a text.
    pub fn at(&mut self, file: &str, text: &str, offset: usize, why: String, remedy: &str) {
        let (line, column) = place(text, offset);
        self.push(Fault {
            file: file.to_owned(),
            line,
            column,
            why,
            remedy: remedy.to_owned(),
            invariant: None,
        });
    }

    /// What Cedar reports, with all that is related.
    pub fn cedar(&mut self, file: &str, text: &str, report: &dyn Diagnostic, remedy: &str) {
        let label = report.labels().and_then(|mut labels| labels.next());
        let offset = label.as_ref().map_or(0, miette::LabeledSpan::offset);
        let mut why = report.to_string();
        if let Some(more) = label
            .as_ref()
            .and_then(|label| label.label())
            .filter(|more| !why.contains(more))
        {
            why = format!("{why} ({more})");
        }
        let help = report.help().map(|help| help.to_string());
        self.at(file, text, offset, why, help.as_deref().unwrap_or(remedy));
        for other in report.related().into_iter().flatten() {
            self.cedar(file, text, other, remedy);
        }
    }

    /// Refuses if anything was found.
    pub fn into_result(self) -> Result<(), PolicyError> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(PolicyError { faults: self.0 })
        }
    }
}

/// Line and column, both from 1, of a byte offset; the end if it lies beyond or inside a character.
pub(crate) fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
