//! Messages against the far sides' published rules.

use serde_json::{Value, json};
use tandem_connect::Notice;
use tandem_connect::render::{slack, teams};

use crate::support::notice;

/// Complaints of `value` under the schema in `tests/fixtures`.
pub fn complaints(schema: &str, value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("a good schema");
    validator
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect()
}

/// Generated from Slack's own type definitions (`@slack/types`, MIT).
pub const SLACK_BLOCKS: &str = include_str!("../fixtures/slack-blocks.schema.json");
/// Slack's documented limits.
pub const SLACK_LIMITS: &str = include_str!("../fixtures/slack-limits.schema.json");
/// The part of Adaptive Cards 1.5 that is sent.
pub const CARD: &str = include_str!("../fixtures/adaptive-card-1.5.schema.json");

pub fn slack_complaints(body: &Value) -> Vec<String> {
    let mut all = complaints(SLACK_BLOCKS, &json!({"blocks": body["blocks"]}));
    all.extend(complaints(SLACK_LIMITS, body));
    all
}

fn variants() -> Vec<Notice> {
    let small = Notice {
        case: None,
        subjects: Vec::new(),
        level: None,
        sentences: Vec::new(),
        buttons: Vec::new(),
        ..notice("small")
    };
    let large = Notice {
        title: "<".repeat(110),
        sentences: vec!["&".repeat(1_000); 60],
        buttons: vec![notice("x").buttons[0].clone(); 5],
        ..notice("large")
    };
    [small, notice("usual"), large]
        .iter()
        .map(|n| n.checked().expect("a good notice"))
        .collect()
}

#[test]
fn slack_messages_keep_slack_s_rules() {
    for notice in variants() {
        let body = slack::message(&notice);
        assert_eq!(slack_complaints(&body), [] as [String; 0], "{}", notice.key);
    }
}

#[test]
fn teams_cards_keep_the_card_s_rules() {
    for notice in variants() {
        for body in [teams::webhook(&notice), teams::activity(&notice)] {
            assert_eq!(body["attachments"][0]["contentType"], teams::CARD_TYPE);
            let card = &body["attachments"][0]["content"];
            assert_eq!(complaints(CARD, card), [] as [String; 0], "{}", notice.key);
        }
    }
}

#[test]
fn the_schemas_tell_good_from_bad() {
    let good = slack::message(&notice("x"));
    let spoils: [fn(&mut Value); 7] = [
        |b| b["blocks"][0]["text"]["type"] = json!("markdown"),
        |b| b["blocks"][0]["text"]["text"] = json!("x".repeat(151)),
        |b| b["blocks"][1]["text"]["text"] = json!("x".repeat(3_001)),
        |b| b["blocks"][1]["extra"] = json!(1),
        |b| b["blocks"] = json!(vec![json!({"type": "divider"}); 51]),
        |b| {
            b["blocks"].as_array_mut().unwrap().last_mut().unwrap()["elements"][0]["action_id"] =
                json!("x".repeat(256))
        },
        |b| b["metadata"]["event_type"] = json!("with blank"),
    ];
    for (number, spoil) in spoils.iter().enumerate() {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(!slack_complaints(&bad).is_empty(), "{number}");
    }
    let body = teams::webhook(&notice("x"));
    let good = &body["attachments"][0]["content"];
    let spoils: [fn(&mut Value); 4] = [
        |c| c["version"] = json!("1.6"),
        |c| c["body"][0]["inlines"][0]["weight"] = json!("Heavy"),
        |c| c["actions"][0]["type"] = json!("Action.Nope"),
        |c| c["body"][0]["type"] = json!("TextBlock"),
    ];
    for (number, spoil) in spoils.iter().enumerate() {
        let mut bad = good.clone();
        spoil(&mut bad);
        assert!(!complaints(CARD, &bad).is_empty(), "{number}");
    }
}
