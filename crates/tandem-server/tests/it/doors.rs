//! Nothing opens without a key.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tandem_domain::Role;
use tandem_server::http::routes::describe;

use crate::support::{Place, line};

/// Every operation: method and path, with something in place of its parameters.
fn operations() -> Vec<(Method, String)> {
    let described: Value = serde_json::from_str(&describe()).unwrap();
    let mut found = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            let path = path
                .replace("{id}", "1")
                .replace("{source}", "shop")
                .replace("{account}", "ines")
                .replace("{name}", "chat")
                .replace("{token}", "made-up");
            found.push((method, path));
        }
    }
    found
}

/// Operations for those who are not signed in yet; `sign_in.rs` holds what they refuse.
const WAYS_IN: [&str; 5] = [
    "/api/v1/sign-in",
    "/api/v1/sign-in/password",
    "/api/v1/sign-in/code",
    "/api/v1/sign-in/passkey",
    "/api/v1/sign-in/passkey/finish",
];

fn request(method: &Method, path: &str) -> axum::http::request::Builder {
    Request::builder().method(method).uri(path)
}

#[tokio::test]
async fn every_operation_is_refused_without_a_session() {
    let place = Place::new().await;
    let operations = operations();
    assert!(operations.len() >= 20, "{operations:?}");
    for way in WAYS_IN {
        assert!(
            operations.iter().any(|(_, path)| path == way),
            "no longer there: {way}"
        );
    }
    for (method, path) in operations
        .into_iter()
        .filter(|(_, path)| !WAYS_IN.contains(&path.as_str()))
    {
        for given in [
            None,
            Some("__Host-tandem=made-up"),
            Some("__Host-tandem=1; __Host-tandem=2"),
        ] {
            let mut asked = request(&method, &path);
            if let Some(cookie) = given {
                asked = asked.header(header::COOKIE, cookie);
            }
            let answer = place.ask(asked.body(Body::from("{}")).unwrap()).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{method} {path}");
            assert!(
                answer.json()["error"]["hint"].is_string(),
                "{method} {path}: {}",
                answer.text
            );
        }
    }
}

#[tokio::test]
async fn a_write_needs_the_sessions_own_mark() {
    let place = Place::new().await;
    let cookie = place.signed_in(Role::ItAnalyst).await;
    let asked = Request::post("/api/v1/query")
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"sql":"select 1"}"#))
        .unwrap();
    assert_eq!(place.ask(asked).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_link_works_once_and_a_session_ends() {
    let place = Place::new().await;
    let token = place.link(Role::Auditor).await;
    let link = format!("/sign-in?token={token}");
    let cookie = place.get(&link, None).await.cookie.unwrap();
    assert_eq!(place.get(&link, None).await.status, StatusCode::GONE);
    let session = place.get("/api/v1/session", Some(&cookie)).await;
    assert_eq!(session.status, StatusCode::OK);
    let out = Request::delete("/api/v1/session")
        .header(header::COOKIE, &cookie)
        .header("x-tandem-csrf", session.json()["csrf"].as_str().unwrap())
        .body(Body::empty())
        .unwrap();
    assert_eq!(place.ask(out).await.status, StatusCode::NO_CONTENT);
    assert_eq!(
        place.get("/api/v1/session", Some(&cookie)).await.status,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn roles_see_no_more_than_they_may() {
    let place = Place::new().await;
    for (role, path, allowed) in [
        (Role::ItAnalyst, "/api/v1/queue", true),
        (Role::ItAnalyst, "/api/v1/events", true),
        (Role::CorporateInvestigator, "/api/v1/queue", true),
        (Role::CorporateInvestigator, "/api/v1/events", false),
        (Role::CorporateInvestigator, "/api/v1/rejects", false),
        (Role::Administrator, "/api/v1/queue", false),
        (Role::Administrator, "/api/v1/subjects", false),
        (Role::Administrator, "/api/v1/sources", true),
        (Role::WorksCouncil, "/api/v1/subjects", false),
        (Role::Administrator, "/api/v1/colleagues", true),
        (Role::ItAnalyst, "/api/v1/colleagues", true),
        (Role::CorporateInvestigator, "/api/v1/colleagues", true),
        (Role::Approver, "/api/v1/colleagues", true),
        (Role::WorksCouncil, "/api/v1/colleagues", false),
        (Role::Staff, "/api/v1/colleagues", false),
        (Role::ItAnalyst, "/api/v1/contests", true),
        (Role::CorporateInvestigator, "/api/v1/contests", true),
        (Role::Approver, "/api/v1/contests", false),
        (Role::Administrator, "/api/v1/contests", false),
        (Role::Staff, "/api/v1/contests", false),
        (Role::Staff, "/api/v1/subjects", false),
        (Role::Staff, "/api/v1/sources", false),
    ] {
        let cookie = place.signed_in(role).await;
        let answer = place.get(path, Some(&cookie)).await;
        let wanted = if allowed {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status, wanted, "{role:?} {path}: {}", answer.text);
    }
}

#[tokio::test]
async fn health_is_open_and_metrics_name_nobody() {
    let place = Place::new().await;
    assert_eq!(place.get("/healthz", None).await.status, StatusCode::OK);
    assert_eq!(place.get("/readyz", None).await.status, StatusCode::OK);
    let read = place.read("shop.ndjson", &line(4, 1, "mona.lind")).await;
    assert_eq!(read.events, 1);
    place.analyse().await;
    let cookie = place.signed_in(Role::ItAnalyst).await;
    let subjects = place.get("/api/v1/subjects", Some(&cookie)).await.json();
    let subject = subjects["subjects"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{subjects}"));
    place
        .get(&format!("/api/v1/subjects/{subject}"), Some(&cookie))
        .await;
    let metrics = place.get("/metrics", None).await.text;
    assert!(metrics.contains("tandem_events_total"), "{metrics}");
    assert!(metrics.contains("/api/v1/subjects/{id}"), "{metrics}");
    assert!(
        !metrics.contains("mona") && !metrics.contains(subject),
        "{metrics}"
    );
}
