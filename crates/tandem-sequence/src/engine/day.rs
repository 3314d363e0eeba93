//! One day of one subject.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use tandem_domain::Timestamp;

use super::track::{Path, Track};
use super::{AccountDay, Chain, DayOutcome, FactStep, Found, Reached};
use crate::book::Sequences;
use crate::key;
use crate::model::{Key, Sequence};

/// Objects of one subject and sequence that are followed within a day.
const MOST: usize = 4_096;
/// Open chains of one subject and sequence that are told of a day.
const OPEN: usize = 4;

/// An act or fact that may be a step.
#[derive(Debug, Clone)]
pub(super) struct Act<'a> {
    pub(super) time: Timestamp,
    pub(super) step: usize,
    /// 0 for a fact.
    pub(super) event: u128,
    pub(super) keys: &'a [u64],
    pub(super) object: &'a str,
    pub(super) account: u64,
    pub(super) device: u32,
    pub(super) class: u16,
    pub(super) items: u32,
}

impl Act<'_> {
    pub(super) fn reached(&self, step: usize, count: u64, others: Vec<u128>) -> Reached {
        Reached {
            step: step as u8,
            since: self.time,
            time: self.time,
            event: self.event,
            others,
            object: self.object.to_owned(),
            count,
            account: self.account,
            device: self.device,
            class: self.class,
        }
    }
}

/// What one subject did that may be steps, by sequence.
#[derive(Debug, Default)]
pub(super) struct SubjectDay<'a> {
    by_sequence: BTreeMap<&'a str, Vec<Act<'a>>>,
}

impl<'a> SubjectDay<'a> {
    /// Adds an account's marks; `quiet` says for how many days it had been quiet.
    pub(super) fn add(&mut self, book: &'a Sequences, account: &'a AccountDay, quiet: Option<i32>) {
        let whose = key::account(&account.account);
        for (name, acts) in account.marks.steps() {
            let Some((sequence, step)) = book.step(name) else {
                continue;
            };
            let dormant = sequence.steps.get(step).and_then(|step| step.dormant_days);
            if dormant.is_some_and(|days| quiet.is_none_or(|quiet| quiet < days)) {
                continue;
            }
            let all = self.by_sequence.entry(sequence.id.as_str()).or_default();
            all.extend(acts.map(|act| Act {
                time: act.time,
                step,
                event: act.event,
                keys: &act.keys,
                object: &act.object,
                account: whose,
                device: act.device,
                class: act.class,
                items: act.items,
            }));
        }
    }

    /// Adds a fact.
    pub(super) fn add_fact(&mut self, book: &'a Sequences, fact: &FactStep) {
        for sequence in book.iter() {
            for (step, _) in sequence
                .steps
                .iter()
                .enumerate()
                .filter(|(_, step)| step.facts.contains(&fact.fact))
            {
                self.by_sequence
                    .entry(sequence.id.as_str())
                    .or_default()
                    .push(Act {
                        time: fact.time,
                        step,
                        event: 0,
                        keys: &[],
                        object: "",
                        account: 0,
                        device: 0,
                        class: 0,
                        items: 0,
                    });
            }
        }
    }

    /// In order of time; of the same instant, earlier steps first.
    pub(super) fn into_sorted(self) -> impl Iterator<Item = (&'a str, Vec<Act<'a>>)> {
        self.by_sequence.into_iter().map(|(id, mut acts)| {
            acts.sort_by_key(|act| (act.time, act.step, act.event, act.account));
            (id, acts)
        })
    }
}

/// Runs a subject's acts of one day through one sequence.
pub(super) fn run(
    sequence: &Sequence,
    subject: &str,
    tracks: &mut Vec<Track>,
    acts: &[Act<'_>],
    outcome: &mut DayOutcome,
) {
    let mut index = Index::of(tracks);
    let mut found: Vec<Path> = Vec::new();
    let mut touched: BTreeSet<usize> = BTreeSet::new();
    for act in acts {
        let joined = match sequence.key {
            Key::Subject => {
                if tracks.is_empty() {
                    tracks.push(Track::default());
                }
                vec![0]
            }
            Key::Object => index.find(act.keys),
        };
        let unknown = joined.is_empty();
        for at in joined {
            let Some(track) = tracks.get_mut(at) else { continue };
            let Some(path) = track.advance(sequence, act.step, act) else {
                continue;
            };
            touched.insert(at);
            if sequence.key == Key::Object {
                index.add(at, &track.name(act.keys));
            }
            if act.step >= sequence.enough() {
                found.push(path);
            }
        }
        if unknown && tracks.len() < MOST && sequence.may_follow(None, act.step) {
            let mut track = Track::default();
            let keys = track.name(act.keys);
            if track.advance(sequence, act.step, act).is_some() {
                touched.insert(tracks.len());
                index.add(tracks.len(), &keys);
                tracks.push(track);
            }
        }
    }
    let chain = |path: &Path| Chain {
        sequence: sequence.id.clone(),
        subject: subject.to_owned(),
        complete: path
            .last()
            .is_some_and(|last| usize::from(last.step) == sequence.last()),
        reached: path.clone(),
    };
    if let Some(best) = best(&found) {
        outcome.found.push(Found {
            chain: chain(best),
            more: others(&found),
        });
    }
    let far = touched.iter().filter_map(|at| tracks.get(*at)?.furthest());
    let mut open: Vec<&Path> = far.filter(|path| is_open(sequence, path)).collect();
    open.sort_by_key(|path| std::cmp::Reverse((path.len(), path.last().map(|last| last.time))));
    outcome.open.extend(open.into_iter().take(OPEN).map(chain));
}

/// Of chains found on one day the one to tell of: more steps, then further, then earlier.
fn best(found: &[Path]) -> Option<&Path> {
    found.iter().max_by_key(|path| {
        let last = path.last();
        let step = last.map(|last| last.step);
        let early = last.map(|last| std::cmp::Reverse((last.time, last.event)));
        (step, path.len(), early)
    })
}

/// How many of them are about something else, by where they began.
fn others(found: &[Path]) -> u64 {
    let begun: BTreeSet<u128> = found
        .iter()
        .filter_map(|path| path.first())
        .map(|first| first.event)
        .collect();
    (begun.len() as u64).saturating_sub(1)
}

/// At least two steps, one of them logged, and not evidence yet.
fn is_open(sequence: &Sequence, path: &Path) -> bool {
    let reached = path.last().map_or(0, |last| usize::from(last.step));
    path.len() >= 2 && path.iter().any(|step| step.event != 0) && reached < sequence.enough()
}

/// Which tracks follow a name.
struct Index {
    by_key: HashMap<u64, Vec<usize>>,
}

impl Index {
    fn of(tracks: &[Track]) -> Self {
        let mut index = Self {
            by_key: HashMap::new(),
        };
        for (at, track) in tracks.iter().enumerate() {
            index.add(at, track.keys());
        }
        index
    }

    fn add(&mut self, track: usize, keys: &[u64]) {
        for key in keys {
            let tracks = self.by_key.entry(*key).or_default();
            if !tracks.contains(&track) {
                tracks.push(track);
            }
        }
    }

    fn find(&self, keys: &[u64]) -> Vec<usize> {
        let found: BTreeSet<usize> = keys
            .iter()
            .filter_map(|key| self.by_key.get(key))
            .flatten()
            .copied()
            .collect();
        found.into_iter().collect()
    }
}
