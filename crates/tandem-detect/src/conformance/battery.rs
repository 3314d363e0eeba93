//! Batteries: one case a line, as JSON.

use std::sync::Arc;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use tandem_domain::Timestamp;
use tandem_domain::event::EventBatch;

use super::records::{logsource, push};
use crate::{Correlator, Engine, RuleSet};

/// Seconds after which every time span of a battery has passed.
const END: i64 = 100_000;
/// Name of the correlation that a case asks about.
const ASKED: &str = "corr";

/// A line of a battery that holds no case.
#[derive(Debug, thiserror::Error)]
#[error("line {line} holds no case of this battery")]
pub struct CaseError {
    /// From 1.
    pub line: usize,
    /// What is wrong with it.
    #[source]
    pub source: serde_json::Error,
}

/// What a case expects.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Expected {
    /// The rule matches, or not.
    Matches(bool),
    /// `reject`: the rule must be refused.
    Refusal(String),
}

/// One rule and one event.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SingleCase {
    /// What is tried.
    pub name: String,
    /// The rule, YAML.
    pub rule: String,
    /// The event.
    pub event: Json,
    /// What must come of it.
    pub expect: Expected,
    /// Where that is said.
    #[serde(default, rename = "ref")]
    pub reference: String,
}

/// A correlation, its rules and a few events.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CorrelationCase {
    /// What is tried.
    pub name: String,
    /// The rules, YAML; the one of the name `corr` is asked about.
    pub rules: String,
    /// In the order they arrive.
    pub events: Vec<Timed>,
    /// Whether `corr` must be found.
    pub expect_fires: bool,
    /// Where that is said.
    #[serde(default, rename = "ref")]
    pub reference: String,
}

/// An event and when it was.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timed {
    /// Seconds.
    pub ts: i64,
    /// The event.
    pub ev: Json,
}

/// What came of a battery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases.
    pub total: usize,
    /// Those with another answer than expected, in words.
    pub faults: Vec<String>,
}

impl Tally {
    /// Cases that were answered as expected.
    pub fn passed(&self) -> usize {
        self.total - self.faults.len()
    }
}

impl SingleCase {
    /// The cases of a battery.
    ///
    /// # Errors
    /// When a line holds none.
    pub fn all(text: &str) -> Result<Vec<Self>, CaseError> {
        of_lines(text)
    }

    /// Whether the rule matches the event, or why it was refused.
    ///
    /// # Errors
    /// What the loader says of the rule.
    pub fn play(&self) -> Result<bool, String> {
        let rules = loaded(&self.rule)?;
        let mut batch = EventBatch::new("test");
        add(&mut batch, &self.event, 0)?;
        let mut matched = false;
        Engine::new(rules).scan(&batch, &mut |_, _| matched = true);
        Ok(matched)
    }

    fn fault(&self) -> Option<String> {
        let outcome = self.play();
        let right = match (&self.expect, &outcome) {
            (Expected::Matches(wanted), Ok(matched)) => wanted == matched,
            (Expected::Refusal(word), Err(_)) => word == "reject",
            _ => false,
        };
        (!right).then(|| format!("{}: expected {:?}, got {outcome:?}", self.name, self.expect))
    }
}

impl CorrelationCase {
    /// The cases of a battery.
    ///
    /// # Errors
    /// When a line holds none.
    pub fn all(text: &str) -> Result<Vec<Self>, CaseError> {
        of_lines(text)
    }

    /// Whether the correlation is found once every time span has passed.
    ///
    /// # Errors
    /// What the loader says of the rules, or that none of them has the name that is asked about.
    pub fn play(&self) -> Result<bool, String> {
        let rules = loaded(&self.rules)?;
        let mut batch = EventBatch::new("test");
        for event in &self.events {
            add(&mut batch, &event.ev, event.ts)?;
        }
        let mut matches = Vec::new();
        Engine::new(Arc::clone(&rules)).scan(&batch, &mut |event, rule| {
            matches.extend(batch.get(event).and_then(|event| rules.base_match(rule, event)));
        });
        let found = Correlator::new(Arc::clone(&rules)).run(matches, Timestamp::from_seconds(END));
        let asked = rules
            .rules()
            .iter()
            .find(|rule| rule.name.as_deref() == Some(ASKED))
            .ok_or_else(|| format!("no rule of the name `{ASKED}`"))?;
        Ok(found.iter().any(|found| found.rule == asked.id))
    }

    fn fault(&self) -> Option<String> {
        let outcome = self.play();
        let right = outcome == Ok(self.expect_fires);
        (!right).then(|| format!("{}: expected {}, got {outcome:?}", self.name, self.expect_fires))
    }
}

/// Plays a battery of single events.
///
/// # Errors
/// When a line holds no such case.
pub fn single_events(text: &str) -> Result<Tally, CaseError> {
    let cases = SingleCase::all(text)?;
    Ok(Tally {
        total: cases.len(),
        faults: cases.iter().filter_map(SingleCase::fault).collect(),
    })
}

/// Plays a battery of correlations.
///
/// # Errors
/// When a line holds no such case.
pub fn correlations(text: &str) -> Result<Tally, CaseError> {
    let cases = CorrelationCase::all(text)?;
    Ok(Tally {
        total: cases.len(),
        faults: cases.iter().filter_map(CorrelationCase::fault).collect(),
    })
}

fn of_lines<C: DeserializeOwned>(text: &str) -> Result<Vec<C>, CaseError> {
    let lines = text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(text, line)| serde_json::from_str(text).map_err(|source| CaseError { line, source }))
        .collect()
}

fn loaded(text: &str) -> Result<Arc<RuleSet>, String> {
    let (rules, errors) = RuleSet::load([("case.yml", text)]);
    match errors.first() {
        Some(error) => Err(error.to_string()),
        None => Ok(Arc::new(rules)),
    }
}

fn add(batch: &mut EventBatch, record: &Json, seconds: i64) -> Result<(), String> {
    let source = logsource("test", "test", "");
    push(batch, record, &[source], seconds).map_err(|_| "the case has too many events".to_owned())
}
