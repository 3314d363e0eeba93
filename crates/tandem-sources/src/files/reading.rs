//! Reading, a piece of each file in turn, and ending what is over.

use std::io::{self, Read};
use std::sync::Arc;
use std::time::Instant;

use super::ends::holds;
use super::eventlog::Step;
use super::followed::{Role, read_at, unpack};
use super::follower::{Follower, Piece};
use super::forget::{is_gone, note};
use super::identity::{FileId, HEAD, Sum};
use super::same::{self, Same};

/// Most bytes of one piece.
const PIECE: usize = 512 << 10;
/// Bytes read beyond the size that was seen, since files grow meanwhile.
const GROWTH: usize = 16 << 10;
/// Most pieces handed on at a time.
const PIECES: usize = 256;

/// What came of reading a file once.
enum Outcome {
    Piece {
        piece: Piece,
        more: bool,
    },
    Nothing,
    /// What was read before is no longer there.
    Cut,
}

impl Follower {
    /// The next pieces, about `bytes` of them; nothing if all was read that the last look saw.
    pub(super) fn round(&mut self, bytes: usize, now: Instant) -> Vec<Piece> {
        let ready = self.ready.len().min(PIECES);
        let mut pieces: Vec<Piece> = self.ready.drain(..ready).collect();
        let mut read = 0;
        // What stands ready goes first: it belongs before what is read now.
        while self.ready.is_empty() && read < bytes && pieces.len() < PIECES {
            let Some(id) = self.turn.pop_front() else { break };
            self.close_in_time();
            if let Some(file) = self.files.get_mut(&id) {
                file.queued = false;
            }
            match self.read(id, now) {
                Ok(Outcome::Piece { piece, more }) => {
                    read += piece.body.len();
                    pieces.push(piece);
                    if more && let Some(file) = self.files.get_mut(&id) {
                        file.queued = true;
                        self.turn.push_back(id);
                    }
                }
                Ok(Outcome::Nothing) => {}
                Ok(Outcome::Cut) => self.cut(id, now),
                Err(error) => self.cannot_read(id, &error),
            }
        }
        pieces
    }

    fn read(&mut self, id: FileId, now: Instant) -> io::Result<Outcome> {
        self.used(id);
        match self.files.get(&id).map(|file| &file.role) {
            Some(Role::Stream(key)) => {
                let key = key.clone();
                if self.streams.get(&key).is_some_and(|stream| stream.mark.packed) {
                    self.read_packed(id, &key, now)
                } else {
                    self.read_plain(id, &key)
                }
            }
            Some(Role::Log(_)) => self.read_log(id, now),
            _ => Ok(Outcome::Nothing),
        }
    }

    fn read_plain(&mut self, id: FileId, key: &str) -> io::Result<Outcome> {
        let (Some(file), Some(stream)) = (self.files.get_mut(&id), self.streams.get_mut(key)) else {
            return Ok(Outcome::Nothing);
        };
        let handle = file.open()?;
        let again = stream.at < stream.mark.read;
        let known = if again { 0 } else { stream.mark.tail.length() };
        let left = file.seen.size.saturating_sub(stream.at) as usize;
        let most = known + left.saturating_add(GROWTH).min(PIECE);
        let mut bytes = Vec::new();
        read_at(&handle, stream.at.saturating_sub(known as u64), &mut bytes, most)?;
        let there = if again || stream.at < HEAD as u64 {
            holds(&handle, stream)?
        } else {
            bytes.get(..known).is_some_and(|tail| stream.mark.tail.fits(tail))
        };
        if !there {
            return Ok(Outcome::Cut);
        }
        file.stale = false;
        if bytes.len() == known {
            return Ok(Outcome::Nothing);
        }
        stream.advance(&bytes, known);
        file.seen.size = file.seen.size.max(stream.at);
        stream.mark.size = file.seen.size;
        let more = bytes.len() == most || stream.at < file.seen.size;
        let body = bytes.split_off(known);
        let piece = Piece::of(stream, file.path_text(), body, false);
        Ok(Outcome::Piece { piece, more })
    }

    fn read_packed(&mut self, id: FileId, key: &str, now: Instant) -> io::Result<Outcome> {
        let (Some(file), Some(stream)) = (self.files.get_mut(&id), self.streams.get_mut(key)) else {
            return Ok(Outcome::Nothing);
        };
        let mut opened = match file.unpacking.take() {
            Some(opened) if opened.at == stream.at => opened,
            _ => {
                // It was closed, or its beginning is still to be passed over.
                let mut opened = unpack(Arc::clone(&file.open()?))?;
                if same::with_stream(&mut opened.reader, (0, Sum::START), stream)? != Same::Whole {
                    return Ok(Outcome::Cut);
                }
                if stream.at < stream.mark.read {
                    opened = unpack(file.open()?)?;
                    io::copy(&mut opened.reader.by_ref().take(stream.at), &mut io::sink())?;
                }
                opened.at = stream.at;
                opened
            }
        };
        let mut bytes = Vec::new();
        let read = opened.reader.by_ref().take(PIECE as u64).read_to_end(&mut bytes);
        let whole = read.is_ok();
        if let Err(error) = read
            && bytes.is_empty()
        {
            self.broken(id, &error);
            self.detach(id, now);
            return Ok(Outcome::Nothing);
        }
        file.stale = false;
        stream.mark.size = file.seen.size;
        let end = bytes.is_empty();
        if !end {
            stream.advance(&bytes, 0);
        }
        stream.mark.ended = end;
        opened.at = stream.at;
        if end {
            file.handle = None;
        } else if whole {
            file.unpacking = Some(opened);
        }
        let piece = Piece::of(stream, file.path_text(), bytes, end);
        Ok(Outcome::Piece { piece, more: !end })
    }

