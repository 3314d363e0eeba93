//! Reading JSON into typed objects so that nothing is lost: what the specification does not name, and a `null` where it names
//! something, stays in `extra` exactly as it came.

use serde_json::{Map, Value};

use crate::fault::{Fault, Path};

/// A JSON object, in the order it was written.
pub type Json = Map<String, Value>;

/// A value that can be read from JSON and written back without loss.
pub(crate) trait Shape: Sized {
    /// What a reader should have found, for example `a text`.
    const WHAT: &'static str;

    /// Takes the value over, or gives it back if it is of another kind.
    fn read(value: Value, path: &Path, faults: &mut Vec<Fault>) -> Result<Self, Value>;

    /// The JSON it came from.
    fn write(&self) -> Value;
}

impl Shape for String {
    const WHAT: &'static str = "a text";

    fn read(value: Value, _: &Path, _: &mut Vec<Fault>) -> Result<Self, Value> {
        match value {
            Value::String(text) => Ok(text),
            other => Err(other),
        }
    }

    fn write(&self) -> Value {
        Value::String(self.clone())
    }
}

impl Shape for bool {
    const WHAT: &'static str = "true or false";

    fn read(value: Value, _: &Path, _: &mut Vec<Fault>) -> Result<Self, Value> {
        value.as_bool().ok_or(value)
    }

    fn write(&self) -> Value {
        Value::Bool(*self)
    }
}

impl Shape for u64 {
    const WHAT: &'static str = "a whole number, 0 or more";

    fn read(value: Value, _: &Path, _: &mut Vec<Fault>) -> Result<Self, Value> {
        value.as_u64().ok_or(value)
    }

    fn write(&self) -> Value {
        Value::from(*self)
    }
}

impl Shape for Value {
    const WHAT: &'static str = "a value";

    fn read(value: Value, _: &Path, _: &mut Vec<Fault>) -> Result<Self, Value> {
        Ok(value)
    }

    fn write(&self) -> Value {
        self.clone()
    }
}

impl Shape for Json {
    const WHAT: &'static str = "an object";

    fn read(value: Value, _: &Path, _: &mut Vec<Fault>) -> Result<Self, Value> {
        match value {
            Value::Object(map) => Ok(map),
            other => Err(other),
        }
    }

    fn write(&self) -> Value {
        Value::Object(self.clone())
    }
}

impl<T: Shape> Shape for Vec<T> {
    const WHAT: &'static str = "a list";

    fn read(value: Value, path: &Path, faults: &mut Vec<Fault>) -> Result<Self, Value> {
        let Value::Array(items) = value else {
            return Err(value);
        };
        let mut out = Self::with_capacity(items.len());
        for (at, item) in items.into_iter().enumerate() {
            let here = path.index(at);
            match T::read(item, &here, faults) {
                Ok(item) => out.push(item),
                Err(found) => faults.push(wrong_kind::<T>(&here, &found)),
            }
        }
        Ok(out)
    }

    fn write(&self) -> Value {
        Value::Array(self.iter().map(Shape::write).collect())
    }
}

/// A dictionary of the specification: identifiers or names as keys, objects of one kind as values, in the order written.
#[derive(Debug, Clone, PartialEq)]
pub struct Dictionary<T>(Vec<(String, T)>);

impl<T> Default for Dictionary<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Dictionary<T> {
    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&T> {
        self.0
            .iter()
            .find(|(known, _)| known == key)
            .map(|(_, value)| value)
    }

    /// True if the key is there.
    pub fn contains(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// Keys and values in the order written.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &T)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// How many entries there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds an entry, or replaces the one of that key.
    pub fn insert(&mut self, key: impl Into<String>, value: T) {
        let key = key.into();
        match self.0.iter_mut().find(|(known, _)| *known == key) {
            Some((_, old)) => *old = value,
            None => self.0.push((key, value)),
        }
    }
}

impl<T: Shape> Shape for Dictionary<T> {
    const WHAT: &'static str = "an object";

