//! The frame of a day: doors, VPN, logons; and the evenings and weekends of people who cannot let go.

use tandem_domain::Day;

use super::{Shift, busy, evening_place, minutes, seconds};
use crate::act::{Act, CloudItem, Directory, Failure, LogonKind, Seat, VpnStep, Way};
use crate::calendar::HOUR;
use crate::company::profile::Hours;
use crate::company::{Company, Person};
use crate::rhythm::{Place, Presence};
use crate::scribe::{DayLog, perform};

/// Doors of a site; the first is the main entrance.
pub(crate) const DOORS: [&str; 5] = [
    "Main entrance",
    "Car park",
    "Goods gate",
    "Staff stairs",
    "Server room",
];

/// Arrival, logon, breaks, departure.
pub(crate) fn frame(log: &mut DayLog, shift: &mut Shift<'_>) {
    let (start, end, place) = (shift.presence.start, shift.presence.end, shift.presence.place);
    let lead = shift.dice.between(60, 260);
    match place {
        Place::Office => doors(log, shift, start - seconds(lead), end + seconds(lead)),
        Place::Home | Place::Abroad(_) => tunnel(log, shift, start - seconds(30), end + seconds(lead)),
    }
    log_on(log, shift, start);
    for _ in 0..shift.times(1.3) {
        let at = shift.moment();
        shift.act(log, at, &Act::LogOn(LogonKind::Unlock));
    }
    if shift.dice.chance(0.6) {
        shift.act(log, end - seconds(20), &Act::LogOff);
    }
    if shift.person.rhythm.hours == Hours::ThreeShift {
        rounds(log, shift);
    }
}

fn doors(log: &mut DayLog, shift: &mut Shift<'_>, first: i64, last: i64) {
    let favourite = shift.person.id() as usize * 7 % 3;
    let door = if shift.dice.chance(0.85) {
        DOORS.get(favourite)
    } else {
        shift.dice.pick(&DOORS[..4])
    };
    let door = door.copied().unwrap_or(DOORS[0]);
    if shift.dice.chance(0.004) {
        shift.act(
            log,
            first - seconds(9),
            &Act::Badge {
                door,
                way: Way::In,
                granted: false,
            },
        );
    }
    shift.act(
        log,
        first,
        &Act::Badge {
            door,
            way: Way::In,
            granted: true,
        },
    );
    if shift.dice.chance(0.35) && last - first > minutes(330) {
        let lunch = first + (last - first) / 2 + minutes(shift.dice.between(-25, 25));
        let back = lunch + minutes(shift.dice.between(18, 55));
        shift.act(
            log,
            lunch,
            &Act::Badge {
                door: DOORS[0],
                way: Way::Out,
                granted: true,
            },
        );
        shift.act(
            log,
            back,
            &Act::Badge {
                door: DOORS[0],
                way: Way::In,
                granted: true,
            },
        );
    }
    if shift.dice.chance(0.93) {
        shift.act(
            log,
            last,
            &Act::Badge {
                door,
                way: Way::Out,
                granted: true,
            },
        );
    }
}

fn tunnel(log: &mut DayLog, shift: &mut Shift<'_>, open: i64, close: i64) {
    let country = shift.presence.place.country(shift.person);
    if shift.dice.chance(shift.person.habits.clumsy) {
        shift.act(log, open - seconds(40), &Act::Vpn(VpnStep::Refused { country }));
    }
    shift.act(log, open, &Act::Vpn(VpnStep::Open { country }));
    let bytes = shift.dice.spread(90_000_000.0, 0.8) as u64;
    let minutes = ((close - open) / minutes(1)).max(1) as u32;
    shift.act(log, close, &Act::Vpn(VpnStep::Close { minutes, bytes }));
}

fn log_on(log: &mut DayLog, shift: &mut Shift<'_>, start: i64) {
    let mut at = start + seconds(shift.dice.between(40, 400));
    if shift.dice.chance(shift.person.habits.clumsy) {
        let locked = shift.dice.chance(0.05);
        for _ in 0..if locked { 5 } else { 1 + shift.dice.below(2) } {
            shift.act(log, at, &Act::LogOnFailed(Failure::Password));
            at += seconds(shift.dice.between(6, 30));
        }
        if locked {
            at = locked_out(log, shift, at);
        }
    }
    let kind = if shift.presence.place == Place::Office {
        LogonKind::Interactive
    } else {
        LogonKind::Cached
    };
    shift.act(log, at, &Act::LogOn(kind));
    if shift.dice.chance(0.55) {
        let country = shift.presence.place.country(shift.person);
        let failed = shift.dice.chance(shift.person.habits.clumsy / 2.0);
        shift.act(
            log,
            at + seconds(90),
            &Act::Saas(CloudItem::SignIn { failed, country }),
        );
    }
}

