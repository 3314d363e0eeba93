//! Records of the systemd journal as JSON: messages of syslog, and what journald knows of who sent them.
//!
//! systemd, "Journal Export Formats", section "Journal JSON Format": a field is a text, a list of numbers (its bytes, where they
//! are no printable UTF-8), nothing (left out for its size), or a list of these if the field stands several times. Names of
//! fields are capitals (`systemd.journal-fields(7)`), so those of syslog, added here, are never among them. They are added
//! before the message is opened: what somebody writes into one is found behind what journald says.

use std::fmt;

use memchr::memmem;
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, SeqAccess, Visitor};
use tandem_domain::Value;
use tandem_domain::event::EventBuilder;
use tandem_domain::time::MICROS_PER_SECOND;
use xxhash_rust::xxh3::xxh3_128;

use super::{auditd, syslog};

const CURSOR: &str = "__CURSOR";
const TIME: &str = "__REALTIME_TIMESTAMP";
/// Times that are believed, microseconds since 1970: the years 1980 to 2199.
const TIMES: std::ops::Range<i64> = 315_532_800_000_000..7_258_118_400_000_000;

/// The fields of syslog, and those of the journal that say the same; the first that stands counts.
const TEXTS: [(&str, [&str; 2]); 3] = [
    ("hostname", ["_HOSTNAME", "HOSTNAME"]),
    ("appname", ["SYSLOG_IDENTIFIER", "_COMM"]),
    ("procid", ["SYSLOG_PID", "_PID"]),
];
const NUMBERS: [(&str, &str); 2] = [("severity", "PRIORITY"), ("facility", "SYSLOG_FACILITY")];

/// True if the record is an object with a cursor of its own.
pub(crate) fn is_record(record: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(rename = "__CURSOR")]
        _cursor: IgnoredAny,
    }
    // Looked for first: almost no other record pays for a second reading.
    memmem::find(record, b"\"__CURSOR\"").is_some() && serde_json::from_slice::<Head>(record).is_ok()
}

/// The values of a field that is written as a list.
#[derive(Debug, Default)]
pub(crate) struct Values {
    /// What stood in it; nothing where a value was left out for its size.
    pub(crate) texts: Vec<Option<String>>,
    /// At least one of them was written as bytes.
    pub(crate) from_bytes: bool,
}

impl Values {
    fn bytes(&mut self, bytes: &[u8]) {
        self.texts.push(Some(String::from_utf8_lossy(bytes).into_owned()));
        self.from_bytes = true;
    }
}

/// Reads a list: the bytes of one value, or several values.
///
/// # Errors
/// When it holds anything else, or both.
pub(crate) fn list<'de, A: SeqAccess<'de>>(list: &mut A) -> Result<Values, A::Error> {
    let (mut values, mut bytes) = (Values::default(), Vec::new());
    while let Some(piece) = list.next_element()? {
        match piece {
            Piece::Byte(byte) => bytes.push(byte),
            Piece::Bytes(inner) => values.bytes(&inner),
            Piece::Text(text) => values.texts.push(text),
        }
        if !bytes.is_empty() && !values.texts.is_empty() {
            return Err(de::Error::custom("bytes stand beside texts"));
        }
    }
    if !bytes.is_empty() {
        values.bytes(&bytes);
    }
    Ok(values)
}

/// One element of a list.
enum Piece {
    Byte(u8),
    Bytes(Vec<u8>),
    Text(Option<String>),
}

impl<'de> Deserialize<'de> for Piece {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Piece;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a byte, a text or a list of bytes")
            }

            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Piece, E> {
                let byte = u8::try_from(value);
                byte.map(Piece::Byte)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
            }

            fn visit_str<E: de::Error>(self, value: &str) -> Result<Piece, E> {
                Ok(Piece::Text(Some(value.to_owned())))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Piece, E> {
                Ok(Piece::Text(None))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Piece, A::Error> {
                let mut bytes = Vec::new();
                while let Some(byte) = list.next_element()? {
                    bytes.push(byte);
                }
                Ok(Piece::Bytes(bytes))
            }
        }
        deserializer.deserialize_any(Read)
    }
}

