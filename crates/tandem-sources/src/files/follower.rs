//! All followed files: what they are, what is known of them, and whose turn it is.
//!
//! Everything here blocks on the file system, and nothing waits: the moments come from outside.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::path::Path;
use std::time::Instant;

use tandem_normalise::Format;

use super::ends::holds;
use super::eventlog::EventLog;
use super::finder::{self, Finder, Seen};
use super::followed::{Followed, Role, folder};
use super::forget::{Clock, REMEMBERED};
use super::identity::FileId;
use super::settings::FilesSettings;
use super::stream::Stream;
use crate::delivery::{Place, Position, Refused};

/// What is handed on at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Path of the file.
    pub(super) from: String,
    pub(super) body: Vec<u8>,
    pub(super) refused: Vec<Refused>,
    pub(super) format: Option<Format>,
    pub(super) identity: u128,
    pub(super) place: Place,
    pub(super) once: Option<String>,
}

impl Piece {
    /// A piece of a file, at the place where the stream stands.
    pub(super) fn of(stream: &Stream, from: String, body: Vec<u8>, end: bool) -> Self {
        let at = stream.at.saturating_sub(body.len() as u64);
        Self {
            from,
            body,
            refused: Vec::new(),
            format: None,
            identity: stream.identity(),
            place: Place::File {
                position: stream.position(at),
                end,
            },
            once: None,
        }
    }
}

/// How it stands, for whoever watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Standing {
    /// Bytes of all files that were not read yet.
    pub(super) behind: u64,
    /// Files followed since the start.
    pub(super) begun: u64,
    /// Files no longer followed.
    pub(super) left: u64,
}

/// Follows files.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) settings: FilesSettings,
    finder: Finder,
    pub(super) files: BTreeMap<FileId, Followed>,
    pub(super) streams: HashMap<String, Stream>,
    /// Streams that are gone and no longer compared with files, and since when.
    pub(super) faded: BTreeMap<String, i64>,
    /// Most streams without a file that are compared with new ones.
    pub(super) remembered: usize,
    /// Event logs that no file holds.
    pub(super) logs: Vec<EventLog>,
    /// Files that wait to be read, one after the other.
    pub(super) turn: VecDeque<FileId>,
    /// Pieces without content: ends, and places to be remembered.
    pub(super) ready: VecDeque<Piece>,
    /// Nothing was ever read, and nothing looked at yet.
    pub(super) first: bool,
    pub(super) uses: u64,
    pub(super) clock: Clock,
    /// Uses when files were closed last.
    closed_at: u64,
    pub(super) standing: Standing,
    /// What went wrong since it was last asked for.
    pub(super) trouble: Vec<String>,
}

impl Follower {
    /// Goes on from these positions.
    pub(super) fn new(settings: &FilesSettings, positions: &[Position], clock: Clock) -> Self {
        let streams = positions.iter().filter_map(Stream::kept);
        Self {
            settings: settings.clone(),
            finder: Finder::new(settings),
            files: BTreeMap::new(),
            streams: streams.map(|stream| (stream.key.clone(), stream)).collect(),
            faded: BTreeMap::new(),
            remembered: REMEMBERED,
            logs: positions.iter().filter_map(EventLog::kept).collect(),
            turn: VecDeque::new(),
            ready: VecDeque::new(),
            first: positions.is_empty(),
            uses: 0,
            clock,
            closed_at: 0,
            standing: Standing::default(),
            trouble: Vec::new(),
        }
    }

    /// Looks at all files: which grew, were renamed, cut, deleted, and which are new.
    pub(super) fn look(&mut self, now: Instant) {
        let files = &self.files;
        let known = |id: FileId, path: &Path| files.get(&id).is_some_and(|file| file.path() == path);
        let mut found = self.finder.find(known, &mut self.trouble);
        let ids: Vec<FileId> = self.files.keys().copied().collect();
        for id in ids {
            self.look_at(id, found.remove(&id), now);
        }
        for (id, seen) in found {
            self.standing.begun += 1;
            self.files.insert(id, Followed::new(id, seen, self.first, now));
        }
        self.notice_cuts(now);
        self.identify(now);
        self.finish(now);
        self.queue();
        self.forget(now);
        self.first = false;
    }

    fn look_at(&mut self, id: FileId, seen: Option<Seen>, now: Instant) {
        let Some(file) = self.files.get_mut(&id) else {
            return;
        };
        if let Some(seen) = seen {
            file.look(seen, true, now);
        } else if let Some(seen) = file.held().or_else(|| finder::within(&folder(file.path()), id)) {
            file.look(seen, false, now);
        } else {
            self.vanished(id, now);
            return;
        }
        let Role::Stream(key) = &file.role else { return };
        let (size, stale) = (file.seen.size, file.stale);
        let cut = self.streams.get(key).is_some_and(|stream| {
            // A compressed file is never continued: one that changed is another one.
            if stream.mark.packed {
                stale && stream.mark.size != size
            } else {
                size < stream.mark.read
            }
        });
        if cut {
            self.cut(id, now);
        }
    }

