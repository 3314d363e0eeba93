//! Who looks where they should not is told to the auditor, and to nobody beside the one who looked.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::time::{MICROS_PER_DAY, MICROS_PER_HOUR};
use tandem_domain::{Department, Role, SubjectId, Timestamp};
use tandem_ledger::{Entry, Salt};
use tandem_server::chat::{ConnectorSettings, Kind, Security};
use tandem_server::pipeline::now;
use tandem_store::ColleagueRow;

use crate::chat::connector;
use crate::support::{Desk, Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,department,role,manager\n\
    2026-01-01,E1001,employee,Anna Berg,anna.berg,anna.berg@home.example,Research,Engineer,E9001\n\
    2026-01-01,E1002,employee,Ines Holm,ines.holm,ines.holm@home.example,IT,Analyst,E9002\n\
    2026-01-01,E1003,employee,Ivo Lund,ivo.lund,ivo.lund@home.example,IT,Operator,E9002\n\
    2026-01-01,E1004,employee,Uma Dahl,uma.dahl,uma.dahl@home.example,Audit,Auditor,E9003\n\
    2026-01-01,E9002,employee,Ole Falk,ole.falk,ole.falk@home.example,IT,Head,E1004\n\
    2026-01-01,E9001,employee,Rut Moe,rut.moe,rut.moe@home.example,Research,Head,\n\
    2026-01-01,E9003,employee,Kai Sand,kai.sand,kai.sand@home.example,Board,Member,\n";

/// Looks at that many subjects without a case, in the morning of a day before today.
async fn looks(place: &Place, days_ago: i32, who: &str, role: Role, subjects: usize) {
    let morning = now()
        .day()
        .plus(-days_ago)
        .start()
        .plus_micros(10 * MICROS_PER_HOUR);
    let entry = |number: usize| {
        let mut entry = Entry::new(morning, who, role.as_str(), "subject.look", Salt([7; 16]));
        entry.subject = Some(SubjectId(format!("S-{days_ago:03}{number:05}")));
        entry
    };
    let entries: Vec<Entry> = (0..subjects).map(entry).collect();
    place.app.store.add_to_ledger(entries).await.unwrap();
}

/// Thirty ordinary days of two analysts; how many subjects one of them looks at on the last is the caller's.
async fn month(place: &Place, last: usize) {
    for days_ago in (1..=30).rev() {
        let usual = 4 + (days_ago as usize * 7) % 5;
        looks(place, days_ago, "ivan", Role::ItAnalyst, usual).await;
        let ines = if days_ago == 1 { last } else { usual };
        looks(place, days_ago, "ines", Role::ItAnalyst, ines).await;
    }
}

/// When every day up to today is over everywhere.
fn later() -> Timestamp {
    now().plus_micros(2 * MICROS_PER_DAY)
}

async fn findings(desk: &Desk<'_>) -> Vec<Value> {
    let answer = desk.get("/ledger/watch").await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()["findings"].as_array().unwrap().clone()
}

#[tokio::test]
async fn many_subjects_without_a_case_reach_the_auditor_and_nobody_else() {
    let place = Place::new().await;
    month(&place, 60).await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    let ivan = place.colleague("ivan", Role::ItAnalyst, None).await;
    let uma = place.colleague("uma", Role::Auditor, None).await;
    let council = place.colleague("wanda", Role::WorksCouncil, None).await;
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 1);

    let found = findings(&uma).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["kind"], json!("many_subjects_without_case"));
    assert_eq!(
        (&found[0]["who"], &found[0]["row_count"]),
        (&json!("ines"), &json!(60))
    );
    let sentence = found[0]["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("ines looked at 60 subjects without a case on"),
        "{sentence}"
    );
    for desk in [
        &ines,
        &ivan,
        &place.colleague("carl", Role::CorporateInvestigator, None).await,
        &place.colleague("root", Role::Administrator, None).await,
        &place.colleague("ada", Role::Approver, Some(Department::It)).await,
        &place.colleague("sara", Role::Staff, None).await,
    ] {
        let refused = desk.get("/ledger/watch").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
        assert!(!refused.text.contains("60 subjects"), "{}", refused.text);
    }
    assert_eq!(findings(&council).await, Vec::<Value>::new());

    // The look at findings is in the ledger, and the ledger's row about the finding does not say whom it is about.
    let rows = uma.get("/ledger?act=watch.").await.json();
    let acts: Vec<_> = rows["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["who"].as_str().unwrap(), row["act"].as_str().unwrap()))
        .collect();
    assert_eq!(
        acts,
        [
            ("wanda", "watch.look"),
            ("uma", "watch.look"),
            ("system", "watch.find")
        ]
    );
    assert!(!rows["rows"].to_string().contains("ines"), "{rows}");
}

