//! Reading in: simulate, ingest, analyse.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::{anyhow, bail};
use tandem_domain::Day;
use tandem_server::App;
use tandem_server::pipeline::{self, IngestOptions};

use crate::args::{Ingest, Simulate};
use crate::output;

/// A line on standard error that is written over, at most five times a second; nothing where there is no terminal.
struct Ticker {
    last: Instant,
    shown: bool,
}

impl Ticker {
    fn new() -> Self {
        Self {
            last: Instant::now(),
            shown: std::io::stderr().is_terminal(),
        }
    }

    fn say(&mut self, text: impl FnOnce() -> String) {
        if self.shown && self.last.elapsed() > Duration::from_millis(200) {
            self.last = Instant::now();
            eprint!("\r\u{1b}[2K{}", text());
            let _ = std::io::stderr().flush();
        }
    }

    fn done(&self) {
        if self.shown {
            eprint!("\r\u{1b}[2K");
        }
    }
}

/// `tandem simulate`.
pub fn simulate(asked: &Simulate, json: bool) -> anyhow::Result<()> {
    let plan = tandem_sim::Plan::new(asked.people, asked.days, asked.seed);
    let mut ticker = Ticker::new();
    let summary = tandem_sim::simulate(&plan, &asked.out, &mut |p| {
        ticker.say(|| {
            format!(
                "simulating {}: day {} of {}, {} lines",
                p.day, p.done, p.total, p.lines
            )
        });
    })?;
    ticker.done();
    let lines: u64 = summary.sources.iter().map(|s| s.lines).sum();
    eprintln!(
        "{} people, {} accounts, {} to {}, {lines} lines of log",
        summary.people, summary.accounts, summary.span.0, summary.span.1
    );
    if json {
        let sources: Vec<_> = summary.sources.iter().map(|s| serde_json::json!({ "source": s.source, "files": s.files, "lines": s.lines, "bytes": s.bytes })).collect();
        let said = serde_json::json!({ "people": summary.people, "accounts": summary.accounts, "lines": lines, "stories": summary.stories, "innocents": summary.innocents, "sources": sources });
        return output::json(&said);
    }
    println!("{}", asked.out.display());
    Ok(())
}

/// `tandem ingest`.
pub async fn ingest(app: &App, asked: &Ingest, json: bool) -> anyhow::Result<()> {
    let format = match asked.format.as_deref() {
        None => None,
        Some(name) => {
            Some(tandem_server::format(name).ok_or_else(|| anyhow!("there is no format `{name}`"))?)
        }
    };
    if let Some(mapping) = asked
        .mapping
        .as_deref()
        .filter(|name| app.mappings.source_of(name).is_none())
    {
        bail!(
            "there is no mapping `{mapping}`; the known ones are {}",
            app.mappings.names().collect::<Vec<_>>().join(", ")
        );
    }
    let options = IngestOptions {
        source: asked.source.clone(),
        format,
        mapping: asked.mapping.clone(),
        time_zone: asked.time_zone.clone(),
        year: asked.year,
        again: asked.again,
    };
    let started = Instant::now();
    let mut ticker = Ticker::new();
    let summary = pipeline::ingest(app, &asked.paths, &options, &mut |p| {
        ticker.say(|| {
            format!(
                "reading {}/{} {}: {} events",
                p.streams.0, p.streams.1, p.current, p.summary.events
            )
        });
    })
    .await?;
    ticker.done();
    eprintln!(
        "read {} records from {} streams in {:.1} s: {} events, {} rejects, {} duplicates; {} people facts ({} known before); {} streams unchanged",
        summary.records,
        summary.streams + summary.people_files,
        started.elapsed().as_secs_f64(),
        summary.events,
        summary.rejects,
        summary.duplicates,
        summary.people_rows,
        summary.people_known,
        summary.unchanged,
    );
    if summary.rejects > 0 {
        eprintln!("`tandem rejects list` shows what could not be read and why");
    }
    if json {
        output::json(&summary)?;
    }
    if asked.no_analysis {
        Ok(())
    } else {
        analyse(app, None, false).await
    }
}

/// `tandem analyse`.
pub async fn analyse(app: &App, from: Option<&str>, json: bool) -> anyhow::Result<()> {
    let from = match from {
        None => None,
        Some(text) => {
            Some(Day::parse(text).ok_or_else(|| anyhow!("`{text}` is no day; write it as YYYY-MM-DD"))?)
        }
    };
    let started = Instant::now();
    let mut ticker = Ticker::new();
    let summary = pipeline::analyse(app, from, &mut |day, last, s| {
        ticker.say(|| {
            format!(
                "analysing {day} of {last}: {} indicators, {} alerts",
                s.indicators, s.alerts
            )
        });
    })
    .await?;
    ticker.done();
    let span = match (summary.from, summary.to) {
        (Some(from), Some(to)) => format!("{} days from {from} to {to}", summary.days),
        _ => "nothing new".to_owned(),
    };
    eprintln!(
        "analysed {span} in {:.1} s: {} subjects, {} indicators, {} alerts",
        started.elapsed().as_secs_f64(),
        summary.subjects,
        summary.indicators,
        summary.alerts
    );
    if json { output::json(&summary) } else { Ok(()) }
}
