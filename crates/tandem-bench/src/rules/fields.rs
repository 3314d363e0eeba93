//! A flat JSON object as an event's fields, without a tree in between and without a copy of what holds no escapes.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use tandem_domain::Value;
use tandem_domain::event::{EventBuilder, NameId};

/// Adds the members of a flat JSON object to an event; a list is a field that repeats.
pub fn read(text: &str, event: &mut EventBuilder<'_>) -> serde_json::Result<()> {
    let mut json = serde_json::Deserializer::from_str(text);
    json.deserialize_map(Members { event })?;
    json.end()
}

struct Members<'e, 'b> {
    event: &'e mut EventBuilder<'b>,
}

impl<'de> Visitor<'de> for Members<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a flat JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key_seed(Name { event: self.event })? {
            map.next_value_seed(Held {
                event: self.event,
                name,
            })?;
        }
        Ok(())
    }
}

/// A member's name, interned.
struct Name<'e, 'b> {
    event: &'e mut EventBuilder<'b>,
}

impl<'de> DeserializeSeed<'de> for Name<'_, '_> {
    type Value = NameId;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<NameId, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_, '_> {
    type Value = NameId;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, text: &str) -> Result<NameId, E> {
        Ok(self.event.intern_name(text))
    }
}

/// A member's value or values, added to the event.
struct Held<'e, 'b> {
    event: &'e mut EventBuilder<'b>,
    name: NameId,
}

impl Held<'_, '_> {
    fn add<E>(self, value: Value<'_>) -> Result<(), E> {
        self.event.field_by_id(self.name, value);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Held<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<(), D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Held<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scalar or a list of scalars")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.add(Value::Text(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.add(Value::Int(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        let whole = i64::try_from(number).map(Value::Int);
        self.add(whole.unwrap_or(Value::Float(number as f64)))
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.add(Value::Float(number))
    }

    fn visit_bool<E>(self, truth: bool) -> Result<(), E> {
        self.add(Value::Bool(truth))
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.add(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Held { event, name } = self;
        while list
            .next_element_seed(Held {
                event: &mut *event,
                name,
            })?
            .is_some()
        {}
        Ok(())
    }
}
