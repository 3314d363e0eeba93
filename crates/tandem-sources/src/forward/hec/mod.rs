//! Splunk's HTTP Event Collector: what its clients send and what they are answered.
//!
//! Source: Splunk Enterprise REST API Reference, "services/collector", and Getting Data In, "Format events for HTTP Event
//! Collector", "About HTTP Event Collector indexer acknowledgement" and "Troubleshoot HTTP Event Collector".
//!
//! Splunk stops at the first event that it cannot take. Here the others are taken all the same, what is wrong goes to the
//! dead letters, and the answer names the first wrong event as Splunk's would.

mod answer;
mod channels;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tandem_normalise::{Format, recognise};

pub use answer::{Answer, Code};
pub use channels::{Channels, is_channel};

use super::gather::Gather;
use super::line::Line;
use super::object::{Frame, Object, quoted, text};
use super::{Sender, Unreadable};
use crate::delivery::{Delivery, Refused};

/// Places at which reading is tried again behind something that cannot be read.
const TRIES: usize = 64;

/// What a body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// What to hand on.
    pub deliveries: Vec<Delivery>,
    /// The first wrong event: what is wrong, and its number from 0.
    pub wrong: Option<(Code, u64)>,
}

/// One event with its wrapping.
#[derive(Debug, Deserialize)]
struct Envelope<'e> {
    #[serde(borrow, default)]
    time: Option<&'e RawValue>,
    #[serde(borrow, default)]
    host: Option<Cow<'e, str>>,
    #[serde(borrow, default)]
    source: Option<Cow<'e, str>>,
    #[serde(borrow, default)]
    sourcetype: Option<Cow<'e, str>>,
    #[serde(borrow, default)]
    index: Option<Cow<'e, str>>,
    #[serde(borrow, default)]
    event: Option<&'e RawValue>,
    #[serde(borrow, default)]
    fields: Option<&'e RawValue>,
}

/// Metadata given for a whole body in the address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Given {
    /// Where the events happened.
    pub host: Option<String>,
    /// File, port or script they are from.
    pub source: Option<String>,
    /// What they are.
    pub sourcetype: Option<String>,
    /// Where Splunk would put them.
    pub index: Option<String>,
    /// The acknowledgement channel.
    pub channel: Option<String>,
    /// A token, which is not taken here: addresses end up in logs.
    pub token: Option<String>,
}

/// Reads the body of `/services/collector/event`: objects one behind the other, or in a list.
///
/// # Errors
/// [`Unreadable`] when there is nothing in it or too much; then nothing is taken.
pub fn events(sender: &Sender<'_>, given: &Given, body: &[u8]) -> Result<Events, Unreadable> {
    let channel = given.channel.as_deref().unwrap_or_default();
    let body_text = String::from_utf8_lossy(body);
    if body_text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let mut reader = Reader {
        sender,
        given,
        gather: Gather::new(sender, sender.identity(channel, body)),
        number: 0,
        wrong: None,
    };
    reader.body(&body_text)?;
    Ok(Events {
        deliveries: reader.gather.finish(),
        wrong: reader.wrong,
    })
}

/// Reads the body of `/services/collector/raw`: lines, or event XML.
///
/// # Errors
/// [`Unreadable`] when there is nothing in it or too much; then nothing is taken.
pub fn raw(sender: &Sender<'_>, given: &Given, body: &[u8]) -> Result<Events, Unreadable> {
    let channel = given.channel.as_deref().unwrap_or_default();
    let body_text = String::from_utf8_lossy(body);
    if body_text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let mut gather = Gather::new(sender, sender.identity(channel, body));
    let source = source_name(sender, given.sourcetype.as_deref(), given.index.as_deref());
    let frame = frame(&gather, None, given, None);
    if recognise(body) == Some(Format::Xml) {
        gather.line(&source, &Line::Of(Format::Xml), &body_text)?;
    } else {
        for line in body_text.lines().filter(|line| !line.trim().is_empty()) {
            gather.text(&source, line, &frame)?;
        }
    }
    Ok(Events {
        deliveries: gather.finish(),
        wrong: None,
    })
}

fn source_name<'n>(sender: &Sender<'n>, sourcetype: Option<&'n str>, index: Option<&'n str>) -> Cow<'n, str> {
    let filled = |name: &&str| super::name::clean(name).is_some();
    let name = sourcetype.filter(filled).or(index.filter(filled));
    Cow::Borrowed(name.unwrap_or(sender.token))
}

/// What the wrapping adds to a record, under the names it has there.
fn frame<'f>(
    gather: &Gather<'_>,
    time: Option<&str>,
    given: &Given,
    envelope: Option<&Envelope<'_>>,
) -> Frame<'f> {
    let mut others = Vec::new();
    let mut add = |name: &'static str, own: Option<&str>, given: Option<&String>| {
        let value = own
            .or(given.map(String::as_str))
            .filter(|value| !value.is_empty());
        if let Some(value) = value {
            others.push((name, quoted(value)));
        }
    };
    add(
        "host",
        envelope.and_then(|e| e.host.as_deref()),
        given.host.as_ref(),
    );
    add(
        "source",
        envelope.and_then(|e| e.source.as_deref()),
        given.source.as_ref(),
    );
    let sourcetype = envelope.and_then(|e| e.sourcetype.as_deref());
    add("sourcetype", sourcetype, given.sourcetype.as_ref());
    if let Some(fields) = envelope.and_then(|e| e.fields) {
        others.push(("fields", fields.get().to_owned()));
    }
    Frame {
        time_name: "time",
        time: time.map(str::to_owned),
        fallback: gather.received(),
        others,
    }
}

