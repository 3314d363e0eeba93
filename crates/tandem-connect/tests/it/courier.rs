//! The outbox over real HTTP: kills, pauses, failures, order.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};
use tandem_connect::far::matrix::{Matrix, MatrixSettings};
use tandem_connect::far::teams::TeamsHook;
use tandem_connect::outbox::{Connector, Courier, OutboxItem, OutboxStore, Policy, Round, State};
use tandem_connect::{Far, Http, Job, Key, Limits, Notice, Route, Secret};
use tandem_domain::Timestamp;

use crate::memory::Memory;
use crate::recorder::{Recorder, Reply, Seen, lock};
use crate::slack::workspace;
use crate::support::{Directory, NOW, base, case, http, limits, notice};

/// A clock that the test sets, and a courier by it.
struct Rig {
    courier: Courier<Memory>,
    seconds: AtomicI64,
}

impl Rig {
    fn new(connectors: Vec<(&str, Far)>) -> Self {
        let connectors = connectors
            .into_iter()
            .map(|(name, far)| Connector {
                name: name.to_owned(),
                far: Arc::new(far),
            })
            .collect();
        let policy = Policy {
            attempts: 4,
            ..Policy::default()
        };
        let lease = Duration::from_secs(60);
        Self {
            courier: Courier::new(Memory::default(), connectors, Arc::new(Directory), policy, lease),
            seconds: AtomicI64::new(0),
        }
    }

    fn now(&self) -> Timestamp {
        NOW.plus_micros(self.seconds.load(Ordering::SeqCst) * 1_000_000)
    }

