//! Scores against the truth.

mod calibration;
mod fairness;
mod period;
mod queue;
mod stats;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tandem_baseline::{Memory, Settings};

use super::data::DataSet;
use super::data::labels::Labels;
use super::ranking::Ranking;
use super::scoring::Scored;
use stats::clopper_pearson;

pub use fairness::{FOUR_FIFTHS, Worst};
pub use queue::SURVIVAL;

/// Places of the day's list that are judged, per 1,000 people.
pub const PLACES: [usize; 4] = [1, 2, 5, 10];
/// Alerts per 1,000 people and working day.
pub const BUDGETS: [u32; 3] = [1, 2, 5];

/// One way to rank people.
pub struct Method {
    /// Before the names of its figures.
    pub prefix: &'static str,
    /// Its rankings.
    pub ranking: Ranking,
}

impl Method {
    /// A method with its rankings.
    pub fn new(prefix: &'static str, ranking: Ranking) -> Self {
        Self { prefix, ranking }
    }
}

/// Figures by name.
#[derive(Debug, Default)]
pub struct Figures(pub BTreeMap<String, Value>);

impl Figures {
    /// Adds a number, unless it could not be made.
    pub fn add(&mut self, name: impl Into<String>, value: f64) {
        if value.is_finite() {
            let rounded = (value * 1e6).round() / 1e6;
            self.0.insert(name.into(), Value::from(rounded));
        }
    }

    /// Adds words.
    pub fn say(&mut self, name: impl Into<String>, words: impl Into<String>) {
        self.0.insert(name.into(), Value::from(words.into()));
    }

    /// A number, or nothing if it could not be made.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.get(name)?.as_f64()
    }
}

/// All figures of all methods, and the groups that are worst off.
pub fn figures(
    methods: &[Method],
    scored: &Scored,
    set: &DataSet,
    labels: &Labels,
    settings: &Settings,
) -> (Figures, Vec<Worst>) {
    let mut figures = Figures::default();
    let mut worst = Vec::new();
    if !labels.visible.is_empty() {
        for method in methods {
            caught(method, "", labels, &mut figures);
            queue::add(method, labels, &mut figures);
            period::add(method, labels, &mut figures);
        }
        if let Some(own) = methods.first() {
            worst = fairness::worst(own, scored, set, labels);
            fairness::add(&worst, &mut figures);
        }
    }
    calibration::add(set, settings, labels, &mut figures);
    cost(scored, set, labels, &mut figures);
    (figures, worst)
}

fn cost(scored: &Scored, set: &DataSet, labels: &Labels, figures: &mut Figures) {
    let (activity, cost) = (&set.activity, &scored.cost);
    let events = activity.events as f64;
    figures.add("people", scored.people as f64);
    figures.add("insiders", labels.visible.len() as f64);
    figures.add(
        "insider_days",
        labels.visible.values().map(BTreeSet::len).sum::<usize>() as f64,
    );
    figures.add("person_days", cost.person_days as f64);
    figures.add("person_days_per_s", cost.person_days as f64 / cost.seconds);
    figures.add("events", events);
    figures.add("bad_rows", set.bad_rows() as f64);
    // Reading and normalising included.
    figures.add("events_per_s", events / activity.seconds);
    // From normalised events to learned profiles: observing, adding up, scoring and learning.
    figures.add("events_per_s_core", events / (activity.busy + cost.seconds));
    figures.add("events_per_s_core_observed", events / activity.busy);
    memory(&cost.memory, figures);
}

/// Where the memory is: mean bytes per subject by part, and what is held once for all.
pub fn memory(memory: &Memory, figures: &mut Figures) {
    let own = memory.each(memory.own());
    figures.add("profile_bytes_per_subject", own);
    figures.add("bytes_per_subject", own);
    figures.add(
        "bytes_before_sketches_per_subject",
        memory.each(memory.before_sketches()),
    );
    for (part, bytes) in memory.own_parts() {
        figures.add(format!("bytes_per_subject:{part}"), memory.each(bytes));
    }
    figures.add("profile_bytes_shared", memory.shared() as f64);
    for (part, bytes) in memory.shared_parts() {
        figures.add(format!("profile_bytes_shared:{part}"), bytes as f64);
    }
    // As many of these subjects, and what is held once for all as it is here.
    figures.add(
        "profile_mb_100k_subjects",
        (own * 1e5 + memory.shared() as f64) / 1e6,
    );
}

/// Share of insiders among the day's first k per 1,000 people at least once, over all and as the mean over scenarios. `kind`
/// stands before the names.
pub fn caught(method: &Method, kind: &str, labels: &Labels, figures: &mut Figures) {
    let prefix = format!("{}{kind}", method.prefix);
    let mut by_scenario: BTreeMap<u8, Vec<&String>> = BTreeMap::new();
    for (person, scenario) in &labels.scenario {
        by_scenario.entry(*scenario).or_default().push(person);
    }
    for k in PLACES {
        let caught = method.ranking.caught_within(k, labels);
        let (found, all) = (caught.len(), labels.visible.len());
        share(&format!("{prefix}r_at_{k}"), found, all, figures);
        let shares = by_scenario.iter().map(|(scenario, people)| {
            let found = people.iter().filter(|person| caught.contains(**person)).count();
            (*scenario, found as f64 / people.len() as f64)
        });
        let shares: Vec<(u8, f64)> = shares.collect();
        let mean = shares.iter().map(|(_, share)| share).sum::<f64>() / shares.len() as f64;
        figures.add(format!("{prefix}macro_r_at_{k}"), mean);
        if prefix.is_empty() {
            for (scenario, share) in shares {
                figures.add(format!("scenario{scenario}_r_at_{k}"), share);
            }
        }
    }
}

/// A share with its 95 % interval.
pub fn share(name: &str, found: usize, all: usize, figures: &mut Figures) {
    let (low, high) = clopper_pearson(found, all, 0.95);
    figures.add(name, found as f64 / all as f64);
    figures.add(format!("{name}_low95"), low);
    figures.add(format!("{name}_high95"), high);
}
