//! Hiring: roles, names, accounts, machines, managers, contacts.

use std::collections::BTreeSet;

use super::profile::{Department, Duty, Hours};
use super::roles::{Kind, Level, ROLES, Role};
use super::{Habits, Person, Project, site_of};
use crate::calendar::SITES;
use crate::dice::Dice;
use crate::names::{GIVEN, SURNAMES};
use crate::plan::Plan;
use crate::rhythm::Rhythm;

/// Everybody who ever works there, with managers; contacts come later.
pub(super) fn everybody(plan: &Plan) -> Vec<Person> {
    let mut taken = BTreeSet::new();
    let mut people: Vec<Person> = posts(plan)
        .into_iter()
        .enumerate()
        .map(|(ix, role)| one(plan, ix, role, &mut taken))
        .collect();
    let joiners = (f64::from(plan.people) * 0.035 * f64::from(plan.days) / 120.0) as usize;
    set_joiners(plan, &mut people, joiners);
    set_managers(&mut people);
    people
}

/// One role per person: shares of the whole by largest remainder, at least one of each if there is room for all.
fn posts(plan: &Plan) -> Vec<&'static Role> {
    let people = plan.people as usize;
    let total: u32 = ROLES.iter().map(|r| r.weight).sum();
    let floor = usize::from(people >= 2 * ROLES.len());
    let exact = |r: &Role| people as f64 * f64::from(r.weight) / f64::from(total);
    let mut counts: Vec<usize> = ROLES.iter().map(|r| (exact(r) as usize).max(floor)).collect();
    let mut order: Vec<usize> = (0..ROLES.len()).collect();
    order.sort_by(|a, b| {
        let rest = |i: &usize| ROLES.get(*i).map_or(0.0, |r| exact(r) - libm::floor(exact(r)));
        rest(b).total_cmp(&rest(a)).then(a.cmp(b))
    });
    while counts.iter().sum::<usize>() < people {
        for ix in &order {
            if counts.iter().sum::<usize>() < people
                && let Some(count) = counts.get_mut(*ix)
            {
                *count += 1;
            }
        }
    }
    while counts.iter().sum::<usize>() > people {
        match counts.iter_mut().max() {
            Some(most) if *most > 0 => *most -= 1,
            _ => break,
        }
    }
    let mut posts: Vec<&'static Role> = ROLES
        .iter()
        .zip(&counts)
        .flat_map(|(role, count)| std::iter::repeat_n(role, *count))
        .collect();
    Dice::new(plan.seed, "posts", 0, 0).shuffle(&mut posts);
    posts
}

fn one(plan: &Plan, ix: usize, role: &'static Role, taken: &mut BTreeSet<String>) -> Person {
    let mut dice = Dice::new(plan.seed, "hire", ix as u64, 0);
    let (given, surname) = (dice.word(&GIVEN), dice.word(&SURNAMES));
    let plain = format!("{}.{}", given.to_lowercase(), surname.to_lowercase());
    let account = free_name(&plain, taken);
    let admin = (role.profile.duty != Duty::None).then(|| {
        let initial = given.chars().next().unwrap_or('x').to_ascii_lowercase();
        free_name(&format!("adm.{initial}{}", surname.to_lowercase()), taken)
    });
    let site = if role.profile.duty == Duty::Systems && dice.chance(0.6) {
        0
    } else {
        site_of(&mut dice)
    };
    let prefix = match role.kind {
        Kind::Employee => 'E',
        Kind::Contractor => 'X',
        Kind::Partner => 'P',
    };
    let years = dice.unit() * dice.unit() * 14.0;
    let net = SITES.get(site).map_or(10, |s| s.net);
    // Shift workers share a few terminals.
    let (host, ip) = if role.profile.hours == Hours::Office {
        let kind = if role.profile.remote > 0.0 { "LT" } else { "PC" };
        (
            format!("ALD-{kind}{:04}", ix + 1),
            [10, net, (ix / 240 + 1) as u8, (ix % 240 + 10) as u8],
        )
    } else {
        let terminal = dice.below(4) as u8
            + if role.department == Department::Facilities {
                5
            } else {
                1
            };
        (format!("ALD-TM{net}{terminal:02}"), [10, net, 200, terminal])
    };
    Person {
        ix,
        key: format!("{prefix}{}", 10_214 + ix * 7 + dice.below(7)),
        name: format!("{given} {surname}"),
        account,
        admin,
        site,
        role,
        moved: None,
        manager: None,
        join: plan.start.plus(-(130 + (years * 365.0) as i32)),
        leave: None,
        rhythm: Rhythm::draw(&mut dice, role),
        host,
        ip,
        rid: 1_200 + ix as u32 * 3,
        pace: dice.spread(1.0, 0.25).clamp(0.5, 1.9),
        projects: Vec::new(),
        contacts: Vec::new(),
        absences: Vec::new(),
        habits: habits(&mut dice, role),
        cast: false,
    }
}

