//! A batch of events over one shared text arena.

use std::collections::HashMap;
use std::ops::Range;

use foldhash::fast::RandomState;

use super::successor::Successors;
use super::{Attr, ClassUid, LogSource, NumAttr, Severity, Status};
use crate::{EventId, Timestamp};

/// Most log sources one event can carry.
const MAX_LOGSOURCES: usize = 6;
/// Largest text arena of one batch, bytes: spans are 32-bit.
const MAX_TEXT: usize = u32::MAX as usize;

/// Index of a field name in its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub u32);

/// A piece of the batch's text arena. The empty default means "absent".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Span {
    start: u32,
    len: u32,
}

/// A field's value. Text borrows from the batch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// JSON null, or a field present without a value.
    Null,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Anything else.
    Text(&'a str),
}

#[derive(Debug, Clone, Copy)]
enum Stored {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Span),
}

#[derive(Debug, Clone, Copy)]
struct Field {
    name: NameId,
    value: Stored,
}

/// A field of one event: its name's id in the batch, its name and its value. A list in the source appears as the same name
/// several times.
#[derive(Debug, Clone, Copy)]
pub struct FieldRef<'a> {
    /// The name's id, equal for equal names within one batch.
    pub id: NameId,
    /// The name as Sigma rules write it; nested objects are joined with dots.
    pub name: &'a str,
    /// The value.
    pub value: Value<'a>,
}

/// What every event has besides its fields.
#[derive(Debug, Clone, Copy, Default)]
pub struct EventHead {
    /// Content id; a replayed record has the same one.
    pub id: EventId,
    /// When it happened, as the source says (OCSF `time`).
    pub time: Timestamp,
    /// OCSF class.
    pub class: ClassUid,
    /// OCSF `activity_id` of the class.
    pub activity: u8,
    /// OCSF `severity_id`.
    pub severity: Severity,
    /// OCSF `status_id`.
    pub status: Status,
}

#[derive(Debug, Clone)]
struct Row {
    head: EventHead,
    attrs: [Span; Attr::COUNT],
    nums: [Option<i64>; NumAttr::COUNT],
    logsources: [u16; MAX_LOGSOURCES],
    logsource_count: u8,
    raw: Span,
    fields: Range<u32>,
}

/// The batch cannot take more text (4 GiB); close it and start another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event batch is full; close it and start another")]
pub struct BatchFull;

/// Events that share one text arena, one table of field names and one table of log sources.
#[derive(Debug, Clone, Default)]
pub struct EventBatch {
    source: String,
    text: String,
    names: Vec<Box<str>>,
    /// Hashed with a seed of the process: names come from outside.
    name_ids: HashMap<Box<str>, NameId, RandomState>,
    logsources: Vec<LogSource>,
    fields: Vec<Field>,
    rows: Vec<Row>,
    /// Of the names.
    next_name: Successors,
    /// Of the log sources.
    next_logsource: Successors,
}

impl EventBatch {
    /// An empty batch of the source named `source` (for example `windows-security`).
    pub fn new(source: &str) -> Self {
        Self {
            source: source.to_owned(),
            ..Self::default()
        }
    }

    /// The name of the source all events came from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Names the source; for streams whose source shows only in their first record.
    pub fn set_source(&mut self, source: &str) {
        source.clone_into(&mut self.source);
    }

    /// Keeps only the events for which `keep` says yes, for example to drop duplicates. Their text stays in the arena until
    /// [`Self::clear`].
    pub fn retain(&mut self, mut keep: impl FnMut(&EventHead) -> bool) {
        self.rows.retain(|row| keep(&row.head));
    }

    /// How many events there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without events.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Bytes of text held; close the batch when this passes a few MiB.
    pub fn text_bytes(&self) -> usize {
        self.text.len()
    }

    /// Forgets the events but keeps the memory and the field names for the next batch. Names are dropped when they pass
    /// 4,096, so that a source with ever new names cannot grow the table without bound.
    pub fn clear(&mut self) {
        self.text.clear();
        self.fields.clear();
        self.rows.clear();
        if self.names.len() > 4_096 {
            self.names.clear();
            self.name_ids.clear();
            self.next_name.clear();
        }
    }

    /// The field names of this batch; `NameId(i)` is `names()[i]`.
    pub fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The id of a field name, if any event of the batch has it.
    pub fn name_id(&self, name: &str) -> Option<NameId> {
        self.name_ids.get(name).copied()
    }

    /// The log sources of this batch; [`EventRef::logsource_ids`] indexes it.
    pub fn logsources(&self) -> &[LogSource] {
        &self.logsources
    }

