//! What a serving Tandem takes in: a steady rate over loopback, from senders of the real protocols, for minutes; then the
//! same while it is killed and started again. Nothing may be lost, but what a protocol without answers cannot know.

mod far;
mod senders;
mod tandem;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;
use serde_json::{Map, json};

use crate::place;
use senders::{Outcome, Plan};
use tandem::Tandem;

/// How records are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// Syslog over TCP, lines: no answers, so what is under way when the receiver dies is lost.
    Syslog,
    /// Syslog with answers (RELP).
    Relp,
    /// JSON in batches to the HTTP event collector, each answered when it is durable.
    Http,
}

impl Way {
    const ALL: [Self; 3] = [Self::Syslog, Self::Relp, Self::Http];

    /// Its name, also that of its source.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syslog => "load-syslog",
            Self::Relp => "load-relp",
            Self::Http => "load-http",
        }
    }

    /// True if the sender learns what is durable.
    const fn answered(self) -> bool {
        !matches!(self, Self::Syslog)
    }
}

/// Arguments of `tandem-bench live`.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Seconds that each way is sent for
    #[arg(long, default_value_t = 300)]
    seconds: u64,
    /// Events a second
    #[arg(long, default_value_t = 50_000)]
    rate: u64,
    /// Only these ways
    #[arg(long, value_enum)]
    way: Vec<Way>,
    /// Times that it is killed in the second part; 0 leaves that part out
    #[arg(long, default_value_t = 3)]
    kills: u32,
    /// The program; the one beside this program without it
    #[arg(long)]
    tandem: Option<PathBuf>,
}

/// Runs the benchmark.
pub fn run(args: &Args) -> Result<()> {
    let program = match &args.tandem {
        Some(program) => program.clone(),
        None => std::env::current_exe()?.with_file_name("tandem"),
    };
    if !program.is_file() {
        bail!(
            "there is no program {}; give one with --tandem",
            program.display()
        );
    }
    let ways = if args.way.is_empty() {
        Way::ALL.to_vec()
    } else {
        args.way.clone()
    };
    let mut figures = Map::new();
    figures.insert("live_rate_asked".into(), json!(args.rate));
    figures.insert("live_seconds".into(), json!(args.seconds));
    println!(
        "{:<12} {:>6} {:>12} {:>12} {:>8} {:>8} {:>10} {:>9} {:>9}",
        "way", "kills", "sent", "stored", "lost", "double", "events/s", "CPU us/ev", "peak MiB"
    );
    for way in ways {
        for kills in [0, args.kills] {
            if kills == 0 || args.kills > 0 {
                one(way, kills, args, &program, &mut figures)?;
            }
            if args.kills == 0 {
                break;
            }
        }
    }
    place::write_figures("live", &figures)
}

fn one(
    way: Way,
    kills: u32,
    args: &Args,
    program: &std::path::Path,
    figures: &mut Map<String, serde_json::Value>,
) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut tandem = Tandem::start(program, folder.path())?;
    let plan = Plan {
        way,
        rate: args.rate,
        length: Duration::from_secs(args.seconds),
        address: tandem.address(way),
        token: tandem.token.clone(),
    };
    let started = Instant::now();
    let sending = std::thread::spawn(move || senders::send(&plan));
    for kill in 0..kills {
        let at = Duration::from_secs(args.seconds) * (kill + 1) / (kills + 1);
        std::thread::sleep(at.saturating_sub(started.elapsed()));
        tandem.kill_and_start()?;
        eprintln!(
            "  killed and started again after {:.0} s",
            started.elapsed().as_secs_f64()
        );
    }
    let Outcome { sent, unanswered } = match sending.join() {
        Ok(outcome) => outcome?,
        Err(_) => bail!("a sender ended before its time"),
    };
    tandem.wait_until_still(way.name())?;
    let took = started.elapsed().as_secs_f64();
    let used = tandem.stop()?;
    let (stored, distinct) = tandem.stored(way.name())?;
    let lost = sent.saturating_sub(distinct);
    let rate = sent as f64 / took;
    let per_event = used.cpu_seconds * 1e6 / stored.max(1) as f64;
    println!(
        "{:<12} {kills:>6} {sent:>12} {stored:>12} {lost:>8} {:>8} {rate:>10.0} {per_event:>9.1} {:>9.0}",
        way.name(),
        stored.saturating_sub(distinct),
        used.peak_mib
    );
    if unanswered > 0 {
        println!("  {unanswered} events were never answered");
    }
    if !way.answered() && kills > 0 && lost > 0 {
        println!(
            "  plain syslog has no answers: what was under way when Tandem died is lost; RELP loses nothing"
        );
    }
    let name = format!(
        "live_{}_{}",
        way.name().trim_start_matches("load-"),
        if kills == 0 { "steady" } else { "killed" }
    );
    for (what, value) in [
        ("sent", json!(sent)),
        ("lost", json!(lost)),
        ("double", json!(stored.saturating_sub(distinct))),
        ("events_per_s", json!(rate)),
        ("cpu_us_per_event", json!(per_event)),
        ("peak_mib", json!(used.peak_mib)),
    ] {
        figures.insert(format!("{name}_{what}"), value);
    }
    Ok(())
}
