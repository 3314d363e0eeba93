//! A company that does not exist, for demonstrations, drills and tests: people in departments with their working rhythms,
//! their raw logs in the formats real products write, the personnel files, innocents who look odd, and planted stories of
//! leakage, sabotage, fraud and misuse.
//!
//! [`simulate`] writes a folder:
//!
//! ```text
//! company.json            what was asked for
//! tandem.toml             settings of a Tandem for this company
//! people/people.csv       a first listing and every change, on the day it became known
//! people/facts.csv        dated facts: notices, absences, tickets, …
//! logs/SOURCE/DAY.ENDING  one file per source and UTC day; some packed with gzip, one with zstd
//! truth.json              what was planted; never read by the pipeline
//! ```
//!
//! The same [`Plan`] gives the same bytes, on every machine. Memory stays bounded: two days of lines are held at a time.

mod act;
mod calendar;
mod company;
mod dice;
mod disk;
mod hr;
mod innocents;
mod names;
mod paths;
mod plan;
mod plot;
mod rhythm;
mod routine;
mod scribe;
mod seat;
mod stories;
mod truth;

use std::fs;
use std::path::Path;

use tandem_domain::{Day, Timestamp};

use calendar::SITES;
use company::{Company, SERVICES};
use disk::Disk;
use plot::{Plant, Plot};
use scribe::{DayLog, Trace, perform};

pub use plan::{Plan, Progress, SimError, SourceTotal, Summary};
pub use truth::{BrokenRecord, DayTruth, InnocentTruth, StageTruth, StoryTruth, Truth};

/// Writes a simulated company into `out`, calling `progress` after every day.
///
/// `out` must be new, empty, or hold an earlier simulation, which is then replaced.
///
/// # Errors
/// [`SimError::Plan`] for a plan out of range, [`SimError::Occupied`] for a folder with other contents, [`SimError::Io`] if
/// something cannot be written.
pub fn simulate(plan: &Plan, out: &Path, progress: &mut dyn FnMut(Progress)) -> Result<Summary, SimError> {
    plan.check()?;
    let replaced = disk::prepare(out)?;
    save(out, disk::MARKER, &company_json(plan))?;
    save(out, disk::SETTINGS, &settings_toml(plan))?;
    let (company, plot) = set_up(plan);
    let mut log = DayLog::new(
        (company.calendar.start, company.calendar.end()),
        plot.plants.len(),
    );
    let mut disk = Disk::new(out, plan.seed, company.calendar.start, plan.days);
    // A local day can reach into the UTC days before and after it.
    for n in -1..=i32::try_from(plan.days).unwrap_or(i32::MAX) {
        let day = plan.start.plus(n);
        routine::day(&company, &mut log, day);
        beats(&company, &plot, &mut log, day);
        let over = day.plus(-1);
        disk.day(over, log.take(over))?;
        if company.calendar.covers(over) {
            let lines = disk.totals().iter().map(|t| t.lines).sum();
            progress(Progress {
                day: over,
                done: n.unsigned_abs(),
                total: plan.days,
                lines,
            });
        }
    }
    finish(&company, plot, log.traces(), disk, (out, replaced))
}

/// Founds the company, casts the plot, then lets chance act on the rest.
fn set_up(plan: &Plan) -> (Company, Plot) {
    let mut company = Company::found(plan);
    let mut plot = Plot::default();
    stories::plant(&mut company, &mut plot);
    innocents::plant(&mut company, &mut plot);
    company::live(&mut company, &plot.busy);
    (company, plot)
}

/// Performs the acts of the plot of a UTC day.
fn beats(company: &Company, plot: &Plot, log: &mut DayLog, day: Day) {
    for beat in plot.beats.get(&day).into_iter().flatten() {
        let person = company.person(beat.who);
        let (local, _) = company.calendar.local(person.site, beat.at);
        let seat = company.post(person, beat.post, local);
        log.mark(Some(beat.tag));
        perform(company, log, &seat, beat.at, &beat.act);
    }
    log.mark(None);
}

