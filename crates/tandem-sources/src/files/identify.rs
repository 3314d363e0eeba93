//! Telling what a file is that was not there before: one that was read already, a copy of one, or something new.

use std::fs::File;
use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

use tandem_collect::Encoding;

use super::ends::{holds, hole, last_line, sum_until, tail_before};
use super::eventlog;
use super::followed::{Copying, From, Role, Unpacking, beginning, unpack};
use super::follower::{Follower, Piece};
use super::identity::{FileId, HEAD, Head, Sum, Tail};
use super::same::{self, Same};
use super::stream::Stream;
use crate::settings::Start;

/// Largest file that is read through once to know its copies, if it is followed from its end, bytes.
const READ_THROUGH: u64 = 1 << 30;
/// How a file begins.
struct Beginning {
    id: FileId,
    /// The first bytes; of a compressed file, what comes out of it.
    bytes: Vec<u8>,
    head: Head,
    packed: bool,
}

/// What a comparison with one known stream came to.
enum Verdict {
    /// The file goes on where the stream stands.
    GoesOn(Option<Unpacking>),
    /// Nothing in it is new; it ends at so many bytes, which have that sum.
    Known(u64, Sum),
    /// The same, but what it ends with is still to be read again.
    Ends(u64, Sum),
    /// It cannot be told yet.
    Waits(Copying),
    /// It is another file.
    Other,
}

impl Follower {
    /// Finds out what the files are that are not known yet. Those that were read before under any name come first, so that
    /// none of their streams is taken for somebody else's.
    pub(super) fn identify(&mut self, now: Instant) {
        let mut rest = Vec::new();
        for id in self.unknown(now) {
            self.close_in_time();
            match self.recognise(id, now) {
                Ok(None) => {}
                Ok(Some(beginning)) => rest.push(beginning),
                Err(error) => self.failed(id, &error),
            }
        }
        // A file before its copies, whose names are longer.
        rest.sort_by_key(|beginning| {
            let path = self
                .files
                .get(&beginning.id)
                .map_or_else(String::new, |file| file.path_text());
            (path.len(), path)
        });
        for beginning in rest {
            let id = beginning.id;
            self.close_in_time();
            if let Err(error) = self.settle(&beginning, now) {
                self.failed(id, &error);
            }
        }
    }

    fn unknown(&self, now: Instant) -> Vec<FileId> {
        let unknown = self.files.values().filter(|file| match &file.role {
            Role::New => file.seen.size > 0 && file.broken.as_ref() != Some(&file.seen),
            Role::Copy(copying) => self.may_tell(copying, now),
            _ => false,
        });
        unknown.map(|file| file.id).collect()
    }

    /// False for a compressed file as long as comparing it again would come to the same.
    fn may_tell(&self, copying: &Copying, now: Instant) -> bool {
        let Some(judged) = copying.judged else { return true };
        let stream = self.streams.get(&copying.of).filter(|stream| stream.attached);
        let Some(stream) = stream else { return true };
        stream.mark.read != judged
            || self
                .files
                .get(&stream.mark.file)
                .is_none_or(|holder| holder.quiet(now) >= self.settings.linger())
    }

    fn failed(&mut self, id: FileId, error: &io::Error) {
        use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
        if matches!(error.kind(), InvalidData | InvalidInput | Other | UnexpectedEof) {
            self.broken(id, error);
        } else {
            self.cannot_read(id, error);
        }
    }

    /// Notes that a file cannot be read; it is tried again.
    pub(super) fn cannot_read(&mut self, id: FileId, error: &io::Error) {
        let Some(file) = self.files.get_mut(&id) else {
            return;
        };
        file.handle = None;
        file.unpacking = None;
        // Renamed or deleted since it was seen, which shows at the next look.
        if error.kind() == io::ErrorKind::NotFound {
            return;
        }
        let path = file.path().display();
        self.trouble
            .push(if error.kind() == io::ErrorKind::PermissionDenied {
                format!("cannot read {path}: {error}; let Tandem read it")
            } else {
                format!("cannot read {path}: {error}; it is tried again")
            });
    }

