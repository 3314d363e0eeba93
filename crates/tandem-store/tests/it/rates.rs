//! How fast the store is. Run by hand, optimised:
//! `TANDEM_PG_FSYNC=on cargo test --release -p tandem-store --test it rates -- --ignored --nocapture --test-threads 1`.

use std::time::Instant;

use tandem_domain::Day;
use tandem_store::{DayResult, ScoreRow, Store};

use crate::{databases, make};

async fn measure(name: &str, store: Store) {
    for (number, rows) in [1_000_u64, 10_000, 100_000].into_iter().enumerate() {
        let number = number as u64;
        let mut batch = make::batch(number, 100);
        batch.matches = (0..rows)
            .map(|i| make::matched(number * 1_000_000 + i, 100))
            .collect();
        batch.activity = Vec::new();
        let start = Instant::now();
        store.commit_batch(batch).await.unwrap();
        let matches = rows as f64 / start.elapsed().as_secs_f64();
        let mut batch = make::batch(100 + number, 101);
        batch.matches = Vec::new();
        batch.activity = (0..rows).map(|i| make::activity(i, 101)).collect();
        let start = Instant::now();
        store.commit_batch(batch).await.unwrap();
        let activity = rows as f64 / start.elapsed().as_secs_f64();
        println!(
            "{name} {rows:>6} rows in one commit: {matches:>8.0} matches/s, {activity:>8.0} activities/s"
        );
    }
    let start = Instant::now();
    let rows = store.matches_for_day(Day(100)).await.unwrap().len() as f64;
    println!(
        "{name} matches_for_day: {:.0} rows/s",
        rows / start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    store
        .activity_of_account("account-7", Day(90), Day(120))
        .await
        .unwrap();
    println!(
        "{name} activity_of_account: {:.2} ms",
        start.elapsed().as_secs_f64() * 1_000.0
    );
    let start = Instant::now();
    for number in 0..50 {
        store
            .commit_batch(make::batch(10_000 + number, 300))
            .await
            .unwrap();
    }
    println!(
        "{name} small commits: {:.0}/s",
        50.0 / start.elapsed().as_secs_f64()
    );
    let start = Instant::now();
    for day in 100..110 {
        let subjects: Vec<_> = (0..10_000).map(make::subject).collect();
        let scores = subjects.iter().map(|s| ScoreRow {
            subject: s.subject.clone(),
            score: s.score,
            level: s.level.clone(),
        });
        let result = DayResult {
            day: Day(day),
            scores: scores.collect(),
            subjects,
            ..make::result(day)
        };
        store.save_day(result).await.unwrap();
    }
    println!(
        "{name} save_day with 10,000 scored subjects: {:.0} ms",
        start.elapsed().as_secs_f64() * 100.0
    );
}

#[tokio::test]
#[ignore = "a measurement"]
async fn sqlite() {
    let database = databases::sqlite();
    measure("sqlite", database.open().await).await;
}

#[tokio::test]
#[ignore = "a measurement"]
async fn postgres() {
    if let Some(database) = databases::postgres().await {
        measure("postgres", database.open().await).await;
    }
}
