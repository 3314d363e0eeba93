use tandem_lake::Segment;

use crate::fixture::{TestLake, logons, small_files};

/// The files that the plan of a query would open; the short form of EXPLAIN leaves some out.
async fn opened(lake: &TestLake, condition: &str, segments: &[Segment]) -> usize {
    let plan = lake
        .rows(
            &format!("EXPLAIN VERBOSE SELECT * FROM events WHERE {condition}"),
            segments,
        )
        .await
        .join("\n");
    segments
        .iter()
        .filter(|segment| plan.contains(&segment.path))
        .count()
}

async fn lake_of_ten_days() -> (TestLake, Vec<Segment>) {
    let lake = TestLake::new();
    let mut segments = lake.write(&[logons("windows", 4, 10, 5)]);
    segments.extend(lake.write(&[logons("proxy", 4, 10, 5)]));
    assert_eq!(segments.len(), 20);
    (lake, segments)
}

#[tokio::test]
async fn only_segments_that_can_match_are_opened() {
    let (lake, segments) = lake_of_ten_days().await;
    for (condition, files) in [
        ("true", 20),
        ("day = '2026-01-07'", 2),
        ("day IN ('2026-01-07', '2026-01-09')", 4),
        ("day >= '2026-01-12' AND source = 'proxy'", 3),
        ("source = 'windows'", 10),
        ("source IN ('windows', 'mail')", 10),
        ("source <> 'windows'", 10),
        ("time >= '2026-01-13T00:00:00Z'", 4),
        (
            "time BETWEEN '2026-01-07T10:00:00Z' AND '2026-01-07T11:00:00Z'",
            0,
        ),
        ("account = 'user002' AND day = '2026-01-05'", 2),
        ("account = 'nobody'", 0),
        (
            "account IN ('user001', 'nobody') AND source = 'proxy' AND day < '2026-01-07'",
            2,
        ),
    ] {
        assert_eq!(opened(&lake, condition, &segments).await, files, "{condition}");
    }
}

#[tokio::test]
async fn row_groups_and_pages_of_other_accounts_are_not_read() {
    let lake = TestLake::with(tandem_lake::WriteConfig {
        flush_rows: 100_000,
        ..small_files()
    });
    let segments = lake.write(&[logons("windows", 100, 1, 40)]);
    assert_eq!(segments.len(), 1);
    let sql = "EXPLAIN ANALYZE SELECT * FROM events WHERE account = 'user050'";
    let plan = lake.rows(sql, &segments).await.join("\n");
    // 4,000 rows in groups of 64; one account's 40 rows lie in at most two groups.
    let kept = plan
        .split("row_groups_pruned_statistics=")
        .nth(1)
        .unwrap_or_else(|| panic!("{plan}"));
    let kept: String = kept.chars().take_while(|c| *c != ',' && *c != ']').collect();
    assert!(
        kept.contains("63 total → 1 matched") || kept.contains("63 total → 2 matched"),
        "{kept}\n{plan}"
    );
}

#[tokio::test]
async fn an_id_is_found_by_its_bloom_filter() {
    let lake = TestLake::with(tandem_lake::WriteConfig {
        flush_rows: 100_000,
        ..small_files()
    });
    let segments = lake.write(&[logons("windows", 100, 1, 40)]);
    let id = lake
        .rows(
            "SELECT event_id FROM events WHERE account = 'user042' LIMIT 1",
            &segments,
        )
        .await[0]
        .clone();
    let plan = lake
        .rows(
            &format!("EXPLAIN ANALYZE SELECT * FROM events WHERE event_id = '{id}'"),
            &segments,
        )
        .await;
    let plan = plan.join("\n");
    let kept = plan
        .split("row_groups_pruned_bloom_filter=")
        .nth(1)
        .unwrap_or_else(|| panic!("{plan}"));
    let kept: String = kept.chars().take_while(|c| *c != ',' && *c != ']').collect();
    let matched: u32 = kept
        .split("→ ")
        .nth(1)
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=6).contains(&matched), "{kept}");
}
