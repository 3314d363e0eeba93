//! Hunting: what is found, in which order, by whom, and what is kept of it.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tandem_domain::Role;
use tandem_server::http::routes::router;
use tandem_store::LedgerFilter;
use tower::ServiceExt as _;

use crate::office::{office, shared_case};
use crate::support::{Desk, Place, line};

/// A place that keeps events for ever: the days of the tests move away from today.
pub async fn place() -> Place {
    Place::with(|config| config.retention.events_days = 40_000).await
}

/// A record with more to it.
pub fn record(day: u32, n: u32, more: Value) -> String {
    let mut record: Value = serde_json::from_str(&line(day, n, "anna.berg")).unwrap();
    for (name, value) in more.as_object().unwrap() {
        record[name] = value.clone();
    }
    record.to_string() + "\n"
}

/// The lines of an answer.
pub fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

pub async fn search(desk: &Desk<'_>, asked: Value) -> Vec<Value> {
    let words = asked.to_string();
    let answer = desk.post("/hunt/search", asked).await;
    assert_eq!(answer.status, StatusCode::OK, "{words}: {}", answer.text);
    assert_eq!(answer.headers["content-type"], "application/x-ndjson");
    let lines = lines(&answer.text);
    assert_eq!(lines.last().unwrap()["kind"], "end", "{words}: {}", answer.text);
    lines
}

fn of_kind<'a>(lines: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    lines.iter().filter(move |line| line["kind"] == kind)
}

pub fn events(lines: &[Value]) -> Vec<Value> {
    let events = of_kind(lines, "events").map(|line| line["events"].as_array().unwrap().clone());
    events.flatten().collect()
}

pub fn ids<'a>(events: impl IntoIterator<Item = &'a Value>) -> Vec<String> {
    let ids = events.into_iter().map(|event| event["id"].as_str().unwrap());
    ids.map(str::to_owned).collect()
}

