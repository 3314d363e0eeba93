//! Rows of comma-separated tables, one line at a time: a spoilt row costs itself and nothing else, however long the file is.

use std::collections::BTreeMap;
use std::io::{self, BufRead};

/// Longest line read, bytes; the rest of a longer one is passed over.
const LONGEST: usize = 1 << 20;
/// Places told per file.
const TOLD: usize = 2;

/// Rows that could not be used, by file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BadRows {
    /// How many in all.
    pub count: u64,
    files: BTreeMap<String, BadFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct BadFile {
    count: u64,
    first: Vec<String>,
}

impl BadRows {
    /// Counts one, and keeps what is wrong with it, and where, if it is among the first.
    pub fn add(&mut self, file: &str, what: impl FnOnce() -> String) {
        self.count += 1;
        let file = self.files.entry(file.to_owned()).or_default();
        file.count += 1;
        if file.first.len() < TOLD {
            file.first.push(what());
        }
    }

    /// One sentence per file, with its first places.
    pub fn sentences(&self) -> impl Iterator<Item = String> {
        self.files.iter().map(|(name, file)| {
            let more = if file.count > file.first.len() as u64 {
                "; …"
            } else {
                ""
            };
            format!(
                "{name}: {} rows left out ({}{more})",
                file.count,
                file.first.join("; ")
            )
        })
    }
}

/// One row, by the names of its columns.
#[derive(Debug)]
pub struct Row<'t> {
    header: &'t [String],
    line: &'t str,
    spans: &'t [(usize, usize)],
}

impl<'t> Row<'t> {
    /// The trimmed field of a column, or `None` where the table or the row has no such column.
    pub fn get(&self, column: &str) -> Option<&'t str> {
        let at = self.header.iter().position(|name| name == column)?;
        let (from, to) = *self.spans.get(at)?;
        self.line.get(from..to).map(str::trim)
    }

    /// A field that must be there and must say something.
    pub fn must(&self, column: &str) -> Result<&'t str, String> {
        self.get(column)
            .filter(|field| !field.is_empty())
            .ok_or_else(|| format!("no {column}"))
    }
}

/// Reads a table. Without `header` its first line names the columns. Rows that `each` refuses, and lines that are no text, are
/// counted in `bad`.
///
/// # Errors
/// When the reader fails: what follows is then unknown.
pub fn table(
    file: &str,
    reader: &mut dyn BufRead,
    header: Option<&[&str]>,
    bad: &mut BadRows,
    each: &mut dyn FnMut(&Row<'_>) -> Result<(), String>,
) -> io::Result<()> {
    let mut columns: Vec<String> = header
        .into_iter()
        .flatten()
        .map(|name| (*name).to_owned())
        .collect();
    let (mut buffer, mut spans) = (Vec::new(), Vec::new());
    let mut number = 0;
    while let Some(whole) = line(reader, &mut buffer)? {
        number += 1;
        let Ok(text) = std::str::from_utf8(&buffer) else {
            bad.add(file, || format!("line {number}: not UTF-8"));
            continue;
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.trim().is_empty() {
            continue;
        }
        if !whole {
            bad.add(file, || format!("line {number}: longer than 1 MiB"));
            continue;
        }
        split(text, &mut spans);
        if columns.is_empty() {
            let name = |(from, to): &(usize, usize)| text.get(*from..*to).unwrap_or_default();
            let plain = |name: &str| name.trim().trim_start_matches('\u{feff}').to_ascii_lowercase();
            columns = spans.iter().map(|span| plain(name(span))).collect();
            continue;
        }
        let row = Row {
            header: &columns,
            line: text,
            spans: &spans,
        };
        if let Err(why) = each(&row) {
            bad.add(file, || format!("line {number}: {why}"));
        }
    }
    Ok(())
}

/// The next line; false if it was longer than what is kept of it.
fn line(reader: &mut dyn BufRead, buffer: &mut Vec<u8>) -> io::Result<Option<bool>> {
    buffer.clear();
    let mut whole = true;
    let mut any = false;
    loop {
        let there = reader.fill_buf()?;
        if there.is_empty() {
            return Ok(any.then_some(whole));
        }
        any = true;
        let end = there.iter().position(|byte| *byte == b'\n');
        let take = end.map_or(there.len(), |at| at + 1);
        let room = LONGEST.saturating_sub(buffer.len());
        whole &= take <= room;
        buffer.extend(there.iter().take(take.min(room)));
        reader.consume(take);
        if end.is_some() {
            return Ok(Some(whole));
        }
    }
}

/// The fields of a line. A field that begins with a quote ends at the quote before a comma or the end; its quotes are left out.
fn split(line: &str, spans: &mut Vec<(usize, usize)>) {
    spans.clear();
    let bytes = line.as_bytes();
    let mut from = 0;
    loop {
        let rest = bytes.get(from..).unwrap_or_default();
        if rest.first() == Some(&b'"')
            && let Some(end) = closing(rest)
        {
            spans.push((from + 1, from + end));
            from += end + 2;
            if from > bytes.len() {
                return;
            }
            continue;
        }
        match rest.iter().position(|byte| *byte == b',') {
            Some(at) => {
                spans.push((from, from + at));
                from += at + 1;
            }
            None => {
                spans.push((from, bytes.len()));
                return;
            }
        }
    }
}

/// Where the quote is that closes a field: the first one before a comma or the end that is no doubled quote.
fn closing(field: &[u8]) -> Option<usize> {
    let mut at = 1;
    while let Some(byte) = field.get(at) {
        if *byte == b'"' {
            match field.get(at + 1) {
                None | Some(b',') => return Some(at),
                Some(b'"') => at += 1,
                Some(_) => {}
            }
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Vec<(String, String)>, BadRows) {
        let mut bad = BadRows::default();
        let mut rows = Vec::new();
        table("x.csv", &mut text.as_bytes(), None, &mut bad, &mut |row| {
            rows.push((row.must("a")?.to_owned(), row.get("b").unwrap_or("-").to_owned()));
            Ok(())
        })
        .unwrap();
        (rows, bad)
    }

    #[test]
    fn a_spoilt_row_costs_itself_and_is_told_with_its_line() {
        let (rows, bad) = read("a,b\n1,x\n,y\n\n\"2,3\",\"an \"\"odd\"\", one\"\n\"4,z\n5\n");
        let told: Vec<_> = rows.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        // A quote that nothing closes is part of the text: it must not swallow the rows after it.
        assert_eq!(
            told,
            [
                ("1", "x"),
                ("2,3", "an \"\"odd\"\", one"),
                ("\"4", "z"),
                ("5", "-")
            ]
        );
        assert_eq!(bad.count, 1);
        assert_eq!(
            bad.sentences().collect::<Vec<_>>(),
            ["x.csv: 1 rows left out (line 3: no a)"]
        );
    }

    #[test]
    fn bytes_that_are_no_text_and_endless_lines_are_bad_rows() {
        let mut text = b"a,b\n\xff\xfe,1\n".to_vec();
        text.extend(std::iter::repeat_n(b'x', LONGEST + 9));
        text.extend(b"\n7,8\n");
        let mut bad = BadRows::default();
        let mut rows = 0;
        table("x.csv", &mut text.as_slice(), None, &mut bad, &mut |row| {
            rows += 1;
            assert_eq!((row.get("a"), row.get("b")), (Some("7"), Some("8")));
            Ok(())
        })
        .unwrap();
        assert_eq!((rows, bad.count), (1, 2));
    }
}
