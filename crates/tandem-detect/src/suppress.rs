//! Suppression windows: after a match, further ones of the same rule with the same key are counted, but not told singly.
//!
//! Windows run in the events' own time, so that the same matches are told whenever they are looked at. What a window holds back
//! still feeds correlations.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use tandem_domain::time::MICROS_PER_SECOND;
use tandem_domain::{Attr, NumAttr, Timestamp};

use crate::base_match::{ACCOUNT, BaseMatch};
use crate::correlate::CorrelationMatch;
use crate::field::Place;
use crate::load::timespan;
use crate::rule::{Level, Rule};
use crate::text::fold::fold;

/// The rule's object as a part of a key.
const OBJECT: &str = "object";
/// Most windows of one rule. Above it those that end first are forgotten: too much is told rather than too little.
const MAX_KEYS: usize = 100_000;
/// How long what was held back is remembered after its window, to be told with the next match.
const TOLD_WITHIN: i64 = 30 * DAY;
const MINUTE: i64 = 60 * MICROS_PER_SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Windows above it are a mistake: what goes on for a month should be heard of again.
const LONGEST_SENSIBLE: i64 = 30 * DAY;

/// A rule's suppression window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppress {
    /// How long a window is, microseconds.
    pub window: i64,
    /// The fields whose values make the key: `attr:account`, `object` (the rule's object), or a field of the event.
    pub by: Vec<String>,
}

/// `suppress:` of a rule's `tandem` block.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    #[serde(rename = "for")]
    window: String,
    #[serde(default)]
    by: Option<Vec<String>>,
}

impl Asked {
    /// The window, or what is wrong with it.
    pub(crate) fn read(&self) -> Result<Suppress, String> {
        let window = timespan(&self.window).ok_or_else(|| {
            format!(
                "`suppress: for: {}` is not a time span; a number and s, m, h, d, w, M or y",
                self.window
            )
        })?;
        let by: Vec<String> = match &self.by {
            None => vec![ACCOUNT.to_owned()],
            Some(names) => names.iter().map(|name| field(name.trim())).collect(),
        };
        if by.is_empty() {
            return Err("`suppress: by` names nothing; leave it out for the account".to_owned());
        }
        let unknown =
            |name: &&String| Place::of(name) == Place::Unknown && *name != ACCOUNT || name.is_empty();
        match by.iter().find(unknown) {
            Some(name) => Err(format!("`suppress: by` names `{name}`, which is no field")),
            None => Ok(Suppress { window, by }),
        }
    }
}

/// The field that a name in `by` means: attributes of the core view may be written without `attr:`.
fn field(name: &str) -> String {
    match name {
        "account" => ACCOUNT.to_owned(),
        _ if Attr::parse(name).is_some() || NumAttr::parse(name).is_some() => format!("attr:{name}"),
        _ => name.to_owned(),
    }
}

impl Suppress {
    /// The fields of events that make the key, other than account and object.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &String> {
        self.by.iter().filter(|name| *name != ACCOUNT && *name != OBJECT)
    }

    /// How long a window is, in words.
    pub fn words(&self) -> String {
        let (size, unit) = [(DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")]
            .into_iter()
            .find(|(size, _)| self.window % size == 0)
            .unwrap_or((MICROS_PER_SECOND, "second"));
        match self.window / size {
            1 => format!("1 {unit}"),
            number => format!("{number} {unit}s"),
        }
    }

    fn key(
        &self,
        account: &str,
        object: Option<&str>,
        keys: &BTreeMap<String, String>,
        ids: &BTreeMap<String, String>,
    ) -> String {
        let mut key = String::new();
        for name in &self.by {
            let value = match name.as_str() {
                ACCOUNT => account,
                OBJECT => object.unwrap_or_default(),
                other => ids
                    .get(other)
                    .or_else(|| keys.get(other))
                    .map(String::as_str)
                    .unwrap_or_default(),
            };
            key.push_str(&fold(value));
            key.push('\u{1f}');
        }
        key
    }
}

/// What becomes of a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passing {
    /// It is told, with the number of matches of the same key that were held back and not told of until now.
    Told(u64),
    /// It is counted only.
    HeldBack,
}

/// One window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Window {
    until: Timestamp,
    /// Matches held back and not told of.
    held_back: u64,
}

/// The open windows of all rules; what of it is stored goes on where it ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressor {
    /// By rule id, by key.
    rules: BTreeMap<String, BTreeMap<String, Window>>,
}

