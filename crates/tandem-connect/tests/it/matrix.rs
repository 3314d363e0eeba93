//! Against a real homeserver.

use std::time::Duration;

use serde_json::{Value, json};
use tandem_connect::far::matrix::{Matrix, MatrixSettings};
use tandem_connect::inbound::{Inbound, Said};
use tandem_connect::{Anchor, Far, Job, Key, Receipt, Secret, SendError, Verb};

use crate::support::{anchor, base, case, context, http, notice};
use crate::synapse::{self, Synapse};

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn call(method: reqwest::Method, url: &str, token: Option<&str>, body: &Value) -> Value {
    let mut request = client().request(method, url).body(body.to_string());
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

fn adapter(synapse: &Synapse, token: &str, room: Option<&str>) -> Matrix {
    let settings = MatrixSettings {
        server: base(&synapse.address),
        domain: "tandem.test".to_owned(),
        token: Secret::new(token),
        usual_room: room.map(str::to_owned),
    };
    Matrix::new(http(), settings)
}

async fn deliver(far: &Far, job: &Job, place: &Anchor) -> Result<Receipt, SendError> {
    let key = match job {
        Job::Post { notice } | Job::Amend { notice } => notice.key.clone(),
        _ => Key("room".to_owned()),
    };
    far.deliver(job, &context(&key, place)).await
}

/// A colleague with an ordinary client.
struct Colleague<'a> {
    synapse: &'a Synapse,
    token: String,
}

impl Colleague<'_> {
    async fn post(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_matrix/client/v3/{path}", self.synapse.address);
        call(reqwest::Method::POST, &url, Some(&self.token), &body).await
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_matrix/client/v3/{path}", self.synapse.address);
        call(reqwest::Method::PUT, &url, Some(&self.token), &body).await
    }

    async fn read(&self, path: &str) -> Value {
        let url = format!("{}/_matrix/client/v3/{path}", self.synapse.address);
        call(reqwest::Method::GET, &url, Some(&self.token), &json!({})).await
    }
}

#[tokio::test]
async fn a_case_lives_in_a_room_of_a_real_homeserver() {
    let Some(synapse) = synapse::start().await else {
        return;
    };
    let token = synapse.account("tandem").await;
    let it = Colleague {
        synapse: &synapse,
        token: synapse.account("it").await,
    };
    let listener = adapter(&synapse, &token, None);
    let own = listener.whoami().await.unwrap();
    assert_eq!(own, "@tandem:tandem.test");
    let start = listener.listen(&own, None, Duration::ZERO).await.unwrap();
    assert!(start.messages.is_empty());
    let far = Far::Matrix(adapter(&synapse, &token, None));

    let room = opens_once(&far, &it).await;
    let root = speaks(&far, &it, &room).await;
    let heard = answers(&it, &listener, &own, &start.since, &room, &root).await;
    gap_is_filled(&it, &listener, &own, &heard, &room).await;
    listener
        .redact(&room, &root, &Key("redact".to_owned()))
        .await
        .unwrap();
    let event = it
        .read(&format!("rooms/{}/event/{}", escaped(&room), escaped(&root)))
        .await;
    assert!(event["content"]["body"].is_null(), "taken back: {event}");
    closes(&far, &it, &room).await;
    let wrong = adapter(&synapse, "no-such-token", None)
        .whoami()
        .await
        .unwrap_err();
    assert!(wrong.to_string().contains("M_UNKNOWN_TOKEN"), "{wrong}");
}

fn escaped(id: &str) -> String {
    percent_encoding::utf8_percent_encode(id, percent_encoding::NON_ALPHANUMERIC).to_string()
}

async fn opens_once(far: &Far, it: &Colleague<'_>) -> String {
    let open = Job::OpenRoom {
        case: case(),
        topic: "Customer list before the last day".to_owned(),
        members: vec!["@it:tandem.test".to_owned()],
    };
    let first = deliver(far, &open, &Anchor::default()).await.unwrap();
    let again = deliver(far, &open, &Anchor::default()).await.unwrap();
    assert_eq!(first, again, "one room");
    let room = first.room.unwrap();
    let joined = it.post(&format!("join/{}", escaped(&room)), json!({})).await;
    assert_eq!(joined["room_id"].as_str(), Some(room.as_str()), "{joined}");
    room
}

