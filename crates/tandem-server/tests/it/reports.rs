//! What verdicts teach, and how long things took: figures that name nobody, and proposals that nobody but people applies.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{
    Alert, AlertId, AlertStatus, Day, EventId, Indicator, IndicatorGroup, IndicatorId, Role, SubjectId,
    Threat, Timestamp, Verdict,
};
use tandem_server::pipeline::now;
use tandem_store::{DayResult, HistoryRow};

use crate::support::{Desk, Place};

/// "Remote access programme started", a shipped rule with a plain condition.
const RULE: &str = "a2db5090-01f2-4ecc-aaf1-0457e6e17915";

fn indicator(number: u32, day: Day, detector: &str, events: Vec<EventId>) -> Indicator {
    Indicator {
        id: IndicatorId(u128::from(number) + 1),
        subject: subject(number),
        time: day.start().plus_micros(1),
        known: day.end(),
        group: IndicatorGroup::Fact,
        detector: detector.to_owned(),
        title: "something".into(),
        explanation: "it happened".into(),
        weight: 6.0,
        half_life_days: Some(14.0),
        until: None,
        threats: Vec::new(),
        motive: None,
        stage: None,
        object: None,
        techniques: Vec::new(),
        event_count: events.len() as u64,
        events,
        impact: 0,
    }
}

fn subject(number: u32) -> SubjectId {
    SubjectId(format!("S-{number:08}"))
}

fn alert(number: u32, day: Day, raised: Timestamp) -> Alert {
    Alert {
        id: AlertId(u128::from(number) + 1),
        subject: subject(number),
        day,
        raised,
        title: format!("alert {number}"),
        sentences: vec!["it happened".into()],
        score: 1.0,
        level: RiskLevel::Act,
        threat: Some(Threat::Leakage),
        impact: 1,
        queue: "daily".into(),
        rank: number,
        indicators: vec![IndicatorId(u128::from(number) + 1)],
        status: AlertStatus::New,
        verdict: None,
    }
}

/// A day on which each of these events raised an alert by the rule.
async fn raised(place: &Place, day: Day, detector: &str, events: &[EventId]) {
    let numbered = || (0_u32..).zip(events);
    place
        .app
        .store
        .save_day(DayResult {
            day,
            indicators: numbered()
                .map(|(number, event)| indicator(number, day, detector, vec![*event]))
                .collect(),
            alerts: numbered()
                .map(|(number, _)| (alert(number, day, day.end()), vec!["fact".to_owned()]))
                .collect(),
            ..DayResult::default()
        })
        .await
        .unwrap();
}

async fn concluded(place: &Place, number: u32, verdict: Verdict) {
    let history = HistoryRow {
        at: now(),
        who: "ines".into(),
        action: "closed".into(),
        note: "looked into it".into(),
    };
    place
        .app
        .store
        .set_alert_status(
            AlertId(u128::from(number) + 1),
            AlertStatus::Closed,
            Some(verdict),
            &history,
        )
        .await
        .unwrap();
}

async fn asked(desk: &Desk<'_>, path: &str) -> Value {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()
}

/// One start of a programme each by thirteen people: eleven by the help desk's tool, one by another, one that was real.
async fn starts(place: &Place) -> Vec<EventId> {
    let tool = |n: usize| match n {
        0..=10 => "helpdesk",
        11 => "other",
        _ => "unknown",
    };
    let lines: String = (0..13)
        .map(|n| {
            format!(
                "{{\"timestamp\":\"2026-05-04T08:{n:02}:00Z\",\"user\":\"person{n}\",\"action\":\"file_read\",\"path\":\"/home/person{n}/x\",\"tool\":\"{}\"}}\n",
                tool(n)
            )
        })
        .collect();
    place.read("starts.ndjson", &lines).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let events = asked(&it, "/events?limit=100").await;
    let by_account: BTreeMap<String, EventId> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| {
            (
                event["account"].as_str().unwrap().to_owned(),
                EventId::parse(event["id"].as_str().unwrap()).unwrap(),
            )
        })
        .collect();
    (0..13).map(|n| by_account[&format!("person{n}")]).collect()
}

