//! What a caller puts into the ledger.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use tandem_domain::{CaseId, Purpose, SubjectId, Timestamp};
use thiserror::Error;

use crate::canonical::{self, MAX_INTEGER, SortedMap};

/// Longest act, bytes.
pub const MAX_ACT: usize = 64;
/// Longest account name or role, bytes.
pub const MAX_NAME: usize = 128;
/// Longest pseudonym or case number, bytes.
pub const MAX_ID: usize = 64;
/// Longest object, bytes.
pub const MAX_OBJECT: usize = 512;
/// Longest canonical text of the detail, bytes.
pub const MAX_DETAIL: usize = 4096;
/// Most levels of objects and lists in the detail.
pub const MAX_DEPTH: usize = 8;

/// Sixteen random bytes of one row, written as 32 lower-case hexadecimal digits.
///
/// A proof that a row is in the ledger shows hashes of its neighbours. Without something random in each row, whoever holds the
/// proof could guess a neighbour (who, whom, when) until its hash fits; and a row whose text was erased could be guessed back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Salt(pub [u8; 16]);

impl fmt::Display for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl Serialize for Salt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Salt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut bytes = [0; 16];
        if text.bytes().any(|byte| byte.is_ascii_uppercase())
            || hex::decode_to_slice(&text, &mut bytes).is_err()
        {
            return Err(de::Error::custom("expected 32 lower-case hexadecimal digits"));
        }
        Ok(Self(bytes))
    }
}

/// One look or act, as the caller tells it. [`Chain::append`](crate::Chain::append) checks it and makes a row of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What was done: a dotted verb such as `subject.look` or `vault.open`; `[a-z_.]`, at most 64 bytes.
    pub act: String,
    /// When.
    pub at: Timestamp,
    /// The case it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<CaseId>,
    /// More about it: a small object of strings, integers, truth values and lists.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub detail: Map<String, Value>,
    /// What was looked at or acted on: the id of an alert, an event or a document, a path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<Purpose>,
    /// The role it was done in: a role's name, or `system`.
    pub role: String,
    /// The row's own random bytes.
    pub salt: Salt,
    /// Whom it concerned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<SubjectId>,
    /// The account name of the colleague, or `system`.
    pub who: String,
}

/// Why an entry is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EntryError {
    /// The act is not a dotted verb.
    #[error(
        "act `{0}` is not a dotted verb of `a-z` and `_` with at most {MAX_ACT} bytes, such as `subject.look`"
    )]
    Act(String),
    /// A text is empty, too long or holds control characters.
    #[error("field `{field}` must have 1 to {most} bytes and no control characters; it has {bytes} bytes")]
    Text {
        /// Which one.
        field: &'static str,
        /// Most bytes it may have.
        most: usize,
        /// How many it has.
        bytes: usize,
    },
    /// The detail is too long once written.
    #[error(
        "field `detail` takes {0} bytes, at most {MAX_DETAIL} are kept; put the rest where `object` points to"
    )]
    DetailSize(usize),
    /// The detail is nested too deeply.
    #[error("field `detail` is nested {0} levels deep, at most {MAX_DEPTH} are kept")]
    DetailDepth(usize),
    /// A number in the detail would be read differently by different readers.
    #[error("field `detail` holds a number that is not an integer of at most 2^53 - 1; write it as text")]
    DetailNumber,
    /// The time cannot be written so that every reader keeps it.
    #[error("field `at` lies outside the years 1970 to 2255")]
    Time,
}

impl Entry {
    /// An entry with the fields that each one has; the others are empty.
    pub fn new(at: Timestamp, who: &str, role: &str, act: &str, salt: Salt) -> Self {
        Self {
            act: act.to_owned(),
            at,
            case: None,
            detail: Map::new(),
            object: None,
            purpose: None,
            role: role.to_owned(),
            salt,
            subject: None,
            who: who.to_owned(),
        }
    }

    /// Checks all bounds.
    pub fn check(&self) -> Result<(), EntryError> {
        if !is_act(&self.act) {
            return Err(EntryError::Act(self.act.chars().take(MAX_ACT).collect()));
        }
        if !(0..=MAX_INTEGER).contains(&self.at.0) {
            return Err(EntryError::Time);
        }
        text("who", &self.who, MAX_NAME)?;
        text("role", &self.role, MAX_NAME)?;
        for (field, value, most) in [
            ("subject", self.subject.as_ref().map(SubjectId::as_str), MAX_ID),
            ("case", self.case.as_ref().map(CaseId::as_str), MAX_ID),
            ("object", self.object.as_deref(), MAX_OBJECT),
        ] {
            if let Some(value) = value {
                text(field, value, most)?;
            }
        }
        let depth = self
            .detail
            .values()
            .map(canonical::depth)
            .max()
            .map_or(0, |most| most + 1);
        if depth > MAX_DEPTH {
            return Err(EntryError::DetailDepth(depth));
        }
        match serde_json::to_vec(&SortedMap(&self.detail)) {
            Err(_) => Err(EntryError::DetailNumber),
            Ok(bytes) if bytes.len() > MAX_DETAIL => Err(EntryError::DetailSize(bytes.len())),
            Ok(_) => Ok(()),
        }
    }
}

/// True for words of `a-z` and `_`, at least two, with single dots between them.
fn is_act(act: &str) -> bool {
    act.len() <= MAX_ACT
        && act.contains('.')
        && act.split('.').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        })
}

fn text(field: &'static str, value: &str, most: usize) -> Result<(), EntryError> {
    if value.is_empty() || value.len() > most || value.chars().any(char::is_control) {
        return Err(EntryError::Text {
            field,
            most,
            bytes: value.len(),
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests;
