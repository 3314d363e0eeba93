//! Sites with their clocks and public holidays.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use tandem_domain::Day;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_SECOND};

/// Seconds in an hour.
pub(crate) const HOUR: i32 = 3_600;

/// A place where people work.
#[derive(Debug)]
pub(crate) struct Site {
    /// Town.
    pub(crate) name: &'static str,
    /// IANA name, for the people files.
    pub(crate) zone: &'static str,
    /// The same as a POSIX rule, so that the clock does not depend on the machine's own time-zone tables.
    rule: &'static str,
    /// ISO 3166 code.
    pub(crate) country: &'static str,
    /// Second octet of its 10.x network.
    pub(crate) net: u8,
    /// Share of the staff, percent.
    pub(crate) share: u32,
}

/// Where the company works.
pub(crate) const SITES: [Site; 3] = [
    Site {
        name: "Bremen",
        zone: "Europe/Berlin",
        rule: "CET-1CEST,M3.5.0,M10.5.0/3",
        country: "DE",
        net: 10,
        share: 55,
    },
    Site {
        name: "Leeds",
        zone: "Europe/London",
        rule: "GMT0BST,M3.5.0/1,M10.5.0",
        country: "GB",
        net: 20,
        share: 27,
    },
    Site {
        name: "Albany",
        zone: "America/New_York",
        rule: "EST5EDT,M3.2.0,M11.1.0",
        country: "US",
        net: 30,
        share: 18,
    },
];

/// The days of the simulation with each site's clock and holidays.
#[derive(Debug)]
pub(crate) struct Calendar {
    /// First day.
    pub(crate) start: Day,
    /// Days simulated.
    pub(crate) days: u32,
    offsets: Vec<[i32; SITES.len()]>,
    holidays: Vec<[bool; SITES.len()]>,
}

impl Calendar {
    /// The calendar of `days` days from `start`, with a margin of a month on both sides.
    pub(crate) fn new(start: Day, days: u32) -> Self {
        let zones = SITES
            .each_ref()
            .map(|s| TimeZone::posix(s.rule).unwrap_or(TimeZone::UTC));
        let span = days as i32 + 2 * MARGIN;
        let all = (0..span).map(|n| start.plus(n - MARGIN));
        let offset = |day: Day, zone: &TimeZone| {
            let noon = jiff::Timestamp::from_second(i64::from(day.0) * 86_400 + 43_200);
            noon.map_or(0, |t| zone.to_offset(t).seconds())
        };
        Self {
            start,
            days,
            offsets: all
                .clone()
                .map(|day| zones.each_ref().map(|z| offset(day, z)))
                .collect(),
            holidays: all
                .map(|day| SITES.each_ref().map(|s| is_holiday(s.country, day)))
                .collect(),
        }
    }

    /// The last simulated day.
    pub(crate) fn end(&self) -> Day {
        self.start.plus(self.days as i32 - 1)
    }

    /// True inside the simulated days.
    pub(crate) fn covers(&self, day: Day) -> bool {
        day >= self.start && day <= self.end()
    }

    /// The instant (µs UTC) at `seconds` after local midnight. The offset of local noon holds for the whole day, so the two
    /// hours around a change of clocks are an hour off; nobody works then but the night guard.
    pub(crate) fn instant(&self, site: usize, day: Day, seconds: i32) -> i64 {
        let offset = self
            .row(day)
            .and_then(|i| self.offsets.get(i)?.get(site))
            .copied()
            .unwrap_or(0);
        i64::from(day.0) * MICROS_PER_DAY + i64::from(seconds - offset) * MICROS_PER_SECOND
    }

    /// The local day at that site, and the seconds since its midnight.
    pub(crate) fn local(&self, site: usize, at: i64) -> (Day, i32) {
        let utc = Day(at.div_euclid(MICROS_PER_DAY) as i32);
        let near = [1, 0, -1].map(|n| utc.plus(n));
        let day = near
            .into_iter()
            .find(|day| self.instant(site, *day, 0) <= at)
            .unwrap_or(utc);
        (
            day,
            ((at - self.instant(site, day, 0)) / MICROS_PER_SECOND) as i32,
        )
    }

