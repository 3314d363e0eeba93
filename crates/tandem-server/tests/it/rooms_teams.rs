//! Microsoft Teams: an activity counts with the Bot Connector's token for this bot, once, and from a linked account.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::signature::KeyPair;
use serde_json::{Value, json};
use tandem_connect::inbound::bot::ISSUER;
use tandem_server::Config;
use tandem_server::chat::{ConnectorSettings, InboundSettings, Kind};

use crate::chat::{connector, send_all};
use crate::office::{Office, office, shared_case};
use crate::rooms::{Back, FarSide, JSON, Served, code, linked, notes, proposed, serve, voted};
use crate::support::Place;

const SERVICE: &str = "https://smba.trafficmanager.net/emea/";
const CHANNEL: &str = "19:c@thread.tacv2";

fn key() -> ring::rsa::KeyPair {
    // Made for tests; it opens nothing.
    let text: String = include_str!("../../../tandem-connect/tests/fixtures/bot-test-key.pkcs8.b64")
        .split_whitespace()
        .collect();
    ring::rsa::KeyPair::from_pkcs8(&STANDARD.decode(text).unwrap()).unwrap()
}

fn keys() -> Value {
    let parts = ring::rsa::PublicKeyComponents::<Vec<u8>>::from(key().public_key());
    json!({"keys": [{"kty": "RSA", "kid": "k1", "n": URL_SAFE_NO_PAD.encode(parts.n),
        "e": URL_SAFE_NO_PAD.encode(parts.e), "endorsements": ["msteams"]}]})
}

/// The Bot Connector, its keys and the token service.
async fn teams() -> FarSide {
    FarSide::start(|seen, before| match seen.path.as_str() {
        "/metadata" => json!({"jwks_uri": format!("http://{}/keys", seen.host)}),
        "/keys" => keys(),
        "/login" => json!({"token_type": "Bearer", "expires_in": 3600, "access_token": "bot-token"}),
        path if path.starts_with("/emea/v3/conversations/") => json!({"id": format!("act{before}")}),
        _ => Value::Null,
    })
    .await
}

fn settings(config: &mut Config, far: &FarSide, secrets: &Path) {
    config.connectors.push(ConnectorSettings {
        server: Some(format!("{}/emea/", far.address)),
        login: Some(format!("{}/login", far.address)),
        app: Some("app".into()),
        room: Some(CHANNEL.into()),
        team: Some("tenant-1".into()),
        inbound: Some(InboundSettings {
            keys: Some(format!("{}/metadata", far.address)),
            ..InboundSettings::default()
        }),
        ..connector("teams", Kind::TeamsBot, secrets, "bot-secret")
    });
}

fn claims() -> Value {
    let now = tandem_server::pipeline::now().0 / 1_000_000;
    json!({"iss": ISSUER, "aud": "app", "nbf": now - 60, "exp": now + 3_600, "serviceurl": SERVICE})
}

fn token(head: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(head), part(claims));
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    let random = ring::rand::SystemRandom::new();
    key.sign(
        &ring::signature::RSA_PKCS1_SHA256,
        &random,
        text.as_bytes(),
        &mut signature,
    )
    .unwrap();
    format!("Bearer {text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn good() -> String {
    token(&json!({"alg": "RS256", "kid": "k1"}), &claims())
}

fn message(user: &str, id: &str, thread: &str, text: &str) -> Value {
    json!({"type": "message", "id": id, "channelId": "msteams", "serviceUrl": SERVICE,
        "from": {"id": "29:x", "aadObjectId": user}, "channelData": {"tenant": {"id": "tenant-1"}},
        "conversation": {"id": format!("{CHANNEL};messageid={thread}")}, "text": text})
}

async fn send(served: &Served, authorization: &str, activity: &Value) -> Back {
    let headers = [("authorization", authorization)];
    served
        .post("teams/teams", &headers, JSON, &activity.to_string())
        .await
}

/// The cards that were posted, oldest first.
fn cards(far: &FarSide) -> Vec<Value> {
    far.posted("/activities")
}

/// A case in a thread of the channel: its number and the thread's first message.
async fn threaded(place: &Place, office: &Office<'_>, far: &FarSide) -> (String, String) {
    let case = shared_case(office).await;
    send_all(place).await;
    let place_of = far
        .seen()
        .iter()
        .position(|seen| seen.path.ends_with("/activities"));
    (case, format!("act{}", place_of.unwrap()))
}

