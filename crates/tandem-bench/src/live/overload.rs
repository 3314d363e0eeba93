//! Twice what Tandem can take: senders are told to come later, or wait in their sockets, and nothing that was taken is lost.

use std::path::Path;
use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::{Map, Value, json};

use super::senders::{self, Plan};
use super::{Args, Kept, Load, Way};
use crate::place;

/// How long is sent, as fast as it is taken, to learn what can be taken.
const LEARN: Duration = Duration::from_secs(20);
/// More events a second than any machine takes.
const ANY: u64 = 10_000_000;
/// Connections of HTTP senders: with each of them waiting for an answer, more is asked for at once than there is room for.
const CROWD: u64 = 200;

/// Runs this part.
pub fn run(args: &Args, program: &Path) -> Result<()> {
    let ways = if args.way.is_empty() {
        vec![Way::Http, Way::Syslog]
    } else {
        args.way.clone()
    };
    let mut figures = Map::new();
    figures.insert("overload_seconds".into(), json!(args.seconds));
    println!(
        "{:<8} {:>11} {:>12} {:>12} {:>12} {:>12} {:>8} {:>8} {:>8} {:>10} {:>9}",
        "way",
        "sustainable",
        "offered",
        "accepted",
        "held back",
        "sent away",
        "lost",
        "double",
        "rejects",
        "events/s",
        "peak MiB"
    );
    let mut lost = 0;
    for way in ways {
        let sustainable = match args.sustainable {
            Some(rate) => rate,
            None => learn(way, program)?,
        };
        ensure!(sustainable > 0, "{} takes nothing", way.short());
        let connections = match way {
            Way::Http => CROWD,
            Way::Syslog | Way::Relp => way.connections(),
        };
        let load = Load::start(program)?;
        let plan = Plan {
            way,
            rate: sustainable * 2,
            length: Duration::from_secs(args.seconds),
            connections,
            insists: false,
            address: load.tandem.address(way),
            token: load.tandem.token.clone(),
        };
        let outcome = senders::send(&plan)?;
        let kept = load.end(way, outcome)?;
        show(way, sustainable, &kept, &mut figures);
        lost += kept.lost() + kept.double();
    }
    place::write_figures("live-overload", &figures)?;
    ensure!(
        lost == 0,
        "{lost} events that were taken are not in the lake exactly once"
    );
    Ok(())
}

/// Events a second that are stored when senders send as fast as they are taken.
fn learn(way: Way, program: &Path) -> Result<u64> {
    let load = Load::start(program)?;
    let plan = Plan {
        way,
        rate: ANY,
        length: LEARN,
        connections: way.connections(),
        insists: false,
        address: load.tandem.address(way),
        token: load.tandem.token.clone(),
    };
    let outcome = senders::send(&plan)?;
    let rate = load.end(way, outcome)?.events_per_s() as u64;
    eprintln!("  {}: {rate} events/s as fast as they are taken", way.short());
    Ok(rate)
}

fn show(way: Way, sustainable: u64, kept: &Kept, figures: &mut Map<String, Value>) {
    let outcome = &kept.outcome;
    // With the senders when time was over: held by back-pressure, or sent away and not yet taken.
    let held = outcome.offered.saturating_sub(outcome.sent);
    println!(
        "{:<8} {sustainable:>11} {:>12} {:>12} {held:>12} {:>12} {:>8} {:>8} {:>8} {:>10.0} {:>9.0}",
        way.short(),
        outcome.offered,
        outcome.sent,
        outcome.refused,
        kept.lost(),
        kept.double(),
        kept.rejects,
        kept.events_per_s(),
        kept.used.peak_mib
    );
    for (what, value) in [
        ("sustainable_events_per_s", json!(sustainable)),
        ("offered", json!(outcome.offered)),
        ("accepted", json!(outcome.sent)),
        ("held_back", json!(held)),
        ("sent_away", json!(outcome.refused)),
        ("lost", json!(kept.lost())),
        ("double", json!(kept.double())),
        ("rejects", json!(kept.rejects)),
        ("events_per_s", json!(kept.events_per_s())),
        ("peak_mib", json!(kept.used.peak_mib)),
    ] {
        figures.insert(format!("overload_{}_{what}", way.short()), value);
    }
}
