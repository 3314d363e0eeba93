//! The client's bounds: time, size, redirects, TLS.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tandem_connect::far::teams::TeamsHook;
use tandem_connect::{Anchor, Far, Http, Job, Key, Limits, Route, SendError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::recorder::{Recorder, Reply};
use crate::support::{base, context, http, limits, notice};

async fn send(http: Http, address: &str) -> Result<(), SendError> {
    let far = Far::TeamsHook(TeamsHook::new(http, base(address)));
    let job = Job::Post { notice: notice("n") };
    let (key, anchor) = (Key("n".to_owned()), Anchor::default());
    far.deliver(&job, &context(&key, &anchor)).await.map(|_| ())
}

fn quick() -> Http {
    let limits = Limits {
        total: Duration::from_millis(300),
        ..limits()
    };
    Http::new(&Route {
        limits,
        ..Route::default()
    })
    .unwrap()
}

#[tokio::test]
async fn a_server_that_hangs_is_left_in_time_and_in_doubt() {
    let server = Recorder::start(|_| Reply::hang()).await;
    let error = send(quick(), &server.address).await.unwrap_err();
    assert!(matches!(error, SendError::Doubtful { .. }), "{error}");
    assert_eq!(server.seen().len(), 1, "it did get the message");
}

#[tokio::test]
async fn a_body_that_never_ends_is_left_in_time() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await;
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nx")
            .await;
        std::future::pending::<()>().await;
    });
    let error = send(quick(), &address).await.unwrap_err();
    assert!(matches!(error, SendError::Doubtful { .. }), "{error}");
}

#[tokio::test]
async fn an_answer_that_is_too_large_is_not_read() {
    let server = Recorder::start(|_| Reply {
        body: vec![b'x'; 100_000],
        ..Reply::empty(200)
    })
    .await;
    let error = send(http(), &server.address).await.unwrap_err();
    assert!(error.to_string().contains("larger than 65536 bytes"), "{error}");
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let other = Recorder::start(|_| Reply::empty(202)).await;
    let target = other.address.clone();
    let server = Recorder::start(move |_| Reply::empty(307).with("location", &target)).await;
    let error = send(http(), &server.address).await.unwrap_err();
    assert!(
        error.to_string().contains("redirects are not followed"),
        "{error}"
    );
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn statuses_are_sorted_by_what_to_do_next() {
    let status = Arc::new(std::sync::Mutex::new(0));
    let kept = Arc::clone(&status);
    let server = Recorder::start(move |_| Reply::status(*crate::recorder::lock(&kept), &json!({}))).await;
    let mut sorted = Vec::new();
    for code in [200, 202, 301, 400, 401, 404, 408, 413, 429, 500, 502, 503, 504] {
        *crate::recorder::lock(&status) = code;
        let word = match send(http(), &server.address).await {
            Ok(()) => "ok",
            Err(SendError::Limited { .. }) => "limited",
            Err(SendError::Busy { .. }) => "busy",
            Err(SendError::Doubtful { .. }) => "doubtful",
            Err(SendError::Refused { .. }) => "refused",
            Err(other) => panic!("{other}"),
        };
        sorted.push(format!("{code} {word}"));
    }
    insta::assert_snapshot!(sorted.join(", "), @"200 ok, 202 ok, 301 refused, 400 refused, 401 refused, 404 refused, 408 busy, 413 refused, 429 limited, 500 doubtful, 502 doubtful, 503 busy, 504 doubtful");
}

#[tokio::test]
async fn nobody_there_is_no_doubt() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    assert!(matches!(
        send(http(), &address).await,
        Err(SendError::Busy { .. })
    ));
}

/// A TLS server that answers 202, and the certificate it shows.
async fn tls_server() -> (String, rustls::pki_types::CertificateDer<'static>) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let certificate = made.cert.der().clone();
    let key = rustls::pki_types::PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut buffer = vec![0; 65_536];
                let _ = stream.read(&mut buffer).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n")
                    .await;
                let _ = stream.shutdown().await;
            });
        }
    });
    (format!("https://localhost:{port}/"), certificate)
}

#[tokio::test]
async fn a_certificate_of_nobody_s_is_refused_and_one_of_the_house_is_taken() {
    let (address, certificate) = tls_server().await;
    let error = send(http(), &address).await.unwrap_err();
    assert!(matches!(error, SendError::Busy { .. }), "{error}");
    assert!(
        error.to_string().to_lowercase().contains("certificate"),
        "{error}"
    );
    let route = Route {
        limits: limits(),
        authorities: vec![certificate],
        ..Route::default()
    };
    send(Http::new(&route).unwrap(), &address).await.unwrap();
}
