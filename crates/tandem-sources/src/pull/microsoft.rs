//! Microsoft 365 (Office 365 Management Activity API) and Microsoft Graph (`auditLogs`).

use std::time::Duration;

use serde::Deserialize;
use serde_json::value::RawValue;
use tandem_domain::Timestamp;
use url::Url;

use super::api::{Answer, Api, Fault, Item, Page, Request, Ways};
use super::cursor::Cursor;
use super::json::{self, Raws};
use super::settings::{GraphLog, GraphSettings, M365Settings};
use super::{ask, auth::Auth, links};

/// Where Entra ID hands out tokens.
const LOGIN: &str = "https://login.microsoftonline.com";

fn secret(
    login: Option<&String>,
    tenant: &str,
    client: (&str, &crate::SecretPlace),
    base: &Url,
) -> Result<Auth, String> {
    let login = links::base(login.map_or(LOGIN, String::as_str))?;
    let root = base.as_str().trim_end_matches('/');
    Ok(Auth::Secret {
        url: links::below(&login, &[tenant, "oauth2", "v2.0", "token"], &[]),
        client_id: client.0.to_owned(),
        secret: client.1.clone(),
        scope: format!("{root}/.default"),
    })
}

/// The Office 365 Management Activity API
/// (<https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference>).
pub(super) struct M365 {
    base: Url,
    tenant: String,
    publisher: String,
    types: Vec<String>,
    ways: Ways,
}

/// An entry of the list of available content.
#[derive(Deserialize)]
struct Content {
    #[serde(rename = "contentId")]
    id: String,
    #[serde(rename = "contentUri")]
    uri: String,
    #[serde(rename = "contentCreated", default)]
    created: Option<String>,
}

/// What is needed of an audit record.
#[derive(Deserialize)]
struct AuditRecord {
    #[serde(rename = "Id", default)]
    id: Option<String>,
}

impl M365 {
    /// Out of settings, and how it signs in. `ways` are what the settings say of it.
    pub fn new(settings: &M365Settings, ways: impl FnOnce(Ways) -> Ways) -> Result<(Self, Auth), String> {
        let base = links::base(settings.base.as_deref().unwrap_or("https://manage.office.com"))?;
        let client = (settings.client_id.as_str(), &settings.client_secret);
        let auth = secret(settings.login.as_ref(), &settings.tenant, client, &base)?;
        let api = Self {
            base,
            tenant: settings.tenant.clone(),
            publisher: settings
                .publisher
                .clone()
                .unwrap_or_else(|| settings.tenant.clone()),
            types: settings.content_types.clone(),
            // At most 24 hours at once and 7 days back; times are those at which content became available, so that an hour
            // again is only for listings of servers that do not agree yet. 2,000 requests a minute for each tenant.
            ways: ways(Ways {
                window: Some(ask::DAY),
                overlap: Duration::from_secs(3_600),
                reach: ask::DAY * 7,
                pace: Duration::from_millis(50),
                every: Duration::from_secs(60),
            }),
        };
        Ok((api, auth))
    }

    fn feed(&self, operation: &str, query: &[(&str, &str)]) -> Url {
        let path = [
            "api",
            "v1.0",
            &self.tenant,
            "activity",
            "feed",
            "subscriptions",
            operation,
        ];
        let publisher = [("PublisherIdentifier", self.publisher.as_str())];
        links::below(&self.base, &path, &[query, &publisher].concat())
    }
}

