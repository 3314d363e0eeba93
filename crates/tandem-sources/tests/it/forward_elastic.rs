//! Elasticsearch's bulk API: bodies as its clients write them.

use serde_json::{Value, json};
use tandem_normalise::Format;
use tandem_sources::forward::Unreadable;
use tandem_sources::forward::elastic::{About, Bulk, Filter, bulk, cluster, document, single};

use crate::forward_desk as desk;
use crate::forward_desk::sender;

const SSH: &str =
    "May  1 09:58:01 web-1 sshd[4711]: Accepted publickey for mona from 10.1.2.3 port 50022 ssh2";

fn take(lines: &[Value]) -> Bulk {
    let body: String = lines.iter().map(|line| format!("{line}\n")).collect();
    bulk(&sender(), None, body.as_bytes()).unwrap()
}

fn answer(bulk: &Bulk) -> Value {
    serde_json::from_str(&bulk.answer(3, Filter::read(None))).unwrap()
}

/// What filebeat 8 sends for a line of a followed file (filestream input, no module).
fn filebeat(message: &str) -> Value {
    json!({
        "@timestamp": "2024-05-01T09:58:03.120Z",
        "ecs": { "version": "8.0.0" },
        "host": { "name": "web-1", "architecture": "x86_64", "os": { "type": "linux" } },
        "agent": { "ephemeral_id": "e", "id": "i", "name": "web-1", "type": "filebeat", "version": "8.13.0" },
        "log": { "offset": 1234, "file": { "path": "/var/log/auth.log", "device_id": "64768", "inode": "77" } },
        "input": { "type": "filestream" },
        "message": message,
    })
}

#[test]
fn filebeats_lines_are_records_in_their_own_format() {
    let create = json!({ "create": { "_index": "filebeat-8.13.0" } });
    let bulk = take(&[
        create.clone(),
        filebeat(SSH),
        create.clone(),
        filebeat(
            "type=USER_LOGIN msg=audit(1714557481.000:42): pid=1 uid=0 auid=1000 ses=1 msg='op=login acct=\"mona\" exe=\"/usr/sbin/sshd\" hostname=? addr=10.1.2.3 terminal=ssh res=success'",
        ),
    ]);
    let formats: Vec<_> = bulk.deliveries.iter().map(|delivery| delivery.format).collect();
    assert_eq!(formats, [Some(Format::Syslog), Some(Format::Auditd)]);
    let seen = desk::events(&bulk.deliveries);
    assert_eq!(
        (seen[0].source.as_str(), seen[0].class.as_str()),
        ("filebeat", "authentication")
    );
    assert_eq!(seen[0].attr("actor_user"), "mona");
    assert!(!bulk.errors());
}