    fn later(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    async fn add(&self, connector: &str, notice: Notice) {
        let (lane, key) = (notice.thread.clone(), notice.key.clone());
        let item = OutboxItem::new(connector, &lane, key, Job::Post { notice }, self.now());
        self.courier.store().add(item).await.unwrap();
    }

    async fn round(&self) -> Round {
        self.courier.round(&|| self.now(), &|| 1.0).await.unwrap()
    }

    /// A round after whose sending the process dies.
    async fn killed_round(&self) {
        *lock(&self.courier.store().dies_before_writing) = true;
        self.courier.round(&|| self.now(), &|| 1.0).await.unwrap_err();
        *lock(&self.courier.store().dies_before_writing) = false;
    }
}

fn in_lane(key: &str, lane: &str) -> Notice {
    Notice {
        thread: lane.to_owned(),
        ..notice(key)
    }
}

#[tokio::test]
async fn a_kill_between_sending_and_writing_down_sends_nothing_twice_to_slack() {
    let (_server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    rig.add("slack", notice("n1")).await;
    rig.killed_round().await;
    assert_eq!(lock(&state).messages.len(), 1);
    assert_eq!(rig.round().await.claimed, 0, "the lease still runs");
    rig.later(60);
    let round = rig.round().await;
    assert_eq!((round.claimed, round.sent), (1, 1));
    assert_eq!(lock(&state).messages.len(), 1, "found, not sent again");
    assert_eq!(
        rig.courier.store().all()[0].message.as_deref(),
        Some("1790000000.000000")
    );
    assert_eq!(rig.round().await, Round::default());
}

/// A homeserver that knows transactions.
#[derive(Default)]
struct Homeserver {
    events: Vec<(String, Value)>,
}

fn homeserver(state: &Mutex<Homeserver>, seen: &Seen) -> Reply {
    assert_eq!(seen.header("authorization"), "Bearer mx-token");
    let parts: Vec<&str> = seen.path.split('/').collect();
    let (
        "PUT",
        [
            ..,
            "rooms",
            "!r:tandem.test",
            "send",
            "m.room.message",
            transaction,
        ],
    ) = (seen.method.as_str(), parts.as_slice())
    else {
        return Reply::status(404, &json!({"errcode": "M_UNRECOGNIZED"}));
    };
    let mut state = lock(state);
    if !state.events.iter().any(|(known, _)| known == transaction) {
        state.events.push(((*transaction).to_owned(), seen.json()));
    }
    let place = state
        .events
        .iter()
        .position(|(known, _)| known == transaction)
        .unwrap();
    Reply::json(&json!({"event_id": format!("${place}")}))
}

async fn matrix() -> (Recorder, Arc<Mutex<Homeserver>>, Far) {
    let state = Arc::new(Mutex::new(Homeserver::default()));
    let kept = Arc::clone(&state);
    let server = Recorder::start(move |seen| homeserver(&kept, seen)).await;
    let settings = MatrixSettings {
        server: base(&server.address),
        domain: "tandem.test".to_owned(),
        token: Secret::new("mx-token"),
        usual_room: Some("!r:tandem.test".to_owned()),
    };
    (server, state, Far::Matrix(Matrix::new(http(), settings)))
}

#[tokio::test]
async fn a_kill_between_sending_and_writing_down_sends_nothing_twice_to_matrix() {
    let (server, state, far) = matrix().await;
    let rig = Rig::new(vec![("matrix", far)]);
    rig.add("matrix", notice("n1")).await;
    rig.add("matrix", notice("n2")).await;
    rig.killed_round().await;
    rig.later(60);
    rig.round().await;
    rig.killed_round().await;
    rig.later(60);
    rig.round().await;
    assert_eq!(rig.courier.store().states(), [State::Sent, State::Sent]);
    assert_eq!(server.seen().len(), 4, "each was put twice");
    let events = &lock(&state).events;
    assert_eq!(events.len(), 2, "and is there once");
    assert_eq!(
        events[1].1["m.relates_to"]["event_id"], "$0",
        "in the thread of the first"
    );
}

#[tokio::test]
async fn a_job_that_kills_every_courier_is_given_up() {
    let (_server, _state, far) = matrix().await;
    let rig = Rig::new(vec![("matrix", far)]);
    rig.add("matrix", notice("n1")).await;
    for _ in 0..5 {
        rig.killed_round().await;
        rig.later(60);
    }
    assert_eq!(rig.round().await.dead, 1);
    let dead = rig.courier.store().dead(10).await.unwrap();
    assert!(dead[0].last_error.as_ref().unwrap().contains("without a word"));
}

#[tokio::test]
async fn one_lane_keeps_its_order_and_holds_up_no_other() {
    let (_server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    for (key, lane) in [("a1", "A"), ("a2", "A"), ("b1", "B")] {
        rig.add("slack", in_lane(key, lane)).await;
    }
    let unavailable = Reply::json(&json!({"ok": false, "error": "service_unavailable"}));
    // The last one is the first answer: a1 fails, b1 passes.
    lock(&state).instead = vec![unavailable];
    let round = rig.round().await;
    assert_eq!((round.claimed, round.sent, round.retried), (2, 1, 1));
    // What the server was told to deny it has kept all the same; that belongs to another test.
    lock(&state).messages.clear();
    assert_eq!(rig.round().await.claimed, 0, "a2 waits for a1");
    rig.later(2);
    assert_eq!(rig.round().await.sent, 1);
    assert_eq!(rig.round().await.sent, 1);
    let keys: Vec<String> = lock(&state)
        .messages
        .iter()
        .map(|m| m["metadata"]["event_payload"]["key"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(keys, ["a1", "a2"]);
}

#[tokio::test]
async fn a_pause_is_kept_for_the_whole_connector_and_costs_no_attempt() {
    let (server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    for (key, lane) in [("a", "A"), ("b", "B"), ("c", "C")] {
        rig.add("slack", in_lane(key, lane)).await;
    }
    let limited = Reply::status(429, &json!({"ok": false, "error": "ratelimited"})).with("retry-after", "30");
    lock(&state).instead = vec![limited];
    let round = rig.round().await;
    assert_eq!((round.claimed, round.retried, round.released), (3, 1, 2));
    assert_eq!(server.seen().len(), 1, "nobody else knocks meanwhile");
    rig.later(29);
    assert_eq!(rig.round().await.claimed, 0);
    rig.later(1);
    assert_eq!(rig.round().await.sent, 3);
    assert!(rig.courier.store().all().iter().all(|i| i.attempts == 0));
}

#[tokio::test]
async fn failures_back_off_and_end_as_a_dead_letter_that_can_be_replayed() {
    let (_server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    rig.add("slack", notice("n1")).await;
    let mut waits = Vec::new();
    for _ in 0..4 {
        lock(&state).instead = vec![Reply::empty(503)];
        let before = rig.now();
        rig.round().await;
        let item = rig.courier.store().all().remove(0);
        if item.state == State::Waiting {
            let wait = (item.next_at.0 - before.0) / 1_000_000;
            waits.push(wait);
            rig.later(wait);
        }
    }
    assert_eq!(waits, [2, 4, 8]);
    lock(&state).instead.clear();
    let dead = rig.courier.store().dead(10).await.unwrap();
    assert_eq!(dead.len(), 1);
    assert_eq!(
        dead[0].last_error.as_deref(),
        Some("given up after 4 attempts: slack: not reached: status 503")
    );
    lock(&state).messages.clear();
    assert!(rig.courier.store().replay(dead[0].id, rig.now()).await.unwrap());
    assert!(!rig.courier.store().replay(dead[0].id, rig.now()).await.unwrap());
    assert_eq!(rig.round().await.sent, 1);
}

#[tokio::test]
async fn a_breach_of_the_gate_is_a_dead_letter_and_the_lane_goes_on() {
    let (_server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    let mut named = notice("n1");
    named.sentences = vec!["It was Anna Schmidt.".to_owned()];
    rig.add("slack", named).await;
    rig.add("slack", notice("n2")).await;
    assert_eq!(rig.round().await.dead, 1);
    assert_eq!(rig.round().await.sent, 1);
    let error = rig
        .courier
        .store()
        .dead(1)
        .await
        .unwrap()
        .remove(0)
        .last_error
        .unwrap();
    assert!(
        error.contains("a name from the directory") && !error.contains("Schmidt"),
        "{error}"
    );
    assert_eq!(lock(&state).messages.len(), 1);
}

#[tokio::test]
async fn a_far_side_that_hangs_holds_up_no_other() {
    let hanging = Recorder::start(|_| Reply::hang()).await;
    let (_server, state, slack) = workspace().await;
    let limits = Limits {
        total: Duration::from_millis(400),
        ..limits()
    };
    let impatient = Http::new(&Route {
        limits,
        ..Route::default()
    })
    .unwrap();
    let teams = Far::TeamsHook(TeamsHook::new(impatient, base(&hanging.address)));
    let rig = Rig::new(vec![("slack", slack), ("teams", teams)]);
    rig.add("teams", notice("t1")).await;
    rig.add("slack", notice("s1")).await;
    let round = rig.round().await;
    assert_eq!((round.claimed, round.sent, round.retried), (2, 1, 1));
    assert_eq!(lock(&state).messages.len(), 1);
    let stuck = rig.courier.store().all().remove(0);
    assert!(stuck.doubt && stuck.attempts == 1, "it may have arrived");
}

#[tokio::test]
async fn a_connector_that_is_gone_makes_dead_letters_not_losses() {
    let rig = Rig::new(Vec::new());
    rig.add("old-slack", notice("n1")).await;
    assert_eq!(rig.round().await.dead, 1);
    let dead = rig.courier.store().dead(1).await.unwrap();
    assert!(
        dead[0]
            .last_error
            .as_ref()
            .unwrap()
            .contains("not configured any more")
    );
}

#[tokio::test]
async fn the_same_key_is_one_item() {
    let (_server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    rig.add("slack", notice("n1")).await;
    rig.add("slack", notice("n1")).await;
    assert_eq!(rig.courier.store().all().len(), 1);
    rig.round().await;
    assert_eq!(lock(&state).messages.len(), 1);
}

#[tokio::test]
async fn a_case_gets_its_room_speaks_there_and_hears_replies() {
    let (_server, state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    rig.add("slack", notice("raised")).await;
    let open = Job::OpenRoom {
        case: case(),
        topic: "Customer list".to_owned(),
        members: vec!["U1".to_owned()],
    };
    let item = OutboxItem::new("slack", "C-2026-0042", Key("room".to_owned()), open, rig.now());
    rig.courier.store().add(item).await.unwrap();
    rig.add("slack", notice("shared")).await;
    let mut taken = OutboxItem::new(
        "slack",
        "C-2026-0042",
        Key("taken".to_owned()),
        Job::Amend {
            notice: notice("taken"),
        },
        rig.now(),
    );
    taken.amends = Some(Key("raised".to_owned()));
    rig.courier.store().add(taken).await.unwrap();
    for _ in 0..4 {
        assert_eq!(rig.round().await.sent, 1);
    }
    let messages = lock(&state).messages.clone();
    let rooms: Vec<&Value> = messages.iter().map(|m| &m["channel"]).collect();
    assert_eq!(
        rooms,
        ["C9", "C0"],
        "first in the usual room, then in the case's own"
    );
    assert!(messages[1]["thread_ts"].is_null());
    let items = rig.courier.store().all();
    assert_eq!(
        items[3].message, items[0].message,
        "the first message was replaced"
    );
    let lane = |room, thread| rig.courier.store().lane("slack", room, thread);
    assert_eq!(lane("C0", None).await.unwrap().as_deref(), Some("C-2026-0042"));
    assert_eq!(
        lane("C9", items[0].message.as_deref()).await.unwrap().as_deref(),
        Some("C-2026-0042")
    );
    assert_eq!(lane("C9", Some("1.2")).await.unwrap(), None);
    assert_eq!(lane("C9", None).await.unwrap(), None);
}

#[tokio::test]
async fn what_cannot_be_finished_under_the_lease_is_not_begun() {
    let (server, _state, far) = workspace().await;
    let rig = Rig::new(vec![("slack", far)]);
    rig.add("slack", in_lane("a", "A")).await;
    rig.add("slack", in_lane("b", "B")).await;
    // Each look at the clock takes 20 seconds: the claim, then one before and one after each attempt.
    let clock = || {
        rig.later(20);
        rig.now()
    };
    let round = rig.courier.round(&clock, &|| 1.0).await.unwrap();
    assert_eq!((round.claimed, round.sent, round.released), (2, 1, 1));
    assert_eq!(server.seen().len(), 1);
}
