//! The journal, with real journal files written by `systemd-journal-remote` and read by the real `journalctl`.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tandem_domain::{Attr, EventBatch, Timestamp};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Format, Normaliser, Options};
use tandem_sources::journal::JournalSettings;
use tandem_sources::settings::Start;
use tandem_sources::{Delivery, From, Position, SourceError};

use crate::files_support::{Running, lines};
use crate::support::{missing, program};

const WRITER: &str = "/lib/systemd/systemd-journal-remote";
const BOOTS: [&str; 2] = [
    "6b5d2f0a1c9a4e0f8d7c6b5a49382716",
    "7b5d2f0a1c9a4e0f8d7c6b5a49382717",
];

fn there() -> bool {
    if !Path::new(WRITER).exists() {
        missing("systemd-journal-remote");
        return false;
    }
    program("journalctl").is_some()
}

/// A record in the export format (systemd, "Journal Export Formats").
fn record(boot: usize, number: u64, more: &[u8]) -> Vec<u8> {
    let time = 1_764_172_800_000_000 + boot as u64 * 10_000_000_000 + number * 1_000;
    let mut text = format!(
        "__REALTIME_TIMESTAMP={time}\n__MONOTONIC_TIMESTAMP={}\n_BOOT_ID={}\n_HOSTNAME=desk-7\n",
        1_000 + number,
        BOOTS[boot]
    )
    .into_bytes();
    text.extend_from_slice(more);
    text.extend_from_slice(b"\n");
    text
}

fn plain(boot: usize, numbers: std::ops::Range<u64>) -> Vec<u8> {
    numbers
        .flat_map(|number| {
            let unit = if number % 2 == 0 {
                "ssh.service"
            } else {
                "cron.service"
            };
            let fields = format!(
                "PRIORITY={}\n_SYSTEMD_UNIT={unit}\nMESSAGE=message {number}\n",
                number % 8
            );
            record(boot, number, fields.as_bytes())
        })
        .collect()
}

/// Writes a journal file, or adds to it.
fn write(file: &Path, records: &[u8]) {
    let mut child = Command::new(WRITER)
        .arg("--output")
        .arg(file)
        .arg("-")
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(records).unwrap();
    assert!(child.wait().unwrap().success());
}

fn start(settings: &JournalSettings, positions: &BTreeMap<String, Position>) -> Running {
    Running::start(From::Journal(settings.clone()), positions, 4 << 20, 1 << 20)
}

fn of_folder(folder: &Path) -> JournalSettings {
    JournalSettings {
        directory: Some(folder.display().to_string()),
        ..JournalSettings::default()
    }
}

