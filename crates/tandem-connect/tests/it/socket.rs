//! Slack's Socket Mode over a real WebSocket.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tandem_connect::far::slack_socket::Socket;
use tandem_connect::inbound::{Said, slack};
use tandem_connect::{Secret, SendError};
use tokio_tungstenite::tungstenite::Message;

use crate::recorder::{Recorder, Reply};
use crate::support::{NOW, base, http};

/// Says `say` one after the other, each when the one before was acknowledged; answers with the acknowledgements.
async fn slack_side(say: Vec<Value>) -> (String, tokio::task::JoinHandle<Vec<String>>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!(
        "ws://{}/link/?ticket=secret-ticket",
        listener.local_addr().unwrap()
    );
    let work = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
        let hello = json!({"type": "hello", "num_connections": 1});
        socket.send(Message::text(hello.to_string())).await.unwrap();
        socket.send(Message::text("not JSON")).await.unwrap();
        socket.send(Message::Ping("x".into())).await.unwrap();
        let mut acknowledged = Vec::new();
        for envelope in say {
            socket.send(Message::text(envelope.to_string())).await.unwrap();
            if envelope["envelope_id"].is_null() {
                continue;
            }
            while let Some(Ok(message)) = socket.next().await {
                if let Message::Text(text) = message {
                    let answer: Value = serde_json::from_str(&text).unwrap();
                    let words = answer["payload"]["text"].as_str().map(|text| format!(": {text}"));
                    let id = answer["envelope_id"].as_str().unwrap();
                    acknowledged.push(format!("{id}{}", words.unwrap_or_default()));
                    break;
                }
            }
        }
        acknowledged
    });
    (address, work)
}

fn opener(url: String) -> impl Fn(&crate::recorder::Seen) -> Reply {
    move |seen| {
        assert_eq!(
            (seen.method.as_str(), seen.path.as_str()),
            ("POST", "/api/apps.connections.open")
        );
        if seen.header("authorization") != "Bearer xapp-test" {
            return Reply::json(&json!({"ok": false, "error": "invalid_auth"}));
        }
        Reply::json(&json!({"ok": true, "url": url}))
    }
}

#[tokio::test]
async fn replies_and_commands_come_in_and_are_acknowledged() {
    let reply = json!({"type": "events_api", "envelope_id": "e1", "payload": {
        "type": "event_callback", "team_id": "T1", "event_id": "Ev1",
        "event": {"type": "message", "channel": "C1", "user": "U1", "ts": "1790000000.000100", "text": "noted"}}});
    let command = json!({"type": "slash_commands", "envelope_id": "e2", "payload": {
        "team_id": "T1", "channel_id": "C1", "user_id": "U1", "trigger_id": "t", "text": "queue"}});
    let bye = json!({"type": "disconnect", "reason": "refresh_requested"});
    let (url, work) = slack_side(vec![reply, command, bye]).await;
    let server = Recorder::start(opener(url)).await;
    let address = base(&format!("{}/api", server.address));
    let mut socket = Socket::open(&http(), &address, &Secret::new("xapp-test"))
        .await
        .unwrap();
    let first = socket.next().await.unwrap().unwrap();
    let slack::Event::Said(said) = slack::event_payload(&first.payload).unwrap() else {
        panic!("a reply")
    };
    assert_eq!(said.said, Said::Text("noted".to_owned()));
    socket.acknowledge(&first.id).await.unwrap();
    let second = socket.next().await.unwrap().unwrap();
    assert!(slack::slash_payload(&second.payload, NOW).unwrap().is_ok());
    let words = json!({"text": "nothing waits"});
    socket.answer(&second.id, &words).await.unwrap();
    assert_eq!(
        socket.next().await.unwrap(),
        None,
        "Slack asks for a new connection"
    );
    assert_eq!(work.await.unwrap(), ["e1", "e2: nothing waits"]);
}

#[tokio::test]
async fn a_wrong_token_or_a_plain_address_opens_nothing() {
    let server = Recorder::start(opener("ws://10.0.0.1/link?ticket=secret-ticket".to_owned())).await;
    let address = base(&format!("{}/api", server.address));
    let error = Socket::open(&http(), &address, &Secret::new("wrong"))
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::Refused { .. }), "{error}");
    let error = Socket::open(&http(), &address, &Secret::new("xapp-test"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("not https"), "{error}");
    assert!(!format!("{error:?}").contains("secret-ticket"));
}
