//! People see what is known about them and can object; nothing tells them that they are being looked into.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::{Role, SubjectId, Timestamp};
use tandem_store::ColleagueRow;

use crate::support::{Desk, Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,department,role\n\
    2026-01-01,E1001,employee,Anna Berg,anna.berg,anna.berg@home.example,Research,Engineer\n\
    2026-01-01,E1002,employee,Ines Holm,ines.holm,ines.holm@home.example,IT,Analyst\n";

/// A log is cleared and backups go: two indicators about one account.
const COVER: &str = "{\"EventTime\":\"2026-05-11T23:10:00Z\",\"EventID\":1102,\"EventRecordID\":110211,\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"anna.berg\"}\n\
    {\"EventTime\":\"2026-05-11T23:10:00Z\",\"EventID\":4688,\"EventRecordID\":468811,\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"anna.berg\",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\vssadmin.exe\",\"CommandLine\":\"vssadmin delete shadows /all\"}\n";

/// A place that keeps events for ever: the days of the tests move away from today.
async fn place() -> Place {
    Place::with(|config| config.retention.events_days = 40_000).await
}

struct Office<'a> {
    anna: Desk<'a>,
    it: Desk<'a>,
    corporate: Desk<'a>,
    auditor: Desk<'a>,
    subject: String,
}

async fn tied<'a>(place: &'a Place, account: &str, role: Role, subject: Option<&SubjectId>) -> Desk<'a> {
    let row = ColleagueRow {
        account: account.into(),
        role,
        department: None,
        subject: subject.cloned(),
        disabled: false,
        created: Timestamp(1),
        body: "{}".into(),
    };
    place.app.store.put_colleague(&row).await.unwrap();
    place.colleague(account, role, None).await
}

async fn office(place: &Place) -> Office<'_> {
    place.read("people.csv", PEOPLE).await;
    for day in 4..=12 {
        let lines: String = (0..12)
            .map(|n| line(day, n, "anna.berg") + &line(day, n + 20, "ines.holm"))
            .collect();
        place.read(&format!("shop-{day}.ndjson"), &lines).await;
    }
    place.read("cover.ndjson", COVER).await;
    place.analyse().await;
    let pseudonyms = place.app.store.pseudonyms().await.unwrap();
    let of = |key: &str| {
        let found = pseudonyms
            .iter()
            .find(|(person, _)| person.eq_ignore_ascii_case(key));
        found.unwrap_or_else(|| panic!("{pseudonyms:?}")).1.clone()
    };
    let (anna, ines) = (of("E1001"), of("E1002"));
    Office {
        anna: tied(place, "anna", Role::Staff, Some(&anna)).await,
        it: tied(place, "ines", Role::ItAnalyst, Some(&ines)).await,
        corporate: tied(place, "carl", Role::CorporateInvestigator, None).await,
        auditor: tied(place, "uma", Role::Auditor, None).await,
        subject: anna.0,
    }
}

