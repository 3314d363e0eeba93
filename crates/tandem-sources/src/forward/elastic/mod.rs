//! Elasticsearch's bulk API: what its clients send.
//!
//! Source: Elasticsearch Guide 8, "Bulk API" and "Index API". `create` and `index` are taken alike: Tandem keeps events, it
//! replaces none. `update` and `delete` are refused item by item.

mod about;
mod answer;

use std::borrow::Cow;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::value::RawValue;

pub use about::{About, VERSION, cluster, health, licence, xpack};
pub use answer::{Filter, acknowledged, busy, failure, single};

use super::gather::Gather;
use super::line::Line;
use super::object::{Frame, Object, text};
use super::{Sender, Unreadable, name};
use crate::delivery::{Delivery, Refused};

/// Names that forwarders put around a line; a document with others too has a structure of its own.
const WRAPPING: &[&str] = &[
    "@timestamp",
    "@version",
    "_index",
    "_p",
    "agent",
    "beat",
    "cloud",
    "container",
    "data_stream",
    "docker",
    "ecs",
    "event",
    "fields",
    "file",
    "fileset",
    "host",
    "input",
    "kubernetes",
    "labels",
    "log",
    "logtag",
    "message",
    "offset",
    "orchestrator",
    "path",
    "prospector",
    "service",
    "source_type",
    "stream",
    "tags",
    "time",
    "timestamp",
    "type",
];
/// Below `event` only these are a forwarder's own words.
const WRAPPING_EVENT: &[&str] = &[
    "dataset", "module", "created", "ingested", "timezone", "original", "kind",
];

/// What an item asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Adds a document that must be new.
    Create,
    /// Adds or replaces a document.
    Index,
    /// Changes a document.
    Update,
    /// Removes a document.
    Delete,
}

impl Action {
    /// Its name in requests and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Index => "index",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// What became of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What it asked for.
    pub action: Action,
    /// The index it named.
    pub index: Arc<str>,
    /// The id it named.
    pub id: Option<String>,
    /// Why it was not taken: Elasticsearch's type of error, and the reason.
    pub error: Option<(&'static str, String)>,
}

/// What a body holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bulk {
    /// What to hand on.
    pub deliveries: Vec<Delivery>,
    /// Each item in order.
    pub items: Vec<Item>,
    /// The same for the same body, for ids that Elasticsearch would make.
    pub identity: u128,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ActionLine<'a> {
    #[serde(borrow, default)]
    create: Option<Meta<'a>>,
    #[serde(borrow, default)]
    index: Option<Meta<'a>>,
    #[serde(borrow, default)]
    update: Option<Meta<'a>>,
    #[serde(borrow, default)]
    delete: Option<Meta<'a>>,
}

#[derive(Deserialize)]
struct Meta<'a> {
    #[serde(borrow, default)]
    _index: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    _id: Option<&'a RawValue>,
}

/// Reads the body of `_bulk`; `index` is the one in the address.
///
/// # Errors
/// [`Unreadable`] when there is nothing in it or too much; then nothing is taken.
pub fn bulk(sender: &Sender<'_>, index: Option<&str>, body: &[u8]) -> Result<Bulk, Unreadable> {
    let body_text = String::from_utf8_lossy(body);
    if body_text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let identity = sender.identity("", body);
    let mut reader = Reader::new(sender, identity, index);
    let mut lines = body_text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim().is_empty() {
            continue;
        }
        match action(line) {
            Some((action, meta)) => {
                let document = (action != Action::Delete).then(|| lines.next().unwrap_or_default());
                reader.item(action, &meta, document)?;
            }
            None => {
                // Its document belongs to it, unless the next line is an action.
                let document = lines.next_if(|next| action_of(next).is_none());
                reader.malformed(line, document)?;
            }
        }
    }
    Ok(reader.end(identity))
}

