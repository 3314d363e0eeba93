//! Where a row of a table ends. A quoted cell may span lines; a quote that is never closed must not swallow the rows behind it.
//!
//! A row of several lines is taken as one if it closes cleanly: the closing quote stands before a delimiter or the end of a
//! line, the row has as many columns as the header, it spans at most [`MAX_LINES`] lines, and none of its inner lines looks
//! like a row of its own (as many columns, and a first cell of the same shape). Otherwise its first line alone is broken and
//! reading goes on with the next line. A quote in the middle of a cell is an ordinary sign.

use super::Cut;

/// Most lines that one row may span.
const MAX_LINES: usize = 1_000;

/// The columns of the table, as its header says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    pub(super) delimiter: u8,
    pub(super) columns: usize,
}

/// The end of the row that begins at 0.
enum Row {
    /// At this newline, or at the end of all bytes.
    Ends(usize),
    /// More bytes are needed.
    Open,
    /// The quote opened in this column, counted from 1, is not closed in a sound way.
    Stray(usize),
}

/// The next cut.
pub(super) fn next(bytes: &[u8], shape: Shape, eof: bool, limit: usize) -> Cut {
    let within = bytes.get(..=limit).unwrap_or(bytes);
    let complete = eof && within.len() == bytes.len();
    let first = memchr::memchr(b'\n', within);
    let Some(first) = first.or_else(|| complete.then_some(within.len())) else {
        return Cut::More;
    };
    let line = within.get(..first).unwrap_or_default();
    let row = if memchr::memchr(b'"', line).is_none() {
        Row::Ends(first)
    } else {
        row(within, shape, complete)
    };
    match row {
        Row::Ends(end) => {
            let record = bytes.get(..end).unwrap_or_default();
            Cut::line(record, (end + 1).min(bytes.len()))
        }
        Row::Open if bytes.len() <= limit => Cut::More,
        Row::Open => stray(first, bytes.len(), None),
        Row::Stray(column) => stray(first, bytes.len(), Some(column)),
    }
}

fn stray(first: usize, available: usize, column: Option<usize>) -> Cut {
    let place = column
        .map(|column| format!(" of column {column}"))
        .unwrap_or_default();
    Cut::Broken {
        len: (first + 1).min(available),
        reason: format!(
            "the quoted cell{place} is not closed before the next row; a quote inside it must be doubled"
        ),
    }
}

fn row(bytes: &[u8], shape: Shape, complete: bool) -> Row {
    let (mut at, mut column, mut opened, mut lines) = (0, 1, 1, 0_usize);
    loop {
        if bytes.get(at) == Some(&b'"') {
            opened = column;
            match quoted(bytes, at + 1, shape, column, &mut lines, complete) {
                Quoted::Closed(after) => at = after,
                Quoted::Open => return if complete { Row::Stray(opened) } else { Row::Open },
                Quoted::Stray => return Row::Stray(opened),
            }
            let clean = match bytes.get(at) {
                None if complete => true,
                None => return Row::Open,
                Some(b'\r') => match bytes.get(at + 1) {
                    None if !complete => return Row::Open,
                    next => next.is_none_or(|b| *b == b'\n'),
                },
                Some(byte) => *byte == b'\n' || *byte == shape.delimiter,
            };
            if !clean && lines > 0 {
                return Row::Stray(opened);
            }
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let end = match memchr::memchr2(shape.delimiter, b'\n', rest) {
            Some(step) => at + step,
            None if complete => bytes.len(),
            None => return Row::Open,
        };
        if bytes.get(end) == Some(&shape.delimiter) {
            column += 1;
            at = end + 1;
            continue;
        }
        return if lines > 0 && column != shape.columns {
            Row::Stray(opened)
        } else {
            Row::Ends(end)
        };
    }
}

enum Quoted {
    /// The position behind the closing quote.
    Closed(usize),
    Open,
    Stray,
}

/// Reads a quoted cell whose text starts at `from`.
fn quoted(
    bytes: &[u8],
    from: usize,
    shape: Shape,
    column: usize,
    lines: &mut usize,
    complete: bool,
) -> Quoted {
    let mut at = from;
    while let Some(step) = memchr::memchr2(b'"', b'\n', bytes.get(at..).unwrap_or_default()) {
        at += step;
        if bytes.get(at) == Some(&b'"') {
            match bytes.get(at + 1) {
                Some(b'"') => at += 2,
                None if !complete => return Quoted::Open,
                _ => return Quoted::Closed(at + 1),
            }
            continue;
        }
        *lines += 1;
        at += 1;
        if *lines >= MAX_LINES {
            return Quoted::Stray;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        match memchr::memchr(b'\n', rest) {
            None if !complete => return Quoted::Open,
            end => {
                let line = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
                if column > 1 && looks_like_a_row(line, bytes, shape) {
                    return Quoted::Stray;
                }
            }
        }
    }
    Quoted::Open
}

/// True if a line by itself has the header's columns, and a first cell shaped like that of the row in doubt.
fn looks_like_a_row(line: &[u8], doubted: &[u8], shape: Shape) -> bool {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let (mut at, mut columns) = (0, 1);
    loop {
        if line.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let Some(step) = memchr::memchr(b'"', line.get(at..).unwrap_or_default()) else {
                    return false;
                };
                at += step + 1;
                match line.get(at) {
                    Some(b'"') => at += 1,
                    _ => break,
                }
            }
            if line.get(at).is_some_and(|b| *b != shape.delimiter) {
                return false;
            }
        }
        match memchr::memchr(shape.delimiter, line.get(at..).unwrap_or_default()) {
            Some(step) => at += step + 1,
            None => break,
        }
        columns += 1;
    }
    columns == shape.columns && first_shape(line, shape.delimiter).eq(first_shape(doubted, shape.delimiter))
}

/// The first cell with runs of digits and of letters as one sign each.
fn first_shape(row: &[u8], delimiter: u8) -> impl Iterator<Item = u8> {
    let end = memchr::memchr2(delimiter, b'\n', row).unwrap_or(row.len());
    let mut last = 0;
    row.get(..end).unwrap_or_default().iter().filter_map(move |byte| {
        let kind = match byte {
            b'0'..=b'9' => b'9',
            b'a'..=b'z' | b'A'..=b'Z' | 0x80.. => b'a',
            b'"' => return None,
            other => *other,
        };
        let repeated = kind == last && matches!(kind, b'9' | b'a');
        last = kind;
        (!repeated).then_some(kind)
    })
}
