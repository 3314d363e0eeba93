//! A case in a room of a real homeserver.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use tandem_connect::Secret;
use tandem_server::chat::{ConnectorSettings, Kind};

use crate::chat::{connector, send_all};
use crate::office::{Office, done, investigated, office};
use crate::support::{Desk, Place};
use crate::synapse::{self, Synapse};

/// Somebody with an ordinary client.
struct Person<'a> {
    synapse: &'a Synapse,
    token: String,
}

impl<'a> Person<'a> {
    async fn new(synapse: &'a Synapse, name: &str) -> Self {
        let token = synapse.account(name).await;
        Self { synapse, token }
    }

    async fn ask(&self, method: Method, path: &[&str], body: Value) -> Value {
        let mut whole = vec!["_matrix", "client", "v3"];
        whole.extend(path);
        let token = Secret::new(self.token.clone());
        let body = (method != Method::GET).then_some(&body);
        self.synapse
            .try_ask(method, &whole, Some(&token), body)
            .await
            .unwrap()
    }

    async fn join(&self, room: &str) {
        let joined = self.ask(Method::POST, &["join", room], json!({})).await;
        assert_eq!(joined["room_id"].as_str(), Some(room), "{joined}");
    }

    async fn say(&self, room: &str, words: &str) {
        let transaction = blake3_of(words);
        let path = ["rooms", room, "send", "m.room.message", &transaction];
        let said = self
            .ask(Method::PUT, &path, json!({"msgtype": "m.text", "body": words}))
            .await;
        assert!(said["event_id"].is_string(), "{said}");
    }

    /// Everything that was said in a room, the newest last.
    async fn read(&self, room: &str) -> Vec<String> {
        let answer = self.ask(Method::GET, &["sync"], Value::Null).await;
        let events = answer["rooms"]["join"][room]["timeline"]["events"]
            .as_array()
            .cloned();
        let body = |event: Value| event["content"]["body"].as_str().map(str::to_owned);
        events.unwrap_or_default().into_iter().filter_map(body).collect()
    }
}

/// A transaction id of a text.
fn blake3_of(text: &str) -> String {
    tandem_server::secret::token_hash(text)
}

/// Listens until somebody said something, takes it in and sends what is to be answered.
async fn heard(place: &Place) {
    for _ in 0..20 {
        let heard = place.app.hear("matrix", Duration::from_secs(2)).await.unwrap();
        send_all(place).await;
        if heard > 0 {
            return;
        }
    }
    panic!("nothing was heard");
}

async fn code(desk: &Desk<'_>) -> String {
    let code = desk.post("/account/chat-code", json!({})).await;
    assert_eq!(code.status, StatusCode::OK, "{}", code.text);
    code.json()["command"].as_str().unwrap().to_owned()
}

async fn usual_room(tandem: &Person<'_>, others: &[(&str, &Person<'_>)]) -> String {
    let invited: Vec<String> = others
        .iter()
        .map(|(name, _)| format!("@{name}:tandem.test"))
        .collect();
    let made = tandem
        .ask(
            Method::POST,
            &["createRoom"],
            json!({"preset": "private_chat", "invite": invited}),
        )
        .await;
    let room = made["room_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{made}"))
        .to_owned();
    for (_, person) in others {
        person.join(&room).await;
    }
    room
}

#[tokio::test]
async fn a_case_is_worked_on_from_a_room_of_a_real_homeserver() {
    let Some(synapse) = synapse::start().await else {
        return;
    };
    let (tandem, ines, stranger) = (
        Person::new(&synapse, "tandem").await,
        Person::new(&synapse, "ines").await,
        Person::new(&synapse, "stranger").await,
    );
    let usual = usual_room(&tandem, &[("ines", &ines), ("stranger", &stranger)]).await;
    let secrets = tempfile::tempdir().unwrap();
    let place = Place::with(|config| {
        config.connectors.push(ConnectorSettings {
            server: Some(synapse.address.clone()),
            domain: Some("tandem.test".into()),
            room: Some(usual.clone()),
            ..connector("matrix", Kind::Matrix, secrets.path(), &tandem.token)
        });
    })
    .await;
    let office = office(&place).await;
    assert_eq!(
        place.app.hear("matrix", Duration::ZERO).await.unwrap(),
        0,
        "nothing old is heard"
    );
    links(&place, &office, &usual, &ines, &stranger).await;
    let (case, room) = opens(&place, &office, &tandem, &ines).await;
    let scene = Scene {
        place: &place,
        office: &office,
        case: &case,
        room: &room,
        tandem: &tandem,
        ines: &ines,
        stranger: &stranger,
    };
    writes(&scene).await;
    approves(&scene).await;
}

/// A case with its room, and who is in it.
struct Scene<'a> {
    place: &'a Place,
    office: &'a Office<'a>,
    case: &'a str,
    room: &'a str,
    tandem: &'a Person<'a>,
    ines: &'a Person<'a>,
    stranger: &'a Person<'a>,
}

