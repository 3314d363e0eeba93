//! Splunk's HTTP Event Collector: bodies as its clients write them.

use std::collections::BTreeSet;

use tandem_normalise::Format;
use tandem_sources::forward::credentials::{Credentials, Speaks};
use tandem_sources::forward::hec::{Answer, Channels, Code, Events, Given, events, is_channel, raw};
use tandem_sources::forward::{MOST_RECORDS, MOST_SOURCES, Sender, Unreadable, name};

use crate::forward_desk as desk;
use crate::forward_desk::sender;

const SSH: &str =
    "May  1 09:58:01 web-1 sshd[4711]: Accepted publickey for mona from 10.1.2.3 port 50022 ssh2";

fn take(body: &str) -> Events {
    events(&sender(), &Given::default(), body.as_bytes()).unwrap()
}

#[test]
fn events_stand_one_behind_the_other_with_or_without_blanks_or_in_a_list() {
    let one =
        r#"{"time":1714557600.5,"host":"h","sourcetype":"app","event":{"user":"mona","action":"login"}}"#;
    for body in [
        format!("{one}{one}"),
        format!("{one}\n{one}\n"),
        format!("{one}   \r\n\r\n{one}"),
        format!("[{one},{one}]"),
        format!("[{one}][{one}]"),
    ] {
        let found = take(&body);
        assert_eq!(found.wrong, None, "{body}");
        let seen = desk::events(&found.deliveries);
        assert_eq!(seen.len(), 2, "{body}");
        assert_eq!(seen[0].source, "app");
        assert_eq!(seen[0].time, "2024-05-01T10:00:00.5Z");
        assert_eq!(seen[0].attr("actor_user"), "mona");
        assert_eq!(seen[0].attr("device"), "h");
    }
}

#[test]
fn a_line_in_a_known_format_is_the_record_itself() {
    let xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4624</EventID><TimeCreated SystemTime='2024-05-01T10:00:00.000Z'/><EventRecordID>7</EventRecordID><Channel>Security</Channel><Computer>ws1</Computer></System><EventData><Data Name='TargetUserName'>mona</Data></EventData></Event>";
    let body = [
        serde_json::json!({ "time": "1714557481", "sourcetype": "linux_secure", "event": SSH }),
        serde_json::json!({ "sourcetype": "XmlWinEventLog", "event": xml }),
        serde_json::json!({ "sourcetype": "cef", "event": "CEF:0|Vendor|Product|1|100|Blocked|5|src=10.0.0.1 suser=mona rt=1714557600000" }),
    ]
    .map(|event| event.to_string())
    .join("");
    let found = take(&body);
    let formats: Vec<_> = found.deliveries.iter().map(|delivery| delivery.format).collect();
    assert_eq!(
        formats,
        [Some(Format::Syslog), Some(Format::Xml), Some(Format::Cef)]
    );
    assert_eq!(found.deliveries[0].body, format!("{SSH}\n").into_bytes());
    let seen = desk::events(&found.deliveries);
    assert_eq!(seen[0].class, "authentication");
    assert_eq!(seen[0].attr("actor_user"), "mona");
    assert_eq!(seen[1].field("EventID"), "4624");
    assert_eq!(seen[2].attr("src_ip"), "10.0.0.1");
}

#[test]
fn a_text_without_a_format_is_a_message_with_the_time_of_its_wrapping() {
    let body = r#"{"time":1714557600.123,"host":"h","source":"s","sourcetype":"text","index":"main","event":"mona copied the list\nand left","fields":{"site":"a"}}"#;
    let found = take(body);
    let seen = desk::events(&found.deliveries);
    assert_eq!(seen[0].time, "2024-05-01T10:00:00.123Z");
    assert_eq!(seen[0].attr("message"), "mona copied the list\nand left");
    assert_eq!(
        (seen[0].field("fields.site"), seen[0].field("sourcetype")),
        ("a", "text")
    );
}

#[test]
fn a_record_without_any_time_has_that_of_its_arrival() {
    let found = take(
        r#"{"event":"no time"}{"event":{"user":"mona"}}{"event":{"user":"mona","eventTime":"2024-04-01T00:00:00Z"}}"#,
    );
    let times: Vec<_> = desk::events(&found.deliveries)
        .into_iter()
        .map(|seen| (seen.source, seen.time))
        .collect();
    let received = || ("shipper".to_owned(), "2024-05-01T08:00:00Z".to_owned());
    assert_eq!(times[0], received());
    assert_eq!(times[1], received());
    assert_eq!(times[2].1, "2024-04-01T00:00:00Z");
}

