//! SigmaHQ's rules and regression records, where they are at hand.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::Value as Json;
use tandem_detect::conformance::{Regression, Stated};
use tandem_detect::{Engine, RuleSet};
use tandem_domain::event::EventBatch;

use crate::{conformance, winlog};

/// Unpacks an archive once into the build's own folder.
fn unpacked(archive: &Path, name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("packs")
        .join(name);
    if !folder.join(".done").exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let status = Command::new("tar")
            .arg("xf")
            .arg(archive)
            .arg("-C")
            .arg(&folder)
            .status()
            .unwrap();
        assert!(status.success(), "tar could not unpack {}", archive.display());
        std::fs::write(folder.join(".done"), "").unwrap();
    }
    folder
}

/// The folder of the regression pack, with SigmaHQ's rules unpacked beside it.
pub fn pack() -> Option<PathBuf> {
    static ONCE: std::sync::OnceLock<Option<PathBuf>> = std::sync::OnceLock::new();
    let found = ONCE.get_or_init(|| {
        let archive = conformance::data_folder()?.join("siem_sigma_regression.tar.xz");
        archive.is_file().then(|| {
            let pack = unpacked(&archive, "siem_sigma_regression");
            let rules = files(&pack, ".tar.gz").into_iter().next().unwrap();
            unpacked(&rules, "sigmahq");
            pack
        })
    });
    if found.is_none() {
        println!("skipped: no siem_sigma_regression.tar.xz; set TANDEM_DATA to the folder that holds it");
    }
    found.clone()
}

/// All files below a folder whose name ends so, sorted.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.to_string_lossy().ends_with(end) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Path and text of every rule of SigmaHQ's, once [`pack`] has unpacked them.
pub fn sigmahq_files() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("packs/sigmahq");
    files(&folder, ".yml")
        .into_iter()
        .map(|path| {
            (
                path.to_string_lossy().into_owned(),
                std::fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// The events of a regression record.
fn record(path: &Path) -> EventBatch {
    let mut batch = EventBatch::new("evtx");
    let text = std::fs::read_to_string(path).unwrap();
    for record in serde_json::Deserializer::from_str(text.trim_start_matches('\u{feff}')).into_iter::<Json>()
    {
        winlog::push(&mut batch, &record.unwrap());
    }
    batch
}

/// The events of every regression record.
pub fn records(pack: &Path) -> Vec<EventBatch> {
    files(pack, ".json").iter().map(|path| record(path)).collect()
}

fn sigmahq() -> (RuleSet, Vec<tandem_detect::RuleError>) {
    let texts = sigmahq_files();
    RuleSet::load(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())))
}

#[test]
fn every_sigmahq_rule_loads_unless_it_needs_a_list() {
    if pack().is_none() {
        return;
    }
    let (rules, errors) = sigmahq();
    let other: Vec<_> = errors
        .iter()
        .filter(|error| !error.reason.contains("placeholder"))
        .collect();
    println!(
        "SigmaHQ: {} loaded, {} need a list, {} refused",
        rules.len(),
        errors.len() - other.len(),
        other.len()
    );
    assert!(other.is_empty(), "{other:#?}");
    assert!(rules.len() > 3_700);
}

#[test]
fn every_regression_record_is_matched_by_its_rule() {
    let Some(pack) = pack() else { return };
    let (rules, _) = sigmahq();
    let mut engine = Engine::new(Arc::new(rules));
    let mut all = Regression::default();
    for path in files(&pack, ".json") {
        let info = std::fs::read_to_string(path.with_file_name("info.yml")).unwrap();
        let stated = Stated::of_info(&info).unwrap();
        let batch = record(&path);
        same_as_plain_reading(&mut engine, &batch);
        all.judge(&mut engine, &stated, &batch);
    }
    println!(
        "regression: {} of {} found, {} of {} counts exact, {} extra pairs",
        all.found, all.pairs, all.exact, all.stated, all.other
    );
    assert!(all.missing.is_empty(), "{:#?}", all.missing);
    assert_eq!((all.pairs, all.stated), (202, 172));
}

/// The engine's tables must not change what matches: every rule is read plainly beside every event.
fn same_as_plain_reading(engine: &mut Engine, batch: &EventBatch) {
    let set = Arc::clone(engine.rules());
    let mut fast = Vec::new();
    engine.scan(batch, &mut |event, rule| fast.push((event, rule.0)));
    let mut plain = Vec::new();
    for (index, event) in batch.iter().enumerate() {
        for (at, rule) in set.rules().iter().enumerate() {
            let meant =
                |wanted: &tandem_domain::LogSource| event.logsources().any(|source| wanted.covers(source));
            if rule.logsource.as_ref().is_some_and(meant) && tandem_detect::matches(rule, event) {
                plain.push((index, at as u32));
            }
        }
    }
    assert_eq!(fast, plain);
}
