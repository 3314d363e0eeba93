//! Texts to instants: the ways in which logs write time.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tandem_domain::Timestamp;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_SECOND};

/// How a source writes its time.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum TimeFormat {
    /// Any of the below but a pattern, told apart by its look.
    Auto,
    /// `2026-01-31T08:00:00.123Z`, also with a blank for the `T`, with an offset, or without a zone.
    Iso,
    /// A number since 1970; the unit is told by its size (seconds until the year 5138).
    Epoch,
    /// A number since 1970, this many of them a second.
    EpochUnits(i64),
    /// Windows FILETIME: tenths of a microsecond since 1601.
    FileTime,
    /// `31/Jan/2026:08:00:00 +0100` (Apache's common log format).
    Clf,
    /// `Jan 31 08:00:00` (RFC 3164), which lacks the year.
    Syslog,
    /// `01/31/2026 08:00:00`, month first (the CERT data sets).
    MonthFirst,
    /// A strptime pattern.
    Pattern(Box<str>),
}

/// The zone of a time that is written without one.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Zone {
    Utc,
    /// The time zone configured for the source, or UTC if it has none.
    Local,
    /// A fixed offset, seconds east of Greenwich.
    Fixed(i32),
}

impl Zone {
    /// `utc`, `source` or an offset such as `+01:00`.
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "utc" => Some(Self::Utc),
            "source" => Some(Self::Local),
            _ => Cursor::new(name).offset().map(Self::Fixed),
        }
    }
}

/// What is known besides the text.
pub(super) struct Surroundings<'a> {
    pub(super) zone: &'a Zone,
    pub(super) local: Option<&'a TimeZone>,
    pub(super) year_hint: Option<i16>,
    /// Time of the record before, in a stream whose year is hinted.
    pub(super) previous: Option<Timestamp>,
    pub(super) received: Timestamp,
}

/// First and last year believed; anything else is a broken clock or another field.
const YEARS: std::ops::RangeInclusive<i64> = 1980..=2199;
/// Seconds from 1601-01-01 to 1970-01-01.
const FILETIME_EPOCH: i64 = 11_644_473_600;
/// How far in the future, from its receipt, a year-less time may lie before it is taken for last year's.
const FUTURE: i64 = 2 * MICROS_PER_DAY;

/// A date and time as written: microseconds as if in UTC, and the offset if one was written (seconds east).
#[derive(Debug, Clone, Copy)]
struct Written {
    micros: i64,
    offset: Option<i32>,
}

