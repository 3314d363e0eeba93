//! Gives YAML nodes to serde, so that the same types read the YAML form and the extension inside CACAO, and errors keep their place.

use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::node::{Entry, Kind, Node};
use crate::fault::Place;

/// An error with the place of the innermost value it is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacedError {
    pub(super) at: Option<Place>,
    pub(super) reason: String,
}

impl PlacedError {
    fn placed(mut self, at: Place) -> Self {
        self.at = self.at.or(Some(at));
        self
    }
}

impl fmt::Display for PlacedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for PlacedError {}

impl de::Error for PlacedError {
    fn custom<T: fmt::Display>(reason: T) -> Self {
        Self {
            at: None,
            reason: reason.to_string(),
        }
    }
}

impl<'n> Node {
    fn wrong(&self, wanted: &str) -> PlacedError {
        let found = match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Text(text, _) => format!("`{}`", text.chars().take(40).collect::<String>()),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        };
        PlacedError {
            at: Some(self.at),
            reason: format!("{wanted} was expected, but here is {found}"),
        }
    }

    fn text(&'n self, wanted: &str) -> Result<&'n str, PlacedError> {
        match &self.kind {
            Kind::Text(text, _) => Ok(text),
            _ => Err(self.wrong(wanted)),
        }
    }

    fn number<T: std::str::FromStr>(&self) -> Result<T, PlacedError> {
        self.text("a whole number")?
            .parse()
            .map_err(|_| self.wrong("a whole number"))
    }
}

/// Numbers are whole and given to the visitor as what it asked for.
macro_rules! numbers {
    ($($method:ident, $visit:ident;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
            visitor.$visit(self.number()?).map_err(|error: PlacedError| error.placed(self.at))
        })*
    };
}

impl<'de> Deserializer<'de> for &'de Node {
    type Error = PlacedError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let value = match &self.kind {
            Kind::Null => visitor.visit_unit(),
            Kind::Text(text, true) if text == "true" => visitor.visit_bool(true),
            Kind::Text(text, true) if text == "false" => visitor.visit_bool(false),
            Kind::Text(text, true) if number(text).is_some() => match number(text) {
                Some(number) => number.deserialize_any(visitor).map_err(de::Error::custom),
                None => visitor.visit_borrowed_str(text),
            },
            Kind::Text(text, _) => visitor.visit_borrowed_str(text),
            Kind::List(items) => visitor.visit_seq(Items(items.iter())),
            Kind::Map(entries) => visitor.visit_map(Entries {
                entries: entries.iter(),
                value: None,
            }),
        };
        value.map_err(|error: PlacedError| error.placed(self.at))
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let value = match self.text("true or false")? {
            "true" => true,
            "false" => false,
            _ => return Err(self.wrong("true or false")),
        };
        visitor
            .visit_bool(value)
            .map_err(|error: PlacedError| error.placed(self.at))
    }

    numbers! {
        deserialize_u8, visit_u64;
        deserialize_u16, visit_u64;
        deserialize_u32, visit_u64;
        deserialize_u64, visit_u64;
        deserialize_i8, visit_i64;
        deserialize_i16, visit_i64;
        deserialize_i32, visit_i64;
        deserialize_i64, visit_i64;
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let text = self.text("a text")?;
        visitor
            .visit_borrowed_str(text)
            .map_err(|error: PlacedError| error.placed(self.at))
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match &self.kind {
            Kind::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A list; a single text stands for a list of one, nothing for an empty one.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        let items = match &self.kind {
            Kind::List(items) => items.iter(),
            Kind::Text(..) => std::slice::from_ref(self).iter(),
            Kind::Null => [].iter(),
            Kind::Map(_) => return Err(self.wrong("a list")),
        };
        visitor
            .visit_seq(Items(items))
            .map_err(|error: PlacedError| error.placed(self.at))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        match &self.kind {
            Kind::Map(_) => self.deserialize_any(visitor),
            _ => Err(self.wrong("a mapping of keys to values")),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        let wanted = format!("one of {}", variants.join(", "));
        self.text(&wanted)?;
        visitor
            .visit_enum(Word(self))
            .map_err(|error| error.placed(self.at))
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Self::Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        i128 u128 f32 f64 char bytes byte_buf unit unit_struct tuple tuple_struct identifier
    }
}

/// A number as JSON writes it; `0x1f`, `1_000`, `.5`, `nan` and `inf` stay texts.
fn number(text: &str) -> Option<serde_json::Number> {
    serde_json::from_str(text).ok()
}

struct Items<'de>(std::slice::Iter<'de, Node>);

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = PlacedError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Self::Error> {
        self.0
            .next()
            .map(|node| seed.deserialize(node).map_err(|error| error.placed(node.at)))
            .transpose()
    }
}

struct Entries<'de> {
    entries: std::slice::Iter<'de, Entry>,
    value: Option<&'de Entry>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = PlacedError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Self::Error> {
        let Some(entry) = self.entries.next() else {
            return Ok(None);
        };
        self.value = Some(entry);
        let key: de::value::BorrowedStrDeserializer<'de, PlacedError> =
            de::value::BorrowedStrDeserializer::new(&entry.key);
        seed.deserialize(key)
            .map(Some)
            .map_err(|error| error.placed(entry.at))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Self::Error> {
        let Some(entry) = self.value.take() else {
            return Err(de::Error::custom("a value without a key"));
        };
        seed.deserialize(&entry.value)
            .map_err(|error| error.placed(entry.value.at))
    }
}

struct Word<'de>(&'de Node);

impl<'de> EnumAccess<'de> for Word<'de> {
    type Error = PlacedError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Self::Error> {
        let text = self.0.text("a word")?;
        let word: de::value::StrDeserializer<'_, PlacedError> = text.into_deserializer();
        let value = seed.deserialize(word).map_err(|error| error.placed(self.0.at))?;
        Ok((value, self))
    }
}

impl<'de> VariantAccess<'de> for Word<'de> {
    type Error = PlacedError;

    fn unit_variant(self) -> Result<(), Self::Error> {
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, _: T) -> Result<T::Value, Self::Error> {
        Err(self.0.wrong("a plain word"))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, Self::Error> {
        Err(self.0.wrong("a plain word"))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        Err(self.0.wrong("a plain word"))
    }
}
