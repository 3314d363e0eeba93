//! Roles of the people who work with Tandem.

use serde::{Deserialize, Serialize};

/// What somebody signs in as. The two sides are `ItAnalyst` and `CorporateInvestigator`; an administrator runs the system
/// and sees no subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// IT security: sees technical evidence and pseudonyms.
    ItAnalyst,
    /// Corporate security and HR: sees human-side facts and pseudonyms.
    CorporateInvestigator,
    /// Approves disclosures and decisions.
    Approver,
    /// Checks the work of both sides.
    Auditor,
    /// The staff's elected representatives.
    WorksCouncil,
    /// Runs the system; sees no subject.
    Administrator,
    /// A member of staff looking at what is kept about them.
    Staff,
}

impl Role {
    /// Every role, in the order the sign-in page lists them.
    pub const ALL: [Self; 7] = [
        Self::ItAnalyst,
        Self::CorporateInvestigator,
        Self::Approver,
        Self::Auditor,
        Self::WorksCouncil,
        Self::Administrator,
        Self::Staff,
    ];

    /// The stored and transmitted name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ItAnalyst => "it_analyst",
            Self::CorporateInvestigator => "corporate_investigator",
            Self::Approver => "approver",
            Self::Auditor => "auditor",
            Self::WorksCouncil => "works_council",
            Self::Administrator => "administrator",
            Self::Staff => "staff",
        }
    }

    /// The role with that stored name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// May look at subjects' stories, alerts and events.
    pub const fn sees_subjects(self) -> bool {
        matches!(
            self,
            Self::ItAnalyst | Self::CorporateInvestigator | Self::Approver | Self::Auditor
        )
    }

    /// May search raw events, which hold account names.
    pub const fn hunts(self) -> bool {
        matches!(self, Self::ItAnalyst)
    }

    /// May see collection sources, rates and rejected records.
    pub const fn sees_sources(self) -> bool {
        matches!(self, Self::ItAnalyst | Self::Administrator | Self::Auditor)
    }
}
