//! Buckets beside moto's S3 service, filled by boto3.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tandem_sources::bucket::BucketSettings;
use tandem_sources::{From, Phase, SecretPlace, SourceError};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};

use super::nats_keep::{Keep, numbered};
use super::support::{PATIENCE, free_port, python, run};

/// Puts objects: a list of `[key, lines, packing]`, packing one of `gz`, `zst`, `plain`, `broken`.
const UPLOAD: &str = r#"
import gzip, json, sys, boto3
from botocore.config import Config
s3 = boto3.client("s3", endpoint_url=sys.argv[1], region_name="eu-central-1", aws_access_key_id="id",
                  aws_secret_access_key="secret", config=Config(s3={"addressing_style": "path"}))
bucket = sys.argv[2]
if sys.argv[3] == "create":
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
for key, lines, packing in json.load(open(sys.argv[4])):
    body = "".join(line + "\n" for line in lines).encode()
    if packing == "gz":
        body = gzip.compress(body, 1)
    elif packing == "broken":
        body = gzip.compress(body, 1)[:-12]
    s3.put_object(Bucket=bucket, Key=key, Body=body)
"#;

/// moto's server; it ends with whoever holds its input.
const SERVE: &str = r#"
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(sys.argv[1:])
"#;

/// One server for all tests of this process, since it takes seconds to start, and how many have come to it.
static SERVER: OnceCell<Server> = OnceCell::const_new();
static COUNT: AtomicUsize = AtomicUsize::new(0);

struct Server {
    url: String,
    _child: Child,
}

impl Server {
    async fn start(python: &Path) -> Self {
        let port = free_port();
        let child = Command::new(python)
            .args(["-c", SERVE, "-H", "127.0.0.1", "-p", &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let listening = async {
            while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, listening).await.expect("moto runs");
        Self {
            url: format!("http://127.0.0.1:{port}"),
            _child: child,
        }
    }
}

/// A bucket of a test's own.
struct Service {
    url: String,
    bucket: String,
    python: PathBuf,
    home: TempDir,
    created: bool,
}

impl Service {
    async fn start() -> Option<Self> {
        let python = python()?;
        let server = SERVER.get_or_init(|| Server::start(&python)).await;
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("id"), "id\n").unwrap();
        std::fs::write(home.path().join("secret"), "secret\n").unwrap();
        Some(Self {
            url: server.url.clone(),
            bucket: format!("logs-{}", COUNT.fetch_add(1, Ordering::Relaxed)),
            python,
            home,
            created: false,
        })
    }

    async fn upload(&mut self, objects: &[(String, Vec<String>, &str)]) {
        let list = self.home.path().join("objects.json");
        std::fs::write(&list, serde_json::to_vec(objects).unwrap()).unwrap();
        let how = if self.created { "use" } else { "create" };
        self.created = true;
        run(Command::new(&self.python)
            .args(["-c", UPLOAD, &self.url, &self.bucket, how])
            .arg(&list))
        .await;
    }

    fn settings(&self) -> BucketSettings {
        let place = |name: &str| SecretPlace::File(self.home.path().join(name));
        BucketSettings {
            endpoint: self.url.clone(),
            bucket: self.bucket.clone(),
            region: "eu-central-1".into(),
            prefix: "AWSLogs/".into(),
            path_style: true,
            access_key: place("id"),
            secret_key: place("secret"),
            session_token: None,
            tls_ca: None,
            every_seconds: 1,
            start_after: None,
        }
    }

    fn source(&self) -> From {
        From::Bucket(self.settings())
    }
}

fn trail(region: &str, day: &str, n: usize) -> String {
    format!("AWSLogs/123456789012/CloudTrail/{region}/{day}/123456789012_CloudTrail_{n:05}.json.gz")
}

fn put(key: String, from: usize, count: usize, packing: &'static str) -> (String, Vec<String>, &'static str) {
    (key, numbered(from, count), packing)
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_of_several_pages_are_read_once_and_late_ones_are_found() {
    let Some(mut service) = Service::start().await else {
        return;
    };
    let mut objects: Vec<_> = (0..1_200)
        .map(|n| {
            put(
                trail("eu-central-1", &format!("2026/01/{:02}", 1 + n / 100), n),
                n * 2,
                2,
                "gz",
            )
        })
        .collect();
    objects.extend((0..20).map(|n| put(trail("us-east-1", "2026/01/01", n), 2_400 + n * 2, 2, "plain")));
    objects.push((String::from("AWSLogs/folder/"), Vec::new(), "plain"));
    objects.push(put("elsewhere/2026/01/01/x".into(), 900_000, 1, "plain"));
    service.upload(&objects).await;
    let mut keep = Keep::default();
    let mut source = keep.start(service.source());
    keep.until(&mut source, 2_440).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 2_440));

