//! What nobody in good faith sends: it is refused or turned away, and everybody else's messages arrive.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tandem_sources::Refused;
use tandem_sources::syslog::Transport;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::support::{Source, free_port, lines};
use crate::syslog_support::{Certificates, listen};

async fn connect(port: u16) -> TcpStream {
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// Ends a connection the rude way: the other side reads an error.
fn reset(stream: TcpStream) {
    socket2::SockRef::from(&stream)
        .set_linger(Some(Duration::ZERO))
        .unwrap();
    drop(stream);
}

/// Takes deliveries until one holds a message.
async fn until(source: &mut Source, message: &str) -> (Vec<String>, Vec<Refused>) {
    let (mut records, mut refused) = (Vec::new(), Vec::new());
    while !records.iter().any(|record| record == message) {
        let delivery = source.delivery().await;
        records.extend(lines(&delivery));
        refused.extend(delivery.refused);
    }
    (records, refused)
}

#[tokio::test]
async fn hostile_streams_over_tcp_are_refused_and_cost_nobody_else_a_message() {
    let port = free_port();
    let mut source = listen(port, Transport::Tcp).await;
    let mut bystander = connect(port).await;
    let huge = vec![b'A'; 10 << 20];
    let seeds: Vec<(&[u8], usize, usize)> = vec![
        // What is sent, records of it, refused pieces of it.
        (b"-17 <13>negative\n", 1, 0),
        (b"0 <13>zero\n", 0, 1),
        (b"007 <13>leading zeros\n", 0, 1),
        (b"99999999999999999999999 <13>huge\n", 0, 1),
        (b"99999999 <13>long and then gone\n", 0, 1),
        (b"20<13>no space\n", 0, 1),
        (b"20", 0, 1),
        (b"20 <13>too short", 0, 1),
        (b"3 <13>too long\n", 2, 0),
        (b"\0\0\0\0\0\0\0\0", 0, 0),
        (b"\n\n\n\r\n\r\n   \n", 0, 0),
        (b"\xff\xfe\xfd\x80\x81\n", 1, 0),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 3, 0),
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 2, 0),
        (&huge, 0, 1),
    ];
    for (at, (seed, records, refused)) in seeds.iter().enumerate() {
        let mut hostile = connect(port).await;
        hostile.write_all(seed).await.unwrap();
        hostile.shutdown().await.unwrap();
        // Read to the end, so that all of it was cut before the bystander goes on.
        let mut nothing = Vec::new();
        hostile.read_to_end(&mut nothing).await.unwrap();
        source.until("it is gone", |health| health.read().open == 1).await;
        let message = format!("<13>bystander {at}");
        bystander
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
        let (got, not) = until(&mut source, &message).await;
        let shown = String::from_utf8_lossy(&seed[..seed.len().min(40)]).into_owned();
        assert_eq!(
            (got.len() - 1, not.len()),
            (*records, *refused),
            "{shown:?}: {got:?} {not:?}"
        );
        for refused in not {
            assert!(!refused.reason.is_empty() && !refused.hint.is_empty());
            assert!(refused.raw.len() <= Refused::KEPT);
        }
    }
    assert_eq!(
        source.health.read().refused,
        seeds.iter().map(|(_, _, refused)| *refused as u64).sum::<u64>()
    );
    assert!(source.end().await.is_empty());
}

#[tokio::test]
async fn a_connection_that_is_reset_is_noted_and_what_came_before_is_kept() {
    let port = free_port();
    let mut source = listen(port, Transport::Tcp).await;
    reset(connect(port).await);
    let mut stream = connect(port).await;
    stream.write_all(b"<13>before\n<13>half a mess").await.unwrap();
    source
        .until("it was read", |health| health.read().bytes > 0)
        .await;
    reset(stream);
    let (_, refused) = until(&mut source, "<13>before").await;
    let refused = if refused.is_empty() {
        source.delivery().await.refused
    } else {
        refused
    };
    assert_eq!(refused[0].raw, b"<13>half a mess");
    source
        .until("it is noted with the peer", |health| {
            health
                .read()
                .trouble
                .is_some_and(|(_, what)| what.starts_with("127.0.0.1:") && what.contains("broke"))
        })
        .await;
}

async fn tls(port: u16, certificates: &Certificates, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(certificates.file("ca.pem")).unwrap())
        .unwrap();
    let chain = vec![CertificateDer::from_pem_file(certificates.file(&format!("{name}.pem"))).unwrap()];
    let key = PrivateKeyDer::from_pem_file(certificates.file(&format!("{name}.key"))).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)
        .unwrap();
    let server = ServerName::try_from("log.example.org").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(server, connect(port).await)
        .await
}

