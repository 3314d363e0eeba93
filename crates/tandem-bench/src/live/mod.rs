//! What a serving Tandem takes in: a steady rate over loopback, from senders of the real protocols, for minutes; then the
//! same while it is killed and started again; and twice what it can take. Nothing may be lost, but what a protocol without
//! answers cannot know.

mod far;
mod life;
mod overload;
mod senders;
mod tandem;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use clap::ValueEnum;
use serde_json::{Map, Value, json};

use crate::place;
use life::Used;
use senders::{Outcome, Plan};
use tandem::{Counted, Stored, Tandem};

/// How records are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// Syslog over TCP, lines: no answers, so what is under way when the receiver dies is lost.
    Syslog,
    /// Syslog with answers (RELP).
    Relp,
    /// Lines in batches to the HTTP event collector, each batch answered when it is durable.
    Http,
}

impl Way {
    const ALL: [Self; 3] = [Self::Syslog, Self::Relp, Self::Http];

    /// The name of its source.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Syslog => "load-syslog",
            Self::Relp => "load-relp",
            Self::Http => "load-http",
        }
    }

    /// Its name in figures.
    fn short(self) -> &'static str {
        self.name().trim_start_matches("load-")
    }

    /// Connections of its senders: those of HTTP wait for their answers.
    const fn connections(self) -> u64 {
        match self {
            Self::Syslog | Self::Relp => 4,
            Self::Http => 12,
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
    /// Instead: twice what Tandem can take, over HTTP and syslog
    #[arg(long)]
    overload: bool,
    /// With --overload: what Tandem can take, events a second; measured without it
    #[arg(long, value_name = "RATE", requires = "overload")]
    sustainable: Option<u64>,
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
    if args.overload {
        return overload::run(args, &program);
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
        "{:<8} {:>6} {:>12} {:>12} {:>8} {:>8} {:>8} {:>10} {:>9} {:>9}",
        "way", "kills", "sent", "stored", "lost", "double", "rejects", "events/s", "CPU us/ev", "peak MiB"
    );
    let parts: &[u32] = if args.kills > 0 { &[0, args.kills] } else { &[0] };
    let mut lost = 0;
    for way in ways {
        for kills in parts {
            lost += one(way, *kills, args, &program, &mut figures)?;
        }
    }
    place::write_figures("live", &figures)?;
    ensure!(lost == 0, "{lost} events were lost where none may be");
    Ok(())
}

/// One way, steady or killed; events lost that must not be.
fn one(way: Way, kills: u32, args: &Args, program: &Path, figures: &mut Map<String, Value>) -> Result<u64> {
    let mut load = Load::start(program)?;
    let plan = Plan {
        way,
        rate: args.rate,
        length: Duration::from_secs(args.seconds),
        connections: way.connections(),
        insists: true,
        address: load.tandem.address(way),
        token: load.tandem.token.clone(),
    };
    let sending = std::thread::spawn(move || senders::send(&plan));
    for kill in 0..kills {
        let at = Duration::from_secs(args.seconds) * (kill + 1) / (kills + 1);
        std::thread::sleep(at.saturating_sub(load.started.elapsed()));
        load.tandem.kill_and_start()?;
        eprintln!(
            "  killed and started again after {:.0} s",
            load.started.elapsed().as_secs_f64()
        );
    }
    let Ok(outcome) = sending.join() else {
        bail!("a sender ended before its time");
    };
    let kept = load.end(way, outcome?)?;
    let (outcome, stored, used) = (&kept.outcome, &kept.stored, &kept.used);
    println!(
        "{:<8} {kills:>6} {:>12} {:>12} {:>8} {:>8} {:>8} {:>10.0} {:>9.1} {:>9.0}",
        way.short(),
        outcome.sent,
        stored.events,
        kept.lost(),
        kept.double(),
        kept.rejects,
        kept.events_per_s(),
        kept.cpu_us_per_event(),
        used.peak_mib
    );
    if outcome.unanswered > 0 {
        println!("  {} events were never answered", outcome.unanswered);
    }
    let may_lose = !way.answered() && kills > 0;
    if may_lose && kept.lost() > 0 {
        println!(
            "  plain syslog has no answers: what was under way when Tandem died is lost; RELP loses nothing"
        );
    }
    let part = if kills == 0 { "steady" } else { "killed" };
    for (what, value) in [
        ("sent", json!(outcome.sent)),
        ("unanswered", json!(outcome.unanswered)),
        ("lost", json!(kept.lost())),
        ("double", json!(kept.double())),
        ("rejects", json!(kept.rejects)),
        ("events_per_s", json!(kept.events_per_s())),
        ("cpu_us_per_event", json!(kept.cpu_us_per_event())),
        ("peak_mib", json!(used.peak_mib)),
    ] {
        figures.insert(format!("live_{}_{part}_{what}", way.short()), value);
    }
    Ok(if may_lose { 0 } else { kept.lost() })
}

/// A Tandem that something is sent to.
struct Load {
    tandem: Tandem,
    started: Instant,
    /// Seconds since 1970, before anything was sent.
    began: i64,
    // Dropped last: Tandem lives in it.
    _folder: tempfile::TempDir,
}

impl Load {
    /// Starts it in a folder of its own, beside the figures: where they are there is a disk.
    fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir_in(place::figures_folder()?)?;
        let tandem = Tandem::start(program, folder.path())?;
        Ok(Self {
            tandem,
            started: Instant::now(),
            began: jiff::Timestamp::now().as_second() - 1,
            _folder: folder,
        })
    }

    /// Waits until everything is stored, stops it, and counts.
    fn end(mut self, way: Way, outcome: Outcome) -> Result<Kept> {
        let (last, Counted { rejects, .. }) = self.tandem.wait_until_still(way.name())?;
        let seconds = last.saturating_duration_since(self.started).as_secs_f64();
        let used = self.tandem.stop()?;
        let until = jiff::Timestamp::now().as_second() + 1;
        let stored = self.tandem.stored(way.name(), (self.began, until))?;
        // What was stored of what a sender still held does not make up for what it was told to be stored.
        let unasked = self.tandem.stored_beyond(way.name(), &outcome.open)?;
        Ok(Kept {
            outcome,
            stored,
            unasked,
            rejects,
            seconds,
            used,
        })
    }
}

