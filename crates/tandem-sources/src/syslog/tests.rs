use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::delivery::Parcel;
use crate::settings::SourceSettings;

fn read(text: &str) -> Result<SyslogSettings, String> {
    let settings: SyslogSettings = serde_json::from_str(text).map_err(|error| error.to_string())?;
    settings.check().map(|()| settings)
}

#[test]
fn an_address_and_a_transport_are_enough() {
    let settings = read(r#"{"listen": "[::]:514", "transport": "udp"}"#).unwrap();
    assert_eq!(settings.max_connections, 1_024);
    assert_eq!(settings.framing, Framing::Auto);
    for transport in ["tls", "relp"] {
        let text = format!(
            r#"{{"listen": "0.0.0.0:6514", "transport": "{transport}", "tls": {{"certificate": "c", "key": "k", "client_ca": "a",
                "allowed_names": ["fw1", "*.example.org"]}}}}"#
        );
        read(&text).unwrap();
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_what_to_do() {
    for (text, part) in [
        (r#"{"listen": "somewhere", "transport": "udp"}"#, "socket address"),
        (r#"{"listen": "0.0.0.0:0", "transport": "udp"}"#, "port"),
        (r#"{"listen": "0.0.0.0:514", "transport": "tls"}"#, "certificate"),
        (
            r#"{"listen": "0.0.0.0:514", "transport": "tcp", "tls": {"certificate": "c", "key": "k"}}"#,
            "no meaning",
        ),
        (
            r#"{"listen": "0.0.0.0:514", "transport": "udp", "framing": "lines"}"#,
            "`framing`",
        ),
        (
            r#"{"listen": "0.0.0.0:514", "transport": "tcp", "max_connections": 0}"#,
            "max_connections",
        ),
        (
            r#"{"listen": "0.0.0.0:514", "transport": "tcp", "colour": "red"}"#,
            "colour",
        ),
    ] {
        let why = read(text).unwrap_err();
        assert!(why.contains(part), "{text}: {why}");
    }
}

/// What a connection shares with its source, and where its deliveries arrive. The inlet has room for `room` bytes.
pub(super) fn shared(settings: &str, room: usize) -> (Arc<listen::Shared>, mpsc::Receiver<Parcel>) {
    let from = serde_json::from_str(&format!(r#"{{"syslog": {settings}}}"#)).unwrap();
    let settings = read(settings).unwrap();
    let source = SourceSettings {
        name: "test".into(),
        format: None,
        mapping: None,
        time_zone: None,
        silent_after_minutes: 0,
        from,
    };
    let (inlet, parcels) = crate::delivery::inlet(room);
    let context = Arc::new(Context {
        settings: Arc::new(source),
        name: "test".into(),
        inlet,
        positions: Vec::new(),
        stop: CancellationToken::new(),
        health: Arc::default(),
        record_bytes: 100_000,
    });
    (Arc::new(listen::Shared { context, settings }), parcels)
}

/// A sender's address.
pub(super) fn peer(context: &Context) -> peer::Peer {
    peer::Peer::connected(context, "192.0.2.7:4711".parse().unwrap(), 1)
}

#[test]
fn two_deliveries_of_equal_lines_are_different_ones() {
    let (shared, _) = shared(r#"{"listen": "0.0.0.0:514", "transport": "tcp"}"#, 1);
    let gathered = || batch::Gathered {
        body: b"<1>x\n".to_vec(),
        records: 1,
        refused: Vec::new(),
    };
    let mut one = peer(&shared.context);
    let first = one.delivery(&shared.context, gathered());
    assert_eq!(first.format, Some(tandem_normalise::Format::Syslog));
    assert_eq!(&*first.from, "192.0.2.7");
    let mut later = peer::Peer::connected(&shared.context, "192.0.2.7:4711".parse().unwrap(), 2);
    let mut other = peer::Peer::connected(&shared.context, "192.0.2.7:4712".parse().unwrap(), 1);
    let identities = std::collections::BTreeSet::from([
        first.identity,
        one.delivery(&shared.context, gathered()).identity,
        later.delivery(&shared.context, gathered()).identity,
        other.delivery(&shared.context, gathered()).identity,
    ]);
    assert_eq!(identities.len(), 4);
}
