//! Audit log of a GitHub organisation (<https://docs.github.com/rest/orgs/orgs#get-the-audit-log-for-an-organization>).

use std::time::Duration;

use serde::Deserialize;
use tandem_domain::Timestamp;
use url::Url;

use super::api::{Answer, Api, Fault, Page, Request, Ways};
use super::cursor::Cursor;
use super::json::{self, Raws};
use super::settings::GithubSettings;
use super::{ask, auth::Auth, links};

/// GitHub's API.
pub(super) struct Github {
    base: Url,
    organisation: String,
    include: String,
    ways: Ways,
}

/// What is needed of an entry.
#[derive(Deserialize)]
struct Entry {
    #[serde(rename = "_document_id", default)]
    id: Option<String>,
    #[serde(rename = "@timestamp", default)]
    at: Option<i64>,
}

impl Github {
    /// Out of settings, and how it signs in.
    pub fn new(settings: &GithubSettings, ways: impl FnOnce(Ways) -> Ways) -> Result<(Self, Auth), String> {
        let auth = Auth::Fixed {
            scheme: "Bearer",
            token: settings.token.clone(),
        };
        let api = Self {
            base: links::base(settings.base.as_deref().unwrap_or("https://api.github.com"))?,
            organisation: settings.organisation.clone(),
            include: settings.include.clone(),
            // 1,750 requests an hour; what is left of them is said by each answer. GitHub keeps 180 days, Git events 7.
            ways: ways(Ways {
                window: Some(ask::DAY),
                overlap: Duration::from_secs(15 * 60),
                reach: ask::DAY * 180,
                pace: Duration::from_millis(500),
                every: Duration::from_secs(60),
            }),
        };
        Ok((api, auth))
    }
}

impl Api for Github {
    fn name(&self) -> &'static str {
        "GitHub"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        vec![self.organisation.clone()]
    }

    fn page(&self, stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        let url = links::page(&self.base, cursor.next.as_deref(), || {
            // Both ends of a range count; what happened at the border is known by its id.
            let (from, to) = (ask::plain(cursor.from), ask::plain(ask::end(cursor)));
            let phrase = format!("created:{from}+00:00..{to}+00:00");
            let query = [
                ("phrase", phrase.as_str()),
                ("include", &self.include),
                ("order", "asc"),
                ("per_page", "100"),
            ];
            links::below(&self.base, &["orgs", stream, "audit-log"], &query)
        })?;
        Ok(Request {
            headers: vec![
                ("accept", "application/vnd.github+json".to_owned()),
                ("x-github-api-version", "2022-11-28".to_owned()),
            ],
            ..Request::get(url)
        })
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let list: Raws<'_> = json::body(&answer.body, "list of entries")?;
        let items = json::items(&list, |entry: Entry| {
            let at = entry.at.and_then(|milliseconds| milliseconds.checked_mul(1_000));
            (entry.id, at.map(Timestamp))
        });
        Ok(Page {
            items,
            next: links::next(answer),
        })
    }
}