    /// Looks at a file's beginning. `None` if it is known now, or cannot be told yet.
    fn recognise(&mut self, id: FileId, now: Instant) -> io::Result<Option<Beginning>> {
        self.used(id);
        let Some(file) = self.files.get_mut(&id) else {
            return Ok(None);
        };
        let handle = file.open()?;
        let mut bytes = beginning(&handle)?;
        if bytes.starts_with(eventlog::SIGNATURE) {
            self.follow_log(id);
            return Ok(None);
        }
        let packed = Encoding::recognise(&bytes) != Encoding::Plain;
        if packed {
            if !file.is_settled(now) {
                return Ok(None);
            }
            bytes.clear();
            let unpacked = unpack(Arc::clone(&handle))
                .and_then(|opened| opened.reader.take(HEAD as u64).read_to_end(&mut bytes));
            unpacked?;
        }
        let (head, growing) = Head::of(&bytes);
        if bytes.is_empty() || (growing && !packed && !self.is_over(id, now)) {
            return Ok(None);
        }
        let beginning = Beginning {
            id,
            bytes,
            head,
            packed,
        };
        Ok(if self.was_read_before(&beginning, &handle)? {
            None
        } else {
            Some(beginning)
        })
    }

    /// True for a file that will hardly grow: it has been quiet since it was deleted or rotated away, or for very long.
    fn is_over(&self, id: FileId, now: Instant) -> bool {
        self.files.get(&id).is_some_and(|file| {
            let quiet = file.quiet(now);
            (!file.named && quiet >= self.settings.linger())
                || self.settings.idle().is_some_and(|idle| quiet >= idle)
        })
    }

    /// A compressed file that breaks off is tried again when it has changed.
    pub(super) fn broken(&mut self, id: FileId, error: &io::Error) {
        let Some(file) = self.files.get_mut(&id) else {
            return;
        };
        file.unpacking = None;
        file.broken = Some(file.seen.clone());
        let path = file.path().display();
        self.trouble.push(format!(
            "cannot unpack {path}: {error}; it is tried again when it changes"
        ));
    }

