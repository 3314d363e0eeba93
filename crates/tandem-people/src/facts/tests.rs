use super::*;
use crate::account::Home;
use crate::directory::Directory;
use crate::pseudonym::pseudonym;
use crate::record::{Origin, PersonKind, PersonRecord, Record};

fn fact(kind: FactKind, known: i32) -> FactRecord {
    FactRecord {
        known_on: Day(known),
        person: "P1".into(),
        fact: kind,
        from: None,
        until: None,
        detail: None,
        reference: None,
    }
}

fn person() -> Record {
    Record::Person(PersonRecord {
        known_on: Day(0),
        person: "P1".into(),
        kind: Some(PersonKind::Employee),
        display_name: Some("Anna Ahlers".into()),
        accounts: vec!["aahlers".into()],
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
    })
}

fn on(facts: &[FactRecord], day: i32) -> Vec<Indicator> {
    let mut records = vec![person()];
    records.extend(facts.iter().cloned().map(Record::Fact));
    let view = Directory::new(Home::default(), records).as_of(Day(day));
    let found = fact_indicators(&view, Day(day)..=Day(day), |key| pseudonym(&[1; 32], key));
    found.into_iter().map(|f| f.indicator).collect()
}

#[test]
fn a_fact_becomes_an_indicator_once_when_it_is_known_and_in_force() {
    let late = FactRecord {
        from: Some(Day(10)),
        ..fact(FactKind::DeniedPromotion, 20)
    };
    let ahead = FactRecord {
        from: Some(Day(40)),
        ..fact(FactKind::PerformancePlan, 30)
    };
    let facts = [late, ahead];
    let days: Vec<(i32, usize)> = (0..60)
        .map(|d| (d, on(&facts, d).len()))
        .filter(|(_, n)| *n > 0)
        .collect();
    assert_eq!(days, [(20, 1), (40, 1)]);
    let late = on(&facts, 20).remove(0);
    assert_eq!((late.time, late.known), (Day(10).start(), Day(20).start()));
}

#[test]
fn weights_groups_and_ends_are_those_of_the_ledger() {
    use FactKind as K;
    use IndicatorGroup as G;
    let dated = |kind| FactRecord {
        until: Some(Day(200)),
        ..fact(kind, 100)
    };
    let at = |kind| fact(kind, 100);
    let cases = [
        (at(K::NoticeGiven), G::Employment, 4.0, None, None),
        (dated(K::NoticeGiven), G::Employment, 4.0, None, Some(230)),
        (at(K::DeniedPromotion), G::Employment, 3.0, None, Some(190)),
        (dated(K::PerformancePlan), G::Employment, 3.0, None, Some(290)),
        (at(K::RedFlagConfirmed), G::RedFlag, 3.0, Some(45.0), None),
        (at(K::HotlineCorroborated), G::Hotline, 4.0, Some(60.0), None),
        (dated(K::ApprovedHandover), G::Mitigation, -10.0, Some(60.0), None),
        (dated(K::ApprovedProject), G::Mitigation, -10.0, Some(60.0), None),
        (at(K::Ticket), G::Mitigation, -10.0, Some(60.0), None),
        (at(K::Explanation), G::Mitigation, -6.0, Some(60.0), None),
        (at(K::SupportGiven), G::Mitigation, -4.0, Some(60.0), None),
        (at(K::Training), G::Mitigation, -3.0, Some(60.0), None),
    ];
    for (fact, group, weight, half_life, until) in cases {
        let found = on(std::slice::from_ref(&fact), 100).remove(0);
        assert_eq!(
            (found.group, found.weight, found.half_life_days),
            (group, weight, half_life),
            "{:?}",
            fact.fact
        );
        assert_eq!(found.until, until.map(|d| Day(d).end()), "{:?}", fact.fact);
    }
    for kind in [FactKind::RoleChange, FactKind::Absence, FactKind::ExposureChange] {
        assert_eq!(on(&[fact(kind, 100)], 100), []);
    }
}

#[test]
fn overdue_training_weighs_nothing_and_ends_when_it_is_taken() {
    let overdue = on(
        &[FactRecord {
            until: Some(Day(20)),
            ..fact(FactKind::TrainingOverdue, 5)
        }],
        5,
    );
    let [one] = overdue.as_slice() else {
        panic!("{overdue:?}")
    };
    assert_eq!(
        (one.weight, one.stage, one.until),
        (0.0, None, Some(Day(20).end()))
    );
    let coached = on(&[fact(FactKind::Coaching, 5)], 5);
    assert_eq!(coached[0].detector, "mitigation:coaching");
    assert_eq!(coached[0].group, IndicatorGroup::Mitigation);
}

#[test]
fn an_end_of_contract_counts_only_in_its_last_weeks() {
    let end = FactRecord {
        until: Some(Day(400)),
        ..fact(FactKind::ContractEnd, 10)
    };
    assert_eq!(on(std::slice::from_ref(&end), 10), []);
    let found = on(&[end], 340).remove(0);
    assert_eq!(
        (found.time, found.until),
        (Day(340).start(), Some(Day(430).end()))
    );
}

#[test]
fn a_hotline_report_weighs_three_to_five() {
    let weight = |detail: &str| {
        on(
            &[FactRecord {
                detail: Some(detail.into()),
                ..fact(FactKind::HotlineCorroborated, 1)
            }],
            1,
        )[0]
        .weight
    };
    assert_eq!(
        [weight("low"), weight("HIGH: seen by two"), weight("whatever")],
        [3.0, 5.0, 4.0]
    );
}

#[test]
fn nothing_of_the_person_or_of_free_words_is_in_an_indicator() {
    for kind in FactKind::ALL {
        let fact = FactRecord {
            detail: Some("Anna Ahlers is cross with Bert".into()),
            reference: Some("HR-7".into()),
            until: Some(Day(9)),
            ..fact(*kind, 5)
        };
        for found in on(&[fact], 5) {
            let text = format!("{found:?}").to_lowercase();
            assert!(
                !["anna", "ahlers", "bert", "p1\""]
                    .iter()
                    .any(|word| text.contains(word)),
                "{text}"
            );
            let report = matches!(found.group, IndicatorGroup::RedFlag | IndicatorGroup::Hotline);
            assert_eq!(text.contains("hr-7"), !report, "{text}");
        }
    }
}

#[test]
fn reading_the_same_file_twice_makes_the_same_ids_and_another_fact_another() {
    let a = fact(FactKind::Ticket, 5);
    let b = FactRecord {
        reference: Some("T-2".into()),
        ..a.clone()
    };
    assert_eq!(on(std::slice::from_ref(&a), 5), on(std::slice::from_ref(&a), 5));
    assert_ne!(on(&[a], 5)[0].id, on(&[b], 5)[0].id);
}

#[test]
fn a_fact_may_name_an_account_or_somebody_unknown() {
    let view = Directory::new(
        Home::default(),
        vec![
            person(),
            Record::Fact(FactRecord {
                person: "AAhlers".into(),
                ..fact(FactKind::Training, 1)
            }),
            Record::Fact(FactRecord {
                person: "Nobody".into(),
                ..fact(FactKind::Training, 1)
            }),
        ],
    )
    .as_of(Day(1));
    let found = fact_indicators(&view, Day(0)..=Day(1), |key| pseudonym(&[1; 32], key));
    let people: Vec<&str> = found.iter().map(|f| &*f.person).collect();
    assert_eq!(people, ["p1", "nobody"]);
}
