//! Mattermost: a click counts with its seal, a command and a post with their token, each from a linked account.

use std::path::Path;

use serde_json::{Value, json};
use tandem_server::Config;
use tandem_server::chat::{ConnectorSettings, InboundSettings, Kind};

use crate::chat::{connector, send_all};
use crate::office::{Office, office, shared_case};
use crate::rooms::{
    Back, FORM, FarSide, JSON, Served, code, form, linked, notes, proposed, secret, serve, voted,
};
use crate::support::Place;

/// Posts that people wrote, as the server shows them: id, writer, thread, whether a bot wrote it.
const WRITTEN: [(&str, &str, &str, bool); 3] = [
    ("reply1", "u1", "post0", false),
    ("reply9", "u9", "post0", false),
    ("own1", "bot", "post0", true),
];

async fn mattermost() -> FarSide {
    FarSide::start(|seen, before| match (seen.method.as_str(), seen.path.as_str()) {
        ("POST", "/api/v4/posts") => json!({"id": format!("post{before}")}),
        ("GET", path) => {
            let id = path.trim_start_matches("/api/v4/posts/");
            let found = WRITTEN.iter().find(|(known, ..)| *known == id);
            found.map_or(Value::Null, |(id, user, root, bot)| {
                json!({"id": id, "channel_id": "c1", "user_id": user, "root_id": root,
                       "props": {"from_bot": bot.to_string()}})
            })
        }
        _ => Value::Null,
    })
    .await
}

fn settings(config: &mut Config, far: &FarSide, secrets: &Path) {
    config.connectors.push(ConnectorSettings {
        server: Some(far.address.clone()),
        room: Some("c1".into()),
        team: Some("t1".into()),
        case_rooms: false,
        inbound: Some(InboundSettings {
            secret_file: secret(secrets, "seal", "a long random text for this test"),
            command_file: secret(secrets, "command", "command-token"),
            hook_file: secret(secrets, "hook", "hook-token"),
            ..InboundSettings::default()
        }),
        ..connector("mm", Kind::Mattermost, secrets, "mm-token")
    });
}

async fn command(served: &Served, token: &str, user: &str, trigger: &str, text: &str) -> Back {
    let body = form(&[
        ("token", token),
        ("team_id", "t1"),
        ("channel_id", "c1"),
        ("user_id", user),
        ("trigger_id", trigger),
        ("command", "/tandem"),
        ("text", text),
    ]);
    served.post("mattermost/mm/commands", &[], FORM, &body).await
}

async fn click(served: &Served, user: &str, context: &Value) -> Back {
    let body =
        json!({"user_id": user, "channel_id": "c1", "team_id": "t1", "post_id": "post0", "context": context});
    served
        .post("mattermost/mm/clicks", &[], JSON, &body.to_string())
        .await
}

async fn post(served: &Served, token: &str, id: &str, user: &str, text: &str) -> Back {
    let body = json!({"token": token, "team_id": "t1", "channel_id": "c1", "user_id": user, "post_id": id,
        "timestamp": 1_790_000_000_000_i64, "text": text, "trigger_word": ""});
    served
        .post("mattermost/mm/posts", &[], JSON, &body.to_string())
        .await
}

/// What a button of a post hands back.
fn context(post: &Value, verb: &str) -> Value {
    let actions = post["props"]["attachments"][0]["actions"].as_array();
    let actions = actions.unwrap_or_else(|| panic!("no buttons in {post}"));
    let found = actions
        .iter()
        .map(|action| &action["integration"])
        .find(|integration| integration["context"]["verb"] == json!(verb));
    let found = found.unwrap_or_else(|| panic!("no {verb} in {post}"));
    let address = found["url"].as_str().unwrap();
    assert!(
        address.ends_with("/api/v1/inbound/mattermost/mm/clicks"),
        "{address}"
    );
    found["context"].clone()
}

async fn links(served: &Served, office: &Office<'_>) {
    let text = format!("link {}", code(&office.it).await);
    let back = command(served, "command-token", "u1", "t-link", &text).await;
    assert!(back.text.contains("is linked"), "{back:?}");
}

