use tandem_domain::{Role, Timestamp};
use tandem_store::{SavedSearchRow, Store};

on_both!(
    a_saved_search_is_changed_and_forgotten_by_its_owner,
    a_shared_search_is_seen_by_colleagues_of_the_same_role_only,
);

fn search(id: &str, owner: &str, role: Role, name: &str) -> SavedSearchRow {
    SavedSearchRow {
        id: id.into(),
        owner: owner.into(),
        role,
        name: name.into(),
        shared: false,
        created: Timestamp(1),
        changed: Timestamp(1),
        rule: None,
        body: "{\"query\":\"a\"}".into(),
    }
}

async fn a_saved_search_is_changed_and_forgotten_by_its_owner(store: Store) {
    let first = search("s1", "ines", Role::ItAnalyst, "archives");
    store.put_saved_search(&first).await.unwrap();
    assert_eq!(store.saved_search("s1").await.unwrap(), Some(first.clone()));
    assert_eq!(store.saved_search("s2").await.unwrap(), None);
    let changed = SavedSearchRow {
        name: "large archives".into(),
        shared: true,
        changed: Timestamp(9),
        rule: Some("s1".into()),
        body: "{\"query\":\"b\"}".into(),
        ..first
    };
    let asked = SavedSearchRow {
        owner: "olaf".into(),
        role: Role::Auditor,
        created: Timestamp(99),
        ..changed.clone()
    };
    store.put_saved_search(&asked).await.unwrap();
    assert_eq!(
        store.saved_search("s1").await.unwrap(),
        Some(changed),
        "owner, role and creation stay"
    );
    assert!(!store.remove_saved_search("olaf", "s1").await.unwrap());
    assert!(store.remove_saved_search("ines", "s1").await.unwrap());
    assert_eq!(store.saved_search("s1").await.unwrap(), None);
}

async fn a_shared_search_is_seen_by_colleagues_of_the_same_role_only(store: Store) {
    let shared = SavedSearchRow {
        shared: true,
        ..search("s1", "ines", Role::ItAnalyst, "b")
    };
    store.put_saved_search(&shared).await.unwrap();
    for (id, owner, role, name) in [
        ("s2", "ines", Role::ItAnalyst, "a"),
        ("s3", "ivo", Role::ItAnalyst, "c"),
        ("s4", "carl", Role::CorporateInvestigator, "d"),
    ] {
        store
            .put_saved_search(&search(id, owner, role, name))
            .await
            .unwrap();
    }
    let seen = async |owner: &str, role| -> Vec<String> {
        let found = store.saved_searches(owner, role).await.unwrap();
        found.into_iter().map(|row| row.name).collect()
    };
    assert_eq!(seen("ines", Role::ItAnalyst).await, ["a", "b"]);
    assert_eq!(seen("ivo", Role::ItAnalyst).await, ["b", "c"]);
    assert_eq!(seen("carl", Role::CorporateInvestigator).await, ["d"]);
    assert!(seen("uma", Role::Auditor).await.is_empty());
}