fn free_name(plain: &str, taken: &mut BTreeSet<String>) -> String {
    let mut name = plain.to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{plain}{number}");
        number += 1;
    }
    name
}

fn habits(dice: &mut Dice, role: &Role) -> Habits {
    let keen = match role.department {
        Department::Executive => 3.0,
        Department::Engineering | Department::It => 1.6,
        Department::Logistics | Department::Facilities | Department::Service => 0.3,
        _ => 1.0,
    };
    let online = if role.profile.web > 3.0 { 1.0 } else { 0.3 };
    Habits {
        late: dice.spread(0.010, 0.9).min(0.12) * keen,
        weekend: dice.spread(0.004, 0.9).min(0.05) * keen,
        webmail: if dice.chance(0.35) {
            dice.unit() * 0.25 * online
        } else {
            0.0
        },
        jobs: if dice.chance(0.12) {
            dice.unit() * 0.08
        } else {
            0.002
        },
        phone: if dice.chance(0.3) {
            0.15 + dice.unit() * 0.4
        } else {
            0.02
        } * online,
        assistant: if dice.chance(0.45) {
            dice.unit() * 0.5 * online
        } else {
            0.0
        },
        clumsy: 0.01 + dice.unit() * 0.06,
    }
}

/// The last hires of the period: they start on Mondays spread over it.
fn set_joiners(plan: &Plan, people: &mut [Person], count: usize) {
    let mut dice = Dice::new(plan.seed, "joiners", 0, 0);
    let mut able: Vec<usize> = people
        .iter()
        .filter(|p| p.role.level == Level::Staff)
        .map(|p| p.ix)
        .collect();
    dice.shuffle(&mut able);
    for ix in able.into_iter().take(count) {
        let at = dice.between(5, i64::from(plan.days.max(6)) - 1) as i32;
        let day = plan.start.plus(at);
        let monday = day.plus(-i32::from(day.weekday()));
        if let Some(person) = people.get_mut(ix) {
            person.join = monday.max(plan.start.plus(1));
        }
    }
}

/// Staff report to a lead or head of the same department (the same site if there is one), heads to a director.
fn set_managers(people: &mut [Person]) {
    let bosses: Vec<(usize, Department, Level, usize)> = people
        .iter()
        .filter(|p| p.role.level > Level::Staff)
        .map(|p| (p.ix, p.role.department, p.role.level, p.site))
        .collect();
    for person in people {
        let (ix, department, level, site) =
            (person.ix, person.role.department, person.role.level, person.site);
        let above = |b: &&(usize, Department, Level, usize)| b.0 != ix && b.1 == department && b.2 > level;
        let chief = |b: &&(usize, Department, Level, usize)| {
            b.0 != ix && b.1 == Department::Executive && level < Level::Head
        };
        let top = |b: &&(usize, Department, Level, usize)| b.0 != ix && b.1 == Department::Executive;
        let near = bosses
            .iter()
            .filter(above)
            .min_by_key(|b| (b.3 != site, b.2, b.0));
        let boss = near
            .or_else(|| bosses.iter().find(chief))
            .or_else(|| bosses.iter().find(top).filter(|_| level == Level::Head));
        person.manager = boss
            .filter(|b| !(department == Department::Executive && b.0 > ix))
            .map(|b| b.0);
    }
}

/// Gives everybody people to write to: the manager, the team, the project, a few others.
pub(super) fn introduce(seed: u64, people: &mut [Person], projects: &[Project]) {
    let teams: Vec<(usize, Department, usize)> =
        people.iter().map(|p| (p.ix, p.role.department, p.site)).collect();
    for person in people {
        let mut dice = Dice::new(seed, "contacts", person.ix as u64, 0);
        let team = teams
            .iter()
            .filter(|t| t.1 == person.role.department && t.2 == person.site)
            .map(|t| t.0);
        let mut circle: Vec<usize> = team.collect();
        dice.shuffle(&mut circle);
        circle.truncate(7);
        let mates = person
            .projects
            .iter()
            .filter_map(|p| projects.get(*p))
            .flat_map(|p| p.members.iter().copied());
        let mut mates: Vec<usize> = mates.collect();
        dice.shuffle(&mut mates);
        circle.extend(mates.into_iter().take(6));
        circle.extend((0..3).map(|_| dice.below(teams.len())));
        circle.extend(person.manager);
        let mut seen = BTreeSet::from([person.ix]);
        circle.retain(|c| seen.insert(*c));
        person.contacts = circle;
    }
}
