//! Matrix: `m.room.message` with HTML (spec.matrix.org, client-server API v1.11, 11.2 "Instant messaging", 11.36 threads).
//!
//! Matrix knows no buttons: the message says what to type instead.

use serde_json::{Value, json};

use super::OPEN;
use crate::notice::Notice;
use crate::text;

/// Most bytes of an event are 65,536 with all its envelope; content keeps well below.
const MAX_SENTENCES: usize = 12_000;

/// What starts a command in a Matrix room.
pub const COMMAND: &str = "!tandem";

/// The content of the message, without its relation to a thread.
pub fn content(notice: &Notice) -> Value {
    let (kept, dropped) = text::fit(&notice.sentences, MAX_SENTENCES, |s| text::html(s).len() * 2 + 16);
    let mut lines: Vec<String> = kept.to_vec();
    lines.extend(notice.facts());
    lines.extend(text::left_out(dropped));
    let commands: Vec<String> = notice
        .buttons
        .iter()
        .map(|b| format!("{COMMAND} {} {}", b.verb.as_str(), b.target))
        .collect();
    let mut body = format!("{}\n{}\n", notice.heading(), notice.title);
    let mut page = format!(
        "<p><strong>{}</strong><br>{}</p>",
        text::html(&notice.heading()),
        text::html(&notice.title)
    );
    for line in &lines {
        body.push_str(line);
        body.push('\n');
        page.push_str(&format!("<p>{}</p>", text::html(line)));
    }
    for command in &commands {
        body.push_str(&format!("Answer with: {command}\n"));
        page.push_str(&format!(
            "<p>Answer with: <code>{}</code></p>",
            text::html(command)
        ));
    }
    body.push_str(&notice.link);
    page.push_str(&format!(
        "<p><a href=\"{}\">{OPEN}</a></p>",
        text::html(&notice.link)
    ));
    json!({
        "msgtype": "m.text",
        "body": body,
        "format": "org.matrix.custom.html",
        "formatted_body": page,
        // Says that nobody is called by this message, whatever its words look like (11.37 mentions).
        "m.mentions": {},
        "tandem.key": notice.key.to_string(),
    })
}

/// Puts `content` into the thread under `root` (11.36.1), with the reply fallback for clients that know no threads.
pub fn in_thread(mut content: Value, root: &str) -> Value {
    if let Some(fields) = content.as_object_mut() {
        fields.insert(
            "m.relates_to".to_owned(),
            json!({
                "rel_type": "m.thread",
                "event_id": root,
                "is_falling_back": true,
                "m.in_reply_to": {"event_id": root},
            }),
        );
    }
    content
}

/// An event that takes the place of `replaced` (11.38 event replacements).
pub fn in_place_of(content: Value, replaced: &str) -> Value {
    let mut outer = content.clone();
    if let Some(fields) = outer.as_object_mut() {
        let body = fields.get("body").and_then(Value::as_str).unwrap_or_default();
        fields.insert("body".to_owned(), Value::String(format!("* {body}")));
        fields.insert("m.new_content".to_owned(), content);
        fields.insert(
            "m.relates_to".to_owned(),
            json!({"rel_type": "m.replace", "event_id": replaced}),
        );
    }
    outer
}
