//! Records of the systemd journal in JSON ("Journal Export Formats", section "Journal JSON Format", of systemd's documentation).

use serde_json::{Map, Value, json};

use tandem_normalise::Format;

use crate::desk::{has, meanings, plain};

/// 2026-03-02T08:00:00Z
const TIME: &str = "1772438400000000";

/// A record as `journalctl -o json` writes it, with these fields changed or added.
fn record(more: Value) -> Map<String, Value> {
    let Value::Object(mut fields) = json!({
        "__CURSOR": "s=739ad463348b4ceca5a9e69c95a3c93f;i=4ece7;b=6c7c6013a26343b29e964691ff25d04c;m=4fc72436e;t=4c508a72423d9;x=d3e5610681098c10",
        "__REALTIME_TIMESTAMP": TIME,
        "__MONOTONIC_TIMESTAMP": "21415215982",
        "_BOOT_ID": "6c7c6013a26343b29e964691ff25d04c",
        "_TRANSPORT": "syslog",
        "_MACHINE_ID": "a91663387a90b89f185d4e860000001a",
        "_HOSTNAME": "srv1",
        "_PID": "7115",
        "_UID": "0",
        "_GID": "0",
        "_COMM": "sshd",
        "_EXE": "/usr/sbin/sshd",
        "_CMDLINE": "sshd: jdoe [priv]",
        "_SYSTEMD_UNIT": "ssh.service",
        "SYSLOG_FACILITY": "10",
        "SYSLOG_IDENTIFIER": "sshd",
        "SYSLOG_PID": "7115",
        "PRIORITY": "6",
        "MESSAGE": "Server listening on 0.0.0.0 port 22."
    }) else {
        unreachable!()
    };
    let Value::Object(more) = more else { unreachable!() };
    fields.extend(more);
    fields
}

fn line(more: Value) -> String {
    format!("{}\n", Value::Object(record(more)))
}

