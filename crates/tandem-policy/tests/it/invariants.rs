//! What no set of policies can switch off.

use tandem_domain::Role;
use tandem_policy::{Invariant, Policies, PolicyError, PolicyFile};

/// The shipped set with one more file.
fn with(text: &str) -> Result<Policies, PolicyError> {
    let mut files = Policies::shipped_files().to_vec();
    files.push(PolicyFile {
        name: "site.cedar",
        text,
    });
    Policies::load(&files, Policies::shipped_schema())
}

/// The shipped set without one file.
fn without(name: &str) -> Result<Policies, PolicyError> {
    let files: Vec<_> = Policies::shipped_files()
        .iter()
        .copied()
        .filter(|file| file.name != name)
        .collect();
    assert_eq!(files.len() + 1, Policies::shipped_files().len());
    Policies::load(&files, Policies::shipped_schema())
}

fn broken(result: Result<Policies, PolicyError>) -> Vec<Invariant> {
    let mut found: Vec<_> = result
        .unwrap_err()
        .faults
        .into_iter()
        .filter_map(|fault| fault.invariant)
        .collect();
    found.sort();
    found.dedup();
    found
}

fn permit(head: &str, when: &str) -> String {
    format!("@id(\"site\")\n@why(\"The site wants it.\")\npermit ({head})\nwhen {{ {when} }};\n")
}

#[test]
fn the_shipped_set_holds_every_invariant() {
    Policies::shipped().unwrap();
}

#[test]
fn a_grant_that_breaks_an_invariant_is_refused_by_its_name() {
    let administrator =
        "principal in Role::\"administrator\", action == Action::\"look\", resource == Data::\"story\"";
    let council =
        "principal in Role::\"works_council\", action == Action::\"look\", resource == Data::\"queue\"";
    let staff = "principal in Role::\"staff\", action == Action::\"answer\", resource == Data::\"own_data\"";
    let auditor =
        "principal in Role::\"auditor\", action == Action::\"look\", resource == Data::\"identity\"";
    let identity =
        "principal in Group::\"case_workers\", action == Action::\"look\", resource == Data::\"identity\"";
    let watch =
        "principal in Role::\"it_analyst\", action == Action::\"look\", resource == Data::\"watch_findings\"";
    let own = "principal in Role::\"staff\", action == Action::\"look\", resource == Data::\"own_data\"";
    let purpose =
        "principal in Role::\"it_analyst\", action == Action::\"look\", resource == Data::\"story\"";
    let case =
        "principal in Role::\"it_analyst\", action == Action::\"look\", resource == Data::\"case_evidence\"";
    let note =
        "principal in Role::\"it_analyst\", action == Action::\"look\", resource == Data::\"case_note\"";
    let ledger = "principal in Role::\"auditor\", action == Action::\"manage\", resource == Data::\"ledger\"";
    let triage = "context.purpose == Purpose::\"triage\"";
    let member = "context.member && context.purpose == Purpose::\"investigation\"";
    for (head, when, invariant) in [
        (administrator, triage, Invariant::AdministratorSeesNoSubject),
        (council, triage, Invariant::WorksCouncilSeesNoSubject),
        (
            staff,
            "context.purpose == Purpose::\"own_data\"",
            Invariant::StaffSeesNoOtherSubject,
        ),
        (
            auditor,
            "context.disclosed && context.member && context.purpose == Purpose::\"investigation\"",
            Invariant::AuditorSeesNoIdentity,
        ),
        (identity, member, Invariant::IdentityOnlyUnderDisclosure),
        (
            watch,
            "context.purpose == Purpose::\"audit\"",
            Invariant::WatchFindingsPassTheWatchedBy,
        ),
        (
            own,
            "context.purpose == Purpose::\"own_data\"",
            Invariant::OwnDataIsOnesOwn,
        ),
        (
            purpose,
            "context.purpose == Purpose::\"administration\"",
            Invariant::NoSubjectWithoutPurpose,
        ),
        (
            case,
            "context.purpose == Purpose::\"investigation\"",
            Invariant::CasesAreNeedToKnow,
        ),
        (note, member, Invariant::CounselNotesStayPrivileged),
        (ledger, "true", Invariant::NobodyChangesTheLedger),
    ] {
        let error = with(&permit(head, when)).unwrap_err();
        let all: Vec<_> = error.faults.iter().filter_map(|fault| fault.invariant).collect();
        assert_eq!(all, [invariant], "{error}");
        let fault = error.faults.first().unwrap();
        assert_eq!(
            (fault.file.as_str(), fault.line, fault.column),
            ("site.cedar", 1, 1),
            "{error}"
        );
        assert!(
            fault.why.contains(invariant.as_str()) && fault.why.contains("policy site"),
            "{error}"
        );
        assert!(fault.remedy.contains(invariant.plain()), "{error}");
    }
}

