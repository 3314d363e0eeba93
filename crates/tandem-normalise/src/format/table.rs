//! Tables with a header: CSV, TSV, Zeek, W3C.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

/// Most columns of a table.
const MAX_COLUMNS: usize = 2_000;

/// What the header said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Header {
    /// Names of the columns.
    pub(crate) columns: Vec<String>,
    /// What separates them.
    pub(crate) delimiter: u8,
    /// Zeek's `#path`.
    pub(crate) path: Option<String>,
    /// Zeek's types of the columns.
    types: Vec<String>,
    /// Zeek's separator inside sets and vectors.
    set_separator: String,
    /// Texts that mean "no value".
    unset: Vec<String>,
    /// W3C's `#Date`.
    date: Option<String>,
}

/// The delimiter of a header line: the commonest of tab, comma, semicolon, pipe, if the parts look like names.
pub(crate) fn sniff(line: &str) -> Option<u8> {
    let (delimiter, count) = [b'\t', b',', b';', b'|']
        .into_iter()
        .map(|d| (d, memchr::memchr_iter(d, line.as_bytes()).count()))
        .max_by_key(|(_, n)| *n)?;
    if count == 0 {
        return None;
    }
    let parts: Vec<&str> = line
        .split(char::from(delimiter))
        .map(|p| p.trim().trim_matches('"'))
        .collect();
    let name = |p: &&str| {
        !p.is_empty() && p.len() < 80 && p.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '#')
    };
    let named = parts.iter().filter(|p| name(p)).count();
    (named * 2 > parts.len() && parts.iter().all(|p| p.len() < 120)).then_some(delimiter)
}

impl Header {
    /// Takes a CSV header line.
    ///
    /// # Errors
    /// When it has no columns, too many, or one name twice.
    pub(crate) fn of_csv(line: &[u8]) -> Result<Self, String> {
        let text = String::from_utf8_lossy(line);
        let text = text.trim_start_matches('\u{feff}');
        let delimiter = sniff(text).unwrap_or(b',');
        let mut columns = Vec::new();
        split(text.as_bytes(), delimiter, |cell| {
            columns.push(String::from_utf8_lossy(cell).trim().to_owned())
        });
        if columns.len() > MAX_COLUMNS {
            return Err(format!(
                "the header has {} columns, at most {MAX_COLUMNS} are read",
                columns.len()
            ));
        }
        for (at, column) in columns.iter_mut().enumerate().filter(|(_, c)| c.is_empty()) {
            *column = format!("column{}", at + 1);
        }
        Ok(Self {
            columns,
            delimiter,
            ..Self::default()
        })
    }

    /// Takes a line that begins with `#`; true if it belongs to a Zeek or W3C header.
    pub(crate) fn directive(&mut self, line: &str) -> bool {
        let Some(rest) = line.strip_prefix('#') else {
            return false;
        };
        if let Some(separator) = rest.strip_prefix("separator ") {
            *self = Self {
                delimiter: hex_byte(separator).unwrap_or(b'\t'),
                set_separator: ",".into(),
                ..Self::default()
            };
            self.unset = vec!["-".into(), "(empty)".into()];
            return true;
        }
        if let Some(fields) = rest.strip_prefix("Fields:") {
            self.columns = fields.split_whitespace().map(str::to_owned).collect();
            self.delimiter = b' ';
            self.unset = vec!["-".into()];
            return true;
        }
        if let Some(date) = rest.strip_prefix("Date:") {
            self.date = date.split_whitespace().next().map(str::to_owned);
            return true;
        }
        let mut parts = rest.split(char::from(self.delimiter));
        let key = parts.next().unwrap_or_default();
        let values: Vec<String> = parts.map(str::to_owned).collect();
        match key {
            "fields" => self.columns = values,
            "types" => self.types = values,
            "path" => self.path = values.into_iter().next(),
            "set_separator" => self.set_separator = values.into_iter().next().unwrap_or_else(|| ",".into()),
            "unset_field" => self.unset.extend(values),
            "empty_field" => self.unset.extend(values),
            _ => {}
        }
        true
    }

