//! Whatever people do in whatever order, a disclosure needs both departments.

use std::collections::BTreeSet;

use proptest::prelude::*;
use tandem_domain::{Department, Purpose, Role, SubjectId};
use tandem_policy::{
    Action, Approval, CaseState, Colleague, Context, DataClass, Disclosure, Field, Limits, Request,
};

use crate::people::{fields, hours, subject, terms};

/// Account, role, department, observed as the subject.
type Somebody = (&'static str, Role, Option<Department>, bool);

/// Everybody who might answer: two approvers a department, one who changed department, the requester in other roles, somebody
/// involved, the subject, and people who have no say.
const PEOPLE: [Somebody; 12] = [
    ("it.one", Role::Approver, Some(Department::It), false),
    ("it.two", Role::Approver, Some(Department::It), false),
    (
        "corporate.one",
        Role::Approver,
        Some(Department::Corporate),
        false,
    ),
    (
        "corporate.two",
        Role::Approver,
        Some(Department::Corporate),
        false,
    ),
    ("moved", Role::Approver, Some(Department::It), false),
    ("Moved", Role::Approver, Some(Department::Corporate), false),
    ("Requester", Role::Approver, Some(Department::Corporate), false),
    ("requester", Role::Approver, Some(Department::It), false),
    ("involved", Role::Approver, Some(Department::Corporate), false),
    ("concerned", Role::Approver, Some(Department::It), true),
    ("analyst", Role::ItAnalyst, None, false),
    ("auditor", Role::Auditor, None, false),
];

fn somebody(index: usize) -> Colleague {
    let (account, role, department, concerned) = PEOPLE[index];
    let own = if concerned {
        subject()
    } else {
        SubjectId("S-SELF".to_owned())
    };
    Colleague::new(account, role, department, Some(own)).unwrap()
}

#[derive(Debug, Clone)]
enum Step {
    Approve(usize, i64),
    Deny(usize, i64),
    Exclude(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let person = 0..PEOPLE.len();
    prop_oneof![
        6 => (person.clone(), -2_i64..80).prop_map(|(who, hour)| Step::Approve(who, hour)),
        1 => (person.clone(), -2_i64..80).prop_map(|(who, hour)| Step::Deny(who, hour)),
        1 => person.prop_map(Step::Exclude),
    ]
}

/// Whether these people, by the words of the rule, are enough.
fn enough(approvals: &[Approval]) -> bool {
    let of = |department| {
        approvals
            .iter()
            .filter(move |approval| approval.department() == department)
    };
    of(Department::It).any(|it| {
        of(Department::Corporate)
            .any(|corporate| it.account().to_lowercase() != corporate.account().to_lowercase())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_without_both_departments_makes_a_disclosure(
        steps in proptest::collection::vec(step(), 0..12),
        now in 0_i64..90,
    ) {
        let requester = Colleague::new("requester", Role::ItAnalyst, None, None).unwrap();
        let excluded = BTreeSet::from(["involved".to_owned()]);
        let mut request = Request::new(terms(), fields(), &requester, excluded, &Limits::default()).unwrap();
        let mut approvals = Vec::new();
        let mut out = BTreeSet::from(["involved".to_owned()]);
        for step in steps {
            match step {
                Step::Approve(who, hour) => approvals.extend(request.approve(&somebody(who), hours(hour), "yes")),
                Step::Deny(who, hour) => drop(request.deny(&somebody(who), hours(hour), "no").map(|_| ())),
                Step::Exclude(who) => {
                    request.exclude(PEOPLE[who].0);
                    out.insert(PEOPLE[who].0.to_lowercase());
                }
            }
        }
        for approval in &approvals {
            prop_assert!(approval.role() == Role::Approver);
            let account = approval.account().to_lowercase();
            prop_assert!(!["requester", "involved", "concerned"].contains(&account.as_str()));
        }
        let fine = request.denied().is_none()
            && now < 72
            && !out.contains("requester")
            && approvals.iter().all(|approval| approval.at() <= hours(now))
            && !approvals.iter().any(|approval| out.contains(&approval.account().to_lowercase()))
            && enough(&approvals);
        let granted = Disclosure::grant(&request, &approvals, hours(now));
        prop_assert_eq!(granted.is_ok(), fine, "{:?}", granted);
        if let Ok(given) = granted {
            let [it, corporate] = given.approvals();
            prop_assert_eq!((it.department(), corporate.department()), (Department::It, Department::Corporate));
            prop_assert_ne!(it.account().to_lowercase(), corporate.account().to_lowercase());
            let stored = given.record();
            let own = |account: &str| (account == "concerned").then(subject);
            prop_assert_eq!(Disclosure::replay(&stored, &own).unwrap(), given);
        }
    }

    #[test]
    fn a_disclosure_covers_nothing_outside_its_terms(
        case in 41_u32..44, own in any::<bool>(), field in 0..Field::ALL.len(), hour in -5_i64..120,
    ) {
        let given = crate::people::disclosure(subject(), Purpose::Investigation);
        let asked = if own { crate::people::own() } else { subject() };
        let covered = given.covers(&tandem_domain::CaseId::of(2026, case), &asked, Field::ALL[field], hours(hour));
        let within = case == 42 && !own && fields().0.contains(&Field::ALL[field]) && (2..100).contains(&hour);
        prop_assert_eq!(covered, within);
    }
}

/// What a stranger might ask, with every fact free.
fn situation() -> impl Strategy<Value = (Option<Purpose>, [bool; 6])> {
    (proptest::option::of(0..Purpose::ALL.len()), any::<[bool; 6]>())
        .prop_map(|(purpose, flags)| (purpose.map(|index| Purpose::ALL[index]), flags))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn administrators_council_and_staff_see_no_subject_whatever_they_state(
        (purpose, [member, asked, counsel, closed, hold, disclosed]) in situation(),
    ) {
        let policies = crate::people::shipped();
        let mut context = purpose.map_or_else(Context::without_purpose, Context::of)
            .about(&subject())
            .in_case(if closed { CaseState::Closed } else { CaseState::Open }, member)
            .asked(asked)
            .counsel(counsel)
            .legal_hold(hold);
        if disclosed {
            let given = crate::people::disclosure(subject(), Purpose::Investigation);
            context = context.under(&given, &crate::people::case(), &subject(), Field::Name, hours(3));
        }
        for role in [Role::Administrator, Role::WorksCouncil, Role::Staff] {
            let who = crate::people::colleague("x", role, None);
            for data in DataClass::ALL.iter().filter(|data| data.about_subjects()) {
                for action in Action::ALL {
                    let decision = policies.authorise(&who, *action, *data, &context);
                    prop_assert!(!decision.allowed, "{:?} {:?} {:?}", role, action, data);
                    prop_assert!(!decision.why.is_empty());
                }
            }
        }
    }
}
