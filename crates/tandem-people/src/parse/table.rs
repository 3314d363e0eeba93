//! `people*.csv` and `facts*.csv`.

use std::collections::HashMap;

use csv::{ByteRecord, ReaderBuilder, Trim};
use tandem_domain::Day;

use super::{Flaw, MOST_GROUPS, Parsed, PeopleFormat};
use crate::record::{FactKind, FactRecord, Origin, PersonKind, PersonRecord, Record};

/// Columns without which a row of people says nothing.
const PEOPLE: [&str; 4] = ["known_on", "person", "kind", "accounts"];
/// Columns without which a fact says nothing.
const FACTS: [&str; 3] = ["known_on", "person", "fact"];
const CERT: [&str; 4] = ["employee_name", "user_id", "email", "role"];

/// The format whose columns a header line names.
pub(super) fn recognise(header: &str) -> Option<PeopleFormat> {
    let columns = split_header(header);
    let has = |wanted: &[&str]| wanted.iter().all(|name| columns.iter().any(|c| c == name));
    if has(&FACTS) {
        Some(PeopleFormat::FactsCsv)
    } else if has(&PEOPLE) {
        Some(PeopleFormat::PeopleCsv)
    } else if has(&CERT) {
        Some(PeopleFormat::CertLdapCsv)
    } else {
        None
    }
}

fn split_header(header: &str) -> Vec<String> {
    let delimiter = char::from(delimiter(header.as_bytes()));
    header
        .trim()
        .split(delimiter)
        .map(|c| c.trim().trim_matches('"').to_ascii_lowercase())
        .collect()
}

/// The most frequent of comma, semicolon and tab in the header line.
fn delimiter(bytes: &[u8]) -> u8 {
    let line = bytes
        .split(|b| *b == b'\n')
        .find(|l| !l.trim_ascii().is_empty())
        .unwrap_or_default();
    let count = |wanted: u8| line.split(|b| *b == wanted).count();
    // On a tie the first wins: the comma.
    [b',', b';', b'\t']
        .into_iter()
        .rev()
        .max_by_key(|d| count(*d))
        .unwrap_or(b',')
}

/// One row with its columns by name.
pub(super) struct Row<'r> {
    columns: &'r HashMap<String, usize>,
    record: &'r ByteRecord,
}

impl<'r> Row<'r> {
    /// A cell, or `None` if it is empty or the column is absent.
    pub(super) fn text(&self, field: &'static str) -> Result<Option<&'r str>, Flaw> {
        let Some(bytes) = self.columns.get(field).and_then(|i| self.record.get(*i)) else {
            return Ok(None);
        };
        let text = std::str::from_utf8(bytes)
            .map_err(|_| Flaw::new(field, "not valid UTF-8", "save the file in the encoding UTF-8"))?
            .trim();
        Ok((!text.is_empty()).then_some(text))
    }

    /// A cell that must not be empty.
    pub(super) fn needed(&self, field: &'static str) -> Result<&'r str, Flaw> {
        self.text(field)?
            .ok_or_else(|| Flaw::new(field, "is empty", "every row needs it"))
    }

    pub(super) fn owned(&self, field: &'static str) -> Result<Option<String>, Flaw> {
        Ok(self.text(field)?.map(str::to_owned))
    }

    fn day(&self, field: &'static str) -> Result<Option<Day>, Flaw> {
        self.text(field)?
            .map(|text| {
                let shaped = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
                shaped.then(|| Day::parse(text)).flatten().ok_or_else(|| {
                    Flaw::new(field, format!("`{text}` is no date"), "write dates as YYYY-MM-DD")
                })
            })
            .transpose()
    }

    fn needed_day(&self, field: &'static str) -> Result<Day, Flaw> {
        self.day(field)?
            .ok_or_else(|| Flaw::new(field, "is empty", "say when this became known, as YYYY-MM-DD"))
    }
}

/// Reads a table row by row; `read` makes a record of each.
pub(super) fn rows(
    bytes: &[u8],
    needed: &[&'static str],
    mut read: impl FnMut(&Row<'_>) -> Result<Record, Flaw>,
) -> Parsed {
    let mut parsed = Parsed::default();
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter(bytes))
        .flexible(true)
        .trim(Trim::All)
        .has_headers(false)
        .from_reader(bytes);
    let mut record = ByteRecord::new();
    let mut columns: Option<(HashMap<String, usize>, usize)> = None;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                let line = reader.position().line();
                parsed
                    .rejects
                    .push(Flaw::new("", error.to_string(), "check the quotes of this row").at(line, ""));
                continue;
            }
        }
        let line = record.position().map_or(0, csv::Position::line);
        let raw = || {
            record
                .iter()
                .map(String::from_utf8_lossy)
                .collect::<Vec<_>>()
                .join(",")
        };
        let Some((columns, width)) = &columns else {
            match header(&record, needed) {
                Ok(found) => columns = Some(found),
                Err(flaw) => {
                    parsed.rejects.push(flaw.at(line, &raw()));
                    return parsed;
                }
            }
            continue;
        };
        let outcome = if record.len() == *width {
            read(&Row {
                columns,
                record: &record,
            })
        } else {
            let reason = format!("{} cells, but the header has {width}", record.len());
            Err(Flaw::new(
                "",
                reason,
                "put cells that hold a separator or a line break in double quotes",
            ))
        };
        match outcome {
            Ok(record) => parsed.records.push(record),
            Err(flaw) => parsed.rejects.push(flaw.at(line, &raw())),
        }
    }
    parsed
}

