//! Lengths of time as content files write them: `30m`, `4h`, `3d`.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tandem_domain::Timestamp;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_HOUR, MICROS_PER_SECOND};

/// A length of time, whole microseconds, never negative. Written as `30m`, `4h` or `3d`; a day is 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span(pub i64);

/// Longest length a file may name: ten years.
const MOST: i64 = 3_660 * MICROS_PER_DAY;
const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;

impl Span {
    /// That many days.
    pub const fn days(days: i64) -> Self {
        Self(days.saturating_mul(MICROS_PER_DAY))
    }

    /// Reads a whole number and one of `m`, `h`, `d`.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, unit) = [
            ('m', MICROS_PER_MINUTE),
            ('h', MICROS_PER_HOUR),
            ('d', MICROS_PER_DAY),
        ]
        .into_iter()
        .find_map(|(letter, unit)| text.strip_suffix(letter).map(|number| (number, unit)))?;
        if !number.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let micros = number.parse::<i64>().ok()?.checked_mul(unit)?;
        (1..=MOST).contains(&micros).then_some(Self(micros))
    }

    /// From `earlier` to `later`; zero if they stand the other way.
    pub const fn between(earlier: Timestamp, later: Timestamp) -> Self {
        let micros = later.0.saturating_sub(earlier.0);
        Self(if micros > 0 { micros } else { 0 })
    }

    /// The instant this long after `start`.
    pub const fn after(self, start: Timestamp) -> Timestamp {
        start.plus_micros(self.0)
    }
}

impl std::fmt::Display for Span {
    /// The largest unit that divides it; minutes, rounded down, if none does.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.0 {
            micros if micros != 0 && micros % MICROS_PER_DAY == 0 => {
                write!(f, "{}d", micros / MICROS_PER_DAY)
            }
            micros if micros != 0 && micros % MICROS_PER_HOUR == 0 => {
                write!(f, "{}h", micros / MICROS_PER_HOUR)
            }
            micros => write!(f, "{}m", micros / MICROS_PER_MINUTE),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            de::Error::custom(format!(
                "`{text}` is no length of time; write `30m`, `4h` or `3d`"
            ))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_read_as_they_are_written() {
        for text in ["30m", "4h", "3d", "90m"] {
            assert_eq!(Span::parse(text).unwrap().to_string(), text);
        }
        for wrong in ["", "4", "h", "-1h", "+1h", "0d", "1.5h", "99999d", "4 h", "4é"] {
            assert_eq!(Span::parse(wrong), None, "{wrong}");
        }
    }
}
