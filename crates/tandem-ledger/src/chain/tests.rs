use super::*;
use crate::entry::Salt;
use crate::fault::BreakKind;
use crate::merkle::Frontier;

const ORIGIN: &str = "tandem.example.org/ledger";

fn entry(number: u64) -> Entry {
    let at = Timestamp::from_seconds(1_767_225_600 + number as i64);
    Entry::new(
        at,
        "a.meyer",
        "it_analyst",
        "subject.look",
        Salt([number as u8; 16]),
    )
}

fn rows(count: u64) -> (Chain, Vec<Row>) {
    let mut chain = Chain::new(ORIGIN).unwrap();
    let rows = (0..count)
        .map(|number| chain.append(entry(number)).unwrap())
        .collect();
    (chain, rows)
}

#[test]
fn each_row_continues_the_one_before() {
    let (chain, rows) = rows(40);
    assert_eq!(rows[0].prev, Hash::genesis(ORIGIN));
    for (place, pair) in rows.windows(2).enumerate() {
        assert_eq!(pair[1].prev, pair[0].hash);
        assert_eq!(pair[0].seq, place as u64);
        assert_eq!(pair[0].expected_hash(), Some(pair[0].hash));
    }
    assert_eq!((chain.size(), chain.head()), (40, rows[39].hash));
    let mut tree = Frontier::default();
    rows.iter().for_each(|row| tree.push(row.leaf().unwrap()));
    assert_eq!(chain.root(), tree.root());
}

#[test]
fn the_state_goes_through_a_database_between_any_two_rows() {
    let (whole, rows) = rows(40);
    let mut chain = Chain::new(ORIGIN).unwrap();
    for number in 0..40 {
        let stored = serde_json::to_string(&chain).unwrap();
        chain = serde_json::from_str(&stored).unwrap();
        assert_eq!(chain.append(entry(number)).unwrap(), rows[number as usize]);
    }
    assert_eq!(chain, whole);
    assert_eq!(Chain::rebuild(ORIGIN, &rows).unwrap(), whole);
    assert!(serde_json::to_string(&chain).unwrap().len() < 1024);
}

#[test]
fn a_state_that_cannot_be_is_refused() {
    let (chain, _) = rows(5);
    let good = serde_json::to_string(&chain).unwrap();
    assert!(serde_json::from_str::<Chain>(&good).is_ok());
    for (part, other) in [
        ("\"size\":5", "\"size\":7"),
        ("\"size\":5", "\"size\":18446744073709551615"),
        (ORIGIN, "a b"),
        ("\"newest\"", "\"newer\""),
    ] {
        let wrong = good.replace(part, other);
        assert_ne!(wrong, good);
        assert!(serde_json::from_str::<Chain>(&wrong).is_err(), "{wrong}");
    }
    let empty = serde_json::to_string(&Chain::new(ORIGIN).unwrap()).unwrap();
    let moved = empty.replace(ORIGIN, "other.example");
    assert!(serde_json::from_str::<Chain>(&moved).is_err());
}

#[test]
fn an_entry_that_is_refused_leaves_the_state_as_it_was() {
    let (mut chain, _) = rows(3);
    let before = chain.clone();
    let mut wrong = entry(3);
    wrong.who = String::new();
    assert!(matches!(chain.append(wrong), Err(ChainError::Entry(_))));
    assert_eq!(chain, before);
}

#[test]
fn rows_of_another_installation_do_not_fit() {
    let (_, rows) = rows(3);
    let fault = Chain::rebuild("other.example.org", &rows).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::ChainBroken, Some(0)));
}

#[test]
fn a_row_that_does_not_fit_leaves_the_state_as_it_was() {
    let (_, rows) = rows(5);
    let mut chain = Chain::rebuild(ORIGIN, &rows[..2]).unwrap();
    let before = chain.clone();
    let mut edited = rows[2].clone();
    edited.entry.who = "b.kaya".to_owned();
    for (row, kind, seq) in [
        (&edited, BreakKind::Edited, 2),
        (&rows[4], BreakKind::Deleted, 2),
        (&rows[0], BreakKind::Repeated, 0),
    ] {
        let fault = chain.accept(row).unwrap_err();
        assert_eq!((fault.kind, fault.seq), (kind, Some(seq)));
        assert_eq!(chain, before);
    }
    chain.accept(&rows[2]).unwrap();
}

#[test]
fn a_checkpoint_is_signed_with_the_ledgers_own_key_and_is_not_older_than_its_rows() {
    let (chain, rows) = rows(5);
    let stranger = SigningKey::new("other.example.org", &[1; 32]).unwrap();
    assert!(matches!(
        chain.checkpoint(Timestamp::default(), &stranger),
        Err(ChainError::Origin { .. })
    ));
    let key = SigningKey::new(ORIGIN, &[1; 32]).unwrap();
    let newest = rows[4].entry.at;
    assert_eq!(chain.checkpoint(Timestamp::default(), &key).unwrap().at, newest);
    let later = newest.plus_micros(1);
    let checkpoint = chain.checkpoint(later, &key).unwrap();
    assert_eq!(
        (checkpoint.at, checkpoint.size, checkpoint.root),
        (later, 5, chain.root())
    );
}

#[test]
fn a_full_ledger_says_so() {
    let most = (1_u64 << 53) - 1;
    let nodes = vec![Hash::default().to_string(); most.count_ones() as usize];
    let stored = serde_json::json!({
        "head": Hash::default(), "newest": 0, "origin": ORIGIN, "tree": {"nodes": nodes, "size": most},
    });
    let mut chain: Chain = serde_json::from_value(stored).unwrap();
    assert_eq!(chain.append(entry(0)), Err(ChainError::Full));
}
