//! Behaviour analytics at a daily budget of alerts, on the hybrid CERT sets (a real organisation and real malicious rows,
//! benign rows resampled): how many insiders are among the first few people of their day, how good a queue of one to five
//! people a day is, how well p-values are calibrated, how fast it runs.
//!
//! The rules of the game: days are scored in calendar order with the state of earlier days; 90 days of warm-up are not judged;
//! people are ranked among those active that day; the organisation's file of a month is readable from the month after; labels
//! are parsed after the last score exists, by the metrics alone.

mod cert;
mod labels;
mod metrics;
mod organisation;
pub(crate) mod pack;
mod ranking;
mod report;
mod scoring;
mod simple;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Map, Value};
use tandem_baseline::Settings;

use self::labels::Labels;
use self::metrics::{Figures, Method};
use self::organisation::Organisation;
use self::scoring::Scored;
use crate::place;

/// The sets, and the prefix of their figures' names.
const SETS: [(&str, &str); 2] = [("hybrid_r4.2_hard", ""), ("smoke50", "smoke_")];

/// Arguments of `tandem-bench behaviour`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder with the data packs, as archives or unpacked [default: $TANDEM_DATA or ../shared/data]
    #[arg(long)]
    data: Option<PathBuf>,
    /// Only this set
    #[arg(long, value_parser = ["hybrid_r4.2_hard", "smoke50"])]
    set: Option<String>,
    /// Parameters to try in place of the shipped ones, as JSON; figures made so are not the product's
    #[arg(long, value_name = "JSON")]
    settings: Option<String>,
}

/// Runs the benchmark; without data it says so and succeeds.
pub fn run(args: &Args) -> Result<()> {
    let data = place::data(args.data.as_ref());
    let settings = match &args.settings {
        Some(json) => {
            serde_json::from_str(json).context("--settings is not valid JSON for the parameters")?
        }
        None => Settings::default(),
    };
    let mut all = Map::new();
    for (set, prefix) in SETS {
        if args.set.as_ref().is_some_and(|only| only != set) {
            continue;
        }
        let Some(figures) = one_set(&data, set, &settings)? else {
            println!("skipped: no data pack {set} in {}", data.display());
            continue;
        };
        all.extend(
            figures
                .0
                .into_iter()
                .map(|(name, value)| (format!("{prefix}{name}"), Value::from(value))),
        );
    }
    if all.is_empty() {
        return Ok(());
    }
    place::write_figures("behaviour", &all)
}

fn one_set(data: &Path, set: &str, settings: &Settings) -> Result<Option<Figures>> {
    let archive = format!("cert_{set}");
    let wanted = |name: &str| cert::is_log(name) || labels::is_labels(name);
    let Some(pack) = pack::open(data, set, &archive, wanted)? else {
        return Ok(None);
    };
    let people = "cert_r4.2_org_and_head_logs";
    let organisation = match pack::open(data, "r4.2_ldap_full_logs_head", people, organisation::is_month)? {
        Some(pack) => Organisation::read(&pack)?,
        None => {
            eprintln!("no data pack {people}: everybody is one peer group");
            Organisation::default()
        }
    };
    eprintln!("{set}: reading");
    let activity = cert::read(&pack)?;
    eprintln!("{set}: {} events; scoring", activity.events);
    let scored = Scored::new(&activity, &organisation, settings.clone());
    let methods = [
        Method::new("", "Tandem", scored.ranking(|score| score.order)),
        Method::new("p_", "  by p alone", scored.ranking(|score| -score.p)),
        Method::new(
            "distance_",
            "  distance alone",
            scored.ranking(|score| score.parts.distance),
        ),
        Method::new(
            "own_distance_",
            "  own distance alone",
            scored.ranking(|score| score.parts.own_distance),
        ),
        Method::new(
            "harmonic_",
            "  harmonic mean alone",
            scored.ranking(|score| -score.parts.harmonic_p),
        ),
        Method::new(
            "zmax_",
            "largest own z-score",
            simple::z_max(&activity, scored.first_judged),
        ),
        Method::new(
            "random_",
            "random",
            simple::random(&activity, scored.first_judged),
        ),
    ];
    // All scores exist; only now is the truth read.
    let labels = Labels::read(&pack)?;
    let figures = metrics::figures(&methods, &scored, &labels);
    report::print(set, &methods, &figures);
    Ok(Some(figures))
}
