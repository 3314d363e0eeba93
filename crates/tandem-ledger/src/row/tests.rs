use serde_json::json;

use super::*;
use crate::Chain;

fn entry() -> Entry {
    let mut entry = Entry::new(
        Timestamp::from_seconds(1_767_225_600),
        "a.meyer",
        "it_analyst",
        "subject.look",
        Salt([0x5a; 16]),
    );
    entry.subject = Some(SubjectId("S-7K3M2Q9D".to_owned()));
    entry.case = Some(CaseId::of(2026, 42));
    entry.purpose = Some(Purpose::Investigation);
    entry.object = Some("timeline „März“".to_owned());
    entry.detail = json!({"rows": 12, "fields": ["host", "path"], "b": {"z": 1, "a": null}})
        .as_object()
        .cloned()
        .unwrap();
    entry
}

fn row() -> Row {
    Chain::new("tandem.example.org/ledger")
        .unwrap()
        .append(entry())
        .unwrap()
}

/// Computed anew outside this crate, with Python's `json` and `hashlib`. If this changes, no ledger that stands verifies any more.
#[test]
fn the_canonical_bytes_and_hashes_of_a_row_never_change() {
    let row = row();
    insta::assert_snapshot!(String::from_utf8(row.canonical().unwrap()).unwrap(), @r#"{"act":"subject.look","at":1767225600000000,"case":"C-2026-0042","detail":{"b":{"a":null,"z":1},"fields":["host","path"],"rows":12},"object":"timeline „März“","prev":"7de3dad30deff60a7f7f5da08794d90a8d7d5f0158ba74eb645c485fb95b3533","purpose":"investigation","role":"it_analyst","salt":"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a","seq":0,"subject":"S-7K3M2Q9D","who":"a.meyer"}"#);
    insta::assert_snapshot!(row.prev, @"7de3dad30deff60a7f7f5da08794d90a8d7d5f0158ba74eb645c485fb95b3533");
    insta::assert_snapshot!(row.hash, @"4f6aaa6ad71f47ee5c2bd0d712f65a1997ce69f6c739f88bc87f88b47a305144");
    insta::assert_snapshot!(row.leaf().unwrap(), @"2dcf531d28299ea50eb7a8f6bab3ca183fa1837122c5f5a72c4aaadc469279fe");
}

#[test]
fn a_row_is_read_as_it_is_written() {
    let row = row();
    let text = serde_json::to_string(&row).unwrap();
    assert_eq!(serde_json::from_str::<Row>(&text).unwrap(), row);
    let mut more = serde_json::to_value(&row).unwrap();
    more["why"] = json!(1);
    assert!(serde_json::from_value::<Row>(more).is_err());
    let mut less = serde_json::to_value(&row).unwrap();
    less.as_object_mut().unwrap().remove("hash");
    assert!(serde_json::from_value::<Row>(less).is_err());
}

#[test]
fn the_order_of_keys_in_the_detail_does_not_matter_and_everything_else_does() {
    let row = row();
    let mut other = row.clone();
    other.entry.detail = json!({"b": {"a": null, "z": 1}, "fields": ["host", "path"], "rows": 12})
        .as_object()
        .cloned()
        .unwrap();
    assert_eq!(other.canonical(), row.canonical());
    other.entry.detail.insert("rows".to_owned(), json!(13));
    assert_ne!(other.canonical(), row.canonical());
    assert_ne!(other.expected_hash(), Some(row.hash));
}

#[test]
fn texts_cannot_be_moved_from_one_field_to_its_neighbour() {
    let mut one = row();
    let mut two = row();
    (one.entry.who, one.entry.role) = ("ab".to_owned(), "c".to_owned());
    (two.entry.who, two.entry.role) = ("a".to_owned(), "bc".to_owned());
    assert_ne!(one.canonical(), two.canonical());
    (two.entry.who, two.entry.role) = ("ab\",\"x\":\"".to_owned(), "c".to_owned());
    assert_ne!(one.canonical(), two.canonical());
}

#[test]
fn a_sealed_row_says_nothing_but_hashes() {
    let row = row();
    let sealed = row.seal().unwrap();
    assert_eq!(
        (sealed.seq, sealed.hash, Some(sealed.leaf)),
        (0, row.hash, row.leaf())
    );
}
