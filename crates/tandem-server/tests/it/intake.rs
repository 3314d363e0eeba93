//! What shippers push is durable, once, and nothing of it is lost.

use std::fs;
use std::io::Write;
use std::sync::Arc;

use axum::http::StatusCode;
use tandem_server::App;
use tandem_server::pipeline::replay::replay;
use tandem_store::RejectFilter;

use crate::support::{Place, line};

fn lines(day: u32, count: u32) -> String {
    (0..count).map(|n| line(day, n, "mona")).collect()
}

fn gzip(text: &str) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(text.as_bytes()).unwrap();
    packed.finish().unwrap()
}

fn open_rejects() -> RejectFilter {
    RejectFilter {
        source: None,
        status: Some("open".into()),
        ids: Vec::new(),
        limit: 100,
        offset: 0,
    }
}

#[tokio::test]
async fn every_encoding_is_taken_and_what_was_acknowledged_is_there_after_a_restart() {
    let place = Place::new().await;
    let token = place.token().await;
    let zstd = zstd::encode_all(lines(6, 30).as_bytes(), 1).unwrap();
    for (encoding, body) in [
        (None, lines(4, 10).into_bytes()),
        (Some("gzip"), gzip(&lines(5, 20))),
        (Some("zstd"), zstd),
    ] {
        let headers: Vec<_> = encoding.map(|e| ("content-encoding", e)).into_iter().collect();
        let answer = place.push(&token, &headers, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{encoding:?}: {}", answer.text);
        assert_eq!(answer.json()["durable"], true);
    }
    let place = place.reopened().await;
    assert_eq!(place.events().await, 60);
}

#[tokio::test]
async fn a_retry_is_counted_and_stored_once() {
    let place = Place::new().await;
    let token = place.token().await;
    let key = [("idempotency-key", "batch-1")];
    let first = place.push(&token, &key, lines(4, 10).into_bytes()).await.json();
    assert_eq!(
        (first["events"].as_u64(), first["repeated"].as_bool()),
        (Some(10), Some(false))
    );
    let again = place.push(&token, &key, lines(4, 10).into_bytes()).await.json();
    assert_eq!(
        (again["events"].as_u64(), again["repeated"].as_bool()),
        (Some(10), Some(true))
    );
    assert_eq!(again["batch"], first["batch"]);
    // Without a key the body itself is the key.
    for repeated in [false, true] {
        let answer = place.push(&token, &[], lines(5, 3).into_bytes()).await.json();
        assert_eq!(answer["repeated"], repeated);
    }
    assert_eq!(place.events().await, 13);
}

#[tokio::test]
async fn what_is_wrong_with_a_push_is_said() {
    let place = Place::with(|config| config.limits.push_bytes = 10_000).await;
    let token = place.token().await;
    let body = lines(4, 2).into_bytes();
    let wrong = place.push("made-up", &[], body.clone()).await;
    assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    let unknown = place
        .push(&token, &[("content-encoding", "br")], body.clone())
        .await;
    assert_eq!(unknown.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let broken = place.push(&token, &[("content-encoding", "gzip")], body).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    // Small when packed, too large when opened: the limit is on what it becomes.
    let bomb = place
        .push(
            &token,
            &[("content-encoding", "gzip")],
            gzip(&" ".repeat(1_000_000)),
        )
        .await;
    assert_eq!(bomb.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", bomb.text);
    for answer in [wrong, unknown, broken, bomb] {
        let said = &answer.json()["error"];
        assert!(said["message"].is_string() && said["hint"].is_string(), "{said}");
    }
    assert_eq!(place.events().await, 0);
}

#[tokio::test]
async fn a_bad_record_is_kept_aside_and_the_others_count() {
    let place = Place::new().await;
    let token = place.token().await;
    let body = format!("{}{{\"timestamp\": broken\n{}", lines(4, 2), lines(5, 2));
    let answer = place.push(&token, &[], body.clone().into_bytes()).await.json();
    assert_eq!(
        (answer["events"].as_u64(), answer["rejects"].as_u64()),
        (Some(4), Some(1))
    );
    let rejects = place.app.store.rejects(&open_rejects()).await.unwrap();
    let [reject] = rejects.as_slice() else {
        panic!("{} rejects", rejects.len())
    };
    assert_eq!(reject.row.source, "shop");
    assert_eq!(
        reject.row.offset,
        body.find("{\"timestamp\": broken").unwrap() as u64
    );
    assert!(String::from_utf8_lossy(&reject.row.raw).contains("broken"));
    assert!(!reject.row.reason.is_empty() && !reject.row.hint.is_empty());
}

/// A source whose time has a name that no mapping knows until one is added.
#[tokio::test]
async fn a_mended_mapping_brings_rejected_records_in_exactly_once() {
    let place = Place::new().await;
    let body = "{\"moment\":\"2026-05-04T10:00:00Z\",\"user\":\"mona\",\"gizmo\":\"a\"}\n{\"moment\":\"2026-05-04T10:01:00Z\",\"user\":\"mona\",\"gizmo\":\"b\"}\n";
    let read = place.read("gizmo.ndjson", body).await;
    assert_eq!((read.events, read.rejects), (0, 2), "{read:?}");
    let useless = replay(&place.app, Vec::new(), None).await.unwrap();
    assert_eq!(
        (useless.tried, useless.replayed, useless.still_rejected),
        (2, 0, 2)
    );

    let mappings = place.dir.path().join("mappings");
    fs::create_dir(&mappings).unwrap();
    fs::write(
        mappings.join("gizmo.yaml"),
        "name: gizmo\ndescription: A gizmo's own log\nsource: gizmo\nmatch:\n  - format: [json]\n    has: [gizmo, moment]\ntime: moment\nid: [gizmo, $time]\nclass: web_resources_activity\nactivity: read\nattrs:\n  actor_user: user\n  resource: gizmo\n",
    )
    .unwrap();
    let mut config = place.app.config.clone();
    config.content.mappings = vec![mappings];
    let dir = place.dir;
    drop(place.app);
    let app = App::open(config).await.unwrap_or_else(|e| panic!("{e}"));
    let place = Place {
        dir,
        app: Arc::new(app),
    };
    let mended = replay(&place.app, Vec::new(), None).await.unwrap();
    assert_eq!((mended.tried, mended.replayed, mended.still_rejected), (2, 2, 0));
    let nothing_left = replay(&place.app, Vec::new(), None).await.unwrap();
    assert_eq!(nothing_left.tried, 0);
    assert_eq!(place.events().await, 2);
}
