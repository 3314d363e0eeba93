//! Another engine as a witness: `rsigma-eval` must report the same matches, except where the specification says otherwise.
//!
//! Its events have one log source, ours a set: what it reports for each of them counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rsigma_eval::event::JsonEvent;
use serde_json::{Map, Value as Json};
use tandem_detect::conformance::{Expected, SingleCase};
use tandem_detect::{Engine, RuleSet};
use tandem_domain::event::EventRef;
use tandem_domain::{LogSource, Value};

use crate::conformance::battery;
use crate::sigmahq::{pack, records, sigmahq_files};

/// Cases of the battery in which the other engine (0.23) answers otherwise, and what decides (Sigma specification 2.1; where it
/// leaves the question open, `docs/rules.md` says what holds here).
const ITS_FAULTS: &[(&str, &str)] = &[
    (
        "wild_newline",
        "rules, \"Wildcards\": `*` stands for any characters, line ends among them",
    ),
    (
        "keywords_all",
        "modifiers, \"all\": also without a field, for keywords",
    ),
    (
        "exists_true",
        "modifiers, \"exists\": the field is there, whatever its value",
    ),
    (
        "windash_slash_to_dash",
        "modifiers, \"windash\": `/` in the rule stands for `-` too",
    ),
    (
        "base64offset_1",
        "modifiers, \"base64offset\": only characters that do not depend on what is beside",
    ),
    ("wide_base64offset_0", "the same, of an UTF-16 text"),
    (
        "expand_unresolved_rejected",
        "modifiers, \"expand\": a rule with an unknown placeholder must be rejected",
    ),
    ("re_lookahead", "open; look-around works here, bounded"),
    (
        "base64_case_sensitive",
        "open; base64 is compared with regard to case here",
    ),
    (
        "cidr_v4mapped",
        "open; an IPv4-mapped address is in the IPv4 network here",
    ),
    ("hour_gte", "open; parts of an instant take `gte` and so on here"),
    ("upper_ops", "open; operators are taken in either case here"),
];

fn json(value: Value<'_>) -> Json {
    match value {
        Value::Text(text) => Json::from(text),
        Value::Int(number) => Json::from(number),
        Value::Float(number) => Json::from(number),
        Value::Bool(truth) => Json::from(truth),
        Value::Null => Json::Null,
    }
}

/// An event's fields under their flat names; one that occurs several times is a list.
fn record(event: EventRef<'_>) -> Json {
    let mut all: Map<String, Json> = Map::new();
    for field in event.fields() {
        let value = json(field.value);
        match all.get_mut(field.name) {
            None => {
                all.insert(field.name.to_owned(), value);
            }
            Some(Json::Array(values)) => values.push(value),
            Some(first) => {
                let first = first.take();
                all.insert(field.name.to_owned(), Json::Array(vec![first, value]));
            }
        }
    }
    Json::Object(all)
}

fn theirs(source: &LogSource) -> rsigma_parser::LogSource {
    rsigma_parser::LogSource {
        category: source.category.clone(),
        product: source.product.clone(),
        service: source.service.clone(),
        definition: None,
        custom: std::collections::HashMap::default(),
    }
}

/// Ids of the rules that the other engine reports for an event.
fn reported(engine: &rsigma_eval::Engine, event: EventRef<'_>) -> BTreeSet<String> {
    let record = record(event);
    let mut found = BTreeSet::new();
    for source in event.logsources() {
        let results = engine.evaluate_with_logsource(&JsonEvent::borrow(&record), &theirs(source));
        found.extend(results.into_iter().filter_map(|result| result.header.rule_id));
    }
    found
}

/// The other engine with these rules; those that it refuses are left out and named.
fn engine_of<'a>(texts: impl Iterator<Item = &'a str>) -> (rsigma_eval::Engine, Vec<String>) {
    let mut engine = rsigma_eval::Engine::new();
    let mut refused = Vec::new();
    let mut rules = Vec::new();
    for text in texts {
        match rsigma_parser::parse_sigma_yaml(text) {
            Ok(parsed) => rules.extend(parsed.rules),
            Err(error) => refused.push(error.to_string()),
        }
    }
    let errors = engine.add_rules(&rules);
    refused.extend(errors.into_iter().map(|(_, error)| error.to_string()));
    (engine, refused)
}

#[test]
fn both_engines_find_the_same_in_the_regression_records() {
    let Some(pack) = pack() else { return };
    let files = sigmahq_files();
    let (rules, _) = RuleSet::load(files.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let (other, refused) = engine_of(files.iter().map(|(_, text)| text.as_str()));
    println!(
        "the other engine loads {} rules and refuses {}",
        other.rule_count(),
        refused.len()
    );
    let rules = Arc::new(rules);
    let mut engine = Engine::new(Arc::clone(&rules));
    let (mut events, mut same) = (0, 0);
    let mut wrong = BTreeSet::new();
    for batch in records(&pack) {
        let mut ours = vec![BTreeSet::new(); batch.len()];
        engine.scan(&batch, &mut |event, rule| {
            ours[event].insert(rules.rule(rule).unwrap().id.clone());
        });
        for (event, ours) in batch.iter().zip(ours) {
            events += 1;
            let theirs = reported(&other, event);
            same += ours.intersection(&theirs).count();
            for id in ours.symmetric_difference(&theirs) {
                let who = if ours.contains(id) {
                    "only we"
                } else {
                    "only the other"
                };
                wrong.insert(format!(
                    "{who}: {id} {}",
                    rules.get(id).map_or("not loaded here", |r| &r.title)
                ));
            }
        }
    }
    println!("{events} events: {same} matches of both");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(same > 300, "{same}");
}

#[test]
fn both_engines_answer_the_battery_alike_where_the_specification_is_clear() {
    let Some(text) = battery("sigma_conformance.jsonl") else {
        return;
    };
    let cases = SingleCase::all(&text).unwrap();
    let known: BTreeMap<&str, &str> = ITS_FAULTS.iter().copied().collect();
    let mut wrong = Vec::new();
    let mut same = 0;
    for case in &cases {
        let name = case.name.as_str();
        let (engine, refused) = engine_of(std::iter::once(case.rule.as_str()));
        let matched = !engine.evaluate(&JsonEvent::borrow(&case.event)).is_empty();
        let right = match &case.expect {
            Expected::Matches(expected) => refused.is_empty() && *expected == matched,
            Expected::Refusal(_) => !refused.is_empty(),
        };
        match (right, known.contains_key(name)) {
            (true, false) => same += 1,
            (false, true) => {}
            (true, true) => wrong.push(format!("{name}: right by now; take it off the list")),
            (false, false) => wrong.push(format!(
                "{name}: expected {:?}, got {matched} {refused:?}",
                case.expect
            )),
        }
    }
    println!("the other engine: {same} of {}", cases.len());
    assert!(wrong.is_empty(), "{wrong:#?}");
}
