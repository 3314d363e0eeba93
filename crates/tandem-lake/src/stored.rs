//! Events read back from the lake.

use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType};
use serde_json::{Map, Value as Json};
use tandem_domain::event::{BatchFull, EventHead, Severity, Status};
use tandem_domain::{Attr, ClassUid, EventBatch, EventId, LogSource, NumAttr, Timestamp, Value};

use crate::encode::text_at;
use crate::logsource::parse_logsources;
use crate::schema::position;

/// One event as the lake keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredEvent {
    /// Content id.
    pub id: EventId,
    /// When it happened.
    pub time: Timestamp,
    /// The source it came from.
    pub source: String,
    /// OCSF class.
    pub class: ClassUid,
    /// OCSF `activity_id`.
    pub activity: u8,
    /// OCSF `severity_id`.
    pub severity: Severity,
    /// OCSF `status_id`.
    pub status: Status,
    /// Canonical account that acted.
    pub account: Option<String>,
    /// Text attributes of the core view, in column order.
    pub attrs: Vec<(Attr, String)>,
    /// Whole-number attributes of the core view, in column order.
    pub nums: Vec<(NumAttr, i64)>,
    /// Sigma log sources.
    pub logsources: Vec<LogSource>,
    /// The native view; a list is a name that occurred several times.
    pub fields: Map<String, Json>,
    /// The record as received, where the native view does not say all.
    pub raw: Option<String>,
}

impl StoredEvent {
    /// A text attribute of the core view.
    pub fn attr(&self, attr: Attr) -> Option<&str> {
        self.attrs
            .iter()
            .find(|(name, _)| *name == attr)
            .map(|(_, text)| text.as_str())
    }

    /// A whole-number attribute of the core view.
    pub fn num(&self, attr: NumAttr) -> Option<i64> {
        self.nums
            .iter()
            .find(|(name, _)| *name == attr)
            .map(|(_, value)| *value)
    }

    /// Puts the event into a batch as it was when it was collected, so that rules can be run over the past. The batch
    /// must be of the same source.
    ///
    /// # Errors
    /// [`BatchFull`] when the batch can take no more.
    pub fn write_to(&self, batch: &mut EventBatch) -> Result<(), BatchFull> {
        let mut event = batch.start()?;
        for (name, value) in &self.fields {
            match value {
                Json::Array(items) => items.iter().for_each(|item| put_field(&mut event, name, item)),
                value => put_field(&mut event, name, value),
            }
        }
        for (attr, text) in &self.attrs {
            event.attr(*attr, text);
        }
        for (attr, value) in &self.nums {
            event.num(*attr, *value);
        }
        for logsource in &self.logsources {
            event.logsource(logsource);
        }
        if let Some(raw) = &self.raw {
            event.raw(raw);
        }
        event.finish(EventHead {
            id: self.id,
            time: self.time,
            class: self.class,
            activity: self.activity,
            severity: self.severity,
            status: self.status,
        });
        Ok(())
    }
}

fn put_field(event: &mut tandem_domain::event::EventBuilder<'_>, name: &str, value: &Json) {
    match value {
        Json::Null => event.field(name, Value::Null),
        Json::Bool(v) => event.field(name, Value::Bool(*v)),
        Json::String(text) => event.field(name, Value::Text(text)),
        Json::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(v), _) => event.field(name, Value::Int(v)),
            (None, Some(v)) => event.field(name, Value::Float(v)),
            (None, None) => event.field(name, Value::Text(&number.to_string())),
        },
        other => event.field(name, Value::Text(&other.to_string())),
    }
}

/// Reads rows that have every column of the table in the table's order.
pub(crate) fn read_events(batch: &RecordBatch) -> Vec<StoredEvent> {
    let rows = Rows(batch);
    (0..batch.num_rows()).map(|row| rows.event(row)).collect()
}

struct Rows<'a>(&'a RecordBatch);

impl<'a> Rows<'a> {
    fn column(&self, name: &str) -> Option<&'a dyn Array> {
        self.0.columns().get(position(name)).map(AsRef::as_ref)
    }

    fn text(&self, name: &str, row: usize) -> Option<&'a str> {
        text_at(self.column(name)?, row)
    }

    fn code(&self, name: &str, row: usize) -> i32 {
        let codes = self
            .column(name)
            .and_then(|column| column.as_primitive_opt::<Int32Type>());
        codes
            .filter(|codes| row < codes.len())
            .map_or(0, |codes| codes.value(row))
    }

    fn amount(&self, name: &str, row: usize) -> Option<i64> {
        let amounts = self.column(name)?.as_primitive_opt::<Int64Type>()?;
        (row < amounts.len() && amounts.is_valid(row)).then(|| amounts.value(row))
    }

    fn time(&self, row: usize) -> Timestamp {
        let times = self
            .column("time")
            .and_then(|times| times.as_primitive_opt::<TimestampMicrosecondType>());
        Timestamp(
            times
                .filter(|times| row < times.len())
                .map_or(0, |times| times.value(row)),
        )
    }

    fn event(&self, row: usize) -> StoredEvent {
        let text = |name| self.text(name, row).unwrap_or_default();
        let attrs = Attr::ALL.iter();
        let nums = NumAttr::ALL.iter();
        StoredEvent {
            id: EventId::parse(text("event_id")).unwrap_or_default(),
            time: self.time(row),
            source: text("source").to_owned(),
            class: ClassUid::parse(text("class")).unwrap_or_default(),
            activity: u8::try_from(self.code("activity_id", row)).unwrap_or_default(),
            severity: severity(self.code("severity_id", row)),
            status: status(self.code("status_id", row)),
            account: self.text("account", row).map(str::to_owned),
            attrs: attrs
                .filter_map(|attr| self.text(attr.as_str(), row).map(|text| (*attr, text.to_owned())))
                .collect(),
            nums: nums
                .filter_map(|attr| self.amount(attr.as_str(), row).map(|value| (*attr, value)))
                .collect(),
            logsources: parse_logsources(text("logsource")),
            fields: serde_json::from_str(text("fields")).unwrap_or_default(),
            raw: self.text("raw", row).map(str::to_owned),
        }
    }
}

fn severity(id: i32) -> Severity {
    match id {
        1 => Severity::Informational,
        2 => Severity::Low,
        3 => Severity::Medium,
        4 => Severity::High,
        5 => Severity::Critical,
        _ => Severity::Unknown,
    }
}

fn status(id: i32) -> Status {
    match id {
        1 => Status::Success,
        2 => Status::Failure,
        _ => Status::Unknown,
    }
}
