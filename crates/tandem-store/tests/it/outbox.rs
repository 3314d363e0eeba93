use tandem_domain::Timestamp;
use tandem_store::{OutboxEnd, OutboxRow, Step, Store};

on_both!(
    a_message_is_taken_by_one_sender_and_again_when_its_lease_ends,
    messages_of_a_thread_keep_their_order,
    dead_messages_are_listed_and_revived,
);

fn message(id: &str, thread: &str, created: i64) -> OutboxRow {
    OutboxRow {
        id: id.into(),
        connector: "slack".into(),
        thread: thread.into(),
        created: Timestamp(created),
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

async fn claimed(store: &Store, now: i64) -> Vec<String> {
    let taken = store
        .claim_outbox(Timestamp(now), Timestamp(now + 10), 10)
        .await
        .unwrap();
    taken.into_iter().map(|message| message.row.id).collect()
}

async fn a_message_is_taken_by_one_sender_and_again_when_its_lease_ends(store: Store) {
    post(&store, vec![message("a", "1", 5), message("a", "1", 5)]).await;
    assert!(claimed(&store, 4).await.is_empty(), "not before it was made");
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
    assert_eq!(claimed(&store, 16).await, ["a"], "the first sender died");
    store
        .end_outbox("a", &OutboxEnd::Later(Timestamp(30), "busy".into()))
        .await
        .unwrap();
    assert!(claimed(&store, 29).await.is_empty());
    assert_eq!(claimed(&store, 30).await, ["a"]);
    store
        .end_outbox("a", &OutboxEnd::Sent("ts 1.2".into()))
        .await
        .unwrap();
    // Who comes late changes nothing.
    store
        .end_outbox("a", &OutboxEnd::Dead("too late".into()))
        .await
        .unwrap();
    assert!(claimed(&store, 100).await.is_empty());
    let kept = store.outbox(Some("sent"), 10).await.unwrap();
    assert_eq!((kept[0].attempts, kept[0].note.as_str()), (3, "ts 1.2"));
}

async fn messages_of_a_thread_keep_their_order(store: Store) {
    post(
        &store,
        vec![message("b", "1", 2), message("a", "1", 1), message("c", "2", 3)],
    )
    .await;
    assert_eq!(claimed(&store, 9).await, ["a", "c"]);
    assert!(
        claimed(&store, 9).await.is_empty(),
        "the second waits for the first"
    );
    store
        .end_outbox("a", &OutboxEnd::Later(Timestamp(50), "busy".into()))
        .await
        .unwrap();
    assert!(claimed(&store, 10).await.is_empty());
    assert_eq!(claimed(&store, 50).await, ["a", "c"], "c's lease ended meanwhile");
    store
        .end_outbox("a", &OutboxEnd::Dead("refused".into()))
        .await
        .unwrap();
    assert_eq!(
        claimed(&store, 51).await,
        ["b"],
        "a buried message holds nobody up"
    );
}

async fn dead_messages_are_listed_and_revived(store: Store) {
    post(&store, vec![message("a", "1", 1), message("b", "2", 1)]).await;
    assert_eq!(claimed(&store, 1).await.len(), 2);
    for id in ["a", "b"] {
        store
            .end_outbox(id, &OutboxEnd::Dead("no such channel".into()))
            .await
            .unwrap();
    }
    let dead = store.outbox(Some("dead"), 10).await.unwrap();
    assert!(
        dead.iter().all(|message| message.note == "no such channel"),
        "{dead:?}"
    );
    assert_eq!(store.revive_outbox(&["a".into()], Timestamp(7)).await.unwrap(), 1);
    assert_eq!(claimed(&store, 7).await, ["a"]);
    assert_eq!(store.revive_outbox(&[], Timestamp(8)).await.unwrap(), 1);
    assert_eq!(claimed(&store, 8).await, ["b"]);
}
