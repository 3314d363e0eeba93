//! Slack: Block Kit (docs.slack.dev, "Block Kit reference").

use serde_json::{Value, json};

use super::OPEN;
use crate::notice::{Button, Notice};
use crate::text;

/// Most blocks of a message.
pub const MAX_BLOCKS: usize = 50;
/// Longest text of a section, characters.
pub const MAX_SECTION: usize = 3_000;
/// Longest text of a header, characters.
pub const MAX_HEADER: usize = 150;
/// Longest fallback text that notifications show, characters; Slack advises at most 4,000.
const MAX_FALLBACK: usize = 3_000;
/// Characters of sentences in one message, all sections together: a message longer than a screen is not read.
const MAX_SENTENCES: usize = 9_000;

/// The prefix of every `action_id` of ours.
pub const ACTION: &str = "tandem.";

/// `text`, `blocks` and `metadata` for `chat.postMessage` and `chat.update`, without channel and thread.
pub fn message(notice: &Notice) -> Value {
    let mut blocks = vec![json!({
        "type": "header",
        "text": {"type": "plain_text", "text": text::clip(&notice.heading(), MAX_HEADER), "emoji": false},
    })];
    blocks.push(section(&format!("*{}*", text::slack(&notice.title))));
    let escaped: Vec<String> = notice.sentences.iter().map(|s| text::slack(s)).collect();
    let (kept, dropped) = text::fit(&escaped, MAX_SENTENCES, |s| s.chars().count() + 1);
    for paragraph in paragraphs(kept) {
        blocks.push(section(&paragraph));
    }
    let facts: Vec<String> = notice
        .facts()
        .into_iter()
        .chain(text::left_out(dropped))
        .collect();
    if !facts.is_empty() {
        blocks.push(json!({
            "type": "context",
            "elements": facts.iter().map(|f| mrkdwn(&text::slack(f))).collect::<Vec<_>>(),
        }));
    }
    blocks.push(json!({"type": "actions", "elements": elements(notice)}));
    blocks.truncate(MAX_BLOCKS);
    let fallback = format!("{}: {} {}", notice.heading(), notice.title, notice.link);
    json!({
        "text": text::clip(&text::slack(&fallback), MAX_FALLBACK),
        "blocks": blocks,
        "unfurl_links": false,
        "unfurl_media": false,
        "metadata": {
            "event_type": "tandem_notice",
            "event_payload": {"key": notice.key.to_string()},
        },
    })
}

/// A modal view in which somebody writes a question to the other side or a reason (`views.open`); what is sent back carries
/// `target` as `private_metadata`.
pub fn question_view(title: &str, label: &str, target: &str) -> Value {
    json!({
        "type": "modal",
        "callback_id": "tandem.ask",
        "private_metadata": target,
        "title": {"type": "plain_text", "text": text::clip(&text::plain(title), 24)},
        "submit": {"type": "plain_text", "text": "Send"},
        "close": {"type": "plain_text", "text": "Cancel"},
        "blocks": [{
            "type": "input",
            "block_id": "words",
            "label": {"type": "plain_text", "text": text::clip(&text::plain(label), 150)},
            "element": {"type": "plain_text_input", "action_id": "words", "multiline": true, "max_length": 3000},
        }],
    })
}

fn elements(notice: &Notice) -> Vec<Value> {
    let mut elements: Vec<Value> = notice.buttons.iter().enumerate().map(button).collect();
    elements.push(json!({
        "type": "button",
        "action_id": format!("{ACTION}open"),
        "text": {"type": "plain_text", "text": OPEN},
        "url": notice.link,
    }));
    elements
}

fn button((place, button): (usize, &Button)) -> Value {
    // An action_id must be unique in its block; the same verb may stand there twice with different targets.
    json!({
        "type": "button",
        "action_id": format!("{ACTION}{}.{place}", button.verb.as_str()),
        "text": {"type": "plain_text", "text": button.verb.words()},
        "value": button.target,
    })
}

fn section(markup: &str) -> Value {
    json!({"type": "section", "text": mrkdwn(markup)})
}

fn mrkdwn(markup: &str) -> Value {
    json!({"type": "mrkdwn", "text": markup, "verbatim": true})
}

/// Sentences joined by line breaks into texts that each fit one section.
fn paragraphs(sentences: &[String]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for sentence in sentences {
        let sentence = text::clip(sentence, MAX_SECTION);
        match out.last_mut() {
            Some(last) if last.chars().count() + 1 + sentence.chars().count() <= MAX_SECTION => {
                last.push('\n');
                last.push_str(&sentence);
            }
            _ => out.push(sentence),
        }
    }
    out
}
