//! Times as each format writes them; all in UTC.

use std::fmt;

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The UTC date and time of an instant.
fn civil(at: i64) -> DateTime {
    jiff::Timestamp::from_microsecond(at).map_or(DateTime::ZERO, |t| Offset::UTC.to_datetime(t))
}

/// An instant (µs UTC) in one of the written forms.
#[derive(Clone, Copy)]
pub(crate) enum Stamp {
    /// `2026-03-09T08:00:00.123Z`
    Millis(i64),
    /// `2026-03-09T08:00:00.123456Z`
    Micros(i64),
    /// `2026-03-09 08:00:00.123`
    Sysmon(i64),
    /// `2026-03-09T08:00:00`, no zone
    Bare(i64),
    /// `2026-03-09T08:00:00Z`
    Seconds(i64),
    /// `Mar  9 08:00:00`
    Syslog(i64),
    /// `Mar 09 2026 08:00:00 UTC`
    Cef(i64),
    /// `1773043200.123`
    Epoch(i64),
}

/// `08:00:00`
struct Clock(DateTime);

impl fmt::Display for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:02}:{:02}:{:02}",
            self.0.hour(),
            self.0.minute(),
            self.0.second()
        )
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn month(t: DateTime) -> &'static str {
    MONTHS
        .get(usize::from(t.month().unsigned_abs()).wrapping_sub(1))
        .copied()
        .unwrap_or("Jan")
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Millis(at)
        | Self::Micros(at)
        | Self::Sysmon(at)
        | Self::Bare(at)
        | Self::Seconds(at)
        | Self::Syslog(at)
        | Self::Cef(at)
        | Self::Epoch(at)) = *self;
        let t = civil(at);
        let date = t.date();
        let clock = Clock(t);
        let micros = at.rem_euclid(1_000_000);
        let millis = micros / 1_000;
        match self {
            Self::Millis(_) => write!(f, "{date}T{clock}.{millis:03}Z"),
            Self::Micros(_) => write!(f, "{date}T{clock}.{micros:06}Z"),
            Self::Sysmon(_) => write!(f, "{date} {clock}.{millis:03}"),
            Self::Bare(_) => write!(f, "{date}T{clock}"),
            Self::Seconds(_) => write!(f, "{date}T{clock}Z"),
            Self::Syslog(_) => write!(f, "{} {:>2} {clock}", month(t), t.day()),
            Self::Cef(_) => write!(f, "{} {:02} {} {clock} UTC", month(t), t.day(), t.year()),
            Self::Epoch(_) => write!(f, "{}.{millis:03}", at.div_euclid(1_000_000)),
        }
    }
}

/// An IPv4 address.
#[derive(Clone, Copy)]
pub(crate) struct Ip(pub(crate) [u8; 4]);

impl fmt::Display for Ip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::net::Ipv4Addr::from(self.0).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_as_its_format_writes_it() {
        let at = 1_773_043_205_123_456;
        let shown = [
            Stamp::Millis(at).to_string(),
            Stamp::Micros(at).to_string(),
            Stamp::Sysmon(at).to_string(),
            Stamp::Bare(at).to_string(),
            Stamp::Syslog(at).to_string(),
            Stamp::Cef(at).to_string(),
            Stamp::Epoch(at).to_string(),
        ];
        assert_eq!(
            shown,
            [
                "2026-03-09T08:00:05.123Z",
                "2026-03-09T08:00:05.123456Z",
                "2026-03-09 08:00:05.123",
                "2026-03-09T08:00:05",
                "Mar  9 08:00:05",
                "Mar 09 2026 08:00:05 UTC",
                "1773043205.123"
            ]
        );
    }
}
