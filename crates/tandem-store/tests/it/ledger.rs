use tandem_domain::{CaseId, SubjectId, Timestamp};
use tandem_ledger::{Chain, Entry, Salt, SigningKey};
use tandem_store::{LedgerFilter, Store, StoreError};

on_both!(
    rows_are_chained_also_when_many_write_at_once,
    rows_are_found_by_subject_colleague_case_and_act,
    a_ledger_is_begun_once_and_under_one_name,
    checkpoints_are_kept_and_leaves_make_their_root,
);

const ORIGIN: &str = "tandem.example.org/ledger";

fn entry(at: i64, who: &str, act: &str, subject: Option<&str>) -> Entry {
    let mut entry = Entry::new(Timestamp(at), who, "it_analyst", act, Salt([at as u8; 16]));
    entry.subject = subject.map(|s| SubjectId(s.to_owned()));
    entry
}

async fn begun(store: &Store) {
    store.begin_ledger(ORIGIN, || Salt([1; 16])).await.unwrap();
}

async fn rows_are_chained_also_when_many_write_at_once(store: Store) {
    begun(&store).await;
    let tries: Vec<_> = (0..8)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let entries = (0..5).map(|_| entry(n, "ines", "subject.look", None)).collect();
                store.add_to_ledger(entries).await.unwrap()
            })
        })
        .collect();
    for attempt in tries {
        attempt.await.unwrap();
    }
    let rows = store.ledger_from(0, 100).await.unwrap();
    assert_eq!(rows.len(), 40);
    assert_eq!(
        Chain::rebuild(ORIGIN, &rows).unwrap(),
        store.ledger_chain().await.unwrap()
    );
    assert_eq!(store.ledger_from(38, 100).await.unwrap(), rows[38..]);
}

async fn rows_are_found_by_subject_colleague_case_and_act(store: Store) {
    begun(&store).await;
    let mut opened = entry(4, "olaf", "case.open", Some("S-1"));
    opened.case = Some(CaseId::of(2026, 3));
    store
        .add_to_ledger(vec![
            entry(1, "ines", "subject.look", Some("S-1")),
            entry(2, "ines", "subject.look", Some("S-2")),
            entry(3, "olaf", "export.make", None),
            opened,
        ])
        .await
        .unwrap();
    let found = async |filter: LedgerFilter| -> Vec<u64> {
        let filter = LedgerFilter { limit: 10, ..filter };
        store
            .ledger(&filter)
            .await
            .unwrap()
            .iter()
            .map(|row| row.seq)
            .collect()
    };
    assert_eq!(found(LedgerFilter::default()).await, [3, 2, 1, 0]);
    assert_eq!(
        found(LedgerFilter {
            subject: Some(SubjectId("S-1".into())),
            ..LedgerFilter::default()
        })
        .await,
        [3, 0]
    );
    assert_eq!(
        found(LedgerFilter {
            who: Some("ines".into()),
            ..LedgerFilter::default()
        })
        .await,
        [1, 0]
    );
    assert_eq!(
        found(LedgerFilter {
            case: Some(CaseId::of(2026, 3)),
            ..LedgerFilter::default()
        })
        .await,
        [3]
    );
    assert_eq!(
        found(LedgerFilter {
            act: Some("export.".into()),
            ..LedgerFilter::default()
        })
        .await,
        [2]
    );
    assert_eq!(
        found(LedgerFilter {
            from: Some(Timestamp(3)),
            ..LedgerFilter::default()
        })
        .await,
        [3, 2]
    );
    assert_eq!(
        found(LedgerFilter {
            before: Some(1),
            ..LedgerFilter::default()
        })
        .await,
        [0]
    );
}

async fn a_ledger_is_begun_once_and_under_one_name(store: Store) {
    let early = store
        .add_to_ledger(vec![entry(1, "ines", "subject.look", None)])
        .await;
    assert!(matches!(early, Err(StoreError::NoLedger)), "{early:?}");
    begun(&store).await;
    store
        .add_to_ledger(vec![entry(1, "ines", "subject.look", None)])
        .await
        .unwrap();
    store
        .begin_ledger("another.example.org/ledger", || Salt([1; 16]))
        .await
        .unwrap();
    let chain = store.ledger_chain().await.unwrap();
    assert_eq!((chain.origin(), chain.size()), (ORIGIN, 1));
}

async fn checkpoints_are_kept_and_leaves_make_their_root(store: Store) {
    begun(&store).await;
    let key = SigningKey::new(ORIGIN, &[9; 32]).unwrap();
    for at in 1..4 {
        store
            .add_to_ledger(vec![entry(at, "ines", "subject.look", None)])
            .await
            .unwrap();
        let signed = store
            .ledger_chain()
            .await
            .unwrap()
            .checkpoint(Timestamp(at), &key)
            .unwrap();
        store.add_checkpoint(&signed).await.unwrap();
        store.add_checkpoint(&signed).await.unwrap();
    }
    let checkpoints = store.checkpoints().await.unwrap();
    assert_eq!(checkpoints.iter().map(|c| c.size).collect::<Vec<_>>(), [1, 2, 3]);
    for checkpoint in checkpoints {
        let mut tree = tandem_ledger::merkle::Frontier::default();
        for leaf in store.ledger_leaves(checkpoint.size).await.unwrap() {
            tree.push(leaf);
        }
        assert_eq!(tree.root(), checkpoint.root);
    }
}
