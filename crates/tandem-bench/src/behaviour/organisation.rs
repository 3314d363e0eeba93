//! Peer groups from the monthly directory files, each readable from the first day of the month after it.

use std::collections::BTreeMap;

use anyhow::Result;
use tandem_domain::Day;

use super::pack::Pack;

/// Names of the peer groups of one person, the closest first.
pub type Groups = Vec<String>;

/// The organisation month by month.
#[derive(Debug, Default)]
pub struct Organisation {
    /// By the first day on which the month may be read: account to groups.
    months: BTreeMap<Day, BTreeMap<String, Groups>>,
}

/// Whether the benchmark needs this file of the pack: `YYYY-MM.csv`. Personality scores stay unread.
pub fn is_month(name: &str) -> bool {
    readable_from(name).is_some()
}

impl Organisation {
    /// Reads all months of a pack.
    pub fn read(pack: &Pack) -> Result<Self> {
        let mut months = BTreeMap::new();
        for (name, bytes) in pack.files() {
            let Some(from) = readable_from(name) else { continue };
            let mut people = BTreeMap::new();
            let mut reader = csv::Reader::from_reader(bytes);
            for record in reader.records() {
                let record = record?;
                let column = |at: usize| record.get(at).unwrap_or_default().trim();
                let department = format!("department:{}/{}/{}", column(4), column(5), column(6));
                people.insert(
                    column(1).to_owned(),
                    vec![format!("role:{}", column(3)), department],
                );
            }
            months.insert(from, people);
        }
        Ok(Self { months })
    }

    /// The groups of a person as readable on `day`; none if the person is not in the file.
    pub fn groups(&self, day: Day, person: &str) -> &[String] {
        let month = self.months.range(..=day).next_back();
        month
            .and_then(|(_, people)| people.get(person))
            .map_or(&[], Vec::as_slice)
    }
}

fn readable_from(name: &str) -> Option<Day> {
    let (year, month) = name.strip_suffix(".csv")?.split_once('-')?;
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

    #[test]
    fn a_month_is_readable_only_after_it_is_over() {
        assert_eq!(readable_from("2010-08.csv"), Day::parse("2010-09-01"));
        assert_eq!(readable_from("2009-12.csv"), Day::parse("2010-01-01"));
        assert_eq!(readable_from("psychometric.csv"), None);
    }
}