    /// A public holiday at that site.
    pub(crate) fn holiday(&self, site: usize, day: Day) -> bool {
        self.row(day)
            .and_then(|i| self.holidays.get(i)?.get(site))
            .copied()
            .unwrap_or(false)
    }

    /// A Monday-to-Friday working day at that site.
    pub(crate) fn office_day(&self, site: usize, day: Day) -> bool {
        !day.is_weekend() && !self.holiday(site, day)
    }

    fn row(&self, day: Day) -> Option<usize> {
        usize::try_from(day.0 - self.start.0 + MARGIN).ok()
    }
}

/// Days kept before the first and after the last one.
const MARGIN: i32 = 31;

/// The calendar date of a day.
pub(crate) fn date(day: Day) -> Date {
    let epoch = Date::constant(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().days(day.0)).unwrap_or(epoch)
}

/// Public holidays by country, in the years of the simulation: fixed dates and those that move with Easter.
fn is_holiday(country: &str, day: Day) -> bool {
    let d = date(day);
    let (month, dom) = (d.month(), d.day());
    let from_easter = day.0 - easter(d.year()).map_or(i32::MIN / 2, |e| e.0);
    let monday = day.weekday() == 0;
    match country {
        "DE" => {
            matches!(from_easter, -2 | 1 | 39 | 50)
                || matches!((month, dom), (1 | 5, 1) | (10, 3 | 31) | (12, 25 | 26))
        }
        "GB" => {
            matches!(from_easter, -2 | 1)
                || matches!((month, dom), (1, 1) | (12, 25 | 26))
                || (monday && ((month == 5 && (dom <= 7 || dom >= 25)) || (month == 8 && dom >= 25)))
        }
        _ => {
            matches!((month, dom), (1, 1) | (6, 19) | (7, 4) | (11, 11) | (12, 25))
                || (month, dom) == (7, 3) && day.weekday() == 4
                || (monday && month == 5 && dom >= 25)
                || (monday && month == 9 && dom <= 7)
                || (month == 11 && day.weekday() == 3 && (22..=28).contains(&dom))
        }
    }
}

/// Easter Sunday (Gregorian calendar; the algorithm "of an anonymous correspondent", Nature, 1876).
fn easter(year: i16) -> Option<Day> {
    let whole = i32::from(year);
    let (cycle, century, rest) = (whole % 19, whole / 100, whole % 100);
    let epact = (19 * cycle + century - century / 4 - (8 * century + 13) / 25 + 15) % 30;
    let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7;
    let shift = (cycle + 11 * epact + 22 * weekday) / 451;
    let sum = epact + weekday - 7 * shift + 114;
    Day::from_ymd(
        year,
        i8::try_from(sum / 31).ok()?,
        i8::try_from(sum % 31 + 1).ok()?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn easter_is_when_the_churches_say() {
        for (year, expected) in [
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2038, "2038-04-25"),
        ] {
            assert_eq!(easter(year).unwrap(), day(expected));
        }
    }

    #[test]
    fn clocks_follow_summer_time_at_each_site() {
        let calendar = Calendar::new(day("2026-03-02"), 60);
        let hour = |site, d| (calendar.instant(site, day(d), 9 * HOUR) / 3_600_000_000) % 24;
        assert_eq!(
            [
                hour(0, "2026-03-05"),
                hour(1, "2026-03-05"),
                hour(2, "2026-03-05")
            ],
            [8, 9, 14]
        );
        assert_eq!(
            [
                hour(0, "2026-03-10"),
                hour(1, "2026-03-10"),
                hour(2, "2026-03-10")
            ],
            [8, 9, 13]
        );
        assert_eq!(
            [
                hour(0, "2026-04-10"),
                hour(1, "2026-04-10"),
                hour(2, "2026-04-10")
            ],
            [7, 8, 13]
        );
    }

    #[test]
    fn holidays_differ_by_country() {
        assert!(is_holiday("DE", day("2026-05-14")) && !is_holiday("GB", day("2026-05-14")));
        assert!(is_holiday("GB", day("2026-05-04")) && !is_holiday("DE", day("2026-05-04")));
        assert!(is_holiday("US", day("2026-07-03")) && !is_holiday("GB", day("2026-07-03")));
    }
}
