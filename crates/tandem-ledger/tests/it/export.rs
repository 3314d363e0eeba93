//! Writing and reading exports: whole, from a later row, with rows kept back, and hostile.

use std::io::{self, BufReader, Read};

use tandem_ledger::export::{End, ExportWriter, Header, Line, MAX_LINE, Record, export};
use tandem_ledger::merkle::{FromLeaves, prove_consistency};
use tandem_ledger::{BreakKind, Chain, Checkpoint, Older, Trust};

use crate::ledger::{
    EVERY, Ledger, ORIGIN, entry, joined, key, leaf, ledger, lines, records, ring, trust, verify, write,
};

const COUNT: u64 = 230;

#[test]
fn what_is_written_is_verified_and_counted() {
    for count in [0, 1, 49, 50, 51, COUNT] {
        let ledger = ledger(count);
        let report = verify(&ledger.export()).unwrap();
        let state = ledger.states.last().unwrap();
        assert_eq!(
            (report.start, report.size, report.rows, report.sealed),
            (0, count, count, 0)
        );
        assert_eq!((report.head, report.root), (state.head(), state.root()));
        assert_eq!(report.last_checkpoint.as_ref(), ledger.checkpoints.last());
        assert_eq!(report.unsigned, count % EVERY);
        assert_eq!(report.earliest, ledger.rows.first().map(|row| row.entry.at));
        assert_eq!(report.latest, ledger.rows.last().map(|row| row.entry.at));
    }
}

#[test]
fn the_first_lines_of_an_export_never_change() {
    let shown: Vec<_> = lines(&ledger(EVERY).export())
        .into_iter()
        .enumerate()
        .filter(|(place, _)| *place < 2 || *place > EVERY as usize)
        .map(|(_, line)| line)
        .collect();
    insta::assert_snapshot!(shown.join("\n"));
}

/// An export from row `start` on.
fn from(ledger: &Ledger, start: usize) -> Vec<u8> {
    let header = Header::from(ledger.states[start].clone(), ring(&key(1)));
    write(header, records(&ledger.rows[start..]), &ledger.checkpoints)
}

#[test]
fn an_export_may_begin_with_any_row() {
    let ledger = ledger(COUNT);
    for start in [0, 1, 50, 99, 120, 200, 229] {
        let report = verify(&from(&ledger, start)).unwrap();
        assert_eq!((report.start, report.size), (start as u64, COUNT));
        assert_eq!(report.rows, COUNT - start as u64);
        assert_eq!(report.root, ledger.states.last().unwrap().root());
    }
}

#[test]
fn a_made_up_beginning_does_not_lead_to_the_next_checkpoint() {
    let ledger = ledger(COUNT);
    let mut forged = Chain::new(ORIGIN).unwrap();
    (0..120).for_each(|number| drop(forged.append(entry(number + 1))));
    let state = |wrong: &str, right: String, by: String| {
        let text = lines(&from(&ledger, 120))[0].replacen(&right, &by, 1);
        assert_ne!(text, lines(&from(&ledger, 120))[0], "{wrong}");
        let mut all = lines(&from(&ledger, 120));
        all[0] = text;
        verify(&joined(&all)).unwrap_err()
    };
    let head = ledger.states[120].head().to_string();
    let fault = state("head", head, forged.head().to_string());
    assert_eq!((fault.kind, fault.seq), (BreakKind::ChainBroken, Some(119)));
    let tree = |chain: &Chain| serde_json::to_value(chain).unwrap()["tree"]["nodes"].to_string();
    let fault = state("tree", tree(&ledger.states[120]), tree(&forged));
    assert_eq!((fault.kind, fault.seq), (BreakKind::RootMismatch, Some(120)));
    let fault = state(
        "origin",
        format!("\"origin\":\"{ORIGIN}\""),
        "\"origin\":\"x\"".to_owned(),
    );
    assert_eq!(fault.kind, BreakKind::Unreadable);
}

