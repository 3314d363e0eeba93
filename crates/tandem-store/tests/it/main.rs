//! The same tests against SQLite and against a real PostgreSQL server that the tests start and stop themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

/// Runs each named test function (`async fn(Store)`) on a fresh database of either kind.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                let database = crate::databases::sqlite();
                super::$name(database.open().await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                if let Some(database) = crate::databases::postgres().await {
                    super::$name(database.open().await).await;
                }
            })*
        }
    };
}

mod access;
mod alerts;
mod analysis;
mod batches;
mod colleagues;
mod crash;
mod databases;
mod departures;
mod ledger;
mod make;
mod opening;
mod outbox;
mod people;
mod rates;
mod saved_searches;
mod scheduled_queries;
mod subjects;
mod withdrawals;
mod work;
