//! NATS JetStream beside a real `nats-server`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use async_nats::jetstream::{self, stream};
use tandem_sources::nats::NatsSettings;
use tandem_sources::{From, SecretPlace, SourceError};
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::nats_keep::{Keep, numbered};
use super::support::{PATIENCE, Running, free_port, program, python, run, start};

/// A server with its store.
struct Server {
    port: u16,
    store: TempDir,
    running: Option<Running>,
}

impl Server {
    async fn start() -> Option<Self> {
        let nats = program("nats-server")?;
        let mut server = Self {
            port: free_port(),
            store: tempfile::tempdir().unwrap(),
            running: None,
        };
        server.run(&nats).await;
        Some(server)
    }

    async fn run(&mut self, nats: &Path) {
        self.run_with(nats, &[]);
        self.client().await;
    }

    fn run_with(&mut self, nats: &Path, more: &[&str]) {
        let mut command = Command::new(nats);
        command
            .args(["-js", "-a", "127.0.0.1", "-p", &self.port.to_string(), "-sd"])
            .arg(self.store.path())
            .args(more);
        self.running = Some(start(&mut command));
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    async fn client(&self) -> jetstream::Context {
        let connecting = async {
            loop {
                if let Ok(client) = async_nats::connect(self.url()).await
                    && client.request("$JS.API.INFO", "".into()).await.is_ok()
                {
                    return jetstream::new(client);
                }
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, connecting).await.expect("the server runs")
    }

    async fn stream(&self, subjects: &[&str]) -> jetstream::Context {
        let context = self.client().await;
        context
            .create_stream(stream::Config {
                name: "LOGS".into(),
                subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
                ..stream::Config::default()
            })
            .await
            .unwrap();
        context
    }

    fn source(&self, subjects: &[&str]) -> From {
        From::Nats(NatsSettings {
            servers: vec![self.url()],
            stream: "LOGS".into(),
            subjects: subjects.iter().map(|subject| (*subject).to_owned()).collect(),
            durable: None,
            user: None,
            credentials: None,
            ack_wait_seconds: 2,
            tls_ca: None,
        })
    }
}

async fn publish(context: &jetstream::Context, subject: &'static str, messages: &[String]) {
    // The client lets only so many wait for their acknowledgement.
    for some in messages.chunks(1_000) {
        let mut pending = Vec::new();
        for message in some {
            pending.push(context.publish(subject, message.clone().into()).await.unwrap());
        }
        for acknowledged in pending {
            acknowledged.await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_kept_once_and_acknowledged_once_durable() {
    let Some(server) = Server::start().await else {
        return;
    };
    let context = server.stream(&["logs.>"]).await;
    publish(&context, "logs.a", &numbered(0, 3_000)).await;
    let mut keep = Keep::default();
    let mut source = keep.start(server.source(&[]));
    keep.until(&mut source, 3_000).await;
    assert!(keep.positions.len() == 1, "one stream, one position");
    keep.end(source).await;

    // A message of several lines, and one that is blank.
    publish(
        &context,
        "logs.b",
        &[
            numbered(3_000, 2).join("\n"),
            " ".into(),
            numbered(3_002, 1).join("\n") + "\n",
        ],
    )
    .await;
    let mut source = keep.start(server.source(&[]));
    keep.until(&mut source, 3_003).await;
    source
        .until("nothing waits", |health| health.read().behind == 0)
        .await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 3_003));

    let info = context
        .get_stream("LOGS")
        .await
        .unwrap()
        .consumer_info("tandem-test")
        .await
        .unwrap();
    assert_eq!((info.num_ack_pending, info.ack_floor.stream_sequence), (0, 3_003));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_is_killed_goes_on_behind_what_is_durable() {
    let Some(server) = Server::start().await else {
        return;
    };
    let context = server.stream(&["logs.>", "other"]).await;
    publish(&context, "logs.a", &numbered(0, 20_000)).await;
    publish(&context, "other", &numbered(900_000, 10)).await;
    let mut keep = Keep::default();
    for kept in [1, 2, 3] {
        // Some deliveries are kept, the others are lost with the process; what it had received comes again after two seconds.
        let mut source = keep.start(server.source(&["logs.>"]));
        for _ in 0..kept {
            keep.next(&mut source).await;
        }
        source
            .until("more is under way", |health| health.read().records > 3_000)
            .await;
    }
    let mut source = keep.start(server.source(&["logs.>"]));
    publish(&context, "logs.b", &numbered(20_000, 500)).await;
    keep.until(&mut source, 20_500).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 20_500));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_and_comes_back_loses_nothing() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    let Some(nats) = program("nats-server") else {
        return;
    };
    let context = server.stream(&["logs.>"]).await;
    publish(&context, "logs.a", &numbered(0, 5_000)).await;
    let mut keep = Keep::default();
    let mut source = keep.start(server.source(&[]));
    keep.next(&mut source).await;
    // Dropping it is SIGKILL.
    server.running = None;
    server.run(&nats).await;
    let context = server.client().await;
    publish(&context, "logs.a", &numbered(5_000, 1_000)).await;
    keep.until(&mut source, 6_000).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 6_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_made_anew_is_read_from_its_beginning() {
    let Some(server) = Server::start().await else {
        return;
    };
    let context = server.stream(&["logs.>"]).await;
    publish(&context, "logs.a", &numbered(0, 10)).await;
    let mut keep = Keep::default();
    let mut source = keep.start(server.source(&[]));
    keep.until(&mut source, 10).await;
    keep.end(source).await;
    context.delete_stream("LOGS").await.unwrap();
    let context = server.stream(&["logs.>"]).await;
    publish(&context, "logs.a", &numbered(10, 5)).await;
    let mut source = keep.start(server.source(&[]));
    keep.until(&mut source, 15).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 15));
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_messages_are_refused_and_the_others_arrive() {
    let Some(server) = Server::start().await else {
        return;
    };
    let context = server.stream(&["logs.>"]).await;
    let long = "x".repeat((1 << 20) - 100);
    for message in [
        Vec::new(),
        b"\0\0\0".to_vec(),
        vec![0xff; 300],
        b"\r\n\r\n".to_vec(),
        b"{\"open\":".to_vec(),
        long.clone().into_bytes(),
    ] {
        context
            .publish("logs.a", message.into())
            .await
            .unwrap()
            .await
            .unwrap();
    }
    publish(&context, "logs.a", &numbered(0, 3)).await;
    let mut keep = Keep::default();
    let mut source = keep.start_with_room(server.source(&[]), 64 << 10);
    keep.until(&mut source, 3 + 4).await;
    keep.end(source).await;
    for record in numbered(0, 3) {
        assert!(keep.records.contains(&record));
    }
    assert!(
        keep.records.contains(&long),
        "the largest message that the server takes"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_said_with_what_to_do() {
    let Some(server) = Server::start().await else {
        return;
    };
    let fails = async |from: From| -> String {
        let mut keep = Keep::default();
        let mut source = keep.start(from);
        let ended = timeout(PATIENCE, &mut source.task)
            .await
            .expect("it ends")
            .unwrap();
        match ended.unwrap_err() {
            SourceError::Far { what } => what,
            other => panic!("{other}"),
        }
    };
    assert!(
        fails(server.source(&[]))
            .await
            .contains("stream `LOGS` cannot be read")
    );
    server.stream(&["logs.>"]).await;
    assert!(
        fails(server.source(&["logs.a", "logs.b"]))
            .await
            .contains("by one subject only")
    );

    let mut keep = Keep::default();
    let source = keep.start(server.source(&["logs.a"]));
    source
        .until("it runs", |health| {
            health.read().connections > 0 && health.read().phase == tandem_sources::Phase::Running
        })
        .await;
    keep.end(source).await;
    assert!(
        fails(server.source(&["logs.b"]))
            .await
            .contains("name another in `durable`")
    );
    let From::Nats(mut settings) = server.source(&[]) else {
        unreachable!()
    };
    settings.servers = vec![format!("nats://127.0.0.1:{}", free_port())];
    assert!(fails(From::Nats(settings)).await.contains("can be reached"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_with_accounts_is_read_with_the_right_one_only() {
    let Some(mut server) = Server::start().await else {
        return;
    };
    let Some(nats) = program("nats-server") else {
        return;
    };
    let context = server.stream(&["logs.>"]).await;
    publish(&context, "logs.a", &numbered(0, 5)).await;
    server.running = None;
    server.run_with(&nats, &["--user", "tandem", "--pass", "correct horse"]);
    let starting = async {
        let options =
            || async_nats::ConnectOptions::with_user_and_password("tandem".into(), "correct horse".into());
        while options().connect(server.url()).await.is_err() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, starting).await.expect("the server runs");

    let secret = server.store.path().join("password");
    let From::Nats(mut settings) = server.source(&[]) else {
        unreachable!()
    };
    settings.user = Some("tandem".into());
    settings.credentials = Some(SecretPlace::File(secret.clone()));
    let mut keep = Keep::default();
    std::fs::write(&secret, "battery staple").unwrap();
    let mut source = keep.start(From::Nats(settings.clone()));
    let ended = timeout(PATIENCE, &mut source.task)
        .await
        .expect("it ends")
        .unwrap();
    let said = ended.unwrap_err().to_string();
    assert!(
        said.contains("credentials") && !said.contains("battery"),
        "{said}"
    );

    std::fs::write(&secret, "correct horse").unwrap();
    let mut source = keep.start(From::Nats(settings));
    keep.until(&mut source, 5).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 5));
}

const PUBLISHER: &str = r#"
import asyncio, sys, nats
async def main():
    client = await nats.connect(sys.argv[1])
    stream = client.jetstream()
    for n in range(int(sys.argv[2])):
        await stream.publish("logs.python", b'{"n":%07d}' % n)
    await client.drain()
asyncio.run(main())
"#;

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_the_python_client_arrive() {
    let Some(server) = Server::start().await else {
        return;
    };
    let Some(python) = python() else { return };
    if !Command::new(&python)
        .args(["-c", "import nats"])
        .output()
        .is_ok_and(|out| out.status.success())
    {
        return super::support::missing("the Python package nats-py");
    }
    server.stream(&["logs.>"]).await;
    let mut keep = Keep::default();
    let mut source = keep.start(server.source(&["logs.*"]));
    run(Command::new(&python).args(["-c", PUBLISHER, &server.url(), "500"])).await;
    keep.until(&mut source, 500).await;
    keep.end(source).await;
    assert_eq!(keep.once(), numbered(0, 500));
}