    fn read(value: Value, path: &Path, faults: &mut Vec<Fault>) -> Result<Self, Value> {
        let Value::Object(map) = value else {
            return Err(value);
        };
        // Keys of one JSON object are unique, so entries are pushed without looking for an older one.
        let mut out = Vec::with_capacity(map.len());
        for (key, value) in map {
            let here = path.key(&key);
            match T::read(value, &here, faults) {
                Ok(value) => out.push((key, value)),
                Err(found) => faults.push(wrong_kind::<T>(&here, &found)),
            }
        }
        Ok(Self(out))
    }

    fn write(&self) -> Value {
        Value::Object(
            self.0
                .iter()
                .map(|(key, value)| (key.clone(), value.write()))
                .collect(),
        )
    }
}

/// The fault of a value that is of another kind than the specification says.
pub(crate) fn wrong_kind<T: Shape>(path: &Path, found: &Value) -> Fault {
    Fault::error(path, format!("must be {}, but is {}", T::WHAT, kind(found)), "")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Takes an optional property out of an object. A `null` and a value of the wrong kind stay where they are; the latter is a fault.
pub(crate) fn optional<T: Shape>(
    map: &mut Json,
    key: &str,
    path: &Path,
    faults: &mut Vec<Fault>,
) -> Option<T> {
    if map.get(key).is_none_or(Value::is_null) {
        return None;
    }
    let here = path.key(key);
    match T::read(map.shift_remove(key)?, &here, faults) {
        Ok(value) => Some(value),
        Err(found) => {
            faults.push(wrong_kind::<T>(&here, &found));
            map.insert(key.to_owned(), found);
            None
        }
    }
}

/// Takes a required property out of an object; its absence is a fault.
pub(crate) fn required<T: Shape + Default>(
    map: &mut Json,
    key: &str,
    path: &Path,
    faults: &mut Vec<Fault>,
) -> T {
    if map.get(key).is_none_or(Value::is_null) {
        faults.push(Fault::error(
            path,
            format!("`{key}` is missing"),
            format!("add `{key}` ({})", T::WHAT),
        ));
        return T::default();
    }
    optional(map, key, path, faults).unwrap_or_default()
}

/// An object of the specification as a struct: named properties, and everything else in `extra`.
macro_rules! object {
    ($(#[$doc:meta])* $name:ident {
        must { $($(#[$rdoc:meta])* $must:ident: $mtype:ty = $mkey:literal,)* }
        may { $($(#[$odoc:meta])* $may:ident: $otype:ty = $okey:literal,)* }
    }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Default)]
        pub struct $name {
            $($(#[$rdoc])* pub $must: $mtype,)*
            $($(#[$odoc])* pub $may: Option<$otype>,)*
            /// Properties the specification does not name here, kept as they came.
            pub extra: $crate::cacao::Json,
        }

        impl $crate::cacao::shape::Shape for $name {
            const WHAT: &'static str = "an object";

            fn read(
                value: serde_json::Value,
                path: &$crate::fault::Path,
                faults: &mut Vec<$crate::fault::Fault>,
            ) -> Result<Self, serde_json::Value> {
                let serde_json::Value::Object(mut map) = value else {
                    return Err(value);
                };
                Ok(Self {
                    $($must: $crate::cacao::shape::required(&mut map, $mkey, path, faults),)*
                    $($may: $crate::cacao::shape::optional(&mut map, $okey, path, faults),)*
                    extra: map,
                })
            }

            fn write(&self) -> serde_json::Value {
                let mut map = $crate::cacao::Json::new();
                $(map.insert($mkey.to_owned(), $crate::cacao::shape::Shape::write(&self.$must));)*
                $(if let Some(value) = &self.$may {
                    map.insert($okey.to_owned(), $crate::cacao::shape::Shape::write(value));
                })*
                map.extend(self.extra.clone());
                serde_json::Value::Object(map)
            }
        }
    };
}

pub(crate) use object;
