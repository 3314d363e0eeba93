//! The services' side of pulls, written after their documentation; each function names the page. What it holds is found by
//! time and paged as the page says, records come late and repeated, and trouble is mixed in by a script.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::sync::watch;

/// Trouble that a request meets instead of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// 500.
    Error,
    /// 429 with `Retry-After: 0`.
    TooMany,
    /// The service's own way of «too many», with the status and code its documentation has.
    OwnTooMany,
    /// 401; the token is none any more.
    Unauthorized,
    /// 200, whole, and no JSON.
    Broken,
    /// 200 that breaks off in the middle.
    Truncated,
    /// 200 with a page for people.
    Html,
}

/// One record that a service holds.
#[derive(Debug, Clone)]
pub struct Held {
    /// Milliseconds since 1970.
    pub at: i64,
    /// Its id.
    pub id: String,
    /// The step from which on it shows itself; see [`Far::shown`].
    pub after: usize,
    /// Whole.
    pub json: Value,
}

/// What the far side is made of.
#[derive(Debug, Default)]
pub struct Far {
    /// Address, once it listens.
    pub base: String,
    /// Records.
    pub held: Vec<Held>,
    /// Trouble by number of request, from 1.
    pub script: BTreeMap<usize, Trouble>,
    /// Records on a page.
    pub page: usize,
    /// True if each page but the first begins with the last record of the one before.
    pub repeats: bool,
    /// True if every page leads to the first.
    pub circle: bool,
    /// True if page tokens are refused, as after a long time.
    pub forgets: bool,
    /// What comes late shows itself from this step on.
    pub shown: AtomicUsize,
    /// Requests so far.
    pub asked: watch::Sender<usize>,
    /// What was asked, with its headers and body.
    pub requests: Mutex<Vec<(String, HeaderMap, Bytes)>>,
    /// Tokens handed out.
    pub tokens: Mutex<Vec<String>>,
    /// Forms that asked for tokens.
    pub forms: Mutex<Vec<HashMap<String, String>>>,
    /// Which trouble a service has a way of its own for.
    pub own: Option<(u16, Value)>,
    /// Content that is gone or broken for ever, by id.
    pub lost: HashMap<String, u16>,
}

type Side = State<Arc<Far>>;

impl Far {
    /// Listens on a free port of this machine.
    pub async fn start(mut self, router: fn() -> Router<Arc<Self>>) -> Arc<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        self.base = format!("http://{}", listener.local_addr().unwrap());
        let far = Arc::new(self);
        let app = router()
            .layer(from_fn_with_state(Arc::clone(&far), mix_in))
            .route("/{tenant}/oauth2/v2.0/token", post(token))
            .route("/token", post(token))
            .route("/oauth2/v1/token", post(token))
            .with_state(Arc::clone(&far));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        far
    }

    /// What shows itself now, between two times (milliseconds, both included), oldest first.
    fn between(&self, from: i64, to: i64) -> Vec<&Held> {
        let shown = self.shown.load(Ordering::Relaxed);
        let mut found: Vec<&Held> = self
            .held
            .iter()
            .filter(|held| held.after <= shown && (from..=to).contains(&held.at))
            .collect();
        found.sort_by_key(|held| (held.at, held.id.clone()));
        found
    }

    /// A page from `start`, and where the next begins.
    fn cut<'a>(&self, found: &[&'a Held], start: usize) -> (Vec<&'a Held>, Option<usize>) {
        let first = if self.repeats && start > 0 {
            start - 1
        } else {
            start
        };
        let end = (start + self.page).min(found.len());
        let page = found.get(first..end).unwrap_or_default().to_vec();
        let next = if self.circle {
            Some(0)
        } else {
            (end < found.len()).then_some(end)
        };
        (page, next)
    }
}

