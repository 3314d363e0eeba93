//! Syslog from rsyslog: over UDP, TCP in both framings, TLS with a client's certificate, and RELP.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use tandem_sources::syslog::Transport;

use crate::support::{Running, Source, free_port, lines, program, start};
use crate::syslog_support::{Certificates, listen, messages, same};

/// Starts an rsyslog that sends every message of a file, and nothing else. `head` goes before everything, `action` is what
/// it sends with.
fn rsyslog(folder: &Path, messages: &[String], head: &str, action: &str) -> Option<Running> {
    let program = program("rsyslogd")?;
    let file = folder.join("messages");
    let one_line: String = messages.iter().map(|message| format!("{message}\n")).collect();
    std::fs::write(&file, one_line).unwrap();
    let config = format!(
        r#"global(workDirectory="{folder}" maxMessageSize="64k")
{head}
module(load="imfile" mode="polling" pollingInterval="1")
template(name="raw" type="string" string="%msg%")
ruleset(name="send") {{ {action} }}
input(type="imfile" file="{file}" tag="test" ruleset="send" startmsg.regex="^<" readTimeout="1" escapeLF="off")
"#,
        folder = folder.display(),
        file = file.display(),
    );
    let path = folder.join("rsyslog.conf");
    std::fs::write(&path, config).unwrap();
    let mut command = Command::new(program);
    command
        .arg("-n")
        .arg("-f")
        .arg(&path)
        .arg("-i")
        .arg(folder.join("pid"));
    Some(start(&mut command))
}

/// Has rsyslog send with an action, and fails unless the same arrives.
async fn sends(mut source: Source, folder: &Path, sent: Vec<String>, head: &str, action: &str) {
    let Some(_rsyslog) = rsyslog(folder, &sent, head, action) else {
        return;
    };
    let got = source.records(sent.len()).await;
    let wanted = sent
        .into_iter()
        .map(|message| message.replace('\n', "#012"))
        .collect();
    same(got, wanted);
    assert_eq!(source.health.read().refused, 0);
    assert!(source.end().await.is_empty(), "nothing else came");
}

/// Messages, some of several lines.
fn with_newlines(count: usize) -> Vec<String> {
    let mut all = messages(count);
    for message in all.iter_mut().skip(5).step_by(40) {
        message.push_str(": first line\n  second line\n\tthird line");
    }
    all
}

fn forward(port: u16, more: &str) -> String {
    format!(
        r#"action(type="omfwd" target="127.0.0.1" port="{port}" template="raw" action.resumeRetryCount="-1" {more})"#
    )
}

#[tokio::test]
async fn rsyslog_over_tcp_with_octets_counted() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let source = listen(port, Transport::Tcp).await;
    let action = forward(port, r#"protocol="tcp" TCP_Framing="octet-counted""#);
    sends(source, folder.path(), with_newlines(5_000), "", &action).await;
}

#[tokio::test]
async fn rsyslog_over_tcp_with_newlines() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let source = listen(port, Transport::Tcp).await;
    let action = forward(port, r#"protocol="tcp" TCP_Framing="traditional""#);
    sends(source, folder.path(), messages(5_000), "", &action).await;
}

#[tokio::test]
async fn rsyslog_over_udp() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let source = listen(port, Transport::Udp).await;
    let action = forward(port, r#"protocol="udp""#);
    sends(source, folder.path(), with_newlines(100), "", &action).await;
}

fn openssl(certificates: &Certificates, name: &str) -> String {
    format!(
        r#"global(DefaultNetstreamDriver="ossl" DefaultNetstreamDriverCAFile="{ca}"
            DefaultNetstreamDriverCertFile="{certificate}" DefaultNetstreamDriverKeyFile="{key}")"#,
        ca = certificates.file("ca.pem").display(),
        certificate = certificates.file(&format!("{name}.pem")).display(),
        key = certificates.file(&format!("{name}.key")).display(),
    )
}

