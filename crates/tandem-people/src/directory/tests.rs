use proptest::prelude::*;

use super::*;
use crate::record::{FactKind, FactRecord, Origin, PersonKind, PersonRecord, Snapshot};

fn person(known: i32, key: &str, accounts: &[&str]) -> PersonRecord {
    PersonRecord {
        known_on: Day(known),
        person: key.into(),
        kind: Some(PersonKind::Employee),
        display_name: None,
        accounts: accounts.iter().map(|a| (*a).to_owned()).collect(),
        email: None,
        manager: None,
        department: None,
        role: None,
        groups: Vec::new(),
        site: None,
        time_zone: None,
        join_date: None,
        leave_date: None,
        origin: Origin::People,
        snapshot: None,
    }
}

fn placed(known: i32, key: &str, role: &str, department: &str) -> PersonRecord {
    PersonRecord {
        role: Some(role.into()),
        department: Some(department.into()),
        ..person(known, key, &[key])
    }
}

#[test]
fn groups_of_the_directory_are_those_of_the_latest_rows() {
    let member = |known: i32, origin: Origin, groups: &[&str]| PersonRecord {
        origin,
        groups: groups.iter().map(|name| (*name).to_owned()).collect(),
        ..person(known, "p1", &["anna"])
    };
    let people = directory(vec![
        member(0, Origin::People, &["Payroll"]),
        member(1, Origin::Ldif, &["Domain Admins", "Payroll"]),
        member(5, Origin::Ldif, &["Staff"]),
    ]);
    let admins = ["domain admins ".to_owned()];
    let had = |day: i32| {
        people
            .as_of(Day(day))
            .person("p1")
            .unwrap()
            .has_role_or_group(&admins)
    };
    assert_eq!((had(0), had(1), had(4), had(5)), (false, true, true, false));
    let view = people.as_of(Day(5));
    let groups: Vec<&str> = view
        .person("p1")
        .unwrap()
        .memberships
        .iter()
        .map(AsRef::as_ref)
        .collect();
    assert_eq!(groups, ["Staff", "Payroll"]);
    let clerk = directory(vec![placed(0, "p2", "Administrator", "IT")]);
    assert!(
        clerk
            .as_of(Day(0))
            .person("p2")
            .unwrap()
            .has_role_or_group(&["ADMINISTRATOR".to_owned()])
    );
}

#[test]
fn notice_and_last_day_are_as_known_on_the_day() {
    let records = vec![
        Record::Person(person(0, "p1", &["anna"])),
        Record::Person(person(0, "p2", &["bert"])),
        fact(10, "anna", FactKind::NoticeGiven, 10, 40),
        fact(0, "p2", FactKind::Training, 0, 0),
    ];
    let people = Directory::new(Home::default(), records);
    let before = people.as_of(Day(9));
    let anna = before.person("p1").unwrap();
    assert!(!before.has_notice(anna, Day(9)) && before.last_day(anna).is_none());
    assert!(before.people_with(&[FactKind::NoticeGiven]).is_empty());
    let after = people.as_of(Day(10));
    let anna = after.person("p1").unwrap();
    assert!(after.has_notice(anna, Day(10)) && after.has_notice(anna, Day(40)));
    assert!(!after.has_notice(anna, Day(41)) && !after.has_notice(anna, Day(9)));
    assert_eq!(after.last_day(anna), Some(Day(40)));
    let keys: Vec<&str> = after
        .people_with(&[FactKind::NoticeGiven])
        .iter()
        .map(|person| &*person.key)
        .collect();
    assert_eq!(keys, ["p1"]);
}

fn listed(known: i32, key: &str) -> PersonRecord {
    let snapshot = Some(Snapshot {
        series: "months".into(),
        covers_from: Day(known - 30),
    });
    PersonRecord {
        origin: Origin::CertLdap,
        snapshot,
        kind: None,
        ..person(known, key, &[key])
    }
}

fn fact(known: i32, key: &str, fact: FactKind, from: i32, until: i32) -> Record {
    Record::Fact(FactRecord {
        known_on: Day(known),
        person: key.into(),
        fact,
        from: Some(Day(from)),
        until: Some(Day(until)),
        detail: None,
        reference: None,
    })
}

