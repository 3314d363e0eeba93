//! Whether some groups of innocent people are alerted on more often than others, and by which channel.
//!
//! A group's rate is its alerts per person-day; its ratio is the rate of everybody else divided by its own. The four-fifths
//! rule (29 CFR 1607.4 D, made for selection, here for being alerted on) asks for 0.8 or more. Groups of fewer than ten people,
//! or with fewer than three alerts to be expected, are too small to tell.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tandem_domain::Day;

use super::stats::clopper_pearson;
use super::{Figures, Method};
use crate::behaviour::data::DataSet;
use crate::behaviour::data::labels::Labels;
use crate::behaviour::ranking::Places;
use crate::behaviour::scoring::Scored;

/// The queue looked at: the longest one, so that the rates rest on as many alerts as there are.
const BUDGET: f64 = 5.0;
/// Least people of a group.
const LEAST_PEOPLE: usize = 10;
/// Least alerts to be expected of a group.
const LEAST_EXPECTED: f64 = 3.0;
/// The rule.
pub const FOUR_FIFTHS: f64 = 0.8;

/// The group that is worst off by one trait.
#[derive(Debug, Clone, PartialEq)]
pub struct Worst {
    /// What people are told apart by.
    pub by: &'static str,
    /// The group.
    pub group: String,
    /// Groups that were large enough.
    pub groups: usize,
    /// People of it.
    pub people: usize,
    /// Alerts on it.
    pub alerts: usize,
    /// Rate of everybody else divided by its own.
    pub ratio: f64,
    /// Its share of alerts is above its share of person-days by more than chance does in one of twenty comparisons of all groups.
    pub beyond_chance: bool,
    /// The channel with the largest part in its alerts.
    pub channel: String,
}

#[derive(Debug, Default)]
struct Group<'a> {
    people: BTreeSet<&'a str>,
    days: u64,
    alerts: usize,
    channels: BTreeMap<String, f64>,
}

/// The worst group by each trait.
pub fn worst(method: &Method, scored: &Scored, set: &DataSet, labels: &Labels) -> Vec<Worst> {
    let shifts = shifts(set);
    let mut traits: BTreeMap<&'static str, BTreeMap<String, Group<'_>>> = BTreeMap::new();
    let alerts = method.ranking.queue(BUDGET, Places::Earned, labels);
    let alerted: BTreeMap<(&str, Day), ()> =
        alerts.iter().map(|a| ((a.person.as_str(), a.day), ())).collect();
    for (day, scores) in &scored.days {
        for score in scores {
            let person = score.subject.as_str();
            if labels.scenario.contains_key(person) {
                continue;
            }
            let alert = alerted.contains_key(&(person, *day));
            for (by, value) in traits_of(set, &shifts, person, *day) {
                let group = traits.entry(by).or_default().entry(value).or_default();
                group.people.insert(person);
                group.days += 1;
                if alert {
                    group.alerts += 1;
                    for channel in &score.channels {
                        *group.channels.entry(channel.channel.name()).or_default() += channel.contribution;
                    }
                }
            }
        }
    }
    traits
        .into_iter()
        .filter_map(|(by, groups)| compare(by, groups))
        .collect()
}

fn compare(by: &'static str, groups: BTreeMap<String, Group<'_>>) -> Option<Worst> {
    let (days, alerts) = groups
        .values()
        .fold((0, 0), |(d, a), g| (d + g.days, a + g.alerts));
    let expected = |group: &Group<'_>| alerts as f64 * group.days as f64 / days as f64;
    let large: Vec<(&String, &Group<'_>)> = groups
        .iter()
        .filter(|(_, group)| group.people.len() >= LEAST_PEOPLE && expected(group) >= LEAST_EXPECTED)
        .collect();
    if groups.len() < 2 {
        return None;
    }
    let ratio = |group: &Group<'_>| {
        let others = (alerts - group.alerts) as f64 / (days - group.days) as f64;
        others / (group.alerts as f64 / group.days as f64)
    };
    let (name, group) = large
        .iter()
        .filter(|(_, group)| group.days < days)
        .min_by(|a, b| ratio(a.1).total_cmp(&ratio(b.1)))?;
    let confidence = 1.0 - 0.05 / large.len() as f64;
    let (low, _) = clopper_pearson(group.alerts, alerts, confidence);
    let channel = group.channels.iter().max_by(|a, b| a.1.total_cmp(b.1));
    Some(Worst {
        by,
        group: (*name).clone(),
        groups: large.len(),
        people: group.people.len(),
        alerts: group.alerts,
        ratio: ratio(group),
        beyond_chance: low > group.days as f64 / days as f64,
        channel: channel.map_or_else(String::new, |(name, _)| name.clone()),
    })
}

