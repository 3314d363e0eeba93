//! Calibration adds up and names nobody; departures have the numbers of the day they are of.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use axum::http::StatusCode;
use serde_json::{Value, json};
use tandem_domain::alert::RiskLevel;
use tandem_domain::{
    Alert, AlertId, AlertStatus, Day, EventId, Indicator, IndicatorGroup, IndicatorId, Role, SubjectId,
    Verdict,
};
use tandem_server::pipeline::departures::KeptTally;
use tandem_server::pipeline::now;
use tandem_store::{DayResult, HistoryRow};

use crate::support::{Desk, Place};

/// "Remote access programme started", a shipped rule.
const RULE: &str = "a2db5090-01f2-4ecc-aaf1-0457e6e17915";
/// Accounts by department; drivers are too few to be shown.
const CLERKS: u32 = 14;
const CHEMISTS: u32 = 12;
const DRIVERS: u32 = 4;
const PEOPLE: u32 = CLERKS + CHEMISTS + DRIVERS;
/// The day on which the first clerk signs in sixty times at two in the night.
const NIGHT: u32 = 24;

fn may(day: u32) -> Day {
    Day::parse(&format!("2026-05-{day:02}")).unwrap()
}

fn account(n: u32) -> String {
    let kind = match n {
        0..CLERKS => "clerk",
        n if n < CLERKS + CHEMISTS => "chemist",
        _ => "driver",
    };
    format!("{kind}{n:02}")
}

fn people() -> String {
    let mut text = String::from(
        "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date\n",
    );
    for n in 0..PEOPLE {
        let (department, role) = match n {
            0..CLERKS => ("Sales", "Clerk"),
            n if n < CLERKS + CHEMISTS => ("Research", "Chemist"),
            _ => ("Fleet", "Driver"),
        };
        writeln!(
            text,
            "2026-05-01,P{n},employee,,{},,,{department},{role},Leeds,,2020-01-01,",
            account(n)
        )
        .unwrap();
    }
    text
}

fn sign_in(day: u32, hour: u32, n: u32, user: &str) -> String {
    format!(
        "{{\"timestamp\":\"2026-05-{day:02}T{hour:02}:{:02}:{:02}Z\",\"user\":\"{user}\",\"action\":\"login\",\"session\":\"{user}-{day}-{n}\"}}\n",
        n % 60,
        n / 60,
    )
}

/// Three weeks of office hours, and one night.
fn work() -> String {
    let mut text = String::new();
    for day in 4..=25 {
        for n in 0..PEOPLE {
            for nth in 0..3 + (n * 7 + day * 5) % 4 {
                text.push_str(&sign_in(day, 9 + nth, nth, &account(n)));
            }
        }
    }
    for nth in 100..160 {
        text.push_str(&sign_in(NIGHT, 2, nth, &account(0)));
    }
    text
}

async fn company() -> Place {
    let place = Place::new().await;
    place.read("people.csv", &people()).await;
    place.read("work.ndjson", &work()).await;
    assert_eq!(place.analyse().await, 22);
    place
}

async fn asked(desk: &Desk<'_>, path: &str) -> Value {
    let answer = desk.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()
}

async fn pseudonyms(place: &Place) -> BTreeMap<String, SubjectId> {
    let all = place.app.store.pseudonyms().await.unwrap();
    all.into_iter().collect()
}

