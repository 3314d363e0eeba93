use tandem_domain::Timestamp;
use tandem_store::{OutboxRow, Step, Store};

on_both!(
    a_message_is_taken_by_one_sender_and_again_when_its_lease_ends,
    messages_of_a_lane_keep_their_order,
    a_sender_sees_what_its_lane_left_and_what_it_amends,
    what_was_said_in_a_room_is_found,
    dead_messages_are_listed_counted_and_changed,
    a_step_that_is_refused_posts_nothing,
    what_was_given_up_goes_out_again_under_its_key,
);

fn message(key: &str, lane: &str) -> OutboxRow {
    OutboxRow {
        id: 0,
        connector: "slack".into(),
        lane: lane.into(),
        key: key.into(),
        amends: None,
        state: "waiting".into(),
        next_at: Timestamp(5),
        lease_until: None,
        room: None,
        message: None,
        created: Timestamp(5),
        body: "{}".into(),
    }
}

async fn post(store: &Store, messages: Vec<OutboxRow>) {
    let step = Step {
        outbox: messages,
        ..Step::default()
    };
    store.take_step(step).await.unwrap();
}

/// Takes what can be taken at `now`, for ten.
async fn claimed(store: &Store, now: i64) -> Vec<String> {
    let mut taken = Vec::new();
    store
        .claim_outbox(Timestamp(now), 10, |candidate| {
            taken.push(candidate.row.key.clone());
            Some(OutboxRow {
                state: "sending".into(),
                lease_until: Some(Timestamp(now + 10)),
                ..candidate.row.clone()
            })
        })
        .await
        .unwrap();
    taken
}

async fn by_key(store: &Store, key: &str) -> OutboxRow {
    let all = store.outbox(None, 100).await.unwrap();
    all.into_iter()
        .find(|row| row.connector == "slack" && row.key == key)
        .unwrap()
}

/// Moves a message to a state.
async fn moved(store: &Store, key: &str, change: impl FnOnce(&mut OutboxRow) + Send) {
    let id = by_key(store, key).await.id;
    let done = store
        .change_outbox(id, |row| {
            let mut row = row.clone();
            change(&mut row);
            Some(row)
        })
        .await
        .unwrap();
    assert!(done);
}

fn sent(room: &str, message: Option<&str>) -> impl FnOnce(&mut OutboxRow) + Send {
    let (room, message) = (room.to_owned(), message.map(str::to_owned));
    move |row| {
        row.state = "sent".into();
        row.lease_until = None;
        row.room = Some(room);
        row.message = message;
    }
}

fn waiting(next_at: i64) -> impl FnOnce(&mut OutboxRow) + Send {
    move |row| {
        row.state = "waiting".into();
        row.lease_until = None;
        row.next_at = Timestamp(next_at);
    }
}

fn dead(row: &mut OutboxRow) {
    row.state = "dead".into();
    row.lease_until = None;
}

async fn a_message_is_taken_by_one_sender_and_again_when_its_lease_ends(store: Store) {
    post(&store, vec![message("a", "1"), message("a", "1")]).await;
    assert!(
        !store.add_outbox(message("a", "2")).await.unwrap(),
        "one key, one message"
    );
    let elsewhere = OutboxRow {
        connector: "matrix".into(),
        next_at: Timestamp(1_000),
        ..message("a", "1")
    };
    assert!(store.add_outbox(elsewhere).await.unwrap());
    assert!(claimed(&store, 4).await.is_empty(), "not before it is due");
    let tries: Vec<_> = (0..4)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { claimed(&store, 5).await })
        })
        .collect();
    let mut taken = Vec::new();
    for attempt in tries {
        taken.extend(attempt.await.unwrap());
    }
    assert_eq!(taken, ["a"]);
    assert!(claimed(&store, 14).await.is_empty(), "the lease lasts");
    assert_eq!(claimed(&store, 15).await, ["a"], "the first sender died");
    moved(&store, "a", waiting(30)).await;
    assert!(claimed(&store, 29).await.is_empty());
    assert_eq!(claimed(&store, 30).await, ["a"]);
}

async fn messages_of_a_lane_keep_their_order(store: Store) {
    post(
        &store,
        vec![message("a", "1"), message("b", "1"), message("c", "2")],
    )
    .await;
    assert_eq!(claimed(&store, 9).await, ["a", "c"]);
    assert!(
        claimed(&store, 9).await.is_empty(),
        "the second waits for the first"
    );
    moved(&store, "a", waiting(50)).await;
    assert!(claimed(&store, 10).await.is_empty());
    assert_eq!(claimed(&store, 50).await, ["a", "c"], "c's lease ended meanwhile");
    moved(&store, "a", dead).await;
    assert_eq!(claimed(&store, 51).await, ["b"], "a dead message holds nobody up");
}