#[test]
fn what_an_object_has_itself_is_not_overwritten() {
    let found = take(
        r#"{"time":1,"host":"wrapping","source":"w","sourcetype":"s","event":{"timestamp":"2024-05-01T10:00:00Z","host":{"name":"own"},"user":"mona","text":"a\nb",
        "list":[1,
        2]}}"#,
    );
    let body = String::from_utf8(found.deliveries[0].body.clone()).unwrap();
    assert_eq!(body.matches('\n').count(), 1, "one record, one line: {body}");
    let seen = desk::events(&found.deliveries);
    assert_eq!(seen[0].time, "2024-05-01T10:00:00Z");
    assert_eq!((seen[0].field("host.name"), seen[0].field("host")), ("own", ""));
    assert_eq!(seen[0].field("source"), "w");
    assert_eq!(seen[0].field("text"), "a\nb");
}

#[test]
fn a_text_that_is_json_is_read_as_json() {
    let inner = r#"{"user":"mona","action":"file_read"}"#;
    let body = serde_json::json!({ "time": 1_714_557_600, "sourcetype": "app", "event": inner }).to_string();
    let seen = desk::events(&take(&body).deliveries);
    assert_eq!(seen[0].attr("actor_user"), "mona");
    assert_eq!(seen[0].time, "2024-05-01T10:00:00Z");
}

