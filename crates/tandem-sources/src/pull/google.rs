//! Google Workspace (Reports API) and Google Cloud (Cloud Logging).

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};
use tandem_domain::Timestamp;
use url::Url;

use super::api::{Answer, Api, Fault, Item, Page, Record, Request, Ways};
use super::cursor::Cursor;
use super::json;
use super::settings::{GoogleCloudSettings, GoogleWorkspaceSettings};
use super::{ask, auth::Auth, links};

/// The Reports API
/// (<https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list>).
pub(super) struct Workspace {
    base: Url,
    applications: Vec<String>,
    ways: Ways,
}

/// A page of activities, the latest first.
#[derive(Deserialize)]
struct Activities<'a> {
    #[serde(borrow, default)]
    items: Vec<&'a RawValue>,
    #[serde(rename = "nextPageToken", default)]
    next: Option<String>,
}

impl Workspace {
    /// Out of settings, and how it signs in.
    pub fn new(
        settings: &GoogleWorkspaceSettings,
        ways: impl FnOnce(Ways) -> Ways,
    ) -> Result<(Self, Auth), String> {
        let auth = Auth::Google {
            key: settings.key.clone(),
            subject: Some(settings.subject.clone()),
            scope: "https://www.googleapis.com/auth/admin.reports.audit.readonly",
            url: settings.login.as_deref().map(links::base).transpose()?,
        };
        let api = Self {
            base: links::base(settings.base.as_deref().unwrap_or("https://admin.googleapis.com"))?,
            applications: settings.applications.clone(),
            // Most come within minutes, some (logins, tokens) within hours; Google keeps 180 days. 2,400 requests a minute
            // for a project, fewer with filters.
            ways: ways(Ways {
                window: Some(Duration::from_secs(12 * 3_600)),
                overlap: Duration::from_secs(3 * 3_600),
                reach: ask::DAY * 180,
                pace: Duration::from_millis(250),
                every: Duration::from_secs(300),
            }),
        };
        Ok((api, auth))
    }
}

/// A parameter's value, whatever its kind; a message becomes an object of its own parameters.
fn value(parameter: &Value) -> Value {
    for kind in [
        "value",
        "multiValue",
        "intValue",
        "multiIntValue",
        "boolValue",
        "multiBoolValue",
    ] {
        if let Some(value) = parameter.get(kind) {
            return value.clone();
        }
    }
    if let Some(message) = parameter.get("messageValue") {
        return parameters(message.get("parameter"));
    }
    match parameter.get("multiMessageValue").and_then(Value::as_array) {
        Some(messages) => messages
            .iter()
            .map(|message| parameters(message.get("parameter")))
            .collect(),
        None => Value::Null,
    }
}

/// `[{"name": "doc_title", "value": "plan"}]` as `{"doc_title": "plan"}`.
fn parameters(list: Option<&Value>) -> Value {
    let mut named = Map::new();
    for parameter in list.and_then(Value::as_array).into_iter().flatten() {
        if let Some(name) = parameter.get("name").and_then(Value::as_str) {
            named.insert(name.to_owned(), value(parameter));
        }
    }
    Value::Object(named)
}

/// An activity holds several events; each becomes a record of its own with what they have in common. Where an activity
/// holds an event of one name several times, `event_index` tells them apart (0 is left out).
fn events(raw: &str) -> Option<Vec<Item>> {
    let mut activity: Map<String, Value> = serde_json::from_str(raw).ok()?;
    let id = activity.get("id")?;
    let at = id
        .get("time")
        .and_then(Value::as_str)
        .and_then(Timestamp::parse_rfc3339);
    let id = id.to_string();
    let Some(Value::Array(events)) = activity
        .remove("events")
        .filter(|events| events.as_array().is_some_and(|e| !e.is_empty()))
    else {
        let json = json::line(raw);
        return Some(vec![Item::Record(Record { id, at, json })]);
    };
    let mut before: Vec<String> = Vec::new();
    let mut items = Vec::with_capacity(events.len());
    for event in events {
        let mut record = activity.clone();
        let Value::Object(event) = event else {
            items.push(Item::Refused(json::no_record(&event.to_string())));
            continue;
        };
        for (key, value) in &event {
            let value = if key == "parameters" {
                parameters(Some(value))
            } else {
                value.clone()
            };
            record.insert(key.clone(), value);
        }
        let name = event
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let index = before.iter().filter(|known| **known == name).count();
        if index > 0 {
            record.insert("event_index".to_owned(), index.into());
        }
        items.push(Item::Record(Record {
            id: format!("{id} {name} {index}"),
            at,
            json: Value::Object(record).to_string().into_bytes(),
        }));
        before.push(name);
    }
    Some(items)
}

