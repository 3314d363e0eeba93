//! Mattermost's REST API, with a server that checks requests as Mattermost does.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tandem_connect::far::mattermost::{IncomingHook, Mattermost, MattermostSettings};
use tandem_connect::render::mattermost::Clicks;
use tandem_connect::{Anchor, Far, Job, Key, Receipt, Secret, SendError};

use crate::recorder::{Recorder, Reply, Seen, lock};
use crate::support::{anchor, base, case, context, http, notice};

#[derive(Default)]
struct Server {
    channel: Option<Value>,
    members: Vec<String>,
    posts: Vec<Value>,
    lose_answer: bool,
}

fn refuse(status: u16, id: &str) -> Reply {
    Reply::status(status, &json!({"id": id, "message": "no", "status_code": status}))
}

fn answer(server: &Mutex<Server>, seen: &Seen) -> Reply {
    if seen.header("authorization") != "Bearer mm-token" {
        return refuse(401, "api.context.session_expired.app_error");
    }
    let mut server = lock(server);
    let parts: Vec<&str> = seen.path.trim_start_matches("/api/v4/").split('/').collect();
    match (seen.method.as_str(), parts.as_slice()) {
        ("POST", ["posts"]) => server.post(&seen.json()),
        ("PUT", ["posts", id, "patch"]) => Reply::json(&json!({"id": id})),
        ("POST", ["channels"]) => server.create(seen.json()),
        ("GET", ["teams", "t1", "channels", "name", "case-c-2026-0042"]) => {
            server.channel.as_ref().map_or(Reply::empty(404), Reply::json)
        }
        ("POST", ["channels", "c1", "members"]) => {
            server
                .members
                .push(seen.json()["user_id"].as_str().unwrap().to_owned());
            Reply::status(201, &json!({}))
        }
        ("DELETE", ["channels", "c1", "members", user]) => {
            if server.members.iter().any(|m| m == user) {
                server.members.retain(|m| m != user);
                return Reply::json(&json!({"status": "OK"}));
            }
            refuse(404, "store.sql_channel.get_member.missing.app_error")
        }
        ("DELETE", ["channels", "c1"]) => Reply::json(&json!({"status": "OK"})),
        ("GET", ["channels", "c1", "posts"]) => {
            assert!(
                seen.query["since"].parse::<i64>().unwrap() > 1_700_000_000_000,
                "milliseconds"
            );
            let posts: serde_json::Map<String, Value> = server
                .posts
                .iter()
                .map(|p| (p["id"].as_str().unwrap().to_owned(), p.clone()))
                .collect();
            Reply::json(&json!({"order": [], "posts": posts}))
        }
        ("GET", ["posts", "p7"]) => Reply::json(
            &json!({"id": "p7", "channel_id": "c1", "user_id": "u1", "root_id": "p0", "props": {}}),
        ),
        ("GET", ["posts", "p8"]) => Reply::json(
            &json!({"id": "p8", "channel_id": "c1", "user_id": "bot", "root_id": "", "props": {"from_bot": "true"}}),
        ),
        ("GET", ["users", "email", "a@example.org"]) => Reply::json(&json!({"id": "u1"})),
        _ => refuse(404, "api.context.404.app_error"),
    }
}

impl Server {
    fn post(&mut self, body: &Value) -> Reply {
        if body["channel_id"] != "c1" {
            return refuse(403, "api.context.permissions.app_error");
        }
        let actions = body["props"]["attachments"][0]["actions"].as_array().unwrap();
        for action in actions {
            // The server finds a button again only by an id of letters and digits.
            assert!(action["id"].as_str().unwrap().chars().all(char::is_alphanumeric));
        }
        let mut post = body.clone();
        post["id"] = json!(format!("p{}", self.posts.len()));
        self.posts.push(post.clone());
        if std::mem::take(&mut self.lose_answer) {
            return Reply::empty(502);
        }
        Reply::status(201, &post)
    }

    fn create(&mut self, body: Value) -> Reply {
        if self.channel.is_some() {
            return refuse(400, "store.sql_channel.save_channel.exists.app_error");
        }
        assert_eq!((&body["type"], &body["team_id"]), (&json!("P"), &json!("t1")));
        let mut channel = body;
        channel["id"] = json!("c1");
        self.channel = Some(channel.clone());
        Reply::status(201, &channel)
    }
}

