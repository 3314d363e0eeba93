use std::borrow::Cow;

use super::{fill, placeholders};

fn filled(template: &str, account: &str, value: &str) -> String {
    fill(template, account, |_| Some(Cow::Owned(value.to_owned())))
}

#[test]
fn sentences_do_not_name_the_account() {
    let text = filled("{account} wrote {path}.", "CORP\\JDoe", "C:\\Users\\jdoe\\a.txt");
    assert_eq!(text, "This person wrote C:\\Users\\(own)\\a.txt.");
    assert_eq!(
        filled("It refused {account} entry.", "jdoe@corp.example", ""),
        "It refused this person entry."
    );
    assert_eq!(
        filled("{x}", "ab", "about"),
        "about",
        "short names are left alone"
    );
    assert_eq!(filled("{x}", "müller", "Büro MÜLLER müller"), "Büro MÜLLER (own)");
}

#[test]
fn values_are_made_readable() {
    assert_eq!(filled("sent {x|size}.", "", "3200000000"), "sent 3.2 GB.");
    assert_eq!(filled("sent {x|size}.", "", "12"), "sent 12 bytes.");
    assert_eq!(filled("{x}", "", "a\tb\u{7}\n c"), "a b c");
    assert!(filled("{x}", "", &"y".repeat(500)).chars().count() < 130);
    assert_eq!(fill("{x} here", "", |_| None), "(not given) here");
    assert_eq!(filled("open { brace", "", ""), "open brace");
}

#[test]
fn places_are_listed_without_their_form() {
    assert_eq!(
        placeholders("{a} and {attr:b|size}").collect::<Vec<_>>(),
        ["a", "attr:b"]
    );
}
