//! Followed files beside a shell that writes and the real logrotate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tandem_sources::files::FilesSettings;
use tandem_sources::{Delivery, From, Position, SourceError};

use crate::files_support::{Running, Writer, lines};
use crate::support::program;

const ROOM: usize = 4 << 20;

fn settings(folder: &Path, pattern: &str) -> FilesSettings {
    FilesSettings {
        every_ms: 20,
        linger_ms: 500,
        ..FilesSettings::new(vec![format!("{}/{pattern}", folder.display())])
    }
}

fn start(settings: &FilesSettings, positions: &BTreeMap<String, Position>) -> Running {
    Running::start(From::Files(settings.clone()), positions, ROOM, 1 << 20)
}

/// A shell that appends so many numbered lines to `app.log`, opening it each time or once.
fn shell(folder: &Path, count: usize, once: bool) -> Writer {
    let inner = format!("i=0; while [ $i -lt {count} ]; do i=$((i+1)); ");
    let script = if once {
        format!("{inner} echo \"line $i\"; done >> app.log")
    } else {
        format!("{inner} echo \"line $i\" >> app.log; done")
    };
    Writer::start(Command::new("sh").arg("-c").arg(script).current_dir(folder))
}

/// The real logrotate with these directives for `app.log`.
struct Logrotate {
    folder: tempfile::TempDir,
}

impl Logrotate {
    fn new(logs: &Path, directives: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let text = format!(
            "{}/app.log {{\n  rotate 1000\n  missingok\n  {directives}\n}}\n",
            logs.display()
        );
        fs::write(folder.path().join("conf"), text).unwrap();
        Self { folder }
    }

