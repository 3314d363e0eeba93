//! The native view as JSON text, written straight from the batch's arena.

use std::fmt::Write as _;

use super::FieldRef;
use super::{EventBatch, EventRef, Value};

/// Writes the native view of events as JSON objects, keeping its scratch memory between events.
#[derive(Debug, Default)]
pub struct FieldsWriter {
    out: String,
    /// `"name":` by name id, escaped once per batch.
    keys: Vec<String>,
    /// By name id, the number of the event that last had it.
    last_seen: Vec<u64>,
    event: u64,
}

impl FieldsWriter {
    /// Learns the field names of `batch`; call it before its events.
    pub fn start(&mut self, batch: &EventBatch) {
        self.keys.clear();
        for name in batch.names() {
            let mut key = String::with_capacity(name.len() + 3);
            push_text(&mut key, name);
            key.push(':');
            self.keys.push(key);
        }
        self.last_seen.clear();
        self.last_seen.resize(self.keys.len(), 0);
        self.event = 0;
    }

    /// The JSON object of one event of the batch; empty text if it has no fields. A name that repeats becomes one key
    /// with a list.
    pub fn object(&mut self, event: &EventRef<'_>) -> &str {
        self.out.clear();
        self.event += 1;
        let mut repeats = false;
        for field in event.fields() {
            if let Some(seen) = self.last_seen.get_mut(field.id.0 as usize) {
                repeats |= *seen == self.event;
                *seen = self.event;
            }
            self.open_member(&field);
            push_value(&mut self.out, field.value);
        }
        if repeats {
            self.rewrite_with_lists(event);
        }
        if !self.out.is_empty() {
            self.out.push('}');
        }
        &self.out
    }

    fn open_member(&mut self, field: &FieldRef<'_>) {
        self.out.push(if self.out.is_empty() { '{' } else { ',' });
        if let Some(key) = self.keys.get(field.id.0 as usize) {
            self.out.push_str(key);
        }
    }

    fn rewrite_with_lists(&mut self, event: &EventRef<'_>) {
        self.out.clear();
        // A second event number, so that the marks of the first pass do not count.
        self.event += 1;
        for field in event.fields() {
            match self.last_seen.get_mut(field.id.0 as usize) {
                Some(seen) if *seen == self.event => continue,
                Some(seen) => *seen = self.event,
                None => {}
            }
            self.open_member(&field);
            let mut values = event
                .fields()
                .filter(|other| other.id == field.id)
                .map(|other| other.value);
            let first = values.next();
            match (first, values.next()) {
                (Some(first), Some(second)) => {
                    self.out.push('[');
                    push_value(&mut self.out, first);
                    for value in std::iter::once(second).chain(values) {
                        self.out.push(',');
                        push_value(&mut self.out, value);
                    }
                    self.out.push(']');
                }
                (first, _) => push_value(&mut self.out, first.unwrap_or(Value::Null)),
            }
        }
    }
}

fn push_value(out: &mut String, value: Value<'_>) {
    // Writing to a String cannot fail.
    let _ = match value {
        Value::Text(text) => {
            push_text(out, text);
            Ok(())
        }
        Value::Int(v) => write!(out, "{v}"),
        // Debug keeps the fraction of a whole number ("1.0"), so that it reads back as the same kind.
        Value::Float(v) if v.is_finite() => write!(out, "{v:?}"),
        Value::Bool(true) => out.write_str("true"),
        Value::Bool(false) => out.write_str("false"),
        Value::Null | Value::Float(_) => out.write_str("null"),
    };
}

/// Appends `text` as a JSON string.
fn push_text(out: &mut String, text: &str) {
    out.push('"');
    if needs_escape(text.as_bytes()) {
        push_escaped(out, text);
    } else {
        out.push_str(text);
    }
    out.push('"');
}

/// In blocks, because most text needs no escape and the compiler turns a block into a few vector instructions.
fn needs_escape(bytes: &[u8]) -> bool {
    bytes
        .chunks(32)
        .any(|chunk| chunk.iter().fold(false, |found, byte| found | special(*byte)))
}

const fn special(byte: u8) -> bool {
    byte < 0x20 || byte == b'"' || byte == b'\\'
}

fn push_escaped(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.bytes().position(special) {
        let (clean, tail) = rest.split_at(at);
        out.push_str(clean);
        let mut chars = tail.chars();
        match chars.next() {
            Some('"') => out.push_str("\\\""),
            Some('\\') => out.push_str("\\\\"),
            Some('\n') => out.push_str("\\n"),
            Some('\r') => out.push_str("\\r"),
            Some('\t') => out.push_str("\\t"),
            Some(other) => {
                let _ = write!(out, "\\u{:04x}", other as u32);
            }
            None => {}
        }
        rest = chars.as_str();
    }
    out.push_str(rest);
}
