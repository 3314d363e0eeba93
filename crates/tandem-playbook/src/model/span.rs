//! Lengths of time as people write them: `30m`, `4h`, `3d`, `2w`.

use std::fmt;

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

/// Longest span, 10 years.
const MAX_MILLIS: u64 = 3_650 * 86_400_000;
/// Units, the longest first, with their length in milliseconds.
const UNITS: [(&str, u64); 6] = [
    ("w", 7 * 86_400_000),
    ("d", 86_400_000),
    ("h", 3_600_000),
    ("m", 60_000),
    ("s", 1_000),
    ("ms", 1),
];

/// A length of time, in milliseconds as CACAO counts it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Span(u64);

impl Span {
    /// That many milliseconds, at most ten years.
    pub const fn from_millis(millis: u64) -> Option<Self> {
        if millis <= MAX_MILLIS {
            Some(Self(millis))
        } else {
            None
        }
    }

    /// Length in milliseconds.
    pub const fn millis(self) -> u64 {
        self.0
    }

    /// The instant this long after `start`, `times` times over.
    pub const fn after(self, start: Timestamp, times: u32) -> Timestamp {
        let micros = (self.0 as i64).saturating_mul(1_000).saturating_mul(times as i64);
        start.plus_micros(micros)
    }
}

/// Why a text is no length of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no length of time; write a whole number and one of ms, s, m, h, d, w, at most ten years, as in `4h`"
)]
pub struct SpanError(String);

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let read = || {
            let (number, unit) = text.split_at_checked(digits)?;
            let (_, length) = UNITS.iter().find(|(name, _)| *name == unit)?;
            Self::from_millis(number.parse::<u64>().ok()?.checked_mul(*length)?)
        };
        read().ok_or_else(|| SpanError(text.chars().take(40).collect()))
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl fmt::Display for Span {
    /// In the longest unit that divides it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fits = |(_, length): &&(&str, u64)| self.0 > 0 && self.0.is_multiple_of(*length);
        match UNITS.iter().find(fits) {
            Some((unit, length)) => write!(f, "{}{unit}", self.0 / length),
            None => write!(f, "{}ms", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Span> {
        Span::try_from(text.to_owned()).ok()
    }

    #[test]
    fn spans_are_read_as_they_are_written() {
        for text in ["30m", "4h", "1d", "2w", "90s", "1500ms", "0ms", "25h"] {
            assert_eq!(parse(text).map(|span| span.to_string()).as_deref(), Some(text));
        }
        assert_eq!(parse("48h").map(|span| span.to_string()).as_deref(), Some("2d"));
        for wrong in [
            "",
            "4",
            "h",
            "4 h",
            "-4h",
            "4.5h",
            "4H",
            "11y",
            "9999999w",
            "99999999999999999999h",
            "４h",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
