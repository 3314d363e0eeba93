//! The whole pipeline as `tandem ingest` runs it, in a process of its own, so that its memory is its own.

use std::ffi::OsStr;
use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tandem_domain::Day;
use tandem_server::App;
use tandem_server::pipeline::analyse::State;
use tandem_server::pipeline::{IngestOptions, analyse, ingest};

use crate::again;
use crate::clock::Watch;
use crate::company::Company;
use crate::size::peak_mib;

/// Figures of one whole run.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Whole {
    /// Events stored.
    pub events: u64,
    /// Decompressed bytes read.
    pub bytes: u64,
    /// Rules loaded.
    pub rules: u64,
    /// Processor seconds of reading, detecting, storing.
    pub ingest_s: f64,
    /// The same, elapsed.
    pub ingest_elapsed_s: f64,
    /// Days analysed.
    pub days: u64,
    /// Processor seconds of learning and scoring.
    pub analyse_s: f64,
    /// Largest resident size after reading, MiB.
    pub ingest_peak_mib: f64,
    /// Largest resident size after the analysis, MiB.
    pub peak_mib: f64,
    /// Bytes of behaviour state per subject.
    pub profile_bytes: f64,
}

/// Starts this program again for one company and reads its figures.
pub fn measure(company: &Company, rules: Option<&Path>, source: Option<&str>) -> Result<Whole> {
    let mut args = vec!["pipeline".as_ref(), "--run-one".as_ref(), company.dir.as_os_str()];
    if let Some(rules) = rules {
        args.extend(["--rules".as_ref(), rules.as_os_str()]);
    }
    if let Some(source) = source {
        args.extend(["--source", source].map(OsStr::new));
    }
    let printed = again::run(&format!("the run over {}", company.dir.display()), &args)?;
    serde_json::from_slice(&printed).context("the run's figures cannot be read")
}

/// Runs one company and prints its figures as JSON.
pub fn run_one(dir: &Path, rules: Option<&Path>, source: Option<&str>) -> Result<()> {
    let company = Company { dir: dir.to_owned() };
    let scratch = tempfile::tempdir()?;
    let config = company.settings(scratch.path(), rules)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let whole = runtime.block_on(async {
        let app = App::open(config).await?;
        let names = match source {
            Some(source) => vec![company.dir.join("logs").join(source).display().to_string()],
            None => company.inputs(),
        };
        let watch = Watch::start();
        let read = ingest(&app, &names, &IngestOptions::default(), &mut |_| {}).await?;
        let spent = watch.spent();
        let mut whole = Whole {
            events: read.events,
            bytes: read.bytes,
            rules: app.rules().rules.len() as u64,
            ingest_s: spent.processor,
            ingest_elapsed_s: spent.elapsed,
            ingest_peak_mib: peak_mib(),
            ..Whole::default()
        };
        if source.is_none() {
            let watch = Watch::start();
            whole.days = analyse(&app, None, &mut |_, _, _| {}).await?.days;
            whole.analyse_s = watch.spent().processor;
            let snapshot = app.store.snapshot_before(Day(i32::MAX)).await?;
            let state = snapshot.map(|s| State::unpack(&s.body)).transpose()?.flatten();
            whole.profile_bytes = state.map_or(0.0, |s| s.profiles.bytes_per_subject());
        }
        whole.peak_mib = peak_mib();
        anyhow::Ok(whole)
    })?;
    println!("{}", serde_json::to_string(&whole)?);
    Ok(())
}
