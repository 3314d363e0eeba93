//! Peer groups learned from what people work with: who uses the same shares, applications, programs and doors.
//!
//! Once a week, in the events' own time, the communities among people and things are looked for anew ([`graph`]), from the days
//! before. A community keeps its number as long as it keeps its people. Somebody is counted to another one only after two
//! weeks in a row that say so: a week of looking around at others' work must not make their work the usual. People without
//! nine others like them have no learned group; the groups of the organisation stand in for it.
//!
//! Of a subject only its own things are kept, and which community it is in. What joins them is who uses what, summed over all.

mod graph;
mod links;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_domain::Day;
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use self::graph::{LEAST_PEOPLE, Person};
use self::links::Links;
use crate::{DayActivity, SubjectDay, heap};

/// What the names of learned groups begin with.
const PREFIX: &str = "learned:";
/// Days scored before communities are looked for.
const LEAST_DAYS: u32 = 10;
/// Calendar days without activity after which somebody is no part of the graph, but stays where they were.
const AWAY: i32 = 45;
/// The same until what they worked with is forgotten: longer than any leave that ends.
const GONE: i32 = 400;
/// Days of sums that a new group needs before anybody is compared with it.
pub(crate) const READY_DAYS: f64 = 4.5;

/// Whether a peer group's name is that of a learned one: people who work with the same things.
pub fn is_learned_group(name: &str) -> bool {
    name.starts_with(PREFIX)
}

/// The name of a learned group as a peer group.
fn name_of(number: u32) -> String {
    format!("{PREFIX}{number}")
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Member {
    links: Links,
    /// A number for everything done so far but the names in it.
    print: u64,
    last: i32,
    /// Number of the community; 0 for none.
    community: u32,
    /// Another one that the last look would put it in; 0 for none.
    perhaps: u32,
    /// Moved from one community to another since the last active day.
    moved: bool,
}

/// Who works with what, and the communities that this makes.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Communities {
    /// By hash of the subject's name.
    members: BTreeMap<u64, Box<Member>>,
    /// People counted to each community.
    sizes: BTreeMap<u32, u32>,
    /// Largest number given so far.
    given: u32,
    /// Week of the last look, counted from 1970.
    week: Option<i32>,
    days: u32,
}

/// The week of a day; weeks begin on Monday, and 1 January 1970 was a Thursday.
const fn week(day: Day) -> i32 {
    day.0.saturating_add(3).div_euclid(7)
}

