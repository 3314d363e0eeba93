//! OTLP logs: messages as SDKs and collectors write them.

use opentelemetry_proto::tonic::collector::logs::v1::{ExportLogsServiceRequest, ExportLogsServiceResponse};
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::logs::v1::{LogRecord, ResourceLogs, ScopeLogs};
use opentelemetry_proto::tonic::resource::v1::Resource;
use prost::Message;
use serde_json::{Value, json};
use tandem_normalise::Format;
use tandem_sources::Taken;
use tandem_sources::forward::Unreadable;
use tandem_sources::forward::otlp::{Encoding, Logs, answer, logs, refusal};

use crate::forward_desk as desk;
use crate::forward_desk::sender;

const SSH: &str =
    "May  1 09:58:01 web-1 sshd[4711]: Accepted publickey for mona from 10.1.2.3 port 50022 ssh2";
const TIME: u64 = 1_714_557_600_123_456_789;

fn any(value: Any) -> AnyValue {
    AnyValue { value: Some(value) }
}

fn text(text: &str) -> AnyValue {
    any(Any::StringValue(text.into()))
}

fn pair(key: &str, value: AnyValue) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: Some(value),
        ..KeyValue::default()
    }
}

fn record(body: Option<AnyValue>, attributes: Vec<KeyValue>) -> LogRecord {
    LogRecord {
        time_unix_nano: TIME,
        body,
        attributes,
        ..LogRecord::default()
    }
}

