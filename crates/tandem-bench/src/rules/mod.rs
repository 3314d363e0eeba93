//! How fast rules are matched: every rule of SigmaHQ's against real Windows event logs as flattened NDJSON, one thread, and the
//! same beside the strongest open engine in the same run.

mod corpus;
#[cfg(feature = "oracle")]
mod oracle;

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::{Map, json};
use tandem_detect::{Engine, RuleSet};
use tandem_domain::EventBatch;

use crate::pipeline::clock::{Watch, peak_mib};
use crate::pipeline::sigma::unpacked;
use crate::place;
use corpus::Corpus;

/// Events in one batch, about what a collector closes a batch with.
const BATCH: usize = 4_096;
/// Runs of each measurement; the fastest counts, as whatever else the machine does only ever adds.
const RUNS: usize = 3;

/// Arguments of `tandem-bench rules`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with the data packs
    #[arg(long)]
    data: Option<PathBuf>,
    /// Events matched; the records of the packs are repeated
    #[arg(long, default_value_t = 1_000_000)]
    events: usize,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<()> {
    let data = place::data(args.data.as_ref());
    let Some(folder) = unpacked(&data, &place::figures_folder()?)? else {
        println!("skipped: no siem_sigma_regression.tar.xz in {}", data.display());
        return Ok(());
    };
    let Some(corpus) = Corpus::read(&data)? else {
        println!(
            "skipped: no siem_evtx_attack_samples.tar.xz in {}",
            data.display()
        );
        return Ok(());
    };
    let texts = rule_texts(&folder)?;
    eprintln!(
        "{} records of the packs, {:.0} bytes each as flat JSON",
        corpus.lines.len(),
        corpus.bytes_per_event()
    );

    let started = Instant::now();
    let (rules, errors) = RuleSet::load(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let load_s = started.elapsed().as_secs_f64();
    let loaded = rules.len();
    let rules = Arc::new(rules);
    let rounds = args.events.div_ceil(corpus.lines.len().max(1));

    let mut figures = Map::new();
    let mut best = f64::MAX;
    let mut matches = 0;
    for run in 0..RUNS {
        eprintln!("matching, run {} of {RUNS}", run + 1);
        let watch = Watch::start();
        matches = matched(&corpus, &rules, rounds)?;
        best = best.min(watch.spent().processor);
    }
    let events = (rounds * corpus.lines.len()) as f64;
    let own = events / best;
    let peak = peak_mib();
    let scan = scan_only(&corpus, &rules, rounds)?;
    println!(
        "rules: {loaded} loaded in {load_s:.2} s, {} not (lists that nobody gave)",
        errors.len()
    );
    println!("{events:.0} events, {matches} matches");
    println!("from flat NDJSON       {own:>10.0} events/s per core");
    println!("matching alone         {scan:>10.0} events/s per core");
    println!("peak memory            {peak:>10.0} MiB");
    figures.insert("rules_events_per_s_core".into(), json!(own));
    figures.insert("rules_scan_events_per_s_core".into(), json!(scan));
    figures.insert("rules_load_s".into(), json!(load_s));
    figures.insert("rules_loaded".into(), json!(loaded));
    figures.insert("rules_invalid".into(), json!(errors.len()));
    figures.insert("peak_mib".into(), json!(peak));
    #[cfg(feature = "oracle")]
    {
        // Far fewer rounds: it is slower, and every event costs it the same.
        let theirs = oracle::events_per_s(&corpus, &texts, (rounds / 10).max(1))?;
        println!("rsigma-eval 0.23       {theirs:>10.0} events/s per core, one log source an event");
        println!("ratio                  {:>10.2}", own / theirs);
        figures.insert("rsigma_events_per_s_core".into(), json!(theirs));
        figures.insert("ratio_to_rsigma".into(), json!(own / theirs));
    }
    place::write_figures("rules", &figures)
}

fn rule_texts(folder: &std::path::Path) -> Result<Vec<(String, String)>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).with_context(|| format!("reading {}", path.display()))?;
            Ok((path.display().to_string(), text))
        })
        .collect()
}

/// Reads every line and matches it; gives back the matches.
fn matched(corpus: &Corpus, rules: &Arc<RuleSet>, rounds: usize) -> Result<u64> {
    let mut engine = Engine::new(Arc::clone(rules));
    let mut batch = EventBatch::new("windows");
    let mut matches = 0;
    for _ in 0..rounds {
        for lines in corpus.lines.chunks(BATCH) {
            batch.clear();
            for line in lines {
                line.write(&mut batch)?;
            }
            engine.scan(&batch, &mut |_, _| matches += 1);
        }
    }
    Ok(matches)
}

/// Events per processor second of matching alone, over batches that were read before.
fn scan_only(corpus: &Corpus, rules: &Arc<RuleSet>, rounds: usize) -> Result<f64> {
    let mut batches = Vec::new();
    for lines in corpus.lines.chunks(BATCH) {
        let mut batch = EventBatch::new("windows");
        for line in lines {
            line.write(&mut batch)?;
        }
        batches.push(batch);
    }
    let mut engine = Engine::new(Arc::clone(rules));
    let mut matches = 0_u64;
    let mut best = f64::MAX;
    for _ in 0..RUNS {
        let watch = Watch::start();
        for _ in 0..rounds {
            for batch in &batches {
                engine.scan(batch, &mut |_, _| matches += 1);
            }
        }
        best = best.min(watch.spent().processor);
    }
    Ok((rounds * corpus.lines.len()) as f64 / best)
}
