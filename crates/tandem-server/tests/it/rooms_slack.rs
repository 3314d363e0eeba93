//! Slack: what comes back from it counts only signed, fresh, new, and from a linked account.

use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tandem_server::Config;
use tandem_server::chat::{ConnectorSettings, InboundSettings, Kind};

use crate::chat::{connector, send_all};
use crate::office::{Office, office, shared_case};
use crate::rooms::{
    Back, FORM, FarSide, JSON, Served, code, form, is_offered, linked, notes, proposed, secret, serve, voted,
};
use crate::support::Place;

const SIGNING: &str = "signing-secret-of-this-test";
const ROOM: &str = "C0USUAL";

/// Slack as far as Tandem speaks to it: each message gets a time of its own.
async fn slack() -> FarSide {
    FarSide::start(|seen, before| match seen.path.as_str() {
        "/api/chat.postMessage" => {
            json!({"ok": true, "channel": seen.json()["channel"], "ts": format!("1790000000.{before:06}")})
        }
        "/api/views.open" => json!({"ok": true}),
        _ => json!({"ok": false, "error": "unknown_method"}),
    })
    .await
}

fn settings(config: &mut Config, far: &FarSide, secrets: &Path) {
    config.connectors.push(ConnectorSettings {
        server: Some(format!("{}/api", far.address)),
        room: Some(ROOM.into()),
        case_rooms: false,
        team: Some("T1".into()),
        inbound: Some(InboundSettings {
            secret_file: secret(secrets, "signing", SIGNING),
            ..InboundSettings::default()
        }),
        ..connector("slack", Kind::Slack, secrets, "xoxb-test")
    });
}

fn signature(secret: &str, at: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{at}:{body}").as_bytes());
    let tag = mac.finalize().into_bytes();
    let hex: String = tag.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v0={hex}")
}

fn now() -> i64 {
    tandem_server::pipeline::now().0 / 1_000_000
}

/// Sends as Slack does; `ago` seconds make two requests with the same body two requests.
async fn send(served: &Served, what: &str, kind: &str, body: &str, ago: i64) -> Back {
    let at = (now() - ago).to_string();
    let signature = signature(SIGNING, &at, body);
    signed(served, what, kind, body, (&at, &signature)).await
}

async fn signed(served: &Served, what: &str, kind: &str, body: &str, proof: (&str, &str)) -> Back {
    let headers = [
        ("x-slack-request-timestamp", proof.0),
        ("x-slack-signature", proof.1),
    ];
    served
        .post(&format!("slack/slack/{what}"), &headers, kind, body)
        .await
}

fn command(user: &str, trigger: &str, text: &str) -> String {
    form(&[
        ("team_id", "T1"),
        ("channel_id", ROOM),
        ("user_id", user),
        ("trigger_id", trigger),
        ("command", "/tandem"),
        ("text", text),
    ])
}

fn click(user: &str, action: &Value, message: &str, at: &str) -> String {
    let mut action = action.clone();
    action["action_ts"] = json!(at);
    let payload = json!({
        "type": "block_actions", "user": {"id": user}, "team": {"id": "T1"}, "channel": {"id": ROOM},
        "container": {"message_ts": message}, "trigger_id": format!("trigger-{at}"), "actions": [action],
    });
    form(&[("payload", &payload.to_string())])
}

fn reply(user: &str, id: &str, thread: &str, text: &str) -> String {
    json!({
        "type": "event_callback", "team_id": "T1", "event_id": id,
        "event": {"type": "message", "channel": ROOM, "user": user, "ts": format!("{}.000100", now()),
                  "thread_ts": thread, "text": text},
    })
    .to_string()
}

/// The buttons of a message, by verb.
fn button(message: &Value, verb: &str) -> Value {
    let blocks = message["blocks"].as_array().unwrap().iter();
    let mut elements = blocks.filter_map(|block| block["elements"].as_array()).flatten();
    let begins = format!("tandem.{verb}");
    let found = elements.find(|e| e["action_id"].as_str().is_some_and(|id| id.starts_with(&begins)));
    found.unwrap_or_else(|| panic!("no {verb} in {message}")).clone()
}

/// A case in a thread of the usual room, and the time of its first message.
async fn threaded(place: &Place, office: &Office<'_>, far: &FarSide) -> (String, String, Value) {
    let case = shared_case(office).await;
    send_all(place).await;
    let first = far.posted("/chat.postMessage").remove(0);
    assert!(first.to_string().contains(&case), "{first}");
    (case, "1790000000.000000".to_owned(), first)
}

