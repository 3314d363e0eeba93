//! A system that carries out actions, as the tests of actions need it: it believes and signs, or lies, or is down.

use std::collections::{BTreeSet, HashSet};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tandem_connect::inbound::ReplayCache;
use tandem_connect::standard::{self, Headers, SigningKey};
use tandem_domain::Timestamp;
use tandem_server::Config;
use tandem_server::chat::{ActionSettings, ConnectorSettings, Kind};

use crate::chat::{KEY, connector};

/// How the far side behaves.
pub const WELL: u8 = 0;
pub const DOWN: u8 = 1;
pub const UNSIGNED: u8 = 2;
pub const FORGED: u8 = 3;
pub const SAYS_NO: u8 = 4;

/// What the far side says when it does something; it should not repeat the account.
const WORDS: &str = "3 shares of anna.berg\n<script>alert(1)</script>";

/// A system that carries out actions: once for each key.
#[derive(Default)]
pub struct Kept {
    /// Every request: its id and body.
    pub seen: Vec<(String, Value)>,
    /// Keys under which something was done or taken back.
    pub done: HashSet<String>,
}

pub struct FarSide {
    pub address: String,
    mood: Arc<AtomicU8>,
    kept: Arc<Mutex<Kept>>,
}

fn key() -> SigningKey {
    SigningKey::parse(KEY).unwrap()
}

/// A request is believed only with its signature, whatever the time of the test.
fn believed(headers: &HeaderMap, body: &[u8]) -> String {
    let header = |name: &str| headers[name].to_str().unwrap();
    let seconds: i64 = header("webhook-timestamp").parse().unwrap();
    let signed = Headers {
        id: header("webhook-id"),
        timestamp: header("webhook-timestamp"),
        signature: header("webhook-signature"),
    };
    let at = Timestamp::from_seconds(seconds);
    standard::verify(&key(), signed, body, at, &mut ReplayCache::new(9)).unwrap();
    assert_eq!(header("idempotency-key"), signed.id);
    signed.id.to_owned()
}

fn answer(mood: u8, id: &str, seconds: &str) -> Response {
    let ok = mood != SAYS_NO;
    let body = json!({ "ok": ok, "text": WORDS, "outputs": { "sessions_ended": 3 } }).to_string();
    if mood == UNSIGNED {
        return body.into_response();
    }
    let signed = if mood == FORGED { "{}" } else { body.as_str() };
    let at = Timestamp::from_seconds(seconds.parse().unwrap());
    let signature = standard::sign(&key(), id, at, signed.as_bytes());
    let headers = [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", seconds.to_owned()),
        ("webhook-signature", signature),
    ];
    (headers, body).into_response()
}

impl FarSide {
    pub async fn start() -> Self {
        let mood = Arc::new(AtomicU8::new(WELL));
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let (how, keeps) = (Arc::clone(&mood), Arc::clone(&kept));
        let take = move |headers: HeaderMap, body: Bytes| {
            let (how, keeps) = (Arc::clone(&how), Arc::clone(&keeps));
            async move {
                let id = believed(&headers, &body);
                let mood = how.load(Ordering::SeqCst);
                let said: Value = serde_json::from_slice(&body).unwrap();
                let mut kept = keeps.lock().unwrap_or_else(PoisonError::into_inner);
                let acts = said["data"]["phase"] != json!("dry_run");
                kept.seen.push((id.clone(), said));
                if mood == DOWN {
                    return StatusCode::SERVICE_UNAVAILABLE.into_response();
                }
                if acts && mood != SAYS_NO {
                    kept.done.insert(id.clone());
                }
                answer(mood, &id, headers["webhook-timestamp"].to_str().unwrap())
            }
        };
        let router = axum::Router::new().fallback(take);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/tandem", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, mood, kept }
    }

    pub fn is(&self, mood: u8) {
        self.mood.store(mood, Ordering::SeqCst);
    }

    pub fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn done(&self) -> usize {
        self.kept().done.len()
    }

    pub fn ids(&self) -> BTreeSet<String> {
        self.kept().seen.iter().map(|(id, _)| id.clone()).collect()
    }

    pub fn bodies(&self) -> Vec<Value> {
        self.kept().seen.iter().map(|(_, body)| body.clone()).collect()
    }

    /// Adds a connector `directory` that carries these out.
    pub fn serves(&self, config: &mut Config, secrets: &Path, account: bool) {
        let action = |name: &str, undo: bool| ActionSettings {
            name: name.into(),
            dry_run: true,
            undo,
            account,
        };
        config.connectors.push(ConnectorSettings {
            server: Some(self.address.clone()),
            actions: vec![
                action("pause_delete_rights", true),
                action("revoke_sessions", false),
            ],
            ..connector("directory", Kind::Action, secrets, KEY)
        });
    }
}
