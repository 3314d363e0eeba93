use serde_json::json;
use tandem_domain::{AlertId, AlertStatus, CaseId, Timestamp, Verdict};
use tandem_ledger::{Entry, Salt};
use tandem_store::{
    AlertChange, Change, Content, FactRow, Head, HistoryRow, LedgerFilter, OutboxRow, Step, Store,
    StoreError, WorkFilter, WorkKind,
};

on_both!(
    a_step_is_kept_whole_or_not_at_all,
    of_two_decisions_on_the_same_state_one_is_kept,
    work_is_found_by_status_link_text_and_due_time,
    numbers_are_given_once,
    a_mark_is_taken_once_and_with_its_step,
);

fn case_id() -> CaseId {
    CaseId::of(2026, 1)
}

fn fact(at: i64, text: &str) -> FactRow {
    FactRow {
        at: Timestamp(at),
        who: "ines".into(),
        body: json!({ "fact": text }).to_string(),
    }
}

fn change(version: u64, facts: Vec<FactRow>, status: &str) -> Change {
    Change {
        kind: WorkKind::Case,
        id: case_id().0,
        version,
        facts,
        head: Head {
            status: status.into(),
            due: Some(Timestamp(500)),
            case: Some(case_id()),
            summary: json!({ "title": "Copies to a stick" }).to_string(),
            links: vec![
                ("member".into(), "ines".into()),
                ("subject".into(), "S-00000001".into()),
            ],
        },
    }
}

fn entry(at: i64, act: &str) -> Entry {
    let mut entry = Entry::new(Timestamp(at), "ines", "it_analyst", act, Salt([7; 16]));
    entry.case = Some(case_id());
    entry
}

async fn begun(store: &Store) {
    store
        .begin_ledger("tandem.example.org/ledger", || Salt([1; 16]))
        .await
        .unwrap();
}

async fn a_step_is_kept_whole_or_not_at_all(store: Store) {
    let step = || Step {
        changes: vec![change(0, vec![fact(1, "opened"), fact(2, "shared")], "open")],
        alerts: vec![AlertChange {
            id: AlertId(5),
            status: AlertStatus::Closed,
            verdict: Some(Verdict::Benign),
            history: HistoryRow {
                at: Timestamp(2),
                who: "ines".into(),
                action: "closed (benign)".into(),
                note: "in the case".into(),
            },
        }],
        ledger: vec![entry(1, "case.open")],
        outbox: vec![OutboxRow {
            id: 0,
            connector: "slack".into(),
            lane: case_id().0,
            key: "m1".into(),
            amends: None,
            state: "waiting".into(),
            next_at: Timestamp(1),
            lease_until: None,
            room: None,
            message: None,
            created: Timestamp(1),
            body: "{}".into(),
        }],
        settings: Vec::new(),
        shifted: Vec::new(),
        once: Vec::new(),
        contents: vec![Content {
            id: "e1".into(),
            case: case_id(),
            body: b"\0bytes".to_vec(),
        }],
    };
    // Without a ledger nothing may happen at all.
    let refused = store.take_step(step()).await;
    assert!(matches!(refused, Err(StoreError::NoLedger)), "{refused:?}");
    assert!(
        store
            .facts(WorkKind::Case, case_id().as_str())
            .await
            .unwrap()
            .is_empty()
    );
    assert!(store.outbox(None, 10).await.unwrap().is_empty());
    assert_eq!(store.content(&case_id(), "e1").await.unwrap(), None);
    assert!(store.alert_history(AlertId(5)).await.unwrap().is_empty());

    begun(&store).await;
    let rows = store.take_step(step()).await.unwrap();
    assert_eq!(
        rows.iter()
            .map(|r| (r.seq, r.entry.act.as_str()))
            .collect::<Vec<_>>(),
        [(0, "case.open")]
    );
    assert_eq!(
        store.facts(WorkKind::Case, case_id().as_str()).await.unwrap(),
        [fact(1, "opened"), fact(2, "shared")]
    );
    assert_eq!(store.outbox(Some("waiting"), 10).await.unwrap().len(), 1);
    assert_eq!(
        store.content(&case_id(), "e1").await.unwrap().as_deref(),
        Some(b"\0bytes".as_slice())
    );
    assert_eq!(
        store.content(&CaseId::of(2026, 2), "e1").await.unwrap(),
        None,
        "another case's evidence"
    );
    assert_eq!(store.alert_history(AlertId(5)).await.unwrap().len(), 1);

    // An entry that the ledger does not take undoes the facts beside it.
    let mut wrong = Step {
        changes: vec![change(2, vec![fact(3, "noted")], "open")],
        ledger: vec![entry(3, "Not An Act")],
        ..Step::default()
    };
    let refused = store.take_step(wrong.clone()).await;
    assert!(matches!(refused, Err(StoreError::Ledger(_))), "{refused:?}");
    assert_eq!(
        store
            .facts(WorkKind::Case, case_id().as_str())
            .await
            .unwrap()
            .len(),
        2
    );
    wrong.ledger.clear();
    store.take_step(wrong).await.unwrap();
    assert_eq!(
        store
            .facts(WorkKind::Case, case_id().as_str())
            .await
            .unwrap()
            .len(),
        3
    );
}

