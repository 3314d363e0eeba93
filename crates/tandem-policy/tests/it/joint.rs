//! What needs both departments comes about in one way only.

use std::collections::BTreeSet;

use tandem_domain::{CaseId, Department, Purpose, Role, SubjectId};
use tandem_policy::{
    Act, ApprovedAct, Colleague, Disclosure, Field, Fields, Limits, Refused, Request, Terms,
};

use crate::people::{
    act, act_request, analyst, approver_corporate, approver_it, case, colleague, fields, hours, investigator,
    own, request, subject, terms,
};

fn ask(terms: Terms) -> Result<Request<Fields>, Refused> {
    Request::new(terms, fields(), &analyst(), BTreeSet::new(), &Limits::default())
}

#[test]
fn two_departments_and_two_people_make_a_disclosure() {
    let request = request();
    let it = request
        .approve(&approver_it(), hours(1), "The evidence holds.")
        .unwrap();
    let corporate = request
        .approve(&approver_corporate(), hours(2), "A talk is due.")
        .unwrap();
    let given = Disclosure::grant(&request, &[corporate, it], hours(3)).unwrap();
    assert_eq!((given.id(), given.requested_by()), ("D-1", "a.weber"));
    let who = given
        .approvals()
        .each_ref()
        .map(|approval| (approval.account(), approval.department()));
    assert_eq!(
        who,
        [("i.lang", Department::It), ("h.maurer", Department::Corporate)]
    );
    let covers = |field, hour| given.covers(&case(), &subject(), field, hours(hour));
    assert!(covers(Field::Name, 3) && covers(Field::Contact, 99));
    assert!(!covers(Field::Name, 2), "not before it was granted");
    assert!(!covers(Field::Name, 100), "not after it expired");
    assert!(!covers(Field::Accounts, 3), "no field that was not asked");
    assert!(
        !given.covers(&CaseId::of(2026, 43), &subject(), Field::Name, hours(3)),
        "no other case"
    );
    assert!(
        !given.covers(&case(), &own(), Field::Name, hours(3)),
        "no other subject"
    );
}

#[test]
fn a_disclosure_can_be_ended_early_and_never_prolonged() {
    let mut given = crate::people::disclosure(subject(), Purpose::Support);
    given.end(hours(10));
    assert!(given.open(hours(9)) && !given.open(hours(10)));
    given.end(hours(50));
    assert!(!given.open(hours(10)));
    given.end(hours(5));
    assert_eq!(given.ends(), hours(5));
}

#[test]
fn one_department_alone_is_not_enough_however_many_say_yes() {
    let request = request();
    let yes = |who: &Colleague| request.approve(who, hours(1), "yes").unwrap();
    let second = colleague("k.roth", Role::Approver, Some(Department::It));
    let grant = |approvals: &[_]| Disclosure::grant(&request, approvals, hours(2)).unwrap_err();
    assert_eq!(grant(&[]), Refused::Missing(Department::It));
    assert_eq!(
        grant(&[yes(&approver_it())]),
        Refused::Missing(Department::Corporate)
    );
    assert_eq!(
        grant(&[yes(&approver_it()), yes(&second)]),
        Refused::Missing(Department::Corporate)
    );
    assert_eq!(
        grant(&[yes(&approver_corporate())]),
        Refused::Missing(Department::It)
    );
}

#[test]
fn one_person_with_two_departments_is_one_person() {
    let request = request();
    let it = colleague("x.both", Role::Approver, Some(Department::It));
    let corporate = colleague("X.Both", Role::Approver, Some(Department::Corporate));
    let approvals = [
        request.approve(&it, hours(1), "yes").unwrap(),
        request.approve(&corporate, hours(1), "yes").unwrap(),
    ];
    let refused = Disclosure::grant(&request, &approvals, hours(2)).unwrap_err();
    assert_eq!(refused, Refused::SamePerson("x.both".to_owned()));
}

#[test]
fn the_requester_the_subject_and_the_involved_do_not_answer() {
    let mut request = request();
    let requester = colleague("A.Weber", Role::Approver, Some(Department::Corporate));
    let approve =
        |request: &Request<Fields>, who: &Colleague| request.approve(who, hours(1), "yes").unwrap_err();
    assert_eq!(
        approve(&request, &requester),
        Refused::SelfApproval("A.Weber".to_owned())
    );
    let concerned = Colleague::new("p.ernst", Role::Approver, Some(Department::It), Some(subject())).unwrap();
    assert_eq!(
        approve(&request, &concerned),
        Refused::ApproverIsSubject("p.ernst".to_owned())
    );
    assert_eq!(
        approve(&request, &analyst()),
        Refused::NotAnApprover("a.weber".to_owned())
    );
    assert_eq!(
        approve(&request, &investigator()),
        Refused::NotAnApprover("c.braun".to_owned())
    );
    let auditor = colleague("u.seidel", Role::Auditor, None);
    assert_eq!(
        approve(&request, &auditor),
        Refused::NoDepartment("u.seidel".to_owned())
    );

    let it = request.approve(&approver_it(), hours(1), "yes").unwrap();
    let corporate = request.approve(&approver_corporate(), hours(1), "yes").unwrap();
    request.exclude("I.LANG");
    assert_eq!(
        approve(&request, &approver_it()),
        Refused::Involved("i.lang".to_owned())
    );
    let refused = Disclosure::grant(&request, &[it, corporate], hours(2)).unwrap_err();
    assert_eq!(
        refused,
        Refused::Involved("i.lang".to_owned()),
        "an approval from before counts no longer"
    );
}