/// Reads one document, as `POST /{index}/_doc` sends it.
///
/// # Errors
/// [`Unreadable`] when there is nothing in it.
pub fn document(sender: &Sender<'_>, index: &str, id: Option<&str>, body: &[u8]) -> Result<Bulk, Unreadable> {
    let body_text = String::from_utf8_lossy(body);
    if body_text.trim().is_empty() {
        return Err(Unreadable::Empty);
    }
    let identity = sender.identity("", body);
    let mut reader = Reader::new(sender, identity, Some(index));
    let id = id.map(str::to_owned);
    reader.document(Action::Index, Arc::from(index), id, body_text.trim())?;
    Ok(reader.end(identity))
}

fn action_of(line: &str) -> Option<Action> {
    action(line).map(|(action, _)| action)
}

/// The action of a line, if it is one.
fn action(line: &str) -> Option<(Action, Meta<'_>)> {
    let line: ActionLine<'_> = serde_json::from_str(line).ok()?;
    match line {
        ActionLine {
            create: Some(meta),
            index: None,
            update: None,
            delete: None,
        } => Some((Action::Create, meta)),
        ActionLine {
            create: None,
            index: Some(meta),
            update: None,
            delete: None,
        } => Some((Action::Index, meta)),
        ActionLine {
            create: None,
            index: None,
            update: Some(meta),
            delete: None,
        } => Some((Action::Update, meta)),
        ActionLine {
            create: None,
            index: None,
            update: None,
            delete: Some(meta),
        } => Some((Action::Delete, meta)),
        _ => None,
    }
}

/// Reads items one after the other.
struct Reader<'r> {
    sender: &'r Sender<'r>,
    gather: Gather<'r>,
    fallback: String,
    index: Arc<str>,
    items: Vec<Item>,
}

impl<'r> Reader<'r> {
    fn new(sender: &'r Sender<'r>, identity: u128, index: Option<&str>) -> Self {
        let gather = Gather::new(sender, identity);
        Self {
            sender,
            fallback: gather.received(),
            gather,
            index: Arc::from(index.unwrap_or(sender.token)),
            items: Vec::new(),
        }
    }

    fn end(self, identity: u128) -> Bulk {
        Bulk {
            deliveries: self.gather.finish(),
            items: self.items,
            identity,
        }
    }

    fn item(&mut self, action: Action, meta: &Meta<'_>, document: Option<&str>) -> Result<(), Unreadable> {
        let index = match meta._index.as_deref().filter(|name| !name.is_empty()) {
            None => Arc::clone(&self.index),
            // Most items of a body name the same.
            Some(name) => match self.items.last().filter(|last| *last.index == *name) {
                Some(last) => Arc::clone(&last.index),
                None => Arc::from(name),
            },
        };
        let id = meta._id.map(RawValue::get).filter(|id| *id != "null");
        let id = id.map(|id| text(id).map_or_else(|| id.to_owned(), Cow::into_owned));
        match (action, document) {
            (Action::Create | Action::Index, Some(document)) => self.document(action, index, id, document),
            _ => {
                let reason = format!(
                    "Tandem keeps events as they came; {} is not possible",
                    action.as_str()
                );
                self.push(action, index, id, Some(("illegal_argument_exception", reason)))
            }
        }
    }

