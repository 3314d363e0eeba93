//! Housekeeping and settings.

use tandem_server::config::{ConfigError, Flags, load};
use tandem_server::pipeline::maintain::maintain;

use crate::support::{Place, line};

#[tokio::test]
async fn merging_leaves_every_event_to_queries_that_run_meanwhile() {
    let place = Place::with(|config| config.lake.compact_at = 3).await;
    let token = place.token().await;
    for n in 0..8 {
        let answer = place.push(&token, &[], line(4, n, "mona").into_bytes()).await;
        assert_eq!(answer.json()["events"], 1);
    }
    let asked = async {
        for _ in 0..20 {
            assert_eq!(place.events().await, 8);
        }
    };
    let (done, ()) = tokio::join!(maintain(&place.app, false), asked);
    let done = done.unwrap();
    assert_eq!(
        (done.days_merged, done.segments_before, done.segments_after),
        (1, 8, 1)
    );
    assert_eq!(place.events().await, 8);
    let again = maintain(&place.app, true).await.unwrap();
    assert_eq!(again.days_merged, 0);
}

#[tokio::test]
async fn what_is_past_its_time_goes() {
    // The lines are of May 2026: any clock is at least a day past them, or years ahead of nothing.
    let place = Place::with(|config| {
        config.retention.events_days = 1;
        config.retention.activity_days = 1;
        config.retention.rejects_days = 0;
    })
    .await;
    let read = place
        .read("old.ndjson", "{\"timestamp\":\"2020-05-04T10:00:00Z\",\"user\":\"mona\",\"action\":\"file_read\",\"path\":\"/a\"}\n{broken\n")
        .await;
    assert_eq!((read.events, read.rejects), (1, 1));
    assert_eq!(place.events().await, 1);
    let plan = maintain(&place.app, true).await.unwrap();
    assert_eq!(plan.expired_segments, 1);
    assert_eq!(place.events().await, 1, "a dry run changes nothing");
    let done = maintain(&place.app, false).await.unwrap();
    assert_eq!(done.expired_segments, 1);
    assert!(done.expired_activity >= 1, "{done:?}");
    assert_eq!(place.events().await, 0);
}

#[test]
fn a_wrong_setting_is_named_with_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("tandem.toml");
    let said = |text: &str| {
        std::fs::write(&path, text).unwrap();
        load(Some(&path), &Flags::default()).unwrap_err().to_string()
    };
    let unknown = said("[queue]\nper_thousand = 3\n");
    assert!(
        unknown.contains("per_thousand") && unknown.contains("tandem.toml"),
        "{unknown}"
    );
    let wrong = said("[limits]\nquery_rows = \"many\"\n");
    assert!(
        wrong.contains("limits.query_rows") && wrong.contains("tandem.toml"),
        "{wrong}"
    );
    let senseless = said("[home]\ntime_zone = \"Mars/Olympus\"\n");
    assert!(
        senseless.contains("home.time_zone") && senseless.contains("IANA"),
        "{senseless}"
    );
    let missing = load(Some(&dir.path().join("none.toml")), &Flags::default()).unwrap_err();
    assert!(matches!(missing, ConfigError::Missing(_)));
}
