use tandem_domain::{Day, EventId, Timestamp};
use tandem_store::{
    BatchCommit, Checkpoint, Committed, DeliveryRow, RejectFilter, SourceDay, Store, StoreError,
};

use crate::make;

on_both!(
    a_batch_is_kept_once,
    a_failing_batch_leaves_nothing,
    what_a_batch_brought_can_be_read_back,
    two_writers_of_one_batch_keep_it_once,
    writers_of_many_batches_do_not_disturb_each_other,
    segments_are_replaced_all_or_none,
    rejects_are_listed_and_replayed_with_their_batch,
    rows_beyond_one_statement_are_all_there,
    one_source_day_may_come_in_several_parts,
    odd_text_is_kept_by_both_databases,
    deliveries_of_a_batch_are_remembered_and_none_counts_twice,
    streams_are_listed_by_what_their_keys_begin_with,
    batches_are_forgotten_after_their_time,
    streams_are_forgotten_with_their_batch_and_may_begin_anew_in_it,
);

async fn deliveries_of_a_batch_are_remembered_and_none_counts_twice(store: Store) {
    let delivery = |id: &str, events| DeliveryRow {
        id: id.into(),
        records: events,
        events,
        ..DeliveryRow::default()
    };
    let mut first = make::batch(1, 100);
    first.deliveries = vec![delivery("a", 4), delivery("b", 6)];
    store.commit_batch(first.clone()).await.unwrap();
    let known = |events| {
        Some(Committed::Before {
            records: events,
            events,
            rejects: 0,
            duplicates: 0,
        })
    };
    assert_eq!(store.batch("a").await.unwrap(), known(4));
    assert_eq!(store.batch("b").await.unwrap(), known(6));
    // The same batch again is the same batch.
    assert!(matches!(
        store.commit_batch(first).await.unwrap(),
        Committed::Before { .. }
    ));
    // Another batch with a delivery that is known leaves nothing.
    let mut second = make::batch(2, 150);
    second.deliveries = vec![delivery("c", 1), delivery("b", 6)];
    let refused = store.commit_batch(second).await;
    assert!(
        matches!(&refused, Err(StoreError::Conflict { id, .. }) if id == "b"),
        "{refused:?}"
    );
    for id in ["c", "batch-2"] {
        assert_eq!(store.batch(id).await.unwrap(), None);
    }
    assert_eq!(store.segments(None, None).await.unwrap().len(), 1);
}

async fn streams_are_listed_by_what_their_keys_begin_with(store: Store) {
    let mut batch = make::batch(1, 100);
    for (key, done) in [
        ("live:a_b:2", true),
        ("live:a_b:1", false),
        ("live:a_b:3", false),
        ("live:aXb:1", false),
    ] {
        batch.streams.push(Checkpoint {
            stream_key: key.into(),
            done,
            ..make::checkpoint(7)
        });
    }
    store.commit_batch(batch).await.unwrap();
    let found = store.checkpoints_under("live:a_b:", 100).await.unwrap();
    let keys: Vec<_> = found
        .iter()
        .map(|checkpoint| checkpoint.stream_key.as_str())
        .collect();
    assert_eq!(
        keys,
        ["live:a_b:1", "live:a_b:3", "live:a_b:2"],
        "those read to the end come last"
    );
    assert_eq!(store.checkpoints_under("live:c:", 100).await.unwrap(), []);
}

async fn streams_are_forgotten_with_their_batch_and_may_begin_anew_in_it(store: Store) {
    let stream = |key: &str, offset| Checkpoint {
        stream_key: key.into(),
        ..make::checkpoint(offset)
    };
    let mut first = make::batch(1, 100);
    first.streams = vec![
        stream("live:a:1", 7),
        stream("live:a:2", 7),
        stream("live:a:3", 7),
    ];
    store.commit_batch(first).await.unwrap();
    let left = async || {
        let all = store.checkpoints_under("live:a:", 100).await.unwrap();
        let place = |checkpoint: Checkpoint| (checkpoint.stream_key, checkpoint.offset);
        all.into_iter().map(place).collect::<Vec<_>>()
    };
    let mut second = make::batch(2, 100);
    second.streams = vec![stream("live:a:2", 3)];
    second.forgotten = vec![
        "live:a:2".into(),
        "live:a:1".into(),
        "live:a:9".into(),
        "live:a:1".into(),
    ];
    // What fails forgets nothing.
    let mut bad = second.clone();
    bad.segments.push(make::segment("day=100/1.parquet", 100));
    store.commit_batch(bad).await.unwrap_err();
    assert_eq!(left().await.len(), 3);
    store.commit_batch(second).await.unwrap();
    assert_eq!(
        left().await,
        [("live:a:2".to_owned(), 3), ("live:a:3".to_owned(), 7)]
    );
}

