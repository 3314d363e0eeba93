//! SigmaHQ's regression records: each has one rule that must match it, and most say how often.

use std::collections::BTreeMap;

use serde::Deserialize;
use tandem_domain::event::EventBatch;

use crate::Engine;

/// An `info.yml` that names no rule.
#[derive(Debug, thiserror::Error)]
pub enum InfoError {
    /// It is no such document.
    #[error("it cannot be read")]
    Unread(#[source] serde_norway::Error),
    /// Nothing stands under `rule_metadata`.
    #[error("`rule_metadata` names no rule")]
    NoRule,
}

/// What is stated of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// Id of the rule that must match.
    pub rule: String,
    /// How many of its events, where that is said.
    pub count: Option<usize>,
}

// Somebody else's format, of which only this much is asked: other keys are welcome.
#[derive(Deserialize)]
struct Info {
    rule_metadata: Vec<Metadata>,
    #[serde(default)]
    regression_tests_info: Vec<Test>,
}

#[derive(Deserialize)]
struct Metadata {
    id: String,
}

#[derive(Deserialize)]
struct Test {
    match_count: Option<usize>,
}

impl Stated {
    /// Reads the `info.yml` beside a record.
    ///
    /// # Errors
    /// When it names no rule.
    pub fn of_info(text: &str) -> Result<Self, InfoError> {
        let info: Info = serde_norway::from_str(text).map_err(InfoError::Unread)?;
        let first = info.rule_metadata.into_iter().next().ok_or(InfoError::NoRule)?;
        Ok(Self {
            rule: first.id,
            count: info
                .regression_tests_info
                .iter()
                .find_map(|test| test.match_count),
        })
    }
}

/// What came of all records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regression {
    /// Records.
    pub pairs: usize,
    /// Matched by the rule that is stated.
    pub found: usize,
    /// With a stated count.
    pub stated: usize,
    /// Matched as often as that.
    pub exact: usize,
    /// Further rules that matched a record, over all records. They need not be wrong: what one rule is shown for may well be what
    /// another looks for too.
    pub other: usize,
    /// Rules that did not match their record.
    pub missing: Vec<String>,
}

impl Regression {
    /// Matches a record's events against the engine's rules, and counts.
    pub fn judge(&mut self, engine: &mut Engine, stated: &Stated, events: &EventBatch) {
        let mut hits: BTreeMap<u32, usize> = BTreeMap::new();
        engine.scan(events, &mut |_, rule| *hits.entry(rule.0).or_default() += 1);
        let wanted = |rule: &u32| {
            let rule = engine.rules().rules().get(*rule as usize);
            rule.is_some_and(|rule| rule.id == stated.rule)
        };
        let (own, others): (Vec<_>, Vec<_>) = hits.into_iter().partition(|(rule, _)| wanted(rule));
        let hit: usize = own.iter().map(|(_, count)| count).sum();
        self.pairs += 1;
        self.found += usize::from(hit > 0);
        self.stated += usize::from(stated.count.is_some());
        self.exact += usize::from(stated.count == Some(hit));
        self.other += others.len();
        if hit == 0 {
            self.missing.push(stated.rule.clone());
        }
    }
}
