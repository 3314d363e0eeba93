//! What leaves for chat, mail and webhooks, over real HTTP.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{HeaderMap, Request, StatusCode, header};
use serde_json::{Value, json};
use tandem_connect::outbox::{Cause, Claim, Courier, Lease, OutboxItem, OutboxStore, Policy, Settled};
use tandem_connect::{Job, Key};
use tandem_domain::{Role, Timestamp};
use tandem_server::Config;
use tandem_server::chat::{ConnectorSettings, Kind, Outbox, OutboxError};

use crate::office::{Office, done, office, shared_case};
use crate::support::Place;

/// A signing key, for these tests only.
pub const KEY: &str = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

/// A far side that keeps what it was sent.
struct Receiver {
    address: String,
    /// What it answers.
    status: Arc<AtomicU16>,
    seen: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Receiver {
    async fn start() -> Self {
        let status = Arc::new(AtomicU16::new(200));
        let seen: Arc<Mutex<Vec<(String, Value)>>> = Arc::default();
        let (answers, keeps) = (Arc::clone(&status), Arc::clone(&seen));
        let take = move |headers: HeaderMap, body: Bytes| {
            let (answers, keeps) = (Arc::clone(&answers), Arc::clone(&keeps));
            async move {
                let id = headers["webhook-id"].to_str().unwrap().to_owned();
                let body = serde_json::from_slice(&body).unwrap();
                keeps
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push((id, body));
                StatusCode::from_u16(answers.load(Ordering::SeqCst)).unwrap()
            }
        };
        let router = axum::Router::new().fallback(take);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/in", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self {
            address,
            status,
            seen,
        }
    }

    fn seen(&self) -> Vec<(String, Value)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn events(&self) -> Vec<String> {
        let kind = |(_, body): (String, Value)| body["type"].as_str().unwrap().to_owned();
        self.seen().into_iter().map(kind).collect()
    }

    fn answer(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }
}

pub fn connector(name: &str, kind: Kind, secrets: &Path, secret: &str) -> ConnectorSettings {
    let file = secrets.join(name);
    std::fs::write(&file, secret).unwrap();
    ConnectorSettings {
        name: name.into(),
        kind,
        secret_file: Some(file),
        secret_env: None,
        server: None,
        domain: None,
        team: None,
        room: None,
        case_rooms: true,
        account: None,
        from: None,
        port: None,
        security: None,
        app: None,
        login: None,
        inbound: None,
        actions: Vec::new(),
    }
}

fn hook(config: &mut Config, receiver: &Receiver, secrets: &Path) {
    config.connectors.push(ConnectorSettings {
        server: Some(receiver.address.clone()),
        ..connector("siem", Kind::Hook, secrets, KEY)
    });
}

async fn opened(office: &Office<'_>) -> String {
    let asked =
        json!({ "kind": "data_leakage", "title": "Anna Berg reads too much", "reason": "Anna Berg again" });
    let opened = office.it.post("/cases", asked).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    opened.json()["summary"]["id"].as_str().unwrap().to_owned()
}

/// Sends until nothing more is due.
pub async fn send_all(place: &Place) {
    while place.app.send_messages().await.unwrap().claimed > 0 {}
}