impl Api for Workspace {
    fn name(&self) -> &'static str {
        "Google Workspace"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        self.applications.clone()
    }

    fn page(&self, stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        let (from, to) = (cursor.from.to_string(), ask::end(cursor).to_string());
        let mut query = vec![
            ("startTime", from.as_str()),
            ("endTime", to.as_str()),
            ("maxResults", "1000"),
        ];
        if let Some(token) = &cursor.next {
            query.push(("pageToken", token));
        }
        let path = [
            "admin",
            "reports",
            "v1",
            "activity",
            "users",
            "all",
            "applications",
            stream,
        ];
        Ok(Request::get(links::below(&self.base, &path, &query)))
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let page: Activities<'_> = json::body(&answer.body, "list of activities")?;
        let items = page
            .items
            .iter()
            .flat_map(|raw| {
                events(raw.get()).unwrap_or_else(|| vec![Item::Refused(json::no_record(raw.get()))])
            })
            .collect();
        Ok(Page {
            items,
            next: page.next.filter(|token| !token.is_empty()),
        })
    }
}

/// Cloud Logging (<https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list>).
pub(super) struct Cloud {
    base: Url,
    resources: Vec<String>,
    filter: String,
    ways: Ways,
}

/// A page of entries.
#[derive(Deserialize)]
struct Entries<'a> {
    #[serde(borrow, default)]
    entries: Vec<&'a RawValue>,
    #[serde(rename = "nextPageToken", default)]
    next: Option<String>,
}

/// What is needed of an entry. Log, time and insert id together are unique.
#[derive(Deserialize)]
struct LogEntry {
    #[serde(rename = "logName", default)]
    log: String,
    #[serde(rename = "insertId", default)]
    insert: Option<String>,
    #[serde(default)]
    timestamp: Option<String>,
}

impl Cloud {
    /// Out of settings, and how it signs in.
    pub fn new(
        settings: &GoogleCloudSettings,
        ways: impl FnOnce(Ways) -> Ways,
    ) -> Result<(Self, Auth), String> {
        let auth = Auth::Google {
            key: settings.key.clone(),
            subject: None,
            scope: "https://www.googleapis.com/auth/logging.read",
            url: settings.login.as_deref().map(links::base).transpose()?,
        };
        let api = Self {
            base: links::base(
                settings
                    .base
                    .as_deref()
                    .unwrap_or("https://logging.googleapis.com"),
            )?,
            resources: settings.resources.clone(),
            filter: settings.filter.clone(),
            // 60 requests a minute for a project.
            ways: ways(Ways {
                window: Some(Duration::from_secs(3_600)),
                overlap: Duration::from_secs(10 * 60),
                reach: ask::DAY * 365,
                pace: Duration::from_millis(1_200),
                every: Duration::from_secs(60),
            }),
        };
        Ok((api, auth))
    }
}

impl Api for Cloud {
    fn name(&self) -> &'static str {
        "Google Cloud Logging"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        vec!["entries".to_owned()]
    }

    fn page(&self, _stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        let mut filter = format!(
            "timestamp >= \"{}\" AND timestamp < \"{}\"",
            cursor.from,
            ask::end(cursor)
        );
        if !self.filter.trim().is_empty() {
            filter = format!("({}) AND {filter}", self.filter);
        }
        let mut body = json!({
            "resourceNames": self.resources, "filter": filter, "orderBy": "timestamp asc", "pageSize": 1000,
        });
        if let (Some(token), Some(body)) = (&cursor.next, body.as_object_mut()) {
            body.insert("pageToken".to_owned(), token.as_str().into());
        }
        // `:` is kept as it is in a path.
        let url = links::below(&self.base, &["v2", "entries:list"], &[]);
        Ok(Request::post(url, body.to_string().into_bytes()))
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let page: Entries<'_> = json::body(&answer.body, "list of entries")?;
        let items = json::items(&page.entries, |entry: LogEntry| {
            let time = entry.timestamp.as_deref();
            let id = entry
                .insert
                .map(|insert| format!("{} {} {insert}", entry.log, time.unwrap_or_default()));
            (id, time.and_then(Timestamp::parse_rfc3339))
        });
        Ok(Page {
            items,
            next: page.next.filter(|token| !token.is_empty()),
        })
    }
}
