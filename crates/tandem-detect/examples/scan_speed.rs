//! How fast rules are matched: `scan_speed RULES RECORDS [ROUNDS]`.
//!
//! RULES is a folder of Sigma rules, RECORDS a file or folder of Windows event log records as JSON (as `evtx_dump` writes
//! them, one after the other). Only the scan is timed: records are read into batches before.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "../tests/it/winlog.rs"]
mod winlog;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use tandem_detect::{Engine, RuleSet};
use tandem_domain::event::EventBatch;

/// Events in one batch, about what a collector closes a batch with.
const BATCH: usize = 4_096;

fn files(path: &Path, ends: &[&str]) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    let wanted =
        |path: &PathBuf| path.is_dir() || ends.iter().any(|end| path.to_string_lossy().ends_with(end));
    entries
        .iter()
        .filter(|path| wanted(path))
        .flat_map(|path| files(path, ends))
        .collect()
}

/// Processor seconds this process has used, where `/proc` tells (Linux; ticks of 10 ms).
fn processor_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = text.rsplit(')').next().unwrap_or_default();
    let ticks: Vec<f64> = after_name
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|field| field.parse().ok())
        .collect();
    ticks.iter().sum::<f64>() / 100.0
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (Some(rules), Some(records)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: scan_speed RULES RECORDS [ROUNDS]");
        std::process::exit(2);
    };
    let rounds: usize = arguments.next().map_or(10, |text| text.parse().unwrap());
    let texts: Vec<(String, String)> = files(Path::new(&rules), &[".yml", ".yaml"])
        .into_iter()
        .map(|path| {
            (
                path.to_string_lossy().into_owned(),
                std::fs::read_to_string(path).unwrap(),
            )
        })
        .collect();
    let start = Instant::now();
    let (set, errors) = RuleSet::load(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let loaded = start.elapsed();
    let mut engine = Engine::new(Arc::new(set));
    println!(
        "rules: {} loaded, {} refused; load {loaded:?}, link {:?}",
        engine.rules().len(),
        errors.len(),
        start.elapsed().checked_sub(loaded).unwrap()
    );

    let mut batches = vec![EventBatch::new("windows")];
    let mut bytes = 0;
    for path in files(Path::new(&records), &[".json", ".jsonl"]) {
        let text = std::fs::read_to_string(path).unwrap();
        bytes += text.len();
        let text = text.trim_start_matches('\u{feff}');
        for record in serde_json::Deserializer::from_str(text).into_iter::<serde_json::Value>() {
            if batches.last().unwrap().len() >= BATCH {
                batches.push(EventBatch::new("windows"));
            }
            winlog::push(batches.last_mut().unwrap(), &record.unwrap());
        }
    }
    let events: usize = batches.iter().map(EventBatch::len).sum();
    let text: usize = batches.iter().map(EventBatch::text_bytes).sum();
    println!(
        "records: {events} in {} batches, {bytes} bytes of JSON, {text} of text",
        batches.len()
    );

    let mut matches = 0_usize;
    let cold = Instant::now();
    for batch in &batches {
        engine.scan(batch, &mut |_, _| matches += 1);
    }
    println!(
        "first round, with compiling buckets: {:?}, {matches} matches",
        cold.elapsed()
    );
    let before = engine.coverage().evaluated;
    let mut best = f64::MAX;
    let (all, processor) = (Instant::now(), processor_seconds());
    for _ in 0..rounds {
        let start = Instant::now();
        for batch in &batches {
            engine.scan(batch, &mut |_, _| matches += 1);
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let mean = all.elapsed().as_secs_f64() / rounds as f64;
    let processor = (processor_seconds() - processor) / rounds as f64;
    let evaluated = (engine.coverage().evaluated - before) as f64 / (events * rounds) as f64;
    println!(
        "{rounds} rounds: mean {:.0} events/s, best {:.0} events/s; {:.0} events per processor second",
        events as f64 / mean,
        events as f64 / best,
        events as f64 / processor
    );
    println!("rules evaluated per event after the prefilter: {evaluated:.1}");
    if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
        status
            .lines()
            .filter(|line| line.starts_with("VmHWM") || line.starts_with("VmRSS"))
            .for_each(|line| println!("{line}"));
    }
}
