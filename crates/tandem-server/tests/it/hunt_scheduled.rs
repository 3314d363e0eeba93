//! A saved search in SQL that is asked again and again: what its rows become, how often, and what is told when it fails.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::{Day, Indicator, Role, Timestamp};
use tandem_store::{LedgerFilter, ScheduledQueryRow};

use crate::hunt::place;
use crate::office::office;
use crate::support::{Desk, Place, line};

/// Whoever read more than four files on a day.
const MANY: &str = "select account, min(time) as time, 'the share' as object, count(*) as n from events \
                    where operation = 'file_read' group by account having count(*) > 4";

fn wording() -> Value {
    json!({ "every_minutes": 30, "title": "Many files are read", "level": "medium", "threat": "leakage", "stage": "preparation" })
}

async fn saved(desk: &Desk<'_>, sql: &str) -> String {
    let asked = json!({ "name": "Many files", "query": sql, "language": "sql" });
    let saved = desk.post("/hunt/saved", asked).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.text);
    let saved = saved.json();
    assert_eq!(
        (&saved["language"], &saved["schedule"]),
        (&json!("sql"), &Value::Null)
    );
    saved["id"].as_str().unwrap().to_owned()
}

async fn scheduled(desk: &Desk<'_>, sql: &str) -> String {
    let id = saved(desk, sql).await;
    let made = desk.put(&format!("/hunt/saved/{id}/schedule"), wording()).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert_eq!(made.json()["schedule"]["every_minutes"], 30);
    id
}

/// Asks whatever is due after so many minutes.
async fn ask(place: &Place, minutes: i64) -> u64 {
    let at = tandem_server::pipeline::now().plus_micros(minutes * 60_000_000);
    place.app.ask_scheduled(at).await.unwrap()
}

/// Asks everything now, as if its time had come.
async fn again(place: &Place) -> u64 {
    for row in place.app.store.scheduled_queries().await.unwrap() {
        let due = ScheduledQueryRow {
            due: Timestamp(0),
            ..row
        };
        place.app.store.put_scheduled_query(&due).await.unwrap();
    }
    ask(place, 0).await
}

/// What came of a search last.
async fn last(desk: &Desk<'_>, id: &str) -> Value {
    let list = desk.get("/hunt/saved").await.json();
    let found = list["saved"]
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["id"] == id);
    found.unwrap_or_else(|| panic!("{list}"))["schedule"]["last"].clone()
}

/// What a query said of people, by time.
async fn said(place: &Place, id: &str) -> Vec<Indicator> {
    let day = |text: &str| Day::parse(text).unwrap();
    let days = (day("2026-05-01"), day("2026-05-31"));
    let mut all = place.app.store.indicators_between(days.0, days.1).await.unwrap();
    all.retain(|indicator| indicator.detector == format!("rule:{id}"));
    all.sort_by_key(|indicator| indicator.time);
    all
}

async fn matches(place: &Place, id: &str) -> u64 {
    let counts = place.app.store.matches_by_rule().await.unwrap();
    counts.get(id).copied().unwrap_or(0)
}

async fn acts(place: &Place, act: &str) -> Vec<Option<String>> {
    let filter = LedgerFilter {
        act: Some(act.to_owned()),
        limit: 100,
        ..LedgerFilter::default()
    };
    let rows = place.app.store.ledger(&filter).await.unwrap();
    rows.into_iter().map(|row| row.entry.object).collect()
}

fn reading(day: u32, files: std::ops::Range<u32>, user: &str) -> String {
    files.map(|n| line(day, n, user)).collect()
}

