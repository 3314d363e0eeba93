//! LDIF content records (RFC 2849): entries with their attributes, line folding, base64 values and comments.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// One directory entry.
#[derive(Debug, Default)]
pub(super) struct Entry {
    /// Line of its `dn:`.
    pub line: u64,
    /// Distinguished name.
    pub dn: String,
    /// Attribute names in lower case without options, with their values, in order.
    pub attributes: Vec<(String, Vec<u8>)>,
    /// The first line that could not be read.
    pub broken: Option<(u64, String)>,
}

impl Entry {
    /// All values of an attribute as text; values that are no UTF-8 are left out.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes
            .iter()
            .filter(move |(n, _)| n == name)
            .filter_map(|(_, value)| std::str::from_utf8(value).ok())
            .map(str::trim)
            .filter(|value| !value.is_empty())
    }

    /// All values of an attribute as they are.
    pub(super) fn bytes<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.attributes
            .iter()
            .filter(move |(n, _)| n == name)
            .map(|(_, value)| value.as_slice())
    }

    /// The first value of the first attribute that has one.
    pub(super) fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| {
            self.attributes
                .iter()
                .filter(|(n, _)| n == name)
                .filter_map(|(_, value)| std::str::from_utf8(value).ok())
                .map(str::trim)
                .find(|value| !value.is_empty())
        })
    }

    /// True if the entry has that object class.
    pub(super) fn is_a(&self, class: &str) -> bool {
        self.all("objectclass").any(|c| c.eq_ignore_ascii_case(class))
    }
}

/// True if a text begins like LDIF: comments, a version, then an entry. `named` loosens this for files called `.ldif`, which may
/// begin with long comments.
pub(super) fn recognise(text: &str, named: bool) -> bool {
    let mut lines = text
        .lines()
        .map(str::trim_end)
        .filter(|l| !l.is_empty() && !l.starts_with('#') && !l.starts_with(' '));
    match lines.next() {
        Some(first) if starts(first, "version:") => lines.next().map_or(named, |l| starts(l, "dn:")),
        Some(first) => starts(first, "dn:"),
        None => named,
    }
}

fn starts(line: &str, prefix: &str) -> bool {
    line.get(..prefix.len())
        .is_some_and(|p| p.eq_ignore_ascii_case(prefix))
}

/// All entries of a file, in order.
pub(super) fn entries(bytes: &[u8]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut open: Option<Entry> = None;
    for (number, line) in unfolded(bytes) {
        if line.is_empty() {
            entries.extend(open.take());
        } else if let Some((name, value)) = attribute(&line) {
            match (&mut open, name.as_str()) {
                (Some(entry), _) => entry.attributes.push((name, value)),
                (None, "dn") => {
                    let dn = String::from_utf8_lossy(&value).trim().to_owned();
                    open = Some(Entry {
                        line: number,
                        dn,
                        ..Entry::default()
                    });
                }
                // `version: 1` and `search: 2` (as ldapsearch writes at the end) stand outside entries.
                (None, _) => {}
            }
        } else {
            let entry = open.get_or_insert_with(|| Entry {
                line: number,
                ..Entry::default()
            });
            entry
                .broken
                .get_or_insert_with(|| (number, String::from_utf8_lossy(&line).into_owned()));
        }
    }
    entries.extend(open);
    entries
}

/// Lines with their continuations joined; comments are dropped, an empty line stays as the end of an entry.
fn unfolded(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut lines: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut in_comment = false;
    for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.split_first() {
            Some((b' ', rest)) => {
                if let Some((_, last)) = lines.last_mut().filter(|_| !in_comment) {
                    last.extend_from_slice(rest);
                }
            }
            Some((b'#', _)) => in_comment = true,
            _ => {
                in_comment = false;
                lines.push((index as u64 + 1, line.to_vec()));
            }
        }
    }
    lines
}

/// `name: text`, `name:: base64` or `name:< url` (kept as empty: nothing outside the file is read).
fn attribute(line: &[u8]) -> Option<(String, Vec<u8>)> {
    let colon = line.iter().position(|b| *b == b':')?;
    let (name, rest) = line.split_at_checked(colon)?;
    let name = std::str::from_utf8(name)
        .ok()?
        .split(';')
        .next()?
        .trim()
        .to_ascii_lowercase();
    let valid = !name.is_empty()
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let rest = rest.get(1..)?;
    let value = match rest.split_first() {
        Some((b':', encoded)) => STANDARD.decode(encoded.trim_ascii()).ok()?,
        Some((b'<', _)) => Vec::new(),
        _ => rest.trim_ascii().to_vec(),
    };
    valid.then_some((name, value))
}
