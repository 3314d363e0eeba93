//! One object, or one subject, on its way through a sequence.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_domain::Timestamp;

use super::Reached;
use super::day::Act;
use crate::model::{Mass, OtherThan, Route, Sequence};

/// Names of one object that are followed.
const NAMES: usize = 16;
/// Further events that are kept of a step that takes many.
const OTHERS: usize = 4;

/// Steps reached one after the other.
pub(super) type Path = Vec<Reached>;

/// An object that counts for a step that takes many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Counted {
    key: u64,
    time: Timestamp,
    event: u128,
    items: u32,
}

/// How far one object or subject has come.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Track {
    /// Every name of the object; none for a subject.
    keys: Vec<u64>,
    /// By the step reached last: of all ways to it, the one that began last and the one with the most steps.
    paths: BTreeMap<u8, Vec<Path>>,
    /// By step, what counts towards it.
    counting: BTreeMap<u8, Vec<Counted>>,
}

impl Track {
    pub(super) fn keys(&self) -> &[u64] {
        &self.keys
    }

    /// Takes further names of the object; gives those that are new.
    pub(super) fn name(&mut self, keys: &[u64]) -> Vec<u64> {
        let mut fresh = Vec::new();
        for key in keys {
            if self.keys.len() < NAMES && !self.keys.contains(key) {
                self.keys.push(*key);
                fresh.push(*key);
            }
        }
        self.keys.sort_unstable();
        fresh
    }

    /// What is forgotten first: less far, then longer ago.
    pub(super) fn worth(&self) -> (usize, Timestamp, Reverse<Vec<u64>>) {
        let paths = self.paths.values().flatten();
        let far = paths.clone().map(Vec::len).max().unwrap_or_default();
        let last = paths
            .filter_map(|path| path.last())
            .map(|reached| reached.time)
            .max();
        (
            far,
            last.unwrap_or(Timestamp(i64::MIN)),
            Reverse(self.keys.clone()),
        )
    }

    /// Takes an act that may be the step at `at`; gives the path that it made, if it made one.
    pub(super) fn advance(&mut self, sequence: &Sequence, at: usize, act: &Act<'_>) -> Option<Path> {
        let step = sequence.steps.get(at)?;
        let mut from: Vec<Path> = self
            .paths
            .iter()
            .filter(|(last, _)| sequence.may_follow(Some(usize::from(**last)), at))
            .flat_map(|(_, paths)| paths)
            .filter(|path| may_go_on(path, sequence, act, step.other_than.as_ref()))
            .cloned()
            .collect();
        if sequence.may_follow(None, at) {
            from.push(Vec::new());
        }
        if from.is_empty() {
            return None;
        }
        let made: Vec<Path> = match &step.mass {
            None => from
                .into_iter()
                .map(|path| with(path, act.reached(at, 1, Vec::new())))
                .collect(),
            Some(mass) => self.count(at, act, mass, from),
        };
        let best = made
            .into_iter()
            .filter(|path| self.keep(at, path))
            .max_by_key(|path| (path.len(), begin(path)))?;
        self.counting.remove(&(at as u8));
        if at == sequence.last() {
            self.settle();
        }
        Some(best)
    }

    /// Counts an act; gives the paths on which so many are reached.
    fn count(&mut self, at: usize, act: &Act<'_>, mass: &Mass, from: Vec<Path>) -> Vec<Path> {
        let counted = self.counting.entry(at as u8).or_default();
        let since = act.time.plus_micros(-mass.during);
        let Some(key) = act.keys.first().copied() else {
            return Vec::new();
        };
        counted.retain(|one| one.time >= since && one.key != key);
        counted.push(Counted {
            key,
            time: act.time,
            event: act.event,
            items: act.items,
        });
        if counted.len() > mass.objects {
            counted.remove(0);
        }
        let mut made = Vec::new();
        for path in from {
            let after = path.last().map_or(Timestamp(i64::MIN), |reached| reached.time);
            let of: Vec<&Counted> = counted.iter().filter(|one| one.time >= after).collect();
            let items: u64 = of.iter().map(|one| u64::from(one.items)).sum();
            let by_items = mass.items.is_some_and(|most| items >= most);
            if of.len() < mass.objects && !by_items {
                continue;
            }
            let others = of
                .iter()
                .rev()
                .skip(1)
                .take(OTHERS)
                .map(|one| one.event)
                .collect();
            let number = if by_items { items } else { of.len() as u64 };
            let mut reached = act.reached(at, number, others);
            // A chain that begins with many begins with the first of them.
            if path.is_empty()
                && let Some(first) = of.first()
            {
                reached.since = first.time;
            }
            made.push(with(path, reached));
        }
        made
    }