#[tokio::test]
async fn rows_become_indicators_of_the_subject_once_however_often_they_are_answered() {
    let place = place().await;
    let office = office(&place).await;
    let id = scheduled(&office.it, MANY).await;
    assert_eq!(acts(&place, "schedule.make").await, [Some(id.clone())]);
    let shown = office.it.get(&format!("/rules/{id}")).await.json();
    assert_eq!(shown["title"], "Many files are read");
    assert_eq!(shown["logsource"], "tandem / scheduled_query");

    place.read("five.ndjson", &reading(5, 0..6, "anna.berg")).await;
    place.read("few.ndjson", &reading(5, 0..2, "ben.ode")).await;
    assert_eq!(ask(&place, 0).await, 1);
    assert_eq!(ask(&place, 0).await, 0, "not due yet");
    place.analyse().await;
    let found = said(&place, &id).await;
    // The day that was read before, shortly, and the fifth.
    assert_eq!(found.len(), 2, "{found:?}");
    let fifth = found.last().unwrap();
    assert_eq!(fifth.subject.as_str(), office.subject);
    assert_eq!(
        fifth.time,
        Timestamp::parse_rfc3339("2026-05-05T08:00:00Z").unwrap()
    );
    assert_eq!(fifth.title, "Many files are read");
    assert_eq!(
        (fifth.object.as_deref(), fifth.event_count),
        (Some("the share"), 1)
    );
    let run = last(&office.it, &id).await;
    assert_eq!(
        (&run["days"], &run["rows"], &run["new"], &run["error"]),
        (&json!(2), &json!(2), &json!(2), &Value::Null),
        "{run}"
    );

    // The day goes on: the same row has other figures, and is the same.
    place.read("later.ndjson", &reading(5, 6..9, "anna.berg")).await;
    place.analyse().await;
    assert_eq!(again(&place).await, 1);
    assert_eq!(matches(&place, &id).await, 2);
    assert_eq!(place.analyse().await, 0, "nothing new makes no day due");
    // What comes late is asked about however old it is, and the day is analysed anew.
    place.read("late.ndjson", &reading(2, 0..9, "ben.ode")).await;
    place.analyse().await;
    assert_eq!(again(&place).await, 1);
    assert!(place.analyse().await > 0);
    let kept = said(&place, &id).await;
    assert_eq!(kept.len(), 3);
    assert_eq!(
        kept[1..].iter().map(|i| i.id).collect::<Vec<_>>(),
        found.iter().map(|i| i.id).collect::<Vec<_>>()
    );

    // Another process goes on where this one was.
    let user = office.it.cookie.clone();
    let before = last(&office.it, &id).await;
    drop(office);
    let place = place.reopened().await;
    let it = place.desk(user).await;
    assert_eq!(last(&it, &id).await, before);
    assert_eq!(again(&place).await, 1);
    assert_eq!(matches(&place, &id).await, 3);
}

#[tokio::test]
async fn a_row_that_names_its_event_leads_to_it_and_one_without_an_account_is_about_nobody() {
    let place = place().await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    place.read("one.ndjson", &reading(4, 0..3, "anna.berg")).await;
    place.read("two.ndjson", &reading(4, 3..5, "SYSTEM")).await;
    let id = scheduled(&it, "select * from events").await;
    let nowhere = scheduled(
        &it,
        "select account, timestamp '2020-01-01T00:00:00Z' as time from events",
    )
    .await;
    assert_eq!(ask(&place, 0).await, 2);
    let run = last(&it, &id).await;
    assert_eq!(
        (&run["rows"], &run["new"], &run["without_account"]),
        (&json!(5), &json!(5), &json!(2)),
        "{run}"
    );
    let event = it.get("/events?account=anna.berg").await.json()["events"][0]["id"].clone();
    let detail = it
        .get(&format!("/events/{}", event.as_str().unwrap()))
        .await
        .json();
    let rules = detail["matched_rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["id"] == id), "{detail}");
    place.analyse().await;
    let found = said(&place, &id).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].event_count, 3);
    // Another day than the one that was asked about is none.
    let run = last(&it, &nowhere).await;
    assert_eq!(
        (&run["rows"], &run["new"], &run["without_time"]),
        (&json!(5), &json!(0), &json!(5))
    );
    let list = it.get("/rules").await.json();
    let alarms: Vec<&Value> = list["queries"].as_array().unwrap().iter().collect();
    assert_eq!(alarms.len(), 1, "{list}");
    assert_eq!(
        (&alarms[0]["rule"], &alarms[0]["alarm"]),
        (&json!(nowhere), &json!("query_without_time"))
    );
}

#[tokio::test]
async fn one_that_fails_keeps_no_other_from_being_asked_and_is_asked_for_the_same_days_again() {
    let place = place().await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let broken = scheduled(
        &it,
        "select account, time, cast(concat('x', account) as int) as n from events",
    )
    .await;
    let whole = scheduled(&it, MANY).await;
    place.read("one.ndjson", &reading(4, 0..9, "anna.berg")).await;
    assert_eq!(ask(&place, 0).await, 2);
    assert_eq!(last(&it, &whole).await["new"], 1);
    let failed = last(&it, &broken).await;
    assert!(
        failed["error"].as_str().is_some_and(|error| !error.is_empty()),
        "{failed}"
    );
    let since = failed["failing_since"].clone();
    let alarm = it.get("/rules").await.json()["queries"][0].clone();
    assert_eq!(
        (&alarm["rule"], &alarm["alarm"], &alarm["since"]),
        (&json!(broken), &json!("query_failing"), &since)
    );
    assert!(!alarm.to_string().contains("anna"), "{alarm}");
    assert_eq!(ask(&place, 31).await, 2);
    assert_eq!(
        last(&it, &broken).await["failing_since"],
        since,
        "since when it fails stays"
    );
    let metrics = place.app.metrics.text().unwrap();
    assert!(metrics.contains("tandem_query_failures_total 2"), "{metrics}");

    // It is mended: what it missed is asked about, long after it came.
    let mended = json!({ "name": "Many files", "query": "select account, time, event_id from events" });
    let changed = it.put(&format!("/hunt/saved/{broken}"), mended).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    assert_eq!(ask(&place, 600).await, 2);
    let run = last(&it, &broken).await;
    assert_eq!(
        (&run["new"], &run["error"], &run["failing_since"]),
        (&json!(9), &Value::Null, &Value::Null),
        "{run}"
    );
    assert_eq!(last(&it, &whole).await["days"], 0, "nothing came meanwhile");
    assert_eq!(it.get("/rules").await.json()["queries"], json!([]));
}

