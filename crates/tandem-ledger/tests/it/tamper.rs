//! Somebody changes the file, or the database behind it, and leaves the hashes as they were.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value, json};
use tandem_ledger::BreakKind;

use crate::ledger::{EVERY, joined, ledger, line_of, lines, verify};

const COUNT: u64 = 320;
const FIELDS: [&str; 14] = [
    "act", "at", "case", "detail", "hash", "object", "prev", "purpose", "role", "salt", "seq", "subject",
    "who", "new",
];

fn original() -> Vec<String> {
    static LINES: LazyLock<Vec<String>> = LazyLock::new(|| lines(&ledger(COUNT).export()));
    LINES.clone()
}

/// What is found, as kind, row and line.
fn found(lines: &[String]) -> (BreakKind, Option<u64>, Option<u64>) {
    let fault = verify(&joined(lines)).unwrap_err();
    assert!(!fault.sentence.is_empty() && !fault.expected.is_empty() && !fault.found.is_empty());
    (fault.kind, fault.seq, fault.line)
}

/// Another value of the same shape, so that the line stays readable.
fn other(field: &str, value: &Value) -> Value {
    match (field, value) {
        ("hash" | "prev" | "salt", Value::String(text)) => {
            let first = if text.starts_with('0') { "1" } else { "0" };
            let rest: String = text.chars().skip(1).collect();
            json!(format!("{first}{rest}"))
        }
        ("purpose", Value::String(_)) => json!("support"),
        ("purpose", _) => json!("triage"),
        ("detail", Value::Object(map)) => {
            let mut map = map.clone();
            map.insert("rows".to_owned(), json!(999_999));
            Value::Object(map)
        }
        ("detail", _) => json!({"rows": 1}),
        (_, Value::Number(number)) => json!(number.as_i64().unwrap() + 1),
        (_, Value::String(text)) => json!(format!("{text}x")),
        _ => json!("something"),
    }
}

/// Writes a line's value as the format spells it: keys in order (all of them are ASCII here).
fn spelled(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<_> = map.keys().collect();
            keys.sort();
            let parts: Vec<_> = keys
                .into_iter()
                .map(|key| format!("{}:{}", json!(key), spelled(&map[key])))
                .collect();
            format!("{{{}}}", parts.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(spelled).collect::<Vec<_>>().join(",")),
        plain => plain.to_string(),
    }
}

fn edit(line: &str, field: &str) -> String {
    let mut value: Value = serde_json::from_str(line).unwrap();
    let row = &mut value["row"];
    row[field] = other(field, &row[field].clone());
    spelled(&value)
}

#[test]
fn the_ledger_as_it_was_written_holds() {
    let report = verify(&joined(&original())).unwrap();
    assert_eq!(
        (report.rows, report.checkpoints, report.unsigned),
        (COUNT, COUNT / EVERY, COUNT % EVERY)
    );
    assert!(report.keys_trusted);
}

#[test]
fn every_field_of_a_row_that_is_edited_is_found_at_that_row() {
    let original = original();
    for seq in [0, 1, 3, EVERY - 1, EVERY, 157, COUNT - 2, COUNT - 1] {
        let place = line_of(&original, seq);
        for field in FIELDS {
            let mut changed = original.clone();
            changed[place] = edit(&original[place], field);
            assert_ne!(changed[place], original[place]);
            let kind = if field == "new" {
                BreakKind::Unreadable
            } else {
                BreakKind::Edited
            };
            let line = Some(place as u64 + 1);
            assert_eq!(found(&changed), (kind, Some(seq), line), "{field} of row {seq}");
        }
    }
}

#[test]
fn every_field_of_a_row_that_is_taken_away_is_found_at_that_row() {
    let original = original();
    let place = line_of(&original, 156);
    for field in FIELDS.into_iter().filter(|field| *field != "new") {
        let mut value: Value = serde_json::from_str(&original[place]).unwrap();
        value["row"].as_object_mut().unwrap().remove(field).unwrap();
        let mut changed = original.clone();
        changed[place] = spelled(&value);
        let (kind, seq, line) = found(&changed);
        assert_eq!((seq, line), (Some(156), Some(place as u64 + 1)), "{field}");
        assert!(
            matches!(kind, BreakKind::Edited | BreakKind::Unreadable),
            "{field}: {kind:?}"
        );
    }
}