#[tokio::test]
async fn counts_add_up_to_person_days_and_no_group_under_ten_is_shown() {
    let place = company().await;
    let auditor = place.colleague("uma", Role::Auditor, None).await;
    let view = asked(&auditor, "/calibration").await;
    // Nothing is concluded from the first ten days; then everybody is counted each day.
    assert_eq!(view["person_days"], json!(12 * PEOPLE), "{view}");
    let mut by_day = 0;
    for (_, body) in place.app.store.tallies(may(1), may(31)).await.unwrap() {
        let tally: KeptTally = serde_json::from_str(&body).unwrap();
        by_day += tally.groups.iter().map(|g| g.people).sum::<u32>();
    }
    assert_eq!(by_day, 12 * PEOPLE);
    let overall = &view["overall"]["at"];
    assert_eq!(
        (&overall[0]["ranked"], &overall[1]["ranked"]),
        (&json!(12 * PEOPLE), &json!(0)),
        "hundreds of person-days rank a hundredth, not a thousandth"
    );
    assert_eq!(
        (&overall[0]["reading"], &overall[0]["ratio"]),
        (&json!("too_few"), &Value::Null)
    );
    assert!(
        overall[0]["seen"].as_u64().unwrap() >= 1,
        "the night is among the rarest: {view}"
    );
    // Four drivers stand together with the smaller of the two other groups, so that nobody can subtract them.
    let groups: BTreeMap<&str, u64> = view["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|g| (g["words"].as_str().unwrap(), g["person_days"].as_u64().unwrap()))
        .collect();
    let wanted = [
        ("clerk, sales, leeds", u64::from(12 * CLERKS)),
        ("the rest, together", u64::from(12 * (CHEMISTS + DRIVERS))),
    ];
    assert_eq!(groups, BTreeMap::from(wanted));
    for channel in view["channels"].as_array().unwrap() {
        let (seen, surprised) = (&channel["at"][0]["seen"], &channel["surprised"]);
        assert!(seen.as_u64() <= surprised.as_u64(), "{channel}");
    }
    let text = view.to_string().to_lowercase();
    for (_, subject) in pseudonyms(&place).await {
        assert!(
            !text.contains(&subject.as_str().to_lowercase()),
            "{subject} is named"
        );
    }
    assert!(!text.contains("driver") && !text.contains("fleet"), "{text}");
    // The past is counted anew with its days, never twice.
    tandem_server::pipeline::analyse(&place.app, Some(may(20)), &mut |_, _, _| {})
        .await
        .unwrap();
    assert_eq!(asked(&auditor, "/calibration").await, view);
    let part = asked(&auditor, "/calibration?from=2026-05-24&to=2026-05-25").await;
    assert_eq!(part["person_days"], json!(2 * PEOPLE));
}

fn indicator(n: u32, subject: &SubjectId) -> Indicator {
    Indicator {
        id: IndicatorId(u128::from(n) + 1),
        subject: subject.clone(),
        time: may(26).start().plus_micros(1),
        known: may(26).end(),
        group: IndicatorGroup::Fact,
        detector: format!("rule:{RULE}"),
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
        event_count: 1,
        events: vec![EventId(7)],
        impact: 0,
    }
}

fn alert(n: u32, subject: &SubjectId) -> Alert {
    Alert {
        id: AlertId(u128::from(n) + 1),
        subject: subject.clone(),
        day: may(26),
        raised: may(26).end(),
        title: format!("alert {n}"),
        sentences: vec!["it happened".into()],
        score: 1.0,
        level: RiskLevel::Act,
        threat: None,
        impact: 1,
        queue: if n == 10 { "slow_burn" } else { "daily" }.into(),
        rank: n,
        indicators: vec![IndicatorId(u128::from(n) + 1)],
        status: AlertStatus::New,
        verdict: None,
    }
}

/// Eleven clerks are alerted by one rule; ten of those alerts are concluded, two as true.
async fn alerted(place: &Place) {
    let subjects = pseudonyms(place).await;
    let of = |n: u32| &subjects[&format!("p{n}")];
    let result = DayResult {
        day: may(26),
        indicators: (0..11).map(|n| indicator(n, of(n))).collect(),
        alerts: (0..11).map(|n| (alert(n, of(n)), vec!["fact".into()])).collect(),
        ..DayResult::default()
    };
    place.app.store.save_day(result).await.unwrap();
    for n in 0..10_u32 {
        let verdict = if n < 2 {
            Verdict::TruePositive
        } else {
            Verdict::Benign
        };
        let history = HistoryRow {
            at: now(),
            who: "ines".into(),
            action: "closed".into(),
            note: "looked into it".into(),
        };
        let id = AlertId(u128::from(n) + 1);
        place
            .app
            .store
            .set_alert_status(id, AlertStatus::Closed, Some(verdict), &history)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn false_alarms_have_their_exact_interval_and_an_uneven_group_its_cause() {
    let place = company().await;
    alerted(&place).await;
    let council = place.colleague("wanda", Role::WorksCouncil, None).await;
    let view = asked(&council, "/calibration?from=2026-05-26&to=2026-05-26").await;
    assert_eq!((&view["alerts"], &view["concluded"]), (&json!(11), &json!(10)));
    let queues: BTreeMap<&str, &Value> = view["queues"]
        .as_array()
        .unwrap()
        .iter()
        .map(|queue| (queue["id"].as_str().unwrap(), queue))
        .collect();
    let daily = queues["daily"];
    assert_eq!(
        (&daily["alerts"], &daily["said"], &daily["benign"]),
        (&json!(10), &json!(10), &json!(8))
    );
    // 8 of 10 by Clopper and Pearson: 0.4439 to 0.9748.
    let false_alarms = &daily["false_alarms"];
    assert_eq!(false_alarms["share"], json!(0.8));
    assert!(
        (false_alarms["low"].as_f64().unwrap() - 0.443_9).abs() < 1e-4,
        "{false_alarms}"
    );
    assert!(
        (false_alarms["high"].as_f64().unwrap() - 0.974_8).abs() < 1e-4,
        "{false_alarms}"
    );
    // What all found is the starting point, so two of ten stay two of ten.
    assert!(
        (daily["next"]["share"].as_f64().unwrap() - 0.2).abs() < 1e-9,
        "{daily}"
    );
    let slow = queues["slow_burn"];
    assert_eq!(
        (&slow["alerts"], &slow["false_alarms"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(view["detectors"][0]["rule"]["id"], json!(RULE));
    assert_eq!(view["detectors"][0]["alerts"], json!(11));
    sales_is_uneven(&view);
}

/// Eleven of fourteen clerks and nobody else were alerted.
fn sales_is_uneven(view: &Value) {
    let attribute = |name: &str| {
        let all = view["attributes"].as_array().unwrap();
        all.iter().find(|a| a["attribute"] == json!(name)).cloned()
    };
    let departments = attribute("department").unwrap();
    assert_eq!(
        (&departments["people"], &departments["alerted"]),
        (&json!(PEOPLE), &json!(11))
    );
    let sales = &departments["groups"][0];
    assert_eq!(
        (
            &sales["name"],
            &sales["people"],
            &sales["alerted"],
            &sales["reading"]
        ),
        (&json!("Sales"), &json!(CLERKS), &json!(11), &json!("uneven"))
    );
    assert_eq!(
        (&sales["ratio"], &sales["four_fifths"]),
        (&Value::Null, &json!(0.0))
    );
    let rest = &departments["groups"][1];
    assert_eq!(
        (&rest["name"], &rest["people"], &rest["reading"]),
        (
            &json!("the rest, together"),
            &json!(CHEMISTS + DRIVERS),
            &json!("even")
        )
    );
    let cause = &departments["worst"]["cause"];
    assert_eq!(
        (&cause["kind"], &cause["people"]),
        (&json!("rule"), &json!(11)),
        "{departments}"
    );
    assert_eq!(
        attribute("site"),
        None,
        "everybody is in Leeds: nothing to compare"
    );
    assert_eq!(attribute("employment"), None);
}

#[tokio::test]
async fn calibration_is_for_those_who_read_reports_and_days_must_make_sense() {
    let place = Place::new().await;
    let staff = place.colleague("sara", Role::Staff, None).await;
    let refused = staff.get("/calibration").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text);
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let nothing = asked(&it, "/calibration").await;
    assert_eq!(
        (&nothing["person_days"], &nothing["overall"]),
        (&json!(0), &Value::Null)
    );
    for odd in [
        "?from=2026-02-02&to=2026-01-01",
        "?from=yesterday",
        "?from=1990-01-01&to=2026-01-01",
    ] {
        let answer = it.get(&format!("/calibration{odd}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{odd}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_departure_has_the_numbers_of_its_day_and_of_the_days_before() {
    let place = company().await;
    let subject = pseudonyms(&place).await["p0"].clone();
    let it = place.colleague("ines", Role::ItAnalyst, None).await;
    let path = format!("/subjects/{subject}/departures");
    let view = asked(&it, &path).await;
    let of_night = |view: &Value| -> Vec<Value> {
        let all = view["departures"].as_array().unwrap().iter();
        all.filter(|d| d["day"] == json!("2026-05-24")).cloned().collect()
    };
    let found = of_night(&view);
    assert!((1..=4).contains(&found.len()), "{view}");
    let logons = found
        .iter()
        .find(|d| d["channel"] == json!("out_of_hours:logon"))
        .unwrap_or_else(|| panic!("{view}"));
    assert!(
        logons["what"]
            .as_str()
            .unwrap()
            .starts_with("60 logons outside own hours"),
        "{logons}"
    );
    // In the first days nothing was known of the own hours yet, so that some of their acts counted as outside: the sentence says
    // what the picture shows, and why something else was reckoned with.
    let against_the_own_past = logons["own"].as_str().unwrap();
    assert!(
        against_the_own_past.starts_with("Never outside own hours on the 20 earlier days in the picture. ")
            && against_the_own_past.contains(" still expects one in "),
        "{logons}"
    );
    assert!(
        logons["peers"].as_str().unwrap().starts_with("Usual for peers"),
        "{logons}"
    );
    let picture = &logons["picture"];
    assert_eq!(
        (&picture["value"], &picture["unit"]),
        (&json!(60.0), &json!("acts"))
    );
    let history = picture["history"].as_array().unwrap();
    assert_eq!(history.len(), 20, "4 to 23 May");
    assert_eq!(history[0], json!({ "day": "2026-05-04", "value": 0.0 }));
    assert!(history.iter().all(|h| h["value"] == json!(0.0)), "{picture}");
    assert_eq!(picture["band"], json!({ "low": 0.0, "usual": 0.0, "high": 0.0 }));
    assert_eq!(picture["peers"]["people"], json!(CLERKS - 1));
    assert_eq!(picture["peers"]["quantiles"], json!([0.0, 0.0, 0.0, 0.0, 0.0]));
    assert!(
        !view.to_string().contains("clerk00"),
        "the account is named: {view}"
    );
    // At noon the day is not over, and the day before nobody knew.
    for at in ["2026-05-24T12:00:00Z", "2026-05-23"] {
        let before = asked(&it, &format!("{path}?at={at}")).await;
        assert_eq!(of_night(&before), Vec::<Value>::new(), "{at}");
    }
    let auditor = place.colleague("uma", Role::Auditor, None).await;
    let rows = asked(&auditor, "/ledger?act=subject.look").await;
    let looks = rows["rows"].as_array().unwrap();
    assert!(
        looks.iter().all(|row| row["object"] == json!("departures")),
        "{rows}"
    );
    assert_eq!(looks.len(), 3);
    for (account, role) in [("sara", Role::Staff), ("alma", Role::Administrator)] {
        let desk = place.colleague(account, role, None).await;
        assert_eq!(desk.get(&path).await.status, StatusCode::FORBIDDEN, "{account}");
    }
    assert_eq!(auditor.get(&path).await.status, StatusCode::FORBIDDEN);
    let missing = it.get("/subjects/S-NOBODY/departures").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND, "{}", missing.text);
}
