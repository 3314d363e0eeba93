use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::super::clocks::MESSAGE;
use super::super::tests::{peer, shared};
use super::*;
use crate::delivery::{Delivery, Parcel};
use crate::health::HealthNow;

const TCP: &str = r#"{"listen": "0.0.0.0:514", "transport": "tcp", "idle_minutes": 10}"#;

struct Connection {
    sender: DuplexStream,
    parcels: mpsc::Receiver<Parcel>,
    task: JoinHandle<Result<Ended, NotTaken>>,
    shared: std::sync::Arc<Shared>,
}

fn connection(room: usize) -> Connection {
    let (shared, parcels) = shared(TCP, room);
    let (sender, receiver) = duplex(1 << 10);
    let task = tokio::spawn({
        let shared = std::sync::Arc::clone(&shared);
        async move { receive(&shared, receiver, peer(&shared.context)).await }
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

    async fn body(&mut self) -> String {
        String::from_utf8(self.parcels.recv().await.unwrap().delivery.body).unwrap()
    }

    fn health(&self) -> HealthNow {
        self.shared.context.health.read()
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_within_a_moment_is_one_delivery() {
    let mut it = connection(1 << 20);
    let start = Instant::now();
    it.send("<1>one\n6 <2").await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    it.send(">two<3>par").await;
    assert_eq!(it.body().await, "<1>one\n<2>two\n");
    assert_eq!(start.elapsed().as_millis(), GATHER.as_millis());
    it.send("t").await;
    drop(it.sender);
    let parcel = it.parcels.recv().await.unwrap();
    assert_eq!(parcel.delivery.body, b"<3>part\n");
    assert_eq!(it.task.await.unwrap(), Ok(Ok(())));
    let health = it.shared.context.health.read();
    assert_eq!((health.records, health.bytes, health.refused), (3, 22, 0));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_drips_in_is_given_up_after_a_minute() {
    let mut it = connection(1 << 20);
    let start = Instant::now();
    it.send("<1>whole\n100 <2>").await;
    assert_eq!(it.body().await, "<1>whole\n");
    let mut sender = it.sender;
    let drip = tokio::spawn(async move {
        while sender.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    });
    let refused = it.parcels.recv().await.unwrap().delivery.refused;
    assert!(
        refused[0].reason.contains("ended before"),
        "{}",
        refused[0].reason
    );
    assert_eq!(start.elapsed().as_secs(), MESSAGE.as_secs());
    assert!(
        it.task
            .await
            .unwrap()
            .unwrap()
            .unwrap_err()
            .contains("60 seconds")
    );
    drip.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_silent_connection_is_closed_after_the_minutes_set() {
    let mut it = connection(1 << 20);
    let start = Instant::now();
    tokio::time::sleep(Duration::from_secs(300)).await;
    it.send("<1>here\n").await;
    assert_eq!(it.body().await, "<1>here\n");
    let ended = (&mut it.task).await.unwrap().unwrap();
    assert!(ended.unwrap_err().contains("idle_minutes"));
    assert_eq!(start.elapsed().as_secs(), 300 + 600);
}

#[tokio::test(start_paused = true)]
async fn while_the_inlet_is_full_nothing_is_read_and_the_sender_is_not_blamed() {
    let mut it = connection(4 << 10);
    let filler = Delivery {
        body: vec![b'x'; 4 << 10],
        ..Delivery::new(&"test".into(), "peer")
    };
    it.shared.context.inlet.send(filler).await.unwrap();
    it.send("<1>whole\n<2>half").await;
    // For longer than a message may take and a connection may be silent, there is no room.
    tokio::time::sleep(Duration::from_secs(3_600)).await;
    assert!(!it.task.is_finished());
    drop(it.parcels.recv().await.unwrap());
    let mut sender = it.sender;
    let rest = tokio::spawn(async move {
        for _ in 0..10 {
            sender.write_all(b" and half\n<2>half").await.unwrap();
        }
        sender.write_all(b"\n").await.unwrap();
        sender.shutdown().await.unwrap();
    });
    let mut body = Vec::new();
    while !body.ends_with(b"\n<2>half\n") {
        let parcel = it.parcels.recv().await.unwrap();
        body.extend_from_slice(&parcel.delivery.body);
        assert!(parcel.delivery.refused.is_empty());
    }
    rest.await.unwrap();
    assert_eq!(it.task.await.unwrap(), Ok(Ok(())));
    let body = String::from_utf8(body).unwrap();
    assert_eq!(
        body,
        format!("<1>whole\n{}<2>half\n", "<2>half and half\n".repeat(10))
    );
}

#[tokio::test(start_paused = true)]
async fn when_it_stops_what_is_on_the_way_is_still_received() {
    let mut it = connection(1 << 20);
    it.send("<1>before\n").await;
    let stop = it.shared.context.stop.clone();
    stop.cancel();
    // The sender learns of it by the end of the stream, and says what it still had to say.
    let mut nothing = [0; 1];
    assert_eq!(it.sender.read(&mut nothing).await.unwrap(), 0);
    it.send("<1>behind\n<1>cut").await;
    let parcel = it.parcels.recv().await.unwrap();
    assert_eq!(parcel.delivery.body, b"<1>before\n<1>behind\n");
    assert_eq!(parcel.delivery.refused[0].raw, b"<1>cut");
    assert_eq!((&mut it.task).await.unwrap(), Ok(Ok(())));
    assert_eq!(it.health().refused, 1);
}
