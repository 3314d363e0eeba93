//! The monthly LDAP tables of the CERT insider threat data (Glasser and Lindauer 2013). A month's table lists who was there in
//! that month; it can have been known at the earliest when the month was over.

use tandem_domain::Day;

use super::table::{Row, rows};
use super::{Flaw, Parsed, base_name};
use crate::record::{Origin, PersonRecord, Record, Snapshot};

const NEEDED: [&str; 3] = ["employee_name", "user_id", "role"];
const SERIES: &str = "cert-ldap";

/// Reads one month. Its name must hold the month.
pub(super) fn parse(file_name: &str, bytes: &[u8]) -> Parsed {
    let Some((month, next)) = month_in_name(file_name) else {
        let hint = "name the file after its month, as 2010-08.csv";
        let reject =
            Flaw::new("", "the month of this table cannot be told", hint).at(1, base_name(file_name));
        return Parsed {
            rejects: vec![reject],
            ..Parsed::default()
        };
    };
    let mut parsed = rows(bytes, &NEEDED, |row| person(row, month, next).map(Record::Person));
    if !parsed.rejects.is_empty() {
        // A row that cannot be read must not look like somebody who left, so a damaged table proves no departure.
        for record in &mut parsed.records {
            if let Record::Person(person) = record {
                person.snapshot = None;
            }
        }
    }
    parsed
}

fn person(row: &Row<'_>, month: Day, next: Day) -> Result<PersonRecord, Flaw> {
    let user = row.needed("user_id")?;
    let place = ["business_unit", "functional_unit", "department", "team"];
    let mut parts = Vec::new();
    for field in place {
        parts.extend(row.text(field)?);
    }
    Ok(PersonRecord {
        known_on: next,
        person: user.to_owned(),
        kind: None,
        display_name: row.owned("employee_name")?,
        accounts: vec![user.to_owned()],
        email: row.owned("email")?,
        manager: row.owned("supervisor")?,
        // Departments are numbered inside their unit, so only the whole path names one.
        department: (!parts.is_empty()).then(|| parts.join(" / ")),
        role: row.owned("role")?,
        groups: Vec::new(),
        site: None,
        time_zone: None,
        join_date: None,
        leave_date: None,
        origin: Origin::CertLdap,
        snapshot: Some(Snapshot {
            series: SERIES.to_owned(),
            covers_from: month,
        }),
    })
}

/// First day of the month in `YYYY-MM.csv`, and of the next month.
fn month_in_name(file_name: &str) -> Option<(Day, Day)> {
    let stem = base_name(file_name).split('.').next()?;
    let (year, month) = stem.split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
    let next = if month == 12 {
        Day::from_ymd(year.checked_add(1)?, 1, 1)
    } else {
        Day::from_ymd(year, month + 1, 1)
    };
    Some((Day::from_ymd(year, month, 1)?, next?))
}
