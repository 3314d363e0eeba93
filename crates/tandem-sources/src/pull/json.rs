//! Cutting answers into records without changing them.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::api::{Fault, Item, Record};
use crate::delivery::Refused;

/// A list whose elements are left as they are.
pub(super) type Raws<'a> = Vec<&'a RawValue>;

/// The same JSON on one line: white space between its parts goes, everything else stays byte for byte (numbers too).
pub(super) fn line(json: &str) -> Vec<u8> {
    let mut line = Vec::with_capacity(json.len());
    let (mut inside, mut escaped) = (false, false);
    for byte in json.bytes() {
        if inside {
            (inside, escaped) = match byte {
                _ if escaped => (true, false),
                b'\\' => (true, true),
                b'"' => (false, false),
                _ => (true, false),
            };
        } else if byte.is_ascii_whitespace() {
            continue;
        } else {
            inside = byte == b'"';
        }
        line.push(byte);
    }
    line
}

/// Reads an answer's body.
pub(super) fn body<'a, T: Deserialize<'a>>(bytes: &'a [u8], what: &str) -> Result<T, Fault> {
    serde_json::from_slice(bytes).map_err(|error| {
        Fault::broken(
            format!(
                "its {what} cannot be read: {}",
                super::words::shown(&error.to_string())
            ),
            bytes,
        )
    })
}

/// Cuts a list into items; `head` reads what is needed of each: its id and its time.
pub(super) fn items<'a, H: Deserialize<'a>>(
    raws: &[&'a RawValue],
    head: impl Fn(H) -> (Option<String>, Option<tandem_domain::Timestamp>),
) -> Vec<Item> {
    raws.iter()
        .map(|raw| {
            let text = raw.get();
            // A list would be read like the object with its fields in order.
            match serde_json::from_str::<H>(text) {
                Ok(read) if text.starts_with('{') => {
                    let (id, at) = head(read);
                    let json = line(text);
                    Item::Record(Record {
                        id: id.unwrap_or_else(|| String::from_utf8_lossy(&json).into_owned()),
                        at,
                        json,
                    })
                }
                _ => Item::Refused(no_record(text)),
            }
        })
        .collect()
}

/// Something in a list of records that is none.
pub(super) fn no_record(text: &str) -> Refused {
    Refused::new(
        text.as_bytes(),
        "the service put something among its records that is no record of the kind it documents",
        "compare it with the service's documentation; nothing else of the page is lost",
    )
}
