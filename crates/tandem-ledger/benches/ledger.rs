//! Prints what the ledger costs: appends per second, size and time of proofs, rows verified per second.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::time::Instant;

use tandem_domain::{CaseId, SubjectId, Timestamp};
use tandem_ledger::export::{Header, Record, export};
use tandem_ledger::merkle::{Node, Nodes, prove_inclusion};
use tandem_ledger::{Chain, Entry, Hash, KeyRing, Row, Salt, SigningKey, Trust, TrustedKey, verify};

const ROWS: u64 = 200_000;

/// Levels of nodes as a database keeps them.
#[derive(Default)]
struct Kept(Vec<Vec<Hash>>);

impl Kept {
    fn keep(&mut self, node: Node) {
        self.0
            .resize(self.0.len().max(usize::from(node.level) + 1), Vec::new());
        self.0[usize::from(node.level)].push(node.hash);
    }
}

impl Nodes for Kept {
    type Error = Infallible;

    fn node(&mut self, level: u8, index: u64) -> Result<Hash, Infallible> {
        Ok(self.0[usize::from(level)][index as usize])
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let origin = "tandem.example.org/ledger";
    let key = SigningKey::new(origin, &[7; 32])?;
    let mut chain = Chain::new(origin)?;
    let mut kept = Kept::default();
    let entry = |number: u64| {
        let at = Timestamp::from_seconds(number as i64);
        let mut entry = Entry::new(
            at,
            "a.meyer",
            "it_analyst",
            "subject.look",
            Salt([number as u8; 16]),
        );
        entry.subject = Some(SubjectId(format!("S-{number:08}")));
        entry.case = Some(CaseId::of(2026, 1));
        entry.object = Some("timeline".to_owned());
        entry
    };
    let begun = Instant::now();
    let rows: Vec<Row> = (0..ROWS)
        .map(|number| chain.append_with(entry(number), |node| kept.keep(node)))
        .collect::<Result<_, _>>()?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("append: {:.0} rows/s", ROWS as f64 / seconds);
    println!("state: {} bytes", serde_json::to_string(&chain)?.len());

    let checkpoint = chain.checkpoint(chain.newest(), &key)?;
    let begun = Instant::now();
    let mut bytes = 0;
    for index in (0..ROWS).step_by(200) {
        let proof = prove_inclusion(&mut kept, index, ROWS)?;
        bytes = bytes.max(32 * proof.path.len());
        proof.verify(rows[index as usize].leaf().ok_or("no leaf")?, checkpoint.root)?;
    }
    let micros = begun.elapsed().as_secs_f64() * 1e6 / (ROWS / 200) as f64;
    println!("inclusion in {ROWS}: {bytes} bytes, {micros:.1} us to make and verify");

    let keys = KeyRing(vec![TrustedKey::always(key.verifying_key().clone())]);
    let records = rows
        .into_iter()
        .map(|row| Ok::<_, io::Error>(Record::Row(Box::new(row))));
    let header = Header::whole(origin, keys.clone());
    let begun = Instant::now();
    let text = export(Vec::new(), header, records, [Ok(checkpoint)])?;
    println!(
        "export: {:.0} rows/s, {} bytes a row",
        ROWS as f64 / begun.elapsed().as_secs_f64(),
        text.len() as u64 / ROWS
    );
    let begun = Instant::now();
    let trust = Trust {
        keys: Some(keys),
        held: Vec::new(),
    };
    let report = verify(text.as_slice(), &trust)?;
    println!(
        "verify: {:.0} rows/s",
        report.rows as f64 / begun.elapsed().as_secs_f64()
    );
    Ok(())
}