    /// The index of a log source in this batch, adding it if it is new. The one that came after the last one before is tried
    /// first.
    pub fn intern_logsource(&mut self, logsource: &LogSource) -> u16 {
        let Self {
            logsources,
            next_logsource,
            ..
        } = self;
        let is_it = |at| logsources.get(at) == Some(logsource);
        let known = || logsources.iter().position(|known| known == logsource);
        let entry = next_logsource.entry(is_it, || known().unwrap_or(logsources.len()));
        if entry == logsources.len() {
            logsources.push(logsource.clone());
        }
        entry as u16
    }

    /// The id of a field name, adding it if it is new. Records of one source repeat their names in the same order, so the
    /// name that came after the last one before is tried first.
    pub fn intern_name(&mut self, name: &str) -> NameId {
        let Self {
            names,
            name_ids,
            next_name,
            ..
        } = self;
        let is_it = |at: usize| names.get(at).map(|known| &**known) == Some(name);
        let known = || name_ids.get(name).map(|id| id.0 as usize);
        let entry = next_name.entry(is_it, || known().unwrap_or(names.len()));
        let id = NameId(entry as u32);
        if entry == names.len() {
            names.push(name.into());
            name_ids.insert(name.into(), id);
        }
        id
    }

    /// Starts an event. Nothing is visible until [`EventBuilder::finish`]; dropping the builder discards it.
    ///
    /// # Errors
    /// [`BatchFull`] when the arena has no room for another 64 MiB.
    pub fn start(&mut self) -> Result<EventBuilder<'_>, BatchFull> {
        if self.text.len() > MAX_TEXT - (64 << 20) {
            return Err(BatchFull);
        }
        let (text_mark, field_mark) = (self.text.len(), self.fields.len());
        Ok(EventBuilder {
            row: Row {
                head: EventHead::default(),
                attrs: [Span::default(); Attr::COUNT],
                nums: [None; NumAttr::COUNT],
                logsources: [0; MAX_LOGSOURCES],
                logsource_count: 0,
                raw: Span::default(),
                fields: field_mark as u32..field_mark as u32,
            },
            batch: self,
            text_mark,
            field_mark,
            finished: false,
        })
    }

    /// The event at `index`.
    pub fn get(&self, index: usize) -> Option<EventRef<'_>> {
        self.rows.get(index).map(|row| EventRef { batch: self, row })
    }

    /// All events in the order they were finished.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = EventRef<'_>> {
        self.rows.iter().map(|row| EventRef { batch: self, row })
    }

    #[inline]
    fn push_text(&mut self, text: &str) -> Span {
        let start = self.text.len() as u32;
        self.text.push_str(text);
        Span {
            start,
            len: text.len() as u32,
        }
    }

    #[inline]
    fn str(&self, span: Span) -> &str {
        let start = span.start as usize;
        self.text
            .get(start..start + span.len as usize)
            .unwrap_or_default()
    }
}

/// Writes one event into its batch.
#[derive(Debug)]
pub struct EventBuilder<'b> {
    batch: &'b mut EventBatch,
    row: Row,
    text_mark: usize,
    field_mark: usize,
    finished: bool,
}

impl EventBuilder<'_> {
    /// Adds a field of the native view. Call it again with the same name for each item of a list.
    pub fn field(&mut self, name: &str, value: Value<'_>) {
        let name = self.batch.intern_name(name);
        self.field_by_id(name, value);
    }

    /// As [`Self::field`], with a name interned before.
    #[inline]
    pub fn field_by_id(&mut self, name: NameId, value: Value<'_>) {
        let value = match value {
            Value::Null => Stored::Null,
            Value::Bool(v) => Stored::Bool(v),
            Value::Int(v) => Stored::Int(v),
            Value::Float(v) => Stored::Float(v),
            Value::Text(v) => Stored::Text(self.batch.push_text(v)),
        };
        self.batch.fields.push(Field { name, value });
    }

    /// Interns a field name, for use with [`Self::field_by_id`].
    #[inline]
    pub fn intern_name(&mut self, name: &str) -> NameId {
        self.batch.intern_name(name)
    }

    /// The value of a field written so far (the first, if the name repeats).
    pub fn get(&self, name: &str) -> Option<Value<'_>> {
        let id = self.batch.name_id(name)?;
        self.get_by_id(id)
    }

    /// As [`Self::get`], by id.
    pub fn get_by_id(&self, id: NameId) -> Option<Value<'_>> {
        let own = self.batch.fields.get(self.field_mark..)?;
        own.iter()
            .find(|field| field.name == id)
            .map(|field| self.batch.value(field.value))
    }

    /// All fields written so far.
    pub fn fields(&self) -> impl Iterator<Item = FieldRef<'_>> {
        let batch: &EventBatch = self.batch;
        batch
            .fields
            .get(self.field_mark..)
            .unwrap_or_default()
            .iter()
            .map(|field| batch.field_ref(*field))
    }

    /// Sets a text attribute of the core view; an empty text is the same as absent.
    pub fn attr(&mut self, attr: Attr, text: &str) {
        self.row.attrs[attr.index()] = self.batch.push_text(text);
    }

    /// Sets a text attribute to the text of a field already written, without copying it. Does nothing for a field that is
    /// absent or not text.
    pub fn attr_from_field(&mut self, attr: Attr, id: NameId) -> bool {
        let own = self.batch.fields.get(self.field_mark..).unwrap_or_default();
        match own.iter().find(|field| field.name == id).map(|field| field.value) {
            Some(Stored::Text(span)) => {
                self.row.attrs[attr.index()] = span;
                true
            }
            _ => false,
        }
    }

    /// A text attribute set so far.
    pub fn get_attr(&self, attr: Attr) -> Option<&str> {
        let text = self.batch.str(self.row.attrs[attr.index()]);
        (!text.is_empty()).then_some(text)
    }

    /// Sets a whole-number attribute of the core view.
    pub fn num(&mut self, attr: NumAttr, value: i64) {
        self.row.nums[attr.index()] = Some(value);
    }

    /// Adds a log source by its index from [`EventBatch::intern_logsource`]; more than six are ignored.
    pub fn logsource(&mut self, logsource: &LogSource) {
        let index = self.batch.intern_logsource(logsource);
        let count = self.row.logsource_count as usize;
        if count < MAX_LOGSOURCES && !self.row.logsources[..count].contains(&index) {
            self.row.logsources[count] = index;
            self.row.logsource_count += 1;
        }
    }

    /// Keeps the record as it was received.
    pub fn raw(&mut self, raw: &str) {
        self.row.raw = self.batch.push_text(raw);
    }

    /// Makes the event visible in the batch.
    pub fn finish(mut self, head: EventHead) {
        self.row.head = head;
        self.row.fields.end = self.batch.fields.len() as u32;
        self.batch.rows.push(self.row.clone());
        self.finished = true;
    }
}