    /// Goes on with the stream that this very file held, if what was read is still there.
    fn was_read_before(&mut self, new: &Beginning, opened: &Arc<File>) -> io::Result<bool> {
        let mut own: Vec<(u32, String)> = self
            .streams
            .values()
            .filter(|stream| {
                !stream.attached && stream.mark.file == new.id && stream.mark.head.fits(&new.bytes)
            })
            .map(|stream| (stream.mark.round, stream.key.clone()))
            .collect();
        own.sort_unstable();
        while let Some((_, key)) = own.pop() {
            let (Some(stream), Some(file)) = (self.streams.get(&key), self.files.get(&new.id)) else {
                continue;
            };
            let mut unpacking = None;
            let fits = if !new.packed {
                holds(opened, stream)?
            } else if stream.mark.packed && stream.mark.ended && stream.mark.size == file.seen.size {
                true
            } else {
                let mut packed = unpack(Arc::clone(opened))?;
                let same = same::with_stream(&mut packed.reader, (0, Sum::START), stream)?;
                packed.at = stream.mark.read;
                unpacking = Some(packed);
                same == Same::Whole
            };
            if fits {
                self.go_on(new, &key, unpacking);
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Lets a file go on with a stream.
    fn go_on(&mut self, new: &Beginning, key: &str, unpacking: Option<Unpacking>) {
        let (Some(file), Some(stream)) = (self.files.get_mut(&new.id), self.streams.get_mut(key)) else {
            return;
        };
        let moved = stream.mark.file != new.id;
        let back = stream.mark.gone.take().is_some();
        stream.attached = true;
        stream.alone = None;
        stream.mark.file = new.id;
        stream.mark.packed = new.packed;
        if new.packed && (unpacking.is_some() || stream.at < stream.mark.read) {
            // Whether there is more in it is only known when it has been read.
            stream.mark.ended = false;
        }
        file.role = Role::Stream(key.to_owned());
        file.unpacking = unpacking;
        file.stale = true;
        if back || (moved && !new.packed) {
            self.ready
                .push_back(Piece::of(stream, file.path_text(), Vec::new(), stream.mark.ended));
        }
    }

    /// Tells a copy from something new.
    fn settle(&mut self, new: &Beginning, now: Instant) -> io::Result<()> {
        self.used(new.id);
        let Some(file) = self.files.get_mut(&new.id) else {
            return Ok(());
        };
        let opened = file.open()?;
        let mut likely: Vec<(bool, String)> = self
            .streams
            .values()
            .filter(|stream| stream.mark.file != new.id && stream.mark.head.length() > 0)
            .filter(|stream| stream.may_be_copied_to(file.path()) && stream.mark.head.fits(&new.bytes))
            .map(|stream| (stream.attached, stream.key.clone()))
            .collect();
        // A stream whose file is gone wants a new one; the others only want to be told from their copies.
        likely.sort_unstable();
        for (_, key) in likely {
            match self.judge(new, &opened, &key, now)? {
                Verdict::Other => {}
                Verdict::GoesOn(unpacking) => {
                    self.go_on(new, &key, unpacking);
                    return Ok(());
                }
                Verdict::Known(size, sum) => return self.is_known(new, &opened, size, sum),
                Verdict::Ends(size, sum) => {
                    let tail = if new.packed {
                        Tail::default()
                    } else {
                        tail_before(&opened, size)?
                    };
                    if let Some(stream) = self.streams.get_mut(&key) {
                        stream.shorten(size, sum, tail);
                    }
                    self.go_on(new, &key, None);
                    return Ok(());
                }
                Verdict::Waits(copying) => {
                    if let Some(file) = self.files.get_mut(&new.id) {
                        file.role = Role::Copy(copying);
                    }
                    return Ok(());
                }
            }
        }
        self.begin(new, &opened)
    }

    fn judge(&self, new: &Beginning, opened: &Arc<File>, key: &str, now: Instant) -> io::Result<Verdict> {
        let (Some(file), Some(stream)) = (self.files.get(&new.id), self.streams.get(key)) else {
            return Ok(Verdict::Other);
        };
        let done = match &file.role {
            Role::Copy(copying) if copying.of == key && !new.packed => (copying.same, copying.sum),
            _ => (0, Sum::START),
        };
        let mut reader = if new.packed {
            unpack(Arc::clone(opened))?
        } else {
            let at = done.0;
            let reader = Box::new(From {
                file: Arc::clone(opened),
                at,
            });
            Unpacking { reader, at }
        };
        if !stream.attached {
            return Ok(match same::with_stream(&mut reader.reader, done, stream)? {
                Same::Whole => {
                    reader.at = stream.mark.read;
                    Verdict::GoesOn(new.packed.then_some(reader))
                }
                Same::Part { size, sum } if stream.at < size => Verdict::Ends(size, sum),
                Same::Part { size, sum } => Verdict::Known(size, sum),
                Same::Other => Verdict::Other,
            });
        }
        self.judge_beside(new, &mut reader, done, stream, now)
    }

    /// Compares with a stream whose file is still there.
    fn judge_beside(
        &self,
        new: &Beginning,
        reader: &mut Unpacking,
        done: (u64, Sum),
        stream: &Stream,
        now: Instant,
    ) -> io::Result<Verdict> {
        let judged = new.packed.then_some(stream.mark.read);
        let waits = |(same, sum)| {
            Verdict::Waits(Copying {
                of: stream.key.clone(),
                same,
                sum,
                judged,
            })
        };
        let (Some(file), Some(holder)) = (self.files.get(&new.id), self.files.get(&stream.mark.file)) else {
            return Ok(waits(done));
        };
        let theirs = match &holder.handle {
            Some(handle) => Arc::clone(handle),
            None => Arc::new(File::open(holder.path())?),
        };
        let Some(agreed) = same::with_file(&mut reader.reader, &theirs, done, stream.mark.read)? else {
            // A file that was cut since it was looked at is no measure.
            return Ok(if holds(&theirs, stream)? {
                Verdict::Other
            } else {
                waits(done)
            });
        };
        let same = (agreed.at, agreed.sum);
        if agreed.at < stream.mark.read && !agreed.over {
            return Ok(waits(same));
        }
        let linger = self.settings.linger();
        let more = !agreed.over && reader.reader.read(&mut [0])? > 0;
        Ok(match more {
            // It has more than was read so far of the other one, which will grow, be cut, or go.
            true if holder.quiet(now) >= linger && holder.seen.size <= stream.mark.read => Verdict::Other,
            false if file.quiet(now) >= linger || new.packed => Verdict::Known(same.0, same.1),
            _ => waits(same),
        })
    }

    /// Nothing in the file is new: it is remembered as read.
    fn is_known(&mut self, new: &Beginning, opened: &File, size: u64, sum: Sum) -> io::Result<()> {
        let mut stream = self.stream_for(new);
        stream.at = size;
        stream.mark.read = size;
        stream.mark.sum = Some(sum);
        stream.mark.ended = true;
        if !new.packed {
            stream.mark.tail = tail_before(opened, size)?;
        }
        self.start(new.id, stream, true);
        Ok(())
    }

    fn stream_for(&self, new: &Beginning) -> Stream {
        let path = self
            .files
            .get(&new.id)
            .map_or_else(String::new, |file| file.path_text());
        let mut round = 0;
        loop {
            let mut stream = Stream::new(new.id, round, path.clone(), new.head);
            if !self.streams.contains_key(&stream.key) {
                stream.mark.packed = new.packed;
                stream.mark.size = self.files.get(&new.id).map_or(0, |file| file.seen.size);
                return stream;
            }
            round += 1;
        }
    }

    /// A file that nobody read before.
    fn begin(&mut self, new: &Beginning, opened: &File) -> io::Result<()> {
        let mut stream = self.stream_for(new);
        let Some(file) = self.files.get(&new.id) else {
            return Ok(());
        };
        let size = file.seen.size;
        let from_end = file.early && self.settings.start == Start::End;
        if from_end && new.packed {
            stream.mark.ended = true;
        } else if from_end {
            stream.at = last_line(opened, size)?;
            stream.mark.read = stream.at;
            stream.mark.sum = (stream.at <= READ_THROUGH)
                .then(|| sum_until(opened, stream.at))
                .transpose()?;
            stream.mark.tail = tail_before(opened, stream.at)?;
        } else if !new.packed && new.bytes.len() == HEAD && new.bytes.iter().all(|byte| *byte == 0) {
            // Cut while its writer kept its place: what was before is a hole that reads as zeros.
            let Some((at, sum)) = hole(opened)? else {
                return Ok(());
            };
            stream.at = at;
            stream.mark.read = at;
            stream.mark.sum = Some(sum);
            stream.mark.tail = tail_before(opened, at)?;
        }
        self.start(new.id, stream, from_end);
        Ok(())
    }

    fn start(&mut self, id: FileId, stream: Stream, remember: bool) {
        let Some(file) = self.files.get_mut(&id) else {
            return;
        };
        file.role = Role::Stream(stream.key.clone());
        file.stale = true;
        if remember {
            self.ready.push_back(Piece::of(
                &stream,
                file.path_text(),
                Vec::new(),
                stream.mark.ended,
            ));
        }
        self.faded.remove(&stream.key);
        self.streams.insert(stream.key.clone(), stream);
    }
}
