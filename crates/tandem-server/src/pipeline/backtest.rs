//! Rules over the past: what they would have found, before they go live. Nothing is kept of it.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde::Serialize;
use tandem_detect::{BaseMatch, Correlator, Engine, RuleError, RuleIdx, RuleSet, RuleWork};
use tandem_domain::{Day, EventBatch};
use tandem_lake::EventFilter;
use tandem_people::{Home, View, canonical_account};

use super::past::{Past, PastError, batches};
use crate::app::App;
use crate::content::{builtin_and_own, holds_on, lists, pairs};

/// Most matches of one day kept for correlations. Beyond it correlations see only part of the day, which is said.
const KEPT: usize = 1_000_000;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// The state database failed.
    #[error(transparent)]
    Store(#[from] tandem_store::StoreError),
    /// Events could not be read.
    #[error(transparent)]
    Past(#[from] PastError),
    /// Nothing to run.
    #[error("none of the rules could be loaded; `tandem rules check` says why")]
    NoRules(Vec<RuleError>),
}

/// What one rule would have found.
#[derive(Debug, Clone, Serialize)]
pub struct PastRule {
    /// Its id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Its level.
    pub level: String,
    /// False for what is only raw material of correlations.
    pub reports: bool,
    /// Matches.
    pub matches: u64,
    /// Evaluations: events in which the prefilter found something the rule needs. 0 for correlations.
    pub evaluations: u64,
    /// Time that the evaluations took, microseconds, estimated from a sample.
    pub micros: u64,
    /// People or accounts that they are about.
    pub subjects: usize,
    /// Matches by day; days without any are left out.
    pub days: BTreeMap<String, PastDay>,
}

/// One day of a rule.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct PastDay {
    /// Matches.
    pub matches: u64,
    /// People or accounts that they are about.
    pub subjects: usize,
}

/// What rules would have found.
#[derive(Debug, Clone, Serialize)]
pub struct Backtest {
    /// First day.
    pub from: String,
    /// Last day.
    pub until: String,
    /// Events read.
    pub events: u64,
    /// The rules that were asked about, most matches first.
    pub rules: Vec<PastRule>,
    /// Rules that could not be loaded, each in one line.
    pub refused: Vec<String>,
    /// Days of which correlations saw only a part, for too much matched.
    pub cut: Vec<String>,
}

/// What is counted of a rule.
#[derive(Debug, Default)]
struct Tally {
    matches: u64,
    subjects: HashSet<String>,
    days: BTreeMap<Day, (u64, HashSet<String>)>,
}

impl Tally {
    fn add(&mut self, day: Day, subject: &str) {
        self.matches += 1;
        let (matches, subjects) = self.days.entry(day).or_default();
        *matches += 1;
        if !subject.is_empty() {
            subjects.insert(subject.to_owned());
            self.subjects.insert(subject.to_owned());
        }
    }
}

struct Run<'a> {
    app: &'a App,
    past: Past<'a>,
    rules: Arc<RuleSet>,
    engine: Engine,
    /// Rules that correlations are built on.
    feeding: Vec<bool>,
    home: Home,
    tallies: Vec<Tally>,
    events: u64,
}

/// Runs the rules of `files` (path and text) over the events of `from` to `until`, both included. Correlations may name rules that
/// are shipped or configured; only the rules of `files` are reported. `progress` is told each day and the events read so far.
///
/// # Errors
/// When no rule can be loaded, or a store fails.
pub async fn backtest(
    app: &App,
    files: &[(String, String)],
    (from, until): (Day, Day),
    progress: &mut impl FnMut(Day, u64),
) -> Result<Backtest, BacktestError> {
    let directory = app.directory().await?;
    let lists = lists(&app.config, &directory);
    let (rules, asked, errors) = load(app, files, &lists);
    if asked.is_empty() {
        return Err(BacktestError::NoRules(errors));
    }
    let rules = Arc::new(rules);
    let mut run = Run {
        app,
        past: Past::new(app, EventFilter::default()),
        engine: Engine::timed(Arc::clone(&rules), super::ticks),
        feeding: (0..rules.len())
            .map(|at| rules.feeds(RuleIdx(at as u32)))
            .collect(),
        home: app.home(),
        tallies: (0..rules.len()).map(|_| Tally::default()).collect(),
        events: 0,
        rules: Arc::clone(&rules),
    };
    let mut correlator = Correlator::new(Arc::clone(&rules));
    let mut cursor = directory.cursor();
    let mut cut = Vec::new();
    let mut day = from;
    while day <= until {
        let view = cursor.at(day).clone();
        let kept = run.day(&view, day).await?;
        if kept.len() >= KEPT {
            cut.push(day.to_string());
        }
        for found in correlator.run(kept, day.end()) {
            if let Some(index) = rules.index_of(&found.rule) {
                run.count(index, found.time.day(), &found.account);
            }
        }
        progress(day, run.events);
        day = day.plus(1);
    }
    let work: HashMap<RuleIdx, RuleWork> = run.engine.statistics().into_iter().collect();
    let done = |index: RuleIdx| work.get(&index).copied().unwrap_or_default();
    let past = asked.iter().filter_map(|index| run.past(*index, done(*index)));
    let mut past: Vec<PastRule> = past.collect();
    past.sort_by(|a, b| b.matches.cmp(&a.matches).then_with(|| a.title.cmp(&b.title)));
    Ok(Backtest {
        from: from.to_string(),
        until: until.to_string(),
        events: run.events,
        rules: past,
        refused: errors.iter().map(ToString::to_string).collect(),
        cut,
    })
}