const OVER_TLS: &str = r#"protocol="tcp" TCP_Framing="octet-counted" StreamDriver="ossl" StreamDriverMode="1"
    StreamDriverAuthMode="x509/name" StreamDriverPermittedPeers="log.example.org""#;

#[tokio::test]
async fn rsyslog_over_tls_with_a_certificate() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let certificates = Certificates::new(folder.path());
    let source = certificates
        .listen(port, Transport::Tls, &["fw1.example.org"])
        .await;
    let head = openssl(&certificates, "fw1.example.org");
    sends(
        source,
        folder.path(),
        with_newlines(3_000),
        &head,
        &forward(port, OVER_TLS),
    )
    .await;
}

#[tokio::test]
async fn rsyslog_with_another_certificate_is_turned_away_and_named() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let certificates = Certificates::new(folder.path());
    certificates.add("fw2.example.org");
    let mut source = certificates
        .listen(port, Transport::Tls, &["fw1.example.org"])
        .await;
    let head = openssl(&certificates, "fw2.example.org");
    let Some(_rsyslog) = rsyslog(folder.path(), &messages(10), &head, &forward(port, OVER_TLS)) else {
        return;
    };
    source
        .until("it is turned away", |health| {
            health
                .read()
                .trouble
                .is_some_and(|(_, what)| what.contains("127.0.0.1") && what.contains("fw2.example.org"))
        })
        .await;
    assert!(source.parcels.try_recv().is_err());
}

fn reliably(port: u16, more: &str) -> String {
    format!(
        r#"action(type="omrelp" target="127.0.0.1" port="{port}" template="raw" windowSize="1000" action.resumeRetryCount="-1"
            action.resumeInterval="1" {more})"#
    )
}

const RELP: &str = r#"module(load="omrelp")"#;

#[tokio::test]
async fn rsyslog_over_relp() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let source = listen(port, Transport::Relp).await;
    sends(
        source,
        folder.path(),
        with_newlines(5_000),
        RELP,
        &reliably(port, ""),
    )
    .await;
}

#[tokio::test]
async fn rsyslog_over_relp_and_tls_with_a_certificate() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let certificates = Certificates::new(folder.path());
    let source = certificates
        .listen(port, Transport::Relp, &["fw1.example.org"])
        .await;
    let tls = format!(
        r#"tls="on" tls.caCert="{}" tls.myCert="{}" tls.myPrivKey="{}" tls.authMode="name" tls.permittedPeer=["log.example.org"]"#,
        certificates.file("ca.pem").display(),
        certificates.file("fw1.example.org.pem").display(),
        certificates.file("fw1.example.org.key").display(),
    );
    sends(
        source,
        folder.path(),
        with_newlines(2_000),
        RELP,
        &reliably(port, &tls),
    )
    .await;
}

#[tokio::test]
async fn over_relp_nothing_is_lost_when_the_listener_is_killed_and_started_again() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let sent = messages(20_000);
    let mut kept: BTreeMap<String, usize> = BTreeMap::new();
    let mut source = listen(port, Transport::Relp).await;
    let Some(_rsyslog) = rsyslog(folder.path(), &sent, RELP, &reliably(port, "")) else {
        return;
    };
    for part in 1..=3 {
        while kept.len() < part * 4_000 {
            for line in lines(&source.delivery().await) {
                *kept.entry(line).or_default() += 1;
            }
        }
        // What is under way is lost with it: it was neither stored nor answered.
        drop(source);
        source = listen_again(port).await;
    }
    while kept.len() < sent.len() {
        for line in lines(&source.delivery().await) {
            *kept.entry(line).or_default() += 1;
        }
    }
    assert_eq!(
        kept.keys().map(String::as_str).collect::<BTreeSet<_>>(),
        sent.iter().map(String::as_str).collect::<BTreeSet<_>>()
    );
    let twice = kept.values().filter(|times| **times > 1).count();
    assert!(
        twice <= 3 * 1_000,
        "only what was stored and not yet answered comes again, one window each time: {twice}"
    );
}

/// The listener on the port that the one before has just left.
async fn listen_again(port: u16) -> Source {
    listen(port, Transport::Relp).await
}
