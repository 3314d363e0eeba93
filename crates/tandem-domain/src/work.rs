//! Words of working together: the two departments, what something is done for, and the case it belongs to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{Role, Side};

words! {
    /// One of the two departments that work together. What needs both, needs one person of each.
    Department {
        /// IT security: logs, content, behaviour, access rights.
        It => "it",
        /// Corporate security and HR: people facts, screening, complaints, investigations.
        Corporate => "corporate",
    }
}

impl Department {
    /// The other one.
    pub const fn other(self) -> Self {
        match self {
            Self::It => Self::Corporate,
            Self::Corporate => Self::It,
        }
    }

    /// Whose knowledge it is that the department brings.
    pub const fn side(self) -> Side {
        match self {
            Self::It => Side::Technical,
            Self::Corporate => Side::Human,
        }
    }
}

impl Role {
    /// The department that the role alone says; an approver belongs to the one of their account.
    pub const fn department(self) -> Option<Department> {
        match self {
            Self::ItAnalyst => Some(Department::It),
            Self::CorporateInvestigator => Some(Department::Corporate),
            _ => None,
        }
    }
}

words! {
    /// What somebody looks or acts for (GDPR article 5(1)(b): collected for specified purposes). Nothing about a subject is
    /// shown without one.
    Purpose {
        /// Looking through the day's queue and deciding what deserves work.
        Triage => "triage",
        /// Work on an open case.
        Investigation => "investigation",
        /// Offering help to a person.
        Support => "support",
        /// Stopping harm that is happening.
        Containment => "containment",
        /// Checking the work of others.
        Audit => "audit",
        /// A member of staff looking at what is kept about themselves, and the answer to them.
        OwnData => "own_data",
        /// Running the system.
        Administration => "administration",
    }
}

/// A case's number such as `C-2026-0042`. It says nothing about anybody.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseId(pub String);

impl CaseId {
    /// The number as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The `number`th case of `year`, counted from 1.
    pub fn of(year: i16, number: u32) -> Self {
        Self(format!("C-{year:04}-{number:04}"))
    }

    /// Reads a case's number: `C-`, four digits of the year, `-`, four to nine digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, number) = text.strip_prefix("C-")?.split_once('-')?;
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        (year.len() == 4 && digits(year) && (4..=9).contains(&number.len()) && digits(number))
            .then(|| Self(text.to_owned()))
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::CaseId;

    #[test]
    fn a_case_number_is_read_as_it_is_written_and_nothing_else_is() {
        let id = CaseId::of(2026, 42);
        assert_eq!(id.as_str(), "C-2026-0042");
        assert_eq!(CaseId::parse(id.as_str()), Some(id));
        for wrong in [
            "",
            "C-",
            "C-2026-",
            "C-26-0001",
            "C-2026-001",
            "c-2026-0001",
            "C-2026-00x1",
            "C-2026-0001-2",
            "C-2026-٠٠٠١",
        ] {
            assert_eq!(CaseId::parse(wrong), None, "{wrong}");
        }
    }
}