async fn batches_are_forgotten_after_their_time(store: Store) {
    let batch = make::batch(1, 100);
    let committed = batch.committed;
    store.commit_batch(batch).await.unwrap();
    assert_eq!(store.forget_batches(committed).await.unwrap(), 0);
    assert_eq!(store.forget_batches(Timestamp(committed.0 + 1)).await.unwrap(), 1);
    assert_eq!(store.batch("batch-1").await.unwrap(), None);
    assert_eq!(
        store.segments(None, None).await.unwrap().len(),
        1,
        "what they brought stays"
    );
}

async fn a_batch_is_kept_once(store: Store) {
    assert_eq!(store.batch("batch-1").await.unwrap(), None);
    assert_eq!(
        store.commit_batch(make::batch(1, 100)).await.unwrap(),
        Committed::Now
    );
    let state = async || {
        let inputs = (
            store.activity_for_day(Day(100)).await.unwrap(),
            store.matches_for_day(Day(100)).await.unwrap(),
        );
        (
            inputs,
            store.source_days(None).await.unwrap(),
            store.segments(None, None).await.unwrap(),
        )
    };
    let before = state().await;
    let known = Committed::Before {
        records: 13,
        events: 10,
        rejects: 1,
        duplicates: 2,
    };
    for _ in 0..3 {
        assert_eq!(store.commit_batch(make::batch(1, 100)).await.unwrap(), known);
    }
    assert_eq!(store.batch("batch-1").await.unwrap(), Some(known));
    assert_eq!(state().await, before);
}

async fn a_failing_batch_leaves_nothing(store: Store) {
    store.commit_batch(make::batch(1, 100)).await.unwrap();
    store.save_day(make::result(200)).await.unwrap();
    store.forget_analysis_from(Day(100)).await.unwrap();
    // Its second segment's path is taken, so the batch fails after its own row, the mark of its day and a segment.
    let mut bad = make::batch(2, 150);
    bad.segments.push(make::segment("day=100/1.parquet", 100));
    assert!(matches!(
        store.commit_batch(bad).await,
        Err(StoreError::Database { .. })
    ));
    assert_eq!(store.checkpoint("/logs/a.log").await.unwrap().unwrap().offset, 1);
    assert_eq!(store.segments(None, None).await.unwrap().len(), 1);
    assert_eq!(
        (
            store.batch("batch-2").await.unwrap(),
            store.dirty_from().await.unwrap()
        ),
        (None, None)
    );
    assert_eq!(
        store.commit_batch(make::batch(2, 150)).await.unwrap(),
        Committed::Now
    );
}

async fn what_a_batch_brought_can_be_read_back(store: Store) {
    let (first, second) = (make::batch(1, 100), make::batch(2, 101));
    store.commit_batch(first.clone()).await.unwrap();
    store.commit_batch(second.clone()).await.unwrap();

    assert_eq!(
        store.checkpoint("/logs/a.log").await.unwrap().as_ref(),
        second.streams.first()
    );
    assert_eq!(store.checkpoint("/logs/b.log").await.unwrap(), None);
    assert_eq!(
        store.stream_with_content("mark").await.unwrap(),
        None,
        "it was not read whole"
    );
    let done = tandem_store::Checkpoint {
        done: true,
        ..make::checkpoint(9)
    };
    store
        .commit_batch(BatchCommit {
            batch_id: "end".into(),
            streams: vec![done],
            ..BatchCommit::default()
        })
        .await
        .unwrap();
    assert_eq!(
        store.stream_with_content("mark").await.unwrap().as_deref(),
        Some("/logs/a.log")
    );
    assert_eq!(
        store.segments(Some(Day(101)), Some(Day(101))).await.unwrap(),
        second.segments
    );
    assert_eq!(
        store.segments(None, Some(Day(100))).await.unwrap(),
        first.segments
    );
    assert_eq!(store.event_count().await.unwrap(), 20);

    assert_eq!(store.matches_for_day(Day(100)).await.unwrap(), first.matches);
    assert_eq!(store.activity_for_day(Day(100)).await.unwrap(), first.activity);
    assert_eq!(store.activity_for_day(Day(99)).await.unwrap(), []);
    assert_eq!(store.marks_for_day(Day(100)).await.unwrap(), first.marks);
    assert_eq!(store.marks_for_day(Day(99)).await.unwrap(), []);
    assert_eq!(store.activity_span().await.unwrap(), Some((Day(100), Day(101))));
    let days = store
        .activity_of_account("account-3", Day(100), Day(101))
        .await
        .unwrap();
    assert_eq!(days, [(Day(100), vec![3; 40]), (Day(101), vec![3; 40])]);
    assert_eq!(
        store
            .activity_of_account("account-3", Day(101), Day(900))
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        store
            .activity_of_account("account-3", Day(101), Day(100))
            .await
            .unwrap(),
        []
    );

    assert_eq!(
        store.matches_of_event(first.matches[0].event).await.unwrap(),
        first.matches[..1]
    );
    assert_eq!(store.matches_of_event(EventId(1)).await.unwrap(), []);
    assert_eq!(store.matches_by_rule().await.unwrap().values().sum::<u64>(), 40);
    assert_eq!(store.forget_activity(Day(101)).await.unwrap(), 33);
    assert_eq!(store.marks_for_day(Day(100)).await.unwrap(), []);
    assert_eq!(store.activity_span().await.unwrap(), Some((Day(101), Day(101))));
}

