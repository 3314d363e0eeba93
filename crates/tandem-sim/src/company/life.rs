//! What happens to people while the company runs: leave, illness, new posts, ends of employment.

use std::collections::BTreeMap;

use tandem_domain::Day;

use super::roles::{Kind, Level, ROLES, Role};
use super::{Company, Leaving, Person};
use crate::dice::Dice;

/// Days on which a story or an oddity needs somebody, first to last.
pub(crate) type Busy = BTreeMap<usize, (Day, Day)>;

/// Lets chance act on everybody; those who are cast keep their days of the plot free of leave, and stay in their posts.
pub(crate) fn live(company: &mut Company, busy: &Busy) {
    let (start, days) = (company.calendar.start, company.calendar.days);
    let seed = company.plan.seed;
    for person in &mut company.people {
        let mut dice = Dice::new(seed, "life", person.id(), 0);
        let scale = f64::from(days) / 120.0;
        if !person.cast {
            end(person, &mut dice, (start, days), scale);
            move_on(person, &mut dice, (start, days), scale);
        }
        rest(person, &mut dice, (start, days), busy.get(&person.ix).copied());
    }
}

fn end(person: &mut Person, dice: &mut Dice, (start, days): (Day, u32), scale: f64) {
    let share = if person.role.kind == Kind::Employee {
        0.045
    } else {
        0.10
    };
    if !dice.chance(share * scale) || person.role.level == Level::Head || person.join > start {
        return;
    }
    let last = start.plus(dice.between(8, i64::from(days) + 25) as i32);
    let last = if last.is_weekend() { last.plus(-2) } else { last };
    let known = last.plus(-(dice.between(20, 75) as i32));
    let late = if dice.chance(0.15) {
        dice.between(2, 9) as u8
    } else {
        0
    };
    person.leave = Some(Leaving {
        last,
        known: known.max(start.plus(-1)),
        late,
    });
}

/// A new post in the same department, rarely elsewhere.
fn move_on(person: &mut Person, dice: &mut Dice, (start, days): (Day, u32), scale: f64) {
    if person.leave.is_some() || person.role.level != Level::Staff || !dice.chance(0.02 * scale) {
        return;
    }
    let same = |r: &&Role| r.department == person.role.department;
    let fits =
        |r: &&Role| r.level == Level::Staff && r.kind == person.role.kind && r.title != person.role.title;
    let alike = |r: &&Role| {
        r.profile.hours == person.role.profile.hours && r.profile.duty == person.role.profile.duty
    };
    let near: Vec<&'static Role> = ROLES.iter().filter(fits).filter(alike).filter(same).collect();
    if let Some(role) = dice.pick(&near) {
        let day = start.plus(dice.between(10, i64::from(days)) as i32);
        person.moved = Some((day.plus(-i32::from(day.weekday())), role));
    }
}

/// Leave in whole weeks, illness in days.
fn rest(person: &mut Person, dice: &mut Dice, (start, days): (Day, u32), busy: Option<(Day, Day)>) {
    let mut add = |from: Day, until: Day| {
        let clash = busy.is_some_and(|(a, b)| from <= b.plus(3) && until >= a.plus(-3));
        if !clash {
            person.absences.push((from, until));
        }
    };
    let blocks = dice.count(1.1 * f64::from(days) / 120.0);
    for _ in 0..blocks {
        let day = start.plus(dice.between(0, i64::from(days)) as i32);
        let monday = day.plus(-i32::from(day.weekday()));
        add(monday, monday.plus(if dice.chance(0.4) { 13 } else { 6 }));
    }
    for _ in 0..dice.count(1.2 * f64::from(days) / 120.0) {
        let day = start.plus(dice.between(0, i64::from(days)) as i32);
        add(day, day.plus(dice.between(0, 3) as i32));
    }
    person.absences.sort_unstable();
}
