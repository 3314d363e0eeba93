//! Kafka's protocol beside librdkafka: its mock cluster listens on real ports, and its producer writes.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use tandem_sources::kafka::KafkaSettings;
use tandem_sources::settings::Start;
use tandem_sources::{From, Phase, SourceError};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::nats_keep::{Keep, numbered};
use super::support::{PATIENCE, python};

const CLUSTER: &str = r#"
import json, sys
from confluent_kafka import Producer
cluster = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 3})
brokers = cluster.list_topics(timeout=30).brokers.values()
address = ",".join(f"{b.host}:{b.port}" for b in brokers)
print(address, flush=True)
for line in sys.stdin:
    ask = json.loads(line)
    settings = {"bootstrap.servers": address, "compression.type": ask["codec"], "linger.ms": 20}
    producer = Producer(settings)
    failed = []
    def done(error, _):
        if error:
            failed.append(str(error))
    for n in range(ask["from"], ask["from"] + ask["count"]):
        value = b'{"n":%07d}' % n
        if ask.get("pad"):
            value = b'{"n":%07d,"pad":"%s"}' % (n, bytes([120]) * ask["pad"])
        partition = ask.get("partition", n % 4)
        while True:
            try:
                producer.produce(ask["topic"], value, key=str(n), partition=partition, headers=[("h", None), ("i", b"v")], callback=done)
                break
            except BufferError:
                producer.poll(0.1)
    left = producer.flush(60)
    print("ok" if not failed and not left else f"failed {failed[:3]} {left}", flush=True)
"#;