/// The rules of `files`, with those that they are built on; which were asked about; and what could not be loaded.
fn load(
    app: &App,
    files: &[(String, String)],
    lists: &tandem_detect::Lists,
) -> (RuleSet, Vec<RuleIdx>, Vec<RuleError>) {
    let load = |all: &[(String, String)]| RuleSet::load_with(pairs(all), lists);
    let (mut rules, mut errors) = load(files);
    // Correlations and filters may name rules that are in use.
    if errors
        .iter()
        .any(|error| error.reason.contains("which is not there"))
    {
        let in_use = builtin_and_own(&app.config).unwrap_or_default();
        let all: Vec<_> = files.iter().cloned().chain(in_use).collect();
        (rules, errors) = load(&all);
        errors.retain(|error| files.iter().any(|(path, _)| *path == error.file));
    }
    let asked = (0..rules.len() as u32)
        .map(RuleIdx)
        .filter(|index| {
            let file = rules.rule(*index).map(|rule| rule.file.as_str());
            files.iter().any(|(path, _)| Some(path.as_str()) == file)
        })
        .collect();
    (rules, asked, errors)
}

impl Run<'_> {
    fn count(&mut self, rule: RuleIdx, day: Day, subject: &str) {
        if let Some(tally) = self.tallies.get_mut(rule.0 as usize) {
            tally.add(day, subject);
        }
    }

    /// Reads one day; gives back the matches that correlations are built on.
    async fn day(&mut self, view: &View, day: Day) -> Result<Vec<BaseMatch>, BacktestError> {
        let mut kept = Vec::new();
        self.past.day(day).await?;
        while let Some(events) = self.past.next().await? {
            self.events += events.len() as u64;
            for batch in batches(&events) {
                self.scan(view, &batch, &mut kept);
            }
        }
        Ok(kept)
    }

    fn scan(&mut self, view: &View, batch: &EventBatch, kept: &mut Vec<BaseMatch>) {
        let mut found = Vec::new();
        self.engine
            .scan(batch, &mut |event, rule| found.push((event, rule)));
        for (event, rule) in found {
            let Some(mut matched) = batch
                .get(event)
                .and_then(|event| self.rules.base_match(rule, event))
            else {
                continue;
            };
            matched.account = canonical_account(&matched.account, &self.home)
                .map(Cow::into_owned)
                .unwrap_or_default();
            let day = matched.time.day();
            let content = &self.app.config.content;
            let about = |rule: &tandem_detect::Rule| holds_on(rule, &matched, view, content);
            if !self.rules.rule(rule).is_some_and(about) {
                continue;
            }
            let subject = if matched.account.is_empty() {
                String::new()
            } else {
                view.resolve(&matched.account).key.to_string()
            };
            self.count(rule, day, &subject);
            if self.feeding.get(rule.0 as usize) == Some(&true) && kept.len() < KEPT {
                matched.account = subject;
                matched.identify(|raw| super::day::whose(view, raw));
                kept.push(matched);
            }
        }
    }

    fn past(&self, index: RuleIdx, work: RuleWork) -> Option<PastRule> {
        let (rule, tally) = (self.rules.rule(index)?, self.tallies.get(index.0 as usize)?);
        let days = tally.days.iter().map(|(day, (matches, subjects))| {
            let found = PastDay {
                matches: *matches,
                subjects: subjects.len(),
            };
            (day.to_string(), found)
        });
        Some(PastRule {
            id: rule.id.clone(),
            title: rule.title.clone(),
            level: rule.level.as_str().to_owned(),
            reports: self.rules.reports(index),
            matches: tally.matches,
            evaluations: work.evaluations,
            micros: work.nanos / 1_000,
            subjects: tally.subjects.len(),
            days: days.collect(),
        })
    }
}
