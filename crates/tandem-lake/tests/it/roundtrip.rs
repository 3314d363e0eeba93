use std::borrow::Cow;

use parquet::file::reader::{FileReader, SerializedFileReader};
use tandem_domain::event::{EventHead, Severity, Status};
use tandem_domain::{Attr, ClassUid, EventBatch, EventId, LogSource, NumAttr, Timestamp, Value};
use tandem_lake::{EventFilter, QueryLimits, Segment, columns, parse_logsources};

use crate::fixture::{MONDAY, TestLake, at, limits, logons};

fn rich_batch() -> EventBatch {
    let mut batch = EventBatch::new("mail");
    let mut event = batch.start().unwrap();
    event.field("to", Value::Text("a@example.com"));
    event.field("quoted \"name\"", Value::Text("line\nbreak \\ \u{1} ünï"));
    event.field("to", Value::Text("b@example.com"));
    event.field("size", Value::Int(-3));
    event.field("ratio", Value::Float(2.0));
    event.field("flag", Value::Bool(true));
    event.field("nothing", Value::Null);
    for attr in Attr::ALL {
        event.attr(*attr, &format!("value of {}", attr.as_str()));
    }
    for attr in NumAttr::ALL {
        event.num(*attr, 1_000_000_000_000 + attr.index() as i64);
    }
    let part = |text: &str| Some(text.to_owned());
    event.logsource(&LogSource {
        product: part("windows"),
        category: None,
        service: part("sysmon"),
    });
    event.logsource(&LogSource {
        product: None,
        category: part("proxy"),
        service: None,
    });
    event.raw("raw record, as it came");
    event.finish(EventHead {
        id: EventId(0x0123_4567_89ab_cdef_0011_2233_4455_6677),
        time: Timestamp(at(MONDAY, 3_600).0 + 7),
        class: ClassUid::EmailActivity,
        activity: 2,
        severity: Severity::High,
        status: Status::Failure,
    });
    let mut bare = batch.start().unwrap();
    bare.field("only", Value::Text("field"));
    bare.finish(EventHead {
        id: EventId(1),
        time: at(MONDAY, 0),
        ..EventHead::default()
    });
    batch
}

#[tokio::test]
async fn everything_of_an_event_is_read_back() {
    let lake = TestLake::new();
    let batch = rich_batch();
    let segments = lake.write(std::slice::from_ref(&batch));
    let found = lake
        .lake
        .find(&EventFilter::default(), &segments, limits())
        .await
        .unwrap();
    let [bare, rich] = found.events.as_slice() else {
        panic!("{} events", found.events.len())
    };

    assert_eq!(bare.id, EventId(1));
    assert_eq!(
        (bare.account.as_deref(), bare.attrs.len(), bare.nums.len()),
        (None, 0, 0)
    );
    assert_eq!(bare.logsources, []);
    assert_eq!(bare.raw, None);

    let wanted = batch.get(0).unwrap();
    assert_eq!(rich.id, wanted.head().id);
    assert_eq!(rich.time, wanted.head().time);
    assert_eq!(rich.source, "mail");
    assert_eq!((rich.class, rich.activity), (ClassUid::EmailActivity, 2));
    assert_eq!((rich.severity, rich.status), (Severity::High, Status::Failure));
    assert_eq!(rich.account.as_deref(), Some("value of actor_user"));
    for attr in Attr::ALL {
        assert_eq!(rich.attr(*attr), wanted.attr(*attr));
    }
    for attr in NumAttr::ALL {
        assert_eq!(rich.num(*attr), wanted.num(*attr));
    }
    assert_eq!(rich.logsources, wanted.logsources().cloned().collect::<Vec<_>>());
    assert_eq!(rich.raw.as_deref(), Some("raw record, as it came"));
    assert_eq!(
        serde_json::to_value(&rich.fields).unwrap(),
        serde_json::json!({
            "to": ["a@example.com", "b@example.com"],
            "quoted \"name\"": "line\nbreak \\ \u{1} ünï",
            "size": -3,
            "ratio": 2.0,
            "flag": true,
            "nothing": null,
        })
    );
}

