//! Names in sentences, and what is none.

use proptest::prelude::*;
use tandem_domain::SubjectId;

use super::{Builder, NameIndex};
use crate::Identity;

fn person(key: &str, name: &str, accounts: &[&str], mail: &[&str]) -> Identity {
    let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    Identity {
        person_key: key.to_owned(),
        name: Some(name.to_owned()),
        mail: owned(mail),
        phone: None,
        accounts: owned(accounts),
        position: None,
        manager: None,
        site: None,
    }
}

fn index(people: &[(&str, Identity)]) -> NameIndex {
    let mut builder = Builder::default();
    for (subject, identity) in people {
        builder.add(&SubjectId((*subject).to_owned()), identity).unwrap();
    }
    builder.finish()
}

fn house() -> NameIndex {
    index(&[
        (
            "S-ANNA0001",
            person(
                "E-1001",
                "Anna Meyer",
                &["anna.meyer", "adm-ameyer"],
                &["anna.meyer@corp.example"],
            ),
        ),
        (
            "S-JURG0002",
            person(
                "E-1002",
                "Dr. Jürgen Maria Großkötter",
                &["juergen.grosskoetter"],
                &[],
            ),
        ),
        (
            "S-RITA0003",
            person(
                "77",
                "Rita Ott",
                &["rita"],
                &["rita@corp.example", "marketing@corp.example"],
            ),
        ),
        (
            "S-ANNA0004",
            person("E-1004", "Anna Maria Meyer-Lund", &["ameyerlund"], &[]),
        ),
        ("S-WANG0005", person("E-1005", "王小明", &["xm.wang"], &[])),
    ])
}

