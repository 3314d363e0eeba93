//! `tandem rules`: trying rules out before they are used, with the real binary.

use serde_json::Value;

use crate::support::{Place, line};

const RULE: &str = "title: A certain file was read
id: 6a1f3c5e-0000-4000-8000-00000000000a
name: certain_file
description: d
author: a
status: test
level: low
falsepositives: [work]
tags: [attack.collection]
logsource: {}
detection:
  sel:
    action: file_read
    path|endswith: '7'
  condition: sel
tests:
  matches:
    - fields: {action: file_read, path: /share/f17}
  misses:
    - fields: {action: file_read, path: /share/f18}
";

const MANY: &str = "title: Certain files were read often
id: 6a1f3c5e-0000-4000-8000-00000000000b
description: d
author: a
status: test
level: medium
falsepositives: [work]
tags: [attack.collection]
correlation:
  type: event_count
  rules: [certain_file]
  group-by: [attr:account]
  timespan: 1h
  condition: {gte: 3}
tests:
  matches:
    - [{of: certain_file, repeat: 3, every: 60, fields: {action: file_read, path: a7}, attrs: {actor_user: jdoe}}]
  misses:
    - [{of: certain_file, repeat: 2, every: 60, fields: {action: file_read, path: a7}, attrs: {actor_user: jdoe}}]
";

