//! The usual: what everybody does on a day when nothing is planned for them.

pub(crate) mod admin;
mod cloud;
pub(crate) mod desk;
pub(crate) mod erp;
mod files;
pub(crate) mod post;
pub(crate) mod services;
pub(crate) mod tools;
pub(crate) mod web;

use tandem_domain::Day;

use crate::act::{Act, Seat};
use crate::company::{Company, Person};
use crate::dice::Dice;
use crate::rhythm::{Place, Presence};
use crate::scribe::{DayLog, perform};

/// One person's working day (or evening), while it is written.
pub(crate) struct Shift<'a> {
    pub(crate) company: &'a Company,
    pub(crate) person: &'a Person,
    pub(crate) day: Day,
    pub(crate) presence: Presence,
    pub(crate) seat: Seat<'a>,
    pub(crate) dice: Dice,
}

impl Shift<'_> {
    /// How often something with that daily mean happens.
    pub(crate) fn times(&mut self, mean: f64) -> usize {
        let mean = mean * self.presence.load;
        self.dice.count(mean)
    }

    /// An instant of the shift.
    pub(crate) fn moment(&mut self) -> i64 {
        self.presence.moment(&mut self.dice)
    }

    /// Does something at an instant.
    pub(crate) fn act(&self, log: &mut DayLog, at: i64, act: &Act) {
        perform(self.company, log, &self.seat, at, act);
    }
}

/// Seconds, in µs.
pub(crate) const fn seconds(n: i64) -> i64 {
    n * 1_000_000
}

/// Minutes, in µs.
pub(crate) const fn minutes(n: i64) -> i64 {
    n * 60_000_000
}

/// Writes a local day of the whole company.
pub(crate) fn day(company: &Company, log: &mut DayLog, day: Day) {
    for person in &company.people {
        if !person.employed(day) {
            continue;
        }
        if let Some(presence) = company.presence(person, day) {
            shift(company, log, person, day, presence);
        }
        desk::free_time(company, log, person, day);
    }
    admin::lifecycle(company, log, day);
    services::day(company, log, day);
}

fn shift(company: &Company, log: &mut DayLog, person: &Person, day: Day, presence: Presence) {
    let seat = Seat::of(person, presence.place);
    let dice = company.dice("day", person.id(), day.0 as u64);
    let mut shift = Shift {
        company,
        person,
        day,
        presence,
        seat,
        dice,
    };
    desk::frame(log, &mut shift);
    busy(log, &mut shift, 1.0);
    tools::sticks(log, &mut shift);
    tools::uploads(log, &mut shift);
    admin::duty(log, &mut shift);
}

/// The acts of a desk, `share` times the usual number.
pub(crate) fn busy(log: &mut DayLog, shift: &mut Shift<'_>, share: f64) {
    web::surf(log, shift, share);
    post::mails(log, shift, share);
    files::files(log, shift, share);
    cloud::cloud(log, shift, share);
    erp::entries(log, shift, share);
    tools::programmes(log, shift, share);
}

/// The place of a person for a stretch outside the usual hours.
pub(crate) fn evening_place(company: &Company, person: &Person, day: Day) -> Place {
    match company.presence(person, day).map(|p| p.place) {
        Some(abroad @ Place::Abroad(_)) => abroad,
        _ => Place::Home,
    }
}
