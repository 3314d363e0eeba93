//! Fields that rules name, and where an event keeps them.

use rustc_hash::FxHashMap;
use tandem_domain::event::{EventBatch, EventRef};
use tandem_domain::{Attr, NumAttr, Value};

/// What begins the name of a field of the core view.
const CORE_PREFIX: &str = "attr:";

/// Index of a field in its [`Fields`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FieldId(pub(crate) u32);

/// A field of the core view, written `attr:name` in rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CoreField {
    Attr(Attr),
    Num(NumAttr),
    /// The OCSF class's name.
    Class,
    /// The OCSF activity's number.
    Activity,
    /// `unknown`, `success` or `failure`.
    Status,
    /// The name of the source the event came from.
    Source,
}

/// Where a field that a rule names is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Among the source's own fields.
    Native,
    /// In the core view.
    Core(CoreField),
    /// In the core view, which has no such attribute.
    Unknown,
}

impl Place {
    /// Where the field `name` is found.
    pub(crate) fn of(name: &str) -> Self {
        let Some(name) = name.strip_prefix(CORE_PREFIX) else {
            return Self::Native;
        };
        let attr = || Attr::parse(name).map(CoreField::Attr);
        let num = || NumAttr::parse(name).map(CoreField::Num);
        let core = match name {
            "class" => Some(CoreField::Class),
            "activity" => Some(CoreField::Activity),
            "status" => Some(CoreField::Status),
            "source" => Some(CoreField::Source),
            _ => attr().or_else(num),
        };
        core.map_or(Self::Unknown, Self::Core)
    }
}

impl CoreField {
    /// Its value in an event.
    pub(crate) fn of<'b>(self, event: &EventRef<'b>) -> Option<Value<'b>> {
        use tandem_domain::event::Status;
        Some(match self {
            Self::Attr(attr) => Value::Text(event.attr(attr)?),
            Self::Num(num) => Value::Int(event.num(num)?),
            Self::Class => Value::Text(event.head().class.as_str()),
            Self::Activity => Value::Int(i64::from(event.head().activity)),
            Self::Status => Value::Text(match event.head().status {
                Status::Unknown => "unknown",
                Status::Success => "success",
                Status::Failure => "failure",
            }),
            Self::Source => Value::Text(event.source()),
        })
    }
}

/// The text of the field `name` (native, or core with `attr:`) in an event; the first value if there are several.
pub(crate) fn text_of(event: &EventRef<'_>, name: &str) -> Option<String> {
    let value = value_of(event, name).filter(|value| !matches!(value, Value::Null))?;
    let mut text = String::new();
    write_value(value, &mut text);
    Some(text)
}

/// The value of the field `name` (native, or core with `attr:`) in an event; the first if there are several.
pub(crate) fn value_of<'b>(event: &EventRef<'b>, name: &str) -> Option<Value<'b>> {
    match Place::of(name) {
        Place::Native => {
            let spaced = || {
                event
                    .fields()
                    .find(|field| same_name(field.name, name))
                    .map(|field| field.value)
            };
            event.field(name).next().or_else(spaced)
        }
        Place::Core(core) => core.of(event),
        Place::Unknown => None,
    }
}

fn same_name(left: &str, right: &str) -> bool {
    let letters = |text: &str| text.len() - text.bytes().filter(|byte| *byte == b' ').count();
    letters(left) == letters(right)
        && left
            .chars()
            .filter(|c| *c != ' ')
            .eq(right.chars().filter(|c| *c != ' '))
}

/// Writes a value as text; null as nothing.
pub(crate) fn write_value(value: Value<'_>, out: &mut String) {
    use std::fmt::Write as _;
    // Writing to a string cannot fail.
    let _ = match value {
        Value::Null => Ok(()),
        Value::Bool(value) => out.write_str(if value { "true" } else { "false" }),
        Value::Int(value) => out.write_str(itoa::Buffer::new().format(value)),
        Value::Float(value) => write!(out, "{value}"),
        Value::Text(value) => out.write_str(value),
    };
}

/// All fields that a set of rules names. Spaces in names do not count: a source's `Threat Name` is the taxonomy's
/// `ThreatName`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields {
    core: Vec<(FieldId, CoreField)>,
    by_name: FxHashMap<Box<str>, FieldId>,
}

impl Fields {
    /// The id of a field, adding it if it is new.
    pub(crate) fn intern(&mut self, name: &str) -> FieldId {
        let name = without_spaces(name);
        if let Some(id) = self.by_name.get(&*name) {
            return *id;
        }
        let id = FieldId(self.by_name.len() as u32);
        if let Place::Core(core) = Place::of(&name) {
            self.core.push((id, core));
        }
        self.by_name.insert((*name).into(), id);
        id
    }

    /// The id of a field that is known.
    pub(crate) fn get(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(&*without_spaces(name)).copied()
    }

    /// For each name that an event has, the field it is.
    pub(crate) fn bind_event(&self, event: &EventRef<'_>) -> Vec<Option<FieldId>> {
        let mut names = Vec::new();
        for field in event.fields() {
            let at = field.id.0 as usize;
            if names.len() <= at {
                names.resize(at + 1, None);
            }
            if let Some(name) = names.get_mut(at) {
                *name = self.get(field.name);
            }
        }
        names
    }

    pub(crate) fn len(&self) -> usize {
        self.by_name.len()
    }

    /// The fields that live in the core view.
    pub(crate) fn core(&self) -> &[(FieldId, CoreField)] {
        &self.core
    }

    /// For each name of a batch, the field it is.
    pub(crate) fn bind(&self, batch: &EventBatch, out: &mut Vec<Option<FieldId>>) {
        out.clear();
        out.extend(batch.names().iter().map(|name| self.get(name)));
    }
}

fn without_spaces(name: &str) -> std::borrow::Cow<'_, str> {
    if name.contains(' ') {
        name.replace(' ', "").into()
    } else {
        name.into()
    }
}
