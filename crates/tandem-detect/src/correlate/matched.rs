//! What a correlation found.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::{EventId, Timestamp};

use crate::explain;
use crate::rule::Rule;

/// A correlation's match.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelationMatch {
    /// The correlation's id.
    pub rule: String,
    /// The group: names of `group-by` and their values.
    pub keys: BTreeMap<String, String>,
    /// Of accounts among them, whom they belong to; the same for all spellings.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ids: BTreeMap<String, String>,
    /// The acting account: of several the one with most matches, of equals the latest. Empty if none is known.
    pub account: String,
    /// Every acting account seen, at most eight.
    pub accounts: Vec<String>,
    /// When it began to hold (for what waits for something not to happen: when the time span had passed).
    pub time: Timestamp,
    /// The earliest match it rests on.
    pub first: Timestamp,
    /// The latest match it rests on.
    pub last: Timestamp,
    /// How many matches it rests on.
    pub count: u64,
    /// For value types: the number of different values, the sum, the mean or the percentile.
    pub value: Option<f64>,
    /// The object acted upon last.
    pub object: Option<String>,
    /// Some of the values or objects, at most five.
    pub samples: Vec<String>,
    /// Events it rests on, at most fifty, the earliest first.
    pub events: Vec<EventId>,
    /// What happened, in plain words.
    pub sentence: String,
}

/// Fills the rule's template for a match; its title if it has none.
pub(super) fn sentence(rule: &Rule, found: &CorrelationMatch) -> String {
    let Some(template) = &rule.insider.explain else {
        return rule.title.clone();
    };
    explain::fill(template, &found.account, |name| {
        Some(match name {
            "count" => Cow::Owned(found.count.to_string()),
            "value" => Cow::Owned(
                found
                    .value
                    .map_or_else(|| found.count.to_string(), |value| value.to_string()),
            ),
            "samples" => Cow::Owned(found.samples.join(", ")),
            "accounts" => Cow::Owned(found.accounts.join(", ")),
            "object" => Cow::Borrowed(found.object.as_deref()?),
            "first" => Cow::Owned(found.first.to_string()),
            "last" => Cow::Owned(found.last.to_string()),
            key => Cow::Borrowed(found.keys.get(key)?.as_str()),
        })
    })
}
