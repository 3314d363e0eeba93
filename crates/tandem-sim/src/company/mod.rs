//! The company: who works there, with whom, on what, with which accounts and machines.

mod hire;
mod life;
pub(crate) mod profile;
pub(crate) mod roles;
mod things;

use std::collections::BTreeMap;

use tandem_domain::Day;

use crate::calendar::{Calendar, SITES};
use crate::dice::Dice;
use crate::plan::Plan;
use crate::rhythm::{Change, Rhythm};
use profile::{Duty, Profile};
use roles::{Kind, ROLES, Role};

pub(crate) use life::{Busy, live};
pub(crate) use things::{Customer, Project, SERVICES, Vendor, server};

/// A person at work.
#[derive(Debug)]
pub(crate) struct Person {
    /// Position in [`Company::people`].
    pub(crate) ix: usize,
    /// Staff number: the key in the people files and the holder of the badge.
    pub(crate) key: String,
    /// Full name.
    pub(crate) name: String,
    /// Account they sign in with; also the local part of the mail address.
    pub(crate) account: String,
    /// A second account for administration.
    pub(crate) admin: Option<String>,
    /// Place of work, index into [`SITES`].
    pub(crate) site: usize,
    /// First role.
    pub(crate) role: &'static Role,
    /// A later role and the day it starts.
    pub(crate) moved: Option<(Day, &'static Role)>,
    /// Manager.
    pub(crate) manager: Option<usize>,
    /// First day of work.
    pub(crate) join: Day,
    /// Last day of work and the day that became known.
    pub(crate) leave: Option<Leaving>,
    /// How the week is arranged.
    pub(crate) rhythm: Rhythm,
    /// Workstation.
    pub(crate) host: String,
    /// Its address in the office.
    pub(crate) ip: [u8; 4],
    /// Relative identifier in the domain.
    pub(crate) rid: u32,
    /// Busier or quieter than the role's mean.
    pub(crate) pace: f64,
    /// Projects, indices into [`Company::projects`].
    pub(crate) projects: Vec<usize>,
    /// People they write to, closest first.
    pub(crate) contacts: Vec<usize>,
    /// Days away, first to last.
    pub(crate) absences: Vec<(Day, Day)>,
    /// Small private habits.
    pub(crate) habits: Habits,
    /// Part of a story or an odd innocent: chance leaves them alone.
    pub(crate) cast: bool,
}

/// An end of employment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaving {
    /// Last day of work.
    pub(crate) last: Day,
    /// The day it became known.
    pub(crate) known: Day,
    /// Days by which the account is disabled too late.
    pub(crate) late: u8,
}

/// Chances per working day.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Habits {
    /// An hour or two at night from home.
    pub(crate) late: f64,
    /// A few hours on a free day.
    pub(crate) weekend: f64,
    /// Reads private mail in the browser.
    pub(crate) webmail: f64,
    /// Looks at job offers.
    pub(crate) jobs: f64,
    /// Reads mail on the phone in the evening.
    pub(crate) phone: f64,
    /// Asks an assistant on the web.
    pub(crate) assistant: f64,
    /// Mistypes the password.
    pub(crate) clumsy: f64,
}

impl Person {
    /// The role held on that day.
    pub(crate) fn role_on(&self, day: Day) -> &'static Role {
        match self.moved {
            Some((from, role)) if day >= from => role,
            _ => self.role,
        }
    }

    /// The habits of the role held on that day.
    pub(crate) fn profile(&self, day: Day) -> &'static Profile {
        &self.role_on(day).profile
    }

    /// True between the first and the last day of work.
    pub(crate) fn employed(&self, day: Day) -> bool {
        day >= self.join && self.leave.is_none_or(|l| day <= l.last)
    }

    /// On leave or ill.
    pub(crate) fn away(&self, day: Day) -> bool {
        self.absences
            .iter()
            .any(|(from, until)| day >= *from && day <= *until)
    }

    /// The address given to their machine by the VPN.
    pub(crate) fn tunnel_ip(&self) -> [u8; 4] {
        [10, 99, (self.ix / 250) as u8, (self.ix % 250 + 2) as u8]
    }

    /// The address of their home.
    pub(crate) fn home_ip(&self) -> [u8; 4] {
        let n = self.ix * 37 + 1_021;
        [198, 18, (n / 251 % 251) as u8, (n % 251 + 2) as u8]
    }

    /// A short machine-independent number for streams of chance.
    pub(crate) fn id(&self) -> u64 {
        self.ix as u64
    }
}

