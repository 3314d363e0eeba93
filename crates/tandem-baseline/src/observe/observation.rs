//! What is taken from one event.

use std::borrow::Cow;

use tandem_domain::Day;

use crate::activity::object_hash;
use crate::{Action, ObjectKind};

/// An object used in an act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object<'a> {
    /// What kind.
    pub kind: ObjectKind,
    /// Its name in one spelling.
    pub text: Cow<'a, str>,
}

impl Object<'_> {
    /// The hash under which days and profiles know it.
    pub fn hash(&self) -> u64 {
        object_hash(self.kind.index() as u64, &self.text)
    }

    /// As much of the name as may be kept and shown: of addresses the domain, of accounts nothing, because both name people.
    pub fn shown(&self) -> &str {
        match self.kind {
            ObjectKind::Administered => "",
            _ => self
                .text
                .rsplit_once('@')
                .map_or(&*self.text, |(_, domain)| domain),
        }
    }
}

/// One act of one account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation<'a> {
    /// What was done.
    pub action: Action,
    /// Local hour, 0 to 23.
    pub hour: u8,
    /// Minute of that hour, 0 to 59. Good enough for the order of acts.
    pub minute: u8,
    /// Microsecond of that minute, 0 to 59,999,999: it chooses what is kept of a day of too many objects.
    pub micros: u32,
    /// Bytes moved.
    pub bytes: u64,
    /// Things touched at once: rows, pages, attachments.
    pub items: u32,
    /// Something labelled confidential was touched.
    pub confidential: bool,
    /// It was refused.
    pub denied: bool,
    /// Objects whose first use would be news.
    pub objects: Vec<Object<'a>>,
    /// Hash of the file touched.
    pub file: Option<u64>,
    /// Hash of the record touched.
    pub record: Option<u64>,
}

impl Observation<'_> {
    /// An act at a full hour, without any amounts or objects.
    pub fn new(action: Action, hour: u8) -> Self {
        Self {
            action,
            hour,
            minute: 0,
            micros: 0,
            bytes: 0,
            items: 0,
            confidential: false,
            denied: false,
            objects: Vec::new(),
            file: None,
            record: None,
        }
    }

    /// A look at what is labelled confidential, or an access that was refused.
    pub fn is_curious(&self) -> bool {
        (self.confidential && self.action.is_look()) || (self.denied && self.action.is_access())
    }
}

/// An observation with whose it is and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observed<'a> {
    /// The account as the source wrote it; the caller brings it to one spelling.
    pub account: &'a str,
    /// Local calendar day.
    pub day: Day,
    /// What was seen.
    pub observation: Observation<'a>,
}
