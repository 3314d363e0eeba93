//! Where one message of a stream ends and the next begins (RFC 6587), without I/O.
//!
//! Octet counting (section 3.4.1, and RFC 5425 section 4.3): `MSG-LEN SP MSG`. Non-transparent framing (section 3.4.2): a
//! message ends with a newline; NUL, which some senders use, ends it too. The two are told apart message by message, as
//! rsyslog does: a digit begins a count. Bytes go straight from the read buffer into the body of the delivery.

use memchr::memchr2;
use serde::{Deserialize, Serialize};

use super::batch::{Batch, TOO_LONG, too_long};

/// Digits of a length that is believed. A longer one is no length: it would make the rest of the connection one message.
const MOST_DIGITS: u8 = 8;

/// How messages of a stream are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Framing {
    /// A message that begins with a digit has its length in front; any other ends with a newline.
    #[default]
    Auto,
    /// Every message has its length in front.
    Octets,
    /// Every message ends with a newline; for senders whose messages may begin with a digit.
    Lines,
}

/// Cuts a stream into messages, whatever pieces it comes in.
#[derive(Debug)]
pub(super) struct Framer {
    framing: Framing,
    limit: usize,
    state: State,
    begun: u64,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Between two messages.
    Between,
    /// Inside a length; its digits are the open piece.
    Count { count: usize, digits: u8 },
    /// Inside a message whose length was given.
    Counted { count: usize, left: usize },
    /// Inside a message that a newline ends.
    Line,
    /// Inside a piece that is refused.
    Refusing { until: Until, bytes: u64, wrong: Wrong },
}

/// Where a refused piece ends.
#[derive(Debug, Clone, Copy)]
enum Until {
    Trailer,
    Octets(usize),
}

/// What is wrong with a piece.
#[derive(Debug, Clone, Copy)]
enum Wrong {
    TooLong,
    NoLength,
    BadLength,
}

impl Framer {
    /// A framer of one stream; no message is longer than `limit` bytes.
    pub(super) const fn new(framing: Framing, limit: usize) -> Self {
        Self {
            framing,
            limit,
            state: State::Between,
            begun: 0,
        }
    }

    /// True inside a message.
    pub(super) const fn is_inside(&self) -> bool {
        !matches!(self.state, State::Between)
    }

    /// Messages begun so far.
    pub(super) const fn begun(&self) -> u64 {
        self.begun
    }

    /// Cuts more of the stream; gives how many bytes were used. It stops early only when the batch is full.
    pub(super) fn push(&mut self, bytes: &[u8], batch: &mut Batch) -> usize {
        let mut rest = bytes;
        while !rest.is_empty() && !batch.is_full() {
            let used = match self.state {
                State::Between => self.between(rest),
                State::Count { count, digits } => self.count(rest, batch, count, digits),
                State::Counted { count, left } => self.counted(rest, batch, count, left),
                State::Line => self.line(rest, batch),
                State::Refusing { until, bytes, wrong } => self.refusing(rest, batch, (until, bytes, wrong)),
            };
            rest = rest.get(used..).unwrap_or_default();
        }
        bytes.len() - rest.len()
    }

    /// The stream ends. `whole` says that the sender ended it in good order: what a newline would have ended is a message
    /// then, too.
    pub(super) fn end(&mut self, whole: bool, batch: &mut Batch) {
        match std::mem::replace(&mut self.state, State::Between) {
            State::Between => {}
            State::Line if whole => batch.finish(),
            State::Line => cut_off(batch, batch.open() as u64),
            State::Count { .. } => cut_off(batch, batch.open() as u64),
            State::Counted { count, left } => {
                batch.shorten();
                cut_off(batch, (count - left) as u64);
            }
            State::Refusing { bytes, wrong, .. } => self.refuse(batch, bytes, wrong),
        }
    }

    /// Passes over what separates messages, and says what the next one is. Gives the bytes passed over.
    fn between(&mut self, rest: &[u8]) -> usize {
        let separators = rest
            .iter()
            .take_while(|byte| matches!(byte, b'\n' | b'\r' | 0))
            .count();
        let Some(first) = rest.get(separators) else {
            return separators;
        };
        self.begun += 1;
        self.state = match self.framing {
            Framing::Auto | Framing::Octets if first.is_ascii_digit() => State::Count { count: 0, digits: 0 },
            Framing::Octets => refusing(0, Wrong::NoLength),
            Framing::Auto | Framing::Lines => State::Line,
        };
        separators
    }

