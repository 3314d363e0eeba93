use tandem_lake::LakeError;

use crate::fixture::{TestLake, limits, logons};

#[tokio::test]
async fn only_reading_statements_run() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 1, 1)]);
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("out.csv");
    let target = target.display();
    for sql in [
        "DROP TABLE events".to_owned(),
        "DELETE FROM events".to_owned(),
        "UPDATE events SET account = 'x'".to_owned(),
        "INSERT INTO events SELECT * FROM events".to_owned(),
        "CREATE TABLE mine AS SELECT * FROM events".to_owned(),
        "CREATE VIEW mine AS SELECT * FROM events".to_owned(),
        format!("CREATE EXTERNAL TABLE mine STORED AS CSV LOCATION '{target}'"),
        format!("COPY (SELECT * FROM events) TO '{target}'"),
        format!("COPY events TO '{target}' STORED AS CSV"),
        format!("EXPLAIN COPY events TO '{target}' STORED AS CSV"),
        format!("EXPLAIN ANALYZE COPY events TO '{target}' STORED AS CSV"),
        "EXPLAIN ANALYZE DELETE FROM events".to_owned(),
        "SELECT * INTO mine FROM events".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "RESET datafusion.execution.batch_size".to_owned(),
        "PREPARE p AS SELECT 1".to_owned(),
        "BEGIN".to_owned(),
        "SELECT 1; DROP TABLE events".to_owned(),
        "SELECT 1; SELECT 2".to_owned(),
    ] {
        match lake.lake.query(&sql, &segments, limits()).await {
            Err(LakeError::Refused { .. }) => {}
            Err(other) => panic!("{sql}: {other}"),
            Ok(_) => panic!("{sql} ran"),
        }
    }
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
    assert_eq!(lake.count(&segments).await, 1);
}

#[tokio::test]
async fn a_file_cannot_be_read_as_a_table() {
    let lake = TestLake::new();
    let secret = lake.dir.path().join("secret.csv");
    std::fs::write(&secret, "a\n1\n").unwrap();
    for sql in [
        format!("SELECT * FROM '{}'", secret.display()),
        format!("SELECT * FROM read_csv('{}')", secret.display()),
        format!("SELECT * FROM \"file://{}\"", secret.display()),
    ] {
        let error = lake.lake.query(&sql, &[], limits()).await.unwrap_err();
        assert!(matches!(error, LakeError::Sql { .. }), "{sql}: {error}");
    }
}

#[tokio::test]
async fn showing_describing_and_explaining_run() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 1, 1)]);
    for sql in [
        "SHOW TABLES",
        "SHOW COLUMNS FROM events",
        "DESCRIBE events",
        "EXPLAIN SELECT * FROM events",
        "EXPLAIN ANALYZE SELECT count(*) FROM events WHERE account = 'x'",
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'events'",
        "(SELECT 1) UNION ALL (SELECT 2)",
        "VALUES (1), (2)",
    ] {
        assert!(lake.ask(sql, &segments).await.row_count() > 0, "{sql}");
    }
}

#[tokio::test]
async fn mistakes_are_located_and_explained() {
    let lake = TestLake::new();
    let error = async |sql: &str| lake.lake.query(sql, &[], limits()).await.unwrap_err();
    match error("SELECT time,\n  acount FROM events").await {
        LakeError::Sql {
            message,
            line,
            column,
            hint,
        } => {
            assert_eq!(message, "there is no column `acount`");
            assert_eq!((line, column), (Some(2), Some(3)));
            assert!(hint.unwrap().contains("`account`"));
        }
        other => panic!("{other}"),
    }
    match error("SELECT * FROM event").await {
        LakeError::Sql { message, hint, .. } => {
            assert!(
                message.contains("event") && message.contains("not found"),
                "{message}"
            );
            assert_eq!(hint.as_deref(), Some("the lake has one table: events"));
        }
        other => panic!("{other}"),
    }
    match error("SELECT * FORM events").await {
        LakeError::Sql {
            message,
            line,
            column,
            ..
        } => {
            assert!(message.contains("Expected"), "{message}");
            assert_eq!((line, column), (Some(1), Some(10)), "{message}");
        }
        other => panic!("{other}"),
    }
    match error("SELECT feild(fields, 'x') FROM events").await {
        LakeError::Sql { message, .. } => assert!(
            message.starts_with("Invalid function 'feild'. Did you mean"),
            "{message}"
        ),
        other => panic!("{other}"),
    }
    assert!(error("").await.to_string().contains("SELECT * FROM events"));
    assert!(matches!(
        error("SELECT 1/0 FROM (VALUES (1))").await,
        LakeError::Query(_)
    ));
}
