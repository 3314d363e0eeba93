//! Work over several cases: the board, mentions, finding, merging and splitting.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::Role;

use crate::office::{Office, done, office, proposed, shared_case};
use crate::support::{Desk, Place};

/// Opens a case about nobody yet; only who opens it is in it.
async fn opened(desk: &Desk<'_>, title: &str) -> String {
    let answer = desk
        .post(
            "/cases",
            json!({ "kind": "data_leakage", "title": title, "reason": "to be looked into" }),
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["summary"]["id"].as_str().unwrap().to_owned()
}

async fn board(desk: &Desk<'_>) -> Value {
    let answer = desk.get("/board").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

/// Ids of what waits on a board in a case, of one kind.
fn waiting(board: &Value, case: &str, kind: &str) -> Vec<String> {
    let items = board["items"].as_array().unwrap().iter();
    items
        .filter(|item| item["case"] == json!(case) && item["kind"] == json!(kind))
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect()
}

fn item<'b>(board: &'b Value, case: &str, id: &str) -> &'b Value {
    let mut items = board["items"].as_array().unwrap().iter();
    items
        .find(|item| item["case"] == json!(case) && item["id"] == json!(id))
        .unwrap_or_else(|| panic!("no {id} of {case}: {board}"))
}

fn note(visibility: &str, text: &str) -> Value {
    json!({ "note": { "write": { "visibility": visibility, "text": text } } })
}

fn accept(duty: &str) -> Value {
    json!({ "duty": { "accept": { "duty": duty } } })
}

async fn rows(office: &Office<'_>, case: &str, act: &str) -> usize {
    let path = format!("/ledger?case={case}&act={act}&limit=500");
    let ledger = office.auditor.get(&path).await.json();
    ledger["rows"].as_array().unwrap().len()
}

#[tokio::test]
async fn who_is_offered_a_duty_finds_it_on_the_board_and_answers_before_being_a_member() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = opened(&office.it, "Copies at night").await;
    let path = format!("/cases/{case}/commands");
    let duty = "detect/corporate_investigator";

    let seen = board(&office.corporate).await;
    let offered = item(&seen, &case, duty);
    assert_eq!(
        (&offered["kind"], &offered["state"], &offered["letter"]),
        (&json!("duty"), &json!("offered"), &json!("consulted")),
        "{offered}"
    );
    assert_eq!(
        (&offered["member"], &offered["late"]),
        (&json!(false), &json!(false))
    );
    let outline = office.corporate.get(&format!("/cases/{case}")).await;
    assert_eq!(outline.status, StatusCode::OK, "{}", outline.text);
    assert_eq!(
        (&outline.json()["case"], &outline.json()["timeline"]),
        (&json!({}), &json!([]))
    );
    for (command, why) in [
        (note("both", "hello"), "no member"),
        (accept("detect/it_analyst"), "somebody else's duty"),
    ] {
        let refused = office.corporate.post(&path, command).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{why}: {}", refused.text);
    }
    let stranger = place.colleague("cora", Role::CorporateInvestigator, None).await;
    assert_eq!(
        stranger.get(&format!("/cases/{case}")).await.status,
        StatusCode::FORBIDDEN
    );
    assert!(waiting(&board(&stranger).await, &case, "duty").is_empty());

    let joined = done(&office.corporate, &case, accept(duty)).await;
    assert_eq!(joined["my_role"], json!("contributor"), "{joined}");
    let seen = board(&office.corporate).await;
    assert_eq!(item(&seen, &case, duty)["state"], json!("accepted"));
    let result = json!({ "duty": { "done": { "duty": duty, "result": "asked around" } } });
    done(&office.corporate, &case, result).await;
    let seen = board(&office.corporate).await;
    assert!(
        !waiting(&seen, &case, "duty").contains(&duty.to_owned()),
        "{seen}"
    );
}

#[tokio::test]
async fn an_approver_keeps_the_duty_of_a_lead_and_sees_the_case_then() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = opened(&office.it, "Copies at night").await;
    let lead = "detect/it_lead";
    assert_eq!(
        item(&board(&office.approver_it).await, &case, lead)["letter"],
        json!("accountable")
    );
    let joined = done(&office.approver_it, &case, accept(lead)).await;
    assert_eq!(joined["my_role"], json!("contributor"), "{joined}");
    let seen = office.approver_it.get(&format!("/cases/{case}")).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert_eq!(seen.json()["case"]["title"], json!("Copies at night"));
    done(
        &office.approver_it,
        &case,
        note("both", "I answer for this phase"),
    )
    .await;
}

