//! Somebody writes the past anew: all hashes fit each other again.

use tandem_domain::Timestamp;
use tandem_ledger::export::{Header, Record};
use tandem_ledger::{BreakKind, Chain, Checkpoint, Entry, KeyRing, Trust, TrustedKey};

use crate::ledger::{EVERY, Ledger, ORIGIN, key, ledger, records, ring, trust, verify, write};

const COUNT: u64 = 230;

/// The same ledger with one entry changed and every hash after it made anew; the old checkpoints.
fn rewritten(ledger: &Ledger, change: impl Fn(u64, &mut Entry) -> bool) -> (Chain, Ledger) {
    let mut chain = Chain::new(ORIGIN).unwrap();
    let (mut rows, mut states) = (Vec::new(), vec![chain.clone()]);
    for row in &ledger.rows {
        let mut entry = row.entry.clone();
        if change(row.seq, &mut entry) {
            rows.push(chain.append(entry).unwrap());
            states.push(chain.clone());
        }
    }
    let checkpoints = ledger.checkpoints.clone();
    (
        chain,
        Ledger {
            rows,
            checkpoints,
            states,
        },
    )
}

#[test]
fn a_rewritten_past_does_not_fit_the_next_checkpoint() {
    let original = ledger(COUNT);
    for seq in [0, 49, 50, 120, 199] {
        let (_, forged) = rewritten(&original, |place, entry| {
            if place == seq {
                entry.who = "somebody.else".to_owned();
            }
            true
        });
        let fault = verify(&forged.export()).unwrap_err();
        let first = seq / EVERY * EVERY;
        assert_eq!(
            (fault.kind, fault.seq),
            (BreakKind::RootMismatch, Some(first)),
            "{seq}: {fault}"
        );
        // Line: header, the rows and one checkpoint per full span before, then this checkpoint.
        assert_eq!(fault.line, Some(1 + first + EVERY + first / EVERY + 1));
    }
}

#[test]
fn a_row_taken_out_of_a_rewritten_past_is_found_too() {
    let (_, forged) = rewritten(&ledger(COUNT), |place, _| place != 120);
    let fault = verify(&forged.export()).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::RootMismatch, Some(100)));
    insta::assert_snapshot!(fault.sentence, @"rows 100 to 149 are not what the checkpoint over 150 rows was signed for: something in them was changed and the hashes after it made anew");
}

#[test]
fn a_past_signed_anew_with_another_key_is_not_trusted() {
    let (chain, mut forged) = rewritten(&ledger(COUNT), |place, _| place != 120);
    forged.checkpoints = vec![chain.checkpoint(chain.newest(), &key(9)).unwrap()];
    assert_eq!(
        verify(&forged.export()).unwrap_err().kind,
        BreakKind::UntrustedKey
    );
    // Whoever trusts the file's own keys sees a file that is whole, and is told that nobody vouches for the keys.
    let own = write(
        Header::whole(ORIGIN, ring(&key(9))),
        records(&forged.rows),
        &forged.checkpoints,
    );
    let report = tandem_ledger::verify(own.as_slice(), &Trust::default()).unwrap();
    assert!(!report.keys_trusted);
    assert_eq!(
        tandem_ledger::verify(own.as_slice(), &trust()).unwrap_err().kind,
        BreakKind::UntrustedKey
    );
}

#[test]
fn a_past_signed_anew_with_the_stolen_key_is_found_by_a_checkpoint_that_was_kept() {
    let original = ledger(COUNT);
    let (chain, mut forged) = rewritten(&original, |place, _| place != 120);
    forged.checkpoints = vec![chain.checkpoint(chain.newest(), &key(1)).unwrap()];
    let bytes = forged.export();
    assert!(verify(&bytes).is_ok(), "nothing in the file itself can show it");
    let held = |place: usize| Trust {
        held: original.checkpoints[place..=place.max(1)].to_vec(),
        ..trust()
    };
    // Kept from before the change: it holds. Kept from after it: it does not, and the change lies after the last that holds.
    assert_eq!(tandem_ledger::verify(bytes.as_slice(), &held(0)).unwrap().held, 2);
    let fault = tandem_ledger::verify(bytes.as_slice(), &held(2)).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::RootMismatch, Some(0)));
    let both = Trust {
        held: original.checkpoints.clone(),
        ..trust()
    };
    let fault = tandem_ledger::verify(bytes.as_slice(), &both).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::RootMismatch, Some(100)));
}

