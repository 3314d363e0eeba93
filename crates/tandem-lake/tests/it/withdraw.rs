use std::collections::{BTreeSet, HashSet};

use tandem_domain::EventBatch;
use tandem_lake::{EventFilter, Segment};

use crate::fixture::{MONDAY, TestLake, limits, logon, logons};

#[tokio::test]
async fn segments_are_written_anew_without_the_events_and_others_are_left_alone() {
    let lake = TestLake::new();
    let mut mixed = EventBatch::new("files");
    for turn in 0..200 {
        logon(
            &mut mixed,
            &format!("user{:03}", turn % 10),
            MONDAY,
            20_000 + turn * 7,
        );
    }
    let mut own = EventBatch::new("files");
    logon(&mut own, "user003", MONDAY, 30_000);
    let segments: Vec<Segment> = [mixed, own, logons("other", 5, 1, 30)]
        .into_iter()
        .flat_map(|batch| lake.write(&[batch]))
        .collect();
    let all = lake
        .lake
        .find(&EventFilter::default(), &segments, limits())
        .await
        .unwrap()
        .events;
    let gone: HashSet<_> = all
        .iter()
        .filter(|event| event.source == "files" && event.account.as_deref() == Some("user003"))
        .map(|event| event.id)
        .collect();
    assert_eq!(gone.len(), 21);

    let rewritten = lake.lake.without(&segments, &gone).await.unwrap();
    let old: BTreeSet<&str> = rewritten.iter().map(|one| one.old.as_str()).collect();
    assert!(
        !old.contains(segments.last().unwrap().path.as_str()),
        "nothing of it is meant"
    );
    assert_eq!(rewritten.iter().map(|one| one.rows).sum::<u64>(), 21);
    assert!(
        rewritten.iter().any(|one| one.new.is_empty()),
        "a segment of nothing else leaves nothing"
    );
    let left: Vec<Segment> = segments
        .iter()
        .filter(|segment| !old.contains(segment.path.as_str()))
        .cloned()
        .chain(rewritten.iter().flat_map(|one| one.new.clone()))
        .collect();
    let after = lake
        .lake
        .find(&EventFilter::default(), &left, limits())
        .await
        .unwrap()
        .events;
    let expected: Vec<_> = all
        .into_iter()
        .filter(|event| !gone.contains(&event.id))
        .collect();
    assert_eq!(after, expected, "the others are as they were");
    for segment in &left {
        lake.lake.verify(segment).await.unwrap();
    }
    assert_eq!(lake.lake.without(&left, &gone).await.unwrap(), []);
}
