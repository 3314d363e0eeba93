//! How large a lake of many events gets and how quickly it answers, before and after the maintenance that merges segments.

use std::borrow::Cow;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tandem_domain::{Attr, Day, EventBatch, Timestamp};
use tandem_lake::{EventFilter, Lake, LakeConfig, QueryLimits, Segment, mergeable};

use super::world::{Dice, FIRST_DAY, World, add_event, id_of};
use crate::clock::Watch;

/// Events of a batch.
const BATCH: u64 = 4_096;
/// Events between two commits, as `lake.commit_events` has it.
const COMMIT: u64 = 200_000;
/// Segments of a day before maintenance merges them, as `lake.compact_at` has it.
const COMPACT_AT: usize = 8;
/// A segment of this size is not merged again, bytes.
const FULL: u64 = 96 << 20;
/// Runs of each query; the middle one counts.
const RUNS: usize = 5;

/// What a line of a timeline says: when, where, what, on what, how it ended.
const TIMELINE: &str = "event_id, time, source, class, activity_id, status_id, device, src_ip, file_path, url_host, email_to, operation, resource, bytes_out";

/// What was measured.
#[derive(Debug, Default)]
pub struct Answers {
    /// Events written per processor second.
    pub write_events_per_s: f64,
    /// Bytes per event as written.
    pub written_bytes: f64,
    /// Bytes per event after merging.
    pub merged_bytes: f64,
    /// Events merged per second.
    pub merge_events_per_s: f64,
    /// Segments before and after merging.
    pub segments: (usize, usize),
    /// Key, words, milliseconds before merging, after it, rows.
    pub queries: Vec<(&'static str, &'static str, f64, f64, usize)>,
}

/// Writes `events` events below `scratch` and asks.
pub fn measure(scratch: &Path, events: u64, world: &World) -> Result<Answers> {
    let folder = tempfile::tempdir_in(scratch)?;
    let mut config = LakeConfig::new(folder.path().display().to_string());
    config.threads = 1;
    let lake = Lake::open(config)?;
    let mut answers = Answers::default();
    let segments = write(&lake, world, events, &mut answers)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let before = ask_all(&lake, world, &segments).await?;
        let merged = merge(&lake, segments, &mut answers).await?;
        let after = ask_all(&lake, world, &merged).await?;
        for ((key, words, ms, rows), (_, _, later, _)) in before.into_iter().zip(after) {
            answers.queries.push((key, words, ms, later, rows));
        }
        anyhow::Ok(())
    })?;
    Ok(answers)
}

fn write(lake: &Lake, world: &World, events: u64, answers: &mut Answers) -> Result<Vec<Segment>> {
    let mut writer = lake.writer();
    let mut segments = Vec::new();
    let mut dice = Dice(7);
    let mut batch = EventBatch::new("speed");
    let (mut busy, mut uncommitted) = (0.0, 0);
    let step = world.days * 86_400_000_000 / events;
    for start in (0..events).step_by(BATCH as usize) {
        batch.clear();
        for number in start..events.min(start + BATCH) {
            add_event(&mut batch, &mut dice, world, (number, step * number))?;
        }
        let watch = Instant::now();
        writer.append(&batch, |event| {
            Cow::Borrowed(event.attr(Attr::ActorUser).unwrap_or_default())
        })?;
        uncommitted += batch.len() as u64;
        if uncommitted >= COMMIT {
            segments.extend(writer.finish()?);
            uncommitted = 0;
        }
        busy += watch.elapsed().as_secs_f64();
    }
    let watch = Instant::now();
    segments.extend(writer.finish()?);
    busy += watch.elapsed().as_secs_f64();
    answers.write_events_per_s = events as f64 / busy;
    answers.written_bytes = bytes_per_event(&segments);
    Ok(segments)
}

fn bytes_per_event(segments: &[Segment]) -> f64 {
    let bytes: u64 = segments.iter().map(|s| s.bytes).sum();
    let rows: u64 = segments.iter().map(|s| s.rows).sum();
    bytes as f64 / rows.max(1) as f64
}