pub fn hash(ids: &[String]) -> String {
    let text: String = ids.iter().map(|id| format!("{id}\n")).collect();
    let digest: [u8; 32] = Sha256::digest(text.as_bytes()).into();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Three days with different numbers of events.
async fn three_days(place: &Place) {
    for (day, many) in [(4, 30), (5, 7), (7, 12)] {
        let text: String = (0..many)
            .map(|n| line(day, n, if n % 3 == 0 { "ben.ode" } else { "anna.berg" }))
            .collect();
        place.read(&format!("shop-{day}.ndjson"), &text).await;
    }
}

pub async fn acts(place: &Place, act: &str) -> Vec<(Option<String>, Option<String>)> {
    let filter = LedgerFilter {
        act: Some(act.to_owned()),
        limit: 100,
        ..LedgerFilter::default()
    };
    let rows = place.app.store.ledger(&filter).await.unwrap();
    rows.into_iter()
        .map(|row| (row.entry.subject.map(|subject| subject.0), row.entry.object))
        .collect()
}

#[tokio::test]
async fn days_come_newest_first_and_are_counted_whole_when_few_events_are_shown() {
    let place = place().await;
    three_days(&place).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let lines = search(&it, json!({ "query": "operation:file_read", "limit": 9 })).await;
    assert_eq!(lines[0]["kind"], "plan");
    assert_eq!(lines[0]["days"], 3);
    let days: Vec<&Value> = of_kind(&lines, "day").collect();
    let told: Vec<&str> = days.iter().map(|day| day["day"].as_str().unwrap()).collect();
    assert_eq!(told, ["2026-05-07", "2026-05-05", "2026-05-04"]);
    for day in &days {
        let hours: Vec<u64> = day["hours"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hour| hour.as_u64().unwrap())
            .collect();
        assert_eq!(hours.len(), 24);
        assert_eq!(hours.iter().sum::<u64>(), day["hits"].as_u64().unwrap());
        assert_eq!(hours[8], hours.iter().sum::<u64>(), "all were at eight o'clock");
    }
    let hits: u64 = days.iter().map(|day| day["hits"].as_u64().unwrap()).sum();
    let end = lines.last().unwrap();
    assert_eq!((hits, &end["hits"], &end["shown"]), (49, &json!(49), &json!(9)));
    assert_eq!(end["truncated"], true);
    let shown = events(&lines);
    let times: Vec<&str> = shown
        .iter()
        .map(|event| event["time"].as_str().unwrap())
        .collect();
    assert!(times.windows(2).all(|pair| pair[0] >= pair[1]), "{times:?}");
    assert!(times.iter().all(|time| time.starts_with("2026-05-07")));
    assert_eq!(end["result_hash"], hash(&ids(&shown)));
    let done: Vec<u64> = of_kind(&lines, "progress")
        .map(|line| line["done"].as_u64().unwrap())
        .collect();
    assert_eq!(done, [1, 2, 3]);

    // Over the ends of days, and from the middle of one.
    let asked = json!({ "from": "2026-05-04T08:10:00Z", "to": "2026-05-05", "limit": 1_000 });
    let lines = search(&it, asked).await;
    let end = lines.last().unwrap();
    assert_eq!((&end["hits"], &end["truncated"]), (&json!(20 + 7), &json!(false)));
    assert_eq!(events(&lines).len(), 27);
}

#[tokio::test]
async fn a_search_finds_what_the_form_finds() {
    let place = place().await;
    three_days(&place).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    for (form, query) in [
        ("account=anna.berg", "account:ANNA.berg"),
        ("text=F1", "f1"),
        ("account=ben.ode&from=2026-05-05", "account:ben.ode"),
        (
            "class=web_resources_activity&text=share",
            "class:web_resources_activity share",
        ),
        ("text=nothing-like-it", "nothing-like-it"),
    ] {
        let found = it.get(&format!("/events?limit=1000&{form}")).await.json();
        let wanted: BTreeSet<String> = ids(found["events"].as_array().unwrap()).into_iter().collect();
        let from = form.contains("from=").then_some("2026-05-05");
        let lines = search(&it, json!({ "query": query, "from": from, "limit": 1_000 })).await;
        let found: BTreeSet<String> = ids(&events(&lines)).into_iter().collect();
        assert_eq!(found, wanted, "{query}");
        assert_eq!(lines.last().unwrap()["hits"], wanted.len(), "{query}");
    }
}

#[tokio::test]
async fn fields_are_counted_over_everything_that_is_found() {
    let place = place().await;
    three_days(&place).await;
    place
        .read(
            "more.ndjson",
            &record(7, 50, json!({ "label": "secret", "user": "carl" })),
        )
        .await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let asked =
        json!({ "query": "not account:ben.ode", "names": ["account", "label", "file_name", "dst_port"] });
    let answer = it.post("/hunt/fields", asked).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let answer = answer.json();
    // A third of 30, 7 and 12 is ben.ode's, rounded up.
    let anna = 49 - 10 - 3 - 4;
    assert_eq!(answer["events"], anna + 1);
    let [account, label, file, port] = answer["fields"].as_array().unwrap().as_slice() else {
        panic!("{answer}")
    };
    assert_eq!(
        account["top"],
        json!([{ "value": "anna.berg", "count": anna }, { "value": "carl", "count": 1 }])
    );
    assert_eq!(
        (&account["present"], &account["distinct"]),
        (&json!(anna + 1), &json!(2))
    );
    assert_eq!(label["top"], json!([{ "value": "secret", "count": 1 }]));
    assert_eq!(label["present"], 1);
    assert_eq!(file["top"].as_array().unwrap().len(), 10);
    assert_eq!(
        (&port["present"], &port["distinct"], &port["top"]),
        (&json!(0), &json!(0), &json!([]))
    );
    let usual = it.post("/hunt/fields", json!({})).await.json();
    assert_eq!(usual["fields"].as_array().unwrap().len(), 12);
    let many: Vec<String> = (0..21).map(|n| format!("f{n}")).collect();
    let refused = it.post("/hunt/fields", json!({ "names": many })).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
}

#[tokio::test]
async fn nobody_hunts_without_the_right_and_every_search_is_in_the_ledger_first() {
    let place = place().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let wording = json!({ "name": "a", "query": "a" });
    for desk in [&office.corporate, &office.approver_it, &office.auditor] {
        for (path, body) in [
            ("/hunt/search", json!({ "query": "account:anna.berg" })),
            ("/hunt/fields", json!({})),
            ("/hunt/export?format=csv", json!({})),
            ("/hunt/saved", wording.clone()),
        ] {
            assert_eq!(
                desk.post(path, body.clone()).await.status,
                StatusCode::FORBIDDEN,
                "{path}"
            );
            let for_case = desk.post_for(&case, path, body).await;
            assert_eq!(
                for_case.status,
                StatusCode::FORBIDDEN,
                "{path}: {}",
                for_case.text
            );
        }
        for path in ["/hunt/saved", "/hunt/lists"] {
            assert_eq!(desk.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        let kept = desk
            .post(
                &format!("/cases/{case}/hunts"),
                json!({ "query": "a", "why": "b" }),
            )
            .await;
        assert_eq!(kept.status, StatusCode::FORBIDDEN, "{}", kept.text);
    }
    assert!(acts(&place, "hunt.").await.is_empty(), "nothing was searched");

    search(&office.it, json!({ "query": "f1" })).await;
    search(&office.it, json!({ "query": "account:(HOME\\anna.berg nobody)" })).await;
    search(&office.it, json!({ "query": "not account:anna.berg" })).await;
    search(&office.it, json!({ "subject": office.subject })).await;
    let looked = acts(&place, "hunt.search").await;
    let whom: Vec<Option<&str>> = looked
        .iter()
        .rev()
        .map(|(subject, _)| subject.as_deref())
        .collect();
    let subject = office.subject.as_str();
    assert_eq!(
        whom,
        [None, None, None, Some(subject)],
        "a foreign domain is another account"
    );
    search(
        &office.it,
        json!({ "query": "account:anna.berg@home.example file_path:*" }),
    )
    .await;
    let looked = acts(&place, "hunt.search").await;
    assert_eq!(looked[0].0.as_deref(), Some(subject));
    for (_, object) in looked {
        let object = object.unwrap();
        assert!(
            object.starts_with("search ") && !object.contains("anna"),
            "{object}"
        );
    }
    let missing = office
        .it
        .post("/hunt/search", json!({ "subject": "S-NOBODY01" }))
        .await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{}", missing.text);
}

#[tokio::test]
async fn a_search_by_pseudonym_tells_no_account_before_an_event_does() {
    let place = place().await;
    let office = office(&place).await;
    let lines = search(&office.it, json!({ "subject": office.subject, "limit": 3 })).await;
    let plan = &lines[0]["sql"];
    assert!(!plan.as_str().unwrap().contains("anna"), "{plan}");
    let end = lines.last().unwrap();
    assert_eq!((&end["hits"], &end["shown"]), (&json!(20), &json!(3)));
    assert!(end["sql"].as_str().unwrap().contains("'anna.berg'"), "{end}");
    // What it says can be run.
    let asked = json!({ "sql": end["sql"], "limit": 10 });
    let run = office.it.post("/query", asked).await;
    assert_eq!(run.status, StatusCode::OK, "{}", run.text);
    assert_eq!(run.json()["row_count"], 3);
    let event = &events(&lines)[0];
    assert_eq!(event["enrichment"]["subject"], office.subject.as_str(), "{event}");
    for text in ["berg@home", "Anna", "E1001"] {
        assert!(
            lines.iter().all(|line| !line.to_string().contains(text)),
            "{text}"
        );
    }
}

#[tokio::test]
async fn a_mistake_is_answered_with_its_place_and_what_is_typed_stays_text() {
    let place = place().await;
    three_days(&place).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    for (query, place_of_it, hint) in [
        ("device|contians:a", "line 1, column 8", "`contains`"),
        ("a and\n(b", "line 2, column 1", ")"),
        ("time:now", "line 1, column 1", "from and to"),
    ] {
        let answer = it.post("/hunt/search", json!({ "query": query })).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text);
        let error = &answer.json()["error"];
        assert_eq!(error["code"], "question");
        assert!(
            error["message"].as_str().unwrap().contains(place_of_it),
            "{error}"
        );
        assert!(error["hint"].as_str().unwrap().contains(hint), "{error}");
    }
    for asked in [
        json!({ "from": "2026-05-07", "to": "2026-05-04" }),
        json!({ "from": "soon" }),
        json!({ "fields": ["day"] }),
    ] {
        let answer = it.post("/hunt/search", asked.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{asked}: {}", answer.text);
    }
    for evil in [
        "' or 1=1 --",
        "'; drop table events; --",
        "\\' or ''=''",
        "%",
        "x') or ('1'='1",
    ] {
        for query in [
            format!("\"{evil}\""),
            format!("account:\"{evil}\""),
            format!("Own:\"{evil}\""),
            format!("\"own'name\"|contains:\"{evil}\""),
            format!("file_path|endswith:\"{evil}\""),
            format!("file_path|cased:\"{evil}*x\""),
        ] {
            let answer = it.post("/hunt/search", json!({ "query": query })).await;
            assert_eq!(answer.status, StatusCode::OK, "{query}: {}", answer.text);
            let lines = lines(&answer.text);
            let end = lines.last().unwrap();
            assert_eq!(
                (&end["kind"], &end["hits"]),
                (&json!("end"), &json!(0)),
                "{query}: {end}"
            );
        }
    }
    let noted = search(&it, json!({ "query": "acount:x" })).await;
    assert!(
        noted[0]["notes"][0].as_str().unwrap().contains("`account`"),
        "{}",
        noted[0]
    );
}

#[tokio::test]
async fn so_many_search_at_once_and_who_stops_reading_makes_room() {
    let place = place().await;
    three_days(&place).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let asked = json!({ "query": "f1" });
    let mut open = Vec::new();
    for _ in 0..4 {
        let request = it.asking("/hunt/search", &asked, None);
        let response = router(Arc::clone(&place.app)).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        open.push(response);
    }
    let busy = it.post("/hunt/search", asked.clone()).await;
    assert_eq!(busy.status, StatusCode::TOO_MANY_REQUESTS, "{}", busy.text);
    assert_eq!(busy.json()["error"]["code"], "busy");
    assert!(busy.headers.contains_key("retry-after"));
    open.pop();
    search(&it, asked).await;
}

#[tokio::test]
async fn a_saved_search_is_its_owners_and_shared_with_the_same_role() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let ivo = place.colleague("ivo", Role::ItAnalyst, None).await;
    let asked = json!({ "name": " Archives ", "query": "file_name|endswith:.zip", "from_days": 30, "note": "for leavers" });
    let saved = ines.post("/hunt/saved", asked).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    let saved = saved.json();
    assert_eq!(
        (&saved["name"], &saved["owner"]),
        (&json!("Archives"), &json!("ines"))
    );
    assert_eq!((&saved["shared"], &saved["rule"]), (&json!(false), &Value::Null));
    let path = format!("/hunt/saved/{}", saved["id"].as_str().unwrap());
    let seen = async |desk: &Desk<'_>| desk.get("/hunt/saved").await.json()["saved"].clone();
    assert_eq!(seen(&ines).await, json!([saved]));
    assert_eq!(seen(&ivo).await, json!([]));
    let change = json!({ "name": "Archives", "query": "file_name|endswith:(.zip .7z)", "shared": true });
    assert_eq!(ivo.put(&path, change.clone()).await.status, StatusCode::NOT_FOUND);
    let changed = ines.put(&path, change.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(seen(&ivo).await, json!([changed.json()]));
    // Sharing is no invitation to change it.
    assert_eq!(ivo.put(&path, change).await.status, StatusCode::FORBIDDEN);
    assert_eq!(ivo.delete(&path).await.status, StatusCode::FORBIDDEN);
    for wrong in [
        json!({ "name": "", "query": "a" }),
        json!({ "name": "a\nb", "query": "a" }),
        json!({ "name": "a", "query": "(" }),
        json!({ "name": "a", "query": " " }),
        json!({ "name": "a", "query": "a", "from_days": 0 }),
    ] {
        let refused = ines.post("/hunt/saved", wrong.clone()).await;
        assert_eq!(
            refused.status,
            StatusCode::BAD_REQUEST,
            "{wrong}: {}",
            refused.text
        );
    }
    // Leaving it out does not change it.
    let unshared = ines
        .put(&path, json!({ "name": "Archives", "query": "a" }))
        .await
        .json();
    assert_eq!(unshared["shared"], true);
    assert_eq!(ines.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ines.delete(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(seen(&ivo).await, json!([]));
}
