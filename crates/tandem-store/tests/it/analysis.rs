use tandem_domain::{Day, IndicatorGroup};
use tandem_store::{BatchCommit, DayResult, Store};

use crate::make;

on_both!(
    late_inputs_make_their_day_due_again,
    inputs_that_arrive_during_an_analysis_are_not_lost,
    news_from_before_all_data_is_not_due_for_ever,
    saving_a_day_again_replaces_it_and_drops_what_followed,
    snapshots_are_kept_daily_then_weekly_then_not,
    a_large_snapshot_comes_back_whole,
    indicators_and_scores_are_found_by_subject_and_day,
    an_indicator_found_again_stays_with_its_first_day,
    what_queues_rested_on_is_kept_for_a_while_and_goes_with_its_day,
    what_lasts_is_found_however_old_it_is,
    chains_are_found_by_subject_and_go_with_their_day,
    marks_alone_make_a_day_due,
);

/// As an analysis runs: forget, then day by day.
async fn analyse(store: &Store, from: i32, to: i32) {
    store.forget_analysis_from(Day(from)).await.unwrap();
    for day in from..=to {
        store.save_day(make::result(day)).await.unwrap();
    }
}

async fn late_inputs_make_their_day_due_again(store: Store) {
    assert_eq!(
        (
            store.analysed_to().await.unwrap(),
            store.dirty_from().await.unwrap()
        ),
        (None, None)
    );
    store.commit_batch(make::batch(2, 102)).await.unwrap();
    store.commit_batch(make::batch(1, 100)).await.unwrap();
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(100)));
    analyse(&store, 100, 102).await;
    assert_eq!(
        (
            store.analysed_to().await.unwrap(),
            store.dirty_from().await.unwrap()
        ),
        (Some(Day(102)), None)
    );
    store.commit_batch(make::batch(3, 101)).await.unwrap();
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(101)));
    analyse(&store, 101, 102).await;
    assert_eq!(store.dirty_from().await.unwrap(), None);
}

async fn inputs_that_arrive_during_an_analysis_are_not_lost(store: Store) {
    store.commit_batch(make::batch(1, 100)).await.unwrap();
    store.forget_analysis_from(Day(100)).await.unwrap();
    // Another process commits between the reading of the inputs and the saving of the results.
    store.activity_for_day(Day(100)).await.unwrap();
    store.commit_batch(make::batch(2, 100)).await.unwrap();
    for day in 100..103 {
        store.save_day(make::result(day)).await.unwrap();
    }
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(100)));
}

async fn news_from_before_all_data_is_not_due_for_ever(store: Store) {
    store.commit_batch(make::batch(1, 100)).await.unwrap();
    let row = tandem_store::PeopleRow {
        mark: "m".into(),
        known_on: Day(5),
        body: "{}".into(),
    };
    store.add_people(vec![row]).await.unwrap();
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(5)));
    analyse(&store, 100, 100).await;
    assert_eq!(
        store.dirty_from().await.unwrap(),
        None,
        "there is nothing to analyse before day 100"
    );

    let early = tandem_store::PeopleRow {
        mark: "n".into(),
        known_on: Day(100),
        body: "{}".into(),
    };
    store.add_people(vec![early]).await.unwrap();
    analyse(&store, 101, 101).await;
    assert_eq!(
        store.dirty_from().await.unwrap(),
        Some(Day(100)),
        "day 100 was not analysed again"
    );
}

