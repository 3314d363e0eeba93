use tandem_domain::{Department, Role, SubjectId, Timestamp};
use tandem_store::{ColleagueRow, CredentialRow, SessionRow, Store};

on_both!(
    a_colleague_is_added_changed_and_signed_out,
    a_credential_is_used_by_one_of_two,
    a_ceremony_is_taken_once_and_in_time,
);

fn colleague(account: &str, role: Role) -> ColleagueRow {
    ColleagueRow {
        account: account.into(),
        role,
        department: Some(Department::Corporate),
        subject: Some(SubjectId("S-00000001".into())),
        disabled: false,
        created: Timestamp(1),
        body: "{}".into(),
    }
}

async fn a_colleague_is_added_changed_and_signed_out(store: Store) {
    let first = colleague("ines", Role::Approver);
    store.put_colleague(&first).await.unwrap();
    store
        .put_colleague(&colleague("anna", Role::Auditor))
        .await
        .unwrap();
    assert_eq!(store.colleague("ines").await.unwrap(), Some(first.clone()));
    assert_eq!(store.colleague("nobody").await.unwrap(), None);
    let changed = ColleagueRow {
        disabled: true,
        subject: None,
        department: None,
        ..first
    };
    store
        .put_colleague(&ColleagueRow {
            created: Timestamp(99),
            ..changed.clone()
        })
        .await
        .unwrap();
    assert_eq!(store.colleague("ines").await.unwrap(), Some(changed));
    let all = store.colleagues().await.unwrap();
    assert_eq!(
        all.iter().map(|c| c.account.as_str()).collect::<Vec<_>>(),
        ["anna", "ines"]
    );
    for hash in ["a", "b"] {
        let session = SessionRow {
            hash: hash.into(),
            user: "ines".into(),
            role: "approver".into(),
            created: Timestamp(1),
            last_seen: Timestamp(1),
            expires: Timestamp(100),
            revoked: false,
            proved: Timestamp(1),
            way: "link".into(),
        };
        store.add_session(&session).await.unwrap();
    }
    let hashes = async |now| -> Vec<String> {
        let found = store.sessions_of("ines", Timestamp(now)).await.unwrap();
        found.into_iter().map(|session| session.hash).collect()
    };
    assert_eq!(hashes(50).await, ["a", "b"]);
    assert!(hashes(100).await.is_empty(), "they have ended");
    assert_eq!(store.revoke_other_sessions("ines", "a").await.unwrap(), 1);
    assert_eq!(hashes(50).await, ["a"]);
    assert_eq!(store.revoke_sessions_of("ines").await.unwrap(), 1);
    assert_eq!(store.revoke_sessions_of("ines").await.unwrap(), 0);
    assert!(store.session("a").await.unwrap().unwrap().revoked);
}

async fn a_credential_is_used_by_one_of_two(store: Store) {
    let totp = CredentialRow {
        id: "t1".into(),
        account: "ines".into(),
        kind: "totp".into(),
        created: Timestamp(1),
        last_used: None,
        body: "{\"step\":0}".into(),
    };
    assert!(store.add_credential(&totp).await.unwrap());
    let taken = CredentialRow {
        account: "anna".into(),
        ..totp.clone()
    };
    assert!(!store.add_credential(&taken).await.unwrap(), "the id is taken");
    assert_eq!(store.credential("t1").await.unwrap(), Some(totp.clone()));
    store.put_credential(&totp).await.unwrap();
    assert!(
        store
            .use_credential(&totp, "{\"step\":1}", Timestamp(5))
            .await
            .unwrap()
    );
    assert!(
        !store
            .use_credential(&totp, "{\"step\":1}", Timestamp(5))
            .await
            .unwrap()
    );
    let kept = store.credentials("ines").await.unwrap();
    assert_eq!(
        (kept[0].last_used, kept[0].body.as_str()),
        (Some(Timestamp(5)), "{\"step\":1}")
    );
    assert_eq!(store.credential("t1").await.unwrap().as_ref(), kept.first());
    assert!(
        !store.remove_credential("anna", "t1").await.unwrap(),
        "somebody else's"
    );
    assert!(store.remove_credential("ines", "t1").await.unwrap());
    assert_eq!(store.credential("t1").await.unwrap(), None);
}

async fn a_ceremony_is_taken_once_and_in_time(store: Store) {
    store.put_ceremony("c1", Timestamp(10), "half").await.unwrap();
    store.put_ceremony("c2", Timestamp(10), "half").await.unwrap();
    assert_eq!(
        store.take_ceremony("c1", Timestamp(9)).await.unwrap().as_deref(),
        Some("half")
    );
    assert_eq!(store.take_ceremony("c1", Timestamp(9)).await.unwrap(), None);
    assert_eq!(store.take_ceremony("c2", Timestamp(10)).await.unwrap(), None);
}
