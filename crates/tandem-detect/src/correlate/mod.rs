//! Patterns over many matches: counts, different values, sums, and rules that matched together or in order.

mod definition;
mod episode;
mod gather;
mod matched;
mod state;

pub(crate) use definition::{Bounds, Correlation, Kind, Test};
pub use matched::CorrelationMatch;
pub use state::CorrelatorState;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use tandem_domain::{EventId, Timestamp};

use crate::base_match::{ACCOUNT, BaseMatch};
use crate::rule::RuleIdx;
use crate::ruleset::RuleSet;
use crate::text::fold::fold;
use state::{Group, KeyState};

/// Most groups that one correlation remembers; above it the longest untouched are forgotten and counted.
const MAX_KEYS: usize = 200_000;
/// Most events named by one match.
const MAX_EVENTS: usize = 50;
/// Deepest chain of correlations built on correlations.
const MAX_DEPTH: usize = 16;

/// One match, of a rule or of a correlation, as correlations see it.
#[derive(Debug, Clone)]
pub(crate) struct Signal<'a> {
    pub(crate) time: Timestamp,
    pub(crate) events: &'a [EventId],
    pub(crate) account: &'a str,
    pub(crate) object: Option<&'a str>,
    pub(crate) keys: &'a BTreeMap<String, String>,
    /// Whom accounts among the keys belong to.
    pub(crate) ids: &'a BTreeMap<String, String>,
    pub(crate) numbers: &'a BTreeMap<String, f64>,
}

impl Signal<'_> {
    fn key(&self, field: &str) -> Option<&str> {
        let value = if field == ACCOUNT {
            Some(self.account)
        } else {
            self.keys.get(field).map(String::as_str)
        };
        value.filter(|text| !text.is_empty())
    }

    /// What is the same for all values of a field that mean the same: for an account whom it belongs to, else the value.
    fn id(&self, field: &str) -> Option<&str> {
        match self.ids.get(field) {
            Some(id) if field != ACCOUNT => Some(id.as_str()),
            _ => self.key(field),
        }
    }
}

/// The correlations that look at a rule, and at which places of their lists.
type Listed = Arc<[(usize, Vec<usize>)]>;

/// One correlation with what it remembers.
#[derive(Debug)]
struct Plan {
    rule: RuleIdx,
    keys: BTreeMap<String, KeyState>,
}

/// Finds correlations in matches fed in the order of their events' times.
///
/// Memory is bounded for each group and in all. A correlation that goes on being true is reported once for each time span
/// and group: with [`Self::advance`], at the latest when its time span has passed. What depends on something *not*
/// happening is reported only when its time span has passed.
#[derive(Debug)]
pub struct Correlator {
    rules: Arc<RuleSet>,
    plans: Vec<Plan>,
    /// For each rule: the correlations that look at it, and at which places of their lists.
    by_rule: FxHashMap<RuleIdx, Listed>,
    /// Windows that are judged when they have closed.
    timers: BTreeSet<(Timestamp, usize, String)>,
    now: Timestamp,
    late: u64,
    forgotten: u64,
}