async fn saving_a_day_again_replaces_it_and_drops_what_followed(store: Store) {
    analyse(&store, 100, 103).await;
    let mut again = make::result(101);
    again.indicators = vec![make::indicator(77, 101)];
    again.scores.truncate(1);
    store.save_day(again).await.unwrap();
    assert_eq!(store.analysed_to().await.unwrap(), Some(Day(101)));
    assert_eq!(store.indicators_between(Day(0), Day(999)).await.unwrap().len(), 6);
    assert_eq!(store.per_day(false, Day(101)).await.unwrap(), [(Day(101), 1)]);
    assert_eq!(
        store.per_day(true, Day(100)).await.unwrap(),
        [(Day(100), 2), (Day(101), 2)]
    );
    assert_eq!(
        store
            .scores_of(&make::subject_id(0), Day(0), Day(999))
            .await
            .unwrap()
            .len(),
        2
    );
    assert_eq!(
        store
            .scores_of(&make::subject_id(3), Day(0), Day(999))
            .await
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        store.snapshot_before(Day(999)).await.unwrap().unwrap().day,
        Day(101)
    );
    store.forget_analysis_from(Day(100)).await.unwrap();
    assert_eq!(store.analysed_to().await.unwrap(), Some(Day(99)));
    assert_eq!(store.indicators_between(Day(0), Day(999)).await.unwrap(), []);
}

async fn snapshots_are_kept_daily_then_weekly_then_not(store: Store) {
    for day in 700..1_100 {
        let snapshot = vec![u8::try_from(day % 250).unwrap(); 10];
        store
            .save_day(DayResult {
                day: Day(day),
                snapshot,
                ..DayResult::default()
            })
            .await
            .unwrap();
    }
    let mut kept = Vec::new();
    let mut before = Day(10_000);
    while let Some(snapshot) = store.snapshot_before(before).await.unwrap() {
        assert_eq!(
            snapshot.body,
            vec![u8::try_from(snapshot.day.0 % 250).unwrap(); 10]
        );
        kept.push(snapshot.day.0);
        before = snapshot.day;
    }
    kept.reverse();
    let last = 1_099;
    let expected: Vec<i32> = (700..1_100)
        .filter(|d| *d >= last - 14 || (d % 7 == 0 && *d >= last - 365))
        .collect();
    assert_eq!(kept, expected);
}

async fn a_large_snapshot_comes_back_whole(store: Store) {
    let noise = (0..20_000_000_u32).map(|i| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).unwrap());
    let snapshot: Vec<u8> = noise.collect();
    store
        .save_day(DayResult {
            day: Day(100),
            snapshot: snapshot.clone(),
            ..DayResult::default()
        })
        .await
        .unwrap();
    assert!(store.snapshot_before(Day(101)).await.unwrap().unwrap().body == snapshot);
    assert_eq!(store.snapshot_before(Day(100)).await.unwrap(), None);
}

async fn indicators_and_scores_are_found_by_subject_and_day(store: Store) {
    analyse(&store, 100, 109).await;
    let id = make::subject_id(3);
    let found = store.indicators_of(&id, Day(102), Day(105)).await.unwrap();
    let made = |day: i32| make::indicator(u32::try_from(day).unwrap() * 100 + 3, day);
    assert_eq!(found, (102..106).map(made).collect::<Vec<_>>());
    let scores = store.scores_of(&id, Day(108), Day(999)).await.unwrap();
    assert_eq!(
        scores,
        [
            (Day(108), -27.0 + 1.08, "act".to_owned()),
            (Day(109), -27.0 + 1.09, "act".to_owned())
        ]
    );
}

async fn an_indicator_found_again_stays_with_its_first_day(store: Store) {
    let with = |day: i32| {
        // Twice in one day as well: neither database may refuse the whole day for it.
        let indicators = vec![make::indicator(1, 100), make::indicator(1, 100)];
        DayResult {
            day: Day(day),
            indicators,
            ..DayResult::default()
        }
    };
    store.save_day(with(100)).await.unwrap();
    store.save_day(with(101)).await.unwrap();
    assert_eq!(
        store.per_day(false, Day(0)).await.unwrap(),
        [(Day(100), 1)],
        "what was known on day 100 stays known then"
    );
    store.forget_analysis_from(Day(101)).await.unwrap();
    assert_eq!(store.indicators_between(Day(0), Day(999)).await.unwrap().len(), 1);
}

