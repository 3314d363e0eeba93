//! Ground truth. Kept as bytes until all scores exist, and then read by the metrics alone.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use tandem_domain::Day;
use tandem_sim::Truth;

use super::cert::Days;
use super::rows::{self, BadRows, Row};

/// The label files of the hybrids.
const HYBRID: [&str; 4] = [
    "labels_user_day_visible.csv",
    "labels_user_day.csv",
    "labels_events.csv",
    "labels_benign_confounders.csv",
];
/// The logs whose malicious rows make a day visible in the hybrids' own labels.
const HYBRID_LOGS: [&str; 3] = ["logon.csv", "device.csv", "file.csv"];

/// Who did what when, as far as the logs can show it.
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
    /// What must be known to read the figures.
    pub said: Vec<String>,
}

/// Label files as they were found, unread.
#[derive(Debug, Default)]
pub struct Truths {
    /// The hybrids' label files and the official answers, by file name.
    pub files: BTreeMap<String, Vec<u8>>,
    /// `truth.json` of a simulated company.
    pub simulated: Option<Vec<u8>>,
}

/// Whether this is a label file of a hybrid.
pub fn is_labels(name: &str) -> bool {
    HYBRID.contains(&name)
}

/// Whether this is the master file of the official answers.
pub fn is_answers(name: &str) -> bool {
    name == "insiders.csv"
}

/// What the labels of one data set must be read with.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The logs that were there.
    pub logs: &'a BTreeSet<String>,
    /// Everybody who was active.
    pub people: &'a BTreeSet<&'a str>,
}

impl Truths {
    /// No labels at all.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty() && self.simulated.is_none()
    }

    /// True for the layout of the hybrids.
    pub fn is_hybrid(&self) -> bool {
        self.files.keys().any(|name| is_labels(name))
    }

    /// Reads them.
    pub fn read(&self, seen: Seen<'_>) -> Result<Labels> {
        let mut labels = Labels::default();
        let mut bad = BadRows::default();
        if let Some(bytes) = &self.simulated {
            labels.simulated(bytes)?;
        } else if self.is_hybrid() {
            self.hybrid(seen, &mut labels, &mut bad)?;
        } else {
            super::answers::read(&self.files, seen, &mut labels, &mut bad)?;
        }
        labels.said.extend(bad.sentences());
        Ok(labels)
    }

    fn hybrid(&self, seen: Seen<'_>, labels: &mut Labels, bad: &mut BadRows) -> Result<()> {
        let whole = HYBRID_LOGS.iter().all(|log| seen.logs.contains(*log));
        let has = |name: &str| self.files.contains_key(name);
        if has("labels_user_day_visible.csv") && (whole || !has("labels_events.csv")) {
            self.each("labels_user_day_visible.csv", bad, &mut |row| {
                let (person, day, scenario) = person_day(row)?;
                labels.shown(person, day, scenario);
                Ok(())
            })?;
        } else if has("labels_events.csv") {
            labels
                .said
                .push("malicious days are those with labelled rows in the logs that are there".to_owned());
            let mut days = Days::default();
            self.each("labels_events.csv", bad, &mut |row| {
                let (person, time) = (row.must("insider")?, row.must("date")?);
                let day = days.time(time).ok_or_else(|| format!("no date: {time:?}"))?.day();
                let own = row.get("user_in_row") == Some(person);
                let log = format!("{}.csv", row.must("source")?);
                if own && seen.logs.contains(&log) {
                    labels.shown(
                        person,
                        day,
                        row.get("scenario").and_then(|s| s.parse().ok()).unwrap_or(0),
                    );
                }
                Ok(())
            })?;
        }
        let none = labels.visible.is_empty();
        if none {
            labels
                .said
                .push("every labelled day counts as visible: no label says what the logs show".to_owned());
        }
        self.each("labels_user_day.csv", bad, &mut |row| {
            let (person, day, scenario) = person_day(row)?;
            if none {
                labels.shown(person, day, scenario);
            }
            labels.all.insert((person.to_owned(), day));
            Ok(())
        })?;
        self.each("labels_benign_confounders.csv", bad, &mut |row| {
            let person = row.must("user")?;
            if !labels.scenario.contains_key(person) {
                labels.confounders.insert(person.to_owned());
            }
            Ok(())
        })?;
        if labels.confounders.is_empty() {
            labels
                .said
                .push("no benign people are marked as made to look odd".to_owned());
        }
        Ok(())
    }

    fn each(
        &self,
        name: &str,
        bad: &mut BadRows,
        each: &mut dyn FnMut(&Row<'_>) -> Result<(), String>,
    ) -> Result<()> {
        match self.files.get(name) {
            Some(bytes) => Ok(rows::table(name, &mut bytes.as_slice(), None, bad, each)?),
            None => Ok(()),
        }
    }
}

