//! Every whole line parses as its format; every spoilt one is listed.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::Timestamp;

use crate::support::{Line, lines, small, storied};

fn instant(text: &str) -> Timestamp {
    Timestamp::parse_rfc3339(text).unwrap_or_else(|| panic!("no instant: {text}"))
}

/// Checks one whole line, and returns its instant where the format has a full one.
fn check(line: &Line) -> Option<Timestamp> {
    let text = line.text.as_str();
    if text.starts_with('{') {
        let value = serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"));
        return Some(check_json(&line.source, &value));
    }
    match line.source.as_str() {
        "badge" => {
            let cells: Vec<&str> = text.split(',').collect();
            assert_eq!(cells.len(), 8, "{text}");
            Some(instant(cells[0]))
        }
        "proxy" => {
            let cells: Vec<&str> = text.split_whitespace().collect();
            assert_eq!(cells.len(), 10, "{text}");
            let (tag, code) = cells[3].split_once('/').unwrap();
            assert!(tag.starts_with("TCP_") && code.parse::<u16>().is_ok(), "{text}");
            Some(Timestamp((cells[0].parse::<f64>().unwrap() * 1e6) as i64))
        }
        "vpn" => {
            assert!(
                text.starts_with("<13") && text.contains("[vpn@32473 user=\""),
                "{text}"
            );
            Some(instant(text.split(' ').nth(1).unwrap()))
        }
        "dlp-usb" => {
            let header = text.split_once("CEF:0|").unwrap().1.splitn(7, '|');
            assert_eq!(header.count(), 7, "{text}");
            None
        }
        "linux-auditd" => {
            let seconds = text
                .split_once("msg=audit(")
                .unwrap()
                .1
                .split_once(':')
                .unwrap()
                .0;
            Some(Timestamp((seconds.parse::<f64>().unwrap() * 1e6) as i64))
        }
        "file-server" => {
            assert!(
                text.split_once("]: ").unwrap().1.split('|').count() >= 7,
                "{text}"
            );
            None
        }
        other => {
            assert_eq!(other, "linux-syslog", "{text}");
            assert!(text.starts_with('<') && text[..24].contains(':'), "{text}");
            None
        }
    }
}

fn check_json(source: &str, value: &serde_json::Value) -> Timestamp {
    match source {
        "windows-security" => {
            let log = &value["winlog"];
            assert!(log["event_id"].is_string() && log["channel"] == "Security");
            let data = log["event_data"]
                .as_object()
                .or(log["user_data"].as_object())
                .unwrap();
            assert!(data.values().all(serde_json::Value::is_string), "{value}");
            instant(value["@timestamp"].as_str().unwrap())
        }
        "sysmon" => {
            let event = &value["Event"];
            assert!(event["System"]["EventID"].is_u64() && event["EventData"]["Image"].is_string());
            instant(
                event["System"]["TimeCreated"]["#attributes"]["SystemTime"]
                    .as_str()
                    .unwrap(),
            )
        }
        "mail" => {
            assert!(
                value["to"].as_array().is_some_and(|to| !to.is_empty()) && value["size"].is_u64(),
                "{value}"
            );
            instant(value["time"].as_str().unwrap())
        }
        "erp" => {
            assert!(value["action"].as_str().unwrap().contains('.'), "{value}");
            assert!(!value["object_id"].as_str().unwrap().is_empty(), "{value}");
            instant(value["time"].as_str().unwrap())
        }
        "saas" => {
            assert!(value["Id"].as_str().unwrap().len() == 36 && value["RecordType"].is_u64());
            instant(&format!("{}Z", value["CreationTime"].as_str().unwrap()))
        }
        other => panic!("{other} is not JSON: {value}"),
    }
}

#[test]
fn whole_lines_parse_as_their_format_on_the_day_of_their_file() {
    for company in [small(), storied()] {
        for line in lines(company, |_| true).iter().filter(|l| !l.broken) {
            if let Some(at) = check(line) {
                assert_eq!(at.day(), line.day, "{}", line.text);
            }
        }
    }
}

#[test]
fn syslog_lines_carry_the_day_of_their_file() {
    let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    for line in lines(small(), |s| {
        matches!(s, "file-server" | "linux-syslog" | "dlp-usb")
    })
    .iter()
    .filter(|l| !l.broken)
    {
        let day = line.day.to_string();
        let month = months[day[5..7].parse::<usize>().unwrap() - 1];
        let expected = format!("{month} {:>2}", day[8..].parse::<u8>().unwrap());
        assert!(
            line.text.split_once('>').unwrap().1.starts_with(&expected),
            "{}",
            line.text
        );
    }
}

#[test]
fn spoilt_records_are_a_handful_per_source_and_differ_from_whole_ones() {
    let company = storied();
    let listed = &company.truth.broken_records;
    let found: Vec<Line> = lines(company, |_| true)
        .into_iter()
        .filter(|l| l.broken)
        .collect();
    assert_eq!(
        found.len(),
        listed.len(),
        "a listed record is not where the truth says"
    );
    let mut by_source: BTreeMap<&str, usize> = BTreeMap::new();
    for line in &found {
        *by_source.entry(line.source.as_str()).or_default() += 1;
    }
    assert!(
        by_source.len() >= 10 && by_source.values().all(|n| (1..=5).contains(n)),
        "{by_source:?}"
    );
    let kinds: BTreeSet<&str> = listed.iter().map(|b| b.kind.as_str()).collect();
    assert_eq!(kinds, BTreeSet::from(["bad_date", "garbage", "truncated"]));
    for line in found.iter().filter(|l| {
        matches!(
            l.source.as_str(),
            "mail" | "erp" | "saas" | "sysmon" | "windows-security"
        )
    }) {
        let value = serde_json::from_str::<serde_json::Value>(&line.text);
        assert!(
            value.is_err() || line.text.contains("2026-13-45"),
            "{}",
            line.text
        );
    }
}

#[test]
fn every_kind_of_windows_and_sysmon_event_occurs() {
    let mut ids = BTreeSet::new();
    for line in lines(storied(), |s| matches!(s, "windows-security" | "sysmon"))
        .iter()
        .filter(|l| !l.broken)
    {
        let value: serde_json::Value = serde_json::from_str(&line.text).unwrap();
        let id = value["winlog"]["event_id"].as_str().map(str::to_owned);
        ids.insert(id.unwrap_or_else(|| value["Event"]["System"]["EventID"].to_string()));
    }
    for id in [
        "4624", "4625", "4634", "4672", "4688", "4663", "4698", "4720", "4722", "4724", "4725", "4728",
        "4732", "4740", "4767", "1102", "5140", "6416", "1", "11", "13", "15", "23",
    ] {
        assert!(ids.contains(id), "no event {id}");
    }
}