fn failed(place: &Place, args: &[&str]) -> (String, String) {
    let output = place.command(args).output().unwrap();
    assert!(!output.status.success(), "{args:?} went well");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_check_plays_the_tests_and_names_what_is_wrong_with_its_place() {
    let place = Place::new(1_000);
    place.file("good/one.yml", RULE.as_bytes());
    place.file("good/many.yml", MANY.as_bytes());
    let good = place.json(&["rules", "check", "good"]);
    assert_eq!(
        (good["rules"].as_u64(), good["tests"].as_u64()),
        (Some(2), Some(4)),
        "{good}"
    );
    assert_eq!(good["findings"], Value::Array(Vec::new()));
    let statistics = good["statistics"].as_array().unwrap();
    let one = statistics
        .iter()
        .find(|one| one["id"].as_str().unwrap().ends_with("0a"))
        .unwrap();
    // Once by its own tests, and three and two times by those of the correlation on it.
    assert_eq!(one["matches"], 6, "{good}");
    assert!(one["evaluations"].as_u64() >= one["matches"].as_u64() && one["micros"].is_u64());

    place.file("bad/one.yml", RULE.replace("f18", "f27").as_bytes());
    place.file(
        "bad/two.yml",
        b"title: t\nlogsource: {}\ndetection:\n  sel: {A|contians: 1}\n  condition: sel\n",
    );
    place.file(
        "bad/apart.yml",
        b"- rule: 6a1f3c5e-0000-4000-8000-0000000000ff\n  matches: [{fields: {A: 1}}]\n",
    );
    let (said, error) = failed(&place, &["rules", "check", "bad"]);
    assert!(said.contains("misses 1: the rule matches it"), "{said}");
    assert!(said.contains("two.yml:4") && said.contains("contians"), "{said}");
    assert!(said.contains("there is no rule with the id"), "{said}");
    assert!(error.contains("3 things are wrong"), "{error}");

    // What could be better is wrong only for who wants it so.
    place.file("bare/one.yml", RULE.replace("author: a\n", "").as_bytes());
    let bare = place.json(&["rules", "check", "bare"]);
    assert_eq!(bare["wrong"], 0);
    assert!(
        bare["findings"][0]["what"].as_str().unwrap().contains("author"),
        "{bare}"
    );
    failed(&place, &["rules", "check", "bare", "--strict"]);
    let (_, error) = failed(&place, &["rules", "check", "nowhere"]);
    assert!(error.contains("nowhere is not there"), "{error}");
}

#[test]
fn a_rule_is_shown_beside_an_event() {
    let place = Place::new(1_000);
    place.file("one.yml", RULE.as_bytes());
    place.file("event.json", br#"{"action": "file_read", "path": "/share/f18"}"#);
    let shown = place.run(&["rules", "explain", "one.yml", "event.json"]);
    let shown = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(shown.contains("does not match"), "{shown}");
    assert!(shown.contains("✓ action: file_read"), "{shown}");
    assert!(
        shown.contains("✗ path|endswith: 7  (the event has /share/f18)"),
        "{shown}"
    );
    let (_, error) = failed(&place, &["rules", "explain", "one.yml", "no-such-file"]);
    assert!(error.contains("neither the id of an event nor a file"), "{error}");

    // An event of the lake, by its id.
    let log = place.file("log.ndjson", line(17).as_bytes());
    place.run(&["ingest", log.to_str().unwrap()]);
    let id = place.json(&["query", "SELECT event_id AS n FROM events"])["n"]
        .as_str()
        .unwrap()
        .to_owned();
    let shown = place.json(&["rules", "explain", "one.yml", &id]);
    assert_eq!(shown["matches"], true, "{shown}");
}

#[test]
fn a_folder_is_taken_over_with_what_cannot_be_used_named() {
    let place = Place::new(1_000);
    place.file("theirs/low/one.yml", RULE.as_bytes());
    place.file(
        "theirs/high/two.yml",
        RULE.replace("level: low", "level: high")
            .replace("0a\n", "0c\n")
            .as_bytes(),
    );
    place.file("theirs/broken.yml", b"title: t\ndetection: {}\n");
    let all = place.json(&["rules", "import", "theirs", "--into", "mine"]);
    assert_eq!(
        (all["written"].as_u64(), all["errors"].as_array().unwrap().len()),
        (Some(2), 1),
        "{all}"
    );
    assert!(place.dir.path().join("mine/low/one.yml").is_file());
    let high = place.json(&["rules", "import", "theirs", "--into", "high", "--level", "high"]);
    assert_eq!(high["written"], 1);
    assert!(!place.dir.path().join("high/low").exists());
    let (_, error) = failed(
        &place,
        &["rules", "import", "theirs", "--into", "x", "--level", "huge"],
    );
    assert!(error.contains("is no level"), "{error}");
}

#[test]
fn the_past_says_what_rules_would_have_found() {
    let place = Place::new(1_000);
    // 400 seconds of one day by seven users; every tenth path ends in 7.
    let log: String = (0..400).map(line).collect();
    let log = place.file("log.ndjson", log.as_bytes());
    place.run(&["ingest", log.to_str().unwrap()]);
    place.file("new/one.yml", RULE.as_bytes());
    place.file("new/many.yml", MANY.as_bytes());
    let past = place.json(&["rules", "backtest", "new", "--since", "30d"]);
    assert_eq!(past["events"], 400, "{past}");
    let rules = past["rules"].as_array().unwrap();
    let of = |id: &str| {
        rules
            .iter()
            .find(|rule| rule["id"].as_str().unwrap().ends_with(id))
            .unwrap()
    };
    let one = of("0a");
    assert_eq!(
        (one["matches"].as_u64(), one["subjects"].as_u64()),
        (Some(40), Some(7)),
        "{past}"
    );
    assert_eq!(one["days"]["2026-05-01"]["matches"], 40);
    assert!(
        (40..=400).contains(&one["evaluations"].as_u64().unwrap()),
        "{past}"
    );
    assert!(one["micros"].is_u64());
    assert_eq!(one["reports"], false, "a correlation is built on it");
    // Forty matches of seven users within seven minutes: each has five or six, so each is reported once.
    assert_eq!(of("0b")["matches"], 7, "{past}");
    let none = place.json(&[
        "rules",
        "backtest",
        "new",
        "--since",
        "2026-04-01",
        "--until",
        "2026-04-20",
    ]);
    assert_eq!(
        (none["events"].as_u64(), none["rules"][0]["matches"].as_u64()),
        (Some(0), Some(0))
    );
    let (_, error) = failed(&place, &["rules", "backtest", "new", "--since", "soon"]);
    assert!(error.contains("neither a number of days"), "{error}");
    // Nothing is kept of it.
    assert_eq!(
        place.json(&["rules", "list"])["rules"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|r| r["id"].as_str().unwrap_or("").contains("6a1f3c5e"))
            .count(),
        0
    );
}
