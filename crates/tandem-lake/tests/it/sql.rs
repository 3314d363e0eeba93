use std::time::Duration;

use tandem_lake::{LakeError, QueryLimits};

use crate::fixture::{MONDAY, TestLake, limits, logons};

#[tokio::test]
async fn times_and_days_compare_with_plain_text_and_typed_literals() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 2, 3, 4)]);
    for condition in [
        "time >= '2026-01-06T00:00:00Z' AND time < '2026-01-07T00:00:00Z'",
        "time >= '2026-01-06' AND time < '2026-01-07'",
        "time >= TIMESTAMP '2026-01-06 00:00:00' AND time < TIMESTAMP '2026-01-07 00:00:00'",
        "time BETWEEN '2026-01-06T01:00:00+01:00' AND '2026-01-06T23:59:59Z'",
        "day = '2026-01-06'",
        "day = DATE '2026-01-06'",
        "date_trunc('day', time) = '2026-01-06'",
        "time < now() AND day BETWEEN '2026-01-06' AND '2026-01-06'",
    ] {
        let rows = lake
            .rows(
                &format!("SELECT count(*) FROM events WHERE {condition}"),
                &segments,
            )
            .await;
        assert_eq!(rows, ["8"], "{condition}");
    }
}

#[tokio::test]
async fn native_fields_are_reached_by_name() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 1, 3)]);
    let sql = "SELECT field(fields, 'EventID') id, field(fields, 'winlog.event_data.LogonType') t, field(fields, 'none') \
               FROM events ORDER BY time";
    assert_eq!(
        lake.rows(sql, &segments).await,
        ["4624|0|null", "4624|6|null", "4624|1|null"]
    );
    let sql = "SELECT count(*) FROM events WHERE field(fields, 'winlog.event_data.LogonType')::int > 0";
    assert_eq!(lake.rows(sql, &segments).await, ["2"]);
}

#[tokio::test]
async fn hour_of_week_follows_the_zone() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 2, 1)]);
    let sql = "SELECT hour_of_week(time), hour_of_week(time, 'Europe/Berlin'), hour_of_week(time, '-05:00') \
               FROM events ORDER BY time";
    assert_eq!(lake.rows(sql, &segments).await, ["0|1|163", "24|25|19"]);
    let nowhere = lake
        .lake
        .query(
            "SELECT hour_of_week(time, 'Nowhere/Town') FROM events",
            &segments,
            limits(),
        )
        .await;
    assert!(nowhere.unwrap_err().to_string().contains("Nowhere/Town"));
}

#[tokio::test]
async fn addresses_are_matched_by_network() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 3, 1, 1)]);
    let sql = "SELECT src_ip FROM events WHERE ip_in(src_ip, '10.0.0.0/15') ORDER BY 1";
    assert_eq!(lake.rows(sql, &segments).await, ["10.0.0.9", "10.1.0.9"]);
    assert_eq!(
        lake.rows("SELECT ip_in('no address', '10.0.0.0/8')", &segments)
            .await,
        ["null"]
    );
    let wrong = lake
        .lake
        .query("SELECT ip_in(src_ip, 'x') FROM events", &segments, limits())
        .await;
    assert!(wrong.unwrap_err().to_string().contains("is not a network"));
}

#[tokio::test]
async fn joins_windows_and_groupings_work_on_an_empty_lake_too() {
    let lake = TestLake::new();
    let sql = "WITH first AS (SELECT account, device, min(time) t FROM events GROUP BY account, device) \
               SELECT account, device, rank() OVER (PARTITION BY account ORDER BY t) FROM first \
               JOIN events USING (account, device) ORDER BY 1, 2";
    assert_eq!(lake.ask(sql, &[]).await.row_count(), 0);
    assert_eq!(
        lake.rows("SELECT count(*), min(time), max(day) FROM events", &[])
            .await,
        ["0|null|null"]
    );
    let segments = lake.write(&[logons("a", 2, 1, 3)]);
    assert_eq!(lake.ask(sql, &segments).await.row_count(), 6);
}

