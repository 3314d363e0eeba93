//! Cases of a rule: what it must match, and near misses that it must not. They stand in the rule itself under `tests`, or in a
//! file of their own that names the rule.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde::Deserialize;
use serde_norway::{Mapping, Value as Yaml};
use tandem_domain::event::{BatchFull, ClassUid, EventBatch, EventBuilder, EventHead, Status};
use tandem_domain::{Attr, EventId, LogSource, NumAttr, Timestamp, Value};

use crate::correlate::Correlator;
use crate::engine::{Clock, Engine, RuleWork};
use crate::explain::placeholders;
use crate::load::{Lists, RuleError};
use crate::rule::Rule;
use crate::ruleset::RuleSet;

/// Most repetitions of one act.
const REPEATS: i64 = 100_000;
/// When correlations are asked for what they found, seconds: after every window that a case can open.
const END: i64 = 4_000_000_000;

/// The cases of one rule.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleCases {
    /// The rule's id; of cases in the rule itself, that rule's.
    #[serde(default)]
    pub rule: String,
    /// Lists for the rule's placeholders.
    #[serde(default)]
    pub lists: Lists,
    /// What it must match.
    #[serde(default)]
    pub matches: Vec<Scenario>,
    /// What it must not match.
    #[serde(default)]
    pub misses: Vec<Scenario>,
}

/// What happens: one act or several.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Scenario {
    /// Several, for correlations.
    Many(Vec<Act>),
    /// One.
    One(Act),
}

/// One event, or the same one repeated; `{n}` in its texts counts from 0.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Act {
    /// Name of the rule whose log source the event has; by default the rule under test.
    pub of: Option<String>,
    /// Seconds after the beginning.
    pub at: i64,
    /// How often.
    pub repeat: Option<i64>,
    /// Seconds between repetitions.
    pub every: i64,
    /// The native view: fields under the source's own names.
    pub fields: Mapping,
    /// The core view: attributes, `class`, `activity` and `status`.
    pub attrs: BTreeMap<String, Yaml>,
}

/// What is wrong with a case, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFault {
    /// `matches` or `misses`, and the number in it from 1.
    pub place: String,
    /// What happened instead.
    pub reason: String,
}

impl fmt::Display for CaseFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.reason)
    }
}

impl RuleCases {
    /// Cases in a file of their own: a list of them.
    ///
    /// # Errors
    /// When the file is no such list; file, line and reason.
    pub fn of_file(path: &str, text: &str) -> Result<Vec<Self>, Box<RuleError>> {
        serde_norway::from_str(text).map_err(|error: serde_norway::Error| {
            Box::new(RuleError {
                file: path.to_owned(),
                line: error.location().map(|place| place.line()),
                column: error.location().map(|place| place.column()),
                title: None,
                reason: format!("these are no cases of rules: {error}"),
                hint: Some("write a list of `rule`, `matches` and `misses`".to_owned()),
            })
        })
    }

    /// The cases that stand in a rule itself, under `tests`; nothing if there are none.
    ///
    /// # Errors
    /// When `tests` does not hold `matches` and `misses`.
    pub fn beside(rule: &Rule) -> Option<Result<Self, Box<RuleError>>> {
        let Ok(Yaml::Mapping(map)) = serde_norway::from_str::<Yaml>(&rule.source) else {
            return None;
        };
        let tests = map.get("tests")?.clone();
        let read = serde_norway::from_value::<Self>(tests).map_err(|error| {
            Box::new(RuleError {
                file: rule.file.clone(),
                line: Some(rule.line),
                column: None,
                title: Some(rule.title.clone()),
                reason: format!("`tests` cannot be read: {error}"),
                hint: Some("write `matches` and `misses`, each a list of events".to_owned()),
            })
        });
        Some(read.map(|cases| Self {
            rule: rule.id.clone(),
            ..cases
        }))
    }

    /// True if there is something that it must match and something that it must not.
    pub fn is_whole(&self) -> bool {
        !self.matches.is_empty() && !self.misses.is_empty()
    }

    /// Plays every case; what did not go as it says. A match must also say a sentence in which every place is filled.
    pub fn play(&self, rules: &Arc<RuleSet>) -> Vec<CaseFault> {
        self.play_counted(rules, None, &mut BTreeMap::new())
    }

    /// As [`Self::play`], and adds what each rule did meanwhile, by id; with a clock it is timed.
    pub fn play_counted(
        &self,
        rules: &Arc<RuleSet>,
        clock: Option<Clock>,
        work: &mut BTreeMap<String, RuleWork>,
    ) -> Vec<CaseFault> {
        let mut faults = Vec::new();
        let mut engine = match clock {
            Some(clock) => Engine::timed(Arc::clone(rules), clock),
            None => Engine::new(Arc::clone(rules)),
        };
        let mut judge = |kind: &str, number: usize, scenario: &Scenario, wanted: bool| {
            let reason = match plays(&mut engine, &self.rule, scenario) {
                Err(error) => error,
                Ok(None) if wanted => "the rule does not match it".to_owned(),
                Ok(Some(_)) if !wanted => "the rule matches it".to_owned(),
                Ok(Some(said)) if said.trim().is_empty() || unfilled(rules, &self.rule, &said) => {
                    format!("the sentence has a place that nothing fills: {said}")
                }
                Ok(_) => return,
            };
            faults.push(CaseFault {
                place: format!("{kind} {}", number + 1),
                reason,
            });
        };
        for (number, scenario) in self.matches.iter().enumerate() {
            judge("matches", number, scenario, true);
        }
        for (number, scenario) in self.misses.iter().enumerate() {
            judge("misses", number, scenario, false);
        }
        for (index, done) in engine.statistics() {
            if let Some(rule) = rules.rule(index) {
                work.entry(rule.id.clone()).or_default().add(done);
            }
        }
        faults
    }
}

