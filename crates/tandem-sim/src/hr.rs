//! The personnel files: a first listing, changes as they become known, and facts at the rate at which they happen to anybody.

use std::io;
use std::path::Path;

use tandem_domain::Day;

use crate::calendar::SITES;
use crate::company::roles::{Kind, Level, Role};
use crate::company::{Company, Person, SERVICES, is_employee};
use crate::dice::Dice;

/// A dated fact about a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// The day it became known.
    pub(crate) known: Day,
    /// Key of the person.
    pub(crate) person: String,
    /// Kind, as the people files spell it.
    pub(crate) kind: &'static str,
    /// First day it holds.
    pub(crate) from: Option<Day>,
    /// Last day it holds.
    pub(crate) until: Option<Day>,
    /// Words.
    pub(crate) detail: String,
    /// Ticket or file number.
    pub(crate) reference: String,
}

/// Header of the listing.
const PEOPLE: [&str; 13] = [
    "known_on",
    "person",
    "kind",
    "display_name",
    "accounts",
    "email",
    "manager",
    "department",
    "role",
    "site",
    "time_zone",
    "join_date",
    "leave_date",
];

/// Writes `people.csv`.
pub(crate) fn write_people(company: &Company, path: &Path) -> io::Result<()> {
    let mut rows: Vec<(Day, usize, [String; 13])> = Vec::new();
    for person in &company.people {
        rows.extend(history(company, person));
    }
    let eve = company.calendar.start.plus(-1);
    let head = company
        .people
        .iter()
        .find(|p| p.role.title == "Head of IT Operations");
    for (n, service) in SERVICES.iter().enumerate() {
        let manager = head.map(|h| h.key.clone()).unwrap_or_default();
        let row = [
            eve.to_string(),
            service.key.into(),
            "service_account".into(),
            service.title.into(),
            service.account.into(),
            String::new(),
            manager,
            "IT Operations".into(),
            "Service account".into(),
            SITES[0].name.into(),
            SITES[0].zone.into(),
            String::new(),
            String::new(),
        ];
        rows.push((eve, company.people.len() + n, row));
    }
    rows.sort_by_key(|(day, ix, _)| (*day, *ix));
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(PEOPLE)?;
    for (_, _, row) in rows {
        file.write_record(&row)?;
    }
    file.flush()
}

/// Every row about a person: the first one, then one for each change on the day it became known.
fn history(company: &Company, person: &Person) -> Vec<(Day, usize, [String; 13])> {
    let (start, end) = (company.calendar.start, company.calendar.end());
    let first = if person.join > start {
        person.join.plus(-10).max(start.plus(-1))
    } else {
        start.plus(-1)
    };
    let leaving = person.leave.filter(|l| l.known <= first).map(|l| l.last);
    let mut rows = vec![(
        first,
        person.ix,
        row(company, person, first, person.role, leaving),
    )];
    let mut later: Vec<(Day, bool)> = Vec::new();
    later.extend(person.leave.filter(|l| l.known > first).map(|l| (l.known, true)));
    later.extend(person.moved.map(|(day, _)| (day.plus(-3).max(first), false)));
    later.sort_unstable();
    let mut role = person.role;
    let mut leaving = leaving;
    for (day, leaves) in later.into_iter().filter(|(day, _)| *day <= end) {
        if leaves {
            leaving = person.leave.map(|l| l.last);
        } else if let Some((_, new)) = person.moved {
            role = new;
        }
        rows.push((day, person.ix, row(company, person, day, role, leaving)));
    }
    rows
}

