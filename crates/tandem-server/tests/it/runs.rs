//! A playbook in a case: duties, what connectors would do done by hand, approvals of both departments, clocks.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};
use tandem_domain::Role;

use crate::office::{Office, done, office, shared_case};
use crate::support::{Answer, Desk, Place};

pub async fn ask(desk: &Desk<'_>, run: &str, command: Value) -> Answer {
    desk.post(&format!("/runs/{run}/commands"), command).await
}

pub async fn must(desk: &Desk<'_>, run: &str, command: Value) -> Value {
    let words = command.to_string();
    let answer = ask(desk, run, command).await;
    assert_eq!(answer.status, StatusCode::OK, "{words}: {}", answer.text);
    answer.json()
}

/// An answer that each field takes. No hand-over was agreed: otherwise nobody is talked to.
fn answers(fields: &Value) -> Value {
    let mut given = Map::new();
    for field in fields.as_array().into_iter().flatten() {
        let value = match field["type"].as_str().unwrap_or("text") {
            "bool" => json!(field["id"] != json!("agreed_handover")),
            "number" => field.get("min").cloned().unwrap_or(json!(1)),
            "choice" => field["options"][0].clone(),
            "date" => json!("2026-03-01"),
            _ => json!("as agreed"),
        };
        given.insert(field["id"].as_str().unwrap().to_owned(), value);
    }
    Value::Object(given)
}

