//! Windows event logs (`.evtx`), which are not appended to but rewritten in place, 64 KiB at a time.
//!
//! A log is a head of 4 KiB and chunks of 64 KiB, each readable by itself. A chunk's head names the first and the last
//! record in it; records are numbered without gaps, and when the log is as large as it may be, its oldest chunk is written
//! over. So a position is the number of the last record handed on, and what is new are the chunks whose last number is
//! higher. The chunk being written is handed on again when records were added to it; the records in it that were handed on
//! before keep their ids (computer, channel, number, time and content) and are dropped as known. (Layout: Metz, "Windows XML
//! Event Log (EVTX) format", 2011 to 2023.)

mod chunk;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs::File;
use std::io;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tandem_normalise::Format;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::followed::{Followed, Role, read_at};
use super::follower::{Follower, Piece};
use super::forget::note;
use super::identity::FileId;
use crate::delivery::{Place, Position, Refused};
use crate::settings::Start;
use chunk::{CHUNK, Chunk, Found, HEAD, RECORDS, head, look_at, place};

/// How an event log begins.
pub(super) const SIGNATURE: &[u8] = b"ElfFile\0";
/// The chunk being written is handed on at most this often.
const AGAIN: Duration = Duration::from_secs(5);

/// What is kept beside a log's position.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mark {
    /// Where the log was found.
    log: String,
    file: FileId,
    /// How often the log was found cleared or replaced.
    round: u32,
    /// First number and stamp of the chunk that the last record lies in.
    anchor: Option<(u64, u64)>,
    /// Since when no file holds it, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gone: Option<i64>,
}

/// What reading a log gives.
pub(super) enum Step {
    /// The file's head and one chunk.
    Chunk(Vec<u8>),
    /// A chunk that is none, and the key under which it is refused once.
    Damaged(Refused, String),
    /// Nothing but a place to be remembered.
    Remember,
    /// Nothing, or nothing yet.
    Nothing,
}

/// One event log.
#[derive(Debug)]
pub(super) struct EventLog {
    key: String,
    mark: Mark,
    /// Number of the last record handed on.
    last: u64,
    /// The chunk it lies in.
    current: Option<u64>,
    /// Chunks to be handed on, oldest first.
    plan: VecDeque<Chunk>,
    /// Something was not ready to be handed on.
    waiting: bool,
    /// When the chunk being written was handed on.
    again: Option<Instant>,
    /// What is there already is passed over.
    from_end: bool,
    /// Since when no file holds it, as far as was looked.
    alone: Option<Instant>,
    damaged: BTreeSet<u64>,
    trouble: Option<String>,
}

impl Follower {
    /// Takes a file for an event log: the one it was, the one that lay under its name, or a new one.
    pub(super) fn follow_log(&mut self, id: FileId) {
        let Some(file) = self.files.get(&id) else {
            return;
        };
        let path = file.path_text();
        let from_end = file.early && self.settings.start == Start::End;
        // Of what the file held one after the other, the last.
        let of_file = self
            .logs
            .iter()
            .enumerate()
            .filter(|(_, log)| log.mark.file == id);
        let known = of_file
            .max_by_key(|(_, log)| log.mark.round)
            .map(|(at, _)| at)
            .or_else(|| self.logs.iter().position(|log| log.mark.log == path));
        let mut log = match known {
            Some(known) => self.logs.swap_remove(known),
            None => {
                let mut log = EventLog::new(id, path.clone(), from_end);
                // A newer copy took the name of one that is still open: it goes on behind that one.
                let before = self.files.values().find_map(|other| match &other.role {
                    Role::Log(log) if !other.named && log.mark.log == path => {
                        Some((log.last, log.mark.anchor))
                    }
                    _ => None,
                });
                (log.last, log.mark.anchor) = before.unwrap_or_default();
                log
            }
        };
        log.mark.file = id;
        log.mark.log = path;
        log.alone = None;
        if log.mark.gone.take().is_some() {
            self.ready.push_back(log.remembered());
        }
        if let Some(file) = self.files.get_mut(&id) {
            file.stale = true;
            file.role = Role::Log(Box::new(log));
        }
    }
}

impl EventLog {
    fn new(file: FileId, log: String, from_end: bool) -> Self {
        let mark = Mark {
            log,
            file,
            round: 0,
            anchor: None,
            gone: None,
        };
        Self::begun(mark, from_end)
    }