fn request(service: &str, log_records: Vec<LogRecord>) -> ExportLogsServiceRequest {
    ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            resource: Some(Resource {
                attributes: vec![
                    pair("service.name", text(service)),
                    pair("host.name", text("web-1")),
                ],
                ..Resource::default()
            }),
            scope_logs: vec![ScopeLogs {
                scope: Some(InstrumentationScope {
                    name: "shop.checkout".into(),
                    ..InstrumentationScope::default()
                }),
                log_records,
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    }
}

fn take(request: &ExportLogsServiceRequest) -> Logs {
    logs(&sender(), Encoding::Protobuf, &request.encode_to_vec()).unwrap()
}

#[test]
fn a_line_of_a_followed_file_is_the_record_itself() {
    let file = vec![
        pair("log.file.name", text("auth.log")),
        pair("log.file.path", text("/var/log/auth.log")),
    ];
    let found = take(&request(
        "host logs",
        vec![
            record(Some(text(SSH)), file.clone()),
            record(Some(text("plain words")), file),
        ],
    ));
    assert_eq!(found.deliveries[0].format, Some(Format::Syslog));
    let seen = desk::events(&found.deliveries);
    assert_eq!(
        (seen[0].source.as_str(), seen[0].class.as_str()),
        ("host-logs", "authentication")
    );
    assert_eq!(
        (seen[1].attr("message"), seen[1].attr("device")),
        ("plain words", "web-1")
    );
    assert_eq!(seen[1].time, "2024-05-01T10:00:00.123456Z");
}

#[test]
fn a_programs_record_is_an_object_of_its_attributes() {
    let mut asked = record(
        Some(text("order placed")),
        vec![
            pair("user.name", text("mona")),
            pair("count", any(Any::IntValue(3))),
            pair("ratio", any(Any::DoubleValue(f64::NAN))),
            pair("raw", any(Any::BytesValue(vec![1, 2, 3]))),
            pair(
                "tags",
                any(Any::ArrayValue(ArrayValue {
                    values: vec![text("a"), text("b")],
                })),
            ),
        ],
    );
    asked.severity_text = "WARN".into();
    asked.severity_number = 13;
    asked.trace_id = vec![0xab; 16];
    let found = take(&request("shop", vec![asked]));
    let seen = desk::events(&found.deliveries);
    assert_eq!(
        (seen[0].attr("actor_user"), seen[0].attr("message")),
        ("mona", "order placed")
    );
    for (name, value) in [
        ("count", "3"),
        ("ratio", "NaN"),
        ("raw", "AQID"),
        ("log.level", "WARN"),
        ("severity_number", "13"),
        ("trace_id", "abababababababababababababababab"),
        ("log.logger", "shop.checkout"),
        ("service.name", "shop"),
    ] {
        assert_eq!(seen[0].field(name), value, "{name}");
    }
}

#[test]
fn a_structured_body_is_the_object() {
    let body = any(Any::KvlistValue(KeyValueList {
        values: vec![
            pair("user", text("mona")),
            pair("action", text("login")),
            pair("host.name", text("own")),
            pair(
                "nested",
                any(Any::KvlistValue(KeyValueList {
                    values: vec![pair("a", any(Any::BoolValue(true)))],
                })),
            ),
        ],
    }));
    let found = take(&request("shop", vec![record(Some(body), Vec::new())]));
    let seen = desk::events(&found.deliveries);
    assert_eq!(
        (
            seen[0].attr("actor_user"),
            seen[0].field("nested.a"),
            seen[0].field("host.name")
        ),
        ("mona", "true", "own")
    );
    assert_eq!(seen[0].time, "2024-05-01T10:00:00.123456Z");
}

#[test]
fn json_is_understood_as_the_specification_writes_it() {
    let body = json!({ "resourceLogs": [{
        "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "shop" } }] },
        "scopeLogs": [{
            "scope": { "name": "my.library", "version": "1.0.0" },
            "logRecords": [{
                "timeUnixNano": "1714557600123456789",
                "observedTimeUnixNano": "1714557600123456789",
                "severityNumber": 10,
                "severityText": "Information",
                "traceId": "5B8EFFF798038103D269B633813FC60C",
                "spanId": "EEE19B7EC3C1B174",
                "body": { "stringValue": "Example log record" },
                "attributes": [
                    { "key": "user.name", "value": { "stringValue": "mona" } },
                    { "key": "int.attribute", "value": { "intValue": "10" } },
                    { "key": "map.attribute", "value": { "kvlistValue": { "values": [{ "key": "a", "value": { "doubleValue": 1.5 } }] } } },
                ],
            }],
        }],
    }] });
    let found = logs(&sender(), Encoding::Json, body.to_string().as_bytes()).unwrap();
    let seen = desk::events(&found.deliveries);
    assert_eq!(
        (seen[0].source.as_str(), seen[0].attr("actor_user")),
        ("shop", "mona")
    );
    assert_eq!(
        (seen[0].field("int.attribute"), seen[0].field("map.attribute.a")),
        ("10", "1.5")
    );
    assert_eq!(seen[0].field("trace_id"), "5b8efff798038103d269b633813fc60c");
}

#[test]
fn a_service_without_a_name_gets_the_tokens() {
    let found = take(&request(
        "unknown_service:python",
        vec![record(Some(text("x")), Vec::new())],
    ));
    assert_eq!(&*found.deliveries[0].source, "shipper");
    let found = take(&ExportLogsServiceRequest {
        resource_logs: vec![ResourceLogs {
            scope_logs: vec![ScopeLogs {
                log_records: vec![record(Some(text("x")), Vec::new())],
                ..ScopeLogs::default()
            }],
            ..ResourceLogs::default()
        }],
    });
    assert_eq!(&*found.deliveries[0].source, "shipper");
}

#[test]
fn empty_records_are_rejected_and_said_so() {
    let found = take(&request(
        "shop",
        vec![
            LogRecord::default(),
            record(Some(text("x")), Vec::new()),
            record(None, Vec::new()),
        ],
    ));
    assert_eq!(found.rejected, 2);
    assert_eq!(desk::events(&found.deliveries).len(), 1);
    let taken = Taken {
        rejects: 1,
        ..Taken::default()
    };
    let said = ExportLogsServiceResponse::decode(&*answer(Encoding::Protobuf, 2, &taken)).unwrap();
    let partial = said.partial_success.unwrap();
    assert_eq!(partial.rejected_log_records, 2);
    assert!(partial.error_message.contains("2 records are empty"));
    let said: Value = serde_json::from_slice(&answer(Encoding::Json, 0, &taken)).unwrap();
    assert!(
        said["partialSuccess"]["errorMessage"]
            .as_str()
            .unwrap()
            .contains("1 records")
    );
    assert_eq!(answer(Encoding::Protobuf, 0, &Taken::default()), b"");
    assert_eq!(answer(Encoding::Json, 0, &Taken::default()), b"{}");
    // Nothing to keep is fine: exporters probe so.
    assert_eq!(take(&ExportLogsServiceRequest::default()), Logs::default());
    assert_eq!(refusal(Encoding::Protobuf, 3, "no"), [8, 3, 18, 2, b'n', b'o']);
    let said: Value = serde_json::from_slice(&refusal(Encoding::Json, 3, "no")).unwrap();
    assert_eq!(said, json!({ "code": 3, "message": "no" }));
}

fn field(number: u8, inside: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    prost::encoding::encode_varint(inside.len() as u64, &mut out);
    out.extend_from_slice(inside);
    out
}

#[test]
fn hostile_messages_are_refused_before_they_grow() {
    let protobuf = |body: &[u8]| logs(&sender(), Encoding::Protobuf, body);
    let malformed = |body: &[u8]| matches!(protobuf(body), Err(Unreadable::Malformed(_)));
    let good = request("shop", vec![record(Some(text("x")), Vec::new())]).encode_to_vec();
    for cut in 1..good.len() {
        assert!(protobuf(&good[..cut]).is_err() || cut == 0, "cut at {cut}");
    }
    assert!(malformed(&[0xff; 32]), "a number of more than ten bytes");
    assert!(
        malformed(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
        "a length beyond everything"
    );
    assert!(malformed(&[0x0b]), "a group");
    // Two bytes each: twenty megabytes that would be gigabytes of records.
    let tiny = field(1, &field(2, &[0x12, 0x00].repeat(10_000_000)));
    assert_eq!(protobuf(&tiny), Err(Unreadable::TooMany));
    let pairs = field(1, &field(1, &[0x0a, 0x00].repeat(10_000_000)));
    assert_eq!(protobuf(&pairs), Err(Unreadable::TooMany));
    let mut deep = Vec::new();
    for _ in 0..100 {
        // A list in a value in a list …
        deep = field(1, &field(5, &deep));
        if deep.len() > 1 << 20 {
            break;
        }
    }
    let deep = field(1, &field(2, &field(2, &field(5, &deep[2..]))));
    assert!(malformed(&deep), "a value nested too deeply");
    let json = |body: &str| logs(&sender(), Encoding::Json, body.as_bytes());
    assert!(matches!(
        json(&"[".repeat(100_000)),
        Err(Unreadable::Malformed(_))
    ));
    assert!(matches!(
        json("{\"resourceLogs\":7}"),
        Err(Unreadable::Malformed(_))
    ));
    assert!(matches!(json("nonsense"), Err(Unreadable::Malformed(_))));
    let tiny = format!("{{\"resourceLogs\":[{}{{}}]}}", "{},".repeat(2_000_000));
    assert_eq!(json(&tiny), Err(Unreadable::TooMany));
}
