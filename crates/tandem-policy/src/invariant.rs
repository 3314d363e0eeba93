//! What no set of policies can switch off.

use tandem_domain::{Purpose, Role};

use crate::context::Facts;
use crate::probe::Dim;
use crate::words::words;
use crate::{Action, DataClass, Visibility};

words! {
    /// A rule that holds under every set of policies. A set that would break one is refused when it is loaded, after every
    /// situation has been tried; and each decision is held against all of them once more.
    Invariant {
        /// An administrator runs the system.
        AdministratorSeesNoSubject => "administrator_sees_no_subject",
            "Administrators never see or touch a subject's data.";
        /// The staff's representatives see figures, rules and proofs.
        WorksCouncilSeesNoSubject => "works_council_sees_no_subject",
            "The works council never sees or touches a subject's data.";
        /// Colleagues are no affair of colleagues.
        StaffSeesNoOtherSubject => "staff_sees_no_other_subject",
            "Members of staff never see the data of somebody else.";
        /// Auditors check work, not people.
        AuditorSeesNoIdentity => "auditor_sees_no_identity",
            "Auditors never see who a subject is.";
        /// Conflict of interest.
        NobodyWorksOnThemselves => "nobody_works_on_themselves",
            "Nobody works on an alert, a story, a case or an answer about themselves.";
        /// Dual control of identities.
        IdentityOnlyUnderDisclosure => "identity_only_under_disclosure",
            "Who a subject is can be seen only under an open disclosure, for investigation, support or containment.";
        /// Four eyes are not two.
        NoSelfApproval => "no_self_approval",
            "Nobody answers their own request.";
        /// Watchers do not watch themselves.
        NobodyWatchesThemselves => "nobody_watches_themselves",
            "Nobody sees findings about their own use of Tandem.";
        /// Findings about colleagues go round them and those beside them.
        WatchFindingsPassTheWatchedBy => "watch_findings_pass_the_watched_by",
            "Findings about how colleagues use Tandem never reach those who work with subjects' data or run the system.";
        /// What is kept about somebody is shown to that somebody.
        OwnDataIsOnesOwn => "own_data_is_ones_own",
            "What is kept about a member of staff is shown as own data to nobody else.";
        /// GDPR article 5(1)(b).
        NoSubjectWithoutPurpose => "no_subject_without_purpose",
            "Nothing about a subject is shown without a purpose that fits.";
        /// Need to know.
        CasesAreNeedToKnow => "cases_are_need_to_know",
            "A case is seen by its members, those whose word it waits for, and, as metadata, by auditors.";
        /// Legal privilege.
        CounselNotesStayPrivileged => "counsel_notes_stay_privileged",
            "A note for counsel is read by counsel and its author.";
        /// The ledger writes itself.
        NobodyChangesTheLedger => "nobody_changes_the_ledger",
            "The ledger is read and verified; nobody changes it.";
    }
}

/// True for the three purposes under which work on a person may go on.
const fn of_work(purpose: Option<Purpose>) -> bool {
    matches!(
        purpose,
        Some(Purpose::Investigation | Purpose::Support | Purpose::Containment)
    )
}

/// True if an answer to a member of staff, or a subject's data, is concerned.
fn touches_subject(action: Action, data: DataClass) -> bool {
    data.about_subjects() || (data == DataClass::OwnData && action == Action::Answer)
}

