//! Slack's Socket Mode: Tandem opens the connection, and what comes over it is taken like what comes over HTTP.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tandem_server::chat::{ConnectorSettings, InboundSettings, Kind};
use tokio_tungstenite::tungstenite::Message;

use crate::chat::{connector, send_all};
use crate::office::{office, shared_case};
use crate::rooms::{FarSide, code, linked, notes, secret};
use crate::support::Place;

/// Says `say` one after the other, each when the one before was acknowledged; keeps the acknowledgements.
async fn socket(say: Vec<Value>) -> (String, Arc<Mutex<Vec<Value>>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("ws://{}/link", listener.local_addr().unwrap());
    let heard: Arc<Mutex<Vec<Value>>> = Arc::default();
    let keeps = Arc::clone(&heard);
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        for envelope in say {
            socket.send(Message::text(envelope.to_string())).await.unwrap();
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Text(text) = message {
                    let answer = serde_json::from_str(&text).unwrap();
                    keeps.lock().unwrap_or_else(PoisonError::into_inner).push(answer);
                    break;
                }
            }
        }
        let bye = json!({"type": "disconnect", "reason": "refresh_requested"});
        socket.send(Message::text(bye.to_string())).await.unwrap();
    });
    (address, heard)
}

#[tokio::test]
async fn what_comes_over_a_socket_is_taken_and_acknowledged() {
    let url: Arc<Mutex<String>> = Arc::default();
    let place_of = Arc::clone(&url);
    let far = FarSide::start(move |seen, before| match seen.path.as_str() {
        "/api/apps.connections.open" => {
            json!({"ok": true, "url": place_of.lock().unwrap_or_else(PoisonError::into_inner).clone()})
        }
        "/api/chat.postMessage" => {
            json!({"ok": true, "channel": "C1", "ts": format!("1790000000.{before:06}")})
        }
        _ => json!({"ok": false, "error": "unknown_method"}),
    })
    .await;
    let secrets = tempfile::tempdir().unwrap();
    let place = Place::with(|config| {
        config.connectors.push(ConnectorSettings {
            server: Some(format!("{}/api", far.address)),
            room: Some("C1".into()),
            case_rooms: false,
            inbound: Some(InboundSettings {
                socket_file: secret(secrets.path(), "app", "xapp-test"),
                ..InboundSettings::default()
            }),
            ..connector("slack", Kind::Slack, secrets.path(), "xoxb-test")
        });
    })
    .await;
    let office = office(&place).await;
    let case = shared_case(&office).await;
    send_all(&place).await;
    let text = format!("link {}", code(&office.it).await);
    let command = json!({"type": "slash_commands", "envelope_id": "e1", "payload": {
        "team_id": "T1", "channel_id": "C1", "user_id": "U1", "trigger_id": "t1", "text": text}});
    let reply = json!({"type": "events_api", "envelope_id": "e2", "payload": {
        "type": "event_callback", "team_id": "T1", "event_id": "Ev1",
        "event": {"type": "message", "channel": "C1", "user": "U1", "ts": "1790000009.000100",
                  "thread_ts": "1790000000.000000", "text": "A planned migration."}}});
    let odd = json!({"type": "interactive", "envelope_id": "e3", "payload": {"actions": []}});
    let again = json!({"type": "events_api", "envelope_id": "e4", "payload": reply["payload"]});
    let (address, heard) = socket(vec![command, reply, odd, again]).await;
    *url.lock().unwrap_or_else(PoisonError::into_inner) = address;
    assert_eq!(place.app.hear_slack("slack").await.unwrap(), 4);
    assert!(linked(&place, "ines").await.contains("U1"));
    let wanted = [("ines".to_owned(), "A planned migration.".to_owned())];
    assert_eq!(notes(&office, &case).await, wanted, "once");
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let ids: Vec<&str> = heard
        .iter()
        .map(|one| one["envelope_id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["e1", "e2", "e3", "e4"]);
    assert!(heard[0]["payload"].to_string().contains("is linked"), "{heard:?}");
    place.app.hear_slack("other").await.unwrap_err();
}
