//! One person as known so far.

use std::collections::BTreeMap;
use std::sync::Arc;

use tandem_domain::Day;

use crate::record::{Origin, PersonKind, PersonRecord};

/// Days after a new role or joining during which unusual behaviour is expected (ten working days).
const SETTLING_IN_DAYS: i32 = 14;

/// One person, with everything that was known of them on the view's day.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// The key under which the person was first known, lower case. It never changes.
    pub key: Arc<str>,
    /// What they are to the company.
    pub kind: PersonKind,
    /// Full name.
    pub display_name: Option<Arc<str>>,
    /// All accounts named for them so far, canonical, in order of first mention.
    pub accounts: Vec<Arc<str>>,
    /// Mail address.
    pub email: Option<Arc<str>>,
    /// The manager as written: key or full name; see [`crate::View::manager`].
    pub manager: Option<Arc<str>>,
    /// Department.
    pub department: Option<Arc<str>>,
    /// Role or title.
    pub role: Option<Arc<str>>,
    /// Groups of the directory, by name, as the latest row of each kind of file has them.
    pub memberships: Vec<Arc<str>>,
    /// Place of work.
    pub site: Option<Arc<str>>,
    /// IANA name of the time zone they work in.
    pub time_zone: Option<Arc<str>>,
    /// First day of work.
    pub join: Option<Day>,
    /// Last day of work, as far as known; may lie ahead.
    pub leave: Option<Day>,
    /// The day the first record about them became known.
    pub first_known: Day,
    /// The day the latest change of role, department or site became known.
    pub role_changed: Option<Day>,
    /// Peer group keys, most specific first; see [`Person::group_keys`].
    pub(super) groups: Vec<Arc<str>>,
    /// Key and aliases under which facts may name them.
    pub(super) aliases: Vec<Arc<str>>,
    /// Latest row of each origin.
    pub(super) rows: BTreeMap<Origin, Row>,
}

/// The latest row of one origin about one person.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) record: PersonRecord,
    /// Counts rows, so that of two rows known on the same day the later one wins.
    pub(super) sequence: u64,
    /// First day of work as a series of listings shows it.
    pub(super) listed_since: Option<Day>,
    /// Last day of work as a series of listings shows it: they were missing from a later one.
    pub(super) missing_since: Option<Day>,
}

impl Person {
    pub(super) fn new(key: Arc<str>, first_known: Day) -> Self {
        Self {
            aliases: vec![Arc::clone(&key)],
            key,
            kind: PersonKind::Employee,
            display_name: None,
            accounts: Vec::new(),
            email: None,
            manager: None,
            department: None,
            role: None,
            memberships: Vec::new(),
            site: None,
            time_zone: None,
            join: None,
            leave: None,
            first_known,
            role_changed: None,
            groups: Vec::new(),
            rows: BTreeMap::new(),
        }
    }

    /// True from the first to the last day of work, as far as they are known.
    pub fn employed_on(&self, day: Day) -> bool {
        self.join.is_none_or(|join| join <= day) && self.leave.is_none_or(|leave| day <= leave)
    }

    /// Days since joining, if the day of joining is known and not ahead.
    pub fn tenure_days(&self, day: Day) -> Option<i32> {
        self.join.map(|join| day.0 - join.0).filter(|days| *days >= 0)
    }

    /// True in the first two weeks after joining or after a change of role, department or site.
    pub fn settling_in(&self, day: Day) -> bool {
        let recent = |since: Option<Day>| since.is_some_and(|s| s <= day && day.0 - s.0 < SETTLING_IN_DAYS);
        recent(self.join) || recent(self.role_changed)
    }

    /// True if the role or a group of the directory is one of `names`, whatever the case of letters.
    pub fn has_role_or_group(&self, names: &[String]) -> bool {
        let one_of = |text: &str| names.iter().any(|name| same(name.trim(), text.trim()));
        self.role.as_deref().is_some_and(one_of) || self.memberships.iter().any(|name| one_of(name))
    }

    /// Keys of the peer groups this person belongs to: role + department + site, then role, then everybody of the like (people,
    /// or service accounts). Groups about which nothing is known are left out; there is always the last one.
    pub fn group_keys(&self) -> &[Arc<str>] {
        &self.groups
    }

    /// Recomputes everything from the rows: for each attribute the latest row that says something wins.
    pub(super) fn merge(&mut self, known_on: Day) {
        let mut rows: Vec<&Row> = self.rows.values().collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.record.known_on, row.sequence)));
        let text = |pick: fn(&PersonRecord) -> &Option<String>| {
            rows.iter()
                .find_map(|row| pick(&row.record).as_deref())
                .map(Arc::from)
        };
        let place = (text(|r| &r.role), text(|r| &r.department), text(|r| &r.site));
        let kind = rows
            .iter()
            .find_map(|row| row.record.kind)
            .unwrap_or(PersonKind::Employee);
        let (display_name, email) = (text(|r| &r.display_name), text(|r| &r.email));
        let (manager, time_zone) = (text(|r| &r.manager), text(|r| &r.time_zone));
        let mut memberships: Vec<Arc<str>> = Vec::new();
        for name in rows.iter().flat_map(|row| &row.record.groups) {
            if !memberships.iter().any(|known| **known == **name) {
                memberships.push(Arc::from(name.as_str()));
            }
        }
        let join = rows
            .iter()
            .find_map(|row| row.record.join_date.or(row.listed_since));
        let leave = rows
            .iter()
            .find_map(|row| row.record.leave_date.or(row.missing_since));

        let was_known = !self.groups.is_empty();
        let moved = place != (self.role.clone(), self.department.clone(), self.site.clone());
        if was_known && moved {
            self.role_changed = Some(known_on);
        }
        (self.role, self.department, self.site) = place;
        self.kind = kind;
        (self.display_name, self.email, self.manager, self.time_zone) =
            (display_name, email, manager, time_zone);
        (self.join, self.leave) = (join, leave);
        self.memberships = memberships;
        self.groups = groups(self);
    }
}

/// True if two names differ at most in the case of letters. It is asked of everybody, so nothing is copied for plain names.
fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
        || !left.is_ascii() && !right.is_ascii() && left.to_lowercase() == right.to_lowercase()
}

/// The peer groups of a person, most specific first. Parts are joined by `|` after a letter that names the level, so that no
/// two levels share a key.
fn groups(person: &Person) -> Vec<Arc<str>> {
    let like = if person.kind == PersonKind::ServiceAccount {
        "services"
    } else {
        "people"
    };
    let part = |text: &Option<Arc<str>>| text.as_deref().unwrap_or_default().to_lowercase();
    let mut keys = Vec::with_capacity(3);
    if person.role.is_some() && (person.department.is_some() || person.site.is_some()) {
        let (role, department, site) = (part(&person.role), part(&person.department), part(&person.site));
        keys.push(Arc::from(format!("{like}|team|{role}|{department}|{site}")));
    }
    if person.role.is_some() {
        keys.push(Arc::from(format!("{like}|role|{}", part(&person.role))));
    }
    keys.push(Arc::from(format!("{like}|all")));
    keys
}