#[tokio::test]
async fn more_rows_than_are_taken_are_told() {
    let place = place().await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let id = scheduled(&it, &["select * from events"; 3].join(" union all ")).await;
    place.read("one.ndjson", &reading(4, 0..500, "anna.berg")).await;
    assert_eq!(ask(&place, 0).await, 1);
    let run = last(&it, &id).await;
    assert_eq!(
        (&run["rows"], &run["truncated"]),
        (&json!(1_000), &json!(true)),
        "{run}"
    );
    assert_eq!(
        it.get("/rules").await.json()["queries"][0]["alarm"],
        "query_truncated"
    );
}

#[tokio::test]
async fn only_sql_that_says_whose_and_when_is_asked_by_whoever_may_make_rules() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let ivo = place.colleague("ivo", Role::ItAnalyst, None).await;
    let auditor = place.colleague("uma", Role::Auditor, None).await;
    for (sql, why) in [
        ("drop table events", "only reading"),
        ("select acount from events", "`acount`"),
        ("select 1; select 2", "only reading"),
        (" ", "empty"),
    ] {
        let asked = json!({ "name": "a", "query": sql, "language": "sql" });
        let refused = ines.post("/hunt/saved", asked).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{sql}: {}", refused.text);
        assert!(refused.text.contains(why), "{sql}: {}", refused.text);
    }
    for (sql, change, code) in [
        ("select device, time from events", json!({}), "account"),
        (
            "select device, time from events",
            json!({ "account": "who" }),
            "account",
        ),
        ("select account from events", json!({}), "time"),
        ("select account, dst_port as time from events", json!({}), "time"),
        (MANY, json!({ "every_minutes": 4 }), "every_minutes"),
        (MANY, json!({ "level": "enormous" }), "level"),
        (MANY, json!({ "title": " " }), "title"),
    ] {
        let id = saved(&ines, sql).await;
        let mut asked = wording();
        for (name, value) in change.as_object().unwrap() {
            asked[name] = value.clone();
        }
        let refused = ines.put(&format!("/hunt/saved/{id}/schedule"), asked).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{sql}: {}", refused.text);
        assert_eq!(refused.json()["error"]["code"], code, "{sql}: {}", refused.text);
    }
    assert!(acts(&place, "schedule.").await.is_empty());
    let written = std::fs::read_dir(place.app.config.made_rules_dir());
    assert!(written.map_or(true, |mut files| files.next().is_none()));

    // Another name for both columns is fine.
    let id = saved(&ines, "select device as who, day as \"on\" from events").await;
    let path = format!("/hunt/saved/{id}/schedule");
    let mut asked = wording();
    (asked["account"], asked["time"]) = (json!("who"), json!("on"));
    assert_eq!(ivo.put(&path, asked.clone()).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        auditor.put(&path, asked.clone()).await.status,
        StatusCode::FORBIDDEN
    );
    let made = ines.put(&path, asked).await;
    assert_eq!(made.status, StatusCode::OK, "{}", made.text);
    assert_eq!(made.json()["schedule"]["account"], "who");

    // Each of the two kinds becomes what it can be.
    let rule = json!({ "title": "t", "level": "low", "threat": "misuse", "stage": "means" });
    let refused = ines.post(&format!("/hunt/saved/{id}/rule"), rule).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    let question = ines
        .post("/hunt/saved", json!({ "name": "q", "query": "a" }))
        .await
        .json();
    assert_eq!(question["language"], "fields");
    let of_question = format!("/hunt/saved/{}/schedule", question["id"].as_str().unwrap());
    let refused = ines.put(&of_question, wording()).await;
    assert_eq!(
        refused.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        refused.text
    );
    let other = json!({ "name": "q", "query": "a", "language": "fields" });
    let refused = ines.put(&format!("/hunt/saved/{id}"), other).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);

    // It is asked no more, by itself or because the search is gone; a rule of nothing stays nowhere.
    let file = place.app.config.made_rules_dir().join(format!("{id}.yml"));
    assert!(file.exists());
    assert_eq!(ines.delete(&path).await.status, StatusCode::NO_CONTENT);
    assert!(!file.exists());
    assert_eq!(
        ines.get(&format!("/rules/{id}")).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(ines.delete(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ask(&place, 0).await, 0);
    let id = scheduled(&ines, MANY).await;
    assert_eq!(
        ines.delete(&format!("/hunt/saved/{id}")).await.status,
        StatusCode::NO_CONTENT
    );
    assert_eq!(ask(&place, 0).await, 0);
    assert_eq!(acts(&place, "schedule.remove").await.len(), 2);
}
