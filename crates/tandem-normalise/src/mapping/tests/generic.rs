use super::*;

#[test]
fn unknown_json_is_told_by_common_names() {
    let logon = map(
        Format::Ndjson,
        r#"{"timestamp": "2026-03-02T08:00:00Z", "event": "user.login", "user": "jdoe", "ip": "10.1.2.3", "outcome": "failed"}"#,
    );
    assert_eq!(
        logon.gist(),
        "generic-json authentication 1 failure jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(logon.attr(Attr::SrcIp), "10.1.2.3");
    let ecs = map(
        Format::Ndjson,
        r#"{"@timestamp": "2026-03-02T08:00:00Z", "event": {"category": "file", "type": "deletion", "outcome": "success"}, "user": {"name": "jdoe"}, "file": {"path": "/a/b.txt", "size": 3}}"#,
    );
    assert_eq!(
        ecs.gist(),
        "generic-json file_activity 4 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        (ecs.attr(Attr::FileName), ecs.num(NumAttr::FileSize)),
        ("b.txt", Some(3))
    );
    let nothing = map(Format::Ndjson, r#"{"ts": 1772438400, "temperature": 20}"#);
    assert_eq!(
        nothing.gist(),
        "generic-json base_event 99 unknown nobody 2026-03-02T08:00:00Z"
    );
}

#[test]
fn ocsf_keeps_its_class() {
    let seen = map(
        Format::Ndjson,
        r#"{"class_uid": 6006, "activity_id": 2, "status_id": 1, "severity_id": 3, "time": 1772438400000, "metadata": {"uid": "x"},
        "actor": {"user": {"name": "jdoe"}}, "file": {"name": "a.txt", "size": 5}}"#,
    );
    assert_eq!(
        seen.gist(),
        "ocsf file_hosting 2 success jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(
        seen.event().head().severity,
        tandem_domain::event::Severity::Medium
    );
    assert_eq!(seen.num(NumAttr::FileSize), Some(5));
}

#[test]
fn unknown_tables_syslog_and_text() {
    let table = map(
        Format::Csv,
        r#"{"time": "2026-03-02 08:00:00", "user": "jdoe", "action": "logout"}"#,
    );
    assert_eq!(
        table.gist(),
        "generic-csv authentication 2 unknown jdoe 2026-03-02T08:00:00Z"
    );
    let line = map(
        Format::Syslog,
        r#"{"timestamp": "Mar  2 08:00:00", "hostname": "fw1", "appname": "fw", "message": "drop user=jdoe src=10.1.2.3"}"#,
    );
    assert_eq!(
        line.gist(),
        "generic-syslog base_event 99 unknown jdoe 2026-03-02T08:00:00Z"
    );
    assert_eq!(line.attr(Attr::SrcIp), "10.1.2.3");
    let text = map(
        Format::Text,
        r#"{"timestamp": "2026-03-02T08:00:00Z", "message": "hello"}"#,
    );
    assert_eq!(text.mapping, "generic-text");
}

#[test]
fn a_hint_chooses_among_mappings_that_fit_but_cannot_force_one_that_does_not() {
    let json = r#"{"time": "2026-03-02T08:00:00Z", "user": "jdoe", "assigned_ip": "10.9.0.1", "action": "connect", "object_type": "x"}"#;
    let named = |hint: &'static str| {
        try_map(
            shipped(),
            &Context {
                source_hint: hint,
                ..context(Format::Ndjson)
            },
            json,
        )
        .unwrap()
        .mapping
    };
    assert_eq!(named("vpn"), "vpn");
    assert_eq!(named("erp"), "business-app");
    assert_ne!(named("cloudtrail"), "cloudtrail");
    let forced = try_map(
        shipped(),
        &Context {
            forced: Some("generic-json"),
            ..context(Format::Ndjson)
        },
        json,
    )
    .unwrap();
    assert_eq!(forced.mapping, "generic-json");
}

#[test]
fn ids_are_the_records_own_or_its_place() {
    let cloud = r#"{"eventVersion": "1", "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "eventTime": "2026-03-02T08:00:00Z", "eventID": "e-1"}"#;
    let id = |json: &str, offset: u64, raw: &'static [u8]| {
        let context = Context {
            offset,
            raw,
            ..context(Format::Ndjson)
        };
        try_map(shipped(), &context, json).unwrap().event().head().id
    };
    assert_eq!(
        id(cloud, 0, b"a"),
        id(cloud, 500, b"a\n"),
        "the same record from two places is one event"
    );
    assert_ne!(
        id(cloud, 0, b"a"),
        id(cloud, 0, b"b"),
        "records that differ are two, whatever they call themselves"
    );
    assert_ne!(id(cloud, 0, b"a"), id(&cloud.replace("e-1", "e-2"), 0, b"a"));
    let nameless = cloud.replace("e-1", "");
    assert_eq!(id(&nameless, 0, b"a"), id(&nameless, 0, b"a"));
    assert_ne!(id(&nameless, 0, b"a"), id(&nameless, 1, b"a"));
    assert_ne!(id(&nameless, 0, b"a"), id(&nameless, 0, b"b"));
}

#[test]
fn names_may_be_renumbered_between_batches() {
    let first = map(
        Format::Ndjson,
        r#"{"ts": 1772438400, "user": "one", "action": "login"}"#,
    );
    let second = map(
        Format::Ndjson,
        r#"{"action": "login", "extra": 1, "user": "two", "ts": 1772438400}"#,
    );
    assert_eq!(first.attr(Attr::ActorUser), "one");
    assert_eq!(second.attr(Attr::ActorUser), "two");
}

#[test]
fn a_refused_record_leaves_nothing_behind() {
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    event.field("user", Value::Text("jdoe"));
    assert!(shipped().apply(&mut event, &context(Format::Ndjson)).is_err());
    assert_eq!(event.get_attr(Attr::ActorUser), None);
}

#[test]
fn a_case_that_names_a_class_does_not_inherit_the_activity_of_another() {
    let text = "name: m\nsource: s\nmatch: { format: json }\ntime: t\nclass: file_activity\nactivity: delete\ncases:\n  - when: { a: 1 }\n    class: authentication\n  - when: { a: 2 }\n    attrs: { actor_user: ~ }\n    activity: read\nattrs: { actor_user: u }\n";
    let mappings = Mappings::load([("m.yaml", text)]).unwrap();
    let seen = |a: u8| {
        try_map(
            &mappings,
            &context(Format::Json),
            &format!(r#"{{"t": 1772438400, "a": {a}, "u": "jdoe"}}"#),
        )
        .unwrap()
        .gist()
    };
    assert_eq!(seen(0), "m file_activity 4 unknown jdoe 2026-03-02T08:00:00Z");
    assert_eq!(seen(1), "m authentication 0 unknown jdoe 2026-03-02T08:00:00Z");
    assert_eq!(seen(2), "m file_activity 2 unknown nobody 2026-03-02T08:00:00Z");
}
