//! Parts of an instant (`minute`, `hour`, `day`, `week`, `month`, `year`), in UTC.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tandem_domain::{Timestamp, Value};

/// A part of an instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TimePart {
    /// 0 to 59.
    Minute,
    /// 0 to 23.
    Hour,
    /// Day of the month, 1 to 31.
    Day,
    /// ISO 8601 week, 1 to 53.
    Week,
    /// 1 to 12.
    Month,
    /// For example 2026.
    Year,
}

impl TimePart {
    /// The part a modifier names.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "minute" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "year" => Self::Year,
            _ => return None,
        })
    }

    /// This part of the instant that a value says.
    pub(crate) fn of(self, value: Value<'_>) -> Option<i64> {
        let stamp = jiff::Timestamp::from_microsecond(instant(value)?.0).ok()?;
        let civil = stamp.to_zoned(TimeZone::UTC).datetime();
        Some(i64::from(match self {
            Self::Minute => i16::from(civil.minute()),
            Self::Hour => i16::from(civil.hour()),
            Self::Day => i16::from(civil.day()),
            Self::Week => i16::from(civil.date().iso_week_date().week()),
            Self::Month => i16::from(civil.month()),
            Self::Year => civil.year(),
        }))
    }
}

/// The instant a value says: RFC 3339, a date and time without zone (taken as UTC), or seconds, milliseconds or
/// microseconds since 1970.
pub(crate) fn instant(value: Value<'_>) -> Option<Timestamp> {
    match value {
        Value::Int(number) => Some(since_epoch(number)),
        Value::Float(seconds) => Some(Timestamp((seconds * 1e6) as i64)),
        Value::Text(text) => {
            let text = text.trim();
            Timestamp::parse_rfc3339(text)
                .or_else(|| naive(text))
                .or_else(|| text.parse().ok().map(since_epoch))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

fn naive(text: &str) -> Option<Timestamp> {
    let civil: DateTime = text.parse().ok()?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(Timestamp(zoned.timestamp().as_microsecond()))
}

/// The unit follows from the size: seconds reach 10^11 only in the year 5138.
fn since_epoch(number: i64) -> Timestamp {
    match number.unsigned_abs() {
        0..100_000_000_000 => Timestamp::from_seconds(number),
        100_000_000_000..100_000_000_000_000 => Timestamp(number.saturating_mul(1_000)),
        _ => Timestamp(number),
    }
}
