//! Slack's requests: signature, events, clicks, views and commands (docs.slack.dev).

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use tandem_domain::Timestamp;

use super::{
    Channel, Command, CommandError, Inbound, MAX_BODY, ParseError, Replays, Said, VerifyError, far_id, fresh,
    json, once, words,
};
use crate::notice::{Verb, is_id};
use crate::render::slack::ACTION;
use crate::secret::Secret;

/// Header with the time of the request.
pub const TIMESTAMP: &str = "x-slack-request-timestamp";
/// Header with the signature.
pub const SIGNATURE: &str = "x-slack-signature";

const WHAT: &str = "slack request";

/// Checks a request: recent, signed with the app's secret over the raw body, and not taken before.
///
/// # Errors
/// [`VerifyError`] says what is wrong, never what would be right.
pub fn verify(
    secret: &Secret,
    timestamp: &str,
    signature: &str,
    body: &[u8],
    now: Timestamp,
    replays: &mut dyn Replays,
) -> Result<(), VerifyError> {
    if secret.expose().is_empty() {
        return Err(VerifyError::NoSecret);
    }
    if body.len() > MAX_BODY {
        return Err(VerifyError::TooLarge(body.len()));
    }
    fresh(timestamp, now)?;
    let tag = signature
        .strip_prefix("v0=")
        .and_then(crate::hex::decode)
        .ok_or(VerifyError::Malformed("the signature"))?;
    let mut mac =
        Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).map_err(|_| VerifyError::NoSecret)?;
    for part in [b"v0:", timestamp.as_bytes(), b":", body] {
        mac.update(part);
    }
    mac.verify_slice(&tag).map_err(|_| VerifyError::Forged)?;
    once(replays, &[b"slack", &tag], now)
}

/// What a request to the events address says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Slack tries the address: answer with these words as plain text.
    Challenge(String),
    /// Somebody wrote.
    Said(Inbound),
    /// Nothing for us: joins, edits, words of bots.
    Nothing,
}

/// Reads the body of an Events API request.
///
/// # Errors
/// [`ParseError`] if it is none.
pub fn event(body: &[u8]) -> Result<Event, ParseError> {
    event_payload(&json(WHAT, body)?)
}

/// The same for a body that came over Socket Mode.
///
/// # Errors
/// [`ParseError`] if it is none.
pub fn event_payload(body: &Value) -> Result<Event, ParseError> {
    match body["type"].as_str() {
        Some("url_verification") => {
            let challenge = far_id(body["challenge"].as_str()).ok_or(missing("challenge"))?;
            Ok(Event::Challenge(challenge))
        }
        Some("event_callback") => message(body),
        _ => Err(missing("type")),
    }
}

fn message(body: &Value) -> Result<Event, ParseError> {
    let event = &body["event"];
    let plain = matches!(
        event["subtype"].as_str(),
        None | Some("thread_broadcast" | "file_share")
    );
    let ours = event["type"].as_str() == Some("message") && plain && event["bot_id"].is_null();
    if !ours {
        return Ok(Event::Nothing);
    }
    let text = words(&unescaped(event["text"].as_str().unwrap_or_default()));
    if text.is_empty() {
        return Ok(Event::Nothing);
    }
    let ts = far_id(event["ts"].as_str()).ok_or(missing("event.ts"))?;
    Ok(Event::Said(Inbound {
        channel: Channel::Slack,
        workspace: far_id(body["team_id"].as_str()),
        room: far_id(event["channel"].as_str()).ok_or(missing("event.channel"))?,
        thread: far_id(event["thread_ts"].as_str()),
        user: far_id(event["user"].as_str()).ok_or(missing("event.user"))?,
        said: Said::Text(text),
        at: instant(&ts).ok_or(missing("event.ts"))?,
        id: far_id(body["event_id"].as_str()).ok_or(missing("event_id"))?,
        trigger: None,
    }))
}

/// Reads the body of an interactivity request (`payload=…`): a click on a button of ours, or a view that was sent. `None`
/// for what is not ours, such as the link back.
///
/// # Errors
/// [`ParseError`] if it is none.
pub fn interaction(body: &[u8], now: Timestamp) -> Result<Option<Inbound>, ParseError> {
    if body.len() > MAX_BODY {
        return Err(ParseError::TooLarge {
            what: WHAT,
            bytes: body.len(),
        });
    }
    let payload = url::form_urlencoded::parse(body)
        .find(|(name, _)| name == "payload")
        .map(|(_, value)| value)
        .ok_or(missing("payload"))?;
    interaction_payload(&json(WHAT, payload.as_bytes())?, now)
}

/// The same for a payload that came over Socket Mode.
///
/// # Errors
/// [`ParseError`] if it is none.
pub fn interaction_payload(payload: &Value, now: Timestamp) -> Result<Option<Inbound>, ParseError> {
    match payload["type"].as_str() {
        Some("block_actions") => click(payload),
        Some("view_submission") => view(payload, now),
        Some(_) => Ok(None),
        None => Err(missing("type")),
    }
}

