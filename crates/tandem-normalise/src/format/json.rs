//! JSON records: read without a tree, straight into fields. Nested names are joined with dots, lists repeat the name.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

use super::{journal, windows};

/// Deepest nesting that is followed.
const DEPTH: usize = 24;
/// Keys whose text value may itself be a JSON object (Microsoft 365 exports carry `AuditData` so).
const EMBEDDED: [&str; 3] = ["AuditData", "auditData", "_raw_json"];

/// What is known of a record besides its fields.
#[derive(Debug, Default)]
pub(crate) struct Told {
    /// Its fields say less than what was received, or say it in other words: it should be kept as received too.
    pub(crate) keep_raw: bool,
    /// It is a record of the systemd journal, with this identity; its meaning is that of syslog.
    pub(crate) journal: Option<u128>,
}

/// Parses one object into fields. A record of the journal gets the fields of syslog besides its own.
///
/// # Errors
/// What is wrong, with line and column inside the record.
pub(crate) fn parse(record: &[u8], event: &mut EventBuilder<'_>) -> Result<Told, String> {
    let of_journal = journal::is_record(record);
    let mut told = Told {
        keep_raw: read(record, event, of_journal)?,
        journal: None,
    };
    if of_journal {
        told.journal = Some(journal::complete(event)?);
    } else {
        told.keep_raw |= windows::complete(event);
    }
    Ok(told)
}

/// Parses an object that stands inside another record; what it holds does not make that one a record of the journal.
///
/// # Errors
/// As [`parse`].
pub(crate) fn open(body: &[u8], event: &mut EventBuilder<'_>) -> Result<(), String> {
    read(body, event, false)?;
    windows::complete(event);
    Ok(())
}

/// True if the fields say less than the record, or say it in other words.
fn read(record: &[u8], event: &mut EventBuilder<'_>, of_journal: bool) -> Result<bool, String> {
    let mut sink = Sink {
        event,
        path: String::with_capacity(64),
        renamed: false,
        depth: 0,
        of_journal,
        no_list: None,
    };
    let mut deserializer = serde_json::Deserializer::from_slice(record);
    let outcome = Node(&mut sink)
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    outcome.map_err(|e| match &sink.no_list {
        Some(field) => format!("the list in the journal's field {field} holds neither texts nor bytes: {e}"),
        None => format!("not valid JSON: {e}"),
    })?;
    Ok(sink.renamed)
}

struct Sink<'s, 'e> {
    event: &'s mut EventBuilder<'e>,
    path: String,
    renamed: bool,
    depth: usize,
    /// A list in a record of the journal is either bytes or several values of the field.
    of_journal: bool,
    /// The field of the journal whose list is none of these.
    no_list: Option<String>,
}

impl Sink<'_, '_> {
    fn put(&mut self, value: Value<'_>) {
        match windows::rename(&self.path) {
            Cow::Borrowed(name) if name.len() == self.path.len() => self.event.field(&self.path, value),
            name => {
                self.renamed = true;
                self.event.field(&name, value);
            }
        }
    }

    fn embedded(&self, text: &str) -> bool {
        text.trim_start().starts_with('{')
            && EMBEDDED
                .iter()
                .any(|key| self.path.rsplit('.').next() == Some(key))
    }
}

struct Node<'a, 's, 'e>(&'a mut Sink<'s, 'e>);

impl<'de> DeserializeSeed<'de> for Node<'_, '_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.0.put(Value::Null);
        Ok(())
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.0.put(Value::Bool(value));
        Ok(())
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.0.put(Value::Int(value));
        Ok(())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        match i64::try_from(value) {
            Ok(value) => self.0.put(Value::Int(value)),
            // Beyond 63 bits a number is an id, and an id must not lose digits.
            Err(_) => self.0.put(Value::Text(&value.to_string())),
        }
        Ok(())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.0.put(Value::Float(value));
        Ok(())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        if self.0.embedded(value) && self.0.depth < DEPTH {
            let path = std::mem::take(&mut self.0.path);
            let mut inner = serde_json::Deserializer::from_str(value);
            self.0.depth += 1;
            let opened = Node(&mut *self.0).deserialize(&mut inner).is_ok();
            self.0.depth -= 1;
            self.0.path = path;
            if opened {
                self.0.renamed = true;
                return Ok(());
            }
        }
        self.0.put(Value::Text(value));
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let sink = self.0;
        if sink.depth >= DEPTH {
            return Err(de::Error::custom("nested too deeply"));
        }
        sink.depth += 1;
        let base = sink.path.len();
        let mut pair = Pair::default();
        let mut any = false;
        while let Some(key) = map.next_key::<Cow<'de, str>>()? {
            any = true;
            if base > 0 {
                sink.path.push('.');
            }
            sink.path.push_str(&key);
            if base > 0 && matches!(&*key, "Name" | "Value" | "NewValue") {
                let text = map.next_value::<Loose>()?;
                pair.take(&key, &text.0);
                sink.put(text.value());
            } else {
                map.next_value_seed(Node(&mut *sink))?;
            }
            sink.path.truncate(base);
        }
        if let (Some(name), Some(value)) = (pair.name, pair.value) {
            // [{"Name": "ForwardTo", "Value": "x"}] also gives `Parameters.ForwardTo`.
            sink.path.push('.');
            sink.path.push_str(&name);
            sink.put(Value::Text(&value));
            sink.path.truncate(base);
        }
        if !any && base > 0 {
            sink.put(Value::Null);
        }
        sink.depth -= 1;
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let sink = self.0;
        if sink.of_journal && sink.depth == 1 {
            let read = journal::list(&mut list);
            let values = read.inspect_err(|_| sink.no_list = Some(sink.path.clone()))?;
            sink.renamed |= values.from_bytes;
            for value in &values.texts {
                sink.put(value.as_deref().map_or(Value::Null, Value::Text));
            }
            return Ok(());
        }
        if sink.depth >= DEPTH {
            return Err(de::Error::custom("nested too deeply"));
        }
        sink.depth += 1;
        while list.next_element_seed(Node(&mut *sink))?.is_some() {}
        sink.depth -= 1;
        Ok(())
    }
}

/// A name/value pair under construction.
#[derive(Default)]
struct Pair {
    name: Option<String>,
    value: Option<String>,
}

impl Pair {
    fn take(&mut self, key: &str, text: &serde_json::Value) {
        let shown = match text {
            serde_json::Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        match key {
            "Name" => self.name = Some(shown).filter(|name| name.len() < 80 && !name.is_empty()),
            _ => self.value = Some(shown),
        }
    }
}

/// Any value, kept: only for the short values of name/value pairs.
struct Loose(serde_json::Value);

impl<'de> serde::Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde_json::Value::deserialize(deserializer).map(Loose)
    }
}

impl Loose {
    fn value(&self) -> Value<'_> {
        match &self.0 {
            serde_json::Value::String(text) => Value::Text(text),
            serde_json::Value::Bool(value) => Value::Bool(*value),
            serde_json::Value::Number(number) => number
                .as_i64()
                .map_or_else(|| Value::Float(number.as_f64().unwrap_or_default()), Value::Int),
            _ => Value::Null,
        }
    }
}
