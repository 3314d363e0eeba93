//! Microsoft Teams' requests to a bot: the token of the Bot Connector, then the activity (learn.microsoft.com, "Authenticate
//! requests from the Bot Connector service to your bot").
//!
//! The token is an RS256 JWT and nothing else is taken. It is checked here with `ring`, which TLS brings anyway: the JWT
//! crates bring a second RSA (with an open timing advisory) or a second C library for one signature check.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde_json::Value;
use tandem_domain::Timestamp;

use super::{Channel, Command, Inbound, ParseError, Said, VerifyError, WINDOW_SECONDS, far_id, json, words};
use crate::notice::{Verb, is_id};

/// Who issues the tokens of the public cloud.
pub const ISSUER: &str = "https://api.botframework.com";
/// Where the keys of the public cloud are described; fetch them at least once a day.
pub const KEYS_AT: &str = "https://login.botframework.com/v1/.well-known/openidconfiguration";

const WHAT: &str = "teams activity";
/// Longest token, bytes.
const MAX_TOKEN: usize = 16 * 1024;
/// Most keys of a set.
const MAX_KEYS: usize = 100;

/// The Bot Connector's public keys.
#[derive(Debug, Clone, Default)]
pub struct KeySet(HashMap<String, Key>);

#[derive(Debug, Clone)]
struct Key {
    n: Vec<u8>,
    e: Vec<u8>,
    channels: Vec<String>,
}

impl KeySet {
    /// Reads a JSON Web Key Set; keys of other kinds are passed over.
    ///
    /// # Errors
    /// [`ParseError`] if it is none.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        const WHAT: &str = "bot connector keys";
        let body = json(WHAT, body)?;
        let keys = body["keys"].as_array().ok_or(ParseError::Missing {
            what: WHAT,
            part: "keys",
        })?;
        let read = |key: &Value| {
            let bytes = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str()?).ok();
            let endorsed = key["endorsements"].as_array();
            let channels = endorsed
                .into_iter()
                .flatten()
                .filter_map(|e| e.as_str().map(str::to_owned));
            (key["kty"].as_str() == Some("RSA")).then_some(())?;
            Some((
                far_id(key["kid"].as_str())?,
                Key {
                    n: bytes("n")?,
                    e: bytes("e")?,
                    channels: channels.collect(),
                },
            ))
        };
        Ok(Self(keys.iter().take(MAX_KEYS).filter_map(read).collect()))
    }
}

/// What a bot expects of its requests.
#[derive(Debug, Clone)]
pub struct BotDoor {
    /// The application id of the bot.
    pub app: String,
    /// The issuer: [`ISSUER`], or that of a national cloud.
    pub issuer: String,
}

/// Checks the `Authorization` header of a request against its body: signed by the Bot Connector for this bot, in time, for
/// this channel and this service address (requirements 1 to 7 of the page named above). A repeated activity has the same
/// token and the same `id`: whoever keeps what is said finds it by that.
///
/// # Errors
/// [`VerifyError`] says what is wrong.
pub fn verify(
    door: &BotDoor,
    keys: &KeySet,
    authorization: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<(), VerifyError> {
    if body.len() > super::MAX_BODY {
        return Err(VerifyError::TooLarge(body.len()));
    }
    let token = authorization
        .strip_prefix("Bearer ")
        .filter(|token| token.len() <= MAX_TOKEN)
        .ok_or(VerifyError::Malformed("the authorization header"))?;
    let (signed, signature) = token
        .rsplit_once('.')
        .ok_or(VerifyError::Malformed("the token"))?;
    let (head, claims) = signed
        .split_once('.')
        .ok_or(VerifyError::Malformed("the token"))?;
    let head = part(head)?;
    if head["alg"].as_str() != Some("RS256") {
        return Err(VerifyError::Malformed("the token's algorithm"));
    }
    let key = head["kid"]
        .as_str()
        .and_then(|kid| keys.0.get(kid))
        .ok_or(VerifyError::Forged)?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| VerifyError::Malformed("the token"))?;
    RsaPublicKeyComponents { n: &key.n, e: &key.e }
        .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &signature)
        .map_err(|_| VerifyError::Forged)?;
    let claims = part(claims)?;
    in_time(&claims, now)?;
    let activity: Value = serde_json::from_slice(body).map_err(|_| VerifyError::Malformed("the activity"))?;
    let audience = claims["aud"].as_str() == Some(&door.app);
    let issuer = claims["iss"].as_str() == Some(&door.issuer);
    let service = claims["serviceurl"]
        .as_str()
        .or_else(|| claims["serviceUrl"].as_str());
    let service = service.is_some() && service == activity["serviceUrl"].as_str();
    let channel = activity["channelId"].as_str().unwrap_or_default();
    let endorsed = key.channels.iter().any(|c| c == channel);
    if audience && issuer && service && endorsed {
        return Ok(());
    }
    Err(VerifyError::Forged)
}

