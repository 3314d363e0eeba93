use tandem_domain::Timestamp;
use tandem_store::{SessionRow, Store};

on_both!(
    an_ingest_token_works_until_it_is_revoked,
    a_sign_in_token_works_once_and_in_time,
    a_session_is_used_ended_and_forgotten,
    settings_are_changed,
);

async fn an_ingest_token_works_until_it_is_revoked(store: Store) {
    store.add_ingest_token("h1", "proxy", Timestamp(1)).await.unwrap();
    let token = store.ingest_token("h1").await.unwrap().unwrap();
    assert_eq!((token.name.as_str(), token.created), ("proxy", Timestamp(1)));
    assert_eq!(store.ingest_token("h2").await.unwrap(), None);
    assert!(store.revoke_ingest_token("h1").await.unwrap());
    assert!(!store.revoke_ingest_token("h1").await.unwrap());
    assert_eq!(store.ingest_token("h1").await.unwrap(), None);
}

async fn a_sign_in_token_works_once_and_in_time(store: Store) {
    for hash in ["a", "b"] {
        store
            .add_sign_in_token(hash, "ines", "it_analyst", Timestamp(100))
            .await
            .unwrap();
    }
    let tries: Vec<_> = (0..6)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.take_sign_in_token("a", Timestamp(99)).await.unwrap() })
        })
        .collect();
    let mut got = Vec::new();
    for attempt in tries {
        got.extend(attempt.await.unwrap());
    }
    assert_eq!(
        got.iter()
            .map(|t| (t.user.as_str(), t.role.as_str()))
            .collect::<Vec<_>>(),
        [("ines", "it_analyst")]
    );
    assert_eq!(
        store.take_sign_in_token("b", Timestamp(100)).await.unwrap(),
        None,
        "too late"
    );
    assert_eq!(store.take_sign_in_token("c", Timestamp(1)).await.unwrap(), None);
}

async fn a_session_is_used_ended_and_forgotten(store: Store) {
    let session = |hash: &str, expires: i64| SessionRow {
        hash: hash.into(),
        user: "ines".into(),
        role: "approver".into(),
        created: Timestamp(1),
        last_seen: Timestamp(1),
        expires: Timestamp(expires),
        revoked: false,
        proved: Timestamp(1),
        way: "code".into(),
    };
    store.add_session(&session("a", 100)).await.unwrap();
    store.add_session(&session("b", 200)).await.unwrap();
    assert_eq!(store.session("a").await.unwrap(), Some(session("a", 100)));
    store.touch_session("a", Timestamp(9)).await.unwrap();
    store.revoke_session("a").await.unwrap();
    let used = SessionRow {
        last_seen: Timestamp(9),
        revoked: true,
        ..session("a", 100)
    };
    assert_eq!(store.session("a").await.unwrap(), Some(used));
    store
        .add_sign_in_token("t", "ines", "it_analyst", Timestamp(100))
        .await
        .unwrap();
    assert_eq!(store.forget_expired(Timestamp(150)).await.unwrap(), 2);
    assert_eq!(
        (
            store.session("a").await.unwrap(),
            store.session("b").await.unwrap()
        ),
        (None, Some(session("b", 200)))
    );
}

async fn settings_are_changed(store: Store) {
    assert_eq!(store.setting("budget").await.unwrap(), None);
    for value in ["8", "{\"per_1000\":4.5}"] {
        store.set_setting("budget", value).await.unwrap();
        assert_eq!(store.setting("budget").await.unwrap().as_deref(), Some(value));
    }
    for (name, value) in [("hour.ines", "8"), ("hour.carl", ""), ("day.ines", "x")] {
        store.set_setting(name, value).await.unwrap();
    }
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        store.settings_under("hour.").await.unwrap(),
        [pair("carl", ""), pair("ines", "8")]
    );
}
