//! Expressions: where a value comes from and how it is cut into shape.
//!
//! ```yaml
//! device: Computer                                     # a field
//! actor_user: [SubjectUserName, User]                  # the first that says something
//! target_user: { text: "{TargetDomainName}\\{TargetUserName}" }
//! email_to: { join: [to, cc, bcc], with: ";" }
//! peripheral: { const: removable }
//! file_name: { from: TargetFilename, take: basename }
//! data_label: { from: level, map: { 1: public, 2: internal }, else: unknown }
//! ```
//!
//! An expression that finds nothing leaves the attribute to less specific layers, unless it ends in an `else`.

use super::reader::Reader;
use super::step::{self, Step};
use super::view::{Digits, Slot, View, meaningful, text_of};
use super::yaml::{Kind, Node};
use tandem_domain::event::NameId;

/// Where a text comes from.
#[derive(Debug)]
pub(super) enum Source {
    Field(Slot),
    Const(Box<str>),
    Template(Vec<Part>),
    Join(Vec<Slot>, Box<str>),
    /// The first of these fields that says something.
    Fields(Box<[Slot]>),
    First(Vec<Expr>),
    /// Written as an empty value: the attribute stays empty and nothing less specific fills it.
    Nothing,
}

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Part {
    Literal(Box<str>),
    Field(Slot),
}

/// A source and what is done to its text, in order.
#[derive(Debug)]
pub(super) struct Expr {
    pub(super) source: Source,
    pub(super) steps: Vec<Step>,
}

/// What an expression gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// Nothing; something less specific may fill in.
    Absent,
    /// Explicitly nothing.
    Blocked,
    /// The text of this field as it is, so it need not be copied.
    Field(Slot, NameId),
    /// The text that was put at the end of the buffer.
    Written,
}

impl Expr {
    pub(super) fn field(slot: Slot) -> Self {
        Self {
            source: Source::Field(slot),
            steps: Vec::new(),
        }
    }

    /// Reads an expression; `extra` are keys that the caller handles itself.
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node, what: &str, extra: &[&str]) -> Option<Self> {
        match &node.kind {
            Kind::Null => Some(Self {
                source: Source::Nothing,
                steps: Vec::new(),
            }),
            Kind::Text(field) => Some(Self::field(reader.slot(field))),
            Kind::List(items) => {
                let options = items
                    .iter()
                    .filter_map(|item| Self::read(reader, item, what, &[]))
                    .collect();
                Some(Self {
                    source: simplify(Source::First(options)),
                    steps: Vec::new(),
                })
            }
            Kind::Map(_) => Self::read_map(reader, node, what, extra),
        }
    }

    fn read_map(reader: &mut Reader<'_>, node: &Node, what: &str, extra: &[&str]) -> Option<Self> {
        let mut known = vec!["from", "text", "const", "join", "with", "take", "map", "else"];
        known.extend_from_slice(extra);
        let entries = reader.map(node, what, &known);
        let (mut source, mut steps) = (None, Vec::new());
        let separator = entries.iter().find(|entry| entry.key == "with");
        let separator = separator
            .and_then(|entry| reader.text(&entry.value, "`with`"))
            .unwrap_or(";");
        for entry in entries {
            let given = match entry.key.as_str() {
                "from" => Self::read(reader, &entry.value, "`from`", &[])
                    .map(|from| simplify(Source::First(vec![from]))),
                "text" => reader
                    .text(&entry.value, "`text`")
                    .map(|text| template(reader, text)),
                "const" => reader
                    .text(&entry.value, "`const`")
                    .map(|text| Source::Const(text.into())),
                "join" => {
                    let fields = reader.texts(&entry.value, "`join`");
                    Some(Source::Join(
                        fields.iter().map(|(field, _)| reader.slot(field)).collect(),
                        separator.into(),
                    ))
                }
                _ => continue,
            };
            if source.is_some() {
                let hint = "use one of from, text, const and join";
                reader.error(entry.at, format!("{what} has two sources of its value"), hint);
            }
            source = given;
        }
        for entry in entries {
            if entry.key == "take" {
                step::read_all(reader, &entry.value, &mut steps);
            }
        }
        step::read_map(reader, entries, &mut steps);
        let Some(source) = source else {
            reader.error(
                node.at,
                format!("{what} does not say where its value comes from"),
                "add from, text, const or join",
            );
            return None;
        };
        Some(Self { source, steps })
    }

    /// Every field the expression reads, for messages.
    pub(super) fn slots(&self, into: &mut Vec<Slot>) {
        match &self.source {
            Source::Field(slot) => into.push(*slot),
            Source::Join(slots, _) => into.extend(slots),
            Source::Fields(slots) => into.extend(slots),
            Source::First(options) => options.iter().for_each(|option| option.slots(into)),
            Source::Template(parts) => into.extend(parts.iter().filter_map(|part| match part {
                Part::Field(slot) => Some(*slot),
                Part::Literal(_) => None,
            })),
            Source::Const(_) | Source::Nothing => {}
        }
    }

    /// Evaluates; a written text is appended to `buffer`, which is otherwise left as it was.
    pub(super) fn evaluate(&self, view: &View<'_, '_>, buffer: &mut String) -> Outcome {
        let start = buffer.len();
        let mut outcome = self.source_text(view, buffer);
        for step in &self.steps {
            if let Outcome::Field(slot, _) = outcome {
                outcome = if copy(view, slot, buffer) {
                    Outcome::Written
                } else {
                    Outcome::Absent
                };
            }
            if outcome == Outcome::Written && !step.apply(buffer, start) {
                outcome = Outcome::Absent;
            }
            if outcome == Outcome::Absent {
                buffer.truncate(start);
                if let Some(otherwise) = step.otherwise() {
                    buffer.push_str(otherwise);
                    outcome = Outcome::Written;
                }
            }
        }
        if outcome == Outcome::Written && meaningful(buffer.get(start..).unwrap_or_default()).is_none() {
            outcome = Outcome::Absent;
        }
        if outcome == Outcome::Absent {
            buffer.truncate(start);
        }
        outcome
    }

    /// Evaluates and puts the text into `buffer` in every case; true if there is one.
    pub(super) fn write(&self, view: &View<'_, '_>, buffer: &mut String) -> bool {
        match self.evaluate(view, buffer) {
            Outcome::Written => true,
            Outcome::Field(slot, _) => copy(view, slot, buffer),
            Outcome::Absent | Outcome::Blocked => false,
        }
    }

    fn source_text(&self, view: &View<'_, '_>, buffer: &mut String) -> Outcome {
        match &self.source {
            Source::Nothing => Outcome::Blocked,
            Source::Field(slot) => field_text(view, *slot, !self.steps.is_empty(), buffer),
            Source::Fields(slots) => {
                let copy = !self.steps.is_empty();
                let present = slots.iter().filter(|slot| view.has(**slot));
                let mut found = present.map(|slot| field_text(view, *slot, copy, buffer));
                found
                    .find(|outcome| *outcome != Outcome::Absent)
                    .unwrap_or(Outcome::Absent)
            }
            Source::First(options) => {
                let found = options.iter().map(|option| option.evaluate(view, buffer));
                found
                    .into_iter()
                    .find(|outcome| *outcome != Outcome::Absent)
                    .unwrap_or(Outcome::Absent)
            }
            Source::Const(text) => {
                buffer.push_str(text);
                Outcome::Written
            }
            Source::Template(parts) => {
                for part in parts {
                    match part {
                        Part::Literal(text) => buffer.push_str(text),
                        Part::Field(slot) => {
                            if field_text(view, *slot, true, buffer) == Outcome::Absent {
                                return Outcome::Absent;
                            }
                        }
                    }
                }
                Outcome::Written
            }
            Source::Join(slots, separator) => {
                let start = buffer.len();
                let mut room = Digits::default();
                for found in slots.iter().flat_map(|slot| view.all(*slot)) {
                    let Some(text) = text_of(&found.value, &mut room).and_then(meaningful) else {
                        continue;
                    };
                    if buffer.len() > start {
                        buffer.push_str(separator);
                    }
                    buffer.push_str(text);
                }
                if buffer.len() > start {
                    Outcome::Written
                } else {
                    Outcome::Absent
                }
            }
        }
    }
}