    /// A compressed file that breaks off is taken up again, at the same place, when it has changed.
    fn detach(&mut self, id: FileId, now: Instant) {
        let Some(file) = self.files.get_mut(&id) else {
            return;
        };
        if let Role::Stream(key) = std::mem::replace(&mut file.role, Role::New)
            && let Some(stream) = self.streams.get_mut(&key)
        {
            stream.attached = false;
            stream.alone = Some(now);
        }
    }

    fn read_log(&mut self, id: FileId, now: Instant) -> io::Result<Outcome> {
        let Some(file) = self.files.get_mut(&id) else {
            return Ok(Outcome::Nothing);
        };
        let handle = file.open()?;
        let calm = file.is_settled(now);
        let (size, from) = (file.seen.size, file.path_text());
        let Role::Log(log) = &mut file.role else {
            return Ok(Outcome::Nothing);
        };
        file.stale = false;
        let step = log.read(&handle, size, calm, now)?;
        let more = log.more();
        self.trouble.extend(log.trouble());
        let (body, refused, once) = match step {
            Step::Nothing => return Ok(Outcome::Nothing),
            Step::Remember => (Vec::new(), Vec::new(), None),
            Step::Chunk(body) => (body, Vec::new(), None),
            Step::Damaged(refused, once) => (Vec::new(), vec![refused], Some(once)),
        };
        let piece = Piece {
            from,
            body,
            refused,
            once,
            ..log.remembered()
        };
        Ok(Outcome::Piece { piece, more })
    }

    /// Ends the streams that are over, and leaves the files that are.
    pub(super) fn finish(&mut self, now: Instant) {
        let ids: Vec<FileId> = self.files.keys().copied().collect();
        for id in ids {
            if self.is_finished(id, now) {
                self.leave(id, now);
            }
        }
        let linger = self.settings.linger();
        let at = self.clock.at(now);
        for stream in self.streams.values_mut() {
            // A compressed file that broke off is still there, and may be whole some day.
            let broke_off = stream.mark.packed && self.files.contains_key(&stream.mark.file);
            if stream.attached || stream.mark.ended || broke_off {
                continue;
            }
            let since = *stream.alone.get_or_insert(now);
            if now.saturating_duration_since(since) < linger {
                continue;
            }
            stream.mark.ended = true;
            if is_gone(&self.files, stream.mark.file) {
                note(&mut stream.mark.gone, at);
            }
            let from = stream.mark.path.clone();
            self.ready.push_back(Piece::of(stream, from, Vec::new(), true));
        }
    }

    /// True for a file that is no longer there and of which everything was read. Says that a stream ends where it does.
    fn is_finished(&mut self, id: FileId, now: Instant) -> bool {
        let Some(file) = self.files.get(&id) else {
            return false;
        };
        let quiet = file.quiet(now);
        let gone = !file.named && quiet >= self.settings.linger();
        let key = match &file.role {
            Role::Stream(key) => key,
            Role::Log(log) => return gone && !file.stale && !log.waits(),
            Role::New | Role::Copy(_) => {
                if gone && matches!(file.role, Role::New) && file.seen.size > 0 {
                    let path = file.path().display();
                    self.trouble
                        .push(format!("{path} was deleted before it could be read"));
                }
                return gone;
            }
        };
        let Some(stream) = self.streams.get_mut(key) else {
            return gone;
        };
        if stream.mark.packed {
            return gone && stream.mark.ended;
        }
        if file.stale || file.seen.size > stream.at {
            return false;
        }
        let away = file.path().to_string_lossy() != stream.mark.path && quiet >= self.settings.linger();
        let idle = stream.mark.open && self.settings.idle().is_some_and(|idle| quiet >= idle);
        if (gone || away || idle) && !stream.mark.ended {
            stream.mark.ended = true;
            self.ready
                .push_back(Piece::of(stream, file.path_text(), Vec::new(), true));
        }
        gone
    }

    /// A file is gone that was not held open.
    pub(super) fn vanished(&mut self, id: FileId, now: Instant) {
        if let Some(file) = self.files.get(&id)
            && let Role::Stream(key) = &file.role
            && let Some(stream) = self.streams.get(key)
            && !stream.mark.packed
            && file.seen.size > stream.at
        {
            let lost = file.seen.size - stream.at;
            let path = file.path().display();
            self.trouble.push(format!(
                "{path} was deleted before its last {lost} bytes were read"
            ));
        }
        self.leave(id, now);
    }
}
