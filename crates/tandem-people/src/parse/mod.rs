//! From the bytes of a people file to records and rejects. A bad row is a reject that says line, field and what to do; the
//! rest of the file goes on.

mod cert;
mod ldap;
mod ldif;
mod table;
#[cfg(test)]
mod tests;

use tandem_domain::Day;

use crate::record::Record;

/// Most groups kept of one person: more than anybody is in who is not every group's test account.
const MOST_GROUPS: usize = 1_000;

/// Formats of people files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PeopleFormat {
    /// Rows about who people are: `known_on,person,kind,display_name,accounts,…`.
    PeopleCsv,
    /// Rows about what happened: `known_on,person,fact,from,until,detail,reference`.
    FactsCsv,
    /// A month of the CERT LDAP tables, named `YYYY-MM.csv`.
    CertLdapCsv,
    /// A directory export in LDIF (RFC 2849) with `inetOrgPerson` or Active Directory attributes.
    Ldif,
}

impl PeopleFormat {
    /// The written name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PeopleCsv => "people-csv",
            Self::FactsCsv => "facts-csv",
            Self::CertLdapCsv => "cert-ldap",
            Self::Ldif => "ldif",
        }
    }
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleReject {
    /// Line in the file, 1 is the first.
    pub line: usize,
    /// Column or attribute; `None` if the whole row is meant.
    pub field: Option<String>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: String,
    /// The row as read, at most 2,000 characters.
    pub raw: String,
}

/// What a file held.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// Usable rows, in the file's order.
    pub records: Vec<Record>,
    /// Unusable rows.
    pub rejects: Vec<PeopleReject>,
    /// Rows that are not about people (groups, computers, organisational units), left out on purpose.
    pub skipped: u64,
}

/// What is wrong with one field.
#[derive(Debug)]
struct Flaw {
    field: &'static str,
    reason: String,
    hint: &'static str,
}

impl Flaw {
    fn new(field: &'static str, reason: impl Into<String>, hint: &'static str) -> Self {
        Self {
            field,
            reason: reason.into(),
            hint,
        }
    }

    fn at(self, line: u64, raw: &str) -> PeopleReject {
        PeopleReject {
            line: usize::try_from(line).unwrap_or(usize::MAX),
            field: (!self.field.is_empty()).then(|| self.field.to_owned()),
            reason: self.reason,
            hint: self.hint.to_owned(),
            raw: raw.chars().take(2_000).collect(),
        }
    }
}

/// Tells the format of a people file from its first bytes (a few kilobytes suffice), or `None` for any other file.
pub fn recognise_people(head: &[u8], file_name: &str) -> Option<PeopleFormat> {
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().find(|line| !line.trim().is_empty())?;
    if let Some(format) = table::recognise(first) {
        return Some(format);
    }
    let ldif_name = base_name(file_name)
        .split('.')
        .any(|part| part.eq_ignore_ascii_case("ldif"));
    ldif::recognise(text, ldif_name).then_some(PeopleFormat::Ldif)
}

/// Reads a people file. `received_day` is the day it arrived here: the day its contents became known, where neither rows nor
/// the file's name say so.
pub fn parse(format: PeopleFormat, file_name: &str, bytes: &[u8], received_day: Day) -> Parsed {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match format {
        PeopleFormat::PeopleCsv => table::people(bytes),
        PeopleFormat::FactsCsv => table::facts(bytes),
        PeopleFormat::CertLdapCsv => cert::parse(file_name, bytes),
        PeopleFormat::Ldif => ldap::parse(file_name, bytes, received_day),
    }
}

/// The first `YYYY-MM-DD` in a file's name.
fn date_in_name(file_name: &str) -> Option<Day> {
    let chars: Vec<char> = base_name(file_name).chars().collect();
    chars.windows(10).find_map(|w| {
        let text: String = w.iter().collect();
        let shaped = w.iter().enumerate().all(|(i, c)| {
            if i == 4 || i == 7 {
                *c == '-'
            } else {
                c.is_ascii_digit()
            }
        });
        if shaped { Day::parse(&text) } else { None }
    })
}

fn base_name(file_name: &str) -> &str {
    file_name.rsplit(['/', '\\']).next().unwrap_or(file_name)
}
