//! Typed fields: what a form asks, what a run is given at its start, what an action returns.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{Day, Timestamp};

use crate::condition::Datum;
use crate::words::words;

/// Longest text of one line, characters.
pub const MAX_TEXT: usize = 1_000;
/// Longest text of many lines, characters.
pub const MAX_LONG_TEXT: usize = 20_000;

/// Answers by the id of the field.
pub type Answers = BTreeMap<String, Datum>;

words! {
    /// What a field takes.
    FieldKind {
        /// One line of text.
        Text => "text",
        /// Many lines of text.
        LongText => "long_text",
        /// Yes or no.
        Bool => "bool",
        /// A whole number.
        Number => "number",
        /// One of the options.
        Choice => "choice",
        /// A day (`2026-01-31`) or an instant (RFC 3339).
        Date => "date",
        /// Reference to a piece of evidence: its id in the case or its hash.
        Evidence => "evidence",
    }
}

/// A field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Name in conditions and placeholders, unique in the playbook.
    pub id: String,
    /// The question.
    pub label: String,
    /// What it takes.
    #[serde(rename = "type", default = "text", skip_serializing_if = "is_text")]
    pub kind: FieldKind,
    /// May be left open.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub optional: bool,
    /// What can be chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Smallest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<i64>,
    /// Largest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<i64>,
    /// What helps to answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

const fn text() -> FieldKind {
    FieldKind::Text
}

const fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text)
}

/// Why an answer was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// There is no such field.
    #[error("there is no field `{0}` here")]
    Unknown(String),
    /// A field that must be answered is open.
    #[error("`{0}` must be answered")]
    Missing(String),
    /// The answer is not what the field takes.
    #[error("`{field}` takes {wanted}")]
    Wrong {
        /// The field.
        field: String,
        /// What it takes.
        wanted: String,
    },
}

impl Field {
    /// Checks one answer.
    pub fn accepts(&self, answer: &Datum) -> Result<(), AnswerError> {
        if self.fits(answer) {
            return Ok(());
        }
        Err(AnswerError::Wrong {
            field: self.id.clone(),
            wanted: self.wanted(),
        })
    }

    fn fits(&self, answer: &Datum) -> bool {
        let line = |text: &str| {
            !text.trim().is_empty() && text.chars().count() <= MAX_TEXT && !text.contains(['\n', '\r', '\0'])
        };
        match (self.kind, answer) {
            (FieldKind::Text | FieldKind::Evidence, Datum::Text(text)) => line(text),
            (FieldKind::LongText, Datum::Text(text)) => {
                !text.trim().is_empty() && text.chars().count() <= MAX_LONG_TEXT && !text.contains('\0')
            }
            (FieldKind::Bool, Datum::Bool(_)) => true,
            (FieldKind::Number, Datum::Number(number)) => {
                self.min.is_none_or(|min| min <= *number) && self.max.is_none_or(|max| *number <= max)
            }
            (FieldKind::Choice, Datum::Text(text)) => self.options.contains(text),
            (FieldKind::Date, Datum::Text(text)) => {
                line(text) && (Day::parse(text).is_some() || Timestamp::parse_rfc3339(text).is_some())
            }
            _ => false,
        }
    }

    fn wanted(&self) -> String {
        match self.kind {
            FieldKind::Text => format!("one line of text, at most {MAX_TEXT} characters"),
            FieldKind::LongText => format!("text, at most {MAX_LONG_TEXT} characters"),
            FieldKind::Bool => "true or false".to_owned(),
            FieldKind::Number => match (self.min, self.max) {
                (Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
                (Some(min), None) => format!("a whole number, at least {min}"),
                (None, Some(max)) => format!("a whole number, at most {max}"),
                (None, None) => "a whole number".to_owned(),
            },
            FieldKind::Choice => format!("one of {}", self.options.join(", ")),
            FieldKind::Date => "a day as in 2026-01-31, or an instant of RFC 3339".to_owned(),
            FieldKind::Evidence => "the id or hash of a piece of evidence".to_owned(),
        }
    }

    /// CACAO's type of variable (vocabulary of section 10.18.4).
    pub(crate) const fn cacao_type(&self) -> &'static str {
        match self.kind {
            FieldKind::Bool => "bool",
            FieldKind::Number => "integer",
            _ => "string",
        }
    }
}

/// Checks a whole set of answers against its fields.
pub fn check_answers(fields: &[Field], answers: &Answers) -> Result<(), AnswerError> {
    if let Some(name) = answers
        .keys()
        .find(|name| fields.iter().all(|field| field.id != **name))
    {
        return Err(AnswerError::Unknown(name.chars().take(64).collect()));
    }
    for field in fields {
        match answers.get(&field.id) {
            Some(answer) => field.accepts(answer)?,
            None if field.optional => {}
            None => return Err(AnswerError::Missing(field.id.clone())),
        }
    }
    Ok(())
}

/// What of a machine's answer fits the fields; the rest is unknown to the run, which then asks a person.
pub(crate) fn fitting(fields: &[Field], answers: &Answers) -> Answers {
    fields
        .iter()
        .filter_map(|field| Some((field.id.clone(), answers.get(&field.id)?.clone(), field)))
        .filter(|(_, answer, field)| field.accepts(answer).is_ok())
        .map(|(id, answer, _)| (id, answer))
        .collect()
}
