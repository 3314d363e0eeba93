//! Data sets: where they lie, and how all of them come to the same form.

pub mod activity;
mod answers;
mod cert;
pub mod labels;
pub mod lens;
pub mod organisation;
mod rows;
pub mod shelf;
mod simulated;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Read};
use std::path::PathBuf;

use anyhow::Result;
use tandem_baseline::HomeContext;
use tandem_domain::Day;
use tandem_sim::Plan;

use activity::{Activity, Gatherer};
use labels::{Labels, Seen, Truths};
use lens::Lens;
use organisation::Organisation;
use rows::BadRows;
use shelf::{Place, Shelf};

/// Days of a CERT set that are scored but not judged.
const WARM_UP: i32 = 90;
/// Bytes of a log read to see whose it is.
const HEAD: u64 = 256 << 10;
/// Largest label or directory file read.
const SMALL: u64 = 256 << 20;
/// Least share of the people of a log that a directory beside it must know to be its directory.
const KNOWN: f64 = 0.5;

/// What kind of data it is: always said beside a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A real organisation and real malicious rows, benign rows resampled.
    Hybrid,
    /// A release as CERT published it, or logs of that layout without labels.
    Release,
    /// Made by `tandem simulate`.
    Simulated,
}

impl Kind {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Hybrid => "CERT-hybrid",
            Self::Release => "CERT layout",
            Self::Simulated => "simulated company",
        }
    }
}

/// One data set.
#[derive(Debug)]
pub struct DataSet {
    /// Its name.
    pub name: String,
    /// What kind.
    pub kind: Kind,
    /// Who did what.
    pub activity: Activity,
    /// Who belongs where.
    pub organisation: Organisation,
    truths: Truths,
    logs: BTreeSet<String>,
    /// What is missing or must be known.
    pub said: Vec<String>,
    bad: BadRows,
    /// Days that are scored but not judged.
    pub warm_up: i32,
}

impl DataSet {
    /// True if there are labels to judge by.
    pub fn has_labels(&self) -> bool {
        !self.truths.is_empty()
    }

    /// The first judged day.
    pub fn first_judged(&self) -> Day {
        self.activity
            .span()
            .map_or(Day(0), |(first, _)| first.plus(self.warm_up))
    }

    /// Reads the ground truth of the judged days. To be called when all scores exist.
    pub fn labels(&self) -> Result<Labels> {
        let people = self.activity.people();
        let seen = Seen {
            logs: &self.logs,
            people: &people,
        };
        let mut labels = if self.has_labels() {
            self.truths.read(seen)?
        } else {
            Labels::default()
        };
        labels.judged_from(self.first_judged());
        Ok(labels)
    }

    /// Sentences about what is missing and what was left out.
    pub fn notes(&self) -> Vec<String> {
        self.said.iter().cloned().chain(self.bad.sentences()).collect()
    }

    /// Rows left out.
    pub fn bad_rows(&self) -> u64 {
        self.bad.count
    }
}

/// How to look at a data set: as it is, or as a leak test changes it.
#[derive(Debug, Clone, Default)]
pub struct Load {
    /// People, computers and files under other names.
    pub renamed: bool,
    /// Everything after this day dealt anew.
    pub shuffled_after: Option<Day>,
    /// Nothing that became known about people after this day.
    pub known_by: Option<Day>,
    /// With labels.
    pub labels: bool,
}

impl Load {
    /// As it is.
    pub fn whole() -> Self {
        Self {
            labels: true,
            ..Self::default()
        }
    }

    fn lens(&self) -> Lens {
        match self.shuffled_after {
            Some(day) => Lens::shuffled(day),
            None if self.renamed => Lens::Renamed,
            None => Lens::Clear,
        }
    }
}

/// Where a data set comes from.
#[derive(Debug)]
pub enum Source<'a> {
    /// A folder of CSV files, with what lies beside it.
    Files(&'a Shelf, Place),
    /// A company on disk, and the plan it was made from.
    Company(PathBuf, Plan),
}

impl Source<'_> {
    /// Reads it.
    pub fn load(&self, load: &Load) -> Result<DataSet> {
        let mut set = match self {
            Source::Files(shelf, place) => files(shelf, place, load)?,
            Source::Company(dir, plan) => simulated::read(dir, plan, load)?,
        };
        if load.renamed {
            set.activity = set.activity.renamed(lens::renamed);
            set.organisation = set.organisation.renamed(lens::renamed);
        }
        Ok(set)
    }
}

/// What a first look at a set gathers.
#[derive(Default)]
struct Small {
    files: BTreeMap<String, Vec<u8>>,
    months: BTreeMap<String, Vec<u8>>,
    logs: BTreeSet<String>,
    people: BTreeSet<String>,
}

