//! Behaviour analytics at a daily budget of alerts: how many insiders are among the first few people of their day, how good a
//! queue of one to five people a day is, how well p-values are calibrated, whom innocent alerts fall on, how fast it runs.
//!
//! It runs on hybrid CERT sets (a real organisation and real malicious rows, benign rows resampled), on companies of `tandem
//! simulate`, and on any folder or archive of CERT's layout.
//!
//! The rules of the game: days are scored in calendar order with the state of earlier days; the first 90 days (of simulated
//! companies those before the first story may begin) are not judged; people are ranked among those active that day; the
//! organisation's file of a month is readable from the month after; labels are parsed when the scores exist, by the metrics
//! alone. [`leaks`] checks that.

mod cold;
mod crowd;
mod data;
mod docs;
mod export;
mod leaks;
mod metrics;
mod ranking;
mod report;
mod scoring;
mod simple;
mod tables;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};
use tandem_baseline::Settings;
use tandem_sim::Plan;
use xxhash_rust::xxh3::xxh3_64;

use self::data::labels::Labels;
use self::data::shelf::Shelf;
use self::data::{DataSet, Load, Source};
use self::metrics::{Figures, Method};
use self::scoring::{Part, Scored};
use self::tables::Of;
use crate::place;

/// The set whose figures have plain names.
const MAIN: &str = "hybrid_r4.2_hard";
/// The small set on which leaks are looked for in every run.
const SMOKE: &str = "smoke50";
/// Seeds of the simulated companies.
const SEEDS: [u64; 3] = [7_001, 7_002, 7_003];

/// Arguments of `tandem-bench behaviour`.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Args {
    /// A data set of CERT's layout (folder, zip or tar), or a folder with any number of them [default: $TANDEM_DATA or ../shared/data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Only these sets, separated by commas; `simulated` names the simulated companies
    #[arg(long, value_delimiter = ',')]
    set: Vec<String>,
    /// Seeds of simulated companies [default: 7001,7002,7003, none beside --data or --set]
    #[arg(long, value_delimiter = ',')]
    seeds: Option<Vec<u64>>,
    /// People in each simulated company
    #[arg(long, default_value_t = 300)]
    people: u32,
    /// Days of each simulated company, and of the one of `--subjects`
    #[arg(long, default_value_t = 120)]
    days: u32,
    /// Parameters to try in place of the shipped ones, as JSON; figures made so are not the product's
    #[arg(long, value_name = "JSON")]
    settings: Option<String>,
    /// Look for leaks on every set, not only on the small one
    #[arg(long)]
    leaks: bool,
    /// Write features and scores of the main set there, for other methods (CSV, gzip)
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,
    /// Measure memory instead: learn a made-up company of so many people who use all sources
    #[arg(long, value_name = "PEOPLE")]
    subjects: Option<usize>,
    /// Read a state that was learned so, wait, and print the process's growth in MiB
    #[arg(long, value_name = "FILE", hide = true)]
    hold: Option<PathBuf>,
    /// Write docs/benchmarks.md from the figures
    #[arg(long)]
    docs: bool,
    /// Write docs/benchmarks.md from the figures of the last run, without running
    #[arg(long)]
    docs_only: bool,
}

/// Runs the benchmark; without data it says so and goes on with simulated companies.
pub fn run(args: &Args) -> Result<()> {
    if args.docs_only {
        return write_docs(
            &read_figures("behaviour")?.context("there are no figures yet: run the benchmark first")?,
        );
    }
    if let Some(state) = &args.hold {
        return crowd::hold(state);
    }
    let settings = match &args.settings {
        Some(json) => {
            serde_json::from_str(json).context("--settings is not valid JSON for the parameters")?
        }
        None => Settings::default(),
    };
    if let Some(people) = args.subjects {
        return crowd::run(people, args.days, &settings);
    }
    let mut run = Run {
        args,
        settings_hash: settings_hash(&settings)?,
        settings,
        all: Map::new(),
        leaks: Vec::new(),
        leaked: Vec::new(),
    };
    run.sets()?;
    run.companies()?;
    if run.all.is_empty() {
        return Ok(());
    }
    run.finish()
}

/// A number for the parameters.
fn settings_hash(settings: &Settings) -> Result<String> {
    Ok(format!(
        "{:016x}",
        xxh3_64(serde_json::to_string(settings)?.as_bytes())
    ))
}

struct Run<'a> {
    args: &'a Args,
    settings: Settings,
    settings_hash: String,
    all: Map<String, Value>,
    /// Sets that were looked at for leaks.
    leaks: Vec<String>,
    /// Outcomes: set and name of the test, passed.
    leaked: Vec<(String, bool)>,
}