fn directory(people: Vec<PersonRecord>) -> Directory {
    let home = Home {
        nt_domains: vec!["HOME".into()],
        mail_domains: vec!["home.example".into()],
    };
    Directory::new(home, people.into_iter().map(Record::Person).collect())
}

#[test]
fn one_person_has_all_its_accounts_and_the_mail_address() {
    let anna = PersonRecord {
        email: Some("Anna.Ahlers@home.example".into()),
        ..person(0, "P1", &["HOME\\AAhlers", "adm-aahlers", "svc-anna$"])
    };
    let view = directory(vec![anna]).as_of(Day(0));
    for account in ["aahlers", "adm-aahlers", "anna.ahlers", "svc-anna$"] {
        assert_eq!(&*view.resolve(account).key, "p1", "{account}");
    }
    let unknown = view.resolve("zzz");
    assert_eq!((&*unknown.key, unknown.provisional), ("account:zzz", true));
}

#[test]
fn the_latest_row_known_by_the_day_wins() {
    let directory = directory(vec![
        placed(0, "a", "Clerk", "Sales"),
        placed(10, "a", "Head", "Sales"),
    ]);
    let role = |day| directory.as_of(Day(day)).person("A").and_then(|p| p.role.clone());
    assert_eq!(role(-1), None);
    assert_eq!(role(9).as_deref(), Some("Clerk"));
    assert_eq!(role(10).as_deref(), Some("Head"));
}

#[test]
fn a_leave_date_is_unknown_before_it_is_told() {
    let leaver = PersonRecord {
        leave_date: Some(Day(50)),
        ..person(40, "a", &["a"])
    };
    let directory = directory(vec![person(0, "a", &["a"]), leaver]);
    let at = |day| {
        let view = directory.as_of(Day(day));
        let a = view.person("a").unwrap();
        (view.leaving_on(a), a.employed_on(Day(day)))
    };
    assert_eq!(at(39), (None, true));
    assert_eq!(at(40), (Some(Day(50)), true));
    assert_eq!(at(51), (None, false));
}

#[test]
fn whoever_is_missing_from_a_later_listing_left_and_that_is_known_only_then() {
    let listings = vec![
        listed(30, "a"),
        listed(30, "b"),
        listed(60, "a"),
        listed(90, "a"),
        listed(90, "b"),
        listed(60, "c"),
    ];
    let directory = directory(listings);
    let employed = |key: &str, day| {
        directory
            .as_of(Day(day))
            .person(key)
            .is_some_and(|p| p.employed_on(Day(day)))
    };
    assert!(employed("b", 59));
    assert!(!employed("b", 60));
    assert!(employed("b", 90), "listed again");
    assert!(employed("c", 89) && !employed("c", 90));
    let view = directory.as_of(Day(60));
    assert_eq!(view.person("b").unwrap().leave, Some(Day(59)));
    assert_eq!(
        view.person("c").unwrap().join,
        Some(Day(30)),
        "first listed for the month that began then"
    );
    assert_eq!(
        view.person("a").unwrap().join,
        None,
        "there since the first listing"
    );
}

#[test]
fn files_of_different_kinds_complete_each_other() {
    let ldif = PersonRecord {
        origin: Origin::Ldif,
        kind: None,
        site: Some("North".into()),
        ..person(5, "aahlers", &["aahlers"])
    };
    let hr = PersonRecord {
        role: Some("Clerk".into()),
        kind: Some(PersonKind::Contractor),
        ..person(9, "P1", &["aahlers"])
    };
    let view = directory(vec![ldif, hr]).as_of(Day(9));
    assert_eq!(view.people().len(), 1);
    let anna = view.person("p1").unwrap();
    assert_eq!((&*anna.key, anna.kind), ("aahlers", PersonKind::Contractor));
    assert_eq!(
        (anna.role.as_deref(), anna.site.as_deref()),
        (Some("Clerk"), Some("North"))
    );
}

