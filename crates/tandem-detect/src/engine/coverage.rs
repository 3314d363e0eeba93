//! What was loaded, seen and matched: a rule whose log source never appears is a rule that watches nothing.

use std::collections::BTreeMap;

use tandem_domain::LogSource;

use super::Engine;
use crate::rule::RuleIdx;

/// Counters of an engine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Rules for events.
    pub rules: usize,
    /// Rules for other rules' matches.
    pub correlations: usize,
    /// Events scanned.
    pub events: u64,
    /// Events without any log source; only rules for every event look at them.
    pub events_without_source: u64,
    /// Events for each set of log sources.
    pub events_by_sources: BTreeMap<Vec<LogSource>, u64>,
    /// Rules evaluated after the prefilter, over all events.
    pub evaluated: u64,
    /// Matches of each rule that matched.
    pub matches: BTreeMap<RuleIdx, u64>,
    /// Rules for events whose log source never appeared.
    pub unreached: Vec<RuleIdx>,
}

pub(super) fn report(engine: &Engine) -> Coverage {
    let rules = engine.rules.rules();
    let correlations = rules.iter().filter(|rule| rule.is_correlation()).count();
    let mut events_by_sources = BTreeMap::new();
    for (sources, at) in &engine.by_sources {
        let events = engine.buckets.get(*at).map_or(0, |bucket| bucket.events);
        events_by_sources.insert(sources.clone(), events);
    }
    let matches = engine.tallies.iter().map(|tally| tally.matches).enumerate();
    let matches = matches.filter(|(_, count)| *count > 0);
    let unreached = rules.iter().zip(&engine.reached).enumerate();
    let unreached = unreached.filter(|(_, (rule, reached))| !rule.is_correlation() && !**reached);
    Coverage {
        rules: rules.len() - correlations,
        correlations,
        events: engine.events,
        events_without_source: events_by_sources.get(&Vec::new()).copied().unwrap_or(0),
        events_by_sources,
        evaluated: engine.evaluated,
        matches: matches.map(|(at, count)| (RuleIdx(at as u32), count)).collect(),
        unreached: unreached.map(|(at, _)| RuleIdx(at as u32)).collect(),
    }
}
