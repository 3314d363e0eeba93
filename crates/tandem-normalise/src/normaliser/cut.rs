//! Cutting a stream into records, with little memory: where a record ends depends only on the bytes and a few flags.

mod csv;
mod xml;

use serde::{Deserialize, Serialize};

use crate::format::{Format, auditd, evtx, table};

/// Most lines that the names in a table's header may span.
const HEADER_LINES: usize = 40;

/// What comes next in the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// More bytes are needed.
    More,
    /// Bytes that belong to no record.
    Skip(usize),
    /// Bytes that cannot be a record.
    Broken {
        /// How many.
        len: usize,
        /// Why.
        reason: String,
    },
    /// A record.
    Record {
        /// Bytes before it.
        skip: usize,
        /// Its length.
        len: usize,
        /// Bytes used up by it, separators included.
        end: usize,
    },
}

impl Cut {
    /// A line as a record, without the carriage return; a blank one is none.
    fn line(line: &[u8], end: usize) -> Self {
        if line.trim_ascii().is_empty() {
            return Self::Skip(end);
        }
        Self::Record {
            skip: 0,
            len: line.len() - usize::from(line.ends_with(b"\r")),
            end,
        }
    }
}

/// Where in the stream's structure reading stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Cutter {
    /// Inside a record that is too long: bytes are passed over until the next line.
    skipping: bool,
    /// Past the start of a JSON array or envelope.
    inside: bool,
    /// Past the EVTX file head.
    headed: bool,
}

impl Cutter {
    /// The next cut of `bytes`. `header` is the table's, as far as it is known.
    pub(super) fn next(
        &mut self,
        format: Format,
        header: &table::Header,
        bytes: &[u8],
        eof: bool,
        limit: usize,
    ) -> Cut {
        if bytes.is_empty() {
            return Cut::More;
        }
        if self.skipping {
            return self.skip_line(bytes);
        }
        match format {
            Format::Evtx => self.evtx(bytes, eof),
            Format::Json | Format::Ndjson => self.json(bytes, eof, limit),
            Format::Xml => xml::next(bytes, eof, limit),
            Format::Csv | Format::Tsv if !header.columns.is_empty() => self.table(bytes, header, eof, limit),
            Format::Csv | Format::Tsv if eof => {
                self.bounded(bytes, eof, limit, |all| header_end(all).or_else(|| line_end(all)))
            }
            Format::Csv | Format::Tsv => self.bounded(bytes, eof, limit, header_end),
            Format::Auditd => self.audit(bytes, eof, limit),
            _ => self.bounded(bytes, eof, limit, line_end),
        }
    }

    fn table(&mut self, bytes: &[u8], header: &table::Header, eof: bool, limit: usize) -> Cut {
        let shape = csv::Shape {
            delimiter: header.delimiter,
            columns: header.columns.len(),
        };
        match csv::next(bytes, shape, eof, limit) {
            Cut::More if bytes.len() > limit => self.too_long(bytes, limit),
            cut => cut,
        }
    }

    fn skip_line(&mut self, bytes: &[u8]) -> Cut {
        match memchr::memchr(b'\n', bytes) {
            Some(end) => {
                self.skipping = false;
                Cut::Skip(end + 1)
            }
            None => Cut::Skip(bytes.len()),
        }
    }

    /// A record that ends where `end_of` says; empty ones are passed over.
    fn bounded(&mut self, bytes: &[u8], eof: bool, limit: usize, end_of: fn(&[u8]) -> Option<usize>) -> Cut {
        let end = end_of(bytes.get(..limit + 1).unwrap_or(bytes));
        let (len, used) = match end {
            Some(end) => (end, end + 1),
            None if bytes.len() > limit => return self.too_long(bytes, limit),
            None if eof => (bytes.len(), bytes.len()),
            None => return Cut::More,
        };
        Cut::line(bytes.get(..len).unwrap_or_default(), used)
    }

    fn too_long(&mut self, bytes: &[u8], limit: usize) -> Cut {
        self.skipping = true;
        Cut::Broken {
            len: limit.min(bytes.len()),
            reason: format!("the record is longer than {limit} bytes"),
        }
    }

    fn evtx(&mut self, bytes: &[u8], eof: bool) -> Cut {
        if !self.headed {
            if bytes.len() < evtx::HEAD {
                let len = bytes.len();
                return if eof {
                    Cut::Broken {
                        len,
                        reason: "the file ends inside its head".into(),
                    }
                } else {
                    Cut::More
                };
            }
            self.headed = true;
            return Cut::Skip(evtx::HEAD);
        }
        match bytes.len() {
            len if len >= evtx::CHUNK => Cut::Record {
                skip: 0,
                len: evtx::CHUNK,
                end: evtx::CHUNK,
            },
            _ if !eof => Cut::More,
            len if evtx::is_unused(bytes) => Cut::Skip(len),
            len => Cut::Record {
                skip: 0,
                len,
                end: len,
            },
        }
    }