fn part(text: &str) -> Result<Value, VerifyError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(text)
        .map_err(|_| VerifyError::Malformed("the token"))?;
    serde_json::from_slice(&bytes).map_err(|_| VerifyError::Malformed("the token"))
}

fn in_time(claims: &Value, now: Timestamp) -> Result<(), VerifyError> {
    let now = now.0.div_euclid(1_000_000);
    let until = claims["exp"]
        .as_i64()
        .ok_or(VerifyError::Malformed("the token's end"))?;
    if now > until.saturating_add(WINDOW_SECONDS) {
        return Err(VerifyError::Stale { seconds: now - until });
    }
    let from = claims["nbf"]
        .as_i64()
        .or_else(|| claims["iat"].as_i64())
        .unwrap_or(now);
    if now < from.saturating_sub(WINDOW_SECONDS) {
        return Err(VerifyError::Future { seconds: from - now });
    }
    Ok(())
}

/// Reads a verified activity: words, a command (`tandem …` or `/tandem …`), or a click (`adaptiveCard/action`). `None` for
/// everything else, such as members who come and go.
///
/// # Errors
/// [`ParseError`] if it is no activity.
pub fn activity(body: &[u8], now: Timestamp) -> Result<Option<Inbound>, ParseError> {
    let body = json(WHAT, body)?;
    let said = match body["type"].as_str().ok_or(missing("type"))? {
        "message" => text(&body),
        "invoke" if body["name"].as_str() == Some("adaptiveCard/action") => Some(click(&body)?),
        _ => None,
    };
    let Some(said) = said else { return Ok(None) };
    let conversation = body["conversation"]["id"]
        .as_str()
        .ok_or(missing("conversation.id"))?;
    // In a channel the thread's first message stands behind the conversation.
    let (room, thread) = match conversation.split_once(";messageid=") {
        Some((room, thread)) => (room, Some(thread)),
        None => (conversation, body["replyToId"].as_str()),
    };
    let at = body["timestamp"].as_str().and_then(Timestamp::parse_rfc3339);
    let tenant = body
        .pointer("/channelData/tenant/id")
        .or_else(|| body.pointer("/conversation/tenantId"));
    Ok(Some(Inbound {
        channel: Channel::Teams,
        workspace: far_id(tenant.and_then(Value::as_str)),
        room: far_id(Some(room)).ok_or(missing("conversation.id"))?,
        thread: far_id(thread),
        // The directory's id stays when a person is renamed; the bot's own id for a person does too, but per bot.
        user: far_id(
            body["from"]["aadObjectId"]
                .as_str()
                .or_else(|| body["from"]["id"].as_str()),
        )
        .ok_or(missing("from.id"))?,
        said,
        at: at.unwrap_or(now),
        id: far_id(body["id"].as_str()).ok_or(missing("id"))?,
        trigger: None,
    }))
}

fn text(body: &Value) -> Option<Said> {
    let text = words(&without_mention(body["text"].as_str()?));
    let first = text.split(' ').next().unwrap_or_default();
    if matches!(first, "tandem" | "/tandem")
        && let Ok(said) = Command::parse(text.split_once(' ').map_or("", |(_, rest)| rest))
    {
        return Some(said);
    }
    (!text.is_empty()).then_some(Said::Text(text))
}

/// Takes `<at>Tandem</at>` away, with which people call the bot in a channel.
fn without_mention(text: &str) -> String {
    match (text.split_once("<at>"), text.split_once("</at>")) {
        (Some((before, _)), Some((_, after))) => format!("{before}{after}"),
        _ => text.to_owned(),
    }
}

fn click(body: &Value) -> Result<Said, ParseError> {
    let action = &body["value"]["action"];
    let verb = action["verb"]
        .as_str()
        .and_then(Verb::parse)
        .ok_or(missing("value.action.verb"))?;
    let target = action["data"]["target"]
        .as_str()
        .filter(|t| is_id(t))
        .ok_or(missing("value.action.data.target"))?;
    Ok(Said::Press {
        verb,
        target: target.to_owned(),
    })
}

const fn missing(part: &'static str) -> ParseError {
    ParseError::Missing { what: WHAT, part }
}
