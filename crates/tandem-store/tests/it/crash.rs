//! A process that is killed in the middle of commits never leaves half a commit, and never loses an acknowledged one.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use tandem_domain::Day;
use tandem_store::{BatchCommit, Committed, Store};

use crate::{databases, make};

const URL: &str = "TANDEM_STORE_CRASH_URL";
const ROWS: u64 = 400;

fn batch(number: u64) -> BatchCommit {
    let mut batch = make::batch(number, 100);
    batch.matches = (0..ROWS).map(|i| make::matched(number * ROWS + i, 100)).collect();
    batch.activity = (0..ROWS)
        .map(|i| make::activity(number * ROWS + i, 100))
        .collect();
    batch
}

/// Not a test: the process that the tests below kill. It commits for ever and says each number once it is acknowledged.
#[tokio::test]
#[ignore = "started and killed by the tests of this module"]
async fn victim() {
    let Ok(url) = std::env::var(URL) else { return };
    let store = Store::open(&url).await.unwrap();
    let next = store
        .checkpoint("/logs/a.log")
        .await
        .unwrap()
        .map_or(0, |c| c.offset + 1);
    for number in next.. {
        store.commit_batch(batch(number)).await.unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "\nacknowledged {number}").unwrap();
        out.flush().unwrap();
    }
}

/// Starts the victim, kills it shortly after its n-th acknowledgement, and tells the last one that was heard.
fn kill_after(url: &str, acknowledgements: usize, then: Duration) -> Option<u64> {
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::victim", "--ignored", "--nocapture"])
        .env(URL, url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(victim.stdout.take().unwrap()).lines();
    let number = |line: String| {
        line.strip_prefix("acknowledged ")
            .and_then(|n| n.parse::<u64>().ok())
    };
    let heard: Vec<u64> = lines
        .by_ref()
        .map_while(Result::ok)
        .filter_map(number)
        .take(acknowledgements)
        .collect();
    assert_eq!(heard.len(), acknowledgements, "the victim ended by itself");
    // The point of the test is to hit a commit at different places, so the time differs from round to round.
    std::thread::sleep(then);
    victim.kill().unwrap();
    victim.wait().unwrap();
    lines.map_while(Result::ok).filter_map(number).chain(heard).max()
}

async fn killed_again_and_again(url: &str) {
    for round in 0..8_u64 {
        let heard = kill_after(
            url,
            1 + (round % 3) as usize,
            Duration::from_micros(round * 1_700),
        )
        .unwrap();
        let store = Store::open(url).await.unwrap();
        let last = store.checkpoint("/logs/a.log").await.unwrap().unwrap().offset;
        assert!(
            last >= heard,
            "batch {heard} was acknowledged, but only {last} is there"
        );
        let batches = last + 1;
        assert_eq!(store.segments(None, None).await.unwrap().len() as u64, batches);
        assert_eq!(
            store.matches_for_day(Day(100)).await.unwrap().len() as u64,
            batches * ROWS
        );
        assert_eq!(
            store.activity_for_day(Day(100)).await.unwrap().len() as u64,
            batches * ROWS
        );
        assert_eq!(store.source_days(None).await.unwrap()[0].0.events, batches * 10);
        assert!(matches!(
            store.commit_batch(batch(last)).await.unwrap(),
            Committed::Before { .. }
        ));
    }
}

#[tokio::test]
async fn sqlite_never_holds_half_a_commit() {
    killed_again_and_again(&databases::sqlite().url).await;
}

#[tokio::test]
async fn postgres_never_holds_half_a_commit() {
    if let Some(database) = databases::postgres().await {
        killed_again_and_again(&database.url).await;
    }
}
