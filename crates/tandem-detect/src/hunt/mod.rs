//! The language that people search events with: one line of terms, with Sigma's words for them.
//!
//! `field:value`, `field|modifier:value`, lists in brackets, bare words, `and` (also understood where two terms stand side by side),
//! `or`, `not` and brackets. [`parse`] makes a [`Query`]; its text form ([`Display`](std::fmt::Display)) is read back as the same
//! tree. [`rule_yaml`] says it as a Sigma rule; the lake's SQL is made by whoever has a lake. See `docs/hunting.md`.

mod fault;
mod field;
mod modifier;
mod parse;
mod pattern;
mod show;
mod sigma;

pub use fault::QueryFault;
pub use field::{Field, column_names};
pub use parse::parse;
pub use pattern::{Piece, pieces};
pub use sigma::{QUERY_SOURCE, RuleAbout, Threshold, Unsayable, query_rule_yaml, rule_yaml};

/// Longest question, bytes.
pub const MAX_BYTES: usize = 4_096;
/// Most values of all terms together.
pub const MAX_TERMS: usize = 64;
/// Most bare words: each is looked for in every part of a record.
pub const MAX_WORDS: usize = 32;
/// Deepest nesting of brackets and `not`.
pub const MAX_DEPTH: usize = 16;

/// A question about events. No `And` stands directly in an `And`, no `Or` in an `Or`, and both have at least two parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Query {
    /// Every part holds.
    And(Vec<Query>),
    /// One of the parts holds.
    Or(Vec<Query>),
    /// It does not hold; what an event does not have does not hold either.
    Not(Box<Query>),
    /// One comparison.
    Term(Term),
}

/// A field, or the whole record, and what it is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// Where to look; anywhere in the record if absent.
    pub field: Option<Field>,
    /// How.
    pub test: Test,
    /// With what, as written: in [`Test::Text`] with Sigma's wildcards and escapes ([`pieces`]). Empty for [`Test::Exists`].
    pub values: Vec<String>,
    /// Every value must fit instead of one of them.
    pub all: bool,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    /// As text with wildcards.
    Text {
        /// Where in the text.
        place: Place,
        /// With regard to case.
        cased: bool,
    },
    /// As a regular expression found anywhere, with regard to case unless `ignore_case`.
    Regexp {
        /// Modifier `i`.
        ignore_case: bool,
        /// Modifier `m`: `^` and `$` also match at line ends.
        multi_line: bool,
        /// Modifier `s`: `.` also matches a line end.
        dot_all: bool,
    },
    /// As a network that the address lies in.
    Cidr,
    /// As a number.
    Number(Order),
    /// Whether the field is there.
    Exists(bool),
}

/// Where in a text a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// It is the whole text.
    Whole,
    /// Anywhere (`contains`).
    Anywhere,
    /// At the beginning (`startswith`).
    Start,
    /// At the end (`endswith`).
    End,
}

/// How a number compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// `lt`
    Less,
    /// `lte`
    LessEqual,
    /// `gt`
    Greater,
    /// `gte`
    GreaterEqual,
}

impl Query {
    /// Every part; parts that are `And` themselves are taken apart, and a single part stays itself.
    pub fn and(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::And(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::And)
    }

    /// One of the parts; parts that are `Or` themselves are taken apart, and a single part stays itself.
    pub fn or(parts: Vec<Self>) -> Self {
        let flat = parts.into_iter().flat_map(|part| match part {
            Self::Or(inner) => inner,
            other => vec![other],
        });
        one_or(flat.collect(), Self::Or)
    }

    /// Every term, from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Term(term) => vec![term],
        }
    }

    /// The accounts that it asks for by their whole name, as written; accounts that are only excluded are not among them.
    pub fn accounts(&self) -> Vec<&str> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::accounts).collect(),
            Self::Not(_) => Vec::new(),
            Self::Term(term) => {
                let whole = matches!(
                    term.test,
                    Test::Text {
                        place: Place::Whole,
                        ..
                    }
                );
                let names = term.field.as_ref().is_some_and(Field::names_an_account);
                let values = term.values.iter().filter(|_| whole && names);
                values.map(String::as_str).collect()
            }
        }
    }

    /// What a reader should know about it: names that are no columns but look like one.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for term in self.terms() {
            if let Some(note) = term.field.as_ref().and_then(Field::note)
                && !notes.contains(&note)
            {
                notes.push(note);
            }
        }
        notes
    }
}

fn one_or(mut parts: Vec<Query>, join: fn(Vec<Query>) -> Query) -> Query {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            join(parts)
        }
        None => join(parts),
    }
}

#[cfg(test)]
mod tests;
