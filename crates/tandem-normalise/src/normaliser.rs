//! Reading one stream: cutting it into records, and making each an event or a reject.

mod cut;

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tandem_domain::event::EventBuilder;
use tandem_domain::time::MICROS_PER_DAY;
use tandem_domain::{EventBatch, Timestamp, Value};

use crate::format::utf16::Encoding;
use crate::format::{Format, auditd, cef, evtx, json, recognise, syslog, table, weblog, xml};
use crate::mapping::{Context, Mappings, Refusal};
use cut::{Cut, Cutter};

/// A batch is handed on after this many events.
const BATCH_EVENTS: usize = 8_192;
/// A batch is handed on after this many bytes of text.
const BATCH_TEXT: usize = 8 << 20;
/// Rejected bytes kept per record.
const RAW_LIMIT: usize = 64 << 10;
/// A time further than this from the one before is a broken clock: the year of the next one is the hint's again.
const NEAR: i64 = 400 * MICROS_PER_DAY;
/// Bytes needed to recognise a format, unless the stream is shorter.
const HEAD: usize = 4_096;

/// How to read a stream.
#[derive(Debug, Clone)]
pub struct Options {
    /// Name of the source; empty means the one of the mapping that fits.
    pub source: String,
    /// Identity of the stream, part of the ids of records without an own one.
    pub stream_id: u128,
    /// The format, instead of recognising it.
    pub format: Option<Format>,
    /// The mapping, instead of finding the one that fits.
    pub mapping: Option<String>,
    /// Zone of times without one (IANA name).
    pub time_zone: Option<String>,
    /// Year of times without one, at the beginning of the stream; it rolls on where December is followed by January.
    pub year_hint: Option<i16>,
    /// When the stream is read.
    pub received: Timestamp,
    /// Largest record, bytes.
    pub max_record_bytes: usize,
}

/// A record that became no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Where it starts, bytes from the beginning of the decompressed stream.
    pub offset: u64,
    /// As received, at most 64 KiB; UTF-16 is kept as UTF-8.
    pub raw: Vec<u8>,
    /// Its whole size, bytes.
    pub bytes: u64,
    /// What is wrong.
    pub reason: String,
    /// What to do.
    pub hint: String,
    /// The field at fault.
    pub field: Option<String>,
}

/// How much was read; `records = events + rejects`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Events made.
    pub events: u64,
    /// Records rejected.
    pub rejects: u64,
}

/// What must be remembered to go on reading later.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct State {
    #[serde(default)]
    encoding: Option<Encoding>,
    format: Option<Format>,
    header: table::Header,
    cutter: Cutter,
    source: String,
    counts: Counts,
    /// Time of the last event, for times without a year.
    #[serde(default)]
    last: Option<Timestamp>,
}

/// Bytes of the stream, decoded.
struct Piece<'t> {
    encoding: Encoding,
    text: &'t [u8],
    /// Where they begin in the stream.
    at: u64,
    eof: bool,
}

/// Reads one stream.
#[derive(Debug)]
pub struct Normaliser {
    mappings: Arc<Mappings>,
    options: Options,
    zone: Option<jiff::tz::TimeZone>,
    state: State,
}

impl Normaliser {
    /// Starts at the beginning of a stream.
    pub fn new(mappings: Arc<Mappings>, options: Options) -> Self {
        Self::resume(mappings, options, State::default())
    }

    /// Goes on where another one stopped; the next byte fed must be the one after the last it consumed.
    pub fn resume(mappings: Arc<Mappings>, options: Options, mut state: State) -> Self {
        let zone = options
            .time_zone
            .as_deref()
            .and_then(|name| jiff::tz::TimeZone::get(name).ok());
        state.format = options.format.or(state.format);
        if !options.source.is_empty() {
            state.source.clone_from(&options.source);
        }
        Self {
            mappings,
            options,
            zone,
            state,
        }
    }

    /// What must be remembered to go on reading later.
    pub const fn state(&self) -> &State {
        &self.state
    }

    /// How much was read.
    pub const fn counts(&self) -> Counts {
        self.state.counts
    }

    /// The format, once known.
    pub const fn format(&self) -> Option<Format> {
        self.state.format
    }

    /// Takes the stream for one of that format, unless it is known already.
    pub fn assume(&mut self, format: Format) {
        self.state.format.get_or_insert(format);
    }