#[tokio::test]
async fn a_click_counts_with_its_seal_once_and_from_a_linked_account() {
    let (far, secrets) = (mattermost().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let case = shared_case(&office).await;
    let proposal = proposed(&office, &case).await;
    send_all(&place).await;
    let asked = far.posted("/posts").pop().unwrap();
    let approve = context(&asked, "approve");

    let back = click(&served, "u1", &approve).await;
    assert_eq!(back.status, 200);
    assert!(
        back.json()["ephemeral_text"]
            .as_str()
            .unwrap()
            .contains("not linked"),
        "{back:?}"
    );
    for (field, value) in [
        ("verb", "take"),
        ("target", case.as_str()),
        ("notice", "another"),
        ("seal", "00ff"),
    ] {
        let mut forged = approve.clone();
        forged[field] = json!(value);
        assert_eq!(click(&served, "u1", &forged).await.status, 401, "{field}");
    }
    assert_eq!(voted(&office, &case, &proposal).await, json!([]));

    links(&served, &office).await;
    assert!(linked(&place, "ines").await.contains("u1"));
    let back = click(&served, "u1", &approve).await;
    assert!(back.text.contains("Your yes is counted"), "{back:?}");
    assert_eq!(voted(&office, &case, &proposal).await, json!(["ines"]));
    let again = click(&served, "u1", &approve).await;
    assert_eq!(again.status, 401, "a replay: {again:?}");
}

#[tokio::test]
async fn a_command_needs_its_token_and_is_taken_once() {
    let (far, secrets) = (mattermost().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let case = shared_case(&office).await;
    let forged = command(&served, "made-up", "u1", "t1", "help").await;
    assert_eq!(forged.status, 401, "{forged:?}");
    let text = format!("ask {case} Was it allowed?");
    let stranger = command(&served, "command-token", "u9", "t2", &text).await;
    assert!(stranger.text.contains("not linked"), "{stranger:?}");
    links(&served, &office).await;
    let back = command(&served, "command-token", "u1", "t3", &text).await;
    assert!(back.text.contains("Your question is asked"), "{back:?}");
    let again = command(&served, "command-token", "u1", "t3", &text).await;
    assert_eq!(again.status, 401, "a replay: {again:?}");
    assert_eq!(notes(&office, &case).await.len(), 1);
    let back = command(&served, "command-token", "u1", "t4", &format!("case {case}")).await;
    assert!(back.text.contains("Phase:"), "{back:?}");
    let none = command(&served, "command-token", "u1", "t5", "case C-2026-9999").await;
    assert!(none.text.contains("You work on no case"), "{none:?}");
    let wrong = command(&served, "command-token", "u1", "t6", "destroy everything").await;
    assert!(wrong.text.contains("not a command"), "{wrong:?}");
    let acts = office.auditor.get("/ledger?limit=500").await.text;
    assert!(acts.contains("case.look"), "a look in a chat is a look: {acts}");
}

#[tokio::test]
async fn a_reply_lands_on_the_timeline_if_the_server_knows_the_post() {
    let (far, secrets) = (mattermost().await, tempfile::tempdir().unwrap());
    let place = Place::with(|config| settings(config, &far, secrets.path())).await;
    let office = office(&place).await;
    let served = serve(&place).await;
    let case = shared_case(&office).await;
    send_all(&place).await;
    links(&served, &office).await;
    let before = far.posted("/posts").len();

    let said = "A planned migration.";
    assert_eq!(post(&served, "made-up", "reply1", "u1", said).await.status, 401);
    assert_eq!(
        post(&served, "hook-token", "reply1", "u7", said).await.status,
        401,
        "another writer"
    );
    assert_eq!(
        post(&served, "hook-token", "none", "u1", said).await.status,
        503,
        "no such post"
    );
    assert_eq!(
        post(&served, "hook-token", "own1", "bot", "Not linked")
            .await
            .status,
        200
    );
    assert!(notes(&office, &case).await.is_empty());
    send_all(&place).await;
    assert_eq!(
        far.posted("/posts").len(),
        before,
        "Tandem does not answer itself"
    );

    assert_eq!(
        post(&served, "hook-token", "reply1", "u1", said).await.status,
        200
    );
    assert_eq!(
        post(&served, "hook-token", "reply1", "u1", said).await.status,
        200
    );
    assert_eq!(
        notes(&office, &case).await,
        [("ines".to_owned(), said.to_owned())]
    );
    assert_eq!(
        post(&served, "hook-token", "reply9", "u9", "Let me add.")
            .await
            .status,
        200
    );
    send_all(&place).await;
    let last = far.posted("/posts").pop().unwrap();
    assert!(last.to_string().contains("not linked"), "{last}");
    assert_eq!(last["root_id"], json!("post0"), "{last}");
    assert_eq!(notes(&office, &case).await.len(), 1);
}