impl Run<'_> {
    fn wants(&self, name: &str) -> bool {
        let asked = |set: &String| set.strip_prefix("cert_").unwrap_or(set) == name;
        self.args.set.is_empty() || self.args.set.iter().any(asked)
    }

    /// Sets on disk.
    fn sets(&mut self) -> Result<()> {
        let data = place::data(self.args.data.as_ref());
        let mut shelf = Shelf::open(&data)?;
        let usual = place::data(None);
        if shelf.organisations.is_empty() && self.args.data.is_some() && usual.is_dir() {
            // A copy without a directory may be of the organisation whose directory is known.
            shelf.organisations = Shelf::open(&usual)?.organisations;
        }
        let mut places = shelf.sets.clone();
        places.retain(|place| self.wants(&place.name()));
        // The main set comes first.
        places.sort_by_key(|place| (place.name() != MAIN, place.name() == SMOKE));
        if places.is_empty() && self.args.set.iter().all(|set| set != "simulated") {
            println!("skipped: no data set of the wanted name in {}", data.display());
        }
        for place in places {
            let name = place.name();
            let source = Source::Files(&shelf, place);
            let prefix = match name.as_str() {
                SMOKE => Some("smoke_".to_owned()),
                _ if self.all.contains_key("set") => Some(format!("{}_", slug(&name))),
                // The first set with something to judge has the plain names.
                _ => None,
            };
            self.one(&source, prefix)?;
            if self.args.leaks || name == SMOKE {
                self.look_for_leaks(&name, &source)?;
            }
        }
        Ok(())
    }

    /// Simulated companies.
    fn companies(&mut self) -> Result<()> {
        let asked = self.args.set.iter().any(|set| set == "simulated");
        let seeds = match &self.args.seeds {
            Some(seeds) => seeds.clone(),
            None if asked || self.args.data.is_none() && self.args.set.is_empty() => SEEDS.to_vec(),
            None => return Ok(()),
        };
        let mut pooled = Pooled::default();
        for seed in seeds {
            let scratch = tempfile::tempdir()?;
            let plan = Plan::new(self.args.people, self.args.days, seed);
            let dir = scratch.path().join("company");
            eprintln!(
                "simulating {} people over {} days, seed {seed}",
                plan.people, plan.days
            );
            tandem_sim::simulate(&plan, &dir, &mut |_| {})?;
            let source = Source::Company(dir, plan);
            let prefix = format!("sim{seed}_");
            self.one(&source, Some(prefix.clone()))?;
            pooled.add(&self.all, &prefix);
            if self.args.leaks {
                self.look_for_leaks(&format!("simulated seed {seed}"), &source)?;
            }
        }
        pooled.figures(&mut self.all);
        if let Some(table) = docs::pooled(&self.all) {
            println!("\nsimulated companies together\n{}", report::text(&table));
        }
        Ok(())
    }

    /// Scores and judges one set. Without a prefix it becomes the main set if there is something to judge.
    fn one(&mut self, source: &Source<'_>, prefix: Option<String>) -> Result<()> {
        let judged = judge(source, &self.settings)?;
        let Judged { set, labels, .. } = &judged;
        let Some(figures) = &judged.figures else {
            println!(
                "\nskipped: {} spans {} days, of which the first {} are not judged",
                set.name,
                set.activity.days.len(),
                set.warm_up
            );
            set.notes().iter().for_each(|note| println!("note: {note}"));
            return Ok(());
        };
        let main = prefix.is_none() && !labels.visible.is_empty();
        let prefix = match prefix {
            _ if main => String::new(),
            Some(prefix) => prefix,
            None => format!("{}_", slug(&set.name)),
        };
        for (name, value) in &figures.0 {
            self.all.insert(format!("{prefix}{name}"), value.clone());
        }
        self.all
            .insert(format!("{prefix}set"), Value::from(set.name.clone()));
        self.all
            .insert(format!("{prefix}kind"), Value::from(set.kind.words()));
        let of = Of {
            all: &self.all,
            prefix: &prefix,
        };
        report::print(set, labels, &judged.worst, of);
        if let Some(file) = self
            .args
            .export
            .as_ref()
            .filter(|_| main || self.args.set.len() == 1)
        {
            let z_max = export::z_max(&judged.methods).context("no z-scores")?;
            export::write(file, set, &judged.scored, z_max, labels)?;
            self.all.insert("exported".into(), Value::from(prefix));
        }
        Ok(())
    }

    fn look_for_leaks(&mut self, name: &str, source: &Source<'_>) -> Result<()> {
        eprintln!("{name}: looking for leaks");
        let leaks = leaks::check(source, &self.settings)?;
        report::leaks(name, &leaks);
        self.leaks.push(name.to_owned());
        let outcomes = leaks
            .iter()
            .map(|leak| (format!("{} on {name}", leak.name), leak.passed()));
        self.leaked.extend(outcomes);
        Ok(())
    }

    /// Writes everything; fails if there was a leak.
    fn finish(mut self) -> Result<()> {
        self.all
            .insert("settings_hash".into(), Value::from(self.settings_hash.clone()));
        let failed: Vec<&str> = self
            .leaked
            .iter()
            .filter(|(_, passed)| !passed)
            .map(|(name, _)| name.as_str())
            .collect();
        if !self.leaks.is_empty() {
            self.all
                .insert("leaks_sets".into(), Value::from(self.leaks.join(", ")));
            self.all.insert(
                "leaks_passed".into(),
                Value::from(self.leaked.len() - failed.len()),
            );
            self.all.insert("leaks_failed".into(), Value::from(failed.len()));
        }
        println!("\nparameters: {}", self.settings_hash);
        place::write_figures("behaviour", &self.all)?;
        ensure!(
            failed.is_empty(),
            "scores know what they should not: {}",
            failed.join(", ")
        );
        if self.args.docs {
            write_docs(&self.all)?;
        }
        Ok(())
    }
}

