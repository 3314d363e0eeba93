//! RELP's frames, without I/O: `TXNR SP COMMAND SP DATALEN [SP DATA] LF`.
//!
//! From the protocol's description (rsyslog, "RELP - The Reliable Event Logging Protocol"): transaction numbers have 1 to 9
//! digits, begin at 1, go up by one and start again behind 999,999,999; a command has 1 to 32 letters, a length 1 to 9 digits.

use super::super::batch::{Batch, TOO_LONG, too_long, without_trailer};

/// Highest transaction number.
const LAST: u32 = 999_999_999;
/// Digits of a number at most.
const MOST_DIGITS: u8 = 9;
/// Letters of a command at most.
const LONGEST_COMMAND: usize = 32;
/// Bytes of a message that are passed over at most, when it is too long to be kept; a longer one ends the session.
const LONGEST_DATA: usize = 128 << 20;
/// Bytes that go with any other command at most.
const LONGEST_OFFERS: usize = 4 << 10;
/// Commands that are heard before somebody looks.
const AT_ONCE: usize = 4_096;

/// A command of the sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::syslog) struct Command {
    /// Its transaction number, which the answer repeats.
    pub txnr: u32,
    /// What is wanted.
    pub what: What,
}

/// What a command wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::syslog) enum What {
    /// To begin, with these offers.
    Open(Vec<u8>),
    /// To hand over a message; it is in the batch.
    Syslog,
    /// To end.
    Close,
    /// Something else.
    Other,
}

/// The sender does not speak RELP, or lost count. Nothing behind it can be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::syslog) enum Broken {
    /// Some byte cannot be where it is.
    #[error("it does not speak RELP: {0}")]
    Frame(&'static str),
    /// The transaction number is not the next one; an answer could be taken for another message's.
    #[error("RELP transaction {got} came where {wanted} is next")]
    Number {
        /// What came.
        got: u32,
        /// What should have come.
        wanted: u32,
    },
}

#[derive(Debug, Clone, Copy)]
enum State {
    Number { value: u32, digits: u8 },
    Name,
    Length { value: usize, digits: u8 },
    Data { length: usize, left: usize },
    Trailer { length: usize },
}

/// Cuts a stream into commands, whatever pieces it comes in. Messages go straight into the batch.
#[derive(Debug)]
pub(in crate::syslog) struct Reader {
    limit: usize,
    state: State,
    next: u32,
    name: Vec<u8>,
    data: Vec<u8>,
    begun: u64,
}

impl Reader {
    /// A reader of one session; no message is longer than `limit` bytes.
    pub(in crate::syslog) const fn new(limit: usize) -> Self {
        Self {
            limit,
            state: State::Number { value: 0, digits: 0 },
            next: 1,
            name: Vec::new(),
            data: Vec::new(),
            begun: 0,
        }
    }

    /// True inside a command.
    pub(in crate::syslog) const fn is_inside(&self) -> bool {
        !matches!(self.state, State::Number { digits: 0, .. })
    }

    /// Commands begun so far.
    pub(in crate::syslog) const fn begun(&self) -> u64 {
        self.begun
    }

    /// Cuts more of the stream; gives how many bytes were used. It stops early only when the batch is full or many
    /// commands were heard.
    ///
    /// # Errors
    /// [`Broken`]; what was heard before still counts.
    pub(in crate::syslog) fn push(
        &mut self,
        bytes: &[u8],
        batch: &mut Batch,
        heard: &mut Vec<Command>,
    ) -> Result<usize, Broken> {
        let mut rest = bytes;
        while let Some(first) = rest.first().copied()
            && !batch.is_full()
            && heard.len() < AT_ONCE
        {
            let used = match self.state {
                State::Data { length, left } => self.data(rest, batch, length, left),
                _ => {
                    self.byte(first, batch, heard)?;
                    1
                }
            };
            rest = rest.get(used..).unwrap_or_default();
        }
        Ok(bytes.len() - rest.len())
    }

