//! `key=value key="quoted value"` texts.

use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

/// Calls `each` for every pair; a value may be quoted with `"` or `'`. Returns how many pairs there were.
pub(crate) fn pairs<'t>(text: &'t str, mut each: impl FnMut(&'t str, &'t str)) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut count) = (0, 0);
    while at < bytes.len() {
        while at < bytes.len() && matches!(bytes[at], b' ' | b'\t' | b',' | b'\x1d') {
            at += 1;
        }
        let key_start = at;
        while at < bytes.len() && !matches!(bytes[at], b'=' | b' ' | b'\t' | b'\x1d') {
            at += 1;
        }
        if at >= bytes.len() || bytes[at] != b'=' {
            continue;
        }
        let key = text.get(key_start..at).unwrap_or_default();
        at += 1;
        let quote = bytes.get(at).copied().filter(|q| matches!(q, b'"' | b'\''));
        let start = at + usize::from(quote.is_some());
        let mut end = start;
        match quote {
            Some(quote) => {
                while end < bytes.len() && bytes[end] != quote {
                    end += if bytes[end] == b'\\' { 2 } else { 1 };
                }
                end = end.min(bytes.len());
                at = end + 1;
            }
            None => {
                while end < bytes.len() && !matches!(bytes[end], b' ' | b'\t' | b'\x1d') {
                    end += 1;
                }
                at = end;
            }
        }
        if !key.is_empty() {
            count += 1;
            each(key, text.get(start..end).unwrap_or_default());
        }
    }
    count
}

/// Opens a text of at least two pairs into fields; true if it was one. Which program wrote the text is said before it: a command
/// `sudo x appname=cron` must not be taken for a message of cron.
pub(crate) fn open(text: &str, event: &mut EventBuilder<'_>) -> bool {
    // Prose with one equals sign is no table of pairs.
    let mut named = 0;
    pairs(text, |key, _| {
        named += usize::from(
            key.chars()
                .all(|c| c.is_ascii_alphanumeric() || "._-".contains(c)),
        )
    });
    if named < 2 {
        return false;
    }
    let said = event.get("appname").is_some();
    pairs(text, |key, value| {
        if !(said && key == "appname") {
            event.field(key, Value::Text(value));
        }
    });
    true
}
