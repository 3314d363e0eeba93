//! What was known on one day.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;
use std::sync::Arc;

use tandem_domain::Day;

use super::person::Person;
use crate::account::Home;
use crate::record::{FactKind, FactRecord};

/// Prefix of the key of a person of whom only an account is known.
const PROVISIONAL: &str = "account:";
/// Exposure of somebody whose `exposure_change` says no number, decibans.
const EXPOSURE_UNSAID: f64 = 3.0;

/// Everything that was known at the end of one day. It cannot be made from anything that became known later.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    day: Day,
    home: Home,
    pub(super) people: Vec<Person>,
    /// Keys and aliases, lower case.
    pub(super) keys: HashMap<Arc<str>, u32>,
    pub(super) accounts: HashMap<Arc<str>, u32>,
    /// Full names, lower case.
    pub(super) names: HashMap<String, NameHit>,
    pub(super) groups: BTreeMap<Arc<str>, BTreeSet<u32>>,
    /// By the lower-case name the fact was written under.
    pub(super) facts: HashMap<String, Vec<Arc<FactRecord>>>,
    /// Facts that become indicators, by the day on which they do.
    pub(super) due: BTreeMap<Day, Vec<Arc<FactRecord>>>,
    /// Latest day of each series of listings.
    pub(super) listings: BTreeMap<String, Day>,
    pub(super) sequence: u64,
}

/// Who bears a full name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NameHit {
    One(u32),
    Many,
}

impl NameHit {
    pub(super) fn with(self, index: u32) -> Self {
        if self == Self::One(index) {
            self
        } else {
            Self::Many
        }
    }
}

/// Whose account it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The person's key; `account:` and the account if no people file names it.
    pub key: Arc<str>,
    /// True if only the account is known.
    pub provisional: bool,
}

/// How narrow a peer group is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeerLevel {
    /// Same role, department and site.
    Team,
    /// Same role.
    Role,
    /// Everybody of the like.
    Company,
}

/// The people somebody is compared with.
#[derive(Debug, Clone, PartialEq)]
pub struct Peers<'v> {
    /// Key of the group.
    pub group: Arc<str>,
    /// How narrow it is.
    pub level: PeerLevel,
    /// Its members on that day without the person, in a fixed order.
    pub members: Vec<&'v Person>,
    /// In words, for explanations: "people with the same role".
    pub words: &'static str,
}

impl View {
    pub(super) fn empty(home: Home) -> Self {
        Self {
            day: Day(i32::MIN),
            home,
            people: Vec::new(),
            keys: HashMap::new(),
            accounts: HashMap::new(),
            names: HashMap::new(),
            groups: BTreeMap::new(),
            facts: HashMap::new(),
            due: BTreeMap::new(),
            listings: BTreeMap::new(),
            sequence: 0,
        }
    }

    pub(super) fn set_day(&mut self, day: Day) {
        self.day = day;
    }

    /// The day at whose end this was known.
    pub const fn day(&self) -> Day {
        self.day
    }

    /// The company's own domains.
    pub const fn home(&self) -> &Home {
        &self.home
    }

    /// Everybody known, in order of first mention, those who have left among them.
    pub fn people(&self) -> &[Person] {
        &self.people
    }

    /// Everybody at work in the company on the view's day.
    pub fn employed(&self) -> impl Iterator<Item = &Person> {
        self.people.iter().filter(|p| p.employed_on(self.day))
    }

    /// The person with that key or alias, in any case of letters.
    pub fn person(&self, key: &str) -> Option<&Person> {
        let index = self
            .keys
            .get(key)
            .copied()
            .or_else(|| self.keys.get(key.trim().to_lowercase().as_str()).copied())?;
        self.people.get(index as usize)
    }

    /// The person to whom a canonical account belongs. An account stays with its last owner until somebody else is given it.
    pub fn owner(&self, account: &str) -> Option<&Person> {
        self.people.get(*self.accounts.get(account)? as usize)
    }

    /// Whose canonical account it is; an account that nobody is known to have makes a provisional person.
    pub fn resolve(&self, account: &str) -> Resolved {
        match self.owner(account) {
            Some(person) => Resolved {
                key: Arc::clone(&person.key),
                provisional: false,
            },
            None => Resolved {
                key: Arc::from(format!("{PROVISIONAL}{account}")),
                provisional: true,
            },
        }
    }

    /// The person a key, an account or an unambiguous full name means.
    pub fn find(&self, name: &str) -> Option<&Person> {
        let name = name.trim().to_lowercase();
        if let Some(person) = self.person(&name).or_else(|| self.owner(&name)) {
            return Some(person);
        }
        match self.names.get(&name)? {
            NameHit::One(index) => self.people.get(*index as usize),
            NameHit::Many => None,
        }
    }

    /// The person's manager, if the manager is known as a person.
    pub fn manager(&self, person: &Person) -> Option<&Person> {
        person
            .manager
            .as_deref()
            .and_then(|name| self.find(name))
            .filter(|m| m.key != person.key)
    }

