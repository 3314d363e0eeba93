//! Four checks that scores know nothing they should not: the data is changed where it must not matter, read anew from its
//! files, and every score must stay the same to the last bit.
//!
//! - *future-shuffle*: who, when and with what are dealt anew among all acts after a day; scores up to that day stay.
//! - *rename*: people, computers and files get other names; all scores stay.
//! - *label-blind*: the label files are not there; all scores stay.
//! - *leaver-blind*: nothing that became known about the organisation after a day is there; scores up to that day stay.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::Value;
use tandem_baseline::{DayScore, Settings};
use tandem_domain::Day;
use xxhash_rust::xxh3::xxh3_64;

use super::data::{DataSet, Load, Source, lens};
use super::scoring::{self, Part};

/// The outcome of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// Its name.
    pub name: &'static str,
    /// Scores compared.
    pub compared: usize,
    /// Scores that differ, or are on one side only.
    pub different: usize,
}

impl Leak {
    /// Nothing differs, and there was something to compare.
    pub const fn passed(&self) -> bool {
        self.different == 0 && self.compared > 0
    }
}

/// A number for everything a score says, per day and person.
type Prints = HashMap<(Day, String), u64>;

/// Runs all four checks on a data set.
pub fn check(source: &Source<'_>, settings: &Settings) -> Result<Vec<Leak>> {
    let set = source.load(&Load::whole())?;
    let middle = middle(&set);
    let whole = prints(&set, settings, None);
    let part: Prints = whole
        .iter()
        .filter(|((day, _), _)| *day <= middle)
        .map(|(key, print)| (key.clone(), *print))
        .collect();
    let other_names: Prints = whole
        .iter()
        .map(|((day, person), print)| ((*day, lens::renamed(person)), *print))
        .collect();
    drop(set);
    let again = |load: &Load, until| -> Result<Prints> { Ok(prints(&source.load(load)?, settings, until)) };
    let shuffled = Load {
        shuffled_after: Some(middle),
        ..Load::whole()
    };
    let renamed = Load {
        renamed: true,
        ..Load::whole()
    };
    let known_by = Load {
        known_by: Some(middle),
        ..Load::whole()
    };
    Ok(vec![
        compare("future-shuffle", &part, &again(&shuffled, Some(middle))?),
        compare("rename", &other_names, &again(&renamed, None)?),
        compare("label-blind", &whole, &again(&Load::default(), None)?),
        compare("leaver-blind", &part, &again(&known_by, Some(middle))?),
    ])
}

/// The middle of the judged days.
fn middle(set: &DataSet) -> Day {
    let first = set.first_judged();
    let last = set.activity.span().map_or(first, |(_, last)| last);
    Day(i32::midpoint(first.0, last.0))
}

fn prints(set: &DataSet, settings: &Settings, until: Option<Day>) -> Prints {
    let mut prints = Prints::new();
    let part = Part { until, since: None };
    scoring::run(set, settings, part, &mut |day, scores| {
        for score in scores {
            let print = print(&score);
            prints.insert((day, score.subject), print);
        }
    });
    prints
}

/// Everything a score says but the names in it. Numbers are written so that reading them gives the same bits.
fn print(score: &DayScore) -> u64 {
    let mut value = serde_json::to_value(score).unwrap_or_default();
    nameless(&mut value);
    xxh3_64(value.to_string().as_bytes())
}

fn nameless(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| name != "subject" && name != "sentence");
            fields.values_mut().for_each(nameless);
        }
        Value::Array(list) => list.iter_mut().for_each(nameless),
        _ => {}
    }
}

fn compare(name: &'static str, expected: &Prints, found: &Prints) -> Leak {
    let same = expected
        .iter()
        .filter(|(key, print)| found.get(*key) == Some(*print))
        .count();
    Leak {
        name,
        compared: expected.len(),
        different: expected.len().max(found.len()) - same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_bit_and_one_missing_score_are_noticed() {
        let key = |day, person: &str| (Day(day), person.to_owned());
        let one = Prints::from([(key(1, "a"), 7), (key(2, "a"), 8)]);
        assert!(compare("x", &one, &one).passed());
        let mut other = one.clone();
        other.insert(key(2, "a"), 9);
        assert_eq!(compare("x", &one, &other).different, 1);
        other.remove(&key(2, "a"));
        assert_eq!(compare("x", &one, &other).different, 1);
        assert!(
            !compare("x", &Prints::new(), &Prints::new()).passed(),
            "nothing compared is nothing shown"
        );
        let mut set = crate::behaviour::tests::small_company(&tempfile::tempdir().unwrap());
        set.activity.days.retain(|day, _| day.0 % 50 == 0);
        let mut scores = Vec::new();
        scoring::run(&set, &Settings::default(), Part::default(), &mut |_, day| {
            scores.extend(day)
        });
        let score = scores.first().unwrap();
        let mut moved = score.clone();
        moved.subject = "b".into();
        assert_eq!(print(score), print(&moved), "a name is no part of a score");
        moved.p = f64::from_bits(moved.p.to_bits() + 1);
        assert_ne!(print(score), print(&moved));
    }
}
