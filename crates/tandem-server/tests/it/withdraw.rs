//! Events that are taken back: afterwards all is as if they had never come, and the reason is on the record.

use tandem_domain::{AlertStatus, Day, EventId};
use tandem_lake::EventFilter;
use tandem_server::api::views::Sight;
use tandem_server::pipeline::withdraw::{Reason, Which, WithdrawError, Withdrawn, withdraw};
use tandem_server::pipeline::{IngestOptions, ingest};
use tandem_store::{AlertFilter, HistoryRow, LedgerFilter};

use crate::support::{Place, line};

const PEOPLE: &str = "known_on,person,kind,display_name,accounts,email,manager,department,role,site,time_zone,join_date,leave_date
2026-05-01,P1,employee,Mona Lind,mona,,,Sales,Clerk,,,2020-01-01,
2026-05-01,P2,employee,Ulf Berg,ulf,,,Sales,Clerk,,Europe/Berlin,2020-01-01,
";
const SYSTEM: (&str, &str) = ("system", "system");

/// Quiet work of two people, without one of them where it is not among `who`.
fn work(who: &[&str]) -> String {
    let mut text = String::new();
    for day in 1..=20 {
        for n in 0..12 {
            for (at, user) in ["mona", "ulf"].iter().enumerate() {
                if who.contains(user) {
                    text.push_str(&line(day, n + 20 * at as u32, user));
                }
            }
        }
    }
    text
}

/// Late in the evening, which is already the next day in Berlin, a log is cleared and backups go.
fn cover(day: u32, user: &str) -> String {
    let vssadmin = ",\"NewProcessName\":\"C:\\\\Windows\\\\System32\\\\vssadmin.exe\",\"CommandLine\":\"vssadmin delete shadows /all\"";
    let events = [(1102, ""), (4688, vssadmin)].map(|(event, extra)| {
        format!(
            "{{\"EventTime\":\"2026-05-{day:02}T23:10:00Z\",\"EventID\":{event},\"EventRecordID\":{event}{day},\"Channel\":\"Security\",\"SourceName\":\"Microsoft-Windows-Security-Auditing\",\"Hostname\":\"PC1\",\"SubjectUserName\":\"{user}\"{extra}}}\n"
        )
    });
    events.concat()
}

async fn place(files: &[(&str, String)]) -> Place {
    // Two people would wait long for a place in the queue.
    let place = Place::with(|config| config.queue.per_1000 = 1_000.0).await;
    place.read("people.csv", PEOPLE).await;
    for (name, text) in files {
        place.read(name, text).await;
    }
    place.analyse().await;
    place
}

fn may(day: u32) -> Day {
    Day::parse(&format!("2026-05-{day:02}")).unwrap()
}

/// What stands about a person: indicators and scores to the last bit, alerts. Pseudonyms differ from place to place.
async fn standing(
    place: &Place,
    person: &str,
) -> (Vec<(String, Day, u64)>, Vec<(Day, u64)>, Vec<(Day, String)>) {
    let store = &place.app.store;
    let known = store.pseudonyms().await.unwrap();
    let (_, subject) = known
        .into_iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(person))
        .unwrap();
    let (first, last) = (may(1), may(31));
    let indicators = store.indicators_of(&subject, first, last).await.unwrap();
    let scores = store.scores_of(&subject, first, last).await.unwrap();
    let filter = AlertFilter {
        subject: Some(subject),
        limit: 100,
        ..AlertFilter::default()
    };
    let alerts = store.alerts(&filter).await.unwrap();
    (
        indicators
            .into_iter()
            .map(|i| (i.detector, i.time.day(), i.weight.to_bits()))
            .collect(),
        scores
            .into_iter()
            .map(|(day, score, _)| (day, score.to_bits()))
            .collect(),
        alerts
            .into_iter()
            .map(|row| (row.alert.day, row.alert.title))
            .collect(),
    )
}

