//! AWS CloudTrail's event history
//! (<https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>), JSON 1.1.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tandem_domain::Timestamp;
use url::Url;

use super::api::{Answer, Api, Fault, Item, Page, Record, Request, Ways};
use super::cursor::Cursor;
use super::json;
use super::settings::CloudtrailSettings;
use super::{ask, auth::Auth, links};

/// Operation, as botocore's model of the service has it.
const TARGET: &str = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents";

/// CloudTrail's API.
pub(super) struct Cloudtrail {
    regions: Vec<(String, Url)>,
    ways: Ways,
}

/// A page of events, the latest first.
#[derive(Deserialize)]
struct Events<'a> {
    #[serde(rename = "Events", borrow, default)]
    events: Vec<&'a RawValue>,
    #[serde(rename = "NextToken", default)]
    next: Option<String>,
}

/// An event; the record itself is JSON in a text.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "EventId", default)]
    id: Option<String>,
    #[serde(rename = "EventTime", default)]
    at: Value,
    #[serde(rename = "CloudTrailEvent")]
    record: String,
}

impl Cloudtrail {
    /// Out of settings, and how it signs.
    pub fn new(
        settings: &CloudtrailSettings,
        ways: impl FnOnce(Ways) -> Ways,
    ) -> Result<(Self, Auth), String> {
        let address = |region: &String| {
            let base = match &settings.base {
                Some(base) => base.replace("{region}", region),
                None if region.starts_with("cn-") => format!("https://cloudtrail.{region}.amazonaws.com.cn"),
                None => format!("https://cloudtrail.{region}.amazonaws.com"),
            };
            Ok((region.clone(), links::below(&links::base(&base)?, &[], &[])))
        };
        let auth = Auth::Aws {
            id: settings.access_key_id.clone(),
            secret: settings.secret_access_key.clone(),
            session: settings.session_token.clone(),
        };
        let api = Self {
            regions: settings
                .regions
                .iter()
                .map(address)
                .collect::<Result<_, String>>()?,
            // Two requests a second for an account and region; events are there about 15 minutes after the call at the
            // latest, and for 90 days. An hour at once, as a page token is lost with a restart that takes long.
            ways: ways(Ways {
                window: Some(Duration::from_secs(3_600)),
                overlap: Duration::from_secs(20 * 60),
                reach: ask::DAY * 90,
                pace: Duration::from_millis(600),
                every: Duration::from_secs(60),
            }),
        };
        Ok((api, auth))
    }
}

impl Api for Cloudtrail {
    fn name(&self) -> &'static str {
        "CloudTrail"
    }

    fn ways(&self) -> Ways {
        self.ways
    }

    fn streams(&self) -> Vec<String> {
        self.regions.iter().map(|(region, _)| region.clone()).collect()
    }

    fn page(&self, stream: &str, cursor: &Cursor) -> Result<Request, Fault> {
        let (region, url) = self
            .regions
            .iter()
            .find(|(region, _)| region == stream)
            .ok_or_else(|| Fault::Refused(format!("{stream} is no region of this source")))?;
        // Both ends count. A token goes with the very times it was given for.
        let mut body = serde_json::json!({
            "StartTime": ask::seconds(cursor.from), "EndTime": ask::seconds(ask::end(cursor)), "MaxResults": 50,
        });
        if let (Some(token), Some(body)) = (&cursor.next, body.as_object_mut()) {
            body.insert("NextToken".to_owned(), token.as_str().into());
        }
        Ok(Request {
            headers: vec![
                ("content-type", "application/x-amz-json-1.1".to_owned()),
                ("x-amz-target", TARGET.to_owned()),
            ],
            region: Some(region.clone()),
            ..Request::post(url.clone(), body.to_string().into_bytes())
        })
    }

    fn read(&self, _stream: &str, answer: &Answer) -> Result<Page, Fault> {
        let page: Events<'_> = json::body(&answer.body, "list of events")?;
        let items = page
            .events
            .iter()
            .map(|raw| {
                let event = serde_json::from_str::<Event>(raw.get()).ok();
                let whole = event.filter(|event| {
                    serde_json::from_str::<&RawValue>(&event.record)
                        .is_ok_and(|record| record.get().starts_with('{'))
                });
                let Some(event) = whole else {
                    return Item::Refused(json::no_record(raw.get()));
                };
                let json = json::line(&event.record);
                Item::Record(Record {
                    id: event
                        .id
                        .unwrap_or_else(|| String::from_utf8_lossy(&json).into_owned()),
                    // A number on the wire, a text where a tool has written it anew.
                    at: match &event.at {
                        Value::Number(seconds) => {
                            seconds.as_f64().map(|seconds| Timestamp((seconds * 1e6) as i64))
                        }
                        Value::String(text) => Timestamp::parse_rfc3339(text),
                        _ => None,
                    },
                    json,
                })
            })
            .collect();
        Ok(Page {
            items,
            next: page.next.filter(|token| !token.is_empty()),
        })
    }
}