/// Counts a request, asks for a token, and plays the script.
async fn mix_in(State(far): Side, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    far.requests
        .lock()
        .unwrap()
        .push((parts.uri.to_string(), parts.headers.clone(), body.clone()));
    let number = *far.asked.borrow() + 1;
    far.asked.send_replace(number);
    let proof = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let known = proof.starts_with("SSWS ")
        || proof.starts_with("Bearer ghp_")
        || proof.starts_with("AWS4-HMAC-SHA256 ")
        || far
            .tokens
            .lock()
            .unwrap()
            .iter()
            .any(|token| proof == format!("Bearer {token}"));
    if !known {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let page = |status: StatusCode, kind: &'static str, body: Body| {
        Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, kind)
            .body(body)
            .unwrap()
    };
    match far.script.get(&number) {
        None => next.run(Request::from_parts(parts, Body::from(body))).await,
        Some(Trouble::Error) => page(
            StatusCode::INTERNAL_SERVER_ERROR,
            "application/json",
            Body::from("{}"),
        ),
        Some(Trouble::TooMany) => {
            let mut answer = page(
                StatusCode::TOO_MANY_REQUESTS,
                "application/json",
                Body::from("{}"),
            );
            answer
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("0"));
            answer
        }
        Some(Trouble::OwnTooMany) => {
            let (status, body) = far.own.clone().unwrap();
            page(
                StatusCode::from_u16(status).unwrap(),
                "application/json",
                Body::from(body.to_string()),
            )
        }
        Some(Trouble::Unauthorized) => {
            far.tokens.lock().unwrap().clear();
            page(StatusCode::UNAUTHORIZED, "application/json", Body::from("{}"))
        }
        Some(Trouble::Broken) => page(
            StatusCode::OK,
            "application/json",
            Body::from("[{\"Id\": \"1\", "),
        ),
        Some(Trouble::Html) => page(
            StatusCode::OK,
            "text/html; charset=utf-8",
            Body::from("<h1>Sign in</h1>"),
        ),
        Some(Trouble::Truncated) => {
            let halves = [
                Ok(Bytes::from_static(b"[{\"Id\": ")),
                Err(std::io::Error::other("gone")),
            ];
            page(
                StatusCode::OK,
                "application/json",
                Body::from_stream(futures_util::stream::iter(halves)),
            )
        }
    }
}

/// A token endpoint: <https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow>,
/// <https://developers.google.com/identity/protocols/oauth2/service-account>,
/// <https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/>.
async fn token(State(far): Side, body: Bytes) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let wrong = form
        .get("client_secret")
        .is_some_and(|secret| secret != "the-secret");
    far.forms.lock().unwrap().push(form);
    if wrong {
        let why = json!({"error": "invalid_client", "error_description":
            "AADSTS7000215: Invalid client secret provided. Trace ID: 0 Correlation ID: 1", "error_codes": [7_000_215]});
        return (StatusCode::UNAUTHORIZED, axum::Json(why)).into_response();
    }
    let mut tokens = far.tokens.lock().unwrap();
    let token = format!("token-{}-{}", far.forms.lock().unwrap().len(), "x".repeat(60));
    tokens.push(token.clone());
    axum::Json(json!({"token_type": "Bearer", "expires_in": 3_599, "access_token": token})).into_response()
}

fn millis(text: &str) -> i64 {
    let text = text.replace(' ', "+");
    let zoned = if text.contains('Z') || text.contains('+') {
        text
    } else {
        format!("{text}Z")
    };
    zoned.parse::<jiff::Timestamp>().unwrap().as_millisecond()
}

fn with(name: &'static str, value: String, body: Value) -> Response {
    let mut answer = axum::Json(body).into_response();
    if !value.is_empty() {
        answer.headers_mut().insert(
            HeaderName::from_static(name),
            HeaderValue::from_str(&value).unwrap(),
        );
    }
    answer
}

type Asked = Query<HashMap<String, String>>;

fn start_of(token: Option<&String>) -> usize {
    token.map_or(0, |token| token.rsplit('-').next().unwrap().parse().unwrap())
}

fn refuses(far: &Far, token: Option<&String>) -> Option<Response> {
    (far.forgets && token.is_some()).then(|| {
        (
            StatusCode::BAD_REQUEST,
            axum::Json(json!({"error": {"code": "BadRequest"}})),
        )
            .into_response()
    })
}