#[tokio::test]
async fn a_vote_waits_for_each_department_and_a_ruling_for_whoever_is_accountable() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let proposed = proposed(&office, &case).await;
    let (id, proposal) = proposed["case"]["proposals"]
        .as_object()
        .unwrap()
        .iter()
        .next()
        .unwrap();
    let say = |what: &str, answer: &str| json!({ "decision": { what: { "proposal": id, "hash": proposal["hash"], "answer": answer, "reason": "checked" } } });
    for desk in [&office.it, &office.corporate] {
        assert_eq!(
            waiting(&board(desk).await, &case, "vote"),
            *std::slice::from_ref(id)
        );
    }
    done(&office.it, &case, say("vote", "for")).await;
    assert!(waiting(&board(&office.it).await, &case, "vote").is_empty());
    let split = done(&office.corporate, &case, say("vote", "against")).await;
    assert_eq!(split["case"]["proposals"][id]["decider"], json!("ada"), "{split}");
    assert_eq!(
        waiting(&board(&office.approver_it).await, &case, "ruling"),
        *std::slice::from_ref(id)
    );
    let read = office.approver_it.get(&format!("/cases/{case}")).await.json();
    let votes = &read["case"]["proposals"][id]["votes"];
    assert_eq!(
        (&votes["it"]["answer"], &votes["corporate"]["answer"]),
        (&json!("for"), &json!("against")),
        "both texts are there to read: {read}"
    );
    let other = office
        .approver_corporate
        .post(&format!("/cases/{case}/commands"), say("rule", "for"))
        .await;
    assert_eq!(other.status, StatusCode::FORBIDDEN, "{}", other.text);
    done(&office.approver_it, &case, say("rule", "for")).await;
    let ruled = office.it.get(&format!("/cases/{case}")).await.json();
    assert_eq!(ruled["summary"]["state"], json!("decided"), "{ruled}");
}

#[tokio::test]
async fn a_mention_tells_only_those_who_may_read_the_note() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    done(&office.it, &case, note("own_department", "@carl must not know")).await;
    assert_eq!(board(&office.corporate).await["mentions"], json!([]));
    done(&office.it, &case, note("both", "@carl, who owns the stick?")).await;
    let mentions = board(&office.corporate).await["mentions"].clone();
    assert_eq!(mentions.as_array().unwrap().len(), 1, "{mentions}");
    assert_eq!(
        (
            &mentions[0]["case"],
            &mentions[0]["author"],
            &mentions[0]["answered"]
        ),
        (&json!(case), &json!("ines"), &json!(false))
    );
    assert!(!mentions.to_string().contains("stick"), "{mentions}");
    done(&office.corporate, &case, note("both", "the sales team")).await;
    assert_eq!(
        board(&office.corporate).await["mentions"][0]["answered"],
        json!(true)
    );
    done(&office.corporate, &case, json!({ "people": "watch" })).await;
    assert_eq!(board(&office.corporate).await["watched"][0]["id"], json!(case));
}

#[tokio::test]
async fn finding_reaches_no_further_than_reading_and_the_ledger_says_so() {
    let place = Place::new().await;
    let office = office(&place).await;
    let stranger = place.colleague("cora", Role::CorporateInvestigator, None).await;
    let case = shared_case(&office).await;
    done(&office.it, &case, note("own_department", "the blue folder")).await;
    done(&office.it, &case, note("both", "The red FOLDER")).await;
    let upload = format!("/cases/{case}/evidence?name=folder-list.txt&source=share");
    let taken = office.it.upload(&upload, "text/plain", b"a list".to_vec()).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);

    let found = office.corporate.get("/cases/search?text=folder").await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    let hits = found.json()["hits"].clone();
    assert_eq!(hits[0]["case"]["id"], json!(case), "{hits}");
    let places: Vec<&str> = hits[0]["found"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["place"].as_str().unwrap())
        .collect();
    assert_eq!(places, ["note", "evidence"], "{hits}");
    assert!(
        hits.to_string().contains("red FOLDER") && !hits.to_string().contains("blue"),
        "{hits}"
    );
    assert_eq!(rows(&office, &case, "case.search").await, 1);
    let both = office.it.get("/cases/search?text=folder").await.json();
    assert_eq!(both["hits"][0]["found"].as_array().unwrap().len(), 3, "{both}");
    let nothing = stranger.get("/cases/search?text=folder").await.json();
    assert_eq!(nothing["hits"], json!([]));
    let title = office.corporate.get("/cases/search?text=many+files").await.json();
    assert_eq!(title["hits"][0]["found"][0]["place"], json!("title"), "{title}");
    let short = office.it.get("/cases/search?text=x").await;
    assert_eq!(short.status, StatusCode::BAD_REQUEST, "{}", short.text);
}

