//! The model: a playbook as its YAML form says it.

mod form;
mod span;
mod step;
mod words;

use serde::{Deserialize, Serialize};
use tandem_domain::{Day, Motive, Purpose, Threat, Timestamp};

pub(crate) use form::fitting;
pub use form::{AnswerError, Answers, Field, FieldKind, check_answers};
pub use span::{Span, SpanError};
pub use step::{Action, Block, Kind, Step, Talk, Undo};
pub use words::{Channel, Checkpoint, Function, LawfulBasis, Owner, Phase, PrivacyClass, Raci};

use crate::cacao::Json;

/// How often a loop runs at most if it does not say.
pub(crate) const DEFAULT_MAX: u32 = 10;

/// A playbook.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Playbook {
    /// Its id: lower-case letters, digits and `-`.
    #[serde(rename = "playbook")]
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it is for, in one or two sentences.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// Counts up with every change.
    pub version: u32,
    /// When it was first written.
    pub created: Stamp,
    /// When this version was written.
    pub modified: Stamp,
    /// STIX identity of the maker, if not Tandem itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// What could happen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub threats: Vec<Threat>,
    /// Why it could happen; told apart because the motive chooses the response.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub motives: Vec<Motive>,
    /// What data is used for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// On what legal ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lawful_basis: Option<LawfulBasis>,
    /// What has to be looked at in national law or agreements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub basis_note: Option<String>,
    /// Which data about people it shows unless a step says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub privacy: Option<PrivacyClass>,
    /// When to use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begin_when: Vec<String>,
    /// When it is over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub finished_when: Vec<String>,
    /// Evidence to keep.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// Techniques, preventions and controls it goes back to: Insider Threat Matrix, ATT&CK, NIST.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// What a run is given at its start.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<Field>,
    /// Messages.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<Template>,
    /// The steps, in order.
    pub steps: Vec<Step>,
    /// Steps if something fails that nobody handles; the run then ends.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exception: Vec<Step>,
    /// Properties of the CACAO playbook it came from that have no word here, kept as they came.
    #[serde(default, skip_serializing_if = "Json::is_empty")]
    pub cacao: Json,
}

/// A message. People appear in it only as placeholders; who sends it by a disclosure's right puts the name in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// Its id.
    pub id: String,
    /// For whom, in words.
    pub to: String,
    /// How it travels.
    pub channel: Channel,
    /// Title.
    pub title: String,
    /// Text; `{name}` stands for a value of the run or one of [`RESERVED`].
    pub text: String,
}

/// Names that always have a meaning in placeholders: the case's number, the subject's pseudonym, today's date, the step's
/// deadline, whom to ask.
pub const RESERVED: [&str; 5] = ["case", "subject", "date", "deadline", "contact"];

/// An instant as CACAO writes it: RFC 3339 in UTC with milliseconds. A bare day means its midnight.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stamp {
    text: String,
    at: Timestamp,
}

impl Stamp {
    /// The instant.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The text, as it was written or completed.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Why a text is no instant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no instant; write `2026-01-31` or `2026-01-31T08:00:00.000Z`")]
pub struct StampError(String);

impl TryFrom<String> for Stamp {
    type Error = StampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Some(at) = Timestamp::parse_rfc3339(&text) {
            return Ok(Self { text, at });
        }
        match Day::parse(&text) {
            Some(day) => Ok(Self {
                text: format!("{day}T00:00:00.000Z"),
                at: day.start(),
            }),
            None => Err(StampError(text.chars().take(40).collect())),
        }
    }
}

impl From<Stamp> for String {
    fn from(stamp: Stamp) -> Self {
        stamp.text
    }
}