/// Office 365 Management Activity API
/// (<https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-reference>): `startTime`
/// included, `endTime` not, at most 24 hours apart and 7 days back; the list is paged by the header `NextPageUri`; each held
/// record is a blob with two records in it.
pub fn m365() -> Router<Arc<Far>> {
    const FEED: &str = "/api/v1.0/{tenant}/activity/feed";
    Router::new()
        .route(&format!("{FEED}/subscriptions/start"), post(async |Query(asked): Asked| {
            assert!(asked.contains_key("PublisherIdentifier"));
            let why = json!({"error": {"code": "AF20024", "message": "The subscription is already enabled. No property change."}});
            (StatusCode::BAD_REQUEST, axum::Json(why))
        }))
        .route(&format!("{FEED}/subscriptions/content"), get(async |State(far): Side, Query(asked): Asked| {
            if let Some(no) = refuses(&far, asked.get("nextPage")) {
                return no;
            }
            let (from, to) = (millis(&asked["startTime"]), millis(&asked["endTime"]));
            let day = 86_400_000;
            let now = jiff::Timestamp::now().as_millisecond();
            if to - from > day || from < now - 7 * day {
                let why = json!({"error": {"code": "AF20030", "message": "Start time and end time must both be specified."}});
                return (StatusCode::BAD_REQUEST, axum::Json(why)).into_response();
            }
            let kind = &asked["contentType"];
            let found: Vec<&Held> = far.between(from, to - 1).into_iter().filter(|held| held.json["contentType"] == **kind).collect();
            let (page, next) = far.cut(&found, start_of(asked.get("nextPage")));
            let list: Vec<Value> = page
                .iter()
                .map(|held| {
                    let mut entry = held.json.clone();
                    entry["contentId"] = held.id.clone().into();
                    entry["contentUri"] = format!("{}/api/v1.0/t/activity/feed/audit/{}", far.base, held.id).into();
                    entry
                })
                .collect();
            let next = next.map(|start| {
                format!(
                    "{}/api/v1/t/activity/feed/subscriptions/content?contentType={kind}&startTime={}&endTime={}&nextPage=2026-{start}",
                    far.base, asked["startTime"], asked["endTime"]
                )
                .replace("/api/v1/", "/api/v1.0/")
            });
            with("nextpageuri", next.unwrap_or_default(), list.into())
        }))
        .route(&format!("{FEED}/audit/{{id}}"), get(async |State(far): Side, Path((_, id)): Path<(String, String)>| {
            match far.lost.get(&id) {
                Some(200) => return ([(header::CONTENT_TYPE, "application/json")], "[{\"Id\"").into_response(),
                Some(_) => {
                    let why = json!({"error": {"code": "AF20051", "message": "Content requested with the key has already expired."}});
                    return (StatusCode::BAD_REQUEST, axum::Json(why)).into_response();
                }
                None => {}
            }
            let record = |number: u32| {
                json!({"Id": format!("{id}/{number}"), "CreationTime": "2026-03-02T08:00:00", "Operation": "FileDownloaded",
                    "OrganizationId": "t", "RecordType": 6, "UserType": 0, "Workload": "SharePoint", "UserId": "ann@aldermoor.example"})
            };
            axum::Json(json!([record(1), record(2)])).into_response()
        }))
}

/// Microsoft Graph (<https://learn.microsoft.com/graph/api/signin-list>,
/// <https://learn.microsoft.com/graph/api/directoryaudit-list>): latest first, `@odata.nextLink`, filters with `ge` and `le`.
pub fn graph() -> Router<Arc<Far>> {
    Router::new().route("/v1.0/auditLogs/{log}", get(async |State(far): Side, Path(log): Path<String>, Query(asked): Asked| {
        if let Some(no) = refuses(&far, asked.get("$skiptoken")) {
            return no;
        }
        let words: Vec<&str> = asked["$filter"].split(' ').collect();
        let time = if log == "signIns" { "createdDateTime" } else { "activityDateTime" };
        assert_eq!((words[0], words[1], words[4], words[5]), (time, "ge", time, "le"));
        let mut found: Vec<&Held> = far
            .between(millis(words[2]), millis(words[6]))
            .into_iter()
            .filter(|held| held.json[time].is_string())
            .collect();
        found.reverse();
        let (page, next) = far.cut(&found, start_of(asked.get("$skiptoken")));
        let mut body = json!({"@odata.context": "https://graph.microsoft.com/v1.0/$metadata#auditLogs/signIns",
            "value": page.iter().map(|held| held.json.clone()).collect::<Vec<_>>()});
        if let Some(start) = next {
            let mut url = url::Url::parse(&format!("{}/v1.0/auditLogs/{log}", far.base)).unwrap();
            url.query_pairs_mut()
                .append_pair("$filter", &asked["$filter"])
                .append_pair("$skiptoken", &format!("9177f2e3-{start}"));
            body["@odata.nextLink"] = url.as_str().into();
        }
        axum::Json(body).into_response()
    }))
}

