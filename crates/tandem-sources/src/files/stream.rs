//! What is known of one stream of bytes: how far it was read, and what was there.

use std::collections::VecDeque;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use super::identity::{FileId, Head, Sum, Tail};
use crate::delivery::Position;

/// Places whose sums are remembered, so that a copy which is a little shorter than what was read is known too.
const CHECKS: usize = 8;

/// A stream of bytes: the content of a file from one beginning on. It outlives the file's name, and, where the file was
/// copied and cut, the file.
#[derive(Debug, Clone)]
pub(super) struct Stream {
    pub(super) key: String,
    /// What is remembered with the position.
    pub(super) mark: Mark,
    /// Where reading goes on, bytes.
    pub(super) at: u64,
    /// A file holds it.
    pub(super) attached: bool,
    /// Since when none does, as far as was looked.
    pub(super) alone: Option<Instant>,
}

/// The part of a stream that is kept beside its position.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// Where the stream was found first.
    pub(super) path: String,
    /// The file that holds it.
    pub(super) file: FileId,
    /// How many streams that file held before.
    pub(super) round: u32,
    pub(super) head: Head,
    /// How far it was read, bytes. The position may stand before that: what was begun there was no whole record yet, and is
    /// read again by the next run.
    pub(super) read: u64,
    /// What is right before that.
    pub(super) tail: Tail,
    /// Over everything before that; unknown if it was passed over.
    pub(super) sum: Option<Sum>,
    /// Sums of places before that.
    pub(super) checks: VecDeque<(u64, Sum)>,
    /// Size of the file when it was last read, bytes; of a compressed file as it is stored.
    pub(super) size: u64,
    /// The file is compressed; the position counts what comes out of it.
    pub(super) packed: bool,
    /// What was read does not end with the end of a line.
    pub(super) open: bool,
    /// Said to be read to its end.
    pub(super) ended: bool,
    /// Since when no file holds it, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) gone: Option<i64>,
}

impl Stream {
    /// A stream of which nothing was read.
    pub(super) fn new(file: FileId, round: u32, path: String, head: Head) -> Self {
        let plain = format!("{:x}-{:x}-{:016x}", file.device, file.inode, head.hash() as u64);
        Self {
            key: if round == 0 {
                plain
            } else {
                format!("{plain}-{round}")
            },
            mark: Mark {
                path,
                file,
                round,
                head,
                read: 0,
                tail: Tail::default(),
                sum: Some(Sum::START),
                checks: VecDeque::new(),
                size: 0,
                packed: false,
                open: false,
                ended: false,
                gone: None,
            },
            at: 0,
            attached: true,
            alone: None,
        }
    }

    /// The stream of a position; `None` for one that somebody else kept.
    pub(super) fn kept(position: &Position) -> Option<Self> {
        let mark: Mark = serde_json::from_str(&position.mark).ok()?;
        Some(Self {
            key: position.stream.clone(),
            at: position.at.min(mark.read),
            mark,
            attached: false,
            alone: None,
        })
    }

    /// Where reading goes on.
    pub(super) fn position(&self, at: u64) -> Position {
        Position {
            stream: self.key.clone(),
            at,
            mark: serde_json::to_string(&self.mark).unwrap_or_default(),
        }
    }

    /// Part of the ids of its records.
    pub(super) fn identity(&self) -> u128 {
        xxh3_128(self.key.as_bytes())
    }

    /// Notes that `read` was read, of which the first `known` bytes are the tail that was known.
    pub(super) fn advance(&mut self, read: &[u8], known: usize) {
        let bytes = read.get(known..).unwrap_or_default();
        let again = self.mark.read.saturating_sub(self.at) as usize;
        self.at += bytes.len() as u64;
        self.mark.open = bytes.last().is_some_and(|last| *last != b'\n');
        self.mark.ended = false;
        let Some(new) = bytes.get(again..).filter(|new| !new.is_empty()) else {
            return;
        };
        self.mark.read = self.at;
        self.mark.tail = Tail::of(read);
        if let Some(sum) = &mut self.mark.sum {
            *sum = sum.with(new);
            self.mark.checks.push_back((self.at, *sum));
            if self.mark.checks.len() > CHECKS {
                self.mark.checks.pop_front();
            }
        }
    }

    /// Takes it as read up to `end` only: the file that goes on with it has no more.
    pub(super) fn shorten(&mut self, end: u64, sum: Sum, tail: Tail) {
        self.mark.read = end;
        self.mark.sum = Some(sum);
        self.mark.tail = tail;
        self.mark.checks.retain(|(place, _)| *place < end);
    }

    /// True if a file at `path` may be a copy: it lies elsewhere, and its name goes on where this one's stops, as
    /// `app.log.1`, `app-20260101.log` and `app.log.2.gz` do for `app.log`.
    pub(super) fn may_be_copied_to(&self, path: &std::path::Path) -> bool {
        let home = std::path::Path::new(&self.mark.path);
        let stem = home.file_stem().unwrap_or_default().to_string_lossy();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        path.to_string_lossy() != self.mark.path && !stem.is_empty() && name.starts_with(stem.as_ref())
    }
}
