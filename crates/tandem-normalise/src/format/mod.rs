//! The formats: how each is recognised, cut into records, and parsed into fields.

pub(crate) mod auditd;
pub(crate) mod cef;
pub(crate) mod evtx;
pub(crate) mod journal;
pub(crate) mod json;
pub(crate) mod keyvalue;
pub(crate) mod syslog;
pub(crate) mod table;
pub(crate) mod utf16;
pub(crate) mod weblog;
pub(crate) mod windows;
pub(crate) mod xml;

use serde::{Deserialize, Serialize};

macro_rules! formats {
    ($($(#[$doc:meta])* $name:ident => $text:literal,)*) => {
        /// A source format.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Format { $($(#[$doc])* $name,)* }

        impl Format {
            /// Every format.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name in mappings, settings and flags.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The format of that name.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|format| format.as_str().eq_ignore_ascii_case(text))
            }
        }
    };
}

formats! {
    /// Windows event log files.
    Evtx => "evtx",
    /// JSON: one object per line, pretty-printed, arrays, or an envelope such as `{"Records": […]}`. A record of the systemd
    /// journal in it is mapped like syslog.
    Json => "json",
    /// One JSON object per line (read like `json`).
    Ndjson => "ndjson",
    /// Windows event XML.
    Xml => "xml",
    /// RFC 5424 and 3164, told apart line by line; bodies of CEF, LEEF, JSON, auditd or key=value are opened too.
    Syslog => "syslog",
    /// Separated values with a header line (RFC 4180; comma, semicolon or pipe).
    Csv => "csv",
    /// Tab-separated values with a header line.
    Tsv => "tsv",
    /// Zeek's tab-separated logs with `#fields`.
    Zeek => "zeek",
    /// Squid's native access log.
    Squid => "squid",
    /// W3C extended log files with `#Fields`.
    W3c => "w3c",
    /// Common and combined log format.
    Clf => "clf",
    /// Linux audit daemon.
    Auditd => "auditd",
    /// ArcSight Common Event Format.
    Cef => "cef",
    /// QRadar Log Event Extended Format, 1.0 and 2.0.
    Leef => "leef",
    /// Lines of text that nothing else claims.
    Text => "text",
}

/// Lines looked at where the first one does not settle the format.
const LINES: usize = 24;

/// Tells the format from the first bytes; `None` for nothing at all or for binary data that no format claims.
///
/// The rules, first match wins: EVTX signature; `{` or `[` → JSON; `<Event` or an XML head → event XML; `#separator` → Zeek;
/// `#Fields`/`#Software` → W3C; `CEF:`/`LEEF:` at the start of the first line → those; `type=… msg=audit(` → auditd; a syslog
/// priority `<n>` or a syslog time → syslog; the ten columns of a Squid line; the quoted request of the common log format; a
/// first line that is none of these, but stands before lines of which most are of one of these formats, is a broken line of
/// that format; a first line of at least two separated names without a time in it → CSV or TSV; anything else that is text →
/// text. A byte order mark of UTF-8 or UTF-16 is understood.
pub fn recognise(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"ElfFile\0") {
        return Some(Format::Evtx);
    }
    let (encoding, mark) = utf16::Encoding::told_by(head);
    let head = head.get(mark..).unwrap_or_default();
    let text = match encoding.decode(head, false) {
        Some(decoded) => decoded.into(),
        None => String::from_utf8_lossy(head),
    };
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let mut lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let first = lines.next()?;
    let opened = first.strip_prefix('[');
    if opened.is_some_and(|rest| {
        rest.is_empty() || text.get(1..).is_some_and(|all| all.trim_start().starts_with('{'))
    }) {
        return Some(Format::Json);
    }
    if let Some(format) = of_line(first) {
        return Some(format);
    }
    if let Some(format) = of_most(lines) {
        return Some(format);
    }
    if let Some(delimiter) = table::sniff(first) {
        return Some(if delimiter == b'\t' {
            Format::Tsv
        } else {
            Format::Csv
        });
    }
    let binary = encoding == utf16::Encoding::Utf8 && head.iter().take(1_024).any(|b| *b == 0);
    if binary { None } else { Some(Format::Text) }
}

/// The format that a line shows by itself.
fn of_line(line: &str) -> Option<Format> {
    let by_start: &[(&str, Format)] = &[
        ("{", Format::Json),
        ("<Event", Format::Xml),
        ("<?xml", Format::Xml),
        ("#separator", Format::Zeek),
        ("#Fields", Format::W3c),
        ("#Software", Format::W3c),
        ("#Version", Format::W3c),
        ("CEF:", Format::Cef),
        ("LEEF:", Format::Leef),
    ];
    if let Some((_, format)) = by_start.iter().find(|(start, _)| line.starts_with(start)) {
        return Some(*format);
    }
    if auditd::is_line(line.as_bytes()) {
        Some(Format::Auditd)
    } else if syslog::is_line(line) {
        Some(Format::Syslog)
    } else if weblog::is_squid(line) {
        Some(Format::Squid)
    } else if weblog::is_clf(line) {
        Some(Format::Clf)
    } else {
        None
    }
}

/// The format of most of these lines, if there is one and at least two show it. The last line may be cut off.
fn of_most<'t>(lines: impl Iterator<Item = &'t str>) -> Option<Format> {
    let mut seen = 0;
    let mut votes: Vec<(Format, usize)> = Vec::new();
    for line in lines.take(LINES) {
        seen += 1;
        // A row of a table may begin with a brace; an object begins with a name.
        let object = line
            .strip_prefix('{')
            .is_none_or(|rest| rest.trim_start().starts_with('"'));
        let Some(format) = of_line(line).filter(|_| object) else {
            continue;
        };
        match votes.iter_mut().find(|(known, _)| *known == format) {
            Some((_, count)) => *count += 1,
            None => votes.push((format, 1)),
        }
    }
    let (format, count) = votes.into_iter().max_by_key(|(_, count)| *count)?;
    (count >= 2 && count * 2 > seen).then_some(format)
}

#[cfg(test)]
mod tests;