async fn of_two_decisions_on_the_same_state_one_is_kept(store: Store) {
    begun(&store).await;
    let at = |version, text: &str| Step {
        changes: vec![change(version, vec![fact(1, text)], "open")],
        ledger: vec![entry(1, "case.change")],
        ..Step::default()
    };
    store.take_step(at(0, "opened")).await.unwrap();
    let tries: Vec<_> = (0..6)
        .map(|n| {
            let (store, step) = (store.clone(), at(1, &format!("try {n}")));
            tokio::spawn(async move { store.take_step(step).await })
        })
        .collect();
    let mut kept = 0;
    for attempt in tries {
        match attempt.await.unwrap() {
            Ok(_) => kept += 1,
            Err(StoreError::Conflict { kind: "case", .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(kept, 1);
    assert_eq!(
        store
            .facts(WorkKind::Case, case_id().as_str())
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        store
            .ledger(&LedgerFilter {
                limit: 10,
                ..LedgerFilter::default()
            })
            .await
            .unwrap()
            .len(),
        2
    );
    let twice = store.take_step(at(0, "opened again")).await;
    assert!(matches!(twice, Err(StoreError::Conflict { .. })), "{twice:?}");
}

async fn work_is_found_by_status_link_text_and_due_time(store: Store) {
    begun(&store).await;
    store
        .take_step(Step {
            changes: vec![change(0, vec![fact(9, "opened")], "open")],
            ..Step::default()
        })
        .await
        .unwrap();
    let found = async |filter: WorkFilter| {
        let filter = WorkFilter { limit: 5, ..filter };
        store.work(WorkKind::Case, &filter).await.unwrap().len()
    };
    let link = |kind: &str, value: &str| Some((kind.to_owned(), value.to_owned()));
    assert_eq!(found(WorkFilter::default()).await, 1);
    for (filter, expected) in [
        (
            WorkFilter {
                status: vec!["closed".into(), "open".into()],
                ..WorkFilter::default()
            },
            1,
        ),
        (
            WorkFilter {
                status: vec!["closed".into()],
                ..WorkFilter::default()
            },
            0,
        ),
        (
            WorkFilter {
                link: link("subject", "S-00000001"),
                ..WorkFilter::default()
            },
            1,
        ),
        (
            WorkFilter {
                link: link("member", "S-00000001"),
                ..WorkFilter::default()
            },
            0,
        ),
        (
            WorkFilter {
                text: Some("A STICK".into()),
                ..WorkFilter::default()
            },
            1,
        ),
        (
            WorkFilter {
                text: Some("%' OR 1=1 --".into()),
                ..WorkFilter::default()
            },
            0,
        ),
        (
            WorkFilter {
                due_before: Some(Timestamp(501)),
                ..WorkFilter::default()
            },
            1,
        ),
        (
            WorkFilter {
                due_before: Some(Timestamp(500)),
                ..WorkFilter::default()
            },
            0,
        ),
        (
            WorkFilter {
                case: Some(CaseId::of(2026, 9)),
                ..WorkFilter::default()
            },
            0,
        ),
    ] {
        let words = format!("{filter:?}");
        assert_eq!(found(filter).await, expected, "{words}");
    }
    let row = store
        .work(
            WorkKind::Case,
            &WorkFilter {
                limit: 1,
                ..WorkFilter::default()
            },
        )
        .await
        .unwrap()
        .remove(0);
    assert_eq!(
        (row.version, row.opened, row.changed),
        (1, Timestamp(9), Timestamp(9))
    );
    assert_eq!(row.head, change(0, Vec::new(), "open").head);
    assert!(
        store
            .work(
                WorkKind::Run,
                &WorkFilter {
                    limit: 1,
                    ..WorkFilter::default()
                }
            )
            .await
            .unwrap()
            .is_empty()
    );
}

async fn numbers_are_given_once(store: Store) {
    let tries: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.next_number("case-2026").await.unwrap() })
        })
        .collect();
    let mut numbers = Vec::new();
    for attempt in tries {
        numbers.push(attempt.await.unwrap());
    }
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(store.next_number("case-2027").await.unwrap(), 1);
}

async fn a_mark_is_taken_once_and_with_its_step(store: Store) {
    begun(&store).await;
    let step = |setting: &str| Step {
        settings: vec![("heard".to_owned(), setting.to_owned())],
        once: vec![("request-1".to_owned(), Timestamp(100))],
        ..Step::default()
    };
    assert!(!store.is_marked("request-1").await.unwrap());
    store.take_step(step("first")).await.unwrap();
    assert!(store.is_marked("request-1").await.unwrap());
    let again = store.take_step(step("second")).await;
    assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
    assert_eq!(store.setting("heard").await.unwrap().as_deref(), Some("first"));
    store.forget_expired(Timestamp(101)).await.unwrap();
    store.take_step(step("third")).await.unwrap();
}
