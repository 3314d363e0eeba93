//! A ledger to break.

use std::convert::Infallible;
use std::io;

use serde_json::json;
use tandem_domain::{CaseId, Purpose, SubjectId, Timestamp};
use tandem_ledger::export::{Header, Record, export};
use tandem_ledger::{
    Break, Chain, Checkpoint, Entry, Hash, KeyRing, Report, Row, Salt, SigningKey, Trust, TrustedKey,
};

pub const ORIGIN: &str = "tandem.example.org/ledger";
/// Rows between two checkpoints.
pub const EVERY: u64 = 50;

pub fn key(seed: u8) -> SigningKey {
    SigningKey::new(ORIGIN, &[seed; 32]).unwrap()
}

pub fn ring(key: &SigningKey) -> KeyRing {
    KeyRing(vec![TrustedKey::always(key.verifying_key().clone())])
}

pub fn trust() -> Trust {
    Trust {
        keys: Some(ring(&key(1))),
        held: Vec::new(),
    }
}

/// A varied entry: all fields set in most rows, none of the optional ones in some.
pub fn entry(number: u64) -> Entry {
    let at = Timestamp::from_seconds(1_767_225_600 + 37 * number as i64);
    let who = ["a.meyer", "b.kaya", "c.rossi", "system"][(number % 4) as usize];
    let act = ["subject.look", "alert.triage", "case.open", "vault.open"][(number / 4 % 4) as usize];
    let mut salt = [0; 16];
    salt[..8].copy_from_slice(&Hash::leaf(&number.to_be_bytes()).0[..8]);
    let mut entry = Entry::new(at, who, "it_analyst", act, Salt(salt));
    if number % 7 != 3 {
        entry.subject = Some(SubjectId(format!("S-{:08}", number * 31 % 97)));
        entry.case = Some(CaseId::of(2026, (number % 9) as u32 + 1));
        entry.purpose = Some(Purpose::Investigation);
        entry.object = Some(format!("event {number} „ä\\\"/"));
        entry.detail = json!({"rows": number, "fields": ["host", "path"], "a": {"z": true, "b": null}})
            .as_object()
            .cloned()
            .unwrap();
    }
    entry
}

pub struct Ledger {
    pub rows: Vec<Row>,
    pub checkpoints: Vec<Checkpoint>,
    /// The state before each row, and the last one.
    pub states: Vec<Chain>,
}

pub fn ledger(count: u64) -> Ledger {
    let mut chain = Chain::new(ORIGIN).unwrap();
    let (mut rows, mut checkpoints, mut states) = (Vec::new(), Vec::new(), vec![chain.clone()]);
    for number in 0..count {
        rows.push(chain.append(entry(number)).unwrap());
        states.push(chain.clone());
        if (number + 1) % EVERY == 0 {
            checkpoints.push(chain.checkpoint(chain.newest(), &key(1)).unwrap());
        }
    }
    Ledger {
        rows,
        checkpoints,
        states,
    }
}

impl Ledger {
    pub fn leaves(&self) -> Vec<Hash> {
        self.rows.iter().map(|row| row.leaf().unwrap()).collect()
    }

    pub fn export(&self) -> Vec<u8> {
        write(
            Header::whole(ORIGIN, ring(&key(1))),
            records(&self.rows),
            &self.checkpoints,
        )
    }
}

pub fn records(rows: &[Row]) -> Vec<Record> {
    rows.iter()
        .map(|row| Record::Row(Box::new(row.clone())))
        .collect()
}

pub fn write(header: Header, records: Vec<Record>, checkpoints: &[Checkpoint]) -> Vec<u8> {
    export::<_, io::Error>(
        Vec::new(),
        header,
        records.into_iter().map(Ok),
        checkpoints.iter().cloned().map(Ok),
    )
    .unwrap()
}

pub fn verify(bytes: &[u8]) -> Result<Report, Break> {
    tandem_ledger::verify(bytes, &trust())
}

/// The lines of an export.
pub fn lines(bytes: &[u8]) -> Vec<String> {
    String::from_utf8(bytes.to_vec())
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

pub fn joined(lines: &[String]) -> Vec<u8> {
    let mut text = lines.join("\n");
    text.push('\n');
    text.into_bytes()
}

/// The place of a row's line in an export from row 0.
pub fn line_of(lines: &[String], seq: u64) -> usize {
    let ending = [format!("\"seq\":{seq},"), format!("\"seq\":{seq}}}")];
    lines
        .iter()
        .position(|line| line.starts_with("{\"row\"") && ending.iter().any(|ending| line.contains(ending)))
        .unwrap()
}

/// A leaf store that cannot fail.
pub fn leaf(leaves: &[Hash]) -> impl FnMut(u64) -> Result<Hash, Infallible> + '_ {
    |place| Ok(leaves[place as usize])
}