async fn merge(lake: &Lake, segments: Vec<Segment>, answers: &mut Answers) -> Result<Vec<Segment>> {
    let watch = Watch::start();
    let mut live = segments.clone();
    let mut rows = 0;
    for (_, of_day) in mergeable(&segments, COMPACT_AT, FULL) {
        let merged = lake.compact(&of_day).await?;
        rows += merged.iter().map(|s| s.rows).sum::<u64>();
        live.retain(|segment| !of_day.iter().any(|old| old.path == segment.path));
        live.extend(merged);
        lake.delete(&of_day).await?;
    }
    let spent = watch.spent();
    answers.merge_events_per_s = rows as f64 / spent.elapsed.max(0.001);
    answers.merged_bytes = bytes_per_event(&live);
    answers.segments = (segments.len(), live.len());
    Ok(live)
}

type Timed = (&'static str, &'static str, f64, usize);

async fn ask_all(lake: &Lake, world: &World, segments: &[Segment]) -> Result<Vec<Timed>> {
    let account = format!("user{:05}", world.accounts / 2);
    let to = FIRST_DAY.plus(world.days as i32 - 1).end();
    let from = Timestamp(to.0 - 30 * 86_400_000_000);
    let month = EventFilter {
        accounts: vec![account.clone()],
        from: Some(from),
        to: Some(to),
        ..EventFilter::default()
    };
    let day: Day = FIRST_DAY.plus(world.days as i32 / 2);
    let everything = month.to_sql(50_000);
    let asked: [(&'static str, &'static str, String); 9] = [
        ("subject_month_ms", "one subject's month, a timeline's columns", everything.replacen('*', TIMELINE, 1)),
        ("subject_month_all_ms", "one subject's month, every column", everything),
        ("subject_counts_ms", "one subject's days by source and class", format!(
            "SELECT day, source, class, count(*) FROM events WHERE account = '{account}' GROUP BY 1, 2, 3 ORDER BY 1")),
        ("subject_day_ms", "one subject's day, every column", format!(
            "SELECT * FROM events WHERE account = '{account}' AND day = '{day}' ORDER BY time LIMIT 1000")),
        ("event_by_id_ms", "one event by its id", format!("SELECT * FROM events WHERE event_id = '{}'", id_of(4_242))),
        ("rare_host_ms", "who went to one rare host",
            "SELECT time, account, url FROM events WHERE url_host = 'paste7.example'".into()),
        ("top_rare_hosts_ms", "the 20 rarest hosts",
            "SELECT url_host, count(*) n, min(time), max(account) FROM events WHERE class = 'http_activity' GROUP BY url_host ORDER BY n, url_host LIMIT 20".into()),
        ("subject_day_counts_ms", "events per subject and day",
            "SELECT account, day, count(*) n FROM events GROUP BY account, day ORDER BY n DESC LIMIT 20".into()),
        ("native_field_ms", "a condition on a native field",
            "SELECT count(*) FROM events WHERE class = 'authentication' AND field(fields, 'LogonType') = '10'".into()),
    ];
    let mut timed = Vec::new();
    for (key, words, sql) in asked {
        let (ms, rows) = ask(lake, segments, &sql)
            .await
            .with_context(|| format!("asking: {sql}"))?;
        timed.push((key, words, ms, rows));
    }
    Ok(timed)
}

async fn ask(lake: &Lake, segments: &[Segment], sql: &str) -> Result<(f64, usize)> {
    let limits = QueryLimits {
        max_rows: 100_000,
        timeout: Duration::from_mins(10),
        ..QueryLimits::default()
    };
    let mut times = Vec::new();
    let mut rows = 0;
    for _ in 0..RUNS {
        let started = Instant::now();
        rows = lake.query(sql, segments, limits).await?.row_count();
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok((times.get(RUNS / 2).copied().unwrap_or_default(), rows))
}
