//! The two conformance batteries, where they are at hand.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;
use tandem_detect::{Correlator, Engine, RuleSet};
use tandem_domain::Timestamp;
use tandem_domain::event::EventBatch;

use crate::records::{logsource, push};

/// The folder with real data: `TANDEM_DATA`, or `shared/data` beside the workspace.
pub fn data_folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("TANDEM_DATA").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// The cases of a battery.
pub fn cases(name: &str) -> Option<Vec<Json>> {
    let path = data_folder()
        .map(|folder| folder.join(name))
        .filter(|path| path.is_file());
    let Some(path) = path else {
        println!("skipped: no {name}; set TANDEM_DATA to the folder that holds it");
        return None;
    };
    let text = std::fs::read_to_string(path).unwrap();
    Some(
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// `Ok(matched)`, or what the loader said.
fn single(case: &Json) -> Result<bool, String> {
    let (rules, errors) = RuleSet::load([("case.yml", case["rule"].as_str().unwrap())]);
    if let Some(error) = errors.first() {
        return Err(error.to_string());
    }
    let mut batch = EventBatch::new("test");
    push(&mut batch, &case["event"], &[logsource("test", "test", "")], 0);
    let mut matched = false;
    Engine::new(Arc::new(rules)).scan(&batch, &mut |_, _| matched = true);
    Ok(matched)
}

#[test]
fn single_event_battery() {
    let Some(cases) = cases("sigma_conformance.jsonl") else {
        return;
    };
    let mut failures = Vec::new();
    for case in &cases {
        let outcome = single(case);
        let right = match (&case["expect"], &outcome) {
            (Json::Bool(expected), Ok(matched)) => expected == matched,
            (Json::String(expected), Err(_)) => expected == "reject",
            _ => false,
        };
        if !right {
            failures.push(format!(
                "{}: expected {}, got {outcome:?}",
                case["name"], case["expect"]
            ));
        }
    }
    println!(
        "single events: {} of {}",
        cases.len() - failures.len(),
        cases.len()
    );
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Feeds the case's events through engine and correlator.
fn correlated(case: &Json) -> Result<bool, String> {
    let (rules, errors) = RuleSet::load([("case.yml", case["rules"].as_str().unwrap())]);
    if let Some(error) = errors.first() {
        return Err(error.to_string());
    }
    let rules = Arc::new(rules);
    let mut batch = EventBatch::new("test");
    for event in case["events"].as_array().unwrap() {
        push(
            &mut batch,
            &event["ev"],
            &[logsource("test", "test", "")],
            event["ts"].as_i64().unwrap(),
        );
    }
    let mut engine = Engine::new(Arc::clone(&rules));
    let mut matches = Vec::new();
    engine.scan(&batch, &mut |event, rule| {
        matches.push(rules.base_match(rule, batch.get(event).unwrap()).unwrap());
    });
    let found = Correlator::new(Arc::clone(&rules)).run(matches, Timestamp::from_seconds(100_000));
    let wanted = rules
        .rules()
        .iter()
        .find(|rule| rule.name.as_deref() == Some("corr"))
        .unwrap();
    Ok(found.iter().any(|found| found.rule == wanted.id))
}

#[test]
fn correlation_battery() {
    let Some(cases) = cases("sigma_correlation_conformance.jsonl") else {
        return;
    };
    let mut failures = Vec::new();
    for case in &cases {
        let outcome = correlated(case);
        if outcome.as_ref().ok() != case["expect_fires"].as_bool().as_ref() {
            failures.push(format!(
                "{}: expected {}, got {outcome:?}",
                case["name"], case["expect_fires"]
            ));
        }
    }
    println!(
        "correlations: {} of {}",
        cases.len() - failures.len(),
        cases.len()
    );
    assert!(failures.is_empty(), "{failures:#?}");
}
