//! Syslog lines: RFC 5424 and RFC 3164, told apart line by line.

use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

use super::{auditd, cef, json, keyvalue};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// True if a line begins like syslog: a priority in angle brackets, or a time of either RFC with a host behind it.
pub(crate) fn is_line(line: &str) -> bool {
    let after = priority(line).map_or(line, |(_, rest)| rest);
    let known = after.len() < line.len();
    (known && (after.starts_with("1 ") || after.starts_with(|c: char| c.is_ascii_alphanumeric())))
        || legacy_time(after).is_some()
        || (iso_time(after).is_some_and(|(_, rest)| rest.contains(": ") && !rest.contains(',')))
}

/// Parses one line into fields: `timestamp`, `hostname`, `appname`, `procid`, `msgid`, `facility`, `severity`, structured
/// data as `sd.ID.PARAM` and `PARAM`, and `message`. A body of CEF, LEEF, JSON, auditd or key=value pairs is opened too.
///
/// # Errors
/// When the line is not syslog.
pub(crate) fn parse(line: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    let (pri, rest) = priority(line).map_or((None, line), |(pri, rest)| (Some(pri), rest));
    if let Some(pri) = pri {
        event.field("facility", Value::Int(i64::from(pri / 8)));
        event.field("severity", Value::Int(i64::from(pri % 8)));
    }
    let body = match rest.strip_prefix("1 ") {
        Some(rest) => modern(rest, event)?,
        None => legacy(rest, event)?,
    };
    let body = body.trim_start_matches('\u{feff}').trim_end();
    event.field("message", Value::Text(body));
    open_body(body, event)
}

/// Opens what the body holds.
///
/// # Errors
/// When it says that it is CEF or LEEF and is not; anything else may just be text.
pub(crate) fn open_body(body: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    if body.starts_with("CEF:") {
        return cef::parse_cef(body, event);
    }
    if body.starts_with("LEEF:") {
        return cef::parse_leef(body, event);
    }
    if let Some(at) = body.find("CEF:").filter(|at| *at < 200) {
        let _ = cef::parse_cef(body.get(at..).unwrap_or_default(), event);
    } else if let Some(at) = body.find("LEEF:").filter(|at| *at < 200) {
        let _ = cef::parse_leef(body.get(at..).unwrap_or_default(), event);
    } else if body.starts_with('{') && body.ends_with('}') {
        let _ = json::open(body.as_bytes(), event);
    } else if auditd::is_line(body.as_bytes()) {
        let _ = auditd::parse(body, event);
    } else {
        keyvalue::open(body, event);
    }
    Ok(())
}

fn priority(line: &str) -> Option<(u8, &str)> {
    let (digits, rest) = line.strip_prefix('<')?.split_once('>')?;
    let pri: u8 = digits.parse().ok().filter(|_| digits.len() <= 3)?;
    (pri <= 191).then_some((pri, rest))
}

/// RFC 5424 after the version: TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG.
fn modern<'t>(text: &'t str, event: &mut EventBuilder<'_>) -> Result<&'t str, String> {
    let mut rest = text;
    for name in ["timestamp", "hostname", "appname", "procid", "msgid"] {
        let (word, after) = rest
            .split_once(' ')
            .ok_or_else(|| format!("the RFC 5424 head ends before {name}"))?;
        if word != "-" {
            event.field(name, Value::Text(word));
        }
        rest = after;
    }
    structured(rest, event)
}

/// STRUCTURED-DATA: `-` or elements `[id param="value" …]`; gives what follows.
fn structured<'t>(text: &'t str, event: &mut EventBuilder<'_>) -> Result<&'t str, String> {
    if let Some(rest) = text.strip_prefix('-') {
        return Ok(rest.trim_start());
    }
    let mut rest = text;
    while let Some(inner) = rest.strip_prefix('[') {
        let end = element_end(inner).ok_or("the structured data is not closed by `]`")?;
        let element = inner.get(..end).unwrap_or_default();
        let (id, params) = element.split_once(' ').unwrap_or((element, ""));
        let bare = id.split('@').next().unwrap_or(id);
        for (key, value) in parameters(params) {
            event.field(&format!("sd.{bare}.{key}"), Value::Text(&value));
            event.field(key, Value::Text(&value));
        }
        rest = inner.get(end + 1..).unwrap_or_default();
    }
    Ok(rest.trim_start())
}

