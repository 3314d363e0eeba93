//! An object whose names are known and whose values stay as they were written.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// Names under which records have their own time. The first four are also those that an envelope's time would hide.
const TIMES: &[&str] = &[
    "@timestamp",
    "timestamp",
    "time",
    "_time",
    "eventTime",
    "event_time",
    "eventTimestamp",
    "event_timestamp",
    "created_at",
    "createdAt",
    "created",
    "createdDateTime",
    "activityDateTime",
    "date",
    "datetime",
    "Datetime",
    "date_time",
    "ts",
    "published",
    "occurred_at",
    "occurredAt",
    "messageTime",
    "CreationTime",
    "TimeGenerated",
    "TimeCreated",
    "SystemTime",
    "EventTime",
    "UtcTime",
    "start_time",
    "startTime",
    "log_time",
    "logged_at",
    "recorded_at",
    "updated_at",
    "time_created",
];
/// How many of [`TIMES`] an envelope's time gives way to.
const PLAIN_TIMES: usize = 4;

/// An object, one level deep.
#[derive(Debug, Default)]
pub(super) struct Object<'o> {
    entries: Vec<(Cow<'o, str>, &'o RawValue)>,
}

impl<'o> Object<'o> {
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The value of that name, as written.
    pub(super) fn get(&self, name: &str) -> Option<&'o str> {
        let mut found = self.entries.iter().filter(|(key, _)| key == name);
        found.next_back().map(|(_, value)| value.get())
    }

    /// The text of that name, if it is one.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'o, str>> {
        text(self.get(name)?)
    }

    /// The text at `outer.inner`, nested or written as one dotted name.
    pub(super) fn nested(&self, outer: &str, inner: &str) -> Option<Cow<'o, str>> {
        if let Some(object) = self.get(outer) {
            let object: Object<'o> = serde_json::from_str(object).ok()?;
            return object.text(inner);
        }
        self.text(&format!("{outer}.{inner}"))
    }

    /// True if every name passes.
    pub(super) fn all(&self, mut passes: impl FnMut(&str) -> bool) -> bool {
        self.entries.iter().all(|(key, _)| passes(key))
    }

    /// True if there is something of that name, or below it.
    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|(key, _)| {
            key.strip_prefix(name)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    }

    /// True if it has a time of its own that an envelope's would hide.
    fn has_plain_time(&self) -> bool {
        TIMES
            .iter()
            .take(PLAIN_TIMES)
            .any(|name| self.get(name).is_some())
    }

    fn has_time(&self) -> bool {
        TIMES.iter().any(|name| self.get(name).is_some())
    }

    /// Writes it as one line, with what the frame adds.
    pub(super) fn write(&self, frame: &Frame<'_>, out: &mut Vec<u8>) {
        let mut writer = Writer::new(out);
        for (name, value) in &self.entries {
            writer.field(name, value.get());
        }
        match &frame.time {
            Some(time) if !self.has_plain_time() => writer.field(frame.time_name, time),
            None if !self.has_time() => writer.field(frame.time_name, &frame.fallback),
            _ => {}
        }
        for (name, value) in &frame.others {
            if !self.has(name) {
                writer.field(name, value);
            }
        }
        writer.end();
    }
}

impl<'de: 'o, 'o> Deserialize<'de> for Object<'o> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<'o>(std::marker::PhantomData<&'o ()>);

        impl<'de: 'o, 'o> Visitor<'de> for Entries<'o> {
            type Value = Object<'o>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut object = Object::default();
                while let Some(key) = map.next_key::<Name<'o>>()? {
                    object.entries.push((key.0, map.next_value::<&'o RawValue>()?));
                }
                Ok(object)
            }
        }

        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// A name, borrowed if it has no escapes.
struct Name<'o>(Cow<'o, str>);

impl<'de: 'o, 'o> Deserialize<'de> for Name<'o> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text<'o>(std::marker::PhantomData<&'o ()>);

        impl<'de: 'o, 'o> Visitor<'de> for Text<'o> {
            type Value = Name<'o>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text(std::marker::PhantomData))
    }
}

/// The text that a JSON value is, if it is one.
pub(super) fn text(value: &str) -> Option<Cow<'_, str>> {
    if !value.trim_start().starts_with('"') {
        return None;
    }
    serde_json::from_str::<Name<'_>>(value).ok().map(|name| name.0)
}

/// A text as JSON.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// What an envelope knows about a record.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame<'f> {
    /// What a time is called.
    pub(super) time_name: &'static str,
    /// The time it gives, as JSON.
    pub(super) time: Option<String>,
    /// When the record came, as JSON, if nobody knows better. Always as long, so that a retry is cut as the first try was.
    pub(super) fallback: String,
    /// Names and values, as JSON.
    pub(super) others: Vec<(&'f str, String)>,
}

impl Frame<'_> {
    /// An object of the frame and a text, as one line.
    pub(super) fn around(&self, message: &str, out: &mut Vec<u8>) {
        let mut writer = Writer::new(out);
        writer.field(self.time_name, self.time.as_ref().unwrap_or(&self.fallback));
        for (name, value) in &self.others {
            writer.field(name, value);
        }
        writer.field("message", &quoted(message));
        writer.end();
    }
}

/// Writes an object's fields on one line.
struct Writer<'w> {
    out: &'w mut Vec<u8>,
    first: bool,
}

impl<'w> Writer<'w> {
    fn new(out: &'w mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, first: true }
    }

    fn field(&mut self, name: &str, value: &str) {
        if !std::mem::take(&mut self.first) {
            self.out.push(b',');
        }
        self.out.extend_from_slice(quoted(name).as_bytes());
        self.out.push(b':');
        // Line breaks are white space here: inside a text they are escaped.
        let broken = |byte: u8| matches!(byte, b'\n' | b'\r');
        if value.bytes().any(broken) {
            let joined = value.bytes().map(|byte| if broken(byte) { b' ' } else { byte });
            self.out.extend(joined);
        } else {
            self.out.extend_from_slice(value.as_bytes());
        }
    }

    fn end(self) {
        self.out.extend_from_slice(b"}\n");
    }
}