    /// Lines of one audit id belong together; the run ends where another id begins.
    fn audit(&mut self, bytes: &[u8], eof: bool, limit: usize) -> Cut {
        let mut end = 0;
        let mut first: Option<&[u8]> = None;
        while let Some(rest) = bytes.get(end..).filter(|rest| !rest.is_empty()) {
            let (line, used) = match memchr::memchr(b'\n', rest) {
                Some(n) => (rest.get(..n).unwrap_or_default(), n + 1),
                None if eof => (rest, rest.len()),
                None if bytes.len() > limit => return self.too_long(bytes, limit),
                None => return Cut::More,
            };
            let id = auditd::id(line);
            match (first, id) {
                (None, None) => {
                    return if line.trim_ascii().is_empty() {
                        Cut::Skip(end + used)
                    } else {
                        Cut::Record {
                            skip: 0,
                            len: line.len(),
                            end: used,
                        }
                    };
                }
                (None, Some(id)) => first = Some(id),
                (Some(first), Some(id)) if first == id => {}
                (Some(_), _) => {
                    return Cut::Record {
                        skip: 0,
                        len: end,
                        end,
                    };
                }
            }
            end += used;
            if end > limit {
                return Cut::Record {
                    skip: 0,
                    len: end,
                    end,
                };
            }
        }
        if eof {
            Cut::Record {
                skip: 0,
                len: end,
                end,
            }
        } else {
            Cut::More
        }
    }

    fn json(&mut self, bytes: &[u8], eof: bool, limit: usize) -> Cut {
        let start = bytes
            .iter()
            .position(|b| !is_between(*b, self.inside))
            .unwrap_or(bytes.len());
        if start > 0 {
            return Cut::Skip(start);
        }
        match bytes.first() {
            Some(b'{') => {}
            Some(b'[') => {
                self.inside = true;
                return Cut::Skip(1);
            }
            // The end of an envelope: its closing brace and whatever else it says.
            Some(b'}') if self.inside => return Cut::Skip(1),
            _ => return self.broken_line(bytes, eof, limit, "expected a JSON object"),
        }
        if !self.inside
            && let Some(len) = envelope(bytes)
        {
            self.inside = true;
            return Cut::Skip(len);
        }
        match object_end(bytes.get(..limit).unwrap_or(bytes)) {
            Some(end) => Cut::Record {
                skip: 0,
                len: end,
                end,
            },
            None if bytes.len() >= limit => self.too_long(bytes, limit),
            // A line that never closes is broken; what follows it may be sound. Only wait if it could still close.
            None if !eof => Cut::More,
            None => self.broken_line(bytes, eof, limit, "the object is not closed"),
        }
    }

    fn broken_line(&mut self, bytes: &[u8], eof: bool, limit: usize, reason: &str) -> Cut {
        match memchr::memchr(b'\n', bytes) {
            Some(end) => Cut::Broken {
                len: end + 1,
                reason: reason.to_owned(),
            },
            None if bytes.len() > limit => self.too_long(bytes, limit),
            None if eof => Cut::Broken {
                len: bytes.len(),
                reason: reason.to_owned(),
            },
            None => Cut::More,
        }
    }
}

const fn is_between(byte: u8, inside: bool) -> bool {
    byte.is_ascii_whitespace()
        || byte == b','
        || byte == 0x1e
        || matches!(byte, 0xef | 0xbb | 0xbf)
        || (inside && byte == b']')
}

/// The length of `{"Records":[` or another envelope around a list of records, if `bytes` begin with one.
fn envelope(bytes: &[u8]) -> Option<usize> {
    let head = bytes.get(..64).unwrap_or(bytes);
    let text = std::str::from_utf8(head).unwrap_or_default();
    let inner = text.strip_prefix('{')?.trim_start();
    let name = [
        "\"Records\"",
        "\"records\"",
        "\"value\"",
        "\"events\"",
        "\"Events\"",
        "\"logs\"",
    ]
    .into_iter()
    .find(|name| inner.starts_with(name))?;
    let after = inner
        .get(name.len()..)?
        .trim_start()
        .strip_prefix(':')?
        .trim_start();
    let list = after.strip_prefix('[')?;
    // Only a list of objects is an envelope; a list of texts is a field of one record.
    list.trim_start()
        .starts_with('{')
        .then(|| text.len() - list.len())
}

/// Where the object that starts at 0 ends. A newline inside an unclosed object whose next line starts an object of its own
/// means that the first one was cut off.
fn object_end(bytes: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = string_end(bytes, at + 1)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b'\n' if bytes.get(at + 1..at + 3).is_some_and(|next| next == b"{\"") => return Some(at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// The position of the quote that closes a string starting at `from`; a raw newline closes it too, since JSON allows none.
fn string_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let step = memchr::memchr3(b'"', b'\\', b'\n', bytes.get(at..)?)?;
        at += step;
        match bytes.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at),
            _ => return Some(at - 1),
        }
    }
}

fn line_end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr(b'\n', bytes)
}

/// The newline that ends a table's header: the first one outside quotes, or simply the first one where that is far away.
fn header_end(bytes: &[u8]) -> Option<usize> {
    let first = memchr::memchr(b'\n', bytes)?;
    if memchr::memchr(b'"', bytes.get(..first)?).is_none() {
        return Some(first);
    }
    let (mut quoted, mut lines) = (false, 0);
    for at in memchr::memchr2_iter(b'"', b'\n', bytes) {
        match bytes.get(at) {
            Some(b'"') => quoted = !quoted,
            _ if !quoted => return Some(at),
            _ => lines += 1,
        }
        if lines > HEADER_LINES {
            return Some(first);
        }
    }
    None
}
