//! The two conformance batteries, where they are at hand.

use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value as Json;
use tandem_detect::{Engine, RuleSet};
use tandem_domain::event::EventBatch;

use crate::records::{logsource, push};

/// The folder with real data: `TANDEM_DATA`, or `shared/data` beside the workspace.
pub fn data_folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("TANDEM_DATA").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

fn cases(name: &str) -> Option<Vec<Json>> {
    let path = data_folder().map(|folder| folder.join(name)).filter(|path| path.is_file());
    let Some(path) = path else {
        println!("skipped: no {name}; set TANDEM_DATA to the folder that holds it");
        return None;
    };
    let text = std::fs::read_to_string(path).unwrap();
    Some(text.lines().filter(|line| !line.trim().is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect())
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
    let Some(cases) = cases("sigma_conformance.jsonl") else { return };
    let mut failures = Vec::new();
    for case in &cases {
        let outcome = single(case);
        let right = match (&case["expect"], &outcome) {
            (Json::Bool(expected), Ok(matched)) => expected == matched,
            (Json::String(expected), Err(_)) => expected == "reject",
            _ => false,
        };
        if !right {
            failures.push(format!("{}: expected {}, got {outcome:?}", case["name"], case["expect"]));
        }
    }
    println!("single events: {} of {}", cases.len() - failures.len(), cases.len());
    assert!(failures.is_empty(), "{failures:#?}");
}
