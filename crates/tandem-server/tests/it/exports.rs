//! Findings leave by pseudonym, in the shapes that other systems read, and the ledger has each export.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{
    Alert, AlertId, AlertStatus, Day, Indicator, IndicatorGroup, IndicatorId, Role, SubjectId, Threat,
};
use tandem_store::DayResult;

use crate::office::{Office, office, shared_case};
use crate::support::{Answer, Place};

fn indicator(id: u128, subject: &str, group: IndicatorGroup, title: &str, explanation: &str) -> Indicator {
    let day = Day::parse("2026-05-20").unwrap();
    Indicator {
        id: IndicatorId(id),
        subject: SubjectId(subject.to_owned()),
        time: day.start(),
        known: day.start(),
        group,
        detector: format!("rule:{id}"),
        title: title.to_owned(),
        explanation: explanation.to_owned(),
        weight: 12.5,
        half_life_days: Some(14.0),
        until: None,
        threats: vec![Threat::Leakage],
        motive: None,
        stage: None,
        object: Some("/share/list".to_owned()),
        techniques: vec!["T1567.002".to_owned()],
        events: Vec::new(),
        event_count: 40,
        impact: 1,
    }
}

fn alert(id: u128, subject: &str, title: &str, indicators: &[Indicator]) -> (Alert, Vec<String>) {
    let day = Day::parse("2026-05-20").unwrap();
    let groups = indicators
        .iter()
        .map(|one| one.group.as_str().to_owned())
        .collect();
    let alert = Alert {
        id: AlertId(id),
        subject: SubjectId(subject.to_owned()),
        day,
        raised: day.end(),
        title: title.to_owned(),
        sentences: vec!["40 files were read in one hour; usual is 4 a day.".to_owned()],
        score: 21.5,
        level: RiskLevel::Review,
        threat: Some(Threat::Leakage),
        impact: 1,
        queue: "daily".to_owned(),
        rank: 1,
        indicators: indicators.iter().map(|one| one.id).collect(),
        status: AlertStatus::New,
        verdict: None,
    };
    (alert, groups)
}

/// Two alerts about the subject, one of which begins like a formula, and one whose text names somebody.
async fn found(place: &Place, office: &Office<'_>) {
    let subject = office.subject.as_str();
    let fact = indicator(1, subject, IndicatorGroup::Fact, "=SUM(A1)", "+40 files");
    let human = indicator(
        2,
        subject,
        IndicatorGroup::Employment,
        "Has given notice",
        "Leaves in May",
    );
    let both = [fact.clone(), human.clone()];
    let result = DayResult {
        day: Day::parse("2026-05-20").unwrap(),
        alerts: vec![
            alert(17, subject, "=HYPERLINK(\"https://evil.example\")", &both),
            alert(
                18,
                subject,
                "Anna Berg copied a list",
                std::slice::from_ref(&fact),
            ),
        ],
        indicators: both.to_vec(),
        ..DayResult::default()
    };
    place.app.store.save_day(result).await.unwrap();
}

fn told(answer: &Answer, kind: &str, ending: &str) {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
    assert!(
        header("content-type").starts_with(kind),
        "{}",
        header("content-type")
    );
    let name = header("content-disposition");
    assert!(name.starts_with("attachment") && name.contains(ending), "{name}");
    assert!(
        !answer.text.contains("Anna") && !answer.text.contains("Berg"),
        "{}",
        answer.text
    );
}

fn lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[tokio::test]
async fn a_stix_bundle_is_whole_and_the_same_each_time() {
    let place = Place::new().await;
    let office = office(&place).await;
    found(&place, &office).await;
    let asked = "/alerts/export?format=stix&from=2026-05-01&to=2026-05-31";
    let answer = office.it.get(asked).await;
    told(
        &answer,
        "application/stix+json",
        "tandem-alerts-2026-05-01-2026-05-31.stix.json",
    );
    let bundle = answer.json();
    assert_eq!(bundle["type"], json!("bundle"));
    let objects = bundle["objects"].as_array().unwrap();
    let of = |kind: &str| objects.iter().filter(|one| one["type"] == json!(kind)).count();
    assert_eq!(
        (of("observed-data"), of("note"), of("user-account")),
        (2, 2, 1),
        "{bundle}"
    );
    for object in objects {
        let (kind, uuid) = object["id"].as_str().unwrap().split_once("--").unwrap();
        assert_eq!(object["type"], json!(kind));
        assert_eq!((uuid.len(), uuid.matches('-').count()), (36, 4), "{uuid}");
    }
    let account = objects
        .iter()
        .find(|one| one["type"] == json!("user-account"))
        .unwrap();
    assert_eq!(account["user_id"], json!(office.subject));
    let again = office.it.get(asked).await.json();
    assert_eq!(again, bundle, "a receiver that gets it twice has it once");
    let none = office
        .it
        .get("/alerts/export?format=stix&to=2026-05-01")
        .await
        .json();
    assert!(!none.to_string().contains("observed-data"), "{none}");
}

