use super::*;
use crate::testing::notice;
use proptest::prelude::*;
use serde_json::{Value, json};

/// docs.slack.dev, "Verifying requests from Slack": the example's secret, time, body and signature.
const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
const AT: &str = "1531420618";
const BODY: &str = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
const NOW: Timestamp = Timestamp::from_seconds(1_531_420_618);

fn slack(timestamp: &str, signature: &str, body: &str, now: Timestamp) -> Result<(), VerifyError> {
    let secret = Secret::new(SECRET);
    slack::verify(
        &secret,
        timestamp,
        signature,
        body.as_bytes(),
        now,
        &mut ReplayCache::new(10),
    )
}

#[test]
fn slack_s_own_example_is_believed() {
    slack(AT, SIGNATURE, BODY, NOW).unwrap();
    for offset in [-300, 300] {
        slack(AT, SIGNATURE, BODY, NOW.plus_micros(offset * 1_000_000)).unwrap();
    }
}

#[test]
fn stale_and_future_requests_are_refused() {
    let late = NOW.plus_micros(301_000_000);
    assert_eq!(
        slack(AT, SIGNATURE, BODY, late),
        Err(VerifyError::Stale { seconds: 301 })
    );
    let early = NOW.plus_micros(-301_000_000);
    assert_eq!(
        slack(AT, SIGNATURE, BODY, early),
        Err(VerifyError::Future { seconds: 301 })
    );
}

#[test]
fn forged_requests_are_refused_and_the_right_signature_is_not_told() {
    let forged = SIGNATURE.replace('a', "b");
    let error = slack(AT, &forged, BODY, NOW).unwrap_err();
    assert_eq!(error, VerifyError::Forged);
    assert!(!format!("{error} {error:?}").contains("a2114d57"));
    assert_eq!(
        slack(AT, SIGNATURE, &BODY.replace("text=", "text=x"), NOW),
        Err(VerifyError::Forged)
    );
    for bad in [
        "",
        "v0=",
        "v1=a2",
        "v0=zz",
        "v0=é0",
        SIGNATURE.trim_end_matches("69b503"),
    ] {
        assert!(slack(AT, bad, BODY, NOW).is_err(), "{bad}");
    }
    for bad in ["", "-1", "15314206180000", "now", "１５３１４２０６１８"] {
        assert!(
            matches!(slack(bad, SIGNATURE, BODY, NOW), Err(VerifyError::Malformed(_))),
            "{bad}"
        );
    }
}

#[test]
fn a_replayed_request_is_refused_until_it_is_stale_anyway() {
    let secret = Secret::new(SECRET);
    let mut seen = ReplayCache::new(10);
    let mut at = |now| slack::verify(&secret, AT, SIGNATURE, BODY.as_bytes(), now, &mut seen);
    at(NOW.plus_micros(-300_000_000)).unwrap();
    assert_eq!(at(NOW), Err(VerifyError::Replayed));
    assert_eq!(at(NOW.plus_micros(300_000_000)), Err(VerifyError::Replayed));
    assert!(matches!(
        at(NOW.plus_micros(301_000_000)),
        Err(VerifyError::Stale { .. })
    ));
}

#[test]
fn a_full_memory_lets_nothing_through_and_empties_by_itself() {
    let mut seen = ReplayCache::new(2);
    once(&mut seen, &[b"1"], NOW).unwrap();
    once(&mut seen, &[b"2"], NOW).unwrap();
    assert_eq!(once(&mut seen, &[b"3"], NOW), Err(VerifyError::Full));
    once(&mut seen, &[b"3"], NOW.plus_micros(601_000_000)).unwrap();
    // Parts cannot be shifted into one another.
    once(&mut seen, &[b"a", b"bc"], NOW.plus_micros(601_000_000)).unwrap();
}

