use std::collections::BTreeSet;

use tandem_domain::EventBatch;
use tandem_lake::{EventFilter, LakeError, Segment, WriteConfig, mergeable};

use crate::fixture::{MONDAY, TestLake, limits, logon, logons, small_files};

/// Thirteen hundred events of one day in thirty segments, many of them twice and some three times.
fn scattered(lake: &TestLake) -> (Vec<Segment>, BTreeSet<String>) {
    let (mut segments, mut ids) = (Vec::new(), BTreeSet::new());
    for part in 0..30_i64 {
        let mut batch = EventBatch::new(if part % 2 == 0 { "even" } else { "odd" });
        for turn in part * 40..(part + 2) * 40 {
            logon(&mut batch, &format!("user{:03}", turn % 17), MONDAY, turn * 7);
        }
        logon(&mut batch, "everywhere", MONDAY, 1);
        ids.extend(batch.iter().map(|event| event.head().id.to_string()));
        segments.extend(lake.write(&[batch]));
    }
    (segments, ids)
}

#[tokio::test]
async fn merging_keeps_every_event_exactly_once() {
    let lake = TestLake::new();
    let (segments, ids) = scattered(&lake);
    assert_eq!(segments.len(), 30);
    assert!(lake.count(&segments).await > ids.len() as u64);

    let merged = lake.lake.compact(&segments).await.unwrap();
    let rows: u64 = merged.iter().map(|segment| segment.rows).sum();
    assert_eq!(rows, ids.len() as u64);
    let kept: BTreeSet<String> = lake
        .rows("SELECT event_id FROM events", &merged)
        .await
        .into_iter()
        .collect();
    assert_eq!(kept, ids);
    assert!(
        merged
            .iter()
            .all(|segment| segment.day == MONDAY && segment.sources.len() <= 2)
    );

    let order = "SELECT account, time, event_id FROM events";
    let in_file = lake.rows(order, &merged).await;
    let sorted = lake.rows(&format!("{order} ORDER BY 1, 2, 3"), &merged).await;
    assert_eq!(in_file, sorted);
    // Only the old files and the new ones are left; those of the rounds between are gone.
    assert_eq!(lake.files().len(), segments.len() + merged.len());
    for segment in &merged {
        lake.lake.verify(segment).await.unwrap();
    }
}

#[tokio::test]
async fn merged_events_are_the_same_as_before() {
    let lake = TestLake::new();
    let segments: Vec<Segment> = (0..3)
        .flat_map(|_| lake.write(&[logons("a", 5, 1, 30)]))
        .collect();
    let before = lake
        .lake
        .find(&EventFilter::default(), &segments[..1], limits())
        .await
        .unwrap();
    let merged = lake.lake.compact(&segments).await.unwrap();
    let after = lake
        .lake
        .find(&EventFilter::default(), &merged, limits())
        .await
        .unwrap();
    assert_eq!(before.events, after.events);
}

#[tokio::test]
async fn of_two_copies_the_later_listed_one_stays() {
    let lake = TestLake::new();
    let copy = |source: &str| {
        let mut batch = EventBatch::new(source);
        logon(&mut batch, "user001", MONDAY, 5);
        lake.write(&[batch])
    };
    let segments = [copy("first"), copy("second")].concat();
    let merged = lake.lake.compact(&segments).await.unwrap();
    assert_eq!(lake.rows("SELECT source FROM events", &merged).await, ["second"]);
    let reversed: Vec<Segment> = segments.into_iter().rev().collect();
    let merged = lake.lake.compact(&reversed).await.unwrap();
    assert_eq!(lake.rows("SELECT source FROM events", &merged).await, ["first"]);
}

#[tokio::test]
async fn a_large_day_is_cut_into_segments_of_separate_accounts() {
    let lake = TestLake::with(WriteConfig {
        segment_bytes: 20_000,
        ..small_files()
    });
    let segments = lake.write(&[logons("a", 60, 1, 60)]);
    let merged = lake.lake.compact(&segments).await.unwrap();
    assert!(merged.len() > 2, "{} segments", merged.len());
    assert_eq!(lake.count(&merged).await, 3_600);
    for (one, next) in merged.iter().zip(merged.iter().skip(1)) {
        assert!(one.max_account <= next.min_account);
    }
    // And such segments merge again, as one run each.
    let again = lake.lake.compact(&merged).await.unwrap();
    assert_eq!(lake.count(&again).await, 3_600);
}

#[tokio::test]
async fn queries_on_the_old_segments_go_on_while_merging() {
    let lake = TestLake::new();
    let (segments, ids) = scattered(&lake);
    let total = lake.count(&segments).await;
    let (handle, old) = (lake.lake.clone(), segments.clone());
    let merging = tokio::spawn(async move { handle.compact(&old).await });
    for _ in 0..20 {
        assert_eq!(lake.count(&segments).await, total);
        let sql = "SELECT count(DISTINCT event_id) FROM events WHERE account <> 'nobody'";
        assert_eq!(lake.rows(sql, &segments).await, [ids.len().to_string()]);
    }
    let merged = merging.await.unwrap().unwrap();
    assert_eq!(lake.count(&merged).await, ids.len() as u64);
    assert_eq!(lake.lake.delete(&segments).await.unwrap(), segments.len());
    assert_eq!(lake.count(&merged).await, ids.len() as u64);
}

#[tokio::test]
async fn segments_of_different_days_are_not_merged() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 2, 1)]);
    assert!(matches!(
        lake.lake.compact(&segments).await,
        Err(LakeError::Query(_))
    ));
    assert!(lake.lake.compact(&[]).await.unwrap().is_empty());
    let days = mergeable(&[segments.clone(), segments].concat(), 2, u64::MAX);
    assert_eq!(
        days.iter()
            .map(|(day, of_day)| (*day, of_day.len()))
            .collect::<Vec<_>>(),
        [(MONDAY, 2), (MONDAY.plus(1), 2)]
    );
}

#[tokio::test]
async fn large_segments_wait_until_the_small_ones_are_worth_it() {
    let lake = TestLake::new();
    let one = lake.write(&[logons("a", 1, 2, 1)]).remove(0);
    let sized = |name: &str, bytes| Segment {
        path: name.to_owned(),
        bytes,
        ..one.clone()
    };
    let merged = |small_bytes: u64| -> Vec<String> {
        let day = [
            sized("large", 100),
            sized("larger", 140),
            sized("small", small_bytes),
            sized("smaller", 10),
        ];
        let days = mergeable(&day, 2, 100);
        assert_eq!(days.len(), 1);
        let of_day = days.into_iter().flat_map(|(_, of_day)| of_day);
        of_day.map(|segment| segment.path).collect()
    };
    assert_eq!(merged(49), ["small", "smaller"]);
    assert_eq!(merged(50), ["large", "larger", "small", "smaller"]);
}
