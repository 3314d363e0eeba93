//! Whether alerts fall evenly on groups of people: the ratio of their rates, the four-fifths rule (29 CFR 1607.4 D), and which
//! channel or rule makes the difference.
//!
//! Only what the people directory says about work is compared. What a law protects (age, sex, health, origin, belief, union) is
//! not in the directory, and must not be.

use std::collections::{BTreeMap, BTreeSet};

use super::chance::exact;
use super::pooled::{Grouped, pooled};
use super::view::{Attribute, Cause, CauseKind, Compared, Evenness, GroupRate, Worst};
use crate::api::card::PEERS;

/// The rate of the better-off group must be at least so much of the other's.
pub const FOUR_FIFTHS: f64 = 0.8;
/// A cause is named once alerts of so many people of the group rest on it.
const CAUSE_LEAST: usize = 3;

/// One person at work in the time looked at. Who it is is not asked.
#[derive(Debug, Clone, Default)]
pub struct Member {
    /// What the directory says of them.
    pub of: BTreeMap<Compared, String>,
    /// Alerts about them.
    pub alerts: u64,
    /// What those alerts rest on: kind and name.
    pub causes: BTreeSet<(CauseKind, String)>,
}

/// One group of people.
#[derive(Debug, Default)]
struct Group<'a> {
    name: String,
    members: Vec<&'a Member>,
}

impl Group<'_> {
    fn alerted(&self) -> u64 {
        self.members.iter().filter(|m| m.alerts > 0).count() as u64
    }

    fn with(&self, cause: &(CauseKind, String)) -> usize {
        self.members.iter().filter(|m| m.causes.contains(cause)).count()
    }
}

impl Grouped for Group<'_> {
    fn people(&self) -> u64 {
        self.members.len() as u64
    }

    fn together(groups: Vec<Self>) -> Self {
        Self {
            name: "the rest, together".to_owned(),
            members: groups.into_iter().flat_map(|group| group.members).collect(),
        }
    }
}

/// Compares the groups of one attribute. `None` if there are not two that may be shown.
pub fn compared(attribute: Compared, people: &[Member]) -> Option<Attribute> {
    let mut by_name: BTreeMap<String, Group<'_>> = BTreeMap::new();
    for member in people {
        let name = member
            .of
            .get(&attribute)
            .map_or("not known", |name| name.trim())
            .to_owned();
        let group = by_name.entry(name.to_lowercase()).or_default();
        if group.name.is_empty() {
            group.name = name;
        }
        group.members.push(member);
    }
    let groups = pooled(by_name.into_values().collect(), PEERS as u64);
    if groups.len() < 2 {
        return None;
    }
    let alerted = people.iter().filter(|m| m.alerts > 0).count() as u64;
    let of_all = alerted as f64 / people.len().max(1) as f64;
    let mut rates: Vec<(GroupRate, &Group<'_>)> = groups
        .iter()
        .map(|group| (compare(group, people.len() as u64, alerted, of_all), group))
        .collect();
    rates.sort_by(|(a, _), (b, _)| b.rate.total_cmp(&a.rate).then_with(|| a.name.cmp(&b.name)));
    let first = |reading| rates.iter().find(|(rate, _)| rate.reading == reading);
    let worst = first(Evenness::Uneven).or_else(|| first(Evenness::ByChance));
    let worst = worst.map(|(rate, group)| Worst {
        group: rate.name.clone(),
        ratio: rate.ratio,
        cause: cause(group, people),
    });
    Some(Attribute {
        attribute,
        people: people.len() as u64,
        alerted,
        groups: rates.into_iter().map(|(rate, _)| rate).collect(),
        worst,
    })
}

/// One group against everybody else.
fn compare(group: &Group<'_>, people: u64, alerted: u64, of_all: f64) -> GroupRate {
    let (own, own_alerted) = (group.people(), group.alerted());
    let rest = people - own;
    let rate = own_alerted as f64 / own.max(1) as f64;
    let rest_rate = (alerted - own_alerted) as f64 / rest.max(1) as f64;
    let share = exact(own_alerted, own);
    let (low, high) = share.map_or((0.0, 1.0), |s| (s.low, s.high));
    let four_fifths = (rate > 0.0).then(|| rest_rate / rate);
    let reading = match four_fifths {
        Some(fifths) if fifths < FOUR_FIFTHS && of_all < low => Evenness::Uneven,
        Some(fifths) if fifths < FOUR_FIFTHS => Evenness::ByChance,
        _ => Evenness::Even,
    };
    GroupRate {
        name: group.name.clone(),
        people: own,
        alerted: own_alerted,
        alerts: group.members.iter().map(|m| m.alerts).sum(),
        rate,
        low,
        high,
        rest_rate,
        ratio: (rest_rate > 0.0).then(|| rate / rest_rate),
        four_fifths,
        reading,
    }
}

/// What more people of the group than of everybody else were alerted for.
fn cause(group: &Group<'_>, people: &[Member]) -> Option<Cause> {
    let all = Group {
        name: String::new(),
        members: people.iter().collect(),
    };
    let rest_people = (people.len() - group.members.len()).max(1) as f64;
    let causes: BTreeSet<_> = group.members.iter().flat_map(|m| &m.causes).collect();
    let share = |cause: &(CauseKind, String)| {
        let of_group = group.with(cause);
        let of_rest = (all.with(cause) - of_group) as f64 / rest_people;
        (
            of_group,
            of_group as f64 / group.members.len().max(1) as f64,
            of_rest,
        )
    };
    let found = causes
        .into_iter()
        .map(|cause| (cause, share(cause)))
        .filter(|(_, (people, own, rest))| *people >= CAUSE_LEAST && own > rest)
        .max_by(|(_, a), (_, b)| (a.1 - a.2).total_cmp(&(b.1 - b.2)));
    found.map(|(cause, (people, own, rest))| Cause {
        kind: cause.0,
        name: cause.1.clone(),
        people: people as u64,
        group_share: own,
        rest_share: rest,
    })
}