/// Okta System Log (<https://developer.okta.com/docs/reference/system-log-query/>), polling requests: what was kept last
/// comes last, whatever its `published`; there is always a next link.
pub fn okta() -> Router<Arc<Far>> {
    Router::new().route(
        "/api/v1/logs",
        get(async |State(far): Side, Query(asked): Asked| {
            if let Some(no) = refuses(&far, asked.get("after")) {
                return no;
            }
            assert_eq!(
                (asked["sortOrder"].as_str(), asked.get("until")),
                ("ASCENDING", None)
            );
            let shown = far.shown.load(Ordering::Relaxed);
            let mut found: Vec<&Held> = far.held.iter().filter(|held| held.after <= shown).collect();
            if !asked.contains_key("after") {
                found.retain(|held| held.at >= millis(&asked["since"]));
            }
            // In the order in which they were kept.
            found.sort_by_key(|held| (held.after, held.at));
            let start = start_of(asked.get("after"));
            let (page, _) = far.cut(&found, start);
            let end = if far.circle {
                start
            } else {
                (start + far.page).min(found.len())
            };
            let list = page.iter().map(|held| held.json.clone()).collect::<Vec<_>>();
            let mut answer = axum::Json(list).into_response();
            for link in [
                format!("<{}/api/v1/logs?since=x>; rel=\"self\"", far.base),
                format!(
                    "<{}/api/v1/logs?sortOrder=ASCENDING&limit=1000&after=349996bd-{end}>; rel=\"next\"",
                    far.base
                ),
            ] {
                answer
                    .headers_mut()
                    .append(header::LINK, HeaderValue::from_str(&link).unwrap());
            }
            for (name, value) in [
                ("x-rate-limit-limit", "600"),
                ("x-rate-limit-remaining", "598"),
                ("x-rate-limit-reset", "1900000000"),
            ] {
                answer
                    .headers_mut()
                    .insert(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            answer
        }),
    )
}

/// Reports API (<https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities/list>): latest first,
/// `nextPageToken`; written over several lines, as Google does.
pub fn workspace() -> Router<Arc<Far>> {
    Router::new().route(
        "/admin/reports/v1/activity/users/all/applications/{application}",
        get(
            async |State(far): Side, Path(application): Path<String>, Query(asked): Asked| {
                if let Some(no) = refuses(&far, asked.get("pageToken")) {
                    return no;
                }
                let mut found: Vec<&Held> = far
                    .between(millis(&asked["startTime"]), millis(&asked["endTime"]))
                    .into_iter()
                    .filter(|held| held.json["id"]["applicationName"] == application)
                    .collect();
                found.reverse();
                let (page, next) = far.cut(&found, start_of(asked.get("pageToken")));
                let mut body = json!({"kind": "admin#reports#activities", "etag": "\"e\""});
                if !page.is_empty() {
                    body["items"] = page
                        .iter()
                        .map(|held| held.json.clone())
                        .collect::<Vec<_>>()
                        .into();
                }
                if let Some(start) = next {
                    body["nextPageToken"] = format!("A:1-{start}").into();
                }
                let text = serde_json::to_string_pretty(&body).unwrap();
                ([(header::CONTENT_TYPE, "application/json; charset=UTF-8")], text).into_response()
            },
        ),
    )
}

/// Cloud Logging (<https://cloud.google.com/logging/docs/reference/v2/rest/v2/entries/list>): oldest first, `nextPageToken`.
pub fn cloud() -> Router<Arc<Far>> {
    Router::new().route(
        "/v2/entries:list",
        post(async |State(far): Side, axum::Json(asked): axum::Json<Value>| {
            let token = asked["pageToken"].as_str().map(str::to_owned);
            if let Some(no) = refuses(&far, token.as_ref()) {
                return no;
            }
            assert_eq!(asked["orderBy"], "timestamp asc");
            assert_eq!(asked["resourceNames"], json!(["organizations/42"]));
            let times: Vec<i64> = asked["filter"]
                .as_str()
                .unwrap()
                .split('"')
                .filter(|part| part.starts_with("20"))
                .map(millis)
                .collect();
            let found = far.between(times[0], times[1] - 1);
            let (page, next) = far.cut(&found, start_of(token.as_ref()));
            let mut body = json!({});
            if !page.is_empty() {
                body["entries"] = page
                    .iter()
                    .map(|held| held.json.clone())
                    .collect::<Vec<_>>()
                    .into();
            }
            if let Some(start) = next {
                body["nextPageToken"] = format!("EAA4-{start}").into();
            }
            axum::Json(body).into_response()
        }),
    )
}

/// CloudTrail (<https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>): latest first,
/// `NextToken`, the record as JSON in a text; botocore reads it in a test of its own.
pub fn cloudtrail() -> Router<Arc<Far>> {
    Router::new().route("/", post(async |State(far): Side, headers: HeaderMap, body: Bytes| {
        assert_eq!(
            headers["x-amz-target"],
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
        );
        let asked: Value = serde_json::from_slice(&body).unwrap();
        let token = asked["NextToken"].as_str().map(str::to_owned);
        if far.forgets && token.is_some() {
            let why = json!({"__type": "InvalidNextTokenException", "message": "The token is invalid."});
            return (StatusCode::BAD_REQUEST, axum::Json(why)).into_response();
        }
        let time = |name: &str| (asked[name].as_f64().unwrap() * 1_000.0) as i64;
        let mut found = far.between(time("StartTime"), time("EndTime"));
        found.reverse();
        let (page, next) = far.cut(&found, start_of(token.as_ref()));
        let events: Vec<Value> = page
            .iter()
            .map(|held| {
                json!({"EventId": held.id, "EventTime": held.at as f64 / 1_000.0, "EventName": held.json["eventName"],
                    "ReadOnly": "false", "Username": "jdoe", "Resources": [], "CloudTrailEvent": held.json.to_string()})
            })
            .collect();
        let mut body = json!({"Events": events});
        if let Some(start) = next {
            body["NextToken"] = format!("kbOt5LlZe-{start}").into();
        }
        ([(header::CONTENT_TYPE, "application/x-amz-json-1.1")], body.to_string()).into_response()
    }))
}

/// GitHub (<https://docs.github.com/rest/orgs/orgs#get-the-audit-log-for-an-organization>,
/// <https://docs.github.com/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization>):
/// ranges of `created`, `order=asc`, a cursor in the `Link` header.
pub fn github() -> Router<Arc<Far>> {
    Router::new().route(
        "/orgs/{org}/audit-log",
        get(
            async |State(far): Side, Path(org): Path<String>, Query(asked): Asked| {
                if let Some(no) = refuses(&far, asked.get("after")) {
                    return no;
                }
                assert_eq!(
                    (org.as_str(), asked["order"].as_str(), asked["include"].as_str()),
                    ("octo-org", "asc", "all")
                );
                let (from, to) = asked["phrase"]
                    .strip_prefix("created:")
                    .unwrap()
                    .split_once("..")
                    .unwrap();
                let found = far.between(millis(from), millis(to));
                let (page, next) = far.cut(&found, start_of(asked.get("after")));
                let list = page.iter().map(|held| held.json.clone()).collect::<Vec<_>>();
                let link = next.map(|start| {
                    let mut url = url::Url::parse(&format!("{}/orgs/{org}/audit-log", far.base)).unwrap();
                    url.query_pairs_mut().extend_pairs([
                        ("phrase", asked["phrase"].as_str()),
                        ("include", "all"),
                        ("order", "asc"),
                        ("after", &format!("MS42-{start}")),
                    ]);
                    format!(
                        "<{url}>; rel=\"next\", <{}/orgs/{org}/audit-log?before=>; rel=\"prev\"",
                        far.base
                    )
                });
                with("link", link.unwrap_or_default(), list.into())
            },
        ),
    )
}
