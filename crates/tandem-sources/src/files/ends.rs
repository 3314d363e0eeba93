//! What the ends of a file tell: whether what was read is still there, where its last line begins, where a hole ends.

use std::fs::File;
use std::io;

use super::followed::{beginning, read_at};
use super::identity::{HEAD, Sum, TAIL, Tail};
use super::stream::Stream;

/// Bytes looked back for the beginning of the last line.
const LAST_LINE: u64 = 64 << 10;

/// True if what was read of the stream is, as far as its ends tell, still in the file.
pub(super) fn holds(file: &File, stream: &Stream) -> io::Result<bool> {
    if stream.mark.read < HEAD as u64 && !stream.mark.head.fits(&beginning(file)?) {
        return Ok(false);
    }
    let length = stream.mark.tail.length();
    let mut tail = Vec::new();
    read_at(
        file,
        stream.mark.read.saturating_sub(length as u64),
        &mut tail,
        length,
    )?;
    Ok(stream.mark.tail.fits(&tail))
}

/// The bytes before a place.
pub(super) fn tail_before(file: &File, at: u64) -> io::Result<Tail> {
    let from = at.saturating_sub(TAIL as u64);
    let mut tail = Vec::new();
    read_at(file, from, &mut tail, (at - from) as usize)?;
    Ok(Tail::of(&tail))
}

/// Where the last line begins, or the end if the file ends with a whole one.
pub(super) fn last_line(file: &File, size: u64) -> io::Result<u64> {
    let from = size.saturating_sub(LAST_LINE);
    let mut bytes = Vec::new();
    read_at(file, from, &mut bytes, (size - from) as usize)?;
    let line = bytes.iter().rposition(|byte| *byte == b'\n');
    Ok(match line {
        Some(line) => from + line as u64 + 1,
        None => from,
    })
}

/// The sum of everything before a place.
pub(super) fn sum_until(file: &File, end: u64) -> io::Result<Sum> {
    let (mut at, mut sum, mut bytes) = (0, Sum::START, Vec::new());
    while at < end {
        read_at(file, at, &mut bytes, (end - at).min(1 << 20) as usize)?;
        if bytes.is_empty() {
            break;
        }
        sum = sum.with(&bytes);
        at += bytes.len() as u64;
    }
    Ok(sum)
}

/// Where the zeros at the beginning end, and their sum; `None` if there is nothing else.
pub(super) fn hole(file: &File) -> io::Result<Option<(u64, Sum)>> {
    let (mut at, mut sum, mut bytes) = (0, Sum::START, Vec::new());
    loop {
        read_at(file, at, &mut bytes, 1 << 20)?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let zeros = bytes.iter().position(|byte| *byte != 0);
        let before = bytes.get(..zeros.unwrap_or(bytes.len())).unwrap_or_default();
        sum = sum.with(before);
        at += before.len() as u64;
        if zeros.is_some() {
            return Ok(Some((at, sum)));
        }
    }
}
