//! A real homeserver: Synapse, if `TANDEM_SYNAPSE_PYTHON` names a Python that has it (`pip install matrix-synapse`).

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use tandem_connect::far::matrix::{Matrix, MatrixSettings};
use tandem_connect::inbound::{Inbound, Said};
use tandem_connect::{Anchor, Far, Job, Key, Receipt, Secret, SendError, Verb};

use crate::support::{anchor, base, case, context, http, notice};

/// Makes accounts possible; only this test's homeserver knows it.
const REGISTRATION: &str = "only for this test";

/// A homeserver of its own, in a folder of its own, ended and swept away when dropped.
struct Synapse {
    child: Child,
    address: String,
    folder: PathBuf,
}

impl Drop for Synapse {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn config(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    let fast = "{per_second: 10000, burst_count: 10000}";
    format!(
        r#"server_name: "tandem.test"
pid_file: "{folder}/hs.pid"
listeners:
  - {{port: {port}, tls: false, type: http, bind_addresses: ["127.0.0.1"], resources: [{{names: [client], compress: false}}]}}
database: {{name: sqlite3, args: {{database: "{folder}/hs.db"}}}}
media_store_path: "{folder}/media"
signing_key_path: "{folder}/signing.key"
registration_shared_secret: "{REGISTRATION}"
macaroon_secret_key: "only for this test"
form_secret: "only for this test"
report_stats: false
enable_registration: false
trusted_key_servers: []
suppress_key_server_warning: true
presence: {{enabled: false}}
federation_domain_whitelist: []
rc_message: {fast}
rc_invites: {{per_room: {fast}, per_user: {fast}, per_issuer: {fast}}}
rc_joins: {{local: {fast}, remote: {fast}}}
"#
    )
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

async fn start(python: &str) -> Synapse {
    let port = free_port();
    let folder = std::env::temp_dir().join(format!("tandem-synapse-{}-{port}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("hs.yaml");
    std::fs::write(&file, config(&folder, port)).unwrap();
    let run = |more: &[&str]| {
        let mut command = Command::new(python);
        command
            .args(["-m", "synapse.app.homeserver", "-c"])
            .arg(&file)
            .args(more);
        command
            .current_dir(&folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    };
    assert!(
        run(&["--generate-keys"]).status().unwrap().success(),
        "synapse makes its keys"
    );
    let child = run(&[]).spawn().unwrap();
    let address = format!("http://127.0.0.1:{port}");
    let synapse = Synapse {
        child,
        address,
        folder,
    };
    for _ in 0..240 {
        if get(&format!("{}/_matrix/client/versions", synapse.address))
            .await
            .is_some()
        {
            return synapse;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("synapse did not start within a minute");
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

async fn get(url: &str) -> Option<Value> {
    let answer = client().get(url).send().await.ok()?;
    serde_json::from_slice(&answer.bytes().await.ok()?).ok()
}

async fn call(method: reqwest::Method, url: &str, token: Option<&str>, body: &Value) -> Value {
    let mut request = client().request(method, url).body(body.to_string());
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// An account and its token (Synapse's shared-secret registration).
async fn account(synapse: &Synapse, name: &str) -> String {
    let url = format!("{}/_synapse/admin/v1/register", synapse.address);
    let nonce = get(&url).await.unwrap()["nonce"].as_str().unwrap().to_owned();
    let mut mac = Hmac::<Sha1>::new_from_slice(REGISTRATION.as_bytes()).unwrap();
    mac.update(format!("{nonce}\0{name}\0pass-{name}\0notadmin").as_bytes());
    let tag: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    let body = json!({"nonce": nonce, "username": name, "password": format!("pass-{name}"), "admin": false, "mac": tag});
    let answer = call(reqwest::Method::POST, &url, None, &body).await;
    answer["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{answer}"))
        .to_owned()
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
    let Ok(python) = std::env::var("TANDEM_SYNAPSE_PYTHON") else {
        println!("skipped: TANDEM_SYNAPSE_PYTHON is not set");
        return;
    };
    let importable = Command::new(&python).args(["-c", "import synapse"]).output();
    if !importable.is_ok_and(|o| o.status.success()) {
        println!("skipped: {python} cannot import synapse");
        return;
    }
    let synapse = start(&python).await;
    let token = account(&synapse, "tandem").await;
    let it = Colleague {
        synapse: &synapse,
        token: account(&synapse, "it").await,
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
