//! What the tests of chats share: a far side that keeps what it is sent, and Tandem served over real HTTP.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::to_bytes;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use axum::response::IntoResponse;
use serde_json::{Value, json};
use tandem_connect::net::{Body, Call};
use tandem_connect::{Base, Http, Route};
use tandem_server::http::routes::router;

use crate::office::Office;
use crate::support::{Desk, Place};

/// One request that a far side was sent.
#[derive(Debug, Clone)]
pub struct Seen {
    pub method: String,
    pub path: String,
    pub host: String,
    pub body: Vec<u8>,
}

impl Seen {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

/// A far side.
pub struct FarSide {
    pub address: String,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl FarSide {
    /// `answer` gets the request and how many came before it.
    pub async fn start(answer: impl Fn(&Seen, usize) -> Value + Send + Sync + 'static) -> Self {
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (keeps, answer) = (Arc::clone(&seen), Arc::new(answer));
        let take = move |request: Request| {
            let (keeps, answer) = (Arc::clone(&keeps), Arc::clone(&answer));
            async move {
                let (parts, body) = request.into_parts();
                let host = parts
                    .headers
                    .get("host")
                    .map(|host| host.to_str().unwrap().to_owned());
                let one = Seen {
                    method: parts.method.to_string(),
                    path: parts.uri.path().to_owned(),
                    host: host.unwrap_or_default(),
                    body: to_bytes(body, 1 << 20).await.unwrap().to_vec(),
                };
                let before = {
                    let mut all = keeps.lock().unwrap_or_else(PoisonError::into_inner);
                    all.push(one.clone());
                    all.len() - 1
                };
                match answer(&one, before) {
                    Value::Null => StatusCode::NOT_FOUND.into_response(),
                    answer => axum::Json(answer).into_response(),
                }
            }
        };
        let router = axum::Router::new().fallback(take);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, seen }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Bodies of what was posted to paths with that end.
    pub fn posted(&self, end: &str) -> Vec<Value> {
        let all = self.seen().into_iter();
        all.filter(|one| one.method == "POST" && one.path.ends_with(end))
            .map(|one| one.json())
            .collect()
    }
}

/// What came back over HTTP.
#[derive(Debug)]
pub struct Back {
    pub status: u16,
    pub text: String,
}

impl Back {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }
}

/// Tandem, served.
pub struct Served {
    base: Base,
    http: Http,
}

pub async fn serve(place: &Place) -> Served {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let service = router(Arc::clone(&place.app)).into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Served {
        base: Base::parse(&address).unwrap(),
        http: Http::new(&Route::default()).unwrap(),
    }
}

pub const JSON: &str = "application/json";
pub const FORM: &str = "application/x-www-form-urlencoded";

impl Served {
    /// Posts below `/api/v1/inbound`.
    pub async fn post(&self, path: &str, headers: &[(&str, &str)], kind: &str, body: &str) -> Back {
        let mut whole = vec!["api", "v1", "inbound"];
        whole.extend(path.split('/'));
        let call = Call {
            method: Method::POST,
            base: &self.base,
            path: &whole,
            query: &[],
            bearer: None,
            headers,
            body: Body::Raw(body.as_bytes(), kind),
        };
        let answer = self.http.send("test", &call).await.unwrap();
        Back {
            status: answer.status,
            text: String::from_utf8(answer.body).unwrap(),
        }
    }
}

/// A form's body.
pub fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String {
        let each = |byte: u8| match byte {
            b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        };
        text.bytes().map(each).collect()
    };
    let fields: Vec<String> = fields
        .iter()
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    fields.join("&")
}

pub fn secret(folder: &Path, name: &str, text: &str) -> Option<PathBuf> {
    let file = folder.join(name);
    std::fs::write(&file, text).unwrap();
    Some(file)
}

/// A code that links a chat account.
pub async fn code(desk: &Desk<'_>) -> String {
    let code = desk.post("/account/chat-code", json!({})).await;
    assert_eq!(code.status, StatusCode::OK, "{}", code.text);
    code.json()["code"].as_str().unwrap().to_owned()
}

/// The accounts that a colleague linked.
pub async fn linked(place: &Place, account: &str) -> String {
    place.app.store.colleague(account).await.unwrap().unwrap().body
}

/// A case as its members see it.
pub async fn seen(office: &Office<'_>, case: &str) -> Value {
    office.it.get(&format!("/cases/{case}")).await.json()["case"].clone()
}

/// Texts and authors of a case's notes.
pub async fn notes(office: &Office<'_>, case: &str) -> Vec<(String, String)> {
    let seen = seen(office, case).await;
    let text = |note: &Value, name: &str| note[name].as_str().unwrap().to_owned();
    let notes = seen["notes"].as_object().unwrap().values();
    notes
        .map(|note| (text(note, "author"), text(note, "text")))
        .collect()
}

/// Proposes to close as unfounded; gives the proposal's id.
pub async fn proposed(office: &Office<'_>, case: &str) -> String {
    let seen = crate::office::proposed(office, case).await;
    let proposals = seen["case"]["proposals"].as_object().unwrap();
    proposals.keys().next().unwrap().clone()
}

/// Who has voted on a proposal.
pub async fn voted(office: &Office<'_>, case: &str, proposal: &str) -> Value {
    seen(office, case).await["proposals"][proposal]["voted"].clone()
}

/// True if somebody has yet to say yes to a duty.
pub async fn is_offered(office: &Office<'_>, case: &str, account: &str) -> bool {
    let seen = seen(office, case).await;
    let duties = seen["duties"].as_object().unwrap();
    duties
        .values()
        .any(|duty| duty["holder"] == json!(account) && duty["state"] == json!("offered"))
}