pub async fn started(office: &Office<'_>, case: &str, playbook: &str) -> Value {
    let inputs = office.it.get(&format!("/playbooks/{playbook}")).await.json()["playbook"]["inputs"].clone();
    let answer = office
        .it
        .post(
            &format!("/cases/{case}/runs"),
            json!({ "playbook": playbook, "subject": office.subject, "inputs": answers(&inputs) }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

/// Who does a step.
fn hands<'o>(office: &'o Office<'_>, step: &Value) -> &'o Desk<'o> {
    if step["department"] == json!("corporate") {
        &office.corporate
    } else {
        &office.it
    }
}

/// Does what there is to do, each department its own, until a step that touches a person waits; gives that step.
pub async fn until_approval(office: &Office<'_>, run: Value) -> (Value, Value) {
    until(office, run, |active| {
        active["step"]["touches_person"] == json!(true)
    })
    .await
}

/// Does what there is to do, each department its own, until the first step that waits is as wanted; gives that step.
pub async fn until(office: &Office<'_>, mut run: Value, wanted: impl Fn(&Value) -> bool) -> (Value, Value) {
    let id = run["summary"]["id"].as_str().unwrap().to_owned();
    for _ in 0..200 {
        let Some(active) = run["active"].as_array().unwrap().first().cloned() else {
            panic!("it ended before: {run}");
        };
        if wanted(&active) {
            return (run, active);
        }
        let (step, body, state) = (&active["id"], &active["step"], &active["state"]);
        let next = match state["status"].as_str().unwrap() {
            "offered" if body.get("run").is_some() => json!({ "command": "request_action", "step": step }),
            "offered" => json!({ "command": "take", "step": step }),
            "taken" if state["answered"] == json!(false) && body.get("form").is_some() => {
                json!({ "command": "answer", "step": step, "answers": answers(&body["form"]) })
            }
            "taken" => json!({ "command": "done", "step": step }),
            "running" => json!({
                "command": "report_action", "step": step, "key": state["action"]["key"], "ok": true,
                "text": "done by hand", "outputs": answers(&body["outputs"]),
            }),
            "asking" => {
                json!({ "command": "decide", "step": step, "branch": "true", "reason": "nobody could say" })
            }
            other => panic!("{other}: {active}"),
        };
        run = must(hands(office, body), &id, next).await;
    }
    panic!("no such step: {run}");
}

#[tokio::test]
async fn a_step_on_a_person_needs_both_departments_and_other_hands() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = started(&office, &case, "departing-employee-with-data").await;
    let (run, active) = until_approval(&office, run).await;
    let id = run["summary"]["id"].as_str().unwrap().to_owned();
    let (step, body) = (&active["id"], &active["step"]);
    assert_eq!(
        (&body["department"], body["do"].is_string()),
        (&json!("corporate"), true),
        "{active}"
    );
    let yes = json!({ "command": "approve", "step": step, "reason": "proportionate" });
    let take = json!({ "command": "take", "step": step });
    let finish = json!({ "command": "done", "step": step });
    let refused = StatusCode::UNPROCESSABLE_ENTITY;

    for (desk, why) in [(&office.it, "not IT's"), (&office.corporate, "nobody agreed")] {
        let early = ask(desk, &id, take.clone()).await;
        assert_eq!(early.status, refused, "{why}: {}", early.text);
    }
    for (desk, waits) in [
        (&office.approver_it, 1),
        (&office.approver_corporate, 1),
        (&office.auditor, 0),
    ] {
        let runs = desk.get("/runs").await.json();
        assert_eq!(runs["runs"].as_array().unwrap().len(), waits, "{runs}");
    }
    must(&office.approver_it, &id, yes.clone()).await;
    assert_eq!(
        office.approver_it.get("/runs").await.json()["runs"],
        json!([]),
        "what was answered waits no more"
    );
    let again = ask(&office.approver_it, &id, yes.clone()).await;
    assert_ne!(again.status, StatusCode::OK, "answers once: {}", again.text);
    let forged = json!({ "command": "approve", "step": step, "reason": "x", "department": "corporate" });
    let forged = ask(&office.approver_it, &id, forged).await;
    assert_eq!(forged.status, StatusCode::BAD_REQUEST, "{}", forged.text);
    let half = ask(&office.corporate, &id, take.clone()).await;
    assert_eq!(half.status, refused, "one is not enough: {}", half.text);
    must(&office.corporate, &id, yes).await;
    let both = ask(&office.corporate, &id, take.clone()).await;
    assert_eq!(both.status, refused, "approved it themselves: {}", both.text);

    let cora = place.colleague("cora", Role::CorporateInvestigator, None).await;
    let add =
        json!({ "people": { "add": { "account": "cora", "role": "contributor", "reason": "talks well" } } });
    done(&office.it, &case, add).await;
    must(&cora, &id, take).await;
    let given = answers(&body["form"]);
    must(
        &cora,
        &id,
        json!({ "command": "answer", "step": step, "answers": given }),
    )
    .await;
    must(&cora, &id, finish).await;

    let ledger = office
        .auditor
        .get(&format!("/ledger?case={case}&limit=500"))
        .await
        .json();
    let rows = ledger["rows"].as_array().unwrap();
    let of = |act: &str| rows.iter().filter(|row| row["act"] == json!(act)).count();
    assert_eq!((of("run.start"), of("run.approve")), (1, 2), "{ledger}");
}

#[tokio::test]
async fn a_run_is_for_members_and_refusals_change_nothing() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let run = started(&office, &case, "careless-upload").await;
    let id = run["summary"]["id"].as_str().unwrap().to_owned();
    let path = format!("/runs/{id}");
    let stranger = place.colleague("cora", Role::CorporateInvestigator, None).await;
    for desk in [&stranger, &office.approver_it, &office.auditor] {
        let seen = desk.get(&path).await;
        assert_eq!(seen.status, StatusCode::FORBIDDEN, "{}", seen.text);
    }
    let before = office.corporate.get(&path).await.json();
    for (command, status) in [
        (
            json!({ "command": "report_action", "step": "facts", "key": "k", "ok": true, "text": "", "outputs": {} }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({ "command": "done", "step": "facts" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({ "command": "take", "step": "no_such_step" }),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            json!({ "command": "take", "step": "facts", "who": "carl" }),
            StatusCode::BAD_REQUEST,
        ),
        (json!({ "command": "tick" }), StatusCode::BAD_REQUEST),
        (json!({ "command": "start" }), StatusCode::BAD_REQUEST),
        (json!([1]), StatusCode::BAD_REQUEST),
    ] {
        let words = command.to_string();
        let refused = ask(&office.it, &id, command).await;
        assert_eq!(refused.status, status, "{words}: {}", refused.text);
        assert!(refused.json()["error"]["hint"].is_string(), "{}", refused.text);
    }
    assert_eq!(office.corporate.get(&path).await.json(), before);
    let other = office
        .it
        .post(
            &format!("/cases/{case}/runs"),
            json!({ "playbook": "careless-upload", "subject": "S-NOBODY" }),
        )
        .await;
    assert_eq!(other.status, StatusCode::BAD_REQUEST, "{}", other.text);
    let none = office
        .it
        .post(&format!("/cases/{case}/runs"), json!({ "playbook": "no-such" }))
        .await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.text);
    let listed = office.corporate.get(&format!("/cases/{case}/runs")).await.json();
    assert_eq!(listed["runs"][0]["id"], json!(id));
}

#[tokio::test]
async fn every_shipped_playbook_is_on_the_shelf_and_leaves_as_cacao() {
    let place = Place::new().await;
    let office = office(&place).await;
    let listed = office.it.get("/playbooks").await.json();
    let playbooks = listed["playbooks"].as_array().unwrap();
    assert!(playbooks.len() >= 12, "{listed}");
    for playbook in playbooks {
        let id = playbook["id"].as_str().unwrap();
        let cacao = office.it.get(&format!("/playbooks/{id}/cacao")).await;
        assert_eq!(cacao.status, StatusCode::OK, "{id}: {}", cacao.text);
        assert_eq!(cacao.json()["spec_version"], json!("cacao-2.0"), "{id}");
    }
}
