//! `field(fields, 'Name')`: one of the source's own fields, as text.

use std::sync::Arc;

use datafusion::arrow::array::StringViewBuilder;
use datafusion::arrow::datatypes::DataType;
use datafusion::common::Result;
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use serde::Deserializer as _;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::TextArgument;

/// Finds the key as it stands; if there is none and it has a dot, the part before the dot is looked up and the rest in
/// the object found there. Text comes without quotes, a list or object as JSON, null and absence as NULL. Only as much
/// of the JSON is read as is needed.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FieldUdf {
    signature: Signature,
}

impl FieldUdf {
    pub(super) fn new() -> Self {
        Self {
            signature: Signature::string(2, Volatility::Immutable),
        }
    }
}

impl ScalarUDFImpl for FieldUdf {
    fn name(&self) -> &str {
        "field"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _arg_types: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let json = TextArgument::new(self.name(), args.args.first())?;
        let name = TextArgument::new(self.name(), args.args.get(1))?;
        let mut out = StringViewBuilder::with_capacity(args.number_rows);
        for row in 0..json.len().or(name.len()).unwrap_or(args.number_rows) {
            let found = json
                .get(row)
                .zip(name.get(row))
                .and_then(|(json, name)| field(json, name));
            out.append_option(found);
        }
        Ok(ColumnarValue::Array(Arc::new(out.finish())))
    }
}

/// The value of the field `name` in the JSON object `json`.
pub(super) fn field(json: &str, name: &str) -> Option<String> {
    match member(json, name)? {
        Some(value) => text(value),
        None => {
            let (outer, inner) = name.split_once('.')?;
            nested(&member(json, outer)??, inner).and_then(text)
        }
    }
}

fn nested(value: &Value, name: &str) -> Option<Value> {
    let object = value.as_object()?;
    if let Some(found) = object.get(name) {
        return Some(found.clone());
    }
    let (outer, inner) = name.split_once('.')?;
    nested(object.get(outer)?, inner)
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// The member `name` of the object `json`; the outer `None` says that it is not an object or is broken before the name.
#[expect(clippy::option_option, reason = "the two absences mean different things")]
fn member(json: &str, name: &str) -> Option<Option<Value>> {
    let mut found = None;
    let mut reader = serde_json::Deserializer::from_str(json);
    let outcome = reader.deserialize_map(Find {
        name,
        found: &mut found,
    });
    // Having found it, the visitor stops early, which the reader takes for an error.
    match (found, outcome) {
        (Some(value), _) => Some(Some(value)),
        (None, Ok(())) => Some(None),
        (None, Err(_)) => None,
    }
}

struct Find<'a> {
    name: &'a str,
    found: &'a mut Option<Value>,
}

impl<'de> Visitor<'de> for Find<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> std::result::Result<(), M::Error> {
        while let Some(hit) = map.next_key_seed(IsName(self.name))? {
            if hit {
                *self.found = Some(map.next_value()?);
                return Ok(());
            }
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// Compares a key without keeping it.
struct IsName<'a>(&'a str);

impl<'de> DeserializeSeed<'de> for IsName<'_> {
    type Value = bool;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> std::result::Result<bool, D::Error> {
        reader.deserialize_str(self)
    }
}

impl Visitor<'_> for IsName<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> std::result::Result<bool, E> {
        Ok(key == self.0)
    }
}