#[test]
fn a_checkpoint_from_before_the_beginning_is_proved_by_its_consistency() {
    let ledger = ledger(COUNT);
    let leaves = ledger.leaves();
    let with = |older: &Checkpoint, held: &[Checkpoint], proof_from: u64| {
        let header = Header::from(ledger.states[120].clone(), ring(&key(1)));
        let mut writer = ExportWriter::new(Vec::new(), header).unwrap();
        writer
            .older(Older {
                checkpoint: older.clone(),
                consistency: prove_consistency(&mut FromLeaves(leaf(&leaves)), proof_from, 120).unwrap(),
            })
            .unwrap();
        for (place, record) in records(&ledger.rows[120..]).into_iter().enumerate() {
            writer.record(record).unwrap();
            if (place as u64 + 121).is_multiple_of(EVERY) {
                writer
                    .checkpoint(ledger.checkpoints[(place + 121) / EVERY as usize - 1].clone())
                    .unwrap();
            }
        }
        let bytes = writer.finish().unwrap();
        let trust = Trust {
            held: held.to_vec(),
            ..trust()
        };
        tandem_ledger::verify(bytes.as_slice(), &trust)
    };
    let (first, second) = (&ledger.checkpoints[0], &ledger.checkpoints[1]);
    let report = with(first, &[first.clone(), second.clone()], EVERY).unwrap();
    assert_eq!((report.held, report.held_unproven), (1, 1));
    // A proof that does not belong to it, and a kept checkpoint that says something else of the same size.
    assert_eq!(
        with(first, &[], 2 * EVERY).unwrap_err().kind,
        BreakKind::WrongProof
    );
    let other = Checkpoint::sign(&key(1), EVERY, second.root, first.at);
    assert_eq!(
        with(first, &[other], EVERY).unwrap_err().kind,
        BreakKind::RootMismatch
    );
}

#[test]
fn an_export_for_one_case_keeps_all_other_rows_back_and_still_verifies() {
    let ledger = ledger(COUNT);
    let wanted = |place: usize| place % 9 == 4;
    let records: Vec<_> = ledger
        .rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            if wanted(place) {
                Record::Row(Box::new(row.clone()))
            } else {
                Record::Sealed(row.seal().unwrap())
            }
        })
        .collect();
    let bytes = write(Header::whole(ORIGIN, ring(&key(1))), records, &ledger.checkpoints);
    let report = verify(&bytes).unwrap();
    assert_eq!(
        report.sealed,
        (0..COUNT as usize).filter(|place| !wanted(*place)).count() as u64
    );
    assert_eq!(report.root, ledger.states.last().unwrap().root());
    let text = String::from_utf8(bytes).unwrap();
    assert!(!text.contains(&ledger.rows[5].entry.salt.to_string()));
    assert!(text.contains(&ledger.rows[4].entry.salt.to_string()));
}

/// A ledger that is made while it is read; of its text, only the line that is read is there.
struct Made {
    chain: Chain,
    left: u64,
    line: io::Cursor<Vec<u8>>,
}

impl Read for Made {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.line.read(out)?;
        if count > 0 || self.left == 0 {
            return Ok(count);
        }
        self.left -= 1;
        let row = self.chain.append(entry(self.left)).map_err(io::Error::other)?;
        let mut line = spelled(&Line::Row(Box::new(row)));
        if self.left == 0 {
            let last = self
                .chain
                .checkpoint(self.chain.newest(), &key(1))
                .map_err(io::Error::other)?;
            line.extend(spelled(&Line::Checkpoint(Box::new(last))));
            line.extend(spelled(&Line::End(End {
                size: self.chain.size(),
            })));
        }
        self.line = io::Cursor::new(line);
        self.line.read(out)
    }
}