    // Late by two days, in a region whose keys all lie before others; and new in a region that was not there.
    service
        .upload(&[
            put(trail("eu-central-1", "2026/01/10", 90_000), 2_440, 3, "gz"),
            put(trail("af-south-1", "2025/12/01", 1), 2_443, 2, "gz"),
            put(trail("us-east-1", "2026/01/01", 99), 2_445, 5, "gz"),
        ])
        .await;
    let mut source = keep.start(service.source());
    keep.until(&mut source, 2_450).await;
    source
        .until("it looks again", |health| {
            health.read().behind == 0 && health.read().phase == Phase::Running
        })
        .await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 2_450));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_object_goes_on_where_it_was_read_to() {
    let Some(mut service) = Service::start().await else {
        return;
    };
    service
        .upload(&[
            put(trail("eu-central-1", "2026/01/01", 1), 0, 600_000, "gz"),
            put(trail("eu-central-1", "2026/01/01", 2), 600_000, 200_000, "plain"),
            put(trail("eu-central-1", "2026/01/01", 3), 800_000, 3, "gz"),
        ])
        .await;
    let mut keep = Keep::default();
    for pieces in [1, 2, 3] {
        // Killed with pieces under way.
        let mut source = keep.start_with_room(service.source(), 4 << 20);
        for _ in 0..pieces {
            keep.next(&mut source).await;
        }
    }
    let before = keep.records.len();
    assert!(before > 100_000 && before < 800_003, "{before}");
    let mut source = keep.start(service.source());
    keep.until(&mut source, 800_003).await;
    keep.end(source).await;
    assert_eq!(keep.once().len(), 800_003);
    let seen: BTreeMap<_, _> = keep
        .positions
        .iter()
        .filter(|(stream, _)| stream.contains("|window|"))
        .collect();
    assert_eq!(seen.len(), 1, "{seen:?}");

    let mut source = keep.start(service.source());
    source
        .until("it has looked", |health| health.read().phase == Phase::Running)
        .await;
    assert!(
        timeout(Duration::from_secs(2), source.parcels.recv())
            .await
            .is_err(),
        "nothing is read again"
    );
    keep.end(source).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_object_is_refused_and_the_others_arrive() {
    let Some(mut service) = Service::start().await else {
        return;
    };
    service
        .upload(&[
            put(trail("eu-central-1", "2026/01/01", 1), 0, 2_000, "broken"),
            put(trail("eu-central-1", "2026/01/01", 2), 2_000, 3, "gz"),
        ])
        .await;
    let mut keep = Keep::default();
    let mut source = keep.start(service.source());
    while !keep.records.contains(&numbered(2_002, 1)[0]) {
        keep.next(&mut source).await;
    }
    keep.end(source).await;
    assert_eq!(keep.refused.len(), 1, "{:?}", keep.refused);
    assert!(
        keep.refused[0].contains("cannot be read further"),
        "{:?}",
        keep.refused
    );
    // Written anew under the same key it is read again.
    service
        .upload(&[put(trail("eu-central-1", "2026/01/01", 1), 3_000, 5, "gz")])
        .await;
    let mut source = keep.start(service.source());
    while !keep.records.contains(&numbered(3_004, 1)[0]) {
        keep.next(&mut source).await;
    }
    keep.end(source).await;
}

/// Stands before the service: every third request is answered with 503, and of every other answer only so much is passed on.
async fn troubled(service: String, most: u64) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let far = service.trim_start_matches("http://").to_owned();
    tokio::spawn(async move {
        for n in 0_u64.. {
            let (mut near, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                match near.read_u8().await {
                    Ok(byte) => head.push(byte),
                    Err(_) => break,
                }
            }
            if !head.ends_with(b"\r\n\r\n") {
                continue;
            }
            if n.is_multiple_of(3) {
                let slow = "<Error><Code>SlowDown</Code><Message>later</Message></Error>";
                let answer = format!(
                    "HTTP/1.1 503 Slow Down\r\ncontent-length: {}\r\nretry-after: 0\r\n\r\n{slow}",
                    slow.len()
                );
                let _ = near.write_all(answer.as_bytes()).await;
                continue;
            }
            head.truncate(head.len() - 2);
            head.extend(b"connection: close\r\n\r\n");
            let mut service = TcpStream::connect(&far).await.unwrap();
            service.write_all(&head).await.unwrap();
            let passed = if n.is_multiple_of(2) { most } else { u64::MAX };
            let _ = tokio::io::copy(&mut service.take(passed), &mut near).await;
        }
    });
    url
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_in_trouble_is_asked_again_and_an_object_that_breaks_off_goes_on() {
    let Some(mut service) = Service::start().await else {
        return;
    };
    service
        .upload(&[
            put(trail("eu-central-1", "2026/01/01", 1), 0, 300_000, "plain"),
            put(trail("eu-central-1", "2026/01/01", 2), 300_000, 2_000, "gz"),
            put(trail("eu-central-1", "2026/01/01", 3), 302_000, 100_000, "gz"),
        ])
        .await;
    let settings = BucketSettings {
        endpoint: troubled(service.url.clone(), 1 << 20).await,
        ..service.settings()
    };
    let mut keep = Keep::default();
    let mut source = keep.start(From::Bucket(settings));
    keep.until(&mut source, 402_000).await;
    keep.end(source).await;
    assert_eq!(keep.once().len(), 402_000);
    assert!(keep.refused.is_empty(), "{:?}", keep.refused);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_service_refuses_is_said_with_what_to_do() {
    let Some(mut service) = Service::start().await else {
        return;
    };
    service.upload(&[]).await;
    let fails = async |settings: BucketSettings| -> String {
        let mut keep = Keep::default();
        let mut source = keep.start(From::Bucket(settings));
        let ended = timeout(PATIENCE, &mut source.task)
            .await
            .expect("it ends")
            .unwrap();
        match ended.unwrap_err() {
            SourceError::Far { what } => what,
            other => panic!("{other}"),
        }
    };
    let gone = BucketSettings {
        bucket: "nowhere".into(),
        ..service.settings()
    };
    let said = fails(gone).await;
    assert!(
        said.contains("404") && said.contains("NoSuchBucket") && said.contains("look at `bucket`"),
        "{said}"
    );
    let closed = BucketSettings {
        endpoint: format!("http://127.0.0.1:{}", free_port()),
        ..service.settings()
    };
    let said = fails(closed).await;
    assert!(said.contains("attempts") && !said.contains("X-Amz"), "{said}");
}