/// The first value of a field that says something.
fn field_text(view: &View<'_, '_>, slot: Slot, copy: bool, buffer: &mut String) -> Outcome {
    let mut room = Digits::default();
    for (at, found) in view.all(slot).enumerate() {
        let Some(text) = text_of(&found.value, &mut room) else {
            continue;
        };
        let Some(trimmed) = meaningful(text) else { continue };
        let as_it_is =
            at == 0 && trimmed.len() == text.len() && matches!(found.value, tandem_domain::Value::Text(_));
        if as_it_is && !copy {
            return Outcome::Field(slot, found.id);
        }
        buffer.push_str(trimmed);
        return Outcome::Written;
    }
    Outcome::Absent
}

fn copy(view: &View<'_, '_>, slot: Slot, buffer: &mut String) -> bool {
    let Some(found) = view.first(slot) else {
        return false;
    };
    let mut room = Digits::default();
    let Some(text) = text_of(&found.value, &mut room) else {
        return false;
    };
    buffer.push_str(text);
    true
}

/// Alternatives that are plain fields, the usual case, are looked up in one loop.
fn simplify(source: Source) -> Source {
    let Source::First(mut options) = source else {
        return source;
    };
    if options.len() == 1 && options.iter().all(|only| only.steps.is_empty()) {
        return options.pop().map_or(Source::Nothing, |only| only.source);
    }
    let plain = |option: &Expr| match &option.source {
        Source::Field(slot) if option.steps.is_empty() => Some(*slot),
        _ => None,
    };
    match options.iter().map(plain).collect::<Option<Vec<Slot>>>() {
        Some(slots) => Source::Fields(slots.into()),
        None => Source::First(options),
    }
}

/// Splits `{Domain}\{User}` into literals and fields; `{{` is a brace.
fn template(reader: &mut Reader<'_>, text: &str) -> Source {
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        literal.push_str(before);
        if let Some(after) = after.strip_prefix('{') {
            literal.push('{');
            rest = after;
            continue;
        }
        let Some((field, after)) = after.split_once('}') else {
            literal.push('{');
            rest = after;
            break;
        };
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal).into()));
        }
        parts.push(Part::Field(reader.slot(field)));
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.into()));
    }
    Source::Template(parts)
}