#[tokio::test]
async fn a_case_that_is_opened_is_told_once_and_names_nobody() {
    let (receiver, secrets) = (Receiver::start().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| hook(config, &receiver, secrets.path())).await;
    let office = office(&place).await;
    let case = opened(&office).await;
    assert!(receiver.seen().is_empty(), "it waits in the outbox");
    send_all(&place).await;
    send_all(&place).await;
    assert_eq!(receiver.events(), ["case.opened"]);
    let said = receiver.seen()[0].1.to_string();
    assert!(said.contains(&case), "{said}");
    assert!(!said.contains("Anna") && !said.contains("Berg"), "{said}");

    // What is refused is not told either.
    let refused = office
        .corporate
        .post(
            &format!("/cases/{case}/commands"),
            json!({ "people": { "add": { "account": "carl", "role": "contributor", "reason": "curious" } } }),
        )
        .await;
    assert_ne!(refused.status, StatusCode::OK, "{}", refused.text);
    send_all(&place).await;
    assert_eq!(receiver.events().len(), 1);

    let add = |account: &str| json!({ "people": { "add": { "account": account, "role": "contributor", "reason": "knows the people" } } });
    done(&office.it, &case, add("carl")).await;
    let link =
        json!({ "link": { "link": { "link": { "subject": office.subject }, "reason": "the reader" } } });
    done(&office.it, &case, link).await;
    let asked = json!({
        "subject": office.subject, "fields": ["name"], "purpose": "investigation",
        "reason": "to talk to Anna Berg", "hours": 48,
    });
    let request = office.it.post(&format!("/cases/{case}/disclosures"), asked).await;
    assert_eq!(request.status, StatusCode::OK, "{}", request.text);
    let investigate = json!({ "life": { "investigate": { "reason": "Anna Berg again" } } });
    done(&office.it, &case, investigate).await;
    let propose = json!({ "decision": { "propose": { "wording": { "question": { "close": { "outcome": "unfounded" } }, "reason": "Anna Berg was told to" } } } });
    done(&office.it, &case, propose).await;
    send_all(&place).await;
    let events: BTreeSet<_> = receiver.events().into_iter().collect();
    let wanted = [
        "case.opened",
        "case.joined",
        "disclosure.requested",
        "case.proposal",
    ];
    assert_eq!(events, wanted.map(str::to_owned).into());
    for (_, said) in receiver.seen() {
        let said = said.to_string();
        assert!(!said.contains("Anna") && !said.contains("told to"), "{said}");
    }
}

/// An outbox of a process that dies between sending and writing that down.
pub struct Dying(pub Outbox);

impl OutboxStore for Dying {
    type Error = OutboxError;

    async fn add(&self, item: OutboxItem) -> Result<bool, OutboxError> {
        self.0.add(item).await
    }
    async fn claim(&self, now: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Claim>, OutboxError> {
        self.0.claim(now, until, limit).await
    }
    async fn settle(&self, _: Lease, _: Settled) -> Result<bool, OutboxError> {
        Err(OutboxError::Store(tandem_store::StoreError::NoLedger))
    }
    async fn lane(
        &self,
        connector: &str,
        room: &str,
        thread: Option<&str>,
    ) -> Result<Option<String>, OutboxError> {
        self.0.lane(connector, room, thread).await
    }
    async fn dead(&self, limit: u32) -> Result<Vec<OutboxItem>, OutboxError> {
        self.0.dead(limit).await
    }
    async fn replay(&self, id: i64, now: Timestamp) -> Result<bool, OutboxError> {
        self.0.replay(id, now).await
    }
}

pub fn courier<S: OutboxStore>(place: &Place, store: S) -> Courier<S> {
    let chat = &place.app.chat;
    let lease = Duration::from_secs(60);
    Courier::new(store, chat.senders(), chat.gate(), Policy::default(), lease)
}

#[tokio::test]
async fn a_process_that_dies_after_sending_loses_nothing_and_makes_no_second_message() {
    let (receiver, secrets) = (Receiver::start().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| hook(config, &receiver, secrets.path())).await;
    opened(&office(&place).await).await;
    let dying = courier(&place, Dying(Outbox::of(place.app.store.clone())));
    dying
        .round(&tandem_server::pipeline::now, &|| 1.0)
        .await
        .unwrap_err();
    assert_eq!(receiver.seen().len(), 1, "it was sent, but not written down");
    drop(dying);

    let place = place.reopened().await;
    place.app.learn_names().await.unwrap();
    send_all(&place).await;
    assert_eq!(
        receiver.seen().len(),
        1,
        "the lease of the dead process still runs"
    );
    let later = || tandem_server::pipeline::now().plus_micros(61_000_000);
    let next = courier(&place, Outbox::of(place.app.store.clone()));
    let round = next.round(&later, &|| 1.0).await.unwrap();
    assert_eq!((round.claimed, round.sent), (1, 1));
    let ids: BTreeSet<_> = receiver.seen().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 1, "the receiver knows it by its id and drops it");
    assert_eq!(next.round(&later, &|| 1.0).await.unwrap().claimed, 0);
}

async fn planted(place: &Place, key: &str, text: &str) {
    let now = tandem_server::pipeline::now();
    let job = Job::Hook {
        event: "planted".into(),
        data: json!({ "text": text }),
    };
    let item = OutboxItem::new("siem", key, Key(key.into()), job, now);
    assert!(Outbox::of(place.app.store.clone()).add(item).await.unwrap());
}