#[test]
fn without_a_secret_nothing_is_believed() {
    let empty = Secret::new("");
    let mut seen = ReplayCache::new(1);
    assert_eq!(
        slack::verify(&empty, AT, SIGNATURE, b"", NOW, &mut seen),
        Err(VerifyError::NoSecret)
    );
    assert_eq!(same_token(&empty, ""), Err(VerifyError::NoSecret));
    assert_eq!(same_token(&Secret::new("a"), "b"), Err(VerifyError::Forged));
    assert_eq!(same_token(&Secret::new("a"), "a"), Ok(()));
    assert_eq!(format!("{:?}", Secret::new("hidden")), "Secret(…)");
}

#[test]
fn slack_events_are_read() {
    let challenge = br#"{"type":"url_verification","token":"t","challenge":"3eZbrw1a"}"#;
    assert_eq!(
        slack::event(challenge).unwrap(),
        slack::Event::Challenge("3eZbrw1a".to_owned())
    );
    let reply = json!({
        "type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event_time": 1_531_420_618,
        "event": {"type": "message", "channel": "C1", "user": "U1", "ts": "1531420618.000200",
                  "thread_ts": "1531420000.000100", "text": "I &lt;agree&gt; &amp; will call\nher"},
    });
    let slack::Event::Said(said) = slack::event(reply.to_string().as_bytes()).unwrap() else {
        panic!("a reply");
    };
    assert_eq!(said.said, Said::Text("I <agree> & will call\nher".to_owned()));
    assert_eq!(said.thread.as_deref(), Some("1531420000.000100"));
    assert_eq!(said.at, Timestamp(1_531_420_618_000_200));
    assert_eq!(
        (said.id.as_str(), said.room.as_str(), said.user.as_str()),
        ("Ev1", "C1", "U1")
    );
    for (field, value) in [
        ("subtype", json!("message_changed")),
        ("bot_id", json!("B1")),
        ("type", json!("reaction_added")),
    ] {
        let mut other = reply.clone();
        other["event"][field] = value;
        assert_eq!(
            slack::event(other.to_string().as_bytes()).unwrap(),
            slack::Event::Nothing,
            "{field}"
        );
    }
    assert!(slack::event(b"[]").is_err());
    assert!(slack::event(b"{").unwrap_err().to_string().contains("not JSON"));
}

fn click(action: Value) -> Vec<u8> {
    let payload = json!({
        "type": "block_actions", "user": {"id": "U1"}, "team": {"id": "T1"}, "channel": {"id": "C1"},
        "container": {"message_ts": "1531420600.000100"}, "trigger_id": "1.2.3", "actions": [action],
    });
    url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload.to_string())
        .finish()
        .into_bytes()
}

#[test]
fn the_buttons_that_are_rendered_come_back_as_presses() {
    let message = crate::render::slack::message(&notice());
    let blocks = message["blocks"].as_array().unwrap();
    let buttons = blocks.last().unwrap()["elements"].as_array().unwrap();
    let mut pressed = Vec::new();
    for button in buttons {
        let mut action = button.clone();
        action["action_ts"] = json!("1531420618.5");
        if let Some(inbound) = slack::interaction(&click(action), NOW).unwrap() {
            assert_eq!(inbound.thread.as_deref(), Some("1531420600.000100"));
            assert_eq!(inbound.trigger.as_deref(), Some("1.2.3"));
            pressed.push(inbound.said);
        }
    }
    let press = |verb| Said::Press {
        verb,
        target: "C-2026-0042".to_owned(),
    };
    // The link back is a button too, and nothing of ours.
    assert_eq!(pressed, [press(Verb::Take), press(Verb::Ask)]);
}

#[test]
fn a_click_with_a_strange_target_is_refused() {
    let action = json!({"action_id": "tandem.take.0", "value": "x' OR 1=1", "action_ts": "1.2"});
    assert!(slack::interaction(&click(action), NOW).is_err());
    assert!(slack::interaction(b"payload=%7B%7D", NOW).is_err());
    assert!(slack::interaction(b"", NOW).is_err());
}