/// What a record of the journal means, with these fields changed or added.
fn meaning(more: Value) -> String {
    let mut all = meanings(&line(more), Format::Json);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

#[test]
fn a_message_means_the_same_over_the_journal_and_over_syslog() {
    let said = [
        (
            "sshd",
            "Accepted publickey for jdoe from 10.1.2.3 port 51234 ssh2: ED25519 SHA256:x",
        ),
        (
            "sshd",
            "Failed password for invalid user bob from 203.0.113.9 port 4 ssh2",
        ),
        (
            "sshd-session",
            "pam_unix(sshd:session): session closed for user jdoe",
        ),
        (
            "sudo",
            "    jdoe : TTY=pts/0 ; PWD=/home/jdoe ; USER=root ; COMMAND=/bin/cat /etc/shadow",
        ),
        (
            "sudo",
            "jdoe : user NOT in sudoers ; TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
        ),
        ("su", "(to root) jdoe on pts/0"),
        (
            "useradd",
            "new user: name=mallory, UID=1001, GID=1001, home=/home/mallory",
        ),
        ("usermod", "add 'mallory' to group 'sudo'"),
        ("passwd", "pam_unix(passwd:chauthtok): password changed for jdoe"),
        ("CRON", "(root) CMD (/usr/local/bin/backup)"),
        (
            "smbd_audit",
            "jdoe|10.1.2.3|ws01|Finance|open|ok|r|2026/plan.xlsx",
        ),
        (
            "guard",
            "CEF:0|Acme|Guard|1|usb|Stick in|5|rt=1772438400000 suser=jdoe",
        ),
        (
            "audisp-syslog",
            "type=USER_LOGIN msg=audit(1772438400.000:42): pid=1 uid=0 auid=1000 ses=3 \
             msg='op=login acct=\"jdoe\" exe=\"/usr/sbin/sshd\" addr=10.1.2.3 terminal=ssh res=failed' AUID=\"jdoe\"",
        ),
    ];
    for (app, message) in said {
        let head = format!("<86>1 2026-03-02T08:00:00Z srv1 {app} 7115 - - ");
        let syslog = meanings(&format!("{head}{}\n", message.trim_start()), Format::Syslog);
        let journal = meaning(json!({ "SYSLOG_IDENTIFIER": app, "MESSAGE": message }));
        // Syslog loses the blanks before a message.
        let journal = journal.replace("@message=    ", "@message=");
        assert_eq!([journal], syslog[..], "{app}: {message}");
    }
    assert_eq!(
        meaning(json!({ "MESSAGE": said[0].1 })),
        concat!(
            "authentication 1 Success Unknown 2026-03-02T08:00:00Z /linux/ /linux/auth /linux/sshd ",
            "@actor_user=jdoe @device=srv1 @src_ip=10.1.2.3 @operation=publickey @service=sshd ",
            "@message=Accepted publickey for jdoe from 10.1.2.3 port 51234 ssh2: ED25519 SHA256:x"
        )
    );
}

#[test]
fn what_no_other_mapping_knows_keeps_what_journald_knows_of_it() {
    let seen = plain(&line(json!({
        "SYSLOG_IDENTIFIER": null, "_COMM": "backup", "_EXE": "/opt/backup", "_CMDLINE": "/opt/backup --all",
        "_SYSTEMD_UNIT": "backup.service", "_AUDIT_LOGINUID": "4294967295", "_UID": "990", "PRIORITY": "3",
        "MESSAGE": "target full", "__REALTIME_TIMESTAMP": "1772438400123456"
    })));
    assert_eq!(seen.reasons(), []);
    let event = &seen.events[0];
    for part in [
        "2026-03-02T08:00:00.123456Z",
        "base_event",
        "@process=/opt/backup",
        "@resource=backup.service",
        "@actor_uid=990",
        "@device=srv1",
        "@service=backup",
        "_SYSTEMD_UNIT=backup.service",
        "severity=Int(3)",
        "appname=backup",
    ] {
        assert!(has(event, part), "{part}: {event}");
    }
    // What the record does not say is not made up.
    let bare = plain("{\"__CURSOR\":\"s=1\",\"__REALTIME_TIMESTAMP\":\"1772438400000000\"}\n");
    assert_eq!((bare.reasons(), bare.events.len()), (vec![], 1));
    assert!(!bare.events[0].contains("message="), "{:?}", bare.events);
}

#[test]
fn what_the_kernels_audit_tells_journald_is_an_audit_record() {
    let said = "pid=7115 uid=0 auid=1000 ses=3 msg='op=login acct=\"jdoe\" exe=\"/usr/sbin/sshd\" hostname=? addr=10.1.2.3 \
                terminal=ssh res=failed'";
    let audit = meaning(json!({
        "_TRANSPORT": "audit", "SYSLOG_IDENTIFIER": "audit", "_AUDIT_TYPE": "1112", "_AUDIT_TYPE_NAME": "USER_LOGIN",
        "_AUDIT_ID": "42", "_SOURCE_REALTIME_TIMESTAMP": "1772438399500000", "MESSAGE": format!("USER_LOGIN {said}")
    }));
    let daemon = meanings(
        &format!("type=USER_LOGIN msg=audit(1772438399.500:42): node=srv1 {said}\n"),
        Format::Auditd,
    );
    assert_eq!([audit.as_str()], daemon[..]);
    assert!(
        audit.starts_with("authentication 1 Failure") && audit.contains(" @actor_user=jdoe "),
        "{audit}"
    );
    // Another program cannot say so: only journald sets the transport.
    let told = meaning(json!({
        "_AUDIT_TYPE_NAME": "USER_LOGIN", "_AUDIT_ID": "42", "SYSLOG_IDENTIFIER": "liar",
        "MESSAGE": "USER_LOGIN pid=1 acct=\"boss\" res=success"
    }));
    assert!(told.starts_with("base_event "), "{told}");
}

#[test]
fn bytes_and_several_values_are_read() {
    let message = "Failed password for jörg from 10.1.2.3 port 4 ssh2";
    let bytes: Vec<u8> = message.bytes().collect();
    let as_bytes = plain(&line(json!({ "MESSAGE": bytes })));
    assert!(
        has(&as_bytes.events[0], "@actor_user=jörg"),
        "{:?}",
        as_bytes.events
    );
    assert_eq!(
        as_bytes.ids,
        plain(&line(json!({ "MESSAGE": message }))).ids,
        "it is the same message"
    );
    let broken = plain(&line(json!({ "MESSAGE": [b'a', 0xff, 0, b'z'] })));
    assert!(
        broken.events[0].contains("@message=a\u{fffd}\0z"),
        "{:?}",
        broken.events
    );
    let several = plain(&line(json!({
        "MESSAGE": [message, "and more", null, [104, 105]], "SYSLOG_IDENTIFIER": ["sshd", "other"], "_UID": []
    })));
    assert_eq!(several.reasons(), []);
    let event = &several.events[0];
    assert!(
        has(event, "message=hi") && has(event, "appname=sshd") && has(event, "@actor_user=jörg"),
        "{event}"
    );
}

#[test]
fn the_cursor_tells_a_record_wherever_and_however_it_is_written() {
    let fields = record(json!({ "MESSAGE": "Connection reset by 10.1.2.3 port 4" }));
    let mut other_way: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}: {value}", Value::from(name.as_str())))
        .collect();
    other_way.reverse();
    let first = format!("{}\n", Value::Object(fields));
    // Read again later, with its fields in another order, after other records, and by a newer journald.
    let again = format!(
        "{}{{{}, \"__SEQNUM\": \"7\"}}\n",
        line(json!({ "__CURSOR": "s=2" })),
        other_way.join(", ")
    );
    let (first, again) = (plain(&first), plain(&again));
    assert_eq!((first.ids.len(), again.ids.len()), (1, 2));
    assert!(first.ids.is_subset(&again.ids));
    // Records that differ are never one, whatever cursor somebody gives them.
    let mut all = String::new();
    for change in [
        json!({}),
        json!({ "__CURSOR": "s=2" }),
        json!({ "MESSAGE": "other" }),
        json!({ "_HOSTNAME": "srv2" }),
        json!({ "__REALTIME_TIMESTAMP": "1772438400000001" }),
    ] {
        all.push_str(&line(change));
    }
    assert_eq!(plain(&all).ids.len(), 5);
}