async fn two_writers_of_one_batch_keep_it_once(store: Store) {
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.commit_batch(make::batch(1, 100)).await.unwrap() })
        })
        .collect();
    let mut kept = 0;
    for task in tasks {
        kept += usize::from(task.await.unwrap() == Committed::Now);
    }
    assert_eq!(kept, 1);
    assert_eq!(store.source_days(None).await.unwrap()[0].0.events, 10);
    for (source, day, events) in [("files", 100, 10), ("files", 101, 0), ("other", 100, 0)] {
        assert_eq!(store.events_of(source, Day(day)).await.unwrap(), events);
    }
}

async fn writers_of_many_batches_do_not_disturb_each_other(store: Store) {
    let tasks: Vec<_> = (0..24_u64)
        .map(|i| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut batch = make::batch(i, 130 - i32::try_from(i).unwrap());
                // Days in another order each time: writers that lock them one by one could wait for each other for ever.
                batch.source_days = (0..6)
                    .map(|k| make::source_day(100 + i32::try_from((i + k) % 6).unwrap()))
                    .collect();
                store.commit_batch(batch).await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(store.segments(None, None).await.unwrap().len(), 24);
    assert_eq!(
        store
            .source_days(None)
            .await
            .unwrap()
            .iter()
            .map(|(d, _)| d.events)
            .sum::<u64>(),
        24 * 60
    );
    assert_eq!(
        store.dirty_from().await.unwrap(),
        Some(Day(107)),
        "the earliest of all"
    );
}

async fn segments_are_replaced_all_or_none(store: Store) {
    for number in 1..4 {
        store.commit_batch(make::batch(number, 100)).await.unwrap();
    }
    let paths: Vec<String> = store
        .segments(None, None)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.path)
        .collect();
    let merged = || vec![make::segment("day=100/merged.parquet", 100)];
    let with_stranger = [paths[0].clone(), "day=100/never.parquet".to_owned()];
    assert!(!store.swap_segments(&with_stranger, merged()).await.unwrap());
    assert_eq!(store.segments(None, None).await.unwrap().len(), 3);
    assert!(store.swap_segments(&paths[..2], merged()).await.unwrap());
    let left: Vec<String> = store
        .segments(None, None)
        .await
        .unwrap()
        .into_iter()
        .map(|s| s.path)
        .collect();
    assert_eq!(left, [paths[2].clone(), "day=100/merged.parquet".to_owned()]);
    assert!(store.swap_segments(&left, Vec::new()).await.unwrap());
    assert_eq!(store.segments(None, None).await.unwrap(), []);
}

