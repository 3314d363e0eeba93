//! Microsoft Teams: Adaptive Cards 1.5 (adaptivecards.io/explorer), for a workflow's webhook and for a Bot Framework bot.
//!
//! Texts stand in `RichTextBlock`s, whose runs know no Markdown, so no text can make a link.

use serde_json::{Value, json};

use super::OPEN;
use crate::notice::Notice;
use crate::text;

/// Most bytes of a message: Teams takes about 28 KB, and what is larger is lost without a word (learn.microsoft.com,
/// "Create incoming webhooks", "Format cards in Teams").
pub const MAX_BYTES: usize = 28 * 1024;

/// Content type of an Adaptive Card attachment.
pub const CARD_TYPE: &str = "application/vnd.microsoft.card.adaptive";

/// What a card can do besides leading back to Tandem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A workflow's webhook: nothing comes back, so the card has links only.
    LinksOnly,
    /// A bot: buttons come back to it as `adaptiveCard/action` (Action.Execute).
    Buttons,
}

/// The body for a workflow's webhook ("When a Teams webhook request is received").
pub fn webhook(notice: &Notice) -> Value {
    within(
        notice,
        |kept, dropped| json!({"type": "message", "attachments": [attachment(&card(notice, kept, dropped, Reach::LinksOnly))]}),
    )
}

/// The activity that a bot posts (Bot Framework, "Activity" schema), without conversation and sender.
pub fn activity(notice: &Notice) -> Value {
    within(notice, |kept, dropped| {
        json!({
            "type": "message",
            "summary": text::clip(&format!("{}: {}", notice.heading(), notice.title), 300),
            "attachments": [attachment(&card(notice, kept, dropped, Reach::Buttons))],
        })
    })
}

fn attachment(card: &Value) -> Value {
    json!({"contentType": CARD_TYPE, "contentUrl": null, "content": card})
}

/// Leaves out sentences from the end until the whole body fits; title and links of a checked notice always do.
fn within(notice: &Notice, build: impl Fn(&[String], usize) -> Value) -> Value {
    let mut kept = notice.sentences.len();
    loop {
        let sentences = notice.sentences.get(..kept).unwrap_or_default();
        let body = build(sentences, notice.sentences.len() - kept);
        if kept == 0 || body.to_string().len() <= MAX_BYTES {
            return body;
        }
        kept -= 1;
    }
}

fn card(notice: &Notice, sentences: &[String], dropped: usize, reach: Reach) -> Value {
    let mut body = vec![
        run(&notice.heading(), json!({"weight": "Bolder", "size": "Medium"})),
        run(&notice.title, json!({"weight": "Bolder"})),
    ];
    body.extend(sentences.iter().map(|sentence| run(sentence, json!({}))));
    for fact in notice.facts().into_iter().chain(text::left_out(dropped)) {
        body.push(run(&fact, json!({"isSubtle": true, "size": "Small"})));
    }
    json!({
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.5",
        // Clients that are too old read this as Markdown, so it holds no free text.
        "fallbackText": format!("{}. {}", notice.heading(), notice.link),
        "body": body,
        "actions": actions(notice, reach),
    })
}

fn actions(notice: &Notice, reach: Reach) -> Vec<Value> {
    let mut actions = Vec::new();
    if reach == Reach::Buttons {
        actions.extend(notice.buttons.iter().map(|button| {
            json!({
                "type": "Action.Execute",
                "title": button.verb.words(),
                "verb": button.verb.as_str(),
                "data": {"target": button.target},
            })
        }));
    }
    actions.push(json!({"type": "Action.OpenUrl", "title": OPEN, "url": notice.link}));
    actions
}

fn run(words: &str, style: Value) -> Value {
    let mut run = json!({"type": "TextRun", "text": words});
    if let (Some(run), Value::Object(style)) = (run.as_object_mut(), style) {
        run.extend(style);
    }
    json!({"type": "RichTextBlock", "inlines": [run]})
}