impl Invariant {
    /// Whether it concerns such a request at all.
    pub(crate) fn concerns(self, role: Role, action: Action, data: DataClass) -> bool {
        match self {
            Self::AdministratorSeesNoSubject => role == Role::Administrator && touches_subject(action, data),
            Self::WorksCouncilSeesNoSubject => role == Role::WorksCouncil && touches_subject(action, data),
            Self::StaffSeesNoOtherSubject => role == Role::Staff && touches_subject(action, data),
            Self::AuditorSeesNoIdentity => role == Role::Auditor && data == DataClass::Identity,
            Self::NobodyWorksOnThemselves => touches_subject(action, data),
            Self::IdentityOnlyUnderDisclosure => data == DataClass::Identity,
            Self::NoSelfApproval => matches!(action, Action::ApproveDisclosure | Action::ApproveAct),
            Self::NobodyWatchesThemselves => data == DataClass::WatchFindings,
            Self::WatchFindingsPassTheWatchedBy => {
                data == DataClass::WatchFindings && !matches!(role, Role::Auditor | Role::WorksCouncil)
            }
            Self::OwnDataIsOnesOwn => data == DataClass::OwnData && action != Action::Answer,
            Self::NoSubjectWithoutPurpose => data.about_subjects(),
            Self::CasesAreNeedToKnow => needs_to_know(role, action, data),
            Self::CounselNotesStayPrivileged => data == DataClass::CaseNote && action != Action::Contribute,
            Self::NobodyChangesTheLedger => {
                data == DataClass::Ledger
                    && !matches!(
                        action,
                        Action::Look | Action::Search | Action::Verify | Action::Export
                    )
            }
        }
    }

    /// Whether such a request, if it concerns the invariant and were allowed, would break it.
    pub(crate) fn broken_by(self, facts: &Facts) -> bool {
        match self {
            Self::AdministratorSeesNoSubject
            | Self::WorksCouncilSeesNoSubject
            | Self::StaffSeesNoOtherSubject
            | Self::AuditorSeesNoIdentity
            | Self::WatchFindingsPassTheWatchedBy
            | Self::NobodyChangesTheLedger => true,
            Self::NobodyWorksOnThemselves | Self::NobodyWatchesThemselves => facts.about_self,
            Self::IdentityOnlyUnderDisclosure => !facts.disclosed || !of_work(facts.purpose),
            Self::NoSelfApproval => facts.own_request,
            Self::OwnDataIsOnesOwn => !facts.about_self,
            Self::NoSubjectWithoutPurpose => {
                !of_work(facts.purpose) && !matches!(facts.purpose, Some(Purpose::Triage | Purpose::Audit))
            }
            Self::CasesAreNeedToKnow => !facts.member && !facts.asked,
            Self::CounselNotesStayPrivileged => {
                facts.note == Some(Visibility::Counsel) && !facts.counsel && !facts.own_note
            }
        }
    }

    /// The facts it looks at.
    pub(crate) const fn dims(self) -> &'static [Dim] {
        match self {
            Self::AdministratorSeesNoSubject
            | Self::WorksCouncilSeesNoSubject
            | Self::StaffSeesNoOtherSubject
            | Self::AuditorSeesNoIdentity
            | Self::WatchFindingsPassTheWatchedBy
            | Self::NobodyChangesTheLedger => &[],
            Self::NobodyWorksOnThemselves | Self::NobodyWatchesThemselves | Self::OwnDataIsOnesOwn => {
                &[Dim::AboutSelf]
            }
            Self::IdentityOnlyUnderDisclosure => &[Dim::Disclosed, Dim::Purpose],
            Self::NoSelfApproval => &[Dim::OwnRequest],
            Self::NoSubjectWithoutPurpose => &[Dim::Purpose],
            Self::CasesAreNeedToKnow => &[Dim::Member, Dim::Asked],
            Self::CounselNotesStayPrivileged => &[Dim::Note, Dim::Counsel, Dim::OwnNote],
        }
    }

    /// The first invariant that an allowed request of this kind would break.
    pub(crate) fn first_broken(role: Role, action: Action, data: DataClass, facts: &Facts) -> Option<Self> {
        let broken = |invariant: &&Self| invariant.concerns(role, action, data) && invariant.broken_by(facts);
        Self::ALL.iter().find(broken).copied()
    }
}

/// What belongs to a case needs membership or a request for one's word; of the case itself, an auditor sees the metadata, and
/// whoever opens it is no member yet.
fn needs_to_know(role: Role, action: Action, data: DataClass) -> bool {
    match data {
        DataClass::CaseNote | DataClass::CaseEvidence | DataClass::Identity => true,
        DataClass::Disclosure => role != Role::Auditor,
        DataClass::Case => role != Role::Auditor && action != Action::OpenCase,
        _ => false,
    }
}
