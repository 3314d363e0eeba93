//! One log record of the protocol.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use serde_json::{Map, Value};

use crate::forward::Unreadable;
use crate::forward::gather::Gather;
use crate::forward::line::Line;
use crate::forward::object::{Frame, Object, quoted};

/// Nanoseconds of a microsecond.
const NANOS: u64 = 1_000;

/// The name of the service that a resource is of.
pub(super) fn service(resource: &[KeyValue]) -> Option<&str> {
    let found = resource.iter().find(|pair| pair.key == "service.name")?;
    match found.value.as_ref()?.value.as_ref()? {
        Any::StringValue(name) => Some(name),
        _ => None,
    }
}

/// What surrounds a record.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around<'a> {
    /// Name of the events' source.
    pub(super) source: &'a str,
    /// What sent it.
    pub(super) resource: &'a [KeyValue],
    /// The part of the program that wrote it.
    pub(super) scope: Option<&'a InstrumentationScope>,
}

impl Around<'_> {
    /// Takes a record; false if there is nothing in it.
    pub(super) fn take(&self, record: &LogRecord, gather: &mut Gather<'_>) -> Result<bool, Unreadable> {
        let body = record.body.as_ref().and_then(|body| body.value.as_ref());
        let frame = self.frame(record, gather.received());
        match body {
            Some(Any::StringValue(line)) if !line.trim().is_empty() && is_plain(record) => {
                gather.text(self.source, line, &frame)?;
                return Ok(true);
            }
            // A program's own JSON or syslog text keeps its form; what it logged beside it is added to an object only.
            Some(Any::StringValue(line)) if record.attributes.is_empty() => {
                if let Line::Object(object) = Line::of(line) {
                    gather.object(self.source, &object, &frame)?;
                    return Ok(true);
                }
            }
            None if record.attributes.is_empty() && record.event_name.is_empty() => return Ok(false),
            _ => {}
        }
        let fields = fields(record, body);
        if fields.is_empty() {
            return Ok(false);
        }
        let text = Value::Object(fields).to_string();
        // What was just written can be read.
        let object: Object<'_> = serde_json::from_str(&text).unwrap_or_default();
        gather.object(self.source, &object, &frame)?;
        Ok(true)
    }

    /// What is added to an object.
    fn frame(&self, record: &LogRecord, fallback: String) -> Frame<'_> {
        let nanos = match record.time_unix_nano {
            0 => record.observed_time_unix_nano,
            nanos => nanos,
        };
        let time = i64::try_from(nanos / NANOS)
            .ok()
            .filter(|micros| *micros > 0)
            .and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok())
            .map(|time| quoted(&time.to_string()));
        let mut others: Vec<(&str, String)> = Vec::new();
        if !record.severity_text.is_empty() {
            others.push(("log.level", quoted(&record.severity_text)));
        }
        if record.severity_number != 0 {
            others.push(("severity_number", record.severity_number.to_string()));
        }
        if !record.event_name.is_empty() {
            others.push(("event.name", quoted(&record.event_name)));
        }
        for (name, id) in [("trace_id", &record.trace_id), ("span_id", &record.span_id)] {
            if id.iter().any(|byte| *byte != 0) {
                others.push((name, quoted(&hex(id))));
            }
        }
        if let Some(scope) = self.scope.filter(|scope| !scope.name.is_empty()) {
            others.push(("log.logger", quoted(&scope.name)));
        }
        for pair in self.resource {
            if let Some(value) = pair.value.as_ref().and_then(|value| value.value.as_ref()) {
                others.push((&pair.key, json(value).to_string()));
            }
        }
        Frame {
            time_name: "@timestamp",
            time,
            fallback,
            others,
        }
    }
}

/// True if the record says nothing but its line: where it was read, and what every collector adds.
fn is_plain(record: &LogRecord) -> bool {
    record.event_name.is_empty()
        && record.attributes.iter().all(|pair| {
            pair.key.starts_with("log.file.")
                || matches!(
                    pair.key.as_str(),
                    "log.iostream" | "logtag" | "log.record.uid" | "log.record.original"
                )
        })
}

/// The record's own fields. A structured body's names stand beside the attributes'.
fn fields(record: &LogRecord, body: Option<&Any>) -> Map<String, Value> {
    let mut fields = Map::new();
    match body {
        Some(Any::KvlistValue(pairs)) => put(&mut fields, &pairs.values),
        Some(Any::StringValue(text)) if !text.is_empty() => {
            fields.insert("message".into(), Value::from(text.as_str()));
        }
        Some(Any::StringValue(_)) | None => {}
        Some(other) => {
            fields.insert("body".into(), json(other));
        }
    }
    put(&mut fields, &record.attributes);
    fields
}

fn put(fields: &mut Map<String, Value>, pairs: &[KeyValue]) {
    for pair in pairs {
        if !fields.contains_key(&pair.key) {
            let value = pair.value.as_ref().and_then(|value| value.value.as_ref());
            fields.insert(pair.key.clone(), value.map_or(Value::Null, json));
        }
    }
}

/// A value as JSON. Bytes are base64, and what JSON has no number for is its text. How deep it goes was seen before.
fn json(value: &Any) -> Value {
    let inner = |value: &AnyValue| value.value.as_ref().map_or(Value::Null, json);
    match value {
        Any::StringValue(text) => Value::from(text.as_str()),
        Any::BoolValue(truth) => Value::from(*truth),
        Any::IntValue(number) => Value::from(*number),
        Any::DoubleValue(number) if number.is_finite() => Value::from(*number),
        Any::DoubleValue(number) => Value::from(number.to_string()),
        Any::ArrayValue(list) => Value::Array(list.values.iter().map(inner).collect()),
        Any::KvlistValue(pairs) => {
            let mut fields = Map::new();
            put(&mut fields, &pairs.values);
            Value::Object(fields)
        }
        Any::BytesValue(bytes) => Value::from(STANDARD.encode(bytes)),
        // An index into a table that only profiles have.
        Any::StringValueStrindex(index) => Value::from(*index),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