impl Drop for EventBuilder<'_> {
    fn drop(&mut self) {
        if !self.finished {
            self.batch.text.truncate(self.text_mark);
            self.batch.fields.truncate(self.field_mark);
        }
    }
}

impl EventBatch {
    #[inline]
    fn value(&self, stored: Stored) -> Value<'_> {
        match stored {
            Stored::Null => Value::Null,
            Stored::Bool(v) => Value::Bool(v),
            Stored::Int(v) => Value::Int(v),
            Stored::Float(v) => Value::Float(v),
            Stored::Text(span) => Value::Text(self.str(span)),
        }
    }

    #[inline]
    fn field_ref(&self, field: Field) -> FieldRef<'_> {
        let name = self.names.get(field.name.0 as usize).map_or("", |name| name);
        FieldRef {
            id: field.name,
            name,
            value: self.value(field.value),
        }
    }
}

/// One event of a batch.
#[derive(Debug, Clone, Copy)]
pub struct EventRef<'a> {
    batch: &'a EventBatch,
    row: &'a Row,
}

impl<'a> EventRef<'a> {
    /// Id, time, class, activity, severity, status.
    pub fn head(&self) -> EventHead {
        self.row.head
    }

    /// The batch's source name.
    pub fn source(&self) -> &'a str {
        self.batch.source()
    }

    /// Fields of the native view in the order of the record.
    #[inline]
    pub fn fields(&self) -> impl Iterator<Item = FieldRef<'a>> + use<'a> {
        let batch = self.batch;
        let range = self.row.fields.start as usize..self.row.fields.end as usize;
        batch
            .fields
            .get(range)
            .unwrap_or_default()
            .iter()
            .map(move |field| batch.field_ref(*field))
    }

    /// Every value of the field `name` (case-sensitive); several for a list, none if absent.
    pub fn field(&self, name: &str) -> impl Iterator<Item = Value<'a>> + use<'a> {
        let id = self.batch.name_id(name);
        self.fields()
            .filter(move |field| Some(field.id) == id)
            .map(|field| field.value)
    }

    /// A text attribute of the core view.
    #[inline]
    pub fn attr(&self, attr: Attr) -> Option<&'a str> {
        let text = self.batch.str(self.row.attrs[attr.index()]);
        (!text.is_empty()).then_some(text)
    }

    /// A whole-number attribute of the core view.
    pub fn num(&self, attr: NumAttr) -> Option<i64> {
        self.row.nums[attr.index()]
    }

    /// Indices into [`EventBatch::logsources`].
    #[inline]
    pub fn logsource_ids(&self) -> &'a [u16] {
        &self.row.logsources[..self.row.logsource_count as usize]
    }

    /// The Sigma log sources of this event.
    pub fn logsources(&self) -> impl Iterator<Item = &'a LogSource> + use<'a> {
        let batch = self.batch;
        self.logsource_ids()
            .iter()
            .filter_map(move |id| batch.logsources.get(*id as usize))
    }

    /// The record as received; empty where the native view already says all.
    pub fn raw(&self) -> &'a str {
        self.batch.str(self.row.raw)
    }
}
