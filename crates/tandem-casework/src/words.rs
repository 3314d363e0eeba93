//! Closed lists of words, each with one stored and transmitted name.

use serde::{Deserialize, Serialize};
use tandem_domain::Department;
use tandem_domain::Verdict;
use tandem_domain::alert::RiskLevel;

/// An enumeration whose values have a stored name: `ALL`, `as_str` and `parse` beside serde.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }

        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stored and transmitted name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The value with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            /// The name in words: blanks for underscores.
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.as_str().replace('_', " "))
            }
        }
    };
}
pub(crate) use words;

words! {
    /// Incident type: which responsibility matrix and which playbook fit.
    CaseKind {
        /// Data left or is about to leave.
        DataLeakage => "data_leakage",
        /// Systems or data are damaged on purpose.
        Sabotage => "sabotage",
        /// Somebody enriches themselves.
        Fraud => "fraud",
        /// Rights are used for what they were not given for.
        Misuse => "misuse",
        /// One account, several people.
        AccountSharing => "account_sharing",
        /// A device is gone.
        LostDevice => "lost_device",
        /// Much was deleted at once.
        MassDeletion => "mass_deletion",
        /// A password, key or token is where it must not be.
        LeakedCredential => "leaked_credential",
        /// Harassment was reported and there is technical evidence.
        HarassmentReport => "harassment_report",
        /// Somebody may have been accused wrongly or framed.
        FalseAccusation => "false_accusation",
        /// Somebody acts under pressure of others.
        Coercion => "coercion",
        /// An external works outside what was agreed.
        ContractorOutOfScope => "contractor_out_of_scope",
        /// Something was uploaded without thinking.
        CarelessUpload => "careless_upload",
        /// Somebody leaves, with or without data.
        DepartingEmployee => "departing_employee",
    }
}

words! {
    /// Severity (OCSF `severity_id` 1 to 6), mildest first.
    Severity {
        /// 1: nothing to do.
        Informational => "informational",
        /// 2: minor.
        Low => "low",
        /// 3: moderate.
        Medium => "medium",
        /// 4: serious.
        High => "high",
        /// 5: severe.
        Critical => "critical",
        /// 6: the organisation's existence.
        Fatal => "fatal",
    }
}

impl Severity {
    /// OCSF `severity_id`.
    pub const fn id(self) -> u8 {
        self as u8 + 1
    }

    /// The severity whose clocks an alert of that risk level is held to before anybody has judged it.
    pub const fn of_level(level: RiskLevel) -> Self {
        match level {
            RiskLevel::Low => Self::Low,
            RiskLevel::Watch => Self::Medium,
            RiskLevel::Review => Self::High,
            RiskLevel::Act => Self::Critical,
        }
    }
}

words! {
    /// Phase of the work on an incident (NIST SP 800-61 r2, section 3; r3 keeps them as the profile of CSF 2.0 functions).
    Phase {
        /// Before anything happens.
        Prepare => "prepare",
        /// Noticing.
        Detect => "detect",
        /// Understanding.
        Analyse => "analyse",
        /// Stopping harm.
        Contain => "contain",
        /// Removing the cause.
        Eradicate => "eradicate",
        /// Back to normal, for systems and people.
        Recover => "recover",
        /// What to do better.
        Learn => "learn",
    }
}

words! {
    /// What somebody is in the organisation, as the responsibility matrix names it.
    Function {
        /// Leads IT security.
        ItLead => "it_lead",
        /// Works in IT security.
        ItAnalyst => "it_analyst",
        /// Owns the system concerned.
        SystemOwner => "system_owner",
        /// Leads corporate security.
        CorporateLead => "corporate_lead",
        /// Investigates for corporate security.
        CorporateInvestigator => "corporate_investigator",
        /// Human resources.
        HrPartner => "hr_partner",
        /// Legal advice.
        LegalCounsel => "legal_counsel",
        /// Data protection officer (GDPR articles 37 to 39).
        DataProtectionOfficer => "data_protection_officer",
        /// Elected representatives of the staff.
        WorksCouncil => "works_council",
        /// The manager of the people concerned.
        LineManager => "line_manager",
        /// Internal and external communication.
        Communications => "communications",
        /// Employee assistance, occupational health, mediation.
        SupportService => "support_service",
    }
}

impl Function {
    /// The department a function belongs to; `None` for those that stand beside both.
    pub const fn department(self) -> Option<Department> {
        match self {
            Self::ItLead | Self::ItAnalyst | Self::SystemOwner => Some(Department::It),
            Self::CorporateLead | Self::CorporateInvestigator | Self::HrPartner => {
                Some(Department::Corporate)
            }
            _ => None,
        }
    }
}

