//! Reading in bounded pieces with known offsets.

use std::io::{self, Read};

use xxhash_rust::xxh3::xxh3_128;

/// Bytes asked for at a time.
const PIECE: usize = 1 << 20;

/// Identity of a stream by its beginning: a hash of its first 256 bytes or its first line, whichever is shorter. A copy of
/// the stream under another name has the same identity, and so do its records, which is how a copy is noticed.
pub fn stream_id(head: &[u8]) -> u128 {
    let head = head.get(..256).unwrap_or(head);
    let line = head
        .iter()
        .position(|b| *b == b'\n')
        .map_or(head, |at| head.get(..at).unwrap_or(head));
    xxh3_128(line)
}

/// A sliding buffer over a reader: unconsumed bytes stay, more are read behind them.
pub struct Pieces {
    reader: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    start: usize,
    offset: u64,
    eof: bool,
}

impl Pieces {
    /// Starts at the beginning of `reader`.
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            offset: 0,
            eof: false,
        }
    }

    /// Offset of the first unconsumed byte.
    pub const fn offset(&self) -> u64 {
        self.offset
    }

    /// True when nothing follows what [`Self::bytes`] shows.
    pub const fn eof(&self) -> bool {
        self.eof
    }

    /// The unconsumed bytes read so far.
    pub fn bytes(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    /// Reads more behind the unconsumed bytes; returns how many came, 0 at the end.
    ///
    /// # Errors
    /// When the reader fails, for example on broken compressed data; what was read before stays valid.
    pub fn fill(&mut self) -> io::Result<usize> {
        if self.eof {
            return Ok(0);
        }
        self.buffer.drain(..self.start);
        self.start = 0;
        let read = self
            .reader
            .by_ref()
            .take(PIECE as u64)
            .read_to_end(&mut self.buffer)?;
        self.eof = read < PIECE;
        Ok(read)
    }

    /// Marks `count` bytes as used.
    pub fn consume(&mut self, count: usize) {
        let count = count.min(self.buffer.len() - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// Moves to `offset`, which must not lie before the current one. Returns false if the stream ends before it, which
    /// means that it is not the stream it was.
    ///
    /// # Errors
    /// When the reader fails.
    pub fn skip_to(&mut self, offset: u64) -> io::Result<bool> {
        while self.offset < offset {
            if self.bytes().is_empty() && self.fill()? == 0 {
                return Ok(false);
            }
            let step = (offset - self.offset).min(self.bytes().len() as u64) as usize;
            self.consume(step);
        }
        Ok(true)
    }
}
