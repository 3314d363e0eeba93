//! Measures the lake: how fast it writes, how large it gets, how quickly it answers.
//!
//! `cargo run --profile demo -p tandem-lake --example lake_speed -- --events 20000000 --dir /tmp/lake`
//!
//! Options, each with a value: `--events`, `--accounts`, `--days`, `--dir` (kept; a temporary folder otherwise), `--level`
//! (Zstandard), `--group` (rows of a row group), `--page` (rows of a page), `--flush` (rows of a segment), `--merge` 0 or 1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::borrow::Cow;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use tandem_domain::event::{EventHead, Severity, Status};
use tandem_domain::{Attr, ClassUid, Day, EventBatch, EventId, LogSource, NumAttr, Timestamp, Value};
use tandem_lake::{EventFilter, Lake, LakeConfig, QueryLimits, Segment};

const BATCH: usize = 4_096;
const FIRST_DAY: Day = Day(20_454);

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let options: HashMap<&str, &str> = args
        .chunks(2)
        .filter_map(|pair| Some((pair.first()?.strip_prefix("--")?, pair.get(1)?.as_str())))
        .collect();
    let number = |name: &str, default: u64| {
        options.get(name).map_or(default, |text| {
            text.parse().unwrap_or_else(|_| panic!("--{name} {text}"))
        })
    };
    let scratch = tempfile::tempdir().unwrap();
    let dir = options
        .get("dir")
        .map_or_else(|| scratch.path().display().to_string(), ToString::to_string);
    let mut config = LakeConfig::new(dir);
    config.threads = number("threads", 1) as usize;
    config.write.zstd_level = number("level", config.write.zstd_level as u64) as i32;
    config.write.row_group_rows = number("group", config.write.row_group_rows as u64) as usize;
    config.write.page_rows = number("page", config.write.page_rows as u64) as usize;
    config.write.flush_rows = number("flush", config.write.flush_rows as u64) as usize;
    let lake = Lake::open(config).unwrap();
    let world = World {
        accounts: number("accounts", 1_000),
        days: number("days", 30),
    };
    let mut segments = write(&lake, &world, number("events", 2_000_000));
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        queries(&lake, &world, &segments).await;
        if number("merge", 1) == 1 {
            segments = merge(&lake, segments).await;
            queries(&lake, &world, &segments).await;
        }
        lake.delete(&segments).await.unwrap();
    });
    println!("peak memory {} MiB", peak_memory_mib());
}

struct World {
    accounts: u64,
    days: u64,
}

/// A small, fast, seeded stream of numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }
}

fn write(lake: &Lake, world: &World, events: u64) -> Vec<Segment> {
    let mut writer = lake.writer();
    let mut segments = Vec::new();
    let mut dice = Dice(7);
    let mut batch = EventBatch::new("speed");
    let (mut busy, mut native) = (Duration::ZERO, 0);
    let span = world.days * 86_400_000_000;
    for start in (0..events).step_by(BATCH) {
        batch.clear();
        for number in start..events.min(start + BATCH as u64) {
            add_event(&mut batch, &mut dice, world, (number, span / events * number));
        }
        native += batch.text_bytes() as u64;
        let started = cpu_time();
        writer
            .append(&batch, |event| {
                Cow::Borrowed(event.attr(Attr::ActorUser).unwrap_or_default())
            })
            .unwrap();
        // A collector publishes now and then; here, every eight million events.
        if (start / BATCH as u64) % 2_048 == 2_047 {
            segments.extend(writer.finish().unwrap());
        }
        busy += cpu_time().saturating_sub(started);
    }
    let started = cpu_time();
    segments.extend(writer.finish().unwrap());
    busy += cpu_time().saturating_sub(started);
    let bytes: u64 = segments.iter().map(|segment| segment.bytes).sum();
    println!(
        "wrote {events} events in {:.1} processor seconds: {:.0} events/s, {:.1} bytes/event on disk, {:.0} bytes/event of text, {} segments",
        busy.as_secs_f64(),
        events as f64 / busy.as_secs_f64(),
        bytes as f64 / events as f64,
        native as f64 / events as f64,
        segments.len()
    );
    segments
}

fn add_event(batch: &mut EventBatch, dice: &mut Dice, world: &World, (number, micros): (u64, u64)) {
    let account = dice.roll(world.accounts);
    let time = FIRST_DAY.start().plus_micros(micros as i64);
    let mut hash = Dice(number);
    let id = EventId(u128::from(hash.roll(u64::MAX)) << 64 | u128::from(hash.roll(u64::MAX)));
    let head = EventHead {
        id,
        time,
        severity: Severity::Informational,
        status: Status::Success,
        ..EventHead::default()
    };
    let user = format!("user{account:05}");
    let host = format!("WS{:05}", account * 7 % world.accounts);
    match dice.roll(10) {
        0..4 => proxy(batch, dice, (&user, &host), head),
        4..8 => logon(batch, dice, (&user, &host), head),
        _ => file(batch, dice, (&user, &host), head),
    }
}

