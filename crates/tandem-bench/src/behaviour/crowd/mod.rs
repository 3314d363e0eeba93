//! Memory of many subjects: a made-up company in which everybody uses all sources is really learned, day after day, and then
//! held by a process that does nothing else.

mod life;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Map, Value};
use tandem_baseline::{DayActivity, DayContext, Memory, Profiles, Settings, SubjectDay};
use tandem_domain::Day;

use self::life::Person;
use super::metrics::{Figures, memory};
use crate::size::resident_mib;
use crate::{again, place};

/// Seed of everybody's days.
const SEED: u64 = 20_260_301;
/// First day of the company, a Monday.
const FIRST: Day = Day(20_513);
/// Longest wait until the allocator has given back what was used for reading.
const LONGEST_WAIT: Duration = Duration::from_secs(40);
/// Two sizes a second apart that differ by less, MiB, are the same.
const SAME_MIB: f64 = 0.5;

/// Learns `days` calendar days of `people`.
fn learned(people: usize, days: u32, settings: &Settings, progress: bool) -> Profiles {
    let mut profiles = Profiles::new(settings.clone());
    let everybody: Vec<Person> = (0..people).map(|number| Person::new(SEED, number)).collect();
    let names: Vec<String> = everybody.iter().map(|person| person.name()).collect();
    let groups: Vec<[String; 3]> = everybody.iter().map(|person| person.groups()).collect();
    let groups: Vec<[&str; 3]> = groups
        .iter()
        .map(|all| all.each_ref().map(String::as_str))
        .collect();
    for at in 0..days {
        let day = Day(FIRST.0.saturating_add_unsigned(at));
        let done: Vec<DayActivity> = everybody.iter().map(|person| person.day(day)).collect();
        let rows = names.iter().zip(&groups).zip(&done);
        let rows = rows.filter(|(_, done)| !done.is_empty());
        let rows: Vec<SubjectDay<'_>> = rows
            .map(|((subject, peers), activity)| SubjectDay {
                subject,
                peers,
                activity,
                context: DayContext::default(),
            })
            .collect();
        if !rows.is_empty() {
            profiles.score_day(day, &rows);
        }
        if progress {
            eprintln!("day {} of {days}, resident {:.0} MiB", at + 1, resident_mib());
        }
    }
    profiles
}

/// Builds the company, prints where its memory is, and has another process hold it.
pub fn run(people: usize, days: u32, settings: &Settings) -> Result<()> {
    let started = Instant::now();
    let profiles = learned(people, days, settings, true);
    let elapsed = started.elapsed().as_secs_f64();
    let memory_now = profiles.memory();
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("state");
    std::fs::write(&file, profiles.encode()?).context("writing the state")?;
    drop(profiles);
    let held = held(&file)?;
    let figures = figures(&memory_now, days, elapsed, held);
    print(&memory_now, &figures);
    place::write_figures("behaviour-subjects", &figures)
}

fn figures(found: &Memory, days: u32, elapsed: f64, resident_mib: f64) -> Map<String, Value> {
    let mut figures = Figures::default();
    memory(found, &mut figures);
    figures.add("subjects", found.subjects as f64);
    figures.add("days", f64::from(days));
    figures.add("seconds", elapsed);
    figures.add("state_mb", (found.own() + found.shared()) as f64 / 1e6);
    figures.add("bytes_per_subject_all", found.each(found.own() + found.shared()));
    let resident = resident_mib * 1_048_576.0;
    figures.add("resident_mb", resident / 1e6);
    figures.add("resident_bytes_per_subject", found.each(resident as usize));
    figures.0.into_iter().collect()
}

fn print(found: &Memory, figures: &Map<String, Value>) {
    let get = |key: &str| figures.get(key).and_then(Value::as_f64).unwrap_or_default();
    println!("{} subjects after {} days", found.subjects, get("days"));
    println!("bytes per subject by part");
    for (part, bytes) in found.own_parts() {
        println!("  {part:<12}{:>8.0}", found.each(bytes));
    }
    println!("  {:<12}{:>8.0}", "together", found.each(found.own()));
    println!("held once for all, MB");
    for (part, bytes) in found.shared_parts() {
        println!("  {part:<12}{:>8.1}", bytes as f64 / 1e6);
    }
    println!(
        "all by count: {:.1} MB, {:.0} bytes per subject",
        get("state_mb"),
        get("bytes_per_subject_all")
    );
    println!(
        "a process that holds it: {:.1} MB resident, {:.0} bytes per subject",
        get("resident_mb"),
        get("resident_bytes_per_subject")
    );
}

/// How much larger a process is that holds the state in `file` than before it read it, MiB.
fn held(file: &Path) -> Result<f64> {
    let args = ["behaviour".as_ref(), "--hold".as_ref(), file.as_os_str()];
    let printed = again::run("holding the state", &args)?;
    let text = String::from_utf8_lossy(&printed);
    text.trim().parse().context("the other process said no number")
}

/// Reads a state, waits until memory has settled, and prints how much larger the process has become, MiB.
pub fn hold(file: &PathBuf) -> Result<()> {
    let before = resident_mib();
    let profiles = {
        let bytes = std::fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        Profiles::decode(&bytes)?
    };
    let started = Instant::now();
    let mut last = f64::INFINITY;
    let mut same = 0;
    // The allocator gives back what is free some ten seconds later.
    while started.elapsed() < LONGEST_WAIT && same < 12 {
        std::thread::sleep(Duration::from_secs(1));
        let now = resident_mib();
        same = if (last - now).abs() < SAME_MIB {
            same + 1
        } else {
            0
        };
        last = now;
    }
    ensure!(!profiles.is_empty(), "nobody is in the state");
    println!("{}", last - before);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use tandem_baseline::{Action, ObjectKind};

    use super::*;

    /// What is promised is 300 MB for 100,000 subjects, a sixth of it for what they share.
    const MOST_PER_SUBJECT: f64 = 2_500.0;

    #[test]
    fn everybody_uses_all_sources() {
        let person = Person::new(SEED, 3);
        let mut actions = BTreeSet::new();
        let mut kinds = BTreeSet::new();
        for at in 0..120 {
            let done = person.day(Day(FIRST.0 + at));
            assert_eq!(done, person.day(Day(FIRST.0 + at)), "a seed gives the same day");
            actions.extend(done.actions().iter().map(|part| part.action));
            kinds.extend(done.kinds().iter().map(|part| part.kind));
        }
        assert!(actions.len() + 2 >= Action::COUNT, "{}", actions.len());
        assert_eq!(kinds.len(), ObjectKind::COUNT);
    }

    #[test]
    fn a_subject_with_all_sources_keeps_within_its_bytes_for_120_days() {
        let profiles = learned(2 * life::TEAM, 120, &Settings::default(), false);
        let memory = profiles.memory();
        assert_eq!(memory.subjects, 2 * life::TEAM);
        let own = memory.each(memory.own());
        assert!((1_200.0..MOST_PER_SUBJECT).contains(&own), "{own} {memory:?}");
        assert!(memory.each(memory.before_sketches()) <= 1_024.0, "{memory:?}");
        // What is counted is what a snapshot holds, and more.
        let bytes = profiles.encode().unwrap();
        assert!(memory.own() + memory.shared() > bytes.len(), "{}", bytes.len());
    }
}
