//! Every record is accounted for, and nothing counts twice.

use std::io::Write;

use crate::support::{Place, line};

fn sum(summary: &serde_json::Value, keys: &[&str]) -> u64 {
    keys.iter().map(|key| summary[*key].as_u64().unwrap()).sum()
}

#[test]
fn records_are_events_or_rejects_or_duplicates() {
    let place = Place::new(1_000);
    let mut text: String = (0..500).map(line).collect();
    text.push_str("{\"timestamp\": \"2026-05-01T00:00:00Z\", broken\n");
    text.push_str("{\"user\":\"nobody\",\"action\":\"x\"}\n");
    text.push_str(&line(7));
    place.file("logs/app.json", text.as_bytes());
    let summary = place.json(&["ingest", "logs", "--no-analysis"]);
    assert_eq!(summary["records"], 503);
    assert_eq!(
        sum(
            &summary,
            &["events", "rejects", "duplicates", "people_rows", "people_known"]
        ),
        503
    );
    assert_eq!(
        place.count("select count(*) n from events"),
        summary["events"].as_i64().unwrap()
    );
    let rejects = place.json(&["rejects", "list"]);
    assert_eq!(rejects["total"].as_u64(), summary["rejects"].as_u64());
    for reject in rejects["rejects"].as_array().unwrap() {
        assert!(!reject["reason"].as_str().unwrap().is_empty());
        assert!(!reject["hint"].as_str().unwrap().is_empty());
    }
}

#[test]
fn the_same_files_and_their_copies_change_nothing() {
    let place = Place::new(1_000);
    let text: String = (0..300).map(line).collect();
    place.file("logs/a.json", text.as_bytes());
    place.run(&["ingest", "logs", "--no-analysis"]);
    let again = place.json(&["ingest", "logs", "--no-analysis"]);
    assert_eq!(
        (again["events"].as_u64(), again["unchanged"].as_u64()),
        (Some(0), Some(1))
    );
    place.file("elsewhere/copy.json", text.as_bytes());
    let copied = place.json(&["ingest", "elsewhere", "--no-analysis"]);
    assert_eq!(copied["events"].as_u64(), Some(0));
    assert_eq!(place.count("select count(*) n from events"), 300);
}

#[test]
fn a_growing_file_is_read_on_where_it_ended() {
    let place = Place::new(1_000);
    let path = place.file("logs/a.json", (0..100).map(line).collect::<String>().as_bytes());
    place.run(&["ingest", "logs", "--no-analysis"]);
    let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    file.write_all((100..250).map(line).collect::<String>().as_bytes())
        .unwrap();
    let more = place.json(&["ingest", "logs", "--no-analysis"]);
    assert_eq!(more["events"].as_u64(), Some(150));
    assert_eq!(place.count("select count(*) n from events"), 250);
}

#[test]
fn a_wrong_call_says_what_is_wrong() {
    let place = Place::new(1_000);
    let missing = place.command(&["ingest", "no/such/folder"]).output().unwrap();
    assert!(!missing.status.success());
    assert!(String::from_utf8_lossy(&missing.stderr).contains("nothing found at"));
    let sql = place
        .command(&["query", "select nothing_such from events"])
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&sql.stderr).contains("nothing_such"));
    let drop = place.command(&["query", "drop table events"]).output().unwrap();
    assert!(!drop.status.success());
    place.file("tandem.toml", b"listn = \"127.0.0.1:1\"\n");
    let settings = place.command(&["config", "check"]).output().unwrap();
    assert_eq!(settings.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&settings.stderr).contains("listn"));
}
