//! Odd hours and places.

use tandem_domain::Day;

use super::{begin, some_day, workdays};
use crate::act::{Act, CloudItem, Directory, LogonKind};
use crate::calendar::date;
use crate::company::profile::Hours;
use crate::company::roles::Level;
use crate::company::{Company, is_employee};
use crate::plot::{Plot, clock};
use crate::rhythm::Place;
use crate::seat::Post;
use crate::stories::craft::at_a_desk;

/// Ends of quarters inside the simulated days.
fn quarter_ends(company: &Company) -> Vec<Day> {
    let days = (0..company.calendar.days as i32).map(|n| company.calendar.start.plus(n));
    days.filter(|day| date(*day).day() == 1 && matches!(date(*day).month(), 1 | 4 | 7 | 10))
        .map(|day| day.plus(-1))
        .collect()
}

/// Finance works late around every end of quarter.
pub(super) fn quarter_end_crunch(company: &mut Company, plot: &mut Plot) {
    for n in 0..4_u64 {
        let fits = |title: &str| matches!(title, "Accountant" | "Controller" | "Treasury Analyst");
        let Some(who) = company.choose(&format!("innocent: crunch {n}"), |p| {
            at_a_desk(p) && fits(p.role.title)
        }) else {
            return;
        };
        let ends = quarter_ends(company);
        let Some(last) = ends.last().copied() else { return };
        let window = (last.plus(-9), last.plus(5));
        let mut odd = Vec::new();
        for end in ends {
            let mut dice = company.dice("innocent: crunch hours", n, end.0 as u64);
            for day in workdays(company, who, end.plus(-8), end.plus(4)) {
                let change = company.change(who, day);
                change.until = Some(clock(dice.between(20, 23) as i32, dice.between(0, 50) as i32));
                change.pace = Some(1.4);
                odd.push(day);
            }
            let saturday = end.plus(5 - i32::from(end.weekday()) - if end.weekday() == 6 { 7 } else { 0 });
            if saturday <= end && dice.chance(0.6) {
                let change = company.change(who, saturday);
                change.works = Some(true);
                change.place = Some(Place::Home);
                odd.push(saturday);
            }
        }
        let mut s = begin(company, plot, who, "quarter_end_crunch", window);
        s.odd(odd).note("Closes the books: late evenings and a Saturday around each end of quarter, as in the quarter before.");
    }
}

/// A guard who is always on nights.
pub(super) fn night_shift(company: &mut Company, plot: &mut Plot) {
    let Some(who) = company.choose("innocent: nights", |p| p.rhythm.hours == Hours::ThreeShift) else {
        return;
    };
    company.edit(who, |p| p.rhythm.nights = true);
    let (quiet, end) = (company.plan.quiet_until(), company.calendar.end());
    let odd = workdays(company, who, quiet, end);
    let mut s = begin(company, plot, who, "night_shift", (quiet, quiet));
    s.odd(odd).note("Always on nights, from the first day: badge rounds and terminal use between ten and six are this person's usual.");
}

/// Weeks of leave, then back with a forgotten password and a full mailbox.
pub(super) fn parental_leave(company: &mut Company, plot: &mut Plot) {
    let Some(who) = company.choose("innocent: leave", |p| at_a_desk(p) && is_employee(p)) else {
        return;
    };
    let length = 38;
    let from = some_day(company, "innocent: leave", length + 10).max(company.calendar.start.plus(20));
    let until = from.plus(length - 3);
    company.edit(who, |p| p.absences.push((from, until)));
    let back = company.nth_workday(company.person(who), until.plus(1), 0);
    let site = company.person(who).site;
    let desk = company.help_desk(site, back).map(|p| p.ix);
    let account = company.person(who).account.clone();
    for n in 0..4 {
        let day = company.nth_workday(company.person(who), back, n);
        company.change(who, day).pace = Some(1.7);
    }
    let odd: Vec<Day> = (0..4)
        .map(|n| company.nth_workday(company.person(who), back, n))
        .collect();
    let mut s = begin(company, plot, who, "parental_leave", (from, back.plus(6)));
    s.odd(odd);
    if let Some(desk) = desk {
        s.by(desk)
            .from(Post::Admin)
            .at(back, clock(9, 20))
            .act(Act::Directory(Directory::ResetPassword { account }));
    }
    s.by(who)
        .from(Post::Usual)
        .at(back, clock(9, 50))
        .act(Act::LogOn(LogonKind::Interactive));
    for _ in 0..9 {
        let count = s.dice.between(30, 120) as u32;
        s.act(Act::Saas(CloudItem::MailRead { owner: None, count }))
            .wait(60, 400);
    }
    s.note(
        "Five weeks away (an absence on file), then a password reset, a full mailbox and busy first days.",
    );
}

/// Works from another continent for a while.
pub(super) fn traveller(company: &mut Company, plot: &mut Plot) {
    let fits = |title: &str| {
        matches!(
            title,
            "Account Manager" | "Director" | "Vendor Manager" | "Engineering Manager"
        )
    };
    let Some(who) = company.choose("innocent: traveller", |p| at_a_desk(p) && fits(p.role.title)) else {
        return;
    };
    let from = some_day(company, "innocent: traveller", 12);
    let mut dice = company.dice("innocent: traveller", 3, 0);
    // Country, and the hour at home when the day begins there.
    let (country, hour) = [("SG", 2), ("JP", 1), ("BR", 13), ("IN", 5)]
        .get(dice.below(4))
        .copied()
        .unwrap_or(("SG", 2));
    let days = workdays(company, who, from, from.plus(10));
    for day in &days {
        let change = company.change(who, *day);
        change.place = Some(Place::Abroad(country));
        change.start = Some(clock(hour, dice.between(0, 59) as i32));
    }
    let mut s = begin(company, plot, who, "traveller", (from, from.plus(11)));
    s.fact(
        from.plus(-6),
        "explanation",
        (from, Some(from.plus(11))),
        "business trip, approved by the manager",
    );
    s.odd(days).note(format!(
        "A business trip to {country}: VPN and cloud sign-ins from there, at hours that are night at home."
    ));
}

/// Under a performance plan, and stays late to do better.
pub(super) fn late_effort(company: &mut Company, plot: &mut Plot) {
    let fits = |p: &crate::company::Person| {
        at_a_desk(p) && is_employee(p) && p.role.level == Level::Staff && p.admin.is_none()
    };
    let Some(who) = company.choose("innocent: effort", fits) else {
        return;
    };
    let from = some_day(company, "innocent: effort", 26);
    let mut dice = company.dice("innocent: effort", 3, 0);
    let days = workdays(company, who, from, from.plus(24));
    let mut odd = Vec::new();
    for day in days {
        if dice.chance(0.55) {
            let change = company.change(who, day);
            change.until = Some(clock(dice.between(18, 20) as i32, dice.between(0, 59) as i32));
            change.pace = Some(1.15);
            odd.push(day);
        }
    }
    let mut s = begin(company, plot, who, "late_effort", (from, from.plus(25)));
    s.fact(from, "performance_plan", (from, Some(from.plus(60))), "");
    s.odd(odd).note("On a performance plan: stays later than before and does a little more of the same work. Nothing else.");
}