async fn links(served: &Served, office: &Office<'_>, user: &str) {
    let text = format!("link {}", code(&office.it).await);
    let back = send(
        served,
        "commands",
        FORM,
        &command(user, &format!("t-{user}"), &text),
        0,
    )
    .await;
    assert!(back.text.contains("is linked"), "{back:?}");
}

#[tokio::test]
async fn an_address_is_tried_and_forged_stale_or_repeated_requests_change_nothing() {
    let (far, secrets) = (slack().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let challenge = json!({"type": "url_verification", "challenge": "3eZbrw1a", "token": "x"}).to_string();
    let back = send(&served, "events", JSON, &challenge, 0).await;
    assert_eq!((back.status, back.text.as_str()), (200, "3eZbrw1a"));

    let (case, thread, _) = threaded(&place, &office, &far).await;
    links(&served, &office, "U1").await;
    assert!(linked(&place, "ines").await.contains("U1"));
    let body = reply("U1", "Ev1", &thread, "The folder belongs to a planned migration.");
    let at = now().to_string();
    let good = signature(SIGNING, &at, &body);
    let old = (now() - 301).to_string();
    for (at, tag) in [
        (at.as_str(), signature("another secret", &at, &body)),
        (at.as_str(), signature(SIGNING, &at, "another body")),
        (old.as_str(), signature(SIGNING, &old, &body)),
        (at.as_str(), "v0=00".to_owned()),
        ("", String::new()),
    ] {
        let back = signed(&served, "events", JSON, &body, (at, &tag)).await;
        assert_eq!(back.status, 401, "{back:?}");
        assert!(!back.text.contains(&good), "the right signature is not told");
    }
    assert!(notes(&office, &case).await.is_empty());

    let back = signed(&served, "events", JSON, &body, (&at, &good)).await;
    assert_eq!((back.status, back.text.as_str()), (200, ""), "{back:?}");
    let wanted = [(
        "ines".to_owned(),
        "The folder belongs to a planned migration.".to_owned(),
    )];
    assert_eq!(notes(&office, &case).await, wanted);
    let again = signed(&served, "events", JSON, &body, (&at, &good)).await;
    assert_eq!(again.status, 401, "a replay: {again:?}");
    // Slack sends what it believes lost again, signed anew.
    let retry = send(&served, "events", JSON, &body, 30).await;
    assert_eq!(retry.status, 200, "{retry:?}");
    assert_eq!(notes(&office, &case).await, wanted, "once");
    let other = served.post("slack/other/events", &[], JSON, &body).await;
    assert_eq!(other.status, 401, "{other:?}");
}

#[tokio::test]
async fn a_restart_does_not_make_a_request_new() {
    let (far, secrets) = (slack().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let desk = office(&place).await;
    let (case, thread, _) = threaded(&place, &desk, &far).await;
    let served = serve(&place).await;
    links(&served, &desk, "U1").await;
    let body = reply("U1", "Ev1", &thread, "Said once.");
    let at = now().to_string();
    let proof = signature(SIGNING, &at, &body);
    assert_eq!(
        signed(&served, "events", JSON, &body, (&at, &proof)).await.status,
        200
    );
    let cookie = desk.it.cookie.clone();
    drop(desk);
    // The served router keeps the old process's app; the new one has an empty memory of signatures.
    let config = place.app.config.clone();
    let app = std::sync::Arc::new(tandem_server::App::open(config).await.unwrap());
    let place = Place { dir: place.dir, app };
    let served = serve(&place).await;
    let again = signed(&served, "events", JSON, &body, (&at, &proof)).await;
    assert_eq!(again.status, 200, "{again:?}");
    let it = place.desk(cookie).await;
    let seen = it.get(&format!("/cases/{case}")).await.json();
    assert_eq!(seen["case"]["notes"].as_object().unwrap().len(), 1, "{seen}");
}

#[tokio::test]
async fn an_account_that_nobody_linked_does_nothing_and_is_told_so() {
    let (far, secrets) = (slack().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let (case, thread, first) = threaded(&place, &office, &far).await;
    let before = far.posted("/chat.postMessage").len();

    let back = send(
        &served,
        "commands",
        FORM,
        &command("U9", "t1", &format!("take {case}")),
        0,
    )
    .await;
    assert_eq!(back.status, 200);
    assert!(
        back.text.contains("not linked") && back.text.contains("/tandem link CODE"),
        "{back:?}"
    );
    assert_eq!(back.json()["response_type"], json!("ephemeral"));
    let pressed = click("U9", &button(&first, "take"), &thread, "1790000001.5");
    let back = send(&served, "interactions", FORM, &pressed, 0).await;
    assert_eq!(back.status, 200, "{back:?}");
    let back = send(
        &served,
        "events",
        JSON,
        &reply("U9", "Ev9", &thread, "Let me add something."),
        0,
    )
    .await;
    assert_eq!(back.status, 200, "{back:?}");
    let view = json!({
        "type": "view_submission", "user": {"id": "U9"}, "team": {"id": "T1"},
        "view": {"id": "V9", "callback_id": "tandem.ask", "private_metadata": case,
                 "state": {"values": {"words": {"words": {"value": "Who is it?"}}}}},
    });
    let back = send(
        &served,
        "interactions",
        FORM,
        &form(&[("payload", &view.to_string())]),
        0,
    )
    .await;
    assert_eq!(back.json()["response_action"], json!("errors"), "{back:?}");
    assert!(back.text.contains("not linked"), "{back:?}");

    send_all(&place).await;
    let said = far.posted("/chat.postMessage");
    assert_eq!(
        said.len(),
        before + 2,
        "the click and the words are refused in the thread"
    );
    for refusal in said.iter().skip(before) {
        assert_eq!(refusal["thread_ts"], json!(thread), "{refusal}");
        assert!(refusal.to_string().contains("not linked"), "{refusal}");
    }
    assert!(notes(&office, &case).await.is_empty());
    assert!(is_offered(&office, &case, "ines").await);

    // Somebody of another workspace cannot even link.
    let text = format!("link {}", code(&office.it).await);
    let foreign = command("U9", "t2", &text).replace("T1", "T2");
    let back = send(&served, "commands", FORM, &foreign, 0).await;
    assert!(back.text.contains("not linked"), "{back:?}");
    assert!(!linked(&place, "ines").await.contains("U9"));
}

#[tokio::test]
async fn a_linked_account_takes_asks_and_approves() {
    let (far, secrets) = (slack().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let (case, thread, first) = threaded(&place, &office, &far).await;
    links(&served, &office, "U1").await;

    let back = send(&served, "commands", FORM, &command("U1", "q1", "queue"), 0).await;
    assert!(
        back.text.contains("wait") && !back.text.contains(&case),
        "{back:?}"
    );
    assert!(is_offered(&office, &case, "ines").await);
    let pressed = click("U1", &button(&first, "take"), &thread, "1790000001.5");
    let back = send(&served, "interactions", FORM, &pressed, 0).await;
    assert_eq!((back.status, back.text.as_str()), (200, ""), "{back:?}");
    assert!(!is_offered(&office, &case, "ines").await);

    // The button opens a form; what is written in it is asked.
    let pressed = click("U1", &button(&first, "ask"), &thread, "1790000002.5");
    send(&served, "interactions", FORM, &pressed, 0).await;
    let view = far.posted("/views.open").remove(0);
    assert_eq!(view["view"]["private_metadata"], json!(case), "{view}");
    let payload = json!({
        "type": "view_submission", "user": {"id": "U1"}, "team": {"id": "T1"},
        "view": {"id": "V1", "callback_id": "tandem.ask", "private_metadata": case,
                 "state": {"values": {"words": {"words": {"value": "Was it allowed?"}}}}},
    });
    let asked = form(&[("payload", &payload.to_string())]);
    let back = send(&served, "interactions", FORM, &asked, 0).await;
    assert_eq!((back.status, back.text.as_str()), (200, ""), "the form closes");
    let wanted = (
        "ines".to_owned(),
        "Question to corporate security: Was it allowed?".to_owned(),
    );
    assert_eq!(notes(&office, &case).await, [wanted]);
    send_all(&place).await;
    let last = far.posted("/chat.postMessage").pop().unwrap().to_string();
    assert!(
        last.contains("A question of IT security") && !last.contains("allowed"),
        "{last}"
    );

    let proposal = proposed(&office, &case).await;
    send_all(&place).await;
    let message = far.posted("/chat.postMessage").pop().unwrap();
    let pressed = click("U1", &button(&message, "approve"), &thread, "1790000003.5");
    send(&served, "interactions", FORM, &pressed, 0).await;
    assert_eq!(voted(&office, &case, &proposal).await, json!(["ines"]));
    send_all(&place).await;
    let last = far.posted("/chat.postMessage").pop().unwrap().to_string();
    assert!(last.contains("Your yes is counted"), "{last}");
    let all = far.seen();
    let everything: String = all
        .iter()
        .map(|seen| String::from_utf8_lossy(&seen.body).into_owned())
        .collect();
    assert!(
        !everything.contains("Anna") && !everything.contains("Berg"),
        "pseudonyms only"
    );
}
