//! `tandem sequences`: trying sequences out before they are used, with the real binary.

use crate::support::Place;

const SEQUENCE: &str = "id: read-then-deleted
title: Read, then deleted
description: Something was read on a share and then deleted.
threats: [sabotage]
level: low
key: object
within: 2d
steps:
  - name: read
    says: \"{object} was read\"
    stage: preparation
    any: [{act: file_read}]
  - name: deleted
    says: \"{object} was deleted\"
    stage: infringement
    any: [{act: file_delete}]
tests:
  found:
    - name: the same file
      acts:
        - {at: 9h, class: file_activity, activity: 2, attrs: {file_path: /share/a.txt}}
        - {at: 10h, class: file_activity, activity: 4, attrs: {file_path: /share/a.txt}}
  never:
    - name: another file
      acts:
        - {at: 9h, class: file_activity, activity: 2, attrs: {file_path: /share/a.txt}}
        - {at: 10h, class: file_activity, activity: 4, attrs: {file_path: /share/b.txt}}
";

#[test]
fn a_check_plays_the_tests_and_names_what_is_wrong_with_its_place() {
    let place = Place::new(1_000);
    place.file("good/one.yml", SEQUENCE.as_bytes());
    let good = place.json(&["sequences", "check", "good"]);
    assert_eq!(
        (
            good["sequences"].as_u64(),
            good["tests"].as_u64(),
            good["wrong"].as_u64()
        ),
        (Some(1), Some(2), Some(0)),
        "{good}"
    );
    let shipped = place.json(&["sequences", "check"]);
    assert!(shipped["tests"].as_u64() >= Some(30), "{shipped}");

    place.file("bad/one.yml", SEQUENCE.replace("b.txt", "a.txt").as_bytes());
    place.file(
        "bad/two.yml",
        SEQUENCE.replace("act: file_read", "act: file_raed").as_bytes(),
    );
    let output = place.command(&["sequences", "check", "bad"]).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.contains("never: another file") && said.contains("it is found"),
        "{said}"
    );
    assert!(
        said.contains("two.yml:9") && said.contains("steps[0].any[0].act"),
        "{said}"
    );
}

#[test]
fn own_sequences_stand_beside_the_shipped_ones() {
    let place = Place::new(1_000);
    let shipped = place.json(&["sequences"])["sequences"].as_array().unwrap().len();
    place.file("own/one.yml", SEQUENCE.as_bytes());
    let folder = place.dir.path().join("own");
    let mut command = place.command(&["--json", "sequences"]);
    command.env(
        "TANDEM_CONTENT__SEQUENCES",
        format!("[{:?}]", folder.display().to_string()),
    );
    let output = command.output().unwrap();
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(list["sequences"].as_array().unwrap().len(), shipped + 1, "{list}");
    assert_eq!(list["errors"].as_array().unwrap().len(), 0, "{list}");
}