/// A line as the writer writes it: its own place in an export of that one line.
fn spelled(line: &Line) -> Vec<u8> {
    let header = Header::whole(ORIGIN, ring(&key(1)));
    let mut writer = ExportWriter::new(Vec::new(), header).unwrap();
    match line.clone() {
        Line::Row(row) => writer.record(Record::Row(row)).unwrap(),
        Line::Checkpoint(checkpoint) => writer.checkpoint(*checkpoint).unwrap(),
        other => return format!("{}\n", serde_json::to_string(&other).unwrap()).into_bytes(),
    }
    let all = lines(&writer.finish().unwrap());
    format!("{}\n", all[1]).into_bytes()
}

#[test]
fn a_ledger_is_verified_while_it_is_still_being_written() {
    let header = lines(&write(Header::whole(ORIGIN, ring(&key(1))), Vec::new(), &[]))[0].clone() + "\n";
    let made = Made {
        chain: Chain::new(ORIGIN).unwrap(),
        left: 3_000,
        line: io::Cursor::new(Vec::new()),
    };
    let text = BufReader::with_capacity(512, header.as_bytes().chain(made));
    let report = tandem_ledger::verify(text, &trust()).unwrap();
    assert_eq!((report.rows, report.checkpoints, report.unsigned), (3_000, 1, 0));
}

#[test]
fn a_line_without_end_is_given_up_after_the_most_a_line_may_have() {
    struct Counted(u64);
    impl Read for Counted {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            out.fill(b'x');
            self.0 += out.len() as u64;
            Ok(out.len())
        }
    }
    let mut reader = BufReader::with_capacity(1_024, Counted(0));
    let fault = tandem_ledger::verify(&mut reader, &trust()).unwrap_err();
    assert_eq!(fault.kind, BreakKind::Unreadable);
    assert!(reader.get_ref().0 <= MAX_LINE as u64 + 2_048);
    // In the middle of a file too.
    let mut all = ledger(60).export();
    let half = all.len() / 2;
    all.splice(half..half, std::iter::repeat_n(b' ', 2 * MAX_LINE));
    assert_eq!(verify(&all).unwrap_err().kind, BreakKind::Unreadable);
}

#[test]
fn a_reader_that_fails_is_reported_and_not_taken_for_the_end() {
    struct Fails;
    impl Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("disk gone"))
        }
    }
    let some = joined(&lines(&ledger(10).export())[..5]);
    let text = some.as_slice().chain(BufReader::new(Fails));
    let fault = tandem_ledger::verify(text, &trust()).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::Unreadable, Some(4)));
    assert!(fault.found.contains("disk gone"), "{fault}");
}

#[test]
fn a_source_that_fails_leaves_an_export_without_its_last_line() {
    let ledger = ledger(60);
    let mut out = Vec::new();
    let records = records(&ledger.rows).into_iter().map(Ok).take(55);
    let failing = records.chain(std::iter::once_with(|| Err(io::Error::other("database gone"))));
    let result = export(
        &mut out,
        Header::whole(ORIGIN, ring(&key(1))),
        failing,
        std::iter::empty(),
    );
    assert!(result.unwrap_err().to_string().contains("database gone"));
    let fault = verify(&out).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::Truncated, Some(55)));
}

#[test]
fn a_row_that_was_spoilt_in_the_database_is_exported_and_named() {
    let mut ledger = ledger(60);
    let original = ledger.rows[33].clone();
    ledger.rows[33].entry.at.0 = i64::MAX;
    let fault = verify(&ledger.export()).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::Unreadable, Some(33)));
    ledger.rows[33] = original.clone();
    ledger.rows[33]
        .entry
        .detail
        .insert("share".to_owned(), serde_json::json!(0.5));
    let fault = verify(&ledger.export()).unwrap_err();
    assert_eq!((fault.kind, fault.seq), (BreakKind::Unreadable, Some(33)));
    ledger.rows[33] = original;
    ledger.rows[33].entry.at.0 = -5;
    assert_eq!(verify(&ledger.export()).unwrap_err().kind, BreakKind::Edited);
}
