//! Who belongs where, as readable day by day.

use std::collections::BTreeMap;
use std::io::BufRead;

use anyhow::Result;
use tandem_domain::Day;

use super::rows::{self, BadRows};

/// One person's place in the organisation.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Names of the peer groups, the closest first.
    pub groups: Vec<String>,
    /// What the rates of alerts are compared by: what it is, and what the person has.
    pub traits: Vec<(&'static str, String)>,
    /// First day of work, where the data says it.
    pub joined: Option<Day>,
    /// The day on which a new role became known.
    pub changed: Option<Day>,
    /// On leave.
    pub absent: bool,
}

/// The organisation, from day to day.
#[derive(Debug, Clone, Default)]
pub struct Organisation {
    /// By the first day on which it may be read.
    states: BTreeMap<Day, BTreeMap<String, Standing>>,
    /// The company's own mail domains.
    pub mail_domains: Vec<String>,
}

/// Whether this is the directory of a month: `YYYY-MM.csv`. Personality scores stay unread.
pub fn is_month(name: &str) -> bool {
    readable_from(name).is_some()
}

impl Organisation {
    /// Adds the directory of a month, readable from the first day of the month after it.
    pub fn month(&mut self, name: &str, reader: &mut dyn BufRead, bad: &mut BadRows) -> Result<()> {
        let file = name.rsplit('/').next().unwrap_or(name);
        let Some(from) = readable_from(file) else {
            return Ok(());
        };
        let mut people = BTreeMap::new();
        let mut domains: BTreeMap<String, u32> = BTreeMap::new();
        rows::table(file, reader, None, bad, &mut |row| {
            let person = row.must("user_id")?.to_owned();
            let said = |column: &str| row.get(column).unwrap_or_default();
            let (unit, department) = (said("functional_unit"), said("department"));
            let groups = vec![
                format!("role:{}", said("role")),
                format!("department:{}/{unit}/{department}", said("business_unit")),
            ];
            let traits = [
                ("role", said("role").to_owned()),
                ("functional_unit", unit.to_owned()),
                ("department", format!("{unit}/{department}")),
            ];
            let traits = traits
                .into_iter()
                .filter(|(_, value)| !value.trim_matches('/').is_empty());
            if let Some((_, domain)) = said("email").split_once('@') {
                *domains.entry(domain.to_ascii_lowercase()).or_default() += 1;
            }
            let standing = Standing {
                groups,
                traits: traits.collect(),
                ..Standing::default()
            };
            people.insert(person, standing);
            Ok(())
        })?;
        self.states.insert(from, people);
        // The domain most people have their address in.
        if let Some((domain, _)) = domains.into_iter().max_by_key(|(_, count)| *count)
            && !self.mail_domains.contains(&domain)
        {
            self.mail_domains.push(domain);
        }
        Ok(())
    }

    /// Adds everybody as known from a day on.
    pub fn state(&mut self, from: Day, people: BTreeMap<String, Standing>) {
        self.states.insert(from, people);
    }

    /// How many states are known.
    pub fn len(&self) -> usize {
        self.states.len()
    }

    /// A person's place as readable on `day`, if the person is in the state of that day.
    pub fn standing(&self, day: Day, person: &str) -> Option<&Standing> {
        self.states.range(..=day).next_back()?.1.get(person)
    }

    /// Whether any state ever names the person.
    pub fn knows(&self, person: &str) -> bool {
        self.states.values().any(|people| people.contains_key(person))
    }

    /// The same under other names.
    pub fn renamed(self, name: impl Fn(&str) -> String) -> Self {
        let states = self.states.into_iter().map(|(day, people)| {
            let people = people
                .into_iter()
                .map(|(person, standing)| (name(&person), standing));
            (day, people.collect())
        });
        Self {
            states: states.collect(),
            ..self
        }
    }
}

/// Whether the month of this file is not over on `day`: what a directory that ends there cannot have.
pub fn is_after(name: &str, day: Day) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let tomorrow = day.plus(1).to_string();
    is_month(file) && file.get(..7) >= tomorrow.get(..7)
}

fn readable_from(name: &str) -> Option<Day> {
    let (year, month) = name.strip_suffix(".csv")?.split_once('-')?;
    if year.len() != 4 || month.len() != 2 {
        return None;
    }
    let (year, month) = (year.parse::<i16>().ok()?, month.parse::<i8>().ok()?);
    if month == 12 {
        Day::from_ymd(year + 1, 1, 1)
    } else {
        Day::from_ymd(year, month + 1, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn a_month_is_readable_only_after_it_is_over() {
        assert_eq!(readable_from("2010-08.csv"), Day::parse("2010-09-01"));
        assert_eq!(readable_from("2009-12.csv"), Day::parse("2010-01-01"));
        assert_eq!(readable_from("psychometric.csv"), None);
        assert!(!is_after("LDAP/2010-08.csv", day("2010-08-31")));
        assert!(is_after("LDAP/2010-08.csv", day("2010-08-30")));
        assert!(!is_after("LDAP/2010-07.csv", day("2010-08-30")));
    }

    #[test]
    fn columns_are_found_by_name_whatever_the_release() {
        let four = "employee_name,user_id,email,role,business_unit,functional_unit,department,team,supervisor\nA B,AB1,A@dtaa.example,Clerk,1,2 - X,3 - Y,4 - Z,C D\n";
        let six = "employee_name,user_id,email,role,projects,business_unit,functional_unit,department,team,supervisor\nA B,AB1,A@dtaa.example,Clerk,P1,1,2 - X,3 - Y,4 - Z,C D\n";
        let mut read = Vec::new();
        for text in [four, six] {
            let mut organisation = Organisation::default();
            organisation
                .month("LDAP/2010-01.csv", &mut text.as_bytes(), &mut BadRows::default())
                .unwrap();
            assert_eq!(organisation.standing(day("2010-01-31"), "AB1"), None);
            assert_eq!(organisation.mail_domains, ["dtaa.example"]);
            read.push(organisation.standing(day("2010-02-01"), "AB1").cloned().unwrap());
        }
        assert_eq!(read[0], read[1]);
        assert_eq!(read[0].groups, ["role:Clerk", "department:1/2 - X/3 - Y"]);
    }
}