impl TimeFormat {
    /// The format of that name, or a pattern if there is a `%` in it.
    pub(super) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "auto" => Self::Auto,
            "iso" | "rfc3339" => Self::Iso,
            "epoch" => Self::Epoch,
            "epoch_s" => Self::EpochUnits(1),
            "epoch_ms" => Self::EpochUnits(1_000),
            "epoch_us" => Self::EpochUnits(1_000_000),
            "epoch_ns" => Self::EpochUnits(1_000_000_000),
            "filetime" => Self::FileTime,
            "clf" => Self::Clf,
            "syslog" => Self::Syslog,
            "month_first" => Self::MonthFirst,
            pattern if pattern.contains('%') => Self::Pattern(pattern.into()),
            _ => return None,
        })
    }

    /// Every name, for messages.
    pub(super) const NAMES: &'static [&'static str] = &[
        "auto",
        "iso",
        "rfc3339",
        "epoch",
        "epoch_s",
        "epoch_ms",
        "epoch_us",
        "epoch_ns",
        "filetime",
        "clf",
        "syslog",
        "month_first",
    ];

    /// The name in mappings.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Iso => "iso (2026-01-31T08:00:00Z)",
            Self::Epoch => "epoch (seconds, milliseconds, microseconds or nanoseconds since 1970)",
            Self::EpochUnits(1) => "epoch_s (seconds since 1970)",
            Self::EpochUnits(1_000) => "epoch_ms (milliseconds since 1970)",
            Self::EpochUnits(1_000_000) => "epoch_us (microseconds since 1970)",
            Self::EpochUnits(_) => "epoch_ns (nanoseconds since 1970)",
            Self::FileTime => "filetime (tenths of a microsecond since 1601)",
            Self::Clf => "clf (31/Jan/2026:08:00:00 +0100)",
            Self::Syslog => "syslog (Jan 31 08:00:00)",
            Self::MonthFirst => "month_first (01/31/2026 08:00:00)",
            Self::Pattern(_) => "a strptime pattern",
        }
    }

    /// The instant that `text` names.
    pub(super) fn read(&self, text: &str, around: &Surroundings<'_>) -> Option<Timestamp> {
        let text = text.trim();
        let written = match self {
            Self::Auto => return Self::guess(text).read(text, around),
            Self::Iso => iso(text)?,
            Self::Epoch => return believed(epoch(text, None)?),
            Self::EpochUnits(units) => return believed(epoch(text, Some(*units))?),
            Self::FileTime => {
                let tenths: i64 = text.parse().ok()?;
                return believed(tenths / 10 - FILETIME_EPOCH * MICROS_PER_SECOND);
            }
            Self::Clf => clf(text)?,
            Self::Syslog => return syslog(text, around),
            Self::MonthFirst => month_first(text)?,
            Self::Pattern(pattern) => patterned(pattern, text)?,
        };
        written.settle(around)
    }

    fn guess(text: &str) -> Self {
        let bytes = text.as_bytes();
        match (bytes.first(), bytes.get(2), bytes.get(4)) {
            (_, _, Some(b'-')) => Self::Iso,
            (Some(b'0'..=b'9'), Some(b'/'), _) if bytes.get(3).is_some_and(u8::is_ascii_alphabetic) => {
                Self::Clf
            }
            (Some(b'0'..=b'9'), Some(b'/'), _) => Self::MonthFirst,
            (Some(b'A'..=b'Z'), ..) if bytes.get(3) == Some(&b',') => {
                Self::Pattern("%a, %d %b %Y %H:%M:%S %z".into())
            }
            (Some(b'A'..=b'Z'), ..) => Self::Syslog,
            _ => Self::Epoch,
        }
    }
}

impl Written {
    fn new(date: [i64; 3], clock: [i64; 3], micros: i64) -> Option<Self> {
        let days = days_from_civil(date)?;
        let [hour, minute, second] = clock;
        // A leap second counts as the last second of its minute.
        if hour > 23 || minute > 59 || second > 60 {
            return None;
        }
        let seconds = days * 86_400 + hour * 3_600 + minute * 60 + second.min(59);
        Some(Self {
            micros: seconds * MICROS_PER_SECOND + micros,
            offset: None,
        })
    }

    fn settle(self, around: &Surroundings<'_>) -> Option<Timestamp> {
        let offset = match (self.offset, around.zone, around.local) {
            (Some(offset), ..) => offset,
            (None, Zone::Fixed(offset), _) => *offset,
            (None, Zone::Local, Some(zone)) => return believed(in_zone(self.micros, zone)?),
            _ => 0,
        };
        believed(self.micros - i64::from(offset) * MICROS_PER_SECOND)
    }
}

fn in_zone(micros: i64, zone: &TimeZone) -> Option<i64> {
    let as_utc = jiff::Timestamp::from_microsecond(micros).ok()?;
    let civil: DateTime = TimeZone::UTC.to_datetime(as_utc);
    Some(zone.to_timestamp(civil).ok()?.as_microsecond())
}

fn believed(micros: i64) -> Option<Timestamp> {
    let year = 1970 + micros.div_euclid(31_556_952 * MICROS_PER_SECOND);
    YEARS.contains(&year).then_some(Timestamp(micros))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant, "chrono-compatible low-level date algorithms").