/// Adds the figures without the groups' names, which are the data's.
pub fn add(worst: &[Worst], figures: &mut Figures) {
    for worst in worst {
        let name = format!("alert_rate_{}", worst.by);
        figures.add(format!("{name}_groups"), worst.groups as f64);
        figures.add(format!("{name}_ratio"), worst.ratio);
        figures.add(
            format!("{name}_beyond_chance"),
            f64::from(u8::from(worst.beyond_chance)),
        );
        figures.say(format!("{name}_channel"), worst.channel.clone());
    }
}

fn traits_of(
    set: &DataSet,
    shifts: &HashMap<&str, &'static str>,
    person: &str,
    day: Day,
) -> Vec<(&'static str, String)> {
    let standing = set.organisation.standing(day, person);
    let mut traits = standing.map_or_else(Vec::new, |standing| standing.traits.clone());
    traits.push((
        "shift",
        shifts.get(person).map_or("unknown", |shift| shift).to_owned(),
    ));
    if let Some(joined) = standing.and_then(|standing| standing.joined) {
        let years = match day.0 - joined.0 {
            ..365 => "under a year",
            365..1_825 => "one to five years",
            _ => "over five years",
        };
        traits.push(("tenure", years.to_owned()));
    }
    traits
}

/// When people usually begin, by the median first hour of their working days before the first judged one.
fn shifts(set: &DataSet) -> HashMap<&str, &'static str> {
    let mut firsts: HashMap<&str, Vec<usize>> = HashMap::new();
    for (day, people) in set.activity.days.range(..set.first_judged()) {
        for (person, activity) in people.iter().filter(|_| !day.is_weekend()) {
            if let Some(hour) = activity.hours().iter().position(|count| *count > 0) {
                firsts.entry(person).or_default().push(hour);
            }
        }
    }
    let shift = |mut hours: Vec<usize>| {
        hours.sort_unstable();
        match hours[hours.len() / 2] {
            0..7 => "before 7",
            7..9 => "7 or 8",
            9..12 => "9 to 11",
            _ => "afternoon or night",
        }
    };
    firsts
        .into_iter()
        .map(|(person, hours)| (person, shift(hours)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(people: &[&'static str], days: u64, alerts: usize) -> Group<'static> {
        Group {
            people: people.iter().copied().collect(),
            days,
            alerts,
            channels: BTreeMap::from([("hour".to_owned(), 1.0)]),
        }
    }

    #[test]
    fn the_worst_group_is_told_and_small_ones_are_not() {
        let ten = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
        let groups = |alerts| {
            BTreeMap::from([
                ("night".to_owned(), group(&ten, 1_000, alerts)),
                ("day".to_owned(), group(&ten, 9_000, 90)),
                ("two people".to_owned(), group(&["x", "y"], 100, 50)),
            ])
        };
        let worst = compare("shift", groups(40)).unwrap();
        assert_eq!(
            (worst.group.as_str(), worst.groups, worst.alerts),
            ("night", 2, 40)
        );
        assert!(worst.ratio < FOUR_FIFTHS && worst.beyond_chance, "{worst:?}");
        let even = compare("shift", groups(14)).unwrap();
        assert!(!even.beyond_chance, "{even:?}");
        let one = BTreeMap::from([("all".to_owned(), group(&ten, 1_000, 40))]);
        assert_eq!(compare("role", one), None);
    }
}
