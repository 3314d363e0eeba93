//! Syslog from `logger` of util-linux, and what a listener counts.

use std::process::Command;
use std::time::Duration;

use tandem_normalise::Format;
use tandem_sources::From;
use tandem_sources::syslog::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::support::{Source, free_port, lines, program, run};
use crate::syslog_support::{listen, settings};

/// What is logged: one message a line.
fn said(count: usize) -> Vec<String> {
    (0..count)
        .map(|at| match at % 25 {
            3 => format!("{at} Grüße, 東京 🗝️"),
            11 => format!("{at} {}", "x".repeat(8_000)),
            _ => format!("{at} user=alice file=/srv/{at}.docx"),
        })
        .collect()
}

/// Has `logger` send every line of a file, and fails unless each arrives once, whole and in its order.
async fn logged(transport: Transport, options: &[&str]) {
    let Some(logger) = program("logger") else { return };
    let port = free_port();
    let mut source = listen(port, transport).await;
    let said = said(100);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("said");
    std::fs::write(&file, said.join("\n") + "\n").unwrap();
    let mut command = Command::new(logger);
    command
        .args(["--server", "127.0.0.1", "--port", &port.to_string()])
        .args([
            "--size",
            "32768",
            "--tag",
            "test",
            "--priority",
            "auth.info",
            "--file",
        ])
        .arg(&file)
        .args(options);
    run(&mut command).await;
    let got = source.records(said.len()).await;
    for (got, said) in got.iter().zip(&said) {
        assert!(got.starts_with("<38>"), "{got:.80}");
        assert!(got.ends_with(&format!(" {said}")), "{got:.200}\n{said:.80}");
    }
    assert_eq!(got.len(), said.len());
    let rest = source.end().await;
    assert!(rest.is_empty(), "nothing else came: {rest:?}");
}

#[tokio::test]
async fn logger_over_udp() {
    for format in ["--rfc5424", "--rfc3164"] {
        logged(Transport::Udp, &["--udp", format]).await;
    }
}

#[tokio::test]
async fn logger_over_tcp() {
    for format in ["--rfc5424", "--rfc3164"] {
        logged(Transport::Tcp, &["--tcp", format]).await;
        logged(Transport::Tcp, &["--tcp", "--octet-count", format]).await;
    }
}

#[tokio::test]
async fn a_message_of_several_lines_from_logger_stays_one_record() {
    let Some(logger) = program("logger") else { return };
    let port = free_port();
    let mut source = listen(port, Transport::Tcp).await;
    let mut command = Command::new(logger);
    command
        .args(["--server", "127.0.0.1", "--port", &port.to_string()])
        .args(["--tcp", "--octet-count", "--rfc3164", "first\n  second\n\tthird"]);
    run(&mut command).await;
    let got = source.records(1).await;
    assert!(got[0].ends_with("first#012  second#012\tthird"), "{got:?}");
    assert!(source.end().await.is_empty());
}

#[tokio::test]
async fn a_delivery_says_who_sent_it_and_is_syslog_unless_set_otherwise() {
    let port = free_port();
    let mut source = listen(port, Transport::Udp).await;
    let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    for message in ["<13>one", "<13>two\nlines\n", "\n", "", "<13>one"] {
        sender
            .send_to(message.as_bytes(), ("127.0.0.1", port))
            .await
            .unwrap();
    }
    let delivery = source.delivery().await;
    assert_eq!(&*delivery.from, "127.0.0.1");
    assert_eq!(delivery.format, Some(Format::Syslog));
    assert_eq!(lines(&delivery), ["<13>one", "<13>two#012lines", "<13>one"]);
    let health = source.health.read();
    assert_eq!((health.records, health.bytes), (3, 29));
    sender.send_to(b"<13>one", ("127.0.0.1", port)).await.unwrap();
    let again = source.delivery().await;
    assert_ne!(again.identity, delivery.identity, "equal lines are two events");
    assert!(source.end().await.is_empty());
}