    /// Takes a byte of a command's head or its end.
    fn byte(&mut self, byte: u8, batch: &mut Batch, heard: &mut Vec<Command>) -> Result<(), Broken> {
        self.state = match (self.state, byte) {
            (State::Number { value, digits }, b'0'..=b'9') if digits < MOST_DIGITS => {
                self.begun += u64::from(digits == 0);
                State::Number {
                    value: value * 10 + u32::from(byte - b'0'),
                    digits: digits + 1,
                }
            }
            (State::Number { value, digits: 1.. }, b' ') => {
                if value != self.next {
                    return Err(Broken::Number {
                        got: value,
                        wanted: self.next,
                    });
                }
                State::Name
            }
            (State::Number { .. }, _) => {
                return Err(Broken::Frame("a transaction number of 1 to 9 digits is missing"));
            }
            (State::Name, b'a'..=b'z' | b'A'..=b'Z') if self.name.len() < LONGEST_COMMAND => {
                self.name.push(byte);
                State::Name
            }
            (State::Name, b' ') if !self.name.is_empty() => State::Length { value: 0, digits: 0 },
            (State::Name, _) => return Err(Broken::Frame("a command of 1 to 32 letters is missing")),
            (State::Length { value, digits }, b'0'..=b'9') if digits < MOST_DIGITS => State::Length {
                value: value * 10 + usize::from(byte - b'0'),
                digits: digits + 1,
            },
            (
                State::Length {
                    value: 0,
                    digits: 1..,
                },
                b' ',
            ) => State::Trailer { length: 0 },
            (State::Length { value, digits: 1.. }, b' ') => self.data_begins(value)?,
            (
                State::Length {
                    value: 0,
                    digits: 1..,
                },
                b'\n',
            ) => self.finish(0, batch, heard),
            (State::Trailer { length }, b'\n') => self.finish(length, batch, heard),
            (State::Length { .. }, _) => return Err(Broken::Frame("a length of 1 to 9 digits is missing")),
            (State::Trailer { .. } | State::Data { .. }, _) => {
                return Err(Broken::Frame("a frame does not end where its length says"));
            }
        };
        Ok(())
    }

    fn is_message(&self) -> bool {
        self.name == b"syslog"
    }

    fn data_begins(&self, length: usize) -> Result<State, Broken> {
        let most = if self.is_message() {
            LONGEST_DATA
        } else {
            LONGEST_OFFERS
        };
        if length > most {
            return Err(Broken::Frame("a frame is longer than anything it could be"));
        }
        Ok(State::Data { length, left: length })
    }

    fn data(&mut self, rest: &[u8], batch: &mut Batch, length: usize, left: usize) -> usize {
        let here = rest.get(..left).unwrap_or(rest);
        let left = left - here.len();
        let text = if left == 0 { without_trailer(here) } else { here };
        if !self.is_message() {
            self.data.extend_from_slice(here);
        } else if length > self.limit {
            batch.push_refused(here);
        } else {
            batch.push_message(text);
        }
        self.state = if left == 0 {
            State::Trailer { length }
        } else {
            State::Data { length, left }
        };
        here.len()
    }

    /// A frame is whole. Only now is its message a record: what is not whole is not answered, and comes again.
    fn finish(&mut self, length: usize, batch: &mut Batch, heard: &mut Vec<Command>) -> State {
        if self.is_message() && (length > self.limit || batch.open() > self.limit) {
            batch.shorten();
            batch.refuse(length as u64, too_long(self.limit), TOO_LONG);
        } else if self.is_message() {
            batch.finish();
        }
        let data = std::mem::take(&mut self.data);
        let what = match self.name.as_slice() {
            b"open" => What::Open(data),
            b"syslog" => What::Syslog,
            b"close" => What::Close,
            _ => What::Other,
        };
        self.name.clear();
        heard.push(Command {
            txnr: self.next,
            what,
        });
        self.next = if self.next == LAST { 1 } else { self.next + 1 };
        State::Number { value: 0, digits: 0 }
    }
}

#[cfg(test)]
mod tests;