#[tokio::test]
async fn precision_is_no_share_before_ten_verdicts_and_then_has_its_interval() {
    let place = Place::new().await;
    let events = starts(&place).await;
    let detector = format!("rule:{RULE}");
    raised(&place, Day::parse("2026-05-04").unwrap(), &detector, &events).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    assert_eq!(asked(&it, "/feedback").await["detectors"], json!([]));
    for number in 0..9 {
        concluded(&place, number, Verdict::FalsePositive).await;
    }
    let few = asked(&it, "/feedback").await;
    assert_eq!(few["concluded"], json!(9));
    let record = &few["detectors"][0];
    assert_eq!(record["detector"], json!(detector));
    assert_eq!(record["rule"]["id"], json!(RULE));
    assert_eq!(
        (&record["false_positive"], &record["said"]),
        (&json!(9), &json!(9))
    );
    assert_eq!(record["precision"], Value::Null);
    let one = asked(&it, &format!("/feedback/{RULE}")).await;
    assert_eq!(one["proposals"], json!([]));
    assert!(
        one["no_proposal"].as_str().unwrap().contains("at least 10"),
        "{one}"
    );

    concluded(&place, 12, Verdict::TruePositive).await;
    let enough = asked(&it, "/feedback").await;
    let precision = &enough["detectors"][0]["precision"];
    assert_eq!(precision["share"], json!(0.1));
    // 1 of 10 by Wilson's score interval: 0.0179 to 0.4042.
    assert!(
        (precision["low"].as_f64().unwrap() - 0.0179).abs() < 5e-5,
        "{precision}"
    );
    assert!(
        (precision["high"].as_f64().unwrap() - 0.4042).abs() < 1e-4,
        "{precision}"
    );
}