fn proxy(batch: &mut EventBatch, dice: &mut Dice, (user, host): (&str, &str), head: EventHead) {
    // One site in a million requests is rare; the rest follow a long tail.
    let site = if dice.roll(1_000_000) == 0 {
        format!("paste{}.example", dice.roll(1_000))
    } else {
        let tail = dice.roll(1_000) + 1;
        format!("www{}.example", 5_000 / tail)
    };
    let url = format!(
        "https://{site}/{:x}/{:x}?q={}",
        dice.roll(4_096),
        dice.roll(1 << 32),
        dice.roll(1 << 20)
    );
    let mut event = batch.start().unwrap();
    event.field(
        "c-ip",
        Value::Text(&format!("10.1.{}.{}", dice.roll(4), dice.roll(250))),
    );
    event.field("cs-username", Value::Text(user));
    event.field(
        "cs-method",
        Value::Text(if dice.roll(9) == 0 { "POST" } else { "GET" }),
    );
    event.field("c-uri", Value::Text(&url));
    event.field("cs-host", Value::Text(&site));
    event.field("sc-status", Value::Int(200));
    event.field("cs-bytes", Value::Int(dice.roll(4_000) as i64));
    event.field("sc-bytes", Value::Int(dice.roll(90_000) as i64));
    event.field(
        "c-useragent",
        Value::Text("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Gecko/20100101 Firefox/143.0"),
    );
    for (name, attr) in [
        ("cs-username", Attr::ActorUser),
        ("c-ip", Attr::SrcIp),
        ("cs-method", Attr::HttpMethod),
        ("c-uri", Attr::Url),
        ("cs-host", Attr::UrlHost),
        ("c-useragent", Attr::UserAgent),
    ] {
        let id = event.intern_name(name);
        event.attr_from_field(attr, id);
    }
    event.attr(Attr::Device, host);
    event.num(NumAttr::BytesOut, dice.roll(4_000) as i64);
    event.num(NumAttr::BytesIn, dice.roll(90_000) as i64);
    event.num(NumAttr::HttpStatus, 200);
    event.logsource(&LogSource {
        category: Some("proxy".into()),
        ..LogSource::default()
    });
    event.finish(EventHead {
        class: ClassUid::HttpActivity,
        activity: 3,
        ..head
    });
}

fn logon(batch: &mut EventBatch, dice: &mut Dice, (user, host): (&str, &str), head: EventHead) {
    let mut event = batch.start().unwrap();
    event.field("EventID", Value::Int(4624));
    event.field("Channel", Value::Text("Security"));
    event.field("Computer", Value::Text(host));
    event.field("TargetUserName", Value::Text(user));
    event.field("TargetDomainName", Value::Text("ALDERMOOR"));
    event.field(
        "TargetUserSid",
        Value::Text("S-1-5-21-1004336348-1177238915-682003330-1104"),
    );
    event.field("LogonType", Value::Int([2, 3, 7, 10][dice.roll(4) as usize]));
    event.field("LogonProcessName", Value::Text("Kerberos"));
    event.field(
        "IpAddress",
        Value::Text(&format!("10.1.{}.{}", dice.roll(4), dice.roll(250))),
    );
    event.field("IpPort", Value::Int(49_152 + dice.roll(16_000) as i64));
    event.field(
        "TargetLogonId",
        Value::Text(&format!("0x{:x}", dice.roll(1 << 32))),
    );
    event.field("ProcessName", Value::Text("C:\\Windows\\System32\\svchost.exe"));
    for (name, attr) in [
        ("TargetUserName", Attr::ActorUser),
        ("Computer", Attr::Device),
        ("IpAddress", Attr::SrcIp),
        ("TargetUserSid", Attr::ActorUid),
        ("ProcessName", Attr::Process),
    ] {
        let id = event.intern_name(name);
        event.attr_from_field(attr, id);
    }
    let part = |text: &str| Some(text.to_owned());
    event.logsource(&LogSource {
        product: part("windows"),
        service: part("security"),
        category: None,
    });
    event.finish(EventHead {
        class: ClassUid::Authentication,
        activity: 1,
        ..head
    });
}