words! {
    /// Letter of the responsibility matrix.
    Letter {
        /// Does the work.
        Responsible => "responsible",
        /// Answers for it; exactly one.
        Accountable => "accountable",
        /// Is asked before.
        Consulted => "consulted",
        /// Is told after.
        Informed => "informed",
    }
}

words! {
    /// Where a duty stands with whoever holds it or held it.
    DutyState {
        /// Nobody could be found: an alarm.
        Vacant => "vacant",
        /// Its holder has not answered yet.
        Offered => "offered",
        /// Its holder has said yes.
        Accepted => "accepted",
        /// Fulfilled.
        Done => "done",
        /// A former holder said no.
        Declined => "declined",
        /// A former holder gave it to somebody else.
        HandedOver => "handed_over",
        /// A former holder could not keep it.
        Released => "released",
    }
}

words! {
    /// What a member is in a case.
    CaseRole {
        /// Runs it for a department.
        Lead => "lead",
        /// Works on it.
        Contributor => "contributor",
        /// Legal advice; sees what is for counsel only.
        Counsel => "counsel",
        /// Human resources.
        HrPartner => "hr_partner",
        /// Reads along.
        Observer => "observer",
    }
}

words! {
    /// Where a case stands.
    CaseState {
        /// Begun; nobody has looked into it.
        Open => "open",
        /// Being looked into.
        Investigating => "investigating",
        /// Harm is stopped.
        Contained => "contained",
        /// Its end is decided jointly, not yet carried out.
        Decided => "decided",
        /// Over.
        Closed => "closed",
    }
}

words! {
    /// How a case ended.
    Outcome {
        /// It happened, and it was allowed.
        Benign => "benign",
        /// It was what it looked like.
        Confirmed => "confirmed",
        /// It did not happen.
        Unfounded => "unfounded",
        /// Cannot be said.
        InsufficientData => "insufficient_data",
        /// It goes on in another case.
        Merged => "merged",
    }
}

impl Outcome {
    /// What the outcome says about an alert of the case; `None` if the case goes on elsewhere.
    pub const fn verdict(self) -> Option<Verdict> {
        match self {
            Self::Benign => Some(Verdict::Benign),
            Self::Confirmed => Some(Verdict::TruePositive),
            Self::Unfounded => Some(Verdict::FalsePositive),
            Self::InsufficientData => Some(Verdict::InsufficientData),
            Self::Merged => None,
        }
    }
}

words! {
    /// A response that touches a person, gentlest first (the support ladder).
    Act {
        /// A talk that teaches.
        Coach => "coach",
        /// An offer of help.
        OfferSupport => "offer_support",
        /// Fewer rights for a time.
        LimitRights => "limit_rights",
        /// No account for a time.
        SuspendAccount => "suspend_account",
        /// A formal interview.
        Interview => "interview",
        /// A measure under labour law.
        Disciplinary => "disciplinary",
        /// The end of employment.
        Dismissal => "dismissal",
        /// Police, prosecutor or supervisory authority.
        ReportToAuthority => "report_to_authority",
    }
}

impl Act {
    /// The rungs that help.
    pub const fn supports(self) -> bool {
        matches!(self, Self::Coach | Self::OfferSupport)
    }

    /// Takes something away for a time, so it must end by itself.
    pub const fn tightens(self) -> bool {
        matches!(self, Self::LimitRights | Self::SuspendAccount)
    }

    /// Judges the person, who must have been heard before.
    pub const fn punishes(self) -> bool {
        matches!(
            self,
            Self::Disciplinary | Self::Dismissal | Self::ReportToAuthority
        )
    }
}

words! {
    /// Who may read a note.
    Visibility {
        /// Members of the author's department.
        OwnDepartment => "own_department",
        /// All members.
        Both => "both",
        /// The author and counsel.
        Counsel => "counsel",
    }
}

words! {
    /// Yes or no to a proposal.
    Answer {
        /// Yes.
        For => "for",
        /// No.
        Against => "against",
    }
}

words! {
    /// Why the clocks of deciding and closing stand still. Those of sharing and containing never do: harm does not wait.
    PauseWhy {
        /// An authority asked for it or has to answer first.
        Authority => "authority",
        /// A court or a statute stays the matter.
        LegalStay => "legal_stay",
        /// The subject is away and has to be heard.
        SubjectAway => "subject_away",
        /// The staff's representatives have to answer first.
        WorksCouncil => "works_council",
        /// The case was closed.
        Closed => "closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_carry_the_ids_of_ocsf() {
        let ids: Vec<_> = Severity::ALL.iter().map(|s| s.id()).collect();
        assert_eq!(ids, [1, 2, 3, 4, 5, 6]);
    }

    #[test]
    fn every_word_reads_back() {
        for kind in CaseKind::ALL {
            assert_eq!(CaseKind::parse(kind.as_str()), Some(*kind));
        }
        assert_eq!(CaseKind::DataLeakage.to_string(), "data leakage");
    }
}
