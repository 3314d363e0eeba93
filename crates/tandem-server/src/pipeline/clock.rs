//! Local time of accounts: an hour of the night is an hour of the night where the person works.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_HOUR};
use tandem_domain::{Day, Timestamp};
use tandem_people::View;

/// Converts instants to the local calendar day and hour of an account.
#[derive(Debug, Clone)]
pub struct LocalClock {
    home: TimeZone,
    zones: HashMap<String, TimeZone>,
    by_account: HashMap<Arc<str>, TimeZone>,
}

impl LocalClock {
    /// A clock with the organisation's zone for everybody.
    pub fn new(home: &str) -> Self {
        let home = TimeZone::get(home).unwrap_or(TimeZone::UTC);
        Self {
            home,
            zones: HashMap::new(),
            by_account: HashMap::new(),
        }
    }

    /// Takes the zones that people facts name.
    pub fn learn(&mut self, view: &View) {
        for person in view.people() {
            let Some(name) = person.time_zone.as_deref() else {
                continue;
            };
            let zone = self
                .zones
                .entry(name.to_owned())
                .or_insert_with(|| TimeZone::get(name).unwrap_or_else(|_| self.home.clone()));
            for account in &person.accounts {
                self.by_account.insert(Arc::clone(account), zone.clone());
            }
        }
    }

    /// The local day and hour (0 to 23) of an instant.
    pub fn local(&self, account: &str, time: Timestamp) -> (Day, u8) {
        let zone = self.by_account.get(account).unwrap_or(&self.home);
        let seconds = jiff::Timestamp::from_microsecond(time.0).map_or(0, |t| zone.to_offset(t).seconds());
        let local = time.0.saturating_add(i64::from(seconds) * 1_000_000);
        (
            Day(local.div_euclid(MICROS_PER_DAY) as i32),
            (local.rem_euclid(MICROS_PER_DAY) / MICROS_PER_HOUR) as u8,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evening_in_new_york_is_not_the_next_day_in_berlin() {
        let clock = LocalClock::new("America/New_York");
        let time = Timestamp::parse_rfc3339("2026-03-10T02:30:00Z").unwrap();
        let (day, hour) = clock.local("anybody", time);
        assert_eq!((day.to_string().as_str(), hour), ("2026-03-09", 22));
        assert_eq!(LocalClock::new("Europe/Berlin").local("anybody", time).1, 3);
    }
}
