use tandem_domain::{ClassUid, EventBatch, EventId};
use tandem_lake::{DayCount, EventFilter, QueryLimits};

use crate::fixture::{MONDAY, TestLake, at, limits, logon, logons};

#[tokio::test]
async fn events_are_found_by_id_with_or_without_a_span_of_time() {
    let lake = TestLake::new();
    let batch = logons("a", 3, 3, 10);
    let segments = lake.write(std::slice::from_ref(&batch));
    let wanted: Vec<EventId> = [70, 5, 33]
        .iter()
        .map(|at| batch.get(*at).unwrap().head().id)
        .collect();
    let mut asked = wanted.clone();
    asked.push(EventId(12));
    let found = lake
        .lake
        .events_by_id(&asked, None, &segments, limits())
        .await
        .unwrap();
    assert_eq!(
        found.iter().map(|event| event.id).collect::<Vec<_>>(),
        [wanted[1], wanted[2], wanted[0]]
    );
    let monday = Some((MONDAY.start(), MONDAY.end()));
    let found = lake
        .lake
        .events_by_id(&asked, monday, &segments, limits())
        .await
        .unwrap();
    assert_eq!(
        found.iter().map(|event| event.id).collect::<Vec<_>>(),
        [wanted[1]]
    );
    assert!(
        lake.lake
            .events_by_id(&[], None, &segments, limits())
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn many_ids_at_once_are_found_too() {
    let lake = TestLake::new();
    let batch = logons("a", 20, 2, 20);
    let segments = lake.write(std::slice::from_ref(&batch));
    let ids: Vec<EventId> = batch.iter().map(|event| event.head().id).collect();
    let found = lake
        .lake
        .events_by_id(&ids, None, &segments, limits())
        .await
        .unwrap();
    assert_eq!(found.len(), ids.len());
}

#[tokio::test]
async fn a_subject_has_the_events_of_all_its_accounts() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 4, 4, 10)]);
    let accounts = ["user001".to_owned(), "user003".to_owned()];
    let span = (MONDAY.plus(1).start(), MONDAY.plus(2).end());
    let found = lake
        .lake
        .subject_events(&accounts, span, &segments, limits())
        .await
        .unwrap();
    assert_eq!((found.events.len(), found.truncated), (40, false));
    assert!(found.events.is_sorted_by_key(|event| event.time));
    assert!(
        found
            .events
            .iter()
            .all(|event| accounts.contains(event.account.as_ref().unwrap()))
    );
    let few = QueryLimits {
        max_rows: 39,
        ..limits()
    };
    let cut = lake
        .lake
        .subject_events(&accounts, span, &segments, few)
        .await
        .unwrap();
    assert_eq!((cut.events.len(), cut.truncated), (39, true));
    assert!(cut.sql.ends_with("LIMIT 39"), "{}", cut.sql);
    let nobody = lake
        .lake
        .subject_events(&[], span, &segments, limits())
        .await
        .unwrap();
    assert!(nobody.events.is_empty());
}

#[tokio::test]
async fn counts_are_by_day_source_and_class() {
    let lake = TestLake::new();
    let segments = [
        lake.write(&[logons("a", 2, 2, 3)]),
        lake.write(&[logons("b", 1, 1, 4)]),
    ]
    .concat();
    let whole = (MONDAY.start(), MONDAY.plus(9).end());
    let count = |day, source: &str, events| DayCount {
        day,
        source: source.to_owned(),
        class: ClassUid::Authentication,
        events,
    };
    assert_eq!(
        lake.lake.counts(&[], whole, &segments, limits()).await.unwrap(),
        [
            count(MONDAY, "a", 6),
            count(MONDAY, "b", 4),
            count(MONDAY.plus(1), "a", 6),
        ]
    );
    let one = ["user001".to_owned()];
    assert_eq!(
        lake.lake.counts(&one, whole, &segments, limits()).await.unwrap(),
        [count(MONDAY, "a", 3), count(MONDAY.plus(1), "a", 3),]
    );
}

#[tokio::test]
async fn text_is_found_whatever_its_case_and_signs() {
    let lake = TestLake::new();
    let mut batch = EventBatch::new("a");
    for (second, name) in [
        "100%_sure",
        "100 x sure",
        r#"C:\Temp\"quoted""#,
        "O'Neil",
        "CORP\\jdoe",
    ]
    .iter()
    .enumerate()
    {
        logon(&mut batch, name, MONDAY, second as i64);
    }
    let segments = lake.write(&[batch]);
    for (text, accounts) in [
        ("100%_SURE", vec!["100%_sure"]),
        ("sure", vec!["100%_sure", "100 x sure"]),
        (r#"temp\"QUOTED""#, vec![r#"C:\Temp\"quoted""#]),
        ("o'neil", vec!["O'Neil"]),
        ("corp\\", vec!["CORP\\jdoe"]),
        ("nothing like it", vec![]),
    ] {
        let filter = EventFilter {
            text: Some(text.to_owned()),
            ..EventFilter::default()
        };
        let found = lake.lake.find(&filter, &segments, limits()).await.unwrap();
        let found: Vec<&str> = found
            .events
            .iter()
            .filter_map(|event| event.account.as_deref())
            .collect();
        assert_eq!(found, accounts, "{text}");
    }
}

#[tokio::test]
async fn filters_combine_and_cannot_be_broken_out_of() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 3, 2, 4)]);
    let filter = EventFilter {
        accounts: vec!["user001".to_owned()],
        class: Some(ClassUid::Authentication),
        source: Some("a".to_owned()),
        from: Some(at(MONDAY, 600)),
        to: Some(at(MONDAY, 1_900)),
        latest_first: true,
        ..EventFilter::default()
    };
    let found = lake.lake.find(&filter, &segments, limits()).await.unwrap();
    let times: Vec<_> = found.events.iter().map(|event| event.time).collect();
    assert_eq!(times, [at(MONDAY, 1_801), at(MONDAY, 1_201), at(MONDAY, 601)]);
    // The SQL shown to the analyst gives the same events.
    assert_eq!(lake.ask(&found.sql, &segments).await.row_count(), 3);
    let sly = EventFilter {
        accounts: vec!["x' OR 'a'='a".to_owned()],
        ..EventFilter::default()
    };
    assert!(
        lake.lake
            .find(&sly, &segments, limits())
            .await
            .unwrap()
            .events
            .is_empty()
    );
}
