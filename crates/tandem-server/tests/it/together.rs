//! Two departments, one case: opened, shared, disclosed, decided, exported; and what the ledger says of it.

use std::io::{Cursor, Read};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::Role;
use tandem_ledger::{Trust, verify};

use crate::office::{Office, done, office, proposed, shared_case};
use crate::support::Place;

async fn acts(office: &Office<'_>, case: &str) -> Vec<String> {
    let ledger = office
        .auditor
        .get(&format!("/ledger?case={case}&limit=500"))
        .await
        .json();
    let rows = ledger["rows"].as_array().unwrap();
    rows.iter()
        .rev()
        .map(|row| row["act"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn a_case_is_seen_by_its_members_and_notes_by_those_they_are_for() {
    let place = Place::new().await;
    let office = office(&place).await;
    let stranger = place.colleague("cora", Role::CorporateInvestigator, None).await;
    let case = shared_case(&office).await;
    let note = |visibility: &str, text: &str| json!({ "note": { "write": { "visibility": visibility, "text": text } } });
    done(&office.it, &case, note("own_department", "only IT reads this")).await;
    done(&office.it, &case, note("both", "both read this")).await;
    let seen = office.corporate.get(&format!("/cases/{case}")).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert!(
        seen.text.contains("both read this") && !seen.text.contains("only IT reads this"),
        "{}",
        seen.text
    );
    let refused = stranger.get(&format!("/cases/{case}")).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    assert!(!refused.text.contains("Many files read"), "{}", refused.text);
    assert!(
        stranger.get("/cases").await.json()["cases"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        office.corporate.get("/cases").await.json()["cases"][0]["id"],
        json!(case)
    );
    // The auditor sees that there is a case, not what is in it.
    assert_eq!(
        office.auditor.get("/cases").await.json()["cases"][0]["id"],
        json!(case)
    );
    let story = office.auditor.get(&format!("/subjects/{}", office.subject)).await;
    assert_eq!(story.status, StatusCode::FORBIDDEN, "{}", story.text);
    // Membership opens the story for the case's purpose, and for nobody else's.
    let path = format!("/subjects/{}", office.subject);
    assert_eq!(
        office.corporate.get_for(&case, &path).await.status,
        StatusCode::OK
    );
    assert_eq!(stranger.get_for(&case, &path).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_name_is_seen_only_with_a_yes_of_each_department_and_the_ledger_says_so() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let asked = json!({
        "subject": office.subject, "fields": ["name", "contact"], "purpose": "investigation",
        "reason": "to talk to the person", "hours": 48,
    });
    let request = office
        .it
        .post(&format!("/cases/{case}/disclosures"), asked.clone())
        .await;
    assert_eq!(request.status, StatusCode::OK, "{}", request.text);
    let id = request.json()["id"].as_str().unwrap().to_owned();
    let look = format!("/disclosures/{id}/identity");
    let yes = json!({ "approve": true, "reason": "proportionate" });
    let answer = format!("/disclosures/{id}/answer");

    assert_eq!(
        office.it.post(&look, json!({})).await.status,
        StatusCode::FORBIDDEN,
        "not granted"
    );
    assert_eq!(
        office.it.post(&answer, yes.clone()).await.status,
        StatusCode::FORBIDDEN,
        "own request"
    );
    assert_eq!(
        office.corporate.post(&answer, yes.clone()).await.status,
        StatusCode::FORBIDDEN,
        "no approver"
    );
    let waiting = office.approver_it.get("/disclosures").await.json();
    assert_eq!(waiting["disclosures"][0]["may_answer"], json!(true), "{waiting}");
    assert_eq!(
        office.approver_it.post(&answer, yes.clone()).await.status,
        StatusCode::OK
    );
    assert_eq!(
        office.it.post(&look, json!({})).await.status,
        StatusCode::FORBIDDEN,
        "one department is not enough"
    );
    let again = office.approver_it.post(&answer, yes.clone()).await;
    assert_ne!(
        again.status,
        StatusCode::OK,
        "one person cannot answer twice: {}",
        again.text
    );
    let granted = office.approver_corporate.post(&answer, yes.clone()).await;
    assert_eq!(granted.json()["status"], json!("granted"), "{}", granted.text);

    let seen = office.it.post(&look, json!({})).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    assert_eq!(seen.json()["name"], json!("Anna Berg"));
    assert_eq!(
        seen.json()["accounts"],
        Value::Null,
        "accounts were not asked for"
    );
    // Who is not in the case sees nothing, also with a granted disclosure.
    let stranger = place.colleague("cora", Role::CorporateInvestigator, None).await;
    assert_eq!(
        stranger.post(&look, json!({})).await.status,
        StatusCode::FORBIDDEN
    );
    let acts = acts(&office, &case).await;
    let of = |act: &str| acts.iter().filter(|a| *a == act).count();
    assert_eq!(
        (
            of("disclosure.request"),
            of("disclosure.approve"),
            of("vault.open")
        ),
        (1, 2, 1),
        "{acts:?}"
    );

    // Another case gets nothing out of it, and after its end nobody does.
    let other = office
        .it
        .post(
            "/cases",
            json!({ "kind": "misuse", "title": "Another", "reason": "another" }),
        )
        .await;
    let other = other.json()["summary"]["id"].as_str().unwrap().to_owned();
    let elsewhere = office
        .it
        .post(&format!("/cases/{other}/disclosures"), asked)
        .await;
    assert_eq!(elsewhere.status, StatusCode::BAD_REQUEST, "{}", elsewhere.text);
    assert_eq!(
        office
            .it
            .post(&format!("/disclosures/{id}/end"), json!({}))
            .await
            .status,
        StatusCode::OK
    );
    assert_ne!(office.it.post(&look, json!({})).await.status, StatusCode::OK);
    // The name is nowhere but in that one answer.
    for (desk, path) in [
        (&office.auditor, "/ledger"),
        (&office.it, "/disclosures"),
        (&office.it, "/cases"),
    ] {
        let answer = desk.get(path).await;
        assert!(!answer.text.contains("Anna"), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_case_ends_with_a_vote_of_each_department() {
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
    let vote = |answer: &str| json!({ "decision": { "vote": { "proposal": id, "hash": proposal["hash"], "answer": answer, "reason": "checked the ticket" } } });
    let voted = done(&office.it, &case, vote("for")).await;
    let sealed = &voted["case"]["proposals"][id];
    assert_eq!(
        (&sealed["voted"], &sealed["votes"]),
        (&json!(["ines"]), &json!([])),
        "{sealed}"
    );
    let early = office
        .it
        .post(
            &format!("/cases/{case}/commands"),
            json!({ "life": { "close": { "reason": "enough" } } }),
        )
        .await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.text);
    let twice = office
        .it
        .post(&format!("/cases/{case}/commands"), vote("for"))
        .await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", twice.text);
    let mut other = vote("for");
    other["decision"]["vote"]["hash"] = json!("0".repeat(64));
    let unread = office
        .corporate
        .post(&format!("/cases/{case}/commands"), other)
        .await;
    assert_eq!(
        unread.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "a vote on another wording: {}",
        unread.text
    );
    done(&office.corporate, &case, vote("for")).await;
    let closed = done(
        &office.it,
        &case,
        json!({ "life": { "close": { "reason": "both agreed" } } }),
    )
    .await;
    assert_eq!(closed["summary"]["state"], json!("closed"));
    assert_eq!(closed["summary"]["outcome"], json!("unfounded"));
}

#[tokio::test]
async fn evidence_keeps_its_custody_and_leaves_in_a_sealed_export() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let bytes = b"<script>alert(1)</script>".to_vec();
    let path = format!("/cases/{case}/evidence?name=..%2F..%2Fetc%2Fp%22asswd.html&source=the+share");
    let taken = office.it.upload(&path, "text/html", bytes.clone()).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let taken = taken.json();
    let (id, item) = taken["case"]["evidence"]
        .as_object()
        .unwrap()
        .iter()
        .next()
        .unwrap();
    assert!(!item["name"].as_str().unwrap().contains('/'), "{item}");
    let shown = office
        .corporate
        .get(&format!("/cases/{case}/evidence/{id}"))
        .await;
    assert_eq!(shown.text.as_bytes(), bytes);
    let empty = office.it.upload(&path, "text/html", Vec::new()).await;
    assert_eq!(empty.status, StatusCode::BAD_REQUEST, "{}", empty.text);
    let seen = office.it.get(&format!("/cases/{case}")).await.json();
    let custody = seen["case"]["evidence"][id]["custody"].as_array().unwrap();
    let acts: Vec<_> = custody.iter().map(|link| link["act"].as_str().unwrap()).collect();
    assert_eq!(acts, ["collected", "viewed"]);

    let known = tandem_domain::CaseId(case.clone());
    let asker = tandem_server::asker::Asker {
        colleague: tandem_policy::Colleague::new("ines", Role::ItAnalyst, None, None).unwrap(),
        purpose: tandem_domain::Purpose::Investigation,
        case: Some(known),
    };
    let zip = place
        .app
        .export_case(&asker, "for counsel")
        .await
        .unwrap_or_else(|error| panic!("{error}"));
    let mut zip = zip::ZipArchive::new(Cursor::new(zip)).unwrap();
    let mut text = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    };
    let manifest: Value = serde_json::from_str(&text("manifest.json")).unwrap();
    assert_eq!(manifest["files"].as_array().unwrap().len(), 3, "{manifest}");
    let proofs: Vec<tandem_ledger::RowProof> = serde_json::from_str(&text("ledger.json")).unwrap();
    let key = tandem_ledger::VerifyingKey::parse(manifest["ledger_key"].as_str().unwrap()).unwrap();
    let ring = tandem_ledger::KeyRing(vec![tandem_ledger::TrustedKey::always(key)]);
    assert!(proofs.len() > 4, "{}", proofs.len());
    for proof in &proofs {
        proof.verify(&ring).unwrap();
    }
}

#[tokio::test]
async fn an_exported_ledger_holds_and_an_edited_one_does_not() {
    let place = Place::new().await;
    let office = office(&place).await;
    shared_case(&office).await;
    let check = office.auditor.get("/ledger/check").await;
    assert_eq!(check.json()["holds"], json!(true), "{}", check.text);
    let export = office.auditor.get("/ledger/export").await.text;
    let report = verify(export.as_bytes(), &Trust::default()).unwrap();
    assert!(report.rows >= 4 && report.unsigned == 0, "{report:?}");
    let edited = export.replacen("\"who\":\"ines\"", "\"who\":\"carl\"", 1);
    assert_ne!(edited, export);
    assert!(verify(edited.as_bytes(), &Trust::default()).is_err());
    let refused = office.it.get("/ledger").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
}
