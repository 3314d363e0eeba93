//! Real Windows event logs as one flat JSON object a line, with the log sources that the collector gave each.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use tandem_domain::event::{EventBatch, EventBuilder, EventHead};
use tandem_domain::{EventId, LogSource, Value};
use tandem_lake::FieldsWriter;
use tandem_normalise::Normaliser;
use tandem_normalise::mapping::Mappings;

use crate::behaviour::pack;
use crate::pipeline::stages::options;

/// One record.
#[derive(Debug)]
pub struct Line {
    /// A flat JSON object.
    pub text: String,
    /// Where it comes from.
    pub sources: Vec<LogSource>,
}

/// The records of the packs.
#[derive(Debug)]
pub struct Corpus {
    /// In the order of the files.
    pub lines: Vec<Line>,
}

impl Corpus {
    /// Reads the attack samples by the product's own reader; nothing without the pack.
    pub fn read(data: &Path) -> Result<Option<Self>> {
        let evtx = |name: &str| name.ends_with(".evtx");
        let Some(pack) = pack::open(data, "siem_evtx_attack_samples", "siem_evtx_attack_samples", evtx)?
        else {
            return Ok(None);
        };
        let mappings = Arc::new(Mappings::builtin().map_err(|errors| anyhow!("{errors:?}"))?);
        let mut lines = Vec::new();
        for (name, bytes) in pack.files() {
            read(&mappings, bytes, &mut lines).with_context(|| format!("reading {name}"))?;
        }
        Ok(Some(Self { lines }))
    }

    /// Mean length of a line.
    pub fn bytes_per_event(&self) -> f64 {
        let bytes: usize = self.lines.iter().map(|line| line.text.len()).sum();
        bytes as f64 / self.lines.len().max(1) as f64
    }
}

fn read(mappings: &Arc<Mappings>, bytes: &[u8], lines: &mut Vec<Line>) -> Result<()> {
    let mut normaliser = Normaliser::new(Arc::clone(mappings), options("windows", 1));
    let mut writer = FieldsWriter::default();
    let (mut batch, mut rejects, mut at) = (EventBatch::new("windows"), Vec::new(), 0);
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let used = normaliser.feed(rest, at as u64, true, &mut batch, &mut rejects);
        writer.start(&batch);
        for event in batch.iter() {
            lines.push(Line {
                text: writer.object(&event).to_owned(),
                sources: event.logsources().cloned().collect(),
            });
        }
        batch.clear();
        rejects.clear();
        at += used;
        if used == 0 {
            return Ok(());
        }
    }
}

impl Line {
    /// Reads the line into a batch, without a tree in between.
    pub fn write(&self, batch: &mut EventBatch) -> Result<()> {
        let id = EventId(batch.len() as u128 + 1);
        let mut event = batch.start()?;
        let mut reader = serde_json::Deserializer::from_str(&self.text);
        reader_into(&mut reader, &mut event)?;
        for source in &self.sources {
            event.logsource(source);
        }
        event.finish(EventHead {
            id,
            ..EventHead::default()
        });
        Ok(())
    }
}

fn reader_into<'de, D: Deserializer<'de>>(reader: D, event: &mut EventBuilder<'_>) -> Result<(), D::Error> {
    reader.deserialize_map(Fields { event })
}

struct Fields<'e, 'b> {
    event: &'e mut EventBuilder<'b>,
}

impl<'de> Visitor<'de> for Fields<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flat JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<std::borrow::Cow<'_, str>>()? {
            let id = self.event.intern_name(&name);
            let OneOrMany(values) = map.next_value()?;
            match values {
                Held::One(value) => self.event.field_by_id(id, value.as_value()),
                Held::Many(values) => values
                    .iter()
                    .for_each(|value| self.event.field_by_id(id, value.as_value())),
            }
        }
        Ok(())
    }
}

/// A scalar, borrowed from the line where it holds no escapes.
enum Scalar<'de> {
    Text(std::borrow::Cow<'de, str>),
    Int(i64),
    Float(f64),
    Bool(bool),
    Null,
}

impl Scalar<'_> {
    fn as_value(&self) -> Value<'_> {
        match self {
            Self::Text(text) => Value::Text(text),
            Self::Int(number) => Value::Int(*number),
            Self::Float(number) => Value::Float(*number),
            Self::Bool(truth) => Value::Bool(*truth),
            Self::Null => Value::Null,
        }
    }
}

enum Held<'de> {
    One(Scalar<'de>),
    Many(Vec<Scalar<'de>>),
}

struct OneOrMany<'de>(Held<'de>);

impl<'de> Deserialize<'de> for OneOrMany<'de> {
    fn deserialize<D: Deserializer<'de>>(reader: D) -> Result<Self, D::Error> {
        reader.deserialize_any(Values).map(Self)
    }
}

struct Values;

impl<'de> Visitor<'de> for Values {
    type Value = Held<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar or a list of scalars")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Held<'de>, E> {
        Ok(Held::One(Scalar::Text(text.into())))
    }

    fn visit_str<E>(self, text: &str) -> Result<Held<'de>, E> {
        Ok(Held::One(Scalar::Text(text.to_owned().into())))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Held<'de>, E> {
        Ok(Held::One(Scalar::Int(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Held<'de>, E> {
        Ok(Held::One(match i64::try_from(number) {
            Ok(number) => Scalar::Int(number),
            Err(_) => Scalar::Float(number as f64),
        }))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Held<'de>, E> {
        Ok(Held::One(Scalar::Float(number)))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<Held<'de>, E> {
        Ok(Held::One(Scalar::Bool(truth)))
    }

    fn visit_unit<E>(self) -> Result<Held<'de>, E> {
        Ok(Held::One(Scalar::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Held<'de>, A::Error> {
        let mut all = Vec::new();
        while let Some(OneOrMany(held)) = list.next_element()? {
            match held {
                Held::One(value) => all.push(value),
                Held::Many(values) => all.extend(values),
            }
        }
        Ok(Held::Many(all))
    }
}
