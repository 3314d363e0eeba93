//! What live sources deliver is durable before anybody is told so, once, and nothing of it is lost.

use std::time::Duration;

use serde_json::{Value, json};
use tandem_domain::Role;
use tandem_server::intake;
use tandem_sources::settings::{From as Origin, SourceSettings};
use tandem_sources::syslog::SyslogSettings;
use tandem_sources::{Delivery, NotTaken, Place as Where, Position, Refused, Taken};
use tandem_store::{BatchCommit, Checkpoint, RejectFilter};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::support::{Place, line};

fn lines(day: u32, count: u32) -> Vec<u8> {
    (0..count)
        .map(|n| line(day, n, "mona"))
        .collect::<String>()
        .into_bytes()
}

fn delivery(body: Vec<u8>, identity: u128) -> Delivery {
    Delivery {
        body,
        identity,
        ..Delivery::new(&"shipper".into(), "10.0.0.7")
    }
}

#[tokio::test]
async fn who_waits_is_answered_after_the_commit_and_a_repetition_is_taken_once() {
    let place = Place::new().await;
    let running = intake::start(&place.app);
    let inlet = place.app.intake.inlet.clone();
    let once = |body| Delivery {
        once: Some("delivery-1".into()),
        ..delivery(body, 1)
    };
    let first = inlet.send_and_wait(once(lines(4, 10))).await.unwrap();
    assert_eq!((first.events, first.repeated), (10, false));
    assert_eq!(place.events().await, 10, "the answer comes after the commit");
    // In one commit, too.
    let twice = |n: u128| {
        inlet.send_and_wait(Delivery {
            once: Some("delivery-2".into()),
            ..delivery(lines(5, 7), n)
        })
    };
    let (one, other) = tokio::join!(twice(2), twice(2));
    assert_eq!(one.unwrap().repeated as u8 + other.unwrap().repeated as u8, 1);
    running.stop().await;
    assert_eq!(
        inlet.send_and_wait(once(lines(4, 10))).await,
        Err(NotTaken::Stopping)
    );
    drop(inlet);
    let place = place.reopened().await;
    let running = intake::start(&place.app);
    let again = place
        .app
        .intake
        .inlet
        .send_and_wait(once(lines(4, 10)))
        .await
        .unwrap();
    let before = Taken {
        repeated: true,
        ..first
    };
    assert_eq!(again, before);
    assert_eq!(place.events().await, 17);
    running.stop().await;
}

#[tokio::test]
async fn what_nobody_waits_for_shares_commits_and_is_all_there_when_tandem_stops() {
    let place = Place::new().await;
    let running = intake::start(&place.app);
    let inlet = &place.app.intake.inlet;
    for n in 0..50 {
        inlet.send(delivery(lines(4, 20), n)).await.unwrap();
    }
    running.stop().await;
    assert_eq!(place.events().await, 1_000);
    let figures = place.app.intake.figures.read();
    assert_eq!((figures.deliveries, figures.events, figures.lost), (50, 1_000, 0));
    assert!(figures.commits < 50, "{} commits", figures.commits);
}

#[tokio::test]
async fn senders_that_fill_all_the_room_share_commits_too() {
    const SENDERS: u32 = 160;
    let place = Place::new().await;
    let running = intake::start(&place.app);
    // Half a mebibyte each, most of it empty lines: more than there is room for, so that some wait all the time.
    let mut sending = tokio::task::JoinSet::new();
    for sender in 0..SENDERS {
        let inlet = place.app.intake.inlet.clone();
        let mut body = line(4, sender, "mona").into_bytes();
        body.resize(512 << 10, b'\n');
        sending.spawn(async move { inlet.send_and_wait(delivery(body, sender.into())).await });
    }
    while let Some(taken) = sending.join_next().await {
        assert_eq!(taken.unwrap().unwrap().events, 1);
    }
    let kept = place.app.intake.figures.read();
    assert_eq!((kept.events, kept.lost), (u64::from(SENDERS), 0));
    assert!(
        kept.commits <= u64::from(SENDERS) / 8,
        "{} commits for {SENDERS} senders",
        kept.commits
    );
    running.stop().await;
}