#[test]
fn two_keys_of_one_file_are_two_people_even_with_a_shared_account() {
    let view = directory(vec![person(0, "P1", &["till"]), person(0, "P2", &["till"])]).as_of(Day(0));
    assert_eq!(view.people().len(), 2);
    assert_eq!(&*view.resolve("till").key, "p2");
}

#[test]
fn an_account_stays_with_its_last_owner_until_somebody_else_gets_it() {
    let directory = directory(vec![
        person(0, "P1", &["a", "b"]),
        person(5, "P1", &["a"]),
        person(9, "P2", &["b"]),
    ]);
    assert_eq!(&*directory.as_of(Day(8)).resolve("b").key, "p1");
    assert_eq!(&*directory.as_of(Day(9)).resolve("b").key, "p2");
}

#[test]
fn peers_fall_back_from_team_to_role_to_company() {
    let mut people: Vec<_> = (0..4)
        .map(|i| placed(0, &format!("s{i}"), "Clerk", "Sales"))
        .collect();
    people.extend((0..8).map(|i| placed(0, &format!("f{i}"), "Clerk", "Finance")));
    people.push(PersonRecord {
        leave_date: Some(Day(3)),
        ..placed(0, "gone", "Clerk", "Sales")
    });
    people.push(PersonRecord {
        kind: Some(PersonKind::ServiceAccount),
        ..placed(0, "backup", "Clerk", "Sales")
    });
    let view = directory(people).as_of(Day(5));
    let s0 = view.person("s0").unwrap();
    let of = |at_least| {
        let peers = view.peers(s0, at_least);
        (peers.level, peers.members.len())
    };
    assert_eq!(of(3), (PeerLevel::Team, 3));
    assert_eq!(of(10), (PeerLevel::Role, 11));
    assert_eq!(of(100), (PeerLevel::Company, 11));
    let keys: Vec<&str> = s0.group_keys().iter().map(AsRef::as_ref).collect();
    assert_eq!(
        keys,
        ["people|team|clerk|sales|", "people|role|clerk", "people|all"]
    );
    assert_eq!(view.peers(view.person("backup").unwrap(), 1).members.len(), 0);
}

#[test]
fn a_manager_may_be_named_by_key_or_by_an_unambiguous_full_name() {
    let named = |key: &str, name: &str| PersonRecord {
        display_name: Some(name.into()),
        ..person(0, key, &[key])
    };
    let managed = |key: &str, by: &str| PersonRecord {
        manager: Some(by.into()),
        ..person(0, key, &[key])
    };
    let view = directory(vec![
        named("b", "Bert Brandt"),
        named("c1", "Clara Claus"),
        named("c2", "Clara Claus"),
        managed("x", "B"),
        managed("y", "Bert Brandt"),
        managed("z", "Clara Claus"),
    ])
    .as_of(Day(0));
    let manager = |key: &str| view.manager(view.person(key).unwrap()).map(|m| &*m.key);
    assert_eq!(
        [manager("x"), manager("y"), manager("z")],
        [Some("b"), Some("b"), None]
    );
}

#[test]
fn changes_are_told_once_on_the_day_they_are_known_and_true() {
    let mut all = directory(vec![
        person(0, "stays", &[]),
        placed(0, "moves", "Clerk", "Sales"),
        placed(6, "moves", "Clerk", "Finance"),
        PersonRecord {
            join_date: Some(Day(4)),
            ..person(2, "joins", &[])
        },
        PersonRecord {
            join_date: Some(Day(-900)),
            ..person(3, "old hand", &[])
        },
        PersonRecord {
            leave_date: Some(Day(7)),
            ..person(5, "stays", &[])
        },
        person(0, "ill", &[]),
    ]);
    all.add(vec![fact(1, "ill", FactKind::Absence, 3, 5)]);
    let mut cursor = all.cursor();
    let mut told = Vec::new();
    for day in 0..12 {
        told.extend(
            cursor
                .advance(Day(day))
                .into_iter()
                .map(|c| (day, c.person.to_string(), c.kind)),
        );
    }
    let expected = [
        (3, "ill", ChangeKind::AbsenceBegan),
        (4, "joins", ChangeKind::Joined),
        (6, "moves", ChangeKind::RoleChanged),
        (6, "ill", ChangeKind::BackFromAbsence),
        (8, "stays", ChangeKind::Left),
    ];
    assert_eq!(told, expected.map(|(day, who, kind)| (day, who.to_owned(), kind)));
}

