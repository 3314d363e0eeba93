//! A row of the ledger, and what is left of one whose text was taken out.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use tandem_domain::{CaseId, Purpose, SubjectId, Timestamp};

use crate::canonical::{MAX_INTEGER, SortedMap};
use crate::entry::Entry;
use crate::{Hash, Salt};

/// An entry in its place: number, hash of the row before, own hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number, from 0.
    pub seq: u64,
    /// The hash of the row before; of the first row, [`Hash::genesis`].
    pub prev: Hash,
    /// The row's own hash: [`Hash::link`] of `prev` and the canonical bytes.
    pub hash: Hash,
    /// What was recorded.
    pub entry: Entry,
}

/// The row as JSON has it: one flat object. The fields are in the order of their names, as RFC 8785 wants them.
#[derive(Serialize)]
struct Written<'a> {
    act: &'a str,
    at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    case: Option<&'a CaseId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<Detail<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hash: Option<Hash>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<&'a str>,
    prev: Hash,
    #[serde(skip_serializing_if = "Option::is_none")]
    purpose: Option<Purpose>,
    role: &'a str,
    salt: Salt,
    seq: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a SubjectId>,
    who: &'a str,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Detail<'a> {
    Plain(&'a Map<String, Value>),
    Sorted(SortedMap<'a>),
}

/// The same, read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    act: String,
    at: Timestamp,
    #[serde(default)]
    case: Option<CaseId>,
    #[serde(default)]
    detail: Map<String, Value>,
    hash: Hash,
    #[serde(default)]
    object: Option<String>,
    prev: Hash,
    #[serde(default)]
    purpose: Option<Purpose>,
    role: String,
    salt: Salt,
    seq: u64,
    #[serde(default)]
    subject: Option<SubjectId>,
    who: String,
}

impl Row {
    /// The bytes that are hashed: RFC 8785 JSON of all fields but `hash`, absent ones left out. `None` if a number in the row
    /// (`seq`, `at`, in `detail`) is not an integer of at most 2⁵³ − 1 in size; no row that was appended has one.
    pub fn canonical(&self) -> Option<Vec<u8>> {
        self.spelled(false)
    }

    /// What the row's hash must be. `None` as in [`Row::canonical`].
    pub fn expected_hash(&self) -> Option<Hash> {
        self.canonical().map(|bytes| Hash::link(self.prev, &bytes))
    }

    /// The row's leaf in the tree. `None` as in [`Row::canonical`].
    pub fn leaf(&self) -> Option<Hash> {
        self.canonical().map(|bytes| Hash::leaf(&bytes))
    }

    /// What stays when the row's text is taken out: its number and its hashes. `None` as in [`Row::canonical`].
    pub fn seal(&self) -> Option<SealedRow> {
        Some(SealedRow {
            hash: self.hash,
            leaf: self.leaf()?,
            seq: self.seq,
        })
    }

    /// The row's one spelling, with or without its hash. `None` as in [`Row::canonical`].
    pub(crate) fn spelled(&self, hash: bool) -> Option<Vec<u8>> {
        let bound = MAX_INTEGER.unsigned_abs();
        if self.seq > bound || self.entry.at.0.unsigned_abs() > bound {
            return None;
        }
        let detail = Detail::Sorted(SortedMap(&self.entry.detail));
        serde_json::to_vec(&self.written(hash, detail)).ok()
    }

    fn written<'a>(&'a self, hash: bool, detail: Detail<'a>) -> Written<'a> {
        let entry = &self.entry;
        Written {
            act: &entry.act,
            at: entry.at,
            case: entry.case.as_ref(),
            detail: (!entry.detail.is_empty()).then_some(detail),
            hash: hash.then_some(self.hash),
            object: entry.object.as_deref(),
            prev: self.prev,
            purpose: entry.purpose,
            role: &entry.role,
            salt: entry.salt,
            seq: self.seq,
            subject: entry.subject.as_ref(),
            who: &entry.who,
        }
    }
}

impl Serialize for Row {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Any row can be shown, also one that was spoilt; only its bytes are particular.
        let detail = Detail::Plain(&self.entry.detail);
        self.written(true, detail).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Row {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        Ok(Self {
            seq: read.seq,
            prev: read.prev,
            hash: read.hash,
            entry: Entry {
                act: read.act,
                at: read.at,
                case: read.case,
                detail: read.detail,
                object: read.object,
                purpose: read.purpose,
                role: read.role,
                salt: read.salt,
                subject: read.subject,
                who: read.who,
            },
        })
    }
}

/// A row without its text: erased when its time was over, or kept back from an export that others may read. The tree still
/// holds it in its place, and what the text said cannot be guessed, because the row's salt went with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedRow {
    /// The row's hash.
    pub hash: Hash,
    /// The row's leaf.
    pub leaf: Hash,
    /// Its number.
    pub seq: u64,
}

#[cfg(test)]
mod tests;