#[tokio::test]
async fn a_name_becomes_a_dead_letter_that_is_seen_and_replayed() {
    let (receiver, secrets) = (Receiver::start().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| hook(config, &receiver, secrets.path())).await;
    let office = office(&place).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    planted(&place, "name", "please ask anna.berg@home.example").await;
    send_all(&place).await;
    assert!(receiver.seen().is_empty(), "it never left");
    let outbox = admin.get("/outbox").await;
    assert!(!outbox.text.to_lowercase().contains("anna"), "{}", outbox.text);
    let outbox = outbox.json();
    assert_eq!(outbox["dead"].as_array().unwrap().len(), 1, "{outbox}");
    let why = outbox["dead"][0]["error"].as_str().unwrap();
    assert!(why.contains("redaction gate"), "{why}");
    assert_eq!(office.it.get("/outbox").await.status, StatusCode::FORBIDDEN);
    let replay = office.it.post("/outbox/replay", json!({})).await;
    assert_eq!(replay.status, StatusCode::FORBIDDEN, "{}", replay.text);

    // Replayed as it is, it is stopped again; one that a far side refused goes out once it does not refuse any more.
    receiver.answer(410);
    planted(&place, "gone", "nobody is named").await;
    send_all(&place).await;
    assert_eq!(receiver.seen().len(), 1);
    receiver.answer(200);
    let replay = admin.post("/outbox/replay", json!({})).await;
    assert_eq!(replay.json()["replayed"], json!(2), "{}", replay.text);
    send_all(&place).await;
    assert_eq!(receiver.seen().len(), 2);
    let outbox = admin.get("/outbox").await.json();
    let counts: BTreeMap<_, _> = outbox["counts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| (c["state"].as_str().unwrap(), c["messages"].as_u64().unwrap()))
        .collect();
    assert_eq!(counts, BTreeMap::from([("dead", 1), ("sent", 1)]));
    let acts = office.auditor.get("/ledger?limit=500").await.text;
    assert!(acts.contains("outbox.replay"), "{acts}");
}

fn in_lane(key: &str, job: Job, at: Timestamp) -> OutboxItem {
    OutboxItem::new("rooms", "C-2026-0042", Key(key.into()), job, at)
}

#[tokio::test]
async fn the_outbox_in_a_database_makes_the_library_s_moves() {
    let place = Place::new().await;
    let outbox = Outbox::of(place.app.store.clone());
    let at = |seconds: i64| Timestamp::from_seconds(1_790_000_000 + seconds);
    let open = Job::OpenRoom {
        case: tandem_domain::CaseId::of(2026, 42),
        topic: "a case".into(),
        members: vec!["@ines:home.example".into()],
    };
    assert!(outbox.add(in_lane("room", open, at(0))).await.unwrap());
    assert!(
        outbox
            .add(in_lane("close", Job::CloseRoom {}, at(0)))
            .await
            .unwrap()
    );
    assert!(
        !outbox
            .add(in_lane("close", Job::CloseRoom {}, at(0)))
            .await
            .unwrap()
    );

    let claims = outbox.claim(at(0), at(60), 10).await.unwrap();
    let [first] = claims.as_slice() else {
        panic!("one of the lane: {claims:?}")
    };
    assert_eq!((first.item.key.0.as_str(), first.item.doubt), ("room", false));
    assert!(outbox.claim(at(59), at(99), 10).await.unwrap().is_empty());
    let claims = outbox.claim(at(60), at(120), 10).await.unwrap();
    assert!(claims[0].item.doubt && claims[0].item.attempts == 1, "{claims:?}");
    let sent = || Settled::Sent {
        at: at(61),
        receipt: tandem_connect::Receipt {
            room: Some("!own".into()),
            message: None,
            answer: None,
        },
    };
    assert!(!outbox.settle(first.lease, sent()).await.unwrap(), "too late");
    assert!(outbox.settle(claims[0].lease, sent()).await.unwrap());
    assert_eq!(
        outbox.lane("rooms", "!own", None).await.unwrap().as_deref(),
        Some("C-2026-0042")
    );
    assert_eq!(outbox.lane("rooms", "!other", Some("m")).await.unwrap(), None);

    let claims = outbox.claim(at(62), at(120), 10).await.unwrap();
    assert_eq!(claims[0].anchor.room.as_deref(), Some("!own"));
    let dead = Settled::Dead {
        cause: Cause::Refused,
        at: at(63),
        error: "refused".into(),
    };
    assert!(outbox.settle(claims[0].lease, dead).await.unwrap());
    let dead = outbox.dead(10).await.unwrap();
    assert_eq!(dead[0].last_error.as_deref(), Some("refused"));
    assert!(outbox.replay(dead[0].id, at(64)).await.unwrap());
    assert!(!outbox.replay(dead[0].id, at(64)).await.unwrap(), "once");
    let claims = outbox.claim(at(64), at(120), 10).await.unwrap();
    assert_eq!(
        (claims[0].item.key.0.as_str(), claims[0].item.attempts),
        ("close", 0)
    );
}

#[tokio::test]
async fn a_connector_is_tried_and_says_what_came_back() {
    let (receiver, secrets) = (Receiver::start().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| hook(config, &receiver, secrets.path())).await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let tried = admin.post("/connectors/siem/test", json!({})).await;
    assert_eq!(tried.json()["arrived"], json!(true), "{}", tried.text);
    receiver.answer(500);
    let tried = admin.post("/connectors/siem/test", json!({})).await.json();
    assert_eq!(tried["arrived"], json!(false));
    assert!(tried["said"].as_str().unwrap().contains("500"), "{tried}");
    let none = admin.post("/connectors/other/test", json!({})).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
    let settings = format!("{:?}", place.app.config.connectors);
    assert!(
        !settings.contains("MDEy"),
        "a secret is not in the settings: {settings}"
    );
}

#[tokio::test]
async fn connectors_are_listed_with_what_they_did_and_without_a_secret() {
    let (receiver, secrets) = (Receiver::start().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| {
        hook(config, &receiver, secrets.path());
        config.connectors[0].server = Some(format!("{}?token=secret-word", receiver.address));
    })
    .await;
    let admin = place.colleague("adam", Role::Administrator, None).await;
    let list = async || {
        let list = admin.get("/connectors").await;
        assert_eq!(list.status, StatusCode::OK, "{}", list.text);
        assert!(
            !list.text.contains("secret-word") && !list.text.contains("whsec"),
            "{}",
            list.text
        );
        list.json()["connectors"].as_array().unwrap().clone()
    };
    let fresh = list().await;
    assert_eq!(fresh.len(), 1, "{fresh:?}");
    assert_eq!(fresh[0]["kind"], json!("hook"));
    assert_eq!(fresh[0]["host"], json!("127.0.0.1"));
    assert!(!fresh[0]["goes"].as_array().unwrap().is_empty());
    assert_eq!(
        (&fresh[0]["arrived"], &fresh[0]["failed"]),
        (&Value::Null, &Value::Null)
    );

    // A failure and a success stand side by side, and outlive the process.
    receiver.answer(410);
    planted(&place, "gone", "nobody is named").await;
    send_all(&place).await;
    let after = list().await;
    assert_eq!((&after[0]["dead"], &after[0]["sent"]), (&json!(1), &json!(0)));
    let said = after[0]["failed"]["said"].as_str().unwrap();
    assert!(said.contains("410"), "{said}");
    assert_eq!(after[0]["arrived"], Value::Null);
    let letter = admin.get("/outbox").await.json()["dead"][0].clone();
    assert_eq!(letter["cause"], json!("refused"), "{letter}");
    assert!(letter["next"].as_str().unwrap().contains("Test the connector"));
    assert!(letter["given_up"].is_string(), "{letter}");
    receiver.answer(200);
    let tried = admin.post("/connectors/siem/test", json!({})).await.json();
    assert_eq!(tried["arrived"], json!(true), "{tried}");
    let tested = list().await;
    assert!(
        tested[0]["arrived"].is_string() && tested[0]["failed"].is_object(),
        "{tested:?}"
    );
    assert_eq!(tested[0]["sent"], json!(0), "a test is no message");
    let replay = admin
        .post("/outbox/replay", json!({ "ids": [letter["id"]] }))
        .await;
    assert_eq!(replay.json()["replayed"], json!(1), "{}", replay.text);
    send_all(&place).await;
    let sent = list().await;
    assert_eq!((&sent[0]["dead"], &sent[0]["sent"]), (&json!(0), &json!(1)));
}

#[tokio::test]
async fn connectors_are_for_administrators_and_auditors_and_one_that_left_the_settings_is_named() {
    let place = Place::new().await;
    planted(&place, "left", "nobody is named").await;
    for (account, role, seen) in [
        ("adam", Role::Administrator, true),
        ("uma", Role::Auditor, true),
        ("ines", Role::ItAnalyst, false),
        ("wim", Role::WorksCouncil, false),
        ("stan", Role::Staff, false),
    ] {
        let desk = place.colleague(account, role, None).await;
        let capabilities = desk.get("/session").await.json()["capabilities"].clone();
        assert_eq!(capabilities["sees_connectors"], json!(seen), "{account}");
        assert_eq!(
            capabilities["manages_connectors"],
            json!(role == Role::Administrator),
            "{account}"
        );
        let list = desk.get("/connectors").await;
        if !seen {
            assert_eq!(list.status, StatusCode::FORBIDDEN, "{account}");
            continue;
        }
        let list = list.json();
        let one = &list["connectors"][0];
        assert_eq!((&one["name"], &one["kind"]), (&json!("siem"), &Value::Null));
        assert_eq!(one["waiting"], json!(1), "{list}");
        let manages = desk.post("/connectors/siem/test", json!({})).await.status;
        let wanted = match role {
            Role::Administrator => StatusCode::NOT_FOUND,
            _ => StatusCode::FORBIDDEN,
        };
        assert_eq!(manages, wanted, "{account}");
    }
}

#[tokio::test]
async fn a_wrong_connector_stops_the_start_and_no_secret_is_shown() {
    let secrets = tempfile::tempdir().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut config = Config {
        data_dir: dir.path().join("data"),
        ..Config::default()
    };
    config.connectors.push(ConnectorSettings {
        server: Some("https://siem.example/in".into()),
        ..connector("siem", Kind::Hook, secrets.path(), "topsecret-but-too-short")
    });
    let error = tandem_server::App::open(config).await.err().unwrap();
    let mut text = error.to_string();
    let mut inner = std::error::Error::source(&error);
    while let Some(cause) = inner {
        text = format!("{text}: {cause}");
        inner = cause.source();
    }
    assert!(text.contains("siem") && text.contains("signing key"), "{text}");
    assert!(!text.contains("topsecret"), "{text}");
}

#[tokio::test]
async fn an_alert_of_another_system_is_taken_once_and_only_with_a_token() {
    let place = Place::new().await;
    let token = place.token().await;
    let alert = json!({
        "id": "1700000000.42", "timestamp": "2026-05-04T10:00:00.000+0000",
        "rule": { "id": "5710", "level": 10, "description": "Many failed sign-ins" },
        "agent": { "id": "007", "name": "pc-7" }, "data": { "dstuser": "mona.lind" },
    });
    let send = |path: &str, token: Option<&str>| {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        place.ask(request.body(alert.to_string().into()).unwrap())
    };
    let refused = send("/api/v1/inbound/wazuh", None).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let refused = send("/api/v1/inbound/wazuh?token=made-up", None).await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    let taken = send("/api/v1/inbound/wazuh", Some(&token)).await;
    assert_eq!(taken.status, StatusCode::OK, "{}", taken.text);
    assert_eq!(taken.json()["events"], json!(1), "{}", taken.text);
    let again = send(&format!("/api/v1/inbound/wazuh?token={token}"), None).await;
    assert_eq!(again.json()["repeated"], json!(true), "{}", again.text);
    assert_eq!(place.events().await, 1);
    let unknown = send("/api/v1/inbound/other", Some(&token)).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let wrong = send("/api/v1/inbound/splunk", Some(&token)).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
}

#[tokio::test]
async fn a_shared_case_without_connectors_keeps_no_messages() {
    let place = Place::new().await;
    let office = office(&place).await;
    shared_case(&office).await;
    assert!(place.app.store.outbox(None, 10).await.unwrap().is_empty());
}
