//! Past queues under other settings, proposals that the other department answers, and whom to offer help first.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::Role;

use crate::support::{Desk, Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date
2026-05-01,P1,employee,Mona Lind,mona,,,Sales,Clerk,,,2020-01-01,
2026-05-01,P2,employee,Ulf Berg,ulf,,,Sales,Clerk,,,2020-01-01,
";

/// Mona is in a performance plan too, but what she did belongs in the queue; Ulf leaves and is in one.
const FACTS: &str = "known_on,person,fact,from,until,detail,reference
2026-05-05,P1,performance_plan,2026-05-05,2026-08-01,,
2026-05-06,P2,performance_plan,2026-05-06,2026-08-01,,
2026-05-07,P2,support_given,2026-05-07,,,
";

/// Two weeks of work, and one night on which Mona clears a log and deletes shadow copies.
fn work() -> String {
    let mut text = String::new();
    for day in 4..=18 {
        for n in 0..12 {
            text.push_str(&line(day, n, "mona"));
            text.push_str(&line(day, n + 20, "ulf"));
        }
    }
    let vssadmin = ",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\vssadmin.exe\",\"CommandLine\":\"vssadmin delete shadows /all\"";
    for (event, extra) in [(1102, ""), (4688, vssadmin)] {
        text.push_str(&format!(
            "{{\"EventTime\":\"2026-05-11T23:10:00Z\",\"EventID\":{event},\"EventRecordID\":{event}11,\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"mona\"{extra}}}\n"
        ));
    }
    text
}

async fn place() -> Place {
    let place = Place::with(|config| config.queue.per_1000 = 1_000.0).await;
    place.read("people.csv", PEOPLE).await;
    place.read("facts.csv", FACTS).await;
    place.read("work.ndjson", &work()).await;
    place.analyse().await;
    place
}

async fn posted(desk: &Desk<'_>, path: &str, body: Value) -> Value {
    let answer = desk.post(path, body).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()
}

#[tokio::test]
async fn no_change_gives_the_kept_queue_and_other_weights_another() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let same = posted(&ines, "/what-if", json!({ "changes": [] })).await;
    assert_eq!(same["unlike_kept"], 0, "{same}");
    assert_eq!(same["exact_start"], true);
    assert!(same["alerts_before"].as_u64().unwrap() >= 1, "{same}");
    assert_eq!(same["alerts_before"], same["alerts_after"]);
    assert_eq!(same["entering"], json!([]));

    let off: Vec<Value> = ["low", "medium", "high", "critical"]
        .iter()
        .map(|level| json!({ "key": format!("model.levels.{level}"), "value": 0.0 }))
        .collect();
    let none = posted(&ines, "/what-if", json!({ "changes": off })).await;
    assert_eq!(none["alerts_after"], 0, "{none}");
    let left = none["leaving"].as_array().unwrap();
    assert_eq!(left.len() as u64, same["alerts_before"].as_u64().unwrap());
    assert!(left[0]["subject"].as_str().unwrap().starts_with("S-"));
    assert!(!left[0]["title"].as_str().unwrap().is_empty());

    // The settings and the queue are as they were.
    let again = posted(&ines, "/what-if", json!({ "changes": [], "days": 30 })).await;
    assert_eq!(again["alerts_before"], same["alerts_before"]);
}

#[tokio::test]
async fn what_breaks_a_law_is_refused_and_who_sees_no_subject_tries_nothing() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let wrong = json!({ "changes": [{ "key": "model.groups.fact.half_life_days", "value": 90.0 }] });
    let refused = ines.post("/what-if", wrong).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    assert!(refused.text.contains("model.groups.fact"), "{}", refused.text);
    for role in [
        Role::Administrator,
        Role::Auditor,
        Role::WorksCouncil,
        Role::Staff,
    ] {
        let name = format!("x-{}", role.as_str().replace('_', "-"));
        let desk = place.colleague(&name, role, None).await;
        let tried = desk.post("/what-if", json!({ "changes": [] })).await;
        assert_eq!(tried.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

#[tokio::test]
async fn a_proposal_is_answered_by_somebody_else_of_the_other_department_and_shows_its_lines() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let ivan = place.colleague("ivan", Role::ItAnalyst, None).await;
    let cora = place.colleague("cora", Role::CorporateInvestigator, None).await;
    let path = "/what-if/proposals";
    let asked = json!({ "changes": [{ "key": "model.levels.high", "value": 10.0 }], "reason": "too many alerts of this level" });
    let made = posted(&ines, path, asked).await;
    assert_eq!(
        (&made["status"], &made["lines"]),
        (&json!("waiting"), &Value::Null)
    );
    let answer = format!("{path}/{}/answer", made["id"].as_str().unwrap());
    let yes = json!({ "approve": true, "reason": "seen the difference" });
    for own_department in [&ines, &ivan] {
        let refused = own_department.post(&answer, yes.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    }
    let nothing_said = cora
        .post(&answer, json!({ "approve": true, "reason": " " }))
        .await;
    assert_eq!(nothing_said.status, StatusCode::BAD_REQUEST);
    let approved = posted(&cora, &answer, yes.clone()).await;
    assert_eq!(approved["status"], "approved");
    assert_eq!(approved["lines"], "[model.levels]\nhigh = 10.0");
    assert_eq!(
        (&approved["in_force"], &approved["outdated"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(
        cora.post(&answer, yes).await.status,
        StatusCode::BAD_REQUEST,
        "once"
    );
    // Whoever runs the machine finds them without seeing anybody.
    let anton = place.colleague("anton", Role::Administrator, None).await;
    let list = anton.get(path).await;
    assert_eq!(list.status, StatusCode::OK, "{}", list.text);
    assert!(
        list.text.contains("high = 10.0") && !list.text.contains("S-"),
        "{}",
        list.text
    );
    let council = place.colleague("wilma", Role::WorksCouncil, None).await;
    assert_eq!(council.get(path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn whom_to_help_first_is_for_the_human_side_and_has_no_number() {
    let place = place().await;
    let cora = place.colleague("cora", Role::CorporateInvestigator, None).await;
    let answer = cora.get("/support").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let list = answer.json();
    let entries = list["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "Mona's is the queue's matter: {list}");
    assert!(entries[0].get("score").is_none());
    assert!(
        entries[0]["concerns"][0]
            .as_str()
            .unwrap()
            .contains("Performance plan")
    );
    assert!(
        entries[0]["suggests"][0]
            .as_str()
            .unwrap()
            .contains("Help was given since")
    );
    assert!(
        !answer.text.contains("Ulf") && !answer.text.contains("ulf"),
        "{}",
        answer.text
    );
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    assert_eq!(ines.get("/support").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_story_tells_motive_way_and_impact_by_what_the_reader_may_see() {
    let place = place().await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let queue = ines.get("/queue?status=new").await.json();
    let subject = queue["alerts"][0]["subject"].as_str().unwrap().to_owned();
    let story = ines.get(&format!("/subjects/{subject}")).await.json();
    let motive = &story["motive"];
    let shares: f64 = motive["causes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| cause["share"].as_f64().unwrap())
        .sum();
    assert!(
        (shares + motive["unknown"].as_f64().unwrap() - 1.0).abs() < 1e-9,
        "{motive}"
    );
    assert_eq!(motive["partial"], true, "the plan is not hers to see");
    assert!(!story["way"]["spans"].as_array().unwrap().is_empty());
    assert!(
        story["way"]["spans"]
            .as_array()
            .unwrap()
            .iter()
            .all(|s| s["phase"] != "stress")
    );
    assert_eq!(story["impact"]["level"], 3, "shadow copies: {}", story["impact"]);
}