    /// Peers of a person: the narrowest group with at least `at_least` others at work on the view's day, else the whole company.
    /// The caller decides whether a company that small may be shown at all.
    pub fn peers(&self, person: &Person, at_least: usize) -> Peers<'_> {
        let mut found = Peers {
            group: Arc::from(""),
            level: PeerLevel::Company,
            members: Vec::new(),
            words: "everybody",
        };
        for group in person.group_keys() {
            let members = self
                .groups
                .get(group)
                .into_iter()
                .flatten()
                .filter_map(|i| self.people.get(*i as usize));
            found.members = members
                .filter(|p| p.key != person.key && p.employed_on(self.day))
                .collect();
            found.group = Arc::clone(group);
            (found.level, found.words) = level(group);
            if found.members.len() >= at_least {
                break;
            }
        }
        found
    }

    /// All facts known about a person, under whichever of their names they were written, in the order in which they became known.
    pub fn facts<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a FactRecord> {
        let mut names: Vec<&str> = person
            .aliases
            .iter()
            .chain(&person.accounts)
            .map(AsRef::as_ref)
            .collect();
        names.sort_unstable();
        names.dedup();
        let mut facts: Vec<&FactRecord> = names
            .into_iter()
            .filter_map(|name| Some((name, self.facts.get(name)?)))
            // A name that is one person's account and another's key means the one with the key.
            .filter(|(name, _)| self.find(name).is_some_and(|p| p.key == person.key))
            .flat_map(|(_, facts)| facts)
            .map(AsRef::as_ref)
            .collect();
        facts.sort_by_key(|f| f.known_on);
        facts.into_iter()
    }

    /// Facts that hold on the view's day.
    pub fn facts_now<'a>(&'a self, person: &'a Person) -> impl Iterator<Item = &'a FactRecord> {
        self.facts(person).filter(|f| f.holds_on(self.day))
    }

    /// Everybody of whom a fact of one of these kinds is known, whatever its days, in order of first mention.
    pub fn people_with(&self, kinds: &[FactKind]) -> Vec<&Person> {
        let named = self
            .facts
            .iter()
            .filter(|(_, facts)| facts.iter().any(|fact| kinds.contains(&fact.fact)));
        let mut found: Vec<&Person> = named.filter_map(|(name, _)| self.find(name)).collect();
        found.sort_by(|a, b| (a.first_known, &a.key).cmp(&(b.first_known, &b.key)));
        found.dedup_by(|a, b| a.key == b.key);
        found
    }

    /// True if notice was given by or to the person and the last working day has not passed on `day`.
    pub fn has_notice(&self, person: &Person, day: Day) -> bool {
        self.facts(person)
            .any(|fact| fact.fact == FactKind::NoticeGiven && fact.holds_on(day))
    }

    /// The person's last day of work as far as it is known, ahead or past.
    pub fn last_day(&self, person: &Person) -> Option<Day> {
        let told = |fact: &&FactRecord| matches!(fact.fact, FactKind::NoticeGiven | FactKind::ContractEnd);
        let told = self
            .facts(person)
            .filter(told)
            .filter_map(|fact| fact.until)
            .last();
        person.leave.or(told)
    }

    /// Facts that become indicators on one of `days`, by that day and then by when they were read.
    pub(crate) fn due(&self, days: RangeInclusive<Day>) -> impl Iterator<Item = &FactRecord> {
        self.due
            .range(days)
            .flat_map(|(_, facts)| facts)
            .map(AsRef::as_ref)
    }

    /// True if the person is on leave on the view's day: clocks of habits stand still.
    pub fn absent(&self, person: &Person) -> bool {
        self.facts_now(person).any(|f| f.fact == FactKind::Absence)
    }

    /// True while the person settles into a new job, role or place.
    pub fn settling_in(&self, person: &Person) -> bool {
        let told =
            |f: &FactRecord| f.fact == FactKind::RoleChange && (0..14).contains(&(self.day.0 - f.starts().0));
        person.settling_in(self.day) || self.facts(person).any(told)
    }

    /// The last day of work, if it is known and not past.
    pub fn leaving_on(&self, person: &Person) -> Option<Day> {
        let told = self
            .facts_now(person)
            .filter(|f| matches!(f.fact, FactKind::NoticeGiven | FactKind::ContractEnd))
            .filter_map(|f| f.until)
            .last();
        person.leave.or(told).filter(|leave| self.day <= *leave)
    }

    /// What the person could harm, 0 to 5 decibans: the latest `exposure_change` that holds, else 0.
    pub fn exposure(&self, person: &Person) -> f64 {
        self.facts_now(person)
            .filter(|f| f.fact == FactKind::ExposureChange)
            .last()
            .map_or(0.0, |fact| {
                let first = fact
                    .detail
                    .as_deref()
                    .unwrap_or_default()
                    .split_whitespace()
                    .next()
                    .unwrap_or_default();
                match first.to_lowercase().as_str() {
                    "none" => 0.0,
                    "low" => 1.0,
                    "medium" => 3.0,
                    "high" => 5.0,
                    word => word
                        .parse::<f64>()
                        .ok()
                        .filter(|v| v.is_finite())
                        .unwrap_or(EXPOSURE_UNSAID)
                        .clamp(0.0, 5.0),
                }
            })
    }
}

fn level(group: &str) -> (PeerLevel, &'static str) {
    match group.split('|').nth(1) {
        Some("team") => (
            PeerLevel::Team,
            "people with the same role in the same department",
        ),
        Some("role") => (PeerLevel::Role, "people with the same role"),
        _ if group.starts_with("services") => (PeerLevel::Company, "all service accounts"),
        _ => (PeerLevel::Company, "everybody in the company"),
    }
}