    fn begun(mark: Mark, from_end: bool) -> Self {
        Self {
            key: key(mark.file, mark.round),
            mark,
            last: 0,
            current: None,
            plan: VecDeque::new(),
            waiting: false,
            again: None,
            from_end,
            alone: None,
            damaged: BTreeSet::new(),
            trouble: None,
        }
    }

    /// The log of a position; `None` for a position of something else.
    pub(super) fn kept(position: &Position) -> Option<Self> {
        let mark: Mark = serde_json::from_str(&position.mark).ok()?;
        Some(Self {
            key: position.stream.clone(),
            last: position.at,
            ..Self::begun(mark, false)
        })
    }

    /// How far it was handed on.
    pub(super) fn position(&self) -> Position {
        Position {
            stream: self.key.clone(),
            at: self.last,
            mark: serde_json::to_string(&self.mark).unwrap_or_default(),
        }
    }

    /// The place reached, without anything to be kept beside it.
    pub(super) fn remembered(&self) -> Piece {
        Piece {
            from: self.mark.log.clone(),
            body: Vec::new(),
            refused: Vec::new(),
            format: Some(Format::Evtx),
            identity: self.identity(),
            place: Place::Kept(self.position()),
            once: None,
        }
    }

    pub(super) fn key(&self) -> &str {
        &self.key
    }

    pub(super) fn path(&self) -> &str {
        &self.mark.log
    }

    /// Since when it is gone, seconds since 1970.
    pub(super) const fn gone(&self) -> Option<i64> {
        self.mark.gone
    }

    /// True if no file has held it for so long, as far as was looked, and none is there that may turn out to.
    pub(super) fn is_gone(
        &mut self,
        files: &BTreeMap<FileId, Followed>,
        now: Instant,
        long: Duration,
    ) -> bool {
        let alone = *self.alone.get_or_insert(now);
        let may_hold = |file: &Followed| {
            matches!(file.role, Role::New) && (file.id == self.mark.file || file.path_text() == self.mark.log)
        };
        now.saturating_duration_since(alone) >= long && !files.values().any(may_hold)
    }

    /// Notes since when it is gone; true if that is new.
    pub(super) fn note_gone(&mut self, at: i64) -> bool {
        note(&mut self.mark.gone, at)
    }

    /// Part of the ids of records that name none; the same for the same chunk.
    pub(super) fn identity(&self) -> u128 {
        let (first, stamp) = self.mark.anchor.unwrap_or_default();
        xxh3_128(format!("{}:{first}:{stamp}", self.key).as_bytes())
    }

    /// Something is to be looked at again, even if the file does not change.
    pub(super) const fn waits(&self) -> bool {
        self.waiting
    }

    /// More chunks follow.
    pub(super) fn more(&self) -> bool {
        !self.plan.is_empty()
    }

    /// Bytes not read yet.
    pub(super) fn behind(&self) -> u64 {
        self.plan.len() as u64 * CHUNK
    }

    /// What went wrong since it was last asked for.
    pub(super) fn trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Reads the next chunk. `calm` says that the file has not changed for a while.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub(super) fn read(&mut self, file: &File, size: u64, calm: bool, now: Instant) -> io::Result<Step> {
        if self.plan.is_empty() {
            self.waiting = false;
            if let Some(step) = self.scan(file, size, calm)? {
                return Ok(step);
            }
        }
        let Some(planned) = self.plan.front().copied() else {
            return Ok(Step::Nothing);
        };
        let newest = self.plan.len() == 1;
        let mut bytes = Vec::new();
        read_at(file, place(planned.index), &mut bytes, CHUNK as usize)?;
        let chunk = match head(planned.index, &bytes) {
            Found::Chunk(chunk) if chunk.first == planned.first => chunk,
            _ => return Ok(self.later()),
        };
        let often = self
            .again
            .is_some_and(|again| now.saturating_duration_since(again) < AGAIN);
        let sound = bytes
            .get(RECORDS..chunk.free)
            .is_some_and(|records| crc32fast::hash(records) == chunk.checksum);
        if !calm && (!sound || (newest && often)) {
            return Ok(self.later());
        }
        self.plan.pop_front();
        self.reached(&chunk);
        if newest {
            self.again = Some(now);
        }
        let mut body = Vec::new();
        read_at(file, 0, &mut body, HEAD as usize)?;
        body.append(&mut bytes);
        Ok(Step::Chunk(body))
    }