#[tokio::test]
async fn a_stored_event_becomes_the_same_event_again() {
    let lake = TestLake::new();
    let batch = rich_batch();
    let segments = lake.write(std::slice::from_ref(&batch));
    let found = lake
        .lake
        .find(&EventFilter::default(), &segments, limits())
        .await
        .unwrap();
    let mut again = EventBatch::new("mail");
    for event in found.events.iter().rev() {
        event.write_to(&mut again).unwrap();
    }
    for (old, new) in batch.iter().zip(again.iter()) {
        assert_eq!(old.head().id, new.head().id);
        for field in old.fields() {
            let values = |event: &tandem_domain::EventRef<'_>| {
                event
                    .field(field.name)
                    .map(|value| format!("{value:?}"))
                    .collect::<Vec<_>>()
            };
            assert_eq!(values(&old), values(&new), "{}", field.name);
        }
        assert!(old.logsources().eq(new.logsources()));
    }
}

#[tokio::test]
async fn segments_say_what_they_hold() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 3, 2, 5), logons("b", 1, 1, 1)]);
    assert_eq!(segments.len(), 2);
    let [monday, tuesday] = segments.as_slice() else {
        panic!()
    };
    assert_eq!((monday.day, tuesday.day), (MONDAY, MONDAY.plus(1)));
    assert_eq!((monday.rows, tuesday.rows), (16, 15));
    assert_eq!(monday.sources, ["a", "b"]);
    assert_eq!(
        (monday.min_time, monday.max_time),
        (at(MONDAY, 0), at(MONDAY, 2_402))
    );
    assert_eq!(monday.min_account.as_deref(), Some("user000"));
    assert_eq!(monday.max_account.as_deref(), Some("user002"));
    assert!(monday.path.starts_with("day=2026-01-05/"));
    let file = std::fs::read(lake.dir.path().join(&monday.path)).unwrap();
    assert_eq!(file.len() as u64, monday.bytes);
    lake.lake.verify(monday).await.unwrap();
}

#[tokio::test]
async fn rows_are_sorted_by_account_and_time_with_absent_accounts_first() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 5, 1, 20), rich_batch()]);
    let rows = lake.rows("SELECT account, time FROM events", &segments).await;
    let mut sorted = rows.clone();
    sorted.sort_by_key(|row| (!row.starts_with("null"), row.clone()));
    assert_eq!(rows, sorted);
    assert!(rows[0].starts_with("null|"));
}

#[tokio::test]
async fn a_full_writer_flushes_and_loses_nothing() {
    let lake = TestLake::new();
    let mut writer = lake.lake.writer();
    let batch = logons("a", 10, 4, 60);
    for _ in 0..2 {
        writer
            .append(&batch, |event| {
                Cow::Borrowed(event.attr(Attr::ActorUser).unwrap_or_default())
            })
            .unwrap();
        assert!(writer.waiting() < 500);
    }
    let segments = writer.finish().unwrap();
    assert_eq!(writer.waiting(), 0);
    assert!(segments.len() > 4);
    assert_eq!(lake.count(&segments).await, 2 * 10 * 4 * 60);
    assert!(writer.finish().unwrap().is_empty());
}

#[tokio::test]
async fn every_column_has_the_documented_type() {
    let lake = TestLake::new();
    let segments = lake.write(&[rich_batch()]);
    let all = QueryLimits {
        max_rows: 1,
        ..limits()
    };
    let result = lake
        .lake
        .query("SELECT * FROM events", &segments, all)
        .await
        .unwrap();
    let given = result.columns();
    assert_eq!(given.len(), columns().len() + 1);
    for (column, given) in columns().iter().zip(&given) {
        let wanted = match column.sql_type() {
            "TEXT" => "text",
            "INTEGER" | "BIGINT" => "integer",
            _ => "timestamp",
        };
        assert_eq!((column.name, wanted), (given.name.as_str(), given.kind.as_str()));
    }
    assert_eq!(given.last().unwrap().name, "day");
    let page = include_str!("../../../../docs/lake.md");
    for column in columns() {
        assert!(
            page.contains(&format!("`{}`", column.name)),
            "docs/lake.md does not name {}",
            column.name
        );
    }
}

