//! Slack's Socket Mode (docs.slack.dev, "Using Socket Mode"): events, clicks and commands over a connection that Tandem
//! opens, for houses behind a firewall. The same parsers read what comes; nothing is signed, TLS and the token vouch for it.

use futures_util::{SinkExt, StreamExt};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream};

use super::field;
use super::slack::outcome;
use crate::net::{Base, Body, Call, Http, SendError};
use crate::secret::Secret;

const FAR: &str = "slack socket";
/// Largest message, bytes.
const MAX_MESSAGE: usize = 1024 * 1024;

/// One thing that Slack sent. Answer it with [`Socket::acknowledge`] once it is kept: Slack sends again what nobody
/// acknowledged.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Names it for the acknowledgement.
    pub id: String,
    /// `events_api`, `interactive` or `slash_commands`.
    pub kind: String,
    /// What the same event would have as body over HTTP.
    pub payload: Value,
}

/// An open connection.
pub struct Socket {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").finish_non_exhaustive()
    }
}

impl Socket {
    /// Asks for an address (`apps.connections.open`) with the app-level token and connects to it. `base` is
    /// `https://slack.com/api` but for tests.
    ///
    /// # Errors
    /// [`SendError`] if Slack refuses the token or cannot be reached.
    pub async fn open(http: &Http, base: &Base, token: &Secret) -> Result<Self, SendError> {
        let call = Call {
            method: Method::POST,
            base,
            path: &["apps.connections.open"],
            query: &[],
            bearer: Some(token),
            headers: &[],
            body: Body::None,
        };
        let answer = outcome(http.send(FAR, &call).await?, &[])?;
        let url = answer["url"].as_str().unwrap_or_default();
        let address = Base::parse(url).map_err(|e| SendError::refused(FAR, e.to_string()))?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        let connecting = tokio_tungstenite::connect_async_tls_with_config(
            address.expose(),
            Some(config),
            true,
            Some(Connector::Rustls(http.tls())),
        );
        match tokio::time::timeout(http.limits().total, connecting).await {
            Ok(Ok((stream, _))) => Ok(Self { stream }),
            // The error may repeat the address, whose query is a ticket.
            Ok(Err(_)) => Err(busy("the connection was refused")),
            Err(_) => Err(busy("no connection in time")),
        }
    }

    /// The next envelope; `None` when Slack closes or asks for a new connection (it does so about every hour): open again.
    ///
    /// # Errors
    /// [`SendError::Busy`] if the connection breaks.
    pub async fn next(&mut self) -> Result<Option<Envelope>, SendError> {
        while let Some(message) = self.stream.next().await {
            let text = match message.map_err(|_| busy("the connection broke"))? {
                Message::Text(text) => text,
                Message::Close(_) => return Ok(None),
                // Pings are answered by the library with the next write or read.
                _ => continue,
            };
            let Ok(value) = serde_json::from_str::<Value>(&text) else {
                continue;
            };
            match value["type"].as_str() {
                Some("disconnect") => return Ok(None),
                Some(kind @ ("events_api" | "interactive" | "slash_commands")) => {
                    return Ok(Some(Envelope {
                        id: field(FAR, &value, "/envelope_id")?,
                        kind: kind.to_owned(),
                        payload: value["payload"].clone(),
                    }));
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Says that an envelope is kept.
    ///
    /// # Errors
    /// [`SendError::Busy`] if the connection breaks; Slack will send the envelope again.
    pub async fn acknowledge(&mut self, id: &str) -> Result<(), SendError> {
        self.write(&json!({"envelope_id": id})).await
    }

    /// Says that an envelope is kept, with what would be the answer's body over HTTP: words for whoever typed a command.
    ///
    /// # Errors
    /// As [`Self::acknowledge`].
    pub async fn answer(&mut self, id: &str, payload: &Value) -> Result<(), SendError> {
        self.write(&json!({"envelope_id": id, "payload": payload})).await
    }

    async fn write(&mut self, message: &Value) -> Result<(), SendError> {
        self.stream
            .send(Message::text(message.to_string()))
            .await
            .map_err(|_| busy("the connection broke"))
    }
}

fn busy(why: &str) -> SendError {
    SendError::Busy {
        far: FAR,
        why: why.to_owned(),
        after: None,
    }
}
