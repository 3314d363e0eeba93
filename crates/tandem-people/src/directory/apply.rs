//! How records change a view.

use std::collections::BTreeSet;
use std::sync::Arc;

use tandem_domain::Day;

use super::person::{Person, Row};
use super::view::{NameHit, View};
use crate::account::canonical_account;
use crate::facts::due_day;
use crate::record::{PersonRecord, Record};

impl View {
    /// Takes in all records that became known on one day.
    pub(super) fn apply(&mut self, known_on: Day, records: &[Record]) {
        let mut listed = BTreeSet::new();
        for record in records {
            match record {
                Record::Person(person) => {
                    if let Some(snapshot) = &person.snapshot {
                        listed.insert(snapshot.series.clone());
                    }
                    self.apply_person(person);
                }
                Record::Fact(fact) => {
                    let fact = Arc::new(fact.clone());
                    if let Some(day) = due_day(&fact) {
                        self.due.entry(day).or_default().push(Arc::clone(&fact));
                    }
                    self.facts
                        .entry(fact.person.trim().to_lowercase())
                        .or_default()
                        .push(fact);
                }
            }
        }
        for series in listed {
            self.close_listing(&series, known_on);
            self.listings.insert(series, known_on);
        }
    }

    fn apply_person(&mut self, record: &PersonRecord) {
        let index = self.person_for(record);
        self.sequence += 1;
        let sequence = self.sequence;
        let later_listing = record
            .snapshot
            .as_ref()
            .filter(|s| self.listings.contains_key(&s.series))
            .map(|s| s.covers_from);
        let names: Vec<String> = self.account_names(record);
        let Some(person) = self.people.get_mut(index as usize) else {
            return;
        };

        let earlier = person.rows.get(&record.origin);
        let stayed = earlier.is_some_and(|row| row.missing_since.is_none());
        // Whoever is in the first listing of all has been there since nobody knows when.
        let listed_since = if stayed {
            earlier.and_then(|row| row.listed_since)
        } else {
            later_listing
        };
        let row = Row {
            record: record.clone(),
            sequence,
            listed_since,
            missing_since: None,
        };
        person.rows.insert(record.origin, row);
        for name in names {
            let name: Arc<str> = Arc::from(name);
            if !person.accounts.contains(&name) {
                person.accounts.push(Arc::clone(&name));
            }
            self.accounts.insert(name, index);
        }
        self.remerge(index, record.known_on);
    }

    /// The person a row is about: by key; else by an account that another kind of file named for somebody; else a new one.
    fn person_for(&mut self, record: &PersonRecord) -> u32 {
        let key: Arc<str> = Arc::from(record.person.trim().to_lowercase());
        if let Some(index) = self.keys.get(&key) {
            return *index;
        }
        let owner = self
            .account_names(record)
            .iter()
            .find_map(|name| self.accounts.get(name.as_str()).copied());
        let same = owner.filter(|index| {
            // Two keys of one origin are two people, even if they share an account.
            self.people
                .get(*index as usize)
                .is_some_and(|p| !p.rows.contains_key(&record.origin))
        });
        let index = same.unwrap_or_else(|| {
            self.people.push(Person::new(Arc::clone(&key), record.known_on));
            (self.people.len() - 1) as u32
        });
        if let Some(person) = self
            .people
            .get_mut(index as usize)
            .filter(|p| !p.aliases.contains(&key))
        {
            person.aliases.push(Arc::clone(&key));
        }
        self.keys.insert(key, index);
        index
    }

    /// Every spelling under which events may name this person.
    fn account_names(&self, record: &PersonRecord) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for raw in record.accounts.iter().chain(&record.email) {
            let canonical = canonical_account(raw, self.home()).map(std::borrow::Cow::into_owned);
            let machine_like = canonical
                .is_none()
                .then(|| raw.trim().to_lowercase())
                .filter(|r| r.ends_with('$'));
            names.extend(canonical.or(machine_like).filter(|name| !names.contains(name)));
        }
        names
    }

    /// Recomputes a person and moves them between peer groups and names.
    fn remerge(&mut self, index: u32, known_on: Day) {
        let Some(person) = self.people.get_mut(index as usize) else {
            return;
        };
        let old_name = person.display_name.clone();
        let old_groups = std::mem::take(&mut person.groups);
        person.groups.clone_from(&old_groups);
        person.merge(known_on);
        let (groups, name) = (person.groups.clone(), person.display_name.clone());
        if groups != old_groups {
            for group in &old_groups {
                if let Some(members) = self.groups.get_mut(group) {
                    members.remove(&index);
                }
            }
            for group in groups {
                self.groups.entry(group).or_default().insert(index);
            }
        }
        if name != old_name
            && let Some(name) = name
        {
            self.names
                .entry(name.to_lowercase())
                .and_modify(|hit| *hit = hit.with(index))
                .or_insert(NameHit::One(index));
        }
    }

    /// Whoever was in an earlier listing of the series and is missing from the one that became known on `known_on` has left.
    fn close_listing(&mut self, series: &str, known_on: Day) {
        let mut gone = Vec::new();
        for (index, person) in self.people.iter_mut().enumerate() {
            for row in person.rows.values_mut() {
                let listed = row.record.snapshot.as_ref().is_some_and(|s| s.series == series);
                if listed && row.record.known_on < known_on && row.missing_since.is_none() {
                    row.missing_since = Some(known_on.plus(-1));
                    gone.push(index as u32);
                }
            }
        }
        for index in gone {
            self.remerge(index, known_on);
        }
    }
}
