//! Local time of accounts: an hour of the night is an hour of the night where the person works.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::tz::TimeZone;
use tandem_domain::{LocalTime, Timestamp};
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

    /// The local time of an instant.
    pub fn local(&self, account: &str, time: Timestamp) -> LocalTime {
        let zone = self.by_account.get(account).unwrap_or(&self.home);
        LocalTime::in_zone(time, zone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_evening_in_new_york_is_not_the_next_day_in_berlin() {
        let clock = LocalClock::new("America/New_York");
        let time = Timestamp::parse_rfc3339("2026-03-10T02:30:00Z").unwrap();
        let there = clock.local("anybody", time);
        let day = there.day.to_string();
        assert_eq!(
            (day.as_str(), there.hour(), there.minute % 60),
            ("2026-03-09", 22, 30)
        );
        assert_eq!(LocalClock::new("Europe/Berlin").local("anybody", time).hour(), 3);
    }
}
