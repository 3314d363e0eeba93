use tandem_domain::{AlertId, AlertStatus, Day, Timestamp, Verdict};
use tandem_store::{AlertFilter, DayResult, HistoryRow, Store};

use crate::make;

on_both!(
    alerts_are_filtered,
    alerts_are_counted_by_day_and_subject,
    a_decision_is_written_down_with_its_history,
    decisions_outlive_a_new_analysis,
    what_was_concluded_is_found_with_what_it_rests_on
);

fn history(action: &str) -> HistoryRow {
    HistoryRow {
        at: Timestamp(50),
        who: "ines".into(),
        action: action.into(),
        note: "looked into it".into(),
    }
}

async fn three_days(store: &Store) {
    for day in 100..103 {
        store.save_day(make::result(day)).await.unwrap();
    }
}

async fn count(store: &Store, filter: AlertFilter) -> usize {
    store
        .alerts(&AlertFilter { limit: 100, ..filter })
        .await
        .unwrap()
        .len()
}

async fn alerts_are_filtered(store: Store) {
    three_days(&store).await;
    let all = AlertFilter::default;
    let first = store.alerts(&AlertFilter { limit: 3, ..all() }).await.unwrap();
    let ranks: Vec<(Day, u32)> = first.iter().map(|a| (a.alert.day, a.alert.rank)).collect();
    assert_eq!(
        ranks,
        [(Day(102), 10_201), (Day(102), 10_202), (Day(101), 10_101)]
    );
    assert_eq!(first[0].groups, ["behaviour", "fact"]);

    let (id, verdict) = (make::alert(10_201, 102).id, Some(Verdict::Benign));
    store
        .set_alert_status(id, AlertStatus::Closed, verdict, &history("close"))
        .await
        .unwrap();
    let (day, to) = (Some(Day(101)), Some(Day(101)));
    let (subject, queue, level) = (
        Some(make::subject_id(1)),
        Some("daily".to_owned()),
        Some("act".to_owned()),
    );
    let with = |status| AlertFilter {
        status: Some(status),
        ..all()
    };
    let cases = [
        (AlertFilter { day, ..all() }, 2),
        (AlertFilter { to, ..all() }, 4),
        (AlertFilter { from: to, ..all() }, 4),
        (AlertFilter { subject, ..all() }, 3),
        (with(AlertStatus::New), 5),
        (with(AlertStatus::Closed), 1),
        (
            AlertFilter {
                open_only: true,
                ..all()
            },
            5,
        ),
        (AlertFilter { level, ..all() }, 0),
        (AlertFilter { queue, ..all() }, 3),
    ];
    for (filter, expected) in cases {
        assert_eq!(count(&store, filter.clone()).await, expected, "{filter:?}");
    }
    let everything = AlertFilter {
        limit: usize::MAX,
        ..all()
    };
    assert_eq!(store.alerts(&everything).await.unwrap().len(), 6);
}

async fn alerts_are_counted_by_day_and_subject(store: Store) {
    three_days(&store).await;
    let id = make::alert(10_201, 102).id;
    store
        .set_alert_status(id, AlertStatus::Closed, None, &history("close"))
        .await
        .unwrap();
    let counts = store.queue_counts(Day(101)).await.unwrap();
    let days: Vec<_> = counts.iter().map(|d| (d.day, d.alerts, d.open)).collect();
    assert_eq!(days, [(Day(101), 2, 2), (Day(102), 2, 1)]);
    let open = store.open_alerts_by_subject().await.unwrap();
    assert_eq!(open.into_values().collect::<Vec<_>>(), [2, 3]);
}

async fn a_decision_is_written_down_with_its_history(store: Store) {
    three_days(&store).await;
    let id = make::alert(10_001, 100).id;
    let row = store.alert(id).await.unwrap().unwrap();
    assert_eq!(row.alert, make::alert(10_001, 100));
    store
        .set_alert_status(id, AlertStatus::InProgress, None, &history("take"))
        .await
        .unwrap();
    store
        .set_alert_status(
            id,
            AlertStatus::Closed,
            Some(Verdict::TruePositive),
            &history("close"),
        )
        .await
        .unwrap();
    let closed = store.alert(id).await.unwrap().unwrap().alert;
    assert_eq!(
        (closed.status, closed.verdict),
        (AlertStatus::Closed, Some(Verdict::TruePositive))
    );
    assert_eq!(
        store.alert_history(id).await.unwrap(),
        [history("take"), history("close")]
    );
    assert_eq!(store.alert(AlertId(1)).await.unwrap(), None);
    assert_eq!(store.alert_history(AlertId(1)).await.unwrap(), []);
}

