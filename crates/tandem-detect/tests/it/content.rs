//! The rules of `content/rules`, each against its cases in `content/rules-tests`: what it must match, and near misses that
//! it must not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;
use tandem_detect::{BaseMatch, Correlator, Engine, Lists, RuleSet};
use tandem_domain::event::{ClassUid, EventBatch, EventHead, Status};
use tandem_domain::{Attr, EventId, NumAttr, Timestamp};

use crate::records::write_fields;

/// The cases of one rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    rule: String,
    /// Lists for the rule's placeholders.
    #[serde(default)]
    lists: Lists,
    matches: Vec<Scenario>,
    misses: Vec<Scenario>,
}

/// What happens: one act or several.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Scenario {
    Many(Vec<Act>),
    One(Act),
}

/// One event, or the same one repeated; `{n}` in its texts counts.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Act {
    /// The rule whose log source the event has; by default the rule under test.
    of: Option<String>,
    /// Seconds after the beginning.
    at: i64,
    repeat: Option<i64>,
    /// Seconds between repetitions.
    every: i64,
    fields: BTreeMap<String, Json>,
    attrs: BTreeMap<String, Json>,
}

fn text(json: &Json) -> String {
    json.as_str().map_or_else(|| json.to_string(), str::to_owned)
}

fn numbered(json: &Json, n: i64) -> Json {
    match json {
        Json::String(text) => Json::String(text.replace("{n}", &n.to_string())),
        Json::Array(items) => Json::Array(items.iter().map(|item| numbered(item, n)).collect()),
        other => other.clone(),
    }
}

fn push(batch: &mut EventBatch, rules: &RuleSet, rule: &str, act: &Act, n: i64) {
    let source = match &act.of {
        Some(name) => rules
            .rules()
            .iter()
            .find(|rule| rule.name.as_deref() == Some(name)),
        None => rules.get(rule),
    };
    let source = source.unwrap_or_else(|| panic!("{rule}: no rule {:?}", act.of));
    let logsource = source
        .logsource
        .clone()
        .unwrap_or_else(|| panic!("{rule}: name a base rule with `of`"));
    let second = act.at + n * act.every;
    let mut head = EventHead {
        id: EventId(batch.len() as u128 + 1),
        time: Timestamp::from_seconds(second),
        ..EventHead::default()
    };
    let mut event = batch.start().unwrap();
    for (name, value) in &act.fields {
        write_fields(&mut event, name, &numbered(value, n));
    }
    for (name, value) in &act.attrs {
        let value = numbered(value, n);
        match name.as_str() {
            "class" => head.class = ClassUid::parse(&text(&value)).unwrap(),
            "activity" => head.activity = value.as_u64().unwrap() as u8,
            "status" => {
                head.status = if text(&value) == "success" {
                    Status::Success
                } else {
                    Status::Failure
                }
            }
            _ => match (Attr::parse(name), NumAttr::parse(name)) {
                (Some(attr), _) => event.attr(attr, &text(&value)),
                (_, Some(attr)) => event.num(attr, value.as_i64().unwrap()),
                _ => panic!("{rule}: no attribute {name}"),
            },
        }
    }
    event.logsource(&logsource);
    event.finish(head);
}

/// True if the rule matches the scenario; with the sentence it says.
fn plays(rules: &Arc<RuleSet>, rule: &str, scenario: &Scenario) -> Option<String> {
    let acts = match scenario {
        Scenario::Many(acts) => acts.as_slice(),
        Scenario::One(act) => std::slice::from_ref(act),
    };
    let mut batch = EventBatch::new("test");
    for act in acts {
        (0..act.repeat.unwrap_or(1)).for_each(|n| push(&mut batch, rules, rule, act, n));
    }
    let mut matches: Vec<BaseMatch> = Vec::new();
    Engine::new(Arc::clone(rules)).scan(&batch, &mut |event, rule| {
        let mut found = rules.base_match(rule, batch.get(event).unwrap()).unwrap();
        found.account = found.account.to_lowercase();
        matches.push(found);
    });
    if let Some(found) = matches.iter().find(|found| found.rule == rule) {
        return Some(found.sentence.clone());
    }
    let end = Timestamp::from_seconds(1_000_000_000);
    let found = Correlator::new(Arc::clone(rules)).run(matches, end);
    found
        .into_iter()
        .find(|found| found.rule == rule)
        .map(|found| found.sentence)
}

