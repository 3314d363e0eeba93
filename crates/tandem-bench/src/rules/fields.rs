//! A flat JSON object as an event's fields, without a tree in between.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use tandem_domain::Value;
use tandem_domain::event::EventBuilder;

/// Adds the members of a flat JSON object to an event; a list is a field that repeats.
pub fn read(text: &str, event: &mut EventBuilder<'_>) -> serde_json::Result<()> {
    serde_json::Deserializer::from_str(text).deserialize_map(Fields { event })
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
        while let Some(name) = map.next_key::<Cow<'_, str>>()? {
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
    Text(Cow<'de, str>),
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
