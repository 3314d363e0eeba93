//! Forgetting what is known of files that are gone for good.
//!
//! A stream that no file holds any more stays known, so that the file, or a copy of it, is known when it comes back. After a
//! time that is set it counts no more, and its position is dropped; otherwise every file that was ever rotated away would leave
//! one for ever. Since when it is gone stands with its position, so that restarts do not begin to count anew.

use std::collections::BTreeMap;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::followed::{Followed, Role};
use super::follower::{Follower, Piece};
use super::identity::FileId;
use super::stream::Stream;
use crate::delivery::Place;

/// Streams without a file that new files are compared with.
pub(super) const REMEMBERED: usize = 20_000;
/// A stream that is gone since a moment further ahead than this was judged by a wrong clock, seconds.
const AHEAD: i64 = 86_400;

/// What time it is, counted from the moment at which the run began: setting the clock meanwhile changes nothing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Clock {
    began: Instant,
    seconds: i64,
}

impl Clock {
    /// A clock that shows so many seconds since 1970 at `began`.
    pub(super) const fn new(began: Instant, seconds: i64) -> Self {
        Self { began, seconds }
    }

    /// As the machine's clock shows now.
    pub(super) fn of_the_machine() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self::new(Instant::now(), since.as_secs() as i64)
    }

    /// Seconds since 1970.
    pub(super) fn at(self, now: Instant) -> i64 {
        self.seconds + now.saturating_duration_since(self.began).as_secs() as i64
    }
}

/// True unless a file is there of that identity of which it is not known yet what it holds.
pub(super) fn is_gone(files: &BTreeMap<FileId, Followed>, id: FileId) -> bool {
    files
        .get(&id)
        .is_none_or(|file| matches!(file.role, Role::Stream(_) | Role::Log(_)))
}

/// Notes since when something is gone; true if that is new.
pub(super) fn note(gone: &mut Option<i64>, at: i64) -> bool {
    let known = gone.is_some_and(|since| since <= at.saturating_add(AHEAD));
    if !known {
        *gone = Some(at);
    }
    !known
}

impl Follower {
    /// Notes what is gone, and forgets what has been for long enough.
    pub(super) fn forget(&mut self, now: Instant) {
        self.note_gone(now);
        self.fade();
        self.drop_old(now);
    }

    fn note_gone(&mut self, now: Instant) {
        let at = self.clock.at(now);
        let linger = self.settings.linger();
        for stream in self.streams.values_mut().filter(|stream| !stream.attached) {
            let alone = *stream.alone.get_or_insert(now);
            let over = stream.mark.ended && now.saturating_duration_since(alone) >= linger;
            if over && is_gone(&self.files, stream.mark.file) && note(&mut stream.mark.gone, at) {
                let from = stream.mark.path.clone();
                self.ready.push_back(Piece::of(stream, from, Vec::new(), true));
            }
        }
        for log in &mut self.logs {
            if log.is_gone(&self.files, now, linger) && log.note_gone(at) {
                self.ready.push_back(log.remembered());
            }
        }
    }

    /// No longer compares new files with the streams that are gone for longest, if there are too many. Their positions are
    /// dropped in their time.
    fn fade(&mut self) {
        let is_over = |stream: &&Stream| !stream.attached && stream.mark.ended;
        let count = self.streams.values().filter(is_over).count();
        let Some(over @ 1..) = count.checked_sub(self.remembered) else {
            return;
        };
        let all = self.streams.values().filter(is_over);
        let mut all: Vec<(Option<i64>, String)> =
            all.map(|stream| (stream.mark.gone, stream.key.clone())).collect();
        // Those of which it is not known yet whether they are gone come last.
        all.sort_unstable_by(|one, other| {
            let order = |(gone, key): &(Option<i64>, String)| (gone.unwrap_or(i64::MAX), key.clone());
            order(one).cmp(&order(other))
        });
        for (gone, key) in all.into_iter().take(over) {
            self.streams.remove(&key);
            self.faded.extend(gone.map(|gone| (key, gone)));
        }
    }

    /// Drops the positions of what has been gone for longer than is set. The one that is gone last stays: a source without any
    /// position would take itself for one that never ran.
    fn drop_old(&mut self, now: Instant) {
        let Some(after) = self.settings.forget_after() else {
            return;
        };
        let until = self.clock.at(now) - after;
        let linger = self.settings.linger();
        let streams = self.streams.values().filter(|stream| !stream.attached);
        let streams = streams.filter_map(|stream| Some((stream.mark.gone?, stream.key.as_str())));
        let logs = self.logs.iter().filter_map(|log| Some((log.gone()?, log.key())));
        let faded = self.faded.iter().map(|(key, gone)| (*gone, key.as_str()));
        let Some((_, last)) = streams.chain(logs).chain(faded).max() else {
            return;
        };
        let last = last.to_owned();
        // What came back while nobody looked may still be too new to be told.
        let looked = |alone: Option<Instant>| {
            alone.is_some_and(|alone| now.saturating_duration_since(alone) >= linger)
        };
        let old = |gone: Option<i64>, key: &str| gone.is_some_and(|gone| gone <= until) && key != last;
        let mut dropped: Vec<(String, String)> = Vec::new();
        self.streams.retain(|key, stream| {
            let drop = !stream.attached
                && old(stream.mark.gone, key)
                && looked(stream.alone)
                && is_gone(&self.files, stream.mark.file);
            if drop {
                dropped.push((key.clone(), stream.mark.path.clone()));
            }
            !drop
        });
        self.logs.retain_mut(|log| {
            let drop = old(log.gone(), log.key()) && log.is_gone(&self.files, now, linger);
            if drop {
                dropped.push((log.key().to_owned(), log.path().to_owned()));
            }
            !drop
        });
        self.faded.retain(|key, gone| {
            let drop = old(Some(*gone), key);
            if drop {
                dropped.push((key.clone(), key.clone()));
            }
            !drop
        });
        for (key, from) in dropped {
            tracing::debug!(stream = %key, path = %from, "a followed file has been gone for long; it is forgotten");
            self.ready.push_back(Piece::forgotten(key, from));
        }
    }
}

impl Piece {
    /// That nothing is known of a stream any more.
    fn forgotten(key: String, from: String) -> Self {
        Self {
            from,
            body: Vec::new(),
            refused: Vec::new(),
            format: None,
            identity: 0,
            place: Place::Forgotten(key),
            once: None,
        }
    }
}
