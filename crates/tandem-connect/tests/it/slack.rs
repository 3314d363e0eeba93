//! Slack's Web API, with a server that checks requests as Slack does.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tandem_connect::far::slack::Slack;
use tandem_connect::render::slack::question_view;
use tandem_connect::{Anchor, Far, Job, Key, Notice, Receipt, Screened, Secret, SendError};

use crate::recorder::{Recorder, Reply, Seen, lock};
use crate::schemas::slack_complaints;
use crate::support::{Directory, anchor, base, case, context, http, notice};

/// Channels and messages of a workspace.
#[derive(Default)]
pub struct Workspace {
    channels: Vec<(String, String)>,
    members: Vec<(String, String)>,
    pub messages: Vec<Value>,
    /// The next message is kept, but its answer is lost: these are answered instead of the truth, the last one first.
    pub instead: Vec<Reply>,
    /// The bot may not read history.
    pub blind: bool,
}

pub fn answer(workspace: &Mutex<Workspace>, seen: &Seen) -> Reply {
    if seen.header("authorization") != "Bearer xoxb-test" {
        return Reply::json(&json!({"ok": false, "error": "invalid_auth"}));
    }
    let mut workspace = lock(workspace);
    let method = seen.path.strip_prefix("/api/").unwrap_or_default();
    let value = match method {
        "users.lookupByEmail" | "conversations.list" | "conversations.history" | "conversations.replies" => {
            assert_eq!(
                seen.header("content-type"),
                "application/x-www-form-urlencoded",
                "{method} takes forms only"
            );
            workspace.read(method, seen)
        }
        _ => {
            assert_eq!(seen.header("content-type"), "application/json; charset=utf-8");
            workspace.write(method, &seen.json())
        }
    };
    match workspace.instead.pop() {
        Some(reply) => reply,
        None => Reply::json(&value),
    }
}

impl Workspace {
    fn read(&self, method: &str, seen: &Seen) -> Value {
        let form = seen.form();
        match method {
            "users.lookupByEmail" if form["email"] == "a@example.org" => {
                json!({"ok": true, "user": {"id": "U1"}})
            }
            "users.lookupByEmail" => json!({"ok": false, "error": "users_not_found"}),
            "conversations.list" => {
                let channels: Vec<Value> = self
                    .channels
                    .iter()
                    .map(|(id, name)| json!({"id": id, "name": name}))
                    .collect();
                if form.contains_key("cursor") {
                    json!({"ok": true, "channels": channels})
                } else {
                    // An empty first page with a cursor, as Slack sends them.
                    json!({"ok": true, "channels": [], "response_metadata": {"next_cursor": "n1"}})
                }
            }
            _ if self.blind => json!({"ok": false, "error": "missing_scope"}),
            _ => {
                assert_eq!(form["include_all_metadata"], "true");
                json!({"ok": true, "messages": self.messages})
            }
        }
    }

    fn write(&mut self, method: &str, body: &Value) -> Value {
        let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
        match method {
            "chat.postMessage" | "chat.update" => {
                assert_eq!(slack_complaints(body), [] as [String; 0]);
                if !text("channel").starts_with('C') {
                    return json!({"ok": false, "error": "channel_not_found"});
                }
                if method == "chat.update" {
                    return json!({"ok": true, "channel": text("channel"), "ts": text("ts")});
                }
                let ts = format!("1790000000.{:06}", self.messages.len());
                let mut message = body.clone();
                message["ts"] = json!(ts);
                self.messages.push(message);
                json!({"ok": true, "channel": text("channel"), "ts": ts})
            }
            "conversations.create" => {
                if self.channels.iter().any(|(_, name)| *name == text("name")) {
                    return json!({"ok": false, "error": "name_taken"});
                }
                assert_eq!(body["is_private"], true);
                let id = format!("C{}", self.channels.len());
                self.channels.push((id.clone(), text("name")));
                json!({"ok": true, "channel": {"id": id}})
            }
            "conversations.invite" => {
                let member = (text("channel"), text("users"));
                if self.members.contains(&member) {
                    return json!({"ok": false, "error": "already_in_channel"});
                }
                self.members.push(member);
                json!({"ok": true})
            }
            "conversations.kick" => {
                let member = (text("channel"), text("user"));
                if !self.members.contains(&member) {
                    return json!({"ok": false, "error": "not_in_channel"});
                }
                self.members.retain(|m| *m != member);
                json!({"ok": true})
            }
            "conversations.archive" => json!({"ok": false, "error": "already_archived"}),
            "conversations.setTopic" => json!({"ok": true}),
            "views.open" if text("trigger_id") == "old" => {
                json!({"ok": false, "error": "expired_trigger_id"})
            }
            "views.open" => json!({"ok": body["view"]["type"] == "modal"}),
            _ => json!({"ok": false, "error": "unknown_method"}),
        }
    }
}

