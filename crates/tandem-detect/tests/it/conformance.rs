//! The two conformance batteries, where they are at hand.

use std::path::PathBuf;

use tandem_detect::conformance::{correlations, single_events};

/// The folder with real data: `TANDEM_DATA`, or `shared/data` beside the workspace.
pub fn data_folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("TANDEM_DATA").map_or_else(beside, PathBuf::from);
    folder.is_dir().then_some(folder)
}

/// The text of a battery.
pub fn battery(name: &str) -> Option<String> {
    let path = data_folder()
        .map(|folder| folder.join(name))
        .filter(|path| path.is_file());
    let Some(path) = path else {
        println!("skipped: no {name}; set TANDEM_DATA to the folder that holds it");
        return None;
    };
    Some(std::fs::read_to_string(path).unwrap())
}

#[test]
fn single_event_battery() {
    let Some(text) = battery("sigma_conformance.jsonl") else {
        return;
    };
    let tally = single_events(&text).unwrap();
    println!("single events: {} of {}", tally.passed(), tally.total);
    assert!(tally.faults.is_empty(), "{:#?}", tally.faults);
    assert!(tally.total > 0);
}

#[test]
fn correlation_battery() {
    let Some(text) = battery("sigma_correlation_conformance.jsonl") else {
        return;
    };
    let tally = correlations(&text).unwrap();
    println!("correlations: {} of {}", tally.passed(), tally.total);
    assert!(tally.faults.is_empty(), "{:#?}", tally.faults);
    assert!(tally.total > 0);
}
