//! Features and scores of every person-day as a table, for methods that are written in other languages.
//!
//! One gzip file of comma-separated values: `day`, `person` (a number), `judged`, the features (daily counts in and outside
//! office hours by action, and distinct computers), Tandem's `tandem_order` and `tandem_p`, the z-score `zmax`, and for the
//! metrics alone `visible` (malicious and observable), `scenario` and `odd` (an innocent made to look odd).

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use tandem_baseline::Action;
use tandem_domain::Day;

use super::data::DataSet;
use super::data::labels::Labels;
use super::metrics::Method;
use super::ranking::Ranking;
use super::scoring::Scored;
use super::simple;

/// Writes the table.
pub fn write(file: &Path, set: &DataSet, scored: &Scored, z_max: &Ranking, labels: &Labels) -> Result<()> {
    let out = File::create(file).with_context(|| format!("writing {}", file.display()))?;
    let mut out = BufWriter::new(GzEncoder::new(out, Compression::fast()));
    let used: BTreeSet<usize> = set
        .activity
        .days
        .iter()
        .flat_map(|(day, people)| {
            people
                .values()
                .flat_map(|activity| simple::features(*day, activity).into_keys())
        })
        .collect();
    let names: Vec<String> = used.iter().map(|feature| name(*feature)).collect();
    writeln!(
        out,
        "day,person,judged,{},tandem_order,tandem_p,zmax,visible,scenario,odd",
        names.join(",")
    )?;
    let numbers: HashMap<&str, usize> = set
        .activity
        .people()
        .into_iter()
        .enumerate()
        .map(|(n, p)| (p, n))
        .collect();
    let mut own: BTreeMap<(Day, &str), (f64, f64)> = BTreeMap::new();
    for (day, scores) in &scored.days {
        for score in scores {
            own.insert((*day, score.subject.as_str()), (score.order, score.p));
        }
    }
    let mut z: BTreeMap<(Day, &str), f64> = BTreeMap::new();
    for (day, people) in &z_max.days {
        z.extend(
            people
                .iter()
                .map(|ranked| ((*day, ranked.person.as_str()), ranked.score)),
        );
    }
    for (day, people) in &set.activity.days {
        for (person, activity) in people {
            let features = simple::features(*day, activity);
            let cells = used
                .iter()
                .map(|feature| features.get(feature).copied().unwrap_or(0.0).to_string());
            let cells: Vec<String> = cells.collect();
            let key = (*day, person.as_str());
            let (order, p) = own.get(&key).copied().unwrap_or((0.0, 1.0));
            writeln!(
                out,
                "{},{},{},{},{order},{p},{},{},{},{}",
                day.0,
                numbers.get(person.as_str()).copied().unwrap_or_default(),
                u8::from(*day >= set.first_judged()),
                cells.join(","),
                z.get(&key).copied().unwrap_or(0.0),
                u8::from(labels.shows(person, *day)),
                labels.scenario.get(person).copied().unwrap_or(0),
                u8::from(labels.confounders.contains(person)),
            )?;
        }
    }
    out.into_inner()
        .map_err(std::io::IntoInnerError::into_error)?
        .finish()?;
    eprintln!("features: {}", file.display());
    Ok(())
}

fn name(feature: usize) -> String {
    match Action::ALL.get(feature / 2) {
        Some(action) if feature.is_multiple_of(2) => format!("in_{}", action.as_str()),
        Some(action) => format!("out_{}", action.as_str()),
        None => "hosts".to_owned(),
    }
}

/// The z-score's ranking among the methods.
pub fn z_max(methods: &[Method]) -> Option<&Ranking> {
    methods
        .iter()
        .find(|method| method.prefix == "zmax_")
        .map(|method| &method.ranking)
}