#[test]
fn what_is_wrong_is_named_as_splunk_names_it_and_the_others_are_taken() {
    let good = r#"{"time":1714557600,"event":"fine"}"#;
    for (bad, code, number) in [
        (r#"{"time":1}"#, Code::EventRequired, 12),
        (r#"{"event":null}"#, Code::EventRequired, 12),
        (r#"{"event":""}"#, Code::EventBlank, 13),
        (r#"{"event":"  "}"#, Code::EventBlank, 13),
        (r#"{"event":{}}"#, Code::EventBlank, 13),
        (r#"{"event":"x","time":"noon"}"#, Code::InvalidDataFormat, 6),
        (r#"{"event":"x","host":7}"#, Code::InvalidDataFormat, 6),
        (
            r#"{"event":"metric","fields":{"metric_name:cpu":1}}"#,
            Code::InvalidDataFormat,
            6,
        ),
        (r#""just a text""#, Code::InvalidDataFormat, 6),
        (r#"{"event": oops}"#, Code::InvalidDataFormat, 6),
        (r#"{"event":"x""#, Code::InvalidDataFormat, 6),
        ("7", Code::InvalidDataFormat, 6),
    ] {
        let found = take(&format!("{good}\n{bad}\n{good}\n"));
        assert_eq!(found.wrong, Some((code, 1)), "{bad}");
        let (seen, rejects) = desk::read(&found.deliveries);
        assert_eq!((seen.len(), rejects.len()), (2, 1), "{bad}: {rejects:?}");
        let refused = found
            .deliveries
            .iter()
            .flat_map(|delivery| &delivery.refused)
            .next()
            .unwrap();
        assert!(String::from_utf8_lossy(&refused.raw).contains(bad), "{bad}");
        let answer = Answer {
            event: Some(1),
            ..code.into()
        };
        assert_eq!(answer.status(), 400);
        let body: serde_json::Value = serde_json::from_str(&answer.body()).unwrap();
        assert_eq!(
            (body["code"].as_u64(), body["invalid-event-number"].as_u64()),
            (Some(number), Some(1))
        );
    }
}

#[test]
fn reading_goes_on_behind_a_broken_event_on_the_same_line() {
    let found = take(r#"{"event":"a"}{"event":nope}{"event":"b"}"#);
    let (seen, rejects) = desk::read(&found.deliveries);
    assert_eq!((seen.len(), rejects.len()), (2, 1), "{rejects:?}");
    assert_eq!(found.wrong, Some((Code::InvalidDataFormat, 1)));
}

#[test]
fn raw_lines_are_records() {
    let given = Given {
        sourcetype: Some("linux:secure".into()),
        host: Some("web-1".into()),
        ..Given::default()
    };
    let body =
        format!("{SSH}\r\n\n2024-05-01T10:00:00Z user=mona did it\nno time here\n{{\"user\":\"mona\"}}\n");
    let found = raw(&sender(), &given, body.as_bytes()).unwrap();
    let seen = desk::events(&found.deliveries);
    assert_eq!(seen.len(), 4);
    let source: BTreeSet<_> = seen.iter().map(|seen| seen.source.as_str()).collect();
    assert_eq!(source, BTreeSet::from(["linux-secure"]));
    let message = seen
        .iter()
        .find(|seen| seen.attr("message") == "no time here")
        .unwrap();
    assert_eq!(
        (message.attr("device"), message.time.as_str()),
        ("web-1", "2024-05-01T08:00:00Z")
    );
}

#[test]
fn a_table_whose_head_comes_first_is_read_as_a_table() {
    let body = "#Software: Microsoft Internet Information Services 10.0\n#Version: 1.0\n#Fields: date time c-ip cs-username cs-method cs-uri-stem sc-status\n2024-05-01 10:00:00 10.0.0.1 mona GET /a 200\n";
    let found = raw(&sender(), &Given::default(), body.as_bytes()).unwrap();
    assert_eq!(found.deliveries.len(), 1);
    let seen = desk::events(&found.deliveries);
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].attr("actor_user"), "mona");
}

#[test]
fn the_same_body_again_is_the_same_delivery_and_another_is_another() {
    let body = r#"{"event":"a"}"#;
    let later = Sender {
        received: tandem_domain::Timestamp(desk::RECEIVED + 7),
        ..sender()
    };
    let other_token = Sender {
        hash: "4567",
        ..sender()
    };
    let keyed = Sender {
        key: Some("k"),
        ..sender()
    };
    let given = Given::default();
    let once = |sender: &Sender<'_>, body: &str| {
        let found = events(sender, &given, body.as_bytes()).unwrap();
        (
            found.deliveries[0].once.clone().unwrap(),
            found.deliveries[0].identity,
        )
    };
    assert_eq!(once(&sender(), body), once(&later, body));
    assert_eq!(once(&keyed, body), once(&keyed, r#"{"event":"b"}"#));
    let different: BTreeSet<_> = [
        once(&sender(), body),
        once(&sender(), r#"{"event":"b"}"#),
        once(&other_token, body),
        once(&keyed, body),
    ]
    .into();
    assert_eq!(different.len(), 4);
    let given = Given {
        channel: Some("x".into()),
        ..Given::default()
    };
    let channelled = events(&sender(), &given, body.as_bytes()).unwrap();
    assert_ne!(channelled.deliveries[0].once, Some(once(&sender(), body).0));
}

#[test]
fn hostile_bodies_are_refused_or_bounded() {
    assert_eq!(
        events(&sender(), &Given::default(), b" \n "),
        Err(Unreadable::Empty)
    );
    // A million tiny objects.
    let tiny = r#"{"event":"a"}"#.repeat(1_000_000);
    assert_eq!(
        events(&sender(), &Given::default(), tiny.as_bytes()),
        Err(Unreadable::TooMany)
    );
    let most = r#"{"event":"a"}"#.repeat(MOST_RECORDS);
    assert!(events(&sender(), &Given::default(), most.as_bytes()).is_ok());
    // Nested a hundred thousand times, open and closed.
    let open = "[".repeat(100_000);
    assert!(take(&open).wrong.is_some());
    let deep = format!("{}1{}", r#"{"event":"#.repeat(100_000), "}".repeat(100_000));
    let found = take(&deep);
    assert_eq!(desk::read(&found.deliveries).1.len(), 1);
    // Garbage that looks like the beginning of an event again and again.
    let garbage = "{\"event\":}\n{".repeat(50_000);
    assert!(take(&garbage).wrong.is_some());
    // Not UTF-8.
    let found = events(&sender(), &Given::default(), b"{\"event\":\"caf\xe9\"}").unwrap();
    assert_eq!(desk::events(&found.deliveries)[0].attr("message"), "caf\u{fffd}");
    // More sources than are told apart.
    let many: String = (0..5_000)
        .map(|n| format!(r#"{{"sourcetype":"s{n}","event":"a"}}"#))
        .collect();
    let found = take(&many);
    assert!(
        found.deliveries.len() <= MOST_SOURCES + 1,
        "{}",
        found.deliveries.len()
    );
    assert_eq!(desk::events(&found.deliveries).len(), 5_000);
}

#[test]
fn channels_acknowledge_what_is_durable_in_bounded_memory() {
    let channel = "FE0ECFAD-13D5-401B-847D-77833BD77131";
    assert!(is_channel(channel) && is_channel(&channel.replace('-', "")));
    assert!(!is_channel("main") && !is_channel(""));
    let mut channels = Channels::default();
    assert_eq!(channels.durable("t", channel), 0);
    assert_eq!(channels.durable("t", &channel.to_lowercase()), 1);
    assert_eq!(channels.durable("other", channel), 0);
    let asked = channels.asked("t", channel, br#"{"acks":[0,1,2]}"#).unwrap();
    assert_eq!(asked, r#"{"acks":{"0":true,"1":true,"2":false}}"#);
    assert_eq!(channels.asked("t", channel, b"what?"), None);
    let many = format!(r#"{{"acks":[{}0]}}"#, "0,".repeat(200_000));
    assert_eq!(channels.asked("t", channel, many.as_bytes()), None);
    for number in 0..10_000 {
        channels.durable("t", &format!("{number:032x}"));
    }
    // Forgotten, so its client sends again; what it sends again is taken once.
    let asked = channels.asked("t", channel, br#"{"acks":[0]}"#).unwrap();
    assert_eq!(asked, r#"{"acks":{"0":false}}"#);
}

#[test]
fn tokens_come_as_each_protocol_sends_them() {
    let token = |text: &str| Credentials::Token(zeroize::Zeroizing::new(text.to_owned()));
    // base64 of `x:secret`.
    let cases = [
        (Speaks::Splunk, "Splunk secret", token("secret")),
        (Speaks::Splunk, "Basic eDpzZWNyZXQ=", token("secret")),
        (Speaks::Splunk, "Bearer secret", Credentials::Malformed),
        (Speaks::Splunk, "secret", Credentials::Malformed),
        (Speaks::Splunk, "Splunk ", Credentials::Malformed),
        (Speaks::Elastic, "ApiKey eDpzZWNyZXQ=", token("secret")),
        (Speaks::Elastic, "ApiKey plain-token", token("plain-token")),
        (Speaks::Elastic, "Basic eDpzZWNyZXQ=", token("secret")),
        (Speaks::Elastic, "bearer secret", token("secret")),
        (Speaks::Otlp, "Bearer secret", token("secret")),
        (Speaks::Otlp, "Splunk secret", Credentials::Malformed),
        (Speaks::Otlp, "Basic !!!", Credentials::Malformed),
    ];
    for (speaks, header, expected) in cases {
        assert_eq!(
            Credentials::read(speaks, Some(header)),
            expected,
            "{speaks:?} {header}"
        );
    }
    assert_eq!(Credentials::read(Speaks::Splunk, None), Credentials::Missing);
    assert!(!format!("{:?}", token("secret")).contains("secret"));
}

#[test]
fn names_of_indices_become_names_of_sources() {
    for (index, source) in [
        ("filebeat-8.13.0-2024.05.01", "filebeat"),
        (".ds-filebeat-8.13.0-2024.05.01-000001", "filebeat"),
        (".ds-logs-nginx.access-default-2024.05.01-000001", "nginx.access"),
        ("logs-x-default", "x"),
        ("logstash-2024.05.01", "logstash"),
        ("logstash-2024.05", "logstash"),
        ("app-2024-05-01", "app"),
        ("app-20240501", "app"),
        ("winlogbeat-9.1.0-SNAPSHOT-2024.05.01", "winlogbeat"),
        ("fluent-bit", "fluent-bit"),
        ("logs-app", "logs-app"),
        ("8.13.0", "8.13.0"),
        ("a b/ü:c", "a-b-c"),
    ] {
        assert_eq!(name::of_index(index).as_deref(), Some(source), "{index}");
    }
    assert_eq!(name::clean("///"), None);
    assert_eq!(name::clean(&"x".repeat(200)).unwrap().len(), 64);
}
