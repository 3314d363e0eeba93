//! Writing a day's pages to files: in order but for a few stragglers, with some duplicates and spoilt records, plain or packed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tandem_domain::Day;

use crate::dice::Dice;
use crate::plan::{SimError, SourceTotal};
use crate::scribe::{Page, Source};
use crate::truth::BrokenRecord;

/// What marks a folder as ours.
pub(crate) const MARKER: &str = "company.json";
/// Settings of a Tandem for the company.
pub(crate) const SETTINGS: &str = "tandem.toml";

/// Lines sent twice, as when a shipper repeats after a lost acknowledgement.
const TWICE: f64 = 1.0 / 15_000.0;
/// Lines that come late, as when a machine was off the network.
const LATE: f64 = 1.0 / 1_500.0;
/// One in so many files is packed, besides the one packed with zstd.
const PACKED: f64 = 1.0 / 6.0;

/// Kinds of spoilt records.
const KINDS: [&str; 3] = ["truncated", "bad_date", "garbage"];

/// Makes the folder ready: empty, new, or emptied of an earlier run of ours. True if something was replaced.
pub(crate) fn prepare(out: &Path) -> Result<bool, SimError> {
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| SimError::Io { path, source }
    };
    fs::create_dir_all(out).map_err(io(out))?;
    let mut names = Vec::new();
    for entry in fs::read_dir(out).map_err(io(out))? {
        names.push(entry.map_err(io(out))?.file_name());
    }
    if names.is_empty() {
        return Ok(false);
    }
    let marker = out.join(MARKER);
    let ours =
        fs::read_to_string(&marker).is_ok_and(|text| text.contains("\"made_by\": \"tandem simulate\""));
    if !ours {
        return Err(SimError::Occupied(out.to_owned()));
    }
    for folder in ["logs", "people"] {
        let path = out.join(folder);
        if path.exists() {
            fs::remove_dir_all(&path).map_err(io(&path))?;
        }
    }
    for file in ["truth.json", MARKER, SETTINGS] {
        let path = out.join(file);
        if path.exists() {
            fs::remove_file(&path).map_err(io(&path))?;
        }
    }
    Ok(true)
}

/// Writes the log files of a run.
pub(crate) struct Disk {
    out: PathBuf,
    seed: u64,
    /// Days on which a source gets a spoilt record, with its kind.
    spoilt: BTreeMap<(Source, Day), &'static str>,
    zstd: Option<(Source, Day)>,
    totals: BTreeMap<Source, SourceTotal>,
    broken: Vec<BrokenRecord>,
}

impl Disk {
    /// A writer for the days from `start` on.
    pub(crate) fn new(out: &Path, seed: u64, start: Day, days: u32) -> Self {
        let mut dice = Dice::new(seed, "disk", 0, 0);
        let mut spoilt = BTreeMap::new();
        for source in Source::ALL {
            for n in 0..(days / 30).clamp(1, 5) {
                let day = start.plus(dice.below(days as usize) as i32);
                spoilt.insert(
                    (source, day),
                    KINDS
                        .get(n as usize % KINDS.len())
                        .copied()
                        .unwrap_or("truncated"),
                );
            }
        }
        let zstd = Some((Source::Proxy, start.plus(days as i32 / 2)));
        Self {
            out: out.to_owned(),
            seed,
            spoilt,
            zstd,
            totals: BTreeMap::new(),
            broken: Vec::new(),
        }
    }

    /// Writes the pages of one day.
    pub(crate) fn day(&mut self, day: Day, pages: Vec<(Source, Page)>) -> Result<(), SimError> {
        for (source, page) in pages {
            let mut dice = Dice::new(self.seed, source.folder(), day.0 as u64, 1);
            let mut lines: Vec<String> = page.sorted().into_iter().map(str::to_owned).collect();
            if lines.is_empty() {
                continue;
            }
            jumble(&mut lines, &mut dice);
            let (pack, name) = self.name(source, day, &mut dice);
            let file = format!("logs/{}/{name}", source.folder());
            if let Some(kind) = self.spoilt.get(&(source, day)).copied() {
                let at = dice.below(lines.len());
                let whole = lines.get(at).cloned().unwrap_or_default();
                let record = spoil(source, kind, &whole, day, &mut dice);
                lines.insert(at, record);
                let line = at as u64 + 1 + u64::from(source.header().is_some());
                self.broken.push(BrokenRecord {
                    file: file.clone(),
                    line,
                    kind: kind.into(),
                });
            }
            let text = joined(source, &lines);
            let path = self.out.join(&file);
            write(&path, &text, pack, day).map_err(|source| SimError::Io {
                path: path.clone(),
                source,
            })?;
            let empty = SourceTotal {
                source: source.folder(),
                files: 0,
                lines: 0,
                bytes: 0,
            };
            let total = self.totals.entry(source).or_insert(empty);
            total.files += 1;
            total.lines += lines.len() as u64;
            total.bytes += text.len() as u64;
        }
        Ok(())
    }