async fn speaks(far: &Far, it: &Colleague<'_>, room: &str) -> String {
    let place = anchor(room, None);
    let job = Job::Post {
        notice: notice("opened"),
    };
    let first = deliver(far, &job, &place).await.unwrap();
    let again = deliver(far, &job, &place).await.unwrap();
    assert_eq!(first, again, "the same transaction is the same event");
    let root = first.message.unwrap();
    let reply = Job::Post {
        notice: notice("shared"),
    };
    deliver(far, &reply, &anchor(room, Some(&root))).await.unwrap();
    let amended = Anchor {
        amended: Some(root.clone()),
        ..place
    };
    deliver(
        far,
        &Job::Amend {
            notice: notice("taken"),
        },
        &amended,
    )
    .await
    .unwrap();
    let path = format!("rooms/{}/messages?dir=b&limit=50", escaped(room));
    let chunk = it.read(&path).await["chunk"].as_array().cloned().unwrap();
    let messages: Vec<&Value> = chunk.iter().filter(|e| e["type"] == "m.room.message").collect();
    assert_eq!(messages.len(), 3, "{chunk:#?}");
    assert!(
        messages[2]["content"]["formatted_body"]
            .as_str()
            .unwrap()
            .contains("C-2026-0042")
    );
    assert_eq!(messages[1]["content"]["m.relates_to"]["rel_type"], "m.thread");
    assert_eq!(messages[0]["content"]["m.relates_to"]["rel_type"], "m.replace");
    root
}

async fn say(it: &Colleague<'_>, room: &str, transaction: &str, content: Value) {
    let path = format!("rooms/{}/send/m.room.message/{transaction}", escaped(room));
    let answer = it.put(&path, content).await;
    assert!(answer["event_id"].is_string(), "{answer}");
}

async fn answers(
    it: &Colleague<'_>,
    matrix: &Matrix,
    own: &str,
    since: &str,
    room: &str,
    root: &str,
) -> String {
    let thread = json!({"rel_type": "m.thread", "event_id": root});
    say(
        it,
        room,
        "t1",
        json!({"msgtype": "m.text", "body": "I have seen it.", "m.relates_to": thread}),
    )
    .await;
    say(
        it,
        room,
        "t2",
        json!({"msgtype": "m.text", "body": "!tandem take C-2026-0042"}),
    )
    .await;
    let mut heard: Vec<Inbound> = Vec::new();
    let mut since = since.to_owned();
    for _ in 0..20 {
        let part = matrix
            .listen(own, Some(&since), Duration::from_secs(2))
            .await
            .unwrap();
        heard.extend(part.messages);
        since = part.since;
        if heard.len() >= 2 {
            break;
        }
    }
    assert_eq!(heard.len(), 2, "{heard:#?}");
    assert_eq!(heard[0].said, Said::Text("I have seen it.".to_owned()));
    assert_eq!(
        (heard[0].user.as_str(), heard[0].thread.as_deref()),
        ("@it:tandem.test", Some(root))
    );
    let press = Said::Press {
        verb: Verb::Take,
        target: "C-2026-0042".to_owned(),
    };
    assert_eq!(heard[1].said, press);
    since
}

/// More than one answer of a sync holds is said while nobody listens.
async fn gap_is_filled(it: &Colleague<'_>, matrix: &Matrix, own: &str, since: &str, room: &str) {
    for number in 0..130 {
        let content = json!({"msgtype": "m.text", "body": format!("word {number}")});
        say(it, room, &format!("g{number}"), content).await;
    }
    let heard = matrix
        .listen(own, Some(since), Duration::from_secs(2))
        .await
        .unwrap();
    let words: Vec<&Said> = heard.messages.iter().map(|m| &m.said).collect();
    let wanted: Vec<Said> = (0..130).map(|n| Said::Text(format!("word {n}"))).collect();
    assert_eq!(words, wanted.iter().collect::<Vec<_>>(), "all, in order, once");
}

async fn closes(far: &Far, it: &Colleague<'_>, room: &str) {
    let place = anchor(room, None);
    let remove = Job::Remove {
        members: vec!["@nobody:tandem.test".to_owned()],
    };
    deliver(far, &remove, &place).await.unwrap();
    deliver(far, &Job::CloseRoom {}, &place).await.unwrap();
    deliver(far, &Job::CloseRoom {}, &place).await.unwrap();
    let path = format!("rooms/{}/send/m.room.message/late", escaped(room));
    let late = it
        .put(&path, json!({"msgtype": "m.text", "body": "one more thing"}))
        .await;
    assert_eq!(late["errcode"], "M_FORBIDDEN", "{late}");
}