/// True if a place of the rule's template stands in the sentence as it is.
fn unfilled(rules: &RuleSet, rule: &str, sentence: &str) -> bool {
    let template = rules
        .get(rule)
        .and_then(|rule| rule.insider.explain.clone())
        .unwrap_or_default();
    let mut places = template
        .split('{')
        .skip(1)
        .filter_map(|part| part.split_once('}'));
    places.any(|(place, _)| sentence.contains(&format!("{{{place}}}")))
}

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../content")
        .join(name)
}

fn test_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(test_files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn all_cases() -> Vec<(PathBuf, Cases)> {
    let mut all = Vec::new();
    for path in test_files(&folder("rules-tests")) {
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: Vec<Cases> =
            serde_norway::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        all.extend(cases.into_iter().map(|cases| (path.clone(), cases)));
    }
    all
}

#[test]
fn every_own_rule_loads() {
    let lists = ["leavers", "contractors", "restricted_shares", "home_domains"]
        .map(|name| (name.to_owned(), vec!["x".to_owned()]));
    let (rules, errors) = RuleSet::load_with(RuleSet::builtin_files().iter().copied(), &lists.into());
    assert!(errors.is_empty(), "{errors:#?}");
    assert_eq!(RuleSet::builtin().len(), rules.len());
    assert!(rules.len() >= 45, "{}", rules.len());
    println!("own rules: {}", rules.len());
}

#[test]
fn every_own_rule_matches_its_cases_and_not_the_near_misses() {
    let mut wrong = Vec::new();
    let usual = Arc::new(RuleSet::builtin());
    for (path, cases) in all_cases() {
        let special = || Arc::new(RuleSet::builtin_with(&cases.lists));
        let rules = if cases.lists.is_empty() {
            Arc::clone(&usual)
        } else {
            special()
        };
        let mut complain = |what: &str, scenario: &Scenario| {
            wrong.push(format!("{}: {} {what} {scenario:?}", path.display(), cases.rule));
        };
        for scenario in &cases.matches {
            match plays(&rules, &cases.rule, scenario) {
                None => complain("must match", scenario),
                Some(sentence) if sentence.trim().is_empty() || unfilled(&rules, &cases.rule, &sentence) => {
                    complain(&format!("says {sentence:?} of"), scenario);
                }
                Some(_) => {}
            }
        }
        for scenario in &cases.misses {
            if plays(&rules, &cases.rule, scenario).is_some() {
                complain("must not match", scenario);
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_own_rule_has_cases_and_says_what_it_means() {
    let tested: Vec<String> = all_cases()
        .into_iter()
        .filter(|(_, cases)| !cases.matches.is_empty() && !cases.misses.is_empty())
        .map(|(_, cases)| cases.rule)
        .collect();
    let mut wrong = Vec::new();
    for rule in RuleSet::builtin().rules() {
        let mut demand = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{} ({}): {what}", rule.title, rule.file));
            }
        };
        demand(tested.contains(&rule.id), "no cases in content/rules-tests");
        demand(rule.id.len() == 36, "the id is not a UUID");
        demand(
            !rule.description.is_empty() && rule.author.is_some(),
            "no description or author",
        );
        demand(!rule.falsepositives.is_empty(), "no known harmless causes");
        demand(
            !rule.insider.threats.is_empty() && rule.insider.stage.is_some(),
            "no threat or stage",
        );
        demand(
            rule.insider.explain.is_some() && rule.insider.half_life_days.is_some(),
            "no sentence or half-life",
        );
        demand(!rule.insider.techniques.is_empty(), "no technique");
        demand(rule.file.split('/').count() == 4, "not in a folder of its theme");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
