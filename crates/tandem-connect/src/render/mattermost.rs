//! Mattermost: a post with a message attachment and interactive buttons (developers.mattermost.com, "Message attachments",
//! "Interactive messages").

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::notice::{Button, Notice, Verb};
use crate::secret::Secret;
use crate::text;

/// Longest message of a post, characters (model.PostMessageMaxRunesV2).
pub const MAX_MESSAGE: usize = 16_383;
/// Characters of sentences in one post.
const MAX_SENTENCES: usize = 8_000;

/// Where Mattermost sends clicks, and the secret that proves a click is on a button of ours: Mattermost signs nothing, but it
/// hands the button's context back unchanged and never shows it to a client.
#[derive(Debug, Clone)]
pub struct Clicks {
    /// Tandem's address for clicks, reachable from the Mattermost server.
    pub url: String,
    /// Secret of the buttons' seals.
    pub secret: Secret,
}

/// `message` and `props` of a post, without channel and root. Without `clicks` there are no buttons, only the link.
pub fn post(notice: &Notice, clicks: Option<&Clicks>) -> Value {
    let escaped: Vec<String> = notice.sentences.iter().map(|s| text::markdown(s)).collect();
    let (kept, dropped) = text::fit(&escaped, MAX_SENTENCES, |s| s.chars().count() + 1);
    let mut lines = kept.to_vec();
    lines.extend(notice.facts().map(|facts| text::markdown(&facts)));
    lines.extend(text::left_out(dropped));
    let mut attachment = json!({
        "fallback": format!("{}: {}", notice.heading(), notice.title),
        "title": notice.title,
        "title_link": notice.link,
        "text": lines.join("\n"),
    });
    let actions: Vec<Value> = clicks
        .into_iter()
        .flat_map(|clicks| {
            let numbered = notice.buttons.iter().enumerate();
            numbered.map(|(place, button)| action(place, button, notice, clicks))
        })
        .collect();
    if let (false, Some(fields)) = (actions.is_empty(), attachment.as_object_mut()) {
        fields.insert("actions".to_owned(), Value::Array(actions));
    }
    json!({
        "message": text::clip(&format!("**{}**", text::markdown(&notice.heading())), MAX_MESSAGE),
        "props": {
            "attachments": [attachment],
            "tandem_key": notice.key.to_string(),
            "disable_group_highlight": true,
        },
    })
}

/// The body for an incoming webhook: the same, as that endpoint names it, and without buttons that would need a bot.
pub fn webhook(notice: &Notice) -> Value {
    let mut post = post(notice, None);
    let attachments = post
        .pointer_mut("/props/attachments")
        .map(Value::take)
        .unwrap_or_default();
    json!({
        "text": post["message"],
        "attachments": attachments,
    })
}

fn action(place: usize, button: &Button, notice: &Notice, clicks: &Clicks) -> Value {
    json!({
        // Letters and digits only, or Mattermost does not find the button again.
        "id": format!("tandem{}{place}", button.verb.as_str()),
        "type": "button",
        "name": button.verb.words(),
        "integration": {
            "url": clicks.url,
            "context": {
                "verb": button.verb.as_str(),
                "target": button.target,
                "notice": notice.key.to_string(),
                "seal": seal(&clicks.secret, button, &notice.key.0),
            },
        },
    })
}

/// HMAC-SHA256 over verb, target and the notice's key, hexadecimal.
fn seal(secret: &Secret, button: &Button, notice: &str) -> String {
    sealer(secret, button.verb, &button.target, notice)
        .map(|mac| crate::hex::encode(&mac.finalize().into_bytes()))
        .unwrap_or_default()
}

/// The keyed hash before it is finished, so that a check can compare in constant time. Without a secret there is no seal and
/// nothing matches.
pub(crate) fn sealer(secret: &Secret, verb: Verb, target: &str, notice: &str) -> Option<Hmac<Sha256>> {
    if secret.expose().is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    for part in ["tandem-button", verb.as_str(), target, notice] {
        mac.update(part.as_bytes());
        mac.update(b"\0");
    }
    Some(mac)
}