/// Everything that does not change while days pass.
#[derive(Debug)]
pub(crate) struct Company {
    /// What was asked for.
    pub(crate) plan: Plan,
    /// Days, clocks, holidays.
    pub(crate) calendar: Calendar,
    /// People, by index.
    pub(crate) people: Vec<Person>,
    /// Projects, by index.
    pub(crate) projects: Vec<Project>,
    /// Customers, by index.
    pub(crate) customers: Vec<Customer>,
    /// Vendors, by index.
    pub(crate) vendors: Vec<Vendor>,
    /// Days that differ from somebody's usual rhythm.
    pub(crate) changes: BTreeMap<(usize, Day), Change>,
    /// Head of the domain's security identifiers.
    pub(crate) domain_sid: String,
}

impl Company {
    /// Hires everybody and gives them machines, projects and contacts.
    pub(crate) fn found(plan: &Plan) -> Self {
        let calendar = Calendar::new(plan.start, plan.days);
        let mut dice = Dice::new(plan.seed, "domain", 0, 0);
        let mut part = || dice.between(100_000_000, 3_999_999_999);
        let domain_sid = format!("S-1-5-21-{}-{}-{}", part(), part(), part());
        let mut people = hire::everybody(plan);
        let projects = things::projects(plan, &mut people);
        let customers = things::customers(plan);
        let vendors = things::vendors(plan);
        hire::introduce(plan.seed, &mut people, &projects);
        Self {
            plan: plan.clone(),
            calendar,
            people,
            projects,
            customers,
            vendors,
            changes: BTreeMap::new(),
            domain_sid,
        }
    }

    /// The stream of chance for a question.
    pub(crate) fn dice(&self, question: &str, a: u64, b: u64) -> Dice {
        Dice::new(self.plan.seed, question, a, b)
    }

    /// The person at `ix`; indices are only made by [`Company`] itself, so the first person stands in for none.
    pub(crate) fn person(&self, ix: usize) -> &Person {
        self.people.get(ix).unwrap_or(&self.people[0])
    }

    /// The mail address of an account.
    pub(crate) fn mail(&self, account: &str) -> String {
        format!("{account}@{}", self.plan.home_domain)
    }

    /// The full name of a machine.
    pub(crate) fn fqdn(&self, host: &str) -> String {
        format!("{host}.{}", self.plan.home_domain)
    }

    /// Somebody for a part: present for the whole time, not yet cast, and fit; the same for every run of a seed.
    pub(crate) fn choose(&self, question: &str, fit: impl Fn(&Person) -> bool) -> Option<usize> {
        let (start, end) = (self.calendar.start, self.calendar.end());
        let stays = |p: &Person| p.join < start.plus(-120) && p.leave.is_none_or(|l| l.last > end);
        let fitting: Vec<usize> = self
            .people
            .iter()
            .filter(|p| !p.cast && p.moved.is_none() && stays(p) && fit(p))
            .map(|p| p.ix)
            .collect();
        self.dice(question, 0, 0).pick(&fitting).copied()
    }

    /// Marks somebody as part of a story.
    pub(crate) fn cast(&mut self, ix: usize) {
        if let Some(person) = self.people.get_mut(ix) {
            person.cast = true;
        }
    }

    /// Changes one person's record.
    pub(crate) fn edit(&mut self, ix: usize, change: impl FnOnce(&mut Person)) {
        if let Some(person) = self.people.get_mut(ix) {
            change(person);
        }
    }

    /// The change of somebody's day, made if there is none yet.
    pub(crate) fn change(&mut self, ix: usize, day: Day) -> &mut Change {
        self.changes.entry((ix, day)).or_default()
    }

    /// Somebody of the help desk for the accounts of others, preferring the same site.
    pub(crate) fn help_desk(&self, site: usize, day: Day) -> Option<&Person> {
        let on = |p: &&Person| p.admin.is_some() && p.profile(day).duty == Duty::HelpDesk && p.employed(day);
        let mut able = self.people.iter().filter(on).filter(|p| !p.cast);
        let first = able.next()?;
        let near = std::iter::once(first)
            .chain(able)
            .filter(|p| p.site == site)
            .collect::<Vec<_>>();
        let n = usize::try_from(day.0).unwrap_or_default() % near.len().max(1);
        Some(near.get(n).copied().unwrap_or(first))
    }
}

/// The role with that title.
pub(crate) fn role(title: &str) -> &'static Role {
    ROLES.iter().find(|r| r.title == title).unwrap_or(&ROLES[0])
}

/// Place of a site in the list by its share of the staff.
fn site_of(dice: &mut Dice) -> usize {
    let mut left = dice.below(100) as u32;
    for (ix, site) in SITES.iter().enumerate() {
        if left < site.share {
            return ix;
        }
        left -= site.share;
    }
    0
}

/// True for people on the payroll.
pub(crate) fn is_employee(person: &Person) -> bool {
    person.role.kind == Kind::Employee
}