fn row(company: &Company, person: &Person, known: Day, role: &Role, leaving: Option<Day>) -> [String; 13] {
    let kind = match role.kind {
        Kind::Employee => "employee",
        Kind::Contractor => "contractor",
        Kind::Partner => "partner",
    };
    let accounts: Vec<&str> = [
        Some(person.account.as_str()),
        person.admin.as_deref(),
        Some(person.key.as_str()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let site = SITES.get(person.site).unwrap_or(&SITES[0]);
    [
        known.to_string(),
        person.key.clone(),
        kind.into(),
        person.name.clone(),
        accounts.join(";"),
        company.mail(&person.account),
        person
            .manager
            .map(|m| company.person(m).key.clone())
            .unwrap_or_default(),
        role.department.name().into(),
        role.title.into(),
        site.name.into(),
        site.zone.into(),
        person.join.to_string(),
        leaving.map(|d| d.to_string()).unwrap_or_default(),
    ]
}

/// Writes `facts.csv`: what became known by the end of the simulation.
pub(crate) fn write_facts(company: &Company, mut facts: Vec<Fact>, path: &Path) -> io::Result<()> {
    facts.extend(common(company));
    facts.retain(|f| f.known <= company.calendar.end());
    facts.sort_by(|a, b| (a.known, &a.person, a.kind).cmp(&(b.known, &b.person, b.kind)));
    let mut file = csv::Writer::from_path(path)?;
    file.write_record([
        "known_on",
        "person",
        "fact",
        "from",
        "until",
        "detail",
        "reference",
    ])?;
    let day = |d: Option<Day>| d.map(|d| d.to_string()).unwrap_or_default();
    for f in facts {
        let (from, until) = (day(f.from), day(f.until));
        file.write_record([
            &f.known.to_string(),
            &f.person,
            f.kind,
            &from,
            &until,
            &f.detail,
            &f.reference,
        ])?;
    }
    file.flush()
}

/// Facts that happen to anybody: ends of employment, leave, and a few of every other kind for people who do nothing wrong.
fn common(company: &Company) -> Vec<Fact> {
    let mut facts = Vec::new();
    for person in &company.people {
        let mut dice = company.dice("facts", person.id(), 0);
        endings(person, &mut facts);
        absences(person, &mut facts);
        ordinary(company, person, &mut dice, &mut facts);
    }
    top_up(company, &mut facts);
    facts
}

/// In a small company chance may leave a telling fact to a story's person alone; a few others have it too.
fn top_up(company: &Company, facts: &mut Vec<Fact>) {
    let able: Vec<&Person> = company
        .people
        .iter()
        .filter(|p| !p.cast && is_employee(p))
        .collect();
    for (kind, length) in [
        ("denied_promotion", 90),
        ("performance_plan", 60),
        ("red_flag_confirmed", 45),
        ("hotline_corroborated", 45),
    ] {
        let mut dice = company.dice(kind, 4, 0);
        for _ in facts.iter().filter(|f| f.kind == kind).count()..3 {
            let day = company
                .calendar
                .start
                .plus(dice.below(company.calendar.days as usize) as i32);
            let Some(person) = dice.pick(&able).filter(|p| p.employed(day)) else {
                continue;
            };
            let (person, until) = (person.key.clone(), Some(day.plus(length)));
            let (detail, reference) = (String::new(), String::new());
            facts.push(Fact {
                known: day,
                person,
                kind,
                from: Some(day),
                until,
                detail,
                reference,
            });
        }
    }
}

fn endings(person: &Person, facts: &mut Vec<Fact>) {
    let fact = |known, fact, from, until, detail: &str| Fact {
        known,
        person: person.key.clone(),
        kind: fact,
        from: Some(from),
        until,
        detail: detail.into(),
        reference: String::new(),
    };
    if let Some(leave) = person.leave {
        let kind = if is_employee(person) {
            "notice_given"
        } else {
            "contract_end"
        };
        facts.push(fact(leave.known, kind, leave.known, Some(leave.last), ""));
    }
    if let Some((day, role)) = person.moved {
        facts.push(fact(day.plus(-3), "role_change", day, None, role.title));
    }
}

fn absences(person: &Person, facts: &mut Vec<Fact>) {
    for (from, until) in &person.absences {
        // Leave is booked ahead; illness is known on the day.
        let booked = until.0 - from.0 >= 5;
        let known = if booked { from.plus(-14) } else { *from };
        facts.push(Fact {
            known,
            person: person.key.clone(),
            kind: "absence",
            from: Some(*from),
            until: Some(*until),
            detail: String::new(),
            reference: String::new(),
        });
    }
}

/// Rates per 120 days; the same for everybody whom no story needs otherwise.
fn ordinary(company: &Company, person: &Person, dice: &mut Dice, facts: &mut Vec<Fact>) {
    let (start, days) = (company.calendar.start, i64::from(company.calendar.days));
    let scale = days as f64 / 120.0;
    let staff = is_employee(person) && person.role.level < Level::Head;
    let rates: [(&'static str, f64, i32, &str); 8] = [
        ("denied_promotion", if staff { 0.02 } else { 0.0 }, 90, ""),
        ("performance_plan", if staff { 0.015 } else { 0.0 }, 60, ""),
        ("red_flag_confirmed", 0.006, 45, ""),
        ("hotline_corroborated", 0.002, 45, ""),
        ("support_given", 0.012, 30, ""),
        ("training", 0.15, 0, "information security"),
        ("approved_project", 0.03, 40, "data migration"),
        ("explanation", 0.008, 30, "accepted by the manager"),
    ];
    for (fact, rate, length, detail) in rates {
        let happens = dice.chance(rate * scale);
        let day = start.plus(dice.between(2, days.max(3)) as i32);
        if happens && person.employed(day) {
            let until = (length > 0).then(|| day.plus(length));
            let (person, detail) = (person.key.clone(), detail.to_owned());
            facts.push(Fact {
                known: day,
                person,
                kind: fact,
                from: Some(day),
                until,
                detail,
                reference: String::new(),
            });
        }
    }
    if person.admin.is_some() {
        for _ in 0..dice.count(1.5 * scale) {
            let day = start.plus(dice.between(0, days) as i32);
            let reference = format!("CHG-{}", 40_000 + dice.below(9_000));
            let (person, detail) = (person.key.clone(), "planned change".to_owned());
            facts.push(Fact {
                known: day,
                person,
                kind: "ticket",
                from: Some(day),
                until: Some(day.plus(2)),
                detail,
                reference,
            });
        }
    }
}