#[test]
fn who_may_not_ask_cannot_ask() {
    let ask = |who: &Colleague, excluded: &[&str]| {
        let excluded = excluded.iter().map(|account| (*account).to_owned()).collect();
        Request::new(terms(), fields(), who, excluded, &Limits::default()).unwrap_err()
    };
    for role in [
        Role::Auditor,
        Role::WorksCouncil,
        Role::Administrator,
        Role::Staff,
    ] {
        assert_eq!(
            ask(&colleague("x", role, None), &[]),
            Refused::NotACaseWorker("x".to_owned())
        );
    }
    assert_eq!(
        ask(&approver_it(), &[]),
        Refused::NotACaseWorker("i.lang".to_owned())
    );
    assert_eq!(
        ask(&analyst(), &["A.WEBER"]),
        Refused::Involved("a.weber".to_owned())
    );
    let concerned = Colleague::new("p.ernst", Role::ItAnalyst, None, Some(subject())).unwrap();
    assert_eq!(ask(&concerned, &[]), Refused::RequesterIsSubject);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    for purpose in [
        Purpose::Triage,
        Purpose::Audit,
        Purpose::OwnData,
        Purpose::Administration,
    ] {
        assert_eq!(
            ask(Terms { purpose, ..terms() }).unwrap_err(),
            Refused::Purpose(purpose)
        );
    }
    for purpose in [Purpose::Investigation, Purpose::Support, Purpose::Containment] {
        assert!(ask(Terms { purpose, ..terms() }).is_ok());
    }
    let too_long = Refused::TooLong {
        asked_hours: 337,
        max_hours: 336,
    };
    assert_eq!(
        ask(Terms {
            expires: hours(337),
            ..terms()
        })
        .unwrap_err(),
        too_long
    );
    assert!(
        ask(Terms {
            expires: hours(336),
            ..terms()
        })
        .is_ok()
    );
    assert_eq!(
        ask(Terms {
            expires: hours(0),
            ..terms()
        })
        .unwrap_err(),
        Refused::NoDuration(hours(0))
    );
    for reason in ["", " \n", "a\u{0}b", &"x".repeat(2_001)] {
        let reason = reason.to_owned();
        assert_eq!(ask(Terms { reason, ..terms() }).unwrap_err(), Refused::BadReason);
    }
    for id in ["", "a b", "<script>", &"x".repeat(65)] {
        let id = id.to_owned();
        assert_eq!(ask(Terms { id, ..terms() }).unwrap_err(), Refused::BadId);
    }
    let case = CaseId("C-1".to_owned());
    assert_eq!(
        ask(Terms { case, ..terms() }).unwrap_err(),
        Refused::BadReference("C-1".to_owned())
    );
    let subject = SubjectId("Max Frank".to_owned());
    let refused = ask(Terms { subject, ..terms() }).unwrap_err();
    assert!(
        !refused.to_string().contains("Frank"),
        "a name is not repeated: {refused}"
    );
    let none = Fields(BTreeSet::new());
    let refused = Request::new(terms(), none, &analyst(), BTreeSet::new(), &Limits::default()).unwrap_err();
    assert_eq!(refused, Refused::NoFields);
}

#[test]
fn a_request_lapses_when_nobody_answers_in_time() {
    let request = request();
    assert_eq!(request.lapses(), hours(72));
    assert!(request.waits(hours(71)) && !request.waits(hours(72)));
    let approve = |hour| request.approve(&approver_it(), hours(hour), "yes");
    assert_eq!(approve(72).unwrap_err(), Refused::Lapsed(hours(72)));
    assert_eq!(approve(-1).unwrap_err(), Refused::TooEarly(hours(-1)));
    let approvals = [
        approve(1).unwrap(),
        request.approve(&approver_corporate(), hours(71), "yes").unwrap(),
    ];
    assert_eq!(
        Disclosure::grant(&request, &approvals, hours(72)).unwrap_err(),
        Refused::Lapsed(hours(72))
    );
    assert_eq!(
        Disclosure::grant(&request, &approvals, hours(2)).unwrap_err(),
        Refused::TooEarly(hours(2)),
        "not before both had said yes"
    );
    assert!(Disclosure::grant(&request, &approvals, hours(71)).is_ok());
    let short = ask(Terms {
        expires: hours(10),
        ..terms()
    })
    .unwrap();
    assert_eq!(short.lapses(), hours(10), "not after it would end anyway");
}

