//! Lines of JSON on their way into a delivery.

use std::mem;

use serde::Deserialize;

use crate::delivery::Refused;

/// Bytes after which a batch is handed on.
pub(super) const FULL: usize = 256 << 10;
/// Bytes kept of the end of a record that is too long: its cursor may be there.
const END: usize = 8 << 10;

/// The field that says where a record stands.
#[derive(Deserialize)]
struct Where {
    #[serde(rename = "__CURSOR")]
    cursor: String,
}

/// Whole records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Records {
    pub(super) body: Vec<u8>,
    pub(super) refused: Vec<Refused>,
    /// Records in the body.
    pub(super) count: u64,
    /// Where the last of them stands; empty if it does not say so.
    pub(super) cursor: String,
}

/// Gathers lines.
#[derive(Debug)]
pub(super) struct Batch {
    limit: usize,
    records: Records,
    /// Where the last whole line of the body begins.
    last: usize,
    /// The cursor of a refused line that is the last one.
    refused: Option<String>,
    line: Vec<u8>,
    /// Bytes of the line that were not kept.
    left_out: u64,
    /// The end of a line that is too long.
    end: Vec<u8>,
}

impl Batch {
    /// An empty batch of records of at most `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit: limit.max(1),
            records: Records::default(),
            last: 0,
            refused: None,
            line: Vec::new(),
            left_out: 0,
            end: Vec::new(),
        }
    }

    /// True if no whole line is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.records.body.is_empty() && self.records.refused.is_empty()
    }

    /// True if it is to be handed on.
    pub(super) fn is_full(&self) -> bool {
        self.records.body.len() + self.records.refused.len() * Refused::KEPT >= FULL
    }

    /// Adds what the program wrote, up to the end of the line that fills the batch; gives how much that was.
    pub(super) fn add(&mut self, bytes: &[u8]) -> usize {
        let mut used = 0;
        while let Some(rest) = bytes.get(used..).filter(|rest| !rest.is_empty()) {
            if let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
                self.part(rest.get(..end).unwrap_or_default());
                self.whole();
                used += end + 1;
                if self.is_full() {
                    break;
                }
            } else {
                self.part(rest);
                used = bytes.len();
            }
        }
        used
    }

    fn part(&mut self, part: &[u8]) {
        let room = self.limit.saturating_sub(self.line.len());
        let (kept, over) = part.split_at(room.min(part.len()));
        self.line.extend_from_slice(kept);
        self.left_out += over.len() as u64;
        let over = over.get(over.len().saturating_sub(END)..).unwrap_or(over);
        self.end.extend_from_slice(over);
        if self.end.len() > 2 * END {
            self.end.drain(..self.end.len() - END);
        }
    }

    fn whole(&mut self) {
        let line = mem::take(&mut self.line);
        let left_out = mem::take(&mut self.left_out);
        let end = mem::take(&mut self.end);
        if left_out > 0 {
            let reason = format!("the record is longer than {} bytes", self.limit);
            let mut refused = Refused::new(
                &line,
                reason,
                "let the unit write less at a time, or raise the limit",
            );
            refused.bytes += left_out;
            self.records.refused.push(refused);
            self.refused = cursor_in(&end).or_else(|| cursor_in(&line));
        } else if line.first() == Some(&b'{') {
            self.last = self.records.body.len();
            self.records.body.extend_from_slice(&line);
            self.records.body.push(b'\n');
            self.records.count += 1;
            self.refused = None;
        } else if !line.trim_ascii().is_empty() {
            let reason = "the program wrote something that is no record";
            let hint = "run journalctl --output=json by hand and see what it says";
            self.records.refused.push(Refused::new(&line, reason, hint));
        }
    }

    /// What was gathered; an unfinished line stays.
    pub(super) fn take(&mut self) -> Records {
        let mut records = mem::take(&mut self.records);
        let last = records.body.get(mem::take(&mut self.last)..).unwrap_or_default();
        records.cursor = match self.refused.take() {
            Some(cursor) => cursor,
            None => cursor_of(last),
        };
        records
    }
}

/// The cursor of a record; empty if it has none.
pub(super) fn cursor_of(line: &[u8]) -> String {
    serde_json::from_slice::<Where>(line).map_or_else(|_| String::new(), |place| place.cursor)
}

/// The cursor in a part of a record. No value of a field can look like it: quotes within values are escaped.
fn cursor_in(part: &[u8]) -> Option<String> {
    const NAME: &[u8] = b"\"__CURSOR\":\"";
    let at = part.windows(NAME.len()).rposition(|window| window == NAME)? + NAME.len();
    let rest = part.get(at..)?;
    let end = rest.iter().position(|byte| *byte == b'"')?;
    let cursor = std::str::from_utf8(rest.get(..end)?).ok()?;
    (!cursor.is_empty() && !cursor.contains('\\')).then(|| cursor.to_owned())
}