#[test]
fn an_administrator_who_is_granted_a_look_at_a_story_is_refused_in_plain_words() {
    let head =
        "principal in Role::\"administrator\", action == Action::\"look\", resource == Data::\"story\"";
    let error = with(&permit(head, "context.purpose == Purpose::\"triage\"")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "policies refused: site.cedar:1:1: breaks the invariant administrator_sees_no_subject: policy site lets \
         administrators look at a subject's story; narrow or remove the policy; Administrators never see or touch a \
         subject's data."
    );
}

#[test]
fn taking_the_conflicts_of_interest_out_is_refused() {
    assert_eq!(
        broken(without("conflict_of_interest.cedar")),
        [
            Invariant::NobodyWorksOnThemselves,
            Invariant::NoSelfApproval,
            Invariant::NobodyWatchesThemselves
        ]
    );
}

#[test]
fn a_grant_to_everybody_breaks_nearly_everything() {
    let found = broken(with(&permit(
        "principal, action, resource",
        "!context.about_self",
    )));
    assert!(
        found.contains(&Invariant::AdministratorSeesNoSubject),
        "{found:?}"
    );
    assert!(found.contains(&Invariant::NobodyChangesTheLedger), "{found:?}");
    assert!(!found.contains(&Invariant::NobodyWorksOnThemselves), "{found:?}");
}

#[test]
fn a_grant_hidden_behind_an_account_a_rare_state_or_a_negation_is_found() {
    let look = "action == Action::\"look\", resource == Data::\"story\"";
    for (principal, when) in [
        (
            "principal == Colleague::\"root\"",
            "context.purpose == Purpose::\"triage\"",
        ),
        (
            "principal",
            "principal == Colleague::\"root\" && context.legal_hold && context.own_note && \
             context.purpose == Purpose::\"containment\"",
        ),
        (
            "principal",
            "!(principal in Group::\"case_workers\") && context.case == Case::\"closed\" && \
             ![Purpose::\"none\", Purpose::\"own_data\", Purpose::\"administration\"].contains(context.purpose)",
        ),
    ] {
        let found = broken(with(&permit(&format!("{principal}, {look}"), when)));
        assert!(
            found.contains(&Invariant::AdministratorSeesNoSubject),
            "{when}: {found:?}"
        );
    }
}

#[test]
fn what_breaks_no_invariant_is_the_sites_own_affair() {
    let facts =
        "principal in Role::\"it_analyst\", action == Action::\"look\", resource == Data::\"human_facts\"";
    with(&permit(
        facts,
        "context.member && context.purpose == Purpose::\"support\"",
    ))
    .unwrap();
    let less = "@id(\"site\")\n@why(\"Nobody exports.\")\nforbid (principal, action == Action::\"export\", resource);";
    with(less).unwrap();
}

#[test]
fn every_role_has_somebody_the_policies_know() {
    let policies = Policies::shipped().unwrap();
    assert_eq!(Role::ALL.len(), 7);
    assert!(policies.lines().count() > 30);
    assert!(
        policies
            .lines()
            .all(|line| line.why.ends_with('.') && line.line > 0)
    );
}

#[test]
fn the_documentation_lists_the_invariants_as_they_are() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policies.md");
    let page = std::fs::read_to_string(path).unwrap();
    for invariant in Invariant::ALL {
        let row = format!("| `{}` | {} |", invariant.as_str(), invariant.plain());
        assert!(page.contains(&row), "{row}");
    }
}
