//! Counts the parts of a message before they are made.

use crate::forward::{DEEPEST, MOST_RECORDS, Unreadable};

/// Parts of a request at most: records, attributes, values.
const MOST_PARTS: usize = 1_000_000;

/// A message of the protocol, as far as its parts matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Request,
    ResourceLogs,
    Resource,
    Entity,
    ScopeLogs,
    Scope,
    Record,
    Pair,
    Any,
    List,
    Pairs,
    Leaf,
}

impl Kind {
    /// The message in that field (`opentelemetry/proto/{collector/logs,logs,resource,common}/v1`).
    const fn part(self, field: u64) -> Self {
        match (self, field) {
            (Self::Request, 1) => Self::ResourceLogs,
            (Self::ResourceLogs, 1) => Self::Resource,
            (Self::ResourceLogs, 2) => Self::ScopeLogs,
            (Self::Resource, 3) => Self::Entity,
            (Self::ScopeLogs, 1) => Self::Scope,
            (Self::ScopeLogs, 2) => Self::Record,
            (Self::Resource, 1) | (Self::Scope, 3) | (Self::Record, 6) | (Self::Pairs, 1) => Self::Pair,
            (Self::Record, 5) | (Self::Pair, 2) | (Self::List, 1) => Self::Any,
            (Self::Any, 5) => Self::List,
            (Self::Any, 6) => Self::Pairs,
            _ => Self::Leaf,
        }
    }
}

/// Looks through a protobuf message.
///
/// # Errors
/// [`Unreadable`] when it is cut off, nested too deeply or has too many parts.
pub(super) fn protobuf(bytes: &[u8]) -> Result<(), Unreadable> {
    let mut count = Count::default();
    count.walk(Kind::Request, bytes, 0)
}

#[derive(Debug, Default)]
struct Count {
    parts: usize,
    records: usize,
}

impl Count {
    fn walk(&mut self, kind: Kind, mut bytes: &[u8], depth: usize) -> Result<(), Unreadable> {
        if depth > DEEPEST {
            return Err(Unreadable::Malformed("it is nested too deeply".into()));
        }
        while !bytes.is_empty() {
            let tag = varint(&mut bytes)?;
            match tag & 7 {
                0 => {
                    varint(&mut bytes)?;
                }
                1 => drop(take(&mut bytes, 8)?),
                5 => drop(take(&mut bytes, 4)?),
                2 => {
                    let len = usize::try_from(varint(&mut bytes)?).unwrap_or(usize::MAX);
                    let inside = take(&mut bytes, len)?;
                    let part = kind.part(tag >> 3);
                    self.count(part)?;
                    if part != Kind::Leaf {
                        self.walk(part, inside, depth + 1)?;
                    }
                }
                _ => {
                    return Err(Unreadable::Malformed(
                        "it holds a group, which the protocol has none of".into(),
                    ));
                }
            }
        }
        Ok(())
    }

    fn count(&mut self, part: Kind) -> Result<(), Unreadable> {
        self.parts += 1;
        self.records += usize::from(part == Kind::Record);
        if self.parts > MOST_PARTS || self.records > MOST_RECORDS {
            return Err(Unreadable::TooMany);
        }
        Ok(())
    }
}

fn cut() -> Unreadable {
    Unreadable::Malformed("it is cut off".into())
}

fn take<'b>(bytes: &mut &'b [u8], len: usize) -> Result<&'b [u8], Unreadable> {
    let (taken, rest) = bytes.split_at_checked(len).ok_or_else(cut)?;
    *bytes = rest;
    Ok(taken)
}

/// A number of at most ten bytes (Protocol Buffers, "Encoding").
fn varint(bytes: &mut &[u8]) -> Result<u64, Unreadable> {
    let mut number = 0_u64;
    for place in 0..10 {
        let (byte, rest) = bytes.split_first().ok_or_else(cut)?;
        *bytes = rest;
        number |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Ok(number);
        }
    }
    Err(Unreadable::Malformed(
        "it holds a number of more than 64 bits".into(),
    ))
}

/// Looks through a JSON message.
///
/// # Errors
/// [`Unreadable`] when it is nested too deeply or has too many parts. Whether it is JSON at all is seen when it is read.
pub(super) fn json(bytes: &[u8]) -> Result<(), Unreadable> {
    let (mut parts, mut depth) = (0_usize, 0_usize);
    let (mut in_text, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            _ if in_text => {}
            b'{' | b'[' => {
                parts += 1;
                depth += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Unreadable::Malformed("it is nested too deeply".into()));
        }
        if parts > MOST_PARTS {
            return Err(Unreadable::TooMany);
        }
    }
    Ok(())
}