#[test]
fn a_question_s_view_comes_back_as_an_answer() {
    let view = crate::render::slack::question_view("Ask the other side", "Your question", "C-2026-0042");
    let payload = json!({
        "type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"},
        "view": {"id": "V1", "callback_id": view["callback_id"], "private_metadata": view["private_metadata"],
                 "state": {"values": {"words": {"words": {"value": "Was he on holiday?"}}}}},
    });
    let inbound = slack::interaction_payload(&payload, NOW).unwrap().unwrap();
    let wanted = Said::Answer {
        target: "C-2026-0042".to_owned(),
        text: "Was he on holiday?".to_owned(),
    };
    assert_eq!(inbound.said, wanted);
}

#[test]
fn slash_commands_are_read() {
    let body = BODY.replace("text=", "text=take+A-17");
    let inbound = slack::slash(body.as_bytes(), NOW).unwrap().unwrap();
    assert_eq!(inbound.user, "U2CERLKJA");
    let press = Said::Press {
        verb: Verb::Take,
        target: "A-17".to_owned(),
    };
    assert_eq!(inbound.said, press);
    let body = BODY.replace("text=", "text=destroy+everything");
    assert_eq!(
        slack::slash(body.as_bytes(), NOW).unwrap(),
        Err(CommandError::Unknown)
    );
}

#[test]
fn commands_mean_what_they_say() {
    let case = tandem_domain::CaseId::of(2026, 42);
    let good = [
        ("", Said::Command(Command::Help)),
        ("HELP", Said::Command(Command::Help)),
        ("queue", Said::Command(Command::Queue)),
        (
            "case C-2026-0042",
            Said::Command(Command::Case { case: case.clone() }),
        ),
        (
            "link AB12-CD34",
            Said::Command(Command::Link {
                code: "AB12-CD34".to_owned(),
            }),
        ),
        (
            "approve D-17",
            Said::Press {
                verb: Verb::Approve,
                target: "D-17".to_owned(),
            },
        ),
        (
            "ask C-2026-0042",
            Said::Press {
                verb: Verb::Ask,
                target: "C-2026-0042".to_owned(),
            },
        ),
        (
            "ask C-2026-0042 was that allowed?",
            Said::Command(Command::Question {
                case,
                text: "was that allowed?".to_owned(),
            }),
        ),
    ];
    for (text, wanted) in good {
        assert_eq!(Command::parse(text), Ok(wanted), "{text}");
    }
    for bad in [
        "case",
        "case 42",
        "take",
        "take a b",
        "link",
        "link <x>",
        "ask",
        "ask them now",
        "rm -rf /",
    ] {
        assert!(Command::parse(bad).is_err(), "{bad}");
    }
}

struct OneLink;
impl Links for OneLink {
    fn account(&self, channel: Channel, workspace: Option<&str>, user: &str) -> Option<String> {
        (channel == Channel::Slack && workspace == Some("T1DC2JH3J") && user == "U2CERLKJA")
            .then(|| "r.runner".to_owned())
    }
}

#[test]
fn an_approval_counts_only_from_a_linked_account() {
    let body = BODY.replace("text=", "text=approve+D-17");
    let linked = slack::slash(body.as_bytes(), NOW).unwrap().unwrap();
    assert_eq!(
        admit(linked.clone(), &OneLink).unwrap().who.as_deref(),
        Some("r.runner")
    );
    for spoil in [
        |i: &mut Inbound| i.user = "U2".to_owned(),
        |i: &mut Inbound| i.workspace = Some("T2".to_owned()),
        |i: &mut Inbound| i.channel = Channel::Matrix,
    ] {
        let mut stranger = linked.clone();
        spoil(&mut stranger);
        let refusal = admit(stranger.clone(), &OneLink).unwrap_err();
        assert!(refusal.to_string().contains("/tandem link CODE"));
        // Words are kept, as words of nobody known; linking must work before one is linked.
        stranger.said = Said::Text("I approve".to_owned());
        assert_eq!(admit(stranger.clone(), &OneLink).unwrap().who, None);
        stranger.said = Said::Command(Command::Link {
            code: "X1".to_owned(),
        });
        assert!(admit(stranger, &OneLink).is_ok());
    }
}