/// Adds the fields of syslog, opens the message like one of syslog, and gives the record's identity: `journalctl` writes the
/// fields of a record in another order each time, so its bytes are none. The cursor is; time, host and message stand beside it
/// so that records that differ are never taken for one.
///
/// # Errors
/// When cursor or time are not what journald writes, or the message says that it is CEF or LEEF and is not.
pub(crate) fn complete(event: &mut EventBuilder<'_>) -> Result<u128, String> {
    let cursor = text(event, CURSOR).ok_or_else(|| format!("the journal's field {CURSOR} is no text"))?;
    let time = time(event)?;
    event.field("timestamp", Value::Int(time));
    for (ours, theirs) in TEXTS {
        if let Some(said) = theirs.iter().find_map(|name| text(event, name)) {
            event.field(ours, Value::Text(&said));
        }
    }
    for (ours, theirs) in NUMBERS {
        if let Some(number) = number(event, theirs) {
            event.field(ours, Value::Int(number));
        }
    }
    let messages = messages(event);
    let host = text(event, "_HOSTNAME").unwrap_or_default();
    let mut identity = format!("journal\u{1f}{cursor}\u{1f}{time}\u{1f}{host}");
    for message in &messages {
        event.field("message", Value::Text(message));
        identity.push('\u{1f}');
        identity.push_str(message);
    }
    if let Some(message) = messages.first() {
        match audit_line(event, message, time) {
            Some(line) => drop(auditd::parse(&line, event)),
            None => syslog::open_body(message, event)?,
        }
    }
    Ok(xxh3_128(identity.as_bytes()))
}

/// A field that says something, as text.
fn text(event: &EventBuilder<'_>, name: &str) -> Option<String> {
    let text = match event.get(name)? {
        Value::Text(text) => text.trim().to_owned(),
        Value::Int(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty())
}

fn number(event: &EventBuilder<'_>, name: &str) -> Option<i64> {
    text(event, name)?.parse().ok()
}

/// Microseconds since 1970.
fn time(event: &EventBuilder<'_>) -> Result<i64, String> {
    let written = text(event, TIME).unwrap_or_default();
    let read = written.parse().ok().filter(|time| TIMES.contains(time));
    read.ok_or_else(|| {
        let excerpt: String = written.chars().take(80).collect();
        format!(
            "the journal's time `{excerpt}` in field {TIME} is no number of microseconds between 1980 and 2199"
        )
    })
}

/// Every message, as syslog trims them.
fn messages(event: &EventBuilder<'_>) -> Vec<String> {
    let all = event.fields().filter(|field| field.name == "MESSAGE");
    let texts = all.filter_map(|field| match field.value {
        Value::Text(text) => Some(text.trim_start_matches('\u{feff}').trim_end().to_owned()),
        _ => None,
    });
    texts.collect()
}

/// What the kernel's audit told journald, as the audit daemon would have written it. journald takes the head of such a line
/// apart and puts the type's name before the rest (`journald-audit.c`).
fn audit_line(event: &EventBuilder<'_>, message: &str, received: i64) -> Option<String> {
    if text(event, "_TRANSPORT")? != "audit" {
        return None;
    }
    let kind = text(event, "_AUDIT_TYPE_NAME")?;
    let serial: u64 = text(event, "_AUDIT_ID")?.parse().ok()?;
    let rest = message.strip_prefix(&kind)?.trim_start();
    let sent = number(event, "_SOURCE_REALTIME_TIMESTAMP").filter(|time| TIMES.contains(time));
    let time = sent.unwrap_or(received);
    let (seconds, millis) = (time / MICROS_PER_SECOND, time % MICROS_PER_SECOND / 1_000);
    Some(format!(
        "type={kind} msg=audit({seconds}.{millis:03}:{serial}): {rest}"
    ))
}