async fn own(desk: &Desk<'_>) -> Value {
    let answer = desk.get("/own").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

fn looks(own: &Value) -> u64 {
    let rows = own["looks"].as_array().unwrap();
    rows.iter().map(|row| row["looks"].as_u64().unwrap()).sum()
}

#[tokio::test]
async fn people_see_what_is_kept_about_them_in_plain_words() {
    let place = place().await;
    let office = office(&place).await;
    let own = own(&office.anna).await;
    let facts = own["facts"].as_array().unwrap();
    assert!(
        facts.contains(&json!({ "name": "department", "value": "Research" })),
        "{own}"
    );
    let months = own["sources"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|source| source["months"].as_array().unwrap());
    let may: u64 = months
        .filter(|month| month["month"] == json!("2026-05"))
        .map(|month| month["count"].as_u64().unwrap())
        .sum();
    assert_eq!(may, 9 * 12 + 2, "{own}");
    let kept = own["kept"].as_array().unwrap();
    assert!(kept.iter().any(|kept| kept["days"] == json!(400)), "{own}");
    assert!(!own["delay"]["rule"].as_str().unwrap().is_empty(), "{own}");
    // Nothing of anybody else, and no pseudonym that could be recognised elsewhere.
    let text = own.to_string();
    assert!(!text.contains("Ines Holm"), "{text}");
    assert!(!text.contains(&office.subject), "{text}");
    // Whoever is not tied to a person learns that, and nothing else.
    let none = office.auditor.get("/own").await;
    assert_eq!(none.status, StatusCode::NOT_FOUND, "{}", none.text);
}

#[tokio::test]
async fn looks_for_an_open_case_are_told_once_it_is_closed() {
    let place = place().await;
    let office = office(&place).await;
    let story = format!("/subjects/{}", office.subject);
    office.corporate.get(&story).await;
    let before = own(&office.anna).await;
    assert_eq!(looks(&before), 1, "{before}");

    let opened = office
        .it
        .post(
            "/cases",
            json!({ "kind": "misuse", "title": "A case", "reason": "a hint" }),
        )
        .await;
    let case = opened.json()["summary"]["id"].as_str().unwrap().to_owned();
    let commands = format!("/cases/{case}/commands");
    let link =
        json!({ "link": { "link": { "link": { "subject": office.subject }, "reason": "the reader" } } });
    let linked = office.it.post(&commands, link).await;
    assert_eq!(linked.status, StatusCode::OK, "{}", linked.text);
    let seen = office.it.get_for(&case, &story).await;
    assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    // Also what another colleague looks at meanwhile, for no case.
    office.corporate.get(&story).await;

    let during = own(&office.anna).await;
    assert_eq!(during["looks"], before["looks"], "{during}");
    assert_eq!(during["delay"], before["delay"]);
    assert!(!during.to_string().contains(&case), "{during}");

    let close = json!({ "life": { "close_benign": { "reason": "a planned migration" } } });
    let closed = office.it.post(&commands, close).await;
    assert_eq!(closed.status, StatusCode::OK, "{}", closed.text);
    let after = own(&office.anna).await;
    assert!(looks(&after) >= 3, "{after}");
    let purposes: Vec<_> = after["looks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["purpose"].as_str().unwrap())
        .collect();
    assert!(purposes.contains(&"investigation"), "{after}");
}

#[tokio::test]
async fn a_contest_is_answered_on_a_clock_and_never_by_whom_it_is_about() {
    let place = place().await;
    let office = office(&place).await;
    let shown = own(&office.anna).await;
    let indicator = shown["indicators"][0]["id"]
        .as_str()
        .unwrap_or_else(|| panic!("{shown}"))
        .to_owned();
    let asked = json!({ "want": "contest", "indicator": indicator, "text": "it was a planned test" });
    let taken = office.anna.post("/own/contests", asked).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(taken.json()["state"], json!("received"));
    assert_eq!(taken.json()["subject"], Value::Null);
    let id = taken.json()["id"].as_str().unwrap().to_owned();

    let waiting = office.it.get("/contests").await.json();
    assert_eq!(
        waiting["contests"][0]["subject"],
        json!(office.subject),
        "{waiting}"
    );
    let commands = format!("/contests/{id}/commands");
    for (desk, status) in [
        (&office.anna, StatusCode::FORBIDDEN),
        (&office.auditor, StatusCode::FORBIDDEN),
    ] {
        let refused = desk.post(&commands, json!("acknowledge")).await;
        assert_eq!(refused.status, status, "{}", refused.text);
    }
    let answer = json!({ "answer": { "answer": "upheld", "reason": "the test is on record" } });
    let early = office.it.post(&commands, answer.clone()).await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", early.text);
    let taken = office.corporate.post(&commands, json!("acknowledge")).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let answered = office.it.post(&commands, answer.clone()).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
    let twice = office.it.post(&commands, answer).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", twice.text);
    let told = own(&office.anna).await;
    assert_eq!(
        told["contests"][0]["answer"],
        json!({ "answer": "upheld", "reason": "the test is on record" }),
        "{told}"
    );

    let ledger = office
        .auditor
        .get(&format!("/ledger?subject={}&act=contest.", office.subject))
        .await;
    let json = ledger.json();
    let rows = json["rows"].as_array().unwrap();
    let acts: Vec<_> = rows
        .iter()
        .rev()
        .map(|row| row["act"].as_str().unwrap())
        .collect();
    assert_eq!(
        acts,
        [
            "contest.receive",
            "contest.look",
            "contest.acknowledge",
            "contest.answer"
        ]
    );
    // Signed with the pseudonym: the ledger ties no account to it.
    assert!(!ledger.text.contains("\"anna\""), "{}", ledger.text);
}

#[tokio::test]
async fn an_analyst_objects_like_everybody_else_and_does_not_answer_it() {
    let place = place().await;
    let office = office(&place).await;
    let asked = json!({ "want": "correction", "fact": "my department", "text": "it is Operations now" });
    let taken = office.it.post("/own/contests", asked).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    let id = taken.json()["id"].as_str().unwrap().to_owned();
    let list = office.it.get("/contests").await.json();
    assert_eq!(list["contests"], json!([]), "{list}");
    let refused = office
        .it
        .post(&format!("/contests/{id}/commands"), json!("acknowledge"))
        .await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
}

#[tokio::test]
async fn what_cannot_be_contested_is_refused_and_kept_nowhere() {
    let place = place().await;
    let office = office(&place).await;
    for body in [
        json!({ "want": "revenge", "fact": "x", "text": "x" }),
        json!({ "want": "contest", "text": "about nothing" }),
        json!({ "want": "contest", "fact": "x", "indicator": "0".repeat(32), "text": "about two" }),
        json!({ "want": "contest", "indicator": "0".repeat(32), "text": "not mine" }),
        json!({ "want": "contest", "indicator": "x", "text": "none" }),
        json!({ "want": "correction", "fact": "x", "text": "   " }),
        json!({ "want": "correction", "fact": "x".repeat(5_000), "text": "long" }),
        json!({ "want": "correction", "fact": "x", "text": "x".repeat(100_000) }),
    ] {
        let words: String = body.to_string().chars().take(90).collect();
        let refused = office.anna.post("/own/contests", body).await;
        assert!(refused.status.is_client_error(), "{words}: {}", refused.text);
    }
    let asked = json!({ "want": "correction", "fact": "x", "text": "x" });
    let nobody = office.auditor.post("/own/contests", asked).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND, "{}", nobody.text);
    assert_eq!(own(&office.anna).await["contests"], json!([]));
}

#[tokio::test]
async fn an_account_is_tied_to_its_person_on_the_machine_and_the_ledger_names_no_pseudonym() {
    let place = place().await;
    let office = office(&place).await;
    let otto = place.colleague("otto", Role::Staff, None).await;
    assert_eq!(otto.get("/own").await.status, StatusCode::NOT_FOUND);
    for (account, person) in [("nobody", "E1002"), ("otto", "E9999"), ("otto", "")] {
        place.app.tie_account(account, person).await.unwrap_err();
    }
    assert_eq!(otto.get("/own").await.status, StatusCode::NOT_FOUND);
    for person in ["E1002", "ines.holm", "Ines Holm"] {
        place.app.tie_account("otto", person).await.unwrap();
        let shown = own(&otto).await.to_string();
        assert!(
            shown.contains("Ines Holm") && !shown.contains("Anna Berg"),
            "{shown}"
        );
    }
    let ledger = office.auditor.get("/ledger?act=colleague.tie").await.json();
    let rows = ledger["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 3, "{ledger}");
    for row in rows {
        assert_eq!(
            (&row["object"], &row["subject"]),
            (&json!("otto"), &Value::Null),
            "{row}"
        );
    }
}
