use super::*;
use crate::testing::notice;

#[test]
fn a_good_notice_passes_and_loses_what_nobody_sees() {
    let mut good = notice();
    good.title = "Copy of\u{200B} the list\n".to_owned();
    good.sentences.push("  ".to_owned());
    let checked = good.checked().unwrap();
    assert_eq!(checked.title, "Copy of the list");
    assert_eq!(checked.sentences.len(), good.sentences.len() - 1);
    assert_eq!(checked.heading(), "C-2026-0042 · Case opened");
    assert_eq!(checked.facts().unwrap(), "Level: review · About S-7K3M2Q9D");
}

#[test]
fn a_name_in_place_of_a_pseudonym_is_refused_and_not_repeated() {
    for name in [
        "Anna Schmidt",
        "ANNA",
        "S-Schmidt",
        "S-SCHMIDT",
        "A-",
        "aschmidt",
        "S-",
        "XYZ-1234",
    ] {
        let mut bad = notice();
        bad.subjects = vec![SubjectId(name.to_owned())];
        let error = bad.checked().unwrap_err();
        assert_eq!(error, NoticeError::NotAPseudonym, "{name}");
        // The two shortest stand in the error's own example.
        assert!(name.len() <= 2 || !error.to_string().contains(name), "{name}");
    }
}

#[test]
fn links_lead_to_tandem_over_tls_or_nowhere() {
    for bad in [
        "http://tandem.example/c/1",
        "javascript:alert(1)",
        "https://u:p@tandem.example/",
        "/cases/1",
        "ftp://tandem.example",
        "http://127.0.0.1.example/",
    ] {
        let mut notice = notice();
        notice.link = bad.to_owned();
        assert_eq!(notice.checked().unwrap_err(), NoticeError::BadLink, "{bad}");
    }
    for good in [
        "http://127.0.0.1:8080/cases/1",
        "http://[::1]/",
        "http://localhost/",
    ] {
        let mut notice = notice();
        notice.link = good.to_owned();
        notice.checked().unwrap();
    }
}

#[test]
fn bounds_are_kept() {
    let cases: [fn(&mut Notice); 6] = [
        |n| n.title = "x".repeat(MAX_TITLE + 1),
        |n| n.sentences = vec!["x".to_owned(); MAX_SENTENCES + 1],
        |n| n.sentences = vec!["x".repeat(MAX_SENTENCE + 1)],
        |n| n.buttons = vec![n.buttons[0].clone(); MAX_BUTTONS + 1],
        |n| n.link = format!("https://tandem.example/{}", "x".repeat(MAX_LINK)),
        |n| n.key = Key("k".repeat(MAX_ID + 1)),
    ];
    for spoil in cases {
        let mut bad = notice();
        spoil(&mut bad);
        assert!(
            matches!(bad.checked(), Err(NoticeError::TooLong { .. })),
            "{bad:?}"
        );
    }
}

#[test]
fn an_id_cannot_carry_markup() {
    for bad in ["a b", "a|b", "<b>", "a\n", "ä"] {
        let mut wrong = notice();
        wrong.buttons[0].target = bad.to_owned();
        assert!(matches!(wrong.checked(), Err(NoticeError::BadId(_))), "{bad}");
    }
    let mut empty = notice();
    empty.thread.clear();
    assert_eq!(empty.checked().unwrap_err(), NoticeError::Empty("the thread"));
}

#[test]
fn the_same_key_is_the_same_uuid() {
    assert_eq!(Key("a".into()).uuid(), Key("a".into()).uuid());
    assert_ne!(Key("a".into()).uuid(), Key("b".into()).uuid());
}
