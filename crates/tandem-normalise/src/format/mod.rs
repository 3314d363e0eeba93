//! The formats: how each is recognised, cut into records, and parsed into fields.

pub(crate) mod auditd;
pub(crate) mod cef;
pub(crate) mod evtx;
pub(crate) mod json;
pub(crate) mod keyvalue;
pub(crate) mod syslog;
pub(crate) mod table;
pub(crate) mod weblog;
pub(crate) mod windows;

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
    /// JSON: one object per line, pretty-printed, arrays, or an envelope such as `{"Records": […]}`.
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

/// Tells the format from the first bytes; `None` for nothing at all or for binary data that no format claims.
///
/// The rules, first match wins: EVTX signature; `{` or `[` → JSON; `<Event` or an XML head → event XML; `#separator` → Zeek;
/// `#Fields`/`#Software` → W3C; `CEF:`/`LEEF:` at the start of the first line → those; `type=… msg=audit(` → auditd; a syslog
/// priority `<n>` or a syslog time → syslog; the ten columns of a Squid line; the quoted request of the common log format; a
/// first line of at least two separated names without a time in it → CSV or TSV; anything else that is text → text.
pub fn recognise(head: &[u8]) -> Option<Format> {
    if head.starts_with(b"ElfFile\0") {
        return Some(Format::Evtx);
    }
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let first = text.lines().next().unwrap_or_default().trim_end();
    if first.is_empty() {
        return None;
    }
    let by_start: &[(&str, Format)] = &[
        ("{", Format::Json),
        ("[{", Format::Json),
        ("<Event", Format::Xml),
        ("<?xml", Format::Xml),
        ("#separator", Format::Zeek),
        ("#Fields", Format::W3c),
        ("#Software", Format::W3c),
        ("#Version", Format::W3c),
        ("CEF:", Format::Cef),
        ("LEEF:", Format::Leef),
    ];
    if let Some((_, format)) = by_start.iter().find(|(start, _)| first.starts_with(start)) {
        return Some(*format);
    }
    if first == "["
        || (first.starts_with('[')
            && text
                .get(1..)
                .is_some_and(|rest| rest.trim_start().starts_with('{')))
    {
        return Some(Format::Json);
    }
    if auditd::is_line(first.as_bytes()) {
        return Some(Format::Auditd);
    }
    if syslog::is_line(first) {
        return Some(Format::Syslog);
    }
    if weblog::is_squid(first) {
        return Some(Format::Squid);
    }
    if weblog::is_clf(first) {
        return Some(Format::Clf);
    }
    if let Some(delimiter) = table::sniff(first) {
        return Some(if delimiter == b'\t' {
            Format::Tsv
        } else {
            Format::Csv
        });
    }
    let binary = head.iter().take(1_024).filter(|b| **b == 0).count() > 0;
    if binary { None } else { Some(Format::Text) }
}

#[cfg(test)]
mod tests;