    fn count(&mut self, rest: &[u8], batch: &mut Batch, mut count: usize, mut digits: u8) -> usize {
        let mut used = 0;
        for byte in rest {
            let digit = match byte {
                b'0'..=b'9' if digits < MOST_DIGITS && (digits > 0 || *byte != b'0') => byte - b'0',
                b' ' if digits > 0 => {
                    batch.forget();
                    self.state = if count > self.limit {
                        State::Refusing {
                            until: Until::Octets(count),
                            bytes: 0,
                            wrong: Wrong::TooLong,
                        }
                    } else {
                        State::Counted { count, left: count }
                    };
                    return used + 1;
                }
                _ => {
                    self.state = refusing(batch.open() as u64, Wrong::BadLength);
                    return used;
                }
            };
            batch.push(&[*byte]);
            count = count * 10 + usize::from(digit);
            digits += 1;
            used += 1;
        }
        self.state = State::Count { count, digits };
        used
    }

    fn counted(&mut self, rest: &[u8], batch: &mut Batch, count: usize, left: usize) -> usize {
        let here = rest.get(..left).unwrap_or(rest);
        let left = left - here.len();
        if left > 0 {
            batch.push_message(here);
            self.state = State::Counted { count, left };
            return here.len();
        }
        batch.push_message(super::batch::without_trailer(here));
        self.state = State::Between;
        if batch.open() > self.limit {
            // Only newlines written out make it so long.
            batch.shorten();
            self.refuse(batch, count as u64, Wrong::TooLong);
        } else {
            batch.finish();
        }
        here.len()
    }

    fn line(&mut self, rest: &[u8], batch: &mut Batch) -> usize {
        let end = memchr2(b'\n', 0, rest);
        let here = end.map_or(rest, |end| rest.get(..end).unwrap_or_default());
        batch.push(here);
        if batch.open() > self.limit {
            let bytes = batch.open() as u64;
            batch.shorten();
            self.state = refusing(bytes, Wrong::TooLong);
            return here.len();
        }
        if end.is_none() {
            return here.len();
        }
        batch.finish();
        self.state = State::Between;
        here.len() + 1
    }

    fn refusing(
        &mut self,
        rest: &[u8],
        batch: &mut Batch,
        (until, bytes, wrong): (Until, u64, Wrong),
    ) -> usize {
        let (here, next, used) = match until {
            Until::Trailer => match memchr2(b'\n', 0, rest) {
                Some(end) => (rest.get(..end).unwrap_or_default(), None, end + 1),
                None => (rest, Some(Until::Trailer), rest.len()),
            },
            Until::Octets(left) => {
                let here = rest.get(..left).unwrap_or(rest);
                let left = left - here.len();
                (here, (left > 0).then_some(Until::Octets(left)), here.len())
            }
        };
        batch.push_refused(here);
        let bytes = bytes + here.len() as u64;
        match next {
            Some(until) => self.state = State::Refusing { until, bytes, wrong },
            None => {
                self.state = State::Between;
                self.refuse(batch, bytes, wrong);
            }
        }
        used
    }

    fn refuse(&self, batch: &mut Batch, bytes: u64, wrong: Wrong) {
        match wrong {
            Wrong::TooLong => batch.refuse(bytes, too_long(self.limit), TOO_LONG),
            Wrong::NoLength => batch.refuse(
                bytes,
                "the message does not begin with its length".into(),
                "let the sender count octets (RFC 6587, section 3.4.1), or set `framing` to \"auto\"",
            ),
            Wrong::BadLength => batch.refuse(
                bytes,
                format!(
                    "it begins with a digit, but not with a length of 1 to {MOST_DIGITS} digits and a space"
                ),
                "if messages of this sender may begin with a digit and end with a newline, set `framing` to \"lines\"",
            ),
        }
    }
}

const fn refusing(bytes: u64, wrong: Wrong) -> State {
    State::Refusing {
        until: Until::Trailer,
        bytes,
        wrong,
    }
}

fn cut_off(batch: &mut Batch, bytes: u64) {
    batch.shorten();
    batch.refuse(
        bytes,
        "the connection ended before the message did".into(),
        "look why the sender or the network ended it; what is missing was not received",
    );
}

#[cfg(test)]
mod tests;