/// Five mistakes lock the account; the help desk opens it again. Returns when.
fn locked_out(log: &mut DayLog, shift: &mut Shift<'_>, at: i64) -> i64 {
    let account = shift.person.account.clone();
    shift.act(
        log,
        at,
        &Act::Directory(Directory::Lock {
            account: account.clone(),
        }),
    );
    shift.act(log, at + seconds(14), &Act::LogOnFailed(Failure::Locked));
    let later = at + minutes(shift.dice.between(4, 25));
    let desk = shift.company.help_desk(shift.person.site, shift.day);
    if let Some(seat) = desk.and_then(|p| Seat::admin(p, Place::Office)) {
        perform(
            shift.company,
            log,
            &seat,
            later,
            &Act::Directory(Directory::Unlock { account }),
        );
    }
    later + minutes(2)
}

/// A guard's rounds: doors of the site, about every hour.
fn rounds(log: &mut DayLog, shift: &mut Shift<'_>) {
    let mut at = shift.presence.start + minutes(shift.dice.between(30, 60));
    while at < shift.presence.end - minutes(20) {
        for _ in 0..=shift.dice.below(2) {
            let door = shift.dice.word(&DOORS);
            shift.act(
                log,
                at,
                &Act::Badge {
                    door,
                    way: Way::In,
                    granted: true,
                },
            );
            at += minutes(shift.dice.between(3, 9));
        }
        at += minutes(shift.dice.between(45, 75));
    }
}

/// Work and mail outside the usual hours, as habits have it.
pub(crate) fn free_time(company: &Company, log: &mut DayLog, person: &Person, day: Day) {
    if person.away(day) {
        return;
    }
    let mut dice = company.dice("free time", person.id(), day.0 as u64);
    let works = company.presence(person, day).is_some();
    let keen = person.pace;
    let start = if works && dice.chance(person.habits.late * keen) {
        Some(dice.between(i64::from(20 * HOUR), i64::from(23 * HOUR)) as i32)
    } else if !works && person.rhythm.hours == Hours::Office && dice.chance(person.habits.weekend * keen) {
        Some(dice.between(i64::from(9 * HOUR), i64::from(20 * HOUR)) as i32)
    } else {
        None
    };
    if let Some(start) = start {
        evening(company, log, person, (day, start), dice.between(25, 150));
    }
    if dice.chance(person.habits.phone * if works { 1.0 } else { 0.6 }) {
        let place = evening_place(company, person, day);
        let shift = Shift {
            company,
            person,
            day,
            presence: Presence {
                start: 0,
                end: 0,
                place,
                load: 0.0,
            },
            seat: Seat::of(person, place),
            dice: dice.clone(),
        };
        for _ in 0..=dice.below(2) {
            let at = company.calendar.instant(
                person.site,
                day,
                dice.between(i64::from(18 * HOUR), i64::from(22 * HOUR)) as i32,
            );
            let count = dice.between(1, 12) as u32;
            shift.act(log, at, &Act::Saas(CloudItem::MailRead { owner: None, count }));
        }
    }
}

/// A stretch of work from home.
pub(crate) fn evening(company: &Company, log: &mut DayLog, person: &Person, from: (Day, i32), length: i64) {
    let (day, start) = from;
    let begin = company.calendar.instant(person.site, day, start);
    let place = evening_place(company, person, day);
    let load = length as f64 / 480.0 * person.pace;
    let presence = Presence {
        start: begin,
        end: begin + minutes(length),
        place,
        load,
    };
    let dice = company.dice("evening", person.id(), day.0 as u64);
    let mut shift = Shift {
        company,
        person,
        day,
        presence,
        seat: Seat::of(person, place),
        dice,
    };
    let end = shift.presence.end;
    tunnel(log, &mut shift, begin - seconds(45), end + seconds(60));
    shift.act(log, begin, &Act::LogOn(LogonKind::Unlock));
    busy(log, &mut shift, 1.0);
}
