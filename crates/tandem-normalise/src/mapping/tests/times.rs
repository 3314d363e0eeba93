//! Time formats, and refusals of records without a readable time.

use super::*;
use crate::mapping::clock::{Surroundings, TimeFormat, Zone};

fn read_in(format: &TimeFormat, text: &str, zone: &Zone, local: Option<&jiff::tz::TimeZone>) -> String {
    let received = Timestamp::parse_rfc3339("2026-03-10T12:00:00Z").unwrap();
    let around = Surroundings {
        zone,
        local,
        year_hint: None,
        previous: None,
        received,
    };
    format
        .read(text, &around)
        .map_or_else(|| "unreadable".to_owned(), |time| time.to_string())
}

fn auto(text: &str) -> String {
    read_in(&TimeFormat::Auto, text, &Zone::Utc, None)
}

#[test]
fn the_usual_ways_of_writing_time_are_told_apart() {
    let table = [
        ("2026-01-31T08:00:00Z", "2026-01-31T08:00:00Z"),
        ("2026-01-31T08:00:00.123456789Z", "2026-01-31T08:00:00.123456Z"),
        ("2026-01-31 08:00:00,5", "2026-01-31T08:00:00.5Z"),
        ("2026-01-31T08:00:00.5+02:00", "2026-01-31T06:00:00.5Z"),
        ("2026-01-31T08:00:00-0130", "2026-01-31T09:30:00Z"),
        ("2026-01-31 08:00:00 UTC", "2026-01-31T08:00:00Z"),
        ("2026-01-31", "2026-01-31T00:00:00Z"),
        ("2026-01-31T23:59:60Z", "2026-01-31T23:59:59Z"),
        ("1769846400", "2026-01-31T08:00:00Z"),
        ("1769846400.25", "2026-01-31T08:00:00.25Z"),
        ("1769846400123", "2026-01-31T08:00:00.123Z"),
        ("1769846400123456", "2026-01-31T08:00:00.123456Z"),
        ("1769846400123456789", "2026-01-31T08:00:00.123456Z"),
        ("31/Jan/2026:08:00:00 +0100", "2026-01-31T07:00:00Z"),
        ("01/02/2010 07:59:00", "2010-01-02T07:59:00Z"),
        ("Jan  3 08:00:00", "2026-01-03T08:00:00Z"),
        ("Dec 31 23:59:58", "2025-12-31T23:59:58Z"),
        ("Mar 11 2025 08:00:00", "2025-03-11T08:00:00Z"),
        ("Sat, 31 Jan 2026 08:00:00 +0000", "2026-01-31T08:00:00Z"),
    ];
    for (text, wanted) in table {
        assert_eq!(auto(text), wanted, "{text}");
    }
}

#[test]
fn nonsense_is_not_a_time() {
    for text in [
        "",
        "-",
        "yesterday",
        "2026-02-30T00:00:00Z",
        "2026-13-01",
        "2026-01-31T25:00:00Z",
        "12",
        "0",
        "99/99/2010 00:00:00",
        "2026-01-31T08:00:00Zx",
        "9999999999999999999999",
    ] {
        assert_eq!(auto(text), "unreadable", "{text}");
    }
}

#[test]
fn a_zoneless_time_is_read_in_the_zone_of_the_source() {
    let fixed = jiff::tz::TimeZone::fixed(jiff::tz::offset(-5));
    assert_eq!(
        read_in(
            &TimeFormat::Iso,
            "2026-01-31 08:00:00",
            &Zone::Local,
            Some(&fixed)
        ),
        "2026-01-31T13:00:00Z"
    );
    assert_eq!(
        read_in(&TimeFormat::Iso, "2026-01-31 08:00:00", &Zone::Local, None),
        "2026-01-31T08:00:00Z"
    );
    assert_eq!(
        read_in(&TimeFormat::Iso, "2026-01-31 08:00:00", &Zone::Utc, Some(&fixed)),
        "2026-01-31T08:00:00Z"
    );
    assert_eq!(
        read_in(
            &TimeFormat::Iso,
            "2026-01-31 08:00:00Z",
            &Zone::Local,
            Some(&fixed)
        ),
        "2026-01-31T08:00:00Z"
    );
    assert_eq!(
        read_in(&TimeFormat::Syslog, "Jan  3 08:00:00", &Zone::Local, Some(&fixed)),
        "2026-01-03T13:00:00Z"
    );
    let offset = Zone::parse("+02:00").unwrap();
    assert_eq!(
        read_in(&TimeFormat::MonthFirst, "01/31/2026 08:00:00", &offset, None),
        "2026-01-31T06:00:00Z"
    );
}