#[tokio::test]
async fn a_position_becomes_durable_with_its_records() {
    let place = Place::new().await;
    let running = intake::start(&place.app);
    let kept = |at| Delivery {
        place: Where::Kept(Position {
            stream: "audit/0".into(),
            at,
            mark: "cursor".into(),
        }),
        ..delivery(lines(4, 5), u128::from(at))
    };
    // Of a start that does not count (any more), nothing is taken.
    let old = place.app.intake.inlet.started();
    assert_eq!(old.send_and_wait(kept(5)).await, Err(NotTaken::Failed));
    assert_eq!(place.events().await, 0);
    running.stop().await;
    let checkpoints = place
        .app
        .store
        .checkpoints_under("live:shipper:", 10)
        .await
        .unwrap();
    assert!(checkpoints.is_empty());
}

#[tokio::test]
async fn what_a_source_could_not_cut_is_a_dead_letter_with_its_reason() {
    let place = Place::new().await;
    let running = intake::start(&place.app);
    let refused = Refused::new(
        b"99999999999 <34>",
        "the length is no length",
        "see the sender's framing",
    );
    let taken = place
        .app
        .intake
        .inlet
        .send_and_wait(Delivery {
            refused: vec![refused],
            ..delivery(lines(4, 2), 1)
        })
        .await
        .unwrap();
    assert_eq!((taken.records, taken.events, taken.rejects), (3, 2, 1));
    running.stop().await;
    let filter = RejectFilter {
        source: Some("shipper".into()),
        status: Some("open".into()),
        ids: Vec::new(),
        limit: 10,
        offset: 0,
    };
    let rejects = place.app.store.rejects(&filter).await.unwrap();
    assert_eq!(rejects.len(), 1);
    let row = &rejects[0].row;
    assert_eq!(
        (row.stream.as_str(), row.reason.as_str()),
        ("10.0.0.7", "the length is no length")
    );
}

fn syslog(listen: &str) -> SourceSettings {
    SourceSettings {
        name: "firewalls".into(),
        format: None,
        mapping: None,
        time_zone: None,
        silent_after_minutes: 120,
        from: Origin::Syslog(
            serde_json::from_value::<SyslogSettings>(json!({ "listen": listen, "transport": "tcp" }))
                .unwrap(),
        ),
    }
}

async fn free_port() -> u16 {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap().port()
}