#[tokio::test]
async fn counts_and_ends_of_time_come_from_the_catalog() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 2, 3, 4)]);
    let sql = "SELECT count(*), min(time), max(time), min(day) FROM events";
    assert_eq!(
        lake.rows(sql, &segments).await,
        ["24|2026-01-05T00:00:00Z|2026-01-07T00:30:01Z|2026-01-05"]
    );
}

#[tokio::test]
async fn a_result_is_cut_at_the_limit_and_says_so() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 5, 1, 10)]);
    let few = QueryLimits {
        max_rows: 7,
        ..limits()
    };
    let cut = lake
        .lake
        .query("SELECT * FROM events", &segments, few)
        .await
        .unwrap();
    assert_eq!((cut.row_count(), cut.truncated()), (7, true));
    let exact = lake
        .lake
        .query("SELECT * FROM events LIMIT 7", &segments, few)
        .await
        .unwrap();
    assert_eq!((exact.row_count(), exact.truncated()), (7, false));
}

#[tokio::test]
async fn a_long_query_is_stopped() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 50, 1, 40)]);
    let short = QueryLimits {
        timeout: Duration::from_millis(200),
        ..limits()
    };
    let sql =
        "SELECT count(*) FROM events a, events b, events c WHERE a.device < b.device AND b.src_ip < c.src_ip";
    let started = std::time::Instant::now();
    let stopped = lake.lake.query(sql, &segments, short).await.unwrap_err();
    assert!(matches!(stopped, LakeError::Timeout(_)), "{stopped}");
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_greedy_query_is_stopped() {
    let lake = TestLake::new();
    let small = QueryLimits {
        memory: 4 << 20,
        ..limits()
    };
    let sql = "SELECT array_agg(a.value::text || b.value::text) FROM generate_series(1, 2000) a, generate_series(1, 2000) b";
    let stopped = lake.lake.query(sql, &[], small).await.unwrap_err();
    assert!(matches!(stopped, LakeError::Memory { .. }), "{stopped}");
}

#[tokio::test]
async fn a_deeply_nested_condition_is_answered_or_refused_but_never_fatal() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 1, 1)]);
    let chain = |length: usize| {
        let many: Vec<String> = (0..length).map(|n| format!("account <> 'user{n:05}'")).collect();
        format!("SELECT count(*) FROM events WHERE {}", many.join(" OR "))
    };
    assert_eq!(lake.rows(&chain(400), &segments).await, ["1"]);
    let parentheses = format!("SELECT {}1{}", "(".repeat(400), ")".repeat(400));
    for sql in [
        chain(20_000),
        parentheses,
        format!("SELECT {}1", "- ".repeat(20_000)),
    ] {
        let refused = lake.lake.query(&sql, &segments, limits()).await.unwrap_err();
        assert!(matches!(refused, LakeError::Sql { .. }), "{refused}");
    }
    // A list is flat, however long.
    let list: Vec<String> = (0..20_000).map(|n| format!("'user{n:05}'")).collect();
    let sql = format!(
        "SELECT count(*) FROM events WHERE account IN ({})",
        list.join(",")
    );
    assert_eq!(lake.rows(&sql, &segments).await, ["0"]);
}

#[tokio::test]
async fn results_have_forms_for_people_and_spreadsheets() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 1, 1)]);
    let result = lake
        .ask(
            "SELECT account, day, dst_port, '=cmd()' AS trap, 'a,\"b\"' AS q, url FROM events",
            &segments,
        )
        .await;
    assert_eq!(
        result.to_csv().unwrap(),
        "account,day,dst_port,trap,q,url\r\nuser000,2026-01-05,445,'=cmd(),\"a,\"\"b\"\"\",\r\n"
    );
    let table = result.to_table().unwrap();
    assert!(table.contains("| user000 | 2026-01-05 | 445"), "{table}");
    let kinds: Vec<String> = result.columns().into_iter().map(|column| column.kind).collect();
    assert_eq!(kinds, ["text", "date", "integer", "text", "text", "text"]);
    assert_eq!(MONDAY.to_string(), "2026-01-05");
}
