//! Mappings on small records written for these tests.

mod business;
mod cloud;
mod endpoint;
mod errors;
mod generic;
mod identity;
mod linux;
mod network;
mod times;
mod windows;

use std::sync::OnceLock;

use tandem_domain::event::{EventBatch, EventRef, Status};
use tandem_domain::{Attr, ClassUid, NumAttr, Timestamp, Value};

use super::*;

/// The shipped mappings, loaded once.
fn shipped() -> &'static Mappings {
    static SHIPPED: OnceLock<Mappings> = OnceLock::new();
    SHIPPED.get_or_init(|| match Mappings::builtin() {
        Ok(mappings) => mappings,
        Err(errors) => panic!(
            "{}",
            errors.iter().map(ToString::to_string).collect::<Vec<_>>().join(
                "
"
            )
        ),
    })
}

fn context(format: Format) -> Context<'static> {
    Context {
        format,
        source_hint: "",
        forced: None,
        time_zone: None,
        year_hint: None,
        previous: None,
        received: Timestamp::parse_rfc3339("2026-03-10T12:00:00Z").unwrap(),
        stream_id: 7,
        offset: 0,
        raw: b"raw",
        identity: None,
        shape: 0,
    }
}

/// Writes a JSON object's leaves as fields: nested names joined by dots, lists as repeated names.
fn write(event: &mut EventBuilder<'_>, path: &str, value: &serde_json::Value) {
    use serde_json::Value as Json;
    match value {
        Json::Null => event.field(path, Value::Null),
        Json::Bool(value) => event.field(path, Value::Bool(*value)),
        Json::Number(number) => match number.as_i64() {
            Some(number) => event.field(path, Value::Int(number)),
            None => event.field(path, Value::Float(number.as_f64().unwrap())),
        },
        Json::String(text) => event.field(path, Value::Text(text)),
        Json::Array(items) => items.iter().for_each(|item| write(event, path, item)),
        Json::Object(map) => {
            for (key, value) in map {
                let below = if path.is_empty() {
                    key.clone()
                } else {
                    format!("{path}.{key}")
                };
                write(event, &below, value);
            }
        }
    }
}

/// A mapped record.
struct Seen {
    batch: EventBatch,
    mapping: String,
}

impl Seen {
    fn event(&self) -> EventRef<'_> {
        self.batch.get(0).unwrap()
    }

    /// Class, activity, status, actor and time on one line.
    fn gist(&self) -> String {
        let event = self.event();
        let head = event.head();
        let status = match head.status {
            Status::Unknown => "unknown",
            Status::Success => "success",
            Status::Failure => "failure",
        };
        let actor = event.attr(Attr::ActorUser).unwrap_or("nobody");
        format!(
            "{} {} {} {status} {actor} {}",
            self.mapping,
            head.class.as_str(),
            head.activity,
            head.time
        )
    }

    fn attr(&self, attr: Attr) -> &str {
        self.event().attr(attr).unwrap_or_default()
    }

    fn num(&self, attr: NumAttr) -> Option<i64> {
        self.event().num(attr)
    }

    /// `category/product/service`, sorted.
    fn logsources(&self) -> Vec<String> {
        let part = |text: &Option<String>| text.clone().unwrap_or_default();
        let line = |source: &tandem_domain::LogSource| {
            format!(
                "{}/{}/{}",
                part(&source.category),
                part(&source.product),
                part(&source.service)
            )
        };
        let mut lines: Vec<String> = self.event().logsources().map(line).collect();
        lines.sort();
        lines
    }

    fn field(&self, name: &str) -> String {
        match self.event().field(name).next() {
            Some(Value::Text(text)) => text.to_owned(),
            other => format!("{other:?}"),
        }
    }
}

fn try_map(mappings: &Mappings, context: &Context<'_>, json: &str) -> Result<Seen, Refusal> {
    let value: serde_json::Value = serde_json::from_str(json).unwrap();
    let mut batch = EventBatch::new("test");
    let mut event = batch.start().unwrap();
    write(&mut event, "", &value);
    let identified = mappings.identify(&event, context).map(str::to_owned);
    let (head, name) = mappings.apply_named(&mut event, context)?;
    assert_eq!(identified.as_deref(), Some(name), "identify and apply must agree");
    let mapping = name.to_owned();
    event.finish(head);
    Ok(Seen { batch, mapping })
}

/// A record, given as the JSON of its fields, through the shipped mappings.
fn map(format: Format, json: &str) -> Seen {
    try_map(shipped(), &context(format), json).unwrap()
}

#[test]
fn every_shipped_mapping_loads_and_every_file_of_the_folder_is_shipped() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../content/mappings");
    let mut on_disk: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    on_disk.sort();
    let embedded: Vec<&str> = builtin::FILES.iter().map(|(name, _)| *name).collect();
    assert_eq!(embedded, on_disk);
    assert!(shipped().names().count() > 40);
}

#[test]
fn every_mapping_says_what_it_is_for() {
    for name in shipped().names() {
        assert!(
            !shipped().description_of(name).unwrap_or_default().is_empty(),
            "{name} has no description"
        );
        assert!(!shipped().source_of(name).unwrap_or_default().is_empty());
    }
}
