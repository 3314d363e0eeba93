//! Matching batches of events against all rules at once.
//!
//! For each set of log sources that occurs, the rules that apply form a *bucket*. Of each rule the bucket knows a *witness*:
//! predicates on single fields of which at least one must be true for the rule to match. Hash tables find
//! the true witnesses of an event in one pass over its values; only the rules they belong to are evaluated.

mod bucket;
mod coverage;
mod needles;
mod program;
mod statistics;
mod witness;

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tandem_domain::LogSource;
use tandem_domain::event::{EventBatch, EventRef};

use crate::base_match::BaseMatch;
use crate::field::FieldId;
use crate::rule::RuleIdx;
use crate::ruleset::RuleSet;
use crate::view::{View, Want};
use bucket::Bucket;
pub use coverage::Coverage;
pub(crate) use program::{Memo, Program};
use statistics::Tally;
pub use statistics::{Clock, RuleWork};

/// Most sets of log sources kept compiled; above it all are dropped and compiled again as they occur.
const MAX_BUCKETS: usize = 512;

/// Matches events against a rule set.
#[derive(Debug)]
pub struct Engine {
    rules: Arc<RuleSet>,
    program: Program,
    buckets: Vec<Bucket>,
    by_sources: FxHashMap<Vec<LogSource>, usize>,
    memo: Memo,
    names: Vec<Option<FieldId>>,
    candidates: Vec<u32>,
    events: u64,
    /// By rule.
    tallies: Vec<Tally>,
    clock: Option<Clock>,
    reached: Vec<bool>,
    evaluated: u64,
}

impl Engine {
    /// An engine for a rule set.
    pub fn new(rules: Arc<RuleSet>) -> Self {
        let program = Program::link(rules.rules());
        Self {
            memo: Memo::new(&program),
            program,
            buckets: Vec::new(),
            by_sources: FxHashMap::default(),
            names: Vec::new(),
            candidates: Vec::new(),
            events: 0,
            tallies: vec![Tally::default(); rules.len()],
            clock: None,
            reached: vec![false; rules.len()],
            evaluated: 0,
            rules,
        }
    }

    /// As [`Self::new`], with a clock by which rules are timed.
    pub fn timed(rules: Arc<RuleSet>, clock: Clock) -> Self {
        Self {
            clock: Some(clock),
            ..Self::new(rules)
        }
    }

    /// The rules.
    pub fn rules(&self) -> &Arc<RuleSet> {
        &self.rules
    }

    /// Matches every event of a batch; calls `each` with the event's index in the batch and the rule, events in order and
    /// for each event the rules in order.
    pub fn scan(&mut self, batch: &EventBatch, each: &mut impl FnMut(usize, RuleIdx)) {
        if self.buckets.len() >= MAX_BUCKETS {
            self.buckets.clear();
            self.by_sources.clear();
        }
        self.program.fields.bind(batch, &mut self.names);
        let mut view = View::new(self.program.fields.len());
        let mut known: Vec<(&[u16], usize)> = Vec::new();
        let mut last = 0;
        for (index, event) in batch.iter().enumerate() {
            let ids = event.logsource_ids();
            if known.get(last).is_none_or(|(have, _)| *have != ids) {
                last = known
                    .iter()
                    .position(|(have, _)| *have == ids)
                    .unwrap_or_else(|| {
                        known.push((ids, self.bucket_for(event)));
                        known.len() - 1
                    });
            }
            let Some(bucket) = known.get(last).and_then(|(_, at)| self.buckets.get_mut(*at)) else {
                continue;
            };
            self.events += 1;
            bucket.events += 1;
            if bucket.is_empty() {
                continue;
            }
            let want = Want {
                names: &self.names,
                used: &bucket.used,
                core: &bucket.core,
                words: bucket.words,
            };
            view.load(event, want);
            self.memo.next_event();
            self.candidates.clear();
            bucket.candidates(&view, &mut self.memo, &mut self.candidates);
            self.candidates.sort_unstable();
            self.evaluated += self.candidates.len() as u64;
            for candidate in &self.candidates {
                let Some(tally) = self.tallies.get_mut(*candidate as usize) else {
                    continue;
                };
                let timing = tally.begin(self.clock);
                let holds = self.program.holds(*candidate, &view, &mut self.memo);
                tally.end(timing, holds);
                if holds {
                    each(index, RuleIdx(*candidate));
                }
            }
        }
    }

    /// What is to be kept of a match of `rule` on `event`; `None` for an index of another set.
    pub fn base_match(&self, rule: RuleIdx, event: EventRef<'_>) -> Option<BaseMatch> {
        self.rules.base_match(rule, event)
    }

    /// What was loaded, seen and matched so far.
    pub fn coverage(&self) -> Coverage {
        coverage::report(self)
    }

    /// The bucket for an event's set of log sources, compiled if it is new.
    fn bucket_for(&mut self, event: EventRef<'_>) -> usize {
        let mut sources: Vec<LogSource> = event.logsources().map(lower).collect();
        sources.sort();
        sources.dedup();
        if let Some(at) = self.by_sources.get(&sources) {
            return *at;
        }
        let bucket = Bucket::build(&self.rules, &self.program, &sources);
        for rule in &bucket.rules {
            if let Some(reached) = self.reached.get_mut(*rule as usize) {
                *reached = true;
            }
        }
        self.buckets.push(bucket);
        self.by_sources.insert(sources, self.buckets.len() - 1);
        self.buckets.len() - 1
    }
}

fn lower(source: &LogSource) -> LogSource {
    let part = |text: &Option<String>| text.as_ref().map(|text| text.to_ascii_lowercase());
    LogSource {
        category: part(&source.category),
        product: part(&source.product),
        service: part(&source.service),
    }
}

#[cfg(test)]
mod tests;
