use std::time::Duration;

use tandem_domain::Day;
use tandem_lake::{Lake, LakeConfig, LakeError, expired};

use crate::fixture::{MONDAY, TestLake, limits, logons};

#[tokio::test]
async fn sweeping_removes_what_no_entry_names_and_nothing_else() {
    let lake = TestLake::new();
    let live = lake.write(&[logons("a", 2, 2, 3)]);
    let orphans = lake.write(&[logons("b", 2, 1, 3)]);
    let partial = format!("{}.partial", orphans[0].path);
    std::fs::write(lake.dir.path().join(&partial), "half a file").unwrap();
    std::fs::write(lake.dir.path().join("README"), "not ours").unwrap();

    let spared = lake.lake.sweep(&live, Duration::from_secs(3_600)).await.unwrap();
    assert!(spared.is_empty(), "{spared:?}");
    let mut removed = lake.lake.sweep(&live, Duration::ZERO).await.unwrap();
    removed.sort();
    assert_eq!(removed, [orphans[0].path.clone(), partial]);
    assert!(lake.dir.path().join("README").exists());
    assert_eq!(lake.count(&live).await, 12);
}

#[tokio::test]
async fn deleting_twice_is_no_error() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 2, 1)]);
    assert_eq!(lake.lake.delete(&segments).await.unwrap(), 2);
    assert_eq!(lake.lake.delete(&segments).await.unwrap(), 0);
    assert!(lake.files().is_empty());
}

#[tokio::test]
async fn retention_counts_whole_days() {
    let lake = TestLake::new();
    let segments = lake.write(&[logons("a", 1, 10, 1)]);
    let today = MONDAY.plus(9);
    let days = |kept: u32| -> Vec<Day> { expired(&segments, today, kept).iter().map(|s| s.day).collect() };
    assert_eq!(days(9), []);
    assert_eq!(days(7), [MONDAY, MONDAY.plus(1)]);
    assert_eq!(days(0).len(), 9);
    assert_eq!(days(u32::MAX), []);
}

#[tokio::test]
async fn an_object_store_is_used_as_a_folder_is() {
    let lake = Lake::open(LakeConfig::new("memory:///lake")).unwrap();
    let batch = logons("a", 3, 1, 100);
    let mut segments = Vec::new();
    for _ in 0..2 {
        let mut writer = lake.writer();
        writer
            .append(&batch, |event| {
                event
                    .attr(tandem_domain::Attr::ActorUser)
                    .unwrap_or_default()
                    .into()
            })
            .unwrap();
        // From inside an async runtime too.
        segments.extend(writer.finish().unwrap());
    }
    let merged = lake.compact(&segments).await.unwrap();
    assert_eq!(lake.delete(&segments).await.unwrap(), 2);
    let result = lake
        .query("SELECT count(*) FROM events", &merged, limits())
        .await
        .unwrap();
    assert_eq!(result.to_json_rows().unwrap()[0][0], 300);
    assert!(lake.sweep(&merged, Duration::ZERO).await.unwrap().is_empty());
    lake.verify(&merged[0]).await.unwrap();
}

#[test]
fn a_location_that_cannot_be_used_is_refused_with_the_reason() {
    let refused = |location: &str| Lake::open(LakeConfig::new(location)).map(|_| ()).unwrap_err();
    let file = tempfile::NamedTempFile::new().unwrap();
    for location in [
        "ftp://host/x",
        "file://elsewhere/x",
        file.path().to_str().unwrap(),
    ] {
        let error = refused(location);
        assert!(matches!(error, LakeError::Location { .. }), "{location}: {error}");
        assert!(error.to_string().contains(location), "{error}");
    }
}

#[test]
fn settings_have_defaults_and_refuse_unknown_names() {
    let config: LakeConfig = serde_json::from_str(r#"{"location":"x","write":{"zstd_level":5}}"#).unwrap();
    assert_eq!(config.write.zstd_level, 5);
    assert_eq!(config.write.page_rows, LakeConfig::new("x").write.page_rows);
    assert!(serde_json::from_str::<LakeConfig>(r#"{"location":"x","zstd":5}"#).is_err());
}

#[test]
fn a_lake_can_be_dropped_inside_a_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let dir = tempfile::tempdir().unwrap();
    runtime.block_on(async { drop(Lake::open(LakeConfig::new(dir.path().display().to_string())).unwrap()) });
}