#[test]
fn a_mattermost_click_counts_with_its_seal_only() {
    let secret = Secret::new("seal");
    let clicks = crate::render::mattermost::Clicks {
        url: "https://tandem.example/x".to_owned(),
        secret: secret.clone(),
    };
    let post = crate::render::mattermost::post(&notice(), Some(&clicks));
    let context = post["props"]["attachments"][0]["actions"][0]["integration"]["context"].clone();
    let body =
        json!({"user_id": "u1", "channel_id": "c1", "team_id": "t1", "post_id": "p1", "context": context});
    let inbound = mattermost::click(&secret, body.to_string().as_bytes(), NOW).unwrap();
    assert_eq!(
        inbound.said,
        Said::Press {
            verb: Verb::Take,
            target: "C-2026-0042".to_owned()
        }
    );
    for (field, value) in [
        ("verb", "approve"),
        ("target", "C-2026-0043"),
        ("notice", "other"),
        ("seal", "00ff"),
    ] {
        let mut forged = body.clone();
        forged["context"][field] = json!(value);
        let error = mattermost::click(&secret, forged.to_string().as_bytes(), NOW).unwrap_err();
        assert!(
            matches!(error, mattermost::MattermostError::Verify(VerifyError::Forged)),
            "{field}: {error}"
        );
    }
    assert!(mattermost::click(&Secret::new(""), body.to_string().as_bytes(), NOW).is_err());
}

#[test]
fn mattermost_posts_and_commands_need_their_token() {
    let token = Secret::new("tok");
    let post = json!({"token": "tok", "team_id": "t1", "channel_id": "c1", "user_id": "u1", "post_id": "p2",
        "root_id": "p1", "timestamp": 1_531_420_618_123_i64, "text": "noted"});
    let inbound = mattermost::post(&token, post.to_string().as_bytes()).unwrap();
    assert_eq!(
        (inbound.at, inbound.thread.as_deref()),
        (Timestamp(1_531_420_618_123_000), Some("p1"))
    );
    assert!(mattermost::post(&Secret::new("other"), post.to_string().as_bytes()).is_err());
    let form = b"token=tok&channel_id=c1&user_id=u1&team_id=t1&trigger_id=x1&text=queue";
    let inbound = mattermost::slash(&token, form, NOW).unwrap().unwrap();
    assert_eq!(inbound.said, Said::Command(Command::Queue));
    assert!(mattermost::slash(&Secret::new("other"), form, NOW).is_err());
}