impl Correlator {
    /// A correlator that remembers nothing.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        let mut plans = Vec::new();
        let mut by_rule: FxHashMap<RuleIdx, Vec<(usize, Vec<usize>)>> = FxHashMap::default();
        for (at, rule) in rules.rules().iter().enumerate() {
            let Some(correlation) = rule.correlation() else {
                continue;
            };
            for (position, member) in correlation.members.iter().enumerate() {
                let listed = by_rule.entry(*member).or_default();
                match listed.iter_mut().find(|(plan, _)| *plan == plans.len()) {
                    // The last place first: one match must not serve two places of a sequence.
                    Some((_, positions)) => positions.insert(0, position),
                    None => listed.push((plans.len(), vec![position])),
                }
            }
            plans.push(Plan {
                rule: RuleIdx(at as u32),
                keys: BTreeMap::new(),
            });
        }
        let now = Timestamp(i64::MIN);
        let by_rule = by_rule
            .into_iter()
            .map(|(rule, listed)| (rule, listed.into()))
            .collect();
        Self {
            rules,
            plans,
            by_rule,
            timers: BTreeSet::new(),
            now,
            late: 0,
            forgotten: 0,
        }
    }

    /// A correlator that remembers what `state` says. What belongs to rules that changed since is forgotten.
    pub fn restore(rules: Arc<RuleSet>, state: CorrelatorState) -> Self {
        let mut correlator = Self::new(rules);
        state::load(&mut correlator, state);
        correlator
    }

    /// What it remembers, to be stored.
    pub fn state(&self) -> CorrelatorState {
        state::save(self)
    }

    /// Matches that came after later ones and were left out. Feed a day again from the state before it instead.
    pub fn late(&self) -> u64 {
        self.late
    }

    /// Groups forgotten for want of room.
    pub fn forgotten(&self) -> u64 {
        self.forgotten
    }

    /// Sorts matches by time, feeds them all and advances to `watermark`.
    pub fn run(&mut self, mut matches: Vec<BaseMatch>, watermark: Timestamp) -> Vec<CorrelationMatch> {
        matches.sort_by(|a, b| (a.time, a.event, &a.rule).cmp(&(b.time, b.event, &b.rule)));
        let mut out = Vec::new();
        for matched in &matches {
            self.push(matched, &mut out);
        }
        self.advance(watermark, &mut out);
        out.sort_by(|a, b| (a.time, &a.rule, &a.keys).cmp(&(b.time, &b.rule, &b.keys)));
        out
    }

    /// Feeds one match. Its time must not be before that of the last one.
    pub fn push(&mut self, matched: &BaseMatch, out: &mut Vec<CorrelationMatch>) {
        if matched.time < self.now {
            self.late += 1;
            return;
        }
        let Some(rule) = self.rules.index_of(&matched.rule) else {
            return;
        };
        self.close_before(matched.time, out);
        self.now = matched.time;
        let signal = Signal {
            time: matched.time,
            events: &[matched.event],
            account: &matched.account,
            object: matched.object.as_deref(),
            keys: &matched.keys,
            ids: &matched.ids,
            numbers: &matched.numbers,
        };
        self.feed(rule, &signal, 0, out);
    }

    /// Says that every match up to `watermark` has been fed: closes windows that ended by then, reports what is true and
    /// not yet reported, and forgets what can no longer matter.
    pub fn advance(&mut self, watermark: Timestamp, out: &mut Vec<CorrelationMatch>) {
        self.close_before(watermark.plus_micros(1), out);
        self.now = self.now.max(watermark);
        for plan in &mut self.plans {
            let Some(rule) = self.rules.rule(plan.rule) else {
                continue;
            };
            let Some(correlation) = rule.correlation() else {
                continue;
            };
            for state in plan.keys.values_mut() {
                out.extend(state.report(rule));
            }
            plan.keys.retain(|_, state| state.matters(correlation, watermark));
        }
    }

    /// Judges windows that ended before `time`, in the order in which they ended.
    fn close_before(&mut self, time: Timestamp, out: &mut Vec<CorrelationMatch>) {
        while let Some((until, ..)) = self.timers.first()
            && *until < time
        {
            let Some((until, at, key)) = self.timers.pop_first() else {
                break;
            };
            self.now = self.now.max(until);
            let Some(plan) = self.plans.get_mut(at) else {
                continue;
            };
            let Some(rule) = self.rules.rule(plan.rule) else {
                continue;
            };
            // The group may have been forgotten, or begun anew with a later end.
            if plan.keys.get(&key).and_then(KeyState::waits_until) != Some(until) {
                continue;
            }
            let Some(state) = plan.keys.remove(&key) else {
                continue;
            };
            let index = plan.rule;
            if let Some(found) = rule
                .correlation()
                .and_then(|correlation| state.judge(rule, correlation, until))
            {
                self.pass_on(index, &found, 0, out);
                out.push(found);
            }
        }
    }

    /// Hands a correlation's match to the correlations built on it.
    fn pass_on(
        &mut self,
        rule: RuleIdx,
        found: &CorrelationMatch,
        depth: usize,
        out: &mut Vec<CorrelationMatch>,
    ) {
        let numbers = BTreeMap::new();
        let signal = Signal {
            time: found.time,
            events: &found.events,
            account: &found.account,
            object: found.object.as_deref(),
            keys: &found.keys,
            ids: &found.ids,
            numbers: &numbers,
        };
        self.feed(rule, &signal, depth + 1, out);
    }

    fn feed(&mut self, rule: RuleIdx, signal: &Signal<'_>, depth: usize, out: &mut Vec<CorrelationMatch>) {
        if depth > MAX_DEPTH {
            return;
        }
        let Some(listed) = self.by_rule.get(&rule).map(Arc::clone) else {
            return;
        };
        for (at, positions) in listed.iter() {
            if let Some((index, found)) = self.feed_one(*at, positions, signal, out) {
                self.pass_on(index, &found, depth, out);
            }
        }
    }

    /// Feeds one correlation; the match if it began to hold just now. It is reported later, when more is known of it.
    fn feed_one(
        &mut self,
        at: usize,
        positions: &[usize],
        signal: &Signal<'_>,
        out: &mut Vec<CorrelationMatch>,
    ) -> Option<(RuleIdx, CorrelationMatch)> {
        let plan = self.plans.get_mut(at)?;
        let rule = self.rules.rule(plan.rule)?;
        let correlation = rule.correlation()?;
        let position = *positions.first()?;
        let mut group = Group::default();
        let mut key = String::new();
        for name in &correlation.group_by {
            let field = correlation.field(name, position);
            let (value, id) = (signal.key(field)?, signal.id(field)?);
            key.push_str(&fold(id));
            key.push('\u{1f}');
            group.keys.insert(name.clone(), value.to_owned());
            if id != value {
                group.ids.insert(name.clone(), id.to_owned());
            }
        }
        if !plan.keys.contains_key(&key) && plan.keys.len() >= MAX_KEYS {
            self.forgotten += state::make_room(&mut plan.keys, correlation, signal.time);
        }
        let state = plan
            .keys
            .entry(key.clone())
            .or_insert_with(|| KeyState::new(group, signal.time));
        let begun = state.add(rule, correlation, positions, signal, out);
        if let Some(until) = state.waits_until() {
            self.timers.insert((until, at, key));
        }
        begun.map(|found| (plan.rule, found))
    }
}

#[cfg(test)]
mod tests;
