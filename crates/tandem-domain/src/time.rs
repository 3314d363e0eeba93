//! Instants and calendar days, both in UTC and both plain integers so that they sort, hash and store cheaply.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Microseconds in one second.
pub const MICROS_PER_SECOND: i64 = 1_000_000;
/// Microseconds in one minute.
const MICROS_PER_MINUTE: i64 = 60 * MICROS_PER_SECOND;
/// Microseconds in one hour.
pub const MICROS_PER_HOUR: i64 = 3_600 * MICROS_PER_SECOND;
/// Microseconds in one day of 24 hours.
pub const MICROS_PER_DAY: i64 = 24 * MICROS_PER_HOUR;

/// An instant: microseconds since 1970-01-01T00:00:00Z (OCSF `time`, with three more digits).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The instant `seconds` after the epoch.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(MICROS_PER_SECOND))
    }

    /// The calendar day (UTC) this instant falls on.
    pub const fn day(self) -> Day {
        Day(self.0.div_euclid(MICROS_PER_DAY) as i32)
    }

    /// Hour of the day in UTC, 0 to 23.
    pub const fn hour(self) -> u8 {
        (self.0.rem_euclid(MICROS_PER_DAY) / MICROS_PER_HOUR) as u8
    }

    /// The instant `micros` later (earlier if negative), saturating at the ends of the range.
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Days, with a fraction, from `earlier` to `self`; negative if `earlier` is later.
    pub fn days_since(self, earlier: Self) -> f64 {
        self.0.saturating_sub(earlier.0) as f64 / MICROS_PER_DAY as f64
    }

    /// Reads an RFC 3339 instant such as `2026-01-31T08:00:00Z` or `2026-01-31T08:00:00.123456+02:00`.
    pub fn parse_rfc3339(text: &str) -> Option<Self> {
        text.trim()
            .parse::<jiff::Timestamp>()
            .ok()
            .map(|t| Self(t.as_microsecond()))
    }
}

impl fmt::Display for Timestamp {
    /// RFC 3339 in UTC, with as many fractional digits as are needed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(t) => write!(f, "{t}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

/// A calendar day: days since 1970-01-01 (UTC, or the site's own calendar where the caller says so).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Day(pub i32);

impl Day {
    /// Midnight UTC at which this day starts.
    pub const fn start(self) -> Timestamp {
        Timestamp(self.0 as i64 * MICROS_PER_DAY)
    }

    /// The last microsecond of this day.
    pub const fn end(self) -> Timestamp {
        Timestamp((self.0 as i64 + 1) * MICROS_PER_DAY - 1)
    }

    /// Day of the week, 0 for Monday to 6 for Sunday.
    pub const fn weekday(self) -> u8 {
        (self.0 as i64 + 3).rem_euclid(7) as u8
    }

    /// True on Saturday and Sunday.
    pub const fn is_weekend(self) -> bool {
        self.weekday() >= 5
    }

    /// The day `days` later (earlier if negative).
    pub const fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    /// The day of a civil date, or `None` for a date that does not exist.
    pub fn from_ymd(year: i16, month: i8, day: i8) -> Option<Self> {
        let date = jiff::civil::Date::new(year, month, day).ok()?;
        let zoned = date.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Timestamp(zoned.timestamp().as_microsecond()).day())
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let date: jiff::civil::Date = text.trim().parse().ok()?;
        Self::from_ymd(date.year(), date.month(), date.day())
    }
}

/// Day and time of day by the clock on the wall of some place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct LocalTime {
    /// Calendar day there.
    pub day: Day,
    /// Minute of that day, 0 to 1,439.
    pub minute: u16,
}

impl LocalTime {
    /// The instant `time` in a time zone; in UTC where it is beyond what calendars tell.
    pub fn in_zone(time: Timestamp, zone: &jiff::tz::TimeZone) -> Self {
        let offset = jiff::Timestamp::from_microsecond(time.0).map_or(0, |at| zone.to_offset(at).seconds());
        Self::new(time, offset)
    }

    /// The instant `time` where clocks are `offset` seconds ahead of UTC.
    const fn new(time: Timestamp, offset: i32) -> Self {
        let local = time.plus_micros(offset as i64 * MICROS_PER_SECOND);
        Self {
            day: local.day(),
            minute: (local.0.rem_euclid(MICROS_PER_DAY) / MICROS_PER_MINUTE) as u16,
        }
    }

    /// The instant in UTC.
    pub const fn utc(time: Timestamp) -> Self {
        Self::new(time, 0)
    }

    /// Hour of the day, 0 to 23.
    pub const fn hour(self) -> u8 {
        (self.minute / 60) as u8
    }
}

impl fmt::Display for Day {
    /// `YYYY-MM-DD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.start().to_string();
        f.write_str(text.split('T').next().unwrap_or(&text))
    }
}