    /// Consumes whole records from `buffer`, which starts `offset` bytes into the decompressed stream, and returns how many
    /// bytes were consumed. `eof` says that nothing follows. Stops early when the batch is large enough to be handed on; 0
    /// means that more bytes are needed.
    pub fn feed(
        &mut self,
        buffer: &[u8],
        offset: u64,
        eof: bool,
        batch: &mut EventBatch,
        rejects: &mut Vec<Reject>,
    ) -> usize {
        let whole = buffer.len();
        let Some((encoding, mark)) = self.encoding(buffer, offset, eof) else {
            return 0;
        };
        let buffer = buffer.get(mark..).unwrap_or_default();
        let decoded = encoding.decode(buffer, eof);
        let text = decoded.as_deref().map_or(buffer, str::as_bytes);
        if self.state.format.is_none() {
            if text.len() < HEAD && !eof {
                return 0;
            }
            self.state.format = Some(recognise(text.get(..HEAD).unwrap_or(text)).unwrap_or(Format::Text));
        }
        self.state.encoding = Some(encoding);
        let piece = Piece {
            encoding,
            text,
            at: offset + mark as u64,
            eof,
        };
        let (used, at) = self.read(&piece, batch, rejects);
        if eof && used == text.len() {
            whole
        } else {
            (at - offset) as usize
        }
    }

    /// The encoding, and the length of the mark that tells it; `None` if too few bytes are there to tell.
    fn encoding(&self, buffer: &[u8], offset: u64, eof: bool) -> Option<(Encoding, usize)> {
        match self.state.encoding {
            Some(known) => Some((known, 0)),
            None if offset > 0 => Some((Encoding::Utf8, 0)),
            None if buffer.len() < 3 && !eof => None,
            None => Some(Encoding::told_by(buffer)),
        }
    }

    /// Reads records; gives how much of the piece's text was used, and where in the stream that ends.
    fn read(&mut self, piece: &Piece<'_>, batch: &mut EventBatch, rejects: &mut Vec<Reject>) -> (usize, u64) {
        let format = self.state.format.unwrap_or(Format::Text);
        let limit = self.options.max_record_bytes;
        if batch.source().is_empty() && !self.state.source.is_empty() {
            batch.set_source(&self.state.source);
        }
        let (mut used, mut at) = (0, piece.at);
        while batch.len() < BATCH_EVENTS && batch.text_bytes() < BATCH_TEXT && rejects.len() < BATCH_EVENTS {
            let rest = piece.text.get(used..).unwrap_or_default();
            let cut = self
                .state
                .cutter
                .next(format, &self.state.header, rest, piece.eof, limit);
            let len = match cut {
                Cut::More => break,
                Cut::Skip(len) => len,
                Cut::Broken { len, reason } => {
                    self.reject(rest.get(..len).unwrap_or(rest), at, refusal(reason), rejects);
                    len
                }
                Cut::Record { skip, len, end } => {
                    let record = rest.get(skip..skip + len).unwrap_or_default();
                    let place = at + piece.encoding.width(rest.get(..skip).unwrap_or_default()) as u64;
                    self.record(format, record, place, batch, rejects);
                    end
                }
            };
            at += piece.encoding.width(rest.get(..len).unwrap_or(rest)) as u64;
            used += len;
        }
        (used, at)
    }

    fn record(
        &mut self,
        format: Format,
        record: &[u8],
        at: u64,
        batch: &mut EventBatch,
        rejects: &mut Vec<Reject>,
    ) {
        match format {
            Format::Evtx => self.chunk(record, at, batch, rejects),
            Format::Csv | Format::Tsv if self.state.header.columns.is_empty() => {
                match table::Header::of_csv(record) {
                    Ok(header) => self.state.header = header,
                    Err(reason) => self.reject(record, at, refusal(reason), rejects),
                }
            }
            Format::Zeek | Format::W3c if record.starts_with(b"#") => {
                self.state.header.directive(&String::from_utf8_lossy(record));
            }
            _ => self.one(format, record, at, batch, rejects),
        }
    }

    fn one(
        &mut self,
        format: Format,
        record: &[u8],
        at: u64,
        batch: &mut EventBatch,
        rejects: &mut Vec<Reject>,
    ) {
        let Ok(mut event) = batch.start() else {
            self.reject(record, at, refusal("the batch is full".into()), rejects);
            return;
        };
        let parsed = parse(format, &self.state.header, record, &mut event);
        let outcome = parsed.map_err(refusal).and_then(|told| {
            if told.keep_raw {
                event.raw(&text_of(record));
            }
            // What the journal keeps came to it as syslog, or as if it had.
            let format = told.journal.map_or(format, |_| Format::Syslog);
            self.map(format, told.journal, record, at, event)
        });
        match outcome {
            Ok(source) => {
                self.state.counts.records += 1;
                self.state.counts.events += 1;
                if batch.source().is_empty() {
                    batch.set_source(&source);
                    self.state.source = source;
                }
            }
            Err(refusal) => self.reject(record, at, refusal, rejects),
        }
    }