/// Every part of every account's day, together, as it is kept.
async fn activity(place: &Place) -> Vec<(String, Day, Vec<u8>)> {
    let mut all = Vec::new();
    for day in 1..=22 {
        let mut days: std::collections::BTreeMap<String, tandem_baseline::DayActivity> = Default::default();
        for row in place.app.store.activity_for_day(may(day)).await.unwrap() {
            let part = tandem_baseline::DayActivity::decode(&row.body).unwrap();
            days.entry(row.account).or_default().merge(&part);
        }
        all.extend(
            days.into_iter()
                .map(|(account, done)| (account, may(day), done.encode().unwrap())),
        );
    }
    all
}

async fn events(place: &Place, account: &str) -> Vec<EventId> {
    let segments = place.app.segments(None, None).await.unwrap();
    let filter = EventFilter {
        accounts: vec![account.to_owned()],
        ..EventFilter::default()
    };
    let limits = place.app.query_limits(10_000);
    let found = place.app.lake.find(&filter, &segments, limits).await.unwrap();
    found.events.into_iter().map(|event| event.id).collect()
}

/// The ids of what came with `cover`.
async fn covered(place: &Place, day: u32) -> Vec<EventId> {
    let matches = place.app.store.matches_for_day(may(day)).await.unwrap();
    let mut ids: Vec<EventId> = matches.into_iter().map(|m| m.event).collect();
    ids.sort();
    ids.dedup();
    ids
}

async fn take_back(place: &Place, which: &Which, dry_run: bool) -> Withdrawn {
    withdraw(&place.app, which, Reason::Mistake, SYSTEM, dry_run)
        .await
        .unwrap()
}

#[tokio::test]
async fn taking_events_back_is_as_if_they_had_never_come() {
    let quiet = ("quiet.ndjson", work(&["mona", "ulf"]));
    let never = place(std::slice::from_ref(&quiet)).await;
    let place = place(&[quiet, ("cover.ndjson", cover(12, "ulf"))]).await;
    let (indicators, scores, alerts) = standing(&place, "P2").await;
    assert!(
        indicators.len() >= 2 && !alerts.is_empty(),
        "{indicators:?} {alerts:?}"
    );
    assert_ne!(scores, standing(&never, "P2").await.1);
    assert_ne!(activity(&place).await, activity(&never).await);

    // Somebody worked on the alert meanwhile.
    let store = &place.app.store;
    let all = AlertFilter {
        limit: 10,
        ..AlertFilter::default()
    };
    let alert = store.alerts(&all).await.unwrap().remove(0).alert;
    let worked = HistoryRow {
        at: tandem_server::pipeline::now(),
        who: "anna".into(),
        action: "in_progress".into(),
        note: String::new(),
    };
    store
        .set_alert_status(alert.id, AlertStatus::InProgress, None, &worked)
        .await
        .unwrap();

    let which = Which {
        events: covered(&place, 12).await,
        ..Which::default()
    };
    assert_eq!(which.events.len(), 2);
    let dry = take_back(&place, &which, true).await;
    assert_eq!((dry.events, dry.id.as_deref()), (2, None));
    assert_eq!(
        standing(&place, "P2").await.1,
        scores,
        "a dry run changes nothing"
    );

    let done = take_back(&place, &which, false).await;
    assert_eq!((done.events, done.worked_on), (2, 1), "{done:?}");
    assert!(done.findings >= 2, "{done:?}");
    assert_eq!(activity(&place).await, activity(&never).await);
    for person in ["P1", "P2"] {
        assert_eq!(
            standing(&place, person).await,
            standing(&never, person).await,
            "{person}"
        );
    }
    assert!(covered(&place, 12).await.is_empty());

    // The record says so: in the alert's history, on the story, in the ledger.
    let history = store.alert_history(alert.id).await.unwrap();
    assert_eq!(history.len(), 2);
    assert!(history[1].note.contains("collected by mistake"), "{history:?}");
    let story = place
        .app
        .story(Sight::ALL, alert.subject.as_str(), None)
        .await
        .unwrap();
    assert_eq!(story.taken_back.len() as u64, done.findings);
    assert!(story.taken_back[0].words.contains("collected by mistake"));
    let filter = LedgerFilter {
        act: Some("events.withdraw".into()),
        limit: 10,
        ..LedgerFilter::default()
    };
    let rows = store.ledger(&filter).await.unwrap();
    assert_eq!(rows.len(), 1);

    // The file is still there; read again, the events stay away.
    let again = IngestOptions {
        again: true,
        ..IngestOptions::default()
    };
    let file = place.file("cover.ndjson", &cover(12, "ulf"));
    let read = ingest(&place.app, &[file], &again, &mut |_| {}).await.unwrap();
    assert_eq!((read.events, read.duplicates), (0, 2), "{read:?}");
    let place = place.reopened().await;
    let file = place.file("cover.ndjson", &cover(12, "ulf"));
    let read = ingest(&place.app, &[file], &again, &mut |_| {}).await.unwrap();
    assert_eq!(
        (read.events, read.duplicates),
        (0, 2),
        "after a restart: {read:?}"
    );
    assert!(
        take_back(&place, &which, false).await.id.is_none(),
        "nothing is left of them"
    );
}