impl Communities {
    /// Takes in what subjects did on a day.
    pub(crate) fn learn<'a>(&mut self, day: Day, rows: impl Iterator<Item = &'a SubjectDay<'a>>) {
        for row in rows {
            let member = self.members.entry(xxh3_64(row.subject.as_bytes())).or_default();
            member.links.learn(row.activity);
            member.print = print(member.print, day, row.activity);
            member.last = day.0;
        }
        self.days = self.days.saturating_add(1);
    }

    /// Looks for communities anew if a new week has begun; true if it did.
    pub(crate) fn look(&mut self, day: Day) -> bool {
        let week = week(day);
        if self.days < LEAST_DAYS || self.week.is_some_and(|last| week <= last) {
            return false;
        }
        self.week = Some(week);
        self.members
            .retain(|_, member| day.0.saturating_sub(member.last) <= GONE);
        let here = self
            .members
            .iter()
            .filter(|(_, member)| day.0.saturating_sub(member.last) <= AWAY);
        let people = here.map(|(key, member)| Person {
            key: *key,
            print: member.print,
            things: member.links.at_work().collect(),
        });
        let found = graph::communities(people.collect());
        let numbers = self.numbers(&found);
        self.assign(day, &found, &numbers);
        true
    }

    /// The number of each community found: that of an earlier one with which it shares at least half of its people or of the
    /// other's, those that share most first; else a new one.
    fn numbers(&mut self, found: &[Vec<u64>]) -> Vec<u32> {
        let mut shared: Vec<(usize, usize, u32)> = Vec::new();
        for (at, members) in found.iter().enumerate() {
            let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
            let before = members.iter().filter_map(|key| self.members.get(key));
            for member in before.filter(|member| member.community != 0) {
                *counts.entry(member.community).or_default() += 1;
            }
            for (number, count) in counts {
                let size = self.sizes.get(&number).copied().unwrap_or_default() as usize;
                if 2 * count >= members.len().min(size) {
                    shared.push((count, at, number));
                }
            }
        }
        shared.sort_unstable_by_key(|(count, at, number)| (std::cmp::Reverse(*count), *at, *number));
        let mut numbers = vec![0; found.len()];
        let mut taken = BTreeSet::new();
        for (_, at, number) in shared {
            if let Some(slot) = numbers.get_mut(at).filter(|slot| **slot == 0)
                && taken.insert(number)
            {
                *slot = number;
            }
        }
        for number in numbers.iter_mut().filter(|number| **number == 0) {
            self.given = self.given.saturating_add(1);
            *number = self.given;
        }
        numbers
    }

    fn assign(&mut self, day: Day, found: &[Vec<u64>], numbers: &[u32]) {
        let mut place: BTreeMap<u64, u32> = BTreeMap::new();
        for (members, number) in found.iter().zip(numbers) {
            place.extend(members.iter().map(|key| (*key, *number)));
        }
        let alive: BTreeSet<u32> = numbers.iter().copied().collect();
        self.sizes.clear();
        for (key, member) in &mut self.members {
            let away = day.0.saturating_sub(member.last) > AWAY;
            let now = place.get(key).copied().unwrap_or_default();
            member.settle(now, away, &alive);
            if member.community != 0 && !away {
                *self.sizes.entry(member.community).or_default() += 1;
            }
        }
    }

    /// Whether the subject has moved to another community since its last active day; asked once.
    pub(crate) fn has_moved(&mut self, subject: &str) -> bool {
        self.members
            .get_mut(&xxh3_64(subject.as_bytes()))
            .is_some_and(|member| std::mem::take(&mut member.moved))
    }

    /// The subject's learned group, if there are enough people in it.
    pub(crate) fn group_of(&self, subject: &str) -> Option<String> {
        let member = self.members.get(&xxh3_64(subject.as_bytes()))?;
        let people = self.sizes.get(&member.community).copied().unwrap_or_default();
        (people as usize >= LEAST_PEOPLE).then(|| name_of(member.community))
    }

    /// Whether a group is one of the organisation or a learned one that still has people.
    pub(crate) fn has(&self, group: &str) -> bool {
        let number = group.strip_prefix(PREFIX);
        number.is_none_or(|number| {
            number
                .parse()
                .is_ok_and(|number: u32| self.sizes.contains_key(&number))
        })
    }

    /// Forgets a subject.
    pub(crate) fn forget(&mut self, subject: &str) {
        self.members.remove(&xxh3_64(subject.as_bytes()));
    }

    /// Bytes of all subjects' places in communities and of the things they work with.
    pub(crate) fn bytes(&self) -> usize {
        let things: usize = self.members.values().map(|member| member.links.bytes()).sum();
        let each = heap::place::<u64, Box<Member>>() + heap::block(size_of::<Member>());
        self.members.len() * each + things
    }
}

impl Member {
    /// Where the look of a week would put the member: `now`, 0 for nowhere.
    fn settle(&mut self, now: u32, away: bool, alive: &BTreeSet<u32>) {
        let gone = self.community != 0 && !alive.contains(&self.community);
        if gone {
            // The community ended or went up in another; that is nothing this member did.
            (self.community, self.perhaps) = (now, 0);
        } else if away || now == self.community {
            self.perhaps = 0;
        } else if self.community == 0 {
            (self.community, self.perhaps) = (now, 0);
        } else if self.perhaps == now && now != 0 {
            (self.community, self.perhaps) = (now, 0);
            self.moved = true;
        } else {
            // In no community for a week: it stays where it was, as with another one for a week.
            self.perhaps = now;
        }
    }
}

/// The groups of a row with the learned one in its place: after the closest of the organisation, before the wider ones. Where
/// the organisation knows but one group, which may be all who are unknown, the learned one is closer.
pub(crate) fn with_learned<'a>(groups: &[&'a str], learned: Option<&'a str>) -> Vec<&'a str> {
    let mut all = groups.to_vec();
    if let Some(learned) = learned {
        let closest = usize::from(groups.iter().filter(|name| !name.is_empty()).count() > 1);
        all.insert(closest.min(all.len()), learned);
    }
    all
}

/// Goes on from the number of earlier days with what was done on a day: how much at which hours, without any name.
fn print(before: u64, day: Day, activity: &DayActivity) -> u64 {
    let mut hash = Xxh3::with_seed(before);
    hash.update(&day.0.to_le_bytes());
    for part in activity.actions() {
        hash.update(&[part.action as u8]);
        part.hours
            .iter()
            .for_each(|acts| hash.update(&acts.to_le_bytes()));
        hash.update(&part.bytes.to_le_bytes());
        hash.update(&part.items.to_le_bytes());
    }
    for part in activity.kinds() {
        hash.update(&[part.kind as u8]);
        hash.update(&(part.objects.iter().len() as u64).to_le_bytes());
    }
    hash.digest()
}

#[cfg(test)]
mod tests;
