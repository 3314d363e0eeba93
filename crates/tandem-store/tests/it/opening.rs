use sqlx::{Connection as _, Executor as _};
use tandem_domain::Day;
use tandem_store::{Store, StoreError};

use crate::{databases, make};

async fn opening_again_finds_everything(url: &str, driver_url: &str) {
    let store = Store::open(url).await.unwrap();
    store.commit_batch(make::batch(1, 100)).await.unwrap();
    store.ping().await.unwrap();
    drop(store);
    let store = Store::open(url).await.unwrap();
    assert_eq!(store.matches_for_day(Day(100)).await.unwrap().len(), 20);
    drop(store);

    let mut connection = sqlx::AnyConnection::connect(driver_url).await.unwrap();
    connection
        .execute("INSERT INTO tandem_schema (version) VALUES (999)")
        .await
        .unwrap();
    connection.close().await.unwrap();
    let newer = Store::open(url).await;
    assert!(
        matches!(newer, Err(StoreError::Newer { found: 999, .. })),
        "{newer:?}"
    );
}

async fn opened_by_several_at_once(url: &str) {
    let tasks: Vec<_> = (0..4)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move { Store::open(&url).await.unwrap() })
        })
        .collect();
    for (number, task) in tasks.into_iter().enumerate() {
        task.await
            .unwrap()
            .commit_batch(make::batch(number as u64, 100))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn sqlite_is_opened_again_and_refuses_a_newer_version() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("state.db").display());
    opening_again_finds_everything(&url, &url).await;
}

#[tokio::test]
async fn postgres_is_opened_again_and_refuses_a_newer_version() {
    if let Some(database) = databases::postgres().await {
        opening_again_finds_everything(&database.url, &database.url).await;
    }
}

#[tokio::test]
async fn several_may_open_a_fresh_database_at_once() {
    opened_by_several_at_once(&databases::sqlite().url).await;
    if let Some(database) = databases::postgres().await {
        opened_by_several_at_once(&database.url).await;
    }
}

#[tokio::test]
async fn a_wrong_address_is_explained_without_its_password() {
    for url in [
        "mysql://root:secret@db/x",
        "sqlite:",
        "sqlite::memory:",
        "state.db",
    ] {
        let error = Store::open(url).await.unwrap_err();
        assert!(
            matches!(error, StoreError::Address(_)) && !format!("{error:?}").contains("secret"),
            "{error:?}"
        );
    }
    let error = Store::open("postgres://t:secret@localhost/x?host=/nowhere/at/all")
        .await
        .unwrap_err();
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_only_whatever_its_name() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder/state 100%#1?.db");
    let store = Store::open(&format!("sqlite:{}", path.display())).await.unwrap();
    store.commit_batch(make::batch(1, 100)).await.unwrap();
    assert!(path.exists());
    for entry in std::fs::read_dir(path.parent().unwrap()).unwrap() {
        let mode = entry.unwrap().metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
