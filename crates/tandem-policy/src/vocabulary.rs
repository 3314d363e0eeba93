//! What can be asked: classes of data, actions, fields of an identity, and what is known of cases and notes.

use crate::words::words;

words! {
    /// A class of data. Whatever Tandem shows or changes belongs to exactly one.
    DataClass {
        /// The day's queue and its alerts.
        Queue => "queue", "the queue and its alerts";
        /// A subject's pseudonymous story: score, indicators, sentences.
        Story => "story", "a subject's story";
        /// Raw events and account names, also the raw text of a rejected record.
        TechnicalEvidence => "technical_evidence", "raw events and account names";
        /// Employment context, red flags, reports of the hotline. Who may not look learns only that there is some.
        HumanFacts => "human_facts", "human-side facts";
        /// A case: state, members, clocks, decisions, tasks, playbook.
        Case => "case", "a case";
        /// A note in a case.
        CaseNote => "case_note", "a note in a case";
        /// Evidence kept in a case.
        CaseEvidence => "case_evidence", "the evidence of a case";
        /// A request to disclose, its answers, and what became of it; not the identity itself.
        Disclosure => "disclosure", "a request for disclosure";
        /// Who a subject is: what the vault keeps.
        Identity => "identity", "who a subject is";
        /// The record of looks and acts.
        Ledger => "ledger", "the ledger";
        /// Findings about how colleagues use Tandem.
        WatchFindings => "watch_findings", "findings about how colleagues use Tandem";
        /// What is kept about the asker, what they contested, and the answer.
        OwnData => "own_data", "what is kept about a member of staff";
        /// Rules of detection.
        Rules => "rules", "the rules of detection";
        /// Sources, rates, rejected records with reason and place.
        SourcesAndRejects => "sources_and_rejects", "sources and rejected records";
        /// Settings of the system.
        Settings => "settings", "the settings";
        /// Accounts and roles of those who work with Tandem.
        Colleagues => "colleagues", "accounts and roles";
        /// The policies themselves.
        Policies => "policies", "the policies";
        /// Chat, mail, directories and other systems.
        Connectors => "connectors", "the connectors";
        /// Reports and figures that name nobody.
        Reports => "reports", "the reports";
        /// The asker's own session and credentials.
        OwnSession => "own_session", "one's own session";
    }
}

impl DataClass {
    /// True if it tells something about a subject, under a pseudonym or not. What somebody sees about themselves
    /// (`OwnData`) has rules of its own.
    pub const fn about_subjects(self) -> bool {
        matches!(
            self,
            Self::Queue
                | Self::Story
                | Self::TechnicalEvidence
                | Self::HumanFacts
                | Self::Case
                | Self::CaseNote
                | Self::CaseEvidence
                | Self::Disclosure
                | Self::Identity
        )
    }
}

words! {
    /// What somebody wants to do.
    Action {
        /// Read it.
        Look => "look", "look at";
        /// Look for something in it. A list shows only what may also be looked at.
        Search => "search", "search";
        /// Say what becomes of an alert.
        Triage => "triage", "triage";
        /// Open a case.
        OpenCase => "open_case", "open";
        /// Add tasks, notes, evidence, facts.
        Contribute => "contribute", "add to";
        /// Take a decision, as one of those who must.
        Decide => "decide", "decide on";
        /// Ask for a disclosure.
        RequestDisclosure => "request_disclosure", "ask for a disclosure in";
        /// Answer a request for disclosure.
        ApproveDisclosure => "approve_disclosure", "answer";
        /// Take a copy out of Tandem.
        Export => "export", "export";
        /// Check that nothing was changed.
        Verify => "verify", "verify";
        /// Have a fact about oneself corrected.
        Correct => "correct", "correct";
        /// Contest an indicator about oneself.
        Contest => "contest", "contest";
        /// Answer what somebody contested or had corrected; includes reading it.
        Answer => "answer", "answer about";
        /// Change how something works.
        Configure => "configure", "configure";
        /// Create, change, end.
        Manage => "manage", "manage";
        /// Run a playbook.
        RunPlaybook => "run_playbook", "run a playbook in";
        /// Answer an act that touches a person.
        ApproveAct => "approve_act", "answer an act on a person in";
    }
}

words! {
    /// Whether work on a case goes on. States of casework map on to it.
    CaseState {
        /// Work goes on.
        Open => "open", "an open case";
        /// It is over; only reading is left.
        Closed => "closed", "a closed case";
    }
}

words! {
    /// Who may read a note.
    Visibility {
        /// The department that wrote it.
        OwnDepartment => "own_department", "its own department";
        /// Both departments.
        Both => "both", "both departments";
        /// Counsel and its author (legal privilege).
        Counsel => "counsel", "counsel";
    }
}

words! {
    /// One part of an identity. A disclosure names each that it reveals.
    Field {
        /// Given and family name.
        Name => "name", "the name";
        /// Mail address and telephone number.
        Contact => "contact", "contact details";
        /// Accounts in other systems.
        Accounts => "accounts", "account names";
        /// Position and unit in the organisation.
        Position => "position", "the position";
        /// Who leads the person.
        Manager => "manager", "the manager";
        /// Place of work.
        Site => "site", "the place of work";
    }
}

/// A role as the subject of a plain sentence.
pub const fn role_plain(role: tandem_domain::Role) -> &'static str {
    use tandem_domain::Role;
    match role {
        Role::ItAnalyst => "IT analysts",
        Role::CorporateInvestigator => "corporate investigators",
        Role::Approver => "approvers",
        Role::Auditor => "auditors",
        Role::WorksCouncil => "the works council",
        Role::Administrator => "administrators",
        Role::Staff => "members of staff",
    }
}

/// A department in a plain sentence.
pub(crate) const fn department_plain(department: tandem_domain::Department) -> &'static str {
    match department {
        tandem_domain::Department::It => "IT security",
        tandem_domain::Department::Corporate => "corporate security",
    }
}

/// A purpose in a plain sentence: "for …".
pub const fn purpose_plain(purpose: tandem_domain::Purpose) -> &'static str {
    use tandem_domain::Purpose;
    match purpose {
        Purpose::Triage => "triage",
        Purpose::Investigation => "an investigation",
        Purpose::Support => "support",
        Purpose::Containment => "containment",
        Purpose::Audit => "an audit",
        Purpose::OwnData => "their own data",
        Purpose::Administration => "administration",
    }
}