/// A mock cluster of three brokers in a Python process.
struct Cluster {
    child: Child,
    say: ChildStdin,
    hear: BufReader<ChildStdout>,
    brokers: Vec<String>,
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Cluster {
    fn start() -> Option<Self> {
        let python: PathBuf = python()?;
        let mut child = Command::new(python)
            .args(["-u", "-c", CLUSTER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (say, hear) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut cluster = Self {
            child,
            say,
            hear: BufReader::new(hear),
            brokers: Vec::new(),
        };
        cluster.brokers = cluster.line().split(',').map(str::to_owned).collect();
        assert_eq!(cluster.brokers.len(), 3);
        Some(cluster)
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.hear.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }

    fn ask(&mut self, ask: &serde_json::Value) -> String {
        writeln!(self.say, "{ask}").unwrap();
        self.say.flush().unwrap();
        self.line()
    }

    fn produce(&mut self, codec: &str, from: usize, count: usize) {
        let ask = serde_json::json!({"topic": "logs", "codec": codec, "from": from, "count": count});
        assert_eq!(self.ask(&ask), "ok", "{codec}");
    }

    fn source(&self, start: Start) -> From {
        From::Kafka(KafkaSettings {
            brokers: self.brokers[..1].to_vec(),
            topics: vec!["logs".into()],
            start,
            tls: false,
            tls_ca: None,
            sasl: None,
        })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn records_of_every_compression_and_partition_are_kept_once() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    for (n, codec) in ["none", "gzip", "snappy", "lz4", "zstd"].iter().enumerate() {
        cluster.produce(codec, n * 1_000, 1_000);
    }
    let mut keep = Keep::default();
    let mut source = keep.start(cluster.source(Start::Beginning));
    keep.until(&mut source, 5_000).await;
    cluster.produce("zstd", 5_000, 500);
    keep.until(&mut source, 5_500).await;
    source
        .until("nothing waits", |health| health.read().behind == 0)
        .await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 5_500));
    assert_eq!(
        keep.positions.len(),
        4,
        "one of each partition: {:?}",
        keep.positions
    );
    let read: u64 = keep.positions.values().map(|position| position.at).sum();
    assert_eq!(read, 5_500);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_killed_goes_on_behind_what_is_durable() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    cluster.produce("lz4", 0, 40_000);
    let mut keep = Keep::default();
    for kept in [1, 2, 3] {
        let mut source = keep.start(cluster.source(Start::Beginning));
        for _ in 0..kept {
            keep.next(&mut source).await;
        }
        source
            .until("more is under way", |health| health.read().records > 1_000)
            .await;
    }
    let mut source = keep.start(cluster.source(Start::Beginning));
    cluster.produce("gzip", 40_000, 100);
    keep.until(&mut source, 40_100).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 40_100));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_is_the_end_of_the_first_start() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    cluster.produce("none", 0, 100);
    let mut keep = Keep::default();
    let mut source = keep.start(cluster.source(Start::End));
    while keep.positions.len() < 4 {
        keep.next(&mut source).await;
    }
    keep.end(source).await;
    // What comes while nobody reads is not left out.
    cluster.produce("none", 100, 100);
    let mut source = keep.start(cluster.source(Start::End));
    cluster.produce("none", 200, 50);
    keep.until(&mut source, 150).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(100, 150));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_were_removed_before_they_were_read_are_counted() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let one = |from: usize, count: usize, pad: usize| serde_json::json!({"topic": "logs", "codec": "none", "from": from, "count": count, "partition": 1, "pad": pad});
    assert_eq!(cluster.ask(&one(0, 10, 0)), "ok");
    let mut keep = Keep::default();
    let mut source = keep.start(cluster.source(Start::Beginning));
    keep.until(&mut source, 10).await;
    keep.end(source).await;
    // The mock broker keeps 5 MiB a partition.
    assert_eq!(cluster.ask(&one(10, 3_000, 4_000)), "ok");
    let mut source = keep.start(cluster.source(Start::Beginning));
    keep.until(&mut source, 11).await;
    source
        .until("the loss is told", |health| health.read().trouble.is_some())
        .await;
    let (_, told) = source.health.read().trouble.unwrap();
    assert!(
        told.contains("records of logs/1 were removed before they were read"),
        "{told}"
    );
    let gone: usize = told.split(' ').next().unwrap().parse().unwrap();
    keep.until(&mut source, 10 + 3_000 - gone).await;
    source
        .until("nothing waits", |health| health.read().behind == 0)
        .await;
    keep.end(source).await;
    assert_eq!(keep.once().len(), 3_010 - gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_there_yet_is_read_when_it_is() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let mut keep = Keep::default();
    let mut source = keep.start(cluster.source(Start::End));
    source
        .until("it says so or runs", |health| {
            health.read().trouble.is_some() || health.read().phase == Phase::Running
        })
        .await;
    cluster.produce("none", 0, 1);
    let ended = async {
        loop {
            tokio::select! {
                Some(parcel) = source.parcels.recv() => keep.take(parcel),
                ended = &mut source.task => break ended.unwrap(),
            }
            if !keep.positions.is_empty() {
                break Ok(());
            }
        }
    };
    timeout(PATIENCE, ended).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn brokers_that_are_gone_end_the_source_once_all_is_handed_on() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    cluster.produce("none", 0, 100);
    let mut keep = Keep::default();
    let mut source = keep.start(cluster.source(Start::Beginning));
    keep.until(&mut source, 100).await;
    drop(cluster);
    let ended = timeout(PATIENCE, &mut source.task)
        .await
        .expect("it ends")
        .unwrap();
    let Err(SourceError::Far { what }) = ended else {
        panic!("{ended:?}")
    };
    assert!(what.contains("broker 127.0.0.1:"), "{what}");
    assert_eq!(source.health.read().open, 0);
    assert_eq!(keep.once(), numbered(0, 100));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_broker_ends_the_source_and_nothing_else() {
    for answer in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"",
        &[0, 0, 0, 4, 0, 0, 0, 1],
        &[0, 0, 0, 10, 0, 0, 0, 1, 0, 0, 0x7f, 0xff, 0xff, 0xff],
        &[0x7f; 64],
        &[0, 0, 0, 8, 0, 0, 0, 9, 0, 0, 0, 0],
    ] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let far = tokio::spawn(async move {
            while let Ok((mut peer, _)) = listener.accept().await {
                let _ = peer.write_all(answer).await;
                let _ = peer.shutdown().await;
            }
        });
        let mut keep = Keep::default();
        let mut source = keep.start(From::Kafka(KafkaSettings {
            brokers: vec![address],
            topics: vec!["logs".into()],
            start: Start::Beginning,
            tls: false,
            tls_ca: None,
            sasl: None,
        }));
        let ended = timeout(PATIENCE, &mut source.task)
            .await
            .expect("it ends")
            .unwrap();
        assert!(matches!(ended, Err(SourceError::Far { .. })), "{ended:?}");
        far.abort();
    }
}