pub async fn workspace() -> (Recorder, Arc<Mutex<Workspace>>, Far) {
    let state = Arc::new(Mutex::new(Workspace::default()));
    let kept = Arc::clone(&state);
    let server = Recorder::start(move |seen| answer(&kept, seen)).await;
    let far = Far::Slack(slack(&server, "xoxb-test", Some("C9")));
    (server, state, far)
}

fn slack(server: &Recorder, token: &str, room: Option<&str>) -> Slack {
    let address = base(&format!("{}/api", server.address));
    Slack::new(http(), address, Secret::new(token), room.map(str::to_owned))
}

async fn deliver(far: &Far, job: &Job, anchor: &Anchor, doubt: bool) -> Result<Receipt, SendError> {
    let key = match job {
        Job::Post { notice } | Job::Amend { notice } => notice.key.clone(),
        _ => Key("room".to_owned()),
    };
    let mut context = context(&key, anchor);
    context.doubt = doubt;
    far.deliver(job, &context).await
}

fn post(notice: Notice) -> Job {
    Job::Post { notice }
}

#[tokio::test]
async fn a_notice_becomes_a_message_in_its_thread() {
    let (server, state, far) = workspace().await;
    let first = deliver(&far, &post(notice("n1")), &Anchor::default(), false)
        .await
        .unwrap();
    assert_eq!(first.room.as_deref(), Some("C9"));
    let root = first.message.as_deref();
    deliver(&far, &post(notice("n2")), &anchor("C9", root), false)
        .await
        .unwrap();
    assert_eq!(
        server.paths(),
        ["POST /api/chat.postMessage", "POST /api/chat.postMessage"]
    );
    let messages = &lock(&state).messages;
    assert_eq!(messages[0]["thread_ts"], Value::Null);
    assert_eq!(messages[1]["thread_ts"].as_str(), root);
    assert_eq!(messages[1]["metadata"]["event_payload"]["key"], "n2");
}

#[tokio::test]
async fn a_doubtful_message_is_looked_for_before_it_is_sent_again() {
    let (server, state, far) = workspace().await;
    // The message is kept, the answer is a proxy's page.
    lock(&state).instead = vec![Reply {
        status: 200,
        body: b"<html>".to_vec(),
        ..Reply::default()
    }];
    let error = deliver(&far, &post(notice("n1")), &Anchor::default(), false)
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::Doubtful { .. }), "{error}");
    let found = deliver(&far, &post(notice("n1")), &Anchor::default(), true)
        .await
        .unwrap();
    assert_eq!(found.message.as_deref(), Some("1790000000.000000"));
    assert_eq!(lock(&state).messages.len(), 1, "once");
    // What is not there is sent.
    deliver(&far, &post(notice("n2")), &Anchor::default(), true)
        .await
        .unwrap();
    assert_eq!(lock(&state).messages.len(), 2);
    let ids: Vec<Value> = lock(&state)
        .messages
        .iter()
        .map(|m| m["client_msg_id"].clone())
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert!(
        server
            .paths()
            .contains(&"POST /api/conversations.history".to_owned())
    );
}

#[tokio::test]
async fn without_the_right_to_read_nothing_is_lost() {
    let (_server, state, far) = workspace().await;
    lock(&state).blind = true;
    deliver(&far, &post(notice("n1")), &Anchor::default(), true)
        .await
        .unwrap();
    assert_eq!(lock(&state).messages.len(), 1);
}

#[tokio::test]
async fn a_case_room_is_made_once_however_often_it_is_tried() {
    let (server, state, far) = workspace().await;
    let open = Job::OpenRoom {
        case: case(),
        topic: "Customer list before the last day".to_owned(),
        members: vec!["U1".to_owned(), "U2".to_owned()],
    };
    let first = deliver(&far, &open, &Anchor::default(), false).await.unwrap();
    let again = deliver(&far, &open, &Anchor::default(), true).await.unwrap();
    assert_eq!(first, again);
    assert_eq!(
        lock(&state).channels,
        [("C0".to_owned(), "case-c-2026-0042".to_owned())]
    );
    assert_eq!(lock(&state).members.len(), 2);
    let room = anchor("C0", None);
    let remove = Job::Remove {
        members: vec!["U2".to_owned()],
    };
    deliver(&far, &remove, &room, false).await.unwrap();
    deliver(&far, &remove, &room, false).await.unwrap();
    assert_eq!(lock(&state).members, [("C0".to_owned(), "U1".to_owned())]);
    deliver(&far, &Job::CloseRoom {}, &room, false).await.unwrap();
    assert!(
        server
            .paths()
            .contains(&"POST /api/conversations.archive".to_owned())
    );
}

