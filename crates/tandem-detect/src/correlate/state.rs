//! What a correlator remembers, for each group and as a whole.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;
use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::definition::{Correlation, Kind, Test};
use super::episode::{Episode, Evidence};
use super::gather::{Gather, measure};
use super::matched::CorrelationMatch;
use super::{Correlator, Signal};
use crate::rule::Rule;

/// Of all groups, the part forgotten at once when there is no room.
const FORGET_PART: usize = 10;

/// What makes a group.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    /// Names of `group-by` and their values, as they were first seen.
    pub(crate) keys: BTreeMap<String, String>,
    /// Of accounts among them, whom they belong to.
    pub(crate) ids: BTreeMap<String, String>,
}

/// What a correlation remembers of one group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct KeyState {
    group: Group,
    touched: Timestamp,
    evidence: Evidence,
    phase: Phase,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Phase {
    New,
    /// It does not hold yet.
    Gathering(Gather),
    /// It holds; the rest of its time span is taken in.
    Holding(Episode),
    /// It is judged when its time span has passed.
    Waiting(Episode),
}

impl KeyState {
    pub(crate) fn new(group: Group, now: Timestamp) -> Self {
        Self {
            group,
            touched: now,
            evidence: Evidence::default(),
            phase: Phase::New,
        }
    }

    /// Takes in a match; the correlation's match if it begins to hold just now.
    pub(crate) fn add(
        &mut self,
        rule: &Rule,
        correlation: &Correlation,
        positions: &[usize],
        signal: &Signal<'_>,
        out: &mut Vec<CorrelationMatch>,
    ) -> Option<CorrelationMatch> {
        let position = *positions.first()?;
        let measured = measure(correlation, position, signal)?;
        let stale = matches!(self.phase, Phase::Gathering(_))
            && self.touched < signal.time.plus_micros(-correlation.timespan);
        let over = matches!(&self.phase, Phase::Holding(episode) if signal.time > episode.until);
        if over {
            out.extend(self.report(rule));
        }
        if over || stale || self.phase == Phase::New {
            self.evidence = Evidence::default();
            self.phase = if correlation.waits() {
                Phase::Waiting(Episode::empty(
                    signal.time,
                    correlation.timespan,
                    correlation.members.len(),
                ))
            } else {
                Phase::Gathering(Gather::new(correlation))
            };
        }
        self.touched = signal.time;
        self.evidence.note(correlation, position, signal);
        match &mut self.phase {
            Phase::New => None,
            Phase::Holding(episode) | Phase::Waiting(episode) => {
                episode.absorb(signal, positions, measured);
                None
            }
            Phase::Gathering(gather) => {
                let held = gather.add(correlation, positions, signal, measured)?;
                let episode = Episode::held(held, signal.time, correlation.timespan);
                let found = episode.matched(rule, correlation.kind, &self.group, &self.evidence);
                self.phase = Phase::Holding(episode);
                Some(found)
            }
        }
    }

    /// When it is to be judged, if it waits.
    pub(crate) fn waits_until(&self) -> Option<Timestamp> {
        match &self.phase {
            Phase::Waiting(episode) => Some(episode.until),
            _ => None,
        }
    }

    /// Judges a window whose time span has passed.
    pub(crate) fn judge(
        self,
        rule: &Rule,
        correlation: &Correlation,
        now: Timestamp,
    ) -> Option<CorrelationMatch> {
        let Phase::Waiting(mut episode) = self.phase else {
            return None;
        };
        let holds = match &correlation.test {
            Test::All => episode.seen.iter().all(|seen| *seen),
            Test::Bounds(bounds) => episode
                .counted(correlation.kind)
                .is_some_and(|value| bounds.hold(value)),
            Test::Expr(expr) => expr.holds(&mut |at| episode.seen.get(at) == Some(&true)),
        };
        episode.time = now;
        holds.then(|| episode.matched(rule, correlation.kind, &self.group, &self.evidence))
    }

    /// The match, if it holds and has not been reported.
    pub(crate) fn report(&mut self, rule: &Rule) -> Option<CorrelationMatch> {
        let Phase::Holding(episode) = &mut self.phase else {
            return None;
        };
        if std::mem::replace(&mut episode.told, true) {
            return None;
        }
        let kind = rule
            .correlation()
            .map_or(Kind::EventCount, |correlation| correlation.kind);
        Some(episode.matched(rule, kind, &self.group, &self.evidence))
    }

    /// False once nothing of it can matter for a match after `now`.
    pub(crate) fn matters(&self, correlation: &Correlation, now: Timestamp) -> bool {
        match &self.phase {
            Phase::New => false,
            Phase::Gathering(_) => self.touched >= now.plus_micros(-correlation.timespan),
            Phase::Holding(episode) => !episode.told || episode.until >= now,
            Phase::Waiting(_) => true,
        }
    }
}

/// Forgets what no longer matters or, if that is nothing, the longest untouched tenth; returns how many that still
/// mattered were lost.
pub(super) fn make_room(
    keys: &mut BTreeMap<String, KeyState>,
    correlation: &Correlation,
    now: Timestamp,
) -> u64 {
    let before = keys.len();
    keys.retain(|_, state| state.matters(correlation, now));
    if keys.len() < before {
        return 0;
    }
    let mut ages: Vec<Timestamp> = keys.values().map(|state| state.touched).collect();
    ages.sort_unstable();
    let limit = ages.get(ages.len() / FORGET_PART).copied().unwrap_or(now);
    keys.retain(|_, state| state.touched > limit);
    (before - keys.len()) as u64
}

/// All that a correlator remembers; store it to go on later.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelatorState {
    now: Timestamp,
    late: u64,
    forgotten: u64,
    rules: BTreeMap<String, RuleState>,
}

/// What belongs to one correlation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct RuleState {
    fingerprint: u64,
    keys: BTreeMap<String, KeyState>,
}

/// Changes when the correlation changes: what an older text of it remembered would be misread.
fn fingerprint(rule: &Rule) -> u64 {
    let mut hasher = FxHasher::default();
    rule.source.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn save(correlator: &Correlator) -> CorrelatorState {
    let mut rules = BTreeMap::new();
    for plan in correlator.plans.iter().filter(|plan| !plan.keys.is_empty()) {
        if let Some(rule) = correlator.rules.rule(plan.rule) {
            let state = RuleState {
                fingerprint: fingerprint(rule),
                keys: plan.keys.clone(),
            };
            rules.insert(rule.id.clone(), state);
        }
    }
    CorrelatorState {
        now: correlator.now,
        late: correlator.late,
        forgotten: correlator.forgotten,
        rules,
    }
}

pub(super) fn load(correlator: &mut Correlator, mut state: CorrelatorState) {
    (correlator.now, correlator.late, correlator.forgotten) = (state.now, state.late, state.forgotten);
    for (at, plan) in correlator.plans.iter_mut().enumerate() {
        let Some(rule) = correlator.rules.rule(plan.rule) else {
            continue;
        };
        let Some(known) = state
            .rules
            .remove(&rule.id)
            .filter(|known| known.fingerprint == fingerprint(rule))
        else {
            continue;
        };
        plan.keys = known.keys;
        for (key, state) in &plan.keys {
            if let Some(until) = state.waits_until() {
                correlator.timers.insert((until, at, key.clone()));
            }
        }
    }
}
