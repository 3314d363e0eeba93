use serde_json::json;

use super::*;

fn entry() -> Entry {
    Entry::new(
        Timestamp::from_seconds(1_767_225_600),
        "a.meyer",
        "it_analyst",
        "subject.look",
        Salt([7; 16]),
    )
}

#[test]
fn an_act_is_a_dotted_verb() {
    for good in [
        "subject.look",
        "alert.triage",
        "case.note.add",
        "own_data.look",
        "a.b",
    ] {
        let mut entry = entry();
        entry.act = good.to_owned();
        assert_eq!(entry.check(), Ok(()), "{good}");
    }
    let long = format!("a.{}", "b".repeat(MAX_ACT - 1));
    for wrong in [
        "",
        ".",
        "look",
        "subject.",
        ".look",
        "subject..look",
        "Subject.look",
        "subject look.x",
        "subject.look1",
        "subject.löok",
        &long,
    ] {
        let mut entry = entry();
        entry.act = wrong.to_owned();
        assert!(matches!(entry.check(), Err(EntryError::Act(_))), "{wrong}");
    }
}

#[test]
fn every_text_is_bounded_and_free_of_control_characters() {
    type Set = fn(&mut Entry, String);
    let fields: [(&str, usize, Set); 5] = [
        ("who", MAX_NAME, |entry, text| entry.who = text),
        ("role", MAX_NAME, |entry, text| entry.role = text),
        ("subject", MAX_ID, |entry, text| {
            entry.subject = Some(SubjectId(text))
        }),
        ("case", MAX_ID, |entry, text| entry.case = Some(CaseId(text))),
        ("object", MAX_OBJECT, |entry, text| entry.object = Some(text)),
    ];
    for (name, most, set) in fields {
        let checked = |text: String| {
            let mut entry = entry();
            set(&mut entry, text);
            entry.check()
        };
        assert_eq!(checked("x".repeat(most)), Ok(()), "{name}");
        for wrong in [
            String::new(),
            "x".repeat(most + 1),
            "a\nb".to_owned(),
            "a\u{85}b".to_owned(),
        ] {
            let error = checked(wrong).unwrap_err();
            assert!(
                matches!(&error, EntryError::Text { field, .. } if *field == name),
                "{name}: {error}"
            );
        }
    }
}

#[test]
fn the_detail_is_small_shallow_and_has_integers_only() {
    let checked = |value: Value| {
        let mut entry = entry();
        entry.detail = value.as_object().cloned().unwrap();
        entry.check()
    };
    assert_eq!(
        checked(json!({"rows": 3, "fields": ["a", {"b": null}], "dry": true})),
        Ok(())
    );
    assert_eq!(checked(json!({"p": 0.5})), Err(EntryError::DetailNumber));
    assert_eq!(checked(json!({"n": u64::MAX})), Err(EntryError::DetailNumber));
    assert_eq!(checked(json!({"t": "x".repeat(MAX_DETAIL - 8)})), Ok(()));
    assert_eq!(
        checked(json!({"t": "x".repeat(MAX_DETAIL - 7)})),
        Err(EntryError::DetailSize(MAX_DETAIL + 1))
    );
    let nested = |levels: usize| (1..levels).fold(json!({}), |inner, _| json!({"d": inner}));
    assert_eq!(checked(nested(MAX_DEPTH)), Ok(()));
    assert_eq!(
        checked(nested(MAX_DEPTH + 1)),
        Err(EntryError::DetailDepth(MAX_DEPTH + 1))
    );
}

#[test]
fn the_time_is_one_that_every_reader_keeps() {
    for (micros, good) in [
        (0, true),
        (MAX_INTEGER, true),
        (-1, false),
        (MAX_INTEGER + 1, false),
    ] {
        let mut entry = entry();
        entry.at = Timestamp(micros);
        assert_eq!(entry.check().is_ok(), good, "{micros}");
    }
}

#[test]
fn unknown_fields_and_other_spellings_of_a_salt_are_refused() {
    let good = serde_json::to_value(entry()).unwrap();
    assert!(serde_json::from_value::<Entry>(good.clone()).is_ok());
    let mut more = good.clone();
    more["why"] = json!("because");
    assert!(serde_json::from_value::<Entry>(more).is_err());
    for salt in [
        "",
        "07",
        "0707070707070707070707070707070Z",
        "0A070707070707070707070707070707",
    ] {
        let mut other = good.clone();
        other["salt"] = json!(salt);
        assert!(serde_json::from_value::<Entry>(other).is_err(), "{salt}");
    }
}