#[tokio::test]
async fn a_proposal_is_a_diff_and_a_filter_and_changes_nothing() {
    let place = Place::new().await;
    let events = starts(&place).await;
    let day = Day::parse("2026-05-04").unwrap();
    raised(&place, day, &format!("rule:{RULE}"), &events).await;
    for number in 0..12 {
        concluded(&place, number, Verdict::Benign).await;
    }
    concluded(&place, 12, Verdict::TruePositive).await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let before = asked(&it, &format!("/rules/{RULE}")).await;
    let one = asked(&it, &format!("/feedback/{RULE}")).await;
    let proposals = one["proposals"].as_array().unwrap();
    let kinds: Vec<_> = proposals.iter().map(|p| p["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["except", "lower_level"], "{one}");
    let except = &proposals[0];
    assert!(
        except["title"]
            .as_str()
            .unwrap()
            .contains("spared 11 of 12 false alarms"),
        "{except}"
    );
    let diff = except["diff"].as_str().unwrap();
    assert!(
        diff.contains("+        tool:\n+            - 'helpdesk'\n"),
        "{diff}"
    );
    let filter = except["filter"].as_str().unwrap();
    assert!(
        filter.contains(RULE) && filter.contains("condition: not reviewed"),
        "{filter}"
    );
    assert!(
        !one.to_string().contains("person1"),
        "a proposal names nobody: {one}"
    );
    assert_eq!(except["reviewers"], json!(["it_lead", "corporate_lead"]));
    assert_eq!(asked(&it, &format!("/rules/{RULE}")).await, before);
    let missing = it.get("/feedback/no-such-rule").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{}", missing.text);
}

#[tokio::test]
async fn detectors_of_human_facts_are_counted_for_those_who_may_see_them() {
    let place = Place::new().await;
    let day = Day::parse("2026-05-04").unwrap();
    raised(&place, day, "hotline:corroborated", &[EventId(1)]).await;
    concluded(&place, 0, Verdict::TruePositive).await;
    for (account, role, shown) in [
        ("ines", Role::ItAnalyst, 0),
        ("carl", Role::CorporateInvestigator, 1),
        ("uma", Role::Auditor, 0),
    ] {
        let desk = place.colleague(account, role, None).await;
        let seen = asked(&desk, "/feedback").await;
        assert_eq!(seen["detectors"].as_array().unwrap().len(), shown, "{account}");
    }
    let staff = place.colleague("sara", Role::Staff, None).await;
    let refused = staff.get("/feedback").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
}

async fn opened(desk: &Desk<'_>) -> Value {
    let asked =
        json!({ "kind": "data_leakage", "title": "Many files read", "reason": "looks like collecting" });
    let answer = desk.post("/cases", asked).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn clocks_are_told_of_five_cases_and_no_fewer() {
    let place = Place::new().await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    place.colleague("carl", Role::CorporateInvestigator, None).await;
    let auditor = place.colleague("uma", Role::Auditor, None).await;
    let mut cases = Vec::new();
    for _ in 0..4 {
        cases.push(opened(&it).await["summary"]["id"].as_str().unwrap().to_owned());
    }
    let few = asked(&auditor, "/reports/clocks").await;
    assert_eq!(few["figures"], json!([]));
    assert!(
        few["kept_back"]
            .as_array()
            .unwrap()
            .contains(&json!({ "clock": "share", "cases": 4 })),
        "{few}"
    );

    cases.push(opened(&it).await["summary"]["id"].as_str().unwrap().to_owned());
    for case in &cases {
        let add = json!({ "people": { "add": { "account": "carl", "role": "contributor", "reason": "knows the people" } } });
        let added = it.post(&format!("/cases/{case}/commands"), add).await;
        assert_eq!(added.status, StatusCode::OK, "{}", added.text);
    }
    let report = asked(&auditor, "/reports/clocks").await;
    let figures = report["figures"].as_array().unwrap();
    let share: Vec<&Value> = figures
        .iter()
        .filter(|one| one["clock"] == json!("share"))
        .collect();
    assert_eq!(share.len(), 2, "{report}");
    assert_eq!(share[0]["of"], json!("all"));
    assert_eq!(
        (&share[1]["kind"], &share[1]["department"]),
        (&json!("data_leakage"), &json!("it"))
    );
    assert_eq!((&share[0]["cases"], &share[0]["running"]), (&json!(5), &json!(0)));
    assert_eq!(
        (&share[0]["late"], &share[0]["late_share"]),
        (&json!(0), &json!(0.0))
    );
    assert!(share[0]["median_seconds"].as_i64().unwrap() < 600, "{report}");
    let contain = figures
        .iter()
        .find(|one| one["clock"] == json!("contain"))
        .unwrap();
    assert_eq!(
        (&contain["running"], &contain["median_seconds"]),
        (&json!(5), &Value::Null)
    );
    assert!(!report.to_string().contains("ines"), "{report}");

    // Another time, another report; and one that ends before it begins is none.
    let past = asked(&auditor, "/reports/clocks?from=2020-01-01&to=2020-12-31").await;
    assert_eq!(past["figures"], json!([]));
    let odd = auditor.get("/reports/clocks?from=2026-02-02&to=2026-01-01").await;
    assert_eq!(odd.status, StatusCode::BAD_REQUEST, "{}", odd.text);

    let file = auditor.get("/reports/clocks.csv").await;
    assert_eq!(file.status, StatusCode::OK, "{}", file.text);
    assert!(
        file.text
            .starts_with("clock,of,kind,department,cases,running,late,late_share,median_hours,ninetieth_hours\r\nshare,all,,,5,0,0,0.000,"),
        "{}",
        file.text
    );
    let rows = asked(&auditor, "/ledger?act=export.").await;
    assert_eq!(rows["rows"][0]["object"], json!("reports/clocks"));
    let staff = place.colleague("sara", Role::Staff, None).await;
    for path in ["/reports/clocks", "/reports/clocks.csv"] {
        assert_eq!(staff.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
}

#[tokio::test]
async fn an_alert_counts_until_somebody_takes_it() {
    let place = Place::new().await;
    let (day, hour) = (now().day(), 3_600_000_000);
    let alerts = (0..6).map(|number| {
        (
            alert(number, day, now().plus_micros(-2 * hour)),
            vec!["fact".to_owned()],
        )
    });
    let result = DayResult {
        day,
        indicators: (0..6)
            .map(|number| indicator(number, day, "behaviour", Vec::new()))
            .collect(),
        alerts: alerts.collect(),
        ..DayResult::default()
    };
    place.app.store.save_day(result).await.unwrap();
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    for number in 0..5_u32 {
        let path = format!("/alerts/{}/status", AlertId(u128::from(number) + 1));
        let taken = it
            .post(
                &path,
                json!({ "status": "in_progress", "verdict": null, "note": "" }),
            )
            .await;
        assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    }
    let report = asked(&it, "/reports/clocks").await;
    let figures = report["figures"].as_array().unwrap();
    let all = figures
        .iter()
        .find(|one| one["clock"] == json!("triage") && one["of"] == json!("all"))
        .unwrap_or_else(|| panic!("{report}"));
    assert_eq!((&all["cases"], &all["running"]), (&json!(6), &json!(1)));
    // Two hours are more than the hour that a critical alert may wait.
    assert_eq!(all["late"], json!(6));
    let median = all["median_seconds"].as_i64().unwrap();
    assert!((7_200..7_800).contains(&median), "{report}");
}

#[tokio::test]
async fn a_case_shows_its_clocks_with_what_they_may_take() {
    let place = Place::new().await;
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let view = opened(&it).await;
    let clocks = view["clocks"].as_array().unwrap();
    let names: Vec<_> = clocks.iter().map(|one| one["clock"].as_str().unwrap()).collect();
    assert_eq!(names, ["share", "contain", "decide", "close"]);
    // Medium: two days to share.
    assert_eq!(clocks[0]["target_seconds"], json!(2 * 24 * 3_600));
    assert_eq!(
        (&clocks[0]["overdue"], &clocks[0]["stopped"]),
        (&json!(false), &Value::Null)
    );
}