#[test]
fn log_sources_survive_their_text_form() {
    let sources = parse_logsources("windows/process_creation/sysmon;windows/-/security;-/proxy;linux");
    let shown: Vec<_> = sources
        .iter()
        .map(|s| (s.product.as_deref(), s.category.as_deref(), s.service.as_deref()))
        .collect();
    assert_eq!(
        shown,
        [
            (Some("windows"), Some("process_creation"), Some("sysmon")),
            (Some("windows"), None, Some("security")),
            (None, Some("proxy"), None),
            (Some("linux"), None, None),
        ]
    );
    assert_eq!(parse_logsources(""), []);
}

/// A proxy's request: it has a URL, which a logon has not, and no peripheral, which nothing here has.
fn request(batch: &mut EventBatch, second: i64) {
    let mut event = batch.start().unwrap();
    event.attr(Attr::ActorUser, "user000");
    event.attr(Attr::UrlHost, "drive.example");
    event.num(NumAttr::BytesOut, second);
    event.finish(EventHead {
        id: EventId(second as u128),
        time: MONDAY.start().plus_micros(second * 1_000_000),
        class: ClassUid::HttpActivity,
        activity: 1,
        severity: Severity::Informational,
        status: Status::Success,
    });
}

#[tokio::test]
async fn columns_without_values_take_no_room_and_read_as_null() {
    let lake = TestLake::new();
    let mut requests = EventBatch::new("proxy");
    (0..40).for_each(|second| request(&mut requests, second));
    let windows = logons("windows", 2, 1, 20);
    let near = |event: &tandem_domain::EventRef<'_>| event.attr(Attr::SrcIp) == Some("10.0.0.9");
    let nearby = windows.iter().filter(near).count().to_string();
    let logons = lake.write(&[windows]);
    let requests = lake.write(&[requests]);
    let both = [logons.clone(), requests.clone()].concat();
    let merged = lake.lake.compact(&both).await.unwrap();

    let columns = |segment: &Segment| -> Vec<String> {
        let file = std::fs::File::open(lake.dir.path().join(&segment.path)).unwrap();
        let reader = SerializedFileReader::new(file).unwrap();
        let schema = reader.metadata().file_metadata().schema_descr_ptr();
        schema.columns().iter().map(|c| c.name().to_owned()).collect()
    };
    let has = |segment: &Segment, name: &str| columns(segment).iter().any(|column| column == name);
    for (name, expected) in [
        ("account", [true, true, true]),
        ("src_ip", [true, false, true]),
        ("url_host", [false, true, true]),
        ("dst_port", [true, false, true]),
        ("bytes_out", [false, true, true]),
        ("logsource", [true, false, true]),
        ("peripheral", [false, false, false]),
    ] {
        let found = [&logons[0], &requests[0], &merged[0]].map(|segment| has(segment, name));
        assert_eq!(found, expected, "{name}");
    }

    let questions = [
        "SELECT count(*), count(url_host), count(src_ip), count(peripheral), sum(bytes_out) FROM events",
        "SELECT count(*) FROM events WHERE url_host = 'drive.example' AND bytes_out > 10",
        "SELECT count(*) FROM events WHERE url_host IS NULL AND account = 'user000'",
        "SELECT count(*) FROM events WHERE peripheral = 'stick' OR src_ip = '10.0.0.9'",
        "SELECT count(*) FROM events WHERE peripheral IS NULL",
    ];
    let mut answers = Vec::new();
    for question in questions {
        let answer = lake.rows(question, &both).await;
        assert_eq!(answer, lake.rows(question, &merged).await, "{question}");
        answers.extend(answer);
    }
    assert_eq!(answers, ["80|40|40|0|780", "29", "20", &nearby, "80"]);
}
