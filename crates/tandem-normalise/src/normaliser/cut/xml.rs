//! Where an `<Event>` ends, without parsing it: so that one that is broken does not take the next one with it.

use memchr::memmem;

use super::Cut;

const OPEN: &[u8] = b"<Event";
const CLOSE: &[u8] = b"</Event";
const UNCLOSED: &str = "the event is not closed by `</Event>` before the next one begins or the list ends";

/// The next cut of a stream of `<Event>` elements, which may stand inside `<Events>`.
pub(super) fn next(bytes: &[u8], eof: bool, limit: usize) -> Cut {
    let blank = bytes.iter().take_while(|b| b.is_ascii_whitespace()).count();
    if blank > 0 {
        return Cut::Skip(blank);
    }
    match starts_event(bytes) {
        Some(true) => event(bytes, eof, limit),
        None if !eof => Cut::More,
        _ => between(bytes, eof, limit),
    }
}

/// True if an event's tag begins here, unknown if too few bytes are there to tell.
fn starts_event(bytes: &[u8]) -> Option<bool> {
    match bytes.get(OPEN.len()) {
        Some(after) => {
            Some(bytes.starts_with(OPEN) && (after.is_ascii_whitespace() || matches!(after, b'>' | b'/')))
        }
        None if OPEN.starts_with(bytes) => None,
        None => Some(false),
    }
}

/// An event ends with its closing tag; where another one opens before that, it was cut off.
fn event(bytes: &[u8], eof: bool, limit: usize) -> Cut {
    let within = bytes.get(..limit).unwrap_or(bytes);
    let growing = !eof && bytes.len() < limit;
    let mut at = 1;
    while let Some(step) = memchr::memchr(b'<', within.get(at..).unwrap_or_default()) {
        at += step;
        let rest = within.get(at..).unwrap_or_default();
        if growing && rest.len() < 10 {
            return Cut::More;
        }
        if starts_event(rest) == Some(true) || rest.starts_with(b"</Events") {
            return broken(at, UNCLOSED);
        }
        if let Some(after) = rest.strip_prefix(CLOSE) {
            match after.iter().position(|b| !b.is_ascii_whitespace()) {
                Some(close) if after.get(close) == Some(&b'>') => {
                    let len = at + CLOSE.len() + close + 1;
                    return Cut::Record {
                        skip: 0,
                        len,
                        end: len,
                    };
                }
                None if growing => return Cut::More,
                _ => {}
            }
        }
        if rest.starts_with(b"<![CDATA[") {
            match character_data(rest) {
                Some(len) => at += len,
                None if growing => return Cut::More,
                None => {}
            }
        }
        at += 1;
    }
    if growing {
        return Cut::More;
    }
    if bytes.len() >= limit {
        return broken(limit, &format!("the event is longer than {limit} bytes"));
    }
    broken(bytes.len(), UNCLOSED)
}

/// The length of a CDATA section, 0 if it does not end before another event begins, `None` if that cannot be told yet.
fn character_data(bytes: &[u8]) -> Option<usize> {
    let end = memmem::find(bytes, b"]]>");
    let inside = bytes.get(..end.unwrap_or(bytes.len())).unwrap_or_default();
    let other = memmem::find_iter(inside, OPEN)
        .any(|at| starts_event(inside.get(at..).unwrap_or_default()) == Some(true));
    if other { Some(0) } else { end }
}

/// What stands between events: heads, comments, the tags of `<Events>`. Anything else is no event.
fn between(bytes: &[u8], eof: bool, limit: usize) -> Cut {
    let growing = !eof && bytes.len() < limit;
    let kinds: [(&[u8], &[u8]); 5] = [
        (b"<?", b"?>"),
        (b"<!--", b"-->"),
        (b"<!DOCTYPE", b">"),
        (b"<Events", b">"),
        (b"</Events", b">"),
    ];
    for (start, end) in kinds {
        if bytes.starts_with(start) {
            match memmem::find(bytes, end) {
                Some(len) => return Cut::Skip(len + end.len()),
                None if growing => return Cut::More,
                None => {}
            }
        } else if start.starts_with(bytes) && growing {
            return Cut::More;
        }
    }
    let within = bytes.get(..limit).unwrap_or(bytes);
    let found = memmem::find_iter(within, OPEN).find(|at| {
        let rest = within.get(*at..).unwrap_or_default();
        *at > 0 && (starts_event(rest) == Some(true) || rest.starts_with(b"<Events"))
    });
    match found {
        Some(at) => broken(at, "expected `<Event`"),
        None if growing => Cut::More,
        None => broken(within.len(), "expected `<Event`"),
    }
}

fn broken(len: usize, reason: &str) -> Cut {
    Cut::Broken {
        len,
        reason: reason.to_owned(),
    }
}
