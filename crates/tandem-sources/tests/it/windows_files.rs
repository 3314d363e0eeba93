//! Files of Windows Event Forwarding: a real event log that grows as a collector's does, and exports as XML.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use tandem_domain::{EventBatch, Timestamp};
use tandem_normalise::mapping::Mappings;
use tandem_normalise::{Format, Normaliser, Options};
use tandem_sources::files::FilesSettings;
use tandem_sources::{Delivery, From, Place};

use crate::files_support::Running;

const HEAD: usize = 4_096;
const CHUNK: usize = 65_536;

/// A real log of several chunks, out of the samples where they are at hand.
fn sample() -> Option<PathBuf> {
    let folder = std::env::var_os("TANDEM_DATA").map(PathBuf::from)?;
    let archive = folder.join("siem_evtx_attack_samples.tar.xz");
    if !archive.is_file() {
        return None;
    }
    let target = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("evtx-samples");
    if !target.join(".done").exists() {
        fs::create_dir_all(&target).unwrap();
        let done = Command::new("tar")
            .arg("xf")
            .arg(archive)
            .arg("-C")
            .arg(&target)
            .status();
        assert!(done.unwrap().success());
        fs::write(target.join(".done"), "").unwrap();
    }
    let mut found = Vec::new();
    below(&target, &mut found);
    // The smallest one with at least four chunks that hold something.
    found.sort();
    found
        .into_iter()
        .find(|(_, path)| fs::read(path).is_ok_and(|bytes| used(&bytes).len() >= 4))
        .map(|(_, path)| path)
}

fn below(folder: &Path, found: &mut Vec<(u64, PathBuf)>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "evtx") {
            found.push((entry.metadata().unwrap().len(), path));
        }
    }
}

/// The chunks of a log that hold records.
fn used(log: &[u8]) -> Vec<Vec<u8>> {
    let chunks = log.get(HEAD..).unwrap_or_default().chunks_exact(CHUNK);
    chunks
        .filter(|chunk| chunk.starts_with(b"ElfChnk\0"))
        .map(<[u8]>::to_vec)
        .collect()
}