async fn rejects_are_listed_and_replayed_with_their_batch(store: Store) {
    let mut batch = make::batch(1, 100);
    batch.rejects = (0..5).map(|i| make::reject(i, 10)).collect();
    store.commit_batch(batch).await.unwrap();
    store.add_rejects(vec![make::reject(5, 2 << 20)]).await.unwrap();

    let all = RejectFilter {
        limit: 100,
        ..RejectFilter::default()
    };
    let page = store
        .rejects(&RejectFilter {
            limit: 2,
            offset: 1,
            ..RejectFilter::default()
        })
        .await
        .unwrap();
    assert_eq!(
        page.iter().map(|r| r.row.offset).collect::<Vec<_>>(),
        [4, 3],
        "newest first"
    );
    assert_eq!(page[0].row, make::reject(4, 10));
    assert_eq!(store.count_rejects(&all).await.unwrap(), 6);
    let odd = RejectFilter {
        source: Some("odd".into()),
        ..all.clone()
    };
    let big = store.rejects(&odd).await.unwrap().remove(0);
    assert_eq!(
        (big.row.raw.len(), big.row.bytes),
        (1 << 20, 2 << 20),
        "no row grows without bound"
    );

    let ids = [page[0].id, page[1].id];
    let mut bad = make::batch(2, 100);
    bad.segments.push(bad.segments[0].clone());
    assert!(store.commit_replay(bad, &ids).await.is_err());
    assert_eq!(
        store
            .count_rejects(&RejectFilter {
                status: Some("replayed".into()),
                ..all.clone()
            })
            .await
            .unwrap(),
        0
    );
    assert_eq!(
        store.commit_replay(make::batch(2, 100), &ids).await.unwrap(),
        Committed::Now
    );
    store.mark_replayed(big.id).await.unwrap();
    let replayed = RejectFilter {
        status: Some("replayed".into()),
        ..all.clone()
    };
    assert_eq!(
        store
            .rejects(&replayed)
            .await
            .unwrap()
            .iter()
            .map(|r| r.id)
            .collect::<Vec<_>>(),
        [big.id, ids[0], ids[1]]
    );
    let open = RejectFilter {
        status: Some("open".into()),
        ids: vec![ids[0], ids[1] - 1],
        ..all.clone()
    };
    assert_eq!(store.rejects(&open).await.unwrap().len(), 1);
    assert_eq!(store.forget_rejects(Timestamp(6)).await.unwrap(), 7);
}

async fn rows_beyond_one_statement_are_all_there(store: Store) {
    let mut batch = make::batch(1, 100);
    batch.matches = (0..5_437).map(|i| make::matched(i, 100)).collect();
    batch.activity = (0..4_613).map(|i| make::activity(i, 100)).collect();
    store.commit_batch(batch.clone()).await.unwrap();
    assert_eq!(store.matches_for_day(Day(100)).await.unwrap(), batch.matches);
    assert_eq!(store.activity_for_day(Day(100)).await.unwrap().len(), 4_613);
}

async fn one_source_day_may_come_in_several_parts(store: Store) {
    let part = |first: Option<i64>, last: Option<i64>| SourceDay {
        first: first.map(Timestamp),
        last: last.map(Timestamp),
        ..make::source_day(100)
    };
    let batch = |id: &str, source_days| BatchCommit {
        batch_id: id.into(),
        source_days,
        committed: Timestamp(3),
        ..BatchCommit::default()
    };
    store
        .commit_batch(batch("a", vec![part(None, None)]))
        .await
        .unwrap();
    store
        .commit_batch(batch(
            "b",
            vec![part(Some(5), Some(6)), part(None, None), part(Some(4), Some(9))],
        ))
        .await
        .unwrap();
    store
        .commit_batch(batch("c", vec![part(None, None)]))
        .await
        .unwrap();
    let sum = SourceDay {
        events: 50,
        rejects: 5,
        bytes: 500,
        ..part(Some(4), Some(9))
    };
    assert_eq!(
        store.source_days(Some(Day(100))).await.unwrap(),
        [(sum, Timestamp(3))]
    );
    assert_eq!(store.source_days(Some(Day(101))).await.unwrap(), []);
}

async fn odd_text_is_kept_by_both_databases(store: Store) {
    let mut batch = make::batch(1, 100);
    batch.matches.truncate(1);
    batch.matches[0].account = "a'b\"c\\d\u{1f600}%_$1 \0 end".into();
    batch.rejects[0].reason = "holds \0".into();
    batch.streams[0].stream_key = "/logs/\0".into();
    store.commit_batch(batch).await.unwrap();
    let found = store.matches_for_day(Day(100)).await.unwrap().remove(0);
    assert_eq!(
        found.account, "a'b\"c\\d\u{1f600}%_$1 \u{fffd} end",
        "NUL is the one character that must be replaced"
    );
    assert!(
        store.checkpoint("/logs/\0").await.unwrap().is_some(),
        "replaced in questions too"
    );
    let empty = BatchCommit {
        batch_id: "empty".into(),
        ..BatchCommit::default()
    };
    assert_eq!(store.commit_batch(empty).await.unwrap(), Committed::Now);
}
