//! One day of the ledger, by colleague.

use std::collections::{BTreeMap, BTreeSet};

use tandem_domain::{Day, Purpose, Role, SubjectId, Timestamp};

use super::{Colleague, Colleagues, NIGHT_ENDS};
use crate::row::Row;

/// Microseconds in one minute.
const MINUTE: i64 = 60_000_000;
/// The account name of Tandem itself.
const SYSTEM: &str = "system";

/// What each colleague did on one calendar day of their own clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchDay {
    pub(super) day: Day,
    pub(super) by_who: BTreeMap<String, Acts>,
}

/// One colleague's day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Acts {
    /// Rows about subjects without a case.
    pub(super) without_case: Group,
    /// Rows at night about subjects.
    pub(super) night: Group,
    /// Rows that export something.
    pub(super) exports: Group,
    /// Rows by subject who is tied to the colleague or is the colleague.
    pub(super) tied: BTreeMap<SubjectId, Group>,
    /// True if something was done as auditor.
    pub(super) as_auditor: bool,
}

/// Some rows of one colleague's day.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Group {
    pub(super) rows: Vec<u64>,
    pub(super) subjects: BTreeSet<SubjectId>,
    pub(super) cases: BTreeSet<String>,
    pub(super) without_case: bool,
    pub(super) last: Timestamp,
}

impl Group {
    fn add(&mut self, row: &Row) {
        self.rows.push(row.seq);
        self.subjects.extend(row.entry.subject.clone());
        match &row.entry.case {
            Some(case) => {
                self.cases.insert(case.0.clone());
            }
            None => self.without_case = true,
        }
        self.last = self.last.max(row.entry.at);
    }
}

impl WatchDay {
    /// An empty day, to be filled row by row.
    pub const fn new(day: Day) -> Self {
        Self {
            day,
            by_who: BTreeMap::new(),
        }
    }

    /// Sorts out the rows that fall on `day`, each by the clock of the colleague who wrote it. Give it all rows from 14 hours
    /// before the day (UTC) to 12 hours after it: no clock is further away from UTC. Rows of other days are passed over, and so
    /// are the system's, and members of staff who read what is kept about themselves.
    pub fn of<'a>(day: Day, rows: impl IntoIterator<Item = &'a Row>, colleagues: &Colleagues) -> Self {
        let mut made = Self::new(day);
        for row in rows {
            made.add(row, colleagues);
        }
        made
    }

    /// Takes one more row in, as [`WatchDay::of`] does, for whoever reads the ledger piece by piece. Of a row nothing is kept but
    /// its number, its subject and its case. `colleagues` must know the row's ties when it is added.
    pub fn add(&mut self, row: &Row, colleagues: &Colleagues) {
        let entry = &row.entry;
        let nobody = Colleague::default();
        let colleague = colleagues.get(&entry.who).unwrap_or(&nobody);
        let local = entry
            .at
            .plus_micros(i64::from(colleague.offset_minutes).saturating_mul(MINUTE));
        if local.day() != self.day || entry.who == SYSTEM || is_own_data(row, colleague) {
            return;
        }
        let acts = self.by_who.entry(entry.who.clone()).or_default();
        acts.as_auditor |= entry.role == Role::Auditor.as_str();
        if is_export(&entry.act) {
            acts.exports.add(row);
        }
        let Some(subject) = &entry.subject else {
            return;
        };
        if entry.case.is_none() {
            acts.without_case.add(row);
        }
        if local.hour() < NIGHT_ENDS {
            acts.night.add(row);
        }
        if colleague.own_subject.as_ref() == Some(subject) || colleague.ties.contains_key(subject) {
            acts.tied.entry(subject.clone()).or_default().add(row);
        }
    }

    /// The day.
    pub const fn day(&self) -> Day {
        self.day
    }
}

/// Everybody may read what is kept about themselves, by the page for it.
fn is_own_data(row: &Row, colleague: &Colleague) -> bool {
    let own = row.entry.subject.is_some() && row.entry.subject == colleague.own_subject;
    row.entry.role == Role::Staff.as_str() || (own && row.entry.purpose == Some(Purpose::OwnData))
}

/// `export.make` and its like, also `case.export`.
fn is_export(act: &str) -> bool {
    act.split('.').any(|word| word == "export")
}