#[test]
fn patterns_and_file_times_are_read() {
    let pattern = TimeFormat::parse("%Y%m%d%H%M%S").unwrap();
    assert_eq!(
        read_in(&pattern, "20260131080000", &Zone::Utc, None),
        "2026-01-31T08:00:00Z"
    );
    let file_time = TimeFormat::parse("filetime").unwrap();
    assert_eq!(
        read_in(&file_time, "134143200000000000", &Zone::Utc, None),
        "2026-01-31T08:00:00Z"
    );
}

#[test]
fn a_year_hint_decides_the_year_of_syslog() {
    let received = Timestamp::parse_rfc3339("2026-03-10T12:00:00Z").unwrap();
    let around = Surroundings {
        zone: &Zone::Utc,
        local: None,
        year_hint: Some(2019),
        previous: None,
        received,
    };
    let read = TimeFormat::Syslog.read("Feb 28 10:00:00", &around).unwrap();
    assert_eq!(read.to_string(), "2019-02-28T10:00:00Z");
    let no_hint = Surroundings {
        zone: &Zone::Utc,
        local: None,
        year_hint: None,
        previous: None,
        received,
    };
    let leap = TimeFormat::Syslog.read("Feb 29 10:00:00", &no_hint).unwrap();
    assert_eq!(leap.to_string(), "2024-02-29T10:00:00Z");
}

#[test]
fn december_is_followed_by_january_of_the_next_year() {
    let received = Timestamp::parse_rfc3339("2026-03-10T12:00:00Z").unwrap();
    let read = |previous: Option<&str>, text: &str| {
        let around = Surroundings {
            zone: &Zone::Utc,
            local: None,
            year_hint: Some(2024),
            previous: previous.map(|text| Timestamp::parse_rfc3339(text).unwrap()),
            received,
        };
        TimeFormat::Syslog.read(text, &around).unwrap().to_string()
    };
    let cases = [
        (None, "Dec 31 23:59:59", "2024-12-31T23:59:59Z"),
        (
            Some("2024-12-31T23:59:59Z"),
            "Jan  1 00:00:01",
            "2025-01-01T00:00:01Z",
        ),
        (
            Some("2025-01-01T00:00:01Z"),
            "Dec 31 23:59:58",
            "2024-12-31T23:59:58Z",
        ),
        (
            Some("2025-01-01T00:00:01Z"),
            "Sep  1 00:00:00",
            "2025-09-01T00:00:00Z",
        ),
        (
            Some("2025-06-01T00:00:00Z"),
            "May 31 00:00:00",
            "2025-05-31T00:00:00Z",
        ),
        // January 2027 has not come yet when the record is received.
        (
            Some("2026-12-31T23:59:59Z"),
            "Jan  1 00:00:01",
            "2026-01-01T00:00:01Z",
        ),
    ];
    for (previous, text, wanted) in cases {
        assert_eq!(read(previous, text), wanted, "{text} behind {previous:?}");
    }
}

#[test]
fn a_record_without_time_is_refused_with_field_and_hint() {
    let refusal = |json: &str| try_map(shipped(), &context(Format::Ndjson), json).err().unwrap();
    let none = refusal(
        r#"{"eventVersion": "1", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventTime": null}"#,
    );
    assert_eq!(
        none.reason,
        "the record has no time: none of eventTime, p_event_time is present"
    );
    assert_eq!(none.field.as_deref(), Some("eventTime"));
    assert!(none.hint.contains("cloudtrail"));
    let broken = refusal(
        r#"{"eventVersion": "1", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventTime": "soon"}"#,
    );
    assert_eq!(
        broken.reason,
        "the time `soon` in field eventTime is not readable"
    );
    assert!(broken.hint.contains("time:"));
}

#[test]
fn the_excerpt_of_an_unreadable_time_is_short() {
    let long = "x".repeat(5_000);
    let json = format!(r#"{{"timestamp": "{long}"}}"#);
    let refusal = try_map(shipped(), &context(Format::Ndjson), &json).err().unwrap();
    assert!(refusal.reason.len() < 200, "{}", refusal.reason.len());
}

#[test]
fn an_unknown_forced_mapping_is_refused() {
    let context = Context {
        forced: Some("nothing"),
        ..context(Format::Ndjson)
    };
    let refusal = try_map_forced(&context);
    assert!(refusal.reason.contains("no mapping named `nothing`"));
    assert!(refusal.hint.contains("cloudtrail"));
}

fn try_map_forced(context: &Context<'_>) -> Refusal {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.field("timestamp", Value::Text("2026-01-01T00:00:00Z"));
    shipped().apply(&mut event, context).err().unwrap()
}