/// A code links the account that sends it, once.
async fn links(place: &Place, office: &Office<'_>, usual: &str, ines: &Person<'_>, stranger: &Person<'_>) {
    let command = code(&office.it).await;
    ines.say(usual, &command).await;
    heard(place).await;
    let linked = |account: &'static str| async move {
        let row = place.app.store.colleague(account).await.unwrap().unwrap();
        row.body
    };
    assert!(linked("ines").await.contains("@ines:tandem.test"));
    let last = ines.read(usual).await.pop().unwrap();
    assert!(last.contains("is linked"), "{last}");
    stranger.say(usual, &command).await;
    heard(place).await;
    assert!(!linked("ines").await.contains("@stranger"), "a code works once");
}

/// A case that is opened appears in a room of its own, with its linked members.
async fn opens(
    place: &Place,
    office: &Office<'_>,
    tandem: &Person<'_>,
    ines: &Person<'_>,
) -> (String, String) {
    let asked =
        json!({ "kind": "data_leakage", "title": "Many files read", "reason": "looks like collecting" });
    let opened = office.it.post("/cases", asked).await;
    assert_eq!(opened.status, StatusCode::OK, "{}", opened.text);
    let case = opened.json()["summary"]["id"].as_str().unwrap().to_owned();
    send_all(place).await;
    let alias = format!("#case-{}:tandem.test", case.to_lowercase());
    let found = tandem
        .ask(Method::GET, &["directory", "room", &alias], Value::Null)
        .await;
    let room = found["room_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{found}"))
        .to_owned();
    ines.join(&room).await;
    let said = tandem.read(&room).await;
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].contains(&case) && !said[0].contains("Many files"),
        "{said:?}"
    );
    (case, room)
}

/// A reply of a linked account lands on the timeline, one of another account does not.
async fn writes(scene: &Scene<'_>) {
    let Scene {
        place,
        office,
        case,
        room,
        tandem,
        ines,
        stranger,
    } = *scene;
    let invite = json!({"user_id": "@stranger:tandem.test"});
    tandem.ask(Method::POST, &["rooms", room, "invite"], invite).await;
    stranger.join(room).await;
    let carl = json!({ "people": { "add": { "account": "carl", "role": "contributor", "reason": "knows the people" } } });
    done(&office.it, case, carl).await;
    ines.say(room, "The folder belongs to a planned migration.").await;
    heard(place).await;
    let seen = office.corporate.get(&format!("/cases/{case}")).await.json();
    let notes: Vec<&Value> = seen["case"]["notes"].as_object().unwrap().values().collect();
    assert_eq!(notes.len(), 1, "{seen}");
    assert_eq!(
        (&notes[0]["author"], &notes[0]["visibility"]),
        (&json!("ines"), &json!("both"))
    );
    let timeline = seen["timeline"].to_string();
    assert!(timeline.contains("planned migration"), "{timeline}");
    stranger.say(room, "Let me add something.").await;
    heard(place).await;
    let seen = office.corporate.get(&format!("/cases/{case}")).await;
    assert!(!seen.text.contains("Let me add"), "{}", seen.text);
    let last = tandem.read(room).await.pop().unwrap();
    assert!(
        last.contains("not linked") && last.contains("!tandem link"),
        "{last}"
    );
}

/// A yes counts from a linked account only, and only for what touches nobody.
async fn approves(scene: &Scene<'_>) {
    let Scene {
        place,
        office,
        case,
        room,
        tandem,
        ines,
        stranger,
    } = *scene;
    investigated(office, case).await;
    let propose = |outcome: &str| json!({ "decision": { "propose": { "wording": { "question": { "close": { "outcome": outcome } }, "reason": "a planned migration" } } } });
    let proposed = done(&office.it, case, propose("unfounded")).await;
    let id = proposed["case"]["proposals"]
        .as_object()
        .unwrap()
        .keys()
        .next()
        .unwrap()
        .clone();
    let voted = || async {
        let seen = office.it.get(&format!("/cases/{case}")).await.json();
        seen["case"]["proposals"][&id]["voted"].clone()
    };
    send_all(place).await;
    let asked = tandem.read(room).await.pop().unwrap();
    let line = asked.lines().find_map(|line| line.strip_prefix("Answer with: "));
    let command = line.unwrap_or_else(|| panic!("{asked}")).to_owned();
    stranger.say(room, &command).await;
    heard(place).await;
    assert_ne!(voted().await, json!(["ines"]), "nobody linked that account");
    ines.say(room, &command).await;
    heard(place).await;
    assert_eq!(voted().await, json!(["ines"]));
    let last = tandem.read(room).await.pop().unwrap();
    assert!(last.contains("Your yes is counted"), "{last}");

    ines.say(room, "!tandem approve D-000001").await;
    heard(place).await;
    let last = tandem.read(room).await.pop().unwrap();
    assert!(last.contains("This needs Tandem"), "{last}");
}