/// Reads events one after the other.
struct Reader<'r> {
    sender: &'r Sender<'r>,
    given: &'r Given,
    gather: Gather<'r>,
    number: u64,
    wrong: Option<(Code, u64)>,
}

impl Reader<'_> {
    fn body(&mut self, body: &str) -> Result<(), Unreadable> {
        let mut at = 0;
        let mut tries = 0;
        while let Some(rest) = body.get(at..).filter(|rest| !rest.trim().is_empty()) {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<&RawValue>();
            match values.next() {
                Some(Ok(value)) => {
                    at += values.byte_offset();
                    self.value(value.get())?;
                }
                None => break,
                Some(Err(error)) => {
                    let next = resume(rest, &mut tries);
                    let broken = rest.get(..next).unwrap_or(rest);
                    self.wrong(
                        Code::InvalidDataFormat,
                        broken,
                        &format!("not valid JSON: {error}"),
                    )?;
                    at += broken.len();
                }
            }
        }
        Ok(())
    }

    /// An event, or a list of them.
    fn value(&mut self, value: &str) -> Result<(), Unreadable> {
        if value.starts_with('[') {
            let list: Vec<&RawValue> = serde_json::from_str(value).unwrap_or_default();
            for event in list {
                self.event(event.get())?;
            }
            return Ok(());
        }
        self.event(value)
    }

    fn event(&mut self, value: &str) -> Result<(), Unreadable> {
        let envelope = match serde_json::from_str::<Envelope<'_>>(value) {
            Ok(envelope) if value.starts_with('{') => envelope,
            Ok(_) => return self.wrong(Code::InvalidDataFormat, value, "it is no object"),
            Err(error) => {
                let why = format!("it is no event: {error}");
                return self.wrong(Code::InvalidDataFormat, value, &why);
            }
        };
        let Some(event) = envelope.event.map(RawValue::get) else {
            return self.wrong(Code::EventRequired, value, "it has no event");
        };
        let Some(time) = seconds(envelope.time) else {
            return self.wrong(
                Code::InvalidDataFormat,
                value,
                "its time is not seconds since 1970",
            );
        };
        let sourcetype = envelope
            .sourcetype
            .as_deref()
            .or(self.given.sourcetype.as_deref());
        let index = envelope.index.as_deref().or(self.given.index.as_deref());
        let source = source_name(self.sender, sourcetype, index);
        let frame = frame(&self.gather, time, self.given, Some(&envelope));
        if event.starts_with('{') {
            let object: Object<'_> = serde_json::from_str(event).unwrap_or_default();
            if object.is_empty() {
                return self.wrong(Code::EventBlank, value, "its event is empty");
            }
            self.number += 1;
            return self.gather.object(&source, &object, &frame);
        }
        let text = text(event).unwrap_or(Cow::Borrowed(event));
        if text.trim().is_empty() {
            return self.wrong(Code::EventBlank, value, "its event is empty");
        }
        if text == "metric"
            && envelope
                .fields
                .is_some_and(|fields| fields.get().contains("metric_name"))
        {
            return self.wrong(Code::InvalidDataFormat, value, "it is a metric; send logs only");
        }
        self.number += 1;
        self.gather.text(&source, &text, &frame)
    }

    /// Keeps what is no event, and the first of them for the answer.
    fn wrong(&mut self, code: Code, raw: &str, why: &str) -> Result<(), Unreadable> {
        self.wrong.get_or_insert((code, self.number));
        self.number += 1;
        let source = source_name(
            self.sender,
            self.given.sourcetype.as_deref(),
            self.given.index.as_deref(),
        );
        let hint = "correct what sends it: each event is an object with `event`, and perhaps `time`, `host`, `source`, `sourcetype`";
        self.gather.refuse(
            &source,
            Refused::new(
                raw.as_bytes(),
                format!("HEC event {}: {why}", self.number - 1),
                hint,
            ),
        )
    }
}

/// The time as given, as JSON: `None` if it is none, `Some(None)` if there is none.
#[allow(clippy::option_option)] // Absent and wrong are answered differently.
fn seconds(time: Option<&RawValue>) -> Option<Option<&str>> {
    let Some(written) = time.map(RawValue::get) else {
        return Some(None);
    };
    let plain = text(written).unwrap_or(Cow::Borrowed(written));
    let number = plain.trim();
    if number.is_empty() {
        return Some(None);
    }
    let is_number = number.parse::<f64>().is_ok_and(f64::is_finite);
    is_number.then_some(Some(written))
}

/// Where reading may go on in a text whose beginning cannot be read: at the next event that can be.
fn resume(rest: &str, tries: &mut usize) -> usize {
    let mut before = b' ';
    for (at, byte) in rest.bytes().enumerate() {
        if byte == b'{' && at > 0 && matches!(before, b'}' | b'\n' | b',') {
            if *tries >= TRIES {
                break;
            }
            *tries += 1;
            let candidate = rest.get(at..).unwrap_or_default();
            let mut values = serde_json::Deserializer::from_str(candidate).into_iter::<&RawValue>();
            let event = values.next().and_then(Result::ok);
            let envelope = event.and_then(|event| serde_json::from_str::<Envelope<'_>>(event.get()).ok());
            if envelope.is_some_and(|envelope| envelope.event.is_some()) {
                return at;
            }
        }
        if byte == b'\n' || !byte.is_ascii_whitespace() {
            before = byte;
        }
    }
    rest.len()
}
