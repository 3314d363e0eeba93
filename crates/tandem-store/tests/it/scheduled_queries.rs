use tandem_domain::{Day, Timestamp};
use tandem_store::{ScheduledQueryRow, SourceDay, Store};

use crate::make;

on_both!(
    a_scheduled_query_is_due_at_its_time_and_keeps_what_came_of_it,
    days_are_told_of_which_events_came_since,
    matches_found_later_count_once_and_make_their_day_due,
);

fn scheduled(search: &str, due: i64) -> ScheduledQueryRow {
    ScheduledQueryRow {
        search: search.into(),
        every_minutes: 15,
        due: Timestamp(due),
        since: Timestamp(5),
        body: "{}".into(),
        last: None,
    }
}

async fn a_scheduled_query_is_due_at_its_time_and_keeps_what_came_of_it(store: Store) {
    for row in [scheduled("b", 30), scheduled("a", 40), scheduled("c", 50)] {
        store.put_scheduled_query(&row).await.unwrap();
    }
    let due = async |now: i64| {
        let rows = store.queries_due(Timestamp(now)).await.unwrap();
        rows.into_iter().map(|row| row.search).collect::<Vec<_>>()
    };
    assert!(due(29).await.is_empty());
    assert_eq!(due(40).await, ["b", "a"], "the longest waiting first");
    assert!(
        store
            .query_asked("b", Timestamp(90), Timestamp(35), "{\"rows\":1}")
            .await
            .unwrap()
    );
    assert_eq!(due(40).await, ["a"]);
    // To change how it is asked does not forget what was asked.
    let changed = ScheduledQueryRow {
        every_minutes: 60,
        body: "{\"title\":\"t\"}".into(),
        ..scheduled("b", 45)
    };
    store.put_scheduled_query(&changed).await.unwrap();
    let known = ScheduledQueryRow {
        since: Timestamp(35),
        last: Some("{\"rows\":1}".into()),
        ..changed
    };
    assert_eq!(store.scheduled_query("b").await.unwrap(), Some(known));
    assert!(store.remove_scheduled_query("b").await.unwrap());
    assert!(!store.remove_scheduled_query("b").await.unwrap());
    assert_eq!(store.scheduled_query("b").await.unwrap(), None);
    // A run that ends after the query was taken away does not bring it back.
    assert!(
        !store
            .query_asked("b", Timestamp(90), Timestamp(35), "{}")
            .await
            .unwrap()
    );
    let all = store.scheduled_queries().await.unwrap();
    assert_eq!(all, [scheduled("a", 40), scheduled("c", 50)]);
}

async fn days_are_told_of_which_events_came_since(store: Store) {
    for (number, day, committed, events) in
        [(1, 100, 10, 3), (2, 102, 20, 1), (3, 101, 30, 1), (4, 103, 30, 0)]
    {
        let mut batch = make::batch(number, day);
        batch.committed = Timestamp(committed);
        batch.source_days = vec![SourceDay {
            events,
            ..make::source_day(day)
        }];
        store.commit_batch(batch).await.unwrap();
    }
    let days = async |since: i64, most: usize| store.days_received(Timestamp(since), most).await.unwrap();
    assert_eq!(days(0, 9).await, [Day(102), Day(101), Day(100)]);
    assert_eq!(days(20, 9).await, [Day(102), Day(101)]);
    assert_eq!(days(20, 1).await, [Day(102)], "the newest");
    assert!(days(31, 9).await.is_empty());
}

async fn matches_found_later_count_once_and_make_their_day_due(store: Store) {
    store.forget_analysis_from(Day(200)).await.unwrap();
    let found = || vec![make::matched(1, 90), make::matched(2, 80)];
    assert_eq!(store.add_matches(found()).await.unwrap(), 2);
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(80)));
    assert_eq!(
        store.matches_for_day(Day(90)).await.unwrap(),
        [make::matched(1, 90)]
    );
    store.forget_analysis_from(Day(80)).await.unwrap();
    assert_eq!(store.dirty_from().await.unwrap(), None);
    assert_eq!(store.add_matches(found()).await.unwrap(), 0);
    assert_eq!(
        store.dirty_from().await.unwrap(),
        None,
        "nothing new, nothing due"
    );
    let more = vec![make::matched(2, 80), make::matched(3, 95)];
    assert_eq!(store.add_matches(more).await.unwrap(), 1);
    assert_eq!(
        store.dirty_from().await.unwrap(),
        Some(Day(95)),
        "the known one makes no day due"
    );
    assert_eq!(store.add_matches(Vec::new()).await.unwrap(), 0);
}
