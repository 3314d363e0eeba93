//! Mattermost's requests: clicks (sealed by us), slash commands and outgoing webhooks (a token that Mattermost made).

use hmac::Mac;
use serde_json::Value;
use tandem_domain::Timestamp;

use super::{
    Channel, Command, CommandError, Inbound, MAX_BODY, ParseError, Said, VerifyError, far_id, json,
    same_token, words,
};
use crate::notice::{Verb, is_id};
use crate::render::mattermost::sealer;
use crate::secret::Secret;

const WHAT: &str = "mattermost request";

/// Why a request has no effect.
#[derive(Debug, thiserror::Error)]
pub enum MattermostError {
    /// It is not believed.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// It cannot be read.
    #[error(transparent)]
    Parse(#[from] ParseError),
}

/// Reads a click. The seal proves that the button is ours; who clicked is the server's word, so the address for clicks must
/// be reachable from the Mattermost server only.
///
/// # Errors
/// [`MattermostError`] if it is no click or the seal does not fit.
pub fn click(secret: &Secret, body: &[u8], now: Timestamp) -> Result<Inbound, MattermostError> {
    let body = json(WHAT, body)?;
    let context = &body["context"];
    let verb = context["verb"]
        .as_str()
        .and_then(Verb::parse)
        .ok_or(missing("context.verb"))?;
    let target = context["target"]
        .as_str()
        .filter(|t| is_id(t))
        .ok_or(missing("context.target"))?;
    let notice = context["notice"]
        .as_str()
        .filter(|t| is_id(t))
        .ok_or(missing("context.notice"))?;
    let tag = context["seal"]
        .as_str()
        .and_then(crate::hex::decode)
        .ok_or(missing("context.seal"))?;
    sealer(secret, verb, target, notice)
        .ok_or(VerifyError::NoSecret)?
        .verify_slice(&tag)
        .map_err(|_| VerifyError::Forged)?;
    let user = far_id(body["user_id"].as_str()).ok_or(missing("user_id"))?;
    let post = far_id(body["post_id"].as_str()).ok_or(missing("post_id"))?;
    Ok(Inbound {
        channel: Channel::Mattermost,
        workspace: far_id(body["team_id"].as_str()),
        room: far_id(body["channel_id"].as_str()).ok_or(missing("channel_id"))?,
        thread: Some(post.clone()),
        said: Said::Press {
            verb,
            target: target.to_owned(),
        },
        at: now,
        // Mattermost gives a click no id: the same person's same click on the same post is one.
        id: format!("{post}:{user}:{}:{target}", verb.as_str()),
        user,
        trigger: far_id(body["trigger_id"].as_str()),
    })
}

/// Reads a slash command (form, with the command's token).
///
/// # Errors
/// [`MattermostError`] if it is none or the token does not fit.
pub fn slash(
    token: &Secret,
    body: &[u8],
    now: Timestamp,
) -> Result<Result<Inbound, CommandError>, MattermostError> {
    if body.len() > MAX_BODY {
        return Err(VerifyError::TooLarge(body.len()).into());
    }
    let fields: Vec<(String, String)> = url::form_urlencoded::parse(body).into_owned().take(64).collect();
    let get = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| value.as_str())
    };
    same_token(token, get("token").unwrap_or_default())?;
    let room = far_id(get("channel_id")).ok_or(missing("channel_id"))?;
    let user = far_id(get("user_id")).ok_or(missing("user_id"))?;
    let trigger = far_id(get("trigger_id")).ok_or(missing("trigger_id"))?;
    let said = match Command::parse(get("text").unwrap_or_default()) {
        Ok(said) => said,
        Err(words) => return Ok(Err(words)),
    };
    Ok(Ok(Inbound {
        channel: Channel::Mattermost,
        workspace: far_id(get("team_id")),
        room,
        thread: far_id(get("root_id")),
        user,
        said,
        at: now,
        id: format!("slash:{trigger}"),
        trigger: Some(trigger),
    }))
}

/// Reads what an outgoing webhook brings of a channel (JSON, with the webhook's token): how replies come back.
///
/// # Errors
/// [`MattermostError`] if it is none or the token does not fit.
pub fn post(token: &Secret, body: &[u8]) -> Result<Inbound, MattermostError> {
    let body: Value = json(WHAT, body)?;
    same_token(token, body["token"].as_str().unwrap_or_default())?;
    let millis = body["timestamp"]
        .as_i64()
        .filter(|t| (0..100_000_000_000_000).contains(t));
    // Older servers send seconds.
    let micros = millis.map(|t| {
        if t < 100_000_000_000 {
            t * 1_000_000
        } else {
            t * 1_000
        }
    });
    Ok(Inbound {
        channel: Channel::Mattermost,
        workspace: far_id(body["team_id"].as_str()),
        room: far_id(body["channel_id"].as_str()).ok_or(missing("channel_id"))?,
        thread: far_id(body["root_id"].as_str()),
        user: far_id(body["user_id"].as_str()).ok_or(missing("user_id"))?,
        said: Said::Text(words(body["text"].as_str().ok_or(missing("text"))?)),
        at: Timestamp(micros.ok_or(missing("timestamp"))?),
        id: far_id(body["post_id"].as_str()).ok_or(missing("post_id"))?,
        trigger: None,
    })
}

const fn missing(part: &'static str) -> ParseError {
    ParseError::Missing { what: WHAT, part }
}
