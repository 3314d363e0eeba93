//! Rules: whether they mean what they should, and how fast all of SigmaHQ's are matched on one core, with how much memory, on
//! real Windows event logs and on the logs of a simulated company, beside the strongest open engine in the same run.
//!
//! Each engine reads flat NDJSON from a file, a line at a time, in a process of its own: what it takes in memory is the rules,
//! the engine and one batch.

mod corpus;
mod fields;
mod flat;
mod judged;
mod measure;
#[cfg(feature = "oracle")]
mod oracle;
mod pack;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};
use tandem_detect::conformance::{Regression, Tally};

use crate::place;
use crate::sigma::unpacked;
use flat::FlatFile;
use measure::{Apart, Measured, Whose, apart};

/// Every figure, in the order they are written; one that could not be measured is null.
const FIGURES: [&str; 29] = [
    "rules_loaded",
    "rules_invalid",
    "rules_load_s",
    "rules_events",
    "rules_matches",
    "rules_events_per_s_core",
    "rules_scan_events_per_s_core",
    "peak_mib",
    "rsigma_load_s",
    "rsigma_events_per_s_core",
    "rsigma_peak_mib",
    "ratio_to_rsigma",
    "generated_events",
    "generated_matches",
    "generated_events_per_s_core",
    "generated_scan_events_per_s_core",
    "generated_peak_mib",
    "generated_rsigma_events_per_s_core",
    "generated_rsigma_peak_mib",
    "generated_ratio_to_rsigma",
    "conformance_passed",
    "conformance_total",
    "correlation_passed",
    "correlation_total",
    "regression_passed",
    "regression_total",
    "regression_counts_exact",
    "regression_counts_stated",
    "regression_other_matches",
];

/// Arguments of `tandem-bench rules`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with the data packs [default: $TANDEM_DATA or ../shared/data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Events of the simulated company
    #[arg(long, default_value_t = 1_000_000)]
    generated: u64,
    #[command(flatten)]
    apart: Apart,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<()> {
    if let Some(file) = &args.apart.measure {
        let (Some(rules), Some(whose)) = (&args.apart.rules, args.apart.engine) else {
            bail!("--measure needs --rules and --engine");
        };
        return measure::run(whose, file, rules);
    }
    let data = place::data(args.data.as_ref());
    let folder = place::figures_folder()?;
    let mut figures = Figures::new();
    figures.tally(
        "conformance",
        judged::SINGLE,
        judged::conformance(&data)?.as_ref(),
    );
    figures.tally(
        "correlation",
        judged::SEVERAL,
        judged::correlation(&data)?.as_ref(),
    );
    let Some(rules) = unpacked(&data, &folder)? else {
        let archive = data.join(judged::REGRESSION);
        println!(
            "skipped: SigmaHQ's rules and regression records; no {}.tar.xz",
            archive.display()
        );
        return place::write_figures("rules", &figures.0);
    };
    if let Some(all) = judged::regression(&data, &rules)? {
        figures.regression(&all);
    }
    let scratch = tempfile::tempdir_in(&folder)?;
    match corpus::packs(&data, scratch.path().join("packs"))? {
        Some(file) => {
            let (own, theirs) = both(&file, &rules)?;
            figures.packs(&file, &own, theirs.as_ref());
        }
        None => println!(
            "skipped: Windows event logs of the packs; no siem_evtx_attack_samples.tar.xz in {}",
            data.display()
        ),
    }
    let file = corpus::generated(&folder, scratch.path().join("generated"), args.generated)?;
    if file.events < args.generated {
        println!("the simulated company wrote {} events only", file.events);
    }
    let (own, theirs) = both(&file, &rules)?;
    figures.generated(&file, &own, theirs.as_ref());
    place::write_figures("rules", &figures.0)
}

/// Both engines on one file; only ours where the other is not built in.
fn both(file: &FlatFile, rules: &Path) -> Result<(Measured, Option<Measured>)> {
    let own = apart(Whose::Tandem, file, rules)?;
    let theirs = cfg!(feature = "oracle").then(|| apart(Whose::Rsigma, file, rules));
    Ok((own, theirs.transpose()?))
}