#[tokio::test]
async fn ocsf_lines_are_findings_and_a_text_with_a_name_stays() {
    let place = Place::new().await;
    let office = office(&place).await;
    found(&place, &office).await;
    let answer = office.corporate.get("/alerts/export?format=ocsf").await;
    told(&answer, "application/x-ndjson", "tandem-alerts.ocsf.ndjson");
    let events = lines(&answer.text);
    assert_eq!(events.len(), 2, "{}", answer.text);
    for event in &events {
        assert_eq!(event["class_uid"], json!(2004));
        assert_eq!(event["type_uid"].as_u64().unwrap() / 100, 2004);
        assert_eq!(event["metadata"]["version"], json!("1.4.0"));
        assert_eq!(
            event["evidences"][0]["actor"]["user"]["uid"],
            json!(office.subject)
        );
    }
    let withheld = events
        .iter()
        .filter(|e| e["message"].as_str().unwrap().contains("withheld"));
    assert_eq!(withheld.count(), 1, "{}", answer.text);

    // Indicators: what the human side knows is text for the human side only.
    let answer = office.corporate.get("/indicators/export?format=ocsf").await;
    told(&answer, "application/x-ndjson", "tandem-indicators.ocsf.ndjson");
    assert!(answer.text.contains("Has given notice"), "{}", answer.text);
    let answer = office.it.get("/indicators/export?format=ocsf").await;
    assert_eq!(lines(&answer.text).len(), 2, "each once: {}", answer.text);
    assert!(
        !answer.text.contains("Has given notice") && !answer.text.contains("rule:2"),
        "{}",
        answer.text
    );
}

#[tokio::test]
async fn no_cell_of_a_table_is_a_formula() {
    let place = Place::new().await;
    let office = office(&place).await;
    found(&place, &office).await;
    for (path, rows) in [("alerts", 2), ("indicators", 2)] {
        let answer = office.it.get(&format!("/{path}/export?format=csv")).await;
        told(&answer, "text/csv", ".csv");
        let mut lines = answer.text.split("\r\n").filter(|line| !line.is_empty());
        assert!(
            lines.next().unwrap().starts_with("id,subject,raised"),
            "{}",
            answer.text
        );
        let rest: Vec<&str> = lines.collect();
        assert_eq!(rest.len(), rows, "{}", answer.text);
        for line in rest {
            for cell in line.split(',') {
                let begins = cell.trim_start_matches('"').chars().next();
                assert!(!matches!(begins, Some('=' | '+' | '-' | '@')), "{cell} in {line}");
            }
        }
    }
}

#[tokio::test]
async fn cases_leave_without_what_people_typed_and_only_to_members() {
    let place = Place::new().await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    let answer = office.it.get("/cases/export?format=ocsf").await;
    told(&answer, "application/x-ndjson", "tandem-cases.ocsf.ndjson");
    let events = lines(&answer.text);
    assert_eq!((events.len(), &events[0]["class_uid"]), (1, &json!(2005)));
    assert_eq!(events[0]["metadata"]["uid"], json!(case));
    assert!(!answer.text.contains("Many files"), "{}", answer.text);
    let bundle = office.corporate.get("/cases/export?format=stix").await.json();
    assert!(bundle.to_string().contains("incident--"), "{bundle}");
    let other = place.colleague("iris", Role::ItAnalyst, None).await;
    let none = other.get("/cases/export?format=csv").await;
    assert_eq!(none.status, StatusCode::OK);
    assert!(!none.text.contains(&case), "{}", none.text);
}

#[tokio::test]
async fn whoever_may_not_is_refused_and_each_export_is_in_the_ledger() {
    let place = Place::new().await;
    let office = office(&place).await;
    found(&place, &office).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    for path in ["/alerts/export", "/indicators/export", "/cases/export"] {
        for desk in [&office.auditor, &office.approver_it, &admin] {
            let refused = desk.get(&format!("{path}?format=csv")).await;
            assert_eq!(refused.status, StatusCode::FORBIDDEN, "{path}: {}", refused.text);
        }
        for wrong in [
            "format=xml",
            "format=csv&from=yesterday",
            "format=csv&from=2026-05-02&to=2026-05-01",
        ] {
            let refused = office.it.get(&format!("{path}?{wrong}")).await;
            assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{path} {wrong}");
        }
    }
    let acts = |ledger: String| ledger.matches("export.make").count();
    assert_eq!(acts(office.auditor.get("/ledger?limit=500").await.text), 0);
    office.it.get("/alerts/export?format=csv").await;
    office.it.get("/indicators/export?format=stix").await;
    let ledger = office.auditor.get("/ledger?limit=500").await.text;
    assert!(
        ledger.contains("2 alerts as csv, the first to the last"),
        "{ledger}"
    );
    assert_eq!(acts(ledger), 2);
}
