//! What forwarders send is answered as each expects it.

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use serde_json::{Value, json};
use tandem_domain::Role;
use tandem_server::http::forward::alone;
use tandem_server::http::routes::router;
use tandem_server::intake;
use tokio::net::TcpListener;
use tokio::time::timeout;

use crate::support::{Answer, Place};

pub const PATIENCE: Duration = Duration::from_secs(90);
const CHANNEL: &str = "FE0ECFAD-13D5-401B-847D-77833BD77131";
const LINE: &str = "2026-05-04T10:00:00Z user=mona action=copy";

/// A Tandem that listens.
pub struct Served {
    pub place: Place,
    running: intake::Running,
    pub token: String,
    pub port: u16,
}

impl Served {
    pub async fn new() -> Self {
        let place = Place::new().await;
        let router = router(Arc::clone(&place.app));
        Self::with(place, router).await
    }

    /// On a listener of its own, without the console.
    pub async fn alone() -> Self {
        let place = Place::new().await;
        let router = alone(Arc::clone(&place.app));
        Self::with(place, router).await
    }

    async fn with(place: Place, router: Router) -> Self {
        let running = intake::start(&place.app);
        let token = place.token().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        Self {
            place,
            running,
            token,
            port,
        }
    }

    /// Source and number of the events, once there are so many.
    pub async fn sources(&self, events: u64) -> Vec<(String, u64)> {
        let waiting = async {
            loop {
                let found = by_source(&self.place).await;
                if found.iter().map(|(_, count)| count).sum::<u64>() >= events {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        match timeout(PATIENCE, waiting).await {
            Ok(found) => found,
            Err(_) => panic!("{events} events do not come: {:?}", by_source(&self.place).await),
        }
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.place.ask(request.body(body.into()).unwrap()).await
    }

    fn splunk(&self) -> String {
        format!("Splunk {}", self.token)
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }

    pub async fn end(self) {
        self.running.stop().await;
    }
}

async fn by_source(place: &Place) -> Vec<(String, u64)> {
    let cookie = place.signed_in(Role::ItAnalyst).await;
    let session = place.get("/api/v1/session", Some(&cookie)).await.json();
    let request = Request::post("/api/v1/query")
        .header(header::COOKIE, &cookie)
        .header("x-tandem-csrf", session["csrf"].as_str().unwrap())
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(
            r#"{"sql":"select source, count(*) n from events group by source order by source"}"#,
        ))
        .unwrap();
    let answer = place.ask(request).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let rows = answer.json();
    let row = |row: &Value| (row[0].as_str().unwrap().to_owned(), row[1].as_u64().unwrap());
    rows["rows"].as_array().unwrap().iter().map(row).collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

#[tokio::test]
async fn the_event_collector_answers_as_splunk_does() {
    let served = Served::new().await;
    let event = |n: u32| {
        json!({ "time": 1_777_888_800 + n, "sourcetype": "app", "event": { "user": "mona", "n": n } })
            .to_string()
    };
    let code = |answer: &Answer| (answer.status.as_u16(), answer.json()["code"].as_u64().unwrap());
    let splunk = served.splunk();
    let auth = [("authorization", splunk.as_str())];
    for (path, headers, body, expected) in [
        ("/services/collector", &[][..], event(0), (401, 2)),
        ("/services/collector?token=abc", &[], event(0), (400, 16)),
        (
            "/services/collector",
            &[("authorization", "Bearer x")],
            event(0),
            (401, 3),
        ),
        (
            "/services/collector",
            &[("authorization", "Splunk x")],
            event(0),
            (403, 4),
        ),
        ("/services/collector", &auth, String::new(), (400, 5)),
        ("/services/collector", &auth, r#"{"event":"#.into(), (400, 6)),
        ("/services/collector", &auth, r#"{"time":1}"#.into(), (400, 12)),
        ("/services/collector", &auth, r#"{"event":""}"#.into(), (400, 13)),
        (
            "/services/collector/ack",
            &auth,
            r#"{"acks":[0]}"#.into(),
            (400, 10),
        ),
        (
            "/services/collector/ack?channel=main",
            &auth,
            r#"{"acks":[0]}"#.into(),
            (400, 11),
        ),
        ("/services/nothing", &auth, String::new(), (404, 404)),
    ] {
        let answer = served.post(path, headers, body).await;
        assert_eq!(code(&answer), expected, "{path} {headers:?}: {}", answer.text);
    }
    let health = served.place.get("/services/collector/health/1.0", None).await;
    assert_eq!(code(&health), (200, 17));
    let basic = format!("Basic {}", base64(&format!("x:{}", served.token)));
    for (n, path) in [
        "/services/collector",
        "/services/collector/event",
        "/services/collector/event/1.0",
    ]
    .into_iter()
    .enumerate()
    {
        let answer = served
            .post(path, &[("authorization", &basic)], event(n as u32))
            .await;
        assert_eq!(answer.text, r#"{"text":"Success","code":0}"#);
    }
    let packed = [auth[0], ("content-encoding", "gzip")];
    let answer = served
        .post(
            "/services/collector/raw?sourcetype=raw",
            &packed,
            gzip(format!("{LINE} a\n{LINE} b\n").as_bytes()),
        )
        .await;
    assert_eq!(code(&answer), (200, 0));
    let channelled = [auth[0], ("x-splunk-request-channel", CHANNEL)];
    for n in 0..2 {
        let answer = served
            .post("/services/collector", &channelled, event(10 + n))
            .await;
        assert_eq!(answer.json()["ackId"], n);
    }
    let answer = served
        .post(
            &format!("/services/collector/ack?channel={CHANNEL}"),
            &auth,
            r#"{"acks":[0,1,2]}"#,
        )
        .await;
    assert_eq!(
        answer.json(),
        json!({ "acks": { "0": true, "1": true, "2": false } })
    );
    // Among others, the wrong one only is left out; said again, nothing is taken twice.
    for _ in 0..2 {
        let answer = served
            .post(
                "/services/collector",
                &auth,
                format!("{}{}{}", event(20), r#"{"event":""}"#, event(21)),
            )
            .await;
        assert_eq!(
            (code(&answer), answer.json()["invalid-event-number"].as_u64()),
            ((400, 13), Some(1))
        );
    }
    assert_eq!(
        served.sources(9).await,
        [("app".to_owned(), 7), ("raw".to_owned(), 2)]
    );
    served.end().await;
}

fn base64(text: &str) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test]
async fn what_filebeat_asks_before_and_while_it_sends_is_answered() {
    let served = Served::new().await;
    let key = format!("ApiKey {}", base64(&format!("filebeat:{}", served.token)));
    let asked = [
        ("authorization", key.as_str()),
        ("accept", "application/vnd.elasticsearch+json;compatible-with=8"),
    ];
    for (method, path, status) in [
        ("GET", "/elastic", 200),
        ("HEAD", "/elastic/", 200),
        ("GET", "/elastic/_license", 200),
        ("GET", "/elastic/_xpack", 200),
        ("GET", "/elastic/_ilm/policy/filebeat", 200),
        ("PUT", "/elastic/_ilm/policy/filebeat", 200),
        ("HEAD", "/elastic/_index_template/filebeat-8.13.0", 200),
        ("PUT", "/elastic/_index_template/filebeat-8.13.0", 200),
        ("GET", "/elastic/_data_stream/filebeat-8.13.0", 200),
        (
            "GET",
            "/elastic/_ingest/pipeline/filebeat-8.13.0-system-auth-pipeline",
            200,
        ),
        ("HEAD", "/elastic/filebeat-8.13.0", 200),
        ("GET", "/elastic/_search/scroll/x/y", 404),
    ] {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in asked {
            request = request.header(name, value);
        }
        let answer = served.place.ask(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert_eq!(answer.headers["x-elastic-product"], "Elasticsearch");
        assert_eq!(
            answer.headers[header::CONTENT_TYPE],
            asked[1].1,
            "{method} {path}"
        );
    }
    let line = json!({
        "@timestamp": "2026-05-04T10:00:03.120Z",
        "message": format!("May  4 10:00:01 web-1 sshd[4711]: Accepted publickey for mona from 10.1.2.3 port 50022 ssh2"),
        "log": { "file": { "path": "/var/log/auth.log" }, "offset": 1 },
        "host": { "name": "web-1" }, "agent": { "type": "filebeat" }, "ecs": { "version": "8.0.0" }, "input": { "type": "filestream" },
    });
    let body = format!(
        "{{\"create\":{{\"_index\":\"filebeat-8.13.0\"}}}}\n{line}\n{{\"create\":{{\"_index\":\"filebeat-8.13.0\"}}}}\n{{broken\n"
    );
    let path = "/elastic/_bulk?filter_path=errors%2Citems.%2A.error%2Citems.%2A.status";
    let packed = [
        asked[0],
        ("content-type", "application/json; charset=UTF-8"),
        ("content-encoding", "gzip"),
    ];
    for _ in 0..2 {
        let answer = served.post(path, &packed, gzip(body.as_bytes())).await.json();
        assert_eq!(answer["errors"], true);
        assert_eq!(answer["items"][0], json!({ "create": { "status": 201 } }));
        assert_eq!(answer["items"][1]["create"]["status"], 400);
    }
    assert_eq!(served.sources(1).await, [("filebeat".to_owned(), 1)]);
    let nobody = served
        .post("/elastic/_bulk", &[("authorization", "ApiKey nonsense")], body)
        .await;
    assert_eq!(nobody.status, StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.json()["error"]["type"], "security_exception");
    assert!(nobody.headers.contains_key(header::WWW_AUTHENTICATE));
    served.end().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_each_protocols_own_way() {
    let served = Served::new().await;
    let (splunk, bearer) = (served.splunk(), served.bearer());
    let broken = |auth: &str| {
        [
            ("authorization", auth.to_owned()),
            ("content-encoding", "gzip".to_owned()),
            ("content-type", "application/json".to_owned()),
        ]
    };
    for (path, auth, status) in [
        ("/services/collector", &splunk, 400),
        ("/elastic/_bulk", &bearer, 400),
        ("/v1/logs", &bearer, 400),
    ] {
        let headers = broken(auth);
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        for body in [b"not packed".to_vec(), gzip(b"{")[..8].to_vec()] {
            let answer = served.post(path, &headers, body).await;
            assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.text);
        }
        let bomb = served.post(path, &headers, gzip(&vec![b' '; 80 << 20])).await;
        assert_eq!(
            bomb.status,
            StatusCode::PAYLOAD_TOO_LARGE,
            "{path}: {}",
            bomb.text
        );
    }
    let json = [
        ("authorization", bearer.as_str()),
        ("content-type", "application/json"),
    ];
    assert_eq!(served.post("/v1/logs", &json, "{}").await.text, "{}");
    assert_eq!(
        served.post("/v1/logs", &json[1..], "{}").await.status,
        StatusCode::UNAUTHORIZED
    );
    let unknown = [json[0], ("content-type", "text/plain")];
    assert_eq!(
        served.post("/v1/logs", &unknown, "{}").await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    let protobuf = [json[0], ("content-type", "application/x-protobuf")];
    assert_eq!(
        served.post("/v1/logs", &protobuf, vec![0x0a, 0xff]).await.status,
        StatusCode::BAD_REQUEST
    );
    assert_eq!(by_source(&served.place).await, []);
    served.end().await;
}

#[tokio::test]
async fn while_nothing_can_be_kept_senders_are_told_to_come_again() {
    let place = Place::new().await;
    let token = place.token().await;
    let running = intake::start(&place.app);
    running.stop().await;
    let ask = async |path: &str, auth: String, body: String| {
        let request = Request::post(path)
            .header(header::AUTHORIZATION, auth)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body))
            .unwrap();
        place.ask(request).await
    };
    let answer = ask(
        "/services/collector",
        format!("Splunk {token}"),
        r#"{"event":"x"}"#.into(),
    )
    .await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (503, r#"{"text":"Server is busy","code":9}"#)
    );
    let answer = ask(
        "/elastic/app/_bulk",
        format!("Bearer {token}"),
        "{\"create\":{}}\n{\"a\":1}\n".into(),
    )
    .await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["status"].as_u64()),
        (503, Some(503))
    );
    let logs = json!({ "resourceLogs": [{ "scopeLogs": [{ "logRecords": [{ "body": { "stringValue": "x" } }] }] }] });
    let answer = ask("/v1/logs", format!("Bearer {token}"), logs.to_string()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.json()["code"].as_i64()),
        (503, Some(14))
    );
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
}