#[test]
fn a_row_changed_together_with_its_own_hash_is_named_by_the_row_after_it() {
    let ledger = ledger(COUNT);
    let mut changed = ledger.rows.clone();
    changed[157].entry.who = "c.rossi".to_owned();
    changed[157].hash = changed[157].expected_hash().unwrap();
    let whole = crate::ledger::Ledger {
        rows: changed,
        ..ledger
    };
    let fault = verify(&whole.export()).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::ChainBroken, Some(157)));
    insta::assert_snapshot!(fault.sentence, @"row 157 is not the row that row 158 was written after: row 157 was changed together with its hash");
}

#[test]
fn a_cut_in_the_middle_of_a_line_is_told_from_an_edit() {
    let bytes = joined(&original());
    for length in [bytes.len() - 5, bytes.len() / 2 + 3] {
        let fault = verify(&bytes[..length]).unwrap_err();
        assert_eq!(fault.kind, BreakKind::Truncated, "{fault}");
    }
}

#[test]
fn cut_off_rows_are_found_by_the_checkpoint_that_covers_them() {
    let original = original();
    // The last signed rows are gone, the checkpoint over them and the last line are there.
    let mut changed = original.clone();
    let first = line_of(&changed, 297);
    changed.drain(first..first + 3);
    changed.retain(|line| !(line.starts_with("{\"row\"") && line_number(line) >= 300));
    let last = changed.last_mut().unwrap();
    *last = "{\"end\":{\"size\":297}}".to_owned();
    let fault = verify(&joined(&changed)).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::Truncated, Some(297)));
    insta::assert_snapshot!(fault.sentence, @"a checkpoint was signed over 300 rows, but only 297 are there: rows 297 to 299 were cut off");
    // The whole end is gone, the last line too.
    for keep in [1, 2, 51, 52, 53, 200] {
        let (kind, _, _) = found(&original[..keep]);
        assert_eq!(kind, BreakKind::Truncated, "{keep} lines");
    }
    // A wrong last line.
    for (size, kind) in [
        (COUNT - 1, BreakKind::Unreadable),
        (COUNT + 1, BreakKind::Truncated),
    ] {
        let mut changed = original.clone();
        *changed.last_mut().unwrap() = format!("{{\"end\":{{\"size\":{size}}}}}");
        assert_eq!(found(&changed).0, kind);
    }
}

fn line_number(line: &str) -> u64 {
    let value: Value = serde_json::from_str(line).unwrap();
    value["row"]["seq"].as_u64().unwrap()
}

#[test]
fn checkpoints_that_are_changed_moved_or_doubled_are_found() {
    let original = original();
    let place = original
        .iter()
        .position(|line| line.starts_with("{\"checkpoint\""))
        .unwrap();
    for (field, kind) in [
        ("at", BreakKind::BadSignature),
        ("root", BreakKind::BadSignature),
        ("size", BreakKind::BadSignature),
        ("origin", BreakKind::UntrustedKey),
        ("key_id", BreakKind::UntrustedKey),
    ] {
        let mut value: Value = serde_json::from_str(&original[place]).unwrap();
        let was = value["checkpoint"][field].clone();
        let shape = if matches!(field, "root" | "key_id") {
            "hash"
        } else {
            field
        };
        value["checkpoint"][field] = other(shape, &was);
        let mut changed = original.clone();
        changed[place] = spelled(&value);
        assert_eq!(found(&changed).0, kind, "{field}");
    }
    let mut early = original.clone();
    early.swap(place, place - 1);
    assert_eq!(
        found(&early),
        (BreakKind::Reordered, Some(EVERY - 1), Some(place as u64))
    );
    let mut late = original.clone();
    late.swap(place, place + 1);
    assert_eq!(
        found(&late),
        (BreakKind::Reordered, Some(EVERY), Some(place as u64 + 2))
    );
    // The same statement twice is odd but true; one less is not seen, the rows before are covered by the next.
    let mut twice = original.clone();
    twice.insert(place, original[place].clone());
    assert!(verify(&joined(&twice)).is_ok());
    let mut less = original.clone();
    less.remove(place);
    assert_eq!(verify(&joined(&less)).unwrap().checkpoints, COUNT / EVERY - 1);
}

