//! The closed lists of words a playbook is written in.

use serde::{Deserialize, Serialize};
use tandem_domain::Department;

use crate::words::words;

words! {
    /// Who in a company does something. A letter of RACI is given to one of these.
    Function {
        /// Analysts and responders of IT security.
        ItSecurity => "it_security",
        /// Those who run systems and accounts.
        ItOperations => "it_operations",
        /// Investigators of corporate security.
        CorporateSecurity => "corporate_security",
        /// Human resources.
        Hr => "hr",
        /// Counsel.
        Legal => "legal",
        /// Data protection officer.
        Privacy => "privacy",
        /// The staff's elected representatives.
        WorksCouncil => "works_council",
        /// The person's manager.
        LineManager => "line_manager",
        /// Management that answers for both departments.
        Leadership => "leadership",
        /// Finance and accounting.
        Finance => "finance",
        /// Communications.
        Communications => "communications",
        /// Who buys services and holds contracts with suppliers.
        Procurement => "procurement",
        /// Confidential help: employee assistance, occupational health, social counselling.
        SupportService => "support_service",
        /// Who runs the anonymous channel.
        SpeakUp => "speak_up",
    }
}

impl Function {
    /// The department a function belongs to; `None` for those who stand beside both.
    pub const fn department(self) -> Option<Department> {
        match self {
            Self::ItSecurity | Self::ItOperations => Some(Department::It),
            Self::CorporateSecurity | Self::Hr => Some(Department::Corporate),
            _ => None,
        }
    }
}

words! {
    /// Which department does a step.
    Owner {
        /// IT security.
        It => "it",
        /// Corporate security and HR.
        Corporate => "corporate",
        /// Both together, for example a joint decision.
        Both => "both",
    }
}

impl Owner {
    /// True if that department takes part.
    pub const fn includes(self, department: Department) -> bool {
        matches!(
            (self, department),
            (Self::Both, _) | (Self::It, Department::It) | (Self::Corporate, Department::Corporate)
        )
    }
}

words! {
    /// Phase of handling (NIST SP 800-61, with learning told apart).
    Phase {
        /// Getting ready.
        Prepare => "prepare",
        /// Noticing.
        Detect => "detect",
        /// Finding out.
        Analyse => "analyse",
        /// Stopping harm.
        Contain => "contain",
        /// Removing the cause.
        Eradicate => "eradicate",
        /// Getting back to work, and to trust.
        Recover => "recover",
        /// Learning from it.
        Learn => "learn",
    }
}

words! {
    /// Something that must be looked at before the run goes on; such a step cannot be skipped.
    Checkpoint {
        /// Counsel.
        Legal => "legal",
        /// Human resources.
        Hr => "hr",
        /// Data protection.
        Privacy => "privacy",
        /// The staff's representatives.
        WorksCouncil => "works_council",
        /// Evidence is kept and deletion stopped (legal hold).
        Preservation => "preservation",
    }
}

words! {
    /// Which data about people a step shows.
    PrivacyClass {
        /// None.
        None => "none",
        /// Pseudonyms only.
        Pseudonymous => "pseudonymous",
        /// An identified person.
        Identified => "identified",
        /// Special categories (GDPR article 9), or offences (article 10).
        Special => "special",
    }
}

words! {
    /// On what legal ground data is used (GDPR article 6(1), letters a to f).
    LawfulBasis {
        /// (a) Consent; rarely free between employer and staff.
        Consent => "consent",
        /// (b) The contract with the person.
        Contract => "contract",
        /// (c) A duty by law.
        LegalObligation => "legal_obligation",
        /// (d) Somebody's life.
        VitalInterests => "vital_interests",
        /// (e) A task in the public interest.
        PublicTask => "public_task",
        /// (f) Legitimate interests that outweigh the person's.
        LegitimateInterests => "legitimate_interests",
    }
}

words! {
    /// How a message travels.
    Channel {
        /// Mail.
        Mail => "mail",
        /// The case's chat channel.
        Chat => "chat",
        /// A letter on paper.
        Letter => "letter",
        /// Words for a conversation.
        Talk => "talk",
    }
}

/// Who does, answers for, is asked about and is told of a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Raci {
    /// Responsible: do it.
    #[serde(rename = "R")]
    pub responsible: Vec<Function>,
    /// Accountable: answers for it; exactly one.
    #[serde(rename = "A")]
    pub accountable: Function,
    /// Consulted before.
    #[serde(rename = "C", default, skip_serializing_if = "Vec::is_empty")]
    pub consulted: Vec<Function>,
    /// Informed after.
    #[serde(rename = "I", default, skip_serializing_if = "Vec::is_empty")]
    pub informed: Vec<Function>,
}

impl Raci {
    /// Every function with its letter, in the order R, A, C, I.
    pub fn letters(&self) -> Vec<(Function, char)> {
        let letter = |list: &[Function], letter| list.iter().map(move |f| (*f, letter)).collect::<Vec<_>>();
        let mut all = letter(&self.responsible, 'R');
        all.push((self.accountable, 'A'));
        all.extend(letter(&self.consulted, 'C'));
        all.extend(letter(&self.informed, 'I'));
        all
    }
}
