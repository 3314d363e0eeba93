use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::follower::{Follower, Piece};
use super::forget::Clock;
use super::settings::FilesSettings;
use crate::delivery::{Place, Position};
use crate::settings::Start;

mod copies;
mod forget;
mod logs;
mod model;
mod plain;

/// What is behind the inlet, as far as files are concerned: joins pieces, cuts lines, keeps positions.
#[derive(Debug, Default)]
struct Kept {
    /// How far each stream was read, and what stands there.
    positions: BTreeMap<String, Position>,
    unfinished: BTreeMap<String, Vec<u8>>,
    /// Lines in the order in which they came, and whether they were whole.
    lines: Vec<(String, bool)>,
    ends: Vec<String>,
    /// Bodies of records of event logs.
    chunks: Vec<Vec<u8>>,
    refused: usize,
}

impl Kept {
    fn take(&mut self, piece: Piece) {
        self.refused += piece.refused.len();
        let (position, end) = match piece.place {
            Place::File { position, end } => (position, end),
            Place::Kept(position) => {
                self.positions.insert(position.stream.clone(), position);
                if !piece.body.is_empty() {
                    self.chunks.push(piece.body);
                }
                return;
            }
            Place::Forgotten(stream) => {
                assert!(piece.body.is_empty());
                self.unfinished.remove(&stream);
                self.positions.remove(&stream);
                return;
            }
            Place::Passing => panic!("a followed file can be read again"),
        };
        let unfinished = self.unfinished.entry(position.stream.clone()).or_default();
        if let Some(before) = self.positions.get(&position.stream) {
            let at = before.at + unfinished.len() as u64;
            assert_eq!(at, position.at, "pieces of a stream join");
        }
        unfinished.extend_from_slice(&piece.body);
        let whole = unfinished
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let text: Vec<u8> = unfinished.drain(..whole).collect();
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let line = &line[..line.len() - 1];
            self.lines
                .push((String::from_utf8_lossy(line).into_owned(), true));
        }
        if end {
            self.ends.push(position.stream.clone());
            if !unfinished.is_empty() {
                let text = String::from_utf8_lossy(&std::mem::take(unfinished)).into_owned();
                self.lines.push((text, false));
            }
        }
        // A position stands where the first record begins that is not whole yet.
        let at = position.at + piece.body.len() as u64 - unfinished.len() as u64;
        self.positions
            .insert(position.stream.clone(), Position { at, ..position });
    }

    fn texts(&self) -> Vec<&str> {
        self.lines.iter().map(|(line, _)| line.as_str()).collect()
    }

    fn positions(&self) -> Vec<Position> {
        self.positions.values().cloned().collect()
    }
}

/// A folder with files, what follows them, and a clock.
struct Desk {
    folder: tempfile::TempDir,
    settings: FilesSettings,
    follower: Follower,
    kept: Kept,
    now: Instant,
    clock: Clock,
    /// Grows with every change, so that no two look alike to a coarse clock of the file system.
    changes: u64,
}

impl Desk {
    fn with(change: impl FnOnce(&mut FilesSettings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = FilesSettings::new(vec![format!("{}/*", folder.path().display())]);
        settings.linger_ms = 10_000;
        change(&mut settings);
        assert_eq!(settings.check(), Ok(()));
        let now = Instant::now();
        let clock = Clock::new(now, 1_700_000_000);
        Self {
            follower: Follower::new(&settings, &[], clock),
            folder,
            settings,
            kept: Kept::default(),
            now,
            clock,
            changes: 0,
        }
    }

    fn new() -> Self {
        Self::with(|_| {})
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn touch(&mut self, file: &File) {
        self.changes += 1;
        let time = std::time::SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000 + self.changes);
        file.set_modified(time).unwrap();
    }

    fn append(&mut self, name: &str, text: impl AsRef<[u8]>) {
        let path = self.path(name);
        let mut file = OpenOptions::new().append(true).create(true).open(path).unwrap();
        file.write_all(text.as_ref()).unwrap();
        self.touch(&file);
    }

    fn cut(&mut self, name: &str) {
        let file = OpenOptions::new().write(true).open(self.path(name)).unwrap();
        file.set_len(0).unwrap();
        self.touch(&file);
    }

    fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    fn gzip(&mut self, from: &str, to: &str) {
        let bytes = fs::read(self.path(from)).unwrap();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&bytes).unwrap();
        self.append(to, packed.finish().unwrap());
        self.remove(from);
    }

    fn later(&mut self, seconds: u64) {
        self.now += Duration::from_secs(seconds);
    }

    /// Looks, and reads everything.
    fn look(&mut self) {
        self.follower.look(self.now);
        self.read();
    }

    fn read(&mut self) {
        loop {
            let pieces = self.follower.round(1 << 20, self.now);
            if pieces.is_empty() {
                return;
            }
            for piece in pieces {
                assert!(piece.body.len() <= 1 << 20);
                self.kept.take(piece);
            }
        }
    }

    /// Looks again and again until everything must have happened that waits for time to pass.
    fn rest(&mut self) {
        for _ in 0..8 {
            self.later(6);
            self.look();
        }
    }

    /// The next run of the source.
    fn restart(&mut self) {
        self.kept.unfinished.clear();
        self.follower = Follower::new(&self.settings, &self.kept.positions(), self.clock);
    }

    fn trouble(&mut self) -> Vec<String> {
        std::mem::take(&mut self.follower.trouble)
    }
}

fn sorted(lines: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    lines.sort();
    lines
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect()
}
