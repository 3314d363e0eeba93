//! What changed for people from one day to another.

use std::sync::Arc;

use tandem_domain::Day;

use super::view::View;
use crate::record::FactKind;

/// Longest time between joining and the first record about it that still counts as joining now, days.
const LATE_NEWS_DAYS: i32 = 45;

/// What changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Started work.
    Joined,
    /// Stopped work.
    Left,
    /// New role, department or site.
    RoleChanged,
    /// Another manager.
    ManagerChanged,
    /// Leave began.
    AbsenceBegan,
    /// Back from leave.
    BackFromAbsence,
}

/// One change of one person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Change {
    /// The person's key.
    pub person: Arc<str>,
    /// What changed.
    pub kind: ChangeKind,
}

/// The little of a person that changes are told from.
#[derive(Debug, Clone, PartialEq)]
struct Status {
    employed: bool,
    absent: bool,
    role_changed: Option<Day>,
    manager: Option<Arc<str>>,
}

/// Where everybody stood before a step.
pub(super) struct Before {
    day: Day,
    people: Vec<Status>,
}

impl Before {
    pub(super) fn of(view: &View) -> Self {
        Self {
            day: view.day(),
            people: statuses(view),
        }
    }

    /// What is different in `after`, in the order in which people were first known.
    pub(super) fn changes(&self, after: &View) -> Vec<Change> {
        let mut changes = Vec::new();
        for (index, (person, now)) in after.people().iter().zip(statuses(after)).enumerate() {
            let mut tell = |kind| {
                changes.push(Change {
                    person: Arc::clone(&person.key),
                    kind,
                });
            };
            let Some(was) = self.people.get(index) else {
                let joined = person
                    .join
                    .is_some_and(|join| now.employed && self.day.0 - join.0 < LATE_NEWS_DAYS);
                if joined {
                    tell(ChangeKind::Joined);
                }
                continue;
            };
            match (was.employed, now.employed) {
                (false, true) => tell(ChangeKind::Joined),
                (true, false) => tell(ChangeKind::Left),
                _ => {}
            }
            if now.role_changed != was.role_changed {
                tell(ChangeKind::RoleChanged);
            }
            if now.manager != was.manager {
                tell(ChangeKind::ManagerChanged);
            }
            match (was.absent, now.absent) {
                (false, true) => tell(ChangeKind::AbsenceBegan),
                (true, false) => tell(ChangeKind::BackFromAbsence),
                _ => {}
            }
        }
        changes
    }
}

fn statuses(view: &View) -> Vec<Status> {
    let day = view.day();
    view.people()
        .iter()
        .map(|person| {
            let told = view
                .facts(person)
                .filter(|f| f.fact == FactKind::RoleChange && f.starts() <= day);
            let told = told.map(|f| f.starts().max(f.known_on)).max();
            Status {
                employed: person.employed_on(day),
                absent: view.absent(person),
                role_changed: person.role_changed.max(told),
                manager: person.manager.clone(),
            }
        })
        .collect()
}
