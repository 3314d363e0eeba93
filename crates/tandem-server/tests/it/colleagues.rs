//! Administrators say who works with Tandem; everybody who picks people sees whom they can pick, and no more.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::{Department, Role};

use crate::support::{Desk, Place};

struct Office<'a> {
    admin: Desk<'a>,
    it: Desk<'a>,
    auditor: Desk<'a>,
}

async fn office(place: &Place) -> Office<'_> {
    place.colleague("carl", Role::CorporateInvestigator, None).await;
    place
        .colleague("abel", Role::Approver, Some(Department::It))
        .await;
    place.colleague("sara", Role::Staff, None).await;
    Office {
        admin: place.colleague("root", Role::Administrator, None).await,
        it: place.colleague("ines", Role::ItAnalyst, None).await,
        auditor: place.colleague("uma", Role::Auditor, None).await,
    }
}

async fn listed(desk: &Desk<'_>) -> Value {
    let answer = desk.get("/colleagues").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn accounts(list: &Value) -> Vec<&str> {
    let all = list["colleagues"].as_array().unwrap();
    all.iter().map(|one| one["account"].as_str().unwrap()).collect()
}

fn of<'a>(list: &'a Value, account: &str) -> &'a Value {
    let all = list["colleagues"].as_array().unwrap();
    all.iter().find(|one| one["account"] == json!(account)).unwrap()
}

#[tokio::test]
async fn who_picks_people_sees_whom_they_can_pick_and_no_more() {
    let place = Place::new().await;
    let office = office(&place).await;
    let away = json!({
        "role": "corporate_investigator",
        "settings": { "absences": [["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z"]], "mail": "carl@home.example" },
    });
    let changed = office.admin.put("/colleagues/carl", away).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);

    let list = listed(&office.it).await;
    assert_eq!(accounts(&list), ["abel", "carl", "ines", "uma"]);
    assert_eq!(
        *of(&list, "carl"),
        json!({ "account": "carl", "role": "corporate_investigator", "department": "corporate", "away": true, "managed": null })
    );
    assert_eq!(of(&list, "abel")["department"], json!("it"));
    assert!(!list.to_string().contains("carl@home.example"), "{list}");

    let whole = listed(&office.admin).await;
    assert_eq!(accounts(&whole), ["abel", "carl", "ines", "root", "sara", "uma"]);
    let settings = &of(&whole, "carl")["managed"]["settings"];
    assert_eq!(settings["mail"], json!("carl@home.example"));
}

#[tokio::test]
async fn only_administrators_change_colleagues_and_never_their_own_account() {
    let place = Place::new().await;
    let office = office(&place).await;
    let promoted = json!({ "role": "approver", "department": "it" });
    for (desk, path) in [
        (&office.it, "/colleagues/ines"),
        (&office.it, "/colleagues/carl"),
        (&office.auditor, "/colleagues/carl"),
        (&office.admin, "/colleagues/root"),
        (&office.admin, "/colleagues/Root"),
    ] {
        let refused = desk.put(path, promoted.clone()).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text);
        let refused = desk.post(&format!("{path}/link"), json!({})).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text);
    }
    let unchanged = listed(&office.admin).await;
    assert_eq!(of(&unchanged, "root")["role"], json!("administrator"));
    assert_eq!(of(&unchanged, "carl")["role"], json!("corporate_investigator"));
}