#[test]
fn names_in_sentences_become_pseudonyms() {
    let house = house();
    for (text, masked) in [
        ("Anna Meyer copied 40 files.", "S-ANNA0001 copied 40 files."),
        ("von ANNA MEYER, heute", "von S-ANNA0001, heute"),
        ("Meyer, Anna (HR)", "S-ANNA0001 (HR)"),
        ("annameyer-laptop", "S-ANNA0001-laptop"),
        ("Anna\u{a0}Meyer", "S-ANNA0001"),
        ("Anna\nMeyer", "S-ANNA0001"),
        ("An\u{ad}na Mey\u{200b}er", "S-ANNA0001"),
        (r"CORP\anna.meyer logged on", r"CORP\S-ANNA0001 logged on"),
        (r#"{"user":"CORP\\anna.meyer"}"#, r#"{"user":"CORP\\S-ANNA0001"}"#),
        ("mail to anna.meyer@corp.example now", "mail to S-ANNA0001 now"),
        ("anna.meyer@other.example", "S-ANNA0001@other.example"),
        ("mailto:Anna.Meyer%40corp.example", "mailto:S-ANNA0001"),
        ("/home/anna.meyer/plan.xlsx", "/home/S-ANNA0001/plan.xlsx"),
        ("?q=Anna%20Meyer&x=1", "?q=S-ANNA0001&x=1"),
        (r#""see\nAnna Meyer\tand""#, r#""see\nS-ANNA0001\tand""#),
        ("personnel number E-1001.", "personnel number S-ANNA0001."),
        ("adm-ameyer, ADM_AMEYER", "S-ANNA0001, S-ANNA0001"),
        ("Jürgen Großkötter", "S-JURG0002"),
        ("JÜRGEN GROSSKÖTTER", "S-JURG0002"),
        ("Ju\u{308}rgen Maria Großko\u{308}tter", "S-JURG0002"),
        ("Juergen Grosskoetter", "S-JURG0002"),
        ("Herr Dr. Jürgen Maria Großkötter kam", "Herr S-JURG0002 kam"),
        ("会见王小明先生", "会见S-WANG0005先生"),
    ] {
        assert_eq!(house.mask(text), masked, "{text}");
    }
}

#[test]
fn the_longest_match_wins() {
    let house = house();
    assert_eq!(house.mask("Anna Maria Meyer-Lund"), "S-ANNA0004");
    assert_eq!(house.mask("Anna Meyer-Lund"), "S-ANNA0004");
    assert_eq!(house.mask("Meyer-Lund, Anna Maria"), "S-ANNA0004");
    assert_eq!(house.mask("Anna Meyer-Schmidt"), "S-ANNA0001-Schmidt");
    assert_eq!(house.mask("anna.meyer@corp.example.org"), "S-ANNA0001.org");
}

#[test]
fn longer_words_short_words_and_other_people_stay() {
    let house = house();
    for text in [
        "anna.meyers",
        "xanna.meyer",
        "anna.meyer2",
        "Joanna Meyer",
        "Anna Meyerhof",
        "Susanna Meyering",
        "Anna",
        "Meyer",
        "senorita rita Rita",
        "the year 77 of 1001",
        "marketing campaign",
        "name (name) S-ANNA0001",
        "annameyers",
        "小明",
        "",
        " ",
        "\\",
        "%",
        "%4",
        "S-",
        "\u{301}",
    ] {
        assert_eq!(house.mask(text), text);
        assert!(house.is_clean(text), "{text}");
        assert_eq!(house.finds(text), []);
    }
    assert!(house.left_out() > 0);
}

#[test]
fn who_is_named_is_found_once_and_in_order() {
    let house = house();
    let found = house.finds("Rita Ott and anna.meyer and ANNA MEYER wrote to rita@corp.example");
    assert_eq!(
        found,
        [SubjectId("S-ANNA0001".into()), SubjectId("S-RITA0003".into())]
    );
}

#[test]
fn a_name_of_two_people_is_not_given_to_one_of_them() {
    let both = index(&[
        ("S-1", person("E-1001", "Anna Meyer", &["anna.meyer"], &[])),
        ("S-2", person("E-1002", "Anna Meyer", &["anna.meyer2"], &[])),
        ("S-3", person("E-1003", "Anna Meyer", &[], &[])),
    ]);
    assert_eq!(both.mask("Anna Meyer (anna.meyer2)"), "(name) (S-2)");
    assert_eq!(both.finds("meyer anna").len(), 3);
}

#[test]
fn redacted_text_does_not_tell_whose_name_it_was() {
    let house = house();
    assert_eq!(
        house.redact("ask Anna Meyer or rita@corp.example"),
        "ask (name) or (name)"
    );
    assert_eq!(house.redact("nobody"), "nobody");
}

#[test]
fn one_text_does_not_tell_the_pseudonyms_of_a_whole_list() {
    let people: Vec<_> = (0..100)
        .map(|n| {
            (
                format!("S-{n:08}"),
                person(&format!("E-{n:05}"), &format!("Person Number{n}"), &[], &[]),
            )
        })
        .collect();
    let mut builder = Builder::default();
    for (subject, identity) in &people {
        builder.add(&SubjectId(subject.clone()), identity).unwrap();
    }
    let list: Vec<_> = (0..100).map(|n| format!("Person Number{n}")).collect();
    let masked = builder.finish().mask(&list.join("; ")).into_owned();
    assert_eq!(masked.matches("S-").count(), super::NAMED);
    assert_eq!(masked.matches("(name)").count(), 100 - super::NAMED);
}

#[test]
fn a_text_that_is_too_long_is_withheld() {
    let house = house();
    let long = "x ".repeat(super::LONGEST / 2 + 1);
    assert_eq!(house.mask(&long), super::TOO_LONG);
    assert!(!house.is_clean(&long));
}

#[test]
fn what_was_masked_is_not_read_as_part_of_another_name() {
    // An account whose last word is how every pseudonym begins, and one that ends like the stand-in for a name.
    let odd = index(&[
        ("S-1", person("E-1001", "Anna Meyer", &["copy.s"], &[])),
        ("S-2", person("E-1002", "Bert Brandt", &["your.name"], &[])),
        ("S-3", person("E-1003", "Bert Brandt", &[], &[])),
    ]);
    let masked = odd.mask("copy Anna Meyer, your Bert Brandt").into_owned();
    assert_eq!(masked, "copy S-1, your (name)");
    assert_eq!(odd.mask(&masked), masked);
}

#[test]
fn both_readings_of_a_backslash_are_looked_through() {
    let two = index(&[
        ("S-1", person("E-1001", "Nina Berg", &["nina.berg"], &[])),
        ("S-2", person("E-1002", "Ina Berg", &["ina.berg"], &[])),
        ("S-3", person("E-1003", "Berg Meyer", &[], &[])),
    ]);
    assert_eq!(two.mask(r"CORP\nina.berg"), r"CORP\S-1", "the longer reading");
    assert_eq!(two.mask(r"by\nIna Berg"), r"by\S-1", "either could be meant");
    assert_eq!(two.finds(r"by\nIna Berg").len(), 2);
    assert_eq!(two.mask(r"see\nBerg\nMeyer"), r"see\nS-3");
    assert!(two.is_clean(&two.mask(r"x\nina\nBerg\nMeyer")));
}

#[test]
fn the_index_shows_counts_only() {
    let shown = format!("{:?}", house()).to_lowercase();
    assert!(shown.contains("people: 5"), "{shown}");
    assert!(!shown.contains("anna") && !shown.contains("rita"), "{shown}");
}

/// Looks for a term in the plainest way: lower case, with no letter or digit before or after.
fn plainly_contains(text: &str, term: &str) -> bool {
    let (text, term) = (text.to_lowercase(), term.to_lowercase());
    text.match_indices(&term).any(|(at, _)| {
        let (before, rest) = text.split_at(at);
        let (_, after) = rest.split_at(term.len());
        let beside = [before.chars().next_back(), after.chars().next()];
        !beside.into_iter().flatten().any(char::is_alphanumeric)
    })
}

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-d]{1,4}",
        "[A-Dä-ü]{2,5}",
        "[a-c]{2}[0-9]{1,2}",
        "(s|name|dr|n)"
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Names and texts of the same few letters, so that matches overlap, repeat and nest.
    #[test]
    fn masked_text_contains_no_known_term(
        people in prop::collection::vec((word(), word(), word(), word()), 1..8),
        pieces in prop::collection::vec((0_usize..40, word(), "[ .,@_\\\\/\n-]{1,2}|(%20)|(\\\\n)", any::<bool>()), 0..30),
    ) {
        let mut builder = Builder::default();
        let mut terms = Vec::new();
        for (number, (first, last, account, key)) in people.iter().enumerate() {
            let (account, key) = (format!("{first}.{account}{number}"), format!("E-{key}{number}"));
            let identity = person(&key, &format!("{first} {last}"), &[&account], &[&format!("{account}@corp.example")]);
            builder.add(&SubjectId(format!("S-{number:08}")), &identity).unwrap();
            terms.extend([format!("{first} {last}"), format!("{last} {first}"), account, key]);
        }
        let index = builder.finish();
        let mut text = String::new();
        for (pick, word, gap, loud) in &pieces {
            let piece = terms.get(*pick).unwrap_or(word);
            text.push_str(&if *loud { piece.to_uppercase() } else { piece.clone() });
            text.push_str(gap);
        }
        let masked = index.mask(&text);
        // What was put in is nobody's name, also where one is called `s` or `name`.
        let left = (0..people.len()).fold(masked.replace("(name)", "|"), |left, number| {
            left.replace(&format!("S-{number:08}"), "|")
        });
        for term in terms.iter().filter(|term| !index.finds(term).is_empty()) {
            prop_assert!(!plainly_contains(&left, term), "{term:?} in {masked:?} from {text:?}");
        }
        prop_assert!(index.is_clean(&masked), "{masked:?} from {text:?}: {:?}", index.mask(&masked));
        prop_assert!(index.is_clean(&index.redact(&text)));
        // Exactly those who are found are named.
        prop_assert_eq!(index.finds(&text).is_empty(), masked == text);
    }

    #[test]
    fn any_text_can_be_looked_through(text in "\\PC{0,60}") {
        let house = house();
        let masked = house.mask(&text).into_owned();
        prop_assert!(house.is_clean(&masked));
    }
}