    /// Writes one row's fields.
    ///
    /// # Errors
    /// When the row has another number of columns than the header.
    pub(crate) fn row(&self, record: &[u8], event: &mut EventBuilder<'_>) -> Result<(), String> {
        if self.columns.is_empty() {
            return Err("a row before any header line".to_owned());
        }
        let mut at = 0;
        let mut put = |cell: &[u8]| {
            if let Some(name) = self.columns.get(at) {
                self.cell(
                    name,
                    self.types.get(at).map(String::as_str),
                    &String::from_utf8_lossy(cell),
                    event,
                );
            }
            at += 1;
        };
        if self.delimiter == b' ' {
            w3c_cells(record, &mut put);
        } else if self.types.is_empty() {
            split(record, self.delimiter, put);
        } else {
            record.split(|b| *b == self.delimiter).for_each(put);
        }
        if at != self.columns.len() {
            return Err(format!("{at} columns, the header has {}", self.columns.len()));
        }
        if let Some(path) = &self.path {
            event.field("_path", Value::Text(path));
        }
        if let Some(date) = self
            .date
            .as_deref()
            .filter(|_| !self.columns.iter().any(|c| c == "date"))
        {
            event.field("date", Value::Text(date));
        }
        Ok(())
    }

    fn cell(&self, name: &str, kind: Option<&str>, text: &str, event: &mut EventBuilder<'_>) {
        if self.unset.iter().any(|unset| unset == text) {
            return;
        }
        match kind {
            Some(kind) if kind.starts_with("set[") || kind.starts_with("vector[") => {
                text.split(self.set_separator.as_str())
                    .for_each(|item| event.field(name, Value::Text(item)));
            }
            Some("count" | "int" | "port") => match text.parse() {
                Ok(number) => event.field(name, Value::Int(number)),
                Err(_) => event.field(name, Value::Text(text)),
            },
            Some("bool") => event.field(name, Value::Bool(text == "T")),
            _ => event.field(name, Value::Text(text)),
        }
    }
}

fn hex_byte(text: &str) -> Option<u8> {
    u8::from_str_radix(text.trim().strip_prefix("\\x")?, 16).ok()
}

/// Splits one record of RFC 4180; quotes may stand around cells and are doubled inside. What follows a closing quote belongs
/// to the cell as it is.
pub(crate) fn split(record: &[u8], delimiter: u8, mut each: impl FnMut(&[u8])) {
    if memchr::memchr(b'"', record).is_none() {
        let mut start = 0;
        for end in memchr::memchr_iter(delimiter, record) {
            each(record.get(start..end).unwrap_or_default());
            start = end + 1;
        }
        each(record.get(start..).unwrap_or_default());
        return;
    }
    let mut rest = Some(record);
    while let Some(cell) = rest {
        let (text, closed) = match cell.strip_prefix(b"\"") {
            Some(inner) => {
                let (text, used) = unquote(inner);
                (text, 1 + used)
            }
            None => (Cow::Borrowed(&[][..]), 0),
        };
        let after = cell.get(closed..).unwrap_or_default();
        let end = memchr::memchr(delimiter, after);
        let tail = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
        if text.is_empty() {
            each(tail);
        } else if tail.is_empty() {
            each(&text);
        } else {
            each(&[&text, tail].concat());
        }
        rest = end.and_then(|end| after.get(end + 1..));
    }
}

/// The text of a quoted cell from behind its opening quote, and the bytes used up with the closing one.
fn unquote(inner: &[u8]) -> (Cow<'_, [u8]>, usize) {
    let mut doubled: Vec<u8> = Vec::new();
    let mut start = 0;
    while let Some(step) = memchr::memchr(b'"', inner.get(start..).unwrap_or_default()) {
        let quote = start + step;
        let piece = inner.get(start..quote).unwrap_or_default();
        if inner.get(quote + 1) != Some(&b'"') {
            if doubled.is_empty() {
                return (piece.into(), quote + 1);
            }
            doubled.extend_from_slice(piece);
            return (doubled.into(), quote + 1);
        }
        doubled.extend_from_slice(piece);
        doubled.push(b'"');
        start = quote + 2;
    }
    doubled.extend_from_slice(inner.get(start..).unwrap_or_default());
    (doubled.into(), inner.len())
}

fn w3c_cells(record: &[u8], each: &mut impl FnMut(&[u8])) {
    let mut rest = record.trim_ascii();
    while !rest.is_empty() {
        let (cell, after) = match rest.strip_prefix(b"\"") {
            Some(inner) => {
                let end = memchr::memchr(b'"', inner).unwrap_or(inner.len());
                (
                    inner.get(..end).unwrap_or_default(),
                    inner.get(end + 1..).unwrap_or_default(),
                )
            }
            None => {
                let end = memchr::memchr(b' ', rest).unwrap_or(rest.len());
                (
                    rest.get(..end).unwrap_or_default(),
                    rest.get(end..).unwrap_or_default(),
                )
            }
        };
        each(cell);
        rest = after.trim_ascii_start();
    }
}
