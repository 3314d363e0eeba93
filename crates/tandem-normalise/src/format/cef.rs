//! CEF (ArcSight, version 25 of the guide) and LEEF (QRadar, 1.0 and 2.0), bare or behind a syslog head.

use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

/// Names of CEF's seven head fields.
const CEF_HEAD: [&str; 7] = [
    "CEFVersion",
    "DeviceVendor",
    "DeviceProduct",
    "DeviceVersion",
    "DeviceEventClassID",
    "Name",
    "Severity",
];
/// Names of LEEF's head fields.
const LEEF_HEAD: [&str; 5] = ["LEEFVersion", "Vendor", "Product", "ProductVersion", "EventID"];

/// Parses a CEF text from `CEF:` on.
///
/// # Errors
/// When the head has fewer than seven parts.
pub(crate) fn parse_cef(text: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    let body = text
        .strip_prefix("CEF:")
        .ok_or("the line does not begin with CEF:")?;
    let mut parts = Vec::with_capacity(7);
    let mut rest = body;
    while parts.len() < 7 {
        match split_unescaped(rest, '|') {
            Some((part, after)) => {
                parts.push(part);
                rest = after;
            }
            None if parts.len() == 6 => {
                parts.push(rest);
                rest = "";
            }
            None => {
                return Err(format!(
                    "the CEF head has {} parts, 7 are needed",
                    parts.len() + 1
                ));
            }
        }
    }
    for (name, part) in CEF_HEAD.iter().zip(&parts) {
        event.field(name, Value::Text(&unescape(part)));
    }
    extensions(rest, event);
    Ok(())
}

/// `key=value` where a value runs until the next ` key=`; `\=`, `\\`, `\n`, `\r` are escapes.
fn extensions(text: &str, event: &mut EventBuilder<'_>) {
    let mut pending: Option<(&str, usize)> = None;
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(found) = memchr::memchr(b'=', bytes.get(at..).unwrap_or_default()).map(|n| at + n) {
        at = found + 1;
        if found > 0 && bytes.get(found - 1) == Some(&b'\\') {
            continue;
        }
        let before = text.get(..found).unwrap_or_default();
        let start = before.rfind([' ', '\t']).map_or(0, |n| n + 1);
        let key = before.get(start..).unwrap_or_default();
        let named = !key.is_empty()
            && key
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.-[]".contains(c));
        if !named || pending.is_some_and(|(_, value)| start < value) {
            continue;
        }
        if let Some((key, value)) = pending.replace((key, found + 1)) {
            put(event, key, text.get(value..start).unwrap_or_default());
        }
    }
    if let Some((key, value)) = pending {
        put(event, key, text.get(value..).unwrap_or_default());
    }
}

fn put(event: &mut EventBuilder<'_>, key: &str, value: &str) {
    event.field(key, Value::Text(&unescape(value.trim_end())));
}

/// Parses a LEEF text from `LEEF:` on.
///
/// # Errors
/// When the head has fewer than five parts.
pub(crate) fn parse_leef(text: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    let body = text
        .strip_prefix("LEEF:")
        .ok_or("the line does not begin with LEEF:")?;
    let mut parts = body.splitn(6, '|');
    for (index, name) in LEEF_HEAD.iter().enumerate() {
        let part = parts
            .next()
            .ok_or_else(|| format!("the LEEF head has {index} parts, 5 are needed"))?;
        event.field(name, Value::Text(part));
    }
    let mut rest = parts.next().unwrap_or_default();
    let mut delimiter = '\t';
    if body.starts_with('2')
        && let Some((sign, after)) = rest.split_once('|')
        && let Some(sign) = leef_delimiter(sign)
    {
        (delimiter, rest) = (sign, after);
    }
    for pair in rest.split(delimiter) {
        if let Some((key, value)) = pair.split_once('=').filter(|(key, _)| !key.trim().is_empty()) {
            event.field(key.trim(), Value::Text(value));
        }
    }
    Ok(())
}

/// LEEF 2.0 names its delimiter: one character, or its number as `x09` or `0x09`.
fn leef_delimiter(sign: &str) -> Option<char> {
    let mut letters = sign.chars();
    match (letters.next(), letters.next()) {
        (None, _) => Some('\t'),
        (Some(letter), None) => Some(letter),
        _ => {
            let digits = sign.trim_start_matches("0x").trim_start_matches('x');
            u32::from_str_radix(digits, 16).ok().and_then(char::from_u32)
        }
    }
}

fn split_unescaped(text: &str, sign: char) -> Option<(&str, &str)> {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        if letter == sign && !escaped {
            return Some((text.get(..at)?, text.get(at + sign.len_utf8()..)?));
        }
        escaped = letter == '\\' && !escaped;
    }
    None
}

fn unescape(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('\\') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            out.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some(other @ ('\\' | '=' | '|')) => out.push(other),
            // A lone backslash is part of a Windows path that a careless sender did not escape.
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out.into()
}