fn file(batch: &mut EventBatch, dice: &mut Dice, (user, host): (&str, &str), head: EventHead) {
    let name = format!("report-{}.docx", dice.roll(40_000));
    let path = format!("\\\\fs01\\projects\\p{}\\{name}", dice.roll(300));
    let mut event = batch.start().unwrap();
    event.field("EventID", Value::Int(5145));
    event.field("Computer", Value::Text("FS01.aldermoor.example"));
    event.field("SubjectUserName", Value::Text(user));
    event.field("ShareName", Value::Text("\\\\*\\projects"));
    event.field("RelativeTargetName", Value::Text(&path));
    event.field("AccessMask", Value::Text("0x120089"));
    event.field("ObjectType", Value::Text("File"));
    for (name, attr) in [
        ("SubjectUserName", Attr::ActorUser),
        ("RelativeTargetName", Attr::FilePath),
    ] {
        let id = event.intern_name(name);
        event.attr_from_field(attr, id);
    }
    event.attr(Attr::FileName, &name);
    event.attr(Attr::Device, "FS01.aldermoor.example");
    event.attr(Attr::SrcHost, host);
    event.num(NumAttr::FileSize, dice.roll(9_000_000) as i64);
    let part = |text: &str| Some(text.to_owned());
    event.logsource(&LogSource {
        product: part("windows"),
        service: part("security"),
        category: None,
    });
    event.finish(EventHead {
        class: ClassUid::FileActivity,
        activity: 2,
        ..head
    });
}

async fn queries(lake: &Lake, world: &World, segments: &[Segment]) {
    let limits = QueryLimits {
        max_rows: 100_000,
        timeout: Duration::from_secs(600),
        ..QueryLimits::default()
    };
    let account = format!("user{:05}", world.accounts / 2);
    let to = FIRST_DAY.plus(world.days as i32 - 1).end();
    let from = Timestamp(to.0 - 30 * 86_400_000_000);
    let month = EventFilter {
        accounts: vec![account.clone()],
        from: Some(from),
        to: Some(to),
        ..EventFilter::default()
    };
    let month = month.to_sql(50_000);
    let timeline = format!(
        "SELECT day, source, class, count(*) FROM events WHERE account = '{account}' GROUP BY 1, 2, 3 ORDER BY 1"
    );
    let day = FIRST_DAY.plus(world.days as i32 / 2);
    let one_day = format!(
        "SELECT * FROM events WHERE account = '{account}' AND day = '{day}' ORDER BY time LIMIT 1000"
    );
    let id = format!("SELECT * FROM events WHERE event_id = '{}'", {
        let mut hash = Dice(4_242);
        EventId(u128::from(hash.roll(u64::MAX)) << 64 | u128::from(hash.roll(u64::MAX)))
    });
    let asked: [(&str, &str); 8] = [
        ("one account's month, all columns", &month),
        ("one account's month, counts", &timeline),
        ("one account's day, all columns", &one_day),
        ("one event by id", &id),
        (
            "one rare site",
            "SELECT time, account, url FROM events WHERE url_host = 'paste7.example'",
        ),
        (
            "rarest sites",
            "SELECT url_host, count(*) n, min(time), max(account) FROM events WHERE class = 'http_activity' GROUP BY url_host ORDER BY n, url_host LIMIT 20",
        ),
        (
            "events per account and day",
            "SELECT account, day, count(*) n FROM events GROUP BY account, day ORDER BY n DESC LIMIT 20",
        ),
        (
            "text in native fields",
            "SELECT count(*) FROM events WHERE class = 'authentication' AND field(fields, 'LogonType') = '10'",
        ),
    ];
    for (name, sql) in asked {
        let mut times = Vec::new();
        let mut rows = 0;
        for _ in 0..3 {
            let started = Instant::now();
            rows = lake.query(sql, segments, limits).await.unwrap().row_count();
            times.push(started.elapsed().as_millis());
        }
        println!(
            "{name}: first {} ms, then {} ms, {rows} rows",
            times[0],
            times[1].min(times[2])
        );
    }
}

async fn merge(lake: &Lake, segments: Vec<Segment>) -> Vec<Segment> {
    let started = Instant::now();
    let mut merged = Vec::new();
    for (_, of_day) in tandem_lake::mergeable(&segments, 1, u64::MAX) {
        merged.extend(lake.compact(&of_day).await.unwrap());
    }
    let days: std::collections::BTreeSet<Day> = merged.iter().map(|segment: &Segment| segment.day).collect();
    let (old, left): (Vec<Segment>, Vec<Segment>) = segments
        .into_iter()
        .partition(|segment| days.contains(&segment.day));
    merged.extend(left);
    lake.delete(&old).await.unwrap();
    let rows: u64 = merged.iter().map(|segment| segment.rows).sum();
    let bytes: u64 = merged.iter().map(|segment| segment.bytes).sum();
    println!(
        "merged {} segments into {} in {:.1} s: {:.0} events/s, {:.1} bytes/event",
        old.len(),
        merged.len(),
        started.elapsed().as_secs_f64(),
        rows as f64 / started.elapsed().as_secs_f64(),
        bytes as f64 / rows as f64
    );
    merged
}

/// Time this thread has been on a processor, where the system tells it (Linux); elapsed time otherwise. Other work on the
/// machine then does not disturb the figure.
fn cpu_time() -> Duration {
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanos.map_or_else(|| START.get_or_init(Instant::now).elapsed(), Duration::from_nanos)
}

/// The process's largest resident size, where the system tells it.
fn peak_memory_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or_default() / 1_024
}
