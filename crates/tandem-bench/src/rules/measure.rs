//! One engine over one file of records, in a process of its own, so that its memory is its own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use serde::{Deserialize, Serialize};
use tandem_detect::{Engine, RuleSet};
use tandem_domain::EventBatch;

use super::flat::{FlatFile, Reader};
use super::rule_texts;
use crate::again;
use crate::clock::Watch;
use crate::size::peak_mib;

/// Events in one batch, about what a collector closes a batch with.
const BATCH: usize = 4_096;
/// Runs of each measurement; the fastest counts, as whatever else the machine does only ever adds.
const RUNS: usize = 3;
/// Processor seconds that a run takes at least, over and over the file: the machine's clock ticks a hundred times a second.
const LEAST: f64 = 2.0;

/// Whose engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Whose {
    /// Tandem's.
    Tandem,
    /// `rsigma-eval`.
    Rsigma,
}

/// What was measured.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Rules loaded.
    pub loaded: usize,
    /// Rules refused.
    pub refused: usize,
    /// Seconds from the rules' texts to an engine.
    pub load_s: f64,
    /// Events of the file.
    pub events: u64,
    /// Matches in them.
    pub matches: u64,
    /// From text to matches, events per processor second.
    pub events_per_s: f64,
    /// The same without reading; 0 where it was not measured.
    pub scan_events_per_s: f64,
    /// Largest resident size, MiB.
    pub peak_mib: f64,
}

/// Starts this program again for one engine and reads its figures.
pub fn apart(whose: Whose, file: &FlatFile, rules: &Path) -> Result<Measured> {
    let name = match whose {
        Whose::Tandem => "tandem",
        Whose::Rsigma => "rsigma",
    };
    eprintln!("{name}: {} events of {}", file.events, file.path.display());
    let engine = ["rules", "--engine", name, "--measure"].map(OsStr::new);
    let files = [file.path.as_os_str(), "--rules".as_ref(), rules.as_os_str()];
    let printed = again::run(&format!("measuring {name}"), &[&engine[..], &files].concat())?;
    serde_json::from_slice(&printed).context("the figures cannot be read")
}

/// Measures an engine and prints its figures as JSON.
pub fn run(whose: Whose, file: &Path, rules: &Path) -> Result<()> {
    let measured = match whose {
        Whose::Tandem => tandem(file, rules)?,
        #[cfg(feature = "oracle")]
        Whose::Rsigma => super::oracle::measure(file, rules)?,
        #[cfg(not(feature = "oracle"))]
        Whose::Rsigma => anyhow::bail!("this program was built without the feature `oracle`"),
    };
    println!("{}", serde_json::to_string(&measured)?);
    Ok(())
}

/// Events and matches of a pass over a file.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pass {
    /// Events.
    pub events: u64,
    /// Matches.
    pub matches: u64,
}

/// Processor seconds an event takes in the fastest of several runs, and what a pass found.
pub fn fastest(file: &Path, pass: &mut dyn FnMut(&mut Reader) -> Result<Pass>) -> Result<(f64, Pass)> {
    let mut best = f64::MAX;
    let mut found = Pass::default();
    for _ in 0..RUNS {
        let watch = Watch::start();
        let mut events = 0;
        let spent = loop {
            found = pass(&mut Reader::open(file)?)?;
            ensure!(found.events > 0, "{} holds no events", file.display());
            events += found.events;
            let spent = watch.spent().processor;
            if spent >= LEAST {
                break spent;
            }
        };
        best = best.min(spent / events as f64);
    }
    Ok((best, found))
}

fn tandem(file: &Path, rules: &Path) -> Result<Measured> {
    let texts = rule_texts(rules)?;
    let started = Instant::now();
    let (rules, errors) = RuleSet::load(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    let loaded = rules.len();
    let mut engine = Engine::new(Arc::new(rules));
    let load_s = started.elapsed().as_secs_f64();
    drop(texts);
    let mut batch = EventBatch::new("bench");
    let (whole, found) = fastest(file, &mut |reader| {
        let mut pass = Pass::default();
        while reader.fill(&mut batch, BATCH)? {
            pass.events += batch.len() as u64;
            engine.scan(&batch, &mut |_, _| pass.matches += 1);
        }
        Ok(pass)
    })?;
    let peak_mib = peak_mib();
    let (reading, _) = fastest(file, &mut |reader| {
        let mut pass = Pass::default();
        while reader.fill(&mut batch, BATCH)? {
            pass.events += batch.len() as u64;
        }
        Ok(pass)
    })?;
    Ok(Measured {
        loaded,
        refused: errors.len(),
        load_s,
        events: found.events,
        matches: found.matches,
        events_per_s: 1.0 / whole,
        scan_events_per_s: if whole > reading {
            1.0 / (whole - reading)
        } else {
            0.0
        },
        peak_mib,
    })
}

/// Arguments with which the program starts itself.
#[derive(Debug, clap::Args)]
pub struct Apart {
    /// Measures one engine on this file and prints its figures as JSON (used by the program itself)
    #[arg(long, hide = true, requires_all = ["rules", "engine"])]
    pub measure: Option<PathBuf>,
    /// With the former: the folder of rules
    #[arg(long, hide = true)]
    pub rules: Option<PathBuf>,
    /// With the former: whose engine
    #[arg(long, hide = true, value_enum)]
    pub engine: Option<Whose>,
}