/// What became of what was sent.
struct Kept {
    outcome: Outcome,
    stored: Stored,
    /// Events stored that their senders do not count as sent.
    unasked: u64,
    rejects: u64,
    /// From the start to the last that was stored.
    seconds: f64,
    used: Used,
}

impl Kept {
    /// Events sent that are not in the lake.
    fn lost(&self) -> u64 {
        let there = self.stored.distinct.saturating_sub(self.unasked);
        self.outcome.sent.saturating_sub(there)
    }

    /// Events that are in the lake once more.
    fn double(&self) -> u64 {
        self.stored.events - self.stored.distinct
    }

    fn events_per_s(&self) -> f64 {
        self.stored.distinct as f64 / self.seconds.max(0.001)
    }

    fn cpu_us_per_event(&self) -> f64 {
        self.used.cpu_seconds * 1e6 / self.stored.events.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::{Kept, Outcome, Stored, Used};

    fn kept(sent: u64, events: u64, distinct: u64, unasked: u64) -> Kept {
        Kept {
            outcome: Outcome {
                sent,
                ..Outcome::default()
            },
            stored: Stored { events, distinct },
            unasked,
            rejects: 0,
            seconds: 2.0,
            used: Used::default(),
        }
    }

    #[test]
    fn what_came_twice_or_was_never_acknowledged_does_not_hide_a_loss() {
        let all = kept(10, 10, 10, 0);
        assert_eq!((all.lost(), all.double()), (0, 0));
        let again = kept(10, 13, 9, 0);
        assert_eq!((again.lost(), again.double()), (1, 4));
        let held = kept(10, 12, 12, 3);
        assert_eq!((held.lost(), held.double()), (1, 0));
        assert!((again.events_per_s() - 4.5).abs() < 1e-9);
    }
}