#[test]
fn absence_settling_in_and_exposure_follow_the_facts() {
    let mut all = directory(vec![
        placed(0, "a", "Clerk", "Sales"),
        placed(20, "a", "Head", "Sales"),
    ]);
    let exposure = |known: i32, detail: &str| {
        let detail = Some(detail.to_owned());
        let (fact, person) = (FactKind::ExposureChange, "a".to_owned());
        Record::Fact(FactRecord {
            known_on: Day(known),
            person,
            fact,
            from: None,
            until: None,
            detail,
            reference: None,
        })
    };
    all.add(vec![
        fact(2, "a", FactKind::Absence, 3, 5),
        exposure(4, "high"),
        exposure(8, "1.5"),
        exposure(9, "9"),
    ]);
    let at = |day| {
        let view = all.as_of(Day(day));
        let a = view.person("a").unwrap();
        (view.absent(a), view.settling_in(a), view.exposure(a))
    };
    assert_eq!(at(2), (false, false, 0.0));
    assert_eq!(at(5), (true, false, 5.0));
    assert_eq!(at(8), (false, false, 1.5));
    assert_eq!(at(20), (false, true, 5.0));
    assert_eq!(at(34), (false, false, 5.0));
}

fn any_record() -> impl Strategy<Value = Record> {
    let person = (
        0_i32..60,
        0_u8..6,
        0_u8..6,
        0_u8..3,
        proptest::option::of(0_i32..80),
        0_u8..3,
    )
        .prop_map(|(known, who, account, role, leave, origin)| {
            let origin = [Origin::People, Origin::Ldif, Origin::CertLdap][origin as usize];
            let mut record = placed(known, &format!("p{who}"), &format!("role{role}"), "d");
            if origin == Origin::CertLdap {
                record = listed(known - known % 10, &format!("p{who}"));
            }
            record.accounts = vec![format!("acc{account}")];
            record.leave_date = leave.map(Day);
            Record::Person(PersonRecord { origin, ..record })
        });
    let kinds = prop_oneof![
        Just(FactKind::Absence),
        Just(FactKind::Ticket),
        Just(FactKind::NoticeGiven)
    ];
    let facts = (0_i32..60, 0_u8..6, kinds, 0_i32..60, 0_i32..30)
        .prop_map(|(known, who, kind, from, days)| fact(known, &format!("p{who}"), kind, from, from + days));
    prop_oneof![3 => person, 1 => facts]
}

proptest! {
    #[test]
    fn what_becomes_known_later_never_changes_an_earlier_view(
        records in proptest::collection::vec(any_record(), 0..40),
        later in proptest::collection::vec(any_record(), 1..10),
        day in 0_i32..60,
    ) {
        let mut directory = Directory::new(Home::default(), records);
        let before = directory.as_of(Day(day));
        let later: Vec<Record> = later.into_iter().filter(|r| r.known_on() > Day(day)).collect();
        directory.add(later);
        prop_assert_eq!(before, directory.as_of(Day(day)));
    }

    #[test]
    fn walking_and_jumping_give_the_same_view(
        records in proptest::collection::vec(any_record(), 0..40),
        days in proptest::collection::vec(0_i32..60, 1..8),
    ) {
        let directory = Directory::new(Home::default(), records);
        let mut cursor = directory.cursor();
        for day in days {
            prop_assert_eq!(cursor.at(Day(day)), &directory.as_of(Day(day)));
        }
    }

    #[test]
    fn every_account_and_key_leads_to_a_person_that_exists(
        records in proptest::collection::vec(any_record(), 0..40),
    ) {
        let view = Directory::new(Home::default(), records).as_of(Day(100));
        for person in view.people() {
            prop_assert_eq!(view.person(&person.key).map(|p| &p.key), Some(&person.key));
            for account in &person.accounts {
                prop_assert!(!view.resolve(account).provisional);
            }
            prop_assert!(view.peers(person, 3).members.iter().all(|p| p.key != person.key));
        }
    }
}
