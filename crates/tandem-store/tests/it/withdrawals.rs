//! Taking events back: everything that rests on them goes at once or not at all, and a reason stays.

use std::collections::BTreeSet;

use tandem_domain::{AlertStatus, Day, EventId, Timestamp};
use tandem_ledger::{Entry, Salt};
use tandem_store::{
    ActivityRow, HistoryRow, LedgerFilter, Store, Withdrawal, WithdrawnFinding, WithdrawnRow,
};

use crate::make;

on_both!(
    what_rests_on_the_events_goes_and_the_rest_stays,
    nothing_changes_when_segments_were_replaced_meanwhile,
    findings_that_are_gone_stay_on_the_record,
);

fn entry() -> Entry {
    Entry::new(Timestamp(9), "system", "system", "events.withdraw", Salt([7; 16]))
}

async fn begun(store: &Store) {
    store
        .begin_ledger("tandem.test/ledger", || Salt([1; 16]))
        .await
        .unwrap();
    for (number, day) in [(1, 100), (2, 101), (3, 102)] {
        store.commit_batch(make::batch(number, day)).await.unwrap();
    }
    store.forget_analysis_from(Day(100)).await.unwrap();
    for day in 100..=102 {
        store.save_day(make::result(day)).await.unwrap();
    }
    assert_eq!(store.dirty_from().await.unwrap(), None);
}

/// Two events of day 101, account 3's part of that day, and all of account 4's.
fn asked() -> Withdrawal {
    let key = |account: &str| (account.to_owned(), Day(101));
    let events =
        [2_000, 2_001].map(|number| (make::matched(number, 101).event, "files".to_owned(), Day(101)));
    Withdrawal {
        id: "w1".into(),
        at: Timestamp(9),
        who: "system".into(),
        reason: "mistake".into(),
        events: events.to_vec(),
        old_segments: vec!["day=101/2.parquet".into()],
        new_segments: vec![make::segment("day=101/9.parquet", 101)],
        active: BTreeSet::from([key("account-3"), key("account-4")]),
        activity: vec![ActivityRow {
            account: "account-3".into(),
            day: Day(101),
            body: vec![42],
        }],
        marked: BTreeSet::from([key("account-1")]),
        marks: Vec::new(),
        erased: vec!["account-7".into()],
        erased_days: (Day(100), Day(101)),
        days: (Day(101), Day(101)),
        read: ["day=100/1.parquet", "day=101/2.parquet", "day=102/3.parquet"]
            .map(str::to_owned)
            .into(),
        read_days: (Day(100), Day(102)),
    }
}

async fn accounts(store: &Store, day: i32) -> Vec<String> {
    let rows = store.activity_for_day(Day(day)).await.unwrap();
    rows.into_iter().map(|row| row.account).collect()
}

async fn what_rests_on_the_events_goes_and_the_rest_stays(store: Store) {
    begun(&store).await;
    assert!(store.withdraw(asked(), entry()).await.unwrap());

    let paths: Vec<String> = store
        .segments(None, None)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.path)
        .collect();
    assert_eq!(
        paths,
        ["day=100/1.parquet", "day=101/9.parquet", "day=102/3.parquet"]
    );
    let matches = store.matches_for_day(Day(101)).await.unwrap();
    // Twenty but the two, and but what account 7 brought.
    assert!(matches.len() < 19 && matches.len() > 10);
    assert!(matches.iter().all(|m| m.account != "account-7"));
    let gone: Vec<EventId> = asked().events.iter().map(|(id, _, _)| *id).collect();
    assert!(matches.iter().all(|m| !gone.contains(&m.event)));

    let names = |but: &[u32]| -> Vec<String> {
        (0..10)
            .filter(|n| !but.contains(n))
            .map(|n| format!("account-{n}"))
            .collect()
    };
    assert_eq!(accounts(&store, 101).await, names(&[4, 7]));
    assert_eq!(accounts(&store, 100).await, names(&[7]));
    assert_eq!(accounts(&store, 102).await, names(&[]));
    let three = store
        .activity_of_account("account-3", Day(101), Day(101))
        .await
        .unwrap();
    assert_eq!(three, [(Day(101), vec![42])], "in the place of what there was");
    let marks = store.marks_for_day(Day(101)).await.unwrap();
    assert_eq!(
        marks.into_iter().map(|m| m.account).collect::<Vec<_>>(),
        ["account-0", "account-2"]
    );

    // Nothing of the day or of later ones stands any more, and the day is due.
    assert_eq!(store.analysed_to().await.unwrap(), Some(Day(100)));
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(101)));
    assert!(
        store
            .indicators_between(Day(101), Day(999))
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        !store
            .indicators_between(Day(100), Day(100))
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        store.snapshot_before(Day(200)).await.unwrap().unwrap().day,
        Day(100)
    );

    // The events stay away, and the record says what happened.
    let mut kept = store.withdrawn_of("files", Day(101)).await.unwrap();
    kept.sort();
    let mut expected = gone;
    expected.sort();
    assert_eq!(kept, expected);
    assert!(store.withdrawn_of("other", Day(101)).await.unwrap().is_empty());
    let record = store.withdrawals().await.unwrap();
    assert_eq!(record.len(), 1);
    assert_eq!((record[0].events, record[0].reason.as_str()), (2, "mistake"));
    let rows = store
        .ledger(&LedgerFilter {
            act: Some("events.withdraw".into()),
            limit: 9,
            ..LedgerFilter::default()
        })
        .await
        .unwrap();
    assert_eq!(rows.len(), 1);
}

