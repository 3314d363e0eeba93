//! What the vault asks of others: a warrant to open for, and a witness that writes the ledger entry.
//!
//! This is the seam to the policy and the ledger; nothing else in this crate knows how either is made.

use std::error::Error;
use std::fmt;
use std::future::Future;

use serde::{Deserialize, Serialize};
use tandem_domain::{CaseId, Department, Purpose, SubjectId, Timestamp};

/// One part of an identity. A warrant names each that it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Given and family name.
    Name,
    /// Mail addresses and telephone number.
    Contact,
    /// Account names, and the key under which personnel files know the person.
    Accounts,
    /// Position and unit in the organisation.
    Position,
    /// Who leads the person.
    Manager,
    /// Place of work.
    Site,
}

impl Field {
    /// Every field, in order.
    pub const ALL: [Self; 6] = [
        Self::Name,
        Self::Contact,
        Self::Accounts,
        Self::Position,
        Self::Manager,
        Self::Site,
    ];

    /// The stored and transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Contact => "contact",
            Self::Accounts => "accounts",
            Self::Position => "position",
            Self::Manager => "manager",
            Self::Site => "site",
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Leave to open parts of one subject's record in one case, given by both departments. Only the policy makes one.
///
/// The vault does not take a warrant's word for everything: it compares case and subject with what is asked, looks at the
/// expiry and the two approvals itself, and asks [`Warrant::covers`] for each field.
pub trait Warrant {
    /// The disclosure's id.
    fn id(&self) -> &str;
    /// The case it was given for.
    fn case(&self) -> &CaseId;
    /// Whom it is about.
    fn subject(&self) -> &SubjectId;
    /// What it is for.
    fn purpose(&self) -> Purpose;
    /// Whether it covers the field at this instant.
    ///
    /// # Errors
    /// Why not, as part of a sentence and without anybody's name.
    fn covers(&self, field: Field, now: Timestamp) -> Result<(), String>;
    /// Accounts of the two colleagues who approved, each with their department.
    fn approved_by(&self) -> [(&str, Department); 2];
    /// Account of the colleague who asked.
    fn requested_by(&self) -> &str;
    /// The first instant at which it no longer holds.
    fn expires(&self) -> Timestamp;
}

/// A look into the vault, as the ledger keeps it. It holds pseudonyms and colleagues' accounts, never the person's name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The disclosure's id.
    pub warrant: String,
    /// The case.
    pub case: CaseId,
    /// Whose record.
    pub subject: SubjectId,
    /// What for.
    pub purpose: Purpose,
    /// What was given out, in order and once each.
    pub fields: Vec<Field>,
    /// Who asked for the disclosure.
    pub requested_by: String,
    /// Who approved it, with their department.
    pub approved_by: [(String, Department); 2],
    /// When the disclosure ends.
    pub expires: Timestamp,
    /// When the look was.
    pub at: Timestamp,
}

/// Why a person's record is destroyed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// The time for which it may be kept is over (GDPR article 17(1)(a)).
    RetentionOver,
    /// The person asked for it, and nothing stands against it (GDPR article 17(1)(b) to (d)).
    OwnRequest,
    /// It should never have been collected (GDPR article 17(1)(d)).
    CollectedInError,
}

/// What the vault does, told to the witness before it is done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// Parts of a record are given out.
    Opened(Opening),
    /// A record and its key are destroyed.
    Erased {
        /// Whose.
        subject: SubjectId,
        /// Why.
        ground: Ground,
        /// Account of the colleague who ordered it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// A person whose record was destroyed may be kept again.
    Readmitted {
        /// Who.
        subject: SubjectId,
        /// Account of the colleague who ordered it.
        by: String,
        /// When.
        at: Timestamp,
    },
    /// All keys are sealed anew under another master key.
    KeyRotated {
        /// Id of the former master key.
        from: String,
        /// Id of the new one.
        to: String,
        /// Account of the colleague who ordered it.
        by: String,
        /// When.
        at: Timestamp,
    },
}

/// Writes acts of the vault into the ledger. What it cannot write does not happen.
pub trait Witness {
    /// Why an entry could not be written. Its words reach logs.
    type Error: Error + Send + Sync + 'static;

    /// Writes the entry durably.
    ///
    /// # Errors
    /// When it is not certain that the entry stands; then the vault does nothing.
    fn record(&self, act: Act) -> impl Future<Output = Result<(), Self::Error>> + Send;
}