/// The sentence that the rule says of a scenario; nothing if it does not match.
fn plays(engine: &mut Engine, rule: &str, scenario: &Scenario) -> Result<Option<String>, String> {
    let rules = &Arc::clone(engine.rules());
    let acts = match scenario {
        Scenario::Many(acts) => acts.as_slice(),
        Scenario::One(act) => std::slice::from_ref(act),
    };
    let mut batch = EventBatch::new("test");
    for act in acts {
        for n in 0..act.repeat.unwrap_or(1).min(REPEATS) {
            push(&mut batch, rules, rule, act, n)?;
        }
    }
    let mut matches = Vec::new();
    engine.scan(&batch, &mut |event, rule| {
        let found = batch.get(event).and_then(|event| rules.base_match(rule, event));
        if let Some(mut found) = found {
            found.account = found.account.to_lowercase();
            matches.push(found);
        }
    });
    if let Some(found) = matches.iter().find(|found| found.rule == rule) {
        return Ok(Some(found.sentence.clone()));
    }
    let found = Correlator::new(Arc::clone(rules)).run(matches, Timestamp::from_seconds(END));
    let own = found.into_iter().find(|found| found.rule == rule);
    Ok(own.map(|found| found.sentence))
}

fn push(batch: &mut EventBatch, rules: &RuleSet, rule: &str, act: &Act, n: i64) -> Result<(), String> {
    let source = source(rules, rule, act)?;
    let mut head = EventHead {
        id: EventId(batch.len() as u128 + 1),
        time: Timestamp::from_seconds(act.at.saturating_add(n.saturating_mul(act.every))),
        ..EventHead::default()
    };
    let mut event = batch
        .start()
        .map_err(|BatchFull| "the case has too many events".to_owned())?;
    write_fields(&mut event, "", &Yaml::Mapping(act.fields.clone()), n);
    for (name, value) in &act.attrs {
        set(&mut event, &mut head, name, value, n)?;
    }
    event.logsource(&source);
    event.finish(head);
    Ok(())
}

/// The log source of an act's event.
fn source(rules: &RuleSet, rule: &str, act: &Act) -> Result<LogSource, String> {
    let found = match &act.of {
        Some(name) => rules.rules().iter().find(|rule| rule.name.as_ref() == Some(name)),
        None => rules.get(rule),
    };
    let found = found.ok_or_else(|| match &act.of {
        Some(name) => format!("there is no rule of the name `{name}`"),
        None => format!("there is no rule with the id {rule}"),
    })?;
    let none = || "a correlation has no log source; say with `of` which rule's event it is".to_owned();
    found.logsource.clone().ok_or_else(none)
}

fn set(
    event: &mut EventBuilder<'_>,
    head: &mut EventHead,
    name: &str,
    value: &Yaml,
    n: i64,
) -> Result<(), String> {
    let wrong = || format!("`{name}` cannot be {}", shown(value));
    match name {
        "class" => head.class = ClassUid::parse(&text(value, n)).ok_or_else(wrong)?,
        "activity" => {
            let number = value.as_u64().and_then(|number| u8::try_from(number).ok());
            head.activity = number.ok_or_else(wrong)?;
        }
        "status" => {
            head.status = match value.as_str() {
                Some("success") => Status::Success,
                Some("failure") => Status::Failure,
                _ => return Err(wrong()),
            }
        }
        _ => match (Attr::parse(name), NumAttr::parse(name)) {
            (Some(attr), _) => event.attr(attr, &text(value, n)),
            (_, Some(attr)) => event.num(attr, value.as_i64().ok_or_else(wrong)?),
            _ => return Err(format!("there is no attribute `{name}`")),
        },
    }
    Ok(())
}

fn shown(value: &Yaml) -> String {
    serde_norway::to_string(value).map_or_else(|_| "this".to_owned(), |text| format!("`{}`", text.trim()))
}

fn text(value: &Yaml, n: i64) -> String {
    match value {
        Yaml::String(text) => numbered(text, n),
        other => shown(other).trim_matches('`').to_owned(),
    }
}

fn numbered(text: &str, n: i64) -> String {
    text.replace("{n}", &n.to_string())
}

/// Writes a value's members as fields: mappings nested with dots, lists as repeated fields.
fn write_fields(event: &mut EventBuilder<'_>, prefix: &str, value: &Yaml, n: i64) {
    match value {
        Yaml::Mapping(map) => {
            for (key, inner) in map {
                let key = text(key, n);
                let name = if prefix.is_empty() {
                    key
                } else {
                    format!("{prefix}.{key}")
                };
                write_fields(event, &name, inner, n);
            }
        }
        Yaml::Sequence(values) => values
            .iter()
            .for_each(|inner| write_fields(event, prefix, inner, n)),
        Yaml::String(words) => event.field(prefix, Value::Text(&numbered(words, n))),
        Yaml::Bool(truth) => event.field(prefix, Value::Bool(*truth)),
        Yaml::Number(number) => {
            let value = match number.as_i64() {
                Some(whole) => Value::Int(whole),
                None => Value::Float(number.as_f64().unwrap_or_default()),
            };
            event.field(prefix, value);
        }
        Yaml::Null | Yaml::Tagged(_) => event.field(prefix, Value::Null),
    }
}

/// True if a place of the rule's template stands in the sentence as it is.
fn unfilled(rules: &RuleSet, rule: &str, sentence: &str) -> bool {
    let template = rules.get(rule).and_then(|rule| rule.insider.explain.as_deref());
    template
        .is_some_and(|template| placeholders(template).any(|place| sentence.contains(&format!("{{{place}"))))
}

#[cfg(test)]
mod tests;
