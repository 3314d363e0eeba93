//! Syslog heads as devices send them.

use crate::desk::{has, options, plain, read};

const CEF: &str = "CEF:0|Acme|Guard|1|usb|Stick in|5|rt=1772438400000 suser=jdoe";

#[test]
fn cef_and_leef_need_no_host_and_no_head() {
    let leef = "LEEF:1.0|Acme|Guard|1|usb|devTime=1772438400000\tusrName=jdoe";
    let heads = [
        ("<134>Nov 23 10:00:00 gw7 ", Some("hostname=gw7")),
        ("<134>Nov 23 10:00:00 ", None),
        ("<134>Nov  3 10:00:00 2025 ", None),
        ("<134>2026-03-02T10:00:00+01:00 ", None),
        ("<134>", None),
        ("Nov 23 10:00:00 ", None),
        (
            "<134>1 2026-03-02T10:00:00Z gw7 guard - - - ",
            Some("hostname=gw7"),
        ),
    ];
    for (head, host) in heads {
        for body in [CEF, leef] {
            let outcome = plain(&format!("{head}{body}\n"));
            assert_eq!(outcome.reasons(), [], "{head}{body}");
            let seen = &outcome.events[0];
            assert!(has(seen, "@actor_user=jdoe"), "{head}{body}: {seen}");
            match host {
                Some(host) => assert!(has(seen, host), "{seen}"),
                None => assert!(!seen.contains(" hostname="), "{seen}"),
            }
        }
    }
}

#[test]
fn a_year_may_stand_before_or_behind_the_clock() {
    for head in [
        "Nov  3 10:00:00 2024 h",
        "Nov  3 2024 10:00:00 h",
        "Nov 03 2024 10:00:00:",
    ] {
        let outcome = plain(&format!("<134>{head} %ASA-6-302013: Built\n"));
        assert_eq!(outcome.reasons(), [], "{head}");
        assert!(
            outcome.events[0].contains(" 2024-11-03T10:00:00Z "),
            "{:?}",
            outcome.events
        );
        assert_eq!(outcome.events[0].contains("hostname=h"), head.ends_with('h'));
    }
}

#[test]
fn a_message_cannot_say_that_another_program_wrote_it() {
    let run = "jdoe : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/x appname=cron hostname=h2 timestamp=2001-01-01T00:00:00Z";
    let outcome = plain(&format!("<86>1 2026-03-02T08:00:00Z h sudo 1 - - {run}\n"));
    let event = &outcome.events[0];
    assert!(
        event.contains(" 2026-03-02T08:00:00Z process_activity "),
        "{event}"
    );
    assert!(
        has(event, "@device=h") && has(event, "@target_user=root"),
        "{event}"
    );
}

#[test]
fn a_file_across_new_year_keeps_its_order() {
    let mut hinted = options();
    hinted.year_hint = Some(2024);
    let text = "<86>Dec 31 23:59:58 h sshd[1]: a\n<86>Jan  1 00:00:01 h sshd[1]: b\n\
                <86>Dec 31 23:59:59 h sshd[1]: late\n<86>Jan  1 00:00:02 h sshd[1]: c\n<86>Mar  1 00:00:02 h sshd[1]: d\n";
    let outcome = read(text.as_bytes(), &hinted);
    let times: Vec<&str> = outcome
        .events
        .iter()
        .map(|event| event.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(
        times,
        [
            "2024-12-31T23:59:58Z",
            "2025-01-01T00:00:01Z",
            "2024-12-31T23:59:59Z",
            "2025-01-01T00:00:02Z",
            "2025-03-01T00:00:02Z"
        ]
    );
}

#[test]
fn without_a_hint_the_year_is_the_one_before_receipt() {
    let outcome = plain("<86>Dec 31 23:59:58 h sshd[1]: a\n<86>Nov 11 00:00:01 h sshd[1]: b\n");
    let times: Vec<&str> = outcome
        .events
        .iter()
        .map(|event| event.split(' ').nth(1).unwrap())
        .collect();
    assert_eq!(times, ["2025-12-31T23:59:58Z", "2026-11-11T00:00:01Z"]);
}

#[test]
fn a_torn_first_line_does_not_decide_the_format() {
    let text =
        "\u{fffd}\u{1}73af\u{2} 99\n<86>Mar  2 08:00:00 h sshd[1]: a\n<86>Mar  2 08:00:01 h sshd[1]: b\n";
    let outcome = plain(text);
    assert_eq!(outcome.format.map(|format| format.as_str()), Some("syslog"));
    assert_eq!((outcome.events.len(), outcome.rejects.len()), (2, 1));
    assert!(
        outcome.rejects[0].reason.starts_with("no time at the start"),
        "{:?}",
        outcome.reasons()
    );
}
