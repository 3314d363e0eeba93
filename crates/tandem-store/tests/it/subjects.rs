use tandem_store::{Store, SubjectFilter};

use crate::make;

on_both!(
    subjects_are_filtered_sorted_and_paged,
    pseudonyms_are_found_by_people,
);

async fn ids(store: &Store, filter: SubjectFilter) -> (u64, Vec<u32>) {
    let rows = store.subjects(&filter).await.unwrap();
    let number = |r: &tandem_store::SubjectRow| r.subject.0.trim_start_matches("S-").parse().unwrap();
    (
        store.count_subjects(&filter).await.unwrap(),
        rows.iter().map(number).collect(),
    )
}

async fn subjects_are_filtered_sorted_and_paged(store: Store) {
    store.save_day(make::result(100)).await.unwrap();
    let all = || SubjectFilter {
        limit: 100,
        sort: "score".into(),
        ..SubjectFilter::default()
    };
    assert_eq!(
        ids(&store, SubjectFilter { limit: 3, ..all() }).await,
        (10, vec![9, 8, 7])
    );
    assert_eq!(
        ids(
            &store,
            SubjectFilter {
                limit: 3,
                offset: 2,
                sort: "id".into(),
                ..all()
            }
        )
        .await,
        (10, vec![2, 3, 4])
    );
    let by_department = SubjectFilter {
        sort: "department".into(),
        limit: 6,
        ..all()
    };
    assert_eq!(ids(&store, by_department).await, (10, vec![8, 6, 4, 2, 0, 9]));
    let levels = vec!["act".to_owned(), "review".to_owned()];
    assert_eq!(
        ids(&store, SubjectFilter { levels, ..all() }).await,
        (4, vec![7, 6, 3, 2])
    );
    let sales = SubjectFilter {
        department: Some("Sales".into()),
        limit: 1,
        ..all()
    };
    assert_eq!(ids(&store, sales).await, (5, vec![9]));
    let texts = [
        ("finANCE", 5),
        ("s-0000000", 10),
        ("00000007", 1),
        ("clerk_1", 10),
        ("clerkx1", 0),
        ("%", 0),
        ("\\", 0),
    ];
    for (text, count) in texts {
        assert_eq!(
            ids(
                &store,
                SubjectFilter {
                    text: Some(text.into()),
                    ..all()
                }
            )
            .await
            .0,
            count,
            "{text}"
        );
    }
    assert_eq!(
        store.subject(&make::subject_id(3)).await.unwrap(),
        Some(make::subject(3))
    );
    assert_eq!(store.subject(&make::subject_id(99)).await.unwrap(), None);
}

async fn pseudonyms_are_found_by_people(store: Store) {
    store.save_day(make::result(100)).await.unwrap();
    let all = store.pseudonyms().await.unwrap();
    assert_eq!(all.len(), 10);
    let mut asked: Vec<String> = all.iter().step_by(2).map(|(person, _)| person.clone()).collect();
    // More than one statement's worth, of whom there are none.
    asked.extend((0..900).map(|number| format!("nobody-{number}")));
    let mut found = store.pseudonyms_of(&asked).await.unwrap();
    found.sort();
    let mut wanted: Vec<_> = all.iter().step_by(2).cloned().collect();
    wanted.sort();
    assert_eq!(found, wanted);
    assert!(store.pseudonyms_of(&[]).await.unwrap().is_empty());
}