async fn nothing_changes_when_segments_were_replaced_meanwhile(store: Store) {
    begun(&store).await;
    let before = (
        accounts(&store, 101).await,
        store.segments(None, None).await.unwrap(),
    );
    // New data came for a day that was read.
    let mut other = asked();
    other.read.remove("day=102/3.parquet");
    assert!(!store.withdraw(other, entry()).await.unwrap());
    // The segment itself was merged.
    let mut merged = asked();
    merged.old_segments = vec!["day=101/5.parquet".into()];
    assert!(!store.withdraw(merged, entry()).await.unwrap());

    let after = (
        accounts(&store, 101).await,
        store.segments(None, None).await.unwrap(),
    );
    assert_eq!(before, after);
    assert_eq!(store.dirty_from().await.unwrap(), None);
    assert_eq!(store.analysed_to().await.unwrap(), Some(Day(102)));
    assert!(store.withdrawals().await.unwrap().is_empty());
    assert!(
        store.withdraw(asked(), entry()).await.unwrap(),
        "and again it works"
    );
}

async fn findings_that_are_gone_stay_on_the_record(store: Store) {
    begun(&store).await;
    let alert = make::result(101).alerts.first().unwrap().0.clone();
    let worked = HistoryRow {
        at: Timestamp(5),
        who: "anna".into(),
        action: "in_progress".into(),
        note: String::new(),
    };
    store
        .set_alert_status(alert.id, AlertStatus::InProgress, None, &worked)
        .await
        .unwrap();
    assert!(store.withdraw(asked(), entry()).await.unwrap());
    assert_eq!(
        store.superseded_alerts(Day(101)).await.unwrap(),
        BTreeSet::from([alert.id])
    );
    assert!(store.superseded_alerts(Day(102)).await.unwrap().is_empty());

    let finding = |day, id: &str| WithdrawnFinding {
        kind: "indicator".into(),
        id: id.into(),
        subject: make::subject_id(1),
        day: Day(day),
        title: "odd thing".into(),
    };
    let findings = [finding(101, "a"), finding(102, "b")];
    let note = HistoryRow {
        action: "taken back".into(),
        who: "system".into(),
        ..worked.clone()
    };
    for _ in 0..2 {
        // Noted again, for example after a kill, it is there once.
        store.note_withdrawn("w1", &findings, &[], &note).await.unwrap();
    }
    store.note_withdrawn("w1", &[], &[alert.id], &note).await.unwrap();
    let found = store
        .withdrawn_findings(&make::subject_id(1), Day(0), Day(101))
        .await
        .unwrap();
    assert_eq!(
        found,
        [WithdrawnRow {
            finding: finding(101, "a"),
            at: Timestamp(9),
            reason: "mistake".into()
        }]
    );
    assert_eq!(store.withdrawals().await.unwrap()[0].findings, 2);
    let history = store.alert_history(alert.id).await.unwrap();
    assert_eq!(history, [worked, note]);
}
