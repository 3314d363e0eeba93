//! A small lake and events to put in it.

use std::borrow::Cow;
use std::time::Duration;

use tandem_domain::event::{EventHead, Severity, Status};
use tandem_domain::{Attr, ClassUid, Day, EventBatch, EventId, LogSource, NumAttr, Timestamp, Value};
use tandem_lake::{Lake, LakeConfig, QueryLimits, QueryResult, Segment, WriteConfig};
use tempfile::TempDir;

/// 2026-01-05, a Monday.
pub const MONDAY: Day = Day(20_458);

pub fn small_files() -> WriteConfig {
    WriteConfig {
        row_group_rows: 64,
        page_rows: 16,
        flush_rows: 500,
        ..WriteConfig::default()
    }
}

pub struct TestLake {
    pub lake: Lake,
    pub dir: TempDir,
}

impl TestLake {
    pub fn new() -> Self {
        Self::with(small_files())
    }

    pub fn with(write: WriteConfig) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let mut config = LakeConfig::new(dir.path().display().to_string());
        config.write = write;
        config.threads = 2;
        Self {
            lake: Lake::open(config).unwrap(),
            dir,
        }
    }

    pub fn write(&self, batches: &[EventBatch]) -> Vec<Segment> {
        let mut writer = self.lake.writer();
        for batch in batches {
            writer
                .append(batch, |event| {
                    Cow::Borrowed(event.attr(Attr::ActorUser).unwrap_or_default())
                })
                .unwrap();
        }
        writer.finish().unwrap()
    }

    pub async fn ask(&self, sql: &str, segments: &[Segment]) -> QueryResult {
        self.lake
            .query(sql, segments, limits())
            .await
            .unwrap_or_else(|error| panic!("{sql}: {error}"))
    }

    /// All rows as text, one line each, cells joined with `|`.
    pub async fn rows(&self, sql: &str, segments: &[Segment]) -> Vec<String> {
        let cell = |value: &serde_json::Value| match value {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let rows = self.ask(sql, segments).await.to_json_rows().unwrap();
        rows.iter()
            .map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|"))
            .collect()
    }

    pub async fn count(&self, segments: &[Segment]) -> u64 {
        let rows = self
            .ask("SELECT count(*) FROM events", segments)
            .await
            .to_json_rows()
            .unwrap();
        rows[0][0].as_u64().unwrap()
    }

    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        for day in std::fs::read_dir(self.dir.path()).unwrap() {
            let day = day.unwrap();
            for file in std::fs::read_dir(day.path()).unwrap() {
                let name = file.unwrap().file_name().into_string().unwrap();
                found.push(format!("{}/{name}", day.file_name().to_str().unwrap()));
            }
        }
        found.sort();
        found
    }
}

pub fn limits() -> QueryLimits {
    QueryLimits {
        max_rows: 10_000,
        timeout: Duration::from_secs(60),
        memory: 256 << 20,
    }
}

/// A logon of `account` that began `second` seconds after the start of `day`; its id follows from all three.
pub fn logon(batch: &mut EventBatch, account: &str, day: Day, second: i64) {
    let mut id = 0xcbf2_9ce4_8422_2325_u64;
    for byte in account
        .bytes()
        .chain(second.to_le_bytes())
        .chain(day.0.to_le_bytes())
    {
        id = (id ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    let mut event = batch.start().unwrap();
    event.field("EventID", Value::Int(4624));
    event.field("TargetUserName", Value::Text(account));
    event.field("winlog.event_data.LogonType", Value::Int(second % 11));
    event.attr(Attr::ActorUser, account);
    event.attr(Attr::Device, &format!("ws-{}", second % 7));
    event.attr(Attr::SrcIp, &format!("10.{}.0.9", second % 3));
    event.num(NumAttr::DstPort, 445);
    let part = |text: &str| Some(text.to_owned());
    event.logsource(&LogSource {
        product: part("windows"),
        service: part("security"),
        category: None,
    });
    event.finish(EventHead {
        id: EventId(u128::from(id) << 64 | second as u128),
        time: day.start().plus_micros(second * 1_000_000),
        class: ClassUid::Authentication,
        activity: 1,
        severity: Severity::Informational,
        status: Status::Success,
    });
}

/// `per_account` logons for each of `accounts` accounts on each of `days` days from Monday on, as they would arrive.
pub fn logons(source: &str, accounts: usize, days: i32, per_account: i64) -> EventBatch {
    let mut batch = EventBatch::new(source);
    for day in 0..days {
        for turn in 0..per_account {
            for account in 0..accounts {
                let second = turn * 600 + account as i64;
                logon(&mut batch, &format!("user{account:03}"), MONDAY.plus(day), second);
            }
        }
    }
    batch
}

pub fn at(day: Day, second: i64) -> Timestamp {
    day.start().plus_micros(second * 1_000_000)
}
