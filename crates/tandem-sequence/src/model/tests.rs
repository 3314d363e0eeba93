use super::{Sequence, span, words};

const MINUTE: i64 = 60_000_000;

/// A small sequence in which one line is another.
fn with(from: &str, to: &str) -> String {
    let text = "id: small-one
title: Read, then deleted
description: Something was read and then deleted.
threats: [leakage]
level: high
key: object
within: 2d
steps:
  - name: read
    says: \"{object} was read\"
    stage: preparation
    any:
      - act: file_read
  - name: deleted
    says: \"{object} was deleted\"
    stage: anti_forensics
    any:
      - act: [file_delete]
";
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

fn fault(from: &str, to: &str) -> (usize, String, String) {
    let error = Sequence::read("s.yml", &with(from, to)).unwrap_err();
    assert_eq!(error.file, "s.yml");
    assert!(!error.hint.is_empty());
    (error.line, error.field, error.reason)
}

#[test]
fn times_are_numbers_with_units() {
    assert_eq!(span("90m"), Some(90 * MINUTE));
    assert_eq!(span("1d 2h"), Some(26 * 60 * MINUTE));
    for odd in ["", "7", "d", "-1d", "1.5h", "1h2m", "99999w"] {
        assert_eq!(span(odd), None, "{odd}");
    }
    assert_eq!(words(26 * 60 * MINUTE), "1 day 2 hours");
    assert_eq!(words(61 * MINUTE), "1 hour 1 minute");
    assert_eq!(words(0), "the same moment");
}

#[test]
fn a_good_sequence_is_read_with_its_defaults() {
    let (read, enabled) = Sequence::read("s.yml", &with("within: 2d", "within: 36h")).unwrap();
    assert!(enabled);
    assert_eq!((read.impact, read.enough(), read.last()), (1, 1, 1));
    assert_eq!(read.shown_as, read.title);
    let (_, enabled) = Sequence::read("s.yml", &with("within: 2d", "within: 2d\nenabled: false")).unwrap();
    assert!(!enabled);
}

#[test]
fn a_mistake_is_told_with_line_and_field() {
    let (line, field, reason) = fault("act: file_read", "act: file_raed");
    assert_eq!((line, field.as_str()), (9, "steps[0].any[0].act"));
    assert!(reason.contains("file_raed"));
    assert_eq!(fault("within: 2d", "within: soon").0, 7);
    assert_eq!(fault("id: small-one", "id: Small One").1, "id");
    assert_eq!(
        fault("- act: file_read", "- act: denied").1,
        "steps[0].any[0].act"
    );
    assert_eq!(
        fault("- act: file_read", "- confidential: true").1,
        "steps[0].any[0]"
    );
    assert_eq!(
        fault("- act: file_read", "- {act: file_read, attrs: {file: x}}").1,
        "steps[0].any[0].attrs.file"
    );
    assert_eq!(fault("{object} was read", "{who} read it").1, "steps[0].says");
    assert_eq!(fault("name: deleted", "name: read").1, "steps[0].name");
    let unknown = fault("within: 2d", "within: 2d\nwithn: 3d");
    assert!(unknown.2.contains("withn"), "{unknown:?}");
    let wrong = fault("stage: anti_forensics", "stage: clean_up");
    assert!(wrong.0 >= 16 && wrong.1.starts_with("steps[1]"), "{wrong:?}");
    assert_eq!(
        fault("level: high", "level: high\ntechniques: [X1]").1,
        "techniques"
    );
    assert_eq!(
        fault(
            "    any:\n      - act: [file_delete]\n",
            "    fact: notice_given\n"
        )
        .1,
        "shown_as"
    );
}

#[test]
fn employment_facts_alone_and_at_the_end_are_refused() {
    let facts = with("key: object", "key: subject\nshown_as: Two things")
        .replace("    any:\n      - act: file_read\n", "    fact: notice_given\n");
    assert!(Sequence::read("s.yml", &facts).is_ok());
    let alone = facts.replace(
        "    any:\n      - act: [file_delete]\n",
        "    fact: contract_end\n",
    );
    let error = Sequence::read("s.yml", &alone).unwrap_err();
    assert!(error.reason.contains("employment fact"), "{error}");
    let early = facts.replace(
        "    fact: notice_given\n",
        "    fact: notice_given\n    enough: true\n",
    );
    assert!(Sequence::read("s.yml", &early).is_err());
    let untitled = facts.replace("shown_as: Two things", "");
    assert_eq!(Sequence::read("s.yml", &untitled).unwrap_err().field, "shown_as");
    let report = facts.replace("notice_given", "hotline_corroborated");
    assert!(Sequence::read("s.yml", &report).is_err(), "reports are no steps");
    let keyed = facts.replace("key: subject", "key: object");
    assert_eq!(
        Sequence::read("s.yml", &keyed).unwrap_err().field,
        "steps[0].fact"
    );
}

#[test]
fn what_the_automaton_uses_makes_the_fingerprint() {
    let of = |text: &str| Sequence::read("s.yml", text).unwrap().0.fingerprint;
    let plain = of(&with("level: high", "level: high"));
    assert_eq!(plain, of(&with("level: high", "level: low")));
    assert_ne!(plain, of(&with("within: 2d", "within: 3d")));
    assert_ne!(plain, of(&with("act: file_read", "act: cloud_download")));
}
