//! Planted stories through the whole pipeline: is every one in the queue in time, and which innocents are there too?
//!
//! A company is simulated from a seed, its raw logs and people files are ingested and analysed exactly as `tandem ingest`
//! does it, and only then the ground truth is read. A story is found if an alert about its person was raised from its first
//! act to at the latest two working days after its harm was complete, and rests on evidence from a day of the story.

mod judge;
mod report;

use std::path::Path;

use anyhow::{Result, ensure};
use serde_json::Map;
use tandem_server::App;
use tandem_server::pipeline::{IngestOptions, analyse, ingest};
use tandem_sim::Plan;

pub use self::judge::{Judgement, judge};
use crate::company::Company;
use crate::place;

/// Arguments of `tandem-bench scenarios`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Seeds of the companies, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "3001,3002,3003")]
    seeds: Vec<u64>,
    /// People in each company
    #[arg(long, default_value_t = 300)]
    people: u32,
    /// Days simulated
    #[arg(long, default_value_t = 120)]
    days: u32,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<()> {
    let mut judged = Vec::new();
    for seed in &args.seeds {
        eprintln!("seed {seed}: {} people, {} days", args.people, args.days);
        let plan = Plan::new(args.people, args.days, *seed);
        let judgement = of_plan(&plan)?;
        report::seed(*seed, &judgement);
        judged.push(judgement);
    }
    let mut figures = Map::new();
    report::all(&judged, &mut figures);
    place::write_figures("scenarios", &figures)
}

/// Simulates, ingests, analyses and judges one company.
pub fn of_plan(plan: &Plan) -> Result<Judgement> {
    let scratch = tempfile::tempdir()?;
    let dir = scratch.path().join("company");
    tandem_sim::simulate(plan, &dir, &mut |_| {})?;
    runtime()?.block_on(async {
        let app = analysed(&Company { dir: dir.clone() }, &scratch.path().join("data")).await?;
        judge(&app, &dir).await
    })
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// A Tandem that keeps its data in `data` and has read and analysed the company.
async fn analysed(company: &Company, data: &Path) -> Result<App> {
    let app = App::open(company.settings(data, None)?).await?;
    read_and_analyse(&app, &company.inputs()).await?;
    Ok(app)
}

/// Reads and analyses everything; every record must be accounted for.
async fn read_and_analyse(app: &App, inputs: &[String]) -> Result<()> {
    let read = ingest(app, inputs, &IngestOptions::default(), &mut |_| {}).await?;
    let accounted = read.events + read.rejects + read.duplicates + read.people_rows + read.people_known;
    ensure!(read.records == accounted, "records are unaccounted for: {read:?}");
    analyse(app, None, &mut |_, _, _| {}).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tandem_store::AlertFilter;

    use super::*;

    /// Label-blind: every alert with its score, word for word.
    #[test]
    fn the_ground_truth_changes_nothing() {
        let scratch = tempfile::tempdir().unwrap();
        let company = Company {
            dir: scratch.path().join("company"),
        };
        tandem_sim::simulate(&Plan::new(60, 45, 40_002), &company.dir, &mut |_| {}).unwrap();
        let alerts = |data: &Path| {
            runtime().unwrap().block_on(async {
                let app = analysed(&company, data).await.unwrap();
                let all = AlertFilter {
                    limit: 10_000,
                    ..AlertFilter::default()
                };
                let rows = app.store.alerts(&all).await.unwrap();
                rows.into_iter().map(|row| row.alert).collect::<Vec<_>>()
            })
        };
        let (with, without) = (scratch.path().join("with"), scratch.path().join("without"));
        let with_truth = alerts(&with);
        fs::remove_file(company.dir.join("truth.json")).unwrap();
        // Without the key the same people would have other pseudonyms.
        fs::create_dir(&without).unwrap();
        fs::copy(with.join("pseudonym.key"), without.join("pseudonym.key")).unwrap();
        assert!(!with_truth.is_empty(), "without alerts this means nothing");
        assert_eq!(with_truth, alerts(&without));
    }

    /// One whole company, its stories and its innocents. The seed was never looked at while rules, weights or thresholds
    /// were made.
    #[test]
    fn every_planted_story_is_in_the_queue_in_time() {
        let judgement = of_plan(&Plan::new(300, 120, 40_001)).unwrap();
        report::seed(40_001, &judgement);
        let missed: Vec<_> = judgement
            .stories
            .iter()
            .filter(|s| !s.found())
            .map(|s| &s.story.id)
            .collect();
        assert!(
            judgement.stories.len() >= 8,
            "{} stories",
            judgement.stories.len()
        );
        assert!(missed.is_empty(), "not in the queue in time: {missed:?}");
        // The queue keeps to its budget: 8 a day and 1,000 subjects, and no more than one day's worth carried over.
        let budget = 8.0 * judgement.subjects as f64 / 1_000.0 * f64::from(judgement.days + 1);
        assert!(
            (judgement.alerts as f64) <= budget,
            "{} alerts, budget {budget}",
            judgement.alerts
        );
        // People of stories are few; they must be far above their share of the queue.
        let share = judgement.about_stories as f64 / judgement.alerts as f64;
        let chance = judgement.stories.len() as f64 / judgement.subjects as f64;
        assert!(share >= 3.0 * chance, "share {share:.2}, by chance {chance:.2}");
    }
}
