//! Matrix's sync answers, read into messages.

use serde_json::Value;
use tandem_domain::Timestamp;

use super::{Channel, Command, Inbound, Said, far_id, words};
use crate::render::matrix::COMMAND;

/// Most events of one room that are read from one answer.
const MAX_EVENTS: usize = 1_000;

/// What one room's timeline holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    /// Events, oldest first.
    pub events: Vec<Value>,
    /// Where to fetch what was left out before them, if something was.
    pub gap_before: Option<String>,
}

/// The timelines of joined rooms in an answer of `/sync`.
pub fn timelines(answer: &Value) -> Vec<(String, Timeline)> {
    let rooms = answer.pointer("/rooms/join").and_then(Value::as_object);
    rooms
        .into_iter()
        .flatten()
        .filter_map(|(room, state)| {
            let timeline = &state["timeline"];
            let events = timeline["events"].as_array()?;
            let limited = timeline["limited"].as_bool() == Some(true);
            Some((
                far_id(Some(room))?,
                Timeline {
                    events: events.iter().take(MAX_EVENTS).cloned().collect(),
                    gap_before: limited.then(|| far_id(timeline["prev_batch"].as_str())).flatten(),
                },
            ))
        })
        .collect()
}

/// One event as something said; `None` for what is no message, is `own`, replaces an earlier one or was taken back.
/// `!tandem …` is a command; one that cannot be understood stays text.
pub fn message(room: &str, event: &Value, own: &str) -> Option<Inbound> {
    if event["type"].as_str() != Some("m.room.message") {
        return None;
    }
    let sender = far_id(event["sender"].as_str())?;
    let content = &event["content"];
    let relation = &content["m.relates_to"];
    let notice = content["msgtype"].as_str() == Some("m.notice");
    if sender == own || notice || relation["rel_type"].as_str() == Some("m.replace") {
        return None;
    }
    let text = words(without_fallback(content["body"].as_str()?, relation));
    if text.is_empty() {
        return None;
    }
    let thread = match relation["rel_type"].as_str() {
        Some("m.thread") => relation["event_id"].as_str(),
        _ => relation
            .pointer("/m.in_reply_to/event_id")
            .and_then(Value::as_str),
    };
    let command = text
        .strip_prefix(COMMAND)
        .filter(|rest| rest.is_empty() || rest.starts_with(' '))
        .and_then(|rest| Command::parse(rest.trim_start()).ok());
    let millis = event["origin_server_ts"]
        .as_i64()
        .filter(|t| (0..100_000_000_000_000).contains(t))?;
    Some(Inbound {
        channel: Channel::Matrix,
        workspace: None,
        room: room.to_owned(),
        thread: far_id(thread),
        user: sender,
        said: command.unwrap_or(Said::Text(text)),
        at: Timestamp(millis * 1_000),
        id: far_id(event["event_id"].as_str())?,
        trigger: None,
    })
}

/// Older clients repeat what they reply to as lines with `>` before a blank line (11.19.1, fallbacks for rich replies).
fn without_fallback<'a>(body: &'a str, relation: &Value) -> &'a str {
    if relation.get("m.in_reply_to").is_none() || !body.starts_with("> ") {
        return body;
    }
    body.split_once("\n\n").map_or(body, |(_, rest)| rest)
}
