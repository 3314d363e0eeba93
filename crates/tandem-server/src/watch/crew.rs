//! Who works with Tandem, and how the subjects that they looked at are tied to them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use tandem_casework::case::CaseFact;
use tandem_casework::case::people::PeopleFact;
use tandem_domain::time::{MICROS_PER_HOUR, MICROS_PER_SECOND};
use tandem_domain::{CaseId, Day, SubjectId, Timestamp};
use tandem_ledger::Row;
use tandem_ledger::watch::{Colleague, Colleagues, Tie};
use tandem_people::{Person, View};
use tandem_store::{ColleagueRow, WorkFilter, WorkKind};

use super::readers::near;
use crate::app::App;
use crate::cases::ColleagueSettings;
use crate::http::error::ApiError;

/// Everybody's account, and the person behind it where that is known.
#[derive(Debug)]
pub(super) struct Known {
    pub rows: Vec<ColleagueRow>,
    /// Keys of people facts, by account.
    pub persons: BTreeMap<String, String>,
}

/// By account: subjects of cases in which a colleague takes no part, and since when.
pub(super) type Barred = BTreeMap<String, BTreeMap<SubjectId, Timestamp>>;

/// Everybody who works with Tandem, for one look at the ledger.
#[derive(Debug)]
pub(super) struct Staff {
    pub rows: Vec<ColleagueRow>,
    /// Keys of people facts, by account.
    pub persons: BTreeMap<String, String>,
    /// Departments of the organisation that a colleague keeps away from, in small letters.
    departments: BTreeMap<String, BTreeSet<String>>,
    /// Subjects of cases in which a colleague takes no part, and since when.
    pub barred: Barred,
    /// The zone of who has none of their own.
    home: TimeZone,
}

impl App {
    /// Everybody who works with Tandem, with the person behind each account that is tied to one.
    pub(super) async fn known_colleagues(&self) -> Result<Known, ApiError> {
        let rows = self.store.colleagues().await?;
        let mut persons = BTreeMap::new();
        for row in &rows {
            let Some(subject) = &row.subject else { continue };
            if let Some(known) = self.store.subject(subject).await? {
                persons.insert(row.account.clone(), known.person);
            }
        }
        Ok(Known { rows, persons })
    }

    /// Everybody who works with Tandem, with the departments that they keep away from.
    pub(super) async fn watched_staff(&self) -> Result<Staff, ApiError> {
        let Known { rows, persons } = self.known_colleagues().await?;
        let conflicts = |row: &ColleagueRow| {
            let settings: ColleagueSettings = serde_json::from_str(&row.body).unwrap_or_default();
            let small: BTreeSet<String> = settings
                .conflicts
                .iter()
                .map(|name| name.trim().to_lowercase())
                .collect();
            (row.account.clone(), small)
        };
        Ok(Staff {
            departments: rows.iter().map(conflicts).collect(),
            barred: Barred::new(),
            home: TimeZone::get(&self.config.home.time_zone).unwrap_or(TimeZone::UTC),
            rows,
            persons,
        })
    }

    /// Who takes no part in a case about whom, and since when.
    pub(super) async fn barred(&self) -> Result<Barred, ApiError> {
        let filter = WorkFilter {
            limit: usize::MAX,
            ..WorkFilter::default()
        };
        let mut barred = Barred::new();
        for row in self.store.work(WorkKind::Case, &filter).await? {
            let known = self.case(&CaseId(row.id)).await?;
            for fact in &known.facts {
                let CaseFact::People(PeopleFact::Barred { account, .. }) = &fact.what else {
                    continue;
                };
                let subjects = barred.entry(account.clone()).or_default();
                for subject in &known.case.ever_subjects {
                    let since = subjects.entry(subject.clone()).or_insert(fact.at);
                    *since = (*since).min(fact.at);
                }
            }
        }
        Ok(barred)
    }
}

/// The colleagues of one day.
pub(super) struct Crew<'a> {
    /// The day.
    pub day: Day,
    /// As the rules know them; ties are added for those subjects that somebody looked at.
    pub colleagues: Colleagues,
    staff: &'a Staff,
    /// Pairs whose tie was looked for.
    seen: BTreeSet<(String, SubjectId)>,
}

impl<'a> Crew<'a> {
    /// The colleagues as known on a day.
    pub fn of(staff: &'a Staff, view: &View, day: Day) -> Self {
        let colleague = |row: &ColleagueRow| {
            let person = staff.persons.get(&row.account).and_then(|key| view.person(key));
            let own = person.and_then(|person| TimeZone::get(person.time_zone.as_deref()?).ok());
            let known = Colleague {
                department: row.department.or_else(|| row.role.department()),
                offset_minutes: offset(own.as_ref().unwrap_or(&staff.home), day),
                own_subject: row.subject.clone(),
                ties: BTreeMap::new(),
            };
            (row.account.clone(), known)
        };
        Self {
            day,
            colleagues: staff.rows.iter().map(colleague).collect(),
            staff,
            seen: BTreeSet::new(),
        }
    }

    /// When the day is over on every clock. Who is not known any more is judged in UTC.
    pub fn over(&self) -> Timestamp {
        let behind = self.colleagues.values().map(|one| one.offset_minutes).min();
        let behind = i64::from(behind.unwrap_or(0).min(0));
        self.day.end().plus_micros(-behind * 60 * MICROS_PER_SECOND)
    }

    /// Finds out how the subjects of some rows are tied to who wrote them.
    pub async fn tie(&mut self, app: &App, view: &View, rows: &[Row]) -> Result<(), ApiError> {
        for row in rows {
            let who = &row.entry.who;
            let Some(subject) = &row.entry.subject else {
                continue;
            };
            if !self.colleagues.contains_key(who) || !self.seen.insert((who.clone(), subject.clone())) {
                continue;
            }
            let tie = self.between(app, view, who, subject).await?;
            if let (Some(tie), Some(colleague)) = (tie, self.colleagues.get_mut(who)) {
                colleague.ties.insert(subject.clone(), tie);
            }
        }
        Ok(())
    }

    async fn between(
        &self,
        app: &App,
        view: &View,
        who: &str,
        subject: &SubjectId,
    ) -> Result<Option<Tie>, ApiError> {
        let since = self.staff.barred.get(who).and_then(|of| of.get(subject));
        // What was looked at before the conflict was stated is nothing to ask about: who states one is not punished for it.
        if since.is_some_and(|since| *since < self.day.start()) {
            return Ok(Some(Tie::Conflict));
        }
        let Some(row) = app.store.subject(subject).await? else {
            return Ok(None);
        };
        let person = view.person(&row.person);
        let department = person.and_then(|person| person.department.as_deref());
        let department = department.unwrap_or(&row.department).trim().to_lowercase();
        let away = self.staff.departments.get(who);
        if away.is_some_and(|away| away.contains(&department)) {
            return Ok(Some(Tie::Conflict));
        }
        let me = self.staff.persons.get(who).and_then(|key| view.person(key));
        let beside = |(me, person): (&Person, &Person)| me.key != person.key && near(view, me, person);
        Ok(me.zip(person).is_some_and(beside).then_some(Tie::Colleague))
    }
}

/// Minutes a zone is ahead of UTC at noon of a day.
fn offset(zone: &TimeZone, day: Day) -> i32 {
    let noon = day.start().plus_micros(12 * MICROS_PER_HOUR);
    jiff::Timestamp::from_microsecond(noon.0).map_or(0, |at| zone.to_offset(at).seconds() / 60)
}
