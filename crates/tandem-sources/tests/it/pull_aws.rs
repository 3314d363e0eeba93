//! CloudTrail beside Amazon's own client library: botocore signs like the source, and reads the far side of these tests.

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;

use serde_json::{Value, json};

use crate::pull::{CLOUDTRAIL, Running, far_side, many, secrets};
use crate::pull_far::Far;

/// The Python that has botocore.
fn python() -> Option<String> {
    let python = std::env::var("TANDEM_SENDERS_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has = Command::new(&python)
        .args(["-c", "import boto3"])
        .output()
        .is_ok_and(|output| output.status.success());
    if has {
        return Some(python);
    }
    assert!(
        std::env::var_os("TANDEM_REQUIRE_SENDERS").is_none(),
        "boto3 is not installed"
    );
    println!("skipped: boto3 is not installed");
    None
}

/// What a Python program says to `input`; both are JSON.
fn said(python: &str, program: &str, input: &Value) -> Value {
    let mut child = Command::new(python)
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn asked_twice() -> (tempfile::TempDir, Arc<Far>) {
    let folder = secrets();
    let far = Far {
        held: many(&CLOUDTRAIL, 7, 0),
        page: 3,
        ..Far::default()
    };
    let (far, pull) = far_side(&CLOUDTRAIL, &folder, far, json!({"since_days": 1})).await;
    let mut running = Running::start(&pull, Vec::new());
    running.take_all(&far, 7, 1).await;
    running.end().await;
    (folder, far)
}

const SIGN: &str = r#"
import json, sys
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
asked = json.load(sys.stdin)
request = AWSRequest(method="POST", url=asked["url"], data=asked["body"].encode())
for name in ("content-type", "x-amz-target", "x-amz-date", "x-amz-security-token"):
    request.headers[name] = asked["headers"][name]
request.context["timestamp"] = asked["headers"]["x-amz-date"]
auth = SigV4Auth(Credentials(asked["id"], asked["secret"], asked["headers"]["x-amz-security-token"]), "cloudtrail", "eu-central-1")
text = auth.string_to_sign(request, auth.canonical_request(request))
names = auth.signed_headers(auth.headers_to_sign(request))
header = "AWS4-HMAC-SHA256 Credential=%s, SignedHeaders=%s, Signature=%s" % (auth.scope(request), names, auth.signature(text, request))
json.dump(header, sys.stdout)
"#;

#[tokio::test]
async fn botocore_makes_the_same_signature_of_the_same_request() {
    let Some(python) = python() else { return };
    let (_folder, far) = asked_twice().await;
    let requests = far.requests.lock().unwrap().clone();
    assert!(requests.len() >= 2);
    for (_, headers, body) in requests.iter().take(3) {
        let header = |name: &str| headers[name].to_str().unwrap().to_owned();
        let input = json!({"url": format!("{}/", far.base), "body": String::from_utf8_lossy(body), "id": "AKIDEXAMPLE", "secret": "the-secret",
            "headers": {"content-type": header("content-type"), "x-amz-target": header("x-amz-target"), "x-amz-date": header("x-amz-date"),
                "x-amz-security-token": header("x-amz-security-token")}});
        assert_eq!(said(&python, SIGN, &input), header("authorization"));
    }
}

const LOOK_UP: &str = r#"
import datetime, json, sys, boto3
asked = json.load(sys.stdin)
client = boto3.client("cloudtrail", endpoint_url=asked["url"], region_name="eu-central-1", aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="the-secret", aws_session_token="00abc-the-token")
now = datetime.datetime.now(datetime.timezone.utc)
pages = client.get_paginator("lookup_events").paginate(StartTime=now - datetime.timedelta(days=1), EndTime=now)
events = [event for page in pages for event in page["Events"]]
assert all(isinstance(event["EventTime"], datetime.datetime) for event in events)
json.dump([json.loads(event["CloudTrailEvent"])["eventID"] for event in events], sys.stdout)
"#;

#[tokio::test]
async fn botocore_reads_the_same_events_from_the_same_far_side() {
    let Some(python) = python() else { return };
    let folder = secrets();
    let far = Far {
        held: many(&CLOUDTRAIL, 7, 0),
        page: 3,
        ..Far::default()
    };
    let (far, _) = far_side(&CLOUDTRAIL, &folder, far, json!({"since_days": 1})).await;
    let input = json!({"url": far.base});
    let read = tokio::task::spawn_blocking(move || said(&python, LOOK_UP, &input))
        .await
        .unwrap();
    let mut ids: Vec<&str> = read
        .as_array()
        .unwrap()
        .iter()
        .map(|id| id.as_str().unwrap())
        .collect();
    ids.sort_unstable();
    assert_eq!(ids.len(), 7);
    assert_eq!(ids.first(), Some(&"id-0000"));
}
