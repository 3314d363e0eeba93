use tandem_lake::{LakeError, QueryLimits};

use crate::fixture::{TestLake, limits, logons};

#[tokio::test]
async fn values_are_counted_as_sql_counts_them() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 9, 3, 40), logons("b", 2, 1, 5)]);
    let sql = "SELECT account, device, cast(dst_port AS varchar), field(fields, 'winlog.event_data.LogonType'), url \
               FROM events WHERE account <> 'user003'";
    let counts = lake.lake.count_values(sql, &segments, limits(), 4).await.unwrap();
    let rows = lake
        .rows(
            "SELECT count(*) FROM events WHERE account <> 'user003'",
            &segments,
        )
        .await;
    assert_eq!(rows, [counts.rows.to_string()]);
    let texts = [
        "account",
        "device",
        "cast(dst_port AS varchar)",
        "field(fields, 'winlog.event_data.LogonType')",
        "url",
    ];
    assert_eq!(counts.columns.len(), texts.len());
    for (column, text) in counts.columns.iter().zip(texts) {
        let spread = column.spread.as_ref().unwrap();
        let grouped = format!(
            "SELECT {text} AS v, count(*) AS n FROM events WHERE account <> 'user003' AND {text} IS NOT NULL GROUP BY 1"
        );
        let top = lake
            .rows(
                &format!("SELECT v, n FROM ({grouped}) AS g ORDER BY n DESC, v LIMIT 4"),
                &segments,
            )
            .await;
        let told: Vec<String> = spread
            .top
            .iter()
            .map(|(value, count)| format!("{value}|{count}"))
            .collect();
        assert_eq!(told, top, "{text}");
        let whole = format!("SELECT count(*), coalesce(sum(n), 0) FROM ({grouped}) AS g");
        assert_eq!(
            lake.rows(&whole, &segments).await,
            [format!("{}|{}", spread.distinct, column.present)],
            "{text}"
        );
    }
    assert_eq!(counts.columns[4].present, 0, "nothing has a url");
}

#[tokio::test]
async fn nothing_to_count_is_no_error_and_the_gate_stands_here_too() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 1, 3)]);
    let ask = async |sql: &str, limits: QueryLimits| lake.lake.count_values(sql, &segments, limits, 3).await;
    let none = ask("SELECT account, url FROM events WHERE account = 'x'", limits())
        .await
        .unwrap();
    assert_eq!((none.rows, none.columns.len()), (0, 2));
    assert_eq!(none.columns[0].spread.as_ref().unwrap().distinct, 0);
    // However few rows may be given back, all of them are counted.
    let few = QueryLimits {
        max_rows: 1,
        ..limits()
    };
    assert_eq!(ask("SELECT account FROM events", few).await.unwrap().rows, 3);
    let refused = ask("DROP TABLE events", limits()).await.unwrap_err();
    assert!(matches!(refused, LakeError::Refused { .. }), "{refused}");
    let number = ask("SELECT dst_port FROM events", limits()).await.unwrap_err();
    assert!(number.to_string().contains("cast them to text"), "{number}");
}
