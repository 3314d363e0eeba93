//! A vault in a temporary folder, a warrant that can be bent, and a witness that can fail.

use std::fmt;
use std::future::Future;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Waker};

use tandem_domain::{CaseId, Department, Purpose, SubjectId, Timestamp};
use tandem_vault::{
    Act, Ask, Erasure, Field, Ground, Identity, MasterKey, Order, Revealed, Vault, VaultError, Warrant,
    Witness,
};
use tempfile::TempDir;

pub const NOW: Timestamp = Timestamp::from_seconds(1_780_000_000);

/// Runs a future whose witness answers at once. A server must be able to run it on any thread.
pub fn done<T>(future: impl Future<Output = T> + Send) -> T {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the witness of these tests never waits"),
    }
}

pub fn subject(text: &str) -> SubjectId {
    SubjectId(text.to_owned())
}

pub fn key(seed: u8) -> MasterKey {
    MasterKey::from_bytes(std::array::from_fn(|at| seed.wrapping_add(at as u8)))
}

pub fn person(key: &str, name: &str, account: &str) -> Identity {
    Identity {
        person_key: key.to_owned(),
        name: Some(name.to_owned()),
        mail: vec![format!("{account}@corp.example")],
        phone: Some("+49 170 5550123".to_owned()),
        accounts: vec![account.to_owned()],
        position: Some("Treasurer, Group Finance".to_owned()),
        manager: Some("Ottokar Lindqvist".to_owned()),
        site: Some("Zwiesel".to_owned()),
    }
}

/// Texts that stand in the file of [`House::with_people`] only sealed.
pub const PLANTED: [&str; 9] = [
    "Annegret Meyerhold",
    "annegret.meyerhold",
    "Bjarne Öztürk",
    "bjarne.oeztuerk",
    "corp.example",
    "5550123",
    "Treasurer",
    "Lindqvist",
    "E-10023",
];

pub struct House {
    pub folder: TempDir,
}

impl House {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder }
    }

    /// Two people with planted names, sealed under key 1.
    pub fn with_people() -> (Self, Vault) {
        let house = Self::new();
        let vault = house.open(&[key(1)]).unwrap();
        vault
            .put_many([
                (
                    subject("S-ANNE0001"),
                    person("E-10023", "Annegret Meyerhold", "annegret.meyerhold"),
                ),
                (
                    subject("S-BJAR0002"),
                    person("E-10024", "Bjarne Öztürk", "bjarne.oeztuerk"),
                ),
            ])
            .unwrap();
        (house, vault)
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("identities.vault")
    }

    pub fn beside(&self, ending: &str) -> PathBuf {
        self.folder.path().join(format!("identities.vault{ending}"))
    }

    pub fn open(&self, keys: &[MasterKey]) -> Result<Vault, VaultError> {
        Vault::open_or_create(&self.path(), keys)
    }

    /// All bytes of all files in the folder.
    pub fn bytes(&self) -> Vec<u8> {
        let mut all = Vec::new();
        for file in std::fs::read_dir(self.folder.path()).unwrap() {
            all.extend(std::fs::read(file.unwrap().path()).unwrap());
        }
        all
    }
}

pub fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

/// Bytes of hexadecimal digits.
pub fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// A warrant for the first person's name and contact, in case C-2026-0001; tests bend it.
#[derive(Clone)]
pub struct Leave {
    pub case: CaseId,
    pub subject: SubjectId,
    pub fields: Vec<Field>,
    pub approved: [(&'static str, Department); 2],
    pub requested: &'static str,
    pub expires: Timestamp,
}

impl Leave {
    pub fn new() -> Self {
        Self {
            case: CaseId::of(2026, 1),
            subject: subject("S-ANNE0001"),
            fields: vec![Field::Name, Field::Contact],
            approved: [("ira", Department::It), ("cora", Department::Corporate)],
            requested: "ines",
            expires: NOW.plus_micros(1),
        }
    }
}

impl Warrant for Leave {
    fn id(&self) -> &str {
        "D-7"
    }
    fn case(&self) -> &CaseId {
        &self.case
    }
    fn subject(&self) -> &SubjectId {
        &self.subject
    }
    fn purpose(&self) -> Purpose {
        Purpose::Investigation
    }
    fn covers(&self, field: Field, _now: Timestamp) -> Result<(), String> {
        if self.fields.contains(&field) {
            Ok(())
        } else {
            Err("it was not asked for".to_owned())
        }
    }
    fn approved_by(&self) -> [(&str, Department); 2] {
        self.approved
    }
    fn requested_by(&self) -> &str {
        self.requested
    }
    fn expires(&self) -> Timestamp {
        self.expires
    }
}

#[derive(Debug)]
pub struct Full;

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the ledger's disk is full")
    }
}

impl std::error::Error for Full {}

/// Keeps entries, or fails.
#[derive(Default)]
pub struct Book {
    pub acts: Mutex<Vec<Act>>,
    pub fails: AtomicBool,
}

impl Book {
    pub fn failing() -> Self {
        Self {
            fails: AtomicBool::new(true),
            ..Self::default()
        }
    }

    pub fn acts(&self) -> Vec<Act> {
        self.acts.lock().unwrap().clone()
    }
}

impl Witness for Book {
    type Error = Full;

    async fn record(&self, act: Act) -> Result<(), Full> {
        if self.fails.load(Ordering::Relaxed) {
            return Err(Full);
        }
        self.acts.lock().unwrap().push(act);
        Ok(())
    }
}

pub fn order() -> Order {
    Order {
        by: "petra".to_owned(),
        at: NOW,
    }
}

pub fn erasure() -> Erasure {
    Erasure {
        order: order(),
        ground: Ground::RetentionOver,
    }
}

/// Opens name and contact of whomever the warrant is about, in its own case.
pub fn look(vault: &Vault, leave: &Leave, book: &Book) -> Result<Revealed, VaultError> {
    let ask = Ask {
        case: &leave.case,
        subject: &leave.subject,
        fields: &[Field::Name, Field::Contact],
    };
    done(vault.open_for(leave, ask, NOW, book))
}

/// The name of a subject, opened under a warrant that fits.
pub fn name_of(vault: &Vault, who: &str) -> Result<String, VaultError> {
    let leave = Leave {
        subject: subject(who),
        ..Leave::new()
    };
    look(vault, &leave, &Book::default()).map(|revealed| revealed.name.clone().unwrap_or_default())
}

/// An error with everything behind it, as a log would show it.
pub fn told(error: &VaultError) -> String {
    let mut text = format!("{error}\n{error:?}");
    let mut cause = std::error::Error::source(error);
    while let Some(one) = cause {
        text.push_str(&format!("\n{one}\n{one:?}"));
        cause = one.source();
    }
    text
}
