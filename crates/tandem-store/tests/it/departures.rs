//! Departures and the counts of calibration go and come with the day they are of.

use tandem_domain::Day;
use tandem_store::{DayResult, Store};

use crate::make;

on_both!(
    departures_are_found_by_subject_newest_first,
    a_day_that_is_saved_again_replaces_its_departures_and_counts_and_drops_later_ones,
    a_day_without_counts_leaves_no_row,
);

async fn analyse(store: &Store, from: i32, to: i32) {
    store.forget_analysis_from(Day(from)).await.unwrap();
    for day in from..=to {
        store.save_day(make::result(day)).await.unwrap();
    }
}

async fn departures_are_found_by_subject_newest_first(store: Store) {
    analyse(&store, 100, 105).await;
    let one = make::subject_id(1);
    let all = store.departures_of(&one, Day(101), Day(104), 10).await.unwrap();
    assert_eq!(
        all,
        [104, 103, 102, 101].map(|day| make::departure(1, day)).to_vec()
    );
    let two = store.departures_of(&one, Day(0), Day(999), 2).await.unwrap();
    assert_eq!(two, [make::departure(1, 105), make::departure(1, 104)]);
    let nobody = store
        .departures_of(&make::subject_id(9), Day(0), Day(999), 10)
        .await;
    assert_eq!(nobody.unwrap(), []);
    let everybody = store.departures_between(Day(105), Day(105), 10).await.unwrap();
    assert_eq!(everybody, [make::departure(0, 105), make::departure(1, 105)]);
}

async fn a_day_that_is_saved_again_replaces_its_departures_and_counts_and_drops_later_ones(store: Store) {
    analyse(&store, 100, 103).await;
    let mut again = make::result(101);
    again.departures.truncate(1);
    again.tally = Some("{}".into());
    store.save_day(again).await.unwrap();
    assert_eq!(
        store.tallies(Day(0), Day(999)).await.unwrap(),
        [(Day(100), "{\"of\":100}".to_owned()), (Day(101), "{}".to_owned())]
    );
    assert_eq!(
        store.departures_between(Day(0), Day(999), 10).await.unwrap(),
        [
            make::departure(0, 101),
            make::departure(0, 100),
            make::departure(1, 100)
        ]
    );
    assert_eq!(store.tallies(Day(101), Day(101)).await.unwrap().len(), 1);
    store.forget_analysis_from(Day(100)).await.unwrap();
    assert_eq!(store.tallies(Day(0), Day(999)).await.unwrap(), []);
    assert_eq!(store.departures_between(Day(0), Day(999), 10).await.unwrap(), []);
}

async fn a_day_without_counts_leaves_no_row(store: Store) {
    let result = DayResult {
        day: Day(100),
        ..DayResult::default()
    };
    store.save_day(result).await.unwrap();
    assert_eq!(store.tallies(Day(0), Day(999)).await.unwrap(), []);
}
