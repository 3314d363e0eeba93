//! What a text inside an envelope is.

use tandem_normalise::{Format, recognise};

use super::object::Object;

/// What a text is.
#[derive(Debug)]
pub(super) enum Line<'t> {
    /// A JSON object.
    Object(Object<'t>),
    /// A whole record of that format.
    Of(Format),
    /// A line of a table's head, which says what the lines behind it mean.
    Head,
    /// Text that begins with a time.
    Timed,
    /// Anything else.
    Unclaimed,
}

impl<'t> Line<'t> {
    /// Looks at a text.
    pub(super) fn of(text: &'t str) -> Self {
        let text = text.trim();
        let first = text.lines().next().unwrap_or_default();
        match recognise(first.as_bytes()) {
            Some(Format::Json | Format::Ndjson) => {
                serde_json::from_str(text).map_or(Self::Unclaimed, Self::Object)
            }
            // Cut off, it would swallow what follows.
            Some(Format::Xml) if !(text.ends_with("</Event>") || text.ends_with("</Events>")) => {
                Self::Unclaimed
            }
            Some(Format::Zeek | Format::W3c) => Self::Head,
            Some(
                format @ (Format::Xml
                | Format::Syslog
                | Format::Squid
                | Format::Clf
                | Format::Auditd
                | Format::Cef
                | Format::Leef),
            ) => Self::Of(format),
            _ if begins_with_time(first) => Self::Timed,
            _ => Self::Unclaimed,
        }
    }
}

/// Forms of a time at the beginning of a line, as the mapping of plain text knows them: `d` is a digit, `_` a digit or a blank, `a` a
/// letter, `t` a `T` or a blank.
const TIMES: [&str; 4] = [
    "dddd-dd-ddtdd:dd:dd",
    "aaa _d dd:dd:dd",
    "aaa _d dddd dd:dd:dd",
    "dddddddddd",
];

fn begins_with_time(line: &str) -> bool {
    let open = line.strip_prefix('[').unwrap_or(line).as_bytes();
    if TIMES.iter().any(|form| fits(open, form)) {
        return true;
    }
    // `10.0.0.1 - mona [31/Jan/2026:08:00:00 +0100]`
    line.split(' ')
        .nth(3)
        .and_then(|word| word.strip_prefix('['))
        .is_some_and(|word| fits(word.as_bytes(), "dd/aaa/dddd:dd:dd:dd"))
}

fn fits(text: &[u8], form: &str) -> bool {
    let mut bytes = text.iter();
    form.bytes().all(|wanted| {
        bytes.next().is_some_and(|byte| match wanted {
            b'd' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            b'_' => byte.is_ascii_digit() || *byte == b' ',
            b't' => matches!(byte, b'T' | b' '),
            other => *byte == other,
        })
    })
}