#[test]
fn lines_that_the_format_does_not_know_are_found() {
    let original = original();
    let place = line_of(&original, 100);
    let key_twice = original[place].replacen("\"act\":", "\"act\":\"subject.look\",\"act\":", 1);
    let detail_twice = original[place].replacen("\"detail\":{", "\"detail\":{\"a\":1,", 1);
    let loose = original[place].replacen("\"act\":", "\"act\": ", 1);
    let upper = original[place].replacen("\"salt\":\"", "\"salt\":\"A", 1);
    for line in [
        "",
        "{}",
        "null",
        "[]",
        "{\"row\":null}",
        "{\"note\":{}}",
        "{\"end\":{\"size\":100}} ",
        "\u{feff}{}",
        "{\"end\":{\"size\":-1}}",
        &original[0],
        &key_twice,
        &detail_twice,
        &loose,
        &upper,
    ] {
        let mut changed = original.clone();
        changed[place] = line.to_owned();
        assert_eq!(
            found(&changed),
            (BreakKind::Unreadable, Some(100), Some(place as u64 + 1)),
            "{line}"
        );
    }
    let mut after = original.clone();
    after.push(original[1].clone());
    assert_eq!(found(&after).0, BreakKind::Unreadable);
    for first in ["{\"end\":{\"size\":0}}", "", "{\"header\":{}}"] {
        let mut changed = original.clone();
        changed[0] = first.to_owned();
        assert_eq!(found(&changed).0, BreakKind::Unreadable, "{first}");
    }
    assert_eq!(verify(b"").unwrap_err().kind, BreakKind::Unreadable);
    assert_eq!(
        verify(&[0xff, 0xfe, b'\n']).unwrap_err().kind,
        BreakKind::Unreadable
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_deleted_run_of_rows_is_found_at_its_first(first in 0..COUNT - 1, count in 1..20_u64) {
        let last = (first + count).min(COUNT - 1);
        let mut changed = original();
        changed.retain(|line| !line.starts_with("{\"row\"") || !(first..last).contains(&line_number(line)));
        let (kind, seq, _) = found(&changed);
        prop_assert_eq!((kind, seq), (BreakKind::Deleted, Some(first)));
    }

    #[test]
    fn two_rows_that_change_places_are_found_at_the_earlier(one in 0..COUNT, two in 0..COUNT) {
        prop_assume!(one != two);
        let mut changed = original();
        let (a, b) = (line_of(&changed, one), line_of(&changed, two));
        changed.swap(a, b);
        let (kind, seq, line) = found(&changed);
        prop_assert_eq!((kind, seq, line), (BreakKind::Reordered, Some(one.min(two)), Some(a.min(b) as u64 + 1)));
    }

    #[test]
    fn a_row_put_in_a_second_time_is_found_where_it_stands(seq in 0..COUNT, before in 1..COUNT) {
        let mut changed = original();
        let copy = changed[line_of(&changed, seq)].clone();
        let place = line_of(&changed, before);
        changed.insert(place, copy);
        let (kind, found_seq, line) = found(&changed);
        if seq < before {
            prop_assert_eq!((kind, found_seq, line), (BreakKind::Repeated, Some(seq), Some(place as u64 + 1)));
        } else if seq == before {
            prop_assert_eq!((kind, found_seq, line), (BreakKind::Repeated, Some(seq), Some(place as u64 + 2)));
        } else {
            prop_assert_eq!((kind, found_seq, line), (BreakKind::Reordered, Some(before), Some(place as u64 + 1)));
        }
    }

    #[test]
    fn any_field_of_any_row_that_is_edited_is_found_at_that_row(seq in 0..COUNT, field in 0..FIELDS.len() - 1) {
        let mut changed = original();
        let place = line_of(&changed, seq);
        changed[place] = edit(&changed[place], FIELDS[field]);
        let (kind, found_seq, _) = found(&changed);
        prop_assert_eq!((kind, found_seq), (BreakKind::Edited, Some(seq)));
    }

    #[test]
    fn any_byte_that_is_changed_anywhere_is_found(place in 0.0..1.0_f64, byte in 1..=255_u8) {
        let mut bytes = joined(&original());
        let place = (place * bytes.len() as f64) as usize;
        bytes[place] ^= byte;
        // The header's keys are not used when keys are brought along, so a change there may hold: it says nothing about a row.
        if place > original()[0].len() {
            let result = verify(&bytes);
            prop_assert!(result.is_err(), "{:?}", result);
        }
    }

    #[test]
    fn no_text_brings_the_reader_down(text in "\\PC{0,200}", place in 0..300_usize) {
        let mut changed = original();
        changed[place] = text;
        prop_assert!(verify(&joined(&changed)).is_err());
    }
}
