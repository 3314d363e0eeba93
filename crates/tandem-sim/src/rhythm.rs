//! When and where somebody works on a day.

use tandem_domain::Day;

use crate::calendar::{HOUR, SITES};
use crate::company::profile::Hours;
use crate::company::roles::Role;
use crate::company::{Company, Person};
use crate::dice::Dice;

/// The usual week of a person. Times are seconds after local midnight.
#[derive(Debug, Clone)]
pub(crate) struct Rhythm {
    /// Arrangement.
    pub(crate) hours: Hours,
    /// Usual start of an office day.
    pub(crate) start: i32,
    /// Usual length, with lunch.
    pub(crate) length: i32,
    /// Spread of the start, seconds.
    flex: f64,
    /// Weekdays worked, Monday first.
    pub(crate) week: [bool; 7],
    /// Place in the rota of shifts.
    phase: u8,
    /// Always on nights.
    pub(crate) nights: bool,
    /// Own share of days at home.
    remote: f64,
}

/// A difference from the usual on one day.
#[derive(Debug, Clone, Default)]
pub(crate) struct Change {
    /// Works although it is free, or stays away although it is not.
    pub(crate) works: Option<bool>,
    /// Starts at that second after local midnight.
    pub(crate) start: Option<i32>,
    /// Stays until that second after local midnight (above 86,400: into the night) if that is later than usual.
    pub(crate) until: Option<i32>,
    /// Works there.
    pub(crate) place: Option<Place>,
    /// Does that many times as much as usual.
    pub(crate) pace: Option<f64>,
}

/// Where somebody works on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// At the site.
    Office,
    /// At home, through the VPN.
    Home,
    /// Abroad, through the VPN.
    Abroad(&'static str),
}

/// A working day of a person.
#[derive(Debug, Clone)]
pub(crate) struct Presence {
    /// First and last instant, µs UTC.
    pub(crate) start: i64,
    /// End, µs UTC.
    pub(crate) end: i64,
    /// Where.
    pub(crate) place: Place,
    /// How much is done compared with a full usual day.
    pub(crate) load: f64,
}

impl Rhythm {
    /// A rhythm for a role.
    pub(crate) fn draw(dice: &mut Dice, role: &Role) -> Self {
        let part_time = dice.chance(0.14) && role.profile.hours == Hours::Office;
        let mut week = [true, true, true, true, true, false, false];
        let mut length = 8 * HOUR + HOUR * 3 / 4 + dice.between(-1_800, 2_400) as i32;
        if part_time {
            if dice.chance(0.5) {
                length = dice.between(i64::from(4 * HOUR), i64::from(6 * HOUR)) as i32;
            } else if let Some(day) = week.get_mut(dice.below(5)) {
                *day = false;
            }
        }
        if role.profile.hours == Hours::TwoShift {
            week = [true, true, true, true, true, true, false];
            if let Some(day) = week.get_mut(dice.below(6)) {
                *day = false;
            }
        }
        Self {
            hours: role.profile.hours,
            start: (dice.normal(8.5, 0.8).clamp(6.3, 10.5) * f64::from(HOUR)) as i32,
            length,
            flex: dice.spread(900.0, 0.5).clamp(240.0, 3_600.0),
            week,
            phase: dice.below(8) as u8,
            nights: false,
            remote: (role.profile.remote * dice.spread(1.0, 0.6)).min(0.9),
        }
    }

