//! Microsoft Teams: a workflow's webhook and a bot, with servers that check as those do.

use std::sync::Mutex;

use serde_json::json;
use tandem_connect::far::bot::{Bot, BotSettings};
use tandem_connect::far::teams::TeamsHook;
use tandem_connect::render::teams::MAX_BYTES;
use tandem_connect::{Anchor, Far, Job, Key, Receipt, Secret, SendError};

use crate::recorder::{Recorder, Reply, Seen, lock};
use crate::schemas::{CARD, complaints};
use crate::support::{base, context, http, notice};

/// A workflow takes 28 KB of an Adaptive Card in attachments, and knows its address by the signature in it.
fn workflow(seen: &Seen) -> Reply {
    if seen.query.get("sig").map(String::as_str) != Some("secret-signature") {
        return Reply::status(401, &json!({"error": {"code": "DirectApiAuthorizationRequired"}}));
    }
    if seen.body.len() > MAX_BYTES {
        return Reply::status(413, &json!({"error": {"code": "RequestEntityTooLarge"}}));
    }
    let body = seen.json();
    let card = &body["attachments"][0];
    assert_eq!(card["contentType"], "application/vnd.microsoft.card.adaptive");
    assert_eq!(complaints(CARD, &card["content"]), [] as [String; 0]);
    Reply::empty(202)
}

async fn deliver(far: &Far, key: &str, anchor: &Anchor, amend: bool) -> Result<Receipt, SendError> {
    let notice = notice(key);
    let job = if amend {
        Job::Amend { notice }
    } else {
        Job::Post { notice }
    };
    far.deliver(&job, &context(&Key(key.to_owned()), anchor)).await
}

#[tokio::test]
async fn a_workflow_takes_the_card() {
    let server = Recorder::start(workflow).await;
    let address = base(&format!("{}/workflows/1?sig=secret-signature", server.address));
    let far = Far::TeamsHook(TeamsHook::new(http(), address));
    deliver(&far, "n1", &Anchor::default(), false).await.unwrap();
    assert_eq!(server.paths(), ["POST /workflows/1"]);
    assert!(!format!("{far:?}").contains("secret-signature"));
    let mut large = notice("n2");
    large.sentences = vec!["ü".repeat(1_000); 60];
    let job = Job::Post { notice: large };
    far.deliver(&job, &context(&Key("n2".to_owned()), &Anchor::default()))
        .await
        .unwrap();
}

#[tokio::test]
async fn an_address_that_is_no_longer_good_is_a_refusal_without_the_address() {
    let server = Recorder::start(workflow).await;
    let address = base(&format!("{}/workflows/1?sig=old-signature", server.address));
    let far = Far::TeamsHook(TeamsHook::new(http(), address));
    let error = deliver(&far, "n1", &Anchor::default(), false).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "teams: refused: status 401 DirectApiAuthorizationRequired"
    );
    // Nobody listens there: the words of the client must not hold the address either.
    let gone = base("http://127.0.0.1:9/workflows/1?sig=old-signature");
    let far = Far::TeamsHook(TeamsHook::new(http(), gone));
    let error = deliver(&far, "n1", &Anchor::default(), false).await.unwrap_err();
    assert!(matches!(error, SendError::Busy { .. }), "{error}");
    assert!(!format!("{error:?}").contains("signature"), "{error:?}");
}

/// The token service and the connector in one: tokens are numbered, the first one goes stale.
fn connector(tokens: &Mutex<usize>, seen: &Seen) -> Reply {
    if seen.path == "/login" {
        let form = seen.form();
        assert_eq!(form["grant_type"], "client_credentials");
        assert_eq!(form["scope"], "https://api.botframework.com/.default");
        assert_eq!(
            (form["client_id"].as_str(), form["client_secret"].as_str()),
            ("app", "bot-secret")
        );
        let mut tokens = lock(tokens);
        *tokens += 1;
        let token = format!("token-{tokens}");
        return Reply::json(&json!({"token_type": "Bearer", "expires_in": 3600, "access_token": token}));
    }
    let newest = format!("Bearer token-{}", lock(tokens));
    if seen.header("authorization") != newest {
        return Reply::status(401, &json!({"error": {"code": "Unauthorized"}}));
    }
    let body = seen.json();
    assert_eq!(body["type"], "message");
    assert_eq!(
        complaints(CARD, &body["attachments"][0]["content"]),
        [] as [String; 0]
    );
    Reply::status(201, &json!({"id": "1:act"}))
}

async fn bot() -> (Recorder, std::sync::Arc<Mutex<usize>>, Far) {
    let tokens = std::sync::Arc::new(Mutex::new(0));
    let kept = std::sync::Arc::clone(&tokens);
    let server = Recorder::start(move |seen| connector(&kept, seen)).await;
    let settings = BotSettings {
        login: base(&format!("{}/login", server.address)),
        service: base(&format!("{}/emea/", server.address)),
        app: "app".to_owned(),
        secret: Secret::new("bot-secret"),
        conversation: "19:c@thread.tacv2".to_owned(),
    };
    let far = Far::TeamsBot(Bot::new(http(), settings));
    (server, tokens, far)
}

#[tokio::test]
async fn a_bot_posts_replies_and_replaces_with_one_token() {
    let (server, tokens, far) = bot().await;
    let first = deliver(&far, "n1", &Anchor::default(), false).await.unwrap();
    assert_eq!(first.message.as_deref(), Some("1:act"));
    assert_eq!(first.room.as_deref(), Some("19:c@thread.tacv2"));
    let thread = Anchor {
        root: first.message.clone(),
        ..Anchor::default()
    };
    deliver(&far, "n2", &thread, false).await.unwrap();
    let replaced = Anchor {
        amended: first.message,
        ..Anchor::default()
    };
    deliver(&far, "n3", &replaced, true).await.unwrap();
    assert_eq!(
        server.paths(),
        [
            "POST /login",
            "POST /emea/v3/conversations/19:c@thread.tacv2/activities",
            "POST /emea/v3/conversations/19:c@thread.tacv2;messageid=1:act/activities",
            "PUT /emea/v3/conversations/19:c@thread.tacv2/activities/1:act",
        ]
    );
    assert_eq!(*lock(&tokens), 1);
    assert!(!format!("{far:?}").contains("bot-secret"));
}

#[tokio::test]
async fn a_refused_token_is_fetched_anew() {
    let (_server, tokens, far) = bot().await;
    deliver(&far, "n1", &Anchor::default(), false).await.unwrap();
    *lock(&tokens) = 7;
    let error = deliver(&far, "n2", &Anchor::default(), false).await.unwrap_err();
    assert!(matches!(error, SendError::Busy { .. }), "{error}");
    deliver(&far, "n2", &Anchor::default(), false).await.unwrap();
    assert_eq!(*lock(&tokens), 8);
}
