//! Exceptions that would have spared people false alarms.

use std::collections::BTreeMap;

use proptest::prelude::*;
use tandem_casework::exception::{Exception, SUBJECTS_LEAST, Seen, exception};
use tandem_casework::tuning::{Narrowed, NoProposal, Suggestion, filter_document};

use crate::make::s;

fn seen(subject: &str, true_positive: bool, events: &[&[(&str, &str)]]) -> Seen {
    let event = |fields: &&[(&str, &str)]| -> BTreeMap<String, String> {
        fields
            .iter()
            .map(|(field, value)| ((*field).to_owned(), (*value).to_owned()))
            .collect()
    };
    Seen {
        subject: s(subject),
        true_positive,
        whole: true,
        events: events.iter().map(event).collect(),
    }
}

fn anything(_: &str, _: &str) -> bool {
    true
}

/// Four people whose uploads went to the contracted service, one whose upload did not.
fn uploads() -> Vec<Seen> {
    let mut all: Vec<Seen> = ["S-1", "S-2", "S-3", "S-4"]
        .iter()
        .map(|subject| {
            seen(
                subject,
                false,
                &[&[("cs-host", "acme.box.com"), ("c-ip", "10.0.0.1")]],
            )
        })
        .collect();
    all.push(seen("S-5", false, &[&[("cs-host", "elsewhere.example")]]));
    all
}

#[test]
fn what_several_people_share_and_nothing_real_has_is_proposed() {
    let mut all = uploads();
    all.push(seen(
        "S-6",
        true,
        &[&[("cs-host", "paste.example"), ("c-ip", "10.0.0.1")]],
    ));
    let found = exception(&all, anything).unwrap();
    assert_eq!(
        found,
        Exception {
            field: "cs-host".to_owned(),
            values: vec!["acme.box.com".to_owned()],
            removes: 4,
            of: 5,
        }
    );
}

#[test]
fn what_something_real_has_too_is_not_whatever_its_case() {
    let mut all = uploads();
    all.push(seen(
        "S-6",
        true,
        &[&[("cs-host", "ACME.box.com"), ("c-ip", "10.0.0.1")]],
    ));
    assert_eq!(exception(&all, anything), None);
}

#[test]
fn what_belongs_to_few_people_is_not() {
    let mut all: Vec<Seen> = (0..9)
        .map(|n| seen(&format!("S-{}", n % 2), false, &[&[("User", "svc-backup")]]))
        .collect();
    all.push(seen("S-9", false, &[&[("User", "other")]]));
    assert_eq!(exception(&all, anything), None);
}

#[test]
fn what_fits_everything_the_rule_ever_saw_is_its_end_and_no_exception() {
    let all: Vec<Seen> = (0..9)
        .map(|n| seen(&format!("S-{n}"), false, &[&[("EventID", "4688")]]))
        .collect();
    assert_eq!(exception(&all, anything), None);
}

#[test]
fn a_value_that_may_not_stand_or_is_a_pattern_is_not() {
    let other = exception(&uploads(), |_, value| !value.contains("acme")).unwrap();
    assert_eq!(other.field, "c-ip", "another field's value stands in");
    assert_eq!(
        exception(&uploads(), |field, _| field != "cs-host" && field != "c-ip"),
        None
    );
    let mut all: Vec<Seen> = (0..4)
        .map(|n| seen(&format!("S-{n}"), false, &[&[("Path", "C:\\*")]]))
        .collect();
    all.push(seen("S-9", false, &[&[("Path", "D:\\x")]]));
    assert_eq!(exception(&all, anything), None);
}

#[test]
fn an_alert_of_which_an_event_is_not_known_counts_as_kept() {
    let mut all = uploads();
    for one in all.iter_mut().take(2) {
        one.whole = false;
    }
    assert_eq!(exception(&all, anything), None);
    let mut all = uploads();
    all.push(seen("S-6", true, &[]));
    assert_eq!(
        exception(&all, anything),
        None,
        "of what is real nothing is known"
    );
}

fn ours(values: &[&str]) -> Suggestion {
    Suggestion::Except {
        name: "reviewed".to_owned(),
        field: "cs-host".to_owned(),
        values: values.iter().map(|v| (*v).to_owned()).collect(),
    }
}

#[test]
fn a_filter_is_a_document_of_its_own() {
    let rule = Narrowed {
        rule: "8a4d9a0e-5a0f-4a0e-9f58-0f1f6f0c1b11",
        title: "Somebody's upload: large",
        logsource: [Some("proxy"), None, None],
    };
    let text = filter_document(&rule, &ours(&["acme.box.com"])).unwrap();
    insta::assert_snapshot!(text, @r"
    title: 'Reviewed exception: Somebody''s upload: large'
    logsource:
        category: 'proxy'
    filter:
        rules:
            - '8a4d9a0e-5a0f-4a0e-9f58-0f1f6f0c1b11'
        reviewed:
            cs-host:
                - 'acme.box.com'
        condition: not reviewed
    ");
    let read: serde_json::Value = serde_norway::from_str(&text).unwrap();
    assert_eq!(read["filter"]["reviewed"]["cs-host"][0], "acme.box.com");
    assert_eq!(
        filter_document(&rule, &Suggestion::LowerLevel),
        Err(NoProposal::BadException)
    );
    assert_eq!(
        filter_document(&rule, &ours(&["*"])),
        Err(NoProposal::BadException)
    );
    let broken = Narrowed {
        title: "two\nlines: x",
        ..rule
    };
    assert_eq!(
        filter_document(&broken, &ours(&["x"])),
        Err(NoProposal::BadException)
    );
}

proptest! {
    #[test]
    fn an_exception_never_removes_what_was_real_and_never_names_few(
        rows in prop::collection::vec((0..6_u8, any::<bool>(), prop::collection::vec(0..4_u8, 1..4)), 1..40)
    ) {
        let all: Vec<Seen> = rows
            .iter()
            .map(|(who, real, values)| Seen {
                subject: s(&format!("S-{who}")),
                true_positive: *real,
                whole: true,
                events: values
                    .iter()
                    .map(|value| BTreeMap::from([("field".to_owned(), format!("v{value}"))]))
                    .collect(),
            })
            .collect();
        if let Some(found) = exception(&all, anything) {
            let fits = |one: &Seen| one.events.iter().all(|event| found.values.contains(&event["field"]));
            prop_assert!(all.iter().filter(|one| one.true_positive).all(|one| !fits(one)));
            let removed: Vec<&Seen> = all.iter().filter(|one| !one.true_positive && fits(one)).collect();
            prop_assert_eq!(removed.len() as u64, found.removes);
            for value in &found.values {
                let mut who: Vec<_> = all
                    .iter()
                    .filter(|one| !one.true_positive && one.events.iter().any(|event| &event["field"] == value))
                    .map(|one| one.subject.clone())
                    .collect();
                who.sort();
                who.dedup();
                prop_assert!(who.len() >= SUBJECTS_LEAST);
            }
        }
    }
}