    fn rotate(&self) {
        let done = Command::new(program("logrotate").unwrap())
            .arg("--force")
            .arg("--state")
            .arg(self.folder.path().join("state"))
            .arg(self.folder.path().join("conf"))
            .output()
            .unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}

/// Whole lines so far.
fn count(now: &Running) -> usize {
    let newlines = |delivery: &Delivery| delivery.body.iter().filter(|byte| **byte == b'\n').count();
    now.deliveries.iter().map(newlines).sum()
}

/// Fails if a line came twice; gives all.
fn once_each(lines: &[String]) -> BTreeSet<&str> {
    let mut known = BTreeSet::new();
    for line in lines {
        assert!(known.insert(line.as_str()), "`{line}` came twice");
    }
    known
}

/// All lines in the files of a folder, compressed ones included.
fn written(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut found = BTreeSet::new();
    for path in names {
        let mut reader = tandem_collect::open_reader(fs::File::open(path).unwrap()).unwrap();
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        found.extend(text.lines().map(str::to_owned));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn logrotate_by_renaming_and_compressing_loses_and_repeats_nothing() {
    if program("logrotate").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rotator = Logrotate::new(folder.path(), "nocreate\n  compress\n  delaycompress");
    let settings = settings(folder.path(), "app.log*");
    let mut writer = shell(folder.path(), 20_000, false);
    let mut running = start(&settings, &BTreeMap::new());
    let mut rounds = 0;
    while !writer.has_ended() {
        running.during(Duration::from_millis(150)).await;
        rounds += 1;
        tokio::task::block_in_place(|| rotator.rotate());
        if rounds % 3 == 0 {
            // A new run in the middle of it.
            let done = running.finish().await;
            assert!(done.ended.is_ok());
            let before = done.deliveries;
            running = start(&settings, &done.positions);
            running.deliveries = before;
            running.during(Duration::from_millis(50)).await;
        }
    }
    running.until(|now| count(now) >= 20_000).await;
    // The compressed copies have been looked at by then.
    running.during(Duration::from_secs(4)).await;
    let done = running.finish().await;
    let lines = lines(&done.deliveries);
    assert_eq!(once_each(&lines).len(), 20_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn logrotate_by_copying_and_cutting_under_load_repeats_nothing() {
    if program("logrotate").is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let rotator = Logrotate::new(folder.path(), "copytruncate");
    let settings = settings(folder.path(), "app.log*");
    let mut writer = shell(folder.path(), 200_000, true);
    let mut running = start(&settings, &BTreeMap::new());
    while !writer.has_ended() {
        running.during(Duration::from_millis(80)).await;
        tokio::task::block_in_place(|| rotator.rotate());
    }
    running.during(Duration::from_secs(3)).await;
    let done = running.finish().await;
    let lines = lines(&done.deliveries);
    let came = once_each(&lines);
    // What logrotate itself cut away between copying and cutting is in no file; what is in one has come.
    let written = written(folder.path());
    let whole = |line: &&String| line.starts_with("line ");
    let missing: Vec<_> = written
        .iter()
        .filter(whole)
        .filter(|line| !came.contains(line.as_str()))
        .collect();
    assert!(missing.is_empty(), "missing: {missing:?}");
    assert!(came.len() > 1_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_room_nothing_is_read_and_nothing_that_happens_meanwhile_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("app.log");
    let text = |from: usize, to: usize| -> String { (from..to).map(|n| format!("line {n:07}\n")).collect() };
    fs::write(&log, text(0, 300_000)).unwrap();
    let settings = settings(folder.path(), "app.log");
    let mut running = Running::start(From::Files(settings), &BTreeMap::new(), 1 << 20, 1 << 20);
    // One delivery is taken, the room is filled with others, and the file goes.
    running.until(|now| now.deliveries.len() == 1).await;
    fs::rename(&log, folder.path().join("old")).unwrap();
    fs::write(&log, text(300_000, 300_010)).unwrap();
    // Long enough for several looks while no room is free.
    tokio::time::sleep(Duration::from_millis(300)).await;
    fs::remove_file(folder.path().join("old")).unwrap();
    assert!(running.health.read().behind > 0);
    running.until(|now| count(now) >= 300_010).await;
    let done = running.finish().await;
    let lines = lines(&done.deliveries);
    assert_eq!(once_each(&lines).len(), 300_010);
}

#[tokio::test]
async fn a_delivery_that_is_not_kept_ends_the_run_and_the_next_reads_it_again() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "one\ntwo\n").unwrap();
    let settings = settings(folder.path(), "*.log");
    let mut running = start(&settings, &BTreeMap::new());
    drop(running.parcels.recv().await.unwrap());
    let ended = (&mut running.task).await.unwrap();
    assert!(matches!(ended, Err(SourceError::NotTaken(_))), "{ended:?}");
    let mut running = start(&settings, &running.positions);
    running.until(|now| count(now) == 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_files_are_followed_with_few_of_them_open() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2_000 {
        fs::write(
            folder.path().join(format!("{number}.log")),
            format!("line {number}\n"),
        )
        .unwrap();
    }
    let settings = FilesSettings {
        open_files: 32,
        ..settings(folder.path(), "*.log")
    };
    let mut running = start(&settings, &BTreeMap::new());
    running.until(|now| count(now) == 2_000).await;
    for number in (0..2_000).step_by(7) {
        let path = folder.path().join(format!("{number}.log"));
        let mut file = fs::OpenOptions::new().append(true).open(path).unwrap();
        std::io::Write::write_all(&mut file, format!("more {number}\n").as_bytes()).unwrap();
    }
    running.until(|now| count(now) == 2_000 + 286).await;
    let health = running.health.read();
    assert_eq!(
        (health.connections, health.open, health.behind),
        (2_000, 2_000, 0)
    );
    let done = running.finish().await;
    let lines = lines(&done.deliveries);
    once_each(&lines);
}

#[tokio::test]
async fn what_cannot_be_read_is_trouble_and_the_others_are_read() {
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(folder.path().join("loop.log"), folder.path().join("loop.log")).unwrap();
    fs::create_dir(folder.path().join("folder.log")).unwrap();
    fs::write(folder.path().join("z.log"), [0xff, 0xfe, 0, b'\n', b'x', b'\n']).unwrap();
    let mut running = start(&settings(folder.path(), "*.log"), &BTreeMap::new());
    running
        .until(|now| now.deliveries.iter().any(|delivery| !delivery.body.is_empty()))
        .await;
    let (_, trouble) = running.health.read().trouble.unwrap();
    assert!(trouble.contains("loop.log"), "{trouble}");
    // As soon as it can be read, it is.
    fs::remove_file(folder.path().join("loop.log")).unwrap();
    fs::write(folder.path().join("loop.log"), "mended\n").unwrap();
    running
        .until(|now| now.deliveries.iter().any(|delivery| delivery.body == b"mended\n"))
        .await;
}
