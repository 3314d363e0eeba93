//! How fast the pipeline runs on one core, how much memory it takes as input grows, how large the lake gets and how quickly
//! it answers.
//!
//! Throughput is counted in processor seconds of the whole process, so a figure per core is honest whether or not parts run
//! side by side and whatever else the machine does. Input is a simulated company's raw logs in their own formats.

mod queries;
mod report;
mod stages;
mod whole;
mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::Result;
use serde_json::{Map, Value};
use tandem_people::Home;
use tandem_server::content::{lists_without_people, load_rules};

use self::stages::{Measured, Parts, total};
use self::world::World;
use crate::company::Company;
use crate::place;

/// People and days of the company that throughput is measured on: many people, so that a day is as full as days are where
/// throughput matters.
const BUSY: (u32, u32) = (3_000, 6);
/// The same for memory: a company, and how long it is watched at first and then.
const SMALL: u32 = 300;
const SHORT_AND_LONG: (u32, u32) = (60, 600);
/// Sources of the company that are newline-delimited JSON.
const NDJSON: [&str; 4] = ["windows-security", "sysmon", "saas", "mail"];

/// Arguments of `tandem-bench pipeline`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with the data packs, for the community's Sigma rules [default: $TANDEM_DATA or ../shared/data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Events in the lake that is queried
    #[arg(long, default_value_t = 20_000_000)]
    events: u64,
    /// Folder of Sigma rules besides the shipped ones, instead of the data pack's
    #[arg(long)]
    rules: Option<PathBuf>,
    /// Only these parts, separated by commas: stages, whole, memory, queries
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Runs one company's folder and prints its figures as JSON (used by the program itself)
    #[arg(long, hide = true)]
    run_one: Option<PathBuf>,
    /// With the former: only this source
    #[arg(long, hide = true)]
    source: Option<String>,
}

impl Args {
    fn wants(&self, part: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| only == part)
    }
}

/// What was measured of one source.
#[derive(Debug, Clone, Copy, Default)]
pub struct BySource {
    /// Read and normalised.
    pub normalise: Measured,
    /// And written.
    pub lake: Measured,
    /// Or matched against the rules.
    pub rules: Measured,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<()> {
    if let Some(dir) = &args.run_one {
        return whole::run_one(dir, args.rules.as_deref(), args.source.as_deref());
    }
    let folder = place::figures_folder()?;
    let rules = match &args.rules {
        Some(rules) => Some(rules.clone()),
        None => crate::sigma::unpacked(&place::data(args.data.as_ref()), &folder)?,
    };
    if rules.is_none() {
        println!(
            "skipped: the community's Sigma rules are not at hand; figures are with the shipped rules only"
        );
    }
    let mut figures = Figures::default();
    if args.wants("stages") {
        stages_part(&folder, rules.as_deref(), &mut figures)?;
    }
    if args.wants("whole") {
        whole_part(&folder, rules.as_deref(), &mut figures)?;
    }
    if args.wants("memory") {
        memory_part(&folder, rules.as_deref(), &mut figures)?;
    }
    if args.wants("queries") {
        queries_part(&folder, args.events, &mut figures)?;
    }
    place::write_figures("pipeline", &figures.0)
}

/// Flat figures.
#[derive(Debug, Default)]
pub struct Figures(Map<String, Value>);

impl Figures {
    /// Sets one, with at most three decimals.
    pub fn set(&mut self, key: impl Into<String>, value: f64) {
        self.0
            .insert(key.into(), Value::from((value * 1_000.0).round() / 1_000.0));
    }
}

fn stages_part(
    folder: &std::path::Path,
    rules: Option<&std::path::Path>,
    figures: &mut Figures,
) -> Result<()> {
    let company = Company::make(folder, BUSY.0, BUSY.1)?;
    let config = company.settings(folder, rules)?;
    let watch = crate::clock::Watch::start();
    let loaded = load_rules(&config, lists_without_people(&config))?;
    let load = watch.spent().processor;
    let count = loaded.rules.len();
    figures.set("rules", count as f64);
    figures.set("rules_loaded_per_s", count as f64 / load.max(0.01));
    let home = Home {
        nt_domains: config.home.nt_domains.clone(),
        mail_domains: config.home.mail_domains.clone(),
    };
    let parts = Parts::new(loaded.rules, home)?;
    let mut sources: BTreeMap<String, BySource> = BTreeMap::new();
    for (name, files) in company.sources()? {
        eprintln!("measuring {name}");
        let one = BySource {
            normalise: parts.normalise(&files)?,
            lake: parts.to_lake(&files)?,
            rules: parts.to_rules(&files)?,
        };
        sources.insert(name, one);
    }
    report::stages(&sources, count, figures);
    Ok(())
}

fn whole_part(
    folder: &std::path::Path,
    rules: Option<&std::path::Path>,
    figures: &mut Figures,
) -> Result<()> {
    let company = Company::make(folder, BUSY.0, BUSY.1)?;
    eprintln!("the whole pipeline, every source");
    let all = whole::measure(&company, rules, None)?;
    let mut by_source = BTreeMap::new();
    for name in company.sources()?.into_keys() {
        eprintln!("the whole pipeline, {name}");
        by_source.insert(name.clone(), whole::measure(&company, rules, Some(&name))?);
    }
    report::whole(&all, &by_source, figures);
    Ok(())
}

fn memory_part(
    folder: &std::path::Path,
    rules: Option<&std::path::Path>,
    figures: &mut Figures,
) -> Result<()> {
    let short = Company::make(folder, SMALL, SHORT_AND_LONG.0)?;
    let long = Company::make(folder, SMALL, SHORT_AND_LONG.1)?;
    eprintln!("memory: {} days", SHORT_AND_LONG.0);
    let short = whole::measure(&short, rules, None)?;
    eprintln!("memory: {} days", SHORT_AND_LONG.1);
    let long = whole::measure(&long, rules, None)?;
    report::memory(&short, &long, figures);
    Ok(())
}

fn queries_part(folder: &std::path::Path, events: u64, figures: &mut Figures) -> Result<()> {
    eprintln!("writing {events} events and asking");
    let world = World {
        accounts: 1_000,
        days: 30,
    };
    let answers = queries::measure(folder, events, &world)?;
    report::queries(&answers, events, figures);
    Ok(())
}

/// The sum over the sources that are newline-delimited JSON.
fn ndjson(sources: &BTreeMap<String, BySource>, of: fn(&BySource) -> Measured) -> Measured {
    let chosen = sources.iter().filter(|(name, _)| NDJSON.contains(&name.as_str()));
    total(&chosen.map(|(name, one)| (name.clone(), of(one))).collect())
}