fn finish(
    company: &Company,
    plot: Plot,
    traces: &[Trace],
    disk: Disk,
    (out, replaced): (&Path, bool),
) -> Result<Summary, SimError> {
    let plan = &company.plan;
    let people = out.join("people");
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| SimError::Io { path, source }
    };
    fs::create_dir_all(&people).map_err(failed(&people))?;
    hr::write_people(company, &people.join("people.csv")).map_err(failed(&people))?;
    hr::write_facts(company, plot.facts, &people.join("facts.csv")).map_err(failed(&people))?;
    let sources = disk.totals();
    let truth = truth_of(company, &plot.plants, traces, disk.into_broken());
    let text = serde_json::to_string_pretty(&truth).map_err(|e| failed(&out.join("truth.json"))(e.into()))?;
    save(out, "truth.json", &text)?;
    Ok(Summary {
        people: company.people.len(),
        accounts: company
            .people
            .iter()
            .map(|p| 1 + usize::from(p.admin.is_some()))
            .sum::<usize>()
            + SERVICES.len(),
        span: (plan.start, company.calendar.end()),
        lines: sources.iter().map(|s| s.lines).sum(),
        bytes: sources.iter().map(|s| s.bytes).sum(),
        sources,
        stories: truth.stories.len(),
        innocents: truth.innocents.len(),
        broken: truth.broken_records.len(),
        time_zone: SITES[0].zone,
        replaced,
    })
}

fn truth_of(
    company: &Company,
    plants: &[Plant],
    traces: &[Trace],
    broken_records: Vec<BrokenRecord>,
) -> Truth {
    let mut truth = Truth {
        seed: company.plan.seed,
        stories: Vec::new(),
        innocents: Vec::new(),
        broken_records,
    };
    for (plant, trace) in plants.iter().zip(traces) {
        let person = company.person(plant.who);
        let days = days_of(plant, trace);
        let Some((threat, motive)) = plant.harm else {
            let (id, kind) = (plant.id.clone(), plant.title.to_owned());
            truth.innocents.push(InnocentTruth {
                id,
                person: person.key.clone(),
                kind,
                days,
                note: plant.note.clone(),
            });
            continue;
        };
        let mut accounts = vec![person.account.clone()];
        accounts.extend(person.admin.clone());
        accounts.extend(plant.also.iter().cloned());
        let stage = |(stage, at): &(tandem_domain::Stage, i64)| StageTruth {
            stage: *stage,
            day: Timestamp(*at).day(),
        };
        truth.stories.push(StoryTruth {
            id: plant.id.clone(),
            title: plant.title.to_owned(),
            person: person.key.clone(),
            accounts,
            threat,
            motive,
            first_act: Timestamp(trace.span.map_or(0, |s| s.0)),
            harm_complete: Timestamp(plant.complete),
            stages: plant.stages.iter().map(stage).collect(),
            days,
            note: plant.note.clone(),
        });
    }
    truth
}

/// Days with lines of a plant, and its odd days without.
fn days_of(plant: &Plant, trace: &Trace) -> Vec<DayTruth> {
    let mut all: std::collections::BTreeSet<Day> = plant.odd_days.iter().copied().collect();
    all.extend(trace.counts.keys().copied());
    let day = |day: Day| {
        let counts = trace.counts.get(&day);
        let sources = counts
            .into_iter()
            .flatten()
            .map(|(s, n)| ((*s).to_owned(), *n))
            .collect();
        DayTruth {
            day,
            events: counts.into_iter().flat_map(|c| c.values()).sum(),
            sources,
        }
    };
    all.into_iter().map(day).collect()
}

fn company_json(plan: &Plan) -> String {
    let value = serde_json::json!({
        "made_by": "tandem simulate",
        "seed": plan.seed,
        "people": plan.people,
        "days": plan.days,
        "start": plan.start.to_string(),
        "home_domain": plan.home_domain,
        "nt_domain": plan.nt_domain,
        "time_zone": SITES[0].zone,
        "sites": SITES.iter().map(|s| serde_json::json!({"name": s.name, "time_zone": s.zone, "country": s.country})).collect::<Vec<_>>(),
    });
    format!("{value:#}\n")
}

fn settings_toml(plan: &Plan) -> String {
    format!(
        "[home]\ncompany = \"Aldermoor (simulated)\"\nnt_domains = [\"{}\"]\nmail_domains = [\"{}\"]\ntime_zone = \"{}\"\n",
        plan.nt_domain, plan.home_domain, SITES[0].zone
    )
}

fn save(out: &Path, name: &str, text: &str) -> Result<(), SimError> {
    let path = out.join(name);
    fs::write(&path, text).map_err(|source| SimError::Io { path, source })
}