#[test]
fn a_database_put_back_to_an_older_state_is_found_by_a_checkpoint_that_was_kept() {
    let original = ledger(COUNT);
    let older = Ledger {
        rows: original.rows[..100].to_vec(),
        checkpoints: original.checkpoints[..2].to_vec(),
        states: Vec::new(),
    };
    let bytes = older.export();
    assert!(verify(&bytes).is_ok());
    let kept = Trust {
        held: original.checkpoints.clone(),
        ..trust()
    };
    let fault = tandem_ledger::verify(bytes.as_slice(), &kept).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::Truncated, Some(100)));
    assert_eq!(
        tandem_ledger::verify(original.export().as_slice(), &kept)
            .unwrap()
            .held,
        4
    );
}

#[test]
fn rows_added_after_the_last_checkpoint_are_told_as_unsigned() {
    let original = ledger(COUNT);
    let mut chain = original.states.last().unwrap().clone();
    let mut rows = original.rows.clone();
    rows.push(chain.append(crate::ledger::entry(999)).unwrap());
    let grown = Ledger { rows, ..original };
    assert_eq!(verify(&grown.export()).unwrap().unsigned, COUNT % EVERY + 1);
}

#[test]
fn an_old_key_cannot_sign_newer_rows_by_dating_back() {
    let original = ledger(COUNT);
    let (old, new) = (key(1), key(2));
    let rotated = original.rows[149].entry.at;
    let keys = KeyRing(vec![
        TrustedKey {
            from: None,
            key: old.verifying_key().clone(),
            until: Some(rotated),
        },
        TrustedKey {
            from: Some(rotated),
            key: new.verifying_key().clone(),
            until: None,
        },
    ]);
    let with = |last: Checkpoint| {
        let mut checkpoints = original.checkpoints[..3].to_vec();
        checkpoints.push(last);
        let bytes = write(
            Header::whole(ORIGIN, keys.clone()),
            records(&original.rows),
            &checkpoints,
        );
        let trust = Trust {
            keys: Some(keys.clone()),
            held: Vec::new(),
        };
        tandem_ledger::verify(bytes.as_slice(), &trust)
    };
    let state = &original.states[200];
    let sign = |key, at| Checkpoint::sign(key, 200, state.root(), at);
    assert_eq!(with(sign(&new, state.newest())).unwrap().checkpoints, 4);
    assert_eq!(
        with(sign(&old, state.newest())).unwrap_err().kind,
        BreakKind::UntrustedKey
    );
    assert_eq!(with(sign(&old, rotated)).unwrap_err().kind, BreakKind::BackDated);
    assert_eq!(
        with(sign(&new, Timestamp(0))).unwrap_err().kind,
        BreakKind::UntrustedKey
    );
}

#[test]
fn a_ledger_of_another_installation_does_not_pass_for_this_one() {
    let original = ledger(COUNT);
    let bytes = write(
        Header::whole("other.example.org", ring(&key(1))),
        records(&original.rows),
        &[],
    );
    let fault = verify(&bytes).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::ChainBroken, Some(0)));
}

#[test]
fn sealing_a_row_with_wrong_hashes_is_found() {
    let original = ledger(COUNT);
    let sealed = |change: fn(&mut tandem_ledger::SealedRow)| {
        let mut row = original.rows[120].seal().unwrap();
        change(&mut row);
        let mut records = records(&original.rows);
        records[120] = Record::Sealed(row);
        verify(&write(
            Header::whole(ORIGIN, ring(&key(1))),
            records,
            &original.checkpoints,
        ))
    };
    let report = sealed(|_| ()).unwrap();
    assert_eq!((report.sealed, report.rows), (1, COUNT));
    let kind = |change| sealed(change).unwrap_err();
    let fault = kind(|row| row.leaf.0[0] ^= 1);
    assert_eq!((fault.kind, fault.seq), (BreakKind::RootMismatch, Some(100)));
    let fault = kind(|row| row.hash.0[0] ^= 1);
    assert_eq!((fault.kind, fault.seq), (BreakKind::ChainBroken, Some(120)));
    let fault = kind(|row| row.seq += 1);
    assert_eq!((fault.kind, fault.seq), (BreakKind::Deleted, Some(120)));
}