    /// Keeps a path if it began later, or has more steps, than those to the same step; false if it says nothing new.
    fn keep(&mut self, at: usize, path: &Path) -> bool {
        let known = self.paths.entry(at as u8).or_default();
        if known
            .iter()
            .any(|known| begin(known) == begin(path) && known.len() >= path.len())
        {
            return false;
        }
        known.push(path.clone());
        let youngest = known.iter().max_by_key(|path| (begin(path), path.len())).cloned();
        let richest = known.iter().max_by_key(|path| (path.len(), begin(path))).cloned();
        *known = youngest.into_iter().collect();
        if let Some(richest) = richest.filter(|path| !known.contains(path)) {
            known.push(richest);
        }
        known.contains(path)
    }

    /// After a complete chain everything begins anew, but facts about employment still hold.
    fn settle(&mut self) {
        self.counting.clear();
        for paths in self.paths.values_mut() {
            paths.retain(|path| path.iter().all(|reached| reached.event == 0));
        }
        self.paths.retain(|_, paths| !paths.is_empty());
    }

    /// Forgets what cannot go on after `end`; false if nothing is left.
    pub(super) fn expire(&mut self, sequence: &Sequence, end: Timestamp) -> bool {
        for paths in self.paths.values_mut() {
            paths.retain(|path| begin(path).plus_micros(sequence.within) > end);
        }
        self.paths.retain(|_, paths| !paths.is_empty());
        let reached: BTreeSet<usize> = self.paths.keys().map(|at| usize::from(*at)).collect();
        for (at, counted) in &mut self.counting {
            let at = usize::from(*at);
            let during = sequence
                .steps
                .get(at)
                .and_then(|step| step.mass)
                .map_or(0, |mass| mass.during);
            let may_come = sequence.may_follow(None, at)
                || reached.iter().any(|from| sequence.may_follow(Some(*from), at));
            counted.retain(|one| may_come && one.time.plus_micros(during) > end);
        }
        self.counting.retain(|_, counted| !counted.is_empty());
        !(self.paths.is_empty() && self.counting.is_empty())
    }

    /// The path that went furthest, and last.
    pub(super) fn furthest(&self) -> Option<&Path> {
        let last = |path: &Path| path.last().map(|reached| (reached.step, reached.time));
        self.paths
            .values()
            .flatten()
            .max_by_key(|path| (path.len(), last(path)))
    }
}

/// When a path began.
pub(super) fn begin(path: &Path) -> Timestamp {
    path.first().map_or(Timestamp(i64::MAX), |first| first.since)
}

fn with(mut path: Path, reached: Reached) -> Path {
    path.push(reached);
    path
}

fn may_go_on(path: &Path, sequence: &Sequence, act: &Act<'_>, other: Option<&OtherThan>) -> bool {
    let in_order = path.last().is_some_and(|last| last.time <= act.time);
    let in_time = act.time <= begin(path).plus_micros(sequence.within);
    // One event is one step.
    let fresh = act.event == 0 || path.iter().all(|reached| reached.event != act.event);
    in_order && in_time && fresh && other.is_none_or(|other| differs(path, act, other))
}

fn differs(path: &Path, act: &Act<'_>, other: &OtherThan) -> bool {
    let Some(earlier) = path
        .iter()
        .find(|reached| usize::from(reached.step) == other.step)
    else {
        return true;
    };
    other.routes.iter().any(|route| match route {
        Route::Account => earlier.account != act.account,
        Route::Device => earlier.device != 0 && act.device != 0 && earlier.device != act.device,
        Route::Class => earlier.class != act.class,
    })
}
