//! Okta System Log, by polling requests
//! (<https://developer.okta.com/docs/reference/system-log-query/>): no `until`, ascending; every event comes, by the time at
//! which Okta kept it, and there is always a next link.

use std::time::Duration;

use serde::Deserialize;
use tandem_domain::Timestamp;
use url::Url;

use super::api::{Answer, Api, Fault, Page, Request, Ways};
use super::cursor::Cursor;
use super::json::{self, Raws};
use super::settings::OktaSettings;
use super::{ask, auth::Auth, links};

/// Okta's API.
pub(super) struct Okta {
    base: Url,
    ways: Ways,
}

/// What is needed of an event.
#[derive(Deserialize)]
struct LogEvent {
    #[serde(default)]
    uuid: Option<String>,
    #[serde(default)]
    published: Option<String>,
}

impl Okta {
    /// Out of settings, and how it signs in.
    pub fn new(settings: &OktaSettings, ways: impl FnOnce(Ways) -> Ways) -> Result<(Self, Auth), String> {
        let address = match (&settings.base, &settings.domain) {
            (Some(base), _) => base.clone(),
            (None, domain) => format!("https://{}", domain.as_deref().unwrap_or_default()),
        };
        let base = links::base(&address)?;
        let auth = match (&settings.token, &settings.application) {
            (Some(token), _) => Auth::Fixed {
                scheme: "SSWS",
                token: token.clone(),
            },
            (None, Some(application)) => Auth::Assertion {
                url: links::below(&base, &["oauth2", "v1", "token"], &[]),
                client_id: application.client_id.clone(),
                key: application.key.clone(),
                key_id: application.key_id.clone(),
                scope: "okta.logs.read",
            },
            (None, None) => return Err("okta needs either `token` or `application`".to_owned()),
        };
        let api = Self {
            base,
            // Okta keeps 90 days. The overlap counts only when a link has run out.
            ways: Ways {
                window: None,
                ..ways(Ways {
                    window: None,
                    overlap: Duration::from_secs(15 * 60),
                    reach: ask::DAY * 90,
                    pace: Duration::from_millis(200),
                    every: Duration::from_secs(30),
                })
            },
        };
        Ok((api, auth))
    }
}

impl Api for Okta {
    fn name(&self) -> &'static str {
        "Okta"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        vec!["logs".to_owned()]
    }

    fn page(&self, _stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        links::page(&self.base, cursor.next.as_deref(), || {
            let since = cursor.from.to_string();
            let query = [
                ("since", since.as_str()),
                ("sortOrder", "ASCENDING"),
                ("limit", "1000"),
            ];
            links::below(&self.base, &["api", "v1", "logs"], &query)
        })
        .map(Request::get)
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let list: Raws<'_> = json::body(&answer.body, "list of events")?;
        let items = json::items(&list, |event: LogEvent| {
            (
                event.uuid,
                event.published.as_deref().and_then(Timestamp::parse_rfc3339),
            )
        });
        let next = links::next(answer).ok_or_else(|| {
            Fault::Again(
                "its answer has no link to the next page, which a polling request always has".to_owned(),
            )
        })?;
        Ok(Page {
            items,
            next: Some(next),
        })
    }
}