impl Api for M365 {
    fn name(&self) -> &'static str {
        "Microsoft 365"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        self.types.clone()
    }

    fn first(&self, stream: &str) -> Option<Request> {
        let url = self.feed("start", &[("contentType", stream)]);
        Some(Request::post(url, Vec::new()))
    }

    fn ready(&self, answer: &Answer) -> bool {
        // «The subscription is already enabled. No property change.»
        super::words::code_and_message(&answer.body).0 == "AF20024"
    }

    fn page(&self, stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        links::page(&self.base, cursor.next.as_deref(), || {
            let (from, to) = (ask::plain(cursor.from), ask::plain(ask::end(cursor)));
            self.feed(
                "content",
                &[("contentType", stream), ("startTime", &from), ("endTime", &to)],
            )
        })
        .map(Request::get)
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let list: Raws<'_> = json::body(&answer.body, "list of content")?;
        let items = list
            .iter()
            .map(|raw| match serde_json::from_str::<Content>(raw.get()) {
                Ok(content) => Item::Blob {
                    at: content.created.as_deref().and_then(Timestamp::parse_rfc3339),
                    id: content.id,
                    link: content.uri,
                    entry: json::line(raw.get()),
                },
                Err(_) => Item::Refused(json::no_record(raw.get())),
            })
            .collect();
        let next = answer.header("nextpageuri").filter(|link| !link.is_empty());
        Ok(Page {
            items,
            next: next.map(str::to_owned),
        })
    }

    fn blob(&self, link: &str) -> Result<Request, Fault> {
        let gone = || Fault::Gone("its link leads to another host".to_owned());
        let mut url = links::own(&self.base, link).ok_or_else(gone)?;
        if !url.query_pairs().any(|(name, _)| name == "PublisherIdentifier") {
            url.query_pairs_mut()
                .append_pair("PublisherIdentifier", &self.publisher);
        }
        Ok(Request::get(url))
    }

    fn open(&self, answer: &Answer) -> Result<Vec<Item>, Fault> {
        let list: Raws<'_> = json::body(&answer.body, "content")?;
        Ok(json::items(&list, |record: AuditRecord| (record.id, None)))
    }
}

/// Microsoft Graph's `auditLogs`
/// (<https://learn.microsoft.com/graph/api/signin-list>, <https://learn.microsoft.com/graph/api/directoryaudit-list>).
pub(super) struct Graph {
    base: Url,
    logs: Vec<GraphLog>,
    ways: Ways,
}

/// A page of Graph.
#[derive(Deserialize)]
struct Values<'a> {
    #[serde(borrow)]
    value: Vec<&'a RawValue>,
    #[serde(rename = "@odata.nextLink", default)]
    next: Option<String>,
}

/// What is needed of a sign-in or an audit.
#[derive(Deserialize)]
struct GraphRecord {
    id: Option<String>,
    #[serde(rename = "createdDateTime", default)]
    created: Option<String>,
    #[serde(rename = "activityDateTime", default)]
    active: Option<String>,
}

const fn log_name(log: GraphLog) -> &'static str {
    match log {
        GraphLog::SignIns => "signIns",
        GraphLog::DirectoryAudits => "directoryAudits",
    }
}

impl Graph {
    /// Out of settings, and how it signs in.
    pub fn new(settings: &GraphSettings, ways: impl FnOnce(Ways) -> Ways) -> Result<(Self, Auth), String> {
        let base = links::base(settings.base.as_deref().unwrap_or("https://graph.microsoft.com"))?;
        let client = (settings.client_id.as_str(), &settings.client_secret);
        let auth = secret(settings.login.as_ref(), &settings.tenant, client, &base)?;
        let api = Self {
            base,
            logs: settings.logs.clone(),
            // Sign-ins come minutes late. Reports allow 5 requests in 10 seconds for an application and tenant, two
            // streams share them. Entra keeps 30 days with a licence, 7 without.
            ways: ways(Ways {
                window: Some(Duration::from_secs(6 * 3_600)),
                overlap: Duration::from_secs(30 * 60),
                reach: ask::DAY * 30,
                pace: Duration::from_secs(4),
                every: Duration::from_secs(120),
            }),
        };
        Ok((api, auth))
    }
}

impl Api for Graph {
    fn name(&self) -> &'static str {
        "Microsoft Graph"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        self.logs.iter().map(|log| log_name(*log).to_owned()).collect()
    }

    fn page(&self, stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        links::page(&self.base, cursor.next.as_deref(), || {
            let time = if stream == log_name(GraphLog::SignIns) {
                "createdDateTime"
            } else {
                "activityDateTime"
            };
            // `lt` is not among the documented operators; what happened at the border itself is known by its id.
            let (from, to) = (cursor.from, ask::end(cursor));
            let filter = format!("{time} ge {from} and {time} le {to}");
            links::below(
                &self.base,
                &["v1.0", "auditLogs", stream],
                &[("$filter", &filter), ("$top", "999")],
            )
        })
        .map(Request::get)
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let page: Values<'_> = json::body(&answer.body, "list of records")?;
        let items = json::items(&page.value, |record: GraphRecord| {
            let time = record.created.or(record.active);
            (record.id, time.as_deref().and_then(Timestamp::parse_rfc3339))
        });
        Ok(Page {
            items,
            next: page.next,
        })
    }
}