async fn links(served: &Served, office: &Office<'_>) {
    let text = format!("<at>Tandem</at> tandem link {}", code(&office.it).await);
    let back = send(served, &good(), &message("o-1", "a-link", "none", &text)).await;
    assert_eq!(back.status, 200, "{back:?}");
}

#[tokio::test]
async fn only_the_bot_connector_s_token_for_this_bot_is_believed() {
    let (far, secrets) = (teams().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let (case, thread) = threaded(&place, &office, &far).await;
    links(&served, &office).await;
    assert!(linked(&place, "ines").await.contains("o-1"));
    let activity = message("o-1", "a1", &thread, "A planned migration.");
    let now = tandem_server::pipeline::now().0 / 1_000_000;
    for (field, value) in [
        ("aud", json!("another app")),
        ("iss", json!("https://evil.example")),
        ("serviceurl", json!("https://evil.example/")),
        ("exp", json!(now - 3_600)),
    ] {
        let mut claims = claims();
        claims[field] = value;
        let token = token(&json!({"alg": "RS256", "kid": "k1"}), &claims);
        assert_eq!(send(&served, &token, &activity).await.status, 401, "{field}");
    }
    let good = good();
    let unsigned = good.rsplit_once('.').unwrap().0.to_owned();
    let unknown = token(&json!({"alg": "RS256", "kid": "k9"}), &claims());
    for bad in ["", "Bearer x", &format!("{unsigned}.AAAA"), &unknown] {
        assert_eq!(send(&served, bad, &activity).await.status, 401, "{bad}");
    }
    let fetched = far.seen().iter().filter(|seen| seen.path == "/keys").count();
    assert_eq!(
        fetched, 1,
        "forged tokens do not make Tandem ask for keys again and again"
    );
    assert!(notes(&office, &case).await.is_empty());

    assert_eq!(send(&served, &good, &activity).await.status, 200);
    let wanted = [("ines".to_owned(), "A planned migration.".to_owned())];
    assert_eq!(notes(&office, &case).await, wanted);
    assert_eq!(send(&served, &good, &activity).await.status, 200, "sent again");
    assert_eq!(notes(&office, &case).await, wanted, "and taken once");
}

#[tokio::test]
async fn a_button_is_answered_at_once_and_counts_from_a_linked_account() {
    let (far, secrets) = (teams().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let (case, thread) = threaded(&place, &office, &far).await;
    let proposal = proposed(&office, &case).await;
    send_all(&place).await;
    let card = cards(&far).pop().unwrap()["attachments"][0]["content"].clone();
    let actions = card["actions"].as_array().unwrap();
    let approve = actions.iter().find(|action| action["verb"] == json!("approve"));
    let approve = approve.unwrap_or_else(|| panic!("{card}")).clone();
    let press = |id: &str| {
        let mut activity = message("o-1", id, &thread, "");
        activity["type"] = json!("invoke");
        activity["name"] = json!("adaptiveCard/action");
        activity["value"] = json!({"action": approve});
        activity
    };
    let back = send(&served, &good(), &press("i1")).await.json();
    assert!(back["value"].as_str().unwrap().contains("not linked"), "{back}");
    assert_eq!(voted(&office, &case, &proposal).await, json!([]));
    let stranger = message("o-9", "a9", &thread, "Let me add something.");
    assert_eq!(send(&served, &good(), &stranger).await.status, 200);
    send_all(&place).await;
    let last = cards(&far).pop().unwrap().to_string();
    assert!(
        last.contains("not linked") && last.contains("tandem link CODE"),
        "{last}"
    );
    assert!(notes(&office, &case).await.is_empty());

    links(&served, &office).await;
    let back = send(&served, &good(), &press("i2")).await.json();
    assert_eq!(back["statusCode"], json!(200), "{back}");
    assert!(
        back["value"].as_str().unwrap().contains("Your yes is counted"),
        "{back}"
    );
    assert_eq!(voted(&office, &case, &proposal).await, json!(["ines"]));
    let again = send(&served, &good(), &press("i2")).await.json();
    assert!(
        again["value"].as_str().unwrap().contains("taken before"),
        "{again}"
    );

    // The same person in another tenant is somebody else.
    let mut foreign = message("o-1", "a3", &thread, "From elsewhere.");
    foreign["channelData"]["tenant"]["id"] = json!("tenant-2");
    assert_eq!(send(&served, &good(), &foreign).await.status, 200);
    assert!(notes(&office, &case).await.is_empty());
}