fn days_from_civil([year, month, day]: [i64; 3]) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Reads a text from left to right.
struct Cursor<'t> {
    rest: &'t [u8],
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            rest: text.as_bytes(),
        }
    }

    /// A number of one to `most` digits.
    fn number(&mut self, most: usize) -> Option<i64> {
        let (mut value, mut used) = (0, 0);
        while let Some(digit @ b'0'..=b'9') = self.rest.get(used).filter(|_| used < most) {
            value = value * 10 + i64::from(digit - b'0');
            used += 1;
        }
        self.rest = self.rest.get(used..)?;
        (used > 0).then_some(value)
    }

    fn eat(&mut self, wanted: u8) -> Option<()> {
        self.eat_any(&[wanted]).map(|_| ())
    }

    fn eat_any(&mut self, wanted: &[u8]) -> Option<u8> {
        let first = *self.rest.first()?;
        wanted
            .contains(&first)
            .then(|| self.rest = self.rest.get(1..).unwrap_or_default())?;
        Some(first)
    }

    fn skip_blanks(&mut self) {
        while self.eat(b' ').is_some() {}
    }

    /// `Jan` … `Dec`, any case; a longer name is taken whole.
    fn month(&mut self) -> Option<i64> {
        const MONTHS: &[u8; 36] = b"janfebmaraprmayjunjulaugsepoctnovdec";
        let name = self.rest.get(..3)?.to_ascii_lowercase();
        let at = MONTHS.chunks_exact(3).position(|month| *month == *name)?;
        let letters = self
            .rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphabetic())
            .count();
        self.rest = self.rest.get(letters..)?;
        Some(at as i64 + 1)
    }

    /// `.123456789` or `,123`, as microseconds; zero if there is none.
    fn fraction(&mut self) -> i64 {
        if self.eat_any(b".,").is_none() {
            return 0;
        }
        let (mut micros, mut scale) = (0, 100_000);
        while let Some(digit @ b'0'..=b'9') = self.rest.first() {
            micros += i64::from(digit - b'0') * scale;
            scale /= 10;
            self.rest = self.rest.get(1..).unwrap_or_default();
        }
        micros
    }

    /// `HH:MM[:SS[.fraction]]`.
    fn clock(&mut self) -> Option<([i64; 3], i64)> {
        let hour = self.number(2)?;
        self.eat(b':')?;
        let minute = self.number(2)?;
        if self.eat(b':').is_none() {
            return Some(([hour, minute, 0], 0));
        }
        let second = self.number(2)?;
        Some(([hour, minute, second], self.fraction()))
    }

    /// `Z`, `UTC`, `GMT`, `+01:00`, `+0100`, `+01`: seconds east of Greenwich.
    fn offset(&mut self) -> Option<i32> {
        if matches!(self.rest, b"Z" | b"z" | b"UTC" | b"GMT") {
            return Some(0);
        }
        let sign = if self.eat_any(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.number(2)?;
        let _ = self.eat(b':');
        let minutes = if self.rest.is_empty() { 0 } else { self.number(2)? };
        (self.rest.is_empty() && hours <= 18 && minutes < 60)
            .then(|| sign * (hours * 3_600 + minutes * 60) as i32)
    }

    fn finish(&mut self, date: [i64; 3], clock: [i64; 3], micros: i64) -> Option<Written> {
        let written = Written::new(date, clock, micros)?;
        self.skip_blanks();
        if self.rest.is_empty() {
            return Some(written);
        }
        Some(Written {
            offset: Some(self.offset()?),
            ..written
        })
    }
}

fn iso(text: &str) -> Option<Written> {
    let mut cursor = Cursor::new(text);
    let year = cursor.number(4)?;
    cursor.eat(b'-')?;
    let month = cursor.number(2)?;
    cursor.eat(b'-')?;
    let day = cursor.number(2)?;
    if cursor.eat_any(b"Tt _").is_none() {
        return cursor.finish([year, month, day], [0; 3], 0);
    }
    let (clock, micros) = cursor.clock()?;
    cursor.finish([year, month, day], clock, micros)
}

fn month_first(text: &str) -> Option<Written> {
    let mut cursor = Cursor::new(text);
    let month = cursor.number(2)?;
    cursor.eat(b'/')?;
    let day = cursor.number(2)?;
    cursor.eat(b'/')?;
    let year = cursor.number(4)?;
    cursor.eat(b' ')?;
    let (clock, micros) = cursor.clock()?;
    cursor.finish([year, month, day], clock, micros)
}

fn clf(text: &str) -> Option<Written> {
    let mut cursor = Cursor::new(text.trim_matches(['[', ']']));
    let day = cursor.number(2)?;
    cursor.eat(b'/')?;
    let month = cursor.month()?;
    cursor.eat(b'/')?;
    let year = cursor.number(4)?;
    cursor.eat_any(b": ")?;
    let (clock, micros) = cursor.clock()?;
    cursor.finish([year, month, day], clock, micros)
}