/// Path and text of every rule of a folder.
fn rule_texts(folder: &Path) -> Result<Vec<(String, String)>> {
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

/// Flat figures, printed as they come.
struct Figures(Map<String, Value>);

impl Figures {
    fn new() -> Self {
        Self(
            FIGURES
                .map(|name| (name.to_owned(), Value::Null))
                .into_iter()
                .collect(),
        )
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        debug_assert!(FIGURES.contains(&name), "{name} is in no list");
        self.0.insert(name.to_owned(), value.into());
    }

    fn tally(&mut self, name: &str, file: &str, tally: Option<&Tally>) {
        let Some(tally) = tally else {
            println!("skipped: {name}; no {file} among the data packs");
            return;
        };
        println!("{name}: {} of {} cases", tally.passed(), tally.total);
        for fault in &tally.faults {
            println!("  {fault}");
        }
        self.set(&format!("{name}_passed"), tally.passed());
        self.set(&format!("{name}_total"), tally.total);
    }

    fn regression(&mut self, all: &Regression) {
        println!(
            "regression: {} of {} records matched by their rule, {} of {} stated counts exact, {} other matches",
            all.found, all.pairs, all.exact, all.stated, all.other
        );
        for rule in &all.missing {
            println!("  not matched by {rule}");
        }
        self.set("regression_passed", all.found);
        self.set("regression_total", all.pairs);
        self.set("regression_counts_exact", all.exact);
        self.set("regression_counts_stated", all.stated);
        self.set("regression_other_matches", all.other);
    }

    fn packs(&mut self, file: &FlatFile, own: &Measured, theirs: Option<&Measured>) {
        say("Windows event logs of the packs", file, own, theirs);
        self.loaded(own);
        self.set("rules_events", own.events);
        self.set("rules_matches", own.matches);
        self.set("rules_events_per_s_core", own.events_per_s);
        self.set("rules_scan_events_per_s_core", own.scan_events_per_s);
        self.set("peak_mib", own.peak_mib);
        if let Some(theirs) = theirs {
            self.set("rsigma_load_s", theirs.load_s);
            self.set("rsigma_events_per_s_core", theirs.events_per_s);
            self.set("rsigma_peak_mib", theirs.peak_mib);
            self.set("ratio_to_rsigma", own.events_per_s / theirs.events_per_s);
        }
    }

    fn generated(&mut self, file: &FlatFile, own: &Measured, theirs: Option<&Measured>) {
        say("logs of a simulated company", file, own, theirs);
        self.loaded(own);
        self.set("generated_events", own.events);
        self.set("generated_matches", own.matches);
        self.set("generated_events_per_s_core", own.events_per_s);
        self.set("generated_scan_events_per_s_core", own.scan_events_per_s);
        self.set("generated_peak_mib", own.peak_mib);
        if let Some(theirs) = theirs {
            self.set("generated_rsigma_events_per_s_core", theirs.events_per_s);
            self.set("generated_rsigma_peak_mib", theirs.peak_mib);
            self.set(
                "generated_ratio_to_rsigma",
                own.events_per_s / theirs.events_per_s,
            );
        }
    }

    /// What is the same whatever is matched: the first measurement of it stays.
    fn loaded(&mut self, own: &Measured) {
        if self.0.get("rules_loaded").is_none_or(Value::is_null) {
            self.set("rules_loaded", own.loaded);
            self.set("rules_invalid", own.refused);
            self.set("rules_load_s", own.load_s);
        }
    }
}

fn say(what: &str, file: &FlatFile, own: &Measured, theirs: Option<&Measured>) {
    println!(
        "\n{what}: {} events, {:.0} bytes each as flat JSON",
        file.events, file.bytes_per_event
    );
    println!(
        "{:<14} {:>7} {:>8} {:>7} {:>10} {:>15} {:>14} {:>9}",
        "engine", "rules", "refused", "load s", "matches", "events/s a core", "matching alone", "peak MiB"
    );
    let row = |name: &str, of: &Measured| {
        let alone = match of.scan_events_per_s {
            0.0 => "-".to_owned(),
            rate => format!("{rate:.0}"),
        };
        println!(
            "{name:<14} {:>7} {:>8} {:>7.2} {:>10} {:>15.0} {alone:>14} {:>9.0}",
            of.loaded, of.refused, of.load_s, of.matches, of.events_per_s, of.peak_mib
        );
    };
    row("tandem", own);
    if let Some(theirs) = theirs {
        row("rsigma 0.23", theirs);
        println!("ratio {:.2}", own.events_per_s / theirs.events_per_s);
    }
}

#[cfg(test)]
mod tests {
    use tandem_detect::conformance::{Regression, Tally};

    use super::{FIGURES, Figures, Measured};
    use crate::rules::flat::FlatFile;

    #[test]
    fn every_figure_is_written_and_those_without_data_are_null() {
        let mut figures = Figures::new();
        figures.tally("conformance", "a file", None);
        assert!(figures.0.values().all(serde_json::Value::is_null));

        let (file, measured) = (
            FlatFile {
                path: "flat".into(),
                events: 1,
                bytes_per_event: 1.0,
            },
            Measured {
                events_per_s: 2.0,
                ..Measured::default()
            },
        );
        let tally = Tally {
            total: 2,
            faults: vec!["one".into()],
        };
        figures.tally("conformance", "", Some(&tally));
        figures.tally("correlation", "", Some(&tally));
        figures.regression(&Regression::default());
        figures.packs(&file, &measured, Some(&measured));
        figures.generated(&file, &measured, Some(&measured));
        let null: Vec<_> = figures.0.iter().filter(|(_, value)| value.is_null()).collect();
        assert!(null.is_empty(), "{null:?}");
        assert_eq!(figures.0.len(), FIGURES.len());
        assert_eq!(figures.0["conformance_passed"], 1);
        assert_eq!(figures.0["ratio_to_rsigma"], 1.0);
    }
}