#[tokio::test]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let place = Place::new().await;
    let office = office(&place).await;
    let before = listed(&office.admin).await;
    let analyst = |settings: Value| json!({ "role": "it_analyst", "settings": settings });
    for (account, body) in [
        ("ines", json!({ "role": "boss" })),
        ("ines", json!({ "role": "approver" })),
        ("ines", json!({ "role": "it_analyst", "department": "corporate" })),
        ("ines", json!({ "role": "it_analyst", "subject": "S-1" })),
        ("ines", analyst(json!({ "functions": ["king"] }))),
        ("ines", analyst(json!({ "functions": ["corporate_lead"] }))),
        ("ines", analyst(json!({ "deputies": ["nobody"] }))),
        ("ines", analyst(json!({ "deputies": ["carl"] }))),
        ("ines", analyst(json!({ "deputies": ["ines"] }))),
        (
            "ines",
            analyst(json!({ "absences": [["2026-05-04T00:00:00Z", "2026-05-03T00:00:00Z"]] })),
        ),
        ("ines", analyst(json!({ "absences": [["soon", "later"]] }))),
        ("ines", analyst(json!({ "mail": "no mail" }))),
        ("ines", analyst(json!({ "chat": [["slack", ""]] }))),
        ("ines", analyst(json!({ "deputies": vec!["abel"; 51] }))),
        ("Ines", analyst(json!({}))),
        ("a%20b", analyst(json!({}))),
    ] {
        let words = body.to_string();
        let refused = office.admin.put(&format!("/colleagues/{account}"), body).await;
        assert!(
            refused.status.is_client_error(),
            "{account} {words}: {}",
            refused.text
        );
    }
    assert_eq!(listed(&office.admin).await, before);
}

#[tokio::test]
async fn each_change_and_each_link_is_in_the_ledger_and_a_disabled_account_is_out_at_once() {
    let place = Place::new().await;
    let office = office(&place).await;
    let added = office
        .admin
        .put("/colleagues/nora", json!({ "role": "it_analyst" }))
        .await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    // The same again is no change.
    office
        .admin
        .put("/colleagues/nora", json!({ "role": "it_analyst" }))
        .await;
    let link = office.admin.post("/colleagues/nora/link", json!({})).await;
    assert_eq!(link.status, StatusCode::OK, "{}", link.text);
    let path = link.json()["path"].as_str().unwrap().to_owned();
    let cookie = place.get(&path, None).await.cookie.expect("a session");
    let session = place.get("/api/v1/session", Some(&cookie)).await;
    assert_eq!(session.json()["user"], json!("nora"));

    let disabled = json!({ "role": "it_analyst", "disabled": true });
    office.admin.put("/colleagues/nora", disabled).await;
    let out = place.get("/api/v1/session", Some(&cookie)).await;
    assert_eq!(out.status, StatusCode::UNAUTHORIZED, "{}", out.text);
    let refused = office.admin.post("/colleagues/nora/link", json!({})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(!accounts(&listed(&office.it).await).contains(&"nora"));

    let ledger = office.auditor.get("/ledger?who=root&act=colleague.").await;
    let rows = ledger.json()["rows"].as_array().unwrap().clone();
    let acts: Vec<_> = rows
        .iter()
        .rev()
        .map(|row| (row["act"].as_str().unwrap(), row["object"].as_str().unwrap()))
        .collect();
    assert_eq!(
        acts,
        [
            ("colleague.change", "nora"),
            ("colleague.link", "nora"),
            ("colleague.change", "nora")
        ]
    );
    let secret = path.split('=').next_back().unwrap();
    assert!(!ledger.text.contains(secret));
}

#[tokio::test]
async fn duties_of_who_leaves_go_to_others_at_once() {
    let place = Place::new().await;
    let office = office(&place).await;
    place.colleague("ivan", Role::ItAnalyst, None).await;
    let opened = office
        .it
        .post(
            "/cases",
            json!({ "kind": "misuse", "title": "A case", "reason": "to see the duties" }),
        )
        .await
        .json();
    let id = opened["summary"]["id"].as_str().unwrap().to_owned();
    let holds = |case: &Value, account: &str| {
        let duties = case["case"]["duties"].as_object().unwrap().clone();
        duties
            .values()
            .filter(|duty| duty["holder"] == json!(account))
            .count()
    };
    // Whoever holds a duty in the case and is not the one who reads it here.
    let duties = opened["case"]["duties"].as_object().unwrap();
    let holder = duties
        .values()
        .filter_map(|duty| duty["holder"].as_str())
        .find(|holder| *holder != "ines")
        .unwrap_or_else(|| panic!("{opened}"))
        .to_owned();
    let whole = listed(&office.admin).await;
    let known = of(&whole, &holder);
    let gone = json!({ "role": known["role"], "department": known["department"], "disabled": true });
    let changed = office.admin.put(&format!("/colleagues/{holder}"), gone).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    let after = office.it.get(&format!("/cases/{id}")).await.json();
    assert_eq!(holds(&after, &holder), 0, "{after}");
}
