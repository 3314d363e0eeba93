//! A rule's match on one event, with what correlations will ask of it: the event itself need not be kept at hand.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use tandem_domain::event::EventRef;
use tandem_domain::{Attr, EventId, Timestamp};

use crate::correlate::Kind;
use crate::explain;
use crate::field::{text_of, value_of};
use crate::pattern::Number;
use crate::rule::{Rule, RuleIdx};
use crate::ruleset::RuleSet;
use crate::suppress::Suppress;

/// Longest text kept of one value, characters.
const MAX_VALUE: usize = 400;
/// The name under which correlations group by the acting account.
pub(crate) const ACCOUNT: &str = "attr:account";

/// A rule's match on one event.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BaseMatch {
    /// The rule's id.
    pub rule: String,
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub time: Timestamp,
    /// The acting account as the source wrote it, or empty. Before feeding a [`Correlator`](crate::Correlator), make it
    /// canonical, or put the subject it belongs to in its place: it is what `group-by: attr:account` groups by, so that
    /// what somebody does with two accounts comes together.
    pub account: String,
    /// The object acted upon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// What happened, in plain words.
    pub sentence: String,
    /// The fields that correlations naming this rule group by or count, those that are compared with lists of people, and those that
    /// make the key of the rule's suppression window.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keys: BTreeMap<String, String>,
    /// Of accounts among the keys, whom they belong to ([`Self::identify`]). Correlations group by it and count it; they show the key.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ids: BTreeMap<String, String>,
    /// The fields that correlations naming this rule add up.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub numbers: BTreeMap<String, f64>,
}

/// The fields of a rule's events that correlations ask for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Needs {
    keys: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Needs {
    /// For each rule, what the correlations among them need of it.
    pub(crate) fn of_all(rules: &[Rule]) -> Vec<Self> {
        let mut all: Vec<Self> = rules.iter().map(Self::of_rule).collect();
        for correlation in rules.iter().filter_map(Rule::correlation) {
            let adds = matches!(
                correlation.kind,
                Kind::ValueSum | Kind::ValueAvg | Kind::ValuePercentile(_)
            );
            for (position, member) in correlation.members.iter().enumerate() {
                let Some(needs) = all.get_mut(member.0 as usize) else {
                    continue;
                };
                let field = |key: &String| correlation.field(key, position).to_owned();
                needs.keys.extend(correlation.group_by.iter().map(field));
                let values = if adds { &mut needs.numbers } else { &mut needs.keys };
                values.extend(correlation.value_fields().iter().map(field));
            }
        }
        all
    }
}

impl Needs {
    /// What a rule needs of its own matches: the fields that are compared with lists of people, for who was one on that day is known
    /// only later, and those that make the key of its suppression window.
    fn of_rule(rule: &Rule) -> Self {
        let account = rule.insider.account.as_deref().unwrap_or("attr:actor_user");
        let people = rule
            .people_fields()
            .filter(|field| *field != account && !field.is_empty())
            .map(str::to_owned);
        let suppress = rule.insider.suppress.iter().flat_map(Suppress::fields).cloned();
        Self {
            keys: people.chain(suppress).collect(),
            numbers: BTreeSet::new(),
        }
    }
}

impl RuleSet {
    /// What is to be kept of a match of `rule` on `event`; `None` for an index of another set.
    pub fn base_match(&self, rule: RuleIdx, event: EventRef<'_>) -> Option<BaseMatch> {
        let (rule, needs) = (self.rule(rule)?, self.needs(rule)?);
        let account = match &rule.insider.account {
            Some(field) => text_of(&event, field),
            None => event.attr(Attr::ActorUser).map(str::to_owned),
        };
        let object = rule
            .insider
            .object
            .as_deref()
            .and_then(|field| text_of(&event, field));
        let keys = needs.keys.iter().filter(|field| *field != ACCOUNT);
        let number = |field: &String| Number::of(value_of(&event, field)?).map(Number::as_f64);
        Some(BaseMatch {
            rule: rule.id.clone(),
            event: event.head().id,
            time: event.head().time,
            sentence: explain::event_sentence(rule, &event, account.as_deref().unwrap_or_default()),
            account: account.unwrap_or_default(),
            object: object.map(clipped),
            keys: keys
                .filter_map(|field| Some((field.clone(), clipped(text_of(&event, field)?))))
                .collect(),
            ids: BTreeMap::new(),
            numbers: needs
                .numbers
                .iter()
                .filter_map(|field| Some((field.clone(), number(field)?)))
                .collect(),
        })
    }
}

fn clipped(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(MAX_VALUE) {
        text.truncate(at);
    }
    text
}