    /// Start and end of the usual work on a day (before chance), seconds after local midnight.
    pub(crate) fn usual(&self, day: Day, office_day: bool) -> Option<(i32, i32)> {
        match self.hours {
            Hours::Office => {
                let on = self
                    .week
                    .get(usize::from(day.weekday()))
                    .copied()
                    .unwrap_or(false);
                (on && office_day).then_some((self.start, self.start + self.length))
            }
            Hours::TwoShift => {
                let on = self
                    .week
                    .get(usize::from(day.weekday()))
                    .copied()
                    .unwrap_or(false);
                let early = (day.0.div_euclid(7) + i32::from(self.phase)) % 2 == 0;
                let start = if early { 6 } else { 14 } * HOUR;
                on.then_some((start, start + 8 * HOUR))
            }
            Hours::ThreeShift if self.nights => {
                let on = (day.0 + i32::from(self.phase)).rem_euclid(7) < 5;
                on.then_some((22 * HOUR, 30 * HOUR))
            }
            Hours::ThreeShift => match (day.0 + i32::from(self.phase)).rem_euclid(8) {
                0 | 1 => Some((6 * HOUR, 14 * HOUR)),
                2 | 3 => Some((14 * HOUR, 22 * HOUR)),
                4 | 5 => Some((22 * HOUR, 30 * HOUR)),
                _ => None,
            },
        }
    }
}

impl Company {
    /// Whether, when and where a person works on a local day. The same answer whenever it is asked.
    pub(crate) fn presence(&self, person: &Person, day: Day) -> Option<Presence> {
        if !person.employed(day) {
            return None;
        }
        let change = self.changes.get(&(person.ix, day));
        let told = change.and_then(|c| c.works);
        if told == Some(false) || (told.is_none() && person.away(day)) {
            return None;
        }
        let mut dice = self.dice("presence", person.id(), day.0 as u64);
        let usual = person
            .rhythm
            .usual(day, self.calendar.office_day(person.site, day));
        let usual = usual
            .or_else(|| told.map(|_| (person.rhythm.start, person.rhythm.start + person.rhythm.length)))?;
        let shifts = person.rhythm.hours != Hours::Office;
        let jitter = if shifts {
            dice.between(-600, 60) as i32
        } else {
            dice.normal(0.0, person.rhythm.flex) as i32
        };
        let stretch = if shifts {
            dice.between(0, 600) as i32
        } else {
            dice.normal(0.0, 1_500.0) as i32
        };
        let start = change
            .and_then(|c| c.start)
            .unwrap_or((usual.0 + jitter).max(4 * HOUR));
        let end = (usual.1 + jitter + stretch).max(start + 2 * HOUR);
        let end = change.and_then(|c| c.until).map_or(end, |until| until.max(end));
        let remote = !shifts && dice.chance(person.rhythm.remote);
        let place = change
            .and_then(|c| c.place)
            .unwrap_or(if remote { Place::Home } else { Place::Office });
        let pace = change.and_then(|c| c.pace).unwrap_or(1.0);
        let load = f64::from(end - start) / f64::from(8 * HOUR) * pace * person.pace * dice.spread(1.0, 0.18);
        Some(Presence {
            start: self.calendar.instant(person.site, day, start),
            end: self.calendar.instant(person.site, day, end),
            place,
            load,
        })
    }

    /// True if a person would usually work on that day: contract, week, holidays, leave; not chance.
    pub(crate) fn workday(&self, person: &Person, day: Day) -> bool {
        let office_day = self.calendar.office_day(person.site, day);
        person.employed(day) && !person.away(day) && person.rhythm.usual(day, office_day).is_some()
    }

    /// The n-th usual workday on or after `from` (0 for the first).
    pub(crate) fn nth_workday(&self, person: &Person, from: Day, n: usize) -> Day {
        let days = (0..400).map(|d| from.plus(d));
        days.filter(|d| self.workday(person, *d)).nth(n).unwrap_or(from)
    }
}

impl Place {
    /// The country somebody works in there.
    pub(crate) fn country(self, person: &Person) -> &'static str {
        match self {
            Self::Abroad(country) => country,
            Self::Office | Self::Home => SITES.get(person.site).map_or("DE", |s| s.country),
        }
    }
}

impl Presence {
    /// An instant of the day, rarely at lunch, a little more in the middle of each half.
    pub(crate) fn moment(&self, dice: &mut Dice) -> i64 {
        let span = self.end - self.start;
        let mut at = dice.unit();
        if (0.45..0.55).contains(&at) && dice.chance(0.7) {
            at = dice.unit();
        }
        let bell = (at + dice.unit() * 0.12 - 0.06).clamp(0.01, 0.985);
        self.start + (span as f64 * bell) as i64
    }
}