#[test]
fn a_denied_or_withdrawn_request_is_over() {
    for by in [approver_corporate(), analyst()] {
        let mut request = request();
        let approvals = [
            request.approve(&approver_it(), hours(1), "yes").unwrap(),
            request.approve(&approver_corporate(), hours(1), "yes").unwrap(),
        ];
        assert_eq!(request.deny(&by, hours(2), "").unwrap_err(), Refused::BadReason);
        assert_eq!(
            request
                .deny(&by, hours(2), "Too early for that.")
                .unwrap()
                .account(),
            by.account()
        );
        let denied = Refused::Denied(by.account().to_owned());
        assert_eq!(
            Disclosure::grant(&request, &approvals, hours(3)).unwrap_err(),
            denied
        );
        assert_eq!(
            request.approve(&approver_it(), hours(3), "yes").unwrap_err(),
            denied
        );
        assert!(!request.waits(hours(3)));
    }
    let mut request = request();
    let auditor = colleague("u.seidel", Role::Auditor, None);
    assert!(request.deny(&auditor, hours(1), "no").is_err());
    assert!(request.denied().is_none());
}

#[test]
fn an_approval_counts_for_exactly_what_was_asked() {
    let asked = request();
    let approvals = [
        asked.approve(&approver_it(), hours(1), "yes").unwrap(),
        asked.approve(&approver_corporate(), hours(1), "yes").unwrap(),
    ];
    let mut more = fields();
    more.0.insert(Field::Accounts);
    let wider = Request::new(terms(), more, &analyst(), BTreeSet::new(), &Limits::default()).unwrap();
    let others = [
        ask(Terms {
            case: CaseId::of(2026, 43),
            ..terms()
        })
        .unwrap(),
        ask(Terms {
            subject: SubjectId("S-OTHER".to_owned()),
            ..terms()
        })
        .unwrap(),
        ask(Terms {
            purpose: Purpose::Support,
            ..terms()
        })
        .unwrap(),
        ask(Terms {
            expires: hours(101),
            ..terms()
        })
        .unwrap(),
        ask(Terms {
            id: "D-2".to_owned(),
            ..terms()
        })
        .unwrap(),
        Request::new(
            terms(),
            fields(),
            &investigator(),
            BTreeSet::new(),
            &Limits::default(),
        )
        .unwrap(),
        wider,
    ];
    for other in others {
        let refused = Disclosure::grant(&other, &approvals, hours(2)).unwrap_err();
        assert_eq!(refused, Refused::OtherRequest("i.lang".to_owned()));
    }
    let act = act_request();
    let refused = ApprovedAct::grant(&act, &approvals, hours(2)).unwrap_err();
    assert_eq!(refused, Refused::OtherRequest("i.lang".to_owned()));
}

#[test]
fn an_act_on_a_person_needs_both_departments_too() {
    let request = act_request();
    let corporate = request
        .approve(&investigator(), hours(1), "HR agrees; a talk comes first.")
        .unwrap();
    let refused = ApprovedAct::grant(&request, std::slice::from_ref(&corporate), hours(2)).unwrap_err();
    assert_eq!(refused, Refused::Missing(Department::It));
    let own_side = request.approve(&analyst(), hours(1), "yes").unwrap_err();
    assert_eq!(own_side, Refused::SelfApproval("a.weber".to_owned()));
    let it = request
        .approve(&approver_it(), hours(1), "The copying goes on.")
        .unwrap();
    let mut given = ApprovedAct::grant(&request, &[it, corporate], hours(2)).unwrap();
    assert!(given.covers(&case(), &subject(), &act(), hours(3)));
    let other = Act {
        name: "wipe_device".to_owned(),
        ..act()
    };
    assert!(!given.covers(&case(), &subject(), &other, hours(3)));
    assert!(!given.covers(&CaseId::of(2026, 1), &subject(), &act(), hours(3)));
    given.end(hours(4));
    assert!(!given.covers(&case(), &subject(), &act(), hours(4)), "done once");
}

#[test]
fn an_act_has_a_plain_name() {
    for name in ["", "Suspend Account", "<script>", &"x".repeat(65)] {
        let act = Act {
            name: name.to_owned(),
            object: String::new(),
        };
        let refused =
            Request::new(terms(), act, &analyst(), BTreeSet::new(), &Limits::default()).unwrap_err();
        assert_eq!(refused, Refused::BadAct, "{name}");
    }
}

#[test]
fn a_site_chooses_its_maxima_within_bounds() {
    assert!(Limits::new(24, 1).is_ok());
    for (longest, answer) in [
        (0, 1),
        (1, 0),
        (90 * 24 + 1, 1),
        (1, 30 * 24 + 1),
        (-5, 3),
        (i64::MAX, i64::MAX),
    ] {
        assert_eq!(Limits::new(longest, answer), Err(Refused::BadLimits));
    }
    let read = |text: &str| serde_json::from_str::<Limits>(text);
    assert_eq!(
        read(r#"{"longest_hours":48,"answer_hours":8}"#).unwrap(),
        Limits::new(48, 8).unwrap()
    );
    assert!(read(r#"{"longest_hours":99999,"answer_hours":8}"#).is_err());
}
