use tandem_domain::Day;
use tandem_store::{PeopleRow, Store};

on_both!(
    a_fact_is_kept_once_and_in_the_order_of_arrival,
    two_imports_at_once_keep_every_fact_once
);

fn row(mark: &str, known_on: i32) -> PeopleRow {
    PeopleRow {
        mark: mark.into(),
        known_on: Day(known_on),
        body: format!("{{\"of\":\"{mark}\"}}"),
    }
}

async fn a_fact_is_kept_once_and_in_the_order_of_arrival(store: Store) {
    assert_eq!(
        store
            .add_people(vec![row("z", 7), row("y", 3), row("z", 7)])
            .await
            .unwrap(),
        2
    );
    assert_eq!(store.add_people(vec![row("a", 7), row("y", 3)]).await.unwrap(), 1);
    assert_eq!(store.add_people(vec![row("a", 7)]).await.unwrap(), 0);
    // Of two rows about one person known on the same day the later one counts, so their order is a fact too.
    assert_eq!(
        store.people().await.unwrap(),
        [row("y", 3), row("z", 7), row("a", 7)]
    );
    assert_eq!(store.dirty_from().await.unwrap(), Some(Day(3)));
}

async fn two_imports_at_once_keep_every_fact_once(store: Store) {
    let rows: Vec<PeopleRow> = (0..2_000).map(|i| row(&format!("m{i}"), i % 9)).collect();
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let (store, rows) = (store.clone(), rows.clone());
            tokio::spawn(async move { store.add_people(rows).await.unwrap() })
        })
        .collect();
    let mut new = 0;
    for task in tasks {
        new += task.await.unwrap();
    }
    assert_eq!((new, store.people().await.unwrap().len()), (2_000, 2_000));
}