    fn name(&self, source: Source, day: Day, dice: &mut Dice) -> (Pack, String) {
        let plain = format!("{day}.{}", source.ending());
        if self.zstd == Some((source, day)) {
            (Pack::Zstd, format!("{plain}.zst"))
        } else if dice.chance(PACKED) {
            (Pack::Gzip, format!("{plain}.gz"))
        } else {
            (Pack::Plain, plain)
        }
    }

    /// Totals by source so far.
    pub(crate) fn totals(&self) -> Vec<SourceTotal> {
        self.totals.values().cloned().collect()
    }

    /// Spoilt records written so far.
    pub(crate) fn into_broken(self) -> Vec<BrokenRecord> {
        self.broken
    }
}

#[derive(Clone, Copy)]
enum Pack {
    Plain,
    Gzip,
    Zstd,
}

/// Moves a few lines down and repeats a few.
fn jumble(lines: &mut Vec<String>, dice: &mut Dice) {
    let moved = dice.count(lines.len() as f64 * LATE);
    for _ in 0..moved {
        let from = dice.below(lines.len());
        let to = (from + 2 + dice.below(40)).min(lines.len() - 1);
        let line = lines.remove(from);
        lines.insert(to, line);
    }
    for _ in 0..dice.count(lines.len() as f64 * TWICE) {
        let at = dice.below(lines.len());
        if let Some(line) = lines.get(at).cloned() {
            lines.insert((at + 1 + dice.below(5)).min(lines.len()), line);
        }
    }
}

/// A record that cannot be read, made from a whole one.
fn spoil(source: Source, kind: &str, whole: &str, day: Day, dice: &mut Dice) -> String {
    let cut = |share: f64| {
        whole
            .chars()
            .take((whole.chars().count() as f64 * share) as usize)
            .collect::<String>()
    };
    match (kind, source) {
        ("truncated", Source::FileServer | Source::LinuxSyslog) => cut(0.07),
        ("truncated", Source::Proxy | Source::Badge | Source::LinuxAuditd) => cut(0.15),
        ("truncated", Source::DlpUsb | Source::Vpn) => cut(0.2),
        ("truncated", _) => cut(0.3 + dice.unit() * 0.5),
        ("bad_date", _) => bad_date(source, whole, day),
        _ => format!("\u{fffd}\u{fffd}{}\u{1}\u{2} {}", dice.hex(24), dice.hex(11)),
    }
}

/// The same record with a date that no calendar has.
fn bad_date(source: Source, whole: &str, day: Day) -> String {
    match source {
        Source::Proxy => whole
            .split_once(' ')
            .map_or_else(String::new, |(_, rest)| format!("not-a-time {rest}")),
        Source::LinuxAuditd => whole.replacen("msg=audit(", "msg=audit(x", 1),
        Source::FileServer | Source::LinuxSyslog => {
            let (head, rest) = whole.split_once('>').unwrap_or(("<13", whole));
            let tail: String = rest.chars().skip(15).collect();
            format!("{head}>Foo 42 27:61:61{tail}")
        }
        Source::DlpUsb => {
            let tail = whole.split_once(" CEF:").map_or("", |(_, tail)| tail);
            let rest = tail.split_once(" UTC ").map_or("", |(_, rest)| rest);
            let head = tail.split_once("rt=").map_or("", |(head, _)| head);
            format!("<134>Foo 42 27:61:61 agent CEF:{head}rt=Foo 42 2026 27:61:61 UTC {rest}")
        }
        _ => {
            // The first date in the record, wherever its format has it.
            let date = whole.find(&day.to_string()).unwrap_or(0);
            let (head, tail) = whole.split_at_checked(date).unwrap_or(("", whole));
            format!(
                "{head}2026-13-45T27:61:61Z{}",
                tail.chars().skip(19).collect::<String>()
            )
        }
    }
}

fn joined(source: Source, lines: &[String]) -> String {
    let mut text = String::with_capacity(lines.iter().map(|l| l.len() + 1).sum::<usize>() + 80);
    for line in source
        .header()
        .into_iter()
        .chain(lines.iter().map(String::as_str))
    {
        text.push_str(line);
        text.push('\n');
    }
    text
}

fn write(path: &Path, text: &str, pack: Pack, day: Day) -> io::Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    let file = File::create(path)?;
    let file = match pack {
        Pack::Plain => {
            let mut file = file;
            file.write_all(text.as_bytes())?;
            file
        }
        Pack::Gzip => {
            let mut packer = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
            packer.write_all(text.as_bytes())?;
            packer.finish()?
        }
        Pack::Zstd => {
            let mut packer = zstd::Encoder::new(file, 3)?;
            packer.write_all(text.as_bytes())?;
            packer.finish()?
        }
    };
    // Syslog lines carry no year; like on a real server, the file's own date tells it.
    let after = u64::try_from(i64::from(day.0) + 1).unwrap_or_default() * 86_400;
    file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(after))
}