#[tokio::test]
async fn a_finding_survives_a_restart_and_is_found_once() {
    let place = Place::new().await;
    month(&place, 60).await;
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 1);
    let place = place.reopened().await;
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 0);
    // Also if the place in the ledger is lost.
    place
        .app
        .store
        .set_setting("ledger.watch", r#"{"next":null,"from":0,"past":{}}"#)
        .await
        .unwrap();
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 0);
    let uma = place.colleague("uma", Role::Auditor, None).await;
    assert_eq!(findings(&uma).await.len(), 1);
}

#[tokio::test]
async fn ordinary_work_is_no_finding() {
    let place = Place::new().await;
    month(&place, 7).await;
    let uma = place.colleague("uma", Role::Auditor, None).await;
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 0);
    assert_eq!(findings(&uma).await, Vec::<Value>::new());
}

#[tokio::test]
async fn a_day_is_judged_once_it_is_over() {
    let place = Place::new().await;
    month(&place, 7).await;
    looks(&place, 0, "ines", Role::ItAnalyst, 200).await;
    assert_eq!(place.app.watch_ledger(now()).await.unwrap(), 0);
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 1);
}

#[tokio::test]
async fn an_answer_is_signed_into_the_ledger() {
    let place = Place::new().await;
    month(&place, 60).await;
    let uma = place.colleague("uma", Role::Auditor, None).await;
    let ines = place.colleague("ines", Role::ItAnalyst, None).await;
    place.app.watch_ledger(later()).await.unwrap();
    let id = findings(&uma).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/ledger/watch/{id}/answer");
    let answer = json!({ "conclusion": "in_order", "reason": "a list that both departments had agreed on" });
    for (desk, path, body, status) in [
        (&ines, &path, answer.clone(), StatusCode::FORBIDDEN),
        (
            &uma,
            &"/ledger/watch/W-0/answer".to_owned(),
            answer.clone(),
            StatusCode::NOT_FOUND,
        ),
        (
            &uma,
            &path,
            json!({ "conclusion": "fine", "reason": "x" }),
            StatusCode::BAD_REQUEST,
        ),
        (
            &uma,
            &path,
            json!({ "conclusion": "in_order", "reason": " " }),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let refused = desk.post(path, body).await;
        assert_eq!(refused.status, status, "{}", refused.text);
    }
    assert_eq!(findings(&uma).await[0]["status"], json!("open"));

    let answered = uma.post(&path, answer).await;
    assert_eq!(answered.status, StatusCode::OK, "{}", answered.text);
    assert_eq!(answered.json()["status"], json!("answered"));
    assert_eq!(answered.json()["answers"][0]["who"], json!("uma"));
    let rows = uma.get("/ledger?act=watch.answer").await.json();
    assert_eq!(rows["rows"][0]["object"], json!(id));
    let stored = place.app.store.ledger_from(0, 10_000).await.unwrap();
    let row = stored.iter().find(|row| row.entry.act == "watch.answer").unwrap();
    assert_eq!(row.entry.detail["conclusion"], json!("in_order"));
    assert_eq!(row.entry.detail["answer_sha256"].as_str().unwrap().len(), 64);
    // Why stays with the finding: auditors read the ledger, and a finding may be about one of them.
    assert!(!serde_json::to_string(row).unwrap().contains("both departments"));
    assert_eq!(uma.get("/ledger/check").await.json()["holds"], json!(true));
}

/// A colleague who is a person of the people facts, with a mail address.
async fn tied<'a>(place: &'a Place, account: &str, role: Role, person: &str, settings: Value) -> Desk<'a> {
    let pseudonyms = place.app.store.pseudonyms().await.unwrap();
    let found = pseudonyms
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(person));
    let row = ColleagueRow {
        account: account.into(),
        role,
        department: None,
        subject: found.map(|(_, subject)| subject.clone()),
        disabled: false,
        created: Timestamp(1),
        body: settings.to_string(),
    };
    place.app.store.put_colleague(&row).await.unwrap();
    place.colleague(account, role, None).await
}