fn messages(deliveries: &[Delivery]) -> Vec<String> {
    let parsed = lines(deliveries)
        .into_iter()
        .map(|line| serde_json::from_str::<Value>(&line).unwrap());
    parsed
        .map(|record| record["MESSAGE"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// What the shipped mappings make of what was delivered: the event's id, its class, activity, status, account, address and time.
fn events(deliveries: &[Delivery]) -> Vec<(u128, String)> {
    let mappings = Arc::new(Mappings::builtin().unwrap());
    let mut seen = Vec::new();
    for delivery in deliveries {
        assert_eq!(delivery.format, Some(Format::Json));
        let options = Options {
            source: delivery.source.to_string(),
            stream_id: delivery.identity,
            format: delivery.format,
            mapping: None,
            time_zone: None,
            year_hint: None,
            received: Timestamp::parse_rfc3339("2026-01-10T12:00:00Z").unwrap(),
            max_record_bytes: 1 << 20,
        };
        let mut reader = Normaliser::new(Arc::clone(&mappings), options);
        let (mut batch, mut rejects) = (EventBatch::new(&delivery.source), Vec::new());
        let used = reader.feed(&delivery.body, 0, true, &mut batch, &mut rejects);
        assert_eq!((used, rejects), (delivery.body.len(), vec![]));
        seen.extend(batch.iter().map(|event| {
            let head = event.head();
            let attr = |attr| event.attr(attr).unwrap_or("-");
            let gist = format!(
                "{} {} {:?} {} {} {}",
                head.class.as_str(),
                head.activity,
                head.status,
                attr(Attr::ActorUser),
                attr(Attr::SrcIp),
                head.time
            );
            (head.id.0, gist)
        }));
    }
    seen
}

fn numbered(numbers: std::ops::Range<u64>) -> Vec<String> {
    numbers.map(|number| format!("message {number}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_is_followed_and_the_next_run_goes_on_behind_the_cursor_over_a_boot() {
    if !there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("remote.journal");
    write(&file, &plain(0, 0..2_000));
    let settings = of_folder(folder.path());
    let mut running = start(&settings, &BTreeMap::new());
    running
        .until(|now| messages(&now.deliveries).len() >= 2_000)
        .await;
    assert!(running.deliveries.len() < 100, "records come in batches");
    write(&file, &plain(0, 2_000..2_010));
    running
        .until(|now| messages(&now.deliveries).len() >= 2_010)
        .await;
    let done = running.finish().await;
    assert!(done.ended.is_ok());
    assert_eq!(messages(&done.deliveries), numbered(0..2_010));
    let position = done.positions.values().next().unwrap();
    assert_eq!(position.at, 2_010);
    assert!(position.mark.starts_with("s="), "{position:?}");
    // The machine was started anew meanwhile: what the earlier boot wrote last is not passed over.
    write(&file, &plain(0, 2_010..2_020));
    write(&file, &plain(1, 2_020..2_030));
    let mut running = start(&settings, &done.positions);
    running.until(|now| messages(&now.deliveries).len() >= 20).await;
    running.during(Duration::from_millis(400)).await;
    let done = running.finish().await;
    assert_eq!(messages(&done.deliveries), numbered(2_010..2_030));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_file_is_looked_at_again_and_again() {
    if !there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("one.journal");
    write(&file, &plain(0, 0..5));
    let settings = JournalSettings {
        file: Some(file.display().to_string()),
        every_ms: 100,
        ..JournalSettings::default()
    };
    let mut running = start(&settings, &BTreeMap::new());
    running.until(|now| messages(&now.deliveries).len() >= 5).await;
    write(&file, &plain(0, 5..9));
    running.until(|now| messages(&now.deliveries).len() >= 9).await;
    let done = running.finish().await;
    assert_eq!(messages(&done.deliveries), numbered(0..9));
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_priority_choose_and_from_the_end_old_records_are_passed_over() {
    if !there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("remote.journal");
    write(&file, &plain(0, 0..8));
    let chosen = JournalSettings {
        units: vec!["ssh.service".into()],
        priority: Some("err".into()),
        ..of_folder(folder.path())
    };
    let mut running = start(&chosen, &BTreeMap::new());
    running.until(|now| messages(&now.deliveries).len() >= 2).await;
    let done = running.finish().await;
    assert_eq!(messages(&done.deliveries), ["message 0", "message 2"]);

    let late = JournalSettings {
        start: Start::End,
        ..of_folder(folder.path())
    };
    let mut running = start(&late, &BTreeMap::new());
    // Where it begins is remembered before anything has come.
    running.until(|now| now.deliveries.len() == 1).await;
    let done = running.finish().await;
    write(&file, &plain(0, 8..10));
    let mut running = start(&late, &done.positions);
    running.until(|now| messages(&now.deliveries).len() >= 2).await;
    let done = running.finish().await;
    assert_eq!(messages(&done.deliveries), numbered(8..10));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_records_are_refused_or_kept_and_the_others_arrive() {
    if !there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("remote.journal");
    let mut records = plain(0, 0..1);
    // Longer than a record may be; bytes that are no text; newlines and quotes; a field that looks like a cursor.
    records.extend(record(
        0,
        1,
        format!("MESSAGE={}\n", "x".repeat(100_000)).as_bytes(),
    ));
    let mut binary = b"MESSAGE\n".to_vec();
    binary.extend_from_slice(&5_u64.to_le_bytes());
    binary.extend_from_slice(b"\xff\0\n\x01\"\n");
    records.extend(record(0, 2, &binary));
    let mut quoted = b"MESSAGE\n".to_vec();
    let text = b"line\n\"__CURSOR\":\"s=0\"}\n{";
    quoted.extend_from_slice(&(text.len() as u64).to_le_bytes());
    quoted.extend_from_slice(text);
    quoted.push(b'\n');
    records.extend(record(0, 3, &quoted));
    records.extend(plain(0, 4..6));
    write(&file, &records);
    let settings = of_folder(folder.path());
    let mut running = Running::start(
        From::Journal(settings.clone()),
        &BTreeMap::new(),
        4 << 20,
        8 << 10,
    );
    running.until(|now| lines(&now.deliveries).len() >= 5).await;
    let done = running.finish().await;
    let refused: Vec<_> = done
        .deliveries
        .iter()
        .flat_map(|delivery| &delivery.refused)
        .collect();
    assert_eq!(refused.len(), 1);
    assert!(refused[0].reason.contains("longer than 8192 bytes") && refused[0].bytes > 100_000);
    let came = messages(&done.deliveries);
    assert_eq!(came[0], "message 0");
    assert_eq!(came[2], "line\n\"__CURSOR\":\"s=0\"}\n{");
    assert_eq!(came[3..], ["message 4", "message 5"]);
    // Nothing of it again.
    write(&file, &plain(0, 6..7));
    let mut running = start(&settings, &done.positions);
    running.until(|now| messages(&now.deliveries).len() == 1).await;
    let done = running.finish().await;
    assert_eq!(messages(&done.deliveries), ["message 6"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_sshd_and_sudo_wrote_means_the_same_as_over_syslog_and_is_the_same_however_often_it_is_read() {
    if !there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let sent: [(&str, &[u8]); 4] = [
        ("sshd", b"Failed password for root from 203.0.113.9 port 4 ssh2"),
        (
            "sshd",
            b"Accepted password for j\xc3\xb6rg from 10.1.2.3 port 5 ssh2\x01",
        ),
        (
            "sudo",
            b"    jdoe : TTY=pts/0 ; PWD=/home/jdoe ; USER=root ; COMMAND=/bin/cat /etc/shadow",
        ),
        ("app", b"nothing to see"),
    ];
    let mut records = Vec::new();
    for (number, (app, message)) in sent.iter().enumerate() {
        let mut more =
            format!("SYSLOG_IDENTIFIER={app}\n_COMM={app}\n_UID=0\nPRIORITY=6\nMESSAGE\n").into_bytes();
        more.extend_from_slice(&(message.len() as u64).to_le_bytes());
        more.extend_from_slice(message);
        more.push(b'\n');
        records.extend(record(0, number as u64, &more));
    }
    write(&folder.path().join("remote.journal"), &records);
    let settings = of_folder(folder.path());
    let mut times = Vec::new();
    for _ in 0..2 {
        let mut running = start(&settings, &BTreeMap::new());
        running
            .until(|now| lines(&now.deliveries).len() >= sent.len())
            .await;
        times.push(events(&running.finish().await.deliveries));
    }
    let gists: Vec<&str> = times[0].iter().map(|(_, gist)| gist.as_str()).collect();
    assert_eq!(
        gists,
        [
            "authentication 1 Failure root 203.0.113.9 2025-11-26T16:00:00Z",
            "authentication 1 Success jörg 10.1.2.3 2025-11-26T16:00:00.001Z",
            "process_activity 1 Success jdoe - 2025-11-26T16:00:00.002Z",
            "base_event 99 Unknown - - 2025-11-26T16:00:00.003Z",
        ]
    );
    assert_eq!(times[0], times[1], "read twice, they are the same events");
}

/// Processes whose command line names the folder.
fn readers(folder: &Path) -> usize {
    let name = folder.display().to_string();
    let processes = fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .filter(|line| String::from_utf8_lossy(line).contains(&name))
        .count()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_ends_with_the_source_and_its_own_end_is_told() {
    if !there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("remote.journal"), &plain(0, 0..3));
    let mut running = start(&of_folder(folder.path()), &BTreeMap::new());
    running.until(|now| messages(&now.deliveries).len() == 3).await;
    assert_eq!(readers(folder.path()), 1);
    assert!(running.finish().await.ended.is_ok());
    assert_eq!(readers(folder.path()), 0);

    let missing = of_folder(&folder.path().join("nowhere"));
    let ended = start(&missing, &BTreeMap::new()).task.await.unwrap().unwrap_err();
    assert!(
        matches!(&ended, SourceError::Far { what } if what.contains("nowhere")),
        "{ended:?}"
    );
    let wrong = JournalSettings {
        program: "/nowhere/journalctl".into(),
        ..of_folder(folder.path())
    };
    let ended = start(&wrong, &BTreeMap::new()).task.await.unwrap().unwrap_err();
    assert!(matches!(ended, SourceError::Io { .. }), "{ended:?}");
}
