use std::sync::Arc;

use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::super::tests::{peer, shared};
use super::*;
use crate::delivery::{Parcel, Taken};

const RELP: &str = r#"{"listen": "0.0.0.0:20514", "transport": "relp"}"#;
const OPEN: &str = "1 open 15 commands=syslog\n";

struct Connection {
    sender: DuplexStream,
    parcels: mpsc::Receiver<Parcel>,
    task: JoinHandle<Result<Ended, NotTaken>>,
    shared: Arc<Shared>,
}

async fn connection() -> Connection {
    let (shared, parcels) = shared(RELP, 1 << 20);
    let (sender, receiver) = duplex(64 << 10);
    let task = tokio::spawn({
        let shared = Arc::clone(&shared);
        async move { session(&shared, receiver, peer(&shared.context)).await }
    });
    Connection {
        sender,
        parcels,
        task,
        shared,
    }
}

impl Connection {
    async fn send(&mut self, text: &str) {
        self.sender.write_all(text.as_bytes()).await.unwrap();
    }

    /// Everything that is answered until nothing more comes for a second.
    async fn heard(&mut self) -> String {
        let mut all = Vec::new();
        let mut buffer = [0; 1_024];
        while let Ok(Ok(bytes @ 1..)) = timeout(Duration::from_secs(1), self.sender.read(&mut buffer)).await {
            all.extend_from_slice(&buffer[..bytes]);
        }
        String::from_utf8(all).unwrap()
    }

    async fn open(&mut self) {
        self.send(OPEN).await;
        let offers = String::from_utf8(OFFERS.to_vec()).unwrap();
        assert_eq!(self.heard().await, format!("1 rsp {} {offers}\n", offers.len()));
    }
}

fn done(txnr: u32) -> String {
    format!("{txnr} rsp 6 200 OK\n")
}

#[tokio::test(start_paused = true)]
async fn messages_are_answered_in_order_once_they_are_durable_and_not_before() {
    let mut it = connection().await;
    it.open().await;
    it.send("2 syslog 6 <1>one\n3 syslog 6 <1>two\n").await;
    let first = it.parcels.recv().await.unwrap();
    assert_eq!(first.delivery.body, b"<1>one\n<1>two\n");
    it.send("4 syslog 8 <1>three\n5 noop 0\n6 syslog 0\n").await;
    let second = it.parcels.recv().await.unwrap();
    assert_eq!(it.heard().await, "", "nothing is durable yet");
    second.answer(Taken::default());
    assert_eq!(it.heard().await, "", "the first ones come first");
    first.answer(Taken::default());
    let wanted = [
        done(2),
        done(3),
        done(4),
        "5 rsp 19 500 unknown command\n".into(),
        done(6),
    ]
    .concat();
    assert_eq!(it.heard().await, wanted);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_stored_is_not_answered_and_the_session_ends() {
    let mut it = connection().await;
    it.open().await;
    it.send("2 syslog 6 <1>one\n").await;
    let first = it.parcels.recv().await.unwrap();
    it.send("3 syslog 6 <1>two\n").await;
    it.parcels.recv().await.unwrap().answer(Taken::default());
    it.send("4 syslog 8 <1>three\n").await;
    drop(first);
    assert_eq!(
        it.heard().await,
        "0 serverclose 0\n",
        "nothing behind it is answered either"
    );
    let ended = it.task.await.unwrap().unwrap();
    assert!(ended.unwrap_err().contains("could not be stored"));
}

#[tokio::test(start_paused = true)]
async fn closing_waits_for_what_is_under_way() {
    let mut it = connection().await;
    it.open().await;
    it.send("2 syslog 6 <1>one\n3 close 0\n").await;
    let parcel = it.parcels.recv().await.unwrap();
    assert_eq!(it.heard().await, "");
    parcel.answer(Taken::default());
    assert_eq!(it.heard().await, format!("{}3 rsp 0\n0 serverclose 0\n", done(2)));
    assert_eq!(it.task.await.unwrap(), Ok(Ok(())));
}

#[tokio::test(start_paused = true)]
async fn stopping_answers_what_becomes_durable_and_leaves_the_rest_to_the_sender() {
    let mut it = connection().await;
    it.open().await;
    it.send("2 syslog 6 <1>one\n3 syslog 9 <1>ha").await;
    tokio::task::yield_now().await;
    it.shared.context.stop.cancel();
    let parcel = it.parcels.recv().await.unwrap();
    assert_eq!(parcel.delivery.body, b"<1>one\n");
    parcel.answer(Taken::default());
    assert_eq!(it.heard().await, format!("{}0 serverclose 0\n", done(2)));
    assert_eq!(it.task.await.unwrap(), Ok(Ok(())));
    assert!(
        it.parcels.try_recv().is_err(),
        "half a message is none; the sender has it whole"
    );
}

#[tokio::test(start_paused = true)]
async fn whoever_does_not_keep_to_the_protocol_is_cut_off_and_what_came_before_is_kept() {
    for (wrong, part) in [
        ("3 garbage", "speak RELP"),
        ("4 syslog 6 <1>two\n", "transaction 4 came where 3"),
        ("2 syslog 6 <1>two\n", "transaction 2 came where 3"),
        ("\0\0\0\0", "speak RELP"),
    ] {
        let mut it = connection().await;
        it.open().await;
        it.send(&format!("2 syslog 6 <1>one\n{wrong}\n")).await;
        let parcel = it.parcels.recv().await.unwrap();
        assert_eq!(parcel.delivery.body, b"<1>one\n");
        parcel.answer(Taken::default());
        assert_eq!(it.heard().await, format!("{}0 serverclose 0\n", done(2)));
        let why = it.task.await.unwrap().unwrap().unwrap_err();
        assert!(why.contains(part), "{wrong}: {why}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_before_open_and_a_sender_without_syslog_are_refused() {
    let mut it = connection().await;
    it.send("1 syslog 6 <1>one\n").await;
    assert_eq!(it.heard().await, "0 serverclose 0\n");
    assert!(
        it.task
            .await
            .unwrap()
            .unwrap()
            .unwrap_err()
            .contains("before `open`")
    );
    assert!(it.parcels.try_recv().is_err());

    let mut it = connection().await;
    it.send("1 open 13 commands=noop\n").await;
    let answer = it.heard().await;
    assert!(
        answer.starts_with("1 rsp ") && answer.contains(" 500 the command syslog"),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_sender_waits_while_much_is_under_way_and_nothing_is_lost() {
    let mut it = connection().await;
    it.open().await;
    let mut parcels = Vec::new();
    let mut sent = 1;
    // One message after the other, none of them durable.
    for _ in 0..40 {
        sent += 1;
        it.send(&format!("{sent} syslog 6 <1>one\n")).await;
        if let Ok(Some(parcel)) = timeout(Duration::from_millis(50), it.parcels.recv()).await {
            parcels.push(parcel);
        }
    }
    assert_eq!(parcels.len(), 32, "no more are under way");
    for parcel in parcels {
        parcel.answer(Taken::default());
    }
    let mut kept = 32;
    while kept < 40 {
        let parcel = it.parcels.recv().await.unwrap();
        kept += String::from_utf8(parcel.delivery.body.clone())
            .unwrap()
            .lines()
            .count();
        parcel.answer(Taken::default());
    }
    let answers = it.heard().await;
    assert_eq!(answers.lines().count(), 40, "{answers}");
    assert!(answers.ends_with(&done(sent)));
}