async fn connected(address: &str) -> TcpStream {
    for _ in 0..200 {
        if let Ok(stream) = TcpStream::connect(address).await {
            return stream;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("nobody listens on {address}");
}

#[tokio::test]
async fn lines_of_a_syslog_sender_are_events_and_the_page_of_sources_says_so() {
    let address = format!("127.0.0.1:{}", free_port().await);
    let place = Place::with(|config| config.sources = vec![syslog(&address)]).await;
    let running = intake::start(&place.app);
    let mut stream = connected(&address).await;
    for n in 0..200 {
        let line = format!(
            "<38>May  4 10:00:{:02} gw sshd[{n}]: Accepted password for mona from 10.0.0.9 port 22 ssh2\n",
            n % 60
        );
        stream.write_all(line.as_bytes()).await.unwrap();
    }
    stream.shutdown().await.unwrap();
    let mut waited = 0;
    while place.events().await < 200 && waited < 400 {
        tokio::time::sleep(Duration::from_millis(25)).await;
        waited += 1;
    }
    assert_eq!(place.events().await, 200);
    let office = place.signed_in(Role::Administrator).await;
    let seen = place.get("/api/v1/sources/live", Some(&office)).await.json();
    let source = &seen["sources"][0];
    assert_eq!(
        (&source["name"], &source["kind"], &source["phase"]),
        (&json!("firewalls"), &json!("syslog"), &json!("running"))
    );
    assert_eq!(source["records"], 200);
    assert!(source["from"].as_str().unwrap().contains(&address), "{source}");
    assert_eq!(seen["intake"]["committed"], 200);
    running.stop().await;
}

#[tokio::test]
async fn a_source_that_cannot_run_is_told_with_its_reason_and_stops_nothing_else() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let place = Place::with(|config| config.sources = vec![syslog(&address)]).await;
    let running = intake::start(&place.app);
    let mut alarms = Value::Null;
    for _ in 0..400 {
        alarms =
            serde_json::to_value(place.app.live_sources().await.unwrap()).unwrap()["sources"][0]["alarms"]
                .clone();
        if alarms[0].is_object() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(alarms[0]["kind"], "failing");
    assert!(
        alarms[0]["sentence"].as_str().unwrap().contains(&address),
        "{alarms}"
    );
    let taken = place
        .app
        .intake
        .inlet
        .send_and_wait(delivery(lines(4, 1), 1))
        .await
        .unwrap();
    assert_eq!(taken.events, 1);
    running.stop().await;
}

fn followed(folder: &std::path::Path) -> SourceSettings {
    let files = json!({ "paths": [format!("{}/*.log", folder.display())], "every_ms": 20, "linger_ms": 0 });
    SourceSettings {
        name: "logs".into(),
        from: Origin::Files(serde_json::from_value(files).unwrap()),
        ..syslog("127.0.0.1:1")
    }
}

/// The followed files that are known, by name, and since when each is gone.
async fn known_files(place: &Place) -> Vec<(String, Option<i64>)> {
    let kept = place.app.store.checkpoints_under("live:logs:", 10).await.unwrap();
    let mut known: Vec<_> = kept
        .iter()
        .map(|checkpoint| {
            let mark = mark_of(checkpoint);
            let path = mark["path"]
                .as_str()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned();
            (path, mark["gone"].as_i64())
        })
        .collect();
    known.sort();
    known
}

fn mark_of(checkpoint: &Checkpoint) -> Value {
    let state: Value = serde_json::from_str(&checkpoint.state_json).unwrap();
    serde_json::from_str(state["mark"].as_str().unwrap()).unwrap()
}

async fn until(mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..800 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("it did not come about");
}

#[tokio::test]
async fn the_position_of_a_file_that_is_gone_for_longer_than_set_is_dropped_and_one_that_comes_back_is_not_read_again()
 {
    const DAY: i64 = 86_400;
    let folder = tempfile::tempdir().unwrap();
    let names = [("last.log", 1), ("late.log", 29), ("old.log", 31)];
    for (day, (name, _)) in (3..).zip(names) {
        std::fs::write(folder.path().join(name), lines(day, 3)).unwrap();
    }
    let place = Place::with(|config| config.sources = vec![followed(folder.path())]).await;
    let running = intake::start(&place.app);
    until(async || place.events().await == 9).await;
    running.stop().await;
    // As if they had been gone for so many days.
    let now = tandem_server::pipeline::now().0 / 1_000_000;
    let mut kept = place.app.store.checkpoints_under("live:logs:", 10).await.unwrap();
    for checkpoint in &mut kept {
        let mut mark = mark_of(checkpoint);
        let (_, days) = names
            .iter()
            .find(|(name, _)| mark["path"].as_str().unwrap().ends_with(name))
            .unwrap();
        mark["ended"] = true.into();
        mark["gone"] = (now - days * DAY).into();
        let mut state: Value = serde_json::from_str(&checkpoint.state_json).unwrap();
        state["mark"] = mark.to_string().into();
        checkpoint.state_json = state.to_string();
        checkpoint.done = true;
    }
    let marks = BatchCommit {
        batch_id: "marks".into(),
        streams: kept,
        ..BatchCommit::default()
    };
    place.app.store.commit_batch(marks).await.unwrap();
    let away = tempfile::tempdir_in(folder.path()).unwrap();
    for (name, _) in names {
        std::fs::rename(folder.path().join(name), away.path().join(name)).unwrap();
    }
    let place = place.reopened().await;
    let running = intake::start(&place.app);
    until(async || known_files(&place).await.len() == 2).await;
    let left = known_files(&place).await;
    assert_eq!(
        left,
        [
            ("last.log".to_owned(), Some(now - DAY)),
            ("late.log".to_owned(), Some(now - 29 * DAY))
        ]
    );
    std::fs::rename(away.path().join("late.log"), folder.path().join("late.log")).unwrap();
    until(async || known_files(&place).await[1].1.is_none()).await;
    running.stop().await;
    assert_eq!(place.events().await, 9);
    let read = place.app.intake.live()[0].health.read().bytes;
    assert_eq!(read, 0, "nothing was read again");
}