fn element_end(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

fn parameters(text: &str) -> Vec<(&str, String)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((key, after)) = rest.split_once("=\"") {
        let mut value = String::new();
        let mut end = after.len();
        let mut escaped = false;
        for (at, letter) in after.char_indices() {
            match letter {
                '\\' if !escaped => escaped = true,
                '"' if !escaped => {
                    end = at + 1;
                    break;
                }
                other => {
                    if escaped && !matches!(other, '"' | '\\' | ']') {
                        value.push('\\');
                    }
                    value.push(other);
                    escaped = false;
                }
            }
        }
        found.push((key.trim(), value));
        rest = after.get(end..).unwrap_or_default();
    }
    found
}

/// RFC 3164 and what is commonly sent in its place: TIME HOST TAG[PID]: MSG. Before CEF and LEEF, whose own fields say as much,
/// the host or the whole head may be missing.
fn legacy<'t>(text: &'t str, event: &mut EventBuilder<'_>) -> Result<&'t str, String> {
    if is_message(text) {
        return Ok(text);
    }
    let (time, rest) = legacy_time(text)
        .or_else(|| iso_time(text))
        .ok_or("no time at the start; RFC 3164 wants `Jan  2 15:04:05`, RFC 5424 `1 2026-01-02T15:04:05Z`")?;
    event.field("timestamp", Value::Text(time));
    // Firewalls put a colon behind the time and leave out the host.
    let bare = rest.strip_prefix(": ");
    let rest = bare.unwrap_or(rest).trim_start();
    if bare.is_some() || is_message(rest) {
        return Ok(rest);
    }
    let (host, rest) = rest.split_once(' ').unwrap_or((rest, ""));
    event.field("hostname", Value::Text(host));
    let tag_end = rest
        .find(|c: char| !(c.is_alphanumeric() || "._-/()".contains(c)))
        .unwrap_or(rest.len());
    let (tag, after) = (
        rest.get(..tag_end).unwrap_or_default(),
        rest.get(tag_end..).unwrap_or_default(),
    );
    let (pid, after) = match after.strip_prefix('[').and_then(|a| a.split_once(']')) {
        Some((pid, after)) => (Some(pid), after),
        None => (None, after),
    };
    // A body of CEF or LEEF behind a head without a tag is no tag itself.
    let Some(message) = after
        .strip_prefix(':')
        .filter(|_| !matches!(tag, "" | "CEF" | "LEEF"))
    else {
        return Ok(rest);
    };
    event.field("appname", Value::Text(tag));
    if let Some(pid) = pid {
        event.field("procid", Value::Text(pid));
    }
    Ok(message.strip_prefix(' ').unwrap_or(message))
}

/// True for a body that needs no head.
fn is_message(text: &str) -> bool {
    text.starts_with("CEF:") || text.starts_with("LEEF:")
}

/// `Jan  2 15:04:05`, also with a year before or after, as some devices write it.
fn legacy_time(text: &str) -> Option<(&str, &str)> {
    let month = text.get(..3)?;
    if !MONTHS.contains(&month) || text.as_bytes().get(3) != Some(&b' ') {
        return None;
    }
    let bytes = text.as_bytes();
    let colon = memchr::memchr(b':', bytes.get(..24.min(bytes.len()))?)?;
    let seconds = colon.checked_add(6)?;
    let time = text.get(colon.checked_sub(2)?..seconds)?;
    if time.as_bytes().get(5) != Some(&b':') {
        return None;
    }
    let mut end = seconds;
    if bytes.get(end) == Some(&b'.') {
        end += 1 + bytes
            .get(end + 1..)?
            .iter()
            .take_while(|b| b.is_ascii_digit())
            .count();
    }
    let year = text.get(end..end + 6).and_then(|year| year.strip_prefix(" "));
    if year.is_some_and(|year| {
        (year.starts_with("19") || year.starts_with("20"))
            && year.trim_end().parse().is_ok_and(|y: u16| y > 1_900)
    }) {
        end += 5;
    }
    Some((text.get(..end)?, text.get(end..)?))
}

/// An RFC 3339 time where RFC 3164 has its own (rsyslog's high-precision format).
fn iso_time(text: &str) -> Option<(&str, &str)> {
    let (word, rest) = text.split_once(' ')?;
    let bytes = word.as_bytes();
    let shape = bytes.len() >= 19
        && bytes.get(4) == Some(&b'-')
        && bytes.get(10) == Some(&b'T')
        && bytes.get(13) == Some(&b':');
    shape.then_some((word, rest))
}