impl Suppressor {
    /// Takes a match on an event; feed them in the order of their times. `account` is who acted: the person where it is known.
    pub fn take(&mut self, rule: &Rule, matched: &BaseMatch, account: &str) -> Passing {
        let Some(suppress) = &rule.insider.suppress else {
            return Passing::Told(0);
        };
        let key = suppress.key(account, matched.object.as_deref(), &matched.keys, &matched.ids);
        self.pass(rule, suppress, key, matched.time)
    }

    /// Takes a correlation's match.
    pub fn take_correlated(&mut self, rule: &Rule, found: &CorrelationMatch) -> Passing {
        let Some(suppress) = &rule.insider.suppress else {
            return Passing::Told(0);
        };
        let key = suppress.key(&found.account, found.object.as_deref(), &found.keys, &found.ids);
        self.pass(rule, suppress, key, found.time)
    }

    fn pass(&mut self, rule: &Rule, suppress: &Suppress, key: String, time: Timestamp) -> Passing {
        let windows = self.rules.entry(rule.id.clone()).or_default();
        let held_back = match windows.get_mut(&key) {
            Some(window) if time < window.until => {
                window.held_back += 1;
                return Passing::HeldBack;
            }
            Some(window) => window.held_back,
            None => {
                make_room(windows, time);
                0
            }
        };
        let window = Window {
            until: time.plus_micros(suppress.window),
            held_back: 0,
        };
        windows.insert(key, window);
        Passing::Told(held_back)
    }

    /// The matches on events of a rule that were held back under the key of `matched`; they count as told now.
    pub fn tell(&mut self, rule: &Rule, matched: &BaseMatch, account: &str) -> u64 {
        let Some(suppress) = &rule.insider.suppress else {
            return 0;
        };
        let key = suppress.key(account, matched.object.as_deref(), &matched.keys, &matched.ids);
        self.told(rule, &key)
    }

    /// As [`Self::tell`], for a correlation.
    pub fn tell_correlated(&mut self, rule: &Rule, found: &CorrelationMatch) -> u64 {
        let Some(suppress) = &rule.insider.suppress else {
            return 0;
        };
        let key = suppress.key(&found.account, found.object.as_deref(), &found.keys, &found.ids);
        self.told(rule, &key)
    }

    fn told(&mut self, rule: &Rule, key: &str) -> u64 {
        let window = self
            .rules
            .get_mut(&rule.id)
            .and_then(|windows| windows.get_mut(key));
        window.map_or(0, |window| std::mem::take(&mut window.held_back))
    }

    /// Forgets what no longer matters at `now`.
    pub fn forget(&mut self, now: Timestamp) {
        for windows in self.rules.values_mut() {
            windows.retain(|_, window| {
                window.until > now || window.held_back > 0 && window.until.plus_micros(TOLD_WITHIN) > now
            });
        }
        self.rules.retain(|_, windows| !windows.is_empty());
    }
}

/// Forgets windows that are over or, if none is, the tenth that ends first.
fn make_room(windows: &mut BTreeMap<String, Window>, now: Timestamp) {
    if windows.len() < MAX_KEYS {
        return;
    }
    windows.retain(|_, window| window.until > now);
    if windows.len() < MAX_KEYS {
        return;
    }
    let mut ends: Vec<Timestamp> = windows.values().map(|window| window.until).collect();
    ends.sort_unstable();
    let limit = ends.get(ends.len() / 10).copied().unwrap_or(now);
    windows.retain(|_, window| window.until > limit);
}

/// What makes no sense about a rule's window, each in one sentence.
pub(crate) fn nonsense(rule: &Rule) -> Vec<&'static str> {
    let Some(suppress) = &rule.insider.suppress else {
        return Vec::new();
    };
    let mut names: Vec<&String> = suppress.by.iter().collect();
    names.sort_unstable();
    names.dedup();
    let span = rule.correlation().map(|correlation| correlation.timespan);
    let found = [
        (
            suppress.window < MINUTE,
            "its suppression window is shorter than a minute; leave it out, or take hours",
        ),
        (
            suppress.window > LONGEST_SENSIBLE,
            "its suppression window is longer than 30 days: what goes on so long should be heard of again",
        ),
        (
            !suppress.by.iter().any(|name| name == ACCOUNT),
            "its suppression window is not `by` account: what one person does hides what another does",
        ),
        (
            names.len() < suppress.by.len(),
            "its suppression window names the same field twice",
        ),
        (
            rule.level == Level::Informational,
            "its suppression window does nothing: an informational rule makes no indicator",
        ),
        (
            span.is_some_and(|span| suppress.window <= span),
            "its suppression window is not longer than the correlation's time span, in which it is told once anyway",
        ),
    ];
    let said = found.into_iter().filter(|(holds, _)| *holds);
    said.map(|(_, what)| what).collect()
}

#[cfg(test)]
mod tests;