#[tokio::test]
async fn handshakes_that_fail_are_noted_and_others_still_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::new(folder.path());
    let port = free_port();
    let mut source = certificates.listen(port, Transport::Tls, &[]).await;
    // Half a handshake stays open all the while.
    let mut half = connect(port).await;
    half.write_all(b"\x16\x03\x01\x02\x00\x01\x00").await.unwrap();
    let hostile: [&[u8]; 5] = [
        b"<13>plain text where TLS is spoken\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\0\0\0\0\0",
        b"\x16\x03\x01\xff\xff",
        b"",
    ];
    for bytes in hostile {
        let before = source.health.read().connections;
        let mut stream = connect(port).await;
        stream.write_all(bytes).await.unwrap();
        stream.shutdown().await.unwrap();
        source
            .until("it is turned away", |health| {
                let now = health.read();
                now.connections > before && now.open == 1
            })
            .await;
        let (_, trouble) = source.health.read().trouble.unwrap();
        assert!(
            trouble.starts_with("127.0.0.1:") && trouble.contains("handshake"),
            "{trouble}"
        );
    }
    reset(connect(port).await);
    let mut good = tls(port, &certificates, "fw1.example.org").await.unwrap();
    good.write_all(b"<13>good\n13 <13>two\nlines").await.unwrap();
    good.shutdown().await.unwrap();
    assert_eq!(source.records(2).await, ["<13>good", "<13>two#012lines"]);
    drop(half);
}

#[tokio::test]
async fn a_certificate_of_another_authority_does_not_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let certificates = Certificates::new(folder.path());
    let elsewhere = tempfile::tempdir().unwrap();
    let other = Certificates::new(elsewhere.path());
    let port = free_port();
    let mut source = certificates.listen(port, Transport::Tls, &[]).await;
    // The other authority's sender trusts the listener, but not the other way round.
    std::fs::copy(certificates.file("ca.pem"), other.file("ca.pem")).unwrap();
    if let Ok(mut stream) = tls(port, &other, "fw1.example.org").await {
        // With TLS 1.3 the sender learns of it only when it reads.
        let _ = stream.write_all(b"<13>let me in\n").await;
        assert!(stream.read_u8().await.is_err());
    }
    source
        .until("it is noted", |health| {
            health
                .read()
                .trouble
                .is_some_and(|(_, what)| what.contains("handshake"))
        })
        .await;
    assert!(source.parcels.try_recv().is_err());
}

#[tokio::test]
async fn hostile_relp_sessions_end_and_others_go_on() {
    let port = free_port();
    let mut source = listen(port, Transport::Relp).await;
    let mut good = connect(port).await;
    good.write_all(b"1 open 15 commands=syslog\n").await.unwrap();
    let mut buffer = [0; 1_024];
    assert!(good.read(&mut buffer).await.unwrap() > 0);
    let seeds: [&[u8]; 12] = [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\0\0\0\0",
        b"\xff\xff\xff\xff",
        b"1 syslog 3 <1>\n",
        b"2 open 0\n",
        b"0 open 0\n",
        b"1 open 0\n1 syslog 3 <1>\n",
        b"1 open 0\n9 syslog 3 <1>\n",
        b"1 open 0\n2 syslog 999999999 x",
        b"1 open 0\n2 syslog -1 x\n",
        b"1 open 0\n2 syslog 2 abc\n",
        b"1 open 99999 x",
    ];
    for (at, seed) in seeds.iter().enumerate() {
        let mut hostile = connect(port).await;
        hostile.write_all(seed).await.unwrap();
        let mut answer = Vec::new();
        // A reset is an end, too.
        let _ = hostile.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(
            !answer.contains("rsp 6 200 OK"),
            "no message of it counts: {answer}"
        );
        let (_, trouble) = source.health.read().trouble.unwrap();
        assert!(trouble.starts_with("127.0.0.1:"), "{trouble}");
        let txnr = at + 2;
        let message = format!("<13>good {txnr}");
        let frame = format!("{txnr} syslog {} {message}\n", message.len());
        good.write_all(frame.as_bytes()).await.unwrap();
        let (records, _) = until(&mut source, &message).await;
        assert_eq!(records, [message], "{:?}", String::from_utf8_lossy(seed));
        let bytes = good.read(&mut buffer).await.unwrap();
        assert_eq!(&buffer[..bytes], format!("{txnr} rsp 6 200 OK\n").as_bytes());
    }
    // Half a frame, then nothing.
    let mut half = connect(port).await;
    half.write_all(b"1 open 15 commands=sys").await.unwrap();
    reset(half);
    assert!(source.end().await.is_empty());
}
