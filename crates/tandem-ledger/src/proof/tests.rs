use tandem_domain::Timestamp;

use super::*;
use crate::chain::Chain;
use crate::entry::{Entry, Salt};
use crate::key::{SigningKey, TrustedKey};
use crate::merkle::{FromLeaves, prove_consistency, prove_inclusion};

const ORIGIN: &str = "tandem.example.org/ledger";

struct Ledger {
    rows: Vec<Row>,
    leaves: Vec<Hash>,
    checkpoints: Vec<Checkpoint>,
    keys: KeyRing,
}

/// Twenty rows, a checkpoint after each.
fn ledger() -> Ledger {
    let key = SigningKey::new(ORIGIN, &[1; 32]).unwrap();
    let mut chain = Chain::new(ORIGIN).unwrap();
    let (mut rows, mut checkpoints) = (Vec::new(), Vec::new());
    for number in 0..20_u8 {
        let at = Timestamp::from_seconds(i64::from(number));
        let entry = Entry::new(at, "a.meyer", "it_analyst", "subject.look", Salt([number; 16]));
        rows.push(chain.append(entry).unwrap());
        checkpoints.push(chain.checkpoint(at, &key).unwrap());
    }
    Ledger {
        leaves: rows.iter().map(|row| row.leaf().unwrap()).collect(),
        rows,
        checkpoints,
        keys: KeyRing(vec![TrustedKey::always(key.verifying_key().clone())]),
    }
}

fn proof(ledger: &Ledger, row: usize, size: usize) -> RowProof {
    RowProof {
        checkpoint: ledger.checkpoints[size - 1].clone(),
        inclusion: prove_inclusion(&mut FromLeaves::slice(&ledger.leaves), row as u64, size as u64).unwrap(),
        row: ledger.rows[row].clone(),
    }
}

#[test]
fn a_row_is_proved_to_be_in_every_later_state_and_survives_json() {
    let ledger = ledger();
    for size in 1..=20 {
        for row in 0..size {
            let proof = proof(&ledger, row, size);
            assert_eq!(proof.verify(&ledger.keys), Ok(()));
            let text = serde_json::to_string(&proof).unwrap();
            assert_eq!(serde_json::from_str::<RowProof>(&text).unwrap(), proof);
        }
    }
}

#[test]
fn a_proof_with_another_row_place_or_signature_does_not_hold() {
    let ledger = ledger();
    let good = proof(&ledger, 6, 13);
    let kind = |change: &dyn Fn(&mut RowProof)| {
        let mut other = good.clone();
        change(&mut other);
        other.verify(&ledger.keys).unwrap_err().kind
    };
    assert_eq!(
        kind(&|p| p.row.entry.who = "b.kaya".to_owned()),
        BreakKind::Edited
    );
    assert_eq!(kind(&|p| p.row = ledger.rows[7].clone()), BreakKind::WrongProof);
    assert_eq!(kind(&|p| p.inclusion.index = 7), BreakKind::WrongProof);
    assert_eq!(kind(&|p| p.inclusion.size = 14), BreakKind::WrongProof);
    assert_eq!(kind(&|p| p.inclusion.path[0].0[0] ^= 1), BreakKind::WrongProof);
    assert_eq!(
        kind(&|p| p.checkpoint = ledger.checkpoints[11].clone()),
        BreakKind::WrongProof
    );
    assert_eq!(kind(&|p| p.checkpoint.size = 14), BreakKind::BadSignature);
    // A row that was made up, with fitting hashes of its own.
    assert_eq!(
        kind(&|p| {
            p.row.entry.who = "b.kaya".to_owned();
            p.row.hash = p.row.expected_hash().unwrap();
        }),
        BreakKind::WrongProof
    );
}

#[test]
fn an_older_checkpoint_is_proved_against_the_later_state_only() {
    let ledger = ledger();
    let older = |from: usize, to: usize| Older {
        checkpoint: ledger.checkpoints[from - 1].clone(),
        consistency: prove_consistency(&mut FromLeaves::slice(&ledger.leaves), from as u64, to as u64)
            .unwrap(),
    };
    for to in 1..=20 {
        let root = ledger.checkpoints[to - 1].root;
        for from in 1..=to {
            assert_eq!(older(from, to).verify(&ledger.keys, to as u64, root), Ok(()));
        }
    }
    let root = ledger.checkpoints[12].root;
    let mut other = older(5, 13);
    other.consistency.path[1].0[3] ^= 8;
    assert_eq!(
        other.verify(&ledger.keys, 13, root).unwrap_err().kind,
        BreakKind::WrongProof
    );
    let fault = older(5, 12).verify(&ledger.keys, 13, root).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::WrongProof, Some(4)));
}
