//! One spelling for one value: JSON as in RFC 8785 (JSON Canonicalization Scheme).
//!
//! Numbers are integers that every reader keeps exactly (at most 2⁵³ − 1 in size, RFC 7493 section 2.2); with those, all that is
//! left of RFC 8785 is the order of keys and `serde_json`'s own way of escaping strings. A crate for the whole scheme would
//! switch `float_roundtrip` on in `serde_json` for the whole build and slow every number read elsewhere.

use serde::ser::{Error, Serialize, Serializer};
use serde_json::{Map, Value};

/// The largest integer that a reader which knows only double precision keeps exactly: 2⁵³ − 1.
pub(crate) const MAX_INTEGER: i64 = (1 << 53) - 1;

/// Canonical bytes of anything serde writes. `None` if it holds a number that is not a small enough integer.
pub(crate) fn bytes<T: Serialize>(value: &T) -> Option<Vec<u8>> {
    let value = serde_json::to_value(value).ok()?;
    serde_json::to_vec(&Sorted(&value)).ok()
}

/// A value that serialises with its keys in order, and fails at a number that is not a small enough integer.
struct Sorted<'a>(&'a Value);

/// An object, likewise.
pub(crate) struct SortedMap<'a>(pub(crate) &'a Map<String, Value>);

impl Serialize for Sorted<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => SortedMap(map).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Sorted)),
            Value::Number(number) => match number.as_i64() {
                Some(whole) if whole.unsigned_abs() <= MAX_INTEGER.unsigned_abs() => {
                    serializer.serialize_i64(whole)
                }
                _ => Err(S::Error::custom("not an integer of at most 2^53 - 1")),
            },
            plain => plain.serialize(serializer),
        }
    }
}

impl Serialize for SortedMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut members: Vec<_> = self.0.iter().collect();
        // RFC 8785 section 3.2.3 orders by UTF-16 code units, which differs from the order of UTF-8 beyond the basic plane.
        members.sort_unstable_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
        serializer.collect_map(members.into_iter().map(|(key, value)| (key, Sorted(value))))
    }
}

/// How many levels of objects and lists a value has.
pub(crate) fn depth(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(depth).max().unwrap_or(0),
        Value::Array(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn canonical(text: &str) -> Option<String> {
        let value: Value = serde_json::from_str(text).unwrap();
        bytes(&value).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn keys_are_ordered_as_in_rfc_8785_section_3_2_3() {
        let given = r#"{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
            "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#;
        let written = canonical(given).unwrap();
        let order: Vec<_> = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
            .into_iter()
            .map(|word| written.find(word).unwrap())
            .collect();
        assert!(order.is_sorted(), "{written}");
    }

    #[test]
    fn strings_are_escaped_as_in_rfc_8785_section_3_2_2() {
        let given = r#"["\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"]"#;
        assert_eq!(
            canonical(given).unwrap(),
            "[\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"]"
        );
    }

    #[test]
    fn only_integers_that_every_reader_keeps_are_written() {
        assert_eq!(canonical("9007199254740991").unwrap(), "9007199254740991");
        assert_eq!(canonical("-9007199254740991").unwrap(), "-9007199254740991");
        for wrong in [
            "9007199254740992",
            "-9007199254740992",
            "18446744073709551615",
            "1.5",
            "1.0",
            "-0.0",
        ] {
            assert_eq!(canonical(wrong), None, "{wrong}");
        }
    }
}