#[tokio::test]
async fn an_earlier_message_is_replaced() {
    let (server, _state, far) = workspace().await;
    let place = Anchor {
        room: Some("C9".to_owned()),
        root: None,
        amended: Some("1.5".to_owned()),
    };
    let receipt = deliver(&far, &Job::Amend { notice: notice("n3") }, &place, false)
        .await
        .unwrap();
    assert_eq!(receipt.message.as_deref(), Some("1.5"));
    assert_eq!(server.paths(), ["POST /api/chat.update"]);
}

#[tokio::test]
async fn a_name_never_reaches_the_wire() {
    let (server, _state, far) = workspace().await;
    let mut title = notice("n1");
    title.title = "Anna Schmidt copied the list".to_owned();
    let mut sentence = notice("n2");
    sentence
        .sentences
        .push("Anna\u{200B} Schmidt, that is.".to_owned());
    let mut escaped = notice("n3");
    escaped.link = "https://tandem.example/people/anna%20schmidt".to_owned();
    for bad in [title, sentence, escaped] {
        let error = deliver(&far, &post(bad), &Anchor::default(), false)
            .await
            .unwrap_err();
        assert!(matches!(error, SendError::Gate(_)), "{error}");
        assert!(!format!("{error:?}").to_lowercase().contains("schmidt"));
    }
    let open = Job::OpenRoom {
        case: case(),
        topic: "O'Hara".to_owned(),
        members: Vec::new(),
    };
    assert!(matches!(
        deliver(&far, &open, &Anchor::default(), false).await,
        Err(SendError::Gate(_))
    ));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn slack_s_errors_are_sorted() {
    let (_server, state, far) = workspace().await;
    let said = |code: &str| Reply::json(&json!({"ok": false, "error": code}));
    let mut outcomes = Vec::new();
    for reply in [
        said("ratelimited"),
        Reply::status(429, &json!({"ok": false, "error": "ratelimited"})).with("retry-after", "7"),
        said("service_unavailable"),
        said("internal_error"),
        said("channel_not_found"),
        said("a_code_of_tomorrow"),
        Reply::empty(503),
        Reply::empty(502),
        Reply::json(&json!({"ok": false})),
    ] {
        lock(&state).instead = vec![reply];
        let error = deliver(&far, &post(notice("n")), &Anchor::default(), false)
            .await
            .unwrap_err();
        outcomes.push(match error {
            SendError::Limited { after, .. } => format!("limited {after:?}"),
            SendError::Busy { .. } => "busy".to_owned(),
            SendError::Doubtful { .. } => "doubtful".to_owned(),
            SendError::Refused { why, .. } => format!("refused {why}"),
            other => format!("{other:?}"),
        });
    }
    insta::assert_debug_snapshot!(outcomes, @r#"
    [
        "limited None",
        "limited Some(Wait(7s))",
        "busy",
        "doubtful",
        "refused channel_not_found",
        "refused a_code_of_tomorrow",
        "busy",
        "doubtful",
        "doubtful",
    ]
    "#);
}

#[tokio::test]
async fn a_wrong_token_is_refused_and_not_repeated() {
    let (server, _state, _far) = workspace().await;
    let far = Far::Slack(slack(&server, "xoxb-wrong-token", None));
    let error = deliver(&far, &post(notice("n")), &anchor("C1", None), false)
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "slack: refused: invalid_auth");
    assert!(!format!("{far:?}").contains("wrong-token"));
    let error = deliver(&far, &post(notice("n")), &Anchor::default(), false)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("no room is known"), "{error}");
}

#[tokio::test]
async fn people_are_found_by_mail_and_asked_in_a_view() {
    let (server, _state, _far) = workspace().await;
    let slack = slack(&server, "xoxb-test", None);
    assert_eq!(
        slack.account_of("a@example.org").await.unwrap().as_deref(),
        Some("U1")
    );
    assert_eq!(slack.account_of("nobody@example.org").await.unwrap(), None);
    let view = || {
        Screened::new(
            question_view("Ask the other side", "Question", "C-2026-0042"),
            &Directory,
        )
        .unwrap()
    };
    slack.open_view("fresh", &view()).await.unwrap();
    assert!(
        slack
            .open_view("old", &view())
            .await
            .unwrap_err()
            .to_string()
            .contains("expired_trigger_id")
    );
}

#[tokio::test]
async fn jobs_that_are_not_slack_s_are_refused() {
    let (_server, _state, far) = workspace().await;
    let mail = Job::Mail {
        to: Vec::new(),
        notice: notice("n"),
        calendar: None,
    };
    let error = deliver(&far, &mail, &Anchor::default(), false).await.unwrap_err();
    assert!(error.to_string().contains("cannot do mail"), "{error}");
}
