//! Linux audit records: `type=SYSCALL msg=audit(1700000000.123:456): key=value …`. Lines of one audit id are one record.

use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

use super::keyvalue;

/// True if a line is an audit record, possibly after `node=`.
pub(crate) fn is_line(line: &[u8]) -> bool {
    id(line).is_some() && memchr::memmem::find(line.get(..300).unwrap_or(line), b"type=").is_some()
}

/// The audit id of a line: the text inside `audit(…)`.
pub(crate) fn id(line: &[u8]) -> Option<&[u8]> {
    let head = line.get(..400).unwrap_or(line);
    let start = memchr::memmem::find(head, b"msg=audit(")? + 10;
    let len = memchr::memchr(b')', head.get(start..)?)?;
    head.get(start..start + len)
}

/// Parses the lines of one audit id.
///
/// # Errors
/// When no line is an audit record.
pub(crate) fn parse(record: &str, event: &mut EventBuilder<'_>) -> Result<(), String> {
    let mut any = false;
    for line in record.lines().filter(|l| !l.trim().is_empty()) {
        let Some(id) = id(line.as_bytes()).and_then(|id| std::str::from_utf8(id).ok()) else {
            continue;
        };
        if !any {
            let (time, serial) = id.split_once(':').unwrap_or((id, ""));
            event.field("time", Value::Text(time));
            event.field("audit_id", Value::Text(serial));
        }
        any = true;
        // The enriched part after a group separator repeats ids as names: UID="root".
        keyvalue::pairs(line, |key, value| {
            if key == "msg" && value.starts_with("audit(") {
                return;
            }
            let value = value.trim_matches('\'');
            if key == "msg" {
                // User messages nest their pairs: msg='op=login acct="x" …'.
                keyvalue::pairs(value, |key, value| put(event, key, value));
            } else {
                put(event, key, value);
            }
        });
    }
    if any {
        Ok(())
    } else {
        Err("no audit record in the line: `msg=audit(time:serial)` is missing".to_owned())
    }
}

/// Audit writes text that may hold blanks as hexadecimal digits.
const HEX_FIELDS: [&str; 8] = ["proctitle", "name", "cwd", "exe", "comm", "cmd", "data", "acct"];

fn put(event: &mut EventBuilder<'_>, key: &str, value: &str) {
    let argument = key
        .strip_prefix('a')
        .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    if (HEX_FIELDS.contains(&key) || argument)
        && let Some(text) = unhex(value)
    {
        event.field(key, Value::Text(&text));
        return;
    }
    event.field(key, Value::Text(value));
}

/// Hexadecimal digits of printable text, or nothing. Short numbers stay numbers: four bytes are needed to be sure.
fn unhex(value: &str) -> Option<String> {
    let digits = value.as_bytes();
    let hex = digits.len() >= 8 && digits.len().is_multiple_of(2) && digits.iter().all(u8::is_ascii_hexdigit);
    if !hex {
        return None;
    }
    let nibble = |b: u8| (b as char).to_digit(16).unwrap_or(0) as u8;
    let bytes: Vec<u8> = digits
        .chunks_exact(2)
        .map(|p| nibble(p[0]) << 4 | nibble(p[1]))
        .map(|b| if b == 0 { b' ' } else { b })
        .collect();
    let text = String::from_utf8(bytes).ok()?;
    text.chars()
        .all(|c| !c.is_control() || c == '\t' || c == '\n')
        .then_some(text)
}
