//! Syslog from syslog-ng: over UDP, TCP and TLS.
//!
//! Debian does not let syslog-ng and rsyslog be installed together. `TANDEM_SYSLOG_NG` may name a folder into which the
//! package was unpacked (`dpkg -x syslog-ng-core_*.deb FOLDER`); the libraries it needs are packages of their own.

use std::path::{Path, PathBuf};
use std::process::Command;

use tandem_sources::syslog::Transport;

use crate::support::{Running, Source, free_port, missing, start};
use crate::syslog_support::{Certificates, listen, messages, same};

fn command() -> Option<Command> {
    let root = std::env::var_os("TANDEM_SYSLOG_NG").map_or_else(|| PathBuf::from("/"), PathBuf::from);
    let program = root.join("usr/sbin/syslog-ng");
    if !program.is_file() {
        missing("syslog-ng");
        return None;
    }
    let libraries = root.join("usr/lib/syslog-ng");
    let modules = std::fs::read_dir(&libraries)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.is_dir() && path.join("libafsocket.so").is_file())
        .expect("its modules are there");
    let mut paths = vec![libraries];
    // Where the libraries are that were unpacked beside it.
    for folder in ["lib", "usr/lib"] {
        let inside = std::fs::read_dir(root.join(folder))
            .into_iter()
            .flatten()
            .flatten();
        paths.extend(
            inside
                .map(|entry| entry.path())
                .filter(|path| path.to_string_lossy().ends_with("-linux-gnu")),
        );
    }
    let mut command = Command::new(program);
    command
        .env("LD_LIBRARY_PATH", std::env::join_paths(paths).unwrap())
        .arg("--module-path")
        .arg(modules);
    Some(command)
}

/// Starts a syslog-ng that sends every line of a file, and nothing else, to `destination`.
fn syslog_ng(folder: &Path, messages: &[String], destination: &str) -> Option<Running> {
    let mut command = command()?;
    let file = folder.join("messages");
    std::fs::write(&file, messages.join("\n") + "\n").unwrap();
    let config = format!(
        r#"@version: 3.35
options {{ log-msg-size(65536); keep-hostname(yes); stats-freq(0); time-reopen(1); }};
source s {{ file("{file}" follow-freq(0.1) flags(no-parse)); }};
destination d {{ {destination} }};
log {{ source(s); destination(d); flags(flow-control); }};
"#,
        file = file.display(),
    );
    let path = folder.join("syslog-ng.conf");
    std::fs::write(&path, config).unwrap();
    command
        .args(["--foreground", "--no-caps", "--cfgfile"])
        .arg(&path);
    for (option, name) in [
        ("--control", "control"),
        ("--persist-file", "persist"),
        ("--pidfile", "pid"),
    ] {
        command.arg(option).arg(folder.join(name));
    }
    Some(start(&mut command))
}

async fn sends(mut source: Source, folder: &Path, sent: Vec<String>, destination: &str) {
    let Some(_syslog_ng) = syslog_ng(folder, &sent, destination) else {
        return;
    };
    let got = source.records(sent.len()).await;
    same(got, sent);
    assert_eq!(source.health.read().refused, 0);
    assert!(source.end().await.is_empty(), "nothing else came");
}

#[tokio::test]
async fn syslog_ng_over_tcp() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let source = listen(port, Transport::Tcp).await;
    let destination =
        format!(r#"network("127.0.0.1" port({port}) transport("tcp") template("${{MESSAGE}}\n"));"#);
    sends(source, folder.path(), messages(5_000), &destination).await;
}

#[tokio::test]
async fn syslog_ng_over_tcp_with_octets_counted() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let mut source = listen(port, Transport::Tcp).await;
    let destination = format!(r#"syslog("127.0.0.1" port({port}) transport("tcp"));"#);
    let sent = messages(1_000);
    let Some(_syslog_ng) = syslog_ng(folder.path(), &sent, &destination) else {
        return;
    };
    // It puts a head of its own before each.
    let got = source.records(sent.len()).await;
    let ends = got.iter().map(|line| match line.split_once("<13>1 2026-05") {
        Some((_, end)) => format!("<13>1 2026-05{end}"),
        None => line.clone(),
    });
    same(ends.collect(), sent);
}

#[tokio::test]
async fn syslog_ng_over_udp() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let source = listen(port, Transport::Udp).await;
    let destination =
        format!(r#"network("127.0.0.1" port({port}) transport("udp") template("${{MESSAGE}}\n"));"#);
    sends(source, folder.path(), messages(100), &destination).await;
}

#[tokio::test]
async fn syslog_ng_over_tls_with_a_certificate() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let certificates = Certificates::new(folder.path());
    let source = certificates
        .listen(port, Transport::Tls, &["*.example.org"])
        .await;
    let destination = format!(
        r#"network("127.0.0.1" port({port}) transport("tls") template("${{MESSAGE}}\n")
            tls(ca-file("{ca}") cert-file("{certificate}") key-file("{key}") peer-verify(required-trusted)));"#,
        ca = certificates.file("ca.pem").display(),
        certificate = certificates.file("fw1.example.org.pem").display(),
        key = certificates.file("fw1.example.org.key").display(),
    );
    sends(source, folder.path(), messages(3_000), &destination).await;
}
