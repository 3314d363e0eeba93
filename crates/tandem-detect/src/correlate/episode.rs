//! A correlation that holds, or a window that waits to be judged: what gathers until its time span has passed.

use serde::{Deserialize, Serialize};
use tandem_domain::{EventId, Timestamp};

use super::definition::{Correlation, Kind};
use super::gather::{Held, Measured, value};
use super::matched::{CorrelationMatch, sentence};
use super::state::Group;
use super::{MAX_EVENTS, Signal};
use crate::rule::Rule;

/// Most different values told apart in one episode.
const MAX_VALUES: usize = 10_000;
/// Most accounts named.
const MAX_ACCOUNTS: usize = 8;
/// Most samples kept.
const MAX_SAMPLES: usize = 5;

/// Who and what: kept alongside, for the sentence.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Evidence {
    accounts: Vec<(String, u64)>,
    samples: Vec<String>,
    object: Option<String>,
}

impl Evidence {
    /// Notes a match's account, object and value.
    pub(crate) fn note(&mut self, correlation: &Correlation, position: usize, signal: &Signal<'_>) {
        let room = self.accounts.len() < MAX_ACCOUNTS && !signal.account.is_empty();
        match self.accounts.iter_mut().find(|(name, _)| name == signal.account) {
            Some((_, count)) => *count += 1,
            None if room => self.accounts.push((signal.account.to_owned(), 1)),
            None => {}
        }
        let value = correlation
            .value_fields()
            .first()
            .map(|field| correlation.field(field, position));
        let value = value
            .filter(|_| correlation.kind == Kind::ValueCount)
            .and_then(|field| signal.key(field));
        if let Some(sample) = value.or(signal.object)
            && self.samples.len() < MAX_SAMPLES
            && !self.samples.iter().any(|known| known == sample)
        {
            self.samples.push(sample.to_owned());
        }
        if let Some(object) = signal.object {
            self.object = Some(object.to_owned());
        }
    }

    /// The account with most matches; of equals the one seen last.
    fn account(&self) -> String {
        let best = self.accounts.iter().max_by_key(|(_, count)| *count);
        best.map(|(name, _)| name.clone()).unwrap_or_default()
    }
}

/// What gathers while a time span runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Episode {
    /// When it began to hold.
    pub(crate) time: Timestamp,
    first: Timestamp,
    last: Timestamp,
    /// When its time span ends.
    pub(crate) until: Timestamp,
    count: u64,
    hashes: Vec<u64>,
    numbers: Vec<f64>,
    /// What did not fit into `numbers`, for sums.
    overflow: f64,
    events: Vec<EventId>,
    /// By place in the list of rules: whether it matched.
    pub(crate) seen: Vec<bool>,
    pub(crate) told: bool,
}

impl Episode {
    /// An episode that began when a correlation held.
    pub(crate) fn held(held: Held, now: Timestamp, timespan: i64) -> Self {
        let mut episode = Self::empty(held.first, timespan, 0);
        episode.time = now;
        episode.last = now;
        episode.count = held.count;
        for mark in &held.marks {
            episode.measure(mark.value);
        }
        episode.events = held.events;
        episode
    }

    /// A window that opens at `first` and waits to be judged.
    pub(crate) fn empty(first: Timestamp, timespan: i64, members: usize) -> Self {
        Self {
            time: first,
            first,
            last: first,
            until: first.plus_micros(timespan),
            count: 0,
            hashes: Vec::new(),
            numbers: Vec::new(),
            overflow: 0.0,
            events: Vec::new(),
            seen: vec![false; members],
            told: false,
        }
    }

    /// Takes in one more match.
    pub(crate) fn absorb(&mut self, signal: &Signal<'_>, positions: &[usize], measured: Measured) {
        self.last = signal.time;
        self.count += 1;
        self.measure(measured);
        for event in signal.events {
            if self.events.len() < MAX_EVENTS && !self.events.contains(event) {
                self.events.push(*event);
            }
        }
        for position in positions {
            if let Some(seen) = self.seen.get_mut(*position) {
                *seen = true;
            }
        }
    }

    fn measure(&mut self, measured: Measured) {
        match measured {
            Measured::Nothing => {}
            Measured::Number(number) if self.numbers.len() < MAX_VALUES => self.numbers.push(number),
            Measured::Number(number) => self.overflow += number,
            Measured::Hash(hash) => {
                if let Err(at) = self.hashes.binary_search(&hash)
                    && self.hashes.len() < MAX_VALUES
                {
                    self.hashes.insert(at, hash);
                }
            }
        }
    }

    /// The number that limits apply to.
    pub(crate) fn counted(&self, kind: Kind) -> Option<f64> {
        match kind {
            Kind::EventCount | Kind::TemporalOrdered => Some(self.count as f64),
            Kind::Temporal => Some(self.seen.iter().filter(|seen| **seen).count() as f64),
            _ => self.value(kind),
        }
    }

    fn value(&self, kind: Kind) -> Option<f64> {
        match kind {
            Kind::ValueCount => Some(self.hashes.len() as f64),
            Kind::ValueSum => value(kind, &self.numbers).map(|sum| sum + self.overflow),
            _ => value(kind, &self.numbers),
        }
    }

    /// As a match.
    pub(crate) fn matched(
        &self,
        rule: &Rule,
        kind: Kind,
        group: &Group,
        evidence: &Evidence,
    ) -> CorrelationMatch {
        let mut found = CorrelationMatch {
            rule: rule.id.clone(),
            keys: group.keys.clone(),
            ids: group.ids.clone(),
            account: evidence.account(),
            accounts: evidence.accounts.iter().map(|(name, _)| name.clone()).collect(),
            time: self.time,
            first: self.first,
            last: self.last,
            count: self.count,
            value: self.value(kind),
            object: evidence.object.clone(),
            samples: evidence.samples.clone(),
            events: self.events.clone(),
            sentence: String::new(),
        };
        found.sentence = sentence(rule, &found);
        found
    }
}