#[tokio::test]
async fn an_account_is_erased_whole_and_nobody_else_loses_anything() {
    let never = place(&[("quiet.ndjson", work(&["mona"]))]).await;
    let both = [
        ("quiet.ndjson", work(&["mona", "ulf"])),
        ("cover.ndjson", cover(12, "ulf")),
    ];
    let place = place(&both).await;
    let mona = events(&place, "mona").await;
    assert!(events(&place, "ulf").await.len() > 200);
    let which = Which {
        accounts: vec!["ULF".into()],
        ..Which::default()
    };
    let done = withdraw(&place.app, &which, Reason::ErasureRequest, SYSTEM, false)
        .await
        .unwrap();
    assert!(done.events > 200, "{done:?}");
    assert_eq!(events(&place, "ulf").await, []);
    assert_eq!(events(&place, "mona").await, mona);
    assert_eq!(activity(&place).await, activity(&never).await);
    assert_eq!(standing(&place, "P1").await, standing(&never, "P1").await);
    let (indicators, _, alerts) = standing(&place, "P2").await;
    assert!(indicators.is_empty() && alerts.is_empty(), "{indicators:?}");
    let kept = place.app.store.withdrawals().await.unwrap();
    assert_eq!(kept[0].reason, "erasure-request");
}

#[tokio::test]
async fn a_question_about_everybody_is_refused() {
    let place = place(&[("quiet.ndjson", work(&["mona"]))]).await;
    let before = activity(&place).await;
    for which in [
        Which::default(),
        Which {
            from: Some(may(3)),
            ..Which::default()
        },
        // A word that is no account would otherwise leave no condition.
        Which {
            accounts: vec!["-".into()],
            ..Which::default()
        },
    ] {
        let refused = withdraw(&place.app, &which, Reason::Mistake, SYSTEM, false).await;
        assert!(matches!(refused, Err(WithdrawError::Everything)), "{which:?}");
    }
    assert_eq!(activity(&place).await, before);
    let part = Which {
        accounts: vec!["mona".into()],
        from: Some(may(3)),
        until: Some(may(4)),
        ..Which::default()
    };
    let done = take_back(&place, &part, false).await;
    assert_eq!(
        (done.events, done.from, done.until),
        (24, Some(may(3)), Some(may(4)))
    );
    let left: Vec<_> = before
        .into_iter()
        .filter(|(_, day, _)| *day != may(3) && *day != may(4))
        .collect();
    assert_eq!(activity(&place).await, left);
}