fn header(record: &ByteRecord, needed: &[&'static str]) -> Result<(HashMap<String, usize>, usize), Flaw> {
    let names: HashMap<String, usize> = record
        .iter()
        .enumerate()
        .map(|(i, cell)| (String::from_utf8_lossy(cell).trim().to_ascii_lowercase(), i))
        .collect();
    match needed.iter().find(|name| !names.contains_key(**name)) {
        Some(missing) => Err(Flaw::new(
            missing,
            "the header has no such column",
            "the first line must name the columns",
        )),
        None => Ok((names, record.len())),
    }
}

/// Reads `people*.csv`.
pub(super) fn people(bytes: &[u8]) -> Parsed {
    rows(bytes, &PEOPLE, |row| person(row).map(Record::Person))
}

fn person(row: &Row<'_>) -> Result<PersonRecord, Flaw> {
    let known_on = row.needed_day("known_on")?;
    let person = row.needed("person")?.to_owned();
    let kind = row.needed("kind")?;
    let kind = PersonKind::parse(kind)
        .filter(|k| *k != PersonKind::Unknown)
        .ok_or_else(|| {
            let hint = "one of employee, contractor, partner, service_account";
            Flaw::new("kind", format!("`{kind}` is no kind of person"), hint)
        })?;
    let accounts: Vec<String> = row
        .needed("accounts")?
        .split(';')
        .map(str::trim)
        .filter(|a| !a.is_empty())
        .map(str::to_owned)
        .collect();
    let time_zone = row.owned("time_zone")?;
    if let Some(zone) = time_zone.as_deref().filter(|z| !looks_like_zone(z)) {
        let hint = "write an IANA name such as Europe/Berlin";
        return Err(Flaw::new("time_zone", format!("`{zone}` is no time zone"), hint));
    }
    let join_date = row.day("join_date")?;
    let leave_date = row.day("leave_date")?;
    if join_date
        .zip(leave_date)
        .is_some_and(|(join, leave)| leave < join)
    {
        return Err(Flaw::new(
            "leave_date",
            "is before join_date",
            "the last day of work cannot be before the first",
        ));
    }
    Ok(PersonRecord {
        known_on,
        person,
        kind: Some(kind),
        display_name: row.owned("display_name")?,
        accounts,
        email: row.owned("email")?,
        manager: row.owned("manager")?,
        department: row.owned("department")?,
        role: row.owned("role")?,
        groups: row
            .text("groups")?
            .into_iter()
            .flat_map(|cell| cell.split(';'))
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .take(MOST_GROUPS)
            .map(str::to_owned)
            .collect(),
        site: row.owned("site")?,
        time_zone,
        join_date,
        leave_date,
        origin: Origin::People,
        snapshot: None,
    })
}

/// The shape of an IANA name; whether the zone exists is for the caller, who has the time zone data.
fn looks_like_zone(zone: &str) -> bool {
    zone.starts_with(|c: char| c.is_ascii_alphabetic())
        && zone
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'_' | b'-' | b'+'))
}

/// Reads `facts*.csv`.
pub(super) fn facts(bytes: &[u8]) -> Parsed {
    rows(bytes, &FACTS, |row| fact(row).map(Record::Fact))
}

fn fact(row: &Row<'_>) -> Result<FactRecord, Flaw> {
    let known_on = row.needed_day("known_on")?;
    let person = row.needed("person")?.to_owned();
    let name = row.needed("fact")?;
    let fact = FactKind::parse(name).ok_or_else(|| {
        let hint =
            "see the list of facts in the documentation of people files, such as notice_given or ticket";
        Flaw::new("fact", format!("`{name}` is no known fact"), hint)
    })?;
    let from = row.day("from")?;
    let until = row.day("until")?;
    if until.is_some_and(|until| until < from.unwrap_or(until)) {
        return Err(Flaw::new(
            "until",
            "is before from",
            "the last day cannot be before the first",
        ));
    }
    Ok(FactRecord {
        known_on,
        person,
        fact,
        from,
        until,
        detail: row.owned("detail")?,
        reference: row.owned("reference")?,
    })
}
