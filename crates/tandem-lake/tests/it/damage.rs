use tandem_lake::{LakeError, Segment};

use crate::fixture::{TestLake, limits, logons};

const SCAN: &str = "SELECT count(*) FROM events WHERE field(fields, 'EventID') = '4624'";

async fn complaint(lake: &TestLake, sql: &str, segments: &[Segment]) -> (String, String) {
    match lake.lake.query(sql, segments, limits()).await {
        Err(LakeError::Damaged { path, reason }) => (path, reason),
        Err(other) => panic!("{other}"),
        Ok(result) => panic!("{}", result.to_table().unwrap()),
    }
}

async fn three_days() -> (TestLake, Vec<Segment>) {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 4, 3, 40)]);
    assert_eq!(segments.len(), 3);
    (lake, segments)
}

#[tokio::test]
async fn a_missing_file_is_named() {
    let (lake, segments) = three_days().await;
    std::fs::remove_file(lake.dir.path().join(&segments[1].path)).unwrap();
    let (path, reason) = complaint(&lake, SCAN, &segments).await;
    assert_eq!(path, segments[1].path);
    assert!(reason.contains("missing"), "{reason}");
    assert!(matches!(
        lake.lake.compact(&segments[1..2]).await,
        Err(LakeError::Damaged { .. })
    ));
    // The other days are not concerned.
    let others = format!("{SCAN} AND day <> '{}'", segments[1].day);
    assert_eq!(lake.rows(&others, &segments).await, ["320"]);
}

#[tokio::test]
async fn a_truncated_file_is_named() {
    let (lake, segments) = three_days().await;
    let file = lake.dir.path().join(&segments[2].path);
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let (path, reason) = complaint(&lake, SCAN, &segments).await;
    assert_eq!(path, segments[2].path);
    assert!(reason.contains("bytes instead of"), "{reason}");
}

#[tokio::test]
async fn a_damaged_page_is_named() {
    let (lake, segments) = three_days().await;
    let file = lake.dir.path().join(&segments[0].path);
    let mut bytes = std::fs::read(&file).unwrap();
    // The pages come first, the footer last.
    let pages = bytes.len() / 2;
    for byte in bytes.iter_mut().take(pages).skip(4) {
        *byte = 0xa5;
    }
    std::fs::write(&file, &bytes).unwrap();
    let (path, reason) = complaint(&lake, "SELECT * FROM events ORDER BY message", &segments).await;
    assert_eq!(path, segments[0].path);
    assert!(reason.contains("not what was written"), "{reason}");
    let verified = lake.lake.verify(&segments[0]).await.unwrap_err();
    assert!(verified.to_string().contains(&segments[0].path));
}

#[tokio::test]
async fn one_changed_byte_shows_when_verified() {
    let (lake, segments) = three_days().await;
    let file = lake.dir.path().join(&segments[0].path);
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 3;
    bytes[middle] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    assert!(matches!(
        lake.lake.verify(&segments[0]).await,
        Err(LakeError::Damaged { .. })
    ));
    lake.lake.verify(&segments[1]).await.unwrap();
}
