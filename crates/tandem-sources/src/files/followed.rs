//! One file that is followed.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::eventlog::EventLog;
use super::finder::Seen;
use super::identity::{FileId, HEAD, Sum};

/// How long a file that is only read whole must be unchanged: it may still be being written.
const SETTLED: Duration = Duration::from_secs(2);

/// What a file is taken for.
#[derive(Debug)]
pub(super) enum Role {
    /// Not yet known: there is too little of it, or it cannot be read.
    New,
    /// So far the same as another file, and perhaps a copy of it.
    Copy(Copying),
    /// It holds the stream of that key.
    Stream(String),
    /// A Windows event log.
    Log(Box<EventLog>),
}

/// A file that may be a copy.
#[derive(Debug)]
pub(super) struct Copying {
    /// Key of the stream it would be a copy of.
    pub(super) of: String,
    /// Bytes that were compared and are the same.
    pub(super) same: u64,
    /// Sum of these.
    pub(super) sum: Sum,
    /// How far the other one was read when a compressed file was compared with it; `None` for a plain file.
    pub(super) judged: Option<u64>,
}

/// Reads what a compressed file holds.
pub(super) struct Unpacking {
    pub(super) reader: Box<dyn Read + Send>,
    /// Bytes that came out so far.
    pub(super) at: u64,
}

impl std::fmt::Debug for Unpacking {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Unpacking").field("at", &self.at).finish()
    }
}

/// One file that is followed.
#[derive(Debug)]
pub(super) struct Followed {
    pub(super) id: FileId,
    /// As it was seen last.
    pub(super) seen: Seen,
    /// The patterns lead to it.
    pub(super) named: bool,
    /// When it changed, or its names did, as far as was noticed.
    pub(super) changed: Instant,
    /// When its content changed, as far as was noticed.
    written: Instant,
    /// It changed since it was last compared with what was read.
    pub(super) stale: bool,
    pub(super) role: Role,
    pub(super) handle: Option<Arc<File>>,
    pub(super) unpacking: Option<Unpacking>,
    /// Grows each time it is used: the file used longest ago is closed first.
    pub(super) used: u64,
    /// It waits for its turn to be read.
    pub(super) queued: bool,
    /// It was there at the first look of a source that had never read anything.
    pub(super) early: bool,
    /// As it was when it could not be unpacked.
    pub(super) broken: Option<Seen>,
}

impl Followed {
    pub(super) fn new(id: FileId, seen: Seen, early: bool, now: Instant) -> Self {
        Self {
            id,
            seen,
            named: true,
            changed: now,
            written: now,
            stale: true,
            role: Role::New,
            handle: None,
            unpacking: None,
            used: 0,
            queued: false,
            early,
            broken: None,
        }
    }

    /// Notes how it looks now.
    pub(super) fn look(&mut self, seen: Seen, named: bool, now: Instant) {
        let content = self.seen.size != seen.size || self.seen.modified != seen.modified;
        if content || self.seen.path != seen.path || self.named != named {
            self.changed = now;
        }
        if content {
            self.written = now;
        }
        self.stale |= content;
        self.named = named;
        self.seen = seen;
    }

    /// How long nothing happened to it.
    pub(super) fn quiet(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.changed)
    }

    /// True if nobody seems to be writing it.
    pub(super) fn is_settled(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.written) >= SETTLED
    }

    pub(super) fn path(&self) -> &Path {
        &self.seen.path
    }

    /// The open file.
    ///
    /// # Errors
    /// When it cannot be opened, or another file has taken its name since it was seen.
    pub(super) fn open(&mut self) -> io::Result<Arc<File>> {
        if let Some(handle) = &self.handle {
            return Ok(Arc::clone(handle));
        }
        let file = File::open(&self.seen.path)?;
        if FileId::of(&file.metadata()?) != self.id {
            return Err(io::Error::new(
                io::ErrorKind::NotFound,
                "another file has taken its name",
            ));
        }
        let file = Arc::new(file);
        self.handle = Some(Arc::clone(&file));
        Ok(file)
    }

    /// How the open file looks now, whatever its name.
    pub(super) fn held(&self) -> Option<Seen> {
        let meta = self.handle.as_ref()?.metadata().ok()?;
        Some(Seen::of(self.seen.path.clone(), &meta))
    }

    pub(super) fn path_text(&self) -> String {
        self.seen.path.to_string_lossy().into_owned()
    }
}

/// Reads from a place until the buffer is full or the file ends.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read_at(file: &File, at: u64, buffer: &mut Vec<u8>, most: usize) -> io::Result<()> {
    buffer.resize(most, 0);
    let mut filled = 0;
    while filled < most {
        let rest = buffer.get_mut(filled..).unwrap_or_default();
        match file.read_at(rest, at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    buffer.truncate(filled);
    Ok(())
}

/// The first bytes of a file.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn beginning(file: &File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    read_at(file, 0, &mut head, HEAD)?;
    Ok(head)
}

/// Reads a plain file from a place on, whatever else reads it.
pub(super) struct From {
    pub(super) file: Arc<File>,
    pub(super) at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

/// Opens what a compressed file holds; the file is read from its beginning, whatever else reads it.
///
/// # Errors
/// When its compression cannot be told.
pub(super) fn unpack(file: Arc<File>) -> io::Result<Unpacking> {
    Ok(Unpacking {
        reader: tandem_collect::open_reader(From { file, at: 0 })?,
        at: 0,
    })
}

/// The folder a file lies in.
pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("/")).to_owned()
}
