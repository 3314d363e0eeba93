//! Tables for people, figures for programs.

use std::collections::BTreeMap;

use super::queries::Answers;
use super::stages::{Measured, total};
use super::whole::Whole;
use super::{BySource, Figures, ndjson};

/// Throughput of the parts by source.
pub fn stages(sources: &BTreeMap<String, BySource>, rules: usize, figures: &mut Figures) {
    println!("\nparts of the pipeline, events per second and core (MB/s), {rules} rules");
    println!(
        "{:<18} {:>9} {:>17} {:>17} {:>17}",
        "source", "events", "normalised", "into the lake", "past the rules"
    );
    let show = |one: Measured| format!("{:.0} ({:.0})", one.events_per_s(), one.mb_per_s());
    for (name, one) in sources {
        println!(
            "{name:<18} {:>9} {:>17} {:>17} {:>17}",
            one.lake.events,
            show(one.normalise),
            show(one.lake),
            show(one.rules)
        );
        let key = name.replace('-', "_");
        figures.set(
            format!("{key}_normalise_events_per_s_core"),
            one.normalise.events_per_s(),
        );
        figures.set(
            format!("{key}_to_lake_events_per_s_core"),
            one.lake.events_per_s(),
        );
        figures.set(format!("{key}_to_lake_mb_per_s_core"), one.lake.mb_per_s());
        figures.set(
            format!("{key}_to_rules_events_per_s_core"),
            one.rules.events_per_s(),
        );
    }
    let sums: [fn(&BySource) -> Measured; 3] = [|s| s.normalise, |s| s.lake, |s| s.rules];
    let [normalise, lake, past_rules] = sums.map(|of| {
        total(
            &sources
                .iter()
                .map(|(name, one)| (name.clone(), of(one)))
                .collect(),
        )
    });
    println!(
        "{:<18} {:>9} {:>17} {:>17} {:>17}",
        "all",
        lake.events,
        show(normalise),
        show(lake),
        show(past_rules)
    );
    let json = sums.map(|of| ndjson(sources, of));
    println!(
        "{:<18} {:>9} {:>17} {:>17} {:>17}",
        "of them NDJSON",
        json[1].events,
        show(json[0]),
        show(json[1]),
        show(json[2])
    );
    figures.set("normalise_events_per_s_core", normalise.events_per_s());
    figures.set("to_lake_events_per_s_core", lake.events_per_s());
    figures.set("to_rules_events_per_s_core", past_rules.events_per_s());
    figures.set("ndjson_normalise_events_per_s_core", json[0].events_per_s());
    figures.set("ndjson_to_lake_events_per_s_core", json[1].events_per_s());
    figures.set("ndjson_to_lake_mb_per_s_core", json[1].mb_per_s());
    figures.set(
        "company_lake_bytes_per_event",
        lake.stored as f64 / lake.events.max(1) as f64,
    );
    figures.set("stages_rejects", normalise.rejects as f64);
}

/// The whole pipeline.
pub fn whole(all: &Whole, by_source: &BTreeMap<String, Whole>, figures: &mut Figures) {
    println!(
        "\nthe whole pipeline (read, normalise, match {} rules, sum up, store, commit)",
        all.rules
    );
    println!(
        "{:<18} {:>9} {:>14} {:>8}",
        "source", "events", "events/s/core", "MB/s"
    );
    let line = |name: &str, one: &Whole| {
        let speed = one.events as f64 / one.ingest_s.max(0.01);
        println!(
            "{name:<18} {:>9} {speed:>14.0} {:>8.1}",
            one.events,
            one.bytes as f64 / 1e6 / one.ingest_s.max(0.01)
        );
        speed
    };
    for (name, one) in by_source {
        let speed = line(name, one);
        figures.set(
            format!("{}_everything_events_per_s_core", name.replace('-', "_")),
            speed,
        );
    }
    let speed = line("all", all);
    println!(
        "analysis: {} days in {:.1} processor seconds; {:.0} bytes of behaviour state per subject",
        all.days, all.analyse_s, all.profile_bytes
    );
    figures.set("everything_events_per_s_core", speed);
    figures.set(
        "everything_elapsed_events_per_s",
        all.events as f64 / all.ingest_elapsed_s.max(0.001),
    );
    figures.set(
        "analyse_days_per_s_core",
        all.days as f64 / all.analyse_s.max(0.01),
    );
    figures.set("profile_bytes_per_subject", all.profile_bytes);
}

/// Memory at two lengths of input.
pub fn memory(short: &Whole, long: &Whole, figures: &mut Figures) {
    println!("\npeak memory, MiB");
    println!(
        "{:>12} {:>9} {:>14} {:>14}",
        "events", "days", "after reading", "with analysis"
    );
    for one in [short, long] {
        println!(
            "{:>12} {:>9} {:>14.0} {:>14.0}",
            one.events, one.days, one.ingest_peak_mib, one.peak_mib
        );
    }
    let growth = 100.0 * (long.peak_mib / short.peak_mib.max(1.0) - 1.0);
    println!(
        "{:.1} times the input adds {growth:.1} %",
        long.events as f64 / short.events.max(1) as f64
    );
    figures.set("peak_mib_1x", short.peak_mib);
    figures.set("peak_mib_10x", long.peak_mib);
    figures.set("peak_ingest_mib_1x", short.ingest_peak_mib);
    figures.set("peak_ingest_mib_10x", long.ingest_peak_mib);
    figures.set("peak_growth_percent", growth);
}

/// The lake of many events.
pub fn queries(answers: &Answers, events: u64, figures: &mut Figures) {
    let (before, after) = answers.segments;
    println!(
        "\na lake of {events} events: written at {:.0} events/s, {:.1} bytes/event; merged at {:.0} events/s, {:.1} bytes/event; {before} segments, then {after}",
        answers.write_events_per_s, answers.written_bytes, answers.merge_events_per_s, answers.merged_bytes
    );
    println!(
        "{:<42} {:>12} {:>12} {:>8}",
        "query", "as written", "merged", "rows"
    );
    for (key, words, before, after, rows) in &answers.queries {
        println!("{words:<42} {:>9.0} ms {:>9.0} ms {rows:>8}", before, after);
        figures.set(*key, *after);
        figures.set(format!("unmerged_{key}"), *before);
    }
    figures.set("lake_write_events_per_s_core", answers.write_events_per_s);
    figures.set("lake_bytes_per_event", answers.merged_bytes);
    figures.set("unmerged_lake_bytes_per_event", answers.written_bytes);
    figures.set("merge_events_per_s", answers.merge_events_per_s);
    figures.set("lake_events", events as f64);
}