#[test]
fn what_is_written_into_a_message_is_not_believed_over_journald() {
    let seen = plain(&line(json!({
        "SYSLOG_IDENTIFIER": "sudo",
        "MESSAGE": "jdoe : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/x timestamp=2001-01-01T00:00:00Z hostname=other \
                    __REALTIME_TIMESTAMP=1000000000000000 __CURSOR=s=2 appname=cron"
    })));
    let event = &seen.events[0];
    assert!(
        event.contains(" 2026-03-02T08:00:00Z process_activity ") && has(event, "@device=srv1"),
        "{event}"
    );
    // Nor is an object in a message a record of the journal.
    let inner =
        line(json!({ "__CURSOR": "s=9", "MESSAGE": "Accepted password for boss from 10.1.2.3 port 4" }));
    let outer = meaning(json!({ "SYSLOG_IDENTIFIER": "app", "MESSAGE": inner.trim_end() }));
    assert!(outer.starts_with("base_event "), "{outer}");
}

#[test]
fn what_journald_cannot_have_written_is_rejected_with_its_reason() {
    let wrong = [
        (
            json!({ "MESSAGE": [72, 300] }),
            "the journal's field MESSAGE holds neither texts nor bytes: invalid value: integer `300`",
        ),
        (
            json!({ "MESSAGE": [72, -1] }),
            "MESSAGE holds neither texts nor bytes: invalid type: integer `-1`",
        ),
        (
            json!({ "MESSAGE": [72, "x"] }),
            "MESSAGE holds neither texts nor bytes: bytes stand beside texts",
        ),
        (
            json!({ "_CMDLINE": [{ "a": 1 }] }),
            "_CMDLINE holds neither texts nor bytes: invalid type: map",
        ),
        (
            json!({ "_CMDLINE": [[[1]]] }),
            "_CMDLINE holds neither texts nor bytes: invalid type: sequence",
        ),
        (
            json!({ "_CMDLINE": [1.5] }),
            "_CMDLINE holds neither texts nor bytes",
        ),
        (json!({ "__CURSOR": null }), "field __CURSOR is no text"),
        (json!({ "__CURSOR": { "a": "b" } }), "field __CURSOR is no text"),
        (
            json!({ "__REALTIME_TIMESTAMP": null }),
            "time `` in field __REALTIME_TIMESTAMP",
        ),
        (
            json!({ "__REALTIME_TIMESTAMP": "yesterday" }),
            "time `yesterday` in field __REALTIME_TIMESTAMP",
        ),
        // Seconds: they would be read as a moment of 1970.
        (
            json!({ "__REALTIME_TIMESTAMP": "1772438400" }),
            "time `1772438400` in field __REALTIME_TIMESTAMP",
        ),
        (
            json!({ "__REALTIME_TIMESTAMP": "99999999999999999999999" }),
            "is no number of microseconds",
        ),
    ];
    for (change, reason) in wrong {
        let text = format!("{}{}", line(change.clone()), line(json!({})));
        let outcome = plain(&text);
        let said: Vec<&str> = outcome.reasons().into_iter().map(|(_, reason)| reason).collect();
        assert_eq!(said.len(), 1, "{change}: {said:?}");
        assert!(said[0].contains(reason), "{change}: {said:?}");
        assert_eq!(outcome.events.len(), 1, "the next record is read");
    }
    // A list of numbers in a record that only holds one of the journal's is nobody's bytes.
    let wrapped = plain(
        "{\"timestamp\":\"2026-03-02T08:00:00Z\",\"ports\":[22,443],\"event\":{\"__CURSOR\":\"s=1\",\"list\":[300]}}\n",
    );
    assert!(
        has(&wrapped.events[0], "ports=Int(443)"),
        "{:?}",
        wrapped.reasons()
    );
}

proptest::proptest! {
    #[test]
    fn whatever_stands_in_the_fields_a_record_is_an_event_or_a_reject(
        name in "(__CURSOR|__REALTIME_TIMESTAMP|MESSAGE|_HOSTNAME|SYSLOG_IDENTIFIER|PRIORITY|_AUDIT_ID)",
        value in value(),
        audit in proptest::bool::ANY,
    ) {
        let mut fields = record(if audit {
            json!({ "_TRANSPORT": "audit", "_AUDIT_TYPE_NAME": "SYSCALL", "_AUDIT_ID": "1", "MESSAGE": "SYSCALL arch=1" })
        } else {
            json!({})
        });
        fields.insert(name, value);
        let outcome = plain(&format!("{}\n", Value::Object(fields)));
        proptest::prop_assert_eq!(outcome.records, 1);
    }
}

/// Anything JSON can hold, three levels deep.
fn value() -> impl proptest::strategy::Strategy<Value = Value> {
    use proptest::prelude::*;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u8>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::vec(("[a-z_]{1,8}", inner), 0..4)
                .prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}