async fn a_sender_sees_what_its_lane_left_and_what_it_amends(store: Store) {
    post(
        &store,
        vec![message("open", "1"), message("first", "1"), message("other", "2")],
    )
    .await;
    for key in ["open", "first", "other"] {
        let message = (key != "open").then_some(key);
        moved(&store, key, sent("room", message)).await;
    }
    let change = OutboxRow {
        amends: Some("other".into()),
        ..message("change", "1")
    };
    post(&store, vec![change]).await;
    let mut seen = Vec::new();
    store
        .claim_outbox(Timestamp(9), 10, |candidate| {
            seen.push(candidate.clone());
            None
        })
        .await
        .unwrap();
    let [candidate] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    let lane: Vec<_> = candidate.sent.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(lane, ["open", "first"]);
    assert_eq!(candidate.amended.as_ref().unwrap().key, "other");
    assert_eq!(by_key(&store, "change").await.state, "waiting", "left as it was");
}

async fn what_was_said_in_a_room_is_found(store: Store) {
    post(
        &store,
        vec![message("open", "1"), message("first", "1"), message("other", "2")],
    )
    .await;
    moved(&store, "open", sent("own", None)).await;
    moved(&store, "first", sent("own", Some("m1"))).await;
    moved(&store, "other", sent("usual", Some("m2"))).await;
    let found = |room: &'static str, message: Option<&'static str>| {
        let store = store.clone();
        async move {
            let rows = store.outbox_in_room("slack", room, message).await.unwrap();
            rows.into_iter().map(|row| row.key).collect::<Vec<_>>()
        }
    };
    assert_eq!(found("own", None).await, ["open"]);
    assert_eq!(found("own", Some("m1")).await, ["open", "first"]);
    assert_eq!(found("usual", Some("m2")).await, ["other"]);
    assert!(found("usual", Some("m1")).await.is_empty());
}

async fn dead_messages_are_listed_counted_and_changed(store: Store) {
    post(
        &store,
        vec![message("a", "1"), message("b", "2"), message("c", "3")],
    )
    .await;
    moved(&store, "a", dead).await;
    moved(&store, "b", dead).await;
    let listed = store.outbox(Some("dead"), 10).await.unwrap();
    let keys: Vec<_> = listed.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["b", "a"], "the newest first");
    assert_eq!(store.outbox(Some("dead"), 1).await.unwrap().len(), 1);
    let counts = store.outbox_counts().await.unwrap();
    let counts: Vec<_> = counts.iter().map(|c| (c.state.as_str(), c.messages)).collect();
    assert_eq!(counts, [("dead", 2), ("waiting", 1)]);
    let id = by_key(&store, "c").await.id;
    assert!(!store.change_outbox(id, |_| None).await.unwrap());
    assert!(
        !store
            .change_outbox(id + 1_000, |row| Some(row.clone()))
            .await
            .unwrap()
    );
    let id = by_key(&store, "a").await.id;
    store
        .change_outbox(id, |row| {
            Some(OutboxRow {
                state: "waiting".into(),
                ..row.clone()
            })
        })
        .await
        .unwrap();
    assert_eq!(claimed(&store, 5).await, ["a", "c"]);
}

async fn a_step_that_is_refused_posts_nothing(store: Store) {
    let change = tandem_store::Change {
        kind: tandem_store::WorkKind::Case,
        id: "C-2026-0001".into(),
        version: 3,
        facts: vec![tandem_store::FactRow {
            at: Timestamp(1),
            who: "ines".into(),
            body: "{}".into(),
        }],
        head: tandem_store::Head::default(),
    };
    let step = Step {
        changes: vec![change],
        outbox: vec![message("a", "1")],
        settings: vec![("heard".into(), "1".into())],
        ..Step::default()
    };
    store.take_step(step).await.unwrap_err();
    assert!(store.outbox(None, 10).await.unwrap().is_empty());
    assert_eq!(store.setting("heard").await.unwrap(), None);
    let step = Step {
        settings: vec![("heard".into(), "1".into())],
        ..Step::default()
    };
    store.take_step(step).await.unwrap();
    assert_eq!(store.setting("heard").await.unwrap().as_deref(), Some("1"));
}

async fn what_was_given_up_goes_out_again_under_its_key(store: Store) {
    post(&store, vec![message("a", "one"), message("b", "two")]).await;
    assert_eq!(store.outbox_item("slack", "none").await.unwrap(), None);
    assert_eq!(store.outbox_item("mail", "a").await.unwrap(), None);
    let found = store.outbox_item("slack", "a").await.unwrap().unwrap();
    assert_eq!((found.key.as_str(), found.state.as_str()), ("a", "waiting"));
    let again = |key: &str| Step {
        shifted: vec![(
            "dead",
            OutboxRow {
                body: "again".into(),
                next_at: Timestamp(9),
                ..message(key, "one")
            },
        )],
        ..Step::default()
    };
    // What still waits is left alone, and so is everything else of the step.
    let early = Step {
        outbox: vec![message("c", "three")],
        ..again("a")
    };
    assert!(store.take_step(early).await.is_err());
    assert_eq!(store.outbox_item("slack", "c").await.unwrap(), None);
    moved(&store, "a", |row| row.state = "dead".into()).await;
    store.take_step(again("a")).await.unwrap();
    let found = store.outbox_item("slack", "a").await.unwrap().unwrap();
    assert_eq!(
        (found.state.as_str(), found.body.as_str(), found.next_at),
        ("waiting", "again", Timestamp(9))
    );
}