#[tokio::test]
async fn a_merged_case_goes_on_in_the_other_and_who_does_not_lead_both_cannot_merge() {
    let place = Place::new().await;
    let office = office(&place).await;
    let from = shared_case(&office).await;
    let into = opened(&office.it, "The same stick").await;
    let merge = json!({ "into": into, "reason": "one matter" });
    let path = format!("/cases/{from}/merge");

    let stranger = office.corporate.post(&path, merge.clone()).await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN, "{}", stranger.text);
    done(
        &office.it,
        &into,
        json!({ "people": { "add": { "account": "carl", "role": "contributor", "reason": "asked in" } } }),
    )
    .await;
    let follower = office.corporate.post(&path, merge.clone()).await;
    assert_eq!(
        follower.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        follower.text
    );
    let itself = office
        .it
        .post(&path, json!({ "into": from, "reason": "itself" }))
        .await;
    assert_eq!(itself.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", itself.text);
    let before = office.it.get(&format!("/cases/{from}")).await.json();
    assert_eq!(
        before["summary"]["state"],
        json!("open"),
        "a refusal changes nothing"
    );

    let merged = office.it.post(&path, merge.clone()).await;
    assert_eq!(merged.status, StatusCode::OK, "{}", merged.text);
    let merged = merged.json();
    assert_eq!(merged["summary"]["id"], json!(into));
    assert_eq!(merged["case"]["subjects"], json!([office.subject]), "{merged}");
    let old = office.it.get(&format!("/cases/{from}")).await.json();
    assert_eq!(
        (&old["summary"]["outcome"], &old["case"]["merged_into"]),
        (&json!("merged"), &json!(into)),
        "{old}"
    );
    let late = office
        .it
        .post(&format!("/cases/{from}/commands"), note("both", "too late"))
        .await;
    assert_ne!(late.status, StatusCode::OK, "{}", late.text);
    let again = office.it.post(&path, merge).await;
    assert_ne!(again.status, StatusCode::OK, "{}", again.text);
    for case in [&from, &into] {
        assert_eq!(rows(&office, case, "case.merge").await, 1, "{case}");
    }
}

#[tokio::test]
async fn a_part_that_is_split_off_leaves_the_old_case() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let path = format!("/cases/{case}/split");
    let asked = |subject: &str| json!({ "title": "A matter of its own", "reason": "two people, two matters", "subjects": [subject] });

    let follower = office.corporate.post(&path, asked(&office.subject)).await;
    assert_eq!(
        follower.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        follower.text
    );
    let unknown = office.it.post(&path, asked("S-nobody")).await;
    assert_eq!(
        unknown.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        unknown.text
    );
    let mut wrong = asked(&office.subject);
    wrong["alerts"] = json!(["no alert"]);
    let wrong = office.it.post(&path, wrong).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);

    let split = office.it.post(&path, asked(&office.subject)).await;
    assert_eq!(split.status, StatusCode::OK, "{}", split.text);
    let split = split.json();
    assert_eq!(split["case"]["split_from"], json!(case), "{split}");
    assert_eq!(split["case"]["subjects"], json!([office.subject]));
    assert_eq!(split["case"]["kind"], json!("data_leakage"));
    let new = split["summary"]["id"].as_str().unwrap();
    let old = office.it.get(&format!("/cases/{case}")).await.json();
    assert_eq!(
        (&old["case"]["subjects"], &old["case"]["cases"]),
        (&json!([]), &json!([new])),
        "{old}"
    );
    // Who needs to know the new case is decided anew.
    let stranger = office.corporate.get(&format!("/cases/{new}")).await;
    assert!(
        !stranger.text.contains("two people, two matters"),
        "{}",
        stranger.text
    );
    assert_eq!(rows(&office, new, "case.split").await, 1);
}

#[tokio::test]
async fn what_there_is_not_cannot_be_linked() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let alert = json!({ "id": "0".repeat(32), "subject": office.subject, "raised": 1, "detectors": ["rule:made up"] });
    for link in [
        json!({ "subject": "S-nobody" }),
        json!({ "case": "C-2026-9999" }),
        json!({ "alert": alert }),
    ] {
        let words = link.to_string();
        let command = json!({ "link": { "link": { "link": link, "reason": "made up" } } });
        let refused = office.it.post(&format!("/cases/{case}/commands"), command).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND, "{words}: {}", refused.text);
    }
    let asset =
        json!({ "link": { "link": { "link": { "asset": "file server 3" }, "reason": "where it lay" } } });
    let linked = done(&office.it, &case, asset).await;
    assert_eq!(linked["case"]["assets"], json!(["file server 3"]));
}