#[test]
fn a_line_that_no_format_claims_stays_in_its_document() {
    let create = json!({ "create": { "_index": "filebeat-8.13.0" } });
    let bulk = take(&[
        create.clone(),
        filebeat("mona copied the list"),
        create,
        filebeat(r#"{"user":"mona","action":"login"}"#),
    ]);
    let seen = desk::events(&bulk.deliveries);
    assert_eq!(seen[0].attr("message"), "mona copied the list");
    assert_eq!(seen[0].attr("device"), "web-1");
    assert_eq!(seen[0].time, "2024-05-01T09:58:03.12Z");
    // A program's JSON line is its own record; the document lends it host and time.
    assert_eq!(
        (seen[1].attr("actor_user"), seen[1].attr("device")),
        ("mona", "web-1")
    );
    assert_eq!(seen[1].time, "2024-05-01T09:58:03.12Z");
}

#[test]
fn winlogbeats_documents_are_records() {
    let bulk = take(&[
        json!({ "create": { "_index": "winlogbeat-8.13.0" } }),
        json!({
            "@timestamp": "2024-05-01T10:00:00.000Z",
            "message": "An account was successfully logged on.",
            "event": { "code": "4624", "kind": "event", "provider": "Microsoft-Windows-Security-Auditing", "action": "logged-in", "outcome": "success" },
            "winlog": { "channel": "Security", "computer_name": "ws1.home.example", "event_id": "4624", "record_id": 77, "provider_name": "Microsoft-Windows-Security-Auditing", "event_data": { "TargetUserName": "mona", "LogonType": "2" } },
            "host": { "name": "ws1" },
        }),
    ]);
    let seen = desk::events(&bulk.deliveries);
    assert_eq!(
        (seen[0].field("EventID"), seen[0].field("TargetUserName")),
        ("4624", "mona")
    );
    assert_eq!(seen[0].source, "winlogbeat");
}

#[test]
fn sources_are_datasets_or_plain_indices() {
    let document = |extra: Value| {
        let mut document = json!({ "@timestamp": "2024-05-01T10:00:00Z", "user": "mona" });
        document
            .as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        document
    };
    let bulk = take(&[
        json!({ "create": { "_index": "logs-nginx.access-default" } }),
        document(
            json!({ "data_stream": { "type": "logs", "dataset": "nginx.access", "namespace": "default" } }),
        ),
        json!({ "create": { "_index": "filebeat-8.13.0-2024.05.01" } }),
        document(json!({ "event": { "dataset": "system.auth", "module": "system" } })),
        json!({ "index": { "_index": "logstash-2024.05.01", "_type": "_doc" } }),
        document(json!({ "event.dataset": "dotted" })),
        json!({ "index": { "_index": "logstash-2024.05.01" } }),
        document(json!({})),
        json!({ "index": {} }),
        document(json!({})),
    ]);
    let sources: Vec<_> = desk::events(&bulk.deliveries)
        .into_iter()
        .map(|seen| seen.source)
        .collect();
    assert_eq!(
        sources,
        ["nginx.access", "system.auth", "dotted", "logstash", "shipper"]
    );
}

#[test]
fn fluent_bits_log_and_vectors_message_are_lines() {
    let bulk = take(&[
        json!({ "create": { "_index": "fluent-bit" } }),
        json!({ "@timestamp": "2024-05-01T09:58:03.120Z", "log": format!("{SSH}\n"), "stream": "stdout" }),
        json!({ "index": { "_index": "vector-2024.05.01" } }),
        json!({ "file": "/var/log/auth.log", "host": "web-1", "message": SSH, "source_type": "file", "timestamp": "2024-05-01T09:58:03.120Z" }),
        json!({ "index": { "_index": "rsyslog" } }),
        json!({ "message": " Accepted", "fromhost": "web-1", "facility": "auth", "priority": "info", "timereported": "2024-05-01T09:58:01+00:00", "timegenerated": "2024-05-01T09:58:02+00:00" }),
        json!({ "index": { "_index": "syslog-ng" } }),
        json!({ "@timestamp": "2024-05-01T09:58:01+00:00", "PROGRAM": "sshd", "PRIORITY": "info", "PID": "4711", "MESSAGE": "Accepted", "HOST": "web-1", "FACILITY": "auth" }),
    ]);
    let formats: Vec<_> = bulk.deliveries.iter().map(|delivery| delivery.format).collect();
    assert_eq!(
        formats,
        [
            Some(Format::Syslog),
            Some(Format::Syslog),
            Some(Format::Json),
            Some(Format::Json)
        ]
    );
    assert_eq!(desk::events(&bulk.deliveries).len(), 4);
}

#[test]
fn each_item_is_answered_and_what_is_wrong_is_kept_aside() {
    let good = r#"{"@timestamp":"2024-05-01T10:00:00Z","user":"mona"}"#;
    let body = [
        r#"{"create":{"_index":"app","_id":"one"}}"#,
        good,
        r#"{"create":{"_index":"app"}}"#,
        r#"{"@timestamp": broken"#,
        "",
        r#"{"index":{"_index":"app"}}"#,
        good,
        "not an action",
        good,
        r#"{"nonsense":{}}"#,
        r#"{"create":{"_index":"app"}}"#,
        good,
        r#"{"update":{"_index":"app","_id":"one"}}"#,
        r#"{"doc":{"user":"eve"}}"#,
        r#"{"delete":{"_index":"app","_id":"one"}}"#,
        r#"{"create":{"_index":"app"}}"#,
        "{}",
        r#"{"create":{"_index":"app"}}"#,
        "[1]",
        r#"{"create":{"_index":"app","_id":7}}"#,
        good,
        r#"{"create":{"_index":"app"}}"#,
    ]
    .join("\n");
    let bulk = bulk(&sender(), None, body.as_bytes()).unwrap();
    let answer = answer(&bulk);
    assert_eq!(
        (answer["errors"].as_bool(), answer["took"].as_u64()),
        (Some(true), Some(3))
    );
    let statuses: Vec<_> = answer["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| {
            let (action, result) = item.as_object().unwrap().iter().next().unwrap();
            assert_eq!(
                result["status"].as_u64().unwrap() == 201,
                result["error"].is_null(),
                "{item}"
            );
            (action.as_str(), result["status"].as_u64().unwrap())
        })
        .collect();
    assert_eq!(
        statuses,
        [
            ("create", 201),
            ("create", 400),
            ("index", 201),
            ("create", 400),
            ("create", 400),
            ("create", 201),
            ("update", 400),
            ("delete", 400),
            ("create", 400),
            ("create", 400),
            ("create", 201),
            ("create", 400),
        ]
    );
    assert_eq!(answer["items"][0]["create"]["_id"], "one");
    assert_eq!(answer["items"][0]["create"]["_index"], "app");
    assert_eq!(answer["items"][0]["create"]["result"], "created");
    assert_eq!(answer["items"][10]["create"]["_id"], "7");
    assert_eq!(answer["items"][2]["index"]["_id"].as_str().unwrap().len(), 20);
    let (seen, rejects) = desk::read(&bulk.deliveries);
    // Neither the update nor the removal is a record.
    assert_eq!((seen.len(), rejects.len()), (4, 6), "{rejects:?}");
}

