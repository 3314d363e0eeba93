//! Ground truth. Read after all scores exist, by the metrics alone.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use tandem_domain::Day;

use super::pack::Pack;

/// Who did what when, as far as the three logs can show it.
#[derive(Debug, Default)]
pub struct Labels {
    /// Observable malicious days per insider.
    pub visible: BTreeMap<String, BTreeSet<Day>>,
    /// Scenario per insider.
    pub scenario: BTreeMap<String, u8>,
    /// Every malicious day, observable or not.
    pub all: BTreeSet<(String, Day)>,
    /// Benign people made to look odd.
    pub confounders: BTreeSet<String>,
}

/// Whether this is a label file.
pub fn is_labels(name: &str) -> bool {
    matches!(
        name,
        "labels_user_day_visible.csv" | "labels_user_day.csv" | "labels_benign_confounders.csv"
    )
}

impl Labels {
    /// Whether the logs show something malicious of this person on this day.
    pub fn shows(&self, person: &str, day: Day) -> bool {
        self.visible.get(person).is_some_and(|days| days.contains(&day))
    }

    /// Reads the labels of a pack.
    pub fn read(pack: &Pack) -> Result<Self> {
        let mut labels = Self::default();
        for record in csv::Reader::from_reader(pack.file("labels_user_day_visible.csv")?).records() {
            let (person, day, scenario) = person_day(&record?)?;
            labels.visible.entry(person.clone()).or_default().insert(day);
            labels.scenario.insert(person, scenario);
        }
        for record in csv::Reader::from_reader(pack.file("labels_user_day.csv")?).records() {
            let (person, day, _) = person_day(&record?)?;
            labels.all.insert((person, day));
        }
        for record in csv::Reader::from_reader(pack.file("labels_benign_confounders.csv")?).records() {
            let person = record?.get(0).unwrap_or_default().to_owned();
            if !labels.scenario.contains_key(&person) {
                labels.confounders.insert(person);
            }
        }
        Ok(labels)
    }
}

fn person_day(record: &csv::StringRecord) -> Result<(String, Day, u8)> {
    let column = |at: usize| record.get(at).unwrap_or_default().trim();
    let day = Day::parse(column(1)).with_context(|| format!("no date: {:?}", column(1)))?;
    Ok((column(0).to_owned(), day, column(2).parse().unwrap_or(0)))
}
