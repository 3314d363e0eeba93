//! Reading an export: one bounded line after the other.

use std::io::{BufRead, Read};

use super::{Line, MAX_LINE};
use crate::fault::{Break, BreakKind};

/// Lines of an export with their numbers. It keeps one line in memory.
pub(super) struct Lines<R> {
    reader: R,
    buffer: Vec<u8>,
    number: u64,
}

/// What a reader says of text that does not parse; longer texts are cut.
const SHOWN: usize = 200;

impl<R: BufRead> Lines<R> {
    pub(super) const fn new(reader: R) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            number: 0,
        }
    }

    /// The number of the line read last, from 1.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    /// The next line, or `None` at the end. `due` is the row that the line would hold, for the message.
    pub(super) fn next(&mut self, due: Option<u64>) -> Result<Option<Line>, Break> {
        if !self.fill().map_err(|found| self.unreadable(due, found))? {
            return Ok(None);
        }
        let (text, complete) = match self.buffer.strip_suffix(b"\n") {
            Some(text) => (text, true),
            None => (self.buffer.as_slice(), false),
        };
        match parse(text) {
            Ok(line) => Ok(Some(line)),
            Err(_) if !complete => Err(Break {
                kind: BreakKind::Truncated,
                seq: due,
                line: Some(self.number),
                expected: "a whole line".to_owned(),
                found: format!("{} bytes without a line end", self.buffer.len()),
                sentence: "the file ends in the middle of a line: it was cut".to_owned(),
            }),
            Err(found) => Err(self.unreadable(due, found)),
        }
    }

    /// Looks through the rest for the row with that number; lines that cannot be read are passed over.
    pub(super) fn holds_row(&mut self, seq: u64) -> bool {
        while let Ok(true) = self.fill() {
            let text = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
            let found = match parse(text) {
                Ok(Line::Row(row)) => row.seq,
                Ok(Line::Sealed(sealed)) => sealed.seq,
                _ => continue,
            };
            if found == seq {
                return true;
            }
        }
        false
    }

    fn unreadable(&self, due: Option<u64>, found: String) -> Break {
        Break::unreadable(due, "a line of the format", found).at_line(self.number)
    }

    /// Reads one line into the buffer; false at the end.
    fn fill(&mut self) -> Result<bool, String> {
        self.buffer.clear();
        self.number += 1;
        // One byte more than allowed tells a line that is too long from one that just fits.
        let most = MAX_LINE as u64 + 1;
        let read = self
            .reader
            .by_ref()
            .take(most)
            .read_until(b'\n', &mut self.buffer)
            .map_err(|error| format!("reading failed: {error}"))?;
        if read as u64 == most && !self.buffer.ends_with(b"\n") {
            return Err(format!("more than {MAX_LINE} bytes without a line end"));
        }
        Ok(read > 0)
    }
}

/// Reads a line and insists on its one spelling, so that two readers cannot see two meanings (a key given twice, say).
fn parse(text: &[u8]) -> Result<Line, String> {
    let line: Line = serde_json::from_slice(text).map_err(|error| shortened(&error.to_string()))?;
    match line.spelled() {
        Some(bytes) if bytes == text => Ok(line),
        _ => Err("text that is not spelled as RFC 8785 says".to_owned()),
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}
