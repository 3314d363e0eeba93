//! What rules did, and which sources' events no rule can see.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use tandem_detect::{RuleIdx, RuleSet, RuleWork};
use tandem_domain::Timestamp;
use tandem_store::StoreError;

use crate::app::App;

/// Under which name the sources are kept whose events no rule can see.
const UNSEEN: &str = "rules.unseen_sources";
/// Most such sources remembered; the names come from whoever sends.
const MOST_UNSEEN: usize = 1_000;
/// Kind of the alarm that such a source raises.
pub const UNKNOWN_FORMAT: &str = "unknown_format";

/// A source of which events came that no mapping gave a log source: only rules for every event look at them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnseenSource {
    /// Its name.
    pub source: String,
    /// When the first such event was taken in.
    pub first: Timestamp,
    /// When the latest was.
    pub last: Timestamp,
    /// How many there were.
    pub events: u64,
}

impl UnseenSource {
    /// What to do about it.
    pub const HINT: &'static str = "write a mapping for the source that names its `logsources` (docs/mappings.md), or give the \
source the name of one that there is; until then only rules with `logsource: {}` look at its events";
}

/// What rules of this process did, by id.
#[derive(Debug, Default)]
pub struct RuleHealth {
    work: Mutex<HashMap<String, RuleWork>>,
}

impl RuleHealth {
    /// What each rule did since the process began, by id.
    pub fn work(&self) -> HashMap<String, RuleWork> {
        self.work.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl App {
    /// Adds what rules did.
    pub(crate) fn note_work(&self, rules: &RuleSet, done: &[(RuleIdx, RuleWork)]) {
        let mut all = self
            .rule_health
            .work
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut sum = RuleWork::default();
        for (index, work) in done {
            let Some(rule) = rules.rule(*index) else { continue };
            sum.add(*work);
            match all.get_mut(&rule.id) {
                Some(known) => known.add(*work),
                None => {
                    all.insert(rule.id.clone(), *work);
                }
            }
        }
        drop(all);
        self.metrics.rule_evaluations.inc_by(sum.evaluations);
        self.metrics.rule_seconds.inc_by(sum.nanos as f64 / 1e9);
    }

    /// Sources whose events no rule can see but those for every event, by name: their format or mapping is not known. Each of them
    /// is an alarm of the kind [`UNKNOWN_FORMAT`].
    ///
    /// # Errors
    /// When the database fails or what is kept there cannot be read.
    pub async fn unseen_sources(&self) -> Result<Vec<UnseenSource>, StoreError> {
        let kept = self.store.setting(UNSEEN).await?;
        kept.map_or_else(
            || Ok(Vec::new()),
            |text| {
                serde_json::from_str(&text).map_err(|source| StoreError::Stored {
                    what: "list of sources that no rule sees",
                    source,
                })
            },
        )
    }

    /// Adds events without a log source, by source. Sources whose events all had one again stay in the list: what was missed stays
    /// missed until somebody has looked ([`Self::forget_unseen`]).
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn note_unseen(&self, seen: &BTreeMap<String, u64>) -> Result<(), StoreError> {
        if seen.is_empty() {
            return Ok(());
        }
        let now = crate::pipeline::now();
        let mut list = self.unseen_sources().await?;
        for (source, events) in seen {
            self.metrics.unseen.inc_by(*events);
            let full = list.len() >= MOST_UNSEEN;
            match list.iter_mut().find(|known| known.source == *source) {
                Some(known) => {
                    known.events = known.events.saturating_add(*events);
                    known.last = now;
                }
                None if !full => {
                    tracing::warn!(
                        source = source.as_str(),
                        events = *events,
                        "the mapping of these events names no log source, so no rule sees them"
                    );
                    list.push(UnseenSource {
                        source: source.clone(),
                        first: now,
                        last: now,
                        events: *events,
                    });
                }
                None => {}
            }
        }
        list.sort_by(|a, b| a.source.cmp(&b.source));
        self.keep_unseen(&list).await
    }

    /// Takes a source out of the list of those that no rule can see; it comes back with its next such event. False if it was not
    /// there.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_unseen(&self, source: &str) -> Result<bool, StoreError> {
        let _one = self.writer.lock().await;
        let mut list = self.unseen_sources().await?;
        let before = list.len();
        list.retain(|known| known.source != source);
        if list.len() < before {
            self.keep_unseen(&list).await?;
        }
        Ok(list.len() < before)
    }

    async fn keep_unseen(&self, list: &[UnseenSource]) -> Result<(), StoreError> {
        let text = serde_json::to_string(list).map_err(|source| StoreError::Stored {
            what: "list of sources that no rule sees",
            source,
        })?;
        self.store.set_setting(UNSEEN, &text).await
    }
}