    /// Lets the mapping finish the event; gives the name of the source.
    fn map(
        &mut self,
        format: Format,
        identity: Option<u128>,
        record: &[u8],
        at: u64,
        mut event: EventBuilder<'_>,
    ) -> Result<String, Refusal> {
        let context = Context {
            format,
            source_hint: &self.state.source,
            forced: self.options.mapping.as_deref(),
            time_zone: self.zone.as_ref(),
            year_hint: self.options.year_hint,
            previous: self.state.last,
            received: self.options.received,
            stream_id: self.options.stream_id,
            offset: at,
            raw: record,
            identity,
            shape: self.state.header.shape,
        };
        let source = if self.state.source.is_empty() {
            let name = self.mappings.identify(&event, &context).unwrap_or_default();
            self.mappings.source_of(name).unwrap_or(name).to_owned()
        } else {
            String::new()
        };
        let head = self.mappings.apply(&mut event, &context)?;
        event.finish(head);
        if self.options.year_hint.is_some() {
            let near = self
                .state
                .last
                .is_none_or(|last| (head.time.0 - last.0).abs() < NEAR);
            self.state.last = near.then_some(head.time);
        }
        Ok(source)
    }

    /// One chunk of an EVTX file holds many records.
    fn chunk(&mut self, bytes: &[u8], at: u64, batch: &mut EventBatch, rejects: &mut Vec<Reject>) {
        if evtx::is_unused(bytes) {
            return;
        }
        match evtx::chunk(bytes) {
            Err(reason) => self.reject(bytes, at, refusal(reason), rejects),
            Ok(chunk) => {
                for record in chunk.records {
                    match record {
                        Ok(text) => self.one(Format::Evtx, text.as_bytes(), at, batch, rejects),
                        Err(reason) => self.reject(&[], at, refusal(reason), rejects),
                    }
                }
            }
        }
    }

    fn reject(&mut self, record: &[u8], at: u64, refusal: Refusal, rejects: &mut Vec<Reject>) {
        self.state.counts.records += 1;
        self.state.counts.rejects += 1;
        rejects.push(Reject {
            offset: at,
            raw: record.get(..RAW_LIMIT).unwrap_or(record).to_vec(),
            bytes: record.len() as u64,
            reason: refusal.reason,
            hint: refusal.hint,
            field: refusal.field,
        });
    }
}

fn refusal(reason: String) -> Refusal {
    let hint =
        "mend the record at its source, or choose another format with --format, and replay it".to_owned();
    Refusal {
        reason,
        field: None,
        hint,
    }
}

/// The record as text; almost every one is whole UTF-8, which is checked many bytes at a time.
fn text_of(record: &[u8]) -> Cow<'_, str> {
    std::str::from_utf8(record).map_or_else(|_| String::from_utf8_lossy(record), Cow::Borrowed)
}

/// Parses one record into fields.
fn parse(
    format: Format,
    header: &table::Header,
    record: &[u8],
    event: &mut EventBuilder<'_>,
) -> Result<json::Told, String> {
    let text = || text_of(record);
    let keep_raw = match format {
        Format::Json | Format::Ndjson => return json::parse(record, event),
        Format::Evtx => json::open(record, event).map(|()| false),
        Format::Csv | Format::Tsv => header.row(record, event).map(|()| false),
        Format::Zeek | Format::W3c => header.row(record, event).map(|()| true),
        Format::Syslog => syslog::parse(&text(), event).map(|()| true),
        Format::Squid => weblog::parse_squid(&text(), event).map(|()| true),
        Format::Clf => weblog::parse_clf(&text(), event).map(|()| true),
        Format::Auditd => auditd::parse(&text(), event).map(|()| true),
        Format::Cef => cef::parse_cef(&text(), event).map(|()| true),
        Format::Leef => cef::parse_leef(&text(), event).map(|()| true),
        Format::Xml => xml::parse(&text(), event).map(|()| false),
        Format::Text => {
            event.field("message", Value::Text(&text()));
            Ok(false)
        }
    }?;
    Ok(json::Told {
        keep_raw,
        journal: None,
    })
}
