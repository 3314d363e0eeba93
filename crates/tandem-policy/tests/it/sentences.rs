//! Decisions explain themselves.

use tandem_domain::{Department, Purpose, Role};
use tandem_policy::{Action, CaseState, Colleague, ColleagueError, Context, DataClass, Decision, Field};

use crate::people::{
    analyst, approver_it, case, colleague, disclosure, hours, investigator, own, shipped, subject,
};

fn ask(who: &Colleague, action: Action, data: DataClass, context: &Context) -> Decision {
    shipped().authorise(who, action, data, context)
}

#[test]
fn what_is_allowed_names_the_policy_and_its_sentence() {
    let context = Context::of(Purpose::Triage).about(&subject());
    let decision = ask(&analyst(), Action::Triage, DataClass::Queue, &context);
    assert!(decision.allowed);
    assert_eq!(decision.policies, ["queue"]);
    assert_eq!(
        decision.why,
        "Both departments look through the queue and decide what deserves work."
    );
    assert_eq!(decision.hint, None);
}

#[test]
fn what_is_denied_says_so_plainly_and_who_could() {
    let context = Context::of(Purpose::Triage).about(&subject());
    let decision = ask(&analyst(), Action::Look, DataClass::HumanFacts, &context);
    assert!(!decision.allowed && decision.policies.is_empty());
    assert_eq!(
        decision.why,
        "Nothing allows IT analysts to look at human-side facts for triage in this situation."
    );
    assert_eq!(
        decision.hint.as_deref(),
        Some("Others may when the situation fits: corporate investigators, approvers.")
    );
}

#[test]
fn what_the_asker_could_do_otherwise_is_said() {
    let context = Context::of(Purpose::Investigation).about(&subject());
    let decision = ask(&analyst(), Action::Look, DataClass::CaseEvidence, &context);
    assert_eq!(
        decision.hint.as_deref(),
        Some("It would be allowed as a member of an open case.")
    );
    let decision = ask(&analyst(), Action::Look, DataClass::Queue, &context);
    assert_eq!(decision.hint.as_deref(), Some("It would be allowed for triage."));
    let decision = ask(&analyst(), Action::Look, DataClass::Identity, &context);
    assert_eq!(
        decision.hint.as_deref(),
        Some("It would be allowed as a member of the case under a disclosure.")
    );
    let decision = ask(
        &approver_it(),
        Action::ApproveDisclosure,
        DataClass::Disclosure,
        &context,
    );
    assert_eq!(
        decision.hint.as_deref(),
        Some("It would be allowed when your word is asked for.")
    );
}

#[test]
fn nobody_else_is_named_for_own_data() {
    let context = Context::of(Purpose::OwnData).about(&subject());
    let decision = ask(&analyst(), Action::Look, DataClass::OwnData, &context);
    assert_eq!(decision.hint.as_deref(), Some("Only the person it is about may."));
}

#[test]
fn a_conflict_of_interest_is_named_and_cannot_be_helped() {
    let context = Context::of(Purpose::Triage).about(&subject()).about(&own());
    let decision = ask(&investigator(), Action::Look, DataClass::Story, &context);
    assert!(!decision.allowed);
    assert_eq!(decision.policies, ["no_work_about_oneself"]);
    assert_eq!(
        decision.why,
        "Nobody works on an alert, a story or a case about themselves."
    );
    assert_eq!(
        decision.hint.as_deref(),
        Some("Others may when the situation fits: IT analysts, corporate investigators, approvers.")
    );
}

#[test]
fn nobody_answers_their_own_request_however_their_account_is_written() {
    let context = |by: &str| {
        Context::of(Purpose::Investigation)
            .about(&subject())
            .in_case(CaseState::Open, false)
            .asked(true)
            .requested_by(by)
    };
    let ask = |by| {
        ask(
            &approver_it(),
            Action::ApproveDisclosure,
            DataClass::Disclosure,
            &context(by),
        )
    };
    assert!(ask("a.weber").allowed);
    for by in ["i.lang", "I.Lang", "I.LANG"] {
        assert_eq!(ask(by).policies, ["no_self_approval"], "{by}");
    }
}

#[test]
fn own_data_of_two_people_is_nobodys_own() {
    let staff = colleague("m.frank", Role::Staff, None);
    let ask = |context: Context| ask(&staff, Action::Look, DataClass::OwnData, &context).allowed;
    let base = || Context::of(Purpose::OwnData);
    assert!(ask(base().about(&own())));
    assert!(!ask(base()));
    assert!(!ask(base().about(&own()).about(&subject())));
    assert!(!ask(base().about(&subject())));
    assert!(!ask(Context::without_purpose().about(&own())));
}

#[test]
fn a_disclosure_counts_only_for_its_case_subject_field_purpose_and_time() {
    let given = disclosure(subject(), Purpose::Investigation);
    let ask = |purpose, case, about: &_, field, now| {
        let context = Context::of(purpose)
            .about(about)
            .in_case(CaseState::Open, true)
            .under(&given, &case, about, field, now);
        ask(&analyst(), Action::Look, DataClass::Identity, &context).allowed
    };
    let (work, now) = (Purpose::Investigation, hours(3));
    assert!(ask(work, case(), &subject(), Field::Name, now));
    assert!(!ask(Purpose::Support, case(), &subject(), Field::Name, now));
    assert!(!ask(
        work,
        tandem_domain::CaseId::of(2026, 43),
        &subject(),
        Field::Name,
        now
    ));
    assert!(!ask(
        work,
        case(),
        &tandem_domain::SubjectId("S-OTHER".into()),
        Field::Name,
        now
    ));
    assert!(!ask(work, case(), &subject(), Field::Accounts, now));
    assert!(!ask(work, case(), &subject(), Field::Name, hours(1)));
    assert!(!ask(work, case(), &subject(), Field::Name, hours(100)));
}

#[test]
fn auditors_see_findings_about_others_and_none_about_themselves() {
    let auditor = colleague("u.seidel", Role::Auditor, None);
    let ask = |account: &str| {
        let context = Context::of(Purpose::Audit).about_colleague(account);
        ask(&auditor, Action::Look, DataClass::WatchFindings, &context).allowed
    };
    assert!(ask("a.weber"));
    assert!(!ask("u.seidel"));
    assert!(!ask("U.Seidel"));
}

#[test]
fn a_colleague_has_the_department_that_goes_with_the_role() {
    let new = |account: &str, role, department| Colleague::new(account, role, department, None);
    assert_eq!(
        new("a", Role::ItAnalyst, None).unwrap().department(),
        Some(Department::It)
    );
    assert_eq!(
        new("a", Role::Approver, None),
        Err(ColleagueError::NoDepartment("a".to_owned()))
    );
    assert!(new("a", Role::Approver, Some(Department::Corporate)).is_ok());
    assert!(new("a", Role::ItAnalyst, Some(Department::It)).is_ok());
    assert!(new("a", Role::ItAnalyst, Some(Department::Corporate)).is_err());
    assert!(new("a", Role::Administrator, Some(Department::It)).is_err());
    for account in ["", "a b", "a\n", "anybody else", &"a".repeat(257)] {
        assert_eq!(
            new(account, Role::Staff, None),
            Err(ColleagueError::Account),
            "{account:?}"
        );
    }
}