fn four(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// The chunk as it was when only its first `count` records were written.
fn earlier(chunk: &[u8], count: usize) -> Vec<u8> {
    let mut bytes = chunk.to_vec();
    let (mut at, mut last) = (512, 512);
    for _ in 0..count {
        if four(&bytes, at) != 0x2a2a {
            break;
        }
        last = at;
        at += four(&bytes, at + 4);
    }
    let number: [u8; 8] = bytes[last + 8..last + 16].try_into().unwrap();
    bytes[32..40].copy_from_slice(&number);
    bytes[44..48].copy_from_slice(&(last as u32).to_le_bytes());
    bytes[48..52].copy_from_slice(&(at as u32).to_le_bytes());
    bytes[at..].fill(0);
    let sum = crc32fast::hash(&bytes[512..at]);
    bytes[52..56].copy_from_slice(&sum.to_le_bytes());
    bytes
}

/// Ids of all events in a body.
fn ids(body: &[u8], identity: u128, format: Option<Format>) -> Vec<u128> {
    let options = Options {
        source: String::new(),
        stream_id: identity,
        format,
        mapping: None,
        time_zone: None,
        year_hint: None,
        received: Timestamp::parse_rfc3339("2026-11-10T12:00:00Z").unwrap(),
        max_record_bytes: 1 << 20,
    };
    let mut normaliser = Normaliser::new(Arc::new(Mappings::builtin().unwrap()), options);
    let (mut batch, mut rejects, mut at) = (EventBatch::new(""), Vec::new(), 0);
    let mut found = Vec::new();
    while at < body.len() {
        let used = normaliser.feed(&body[at..], at as u64, true, &mut batch, &mut rejects);
        assert!(used > 0, "all of it can be read");
        at += used;
        found.extend(batch.iter().map(|event| event.head().id.0));
        batch.clear();
    }
    assert!(rejects.is_empty(), "{rejects:?}");
    found
}

fn start(folder: &Path) -> Running {
    let settings = FilesSettings {
        every_ms: 50,
        ..FilesSettings::new(vec![folder.display().to_string()])
    };
    Running::start(From::Files(settings), &BTreeMap::new(), 4 << 20, 1 << 20)
}

fn of_chunks(deliveries: &[Delivery]) -> Vec<u128> {
    let chunks = deliveries.iter().filter(|delivery| !delivery.body.is_empty());
    chunks
        .flat_map(|delivery| {
            assert_eq!(delivery.format, Some(Format::Evtx));
            assert!(matches!(delivery.place, Place::Kept(_)));
            ids(&delivery.body, delivery.identity, delivery.format)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_event_log_that_grows_in_place_gives_every_record_and_the_same_ids_again() {
    let Some(path) = sample() else {
        println!("skipped: no siem_evtx_attack_samples.tar.xz; set TANDEM_DATA to the folder that holds it");
        return;
    };
    let whole = fs::read(path).unwrap();
    let chunks = used(&whole);
    let expected: BTreeSet<u128> = ids(&whole, 1, None).into_iter().collect();
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("ForwardedEvents.evtx");
    let write = |chunks: &[Vec<u8>]| {
        let mut bytes = whole[..HEAD].to_vec();
        chunks.iter().for_each(|chunk| bytes.extend_from_slice(chunk));
        // Space for chunks to come is there, as the service makes it.
        bytes.resize(HEAD + CHUNK * 16.max(chunks.len()), 0);
        let mut file = fs::OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .open(&log)
            .unwrap();
        file.write_all(&bytes).unwrap();
    };
    let mut running = start(folder.path());
    write(&[earlier(&chunks[0], 3)]);
    running.until(|now| !now.deliveries.is_empty()).await;
    assert_eq!(of_chunks(&running.deliveries).len(), 3);
    write(&[chunks[0].clone(), earlier(&chunks[1], 2)]);
    running.during(Duration::from_millis(300)).await;
    write(&chunks);
    let count = expected.len();
    running
        .until(|now| {
            of_chunks(&now.deliveries)
                .into_iter()
                .collect::<BTreeSet<_>>()
                .len()
                >= count
        })
        .await;
    let done = running.finish().await;
    let came: BTreeSet<u128> = of_chunks(&done.deliveries).into_iter().collect();
    assert_eq!(came, expected);
    assert!(
        of_chunks(&done.deliveries).len() > came.len(),
        "the chunk being written came more than once"
    );
}

/// An export as `wevtutil qe /f:xml /e:Events` writes it.
fn export(numbers: std::ops::Range<u64>) -> String {
    let events: String = numbers
        .map(|number| {
            format!(
                "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>\
                 <Provider Name='Microsoft-Windows-Security-Auditing'/><EventID>4624</EventID>\
                 <TimeCreated SystemTime='2026-11-10T08:00:00.{number:07}Z'/>\
                 <EventRecordID>{number}</EventRecordID><Channel>Security</Channel>\
                 <Computer>dc1.example</Computer></System><EventData>\
                 <Data Name='TargetUserName'>m.keller</Data></EventData></Event>\r\n"
            )
        })
        .collect();
    format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>{events}</Events>")
}

#[tokio::test(flavor = "multi_thread")]
async fn xml_exports_of_a_folder_are_read_and_one_written_anew_gives_the_same_ids() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("forwarded.xml");
    fs::write(&path, export(1..40)).unwrap();
    let mut running = start(folder.path());
    let bytes = |now: &Running| {
        now.deliveries
            .iter()
            .map(|delivery| delivery.body.len())
            .sum::<usize>()
    };
    let first = export(1..40).len();
    running.until(|now| bytes(now) == first).await;
    // The job exports again, everything and ten more.
    fs::write(&path, export(1..50)).unwrap();
    let second = export(1..50).len();
    running.until(|now| bytes(now) == first + second).await;
    let done = running.finish().await;
    let mut streams: BTreeMap<String, (u128, Vec<u8>)> = BTreeMap::new();
    for delivery in &done.deliveries {
        let Place::File { position, .. } = &delivery.place else {
            panic!("a followed file is read in pieces");
        };
        let known = streams.entry(position.stream.clone()).or_default();
        known.0 = delivery.identity;
        known.1.extend_from_slice(&delivery.body);
    }
    let came: BTreeSet<u128> = streams
        .values()
        .flat_map(|(identity, body)| ids(body, *identity, None))
        .collect();
    assert_eq!(came.len(), 49);
}