/// RFC 3164 has no year: it is the hint's, followed from record to record across New Year, or without a hint the one that puts
/// the record at most two days after its receipt.
fn syslog(text: &str, around: &Surroundings<'_>) -> Option<Timestamp> {
    let mut cursor = Cursor::new(text);
    let month = cursor.month()?;
    cursor.skip_blanks();
    let day = cursor.number(2)?;
    cursor.skip_blanks();
    // Some senders put the year after the day.
    let mut ahead = Cursor { rest: cursor.rest };
    let year = ahead.number(4).filter(|year| *year > 999);
    if year.is_some() {
        cursor.rest = ahead.rest;
        cursor.skip_blanks();
    }
    let (clock, micros) = cursor.clock()?;
    // Others put it at the end.
    let mut ahead = Cursor { rest: cursor.rest };
    ahead.skip_blanks();
    let last = ahead
        .number(4)
        .filter(|year| *year > 999 && ahead.rest.is_empty());
    if last.is_some() {
        cursor.rest = ahead.rest;
    }
    let year = year.or(last);
    let in_year = |year: i64| {
        Cursor { rest: cursor.rest }
            .finish([year, month, day], clock, micros)?
            .settle(around)
    };
    if let Some(year) = year {
        return in_year(year);
    }
    if let Some(hint) = around.year_hint.map(i64::from) {
        let Some(previous) = around.previous else {
            return in_year(hint);
        };
        let (same, turned) = followed(previous, month)?;
        // What would lie in the future did not happen in the year that follows.
        let believable =
            in_year(turned).filter(|time| turned <= same || time.0 <= around.received.0 + FUTURE);
        return believable.or_else(|| in_year(same));
    }
    let received = jiff::Timestamp::from_microsecond(around.received.0).ok()?;
    let year = i64::from(TimeZone::UTC.to_datetime(received).year());
    // The coming year matters for records written just after midnight east of Greenwich; February 29 may fail in some years.
    let candidates = [year + 1, year, year - 1];
    let near = candidates
        .into_iter()
        .filter_map(in_year)
        .find(|time| time.0 <= around.received.0 + FUTURE);
    near.or_else(|| (1..=4).find_map(|back| in_year(year - back)))
}

/// The year of the record before, and that of one in `month` behind it: December is followed by January of the next year, and
/// a late record of December may stand behind one of January.
fn followed(previous: Timestamp, month: i64) -> Option<(i64, i64)> {
    let before = TimeZone::UTC.to_datetime(jiff::Timestamp::from_microsecond(previous.0).ok()?);
    let turn = match (i64::from(before.month()), month) {
        (10..=12, 1..=2) => 1,
        (1..=2, 11..=12) => -1,
        _ => 0,
    };
    let same = i64::from(before.year());
    Some((same, same + turn))
}

fn epoch(text: &str, units: Option<i64>) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if whole.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        // Numbers such as 1.7E9.
        let number: f64 = text.parse().ok()?;
        return Some((number * (MICROS_PER_SECOND / units.unwrap_or(1)) as f64) as i64);
    }
    let number: i64 = whole.parse().ok()?;
    let units = units.unwrap_or(match number.unsigned_abs() {
        0..100_000_000_000 => 1,
        100_000_000_000..100_000_000_000_000 => 1_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000_000,
        _ => 1_000_000_000,
    });
    if units > MICROS_PER_SECOND {
        return Some(number / (units / MICROS_PER_SECOND));
    }
    let scale = MICROS_PER_SECOND / units;
    let padded = fraction.bytes().chain(std::iter::repeat(b'0')).take(6);
    let millionths = padded.fold(0, |sum, digit| sum * 10 + i64::from(digit - b'0'));
    number
        .checked_mul(scale)?
        .checked_add(millionths * scale / MICROS_PER_SECOND)
}

fn patterned(pattern: &str, text: &str) -> Option<Written> {
    let broken = jiff::fmt::strtime::parse(pattern, text).ok()?;
    let civil = broken.to_datetime().ok()?;
    let micros = TimeZone::UTC.to_timestamp(civil).ok()?.as_microsecond();
    Some(Written {
        micros,
        offset: broken.offset().map(jiff::tz::Offset::seconds),
    })
}