async fn start() -> (Recorder, Arc<Mutex<Server>>, Mattermost) {
    let state = Arc::new(Mutex::new(Server::default()));
    let kept = Arc::clone(&state);
    let server = Recorder::start(move |seen| answer(&kept, seen)).await;
    let settings = MattermostSettings {
        server: base(&server.address),
        token: Secret::new("mm-token"),
        team: "t1".to_owned(),
        usual_room: Some("c1".to_owned()),
        clicks: Some(Clicks {
            url: "https://tandem.example/connect/mattermost".to_owned(),
            secret: Secret::new("seal"),
        }),
    };
    (server, state, Mattermost::new(http(), settings))
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

#[tokio::test]
async fn a_lost_answer_does_not_double_a_post() {
    let (_server, state, far) = start().await;
    let far = Far::Mattermost(far);
    lock(&state).lose_answer = true;
    let job = Job::Post { notice: notice("n1") };
    let error = deliver(&far, &job, &Anchor::default(), false).await.unwrap_err();
    assert!(matches!(error, SendError::Doubtful { .. }), "{error}");
    let found = deliver(&far, &job, &Anchor::default(), true).await.unwrap();
    assert_eq!(
        (found.message.as_deref(), lock(&state).posts.len()),
        (Some("p0"), 1)
    );
    let reply = Job::Post { notice: notice("n2") };
    deliver(&far, &reply, &anchor("c1", Some("p0")), true)
        .await
        .unwrap();
    assert_eq!(lock(&state).posts[1]["root_id"], "p0");
}

#[tokio::test]
async fn a_case_channel_is_made_once_and_its_members_follow() {
    let (server, state, far) = start().await;
    let far = Far::Mattermost(far);
    let open = Job::OpenRoom {
        case: case(),
        topic: "Customer list".to_owned(),
        members: vec!["u1".to_owned(), "u2".to_owned()],
    };
    let first = deliver(&far, &open, &Anchor::default(), false).await.unwrap();
    assert_eq!(
        first,
        deliver(&far, &open, &Anchor::default(), true).await.unwrap()
    );
    let room = anchor("c1", None);
    let remove = Job::Remove {
        members: vec!["u2".to_owned()],
    };
    deliver(&far, &remove, &room, false).await.unwrap();
    lock(&state).members.retain(|m| m != "u2");
    deliver(&far, &remove, &room, false).await.unwrap();
    deliver(&far, &Job::CloseRoom {}, &room, false).await.unwrap();
    assert!(
        server
            .paths()
            .ends_with(&["DELETE /api/v4/channels/c1".to_owned()])
    );
    let mut amended = anchor("c1", None);
    amended.amended = Some("p0".to_owned());
    let amend = Job::Amend { notice: notice("n9") };
    assert_eq!(
        deliver(&far, &amend, &amended, false)
            .await
            .unwrap()
            .message
            .as_deref(),
        Some("p0")
    );
}

#[tokio::test]
async fn an_id_of_a_far_side_cannot_climb_out_of_its_path() {
    let (server, _state, far) = start().await;
    let far = Far::Mattermost(far);
    let remove = Job::Remove {
        members: vec!["../../users/u1?x".to_owned()],
    };
    deliver(&far, &remove, &anchor("c1", None), false).await.unwrap();
    assert_eq!(
        server.paths(),
        ["DELETE /api/v4/channels/c1/members/..%2F..%2Fusers%2Fu1%3Fx"]
    );
}

#[tokio::test]
async fn a_post_s_thread_and_writer_are_asked_for() {
    let (_server, _state, far) = start().await;
    let said = far.post_facts("p7").await.unwrap();
    assert_eq!((said.room.as_str(), said.root.as_deref()), ("c1", Some("p0")));
    assert_eq!((said.user.as_str(), said.automatic), ("u1", false));
    let own = far.post_facts("p8").await.unwrap();
    assert!(own.automatic && own.root.is_none(), "{own:?}");
    far.post_facts("p9").await.unwrap_err();
}

#[tokio::test]
async fn colleagues_are_found_by_mail() {
    let (_server, _state, far) = start().await;
    assert_eq!(
        far.account_of("a@example.org").await.unwrap().as_deref(),
        Some("u1")
    );
    assert_eq!(far.account_of("b@example.org").await.unwrap(), None);
}

#[tokio::test]
async fn an_incoming_webhook_takes_the_message() {
    let server = Recorder::start(|seen| {
        let body = seen.json();
        assert!(body["text"].is_string() && body["attachments"].is_array());
        Reply {
            body: b"ok".to_vec(),
            ..Reply::empty(200)
        }
    })
    .await;
    let far = Far::MattermostHook(IncomingHook::new(
        http(),
        base(&format!("{}/hooks/secretid", server.address)),
    ));
    let job = Job::Post { notice: notice("n1") };
    deliver(&far, &job, &Anchor::default(), false).await.unwrap();
    assert!(!format!("{far:?}").contains("secretid"));
    let error = deliver(&far, &Job::CloseRoom {}, &Anchor::default(), false)
        .await
        .unwrap_err();
    assert!(matches!(error, SendError::Refused { .. }));
}