impl Labels {
    /// Whether the logs show something malicious of this person on this day.
    pub fn shows(&self, person: &str, day: Day) -> bool {
        self.visible.get(person).is_some_and(|days| days.contains(&day))
    }

    /// Leaves out what lies before the first judged day, and says so.
    pub fn judged_from(&mut self, first: Day) {
        let before = self.visible.len();
        for days in self.visible.values_mut() {
            days.retain(|day| *day >= first);
        }
        self.visible.retain(|_, days| !days.is_empty());
        let visible = &self.visible;
        self.scenario.retain(|person, _| visible.contains_key(person));
        if self.visible.len() < before {
            let missing = before - self.visible.len();
            self.said.push(format!(
                "{missing} insiders show nothing after the warm-up and are not counted"
            ));
        }
    }

    /// Adds an observable malicious day.
    pub(super) fn shown(&mut self, person: &str, day: Day, scenario: u8) {
        self.visible.entry(person.to_owned()).or_default().insert(day);
        self.scenario.entry(person.to_owned()).or_insert(scenario);
        self.all.insert((person.to_owned(), day));
    }

    /// The planted stories of a simulated company are its incidents, the kinds of stories its scenarios, and the people who
    /// look odd and do nothing wrong its confounders. Its days are those of UTC.
    fn simulated(&mut self, bytes: &[u8]) -> Result<()> {
        let truth: Truth = serde_json::from_slice(bytes).context("the ground truth cannot be read")?;
        let kinds: BTreeSet<&str> = truth.stories.iter().map(|story| story.id.as_str()).collect();
        // People files give everybody a key in lower case.
        let key = |person: &str| person.to_lowercase();
        for story in &truth.stories {
            let person = key(&story.person);
            let kind = kinds.iter().position(|kind| *kind == story.id).unwrap_or(0);
            for day in &story.days {
                if day.events > 0 {
                    self.shown(&person, day.day, u8::try_from(kind + 1).unwrap_or(u8::MAX));
                }
                self.all.insert((person.clone(), day.day));
            }
        }
        let innocents = truth.innocents.iter().map(|innocent| key(&innocent.person));
        self.confounders = innocents
            .filter(|person| !self.scenario.contains_key(person))
            .collect();
        Ok(())
    }
}

fn person_day<'t>(row: &Row<'t>) -> Result<(&'t str, Day, u8), String> {
    let (person, date) = (row.must("user")?, row.must("date")?);
    let day = Day::parse(date).ok_or_else(|| format!("no date: {date:?}"))?;
    let scenario = row.get("scenario").and_then(|scenario| scenario.parse().ok());
    Ok((person, day, scenario.unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truths(files: &[(&str, &str)]) -> Truths {
        let files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()));
        Truths {
            files: files.collect(),
            simulated: None,
        }
    }

    fn read(truths: &Truths, logs: &[&str]) -> Labels {
        let logs = logs.iter().map(|log| (*log).to_owned()).collect();
        let people = BTreeSet::from(["X1", "A1"]);
        let seen = Seen {
            logs: &logs,
            people: &people,
        };
        truths.read(seen).unwrap()
    }

    #[test]
    fn what_a_missing_log_showed_is_not_asked_of_anybody() {
        let truths = truths(&[
            (
                "labels_user_day_visible.csv",
                "user,date,scenario\nX1,2010-05-01,2\nX1,2010-05-02,2\n",
            ),
            (
                "labels_user_day.csv",
                "user,date,scenario\nX1,2010-05-01,2\nX1,2010-05-02,2\nX1,2010-05-03,2\n",
            ),
            (
                "labels_events.csv",
                "source,id,date,user_in_row,insider,scenario\n\
              logon,{A},05/01/2010 02:00:00,X1,X1,2\ndevice,{B},05/02/2010 02:00:00,X1,X1,2\nlogon,{C},05/03/2010 02:00:00,A1,X1,2\n",
            ),
            (
                "labels_benign_confounders.csv",
                "user,kind,detail\nA1,usb_burst,x\nX1,usb_burst,x\n",
            ),
        ]);
        let whole = read(&truths, &["logon.csv", "device.csv", "file.csv"]);
        assert_eq!(
            (whole.visible["X1"].len(), whole.all.len(), whole.scenario["X1"]),
            (2, 3, 2)
        );
        assert_eq!(whole.confounders, BTreeSet::from(["A1".to_owned()]));
        assert!(whole.said.is_empty(), "{:?}", whole.said);
        let part = read(&truths, &["logon.csv"]);
        assert_eq!(
            part.visible["X1"],
            BTreeSet::from([Day::parse("2010-05-01").unwrap()])
        );
        assert_eq!(part.said.len(), 1);
    }
}