async fn decisions_outlive_a_new_analysis(store: Store) {
    three_days(&store).await;
    let (again, dropped) = (make::alert(10_101, 101).id, make::alert(10_102, 101).id);
    for id in [again, dropped] {
        store
            .set_alert_status(id, AlertStatus::Closed, Some(Verdict::Benign), &history("close"))
            .await
            .unwrap();
    }
    let mut result = make::result(101);
    result.alerts.retain(|(a, _)| a.id == again);
    result.alerts[0].0.title = "told anew".into();
    store.save_day(result).await.unwrap();

    let kept = store.alert(again).await.unwrap().unwrap().alert;
    assert_eq!(
        (kept.title.as_str(), kept.verdict),
        ("told anew", Some(Verdict::Benign))
    );
    assert_eq!(
        count(&store, AlertFilter::default()).await,
        3,
        "two of day 100, one of day 101, none of day 102"
    );
    assert_eq!(
        store.per_day(true, Day(0)).await.unwrap(),
        [(Day(100), 2), (Day(101), 1)]
    );
    assert_eq!(store.queue_counts(Day(101)).await.unwrap().len(), 1);
    let old = store.alert(dropped).await.unwrap().unwrap().alert;
    assert_eq!(
        old.verdict,
        Some(Verdict::Benign),
        "what people worked on can still be opened"
    );

    store
        .save_day(DayResult {
            day: Day(101),
            ..DayResult::default()
        })
        .await
        .unwrap();
    store.save_day(make::result(101)).await.unwrap();
    assert_eq!(
        count(
            &store,
            AlertFilter {
                status: Some(AlertStatus::Closed),
                ..AlertFilter::default()
            }
        )
        .await,
        2
    );
    assert_eq!(store.alert_history(dropped).await.unwrap().len(), 1);
}

async fn what_was_concluded_is_found_with_what_it_rests_on(store: Store) {
    three_days(&store).await;
    let of = |number: u32, day: i32| make::alert(number, day).id;
    for (id, status, verdict) in [
        (of(10_101, 101), AlertStatus::InProgress, None),
        (of(10_101, 101), AlertStatus::Closed, Some(Verdict::Benign)),
        (of(10_201, 102), AlertStatus::InProgress, None),
    ] {
        store
            .set_alert_status(id, status, verdict, &history("looked"))
            .await
            .unwrap();
    }
    let concluded = store.concluded_alerts(10).await.unwrap();
    assert_eq!(concluded.len(), 1);
    assert_eq!(
        (concluded[0].0.id, concluded[0].0.verdict, concluded[0].1),
        (of(10_101, 101), Some(Verdict::Benign), Timestamp(50))
    );
    let acts = store.first_acts(Day(101), Day(102)).await.unwrap();
    assert_eq!(acts.len(), 2);
    assert_eq!(
        acts[&of(10_101, 101).to_string()],
        (Timestamp(50), "ines".to_owned())
    );
    assert!(store.first_acts(Day(100), Day(100)).await.unwrap().is_empty());
    let from = AlertFilter {
        from: Some(Day(102)),
        ..AlertFilter::default()
    };
    assert_eq!(count(&store, from).await, 2);

    let kept = store.indicators_between(Day(100), Day(102)).await.unwrap();
    let mut ids: Vec<_> = kept.iter().map(|indicator| indicator.id).collect();
    ids.push(tandem_domain::IndicatorId(u128::MAX));
    let detectors = store.detectors_of(&ids).await.unwrap();
    assert_eq!(detectors.len(), kept.len());
    assert!(detectors.values().all(|detector| detector == "behaviour"));
    assert_eq!(store.indicators_with(&ids).await.unwrap().len(), kept.len());
    assert!(store.indicators_with(&[]).await.unwrap().is_empty());
}