    /// Looks again at the next look.
    fn later(&mut self) -> Step {
        self.plan.clear();
        self.waiting = true;
        Step::Nothing
    }

    fn reached(&mut self, chunk: &Chunk) {
        self.last = chunk.last;
        self.current = Some(chunk.index);
        self.mark.anchor = Some((chunk.first, chunk.stamp));
    }

    /// Finds the chunks that hold something new.
    fn scan(&mut self, file: &File, size: u64, calm: bool) -> io::Result<Option<Step>> {
        let count = size.saturating_sub(HEAD) / CHUNK;
        if self.scan_from_current(file, count)? {
            return Ok(None);
        }
        let mut chunks = Vec::new();
        for index in 0..count {
            match look_at(file, index)? {
                Found::Chunk(chunk) => chunks.push(chunk),
                Found::Unused => {}
                Found::Damaged if !calm => self.waiting = true,
                Found::Damaged => {
                    if self.damaged.insert(index) {
                        self.waiting = true;
                        return Ok(Some(self.refuse(file, index)?));
                    }
                }
            }
        }
        chunks.sort_unstable_by_key(|chunk| chunk.first);
        self.check(&chunks);
        if self.from_end {
            self.from_end = false;
            if let Some(newest) = chunks.last() {
                self.reached(newest);
                return Ok(Some(Step::Remember));
            }
        }
        self.plan = chunks
            .into_iter()
            .filter(|chunk| chunk.last > self.last)
            .collect();
        Ok(None)
    }

    /// Goes on from the chunk that was read last, as long as the next one is newer; false if that chunk is not there.
    fn scan_from_current(&mut self, file: &File, count: u64) -> io::Result<bool> {
        let Some(current) = self.current.filter(|current| *current < count) else {
            return Ok(false);
        };
        let Found::Chunk(mut chunk) = look_at(file, current)? else {
            return Ok(false);
        };
        if self.mark.anchor != Some((chunk.first, chunk.stamp)) || chunk.last < self.last {
            return Ok(false);
        }
        for step in 1..=count {
            if chunk.last > self.last {
                self.plan.push_back(chunk);
            }
            match look_at(file, (current + step) % count)? {
                Found::Chunk(next) if next.first > chunk.last => chunk = next,
                Found::Damaged => {
                    // It is told, or waited for, by a look at everything.
                    self.plan.clear();
                    return Ok(false);
                }
                _ => break,
            }
        }
        Ok(true)
    }

    /// Begins anew if this is not the log it was, and says if records were written over before they were read.
    fn check(&mut self, chunks: &[Chunk]) {
        let (Some(oldest), Some(newest)) = (chunks.first(), chunks.last()) else {
            return;
        };
        let Some(anchor) = self.mark.anchor else { return };
        let holds = |chunk: &&Chunk| (chunk.first..=chunk.last).contains(&self.last);
        let same = match chunks.iter().find(holds) {
            Some(chunk) => (chunk.first, chunk.stamp) == anchor,
            None => newest.last > self.last,
        };
        if !same {
            self.mark.round += 1;
            self.key = key(self.mark.file, self.mark.round);
            self.mark.anchor = None;
            self.last = 0;
            self.current = None;
        } else if oldest.first > self.last + 1 {
            self.trouble = Some(format!(
                "{}: records {} to {} were written over before they were read; let the log be larger",
                self.mark.log,
                self.last + 1,
                oldest.first - 1
            ));
        }
    }

    fn refuse(&self, file: &File, index: u64) -> io::Result<Step> {
        let mut bytes = Vec::new();
        read_at(file, place(index), &mut bytes, CHUNK as usize)?;
        let once = format!("{}:{index}:{:016x}", self.key, xxh3_64(&bytes));
        let refused = Refused::new(
            &bytes,
            format!("chunk {index} of the event log does not begin as chunks do"),
            "copy the log again, or export it with wevtutil",
        );
        Ok(Step::Damaged(refused, once))
    }
}

fn key(file: FileId, round: u32) -> String {
    format!("log-{:x}-{:x}-{round}", file.device, file.inode)
}