    fn document(
        &mut self,
        action: Action,
        index: Arc<str>,
        id: Option<String>,
        document: &str,
    ) -> Result<(), Unreadable> {
        let error = match serde_json::from_str::<Object<'_>>(document) {
            Ok(object) if !object.is_empty() => {
                self.take(&index, &object)?;
                None
            }
            Ok(_) => Some("it is empty".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        let error = match error {
            None => None,
            Some(why) => {
                let source = self.source(&index, None);
                self.refuse(&source, document, &why)?;
                Some((
                    "document_parsing_exception",
                    format!("failed to parse the document: {why}"),
                ))
            }
        };
        self.push(action, index, id, error)
    }

    /// Takes a document: the line in it, or itself.
    fn take(&mut self, index: &str, object: &Object<'_>) -> Result<(), Unreadable> {
        let source = self.source(index, Some(object));
        let plain = Frame {
            time_name: "@timestamp",
            time: None,
            fallback: self.fallback.clone(),
            others: Vec::new(),
        };
        let Some(line) = line_in(object) else {
            return self.gather.object(&source, object, &plain);
        };
        match Line::of(&line) {
            Line::Object(inner) => {
                let frame = Frame {
                    time: object.get("@timestamp").map(str::to_owned),
                    others: ["host", "log", "event"]
                        .into_iter()
                        .filter_map(|name| Some((name, object.get(name)?.to_owned())))
                        .collect(),
                    ..plain
                };
                self.gather.object(&source, &inner, &frame)
            }
            Line::Unclaimed if !self.gather.headed(&source) => self.gather.object(&source, object, &plain),
            kind => self.gather.line(&source, &kind, &line),
        }
    }

    /// The name of the events' source.
    fn source(&self, index: &str, object: Option<&Object<'_>>) -> String {
        let dataset = object.and_then(|object| {
            let stream = object.nested("data_stream", "dataset");
            stream
                .filter(|name| name != "generic")
                .or_else(|| object.nested("event", "dataset"))
        });
        dataset
            .and_then(|dataset| name::clean(&dataset))
            .or_else(|| name::of_index(index))
            .unwrap_or_else(|| self.sender.token.to_owned())
    }

    fn malformed(&mut self, line: &str, document: Option<&str>) -> Result<(), Unreadable> {
        let raw = document.map_or_else(|| line.to_owned(), |document| format!("{line}\n{document}"));
        let index = Arc::clone(&self.index);
        let source = self.source(&index, None);
        let why = "the line before the document is no action such as {\"create\":{}}";
        self.refuse(&source, &raw, why)?;
        let reason = format!("Malformed action/metadata line: {why}");
        self.push(
            Action::Create,
            index,
            None,
            Some(("illegal_argument_exception", reason)),
        )
    }

    fn refuse(&mut self, source: &str, raw: &str, why: &str) -> Result<(), Unreadable> {
        let reason = format!("_bulk item {}: {why}", self.items.len());
        let hint = "correct what sends it: a line with the action, then the document as JSON on one line";
        self.gather
            .refuse(source, Refused::new(raw.as_bytes(), reason, hint))
    }

    fn push(
        &mut self,
        action: Action,
        index: Arc<str>,
        id: Option<String>,
        error: Option<(&'static str, String)>,
    ) -> Result<(), Unreadable> {
        if self.items.len() >= super::MOST_RECORDS {
            return Err(Unreadable::TooMany);
        }
        self.items.push(Item {
            action,
            index,
            id,
            error,
        });
        Ok(())
    }
}

/// The line that a forwarder read, if the document holds nothing else.
fn line_in<'d>(document: &Object<'d>) -> Option<Cow<'d, str>> {
    let wrapping = |name: &str| {
        let top = name.split_once('.').map_or(name, |(top, _)| top);
        WRAPPING.contains(&top)
    };
    // Fluent Bit and the container runtimes call the line `log`.
    if let Some(line) = document.text("log") {
        return document
            .all(wrapping)
            .then_some(line)
            .filter(|_| !document.has("message"));
    }
    if !document.all(wrapping) || !own_event_words(document) {
        return None;
    }
    document.text("message").filter(|line| !line.trim().is_empty())
}

/// True if nothing below `event` says what happened.
fn own_event_words(document: &Object<'_>) -> bool {
    let Some(event) = document.get("event") else {
        return document.all(|name| {
            name.strip_prefix("event.")
                .is_none_or(|word| WRAPPING_EVENT.contains(&word))
        });
    };
    serde_json::from_str::<Object<'_>>(event)
        .is_ok_and(|event| event.all(|word| WRAPPING_EVENT.contains(&word)))
}