#[test]
fn matrix_replies_commands_and_gaps_are_read() {
    let answer = json!({"next_batch": "s2", "rooms": {"join": {"!r:tandem.test": {"timeline": {
    "limited": true, "prev_batch": "p1",
    "events": [
        {"type": "m.room.message", "event_id": "$1", "sender": "@a:tandem.test", "origin_server_ts": 1_531_420_618_000_i64,
         "content": {"msgtype": "m.text", "body": "> <@t> old words\n\nmy answer",
                     "m.relates_to": {"m.in_reply_to": {"event_id": "$0"}}}},
        {"type": "m.room.message", "event_id": "$2", "sender": "@a:tandem.test", "origin_server_ts": 1_531_420_619_000_i64,
         "content": {"msgtype": "m.text", "body": "!tandem approve D-17",
                     "m.relates_to": {"rel_type": "m.thread", "event_id": "$0"}}},
        {"type": "m.room.message", "event_id": "$3", "sender": "@tandem:tandem.test", "origin_server_ts": 1,
         "content": {"msgtype": "m.text", "body": "own"}},
        {"type": "m.room.message", "event_id": "$4", "sender": "@a:tandem.test", "origin_server_ts": 1,
         "content": {"msgtype": "m.text", "body": "* edit", "m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}},
        {"type": "m.room.message", "event_id": "$5", "sender": "@a:tandem.test", "origin_server_ts": 1, "content": {}},
        {"type": "m.room.member", "event_id": "$6", "sender": "@a:tandem.test"},
        {"type": "m.room.message", "event_id": "$7", "sender": "@a:tandem.test", "origin_server_ts": 1,
         "content": {"msgtype": "m.text", "body": "!tandemapprove D-17"}},
    ]}}}}});
    let rooms = matrix::timelines(&answer);
    assert_eq!(rooms[0].1.gap_before.as_deref(), Some("p1"));
    let read: Vec<Inbound> = rooms[0]
        .1
        .events
        .iter()
        .filter_map(|event| matrix::message(&rooms[0].0, event, "@tandem:tandem.test"))
        .collect();
    let said: Vec<&Said> = read.iter().map(|i| &i.said).collect();
    assert_eq!(
        said,
        [
            &Said::Text("my answer".to_owned()),
            &Said::Press {
                verb: Verb::Approve,
                target: "D-17".to_owned()
            },
            &Said::Text("!tandemapprove D-17".to_owned()),
        ]
    );
    assert!(read[..2].iter().all(|i| i.thread.as_deref() == Some("$0")));
}

mod teams;

mod vendors;

proptest! {
    #[test]
    fn any_flipped_bit_of_a_signature_is_refused(at in 0_usize..64, digit in "[0-9a-f]") {
        let mut signature: Vec<char> = SIGNATURE.chars().collect();
        let old = signature[3 + at];
        signature[3 + at] = digit.chars().next().unwrap();
        let changed: String = signature.iter().collect();
        let same = signature[3 + at] == old;
        prop_assert_eq!(slack(AT, &changed, BODY, NOW).is_ok(), same);
    }

    #[test]
    fn no_body_makes_a_parser_panic(body in proptest::collection::vec(any::<u8>(), 0..400), text in ".{0,80}") {
        let _ = slack::event(&body);
        let _ = slack::interaction(&body, NOW);
        let _ = slack::slash(&body, NOW);
        let _ = bot::activity(&body, NOW);
        let _ = mattermost::click(&Secret::new("x"), &body, NOW);
        let _ = Command::parse(&text);
        for vendor in alerts::Vendor::ALL {
            let _ = alerts::parse(vendor, &body, NOW);
        }
    }

    #[test]
    fn no_json_makes_a_parser_panic(value in json_value()) {
        let body = value.to_string();
        let wrapped = json!({"type": "event_callback", "event": value.clone(), "alerts": [value.clone()], "rule": value.clone(),
            "result": value.clone(), "search_name": "s", "sid": value.clone(), "context": value.clone(), "rooms": {"join": {"!r": value.clone()}}});
        for text in [body, wrapped.to_string()] {
            let _ = slack::event(text.as_bytes());
            let _ = slack::interaction_payload(&value, NOW);
            let _ = bot::activity(text.as_bytes(), NOW);
            let _ = mattermost::click(&Secret::new("x"), text.as_bytes(), NOW);
            let _ = matrix::message("!r", &value, "@o");
            for vendor in alerts::Vendor::ALL {
                let _ = alerts::parse(vendor, text.as_bytes(), NOW);
            }
        }
        let _ = matrix::timelines(&wrapped);
    }
}

fn json_value() -> impl Strategy<Value = Value> {
    let names = prop_oneof![
        Just("type"),
        Just("event"),
        Just("ts"),
        Just("text"),
        Just("user"),
        Just("id"),
        Just("actions"),
        Just("timeline"),
        Just("events"),
        Just("level"),
        Just("content"),
        Just("body"),
        Just("_time"),
        Just("timestamp"),
        Just("kibana.alert"),
        Just("kibana"),
        Just("alert.rule.name"),
        Just("m.relates_to"),
        Just("limited"),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!("message")),
        Just(json!("m.room.message")),
    ];
    leaf.prop_recursive(4, 48, 6, move |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((names.clone(), inner), 0..6).prop_map(|fields| Value::Object(
                fields.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
            )),
        ]
    })
}
