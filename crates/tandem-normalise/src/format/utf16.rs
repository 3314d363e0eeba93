//! Text in UTF-16, as Windows tools write it: decoded before anything else looks at it.

use serde::{Deserialize, Serialize};

/// How a stream's text is encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Encoding {
    /// UTF-8, or bytes that are no text at all.
    Utf8,
    /// Two bytes a unit, the low one first.
    Utf16Le,
    /// Two bytes a unit, the high one first.
    Utf16Be,
}

impl Encoding {
    /// The encoding that a byte order mark tells, and the mark's length.
    pub(crate) fn told_by(head: &[u8]) -> (Self, usize) {
        match head {
            [0xef, 0xbb, 0xbf, ..] => (Self::Utf8, 3),
            [0xff, 0xfe, ..] => (Self::Utf16Le, 2),
            [0xfe, 0xff, ..] => (Self::Utf16Be, 2),
            _ => (Self::Utf8, 0),
        }
    }

    /// The text of UTF-16 bytes, and `None` for UTF-8. A unit or a pair that is cut off at the end is left for later unless
    /// nothing follows. Every lone half of a pair becomes one replacement character, so that lengths can be told back.
    pub(crate) fn decode(self, bytes: &[u8], eof: bool) -> Option<String> {
        let unit = match self {
            Self::Utf8 => return None,
            Self::Utf16Le => u16::from_le_bytes,
            Self::Utf16Be => u16::from_be_bytes,
        };
        let pairs = bytes.chunks_exact(2);
        let torn = !pairs.remainder().is_empty();
        let mut units: Vec<u16> = pairs.filter_map(|pair| pair.try_into().ok().map(unit)).collect();
        if !eof && units.last().is_some_and(|last| (0xd800..0xdc00).contains(last)) {
            units.pop();
        }
        let letters = char::decode_utf16(units).map(|letter| letter.unwrap_or(char::REPLACEMENT_CHARACTER));
        let mut text = String::with_capacity(bytes.len() / 2 + 8);
        text.extend(letters);
        if torn && eof {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        Some(text)
    }

    /// How many bytes of the stream a piece of decoded text stands for.
    pub(crate) fn width(self, text: &[u8]) -> usize {
        if self == Self::Utf8 {
            return text.len();
        }
        let letters = text.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        let pairs = text.iter().filter(|byte| **byte >= 0xf0).count();
        (letters + pairs) * 2
    }
}