async fn what_queues_rested_on_is_kept_for_a_while_and_goes_with_its_day(store: Store) {
    for day in 100..250 {
        store.save_day(make::result(day)).await.unwrap();
    }
    let kept = store.queue_days(Day(0), Day(999)).await.unwrap();
    assert_eq!(kept.first().map(|(day, _)| *day), Some(Day(249 - 120)));
    assert_eq!(kept.len(), 121);
    assert!(
        kept.iter()
            .all(|(day, body)| body == &vec![u8::try_from(day.0 % 250).unwrap(); 3])
    );
    store.forget_analysis_from(Day(200)).await.unwrap();
    let left = store.queue_days(Day(190), Day(999)).await.unwrap();
    assert_eq!(left.len(), 10);
    // A day without one leaves none.
    let without = DayResult {
        day: Day(200),
        ..DayResult::default()
    };
    store.save_day(without).await.unwrap();
    assert_eq!(store.queue_days(Day(200), Day(200)).await.unwrap(), []);
}

async fn what_lasts_is_found_however_old_it_is(store: Store) {
    let of = |number: u32, day: i32, group| {
        let mut made = make::indicator(number, day);
        made.group = group;
        made
    };
    let with = |day: i32, indicators| DayResult {
        day: Day(day),
        indicators,
        ..DayResult::default()
    };
    let old = vec![
        of(3, 100, IndicatorGroup::Access),
        of(13, 100, IndicatorGroup::Behaviour),
        of(4, 100, IndicatorGroup::Mitigation),
    ];
    store.save_day(with(100, old)).await.unwrap();
    let new = vec![of(23, 500, IndicatorGroup::Behaviour)];
    store.save_day(with(500, new)).await.unwrap();
    let late = vec![of(33, 501, IndicatorGroup::Access)];
    store.save_day(with(501, late)).await.unwrap();
    let ids = |found: Vec<tandem_domain::Indicator>| -> Vec<u128> { found.iter().map(|i| i.id.0).collect() };
    let everybody = store.indicators_counting(None, Day(400), Day(500)).await.unwrap();
    assert_eq!(ids(everybody), [4, 5, 24]);
    let subject = make::subject_id(3);
    let one = store
        .indicators_counting(Some(&subject), Day(400), Day(500))
        .await
        .unwrap();
    assert_eq!(ids(one), [4, 24]);
}

async fn chains_are_found_by_subject_and_go_with_their_day(store: Store) {
    analyse(&store, 100, 103).await;
    let id = make::subject_id(2);
    let days = async |from: i32, to: i32| {
        let found = store.chains_of(&id, Day(from), Day(to)).await.unwrap();
        assert!(found.iter().all(|(_, chain)| *chain == make::chain(2)));
        found.iter().map(|(day, _)| day.0).collect::<Vec<_>>()
    };
    assert_eq!(days(101, 102).await, [102, 101], "the latest first");
    assert_eq!(days(0, 999).await, [103, 102, 101, 100]);
    assert!(
        store
            .chains_of(&make::subject_id(9), Day(0), Day(999))
            .await
            .unwrap()
            .is_empty()
    );
    store.save_day(make::result(102)).await.unwrap();
    assert_eq!(days(0, 999).await, [102, 101, 100], "what followed is gone");
    store.forget_analysis_from(Day(101)).await.unwrap();
    assert_eq!(days(0, 999).await, [100]);
}

async fn marks_alone_make_a_day_due(store: Store) {
    let batch = BatchCommit {
        batch_id: "marks".into(),
        marks: vec![make::activity(1, 90)],
        ..BatchCommit::default()
    };
    store.commit_batch(batch.clone()).await.unwrap();
    store.commit_batch(batch).await.unwrap();
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(90)));
    assert_eq!(store.activity_span().await.unwrap(), Some((Day(90), Day(90))));
    assert_eq!(store.data_day_from(Day(80)).await.unwrap(), Some(Day(90)));
    assert_eq!(
        store.marks_for_day(Day(90)).await.unwrap().len(),
        1,
        "a batch sent twice counts once"
    );
}