fn files(shelf: &Shelf, place: &Place, load: &Load) -> Result<DataSet> {
    let mut bad = BadRows::default();
    let mut said = Vec::new();
    let small = small(place, load)?;
    let missing: Vec<&str> = cert::LOGS
        .into_iter()
        .filter(|log| !small.logs.contains(*log))
        .collect();
    if !missing.is_empty() {
        said.push(format!("not there: {}", missing.join(", ")));
    }
    let organisation = organisation(shelf, &small, load, &mut bad, &mut said)?;
    let mut truths = Truths::default();
    if load.labels {
        truths.files = small.files;
        if truths.files.is_empty() {
            truths.files = answers_beside(shelf)?;
        }
        if truths.is_empty() {
            said.push("no labels: days are scored and not judged".to_owned());
        }
    }
    if organisation.mail_domains.is_empty() && small.logs.contains("email.csv") {
        said.push("the company's mail domain is not known: all mail counts as going outside".to_owned());
    }
    let home = HomeContext {
        mail_domains: organisation.mail_domains.clone(),
        ..HomeContext::default()
    };
    let mut gatherer = Gatherer::new(load.lens(), home);
    place.each(&cert::is_log, &mut |name, reader| {
        cert::read(name, reader, &mut gatherer, &mut bad)
    })?;
    Ok(DataSet {
        name: place.name(),
        kind: if truths.is_hybrid() || place.name().contains("hybrid") {
            Kind::Hybrid
        } else {
            Kind::Release
        },
        activity: gatherer.done(),
        organisation,
        truths,
        logs: small.logs,
        said,
        bad,
        warm_up: WARM_UP,
    })
}

/// Labels, directories, and the first people of each log.
fn small(place: &Place, load: &Load) -> Result<Small> {
    let mut small = Small::default();
    let base = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    let label = |path: &str| load.labels && (labels::is_labels(path) || is_answer(path));
    let wanted = |path: &str| cert::is_log(path) || organisation::is_month(&base(path)) || label(path);
    place.each(&wanted, &mut |path, reader| {
        if cert::is_log(path) {
            let mut head = reader.take(HEAD);
            let mut ignored = BadRows::default();
            rows::table(path, &mut head, None, &mut ignored, &mut |row| {
                small.people.insert(row.must("user")?.to_owned());
                Ok(())
            })?;
            small.logs.insert(path.to_owned());
            return Ok(());
        }
        let bytes = bytes(reader)?;
        if organisation::is_month(&base(path)) {
            small.months.insert(path.to_owned(), bytes);
        } else {
            small.files.insert(base(path), bytes);
        }
        Ok(())
    })?;
    Ok(small)
}

/// Whether a file belongs to the official answers: the master file, or the rows of an incident.
fn is_answer(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let rows = name
        .strip_prefix('r')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    labels::is_answers(name) || rows && name.ends_with(".csv")
}

fn bytes(reader: &mut dyn BufRead) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(SMALL).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The directory of the set, or the one beside it that knows its people best.
fn organisation(
    shelf: &Shelf,
    small: &Small,
    load: &Load,
    bad: &mut BadRows,
    said: &mut Vec<String>,
) -> Result<Organisation> {
    let read = |months: &BTreeMap<String, Vec<u8>>, bad: &mut BadRows| -> Result<Organisation> {
        let mut organisation = Organisation::default();
        for (name, bytes) in months {
            if load.known_by.is_some_and(|day| organisation::is_after(name, day)) {
                continue;
            }
            organisation.month(name, &mut bytes.as_slice(), bad)?;
        }
        Ok(organisation)
    };
    if !small.months.is_empty() {
        return read(&small.months, bad);
    }
    let mut best: Option<(f64, Organisation, BadRows, String)> = None;
    for place in &shelf.organisations {
        let mut months = BTreeMap::new();
        place.each(&organisation::is_month, &mut |name, reader| {
            months.insert(name.to_owned(), bytes(reader)?);
            Ok(())
        })?;
        let mut bad_here = BadRows::default();
        let organisation = read(&months, &mut bad_here)?;
        let known = small
            .people
            .iter()
            .filter(|person| organisation.knows(person))
            .count();
        let share = known as f64 / small.people.len().max(1) as f64;
        if best.as_ref().is_none_or(|(most, ..)| share > *most) {
            best = Some((share, organisation, bad_here, place.name()));
        }
    }
    match best.filter(|(share, ..)| *share >= KNOWN) {
        Some((share, organisation, bad_here, name)) => {
            said.push(format!(
                "directory: {} months of {name}, which knows {:.0} % of the people",
                organisation.len(),
                share * 100.0
            ));
            *bad = bad_here;
            Ok(organisation)
        }
        None => {
            said.push(
                "no directory: everybody is one peer group, and rates are not compared by role".to_owned(),
            );
            Ok(Organisation::default())
        }
    }
}

/// The official answers beside a set without labels of its own.
fn answers_beside(shelf: &Shelf) -> Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for place in &shelf.answers {
        place.each(&is_answer, &mut |path, reader| {
            let name = path.rsplit('/').next().unwrap_or(path).to_owned();
            files.insert(name, bytes(reader)?);
            Ok(())
        })?;
    }
    Ok(files)
}