#[tokio::test]
async fn what_the_kernel_drops_is_counted_and_nothing_else_is_missing() {
    let port = free_port();
    let source = Source::start_with_room(From::Syslog(settings(port, Transport::Udp)), 64 << 10).await;
    let sender = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let message = [b"<13>".as_slice(), &[b'x'; 8_000]].concat();
    // Nobody takes deliveries: first what waits in memory fills up, then the kernel's buffer.
    let mut sent = 0_u64;
    while sent < 20_000 {
        sender.send_to(&message, ("127.0.0.1", port)).await.unwrap();
        sent += 1;
        if sent % 16 == 0 {
            tokio::task::yield_now().await;
        }
    }
    let health = std::sync::Arc::clone(&source.health);
    let got: usize = source
        .end()
        .await
        .iter()
        .map(|delivery| lines(delivery).len())
        .sum();
    let (_, trouble) = health.read().trouble.expect("something was dropped");
    assert!(trouble.contains("use TCP or RELP"), "{trouble}");
    let dropped: u64 = trouble
        .split_once('(')
        .and_then(|(_, rest)| rest.split(' ').next())
        .and_then(|count| count.parse().ok())
        .unwrap();
    assert_eq!(got as u64 + dropped, sent, "{trouble}");
    assert_eq!(health.read().records, got as u64);
}

#[tokio::test]
async fn senders_beyond_the_limit_wait_and_lose_nothing() {
    let port = free_port();
    let mut set = settings(port, Transport::Tcp);
    set.max_connections = 1;
    let mut source = Source::start(From::Syslog(set)).await;
    let mut first = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    first.write_all(b"<13>first\n").await.unwrap();
    assert_eq!(source.records(1).await, ["<13>first"]);
    let mut second = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    second.write_all(b"<13>second\n").await.unwrap();
    source
        .until("the limit is noted", |health| {
            health
                .read()
                .trouble
                .is_some_and(|(_, what)| what.contains("max_connections"))
        })
        .await;
    assert_eq!(
        (source.health.read().open, source.health.read().connections),
        (1, 1)
    );
    first.write_all(b"<13>still the first\n").await.unwrap();
    assert_eq!(source.records(1).await, ["<13>still the first"]);
    drop(first);
    assert_eq!(source.records(1).await, ["<13>second"]);
    drop(second);
    source
        .until("both are gone", |health| health.read().open == 0)
        .await;
}

#[tokio::test]
async fn a_sender_that_is_faster_than_tandem_waits_and_nothing_is_lost() {
    let port = free_port();
    let from = From::Syslog(settings(port, Transport::Tcp));
    let mut source = Source::start_with_room(from, 256 << 10).await;
    let count = 200_000;
    let sending = tokio::spawn(async move {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        for from in (0..count).step_by(1_000) {
            let lines: String = (from..from + 1_000)
                .map(|at| format!("<13>number {at}\n"))
                .collect();
            stream.write_all(lines.as_bytes()).await.unwrap();
        }
        stream.shutdown().await.unwrap();
        let mut nothing = Vec::new();
        stream.read_to_end(&mut nothing).await.unwrap();
    });
    let mut at = 0;
    while at < count {
        let delivery = source.delivery().await;
        for line in lines(&delivery) {
            assert_eq!(line, format!("<13>number {at}"));
            at += 1;
        }
    }
    sending.await.unwrap();
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_with_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let (inlet, _parcels) = tandem_sources::inlet(1);
    let from = From::Syslog(settings(port, Transport::Tcp));
    let context = crate::support::context(from, inlet);
    let ended = tokio::time::timeout(Duration::from_secs(10), tandem_sources::run(context))
        .await
        .unwrap();
    let why = ended.unwrap_err().to_string();
    assert!(
        why.contains(&port.to_string()) && why.contains("another program"),
        "{why}"
    );
}
