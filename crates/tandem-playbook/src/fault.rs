//! What is wrong with a playbook: where, why, and what to do about it.

use std::fmt;

/// How bad a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The playbook can be used; somebody should look at it.
    Warning,
    /// The playbook must not be used.
    Error,
}

/// A place in a text file, both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column, in characters.
    pub column: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// The way to a value inside a document, for example `workflow.action--….on_completion` or `steps[2].then[0]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Path(Vec<Segment>);

/// One step of a [`Path`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Segment {
    Key(String),
    Index(usize),
}

impl Path {
    /// The document itself.
    pub fn root() -> Self {
        Self::default()
    }

    /// The value of a key.
    pub fn key(&self, key: &str) -> Self {
        self.with(Segment::Key(key.to_owned()))
    }

    /// An item of a list, from 0.
    pub fn index(&self, at: usize) -> Self {
        self.with(Segment::Index(at))
    }

    fn with(&self, segment: Segment) -> Self {
        let mut segments = self.0.clone();
        segments.push(segment);
        Self(segments)
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.0
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the document");
        }
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if at == 0 => write!(f, "{key}")?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// How bad it is.
    pub severity: Severity,
    /// The value that is wrong.
    pub path: Path,
    /// Where it stands in the file, if it came from a text with places.
    pub place: Option<Place>,
    /// What is wrong with it.
    pub reason: String,
    /// What to do; empty if the reason says it all.
    pub help: String,
}

impl Fault {
    /// An error.
    pub fn error(path: &Path, reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            path: path.clone(),
            place: None,
            reason: reason.into(),
            help: help.into(),
        }
    }

    /// A warning.
    pub fn warning(path: &Path, reason: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(path, reason, help)
        }
    }

    /// True if the playbook must not be used.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.place {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {}", self.path, self.reason)?;
        if !self.help.is_empty() {
            write!(f, "; {}", self.help)?;
        }
        Ok(())
    }
}

/// Why a text is no playbook: the file, and each thing that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub struct PlaybookError {
    /// The file, or another name for where the text came from.
    pub file: String,
    /// What is wrong, at least one.
    pub faults: Vec<Fault>,
}

impl PlaybookError {
    /// One fault in a file.
    pub(crate) fn one(file: &str, fault: Fault) -> Self {
        Self {
            file: file.to_owned(),
            faults: vec![fault],
        }
    }

    fn lines(&self) -> String {
        let lines: Vec<String> = self
            .faults
            .iter()
            .map(|fault| match fault.place {
                Some(_) => format!("{}:{fault}", self.file),
                None => format!("{}: {fault}", self.file),
            })
            .collect();
        lines.join("\n")
    }
}