fn click(payload: &Value) -> Result<Option<Inbound>, ParseError> {
    let Some(action) = payload["actions"].as_array().and_then(|actions| actions.first()) else {
        return Err(missing("actions"));
    };
    let verb = action["action_id"]
        .as_str()
        .and_then(|id| id.strip_prefix(ACTION))
        .and_then(|rest| Verb::parse(rest.split('.').next().unwrap_or_default()));
    let Some(verb) = verb else {
        return Ok(None);
    };
    let target = action["value"]
        .as_str()
        .filter(|v| is_id(v))
        .ok_or(missing("actions.value"))?;
    let action_ts = far_id(action["action_ts"].as_str()).ok_or(missing("actions.action_ts"))?;
    let user = far_id(payload["user"]["id"].as_str()).ok_or(missing("user.id"))?;
    let room = payload["channel"]["id"]
        .as_str()
        .or_else(|| payload["container"]["channel_id"].as_str());
    let message = payload["message"]["thread_ts"]
        .as_str()
        .or_else(|| payload["container"]["message_ts"].as_str());
    Ok(Some(Inbound {
        channel: Channel::Slack,
        workspace: far_id(payload["team"]["id"].as_str()),
        room: far_id(room).ok_or(missing("channel.id"))?,
        thread: far_id(message),
        said: Said::Press {
            verb,
            target: target.to_owned(),
        },
        at: instant(&action_ts).ok_or(missing("actions.action_ts"))?,
        id: format!("{user}:{action_ts}:{}", verb.as_str()),
        user,
        trigger: far_id(payload["trigger_id"].as_str()),
    }))
}

fn view(payload: &Value, now: Timestamp) -> Result<Option<Inbound>, ParseError> {
    let view = &payload["view"];
    if view["callback_id"].as_str() != Some("tandem.ask") {
        return Ok(None);
    }
    let target = view["private_metadata"]
        .as_str()
        .filter(|t| is_id(t))
        .ok_or(missing("view.private_metadata"))?;
    let text = view
        .pointer("/state/values/words/words/value")
        .and_then(Value::as_str);
    let id = far_id(view["id"].as_str()).ok_or(missing("view.id"))?;
    Ok(Some(Inbound {
        channel: Channel::Slack,
        workspace: far_id(payload["team"]["id"].as_str()),
        room: String::new(),
        thread: None,
        user: far_id(payload["user"]["id"].as_str()).ok_or(missing("user.id"))?,
        said: Said::Answer {
            target: target.to_owned(),
            text: words(text.ok_or(missing("view.state"))?),
        },
        at: now,
        id: format!("view:{id}"),
        trigger: None,
    }))
}

/// What a slash command says: something to do, or words for the person.
pub type Slash = Result<Inbound, CommandError>;

/// Reads the body of a slash command (`/tandem …`). Slack dates it in the header only, so the caller says when it came.
///
/// # Errors
/// [`ParseError`] if it is none.
pub fn slash(body: &[u8], now: Timestamp) -> Result<Slash, ParseError> {
    if body.len() > MAX_BODY {
        return Err(ParseError::TooLarge {
            what: WHAT,
            bytes: body.len(),
        });
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().take(64).collect();
    let get = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    slash_fields(get, now)
}

/// The same for a payload that came over Socket Mode.
///
/// # Errors
/// [`ParseError`] if it is none.
pub fn slash_payload(payload: &Value, now: Timestamp) -> Result<Slash, ParseError> {
    slash_fields(|name| payload[name].as_str(), now)
}

fn slash_fields<'a>(get: impl Fn(&str) -> Option<&'a str>, now: Timestamp) -> Result<Slash, ParseError> {
    let room = far_id(get("channel_id")).ok_or(missing("channel_id"))?;
    let user = far_id(get("user_id")).ok_or(missing("user_id"))?;
    let trigger = far_id(get("trigger_id")).ok_or(missing("trigger_id"))?;
    let said = match Command::parse(&unescaped(get("text").unwrap_or_default())) {
        Ok(said) => said,
        Err(words) => return Ok(Err(words)),
    };
    Ok(Ok(Inbound {
        channel: Channel::Slack,
        workspace: far_id(get("team_id")),
        room,
        thread: None,
        user,
        said,
        at: now,
        id: format!("slash:{trigger}"),
        trigger: Some(trigger),
    }))
}

/// `1355517523.000005` as an instant.
fn instant(ts: &str) -> Option<Timestamp> {
    let (seconds, micros) = ts.split_once('.').unwrap_or((ts, "0"));
    let seconds: i64 = seconds
        .parse()
        .ok()
        .filter(|s| (0..100_000_000_000).contains(s))?;
    let micros: i64 = format!("{micros:0<6}")
        .parse()
        .ok()
        .filter(|m| (0..1_000_000).contains(m))?;
    Some(Timestamp(seconds * 1_000_000 + micros))
}

/// Undoes Slack's three escapes.
fn unescaped(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}

const fn missing(part: &'static str) -> ParseError {
    ParseError::Missing { what: WHAT, part }
}
