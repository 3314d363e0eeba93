//! A small company and a case in it.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::{Department, Role};

use crate::support::{Desk, Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email\n\
    2026-01-01,E1001,employee,Anna Berg,anna.berg,anna.berg@home.example\n";

/// Everybody who works with Tandem, and one subject.
pub struct Office<'a> {
    pub it: Desk<'a>,
    pub corporate: Desk<'a>,
    pub approver_it: Desk<'a>,
    pub approver_corporate: Desk<'a>,
    pub auditor: Desk<'a>,
    pub subject: String,
}

/// A company of one, and everybody who works with Tandem.
pub async fn office(place: &Place) -> Office<'_> {
    place.read("people.csv", PEOPLE).await;
    let lines: String = (0..20).map(|n| line(4, n, "anna.berg")).collect();
    place.read("shop.ndjson", &lines).await;
    place.analyse().await;
    assert_eq!(place.app.fill_vault().await.unwrap(), 1);
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let subjects = it.get("/subjects").await.json();
    let subject = subjects["subjects"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{subjects}"))
        .to_owned();
    Office {
        it,
        corporate: place.colleague("carl", Role::CorporateInvestigator, None).await,
        approver_it: place.colleague("ada", Role::Approver, Some(Department::It)).await,
        approver_corporate: place
            .colleague("abel", Role::Approver, Some(Department::Corporate))
            .await,
        auditor: place.colleague("uma", Role::Auditor, None).await,
        subject,
    }
}

/// Opens a case about the subject, with a colleague of the other department in it.
pub async fn shared_case(office: &Office<'_>) -> String {
    let opened = office
        .it
        .post(
            "/cases",
            json!({ "kind": "data_leakage", "title": "Many files read", "reason": "looks like collecting" }),
        )
        .await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let case = opened.json()["summary"]["id"].as_str().unwrap().to_owned();
    for command in [
        json!({ "link": { "link": { "link": { "subject": office.subject }, "reason": "the reader" } } }),
        json!({ "people": { "add": { "account": "carl", "role": "contributor", "reason": "knows the people" } } }),
    ] {
        done(&office.it, &case, command).await;
    }
    case
}

pub async fn done(desk: &Desk<'_>, case: &str, command: Value) -> Value {
    let words = command.to_string();
    let answer = desk.post(&format!("/cases/{case}/commands"), command).await;
    assert_eq!(answer.status, StatusCode::OK, "{words}: {}", answer.text);
    answer.json()
}

/// IT begins to look into a case.
pub async fn investigated(office: &Office<'_>, case: &str) {
    let investigate = json!({ "life": { "investigate": { "reason": "worth a closer look" } } });
    done(&office.it, case, investigate).await;
}

/// IT looks into a case and proposes to close it as unfounded.
pub async fn proposed(office: &Office<'_>, case: &str) -> Value {
    investigated(office, case).await;
    let propose = json!({ "decision": { "propose": { "wording": { "question": { "close": { "outcome": "unfounded" } }, "reason": "a planned migration" } } } });
    done(&office.it, case, propose).await
}