async fn subject_of(place: &Place, person: &str) -> SubjectId {
    let pseudonyms = place.app.store.pseudonyms().await.unwrap();
    let found = pseudonyms
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(person));
    found.unwrap_or_else(|| panic!("{pseudonyms:?}")).1.clone()
}

fn mail(config: &mut tandem_server::Config, secrets: &std::path::Path) {
    config.connectors.push(ConnectorSettings {
        server: Some("127.0.0.1".into()),
        from: Some("tandem@home.example".into()),
        port: Some(2525),
        security: Some(Security::Loopback),
        ..connector("mail", Kind::Mail, secrets, "unused")
    });
}

async fn company(place: &Place) {
    place.read("people.csv", PEOPLE).await;
    let accounts = [
        "anna.berg",
        "ines.holm",
        "ivo.lund",
        "uma.dahl",
        "ole.falk",
        "rut.moe",
        "kai.sand",
    ];
    for (number, account) in accounts.iter().enumerate() {
        let lines: String = (0..12).map(|n| line(4, n, account)).collect();
        place.read(&format!("shop-{number}.ndjson"), &lines).await;
    }
    place.analyse().await;
}

#[tokio::test]
async fn a_finding_goes_round_the_chain_of_whom_it_is_about() {
    let secrets = tempfile::tempdir().unwrap();
    let place = Place::with(|config| mail(config, secrets.path())).await;
    company(&place).await;
    let keeps_away = json!({ "conflicts": ["research"] });
    let ines = tied(&place, "ines", Role::ItAnalyst, "E1002", keeps_away).await;
    // Uma leads the one who leads Ines; Ursula stands outside.
    let uma = tied(
        &place,
        "uma",
        Role::Auditor,
        "E1004",
        json!({ "mail": "uma@home.example" }),
    )
    .await;
    let ursula = tied(
        &place,
        "ursula",
        Role::Auditor,
        "-",
        json!({ "mail": "ursula@home.example" }),
    )
    .await;
    let (mate, away) = (
        subject_of(&place, "E1003").await,
        subject_of(&place, "E1001").await,
    );
    for subject in [&mate, &away] {
        let seen = ines.get(&format!("/subjects/{subject}")).await;
        assert_eq!(seen.status, StatusCode::OK, "{}", seen.text);
    }
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 2);

    let found = findings(&ursula).await;
    let mut kinds: Vec<_> = found.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["look_at_colleague", "look_in_conflicting_department"]);
    assert_eq!(findings(&uma).await, Vec::<Value>::new());
    let answer = json!({ "conclusion": "in_order", "reason": "she is new" });
    let id = found[0]["id"].as_str().unwrap();
    let refused = uma.post(&format!("/ledger/watch/{id}/answer"), answer).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND, "{}", refused.text);

    let waiting = place.app.store.outbox(None, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    let body = &waiting[0].body;
    assert!(body.contains("ursula@home.example"), "{body}");
    for kept in [
        "uma@home.example",
        "ines",
        "Ines",
        mate.as_str(),
        away.as_str(),
        "colleague",
    ] {
        assert!(!body.contains(kept), "{kept}: {body}");
    }
}

#[tokio::test]
async fn a_finding_about_an_auditor_goes_to_the_works_council_without_a_subject() {
    let place = Place::new().await;
    company(&place).await;
    let away = subject_of(&place, "E1001").await;
    let settings = json!({ "conflicts": ["Research"] });
    let uma = tied(&place, "uma", Role::Auditor, "E1004", settings).await;
    let ursula = tied(&place, "ursula", Role::Auditor, "-", json!({})).await;
    let council = place.colleague("wanda", Role::WorksCouncil, None).await;
    let mut entry = Entry::new(now(), "uma", Role::Auditor.as_str(), "case.look", Salt([1; 16]));
    entry.subject = Some(away.clone());
    place.app.store.add_to_ledger(vec![entry]).await.unwrap();
    assert_eq!(place.app.watch_ledger(later()).await.unwrap(), 1);
    for desk in [&uma, &ursula] {
        assert_eq!(findings(desk).await, Vec::<Value>::new());
    }
    let found = findings(&council).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0]["who"], json!("uma"));
    let text = found[0].to_string();
    assert!(!text.contains(away.as_str()), "{text}");
}
