//! Records being gathered for a delivery. The last of them may still be unfinished: it stays when the others leave.

use crate::delivery::Refused;

/// Bytes of whole records, or of refused pieces, at which a batch is handed on.
pub(super) const FULL: usize = 256 << 10;
/// Refused pieces at which a batch is handed on, so that many tiny ones take little memory.
const FULL_REFUSED: usize = 64;
/// What stands for a newline inside a message, as rsyslog writes it: `#` and the octal number.
const NEWLINE: &[u8] = b"#012";

/// Records, and what could not become one.
#[derive(Debug, Default)]
pub(super) struct Batch {
    body: Vec<u8>,
    /// Bytes of `body` that are whole records; what follows is the open piece.
    whole: usize,
    gathered: Gathered,
    refused_bytes: usize,
}

/// What leaves a batch.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Gathered {
    /// Whole records, each with a newline at its end.
    pub body: Vec<u8>,
    /// How many.
    pub records: u64,
    /// What could not become one.
    pub refused: Vec<Refused>,
}

impl Gathered {
    /// True if there is nothing to hand on.
    pub(super) const fn is_empty(&self) -> bool {
        self.records == 0 && self.refused.is_empty()
    }
}

impl Batch {
    /// Bytes of the open piece so far.
    pub(super) const fn open(&self) -> usize {
        self.body.len() - self.whole
    }

    /// True if there is nothing to hand on; the open piece does not count.
    pub(super) const fn is_empty(&self) -> bool {
        self.gathered.is_empty()
    }

    /// True if it should be handed on before more is added.
    pub(super) const fn is_full(&self) -> bool {
        self.whole >= FULL || self.refused_bytes >= FULL || self.gathered.refused.len() >= FULL_REFUSED
    }

    /// Bytes of whole records.
    pub(super) const fn size(&self) -> usize {
        self.whole + self.refused_bytes
    }

    /// Adds bytes without a newline to the open piece.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.body.extend_from_slice(bytes);
    }

    /// Adds bytes to the open piece; newlines become `#012`, so that a record stays one line.
    pub(super) fn push_message(&mut self, bytes: &[u8]) {
        let mut from = 0;
        for at in memchr::memchr_iter(b'\n', bytes) {
            self.push(bytes.get(from..at).unwrap_or_default());
            self.push(NEWLINE);
            from = at + 1;
        }
        self.push(bytes.get(from..).unwrap_or_default());
    }

    /// Adds bytes to an open piece that will be refused, as far as they are kept.
    pub(super) fn push_refused(&mut self, bytes: &[u8]) {
        let room = Refused::KEPT.saturating_sub(self.open());
        self.push(bytes.get(..room).unwrap_or(bytes));
    }

    /// Makes the open piece a record, or forgets it when it is blank.
    pub(super) fn finish(&mut self) {
        let blank = self
            .body
            .get(self.whole..)
            .is_none_or(|open| open.trim_ascii().is_empty());
        if blank {
            self.forget();
            return;
        }
        self.body.push(b'\n');
        self.whole = self.body.len();
        self.gathered.records += 1;
    }

    /// Forgets the open piece.
    pub(super) fn forget(&mut self) {
        self.body.truncate(self.whole);
    }

    /// Keeps of the open piece only what a refused piece may hold.
    pub(super) fn shorten(&mut self) {
        self.body.truncate(self.whole + Refused::KEPT);
    }

    /// Makes the open piece, which had `bytes` in all, a refused one.
    pub(super) fn refuse(&mut self, bytes: u64, reason: String, hint: &str) {
        let mut refused = Refused::new(self.body.get(self.whole..).unwrap_or_default(), reason, hint);
        refused.bytes = bytes;
        self.forget();
        self.refused_bytes += refused.raw.len();
        self.gathered.refused.push(refused);
    }

    /// Adds a whole message, of at most `limit` bytes once its newlines are written out. A newline or NUL at its end is
    /// no part of it.
    pub(super) fn message(&mut self, message: &[u8], limit: usize) {
        self.push_message(without_trailer(message));
        if self.open() > limit {
            self.shorten();
            self.refuse(message.len() as u64, too_long(limit), TOO_LONG);
        } else {
            self.finish();
        }
    }

    /// Takes what is whole; the open piece stays.
    pub(super) fn take(&mut self) -> Gathered {
        // Who filled one batch will fill the next; growing step by step would copy it all again.
        let room = if self.whole >= FULL / 2 {
            FULL + FULL / 4
        } else {
            0
        };
        let rest = self.body.get(self.whole..).unwrap_or_default();
        let mut open = Vec::with_capacity(room.max(rest.len()));
        open.extend_from_slice(rest);
        self.body.truncate(self.whole);
        let mut gathered = std::mem::take(&mut self.gathered);
        gathered.body = std::mem::replace(&mut self.body, open);
        self.whole = 0;
        self.refused_bytes = 0;
        gathered
    }
}

/// A message without the newline or NUL that some senders add inside the frame.
pub(super) fn without_trailer(message: &[u8]) -> &[u8] {
    match message {
        [rest @ .., b'\n' | 0] => rest,
        all => all,
    }
}

/// Why a message of more than `limit` bytes is refused.
pub(super) fn too_long(limit: usize) -> String {
    format!("the message is longer than {limit} bytes")
}

/// What to do about it.
pub(super) const TOO_LONG: &str =
    "let the sender cut its messages, or raise `record_bytes` of `limits` if they must be this long";