    /// Before new files are compared with those that are known: which of these hold something else by now, although they
    /// are no shorter.
    fn notice_cuts(&mut self, now: Instant) {
        let unknown = |file: &Followed| matches!(file.role, Role::New | Role::Copy(_));
        if !self.files.values().any(unknown) {
            return;
        }
        let cut = self.files.values().filter(|file| {
            let (Role::Stream(key), Some(handle), true) = (&file.role, &file.handle, file.stale) else {
                return false;
            };
            let stream = self.streams.get(key).filter(|stream| !stream.mark.packed);
            stream.is_some_and(|stream| holds(handle, stream).is_ok_and(|holds| !holds))
        });
        let cut: Vec<FileId> = cut.map(|file| file.id).collect();
        for id in cut {
            self.cut(id, now);
        }
    }

    /// The file holds something else now: it was cut, or written anew. What was read of it before is a stream of its own.
    pub(super) fn cut(&mut self, id: FileId, now: Instant) {
        let Some(file) = self.files.get_mut(&id) else {
            return;
        };
        file.unpacking = None;
        file.broken = None;
        file.stale = true;
        if let Role::Stream(key) = std::mem::replace(&mut file.role, Role::New)
            && let Some(stream) = self.streams.get_mut(&key)
        {
            tracing::debug!(path = %file.path().display(), at = stream.at, "a followed file was cut");
            stream.attached = false;
            stream.alone = Some(now);
        }
    }

    /// No longer follows a file. Its stream is remembered.
    pub(super) fn leave(&mut self, id: FileId, now: Instant) {
        let Some(file) = self.files.remove(&id) else {
            return;
        };
        self.standing.left += 1;
        match file.role {
            Role::Stream(key) => {
                if let Some(stream) = self.streams.get_mut(&key) {
                    stream.attached = false;
                    stream.alone = Some(now);
                }
            }
            Role::Log(log) => self.logs.push(*log),
            Role::New | Role::Copy(_) => {}
        }
    }

    /// Puts the files that have something to read into the row.
    fn queue(&mut self) {
        for (id, file) in &mut self.files {
            let wants = match &file.role {
                Role::Stream(key) => self.streams.get(key).is_some_and(|stream| {
                    if stream.mark.packed {
                        !stream.mark.ended
                    } else {
                        file.stale || file.seen.size > stream.at
                    }
                }),
                Role::Log(log) => file.stale || log.waits(),
                Role::New | Role::Copy(_) => false,
            };
            if wants && !file.queued {
                file.queued = true;
                self.turn.push_back(*id);
            }
        }
    }

    /// Closes the files used longest ago before too many are open. Each use opens one at most. Those that no pattern leads to
    /// any more are kept open as long as possible, since their names are not known.
    pub(super) fn close_in_time(&mut self) {
        let spare = (self.settings.open_files / 4).max(1);
        if self.uses < self.closed_at + spare as u64 {
            return;
        }
        self.closed_at = self.uses;
        let mut open: Vec<(bool, u64, FileId)> = self
            .files
            .values()
            .filter(|file| file.handle.is_some() || file.unpacking.is_some())
            .map(|file| (!file.named, file.used, file.id))
            .collect();
        let over = open.len().saturating_sub(self.settings.open_files - spare);
        if over == 0 {
            return;
        }
        open.sort_unstable();
        for (_, _, id) in open.into_iter().take(over) {
            if let Some(file) = self.files.get_mut(&id) {
                file.handle = None;
                file.unpacking = None;
            }
        }
    }

    /// Counts a use of the file.
    pub(super) fn used(&mut self, id: FileId) {
        self.uses += 1;
        if let Some(file) = self.files.get_mut(&id) {
            file.used = self.uses;
        }
    }

    /// How it stands.
    pub(super) fn standing(&self) -> Standing {
        let behind = self.files.values().map(|file| match &file.role {
            Role::Stream(key) => self.streams.get(key).map_or(0, |stream| {
                if stream.mark.packed {
                    if stream.mark.ended { 0 } else { file.seen.size }
                } else {
                    file.seen.size.saturating_sub(stream.at)
                }
            }),
            Role::Log(log) => log.behind(),
            Role::New => file.seen.size,
            Role::Copy(_) => 0,
        });
        Standing {
            behind: behind.sum(),
            ..self.standing
        }
    }
}