#[test]
fn forwarders_that_ask_for_errors_only_get_these() {
    let good = [
        json!({ "create": { "_index": "app" } }),
        json!({ "@timestamp": "2024-05-01T10:00:00Z" }),
    ];
    let filter = |path: &str| Filter::read(Some(path));
    let fine = take(&good);
    assert_eq!(
        fine.answer(1, filter("errors,items.*.error,items.*.status")),
        r#"{"errors":false,"items":[{"create":{"status":201}}]}"#
    );
    assert_eq!(
        fine.answer(1, filter("errors,items.*.error")),
        r#"{"errors":false}"#
    );
    assert_eq!(fine.answer(1, filter("took")), r#"{"took":1}"#);
    assert!(fine.answer(1, filter("-took")).contains("_shards"));
    let mut bad = good.to_vec();
    bad.extend([json!({ "create": { "_index": "app" } }), json!({})]);
    let answer: Value =
        serde_json::from_str(&take(&bad).answer(1, filter("errors,items.*.error,items.*.status"))).unwrap();
    assert_eq!(answer["items"][0]["create"], json!({ "status": 201 }));
    assert_eq!(
        answer["items"][1]["create"]["error"]["type"],
        "document_parsing_exception"
    );
}

#[test]
fn a_single_document_is_taken_too() {
    let found = document(
        &sender(),
        "app",
        Some("one"),
        b"{\"@timestamp\":\"2024-05-01T10:00:00Z\",\n\"user\":\"mona\"}",
    )
    .unwrap();
    assert_eq!(desk::events(&found.deliveries).len(), 1);
    let (status, body) = single(&found);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, body["_id"].as_str(), body["result"].as_str()),
        (201, Some("one"), Some("created"))
    );
    let wrong = document(&sender(), "app", None, b"nonsense").unwrap();
    let (status, body) = single(&wrong);
    let body: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, body["status"].as_u64(), body["error"]["type"].as_str()),
        (400, Some(400), Some("document_parsing_exception"))
    );
}

#[test]
fn hostile_bodies_are_refused_or_bounded() {
    assert_eq!(bulk(&sender(), None, b"\n \n"), Err(Unreadable::Empty));
    let tiny = "{\"create\":{}}\n{\"a\":1}\n".repeat(500_000);
    assert_eq!(
        bulk(&sender(), Some("x"), tiny.as_bytes()),
        Err(Unreadable::TooMany)
    );
    let deletes = "{\"delete\":{}}\n".repeat(1_000_000);
    assert_eq!(
        bulk(&sender(), Some("x"), deletes.as_bytes()),
        Err(Unreadable::TooMany)
    );
    let deep = format!(
        "{{\"create\":{{}}}}\n{}1{}\n{{\"create\":{{}}}}\n{{\"@timestamp\":\"2024-05-01T10:00:00Z\"}}\n",
        r#"{"a":"#.repeat(100_000),
        "}".repeat(100_000)
    );
    let found = bulk(&sender(), Some("x"), deep.as_bytes()).unwrap();
    let (seen, rejects) = desk::read(&found.deliveries);
    assert_eq!((seen.len(), rejects.len()), (1, 1), "{rejects:?}");
    let binary = bulk(&sender(), Some("x"), b"\x00\xff\xfe{\"create\":{}}\n\x80\n").unwrap();
    assert!(binary.errors());
    // An action of a hundred thousand names, and one of a name as long.
    for line in [
        format!("{{{}\"b\":1}}", "\"a\":1,".repeat(100_000)),
        format!("{{\"{}\":{{}}}}", "x".repeat(500_000)),
    ] {
        let found = bulk(&sender(), Some("x"), format!("{line}\n{{\"a\":1}}\n").as_bytes()).unwrap();
        assert!(found.errors());
        assert_eq!(found.deliveries[0].refused.len(), 1);
        assert!(found.deliveries[0].refused[0].raw.len() <= 64 << 10);
    }
}

#[test]
fn what_clients_check_before_they_send_is_there() {
    let about = cluster();
    assert_eq!(about["tagline"], "You Know, for Search");
    assert_eq!(about["version"]["build_flavor"], "default");
    assert!(about["version"]["number"].as_str().unwrap().starts_with("8."));
    let stream = About::DataStream.answer("filebeat-8.13.0");
    assert_eq!(stream["data_streams"][0]["name"], "filebeat-8.13.0");
    assert!(About::Lifecycle.answer("filebeat")["filebeat"]["policy"].is_object());
}