/// One set, scored and judged.
pub struct Judged {
    set: DataSet,
    labels: Labels,
    scored: Scored,
    methods: Vec<Method>,
    /// None if there is no day to judge.
    figures: Option<Figures>,
    worst: Vec<metrics::Worst>,
}

/// Scores a set and, when all scores exist, judges it.
fn judge(source: &Source<'_>, settings: &Settings) -> Result<Judged> {
    let set = source.load(&Load::whole())?;
    eprintln!("{}: {} events; scoring", set.name, set.activity.events);
    let scored = Scored::new(&set, settings, Part::default());
    let methods = methods(&set, &scored);
    // All scores exist; only now is the truth read.
    let labels = set.labels()?;
    let (figures, worst) = if scored.days.is_empty() {
        (None, Vec::new())
    } else {
        let (mut figures, worst) = metrics::figures(&methods, &scored, &set, &labels, settings);
        if !labels.visible.is_empty() {
            cold::add(&set, settings, &labels, &mut figures);
        }
        (Some(figures), worst)
    };
    Ok(Judged {
        set,
        labels,
        scored,
        methods,
        figures,
        worst,
    })
}

fn methods(set: &DataSet, scored: &Scored) -> Vec<Method> {
    let (activity, first) = (&set.activity, set.first_judged());
    let by = |prefix, by: fn(&tandem_baseline::DayScore) -> f64| Method::new(prefix, scored.ranking(by));
    vec![
        Method::new("", scored.own_ranking()),
        by("p_", |score| -score.p),
        by("distance_", |score| score.parts.distance),
        by("own_distance_", |score| score.parts.own_distance),
        by("harmonic_", |score| -score.parts.harmonic_p),
        Method::new("zmax_", simple::z_max(activity, first, &BTreeMap::new())),
        Method::new("random_", simple::random(activity, first)),
    ]
}

/// Insiders of several companies together.
#[derive(Default)]
struct Pooled {
    companies: usize,
    insiders: f64,
    found: BTreeMap<String, f64>,
}

impl Pooled {
    fn add(&mut self, all: &Map<String, Value>, prefix: &str) {
        let of = Of { all, prefix };
        let Some(insiders) = of.get("insiders").filter(|insiders| *insiders > 0.0) else {
            return;
        };
        self.companies += 1;
        self.insiders += insiders;
        for method in ["", "zmax_", "random_"] {
            for k in metrics::PLACES {
                let name = format!("{method}r_at_{k}");
                let found = of.get(&name).unwrap_or(0.0) * insiders;
                *self.found.entry(name).or_default() += found.round();
            }
        }
    }

    fn figures(&self, all: &mut Map<String, Value>) {
        if self.companies < 2 {
            return;
        }
        let mut figures = Figures::default();
        figures.add("insiders", self.insiders);
        for (name, found) in &self.found {
            metrics::share(name, *found as usize, self.insiders as usize, &mut figures);
        }
        all.extend(
            figures
                .0
                .into_iter()
                .map(|(name, value)| (format!("sim_{name}"), value)),
        );
    }
}

/// A name that can stand before the names of figures.
fn slug(name: &str) -> String {
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '.' {
            c
        } else {
            '_'
        }
    };
    name.chars().map(plain).collect()
}

fn read_figures(name: &str) -> Result<Option<Map<String, Value>>> {
    let file = place::figures_folder()?.join(format!("{name}.json"));
    if !file.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    Ok(Some(
        serde_json::from_str(&text).with_context(|| format!("reading {}", file.display()))?,
    ))
}

fn write_docs(figures: &Map<String, Value>) -> Result<()> {
    let root: &Path = &place::root();
    docs::write(root, figures, read_figures("behaviour-peers")?.as_ref())
}
